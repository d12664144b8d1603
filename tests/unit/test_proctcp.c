/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/proctcp.h"

#define HEADING                                                                       \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt" \
	"   uid  timeout inode\n"

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

	assert_true(proctcp_parse_line(close_wait6_line, strlen(close_wait6_line),
				       CENSUS_IPV6, &row));
	assert_int_equal(row.family, CENSUS_IPV6);
	assert_int_equal(row.state, TCP_CLOSE_WAIT);
	assert_false(row.is_mini);
	assert_int_equal(row.local_port, 443);
	assert_int_equal(row.wqueue, 2);
	assert_int_equal(row.rqueue, 1);
	assert_int_equal(row.inode, 4712);
}

TEST(timer_3_is_a_mini_socket)
{
	struct socket_row row;

	assert_true(proctcp_parse_line(time_wait_line, strlen(time_wait_line),
				       CENSUS_IPV4, &row));
	assert_int_equal(row.state, TCP_TIME_WAIT);
	assert_true(row.is_mini);
}

TEST(a_listener_is_never_called_full_since_its_backlog_is_not_shown)
{
	struct census c = { 0 };
	struct socket_row row;

	assert_true(
		proctcp_parse_line(listen_line, strlen(listen_line), CENSUS_IPV4, &row));
	assert_int_equal(row.rqueue, 0x81);
	census_add(&c, &row);
	assert_int_equal(c.listeners_full, 0);
	assert_true(ports_has(&c.listening, 3306));
}

TEST(a_line_cut_off_anywhere_before_its_inode_is_no_socket)
{
	size_t whole = (size_t)(strstr(listen_line, " 4711") - listen_line) + 1;
	struct socket_row row;

	for (size_t n = 0; n <= whole; n++)
		if (proctcp_parse_line(listen_line, n, CENSUS_IPV4, &row))
			fail_msg("%zu bytes are taken for a socket", n);
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
	char long_line[400];
	struct socket_row row;

	for (size_t i = 0; i < N(rows); i++)
		if (proctcp_parse_line(rows[i], strlen(rows[i]), CENSUS_IPV4, &row))
			fail_msg("'%s' is taken for a socket", rows[i]);
	memset(long_line, ' ', sizeof(long_line));
	memcpy(long_line, listen_line, strlen(listen_line));
	assert_false(proctcp_parse_line(long_line, sizeof(long_line), CENSUS_IPV4, &row));
}

TEST(a_file_is_counted_with_and_without_its_last_newline)
{
	char text[1024];

	for (int with_newline = 0; with_newline < 2; with_newline++) {
		struct census c = { 0 };

		snprintf(text, sizeof(text), HEADING "%s\n%s%s", listen_line,
			 time_wait_line, with_newline ? "\n" : "");
		assert_true(proctcp_count(&c, text, CENSUS_IPV4));
		assert_int_equal(census_sum(&c), 2);
		assert_int_equal(c.at[TCP_LISTEN][CENSUS_IPV4], 1);
		assert_int_equal(c.at[TCP_TIME_WAIT][CENSUS_IPV4], 1);
	}
}

TEST(a_file_with_its_heading_alone_has_no_sockets)
{
	struct census c = { 0 };

	assert_true(proctcp_count(&c, HEADING, CENSUS_IPV4));
	assert_int_equal(census_sum(&c), 0);
}

TEST(a_file_with_a_line_that_makes_no_sense_is_damaged)
{
	struct census c = { 0 };
	char text[1024];

	snprintf(text, sizeof(text), HEADING "%s\nnonsense\n%s\n", listen_line,
		 time_wait_line);
	assert_false(proctcp_count(&c, text, CENSUS_IPV4));
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
		cmocka_unit_test(a_file_is_counted_with_and_without_its_last_newline),
		cmocka_unit_test(a_file_with_its_heading_alone_has_no_sockets),
		cmocka_unit_test(a_file_with_a_line_that_makes_no_sense_is_damaged),
	};

	return cmocka_run_group_tests_name("proctcp", tests, NULL, NULL);
}
