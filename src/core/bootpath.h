/* SPDX-License-Identifier: MIT */
/*
 * From the key in a line of sysctl.d(5) to a file below /proc/sys, as each of the two engines
 * goes there (procps 4.0.2 src/sysctl.c, systemd 252 src/basic/sysctl-util.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text;

/* In place: if the first separator is a dot, all dots and slashes are swapped. */
void bootpath_swap(char *key);

/* In place, systemd's path_simplify(): no empty parts, no ".", no slash at either end. */
void bootpath_simplify(char *path);

/* Does it have a part ".."? systemd refuses to write such a path. */
bool bootpath_climbs(const char *path);

/*
 * Where a path below /proc/sys leads, which procps asks the kernel for: without empty parts
 * and ".", and ".." taken back where the directory before it is known to be there. False,
 * with *ret a part of it: to no file below /proc/sys.
 */
bool bootpath_resolve(const char *path, struct text *ret);

bool bootpath_is_glob(const char *path);

/*
 * Does glob(3) find `path` by the pattern? *ret_spelling is then how it spells it: with the
 * pattern's own doubled slashes. Empty: just as `path`.
 */
bool bootpath_match(const char *pattern, const char *path, struct text *ret_spelling);
