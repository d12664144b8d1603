/* SPDX-License-Identifier: MIT */
/*
 * The parts of the program crowd: the sockets are made in crowdmake.c, those which
 * processes of their own hold in crowdhold.c, and counted in crowdsettle.c.
 *
 * Every function here says on stderr what failed and exits with CROWD_BROKEN.
 */
#pragma once

#include "netpair.h"

#include <stdbool.h>
#include <stdnoreturn.h>
#include <sys/resource.h>
#include <sys/types.h>

enum {
	CROWD_SKIPPED = 77,
	CROWD_BROKEN = 99,
	CROWD_SYSCTLS = 64,
	CROWD_LISTEN_PORT = 20000,
	CROWD_SETTLE_SECONDS = 10,
	/*
	 * A source port is taken at most once for each destination, and connect() first
	 * tries those of one parity, 14,116 of the default range: it slows down where most
	 * are taken. A million connections take 3,907 for each of so many destinations.
	 */
	CROWD_PEER_PORTS = 256,
};

/* In the order of making: the groups which expire come last. */
enum group {
	GROUP_LISTEN,
	GROUP_ESTABLISHED,
	GROUP_CLOSE_WAIT,
	GROUP_CLOSE_WAIT_READ,
	GROUP_CLOSE_WAIT_UNACCEPTED,
	GROUP_FIN_WAIT_2_HELD,
	GROUP_FIN_WAIT_2,
	GROUP_TIME_WAIT,
	GROUPS,
};

struct crowd {
	struct netpair pair;
	struct rlimit nofile; /* as it was given to us, for the command */
	unsigned long want[GROUPS];
	bool ipv6;
	unsigned long
		hosts; /* addresses of B the IPv4 connections go to in turn; 0: its one */
	const char *sysctls[CROWD_SYSCTLS];
	size_t sysctl_count;
	int peers[2][CROWD_PEER_PORTS]; /* listeners in B: IPv4, IPv6 */
	/* The listener in A which is filling its accept queue, and those before it. */
	unsigned long queues, queue_room, queue_length;
	int queue_family;
	unsigned long holders, among; /* processes: of CLOSE_WAIT, and all of them */
	pid_t *processes;	      /* the crowd's, `among` of them */
};

__attribute__((format(printf, 1, 2))) noreturn void crowd_fail(const char *format, ...);

/* Moves this process to a side. */
void crowd_enter(const struct crowd *crowd, enum netpair_side side);

/* Listens in B, on CROWD_PEER_PORTS ports of each family. */
void crowd_listen_in_b(struct crowd *crowd);

/* Makes every share-th socket of a group from the first-th on; it is held until the exit. */
void crowd_make_share(struct crowd *crowd, enum group group, unsigned long first,
		      unsigned long share);

/* Makes the TIME_WAIT with one process for each processor. */
void crowd_make_time_wait(struct crowd *crowd);

/* Whether crowdhold's processes hold the sockets of this group. */
bool crowd_is_held_apart(const struct crowd *crowd, enum group group);

/*
 * Starts the processes, which make their sockets, and waits until they have. They get
 * a copy of each descriptor open now. The kernel kills them when the caller dies.
 */
void crowd_start_processes(struct crowd *crowd);

/* Ends them, and waits until they are gone. */
void crowd_end_processes(struct crowd *crowd);

/* Waits until A has the sockets wanted, and B no closing one. */
void crowd_await_settled(const struct crowd *crowd);
