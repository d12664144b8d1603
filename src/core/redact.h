/* SPDX-License-Identifier: MIT */
/*
 * The administrator's files, as a recording may hold them. Lines keep their numbers: one
 * that is left out becomes empty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text;

/*
 * Adds a file of sysctl.d(5) or a profile without the lines that set or mention a secret,
 * a key or value which not everybody may read below /proc/sys. `is_public`: also without
 * comments (of one behind a number only the sign stays) and whatever is no plain
 * assignment of numbers and words below net.core, net.ipv4, net.mptcp or net.netfilter. So no name of a host, no address and no comment
 * gets into the recording.
 */
void redact_settings(struct text *to, const char *text, size_t n, bool is_public);
