/* SPDX-License-Identifier: MIT */
/*
 * pairs: two commands timed in turn.
 *
 *	pairs N GOAL COMMAND [ARG...] -- COMMAND [ARG...]
 *
 * Runs each N times, output to /dev/null, and prints a row of the table: the median of the
 * ratios first / second within a pair, and the medians of their wall time. A command that
 * exits with more than 1 has failed; its stderr is seen once, as it warms up. An @ in an argument stands for
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
#include "bench/row.h"

enum { PAIRS_MAX = 10000, NAME_SIZE = 256 };

/* A command, with each of the two settings */
struct pair_command {
	char **as_typed;
	char **with[2];
};

static double at[2][PAIRS_MAX];

static noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "pairs: %s: %s\n", what, why);
	exit(2);
}

/* 0 and 1 are yes and no, as of diff(1) and finwait. */
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
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		fail(command[0], "failed");
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
	time_one(commands[0].with[0], &actions); /* warms up */
	time_one(commands[1].with[1], &actions);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	for (size_t i = 0; i < n; i++) {
		size_t first = i % 2, second = 1 - first;

		at[first][i] = time_one(commands[first].with[0], &actions);
		at[second][i] = time_one(commands[second].with[1], &actions);
	}
	posix_spawn_file_actions_destroy(&actions);
}

/* The command as a reader would type it, without its directory */
static void write_name(char *name, size_t size, char **command)
{
	const char *slash = strrchr(command[0], '/');
	int n = snprintf(name, size, "%s", slash ? slash + 1 : command[0]);

	for (command++; *command && n >= 0 && (size_t)n < size; command++)
		n += snprintf(name + n, size - (size_t)n, " %s", *command);
}

static void print_pairs(const struct pair_command commands[], const char *goal, size_t n)
{
	char work[NAME_SIZE], against[NAME_SIZE];
	const struct row row = { work, against, goal };

	write_name(work, sizeof(work), commands[0].as_typed);
	write_name(against, sizeof(against), commands[1].as_typed);
	row_print(&row, at[0], at[1], n);
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	struct pair_command commands[2] = { { .as_typed = argv + 3 } };

	for (int i = 4; i < argc && !commands[1].as_typed; i++) {
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			commands[1].as_typed = argv + i + 1;
		}
	}
	if (n == 0 || n > PAIRS_MAX || !commands[1].as_typed || !*commands[1].as_typed) {
		fputs("pairs: usage: pairs N GOAL COMMAND [ARG...] -- COMMAND [ARG...]\n",
		      stderr);
		return 2;
	}
	for (int i = 0; i < 2; i++) {
		commands[i].with[0] = set_letter(commands[i].as_typed, 'a');
		commands[i].with[1] = set_letter(commands[i].as_typed, 'b');
	}
	time_pairs(commands, n);
	print_pairs(commands, argv[2], n);
	return 0;
}
