/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/census.h"
#include "core/mask.h"
#include "core/proctcp.h"

static const char listen_line[] =
	"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000081 00:00000000 00000000     "
	"0        0 4711 1 0000000000000000 100 0 0 10 0";
static const char time_wait_line[] =
	"   1: 0100007F:D3D0 0100007F:0CEA 06 00000000:00000000 03:00000FA0 00000000     "
	"0        0 0 3 0000000000000000";
static const char close_wait6_line[] =
	"   2: 00000000000000000000000001000000:01BB "
	"00000000000000000000000001000000:D3D2 08 00000002:00000001 00:00000000 00000000 "
	" 1000        0 4712 1 0000000000000000 20 4 1 10 -1";

TEST(a_line_is_a_socket)
{
	struct socket_row row;

	assert_true(proctcp_parse_line(close_wait6_line, CENSUS_IPV6, &row));
	assert_int_equal(row.family, CENSUS_IPV6);
	assert_int_equal(row.state, TCP_CLOSE_WAIT);
	assert_false(row.is_mini);
	assert_int_equal(row.local_port, 443);
	assert_int_equal(row.wqueue, 2);
	assert_int_equal(row.rqueue, 1);
	assert_int_equal(row.inode, 4712);
	assert_int_equal(row.uid, 1000);
	assert_int_equal(row.remote_port, 0xD3D2);
	assert_memory_equal(row.remote, &in6addr_loopback, 16);
	assert_memory_equal(row.local, &in6addr_loopback, 16);
}

TEST(timer_3_is_a_mini_socket)
{
	struct socket_row row;

	assert_true(proctcp_parse_line(time_wait_line, CENSUS_IPV4, &row));
	assert_int_equal(row.state, TCP_TIME_WAIT);
	assert_true(row.is_mini);
	assert_int_equal(row.expires_ms, 40000);
	assert_int_equal(row.remote_port, 3306);
	assert_int_equal(row.local[0], htonl(INADDR_LOOPBACK));
}

TEST(a_listener_is_never_called_full_since_its_backlog_is_not_shown)
{
	struct census c = { 0 };
	struct socket_row row;

	assert_true(proctcp_parse_line(listen_line, CENSUS_IPV4, &row));
	assert_int_equal(row.rqueue, 0x81);
	census_add(&c, &row);
	assert_int_equal(c.listeners_full, 0);
	assert_true(ports_has(&c.listening, 3306));
}

TEST(a_line_cut_off_anywhere_before_its_inode_is_no_socket)
{
	size_t whole = (size_t)(strstr(listen_line, " 4711") - listen_line) + 1;
	struct socket_row row;

	for (size_t n = 0; n <= whole; n++) {
		char line[sizeof(listen_line)] = "";

		memcpy(line, listen_line, n);
		if (proctcp_parse_line(line, CENSUS_IPV4, &row))
			fail_msg("%zu bytes are taken for a socket", n);
	}
}

TEST(what_is_no_line_of_a_socket_is_refused)
{
	static const char *const rows[] = {
		"",
		"   0: 0100007F:0CEA 00000000:0000 00 00000000:00000000 00:00000000 00000000"
		"     0        0 4711 1",
		"   0: 0100007F:0CEA 00000000:0000 0E 00000000:00000000 00:00000000 00000000"
		"     0        0 4711 1",
		"   0: 0100007F:0CEA 00000000:0000 FFFFFFFF 00000000:00000000 00:00000000 "
		"00000000     0        0 4711 1",
		"   0: 0100007F:10CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
		"     0        0 4711 1",
		"   0: 127.0.0.1:3306 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
		"     0        0 4711 1",
	};
	struct socket_row row;

	for (size_t i = 0; i < N(rows); i++)
		if (proctcp_parse_line(rows[i], CENSUS_IPV4, &row))
			fail_msg("'%s' is taken for a socket", rows[i]);
	/* nor is one of the other file */
	assert_false(proctcp_parse_line(close_wait6_line, CENSUS_IPV4, &row));
	assert_false(proctcp_parse_line(listen_line, CENSUS_IPV6, &row));
}

TEST(what_the_file_does_not_tell_is_absent)
{
	struct socket_row row;

	assert_true(proctcp_parse_line(listen_line, CENSUS_IPV4, &row));
	assert_int_equal(row.wqueue, UINT32_MAX);
	assert_false(row.has_times || row.has_memory);
	assert_int_equal(row.cookie, 0);
	assert_int_equal(row.local[1] | row.local[2] | row.local[3], 0);
}

TEST(a_timer_counts_hundredths_of_a_second)
{
	static const struct {
		const char *ticks;
		uint32_t expires_ms;
	} rows[] = {
		{ "00000000", 0 },
		{ "00000001", 10 },
		{ "00001770", 60000 },
		{ "19999998", 4294967280 },
		/* beyond 32 bits of milliseconds */
		{ "19999999", UINT32_MAX },
		{ "FFFFFFFF", UINT32_MAX },
		{ "FFFFFFFFFFFFFFFF", UINT32_MAX },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct socket_row row;
		char line[256];

		snprintf(line, sizeof(line),
			 "   1: 0100007F:D3D0 0100007F:0CEA 06 00000000:00000000 03:%s "
			 "00000000     0        0 0 3 0000000000000000",
			 rows[i].ticks);
		assert_true(proctcp_parse_line(line, CENSUS_IPV4, &row));
		if (row.expires_ms != rows[i].expires_ms)
			fail_msg("%s: %u ms", rows[i].ticks, row.expires_ms);
	}
}

/* As a big-endian machine prints it the words are the same numbers, read back as such. */
TEST(the_words_of_an_address_keep_their_order)
{
	struct socket_row row;

	assert_true(proctcp_parse_line(
		"   2: B80D0120000000000000000001000000:01BB "
		"B80D0120785634120000000009000000:D3D2 01 00000000:00000000 00:00000000 "
		"00000000  1000        0 4712 1 0",
		CENSUS_IPV6, &row));
	assert_int_equal(row.remote[0], 0xB80D0120);
	assert_int_equal(row.remote[1], 0x78563412);
	assert_int_equal(row.remote[2], 0);
	assert_int_equal(row.remote[3], 0x09000000);
	assert_int_equal(row.local[1], 0);
	assert_int_equal(row.uid, 1000);
}

/* The sockets of both files, masked one after the other as a recording does it. */

static const char heading[] = "  sl  local_address rem_address   st\n";

static void mask(struct text *to, struct masks *masks, const char *lines,
		 enum census_family family)
{
	own_text struct text from = { 0 };
	struct err e = { 0 };

	text_add(&from, "%s%s", heading, lines);
	if (proctcp_mask(to, masks, from.at, family, &e) < 0)
		fail_msg("%s", e.text);
}

TEST(addresses_are_masked_in_the_same_width_and_nothing_else_changes)
{
	static const char tail[] =
		" 06 00000000:00000000 03:00000FA0 00000000     0        "
		"0 0 3 0000000000000000\n";
	own_text struct text four = { 0 }, six = { 0 }, lines = { 0 }, wanted = { 0 };
	own_masks struct masks masks;

	if (htonl(1) == 1)
		skip(); /* written for the order of most machines */
	masks_init(&masks);
	text_add(&lines, "   0: 0100007F:0CEA 0203000A:D3D2%s", tail);
	text_add(&lines, "   1: 0203000A:0CEA 0202000A:D3D2%s", tail);
	mask(&four, &masks, lines.at, CENSUS_IPV4);
	text_add(&wanted, "   0: 0100007F:0CEA 010000F0:D3D2%s", tail);
	text_add(&wanted, "   1: 010000F0:0CEA 020000F0:D3D2%s", tail);
	assert_string_equal(strchr(four.at, '\n') + 1, wanted.at);

	text_done(&lines);
	text_done(&wanted);
	text_add(&lines,
		 "   0: 0000000000000000FFFF00000202000A:0CEA "
		 "5000002A000000000000000001000000:D3D2%s",
		 tail);
	mask(&six, &masks, lines.at, CENSUS_IPV6);
	text_add(&wanted,
		 "   0: 0000000000000000FFFF0000020000F0:0CEA "
		 "B80D0120000000000000000001000000:D3D2%s",
		 tail);
	assert_string_equal(strchr(six.at, '\n') + 1, wanted.at);
	assert_int_equal(masks_count(&masks), 3);
}

TEST(a_heading_is_read_by_nobody)
{
	own_text struct text t = { 0 };
	own_masks struct masks masks;
	struct err e = { 0 };

	masks_init(&masks);
	assert_int_equal(proctcp_mask(&t, &masks, "10.1.2.3", CENSUS_IPV4, &e), 0);
	assert_null(strstr(t.at, "10.1.2.3"));
	assert_int_equal(strcspn(t.at, "\n") + 1, t.n);
}

TEST(a_file_with_a_line_of_no_socket_is_not_masked)
{
	static const char *const lines[] = { "10.1.2.3\n", "\n", listen_line };

	for (size_t i = 0; i < N(lines); i++) {
		own_text struct text from = { 0 }, to = { 0 };
		own_masks struct masks masks;
		struct err e = { 0 };

		masks_init(&masks);
		text_add(&from, "%s%s\n", heading, listen_line);
		/* the third is a socket, and then too much */
		text_add(&from, "%s%s%*d\n", lines[i], i > 1 ? " " : "", i > 1 ? 600 : 1,
			 0);
		assert_int_equal(proctcp_mask(&to, &masks, from.at, CENSUS_IPV4, &e),
				 -EBADMSG);
		assert_int_not_equal(e.text[0], '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_socket),
		cmocka_unit_test(timer_3_is_a_mini_socket),
		cmocka_unit_test(
			a_listener_is_never_called_full_since_its_backlog_is_not_shown),
		cmocka_unit_test(a_line_cut_off_anywhere_before_its_inode_is_no_socket),
		cmocka_unit_test(what_is_no_line_of_a_socket_is_refused),
		cmocka_unit_test(
			addresses_are_masked_in_the_same_width_and_nothing_else_changes),
		cmocka_unit_test(a_heading_is_read_by_nobody),
		cmocka_unit_test(a_file_with_a_line_of_no_socket_is_not_masked),
		cmocka_unit_test(what_the_file_does_not_tell_is_absent),
		cmocka_unit_test(a_timer_counts_hundredths_of_a_second),
		cmocka_unit_test(the_words_of_an_address_keep_their_order),
	};

	return cmocka_run_group_tests_name("proctcp", tests, NULL, NULL);
}
