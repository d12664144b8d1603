/* SPDX-License-Identifier: MIT */
/*
 * A line of /proc/net/tcp or tcp6: what is left where there is no socket dump. It tells
 * neither a listener's backlog nor times, memory or cookies.
 */
#pragma once

#include <stdbool.h>

#include "core/socket.h"

/* False for a line that is none of a socket. */
bool proctcp_parse_line(const char *line, enum census_family family,
			struct socket_row *ret);
