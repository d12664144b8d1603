/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include "core/closes.h"

TEST(what_is_left_of_the_timer_tells_the_second_it_was_armed_in)
{
	static const struct {
		uint32_t expires_ms;
		int second;
	} rows[] = {
		{ 60000, 0 },  { 59001, 0 }, { 59000, 1 }, { 58999, 1 },
		{ 30000, 30 }, { 1000, 59 }, { 999, 59 },  { 1, 59 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct closes c = { 0 };

		closes_add(&c, rows[i].expires_ms);
		if (c.at[rows[i].second] != 1)
			fail_msg("%u ms left is not in second %d", rows[i].expires_ms,
				 rows[i].second);
		assert_int_equal(closes_sum(&c), 1);
		assert_int_equal(closes_peak(&c), 1);
	}
}

TEST(what_waits_for_the_timer_wheel_is_of_no_second)
{
	struct closes c = { 0 };

	closes_add(&c, 0);
	assert_int_equal(c.tail, 1);
	assert_int_equal(closes_sum(&c), 0);
}

TEST(a_timer_longer_than_time_wait_is_strange)
{
	struct closes c = { 0 };

	closes_add(&c, 60001);
	closes_add(&c, UINT32_MAX);
	assert_int_equal(c.strange, 2);
	assert_int_equal(closes_sum(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_left_of_the_timer_tells_the_second_it_was_armed_in),
		cmocka_unit_test(what_waits_for_the_timer_wheel_is_of_no_second),
		cmocka_unit_test(a_timer_longer_than_time_wait_is_strange),
	};

	return cmocka_run_group_tests_name("closes", tests, NULL, NULL);
}
