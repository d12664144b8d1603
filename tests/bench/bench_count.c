/* SPDX-License-Identifier: MIT */
/*
 * bench_count: what it costs to count the sockets of this network namespace.
 *
 *	bench_count PAIRS	times three ways in turn, PAIRS rounds of them:
 *				bare: recv() over the AF_INET dump, one request of type 20
 *				finwait: sockdiag_open_live() and sockdiag_count()
 *				legacy: recv() over the dump finwait asks for, of type 18
 *	bench_count --memory	counts once and prints the peak of memory
 *
 * Each way opens its own netlink socket and asks for the same states. The two recv()
 * loops look at nothing but the type of each message.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "bench/median.h"
#include "core/census.h"
#include "sys/sockdiag.h"

enum {
	RECEIVE_SIZE = 64 * 1024,
	STATES_ALL = ((1 << (TCP_CLOSING + 1)) - 2) | 1 << TCP_BOUND_INACTIVE,
	ROUNDS_MAX = 10000,
};

static noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "bench_count: %s: %s\n", what, why);
	exit(1);
}

/* The type-18 request for IPv4 says nothing of a family: its answer has both. */
struct legacy_request {
	struct nlmsghdr header;
	struct inet_diag_req body;
};

struct inet_request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

/* Sends a request and counts the messages of its answer. */
static uint64_t count_messages(const void *request, size_t size)
{
	static char bytes[RECEIVE_SIZE];
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	uint64_t n = 0;

	if (fd < 0 ||
	    sendto(fd, request, size, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		fail("cannot ask", strerror(errno));
	for (;;) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;
		unsigned int left = got > 0 ? (unsigned int)got : 0;

		if (got <= 0)
			fail("recv", strerror(errno));
		for (; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_type == NLMSG_DONE) {
				close(fd);
				return n;
			}
			if (h->nlmsg_type == NLMSG_ERROR)
				fail("dump", "the kernel refused it");
			n++;
		}
	}
}

static uint64_t count_bare(void)
{
	const struct inet_request request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .sdiag_family = AF_INET,
			  .sdiag_protocol = IPPROTO_TCP,
			  .idiag_states = STATES_ALL },
	};

	return count_messages(&request, sizeof(request));
}

static uint64_t count_legacy(void)
{
	const struct legacy_request request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = TCPDIAG_GETSOCK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .idiag_family = AF_INET, .idiag_states = STATES_ALL },
	};

	return count_messages(&request, sizeof(request));
}

static uint64_t count_finwait(void)
{
	struct dump_source *source;
	struct census census;
	struct err e = { 0 };

	if (sockdiag_open_live(&source, 0, 0, &e) < 0)
		fail("finwait", e.text);
	if (sockdiag_count(source, &census, &e) < 0)
		fail("finwait", e.text);
	sockdiag_close(&source);
	if (census.interrupted)
		fail("finwait", "the dump was interrupted");
	return census_sum(&census);
}

enum way { WAY_BARE, WAY_FINWAIT, WAY_LEGACY, WAYS };

static const struct {
	const char *name;
	uint64_t (*count)(void);
} ways[WAYS] = {
	[WAY_BARE] = { "bare recv, AF_INET dump", count_bare },
	[WAY_FINWAIT] = { "finwait, both families", count_finwait },
	[WAY_LEGACY] = { "bare recv, legacy dump", count_legacy },
};

static double at[WAYS][ROUNDS_MAX];

/* Every other round in reverse, so that none is always the one after a certain other. */
static void time_rounds(size_t rounds, uint64_t counts[])
{
	for (size_t round = 0; round < rounds; round++) {
		for (int step = 0; step < WAYS; step++) {
			int way = round % 2 ? WAYS - 1 - step : step;
			double start = median_now();

			counts[way] = ways[way].count();
			at[way][round] = median_now() - start;
		}
	}
}

static void print_ratio(enum way a, enum way b, size_t rounds)
{
	printf("  %-24s / %-24s %6.3f\n", ways[a].name, ways[b].name,
	       median_of_ratios(at[a], at[b], rounds));
}

static void time_ways(size_t rounds)
{
	uint64_t counts[WAYS];

	time_rounds(1, counts); /* warms up */
	time_rounds(rounds, counts);
	printf("counting loop, %zu interleaved rounds, medians\n", rounds);
	for (int way = 0; way < WAYS; way++)
		printf("  %-24s %9" PRIu64 " sockets %9.3f ms\n", ways[way].name,
		       counts[way], median_of(at[way], rounds) * 1e3);
	printf("medians of the ratios within a round\n");
	print_ratio(WAY_FINWAIT, WAY_BARE, rounds);
	print_ratio(WAY_FINWAIT, WAY_LEGACY, rounds);
	print_ratio(WAY_LEGACY, WAY_BARE, rounds);
}

/* The peak of this program alone: ru_maxrss remembers what ran before exec() too. */
static unsigned long peak_kib(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	unsigned long kib = 0;
	char line[256];

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %lu", &kib) == 1)
			break;
	if (!status || kib == 0)
		fail("/proc/self/status", "cannot read VmHWM");
	fclose(status);
	return kib;
}

static void print_memory(void)
{
	unsigned long before = peak_kib();
	uint64_t n = count_finwait();

	printf("  %9" PRIu64 " sockets: peak of memory %lu KiB, %lu of it before\n", n,
	       peak_kib(), before);
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (argc == 2 && strcmp(argv[1], "--memory") == 0) {
		print_memory();
	} else if (rounds > 0 && rounds <= ROUNDS_MAX) {
		time_ways(rounds);
	} else {
		fputs("bench_count: usage: bench_count ROUNDS | --memory\n", stderr);
		return 1;
	}
	return 0;
}
