/* SPDX-License-Identifier: MIT */
/*
 * crowd: an exact crowd of TCP sockets in a fresh network namespace (A), whose
 * peers live in a second one (B), held while a command runs in A.
 *
 *	crowd [--GROUP N]... [--ipv6] [--sysctl KEY=VALUE]... -- COMMAND [ARG...]
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
 *
 * The command finds the namespaces at $CROWD_NETNS (A) and $CROWD_PEER_NETNS (B).
 * Exits with the command's status, 77 where namespaces cannot be made, or 99
 * when the crowd could not be made or did not settle.
 */
#include "netpair.h"

#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_SKIPPED   77
#define EXIT_BROKEN    99
#define SETTLE_SECONDS 10
#define LISTEN_PORT    20000
#define QUEUE_PORT     10000
#define PEER_PORT      5000
/*
 * Enough destinations that 250,000 connections from the default ephemeral range
 * take each source port of each destination at most once.
 */
#define PEER_PORTS     64
#define WORKERS	       8
#define SYSCTLS	       64
#define TCP_STATES     (TCP_CLOSING + 1)

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

enum {
	OPTION_IPV6 = GROUPS,
	OPTION_SYSCTL,
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
	{ NULL, 0, NULL, 0 },
};

struct crowd {
	struct netpair pair;
	struct rlimit nofile; /* as it was given to us, for the command */
	unsigned long want[GROUPS];
	bool ipv6;
	const char *sysctls[SYSCTLS];
	size_t sysctl_count;
	int peers[2][PEER_PORTS]; /* listeners in B: IPv4, IPv6 */
	/* The listener in A which is filling its accept queue, and those before it. */
	unsigned long queues, queue_room, queue_length;
	int queue_family;
};

static noreturn void fail(const char *format, ...)
{
	va_list arguments;

	fputs("crowd: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(EXIT_BROKEN);
}

static void enter(const struct crowd *crowd, enum netpair_side side)
{
	if (netpair_enter(&crowd->pair, side) < 0)
		fail("setns: %s", strerror(errno));
}

static int listen_on(int family, unsigned long port, unsigned long backlog)
{
	struct sockaddr_in inet = { .sin_family = AF_INET };
	struct sockaddr_in6 inet6 = { .sin6_family = AF_INET6 };
	struct sockaddr *address = (struct sockaddr *)&inet;
	socklen_t length = sizeof(inet);
	int one = 1, fd;

	inet.sin_port = inet6.sin6_port = htons((uint16_t)port);
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fail("socket: %s", strerror(errno));
	if (family == AF_INET6) {
		address = (struct sockaddr *)&inet6;
		length = sizeof(inet6);
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	}
	if (bind(fd, address, length) < 0 || listen(fd, (int)backlog) < 0)
		fail("listen on port %lu: %s", port, strerror(errno));
	return fd;
}

static int connect_to(enum netpair_side side, int family, unsigned long port)
{
	struct sockaddr_storage address;
	socklen_t length = netpair_address(side, family, (uint16_t)port, &address);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&address, length) < 0)
		fail("connect to port %lu: %s", port, strerror(errno));
	return fd;
}

struct connection {
	int a, b;
};

static struct connection connect_a_to_b(const struct crowd *crowd, int family,
					unsigned long turn)
{
	unsigned long peer = turn % PEER_PORTS;
	struct connection connection;

	connection.a = connect_to(NETPAIR_B, family, PEER_PORT + peer);
	connection.b =
		accept4(crowd->peers[family == AF_INET6][peer], NULL, NULL, SOCK_CLOEXEC);
	if (connection.b < 0)
		fail("accept: %s", strerror(errno));
	return connection;
}

static void read_eof(int fd)
{
	char byte;

	if (recv(fd, &byte, 1, 0) != 0)
		fail("recv: no end of file");
}

static void open_queue(struct crowd *crowd, int family)
{
	listen_on(family, QUEUE_PORT + crowd->queues, crowd->queue_length);
	crowd->queues++;
	crowd->queue_room = crowd->queue_length;
	crowd->queue_family = family;
}

static void make_unaccepted(struct crowd *crowd, int family)
{
	if (crowd->queue_room == 0 || crowd->queue_family != family)
		open_queue(crowd, family);
	crowd->queue_room--;
	enter(crowd, NETPAIR_B);
	close(connect_to(NETPAIR_A, family, QUEUE_PORT + crowd->queues - 1));
	enter(crowd, NETPAIR_A);
}

static void await_fin_acked(int fd)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	for (int tries = 0; tries < SETTLE_SECONDS * 1000; tries++) {
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
			fail("TCP_INFO: %s", strerror(errno));
		if (info.tcpi_state == TCP_FIN_WAIT2)
			return;
		nanosleep(&pause, NULL);
	}
	fail("a FIN was not acknowledged within %d s", SETTLE_SECONDS);
}

/*
 * An acknowledgement which arrives while close() owns the socket leaves a full
 * socket instead of a mini-socket, so it is had before the close.
 */
static void orphan_in_fin_wait_2(struct connection connection)
{
	int one = 1;

	shutdown(connection.a, SHUT_WR);
	read_eof(connection.b);
	setsockopt(connection.b, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
	await_fin_acked(connection.a);
	close(connection.a);
}

/* Makes one socket; a descriptor not closed here is held until the exit. */
static void make_one(struct crowd *crowd, enum group group, int family,
		     unsigned long turn)
{
	struct connection connection;

	if (group == GROUP_LISTEN) {
		listen_on(family, LISTEN_PORT + turn, 1);
		return;
	}
	if (group == GROUP_CLOSE_WAIT_UNACCEPTED) {
		make_unaccepted(crowd, family);
		return;
	}
	connection = connect_a_to_b(crowd, family, turn);
	if (group == GROUP_CLOSE_WAIT || group == GROUP_CLOSE_WAIT_READ)
		close(connection.b);
	if (group == GROUP_CLOSE_WAIT_READ)
		read_eof(connection.a);
	if (group == GROUP_FIN_WAIT_2_HELD)
		shutdown(connection.a, SHUT_WR);
	if (group == GROUP_FIN_WAIT_2)
		orphan_in_fin_wait_2(connection);
	if (group == GROUP_TIME_WAIT) {
		close(connection.a);
		read_eof(connection.b);
		close(connection.b);
	}
}

static int family_of(const struct crowd *crowd, enum group group, unsigned long turn)
{
	return crowd->ipv6 && turn < crowd->want[group] / 2 ? AF_INET6 : AF_INET;
}

static void make_group(struct crowd *crowd, enum group group)
{
	for (unsigned long turn = 0; turn < crowd->want[group]; turn++)
		make_one(crowd, group, family_of(crowd, group, turn), turn);
}

/*
 * A worker has peer ports which no other worker has, or it would accept and
 * close another worker's connection before A's end was closed.
 */
static noreturn void work(struct crowd *crowd, unsigned long worker,
			  unsigned long workers, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_BROKEN);
	for (unsigned long turn = 0; turn < crowd->want[GROUP_TIME_WAIT]; turn++) {
		if (turn % PEER_PORTS % workers == worker)
			make_one(crowd, GROUP_TIME_WAIT,
				 family_of(crowd, GROUP_TIME_WAIT, turn), turn);
	}
	_exit(0);
}

/* TIME_WAIT needs no descriptor, so every processor can make its part. */
static void make_time_wait(struct crowd *crowd)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned long workers = processors < 1	       ? 1
				: processors > WORKERS ? WORKERS
						       : (unsigned long)processors;
	pid_t parent = getpid(), pids[WORKERS];
	bool failed = false;
	int status;

	for (unsigned long worker = 0; worker < workers; worker++) {
		pids[worker] = fork();
		if (pids[worker] < 0)
			fail("fork: %s", strerror(errno));
		if (pids[worker] == 0)
			work(crowd, worker, workers, parent);
	}
	for (unsigned long worker = 0; worker < workers; worker++)
		failed |= waitpid(pids[worker], &status, 0) < 0 || status != 0;
	if (failed)
		exit(EXIT_BROKEN); /* the worker has said why */
}

static void count_states(const char *path, unsigned long have[])
{
	unsigned int state;
	char line[512];
	FILE *table = fopen(path, "re");

	if (!table)
		fail("%s: %s", path, strerror(errno));
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
	enter(crowd, side);
	count_states("/proc/thread-self/net/tcp", have);
	if (crowd->ipv6)
		count_states("/proc/thread-self/net/tcp6", have);
	enter(crowd, NETPAIR_A);
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

static void await_settled(const struct crowd *crowd)
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
	end = now.tv_sec + SETTLE_SECONDS;
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
	fail("did not settle within %d s (tcp_max_tw_buckets too low?)", SETTLE_SECONDS);
}

static unsigned long read_sysctl(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned long value;

	if (!file || fscanf(file, "%lu", &value) != 1)
		fail("cannot read %s", path);
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
		fail("sysctl %s: %s", setting, strerror(errno));
}

static void listen_in_b(struct crowd *crowd)
{
	enter(crowd, NETPAIR_B);
	for (unsigned long peer = 0; peer < PEER_PORTS; peer++) {
		crowd->peers[0][peer] = listen_on(AF_INET, PEER_PORT + peer, 128);
		if (crowd->ipv6)
			crowd->peers[1][peer] =
				listen_on(AF_INET6, PEER_PORT + peer, 128);
	}
	enter(crowd, NETPAIR_A);
}

/*
 * tcp_tw_reuse is off while sockets are made: a connection which took the place
 * of an earlier TIME_WAIT would leave the crowd one short.
 */
static void make_crowd(struct crowd *crowd)
{
	char setting[64];

	for (size_t i = 0; i < crowd->sysctl_count; i++)
		set_sysctl(crowd, crowd->sysctls[i]);
	listen_in_b(crowd);
	crowd->queue_length = read_sysctl("/proc/sys/net/core/somaxconn");
	snprintf(setting, sizeof(setting), "net.ipv4.tcp_tw_reuse=%lu",
		 read_sysctl("/proc/sys/net/ipv4/tcp_tw_reuse"));
	set_sysctl(crowd, "net.ipv4.tcp_tw_reuse=0");
	for (enum group group = 0; group < GROUP_TIME_WAIT; group++)
		make_group(crowd, group);
	make_time_wait(crowd);
	set_sysctl(crowd, setting);
	await_settled(crowd);
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
		fail("fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(EXIT_BROKEN);
		enter(crowd, NETPAIR_A);
		set_netns(crowd, "CROWD_NETNS", NETPAIR_A, parent);
		set_netns(crowd, "CROWD_PEER_NETNS", NETPAIR_B, parent);
		setrlimit(RLIMIT_NOFILE, &crowd->nofile);
		execvp(command[0], command);
		fprintf(stderr, "crowd: %s: %s\n", command[0], strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			fail("waitpid: %s", strerror(errno));
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
		fail("%s: not a count", text);
	return count;
}

static void parse_options(struct crowd *crowd, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == OPTION_IPV6) {
			crowd->ipv6 = true;
		} else if (option == OPTION_SYSCTL) {
			if (crowd->sysctl_count == SYSCTLS)
				fail("more than %d sysctls", SYSCTLS);
			crowd->sysctls[crowd->sysctl_count++] = optarg;
		} else if (option >= 0 && option < GROUPS) {
			crowd->want[option] = parse_count(optarg);
		} else {
			exit(EXIT_BROKEN);
		}
	}
	if (optind == argc)
		fail("usage: crowd [--GROUP N]... [--ipv6] [--sysctl KEY=VALUE]... "
		     "-- COMMAND [ARG...]");
	if (crowd->want[GROUP_LISTEN] > 65536 - LISTEN_PORT)
		fail("--listen: at most %d", 65536 - LISTEN_PORT);
}

int main(int argc, char **argv)
{
	static struct crowd crowd;
	enum netpair_result result;

	parse_options(&crowd, argc, argv);
	raise_nofile(&crowd);
	result = netpair_make(&crowd.pair, crowd.ipv6);
	if (result != NETPAIR_MADE)
		return result == NETPAIR_UNAVAILABLE ? EXIT_SKIPPED : EXIT_BROKEN;
	make_crowd(&crowd);
	return run_command(&crowd, argv + optind);
}
