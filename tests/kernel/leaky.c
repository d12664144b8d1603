/* SPDX-License-Identifier: MIT */
/*
 * leaky: a server that forgets close(). On stdout, a line each:
 *
 *	port PORT		it listens, on 127.0.0.1
 *	fin FD MS		the end of file came on that descriptor, at that
 *				millisecond of CLOCK_MONOTONIC
 *	emfile MS		accept() has found no descriptor left
 *
 *	leaky [--accept N] [--backlog N] [--read] [--answer MS] [--keepalive]
 *	      [--open N] [--twice] [--fork] [--name NAME]
 *
 *	--accept	accepts so many (default: all)
 *	--read		reads to the end of file (default: reads nothing)
 *	--answer	sends 4 bytes so long after the end of file
 *	--keepalive	asks the peer each second
 *	--open		opens so many descriptors of /dev/null first
 *	--twice		has each accepted socket a second time, by dup()
 *	--fork		has a child that shares the listener and the first it accepts
 *	--name		calls itself so (PR_SET_NAME)
 *
 * It ends with its stdin.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
	OPTION_ACCEPT,
	OPTION_BACKLOG,
	OPTION_ANSWER,
	OPTION_OPEN,
	OPTION_READ,
	OPTION_KEEPALIVE,
	OPTION_TWICE,
	OPTION_FORK,
	OPTION_NAME,
	OPTIONS,
};

static const struct option options[] = {
	{ "accept", required_argument, NULL, OPTION_ACCEPT },
	{ "backlog", required_argument, NULL, OPTION_BACKLOG },
	{ "answer", required_argument, NULL, OPTION_ANSWER },
	{ "open", required_argument, NULL, OPTION_OPEN },
	{ "read", no_argument, NULL, OPTION_READ },
	{ "keepalive", no_argument, NULL, OPTION_KEEPALIVE },
	{ "twice", no_argument, NULL, OPTION_TWICE },
	{ "fork", no_argument, NULL, OPTION_FORK },
	{ "name", required_argument, NULL, OPTION_NAME },
	{ NULL, 0, NULL, 0 },
};

struct leaky {
	long at[OPTIONS];
	int listener, epoll;
	long accepted;
};

static void fail(const char *what)
{
	fprintf(stderr, "leaky: %s: %s\n", what, strerror(errno));
	exit(99);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void watch(const struct leaky *l, int fd, unsigned events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		fail("epoll_ctl");
}

static void ask_each_second(int fd)
{
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof(one));
}

static void take(struct leaky *l)
{
	int fd;

	if (l->at[OPTION_ACCEPT] >= 0 && l->accepted >= l->at[OPTION_ACCEPT]) {
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->listener, NULL);
		return;
	}
	fd = accept(l->listener, NULL, NULL);
	if (fd < 0) {
		printf("emfile %ld\n", now_ms());
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->listener, NULL);
		return;
	}
	l->accepted++;
	if (l->at[OPTION_KEEPALIVE])
		ask_each_second(fd);
	if (l->at[OPTION_TWICE] && dup(fd) < 0)
		fail("dup");
	watch(l, fd, EPOLLRDHUP | EPOLLET);
	if (l->at[OPTION_FORK] && l->accepted == 1 && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
	}
}

static void answer(const struct leaky *l, int fd)
{
	const struct timespec pause = {
		.tv_sec = l->at[OPTION_ANSWER] / 1000,
		.tv_nsec = l->at[OPTION_ANSWER] % 1000 * 1000000,
	};

	nanosleep(&pause, NULL);
	if (send(fd, "late", 4, MSG_NOSIGNAL) < 0)
		fail("send");
}

static void end_of_file(const struct leaky *l, int fd)
{
	char bytes[4096];

	printf("fin %d %ld\n", fd, now_ms());
	while (l->at[OPTION_READ] && read(fd, bytes, sizeof(bytes)) > 0)
		continue;
	if (l->at[OPTION_ANSWER] >= 0)
		answer(l, fd);
}

static void set_up(struct leaky *l)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->listener = socket(AF_INET, SOCK_STREAM, 0);
	l->epoll = epoll_create1(0);
	if (bind(l->listener, (struct sockaddr *)&address, length) < 0 ||
	    listen(l->listener, (int)l->at[OPTION_BACKLOG]) < 0)
		fail("listen");
	getsockname(l->listener, (struct sockaddr *)&address, &length);
	for (long i = 0; i < l->at[OPTION_OPEN]; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			fail("open");
	if (l->at[OPTION_ACCEPT] != 0)
		watch(l, l->listener, EPOLLIN);
	watch(l, STDIN_FILENO, EPOLLIN);
	printf("port %d\n", ntohs(address.sin_port));
}

static void parse(struct leaky *l, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			exit(99);
		l->at[option] = 1;
		if (option == OPTION_NAME)
			prctl(PR_SET_NAME, optarg);
		else if (optarg)
			l->at[option] = strtol(optarg, NULL, 10);
	}
}

int main(int argc, char **argv)
{
	struct leaky l = {
		.at = {
			[OPTION_ACCEPT] = -1,
			[OPTION_ANSWER] = -1,
			[OPTION_BACKLOG] = 128,
		},
	};
	struct epoll_event event;

	setvbuf(stdout, NULL, _IOLBF, 0);
	parse(&l, argc, argv);
	set_up(&l);
	while (epoll_wait(l.epoll, &event, 1, -1) == 1) {
		if (event.data.fd == STDIN_FILENO)
			return 0;
		if (event.data.fd == l.listener)
			take(&l);
		else
			end_of_file(&l, event.data.fd);
	}
	fail("epoll_wait");
}
