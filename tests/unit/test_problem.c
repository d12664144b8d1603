/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>

#include "base/err.h"
#include "core/problem.h"

TEST(no_problem_is_no_error)
{
	const struct problems p = { 0 };
	struct err e = { 0 };

	assert_int_equal(problems_err(&p, &e), 0);
	assert_string_equal(e.text, "");
}

TEST(the_first_problem_is_the_sentence_and_the_others_are_counted)
{
	static const char *const sentences[] = {
		"a.ini:3: first",
		"a.ini:3: first (and 1 more problem)",
		"a.ini:3: first (and 2 more problems)",
	};
	struct problems p = { 0 };

	for (size_t i = 0; i < N(sentences); i++) {
		struct err e = { 0 };

		problems_add(&p, "a.ini", i == 0 ? 3 : 4, i == 0 ? "fir%s" : "oth%s",
			     i == 0 ? "st" : "er");
		assert_int_equal(problems_err(&p, &e), -EINVAL);
		assert_string_equal(e.text, sentences[i]);
	}
	assert_int_equal(p.at[1].line, 4);
	assert_string_equal(p.at[1].text, "other");
	problems_done(&p);
	assert_int_equal(p.n, 0);
}

TEST(a_problem_of_the_file_as_a_whole_has_no_line)
{
	struct problems p = { 0 };
	struct err e = { 0 };

	problems_add(&p, "a.ini", 0, "too large");
	assert_int_equal(problems_err(&p, &e), -EINVAL);
	assert_string_equal(e.text, "a.ini: too large");
	problems_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_problem_is_no_error),
		cmocka_unit_test(
			the_first_problem_is_the_sentence_and_the_others_are_counted),
		cmocka_unit_test(a_problem_of_the_file_as_a_whole_has_no_line),
	};

	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
