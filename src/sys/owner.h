/* SPDX-License-Identifier: MIT */
#pragma once

struct err;

/*
 * Could somebody else have written this file? A file and its directory must belong to
 * root or the effective user (inside a user namespace also to the overflow uid, which is
 * what root outside looks like there) and be writable by nobody else. Checked when the
 * effective user is root. -EPERM and a sentence; -EINVAL: no regular file.
 */
int owner_check(int fd, int dir_fd, const char *path, struct err *e);
