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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_text_holds_nothing),
		cmocka_unit_test(a_text_grows_past_its_first_room),
		cmocka_unit_test(one_piece_may_be_larger_than_twice_the_room),
		cmocka_unit_test(a_piece_that_fills_the_room_exactly_keeps_its_nul),
		cmocka_unit_test(bytes_may_hold_a_nul),
		cmocka_unit_test(a_text_can_be_used_again_when_done),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
