/* SPDX-License-Identifier: MIT */
/*
 * Profiles on disk: where they are looked for, who may own them, and the two readers that
 * must agree on them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct err;
struct profile;
struct problems;

/*
 * Where a name is looked for: etc/finwait/profiles below the machine's root, then the
 * directory the program was installed with; the first of a name shadows the rest. A name
 * with a '/' is a path.
 */
struct profile_places {
	int root_fd;
	const char *installed_dir;
};

/*
 * Loads a profile and its parents into *ret, of which the caller calls profile_done(),
 * also on failure. What is wrong with the files is added to *problems and the result is
 * -EINVAL with the first of them as the sentence; -ENOENT: no such profile; -EPERM:
 * another user could have written it (checked when the effective user is root).
 */
int profilefile_load(const struct profile_places *places, const char *name,
		     struct profile *ret, struct problems *problems, struct err *e);

/* The names that can be loaded, sorted, each once. */
struct profile_names {
	char **at; /* owned; ends with NULL */
	size_t n;
};

int profilefile_list(const struct profile_places *places, struct profile_names *ret,
		     struct err *e);
void profile_names_done(struct profile_names *names);
