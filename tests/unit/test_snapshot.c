/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/snapshot.h"

TEST(a_number_that_was_not_read_is_none)
{
	static struct snapshot s;
	int64_t n = 7;

	assert_false(snapshot_number(&s, KNOB_FIN_TIMEOUT, &n));
	assert_int_equal(n, 7);
	s.knobs[KNOB_FIN_TIMEOUT].value = strdup("60");
	assert_true(snapshot_number(&s, KNOB_FIN_TIMEOUT, &n));
	assert_int_equal(n, 60);
	s.knobs[KNOB_PORT_RANGE].value = strdup("1 2");
	assert_false(snapshot_number(&s, KNOB_PORT_RANGE, &n));
	snapshot_done(&s);
}

TEST(two_defaults_follow_from_the_size_of_the_hash_table)
{
	static struct snapshot s;

	for (size_t i = 0; i < KNOB_N; i++)
		assert_int_equal(snapshot_derived_default(&s, (enum knob_id)i), -1);
	s.knobs[KNOB_EHASH_ENTRIES].value = strdup("262144");
	for (size_t i = 0; i < KNOB_N; i++)
		assert_int_equal(
			snapshot_derived_default(&s, (enum knob_id)i),
			i == KNOB_MAX_TW_BUCKETS || i == KNOB_MAX_ORPHANS ? 131072 : -1);
	/* a namespace that shares the host's table shows it negative */
	s.knobs[KNOB_EHASH_ENTRIES].value[0] = '-';
	memcpy(s.knobs[KNOB_EHASH_ENTRIES].value + 1, "65536", 6);
	assert_int_equal(snapshot_derived_default(&s, KNOB_MAX_TW_BUCKETS), 32768);
	free(s.knobs[KNOB_EHASH_ENTRIES].value);
	/* whose magnitude is no number */
	s.knobs[KNOB_EHASH_ENTRIES].value = strdup("-9223372036854775808");
	assert_int_equal(snapshot_derived_default(&s, KNOB_MAX_TW_BUCKETS), -1);
	memcpy(s.knobs[KNOB_EHASH_ENTRIES].value, "junk", 5);
	assert_int_equal(snapshot_derived_default(&s, KNOB_MAX_TW_BUCKETS), -1);
	snapshot_done(&s);
}

TEST(what_was_not_answered_is_listed_with_its_reason)
{
	static struct snapshot s;

	assert_null(snapshot_unanswered(&s, "sockets"));
	snapshot_add_unanswered(&s, "sockets", "no %s", "module");
	assert_string_equal(snapshot_unanswered(&s, "sockets"), "no module");
	assert_null(snapshot_unanswered(&s, "netstat"));
	for (int i = 0; i < UNANSWERED_MAX + 3; i++)
		snapshot_add_unanswered(&s, "netstat", "number %d", i);
	assert_int_equal(s.n_unanswered, UNANSWERED_MAX);
	assert_string_equal(snapshot_unanswered(&s, "netstat"), "number 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_that_was_not_read_is_none),
		cmocka_unit_test(two_defaults_follow_from_the_size_of_the_hash_table),
		cmocka_unit_test(what_was_not_answered_is_listed_with_its_reason),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
