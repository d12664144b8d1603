/* SPDX-License-Identifier: MIT */
/*
 * Two fresh network namespaces, A and B, joined by a veth pair and reachable
 * from nowhere else.
 *
 * A socket stays in the namespace in which it was created, and accept() makes
 * its socket in the listener's.  So one process can hold both ends: it enters a
 * side only to call socket(2).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum netpair_side {
	NETPAIR_A,
	NETPAIR_B,
};

enum netpair_result {
	NETPAIR_MADE,
	NETPAIR_UNAVAILABLE, /* this system gives the caller no namespaces: a skip */
	NETPAIR_BROKEN,	     /* namespaces were made, the link was not: a failure */
};

struct netpair {
	int ns[2]; /* close-on-exec; the namespaces live while these do */
};

/*
 * Makes the pair and leaves the calling thread in A.  Without the privilege for
 * a network namespace the process first becomes root of a new user namespace,
 * so it must have one thread only.  Says on stderr why it failed.
 */
enum netpair_result netpair_make(struct netpair *pair, bool ipv6);

/* Moves the calling thread to a side: 0, or -1 with errno. */
int netpair_enter(const struct netpair *pair, enum netpair_side side);

/*
 * Sets "net.key=value" on a side and leaves the calling thread there: 0, or -1
 * with errno.  Other keys are refused with EINVAL, because a sysctl outside net
 * belongs to the whole machine.
 */
int netpair_sysctl(const struct netpair *pair, enum netpair_side side,
		   const char *setting);

/* How many more IPv4 addresses netpair_add_hosts() gives B, from NETPAIR_HOSTS_FROM on */
#define NETPAIR_HOSTS	   65536
#define NETPAIR_HOSTS_FROM 0x0a4e0000 /* 10.78.0.0 */

/*
 * Makes B answer at NETPAIR_HOSTS more addresses, and leaves the calling thread in A:
 * 0, or -1 after having said why not.
 */
int netpair_add_hosts(const struct netpair *pair);

/* Fills in a side's address (AF_INET or AF_INET6) and returns its length. */
socklen_t netpair_address(enum netpair_side side, int family, uint16_t port,
			  struct sockaddr_storage *address);
