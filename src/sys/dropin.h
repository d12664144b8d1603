/* SPDX-License-Identifier: MIT */
/*
 * The drop-in below /etc/sysctl.d as a file; core/dropin.h says what is in it. It is
 * replaced as a whole: written beside, synced, renamed, and the directory synced.
 */
#pragma once

#include <stdbool.h>

struct err;
struct text;

/*
 * Is the file, byte by byte, what `expected` says (empty: it is not there)? -errno and a
 * sentence where it cannot be read; a link or a directory in its place is not as expected.
 */
int dropin_is(int root_fd, const struct text *expected, bool *ret, struct err *e);

/*
 * Replaces the file, whatever it is, or removes it if `content` is empty. `id`: of the
 * transaction, which names the temporary file. -errno and a sentence: the file is the one
 * before, or the new one is not synced.
 */
int dropin_replace(int root_fd, const struct text *content, const char *id,
		   struct err *e);

/* Does the file name that transaction? Not where it cannot be read. */
bool dropin_names(int root_fd, const char *id);

/* Removes what a dropin_replace() that was cut off has left beside. */
void dropin_clean(int root_fd, const char *id);
