/* SPDX-License-Identifier: MIT */
#pragma once

struct recorder;

/*
 * Records who holds sockets, as procs_read() reads it again: of each process with a
 * socket, and of the recorder itself,
 *
 *	proc/PID/fd/N	"socket:[INODE]", or "other": a recording is given away
 *	proc/PID/comm, cgroup, limits
 *	proc/PID/status	only its lines Name, Pid and Uid
 *
 * and of each process whose descriptors may not be looked at an empty proc/PID. A proc
 * that cannot be listed is left out. -errno and a sentence; what was written stays.
 */
int treeprocs_record(const struct recorder *rec);
