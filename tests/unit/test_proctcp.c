/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "core/census.h"
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
	};

	return cmocka_run_group_tests_name("proctcp", tests, NULL, NULL);
}
