/* SPDX-License-Identifier: MIT */
#include "fuzz/grouped.h"

#include <math.h>

#include "core/census.h"
#include "core/groups.h"
#include "core/headroom.h"
#include "fuzz/fuzz.h"

enum { HEADROOMS = 4 }; /* each looks at the whole pool */

static void check_times(const struct group *g)
{
	uint32_t n = g->closes_tail;

	for (int i = 0; i < GROUP_CLOSES; i++)
		n += g->closes[i];
	MUST(n <= g->at[TCP_TIME_WAIT]);
	MUST(g->n_recent ==
	     g->closes[0] +
		     g->closes[CLOSES_RECENT_MS / 1000 / GROUP_CLOSES_SECONDS - 1]);
	MUST(g->recent_oldest_ms < CLOSES_RECENT_MS);
	MUST(g->n_aged <= g->at[TCP_CLOSE_WAIT]);
	MUST(g->oldest_min_ms <= g->oldest_max_ms);
}

static void check_group(const struct group *g)
{
	uint32_t n = 0;

	for (int state = 0; state < CENSUS_STATES; state++)
		n += g->at[state];
	MUST(g->n > 0 && g->n == n);
	MUST(g->n_ipv6 <= n && g->n_mini <= n && g->n_memory <= n);
	MUST(g->n_unaccepted <=
	     g->at[TCP_CLOSE_WAIT] + g->at[TCP_ESTABLISHED] + g->at[TCP_SYN_RECV]);
	MUST(g->close_wait_unread + g->close_wait_read + g->close_wait_unaccepted ==
	     g->at[TCP_CLOSE_WAIT]);
	MUST(g->n_ports <= n && g->n_reusable + g->n_young <= g->n_ports);
	MUST(g->n_reusable + g->n_young <= g->at[TCP_TIME_WAIT]);
	MUST(g->n_fds <= GROUP_FDS && g->n_fds <= n);
	MUST(group_closed_here(g) + group_closed_by_peer(g) <= n);
	check_times(g);
}

static void check_headroom(const struct groups *g, const struct group *destination)
{
	for (int mode = 0; mode <= 2; mode++) {
		struct reuse reuse = { mode, g->how.reuse_delay_ms, false };
		struct headroom h = headroom_of(g, destination, &reuse);
		struct forecast f = forecast_from_closes(&h, destination, &reuse);

		MUST(h.free <= h.pool && h.blocked <= h.pool && h.reusable <= h.held);
		MUST(isfinite(f.seconds) && f.seconds >= 0);
		MUST(isfinite(f.per_second) && f.per_second >= 0);
		MUST(h.free > 0 || f.kind == FORECAST_AT);
		MUST(f.kind == FORECAST_AT || f.seconds == 0);
	}
}

static void check_listeners(const struct groups *g, const struct census *all)
{
	uint64_t n = 0, close_wait = 0;

	for (size_t i = 0; i < g->listeners.n; i++) {
		const struct listener *listener = keyed_at(&g->listeners, i);

		MUST(listener->n > 0);
		MUST(ports_has(&g->listening, (uint16_t)listener->port));
		n += listener->n;
		close_wait += listener->close_wait;
	}
	MUST(n == census_total(all, TCP_LISTEN));
	MUST(close_wait <= all->close_wait_unaccepted);
	MUST(g->n_bound == census_total(all, TCP_BOUND_INACTIVE));
}

/* How many of the census the grouping takes. */
static uint64_t expected(const struct groups *g, const struct census *all)
{
	uint64_t n = 0;

	for (const int *state = census_order; *state; state++) {
		bool has_peer = *state != TCP_LISTEN && *state != TCP_BOUND_INACTIVE;

		if ((!g->how.states || g->how.states >> *state & 1) &&
		    (g->how.by != GROUP_BY_PEER || has_peer))
			n += census_total(all, *state);
	}
	return n;
}

static void check_sorted(struct groups *g, uint64_t n)
{
	uint64_t sum = 0;

	groups_sort(g);
	for (size_t i = 0; i < g->groups.n; i++) {
		const struct group *group = groups_at(g, i);

		check_group(group);
		MUST(i == 0 || groups_at(g, i - 1)->n >= group->n);
		MUST(sum + groups_rest(g, i).n == n);
		sum += group->n;
	}
	MUST(sum == n && groups_rest(g, g->groups.n).n == 0);
}

void grouped_check(struct groups *g, const struct census *all)
{
	uint64_t sum = 0, n = expected(g, all);
	int n_headrooms = 0;

	MUST(!g->is_broken);
	check_listeners(g, all);
	for (size_t i = 0; i < g->groups.n; i++) {
		const struct group *group = groups_at(g, i);

		check_group(group);
		MUST(groups_find(g, &group->key) == group);
		MUST(group->n_fds == 0 || g->how.owners);
		if (g->how.pool && group->key.way == GROUP_OUT &&
		    n_headrooms++ < HEADROOMS)
			check_headroom(g, group);
		sum += group->n;
	}
	MUST(sum == n);
	for (size_t i = 0; i < g->locals.n && i < HEADROOMS; i++)
		MUST(headroom_to_bind(g, keyed_at(&g->locals, i)) < g->how.pool->n);
	check_sorted(g, n);
}
