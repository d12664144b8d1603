/* SPDX-License-Identifier: MIT */
/*
 * A line of /proc/net/tcp or tcp6: what is left where there is no socket dump. It tells
 * neither a listener's backlog nor times, memory or cookies.
 */
#pragma once

#include <stdbool.h>

#include "core/socket.h"

struct err;
struct masks;
struct text;

/* False for a line that is none of a socket. */
bool proctcp_parse_line(const char *line, enum census_family family,
			struct socket_row *ret);

/*
 * Adds such a file with the addresses of its sockets masked, in the same width. -EBADMSG:
 * a line is none of a socket, and could hold anything; -ENOMEM.
 */
int proctcp_mask(struct text *to, struct masks *masks, const char *text,
		 enum census_family family, struct err *e);
