/* SPDX-License-Identifier: MIT */
/*
 * Who holds a socket: the processes with sockets, and a hash from a socket's inode to the
 * process that holds it. It does not look at the sockets themselves.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { PROCESS_PROGRAM_MAX = 64, PROCESS_UNIT_MAX = 96 };

struct process {
	uint32_t pid;
	uint32_t uid; /* effective; UINT32_MAX: unknown */
	/* comm, as the kernel gives it: any bytes, blanks and newlines too; "": unknown */
	char program[PROCESS_PROGRAM_MAX];
	/* its systemd unit or container, see core/cgroup.h; "": none, or unknown */
	char unit[PROCESS_UNIT_MAX];
	uint32_t n_fds; /* descriptors it has open, of any kind */
	uint32_t
		n_sockets; /* sockets that are told as its own, of any kind; counted here */
	uint64_t fd_limit; /* soft RLIMIT_NOFILE; 0: unknown, UINT64_MAX: unlimited */
};

struct holder {
	uint32_t process;  /* index in owners.at: of all that hold it, the lowest pid */
	uint32_t fd;	   /* the first of its descriptors that was added */
	uint32_t n_others; /* further processes with the same socket */
};

struct owners_slot;

/* Starts as `struct owners o = { 0 }`; the owner calls owners_done(). */
struct owners {
	struct process *at;
	size_t n;
	size_t room;
	/* processes whose descriptors may not be looked at: at least so many */
	size_t n_hidden;

	struct owners_slot *slots;
	size_t n_slots; /* a power of two, or 0 */
	size_t n_sockets;
};

/* Adds a process, whose sockets follow. -ENOMEM, and nothing is added. */
int owners_add(struct owners *o, const struct process *p);

/*
 * Adds a socket of the process that was added last. Inodes of sockets are 32 bits wide
 * and not 0 (get_next_ino()), and so is idiag_inode; another number is ignored. -ENOMEM,
 * and nothing is added.
 */
int owners_add_socket(struct owners *o, uint64_t inode, uint32_t fd);

/* NULL: no process known holds it. The result is good until something is added. */
const struct holder *owners_find(const struct owners *o, uint64_t inode);

void owners_done(struct owners *o);
