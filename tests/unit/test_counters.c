/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/counters.h"

TEST(a_counter_is_found_by_its_name_wherever_it_stands)
{
	struct counters c = { 0 };

	counters_parse(&c, "TcpExt: SyncookiesSent TW ListenDrops TWKilled\n"
			   "TcpExt: 1 22 333 4444\n"
			   "IpExt: TW InOctets\n"
			   "IpExt: 5 6\n");
	assert_true(c.at[COUNTER_TW].known);
	assert_int_equal(c.at[COUNTER_TW].n, 22);
	assert_int_equal(c.at[COUNTER_LISTEN_DROPS].n, 333);
	assert_int_equal(c.at[COUNTER_TW_KILLED].n, 4444);
}

TEST(a_counter_that_is_not_there_is_unknown_and_not_zero)
{
	struct counters c = { 0 };

	counters_parse(&c, "TcpExt: TW\nTcpExt: 0\n");
	assert_true(c.at[COUNTER_TW].known);
	assert_int_equal(c.at[COUNTER_TW].n, 0);
	for (int i = 0; i < COUNTER_N; i++)
		assert_int_equal(c.at[i].known, i == COUNTER_TW);
}

TEST(a_name_of_another_table_does_not_count)
{
	struct counters c = { 0 };

	counters_parse(&c, "Udp: ActiveOpens TW\nUdp: 1 2\n");
	assert_false(c.at[COUNTER_ACTIVE_OPENS].known);
	assert_false(c.at[COUNTER_TW].known);
	counters_parse(&c, "Tcp: TWx xTW TW\nTcp: 1 2 3\n");
	assert_false(c.at[COUNTER_TW].known);
	counters_parse(&c, "Tcp: MaxConn ActiveOpens\nTcp: -1 17\n");
	assert_int_equal(c.at[COUNTER_ACTIVE_OPENS].n, 17);
}

TEST(a_file_cut_off_leaves_the_rest_unknown)
{
	static const char whole[] = "TcpExt: TW TWRecycled TWKilled\nTcpExt: 11 22 33\n";

	for (size_t n = 0; n < sizeof(whole); n++) {
		struct counters c = { 0 };
		char text[sizeof(whole)];

		memcpy(text, whole, n);
		text[n] = '\0';
		counters_parse(&c, text);
		if (!strstr(text, "\nTcpExt: 1"))
			assert_false(c.at[COUNTER_TW].known);
		if (!strstr(text, " 22 3"))
			assert_false(c.at[COUNTER_TW_KILLED].known);
	}
}

TEST(lines_that_do_not_belong_together_are_not_paired)
{
	struct counters c = { 0 };

	counters_parse(&c, "TcpExt: TW\nIpExt: 5\n");
	assert_false(c.at[COUNTER_TW].known);
	counters_parse(&c, "TcpExt: TW\n");
	assert_false(c.at[COUNTER_TW].known);
	counters_parse(&c, "");
	assert_false(c.at[COUNTER_TW].known);
}

TEST(what_is_no_number_is_unknown)
{
	static const char *const rows[] = { "-1", "1x", "x", "0x10",
					    "99999999999999999999" };

	for (size_t i = 0; i < N(rows); i++) {
		struct counters c = { 0 };
		char text[64] = "TcpExt: TW\nTcpExt: ";

		strcat(text, rows[i]);
		counters_parse(&c, text);
		if (c.at[COUNTER_TW].known)
			fail_msg("'%s' is taken for %lu", rows[i],
				 (unsigned long)c.at[COUNTER_TW].n);
	}
}

TEST(every_counter_has_a_name_of_its_own)
{
	for (int i = 0; i < COUNTER_N; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(counter_name((enum counter)i),
						counter_name((enum counter)k));
	assert_string_equal(counter_name(COUNTER_TW_OVERFLOW), "TCPTimeWaitOverflow");
}

TEST(sockstat_is_read_by_table_and_name)
{
	struct sockstat s = { 0 };

	sockstat_parse(&s, "sockets: used 290\n"
			   "TCP: inuse 5 orphan 4 tw 3 alloc 8 mem 2\n"
			   "UDP: inuse 9 mem 7\n"
			   "FRAG: inuse 1 memory 0\n");
	assert_int_equal(s.inuse.n, 5);
	assert_int_equal(s.orphan.n, 4);
	assert_int_equal(s.tw.n, 3);
	assert_int_equal(s.mem.n, 2);
	assert_false(s.inuse6.known);
	sockstat_parse(&s, "TCP6: inuse 6\nUDP6: inuse 1\n");
	assert_int_equal(s.inuse6.n, 6);
	assert_int_equal(s.inuse.n, 5);
}

TEST(sockstat_without_a_number_leaves_it_unknown)
{
	struct sockstat s = { 0 };

	sockstat_parse(&s, "TCP: inuse 5 tw\n\nTCP\nUDP: tw 7 orphan 7\n");
	assert_true(s.inuse.known);
	assert_false(s.tw.known);
	assert_false(s.orphan.known);
	assert_false(s.mem.known);
}

TEST(usage_is_the_first_number_of_its_file)
{
	struct tally t = { 0 };

	usage_parse_number(&t, "597\t0\t2466170\n");
	assert_true(t.known);
	assert_int_equal(t.n, 597);
	t = (struct tally){ 0 };
	usage_parse_number(&t, "\n");
	assert_false(t.known);
	usage_parse_number(&t, "x");
	assert_false(t.known);
}

TEST(neighbours_are_counted_in_hexadecimal_behind_a_heading)
{
	struct tally t = { 0 };

	usage_parse_neighbours(&t,
			       "entries  allocs\n0000001f 000007c1\n0000001f 000007dc\n");
	assert_true(t.known);
	assert_int_equal(t.n, 31);
	t = (struct tally){ 0 };
	usage_parse_neighbours(&t, "entries  allocs\n");
	assert_false(t.known);
	usage_parse_neighbours(&t, "");
	assert_false(t.known);
	usage_parse_neighbours(&t, "entries\n-1 2\n");
	assert_false(t.known);
}

TEST(what_grew_has_a_difference_and_what_went_backwards_has_none)
{
	struct counters before = { 0 }, now = { 0 }, diff;

	before.at[COUNTER_TW] = (struct tally){ .n = 10, .known = true };
	now.at[COUNTER_TW] = (struct tally){ .n = 13, .known = true };
	before.at[COUNTER_TW_KILLED] = (struct tally){ .n = 5, .known = true };
	now.at[COUNTER_TW_KILLED] = (struct tally){ .n = 5, .known = true };
	before.at[COUNTER_OUT_RSTS] = (struct tally){ .n = 5, .known = true };
	now.at[COUNTER_OUT_RSTS] = (struct tally){ .n = 4, .known = true };
	now.at[COUNTER_LISTEN_DROPS] = (struct tally){ .n = 4, .known = true };
	counters_diff(&before, &now, &diff);
	assert_true(diff.at[COUNTER_TW].known);
	assert_int_equal(diff.at[COUNTER_TW].n, 3);
	assert_true(diff.at[COUNTER_TW_KILLED].known);
	assert_int_equal(diff.at[COUNTER_TW_KILLED].n, 0);
	assert_false(diff.at[COUNTER_OUT_RSTS].known);
	assert_int_equal(diff.at[COUNTER_OUT_RSTS].n, 0);
	assert_false(diff.at[COUNTER_LISTEN_DROPS].known);
	assert_false(diff.at[COUNTER_ACTIVE_OPENS].known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_is_found_by_its_name_wherever_it_stands),
		cmocka_unit_test(a_counter_that_is_not_there_is_unknown_and_not_zero),
		cmocka_unit_test(a_name_of_another_table_does_not_count),
		cmocka_unit_test(a_file_cut_off_leaves_the_rest_unknown),
		cmocka_unit_test(lines_that_do_not_belong_together_are_not_paired),
		cmocka_unit_test(what_is_no_number_is_unknown),
		cmocka_unit_test(every_counter_has_a_name_of_its_own),
		cmocka_unit_test(sockstat_is_read_by_table_and_name),
		cmocka_unit_test(sockstat_without_a_number_leaves_it_unknown),
		cmocka_unit_test(usage_is_the_first_number_of_its_file),
		cmocka_unit_test(neighbours_are_counted_in_hexadecimal_behind_a_heading),
		cmocka_unit_test(
			what_grew_has_a_difference_and_what_went_backwards_has_none),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
