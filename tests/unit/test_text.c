/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "base/text.h"

TEST(an_empty_text_holds_nothing)
{
	own_text struct text t = { 0 };

	assert_null(t.at);
	assert_int_equal(t.n, 0);
}

TEST(a_text_grows_past_its_first_room)
{
	own_text struct text t = { 0 };

	for (int i = 0; i < 1000; i++)
		text_add(&t, "%03d,", i);
	assert_false(t.broken);
	assert_int_equal(t.n, 4000);
	assert_int_equal(strlen(t.at), 4000);
	assert_memory_equal(t.at, "000,001,", 8);
	assert_string_equal(t.at + 3992, "998,999,");
}

TEST(one_piece_may_be_larger_than_twice_the_room)
{
	own_text struct text t = { 0 };
	char piece[5000];

	memset(piece, 'x', sizeof(piece));
	text_add(&t, "a");
	text_add_bytes(&t, piece, sizeof(piece));
	text_add(&t, "%s", "b");
	assert_int_equal(t.n, 5002);
	assert_int_equal(t.at[5000], 'x');
	assert_string_equal(t.at + 5001, "b");
}

TEST(a_piece_that_fills_the_room_exactly_keeps_its_nul)
{
	for (size_t n = 120; n < 140; n++) {
		own_text struct text t = { 0 };
		char piece[140];

		memset(piece, 'x', sizeof(piece));
		text_add_bytes(&t, piece, n);
		assert_true(t.room > t.n);
		assert_int_equal(strlen(t.at), n);
	}
}

TEST(bytes_may_hold_a_nul)
{
	own_text struct text t = { 0 };

	text_add_bytes(&t, "a\0b", 3);
	assert_int_equal(t.n, 3);
	assert_memory_equal(t.at, "a\0b", 4);
}

TEST(a_text_can_be_used_again_when_done)
{
	struct text t = { 0 };

	text_add(&t, "old");
	text_done(&t);
	assert_null(t.at);
	text_add(&t, "new");
	assert_string_equal(t.at, "new");
	text_done(&t);
}

struct shown {
	const char *text, *escaped, *ascii; /* NULL: as it is; as escaped */
};

static const struct shown shown[] = {
	{ "", NULL, NULL },
	{ " plain ~", NULL, NULL },
	{ "\\x1b", NULL, NULL },
	/* C0 and DEL */
	{ "a\033[31mX", "a\\x1b[31mX", NULL },
	{ "\001\t\n\037\177", "\\x01\\x09\\x0a\\x1f\\x7f", NULL },
	/* C1, and what is next to it */
	{ "a\302\23331mX", "a\\xc2\\x9b31mX", NULL },
	{ "\302\200\302\237", "\\xc2\\x80\\xc2\\x9f", NULL },
	{ "\302\240", NULL, "\\xc2\\xa0" },
	{ "\233", "\\x9b", NULL },
	{ "\341\302\233", "\\xe1\\xc2\\x9b", NULL },
	/* the first and last character of each length */
	{ "\337\277", NULL, "\\xdf\\xbf" },
	{ "\340\240\200\357\277\277", NULL, "\\xe0\\xa0\\x80\\xef\\xbf\\xbf" },
	{ "\360\220\200\200", NULL, "\\xf0\\x90\\x80\\x80" },
	{ "\364\217\277\277", NULL, "\\xf4\\x8f\\xbf\\xbf" },
	{ "caf\303\251!", NULL, "caf\\xc3\\xa9!" },
	/* overlong, a surrogate, beyond U+10FFFF */
	{ "\300\233\301\277", "\\xc0\\x9b\\xc1\\xbf", NULL },
	{ "\340\202\233", "\\xe0\\x82\\x9b", NULL },
	{ "\360\200\202\233", "\\xf0\\x80\\x82\\x9b", NULL },
	{ "\355\240\200", "\\xed\\xa0\\x80", NULL },
	{ "\364\220\200\200", "\\xf4\\x90\\x80\\x80", NULL },
	{ "\365\377", "\\xf5\\xff", NULL },
	/* cut short, by the end or by another character */
	{ "\303", "\\xc3", NULL },
	{ "\342\202", "\\xe2\\x82", NULL },
	{ "\360\237\230", "\\xf0\\x9f\\x98", NULL },
	{ "\342\202x", "\\xe2\\x82x", NULL },
	{ "\360\237\303\251", "\\xf0\\x9f\303\251", "\\xf0\\x9f\\xc3\\xa9" },
};

TEST(what_a_terminal_would_obey_is_escaped)
{
	for (size_t i = 0; i < N(shown); i++) {
		const char *escaped = shown[i].escaped ? shown[i].escaped : shown[i].text;
		own_text struct text t = { 0 }, ascii = { 0 };

		text_add(&t, "<");
		text_add_escaped(&t, shown[i].text);
		text_add(&ascii, "<");
		text_add_ascii(&ascii, shown[i].text);
		assert_string_equal(t.at + 1, escaped);
		assert_string_equal(ascii.at + 1,
				    shown[i].ascii ? shown[i].ascii : escaped);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_text_holds_nothing),
		cmocka_unit_test(a_text_grows_past_its_first_room),
		cmocka_unit_test(one_piece_may_be_larger_than_twice_the_room),
		cmocka_unit_test(a_piece_that_fills_the_room_exactly_keeps_its_nul),
		cmocka_unit_test(bytes_may_hold_a_nul),
		cmocka_unit_test(a_text_can_be_used_again_when_done),
		cmocka_unit_test(what_a_terminal_would_obey_is_escaped),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
