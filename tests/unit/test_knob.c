/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "core/catalogue.h"

TEST(a_value_must_have_the_knobs_shape)
{
	static const struct {
		enum knob_id knob;
		const char *value;
		bool is_good;
	} rows[] = {
		{ KNOB_FIN_TIMEOUT, "60", true },
		{ KNOB_FIN_TIMEOUT, "-5", true }, /* the kernel takes it; bands judge */
		{ KNOB_FIN_TIMEOUT, "060", false },
		{ KNOB_FIN_TIMEOUT, "0x3c", false },
		{ KNOB_FIN_TIMEOUT, "60s", false },
		{ KNOB_FIN_TIMEOUT, "", false },
		{ KNOB_FIN_TIMEOUT, "30 40", false },
		{ KNOB_FIN_TIMEOUT, "21474836", true },
		{ KNOB_FIN_TIMEOUT, "21474837", false },
		{ KNOB_TW_REUSE, "0", true },
		{ KNOB_TW_REUSE, "2", true },
		{ KNOB_TW_REUSE, "3", false },
		{ KNOB_TW_REUSE, "-1", false },
		{ KNOB_TW_REUSE_DELAY, "0", false },
		{ KNOB_TW_REUSE_DELAY, "60000", true },
		{ KNOB_TW_REUSE_DELAY, "60001", false },
		{ KNOB_SYN_RETRIES, "0", false },
		{ KNOB_SYN_RETRIES, "127", true },
		{ KNOB_SYN_RETRIES, "128", false },
		{ KNOB_ORPHAN_RETRIES, "255", true },
		{ KNOB_ORPHAN_RETRIES, "256", false },
		{ KNOB_MAX_TW_BUCKETS, "2147483647", true },
		{ KNOB_MAX_TW_BUCKETS, "2147483648", false },
		{ KNOB_PORT_RANGE, "32768 60999", true },
		{ KNOB_PORT_RANGE, "1 65535", true },
		{ KNOB_PORT_RANGE, "5000 5000", true },
		{ KNOB_PORT_RANGE, "0 65535", false },
		{ KNOB_PORT_RANGE, "1 65536", false },
		{ KNOB_PORT_RANGE, "60999 32768", false },
		{ KNOB_PORT_RANGE, "32768", false },
		{ KNOB_PORT_RANGE, "32768  60999", false },
		{ KNOB_PORT_RANGE, "32768-60999", false },
		{ KNOB_PORT_RANGE, "1 2 3", false },
		{ KNOB_RESERVED_PORTS, "", true },
		{ KNOB_RESERVED_PORTS, "8080,9000-9010", true },
		{ KNOB_RESERVED_PORTS, "8080, 9000", false },
		{ KNOB_RESERVED_PORTS, "9010-9000", false },
		{ KNOB_TCP_RMEM, "4096 131072 6291456", true },
		{ KNOB_TCP_RMEM, "8192 4096 2048", true }, /* the kernel takes it, too */
		{ KNOB_TCP_RMEM, "1 1 2147483647", true },
		{ KNOB_TCP_RMEM, "0 131072 6291456", false },
		{ KNOB_TCP_RMEM, "4096 131072 2147483648", false },
		{ KNOB_TCP_RMEM, "4096 131072", false },
		{ KNOB_TCP_RMEM, "4096", false },
		{ KNOB_TCP_RMEM, "", false },
		{ KNOB_TCP_RMEM, "4096 131072 6291456 1", false },
		{ KNOB_TCP_RMEM, "4096 131072 ", false },
		{ KNOB_TCP_RMEM, " 4096 131072 6291456", false },
		{ KNOB_TCP_RMEM, "4096 131072 6291456 ", false },
		{ KNOB_TCP_RMEM, "4096  131072 6291456", false },
		{ KNOB_TCP_RMEM, "4096\t131072\t6291456", false },
		{ KNOB_TCP_RMEM, "4096,131072,6291456", false },
		{ KNOB_TCP_RMEM, "4096 128k 6291456", false },
		{ KNOB_TCP_RMEM, "4096 -1 6291456", false },
		{ KNOB_TCP_RMEM, "4096 010 6291456", false },
		{ KNOB_TCP_MEM, "0 0 9223372036854775807", true },
		{ KNOB_TCP_MEM, "0 0 9223372036854775808", false },
		{ KNOB_TCP_MEM, "-1 0 0", false },
		{ KNOB_DEFAULT_QDISC, "fq", true },
		{ KNOB_DEFAULT_QDISC, "pfifo_fast", true },
		{ KNOB_DEFAULT_QDISC, "fifteen_letters", true },
		{ KNOB_DEFAULT_QDISC, "sixteen__letters", false },
		{ KNOB_DEFAULT_QDISC, "", false },
		{ KNOB_DEFAULT_QDISC, "fq codel", false },
		{ KNOB_DEFAULT_QDISC, "fq ", false },
		{ KNOB_DEFAULT_QDISC, "FQ", false },
		{ KNOB_DEFAULT_QDISC, "fq/../x", false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct knob *k = &catalogue[rows[i].knob];
		struct err e = { 0 };
		int r = knob_check(k, rows[i].value, &e);

		if (r != (rows[i].is_good ? 0 : -EINVAL))
			fail_msg("%s='%s' gives %d", k->name, rows[i].value, r);
		assert_int_equal(e.text[0] == '\0', rows[i].is_good);
	}
}

TEST(a_value_is_one_line_with_single_blanks)
{
	static const struct {
		const char *from;
		const char *to;
	} rows[] = {
		{ "60\n", "60" },
		{ "32768\t60999\n", "32768 60999" },
		{ "  4  5 \t 6 \n", "4 5 6" },
		{ "", "" },
		{ "\n", "" },
		{ " \t\n ", "" },
		{ "cubic reno", "cubic reno" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		char value[64];

		strcpy(value, rows[i].from);
		knob_normalise(value);
		assert_string_equal(value, rows[i].to);
	}
}

TEST(a_list_of_ports_is_equal_to_itself_in_any_order)
{
	const struct knob *ports = &catalogue[KNOB_RESERVED_PORTS];
	const struct knob *number = &catalogue[KNOB_FIN_TIMEOUT];

	assert_true(knob_equal(ports, "8080,9000-9002", "9000,9001,9002,8080"));
	assert_true(knob_equal(ports, "", ""));
	assert_false(knob_equal(ports, "8080", "8081"));
	assert_false(knob_equal(ports, "", "8081"));
	assert_true(knob_equal(number, "60", "60"));
	assert_false(knob_equal(number, "60", "6"));
	assert_true(knob_equal(NULL, "a b", "a b"));
	assert_false(knob_equal(NULL, "1,2", "2,1"));
}

TEST(a_reading_may_be_what_was_given_rounded_up_to_a_tick)
{
	static const struct {
		enum knob_id knob;
		const char *given, *reading;
		bool holds;
	} rows[] = {
		{ KNOB_INVALID_RATELIMIT, "541", "541", true }, /* 1000 ticks a second */
		{ KNOB_INVALID_RATELIMIT, "541", "544", true }, /* 250 and 300 */
		{ KNOB_INVALID_RATELIMIT, "541", "550", true }, /* 100 */
		{ KNOB_INVALID_RATELIMIT, "1", "4", true },
		{ KNOB_INVALID_RATELIMIT, "1", "10", true },
		{ KNOB_INVALID_RATELIMIT, "500", "500", true },
		{ KNOB_INVALID_RATELIMIT, "0", "0", true },
		/* the kernel rounds up, by less than a tick, to a whole one */
		{ KNOB_INVALID_RATELIMIT, "544", "541", false },
		{ KNOB_INVALID_RATELIMIT, "541", "540", false },
		{ KNOB_INVALID_RATELIMIT, "541", "543", false },
		{ KNOB_INVALID_RATELIMIT, "541", "548", false },
		{ KNOB_INVALID_RATELIMIT, "541", "551", false },
		{ KNOB_INVALID_RATELIMIT, "541", "560", false },
		{ KNOB_INVALID_RATELIMIT, "0", "4", false },
		{ KNOB_INVALID_RATELIMIT, "541", "bbr", false },
		/* no other knob does */
		{ KNOB_FIN_TIMEOUT, "57", "60", false },
		{ KNOB_RTO_MAX_MS, "119999", "120000", false },
		{ KNOB_RESERVED_PORTS, "2,1", "1-2", true },
	};

	for (size_t i = 0; i < N(rows); i++)
		if (knob_holds(&catalogue[rows[i].knob], rows[i].given,
			       rows[i].reading) != rows[i].holds)
			fail_msg("%s=%s, read as %s", catalogue[rows[i].knob].name,
				 rows[i].given, rows[i].reading);
	assert_false(knob_holds(NULL, "541", "544"));
	assert_true(knob_holds(NULL, "541", "541"));
}

TEST(a_range_is_two_numbers_and_nothing_else)
{
	int64_t low = 7, high = 7;

	assert_true(knob_parse_range("32768 60999", &low, &high));
	assert_int_equal(low, 32768);
	assert_int_equal(high, 60999);
	assert_false(knob_parse_range("1", &low, &high));
	assert_false(knob_parse_range("1 ", &low, &high));
	assert_false(knob_parse_range(" 1", &low, &high));
	assert_false(knob_parse_range("1 2 3", &low, &high));
	assert_false(knob_parse_range("1 65536", &low, &high));
	assert_int_equal(low, 32768);
	assert_int_equal(high, 60999);
}

TEST(a_vector_is_three_numbers_and_nothing_else)
{
	static const char *const bad[] = { "",	     "1",      "1 2",
					   "1 2 ",   "1 2 3 ", "1 2 3 4",
					   " 1 2 3", "1  2 3", "1 2 x" };
	int64_t n[KNOB_FIELDS] = { 7, 7, 7 };

	for (size_t i = 0; i < N(bad); i++)
		if (knob_parse_vector(bad[i], n))
			fail_msg("'%s' is taken for three numbers", bad[i]);
	assert_int_equal(n[0], 7);
	assert_int_equal(n[2], 7);
	assert_true(knob_parse_vector("4096 131072 6291456", n));
	assert_int_equal(n[0], 4096);
	assert_int_equal(n[1], 131072);
	assert_int_equal(n[2], 6291456);
}

TEST(a_key_becomes_its_path_below_proc_sys)
{
	static const struct {
		const char *key;
		const char *path; /* NULL: refused */
	} rows[] = {
		{ "net.ipv4.tcp_fin_timeout", "net/ipv4/tcp_fin_timeout" },
		{ "net.ipv4.conf.eth0/100.forwarding",
		  "net/ipv4/conf/eth0.100/forwarding" },
		{ "net.ipv4.conf.br-lan.rp_filter", "net/ipv4/conf/br-lan/rp_filter" },
		{ "net.ipv4.conf.veth@if2.rp_filter",
		  "net/ipv4/conf/veth@if2/rp_filter" },
		{ "", NULL },
		{ "net", NULL },
		{ "net/ipv4/tcp_fin_timeout", NULL },
		{ "/proc/sys/net/ipv4/tcp_fin_timeout", NULL },
		{ "net..tcp_fin_timeout", NULL },
		{ ".net.ipv4", NULL },
		{ "net.ipv4.", NULL },
		{ "net./.x", NULL },
		{ "net.//.//.kernel.panic", NULL },
		{ "net.ipv4.a b", NULL },
		{ "net.ipv4.a\n", NULL },
		{ "net.ipv4.*", NULL },
		{ "net.ipv4.a=b", NULL },
		{ "net.ipv4.\xc3\xa4", NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		char path[KNOB_KEY_MAX] = "untouched";
		struct err e = { 0 };
		int r = knob_path(rows[i].key, path, &e);

		if (r != (rows[i].path ? 0 : -EINVAL))
			fail_msg("key '%s' gives %d", rows[i].key, r);
		assert_string_equal(path, rows[i].path ? rows[i].path : "untouched");
		assert_int_equal(knob_path(rows[i].key, NULL, NULL), r);
	}
}

TEST(a_key_has_room_or_is_refused)
{
	char key[KNOB_KEY_MAX + 1], path[KNOB_KEY_MAX];

	memset(key, 'a', sizeof(key));
	memcpy(key, "net.", 4);
	key[KNOB_KEY_MAX] = '\0';
	assert_int_equal(knob_path(key, path, NULL), -EINVAL);
	key[KNOB_KEY_MAX - 1] = '\0';
	assert_int_equal(knob_path(key, path, NULL), 0);
	assert_int_equal(strlen(path), KNOB_KEY_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_must_have_the_knobs_shape),
		cmocka_unit_test(a_value_is_one_line_with_single_blanks),
		cmocka_unit_test(a_list_of_ports_is_equal_to_itself_in_any_order),
		cmocka_unit_test(a_reading_may_be_what_was_given_rounded_up_to_a_tick),
		cmocka_unit_test(a_range_is_two_numbers_and_nothing_else),
		cmocka_unit_test(a_vector_is_three_numbers_and_nothing_else),
		cmocka_unit_test(a_key_becomes_its_path_below_proc_sys),
		cmocka_unit_test(a_key_has_room_or_is_refused),
	};

	return cmocka_run_group_tests_name("knob", tests, NULL, NULL);
}
