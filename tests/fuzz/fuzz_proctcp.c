/* SPDX-License-Identifier: MIT */
/* Text as lines of /proc/net/tcp and tcp6. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "core/census.h"
#include "core/proctcp.h"

enum { LINE_MAX_SIZE = 256 };

/* As the kernel prints a socket (get_tcp4_sock(), get_tcp6_sock()). */
static void print_row(const struct socket_row *row, char line[LINE_MAX_SIZE])
{
	char local[33] = "", remote[33] = "";
	int n_words = row->family == CENSUS_IPV4 ? 1 : 4;

	for (int i = 0; i < n_words; i++) {
		snprintf(local + i * 8, 9, "%08X", row->local[i]);
		snprintf(remote + i * 8, 9, "%08X", row->remote[i]);
	}
	snprintf(line, LINE_MAX_SIZE,
		 "   0: %s:%04X %s:%04X %02X %08X:%08X %02X:%08lX %08X %5u %8d %u 1",
		 local, row->local_port, remote, row->remote_port, row->state,
		 row->state == TCP_LISTEN ? 0 : row->wqueue, row->rqueue,
		 row->is_mini ? 3U : 0U,
		 row->expires_ms == UINT32_MAX ? 0xFFFFFFFFUL : row->expires_ms / 10UL,
		 0U, row->uid, 0, row->inode);
}

static void check_line(const char *line, enum census_family family)
{
	struct socket_row row, again;
	struct census c = { 0 };
	char printed[LINE_MAX_SIZE];

	memset(&row, 0xA5, sizeof(row));
	again = row;
	if (!proctcp_parse_line(line, family, &row)) {
		MUST(memcmp(&row, &again, sizeof(row)) == 0);
		return;
	}
	MUST(row.family == family && census_state_name(row.state));
	MUST(row.state != TCP_LISTEN || row.wqueue == UINT32_MAX);
	MUST(!row.has_times && !row.has_memory && row.cookie == 0);
	census_add(&c, &row);
	MUST(census_sum(&c) == 1 && c.listeners_full == 0);
	print_row(&row, printed);
	MUST(proctcp_parse_line(printed, family, &again));
	MUST(memcmp(row.local, again.local, sizeof(row.local)) == 0);
	MUST(memcmp(row.remote, again.remote, sizeof(row.remote)) == 0);
	MUST(row.local_port == again.local_port && row.remote_port == again.remote_port);
	MUST(row.state == again.state && row.is_mini == again.is_mini);
	MUST(row.rqueue == again.rqueue && row.wqueue == again.wqueue);
	MUST(row.uid == again.uid && row.inode == again.inode);
	MUST(row.expires_ms == again.expires_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1);

	MUST(text);
	if (n)
		memcpy(text, bytes, n);
	text[n] = '\0';
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		check_line(line, CENSUS_IPV4);
		check_line(line, CENSUS_IPV6);
	}
	free(text);
	return 0;
}
