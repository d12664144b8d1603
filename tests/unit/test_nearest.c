/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/nearest.h"

static const char *const words[] = { "apply",	"audit", "verify",     "rollback",
				     "profile", "short", "short-live", NULL };

TEST(a_typing_error_away_is_near)
{
	static const struct {
		const char *word;
		const char *near; /* NULL: none */
	} rows[] = {
		{ "aply", "apply" },   /* left out */
		{ "appply", "apply" }, /* inserted */
		{ "appli", "apply" },  /* replaced */
		{ "aplpy", "apply" },  /* swapped */
		{ "adit", "audit" },
		{ "rolback", "rollback" },
		{ "rollbcka", "rollback" },
		{ "profiles", "profile" },
		{ "apply", "apply" },
		{ "shortlive", "short-live" },
		{ "xyzzy", NULL },
		{ "", NULL },
		{ "a", NULL },
		{ "history", NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const char *near = nearest(rows[i].word, words);

		if ((near == NULL) != (rows[i].near == NULL) ||
		    (near && strcmp(near, rows[i].near) != 0))
			fail_msg("'%s': got '%s', want '%s'", rows[i].word,
				 near ? near : "(none)",
				 rows[i].near ? rows[i].near : "(none)");
	}
}

TEST(a_word_that_shares_no_letter_is_not_near)
{
	static const char *const two[] = { "up", NULL };

	assert_null(nearest("xy", two));
	assert_string_equal(nearest("uo", two), "up");
}

TEST(a_word_of_any_length_may_be_asked)
{
	char word[200];

	for (size_t n = 0; n < sizeof(word); n++) {
		const char *long_words[] = { word, NULL };

		memset(word, 'w', n);
		word[n] = '\0';
		assert_null(nearest(word, words));
		assert_ptr_equal(nearest(word, long_words),
				 n > 0 && n <= 64 ? word : NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_typing_error_away_is_near),
		cmocka_unit_test(a_word_that_shares_no_letter_is_not_near),
		cmocka_unit_test(a_word_of_any_length_may_be_asked),
	};

	return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
