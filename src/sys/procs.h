/* SPDX-License-Identifier: MIT */
#pragma once

struct err;
struct owners;

/*
 * Reads which processes hold sockets, of any kind and in any network namespace, from
 * proc/PID/fd below the root; what it cannot see is in procwalk.h. A fact of a process
 * that cannot be read is unknown; a process that ends meanwhile is left out. The caller
 * calls owners_done(). -errno and a sentence, and *ret is untouched: -ENOENT without
 * proc, -ENODATA if no process is in it, as in a recording that was made without them.
 */
int procs_read(int root_fd, struct owners *ret, struct err *e);
