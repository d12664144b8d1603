/* SPDX-License-Identifier: MIT */
/*
 * A walk over the processes below proc, live or recorded, and over the descriptors of
 * each. No link is followed, so that a recorded tree cannot lead out of itself.
 *
 * Not seen are the descriptors of a thread that has a table of its own (CLONE_FILES not
 * set, or unshare(CLONE_FILES)), and those of a process whose first thread has ended
 * before the others: they are in proc/PID/task/TID/fd alone, which ss does not read
 * either.
 */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

struct descriptor {
	uint32_t fd;
	uint32_t inode; /* of the socket; 0: it is none */
};

struct procwalk {
	DIR *proc;
	bool is_live; /* a procfs, not a recording */

	/* the process at hand */
	uint32_t pid;
	int pid_fd;	/* its directory, until the next one */
	bool is_hidden; /* its descriptors may not be looked at: there are none here */
	struct descriptor *at;
	size_t n;
	size_t room;
	size_t n_sockets;

	size_t n_seen;
	bool has_seen_init;
};

/* The caller calls procwalk_close(), also after -errno and a sentence. */
int procwalk_open(struct procwalk *w, int root_fd, struct err *e);

/*
 * The next process: 1, 0 when there is none left, -errno and a sentence. One that ends
 * meanwhile is left out. Hidden are
 *  - live, one whose descriptors may not be read (another user's), and PID 1 where it is
 *    not even listed (hidepid=2), which stands for all that are not listed;
 *  - recorded, a proc/PID without fd.
 */
int procwalk_next(struct procwalk *w, struct err *e);

/*
 * Reads the beginning of a file of the process at hand, with a NUL behind it: its length,
 * or -errno without a sentence.
 */
ssize_t procwalk_read(const struct procwalk *w, const char *name, char *buffer,
		      size_t size);

/* Does this -errno say that the process has ended? */
bool procwalk_has_ended(const struct procwalk *w, ssize_t r);

void procwalk_close(struct procwalk *w);
