/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"

TEST(an_error_is_a_negative_errno_and_a_sentence)
{
	struct err e = { 0 };

	assert_int_equal(err_set(&e, EPERM, "no profile '%s'", "x"), -EPERM);
	assert_int_equal(e.code, EPERM);
	assert_string_equal(e.text, "no profile 'x'");
	assert_string_equal(e.hint, "");
}

TEST(the_cause_stands_last)
{
	struct err e = { 0 };

	assert_int_equal(err_errno(&e, ENOENT, "cannot open '%s'", "x"), -ENOENT);
	assert_string_equal(e.text, "cannot open 'x': No such file or directory");
}

TEST(a_wrap_puts_its_words_in_front_and_keeps_code_and_hint)
{
	struct err e = { 0 };

	err_set(&e, EIO, "inner");
	err_hint(&e, "try '%s'", "again");
	assert_int_equal(err_wrap(&e, "outer %d", 1), -EIO);
	assert_string_equal(e.text, "outer 1: inner");
	assert_string_equal(e.hint, "try 'again'");
}

TEST(a_new_error_forgets_the_old_hint)
{
	struct err e = { 0 };

	err_hint(&e, "old");
	err_set(&e, EIO, "new");
	assert_string_equal(e.hint, "");
	err_hint(&e, "old");
	err_errno(&e, EIO, "new");
	assert_string_equal(e.hint, "");
}

TEST(nobody_has_to_listen)
{
	assert_int_equal(err_set(NULL, EPERM, "x"), -EPERM);
	assert_int_equal(err_errno(NULL, EIO, "x"), -EIO);
	err_hint(NULL, "x");
}

TEST(a_sentence_that_is_too_long_is_cut_and_stays_a_string)
{
	struct err e = { 0 };
	char subject[2000];

	memset(subject, 'x', sizeof(subject) - 1);
	subject[sizeof(subject) - 1] = '\0';
	err_errno(&e, EIO, "cannot read '%s'", subject);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	err_wrap(&e, "%s", subject);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	err_hint(&e, "%s", subject);
	assert_int_equal(strlen(e.hint), sizeof(e.hint) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_is_a_negative_errno_and_a_sentence),
		cmocka_unit_test(the_cause_stands_last),
		cmocka_unit_test(a_wrap_puts_its_words_in_front_and_keeps_code_and_hint),
		cmocka_unit_test(a_new_error_forgets_the_old_hint),
		cmocka_unit_test(nobody_has_to_listen),
		cmocka_unit_test(a_sentence_that_is_too_long_is_cut_and_stays_a_string),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
