/* SPDX-License-Identifier: MIT */
/*
 * What each sysctl will be after the next boot, as the files of sysctl.d(5) leave it: which
 * line sets it and which ones lose, for each of the two engines that a machine may have run,
 * `sysctl --system` of procps and systemd-sysctl.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/bootengine.h"
#include "core/bootfiles.h"

struct boot_write;
struct knob;

/* "sysctl --system", "systemd-sysctl" */
const char *boot_engine_name(enum boot_engine engine);

/* Something about a file that an administrator should know. */
struct boot_remark {
	const char
		*file; /* borrowed from the tree; NULL: all files, and a whole sentence */
	const struct boot_file *of; /* NULL: all files */
	size_t next; /* the one before it of that file, + 1; 0: none; not once it is sorted */
	unsigned line;	  /* 0: the whole file */
	unsigned engines; /* bits: 1 << BOOT_PROCPS, 1 << BOOT_SYSTEMD */
	char text[160];	  /* goes on a sentence that begins with the file */
};

/* What one engine has read. */
struct boot_side {
	bool has_patterns, has_dash; /* of its version, before it reads */
	bool uses_patterns;	     /* some line has one, or is "-KEY" */
	char **texts; /* of the files, taken apart; the writes point into them */
	size_t n_texts;
	struct boot_write *writes; /* in the order of reading */
	size_t n_writes;
	size_t *by_path; /* those of one path, sorted by it; then in the order of reading */
	size_t n_by_path;
	size_t *globs;
	size_t n_globs;
	size_t *excludes; /* by a pattern */
	size_t n_excludes;
};

/* Borrows the tree. */
struct boot {
	const struct boot_tree *tree;
	const struct boot_file
		*hidden; /* may set anything (bootfiles_hidden()); or NULL */
	struct boot_side sides[BOOT_ENGINES];
	struct boot_remark *remarks;
	size_t n_remarks;
};

enum boot_loss {
	BOOT_OVERRIDDEN, /* by a later write */
	BOOT_REFUSED,	 /* by the kernel */
	BOOT_EXPLICIT,	 /* a pattern, and another line names the key */
	BOOT_EXCLUDED,	 /* by a line "-KEY" */
	BOOT_DROPPED,	 /* systemd: another line for the same key counts */
};

/* "overridden", "refused by the kernel", … */
const char *boot_loss_name(enum boot_loss loss);

struct boot_loser {
	const char *file; /* borrowed, as the text */
	unsigned line;
	const char *text; /* the value as written */
	enum boot_loss why;
	const char *by_file; /* BOOT_DROPPED, BOOT_EXCLUDED: whose line counts; or NULL */
	unsigned by_line;
};

/* A file may repeat one assignment hundreds of thousands of times. */
enum { BOOT_LOSERS_MAX = 64 };

struct boot_value {
	char *value; /* what the kernel will hold; NULL: no file changes it */
	const char *file;
	unsigned line;
	const char *text;	   /* as written there */
	struct boot_loser *losers; /* the newest, in the order of reading */
	size_t n_losers;	   /* BOOT_LOSERS_MAX at most */
	size_t n_lost;		   /* all there are */
};

/* Reads every file once for each engine. boot_done() in any case. -ENOMEM. */
int boot_prepare(const struct boot_tree *tree, struct boot *ret);
/*
 * Remarks on the first thousands of lines that set a sysctl which is not here: `is_here` is
 * asked for its path below /proc/sys. -ENOMEM.
 */
int boot_remark_absent(struct boot *boot, bool (*is_here)(void *data, const char *path),
		       void *data);
void boot_done(struct boot *boot);

/*
 * The value of a key (dotted, as in the catalogue) once that engine has run. `k`: what is
 * known of the key, NULL: then a text stands as it is written. `before`: what the kernel
 * starts with; NULL: not known. 0, and boot_value_done() is the caller's; -ENOMEM; -EINVAL:
 * no such key can be.
 */
int boot_look_up(const struct boot *boot, enum boot_engine engine, const char *key,
		 const struct knob *k, const char *before, struct boot_value *ret);
void boot_value_done(struct boot_value *value);
