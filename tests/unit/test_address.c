/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/address.h"
#include "unit/rows.h"

static struct address address(const char *endpoint)
{
	char text[128];
	struct socket_row row;

	snprintf(text, sizeof(text), "ESTABLISHED %s %s", endpoint, endpoint);
	row = row_of(text);
	return address_of(row.local, row.family);
}

TEST(an_address_is_written_and_judged_as_the_kernel_does)
{
	static const struct {
		const char *endpoint;
		const char *text;
		enum census_family family;
		bool is_any, is_loopback;
	} rows[] = {
		{ "0.0.0.0:1", "0.0.0.0", CENSUS_IPV4, true, false },
		{ "127.0.0.1:1", "127.0.0.1", CENSUS_IPV4, false, true },
		{ "127.255.255.255:1", "127.255.255.255", CENSUS_IPV4, false, true },
		{ "126.255.255.255:1", "126.255.255.255", CENSUS_IPV4, false, false },
		{ "128.0.0.1:1", "128.0.0.1", CENSUS_IPV4, false, false },
		{ "1.0.0.127:1", "1.0.0.127", CENSUS_IPV4, false, false },
		{ "255.255.255.255:1", "255.255.255.255", CENSUS_IPV4, false, false },
		{ "[::]:1", "::", CENSUS_IPV6, true, false },
		{ "[::1]:1", "::1", CENSUS_IPV6, false, true },
		{ "[::2]:1", "::2", CENSUS_IPV6, false, false },
		{ "[1::1]:1", "1::1", CENSUS_IPV6, false, false },
		{ "[0:0:1::1]:1", "0:0:1::1", CENSUS_IPV6, false, false },
		{ "[7f00:1::]:1", "7f00:1::", CENSUS_IPV6, false, false },
		{ "[2001:DB8:0:0:1::1]:1", "2001:db8::1:0:0:1", CENSUS_IPV6, false,
		  false },
		{ "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", CENSUS_IPV6, false, false },
		/* v4-mapped */
		{ "[::ffff:192.0.2.1]:1", "192.0.2.1", CENSUS_IPV4, false, false },
		{ "[::ffff:127.0.0.9]:1", "127.0.0.9", CENSUS_IPV4, false, true },
		{ "[::ffff:0.0.0.0]:1", "0.0.0.0", CENSUS_IPV4, true, false },
		/* and what only looks like it */
		{ "[::192.0.2.1]:1", "::192.0.2.1", CENSUS_IPV6, false, false },
		{ "[::1:ffff:c000:201]:1", "::1:ffff:c000:201", CENSUS_IPV6, false,
		  false },
		{ "[1::ffff:c000:201]:1", "1::ffff:c000:201", CENSUS_IPV6, false, false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct address a = address(rows[i].endpoint);
		char text[ADDRESS_MAX];

		address_format(&a, text);
		if (strcmp(text, rows[i].text) != 0)
			fail_msg("'%s' is written '%s'", rows[i].endpoint, text);
		if (a.family != rows[i].family || address_is_any(&a) != rows[i].is_any ||
		    address_is_loopback(&a) != rows[i].is_loopback)
			fail_msg("'%s' is misjudged", rows[i].endpoint);
	}
}

TEST(the_longest_address_has_room)
{
	struct address a = address("[1234:5678:9abc:def0:1234:5678:9abc:def0]:1");
	char text[ADDRESS_MAX];

	address_format(&a, text);
	assert_string_equal(text, "1234:5678:9abc:def0:1234:5678:9abc:def0");
}

TEST(what_stands_behind_an_ipv4_address_is_no_part_of_it)
{
	const uint32_t words[4] = { htonl(0xC0000201), 7, 8, 9 };
	struct address a = address_of(words, CENSUS_IPV4), b = address("192.0.2.1:1");

	assert_memory_equal(&a, &b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_written_and_judged_as_the_kernel_does),
		cmocka_unit_test(the_longest_address_has_room),
		cmocka_unit_test(what_stands_behind_an_ipv4_address_is_no_part_of_it),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
