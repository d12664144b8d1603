/* SPDX-License-Identifier: MIT */
/* The programs of a machine, live or recorded, that write sysctls (core/managers.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/managers.h"

struct err;

/*
 * Finds them by their files and units below the root. A file that cannot be read is said in
 * the manager's `error`. Empty before; 0, or -ENOMEM and a sentence.
 */
int managers_read(int root_fd, struct managers *ret, struct err *e);

/* A file or link that the answer of managers_read() stands on. */
struct manager_path {
	char *path; /* owned; without a leading slash */
	enum manager_file kind;
};

struct manager_paths {
	struct manager_path *at;
	size_t n;
};

/* All of them, each once: what a recording has to hold for the same answer. As above. */
int managers_paths(int root_fd, struct manager_paths *ret, struct err *e);

void managers_paths_done(struct manager_paths *paths);
