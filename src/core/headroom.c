/* SPDX-License-Identifier: MIT */
#include "core/headroom.h"

#include <stddef.h>

#include "core/census.h"
#include "core/groups.h"
#include "core/knob.h"
#include "core/owners.h"
#include "core/snapshot.h"

enum {
	REUSE_DELAY_MS = 1000, /* what kernels without tcp_tw_reuse_delay do */
	RECENT_MIN = 5,	       /* closes from which a rate can be told */
	LIFETIME_SECONDS = 61, /* of a TIME_WAIT, 60 to 62 */
};

void port_pool_make(struct port_pool *pool, const struct snapshot *s)
{
	const char *range = s->knobs[KNOB_PORT_RANGE].value;
	const char *list = s->knobs[KNOB_RESERVED_PORTS].value;
	struct port_set reserved = { 0 };
	int64_t low, high;

	*pool = (struct port_pool){ 0 };
	if (!range || !knob_parse_range(range, &low, &high) || low > high)
		return;
	if (list && !ports_parse(&reserved, list))
		return;
	pool->is_known = true;
	pool->low = (uint16_t)low;
	pool->high = (uint16_t)high;
	for (int64_t port = low; port <= high; port++)
		if (!ports_has(&reserved, (uint16_t)port))
			ports_add(&pool->at, (uint16_t)port);
	pool->n = ports_count(&pool->at, pool->low, pool->high);
}

struct reuse reuse_of(const struct snapshot *s)
{
	struct reuse reuse = { .delay_ms = REUSE_DELAY_MS };
	int64_t delay, timestamps;

	if (!snapshot_number(s, KNOB_TW_REUSE, &reuse.mode))
		reuse.mode = -1;
	reuse.lacks_timestamps =
		snapshot_number(s, KNOB_TIMESTAMPS, &timestamps) && timestamps == 0;
	if (snapshot_number(s, KNOB_TW_REUSE_DELAY, &delay) && delay > 0 &&
	    delay <= CLOSES_TIME_WAIT_MS)
		reuse.delay_ms = (uint32_t)delay;
	return reuse;
}

static bool is_reused(const struct group *destination, const struct reuse *reuse)
{
	if (reuse->lacks_timestamps)
		return false;
	if (reuse->mode == 2)
		return address_is_loopback(&destination->key.local) ||
		       address_is_loopback(&destination->key.remote);
	return reuse->mode == 1;
}

static bool is_blocked(const struct groups *g, uint16_t port)
{
	return ports_has(&g->how.pool->at, port) &&
	       (ports_has(&g->listening, port) || ports_has(&g->bound, port));
}

struct headroom headroom_of(const struct groups *g, const struct group *destination,
			    const struct reuse *reuse)
{
	struct headroom h = {
		.pool = g->how.pool->n,
		.held = destination->n_ports,
		.reusable = reuse->lacks_timestamps ? 0 : destination->n_reusable,
		.is_reused = is_reused(destination, reuse),
	};
	unsigned taken;

	h.blocked = g->n_blocked - destination->n_blocked;
	taken = h.held + h.blocked - (h.is_reused ? h.reusable : 0);
	h.free = taken < h.pool ? h.pool - taken : 0;
	return h;
}

unsigned headroom_of_nobody(const struct groups *g, const struct census *census)
{
	unsigned n = 0;

	for (uint32_t port = g->how.pool->low; port <= g->how.pool->high; port++)
		n += ports_has(&g->how.pool->at, (uint16_t)port) &&
		     !ports_has(&census->local, (uint16_t)port) &&
		     !ports_has(&g->listening, (uint16_t)port);
	return n;
}

unsigned headroom_to_bind(const struct groups *g, const struct local_ports *local)
{
	unsigned taken = 0;

	for (uint32_t port = g->how.pool->low; port <= g->how.pool->high; port++)
		taken += ports_has(&local->held, (uint16_t)port) ||
			 is_blocked(g, (uint16_t)port);
	return g->how.pool->n - taken;
}

/* From the first close to now, half an interval behind the last one. */
static double rate_of(const struct group *destination)
{
	double seconds = destination->recent_oldest_ms / 1000.0;

	if (destination->n_recent == 0)
		return 0;
	return (destination->n_recent - 0.5) / (seconds > 1 ? seconds : 1);
}

/* How many TIME_WAIT end in the second that begins `second` from now. */
static double ending(const struct group *destination, int second)
{
	int age = LIFETIME_SECONDS - 1 - second; /* of those that end then */

	if (second == 0 && destination->closes_tail)
		return destination->closes_tail;
	if (age < 0 || age / GROUP_CLOSES_SECONDS >= GROUP_CLOSES)
		return 0;
	return (double)destination->closes[age / GROUP_CLOSES_SECONDS] /
	       GROUP_CLOSES_SECONDS;
}

static struct forecast forecast_reused(const struct headroom *h,
				       const struct group *destination, double rate,
				       uint32_t delay_ms)
{
	struct forecast f = { FORECAST_NEVER, 0, rate };

	/* each port is back after the delay, and so are those that wait for it now */
	if (rate * delay_ms / 1000.0 < h->free + destination->n_young)
		return f;
	f.kind = FORECAST_AT;
	f.seconds = h->free / rate;
	return f;
}

struct forecast forecast_from_closes(const struct headroom *h,
				     const struct group *destination,
				     const struct reuse *reuse)
{
	struct forecast f = { FORECAST_NEVER, 0, rate_of(destination) };
	double left = h->free;

	if (h->free == 0)
		return (struct forecast){ FORECAST_AT, 0, f.per_second };
	if (destination->n_recent < RECENT_MIN)
		return (struct forecast){ FORECAST_UNKNOWN, 0, f.per_second };
	if (h->is_reused)
		return forecast_reused(h, destination, f.per_second, reuse->delay_ms);
	for (int second = 0; second < LIFETIME_SECONDS; second++) {
		double after = left - f.per_second + ending(destination, second);

		if (after <= 0) {
			f.kind = FORECAST_AT;
			f.seconds = second + left / (left - after);
			return f;
		}
		left = after;
	}
	return f;
}

struct forecast forecast_from_growth(double left, double before, double now,
				     double seconds)
{
	struct forecast f = { FORECAST_NEVER, 0, (now - before) / seconds };

	if (left <= 0) {
		f.kind = FORECAST_AT;
	} else if (f.per_second > 0) {
		f.kind = FORECAST_AT;
		f.seconds = left / f.per_second;
	}
	return f;
}

/* The ports that stay held: TIME_WAIT gives its back where tcp_tw_reuse is on. */
static uint32_t lasting(const struct group *g, bool is_reused)
{
	return g->n_ports - (is_reused ? g->n_reusable + g->n_young : 0);
}

struct forecast forecast_ports(const struct headroom *h, const struct group *destination,
			       const struct reuse *reuse, const struct before *before)
{
	const struct group *then;

	if (!before->groups)
		return forecast_from_closes(h, destination, reuse);
	then = groups_find(before->groups, &destination->key);
	return forecast_from_growth(h->free, then ? lasting(then, h->is_reused) : 0,
				    lasting(destination, h->is_reused), before->seconds);
}

struct forecast forecast_descriptors(const struct process *p, const struct before *before)
{
	const struct owners *owners = before->owners;

	if (p->fd_limit == 0 || p->fd_limit == UINT64_MAX)
		return (struct forecast){ FORECAST_UNKNOWN, 0, 0 };
	for (size_t i = 0; owners && i < owners->n; i++)
		if (owners->at[i].pid == p->pid)
			return forecast_from_growth((double)p->fd_limit - p->n_fds,
						    owners->at[i].n_fds, p->n_fds,
						    before->seconds);
	return (struct forecast){ FORECAST_UNKNOWN, 0, 0 };
}

static struct forecast forecast_group(const struct groups *groups, const struct group *g,
				      const struct reuse *reuse,
				      const struct before *before)
{
	const struct owners *owners = groups->how.owners;

	if (groups->how.by == GROUP_BY_PROCESS && owners && g->key.index < owners->n)
		return forecast_descriptors(&owners->at[g->key.index], before);
	if (groups->how.by == GROUP_BY_PEER && g->key.way == GROUP_OUT &&
	    groups->how.pool->is_known) {
		struct headroom h = headroom_of(groups, g, reuse);

		return forecast_ports(&h, g, reuse, before);
	}
	return (struct forecast){ FORECAST_UNKNOWN, 0, 0 };
}

void headroom_rank(struct groups *groups, const struct reuse *reuse,
		   const struct before *before)
{
	for (size_t i = 0; i < groups->groups.n; i++) {
		struct group *g = keyed_at(&groups->groups, i);
		struct forecast f = forecast_group(groups, g, reuse, before);

		if (f.kind == FORECAST_AT)
			g->urgency = f.seconds < UINT32_MAX - 1
					     ? UINT32_MAX - (uint32_t)f.seconds
					     : 1;
	}
}
