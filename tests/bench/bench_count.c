/* SPDX-License-Identifier: MIT */
/*
 * bench_count: what it costs to count the sockets of this network namespace.
 *
 *	bench_count ROUNDS GOAL		times three ways in turn, ROUNDS of them:
 *					recv() over the AF_INET dump, of type 20
 *					sockdiag_open_live() and sockdiag_count()
 *					recv() over the dump finwait asks for, of type 18
 *	bench_count --memory		counts once: the peak of memory in KiB
 *	bench_count --memory COMMAND [ARG...]	the peak of a command
 *
 * Each way opens its own netlink socket and asks for the same states. The two recv()
 * loops look at nothing but the type of each message.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/err.h"
#include "bench/bare.h"
#include "bench/median.h"
#include "bench/row.h"
#include "core/census.h"
#include "sys/sockdiag.h"

enum { ROUNDS_MAX = 10000 };

static noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "bench_count: %s: %s\n", what, why);
	exit(2);
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
	[WAY_BARE] = { "bare loop in process, AF_INET", bare_count },
	[WAY_FINWAIT] = { "counting loop, both families", count_finwait },
	[WAY_LEGACY] = { "bare loop in process, both families", bare_count_legacy },
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

static void print_ratio(enum way a, enum way b, const char *goal, size_t rounds)
{
	const struct row row = { ways[a].name, ways[b].name, goal };

	row_print(&row, at[a], at[b], rounds);
}

static void time_ways(size_t rounds, const char *goal)
{
	uint64_t counts[WAYS];

	time_rounds(1, counts); /* warms up */
	if (counts[WAY_FINWAIT] != counts[WAY_LEGACY] ||
	    counts[WAY_FINWAIT] < counts[WAY_BARE])
		fail("counts", "the ways differ");
	time_rounds(rounds, counts);
	print_ratio(WAY_FINWAIT, WAY_BARE, goal, rounds);
	print_ratio(WAY_FINWAIT, WAY_LEGACY, "-", rounds);
	print_ratio(WAY_LEGACY, WAY_BARE, "-", rounds);
}

/* The peak of this program alone: ru_maxrss remembers what ran before exec() too. */
static long peak_here(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	long kib = 0;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (!status || kib == 0)
		fail("/proc/self/status", "cannot read VmHWM");
	fclose(status);
	return kib;
}

/* Never less than this program's own, which is small. */
static long peak_of(char **command)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int status, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
	if (error)
		fail(command[0], strerror(error));
	if (wait4(pid, &status, 0, &usage) < 0)
		fail("wait4", strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		fail(command[0], "failed");
	posix_spawn_file_actions_destroy(&actions);
	return usage.ru_maxrss;
}

static void print_memory(char **command)
{
	if (!*command)
		count_finwait();
	printf("%ld\n", *command ? peak_of(command) : peak_here());
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;

	if (argc >= 2 && strcmp(argv[1], "--memory") == 0) {
		print_memory(argv + 2);
	} else if (rounds > 0 && rounds <= ROUNDS_MAX) {
		time_ways(rounds, argv[2]);
	} else {
		fputs("bench_count: usage: bench_count ROUNDS GOAL | --memory [COMMAND "
		      "[ARG...]]\n",
		      stderr);
		return 2;
	}
	return 0;
}
