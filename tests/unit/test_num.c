/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "base/num.h"

enum { UNTOUCHED = 4711 };

TEST(plain_decimals_are_read)
{
	static const struct {
		const char *text;
		int64_t value;
	} rows[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "10", 10 },
		{ "-1", -1 },
		{ "-100000", -100000 },
		{ "4294967296", INT64_C(4294967296) },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};

	for (size_t i = 0; i < N(rows); i++) {
		int64_t value = UNTOUCHED;

		if (!num_parse(rows[i].text, INT64_MIN, INT64_MAX, &value))
			fail_msg("'%s' is refused", rows[i].text);
		assert_int_equal(value, rows[i].value);
	}
}

TEST(what_the_kernel_reads_differently_is_refused)
{
	static const char *const rows[] = {
		"",
		"-",
		"-0",
		"00",
		"010",
		"-010",
		"0x10",
		"+5",
		" 5",
		"5 ",
		"5\n",
		"\t5",
		"1e3",
		"12a",
		"a",
		"1.0",
		"--1",
		"1-",
		"30 40",
		"1,000",
		"1_000",
		"\xd9\xa1",
		"9223372036854775808",
		"-9223372036854775809",
		"99999999999999999999999999",
	};

	for (size_t i = 0; i < N(rows); i++) {
		int64_t value = UNTOUCHED;

		if (num_parse(rows[i], INT64_MIN, INT64_MAX, &value))
			fail_msg("'%s' is taken for %lld", rows[i], (long long)value);
		assert_int_equal(value, UNTOUCHED);
	}
}

TEST(both_bounds_belong_to_the_range)
{
	static const struct {
		const char *text;
		bool is_inside;
	} rows[] = {
		{ "-4", false }, { "-3", true }, { "0", true },
		{ "5", true },	 { "6", false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		int64_t value = UNTOUCHED;

		if (num_parse(rows[i].text, -3, 5, &value) != rows[i].is_inside)
			fail_msg("'%s' in -3..5: want %d", rows[i].text,
				 rows[i].is_inside);
		assert_int_equal(value == UNTOUCHED, !rows[i].is_inside);
	}
}

TEST(a_part_of_a_line_is_read_without_its_neighbours)
{
	int64_t value = UNTOUCHED;

	assert_true(num_parse_n("12345", 2, 0, 100, &value));
	assert_int_equal(value, 12);
	assert_false(num_parse_n("12345", 0, 0, 100, &value));
	assert_false(num_parse_n("1\0002", 3, 0, 100, &value));
	assert_int_equal(value, 12);
}

TEST(a_decimal_is_read_in_thousandths)
{
	static const struct {
		const char *text;
		int64_t value; /* UNTOUCHED: refused, between 100 and 3,600,000 */
	} rows[] = {
		{ "1", 1000 },
		{ "0.1", 100 },
		{ "0.5", 500 },
		{ "2.25", 2250 },
		{ "1.001", 1001 },
		{ "3600", 3600000 },
		{ "3600.000", 3600000 },
		{ "0.099", UNTOUCHED },
		{ "3600.001", UNTOUCHED },
		{ "0", UNTOUCHED },
		{ "", UNTOUCHED },
		{ ".5", UNTOUCHED },
		{ "1.", UNTOUCHED },
		{ "1.0000", UNTOUCHED },
		{ "-1", UNTOUCHED },
		{ "1.-5", UNTOUCHED },
		{ "1,5", UNTOUCHED },
		{ "1.5s", UNTOUCHED },
		{ "01.5", UNTOUCHED },
		{ "1.5.5", UNTOUCHED },
		{ "9223372036854775807", UNTOUCHED },
	};

	for (size_t i = 0; i < N(rows); i++) {
		int64_t value = UNTOUCHED;

		if (num_parse_thousandths(rows[i].text, 100, 3600000, &value) !=
			    (rows[i].value != UNTOUCHED) ||
		    value != rows[i].value)
			fail_msg("'%s' is taken for %lld", rows[i].text,
				 (long long)value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_decimals_are_read),
		cmocka_unit_test(what_the_kernel_reads_differently_is_refused),
		cmocka_unit_test(both_bounds_belong_to_the_range),
		cmocka_unit_test(a_part_of_a_line_is_read_without_its_neighbours),
		cmocka_unit_test(a_decimal_is_read_in_thousandths),
	};

	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
