/* SPDX-License-Identifier: MIT */
/*
 * The guardian: a process that outlives the run which applied a change with a deadline, and
 * undoes the change then if nobody has confirmed it. It is `finwait rollback --at-deadline`;
 * here is how that is started, how it comes loose from its session, and how it waits.
 *
 * Where systemd runs it is a transient service, which does not die with the login session;
 * elsewhere a detached process. In both it stands in the network namespace, with the timer
 * set, before guardian_start() returns. If it is killed all the same, the next run that
 * takes the lock does its work.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct err;

struct guardian {
	const char *state_dir;
	const char *root_dir; /* NULL: the running machine */
	char note[384];	      /* set: why it is no service though systemd runs; or "" */
};

/*
 * Starts the guardian of a transaction whose `ready` is in the journal, and waits until it
 * is on guard. -errno and a sentence: there is none, or not before the deadline.
 */
int guardian_start(struct guardian *g, const char *id, int64_t deadline_ms,
		   struct err *e);

/* What the guardian waits for; the descriptors are open until its process ends. */
struct watch {
	int timer_fd;	/* CLOCK_BOOTTIME, which goes on in suspend */
	int journal_fd; /* inotify on the state directory; -1: there is none to be had */
};

/* `deadline_ms` of CLOCK_BOOTTIME. -EACCES where we could not take the lock then. */
int guardian_arm(const char *state_dir, int64_t deadline_ms, struct watch *ret,
		 struct err *e);

/*
 * Goes on in a child of a session of its own, without a terminal, its standard descriptors
 * on /dev/null. The child's PID in the parent, 0 in the child, -errno and a sentence.
 */
int guardian_detach(struct err *e);

/* Says in the system log why it could not undo. */
void guardian_complain(const char *id, const struct err *e);

/* Before it tries again. */
void guardian_rest(unsigned seconds);

/* Waits until the deadline is past (true) or the state directory has changed (false). */
bool guardian_wait(const struct watch *w);
