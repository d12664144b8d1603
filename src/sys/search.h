/* SPDX-License-Identifier: MIT */
/* A search for the files of other programs, which keeps what it found. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/rivals.h"

struct rival_paths;

struct search {
	int root_fd;
	struct rivals *to;
	struct rival_paths *paths; /* what was found; may be NULL */
};

enum { SEARCH_PATH_MAX = 512, SEARCH_FILE_MAX = 1 << 20 };

/*
 * Reads a file; the caller frees *ret. -ENOENT: there is none, or no regular one; -EFBIG:
 * above SEARCH_FILE_MAX; -errno. Without a sentence.
 */
int search_read(struct search *s, const char *path, enum rival_file kind, char **ret,
		size_t *ret_n);

/* Is there anything by that path? */
bool search_has(struct search *s, const char *path);

/* The names in a directory that end in `suffix`, in order; none where it cannot be read. */
int search_dir(struct search *s, const char *dir, const char *suffix, struct names *ret);

/*
 * Does the boot start a unit? So it is if another one wants or requires it, and it is not
 * masked. 1: *ret_path is the link that says so, SEARCH_PATH_MAX bytes; 0; -ENOMEM.
 */
int search_unit(struct search *s, const char *unit, char *ret_path);

/* Each adds those of one program. 0 or -ENOMEM. */
int rivals_read_tuned(struct search *s);
int rivals_read_saptune(struct search *s);
int rivals_read_networkd(struct search *s);
int rivals_read_kube(struct search *s);
