/* SPDX-License-Identifier: MIT */
/*
 * tuned.conf, as far as it tells which sysctls a profile writes. It is read as Python's
 * configparser reads it for tuned (profiles/loader.py); nothing in it is ever run.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/names.h"

/*
 * An instance of a plugin. Whether it fits this machine (uname_regex=, cpuinfo_regex=) cannot
 * be judged from a file: it counts.
 */
struct tuned_section {
	char *name;
	char *type; /* of the plugin; NULL: as the section's name */
	bool is_disabled, replaces;
	struct names keys, drop;
};

enum { TUNED_SECTIONS_MAX = 256 };

/* Starts as { 0 }. */
struct tuned_profile {
	struct tuned_section *at;
	size_t n;
	struct names
		includes; /* parents, which tuned loads first; "-x": if it is there */
	char unknown[64]; /* an include that only tuned can expand; "" */
};

/*
 * Reads a file. 0; -EINVAL: tuned refuses the file whole, *ret_line: where; -ENOMEM; -E2BIG:
 * too many sections.
 */
int tuned_parse(struct span text, struct tuned_profile *ret, unsigned *ret_line);

/* Lays `over` on top of `under`, as tuned's merger does. -ENOMEM, -E2BIG. */
int tuned_merge(struct tuned_profile *under, const struct tuned_profile *over);

/* The sysctls that are left. A key with a variable in it is no sysctl's name. */
void tuned_keys(const struct tuned_profile *profile, struct names *to);

/* The names of active_profile: those that tuned takes. */
void tuned_active(struct span text, struct names *to);

/* Does the line of such a file count? */
bool tuned_line_counts(struct span line, bool is_public);

void tuned_done(struct tuned_profile *profile);
