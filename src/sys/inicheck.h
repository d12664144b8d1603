/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

struct ini;
struct problems;

/*
 * Has iniparser read the same bytes, and adds a problem where it finds other sections,
 * keys or values than our gate did: two readers that agree. -errno if it could not be
 * asked.
 */
int inicheck(const struct ini *ini, const char *bytes, size_t n, const char *file,
	     struct problems *problems);
