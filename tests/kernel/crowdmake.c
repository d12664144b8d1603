/* SPDX-License-Identifier: MIT */
#include "crowd.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	QUEUE_PORT = 10000,
	PEER_PORT = 5000,
	WORKERS = 8,
};

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
		crowd_fail("socket: %s", strerror(errno));
	if (family == AF_INET6) {
		address = (struct sockaddr *)&inet6;
		length = sizeof(inet6);
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	}
	if (bind(fd, address, length) < 0 || listen(fd, (int)backlog) < 0)
		crowd_fail("listen on port %lu: %s", port, strerror(errno));
	return fd;
}

void crowd_listen_in_b(struct crowd *crowd)
{
	crowd_enter(crowd, NETPAIR_B);
	for (unsigned long peer = 0; peer < CROWD_PEER_PORTS; peer++) {
		crowd->peers[0][peer] = listen_on(AF_INET, PEER_PORT + peer, 128);
		if (crowd->ipv6)
			crowd->peers[1][peer] =
				listen_on(AF_INET6, PEER_PORT + peer, 128);
	}
	crowd_enter(crowd, NETPAIR_A);
}

static int connect_to(const struct sockaddr_storage *address, socklen_t length)
{
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		crowd_fail("socket: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)address, length) < 0)
		crowd_fail("connect: %s", strerror(errno));
	return fd;
}

struct connection {
	int a, b;
};

static struct connection connect_a_to_b(const struct crowd *crowd, int family,
					unsigned long turn)
{
	unsigned long peer = turn % CROWD_PEER_PORTS;
	struct sockaddr_storage address;
	socklen_t length = netpair_address(NETPAIR_B, family,
					   (uint16_t)(PEER_PORT + peer), &address);
	struct connection connection;

	if (family == AF_INET && crowd->hosts > 0)
		((struct sockaddr_in *)&address)->sin_addr.s_addr =
			htonl((uint32_t)(NETPAIR_HOSTS_FROM + turn % crowd->hosts));
	connection.a = connect_to(&address, length);
	connection.b =
		accept4(crowd->peers[family == AF_INET6][peer], NULL, NULL, SOCK_CLOEXEC);
	if (connection.b < 0)
		crowd_fail("accept: %s", strerror(errno));
	return connection;
}

static void read_eof(int fd)
{
	char byte;

	if (recv(fd, &byte, 1, 0) != 0)
		crowd_fail("recv: no end of file");
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
	struct sockaddr_storage address;
	socklen_t length;

	if (crowd->queue_room == 0 || crowd->queue_family != family)
		open_queue(crowd, family);
	crowd->queue_room--;
	crowd_enter(crowd, NETPAIR_B);
	length = netpair_address(NETPAIR_A, family,
				 (uint16_t)(QUEUE_PORT + crowd->queues - 1), &address);
	close(connect_to(&address, length));
	crowd_enter(crowd, NETPAIR_A);
}

static void await_fin_acked(int fd)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	for (int tries = 0; tries < CROWD_SETTLE_SECONDS * 1000; tries++) {
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
			crowd_fail("TCP_INFO: %s", strerror(errno));
		if (info.tcpi_state == TCP_FIN_WAIT2)
			return;
		nanosleep(&pause, NULL);
	}
	crowd_fail("a FIN was not acknowledged within %d s", CROWD_SETTLE_SECONDS);
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
		listen_on(family, CROWD_LISTEN_PORT + turn, 1);
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

void crowd_make_share(struct crowd *crowd, enum group group, unsigned long first,
		      unsigned long share)
{
	for (unsigned long turn = first; turn < crowd->want[group]; turn += share)
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
		_exit(CROWD_BROKEN);
	for (unsigned long turn = 0; turn < crowd->want[GROUP_TIME_WAIT]; turn++) {
		if (turn % CROWD_PEER_PORTS % workers == worker)
			make_one(crowd, GROUP_TIME_WAIT,
				 family_of(crowd, GROUP_TIME_WAIT, turn), turn);
	}
	_exit(0);
}

/* TIME_WAIT needs no descriptor, so every processor can make its part. */
void crowd_make_time_wait(struct crowd *crowd)
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
			crowd_fail("fork: %s", strerror(errno));
		if (pids[worker] == 0)
			work(crowd, worker, workers, parent);
	}
	for (unsigned long worker = 0; worker < workers; worker++)
		failed |= waitpid(pids[worker], &status, 0) < 0 || status != 0;
	if (failed)
		exit(CROWD_BROKEN); /* the worker has said why */
}
