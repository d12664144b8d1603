/* SPDX-License-Identifier: MIT */
#include "crowd.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TCP_STATES = TCP_CLOSING + 1 };

static void count_states(const char *path, unsigned long have[])
{
	unsigned int state;
	char line[512];
	FILE *table = fopen(path, "re");

	if (!table)
		crowd_fail("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), table)) {
		if (sscanf(line, "%*s %*s %*s %x", &state) == 1 && state < TCP_STATES)
			have[state]++;
	}
	fclose(table);
}

/* /proc/net is of the thread-group leader's namespace, not of the one entered. */
static void count_side(const struct crowd *crowd, enum netpair_side side,
		       unsigned long have[])
{
	crowd_enter(crowd, side);
	count_states("/proc/thread-self/net/tcp", have);
	if (crowd->ipv6)
		count_states("/proc/thread-self/net/tcp6", have);
	crowd_enter(crowd, NETPAIR_A);
}

static bool settled(const struct crowd *crowd, const unsigned long want[],
		    unsigned long have[])
{
	unsigned long peer[TCP_STATES] = { 0 };

	memset(have, 0, TCP_STATES * sizeof(*have));
	count_side(crowd, NETPAIR_A, have);
	if (memcmp(have, want, TCP_STATES * sizeof(*have)) != 0)
		return false;
	count_side(crowd, NETPAIR_B, peer);
	return peer[TCP_TIME_WAIT] + peer[TCP_LAST_ACK] + peer[TCP_CLOSING] +
		       peer[TCP_FIN_WAIT1] ==
	       0;
}

void crowd_await_settled(const struct crowd *crowd)
{
	const unsigned long *group = crowd->want;
	const unsigned long want[TCP_STATES] = {
		[TCP_LISTEN] = group[GROUP_LISTEN] + crowd->queues,
		[TCP_ESTABLISHED] = group[GROUP_ESTABLISHED],
		[TCP_CLOSE_WAIT] = group[GROUP_CLOSE_WAIT] +
				   group[GROUP_CLOSE_WAIT_READ] +
				   group[GROUP_CLOSE_WAIT_UNACCEPTED],
		[TCP_FIN_WAIT2] = group[GROUP_FIN_WAIT_2] + group[GROUP_FIN_WAIT_2_HELD],
		[TCP_TIME_WAIT] = group[GROUP_TIME_WAIT],
	};
	const struct timespec pause = { .tv_nsec = 10000000 };
	unsigned long have[TCP_STATES];
	struct timespec now;
	time_t end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + CROWD_SETTLE_SECONDS;
	while (!settled(crowd, want, have)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end)
			break;
		nanosleep(&pause, NULL);
	}
	if (now.tv_sec < end)
		return;
	for (int state = 1; state < TCP_STATES; state++) {
		if (have[state] != want[state])
			fprintf(stderr, "crowd: state %d: %lu of %lu\n", state,
				have[state], want[state]);
	}
	crowd_fail("did not settle within %d s (tcp_max_tw_buckets too low?)",
		   CROWD_SETTLE_SECONDS);
}
