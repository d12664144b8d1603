/* SPDX-License-Identifier: MIT */
/*
 * A list of names, each once, in the order in which they came. Starts as { 0 }; the owner
 * calls names_done(). What does not fit is left out and said in `is_cut`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/span.h"

/* No real file comes near; a hostile one shall not cost a minute. */
enum { NAMES_MAX = 2048 };

struct names {
	char **at; /* owned, and each of them */
	size_t n;
	bool broken; /* an allocation failed: at is what fitted */
	bool is_cut; /* more than NAMES_MAX */
};

bool names_has(const struct names *names, struct span name);
void names_add(struct names *names, struct span name);
void names_remove(struct names *names, struct span name);

/* Adds all of another list. */
void names_join(struct names *names, const struct names *from);

/*
 * Adds the name of a sysctl, written with dots or as a path below /proc/sys; anything else is
 * left out. It is kept with dots.
 */
void names_add_sysctl(struct names *names, struct span name);

void names_done(struct names *names);

#define own_names __attribute__((cleanup(names_done)))
