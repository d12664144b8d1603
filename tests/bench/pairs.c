/* SPDX-License-Identifier: MIT */
/*
 * pairs: two commands timed in turn.
 *
 *	pairs N COMMAND [ARG...] -- COMMAND [ARG...]
 *
 * Runs each N times, output to /dev/null, and prints the medians of their wall time and
 * the median of the ratios first / second within a pair. An @ in an argument stands for
 * a and b by turns, from one run to the next whichever command it is, so that each run
 * finds what the other setting has left.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/wait.h>

#include "bench/median.h"

enum { PAIRS_MAX = 10000 };

/* A command, with each of the two settings */
struct pair_command {
	char **as_typed;
	char **with[2];
};

static double at[2][PAIRS_MAX];

static noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "pairs: %s: %s\n", what, why);
	exit(1);
}

/* An exit status is the command's own affair; a signal is not. */
static double time_one(char **command, const posix_spawn_file_actions_t *actions)
{
	double start = median_now();
	int status, error;
	pid_t pid;

	error = posix_spawnp(&pid, command[0], actions, NULL, command, environ);
	if (error)
		fail(command[0], strerror(error));
	if (waitpid(pid, &status, 0) < 0)
		fail("waitpid", strerror(errno));
	if (!WIFEXITED(status))
		fail(command[0], "killed");
	return median_now() - start;
}

/* The arguments with `letter` for each @; never freed. */
static char **set_letter(char **arguments, char letter)
{
	size_t n = 0;
	char **copy;

	while (arguments[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy)
		abort();
	for (size_t i = 0; i < n; i++) {
		copy[i] = strdup(arguments[i]);
		if (!copy[i])
			abort();
		for (char *p = copy[i]; *p; p++)
			if (*p == '@')
				*p = letter;
	}
	return copy;
}

static void time_pairs(const struct pair_command commands[], size_t n)
{
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	time_one(commands[0].with[0], &actions); /* warms up */
	time_one(commands[1].with[1], &actions);
	for (size_t i = 0; i < n; i++) {
		size_t first = i % 2, second = 1 - first;

		at[first][i] = time_one(commands[first].with[0], &actions);
		at[second][i] = time_one(commands[second].with[1], &actions);
	}
	posix_spawn_file_actions_destroy(&actions);
}

static void print_command(char **command)
{
	const char *name = strrchr(command[0], '/');

	printf("%s", name ? name + 1 : command[0]);
	for (command++; *command; command++)
		printf(" %s", *command);
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct pair_command commands[2] = { { .as_typed = argv + 2 } };

	for (int i = 3; i < argc && !commands[1].as_typed; i++) {
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			commands[1].as_typed = argv + i + 1;
		}
	}
	if (n == 0 || n > PAIRS_MAX || !commands[1].as_typed || !*commands[1].as_typed) {
		fputs("pairs: usage: pairs N COMMAND [ARG...] -- COMMAND [ARG...]\n",
		      stderr);
		return 1;
	}
	for (int i = 0; i < 2; i++) {
		commands[i].with[0] = set_letter(commands[i].as_typed, 'a');
		commands[i].with[1] = set_letter(commands[i].as_typed, 'b');
	}
	time_pairs(commands, n);
	for (int i = 0; i < 2; i++) {
		printf("  %8.3f ms  ", median_of(at[i], n) * 1e3);
		print_command(commands[i].as_typed);
		printf("\n");
	}
	printf("  %8.3f     first / second, of %lu pairs\n",
	       median_of_ratios(at[0], at[1], n), n);
	return 0;
}
