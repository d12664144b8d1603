/* SPDX-License-Identifier: MIT */
/*
 * A line of /proc/net/tcp or tcp6: what is left of a machine that was recorded without
 * its socket dump.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/census.h"

/* False for a line that is none of a socket. */
bool proctcp_parse_line(const char *line, size_t n, enum census_family family,
			struct socket_row *ret);

/* Counts a whole file; false if a line behind the heading makes no sense. */
bool proctcp_count(struct census *c, const char *text, enum census_family family);
