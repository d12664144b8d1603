/* SPDX-License-Identifier: MIT */
#include "core/groups.h"

#include <stdlib.h>
#include <string.h>

#include "core/headroom.h"
#include "core/owners.h"

/* Times of one segment are at most so far apart: more than a jiffy, less than any wrap. */
enum { STAMPS_APART_MS = 100 };

static const char *const names[GROUP_BYS] = {
	[GROUP_BY_STATE] = "state", [GROUP_BY_PORT] = "port",
	[GROUP_BY_PEER] = "peer",   [GROUP_BY_PROCESS] = "process",
	[GROUP_BY_UNIT] = "unit",   [GROUP_BY_USER] = "user",
};

const char *group_by_name(enum group_by by)
{
	return names[by];
}

bool group_by_parse(const char *name, enum group_by *ret)
{
	for (int by = 0; by < GROUP_BYS; by++) {
		if (strcmp(names[by], name) == 0) {
			*ret = (enum group_by)by;
			return true;
		}
	}
	return false;
}

/* What a listener is found by. */
struct listener_key {
	struct address address;
	uint32_t port;
};

void groups_init(struct groups *g, const struct grouping *how)
{
	*g = (struct groups){ .how = *how };
	keyed_init(&g->groups, sizeof(struct group), sizeof(struct group_key));
	keyed_init(&g->listeners, sizeof(struct listener), sizeof(struct listener_key));
	keyed_init(&g->locals, sizeof(struct local_ports), sizeof(struct address));
}

void groups_done(struct groups *g)
{
	keyed_done(&g->groups);
	keyed_done(&g->listeners);
	keyed_done(&g->locals);
}

static void restart(void *to)
{
	struct groups *g = to;
	struct grouping how = g->how;

	groups_done(g);
	groups_init(g, &how);
}

/* By its share, since each of SO_REUSEPORT has a backlog of its own, which holds one more. */
static bool is_fuller(const struct socket_row *row, const struct listener *listener)
{
	return row->rqueue * (listener->backlog + UINT64_C(1)) >
	       listener->waiting * (row->wqueue + UINT64_C(1));
}

static void add_listener(struct groups *g, const struct socket_row *row)
{
	struct listener_key key = { address_of(row->local, row->family),
				    row->local_port };
	struct listener *listener = keyed_make(&g->listeners, &key);

	ports_add(&g->listening, row->local_port);
	if (!listener) {
		g->is_broken = true;
		return;
	}
	if (listener->n++ == 0) {
		listener->inode = row->inode;
		listener->uid = row->uid;
	}
	if (listener->n == 1 || is_fuller(row, listener)) {
		listener->waiting = row->rqueue;
		listener->backlog = row->wqueue;
	}
}

/*
 * Whose queue a connection waits in: that of its address, or of any; a v4-mapped one is
 * of a listener on "::" though another has 0.0.0.0.
 */
static struct listener *find_listener(const struct groups *g,
				      const struct socket_row *row)
{
	const struct address own = address_of(row->local, row->family);
	const struct address places[] = {
		own,
		{ .family = row->family },
		{ .family = own.family },
		{ .family = CENSUS_IPV6 },
	};
	struct listener *listener = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !listener; i++) {
		struct listener_key key = { places[i], row->local_port };

		listener = keyed_find(&g->listeners, &key);
	}
	return listener;
}

static enum group_way way_of(const struct groups *g, const struct socket_row *row)
{
	const struct port_pool *pool = g->how.pool;

	if (row->state == TCP_BOUND_INACTIVE || ports_has(&g->listening, row->local_port))
		return GROUP_IN;
	if (pool && pool->is_known && row->local_port >= pool->low &&
	    row->local_port <= pool->high)
		return GROUP_OUT;
	return row->local_port > row->remote_port ? GROUP_OUT : GROUP_IN;
}

static uint32_t owner_of(const struct groups *g, const struct socket_row *row,
			 const struct listener *listener)
{
	uint32_t inode = row->inode;
	const struct holder *holder;

	if (socket_is_unaccepted(row) && listener)
		inode = listener->inode;
	else if (inode == 0)
		return GROUP_NOBODY;
	holder = g->how.owners ? owners_find(g->how.owners, inode) : NULL;
	return holder ? holder->process : GROUP_UNKNOWN;
}

/* Only a full socket that is held tells its user; older kernels say 0 for the rest. */
static uint32_t user_of(const struct socket_row *row, const struct listener *listener)
{
	if (socket_is_unaccepted(row) && listener)
		return listener->uid;
	return row->inode == 0 ? GROUP_NOBODY : row->uid;
}

static struct group_key key_of(const struct groups *g, const struct socket_row *row,
			       const struct listener *listener)
{
	struct group_key key = { 0 };

	switch (g->how.by) {
	case GROUP_BY_STATE:
		key.index = row->state;
		break;
	case GROUP_BY_PORT:
		key.way = way_of(g, row);
		key.port = key.way == GROUP_IN ? row->local_port : row->remote_port;
		break;
	case GROUP_BY_PEER:
		key.way = way_of(g, row);
		key.remote = address_of(row->remote, row->family);
		if (key.way == GROUP_OUT) {
			key.local = address_of(row->local, row->family);
			key.port = row->remote_port;
		}
		break;
	case GROUP_BY_USER:
		key.index = user_of(row, listener);
		break;
	default:
		key.index = owner_of(g, row, listener);
	}
	return key;
}

/* Times are told in 32 bits, which last 49.7 days: could they have gone round? */
static bool may_have_wrapped(const struct groups *groups)
{
	return groups->how.uptime_ms < 0 || groups->how.uptime_ms > UINT32_MAX;
}

static void add_close_wait(const struct groups *groups, struct group *g,
			   const struct socket_row *row)
{
	uint64_t max_ms = row->last_data_recv_ms;

	if (row->inode == 0) {
		g->close_wait_unaccepted++;
	} else if (row->rqueue > 0) {
		g->close_wait_unread++;
		g->close_wait_unread_bytes += row->rqueue - 1; /* the FIN counts one */
	} else {
		g->close_wait_read++;
	}
	if (!row->has_times)
		return;
	/*
	 * Data that came with the last ACK was stamped behind it, maybe by a jiffy
	 * (tcp_rcv_established()).
	 */
	if (max_ms < row->last_ack_recv_ms &&
	    row->last_ack_recv_ms - max_ms < STAMPS_APART_MS)
		max_ms = row->last_ack_recv_ms;
	if (may_have_wrapped(groups) || max_ms < row->last_ack_recv_ms)
		max_ms = UINT64_MAX;
	if (row->last_ack_recv_ms > g->oldest_min_ms)
		g->oldest_min_ms = row->last_ack_recv_ms;
	if (max_ms > g->oldest_max_ms)
		g->oldest_max_ms = max_ms;
	g->n_aged++;
}

static void add_time_wait(struct group *g, const struct socket_row *row)
{
	uint32_t age_ms = CLOSES_TIME_WAIT_MS - row->expires_ms;

	if (row->expires_ms == 0)
		g->closes_tail++;
	if (row->expires_ms == 0 || row->expires_ms > CLOSES_TIME_WAIT_MS)
		return;
	g->closes[age_ms / (GROUP_CLOSES_SECONDS * 1000)]++;
	if (age_ms < CLOSES_RECENT_MS) {
		g->n_recent++;
		if (age_ms > g->recent_oldest_ms)
			g->recent_oldest_ms = age_ms;
	}
}

/* In their order, which is mostly that of their making. */
static void keep_lowest(struct group *g, uint32_t fd)
{
	uint32_t at = g->n_fds;

	if (g->n_fds < GROUP_FDS)
		g->n_fds++;
	else if (fd > g->fds[--at])
		return;
	for (; at > 0 && g->fds[at - 1] > fd; at--)
		g->fds[at] = g->fds[at - 1];
	g->fds[at] = fd;
}

static void add_fd(const struct groups *groups, struct group *g,
		   const struct socket_row *row)
{
	const struct holder *holder;

	if (!groups->how.owners || row->inode == 0)
		return;
	holder = owners_find(groups->how.owners, row->inode);
	if (!holder)
		return;
	keep_lowest(g, holder->fd);
	g->n_shared += holder->n_others > 0;
}

static void add_to_group(const struct groups *groups, struct group *g,
			 const struct socket_row *row)
{
	g->n++;
	g->at[row->state]++;
	g->n_mini += row->is_mini;
	if (row->family == CENSUS_IPV6) {
		g->n_ipv6++;
		g->n_mini_ipv6 += row->is_mini;
	}
	if (socket_is_unaccepted(row))
		g->n_unaccepted++;
	if (row->has_memory) {
		g->memory += row->memory;
		g->n_memory++;
	}
	if (row->state == TCP_TIME_WAIT)
		add_time_wait(g, row);
	else if (row->state == TCP_CLOSE_WAIT)
		add_close_wait(groups, g, row);
	if (groups->how.by == GROUP_BY_PROCESS)
		add_fd(groups, g, row);
}

static struct local_ports *local_of(struct groups *groups, const struct address *address)
{
	struct keyed *locals = &groups->locals;
	struct local_ports *local;

	if (groups->last_local < locals->n) {
		local = keyed_at(locals, groups->last_local);
		if (memcmp(&local->address, address, sizeof(*address)) == 0)
			return local;
	}
	local = keyed_make(locals, address);
	if (local)
		groups->last_local =
			(size_t)((char *)local - locals->at) / locals->item_size;
	return local;
}

/* Of the pool, what a socket holds towards its destination, and of its own address. */
static void add_held(struct groups *groups, struct group *g, const struct socket_row *row)
{
	struct local_ports *local;

	if (!ports_has(&groups->how.pool->at, row->local_port))
		return;
	g->n_ports++;
	/*
	 * listeners were handed on before, and sockets only bound, where they are told:
	 * inet_diag_dump_icsk() walks over them before it comes to the connections
	 */
	g->n_blocked += ports_has(&groups->listening, row->local_port) ||
			ports_has(&groups->bound, row->local_port);
	if (row->state == TCP_TIME_WAIT && row->expires_ms <= CLOSES_TIME_WAIT_MS) {
		if (CLOSES_TIME_WAIT_MS - row->expires_ms > groups->how.reuse_delay_ms)
			g->n_reusable++;
		else
			g->n_young++;
	}
	local = local_of(groups, &g->key.local);
	if (local)
		ports_add(&local->held, row->local_port);
	else
		groups->is_broken = true;
}

/* A port that connect() passes over, whatever the destination. */
static void block(struct groups *g, uint16_t port)
{
	if (g->how.pool && ports_has(&g->how.pool->at, port) &&
	    !ports_has(&g->listening, port) && !ports_has(&g->bound, port))
		g->n_blocked++;
}

static bool is_grouped(const struct groups *g, const struct socket_row *row)
{
	if (g->how.states && !(g->how.states >> row->state & 1))
		return false;
	/* these have no peer */
	return g->how.by != GROUP_BY_PEER ||
	       (row->state != TCP_LISTEN && row->state != TCP_BOUND_INACTIVE);
}

static void add(void *to, const struct socket_row *row)
{
	struct groups *groups = to;
	struct listener *listener = NULL;
	struct group_key key;
	struct group *g;

	if (row->state == TCP_LISTEN) {
		block(groups, row->local_port);
		add_listener(groups, row);
	} else if (row->state == TCP_BOUND_INACTIVE) {
		block(groups, row->local_port);
		ports_add(&groups->bound, row->local_port);
		groups->n_bound++;
	} else if (socket_is_unaccepted(row)) {
		listener = find_listener(groups, row);
		if (listener)
			listener->close_wait += row->state == TCP_CLOSE_WAIT;
	}
	if (!is_grouped(groups, row))
		return;
	key = key_of(groups, row, listener);
	g = keyed_make(&groups->groups, &key);
	if (!g) {
		groups->is_broken = true;
		return;
	}
	add_to_group(groups, g, row);
	if (groups->how.by == GROUP_BY_PEER && groups->how.pool && key.way == GROUP_OUT)
		add_held(groups, g, row);
}

struct socket_taker groups_taker(struct groups *g)
{
	return (struct socket_taker){ .add = add, .restart = restart, .to = g };
}

static void merge(struct group *to, const struct group *from)
{
	to->n += from->n;
	for (int state = 0; state < CENSUS_STATES; state++)
		to->at[state] += from->at[state];
	to->n_ipv6 += from->n_ipv6;
	to->n_mini += from->n_mini;
	to->n_mini_ipv6 += from->n_mini_ipv6;
	to->n_unaccepted += from->n_unaccepted;
	to->close_wait_unread += from->close_wait_unread;
	to->close_wait_read += from->close_wait_read;
	to->close_wait_unaccepted += from->close_wait_unaccepted;
	to->close_wait_unread_bytes += from->close_wait_unread_bytes;
	if (from->oldest_min_ms > to->oldest_min_ms)
		to->oldest_min_ms = from->oldest_min_ms;
	if (from->oldest_max_ms > to->oldest_max_ms)
		to->oldest_max_ms = from->oldest_max_ms;
	to->n_aged += from->n_aged;
	for (int i = 0; i < GROUP_CLOSES; i++)
		to->closes[i] += from->closes[i];
	to->closes_tail += from->closes_tail;
	to->n_recent += from->n_recent;
	if (from->recent_oldest_ms > to->recent_oldest_ms)
		to->recent_oldest_ms = from->recent_oldest_ms;
	to->n_ports += from->n_ports;
	to->n_reusable += from->n_reusable;
	to->n_young += from->n_young;
	to->n_blocked += from->n_blocked;
	to->memory += from->memory;
	to->n_memory += from->n_memory;
}

static const char *unit_of(const struct owners *owners, const struct group *g)
{
	return owners && g->key.index < owners->n ? owners->at[g->key.index].unit : "";
}

/* Small numbers of groups: a host has some hundred processes with sockets. */
static void join_units(struct groups *g)
{
	struct group *all = keyed_at(&g->groups, 0);
	size_t n = 0;

	for (size_t i = 0; i < g->groups.n; i++) {
		bool is_process = all[i].key.index < GROUP_UNKNOWN;
		size_t at = n;

		for (size_t j = 0; is_process && j < n && at == n; j++)
			if (all[j].key.index < GROUP_UNKNOWN &&
			    strcmp(unit_of(g->how.owners, &all[j]),
				   unit_of(g->how.owners, &all[i])) == 0)
				at = j;
		if (at < n)
			merge(&all[at], &all[i]);
		else
			all[n++] = all[i];
	}
	g->groups.n = n;
}

/* More urgent, then more sockets first; the rest only makes the order the same each time. */
static int compare(const void *a, const void *b)
{
	const struct group *one = a, *other = b;

	if (one->urgency != other->urgency)
		return one->urgency < other->urgency ? 1 : -1;
	if (one->n != other->n)
		return one->n < other->n ? 1 : -1;
	return memcmp(&one->key, &other->key, sizeof(one->key));
}

void groups_sort(struct groups *g)
{
	if (g->groups.n == 0)
		return;
	if (g->how.by == GROUP_BY_UNIT)
		join_units(g);
	qsort(keyed_at(&g->groups, 0), g->groups.n, sizeof(struct group), compare);
}

const struct group *groups_at(const struct groups *g, size_t i)
{
	return keyed_at(&g->groups, i);
}

const struct group *groups_find(const struct groups *g, const struct group_key *key)
{
	return keyed_find(&g->groups, key);
}

struct group groups_rest(const struct groups *g, size_t first)
{
	struct group sum = { 0 };

	for (size_t i = first; i < g->groups.n; i++)
		merge(&sum, groups_at(g, i));
	return sum;
}

uint32_t group_closed_here(const struct group *g)
{
	return g->at[TCP_TIME_WAIT] + g->at[TCP_FIN_WAIT1] + g->at[TCP_FIN_WAIT2];
}

uint32_t group_closed_by_peer(const struct group *g)
{
	return g->at[TCP_CLOSE_WAIT] + g->at[TCP_LAST_ACK];
}
