/* SPDX-License-Identifier: MIT */
/*
 * crowd: an exact crowd of TCP sockets in a fresh network namespace (A), whose
 * peers live in a second one (B), held while a command runs in A.
 *
 *	crowd [--GROUP N]... [--ipv6] [--hosts N] [--sysctl KEY=VALUE]...
 *	      [--holders N] [--among M] -- COMMAND [ARG...]
 *
 * What A then holds, by group:
 *
 *	time-wait		TIME_WAIT; nothing is left of them in B
 *	fin-wait-2		FIN_WAIT_2, orphaned, a mini-socket unless
 *				tcp_fin_timeout is over 60 s; B never closes
 *	fin-wait-2-held		FIN_WAIT_2 after shutdown(SHUT_WR), the socket held
 *	close-wait		CLOSE_WAIT, held, the EOF unread
 *	close-wait-read		CLOSE_WAIT, held, the EOF read
 *	close-wait-unaccepted	CLOSE_WAIT in the accept queue of a listener, which is
 *				an extra LISTEN for each family and each somaxconn
 *	established		ESTABLISHED, both ends held
 *	listen			LISTEN, on ports from 20000
 *
 * With --ipv6 half of each group, rounded down, is IPv6.  --sysctl is applied in
 * A before any socket is made.  TIME_WAIT and the orphaned FIN_WAIT_2 last 60 s
 * from when each was made: the command has what the making has left of that.
 * With --hosts N the IPv4 sockets of each group but those unaccepted have in turn the
 * peers 10.78.0.0, 10.78.0.1 ... instead of the one 10.77.0.2.
 *
 * --among M starts M sleeping processes with a few descriptors each, crowd-idle by name;
 * with --holders N the first N of them, crowd-holder, hold the close-wait and the
 * close-wait-read in equal parts instead of crowd itself (without --among: N processes).
 * They are gone when crowd ends, however it ends.
 *
 * The command finds the namespaces at $CROWD_NETNS (A) and $CROWD_PEER_NETNS (B).
 * Exits with the command's status, 77 where namespaces cannot be made, or 99
 * when the crowd could not be made or did not settle.
 */
#include "crowd.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	OPTION_IPV6 = GROUPS,
	OPTION_SYSCTL,
	OPTION_HOSTS,
	OPTION_HOLDERS,
	OPTION_AMONG,
};

static const struct option options[] = {
	{ "listen", required_argument, NULL, GROUP_LISTEN },
	{ "established", required_argument, NULL, GROUP_ESTABLISHED },
	{ "close-wait", required_argument, NULL, GROUP_CLOSE_WAIT },
	{ "close-wait-read", required_argument, NULL, GROUP_CLOSE_WAIT_READ },
	{ "close-wait-unaccepted", required_argument, NULL, GROUP_CLOSE_WAIT_UNACCEPTED },
	{ "fin-wait-2-held", required_argument, NULL, GROUP_FIN_WAIT_2_HELD },
	{ "fin-wait-2", required_argument, NULL, GROUP_FIN_WAIT_2 },
	{ "time-wait", required_argument, NULL, GROUP_TIME_WAIT },
	{ "ipv6", no_argument, NULL, OPTION_IPV6 },
	{ "sysctl", required_argument, NULL, OPTION_SYSCTL },
	{ "hosts", required_argument, NULL, OPTION_HOSTS },
	{ "holders", required_argument, NULL, OPTION_HOLDERS },
	{ "among", required_argument, NULL, OPTION_AMONG },
	{ NULL, 0, NULL, 0 },
};

void crowd_fail(const char *format, ...)
{
	va_list arguments;

	fputs("crowd: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(CROWD_BROKEN);
}

void crowd_enter(const struct crowd *crowd, enum netpair_side side)
{
	if (netpair_enter(&crowd->pair, side) < 0)
		crowd_fail("setns: %s", strerror(errno));
}

static unsigned long read_sysctl(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned long value;

	if (!file || fscanf(file, "%lu", &value) != 1)
		crowd_fail("cannot read %s", path);
	fclose(file);
	return value;
}

static void raise_nofile(struct crowd *crowd)
{
	unsigned long most = read_sysctl("/proc/sys/fs/nr_open");
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &crowd->nofile);
	limit.rlim_cur = limit.rlim_max = crowd->nofile.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (most <= limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max = most;
	setrlimit(RLIMIT_NOFILE, &limit); /* refused without CAP_SYS_RESOURCE */
}

static void set_sysctl(const struct crowd *crowd, const char *setting)
{
	if (netpair_sysctl(&crowd->pair, NETPAIR_A, setting) < 0)
		crowd_fail("sysctl %s: %s", setting, strerror(errno));
}

/*
 * While sockets are made nothing may end a TIME_WAIT early, or the crowd is one short:
 * no new connection in its place, and no RST, which B answers to a FIN or ACK that was
 * sent twice because the machine was busy (RFC 1337).
 */
static const struct {
	const char *path, *key;
	unsigned long value;
} while_making[] = {
	{ "/proc/sys/net/ipv4/tcp_tw_reuse", "net.ipv4.tcp_tw_reuse", 0 },
	{ "/proc/sys/net/ipv4/tcp_rfc1337", "net.ipv4.tcp_rfc1337", 1 },
};

enum { WHILE_MAKING = sizeof(while_making) / sizeof(while_making[0]) };

static void set_while_making(const struct crowd *crowd, size_t i, unsigned long value)
{
	char setting[64];

	snprintf(setting, sizeof(setting), "%s=%lu", while_making[i].key, value);
	set_sysctl(crowd, setting);
}

static void make_crowd(struct crowd *crowd)
{
	unsigned long before[WHILE_MAKING];

	for (size_t i = 0; i < crowd->sysctl_count; i++)
		set_sysctl(crowd, crowd->sysctls[i]);
	crowd_listen_in_b(crowd);
	crowd->queue_length = read_sysctl("/proc/sys/net/core/somaxconn");
	for (size_t i = 0; i < WHILE_MAKING; i++) {
		before[i] = read_sysctl(while_making[i].path);
		set_while_making(crowd, i, while_making[i].value);
	}
	crowd_start_processes(crowd);
	for (enum group group = 0; group < GROUP_TIME_WAIT; group++)
		if (!crowd_is_held_apart(crowd, group))
			crowd_make_share(crowd, group, 0, 1);
	crowd_make_time_wait(crowd);
	crowd_await_settled(crowd);
	for (size_t i = 0; i < WHILE_MAKING; i++)
		set_while_making(crowd, i, before[i]);
}

static void set_netns(const struct crowd *crowd, const char *name, enum netpair_side side,
		      pid_t holder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", holder, crowd->pair.ns[side]);
	setenv(name, path, 1);
}

static int run_command(const struct crowd *crowd, char **command)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0)
		crowd_fail("fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(CROWD_BROKEN);
		crowd_enter(crowd, NETPAIR_A);
		set_netns(crowd, "CROWD_NETNS", NETPAIR_A, parent);
		set_netns(crowd, "CROWD_PEER_NETNS", NETPAIR_B, parent);
		setrlimit(RLIMIT_NOFILE, &crowd->nofile);
		execvp(command[0], command);
		fprintf(stderr, "crowd: %s: %s\n", command[0], strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			crowd_fail("waitpid: %s", strerror(errno));
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static unsigned long parse_count(const char *text)
{
	char *end;
	unsigned long count;

	errno = 0;
	count = strtoul(text, &end, 10);
	if (errno || end == text || *end || strchr(text, '-'))
		crowd_fail("%s: not a count", text);
	return count;
}

static void parse_options(struct crowd *crowd, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == OPTION_IPV6) {
			crowd->ipv6 = true;
		} else if (option == OPTION_SYSCTL) {
			if (crowd->sysctl_count == CROWD_SYSCTLS)
				crowd_fail("more than %d sysctls", CROWD_SYSCTLS);
			crowd->sysctls[crowd->sysctl_count++] = optarg;
		} else if (option == OPTION_HOSTS) {
			crowd->hosts = parse_count(optarg);
		} else if (option == OPTION_HOLDERS) {
			crowd->holders = parse_count(optarg);
		} else if (option == OPTION_AMONG) {
			crowd->among = parse_count(optarg);
		} else if (option >= 0 && option < GROUPS) {
			crowd->want[option] = parse_count(optarg);
		} else {
			exit(CROWD_BROKEN);
		}
	}
	if (optind == argc)
		crowd_fail(
			"usage: crowd [--GROUP N]... [--ipv6] [--hosts N] [--sysctl KEY=VALUE]... "
			"[--holders N] [--among M] -- COMMAND [ARG...]");
	if (crowd->want[GROUP_LISTEN] > 65536 - CROWD_LISTEN_PORT)
		crowd_fail("--listen: at most %d", 65536 - CROWD_LISTEN_PORT);
	if (crowd->hosts > NETPAIR_HOSTS)
		crowd_fail("--hosts: at most %d", NETPAIR_HOSTS);
	if (crowd->among < crowd->holders)
		crowd->among = crowd->holders;
}

int main(int argc, char **argv)
{
	static struct crowd crowd;
	enum netpair_result result;
	int status;

	parse_options(&crowd, argc, argv);
	raise_nofile(&crowd);
	result = netpair_make(&crowd.pair, crowd.ipv6);
	if (result != NETPAIR_MADE)
		return result == NETPAIR_UNAVAILABLE ? CROWD_SKIPPED : CROWD_BROKEN;
	if (crowd.hosts > 0 && netpair_add_hosts(&crowd.pair) < 0)
		return CROWD_BROKEN;
	make_crowd(&crowd);
	status = run_command(&crowd, argv + optind);
	crowd_end_processes(&crowd);
	return status;
}
