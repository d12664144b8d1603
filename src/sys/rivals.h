/* SPDX-License-Identifier: MIT */
/* The programs of a machine, live or recorded, that write sysctls (core/rivals.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/rivals.h"

struct err;

/*
 * Finds them by their files and units below the root. A file that cannot be read is said in
 * the rival's `error`. Empty before; 0, or -ENOMEM and a sentence.
 */
int rivals_read(int root_fd, struct rivals *ret, struct err *e);

/* A file or link that the answer of rivals_read() stands on. */
struct rival_path {
	char *path; /* owned; without a leading slash */
	enum rival_file kind;
};

struct rival_paths {
	struct rival_path *at;
	size_t n;
};

/* All of them, each once: what a recording has to hold for the same answer. As above. */
int rivals_paths(int root_fd, struct rival_paths *ret, struct err *e);

void rivals_paths_done(struct rival_paths *paths);
