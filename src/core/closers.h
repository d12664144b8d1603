/* SPDX-License-Identifier: MIT */
/*
 * Who closed: from one dump to the next it remembers the cookie of each socket that a
 * process held, and which process that was. A TIME_WAIT has the cookie of the connection
 * it is left of (sk_cookie goes into tw_cookie in inet_twsk_alloc(); measured on Linux
 * 6.18), but no process of its own.
 *
 * A connection that no dump has seen while a process held it is a close by nobody known.
 * A process is the one that held the socket when it was first seen: a socket that was
 * handed on since is still told as the first one's. Memory follows the sockets: what the
 * last dump does not show any more is forgotten.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keyed.h"
#include "core/owners.h"

struct socket_row;

/* A process that held a socket, and its closes of the last interval. */
struct closer {
	uint32_t pid; /* from here */
	char program
		[PROCESS_PROGRAM_MAX]; /* to here it is a key; zeros behind the text */
	uint32_t n;
	uint32_t moved; /* 1 + its place in the next dump; 0: it is not there yet */
};

/* Closes by nobody known, on a port that is listened on: of whoever listens there. */
struct closer_port {
	uint32_t port; /* the key */
	uint32_t n;
	uint64_t cookie;	 /* of the first listener; 0: unknown */
	const struct closer *by; /* from closers_ports(); NULL: not known who listens */
};

struct closers {
	/* two dumps, the last one and the one before: sockets, and who held them */
	struct keyed sockets[2], processes[2];
	unsigned now;	    /* which of them is the last one */
	struct keyed ports; /* of the last dump: struct closer_port */
	bool has_before;
	uint32_t window_ms;	 /* a TIME_WAIT that is older was not armed since */
	bool is_short_of_memory; /* something was not remembered: the numbers are not good */

	/* what the last dump showed; with no dump before it, nothing */
	uint64_t n;	       /* closes since the one before */
	uint64_t n_attributed; /* of them, those of a known process */
	uint64_t n_nameless;   /* of them, those without a cookie (/proc/net/tcp) */
	size_t n_unasked;      /* sockets held by a process that is not known yet */
};

/* The owner calls closers_done(). */
void closers_init(struct closers *c);

/*
 * A dump follows, so many milliseconds after the one before. A TIME_WAIT lasts a minute:
 * of a longer time only the last minute is told.
 */
void closers_begin(struct closers *c, int64_t elapsed_ms);

/* The same dump follows again, from its beginning. */
void closers_restart(struct closers *c);

void closers_add(struct closers *c, const struct socket_row *row);

/* Remembers who holds the sockets of the last dump; each is asked for once. */
void closers_name(struct closers *c, const struct owners *owners);

/* Those who closed most, at most `max` of them, the first first. Their number. */
size_t closers_top(const struct closers *c, struct closer *ret, size_t max);

/* The same of the ports: closes that are told by their port alone. */
size_t closers_ports(const struct closers *c, struct closer_port *ret, size_t max);

void closers_done(struct closers *c);
