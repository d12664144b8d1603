/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/mask.h"

/* The mask of an address, as text; a v4-mapped one is AF_INET6 as in the kernel. */
static const char *masked(struct masks *masks, const char *address)
{
	static char text[INET6_ADDRSTRLEN];
	int family = strchr(address, ':') ? AF_INET6 : AF_INET;
	uint32_t words[4] = { 0 };

	assert_int_equal(inet_pton(family, address, words), 1);
	masks_apply(masks, words, family == AF_INET ? CENSUS_IPV4 : CENSUS_IPV6);
	assert_non_null(inet_ntop(family, words, text, sizeof(text)));
	return text;
}

struct pair {
	const char *address, *mask;
};

static void expect_masks(const struct pair *pairs, size_t n, size_t count)
{
	own_masks struct masks masks;

	masks_init(&masks);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(masked(&masks, pairs[i].address), pairs[i].mask);
	assert_int_equal(masks_count(&masks), count);
	assert_false(masks.is_broken);
}

TEST(addresses_are_numbered_in_the_order_of_first_sight)
{
	static const struct pair pairs[] = {
		{ "192.0.2.9", "240.0.0.1" },
		{ "10.1.2.3", "240.0.0.2" },
		{ "192.0.2.9", "240.0.0.1" },
		{ "2a00:1450::9", "2001:db8::1" },
		{ "2a00:1450::8", "2001:db8::2" },
		{ "2a00:1450::9", "2001:db8::1" },
		{ "2a00:1450:1:2:3:4:5:6", "2001:db8::3" },
		{ "255.255.255.255", "240.0.0.3" },
	};

	expect_masks(pairs, N(pairs), 6);
}

TEST(a_mapped_address_has_the_number_of_the_plain_one)
{
	static const struct pair pairs[] = {
		{ "192.0.2.9", "240.0.0.1" },
		{ "::ffff:192.0.2.9", "::ffff:240.0.0.1" },
		{ "::ffff:192.0.2.8", "::ffff:240.0.0.2" },
		{ "192.0.2.8", "240.0.0.2" },
	};

	expect_masks(pairs, N(pairs), 2);
}

TEST(loopback_and_the_unspecified_address_stay)
{
	static const struct pair pairs[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "127.99.3.4", "127.99.3.4" },
		{ "::ffff:127.0.0.2", "::ffff:127.0.0.2" },
		{ "::1", "::1" },
		{ "::", "::" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "::ffff:0.0.0.0", "::ffff:0.0.0.0" },
	};

	expect_masks(pairs, N(pairs), 0);
}

TEST(what_only_looks_like_one_that_stays_does_not)
{
	static const struct pair pairs[] = {
		{ "126.255.255.255", "240.0.0.1" },
		{ "128.0.0.1", "240.0.0.2" },
		{ "0.0.0.1", "240.0.0.3" },
		{ "::2", "2001:db8::1" },
		{ "::127.0.0.1", "2001:db8::2" },
		{ "64:ff9b::192.0.2.9", "2001:db8::3" },
	};

	expect_masks(pairs, N(pairs), 6);
}

TEST(a_link_local_address_loses_its_interface_id_and_stays_link_local)
{
	static const struct pair pairs[] = {
		{ "fe80::5054:ff:fe12:3456", "fe80::1" },
		{ "febf:1::9", "fe80::2" }, /* still of the /10 */
		{ "fec0::9", "2001:db8::1" },
		{ "ff02::1", "2001:db8::2" },
		{ "fe80::5054:ff:fe12:3456", "fe80::1" },
	};

	expect_masks(pairs, N(pairs), 4);
}

TEST(a_real_address_of_the_blocks_is_masked_like_others)
{
	static const struct pair pairs[] = {
		{ "240.0.0.7", "240.0.0.1" },
		{ "240.0.0.1", "240.0.0.2" },
		{ "2001:db8::9", "2001:db8::1" },
		{ "fe80::9", "fe80::1" },
	};

	expect_masks(pairs, N(pairs), 4);
}

TEST(no_two_addresses_of_many_share_a_mask)
{
	own_masks struct masks masks;

	masks_init(&masks);
	for (uint32_t turn = 0; turn < 2; turn++)
		for (uint32_t i = 0; i < 70000; i++) {
			uint32_t words[4] = { htonl(0x0A000001 + i) };

			masks_apply(&masks, words, CENSUS_IPV4);
			assert_int_equal(ntohl(words[0]), 0xF0000001 + i);
		}
	assert_int_equal(masks_count(&masks), 70000);
}

TEST(without_a_number_left_it_is_broken)
{
	own_masks struct masks masks;

	masks_init(&masks);
	masks.n_ipv4 = (1 << 28) - 2;
	masked(&masks, "192.0.2.9");
	assert_true(masks.is_broken);
}

TEST(addresses_in_a_text_are_masked)
{
	static const struct {
		const char *text, *masked;
	} rows[] = {
		{ "", "" },
		{ "nginx.service 6.1.0", "nginx.service 6.1.0" },
		{ "60-10.1.2.3.conf", "60-240.0.0.1.conf" },
		/* a unit for a connection, as systemd names it */
		{ "sshd@0-10.1.2.3:22-192.0.2.9:51234.service",
		  "sshd@0-240.0.0.1:22-240.0.0.2:51234.service" },
		{ "fd77::1.conf", "2001:db8::1.conf" },
		{ "1:2:3:4:5:6:7:8:22", "2001:db8::2:22" },
		{ "[fd77::1]:443", "[2001:db8::1]:443" },
		{ "fd77::1::fd77::1", "2001:db8::12001:db8::3::1" },
		{ "::ffff:10.1.2.3", "::ffff:240.0.0.1" },
		{ "999.10.1.2.3", "9240.0.0.3.3" },
		{ "0::/system.slice/x", "0::/system.slice/x" },
		{ "12:34:56", "12:34:56" },
		{ "127.0.0.1 ::1 0.0.0.0", "127.0.0.1 ::1 0.0.0.0" },
		{ "fe80::5054:ff:fe12:3456%eth0", "fe80::1%eth0" },
	};
	own_masks struct masks masks;

	masks_init(&masks);
	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text to = { 0 };

		masks_text(&masks, rows[i].text, &to);
		assert_string_equal(to.at ? to.at : "", rows[i].masked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_numbered_in_the_order_of_first_sight),
		cmocka_unit_test(a_mapped_address_has_the_number_of_the_plain_one),
		cmocka_unit_test(loopback_and_the_unspecified_address_stay),
		cmocka_unit_test(what_only_looks_like_one_that_stays_does_not),
		cmocka_unit_test(
			a_link_local_address_loses_its_interface_id_and_stays_link_local),
		cmocka_unit_test(a_real_address_of_the_blocks_is_masked_like_others),
		cmocka_unit_test(no_two_addresses_of_many_share_a_mask),
		cmocka_unit_test(addresses_in_a_text_are_masked),
		cmocka_unit_test(without_a_number_left_it_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
