/* SPDX-License-Identifier: MIT */
/*
 * The files of sysctl.d(5) that a machine has, and which of them each engine reads at boot,
 * in which order. Of one name the file in the directory of the highest rank counts, and masks
 * the others whatever it is: empty, a link to /dev/null or to nowhere, a directory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/bootengine.h"

enum boot_kind {
	BOOT_FILE,    /* a regular one, with its text */
	BOOT_NULL,    /* a link to /dev/null */
	BOOT_NOWHERE, /* a link to nowhere */
	BOOT_DIRECTORY,
	BOOT_ODD,      /* no regular file: a socket, a device */
	BOOT_FIFO,     /* a boot may wait for ever for somebody to write into it */
	BOOT_FAILED,   /* not read: `error` */
	BOOT_TOO_BIG,  /* not read */
	BOOT_MISNAMED, /* not read, as its name does not end in ".conf" */
};

struct boot_file {
	char *path; /* "/etc/sysctl.d/50-a.conf"; or of a directory that could not be read */
	enum boot_kind kind;
	int error; /* a positive errno */
	char *text;
	size_t n; /* bytes of the text, NULs among them */
};

struct boot_tree {
	struct boot_file *at;
	size_t n;
	unsigned procps;  /* 40002: 4.0.2; 0: not known */
	unsigned systemd; /* 252; 0: not known */
	char *controls;	  /* tcp_available_congestion_control; NULL: not known */
};

/*
 * Whether a version, which counts as the newest where it is not known, has patterns in keys and
 * lines "-KEY" (systemd 245, PR 14589; procps 4.0.0), a dash before the key of an assignment
 * (systemd 243, PR 13191), and lines "-PATTERN" (procps 4.0.5).
 */
bool boot_has_patterns(const struct boot_tree *tree, enum boot_engine engine);
bool boot_has_dash(const struct boot_tree *tree, enum boot_engine engine);
bool boot_has_excluding_patterns(const struct boot_tree *tree, enum boot_engine engine);

/* Is it a congestion control that the kernel has, as far as is known? */
bool boot_tree_has_control(const struct boot_tree *tree, const char *name);

/*
 * Could it set anything that is not known here: was it not read, though a boot may be able
 * to? One that nobody can read, such as a link to itself, sets nothing.
 */
bool boot_file_is_hidden(const struct boot_file *file);

/* Why it was not read, a positive errno. */
int boot_file_error(const struct boot_file *file);

/*
 * The first such file that no other masks, so that a boot reads it; NULL: there is none.
 * -ENOMEM.
 */
int bootfiles_hidden(const struct boot_tree *tree, const struct boot_file **ret);

/* From the highest rank to the lowest. */
enum { BOOT_DIRS = 5 };
extern const char *const boot_dirs[BOOT_DIRS];
extern const char boot_conf[];	     /* /etc/sysctl.conf */
extern const char boot_credential[]; /* the name of what systemd reads last of all */

/* The rank of the directory that the path is in, 0 the highest; -1: in none. */
int boot_rank(const char *path);

/* Has a file of such a name a say at all? "x.conf" */
bool boot_is_name(const char *name);

/* A new entry, with its path; the rest is zero. NULL: no memory. */
struct boot_file *boot_tree_add(struct boot_tree *tree, const char *path);
struct boot_file *boot_tree_find(const struct boot_tree *tree, const char *path);
void boot_tree_done(struct boot_tree *tree);

/*
 * The files in the order in which they are read, an array that the caller frees. A file can
 * be there twice: the last line of it counts. -ENOMEM.
 */
int bootfiles_order(const struct boot_tree *tree, enum boot_engine engine,
		    const struct boot_file ***ret, size_t *ret_n);

/*
 * For each file of the tree the one that masks it for that engine, or NULL: an array that
 * the caller frees. -ENOMEM.
 */
int bootfiles_masks(const struct boot_tree *tree, enum boot_engine engine,
		    const struct boot_file ***ret);

/*
 * What is to be said of a file as a whole as that engine takes it, masks apart. False:
 * nothing.
 */
bool bootfiles_remark(const struct boot_tree *tree, enum boot_engine engine,
		      const struct boot_file *file, char *text, size_t size);
