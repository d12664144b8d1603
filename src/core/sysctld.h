/* SPDX-License-Identifier: MIT */
/* What the files of sysctl.d(5) say. */
#pragma once

#include <stdbool.h>

/*
 * Does the text of such a file name a key in any way: assign it, with a dash or without, in
 * either form of the key, by a pattern, or take it out of a pattern? It is asked broadly,
 * because sysctl(8) and systemd-sysctl(8) do not agree on what half of these mean.
 * *ret_line: where first.
 */
bool sysctld_names(const char *text, const char *key, unsigned *ret_line);
