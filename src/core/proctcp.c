/* SPDX-License-Identifier: MIT */
#include "core/proctcp.h"

#include <stdio.h>
#include <string.h>

#include "core/census.h"

/* timers count in USER_HZ, hundredths of a second (get_tcp4_sock()) */
enum { TICK_MS = 10 };

/* The words are printed as this machine's numbers, so they are the bytes of the address. */
static bool parse_address(const char *hex, enum census_family family, uint32_t ret[4])
{
	if (family == CENSUS_IPV4)
		return strlen(hex) == 8 && sscanf(hex, "%8x", &ret[0]) == 1;
	return strlen(hex) == 32 &&
	       sscanf(hex, "%8x%8x%8x%8x", &ret[0], &ret[1], &ret[2], &ret[3]) == 4;
}

bool proctcp_parse_line(const char *line, enum census_family family,
			struct socket_row *ret)
{
	unsigned local_port, remote_port, state, tx, rx, timer, uid, inode;
	unsigned long when;
	char local[33], remote[33];
	struct socket_row row = { .family = family };

	/* sl local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode */
	if (sscanf(line,
		   " %*u: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%x %x %x:%x %x:%lx %*x %u %*u %u",
		   local, &local_port, remote, &remote_port, &state, &tx, &rx, &timer,
		   &when, &uid, &inode) != 11)
		return false;
	if (local_port > UINT16_MAX || remote_port > UINT16_MAX ||
	    !census_state_name((int)state) || !parse_address(local, family, row.local) ||
	    !parse_address(remote, family, row.remote))
		return false;
	row.state = (uint8_t)state;
	row.is_mini = timer == 3;
	row.local_port = (uint16_t)local_port;
	row.remote_port = (uint16_t)remote_port;
	row.rqueue = rx;
	/* the file does not show a listener's backlog: never call it full */
	row.wqueue = state == TCP_LISTEN ? UINT32_MAX : tx;
	row.expires_ms =
		when < UINT32_MAX / TICK_MS ? (uint32_t)when * TICK_MS : UINT32_MAX;
	row.uid = uid;
	row.inode = inode;
	*ret = row;
	return true;
}
