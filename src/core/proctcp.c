/* SPDX-License-Identifier: MIT */
#include "core/proctcp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/census.h"
#include "core/mask.h"

/* timers count in USER_HZ, hundredths of a second (get_tcp4_sock()) */
enum { TICK_MS = 10 };

/* A line of the kernel's has 150, one of IPv6 about 200. */
enum { LINE_MAX_BYTES = 512 };

/* in place of the kernel's, which is passed over unread */
static const char HEADING[] = "  sl  local_address rem_address   st tx_queue rx_queue tr "
			      "tm->when retrnsmt   uid  timeout inode";

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

/* As the kernel writes it, so that a mask is as wide as what it stands for. */
static void add_masked(struct text *to, struct masks *masks, uint32_t words[4],
		       enum census_family family)
{
	masks_apply(masks, words, family);
	for (int i = 0; i < (family == CENSUS_IPV4 ? 1 : 4); i++)
		text_add(to, "%08" PRIX32, words[i]);
}

static bool mask_line(struct text *to, struct masks *masks, const char *line,
		      enum census_family family)
{
	int local = -1, local_end = -1, remote = -1, remote_end = -1;
	struct socket_row row;

	if (!proctcp_parse_line(line, family, &row))
		return false;
	sscanf(line, " %*u: %n%*32[0-9A-Fa-f]%n:%*x %n%*32[0-9A-Fa-f]%n", &local,
	       &local_end, &remote, &remote_end);
	if (remote_end < 0)
		return false;
	text_add_bytes(to, line, (size_t)local);
	add_masked(to, masks, row.local, family);
	text_add_bytes(to, line + local_end, (size_t)(remote - local_end));
	add_masked(to, masks, row.remote, family);
	text_add(to, "%s\n", line + remote_end);
	return true;
}

int proctcp_mask(struct text *to, struct masks *masks, const char *text,
		 enum census_family family, struct err *e)
{
	text += strcspn(text, "\n");
	text_add(to, "%s\n", HEADING);
	while (*text == '\n' && *++text) {
		size_t n = strcspn(text, "\n");
		char line[LINE_MAX_BYTES];
		bool is_short = n < sizeof(line);

		if (is_short) {
			memcpy(line, text, n);
			line[n] = '\0';
		}
		if (!is_short || !mask_line(to, masks, line, family))
			return err_set(e, EBADMSG,
				       "a line of /proc/net/tcp is no socket");
		text += n;
	}
	if (to->broken || masks->is_broken)
		return err_errno(e, ENOMEM, "cannot mask the sockets");
	return 0;
}
