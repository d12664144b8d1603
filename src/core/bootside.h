/* SPDX-License-Identifier: MIT */
/* What one engine has read at boot, and which of it is written to one sysctl. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/boot.h"

/* One line. */
struct boot_write {
	const struct boot_file *file;
	unsigned line;
	const char *spelled; /* the path below /proc/sys as the engine has it */
	const char *path;    /* where it leads, not of a pattern; NULL: nowhere */
	const char *value;   /* NULL: it excludes */
	bool is_glob;
	bool is_dropped;  /* systemd: for another line of that path, */
	bool is_excluded; /* which is "-KEY"; */
	const struct boot_write *by;
};

/* Adds the lines of a file, in the order of reading. The caller reports `remark`s. -ENOMEM. */
typedef int bootside_remark(void *to, const struct boot_file *file, unsigned line,
			    const char *text);
int bootside_read(struct boot_side *side, enum boot_engine engine,
		  const struct boot_file *file, bootside_remark *remark, void *to);

/* After the last file. -ENOMEM. */
int bootside_finish(struct boot_side *side, enum boot_engine engine);
void bootside_done(struct boot_side *side);

/* A line that has something to do with one path. */
struct boot_hit {
	const struct boot_write *write;
	bool is_lost; /* not even tried, */
	enum boot_loss why;
};

/*
 * The lines about a path below /proc/sys, in the order of writing; an array that the caller
 * frees. `honours_patterns`: procps 4.0.5 and newer, which exclude by pattern. -ENOMEM.
 */
int bootside_find(const struct boot_side *side, enum boot_engine engine, const char *path,
		  bool honours_patterns, struct boot_hit **ret, size_t *ret_n);
