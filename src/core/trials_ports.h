/* SPDX-License-Identifier: MIT */
/* What trials_ports.c claims and sys/trial_reuse.c and trial_exhaustion.c do, with a range of a few ports. */
#pragma once

/* The range of the arms, and how many ports that is. */
#define PORTS_RANGE "40000 40009"
enum { PORTS_N = 10 };

enum reuse_way {
	REUSE_CLIENT_FIRST, /* the clients close first; connect() until one succeeds */
	REUSE_SERVER_FIRST, /* the server does; wait, and connect as many again */
};

/* What REUSE_CLIENT_FIRST measures. The last one is not asked of a wish of the user's. */
enum { REUSE_TIME_WAITS, REUSE_AFTER, REUSE_RECYCLED, REUSE_AT_ONCE };

/* What REUSE_SERVER_FIRST measures, after number milliseconds. */
enum { SERVED_TIME_WAITS, SERVED_TIMER, SERVED_AGAIN, SERVED_RECYCLED };

enum exhaustion_way {
	EXHAUST_CONNECT,      /* connect() alone */
	EXHAUST_BIND,	      /* bind() to port 0 of 127.0.0.1, then connect() */
	EXHAUST_BIND_NO_PORT, /* the same with IP_BIND_ADDRESS_NO_PORT */
};

enum {
	EXHAUST_FIRST,
	EXHAUST_MOVED, /* counters, by those: that they are looked at is seen in it */
	EXHAUST_ERRNO,
	EXHAUST_AT_BIND,
	EXHAUST_COUNTERS,
	EXHAUST_SECOND,
};
