/* SPDX-License-Identifier: MIT */
#include "crowd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

bool crowd_is_held_apart(const struct crowd *crowd, enum group group)
{
	return crowd->holders > 0 &&
	       (group == GROUP_CLOSE_WAIT || group == GROUP_CLOSE_WAIT_READ);
}

/* What a daemon has open besides its TCP sockets */
static void open_as_a_daemon(void)
{
	int pipe_fds[2], pair[2];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || epoll_create1(EPOLL_CLOEXEC) < 0 || eventfd(0, EFD_CLOEXEC) < 0 ||
	    pipe2(pipe_fds, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		crowd_fail("descriptors of a process: %s", strerror(errno));
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
}

static void close_what_is_the_crowds(struct crowd *crowd)
{
	for (int ipv6 = 0; ipv6 <= crowd->ipv6; ipv6++)
		for (size_t peer = 0; peer < CROWD_PEER_PORTS; peer++)
			close(crowd->peers[ipv6][peer]);
	close(crowd->pair.ns[NETPAIR_A]);
	close(crowd->pair.ns[NETPAIR_B]);
}

/*
 * A process may accept the connection of another: each makes as many as it accepts, and
 * the far end of either is closed at once.
 */
static noreturn void live(struct crowd *crowd, unsigned long number, pid_t parent,
			  int ready)
{
	bool holds = number < crowd->holders;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CROWD_BROKEN);
	prctl(PR_SET_NAME, holds ? "crowd-holder" : "crowd-idle");
	for (enum group group = 0; holds && group < GROUPS; group++)
		if (crowd_is_held_apart(crowd, group))
			crowd_make_share(crowd, group, number, crowd->holders);
	close_what_is_the_crowds(crowd);
	open_as_a_daemon();
	if (write(ready, "", 1) != 1)
		_exit(CROWD_BROKEN);
	close(ready);
	for (;;)
		pause();
}

/* Each process writes one byte and closes its end. */
static void await_ready(const struct crowd *crowd, int ready)
{
	unsigned long n = 0;
	char byte;

	while (read(ready, &byte, 1) == 1)
		n++;
	close(ready);
	if (n != crowd->among)
		crowd_fail("%lu of %lu processes made their sockets", n, crowd->among);
}

void crowd_start_processes(struct crowd *crowd)
{
	pid_t parent = getpid();
	int ready[2];

	if (crowd->among == 0)
		return;
	crowd->processes = calloc(crowd->among, sizeof(*crowd->processes));
	if (!crowd->processes || pipe2(ready, O_CLOEXEC) < 0)
		crowd_fail("processes: %s", strerror(errno));
	for (unsigned long number = 0; number < crowd->among; number++) {
		pid_t pid = fork();

		if (pid < 0)
			crowd_fail("fork: %s", strerror(errno));
		if (pid == 0) {
			close(ready[0]);
			live(crowd, number, parent, ready[1]);
		}
		crowd->processes[number] = pid;
	}
	close(ready[1]);
	await_ready(crowd, ready[0]);
}

void crowd_end_processes(struct crowd *crowd)
{
	for (unsigned long number = 0; number < crowd->among; number++)
		kill(crowd->processes[number], SIGKILL);
	for (unsigned long number = 0; number < crowd->among; number++)
		waitpid(crowd->processes[number], NULL, 0);
	free(crowd->processes);
}
