/* SPDX-License-Identifier: MIT */
/*
 * Writes the parts of a recorded tree. Each makes the directories its path needs. With
 * masks, addresses in names and in the targets of links are masked.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct err;
struct machine;
struct masks;

/* A recording under way. */
struct recorder {
	const struct machine *machine;
	int dir_fd;	     /* of the tree */
	struct masks *masks; /* NULL: addresses stay */
	struct err *e;
};

/* A new file. -errno and a sentence. */
int recorder_write(const struct recorder *rec, const char *path, const char *bytes,
		   size_t n, mode_t mode);

/* The same of what is words, with the addresses in them masked if they are to be. */
int recorder_write_words(const struct recorder *rec, const char *path, const char *words);

/* A new link. -errno and a sentence. */
int recorder_link(const struct recorder *rec, const char *path, const char *target);

/* A directory, which may be there. -errno and a sentence. */
int recorder_mkdir(const struct recorder *rec, const char *path);
