/* SPDX-License-Identifier: MIT */
/* What the kernel stores of a text: measured on Linux 6.18 in a network namespace. */
#include "unit/test.h"

#include <string.h>

#include "base/text.h"
#include "core/catalogue.h"

/* clang-format off */
static const struct {
	enum knob_id knob;
	const char *text, *before, *want; /* want with a '!' in front: refused */
} rows[] = {
	{ KNOB_FIN_TIMEOUT, "30", "60", "30" },
	{ KNOB_FIN_TIMEOUT, "  30\t", "60", "30" },
	{ KNOB_FIN_TIMEOUT, "0x10", "60", "16" },
	{ KNOB_FIN_TIMEOUT, "0X1E", "60", "30" },
	{ KNOB_FIN_TIMEOUT, "010", "60", "8" },
	{ KNOB_FIN_TIMEOUT, "-5", "60", "-5" },
	{ KNOB_FIN_TIMEOUT, "-0", "60", "0" },
	{ KNOB_FIN_TIMEOUT, "30 # c", "60", "30" },
	{ KNOB_FIN_TIMEOUT, "30 40", "60", "30" },
	{ KNOB_FIN_TIMEOUT, "30\tjunk", "60", "30" },
	{ KNOB_FIN_TIMEOUT, "abc", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "7x", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "7.5", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "1e3", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "+5", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "\"7\"", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "30#c", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "30,40", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "08", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "0x", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "-", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, " ", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "21474837", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "99999999999999999999999", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "18446744073709551646", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "00000000000000000000000000000001", "60", "!60" },
	{ KNOB_FIN_TIMEOUT, "abc", NULL, "!" },
	{ KNOB_TW_REUSE, "2", "1", "2" },
	{ KNOB_TW_REUSE, "3", "1", "!1" },
	{ KNOB_TW_REUSE, "-1", "1", "!1" },
	{ KNOB_TW_REUSE, "-0", "1", "!1" }, /* a byte has no sign */
	{ KNOB_NOTSENT_LOWAT, "-0", "1", "!1" }, /* nor has proc_douintvec() */
	{ KNOB_NOTSENT_LOWAT, "4294967295", "1", "4294967295" },
	{ KNOB_NOTSENT_LOWAT, "4294967296", "1", "!1" },
	{ KNOB_RFC1337, "255", "0", "255" },
	{ KNOB_RFC1337, "256", "0", "!0" },
	{ KNOB_MAX_TW_BUCKETS, "-2147483648", "5", "-2147483648" },
	{ KNOB_MAX_TW_BUCKETS, "2147483648", "5", "!5" },
	{ KNOB_PORT_RANGE, "1024 65535", "32768 60999", "1024 65535" },
	{ KNOB_PORT_RANGE, "0x400\t 0177777", "32768 60999", "1024 65535" },
	{ KNOB_PORT_RANGE, "40000", "32768 60999", "40000 60999" },
	{ KNOB_PORT_RANGE, "61000", "32768 60999", "!32768 60999" },
	{ KNOB_PORT_RANGE, "2000 3000 7", "32768 60999", "2000 3000" },
	{ KNOB_PORT_RANGE, "2000 2000", "32768 60999", "2000 2000" },
	{ KNOB_PORT_RANGE, "3000 2000", "32768 60999", "!32768 60999" },
	{ KNOB_PORT_RANGE, "2000 65536", "32768 60999", "!32768 60999" },
	{ KNOB_PORT_RANGE, "0 5", "32768 60999", "!32768 60999" },
	{ KNOB_PORT_RANGE, "2000-3000", "32768 60999", "!32768 60999" },
	{ KNOB_PORT_RANGE, "2000,3000", "32768 60999", "!32768 60999" },
	{ KNOB_PORT_RANGE, "", "32768 60999", "!32768 60999" },
	{ KNOB_RESERVED_PORTS, "8080,9000-9010", "", "8080,9000-9010" },
	{ KNOB_RESERVED_PORTS, "1,2,3,4,5", "7", "1-5" },
	{ KNOB_RESERVED_PORTS, "9,5-7,6-8", "7", "5-9" },
	{ KNOB_RESERVED_PORTS, "80,", "7", "80" },
	{ KNOB_RESERVED_PORTS, "0x50,010", "7", "8,80" },
	{ KNOB_RESERVED_PORTS, "", "7", "" },
	{ KNOB_RESERVED_PORTS, "5-1", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "65536", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "80 443", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "80, 443", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "80,,90", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "80-", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "-1", "7", "!7" },
	{ KNOB_RESERVED_PORTS, "x", "7", "!7" },
};
/* clang-format on */

TEST(a_text_is_stored_as_the_kernel_does)
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < N(rows); i++) {
		bool is_refused = rows[i].want[0] == '!';
		const char *want = rows[i].want + is_refused, *got;
		struct knob_store s;

		assert_int_equal(knob_stored(&catalogue[rows[i].knob], rows[i].text,
					     rows[i].before, KNOB_WRITTEN_ONCE, &s),
				 0);
		got = s.value.at ? s.value.at : "";
		if (strcmp(got, want) != 0 || s.is_refused != is_refused ||
		    s.is_changed == is_refused) {
			print_error("%s '%s': '%s'%s, want '%s'\n",
				    catalogue[rows[i].knob].name, rows[i].text, got,
				    s.is_refused ? " refused" : "", rows[i].want);
			n_wrong++;
		}
		text_done(&s.value);
	}
	assert_int_equal(n_wrong, 0);
}

/* A page at a time: one write leaves the rest, and cuts no item in two. */
TEST(a_list_over_a_page_is_taken_in_parts)
{
	own_text struct text list = { 0 };
	struct knob_store once, whole;

	for (unsigned port = 10001; port < 12001; port += 2)
		text_add(&list, port == 10001 ? "%u" : ",%u", port);
	assert_int_equal(knob_stored(&catalogue[KNOB_RESERVED_PORTS], list.at, "",
				     KNOB_WRITTEN_ONCE, &once),
			 0);
	assert_int_equal(knob_stored(&catalogue[KNOB_RESERVED_PORTS], list.at, "",
				     KNOB_WRITTEN_WHOLE, &whole),
			 0);
	assert_string_equal(whole.value.at, list.at);
	assert_int_equal(strncmp(once.value.at, list.at, once.value.n), 0);
	assert_int_equal(list.at[once.value.n], ',');
	assert_in_range(once.value.n, 4085, 4095);
	text_done(&once.value);
	text_done(&whole.value);
}

/* What the first part brought stays, and the second is refused. */
TEST(a_bad_item_of_a_later_part_keeps_the_first)
{
	own_text struct text list = { 0 };
	struct knob_store s;

	for (unsigned port = 10001; port < 12001; port += 2)
		text_add(&list, "%u,", port);
	text_add(&list, "x");
	assert_int_equal(knob_stored(&catalogue[KNOB_RESERVED_PORTS], list.at, "7",
				     KNOB_WRITTEN_WHOLE, &s),
			 0);
	assert_true(s.is_refused && s.is_changed);
	assert_int_equal(strncmp(s.value.at, list.at, s.value.n), 0);
	text_done(&s.value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_stored_as_the_kernel_does),
		cmocka_unit_test(a_list_over_a_page_is_taken_in_parts),
		cmocka_unit_test(a_bad_item_of_a_later_part_keeps_the_first),
	};

	return cmocka_run_group_tests_name("stored", tests, NULL, NULL);
}
