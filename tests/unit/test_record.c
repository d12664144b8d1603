/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/record.h"

static bool parses(const char *line, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct record r;
	bool is_good;

	assert_non_null(copy);
	memcpy(copy, line, n);
	is_good = record_parse(&r, copy, n) == 0;
	record_done(&r);
	free(copy);
	return is_good;
}

TEST(the_checksum_is_the_crc_32_of_zlib)
{
	own_text struct text t = { 0 };

	text_add(&t, "123456789");
	record_seal(&t, 0);
	assert_string_equal(t.at, "123456789 crc=cbf43926\n");
}

TEST(a_value_comes_back_whatever_is_in_it)
{
	static const char *const values[] = {
		"",
		"60",
		"32768 60999",
		"a\"b",
		"\"",
		"\\",
		"\\\"",
		"a\\x41",
		"two\nlines",
		"\t",
		"a=b",
		" crc=00000000",
		"\x7f",
		"\x1b[31m",
		"caf\xc3\xa9",
		"\xff\xfe",
		"trailing ",
		" leading",
		"\"\"",
		"\\\\x",
		"finwait apply --set 'net.ipv4.ip_local_port_range=1024 65535'",
	};

	for (size_t i = 0; i < N(values); i++) {
		own_text struct text t = { 0 };
		struct record r;

		text_add(&t, "1 kind");
		record_add(&t, "before", "x");
		record_add(&t, "value", values[i]);
		record_add(&t, "after", "y z");
		record_seal(&t, 0);
		assert_ptr_equal(memchr(t.at, '\n', t.n), t.at + t.n - 1);
		for (size_t k = 0; k + 1 < t.n; k++)
			assert_true((unsigned char)t.at[k] >= 0x20 && t.at[k] != 0x7f);
		if (record_parse(&r, t.at, t.n - 1) < 0)
			fail_msg("no record: %s", t.at);
		assert_string_equal(r.kind, "kind");
		assert_string_equal(record_get(&r, "before"), "x");
		assert_string_equal(record_get(&r, "value"), values[i]);
		assert_string_equal(record_get(&r, "after"), "y z");
		assert_string_equal(record_get(&r, "none"), "");
		assert_int_equal(r.n_fields, 3);
		record_done(&r);
	}
}

TEST(every_byte_comes_back)
{
	for (int byte = 1; byte < 256; byte++) {
		const char value[] = { 'a', (char)byte, 'b', '\0' };
		own_text struct text t = { 0 };
		struct record r;

		text_add(&t, "1 kind");
		record_add(&t, "v", value);
		record_seal(&t, 0);
		if (record_parse(&r, t.at, t.n - 1) < 0)
			fail_msg("byte 0x%02x: no record: %s", byte, t.at);
		assert_string_equal(record_get(&r, "v"), value);
		record_done(&r);
	}
}

TEST(a_sealed_line_that_is_no_record_is_refused)
{
	static const struct {
		const char *line;
		bool is_good;
	} rows[] = {
		{ "1 commit tx=12345678", true },
		{ "1 commit", true },
		{ "1 commit tx=", true },
		{ "1 commit tx=\"\"", true },
		{ "2 commit tx=12345678", false },
		{ "commit tx=12345678", false },
		{ "1", false },
		{ "", false },
		{ "1 commit tx", false },
		{ "1 commit =x", false },
		{ "1 commit tx=\"open", false },
		{ "1 commit tx=\"a\"b", false },
		{ "1 commit tx=\"a\\q\"", false },
		{ "1 commit tx=\"a\\x4\"", false },
		{ "1 commit tx=\"a\\xZZ\"", false },
		{ "1 commit tx=\"a\\", false },
		{ "1 commit \"tx\"=1", false },
		{ "1 c a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1 k=1 l=1 m=1 n=1 o=1 p=1",
		  true },
		{ "1 c a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1 k=1 l=1 m=1 n=1 o=1 p=1 "
		  "q=1",
		  false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 };

		text_add(&t, "%s", rows[i].line);
		record_seal(&t, 0);
		if (parses(t.at, t.n - 1) != rows[i].is_good)
			fail_msg("'%s' is %s record", rows[i].line,
				 rows[i].is_good ? "no" : "a");
	}
}

TEST(a_record_without_its_own_checksum_is_refused)
{
	static const char *const rows[] = {
		"1 commit tx=12345678",
		"1 commit tx=12345678 crc=00000000",
		"1 commit tx=12345678 crc=",
		" crc=00000000",
		"crc=00000000",
	};
	own_text struct text t = { 0 };

	for (size_t i = 0; i < N(rows); i++)
		assert_false(parses(rows[i], strlen(rows[i])));

	text_add(&t, "1 commit tx=1234abcd");
	record_seal(&t, 0);
	assert_true(parses(t.at, t.n - 1));
	assert_false(parses(t.at, t.n)); /* its newline is not a part of it */
	text_add_bytes(&t, " ", 1);
	t.at[t.n - 2] = ' ';
	assert_false(parses(t.at, t.n - 1));
}

TEST(a_record_cut_off_anywhere_is_none)
{
	own_text struct text t = { 0 };

	text_add(&t, "1 intent tx=1234abcd");
	record_add(&t, "from", "32768 60999");
	record_seal(&t, 0);
	for (size_t n = 0; n + 1 < t.n; n++)
		assert_false(parses(t.at, n));
}

TEST(a_nul_makes_no_record)
{
	own_text struct text t = { 0 };

	text_add_bytes(&t, "1 commit tx=1\0002", 15);
	record_seal(&t, 0);
	assert_false(parses(t.at, t.n - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_the_crc_32_of_zlib),
		cmocka_unit_test(a_value_comes_back_whatever_is_in_it),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(a_sealed_line_that_is_no_record_is_refused),
		cmocka_unit_test(a_record_without_its_own_checksum_is_refused),
		cmocka_unit_test(a_record_cut_off_anywhere_is_none),
		cmocka_unit_test(a_nul_makes_no_record),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
