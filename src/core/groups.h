/* SPDX-License-Identifier: MIT */
/*
 * Sockets grouped by one thing they share: a state, a service's port, a peer, a process, a
 * unit, a user. Memory grows with the groups, not with the sockets.
 *
 * A socket is served here (`in`) if its local port is listened on, and otherwise goes out
 * if that port is one of ip_local_port_range; where neither tells, the side with the lower
 * port is the service. A port is that of the service; a peer of an incoming connection is
 * an address, of an outgoing one an address and port, seen from one local address, since
 * that is what a port is held for. v4-mapped addresses are IPv4 ones.
 */
#pragma once

#include <stddef.h>

#include "core/address.h"
#include "core/closes.h"
#include "core/keyed.h"
#include "core/ports.h"
#include "core/socket.h"

struct owners;
struct port_pool;

enum group_by {
	GROUP_BY_STATE,
	GROUP_BY_PORT,
	GROUP_BY_PEER,
	GROUP_BY_PROCESS,
	GROUP_BY_UNIT,
	GROUP_BY_USER,
	GROUP_BYS,
};

enum group_way { GROUP_IN = 1, GROUP_OUT };

struct group_key {
	struct address remote, local;
	uint32_t port;
	uint32_t way; /* enum group_way; 0: does not matter */
	/* by state: it; by process and unit: in owners; by user: the uid; or these: */
	uint32_t index;
};

enum {
	GROUP_NOBODY = UINT32_MAX,	/* closed: no process holds it, the kernel does */
	GROUP_UNKNOWN = UINT32_MAX - 1, /* some process that could not be found */
};

enum { GROUP_CLOSES = 12, GROUP_CLOSES_SECONDS = 5, GROUP_FDS = 8 };

/* What each TIME_WAIT counts in comes first: there can be many groups, and caches are small. */
struct group {
	struct group_key key;
	uint32_t n;
	uint32_t n_mini;
	/*
	 * By peer, outgoing: ports of the pool it holds, of those in TIME_WAIT the ones of an
	 * age at which tcp_tw_reuse lets connect() take them, and the others; and those
	 * listened on or bound by others as well.
	 */
	uint32_t n_ports, n_reusable, n_young, n_blocked;
	uint32_t at[CENSUS_STATES];
	/* TIME_WAIT by when it was armed, 5 s each, [0] the latest; see core/closes.h */
	uint32_t closes[GROUP_CLOSES];
	uint32_t closes_tail;
	uint32_t n_recent;	   /* of the last 10 s */
	uint32_t recent_oldest_ms; /* and how long ago the first of these was armed */

	uint32_t n_ipv6, n_mini_ipv6;
	/* by process: of them, in the queue of a listener it has, not yet accepted */
	uint32_t n_unaccepted;

	/* CLOSE_WAIT, as in struct census */
	uint32_t close_wait_unread, close_wait_read, close_wait_unaccepted;
	uint64_t close_wait_unread_bytes;
	/*
	 * The oldest CLOSE_WAIT is at least and at most so old, in milliseconds; at most
	 * UINT64_MAX: not known, the kernel's 32 bits may have wrapped. Of n_aged sockets.
	 */
	uint64_t oldest_min_ms, oldest_max_ms;
	uint32_t n_aged;

	uint32_t n_memory;
	uint64_t memory; /* bytes in buffers, of the n_memory that told */

	/* what runs out first comes first: 0, it does not; see headroom_rank() */
	uint32_t urgency;

	uint32_t fds[GROUP_FDS]; /* by process: the lowest descriptors */
	uint32_t n_fds;
	uint32_t n_shared; /* by process: of them, held by other processes as well */
};

/* A listening socket, or several on one address and port (SO_REUSEPORT). */
struct listener {
	struct address address;
	uint32_t port;
	uint32_t n;
	uint32_t waiting, backlog; /* of the fullest, by its share */
	uint32_t inode, uid;	   /* of the first */
	uint32_t close_wait;	   /* in CLOSE_WAIT and not accepted */
};

/* One local address that outgoing connections have. */
struct local_ports {
	struct address address;
	struct port_set held; /* of the pool, by any socket of that address */
};

struct grouping {
	enum group_by by;
	uint32_t states;	      /* bits; 0: all */
	const struct owners *owners;  /* by process and unit */
	const struct port_pool *pool; /* by port and peer */
	uint32_t reuse_delay_ms;      /* tcp_tw_reuse_delay */
	/* how long the machine is up, in milliseconds: no socket is older; -1: unknown */
	int64_t uptime_ms;
};

struct groups {
	struct grouping how;
	struct keyed groups;	/* struct group */
	struct keyed listeners; /* struct listener */
	struct keyed locals;	/* struct local_ports, by peer */
	size_t last_local; /* the one of the socket before, which is often the same */
	struct port_set listening;
	/* bound and not connected: bind() without a port gives them to nobody else */
	struct port_set bound;
	uint32_t n_bound;
	uint32_t n_blocked; /* ports of the pool that are in either set */
	bool is_broken;	    /* out of memory: something is not counted */
};

void groups_init(struct groups *g, const struct grouping *how);
void groups_done(struct groups *g);

/* What takes the sockets; listeners must come first (struct socket_taker). */
struct socket_taker groups_taker(struct groups *g);

/*
 * When all are taken: by unit, joins the processes of a unit; and puts the most urgent first,
 * and then those with the most sockets. groups_find() no longer works.
 */
void groups_sort(struct groups *g);

const struct group *groups_at(const struct groups *g, size_t i);

/* The group of that key; NULL: none. Before groups_sort(). */
const struct group *groups_find(const struct groups *g, const struct group_key *key);

/* The sum of the groups from `first` on. */
struct group groups_rest(const struct groups *g, size_t first);

/* Closed first by this host (TIME_WAIT, FIN_WAIT_1, FIN_WAIT_2), by the peer (CLOSE_WAIT, LAST_ACK). */
uint32_t group_closed_here(const struct group *g);
uint32_t group_closed_by_peer(const struct group *g);

/* As --by and JSON spell it: "state"; and back: false if `name` is none. */
const char *group_by_name(enum group_by by);
bool group_by_parse(const char *name, enum group_by *ret);
