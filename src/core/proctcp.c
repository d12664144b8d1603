/* SPDX-License-Identifier: MIT */
#include "core/proctcp.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool proctcp_parse_line(const char *line, size_t n, enum census_family family,
			struct socket_row *ret)
{
	unsigned port, state, tx, rx, timer, inode;
	char copy[256];

	if (n >= sizeof(copy))
		return false;
	memcpy(copy, line, n);
	copy[n] = '\0';
	/* sl local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode */
	if (sscanf(copy,
		   " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %x:%x %x:%*x %*x %*u %*u "
		   "%u",
		   &port, &state, &tx, &rx, &timer, &inode) != 6)
		return false;
	if (port > UINT16_MAX || !census_state_name((int)state))
		return false;
	*ret = (struct socket_row){
		.family = family,
		.state = (uint8_t)state,
		.is_mini = timer == 3,
		.local_port = (uint16_t)port,
		.rqueue = rx,
		/* the file does not show a listener's backlog: never call it full */
		.wqueue = state == TCP_LISTEN ? UINT32_MAX : tx,
		.inode = inode,
	};
	return true;
}

bool proctcp_count(struct census *c, const char *text, enum census_family family)
{
	const char *line = text + strcspn(text, "\n");

	while (*line && *++line) {
		size_t n = strcspn(line, "\n");
		struct socket_row row;

		if (!proctcp_parse_line(line, n, family, &row))
			return false;
		census_add(c, &row);
		line += n;
	}
	return true;
}
