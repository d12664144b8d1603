/* SPDX-License-Identifier: MIT */
/* How an arm waits: it looks, every few milliseconds, until something is so. */
#include <arpa/inet.h>
#include <errno.h>

#include "base/err.h"
#include "core/census.h"
#include "sys/clock.h"
#include "sys/lab.h"

/*
 * At first every few milliseconds, later after a part of the time waited so far, which tells
 * it just as well.
 */
enum { LOOK_MS = 4, LOOK_PART = 200 };

enum { STEP_MS = 2000 }; /* what needs no timer takes less */

/* One end of a connection that is to have a state or timer, and what was seen of it last. */
struct awaited_end {
	const struct flow *flow;
	int wanted;
	struct sighting seen;
};

struct awaited_counter {
	const char *name;
	int64_t least, n;
};

static int look_for_state(struct lab *lab, void *to, bool *ret_is_so, struct err *e)
{
	struct awaited_end *w = to;
	int r = lab_look(lab, w->flow, &w->seen, e);

	*ret_is_so = r == 0 && w->seen.state == w->wanted;
	return r;
}

static int look_for_timer(struct lab *lab, void *to, bool *ret_is_so, struct err *e)
{
	struct awaited_end *w = to;
	int r = lab_look(lab, w->flow, &w->seen, e);

	*ret_is_so = r == 0 && (w->seen.timer == w->wanted || w->seen.state == 0);
	return r;
}

static int look_at_counter(struct lab *lab, void *to, bool *ret_is_so, struct err *e)
{
	struct awaited_counter *w = to;
	int r = lab_counter(lab, w->name, &w->n, e);

	*ret_is_so = r == 0 && w->n >= w->least;
	return r;
}

int lab_await_that(struct lab *lab, lab_look_fn *look, void *to, int64_t limit_ms,
		   struct moment *ret, struct err *e)
{
	int64_t begin = lab_now(lab), asked = begin;
	struct moment moment = { lab->known_ms, INT64_MAX };

	for (;;) {
		bool is_so;
		int r = look(lab, to, &is_so, e);

		if (r < 0)
			return r;
		if (is_so) {
			moment.by_ms = lab_now(lab) + 1; /* a part of a millisecond */
			break;
		}
		moment.after_ms = asked;
		if (asked - begin >= limit_ms)
			break;
		clock_sleep_ms(LOOK_MS + (asked - begin) / LOOK_PART);
		asked = lab_now(lab);
	}
	if (ret)
		*ret = moment;
	return 0;
}

int lab_look(struct lab *lab, const struct flow *flow, struct sighting *ret,
	     struct err *e)
{
	return sighting_take(lab->sockets, flow, ret, e);
}

int lab_await(struct lab *lab, const struct flow *flow, int state, int64_t limit_ms,
	      struct moment *ret, struct sighting *ret_seen, struct err *e)
{
	struct awaited_end w = { .flow = flow, .wanted = state };
	int r = lab_await_that(lab, look_for_state, &w, limit_ms, ret, e);

	if (r == 0 && ret_seen)
		*ret_seen = w.seen;
	return r;
}

int lab_await_timer(struct lab *lab, const struct flow *flow, int timer, int64_t limit_ms,
		    struct moment *ret, struct sighting *ret_seen, struct err *e)
{
	struct awaited_end w = { .flow = flow, .wanted = timer };
	int r = lab_await_that(lab, look_for_timer, &w, limit_ms, ret, e);

	if (r == 0 && ret_seen)
		*ret_seen = w.seen;
	return r;
}

int lab_await_counter(struct lab *lab, const char *name, int64_t least, int64_t limit_ms,
		      struct moment *ret, struct err *e)
{
	struct awaited_counter w = { .name = name, .least = least };

	return lab_await_that(lab, look_at_counter, &w, limit_ms, ret, e);
}

int lab_see_state(struct lab *lab, unsigned measure, const struct flow *flow,
		  int64_t limit_ms, struct err *e)
{
	struct sighting seen;
	int r = lab_await(lab, flow, (int)lab->arm->expects[measure].low, limit_ms, NULL,
			  &seen, e);

	if (r == 0)
		lab_saw_exactly(lab, measure, seen.state);
	return r;
}

int lab_see_counter(struct lab *lab, unsigned measure, const char *name, int64_t limit_ms,
		    struct err *e)
{
	struct awaited_counter w = { .name = name,
				     .least = lab->arm->expects[measure].low };
	int r = lab_await_that(lab, look_at_counter, &w, limit_ms, NULL, e);

	if (r == 0)
		lab_saw_exactly(lab, measure, w.n);
	return r;
}

static const char *state_name(int state)
{
	return state ? census_state_name(state) : "no state";
}

int lab_reach(struct lab *lab, const struct flow *flow, int state, struct moment *ret,
	      struct sighting *ret_seen, struct err *e)
{
	struct sighting seen;
	int r = lab_await(lab, flow, state, STEP_MS, ret, &seen, e);

	if (r < 0)
		return r;
	if (seen.state != state)
		return err_set(e, EPROTO, "port %u is in %s and did not come to %s",
			       ntohs(flow->local.sin_port), state_name(seen.state),
			       state_name(state));
	if (ret_seen)
		*ret_seen = seen;
	return 0;
}

int lab_watch(struct lab *lab, const struct flow *flow, struct moment from, int64_t ms,
	      unsigned measure, struct sighting *ret_seen, struct err *e)
{
	int64_t limit_ms = from.by_ms + ms - lab_now(lab);
	struct moment gone;
	int r = lab_await(lab, flow, 0, limit_ms, &gone, ret_seen, e);

	if (r == 0)
		lab_saw_time(lab, measure, from, gone);
	return r;
}
