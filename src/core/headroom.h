/* SPDX-License-Identifier: MIT */
/*
 * Ports for outgoing connections: how many are left towards one destination, and when they
 * run out. connect() without a port of its own takes one of the pool that is not held
 * towards the same destination and that no bind() has taken; where none is left it fails
 * with EADDRNOTAVAIL, and no counter of the kernel moves (facts measured on Linux 6.18).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/ports.h"

struct census;
struct group;
struct groups;
struct owners;
struct snapshot;

/* ip_local_port_range without ip_local_reserved_ports. */
struct port_pool {
	struct port_set at;
	uint16_t low, high;
	unsigned n;
	bool is_known; /* false: the sysctls were not read */
};

void port_pool_make(struct port_pool *pool, const struct snapshot *s);

/* How connect() takes over a port in TIME_WAIT: tcp_tw_reuse and tcp_tw_reuse_delay. */
struct reuse {
	int64_t mode; /* 0 never, 1 always, 2 to and from loopback addresses; -1: not read */
	uint32_t delay_ms; /* how old it must be; before Linux 6.14 a second */
	/* without tcp_timestamps none is taken over; a connection keeps what it began with */
	bool lacks_timestamps;
};

struct reuse reuse_of(const struct snapshot *s);

/* Of one destination. */
struct headroom {
	unsigned pool;
	unsigned held; /* towards it, in any state */
	unsigned
		blocked; /* others that are listened on or bound: connect() passes them over */
	unsigned reusable; /* of the held, in TIME_WAIT long enough for tcp_tw_reuse */
	bool is_reused;	   /* tcp_tw_reuse is on for these addresses */
	unsigned
		free; /* at most what connect() can still take, the reusable with is_reused */
};

struct headroom headroom_of(const struct groups *g, const struct group *destination,
			    const struct reuse *reuse);

/*
 * Ports of the pool that no socket has: what connect() can take towards any destination at
 * least. A port that bind() gave to a socket before it connected is passed over as well
 * (tb->fastreuse of its bucket, __inet_hash_connect()), and inet_diag does not tell it, so
 * that `free` above is at most.
 */
unsigned headroom_of_nobody(const struct groups *g, const struct census *census);

/*
 * What bind() to one local address without a port can still take: a port must be free of
 * any socket of that address. It is not told which sockets have bound before they
 * connected, but all hold their port for that purpose.
 */
struct local_ports;
unsigned headroom_to_bind(const struct groups *g, const struct local_ports *local);

enum forecast_kind {
	FORECAST_UNKNOWN, /* too few closes to tell */
	FORECAST_NEVER,	  /* not at this rate */
	FORECAST_AT,
};

struct forecast {
	enum forecast_kind kind;
	double seconds;	   /* until the first connect() fails */
	double per_second; /* the rate it rests on */
};

/*
 * From one dump: what is closed here at the rate of the last 10 s holds its port for 60 to
 * 62 s, and what is in TIME_WAIT now gives its back in that order.
 */
struct forecast forecast_from_closes(const struct headroom *h,
				     const struct group *destination,
				     const struct reuse *reuse);

/* A reading some seconds before this one. */
struct before {
	const struct groups *groups; /* not sorted; NULL: there was none */
	const struct owners *owners; /* may be NULL */
	double seconds;
};

/* From the reading before if there was one, else from the closes. */
struct forecast forecast_ports(const struct headroom *h, const struct group *destination,
			       const struct reuse *reuse, const struct before *before);

/* When a process has no descriptor left; unknown without a reading before. */
struct process;
struct forecast forecast_descriptors(const struct process *p,
				     const struct before *before);

/* After a second reading: by peer and process, how soon each group runs out. */
void headroom_rank(struct groups *g, const struct reuse *reuse,
		   const struct before *before);

/*
 * From two readings so many seconds apart: what was held then and is now (ports of a
 * destination, descriptors of a process), and what is left of it.
 */
struct forecast forecast_from_growth(double left, double before, double now,
				     double seconds);
