/* SPDX-License-Identifier: MIT */
/*
 * The lines of one file of sysctl.d(5), as each engine reads them: what ends one, what is
 * trimmed, and what is left of it (procps 4.0.2 parse_setting_line(), systemd 252
 * parse_file()).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/bootengine.h"

enum bootline_kind {
	BOOTLINE_END,
	BOOTLINE_BAD,	  /* has no effect; `remark` says why */
	BOOTLINE_SET,	  /* path and value */
	BOOTLINE_EXCLUDE, /* path: not to be set by a pattern */
};

/* Everything points into the text or is constant. */
struct bootline {
	enum bootline_kind kind;
	unsigned number; /* of the line in an editor, from 1 */
	char *path;	 /* below /proc/sys; may be a pattern */
	char *value;
	bool has_dash;	    /* before the key */
	const char *remark; /* what an administrator should know of the line; or NULL */
};

struct bootlines {
	enum boot_engine engine;
	char *at, *end; /* what is left of the text; *end is a NUL */
	unsigned number;
};

/* The text is taken apart in place. */
struct bootlines bootlines_of(enum boot_engine engine, char *text, size_t n);

/* The next line that is no comment and not blank. */
void bootlines_next(struct bootlines *lines, struct bootline *ret);

/* Does the line set the path, or may it by a pattern? Also where there is no memory to tell. */
bool bootline_sets(const struct bootline *line, const char *path);
