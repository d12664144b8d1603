/* SPDX-License-Identifier: MIT */
#include "sys/newnetns.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/procfs.h"
#include "sys/leave.h"
#include "sys/writeall.h"

/*
 * unshare() waits for the locks of the host's other namespaces; one that takes longer than
 * this is not worth it.
 */
enum { ANSWER_MS = 5000 };

/* What the child says: this line, then one for each knob: its error and its value. */
#define FIRST_LINE "unshare %d %d\n"

/*
 * The child. /proc/sys/net is of the thread's namespace when a file is opened, whatever
 * procfs it is, so nothing has to be mounted.
 */
static _Noreturn void answer(int fd, pid_t parent, int root_fd, const enum knob_id *ids,
			     size_t n)
{
	own_text struct text t = { 0 };
	enum leave_step step;
	int r;

	leave_die_with(parent);
	r = leave_netns(&step);
	leave_die_with(parent);
	text_add(&t, FIRST_LINE, (int)step, -r);
	for (size_t i = 0; i < n && r == 0; i++) {
		struct reading reading;

		(void)procfs_read_knob(root_fd, catalogue[ids[i]].name, &reading);
		text_add(&t, "%d %s\n", reading.error,
			 reading.value ? reading.value : "");
		free(reading.value);
	}
	/* some kilobytes: less than a pipe holds, so it never waits */
	_exit(t.broken || write_all(fd, t.at, t.n) < 0);
}

/* All the child says, until it ends. */
static int listen_to(int fd, struct text *t)
{
	int64_t end = clock_boottime_ms() + ANSWER_MS;
	char bytes[4096];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - clock_boottime_ms();
		int r = left > 0 ? poll(&p, 1, (int)left) : 0;
		ssize_t got;

		if (r == 0)
			return -ETIMEDOUT;
		got = r < 0 ? -1 : read(fd, bytes, sizeof(bytes));
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			return 0;
		text_add_bytes(t, bytes, got > 0 ? (size_t)got : 0);
	}
}

/* Does the child's line say that it made a namespace? If not, why. */
static int parse_first_line(const char *line, char *why, size_t size)
{
	int step, error;

	if (sscanf(line, FIRST_LINE, &step, &error) != 2)
		error = EBADMSG;
	if (error == 0)
		return 0;
	if (error == EBADMSG)
		snprintf(why, size,
			 "the process that was to make it ended without a word");
	else
		leave_explain(error, (enum leave_step)step, why, size);
	return -error;
}

/* "ERROR VALUE": takes one line off. */
static int parse_line(const char **at, struct reading *ret)
{
	const char *end = strchr(*at, '\n');
	char *rest;
	long error;

	*ret = (struct reading){ 0 };
	if (!end)
		return -EBADMSG;
	error = strtol(*at, &rest, 10);
	if (error < 0 || error > 4095 || *rest != ' ')
		return -EBADMSG;
	*at = end + 1;
	ret->error = (int)error;
	if (error != 0)
		return 0;
	ret->value = strndup(rest + 1, (size_t)(end - rest - 1));
	return ret->value ? 0 : -ENOMEM;
}

static int parse(const char *said, size_t n, struct reading *ret, char *why, size_t size)
{
	const char *at = strchr(said, '\n');
	int r = parse_first_line(said, why, size);
	size_t done = 0;

	at = at ? at + 1 : said;
	while (r == 0 && done < n) {
		r = parse_line(&at, &ret[done]);
		done += r == 0;
	}
	if (r == 0)
		return 0;
	for (size_t i = 0; i < done; i++) {
		free(ret[i].value);
		ret[i].value = NULL;
	}
	if (!why[0])
		snprintf(why, size, "the process that asked it was cut short");
	return r;
}

int newnetns_read(int root_fd, const enum knob_id *ids, size_t n, struct reading *ret,
		  char *why, size_t why_size)
{
	own_text struct text said = { 0 };
	pid_t parent = getpid(), child;
	int ends[2], r;

	why[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) < 0) {
		r = -errno;
		snprintf(why, why_size, "no pipe to it: %s", strerror(-r));
		return r;
	}
	child = fork();
	if (child == 0)
		answer(ends[1], parent, root_fd, ids, n);
	r = child < 0 ? -errno : 0;
	close(ends[1]);
	if (child > 0) {
		r = listen_to(ends[0], &said);
		/* where it has not closed its end it lives, and its number is its own */
		if (r < 0)
			kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	close(ends[0]);
	if (said.broken)
		return -ENOMEM;
	if (r < 0) {
		snprintf(why, why_size, "no process could ask it: %s",
			 r == -ETIMEDOUT ? "it has not answered for seconds"
					 : strerror(-r));
		return r;
	}
	return parse(said.at ? said.at : "", n, ret, why, why_size);
}
