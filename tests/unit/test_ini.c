/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/ini.h"
#include "core/problem.h"

/* Parses a copy that ends where the file ends, so that a look behind it is seen. */
static void parse(struct ini *ini, struct problems *p, const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	*ini = (struct ini){ 0 };
	assert_int_equal(ini_parse(ini, copy, n, "a.ini", p), 0);
	free(copy);
}

TEST(keys_and_values_come_as_they_are_spelled_and_with_their_line)
{
	static const char text[] = "# a comment with 'quotes', ; and \xc3\xa4\n"
				   "[main]\n"
				   "\n"
				   "summary=Short lived: a, b (c) = d\n"
				   "  ; another comment\n"
				   "use_when = \"blanks  inside \"\t# behind\n"
				   "[sysctl]\r\n"
				   "net.ipv4.conf.Eth0/100.rp_filter =  1  \r\n"
				   "net.core.somaxconn=>4096";
	static const struct {
		const char *section, *key, *value;
		unsigned line;
	} rows[] = {
		{ "main", "summary", "Short lived: a, b (c) = d", 4 },
		{ "main", "use_when", "blanks  inside ", 6 },
		{ "sysctl", "net.ipv4.conf.Eth0/100.rp_filter", "1", 8 },
		{ "sysctl", "net.core.somaxconn", ">4096", 9 },
	};
	struct problems p = { 0 };
	struct ini ini;

	parse(&ini, &p, text, sizeof(text) - 1);
	if (p.n)
		fail_msg("line %u: %s", p.at[0].line, p.at[0].text);
	assert_int_equal(ini.n_sections, 2);
	assert_string_equal(ini.sections[0], "main");
	assert_int_equal(ini.n, N(rows));
	for (size_t i = 0; i < N(rows); i++) {
		assert_string_equal(ini.at[i].section, rows[i].section);
		assert_string_equal(ini.at[i].key, rows[i].key);
		assert_string_equal(ini.at[i].value, rows[i].value);
		assert_int_equal(ini.at[i].line, rows[i].line);
	}
	ini_done(&ini);
}

#define ROW(bytes, line, words)                             \
	{                                                   \
		(bytes), sizeof(bytes) - 1, (line), (words) \
	}

TEST(what_two_readers_could_read_differently_is_refused_with_its_line)
{
	static const struct {
		const char *bytes;
		size_t n;
		unsigned line;
		const char *words;
	} rows[] = {
		ROW("[s]\na=1\0\n", 2, "NUL"),
		ROW("[s]\n\0a=1\n", 2, "NUL"),
		ROW("[s]\na=\x01\n", 2, "byte 0x01"),
		ROW("[s]\na=\x7f\n", 2, "byte 0x7f"),
		ROW("[s]\na=caf\xc3\xa9\n", 2, "byte 0xc3"),
		ROW("[s]\n\xc2\xa0z=1\n", 2, "byte 0xc2"),
		ROW("[s]\na=1\rb=2\n", 2, "byte 0x0d"),
		ROW("# x\rb=2\n", 1, "byte 0x0d"),
		ROW("[s]\na=1\f\n", 2, "byte 0x0c"),
		ROW("\xef\xbb\xbf[s]\na=1\n", 1, "byte order mark"),
		ROW("\xef\xbb\xbf# c\n", 1, "byte order mark"),
		ROW("[s]\na=1 \\\n2\n", 2, "backslash"),
		ROW("[s]\na=1 \\  \nb=2\n", 2, "backslash"),
		ROW("# text \\\nlost=1\n", 1, "backslash"),
		ROW("[s]\na=1\n; text \\", 3, "backslash"),
		ROW("[s]\na=x\\y\n", 2, "backslash"),
		ROW("[s]\na=\"a\\\"b\"\n", 2, "backslash"),
		ROW("[s]\n a=1\n", 2, "indented"),
		ROW("[s]\n\ta=1\n", 2, "indented"),
		ROW(" [s]\n", 1, "indented"),
		ROW("a=1\n[s]\n", 1, "before the first section"),
		ROW("[s]\na=1\na=2\n", 3, "first in line 2"),
		ROW("[s]\na=1\nA=2\n", 3, "first in line 2"),
		ROW("[s]\n[t]\n[s]\n", 3, "twice"),
		ROW("[s]\n[S]\n", 2, "twice"),
		ROW("[s]\na='1'\n", 2, "single quote"),
		ROW("[s]\na=it's\n", 2, "single quote"),
		ROW("[s]\na=1;2\n", 2, "';'"),
		ROW("[s]\na=1 ; comment\n", 2, "';'"),
		ROW("[s]\na=\"1;2\"\n", 2, "';'"),
		ROW("[s]\na=1#2\n", 2, "'#'"),
		ROW("[s]\na=#2\n", 2, "'#'"),
		ROW("[s]\na= #2\n", 2, "'#'"),
		ROW("[s]\na=http://x/#f\n", 2, "'#'"),
		ROW("[s]\na=\"1#2\"\n", 2, "'#'"),
		ROW("[s]\na=\"1 #2\"\n", 2, "quotes"),
		ROW("[s]\na=\"1\" junk\n", 2, "quotes"),
		ROW("[s]\na=\"a\" \"b\"\n", 2, "quotes"),
		ROW("[s]\na=\"unterminated\n", 2, "quotes"),
		ROW("[s]\na=\"\"x\"\"\n", 2, "quotes"),
		ROW("[s]\na=x\"\n", 2, "quotes"),
		ROW("[s]\na=\"\n", 2, "quotes"),
		ROW("[s]\na=\n", 2, "no value"),
		ROW("[s]\na=   \n", 2, "no value"),
		ROW("[s]\na=\"\"\n", 2, "no value"),
		ROW("[s]\na=\"  \"\n", 2, "no value"),
		ROW("[s]\na=", 2, "no value"),
		ROW("[s]\na\n", 2, "key=value"),
		ROW("[s]\nx", 2, "key=value"),
		ROW("[s]\n= g\n", 2, "key=value"),
		ROW("[s]\na b=1\n", 2, "key=value"),
		ROW("[s]\nb:c=1\n", 2, "key=value"),
		ROW("[s]\na: 1\n", 2, "key=value"),
		ROW("[s]\na!=1\n", 2, "key=value"),
		ROW("[]\na=1\n", 1, "[name]"),
		ROW("[x]y]\n", 1, "[name]"),
		ROW("[t = 1\n", 1, "[name]"),
		ROW("[t\n", 1, "[name]"),
		ROW("[", 1, "[name]"),
		ROW("[a:b]\n", 1, "[name]"),
		ROW("[a b]\n", 1, "[name]"),
		ROW("[ a]\n", 1, "[name]"),
		ROW("[t] ; comment\n", 1, "[name]"),
		ROW("[t] # comment\n", 1, "[name]"),
		ROW("[t] ; see x=y\nc=1\n", 1, "[name]"),
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct problems p = { 0 };
		struct ini ini;

		parse(&ini, &p, rows[i].bytes, rows[i].n);
		if (p.n == 0)
			fail_msg("row %zu passes the gate: %s", i, rows[i].bytes);
		if (p.at[0].line != rows[i].line || !strstr(p.at[0].text, rows[i].words))
			fail_msg("row %zu: line %u: %s (want line %u: %s)", i,
				 p.at[0].line, p.at[0].text, rows[i].line, rows[i].words);
		assert_string_equal(p.at[0].file, "a.ini");
		ini_done(&ini);
		problems_done(&p);
	}
}

TEST(what_looks_odd_and_is_read_alike_passes)
{
	static const char *const rows[] = {
		"",
		"\n\n",
		"# only a comment",
		"[s]",
		"[s]  \na=1\n",
		"[s]\na=1 # comment with 'quotes' ; and # more\n",
		"[s]\na = 1\n",
		"[s]\na=\"1\"\n",
		"[s]\na=b=c\n",
		"[s]\na=[b]\n",
		"[s]\n\t# an indented comment\n",
		"[s]\n   \t \na=1\n",
		"[s]\r\na=1\r\n",
		"[s]\na=1\t2\t3\n",
		"[s]\na=1\n[t]\na=2\n",
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct problems p = { 0 };
		struct ini ini;

		parse(&ini, &p, rows[i], strlen(rows[i]));
		if (p.n)
			fail_msg("'%s': line %u: %s", rows[i], p.at[0].line,
				 p.at[0].text);
		ini_done(&ini);
	}
}

/* A file with one value, or one comment, such that its second line has n bytes. */
static size_t problems_of_line(const char *begin, size_t n, const char *end)
{
	own_text struct text t = { 0 };
	struct problems p = { 0 };
	struct ini ini;
	size_t count;

	text_add(&t, "[s]\n%s", begin);
	for (size_t i = strlen(begin); i < n; i++)
		text_add_bytes(&t, "x", 1);
	text_add(&t, "%s", end);
	parse(&ini, &p, t.at, t.n);
	count = p.n;
	ini_done(&ini);
	problems_done(&p);
	return count;
}

TEST(a_line_has_at_most_512_bytes_comments_too)
{
	assert_int_equal(problems_of_line("a=", INI_LINE_MAX, "\n"), 0);
	assert_int_equal(problems_of_line("a=", INI_LINE_MAX + 1, "\n"), 1);
	assert_int_equal(problems_of_line("a=", INI_LINE_MAX, ""), 0);
	assert_int_equal(problems_of_line("a=", INI_LINE_MAX + 1, ""), 1);
	assert_int_equal(problems_of_line("a=", INI_LINE_MAX, "\r\n"), 0);
	assert_int_equal(problems_of_line("# ", INI_LINE_MAX, "\n"), 0);
	assert_int_equal(problems_of_line("# ", INI_LINE_MAX + 1, "\n"), 1);
}

TEST(a_file_has_at_most_64_kib)
{
	own_text struct text t = { 0 };
	struct problems p = { 0 };
	struct ini ini;

	while (t.n < INI_FILE_MAX)
		text_add_bytes(&t, "#\n", 2);
	parse(&ini, &p, t.at, t.n);
	assert_int_equal(p.n, 0);
	text_add_bytes(&t, "\n", 1);
	parse(&ini, &p, t.at, t.n);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.at[0].line, 0);
	problems_done(&p);
}

TEST(a_file_has_at_most_512_keys)
{
	own_text struct text t = { 0 };
	struct problems p = { 0 };
	struct ini ini;

	text_add(&t, "[s]\n");
	for (int i = 0; i < INI_ENTRIES_MAX; i++)
		text_add(&t, "k%d=1\n", i);
	parse(&ini, &p, t.at, t.n);
	assert_int_equal(p.n, 0);
	assert_int_equal(ini.n, INI_ENTRIES_MAX);
	ini_done(&ini);

	text_add(&t, "one=more\n");
	parse(&ini, &p, t.at, t.n);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.at[0].line, INI_ENTRIES_MAX + 2);
	ini_done(&ini);
	problems_done(&p);
}

TEST(a_file_has_at_most_eight_sections)
{
	static const char text[] = "[a]\n[b]\n[c]\n[d]\n[e]\n[f]\n[g]\n[h]\n[i]\nx=1\n";
	struct problems p = { 0 };
	struct ini ini;

	parse(&ini, &p, text, sizeof(text) - 1);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.at[0].line, 9);
	ini_done(&ini);
	problems_done(&p);
}

TEST(one_look_finds_every_problem)
{
	static const char text[] = "a=1\n[s]\nb\nc=\n d=1\ne=1\n";
	static const unsigned lines[] = { 1, 3, 4, 5 };
	struct problems p = { 0 };
	struct ini ini;

	parse(&ini, &p, text, sizeof(text) - 1);
	assert_int_equal(p.n, N(lines));
	for (size_t i = 0; i < N(lines); i++)
		assert_int_equal(p.at[i].line, lines[i]);
	ini_done(&ini);
	problems_done(&p);
}

TEST(a_file_may_end_anywhere)
{
	static const char text[] = "# c\n[s]\na = \"1 2\" # x\nb=2\r\n[t]\n";

	for (size_t n = 0; n < sizeof(text); n++) {
		struct problems p = { 0 };
		struct ini ini;

		parse(&ini, &p, text, n);
		assert_true(ini.n <= 2 && p.n <= 1);
		ini_done(&ini);
		problems_done(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			keys_and_values_come_as_they_are_spelled_and_with_their_line),
		cmocka_unit_test(
			what_two_readers_could_read_differently_is_refused_with_its_line),
		cmocka_unit_test(what_looks_odd_and_is_read_alike_passes),
		cmocka_unit_test(a_line_has_at_most_512_bytes_comments_too),
		cmocka_unit_test(a_file_has_at_most_64_kib),
		cmocka_unit_test(a_file_has_at_most_512_keys),
		cmocka_unit_test(a_file_has_at_most_eight_sections),
		cmocka_unit_test(one_look_finds_every_problem),
		cmocka_unit_test(a_file_may_end_anywhere),
	};

	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
