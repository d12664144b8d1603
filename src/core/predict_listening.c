/* SPDX-License-Identifier: MIT */
/* The knobs of listening: queues of connections that nobody has accepted yet. */
#include <inttypes.h>

#include "core/plan.h"
#include "core/predict_rows.h"

/* How many sockets listen, and of how many the queue is full, where that is told. */
static void listener_inputs(const struct outlook *o, struct prediction *p)
{
	const struct census *c = &o->now->census;

	predict_from_census(o, p, "LISTEN", census_total(c, TCP_LISTEN));
	if (c->has_backlogs)
		predict_from_census(o, p, "of them with a full queue", c->listeners_full);
	else
		predict_from_number(p, "of them with a full queue", "census", false, 0);
}

static void somaxconn(struct outlook *o)
{
	const struct census *c = &o->now->census;
	uint64_t n = census_total(c, TCP_LISTEN);
	struct prediction *p =
		predict_say(o, PREDICT_NONE,
			    "no effect on the queues of sockets that listen now (%" PRIu64
			    "): each keeps the length of its last listen()",
			    n);

	listener_inputs(o, p);
	predict_numbers(p, "sockets", (double)n, (double)n);
}

static void next_listen(struct outlook *o)
{
	struct prediction *p;
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return;
	p = predict_say(o, PREDICT_SOME,
			"at the next listen(), so by a restart or reload: a queue of at "
			"most %" PRId64 " instead of %" PRId64
			", or less where the program asks for less",
			to, from);
	predict_formula(p,
			"now min(backlog of listen(), %" PRId64
			"); then min(backlog of listen(), %" PRId64 ")",
			from, to);
	predict_from_knob(o, p, o->now, KNOB_SOMAXCONN);
	predict_numbers(p, "connections", (double)from, (double)to);
}

/*
 * tcp_conn_request() in net/ipv4/tcp_input.c keeps a quarter for peers it knows: 64 kept 49
 * (measured on Linux 6.18).
 */
static int64_t half_open_of(int64_t backlog)
{
	return backlog - backlog / 4 + 1;
}

static void syn_backlog(struct outlook *o)
{
	uint64_t n = census_total(&o->now->census, TCP_SYN_RECV);
	struct prediction *p;
	int64_t from, to, cookies;

	if (!predict_change(o, &from, &to))
		return;
	if (!snapshot_number(o->then, KNOB_SYNCOOKIES, &cookies)) {
		p = predict_say(o, PREDICT_UNKNOWN,
				"unknown: it has no effect with tcp_syncookies on, and "
				"that was not read");
	} else if (cookies) {
		p = predict_say(o, PREDICT_NONE,
				"no effect with tcp_syncookies=%" PRId64
				": the queue of each listener is bounded by its own "
				"backlog",
				cookies);
	} else if (from < 1 || to < 1) {
		p = predict_say(o, PREDICT_UNKNOWN,
				"unknown: below 1 its meaning was not measured");
	} else {
		p = predict_say(o, PREDICT_SOME,
				"from the next SYN on a listener keeps at most %" PRId64
				" half-open connections instead of %" PRId64
				", or its backlog; no effect on those that exist "
				"(%" PRIu64 ")",
				half_open_of(to), half_open_of(from), n);
		predict_formula(
			p,
			"N - N / 4 + 1: now %" PRId64 " - %" PRId64 " + 1 = %" PRId64
			"; then %" PRId64 " - %" PRId64 " + 1 = %" PRId64,
			from, from / 4, half_open_of(from), to, to / 4, half_open_of(to));
		predict_numbers(p, "connections", (double)half_open_of(from),
				(double)half_open_of(to));
	}
	predict_from_census(o, p, "SYN_RECV", n);
	predict_from_knob(o, p, o->then, KNOB_SYNCOOKIES);
}

static void abort_on_overflow(struct outlook *o)
{
	const struct census *c = &o->now->census;
	struct prediction *p;
	bool is_on;

	if (!predict_turn(o, &is_on))
		return;
	if (!c->has_backlogs)
		p = predict_say(o, PREDICT_UNKNOWN,
				"unknown: which queues are full is not told here");
	else if (c->listeners_full == 0)
		p = predict_say(o, PREDICT_NONE,
				"no effect now: no listener's queue is full");
	else
		p = predict_say(
			o, PREDICT_SOME,
			"at once, also where a listener's queue is full now (%" PRIu64
			"): a client that finishes its handshake there %s",
			c->listeners_full, is_on ? "is reset" : "is left to try again");
	listener_inputs(o, p);
}

static void syncookies(struct outlook *o)
{
	static const char *const values[] = {
		"no SYN is answered by a cookie: a full queue drops it",
		"a full queue answers by a cookie",
		"every SYN is answered by a cookie",
	};
	uint64_t n = census_total(&o->now->census, TCP_SYN_RECV);
	struct prediction *p;
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return;
	p = predict_say(o, PREDICT_UNKNOWN,
			"from the next SYN on %s; how many that will be cannot be "
			"predicted; no effect on half-open connections that exist "
			"(%" PRIu64 ")",
			values[to < 0	? 0
			       : to > 2 ? 1
					: to],
			n);
	predict_from_census(o, p, "SYN_RECV", n);
	listener_inputs(o, p);
}

const struct predict_row predict_listening[] = {
	{ KNOB_SOMAXCONN, .rules = { somaxconn }, .others = { next_listen } },
	{ KNOB_MAX_SYN_BACKLOG, .rules = { syn_backlog } },
	{ KNOB_ABORT_ON_OVERFLOW, .rules = { abort_on_overflow } },
	{ KNOB_SYNCOOKIES, .rules = { syncookies } },
	{ .rules = { NULL } },
};
