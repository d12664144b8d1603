/* SPDX-License-Identifier: MIT */
/*
 * One socket, looked at through inet_diag: the kernel finds it by its addresses without a
 * walk over its table (inet_diag_dump_one_icsk()), so it can be asked every few
 * milliseconds.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/socket.h"

struct err;
struct nl_sock;

/* One end of a connection. */
struct flow {
	struct sockaddr_in local, remote;
};

struct sighting {
	int state; /* TCP_ESTABLISHED …; 0: there is no such socket (a listener is none) */
	int timer;	     /* enum socket_timer */
	uint32_t expires_ms; /* until the timer ends */
};

/*
 * Asks the network namespace it was opened in, as long as the process lives. NULL: no netlink;
 * with a sentence.
 */
struct nl_sock *sighting_open(struct err *e);

/* -errno and a sentence: the kernel does not answer. */
int sighting_take(struct nl_sock *socket, const struct flow *flow, struct sighting *ret,
		  struct err *e);
