/* SPDX-License-Identifier: MIT */
/*
 * The door to files of the machine, live or recorded: everything is opened below a root
 * descriptor, and no link in a recorded tree leads out of it (openat2() with
 * RESOLVE_IN_ROOT).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct err;
struct reading;

/* Opens the root, "/" or a recorded tree. A descriptor the caller closes, or -errno. */
int procfs_open_root(const char *dir, struct err *e);

/*
 * Opens `path` (no leading slash) below the root. A descriptor the caller closes, or
 * -errno without a sentence.
 */
int procfs_open(int root_fd, const char *path, int flags);

/*
 * Reads a file whole, with a NUL behind it. The caller frees *ret. -errno without a
 * sentence: the caller knows what the file is for; -EFBIG above 16 MiB.
 */
int procfs_read(int root_fd, const char *path, char **ret, size_t *ret_n);

/* Is there such a path, whether or not it may be read? */
bool procfs_has(int root_fd, const char *path);

/*
 * Reads a sysctl by its dotted name. What went wrong is in ret->error, and in the result
 * as -errno; ret->value is then NULL.
 */
int procfs_read_knob(int root_fd, const char *key, struct reading *ret);

/*
 * Writes a sysctl: open, one write(2) at offset 0, close. A second write on one
 * descriptor would be dropped and report success (kernel.sysctl_writes_strict). The
 * kernel may store something else than it was given, and a vector's first numbers even
 * when it refuses: read it back. -errno and a sentence; -EIO: it took a part.
 */
int procfs_write_knob(int root_fd, const char *key, const char *value, struct err *e);

/*
 * Could a sysctl be opened for writing, without writing? 0; -EROFS: /proc/sys is mounted
 * read-only; -errno.
 */
int procfs_probe_knob(int root_fd, const char *key);
