/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include "base/text.h"
#include "core/ports.h"

TEST(a_list_is_written_as_the_kernel_prints_it)
{
	static const struct {
		const char *given;
		const char *printed;
	} rows[] = {
		{ "8080", "8080" },
		{ "8080,9000-9010", "8080,9000-9010" },
		{ "9000-9010,8080", "8080,9000-9010" },
		{ "3,1,2", "1-3" },
		{ "1-5,4-9,10", "1-10" },
		{ "7,7,7", "7" },
		{ "0,65535", "0,65535" },
		{ "63-64,127,128", "63-64,127-128" },
		{ "0-65535", "0-65535" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 };
		struct port_set s = { 0 };

		if (!ports_parse(&s, rows[i].given))
			fail_msg("'%s' is refused", rows[i].given);
		ports_format(&s, &t);
		assert_string_equal(t.at, rows[i].printed);
	}
}

TEST(the_empty_list_is_a_list)
{
	own_text struct text t = { 0 };
	struct port_set s = { 0 };

	assert_true(ports_parse(&s, ""));
	ports_format(&s, &t);
	assert_int_equal(t.n, 0);
	assert_int_equal(ports_count(&s, 0, UINT16_MAX), 0);
}

TEST(what_is_no_list_is_refused)
{
	static const char *const rows[] = {
		",",	 "1,",	    ",1",  "1,,2", "1-",   "-1",  "5-4",
		"65536", "1-65536", "a",   "1 2",  "1, 2", "010", "0x10",
		"1-2-3", " 1",	    "1\n", "80-",  "-",	   "1;2",
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct port_set s = { 0 };

		if (ports_parse(&s, rows[i]))
			fail_msg("'%s' is taken for a list of ports", rows[i]);
	}
}

TEST(both_ends_of_a_count_are_counted)
{
	struct port_set s = { 0 };

	assert_true(ports_parse(&s, "10-20,65535"));
	assert_int_equal(ports_count(&s, 10, 20), 11);
	assert_int_equal(ports_count(&s, 11, 19), 9);
	assert_int_equal(ports_count(&s, 20, 20), 1);
	assert_int_equal(ports_count(&s, 21, 65534), 0);
	assert_int_equal(ports_count(&s, 0, 65535), 12);
	assert_int_equal(ports_count(&s, 20, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_written_as_the_kernel_prints_it),
		cmocka_unit_test(the_empty_list_is_a_list),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(both_ends_of_a_count_are_counted),
	};

	return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
