/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "core/catalogue.h"
#include "core/ini.h"
#include "core/problem.h"
#include "core/profile.h"

static void make(struct profile *p, struct problems *problems, const char *text)
{
	struct ini ini = { 0 };

	assert_int_equal(ini_parse(&ini, text, strlen(text), "a.ini", problems), 0);
	assert_int_equal(problems->n, 0);
	assert_int_equal(profile_make(p, "a", "a.ini", &ini, problems), 0);
	ini_done(&ini);
}

TEST(a_profile_is_its_texts_parents_and_settings)
{
	struct problems problems = { 0 };
	struct profile p;

	make(&p, &problems,
	     "[main]\n"
	     "summary=What it is\n"
	     "use_when=Whenever\n"
	     "avoid_when=Never\n"
	     "include=base, other\n"
	     "[sysctl]\n"
	     "net.ipv4.ip_local_port_range=16384 \t 65535\n"
	     "net.core.somaxconn=>4096\n"
	     "net.ipv4.tcp_fin_timeout=<60\n");
	if (problems.n)
		fail_msg("line %u: %s", problems.at[0].line, problems.at[0].text);
	assert_string_equal(p.name, "a");
	assert_string_equal(p.path, "a.ini");
	assert_string_equal(p.summary, "What it is");
	assert_string_equal(p.use_when, "Whenever");
	assert_string_equal(p.avoid_when, "Never");
	assert_int_equal(p.n_includes, 2);
	assert_string_equal(p.includes[0], "base");
	assert_string_equal(p.includes[1], "other");
	assert_int_equal(p.settings.n, 3);
	assert_string_equal(p.settings.at[0].value, "16384 65535");
	assert_int_equal(p.settings.at[0].line, 7);
	assert_string_equal(p.settings.at[0].file, "a.ini");
	assert_int_equal(p.settings.at[1].op, SETTING_GREATER);
	assert_string_equal(p.settings.at[1].value, "4096");
	assert_int_equal(p.settings.at[2].op, SETTING_SMALLER);
	profile_done(&p);
}

TEST(what_was_not_said_is_null)
{
	struct problems problems = { 0 };
	struct profile p;

	make(&p, &problems, "[sysctl]\nnet.ipv4.tcp_fin_timeout=60\n");
	assert_int_equal(problems.n, 0);
	assert_null(p.summary);
	assert_null(p.use_when);
	assert_null(p.avoid_when);
	assert_int_equal(p.n_includes, 0);
	profile_done(&p);
}

TEST(what_makes_no_sense_is_a_problem_with_its_line)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *words;
	} rows[] = {
		{ "[other]\na=1\n", 1, "[other]" },
		{ "[Main]\nsummary=x\n", 1, "[Main]" },
		{ "[main]\nsumary=x\n", 2, "did you mean 'summary'" },
		{ "[main]\nInclude=x\n", 2, "did you mean 'include'" },
		{ "[main]\nxyzzy=x\n", 2, "no key 'xyzzy'" },
		{ "[main]\ninclude=../x\n", 2, "'../x'" },
		{ "[main]\ninclude=.x\n", 2, "'.x'" },
		{ "[main]\ninclude=a, b/c\n", 2, "'b/c'" },
		{ "[main]\ninclude=a b\n", 2, "'a b'" }, /* tuned reads one name */
		{ "[main]\ninclude=a,\n", 2, "''" },
		{ "[main]\ninclude=a,,b\n", 2, "''" },
		{ "[sysctl]\nnet.ipv4.tcp_fin_timeout=abc\n", 2, "abc" },
		{ "[sysctl]\nnet.ipv4.tcp_fin_timeout=060\n", 2, "060" },
		{ "[sysctl]\nnet.ipv4.tcp_tw_reuse=3\n", 2, "3" },
		{ "[sysctl]\nnet.ipv4.tcp_tw_reuse=>x\n", 2, "single number" },
		{ "[sysctl]\nnet.ipv4.tcp_tw_reuse=>\n", 2, "single number" },
		{ "[sysctl]\nnet.ipv4.ip_local_port_range=>1024 65535\n", 2,
		  "single number" },
		{ "[sysctl]\nnet.ipv4.tcp_rmem=<1 2 3\n", 2, "single number" },
		{ "[sysctl]\nnet.ipv4.ip_local_port_range=60999 32768\n", 2, "above" },
		{ "[sysctl]\nnet.ipv4.ip_local_reserved_ports=1,,2\n", 2,
		  "list of ports" },
		{ "[sysctl]\nnet.ipv4.conf.*.rp_filter=1\n", 2, "pattern" },
		{ "[sysctl]\nnet.ipv4.conf.eth?.rp_filter=1\n", 2, "pattern" },
		{ "[sysctl]\nnet/ipv4/tcp_fin_timeout=60\n", 2, "path" },
		{ "[sysctl]\n/proc/sys/net/x=60\n", 2, "path" },
		{ "[sysctl]\nkernel.core_pattern=|/bin/sh\n", 2, "net." },
		{ "[sysctl]\nvm.swappiness=1\n", 2, "net." },
		{ "[sysctl]\nnet.core.bpf_jit_enable=1\n", 2, "bpf_jit" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct problems problems = { 0 };
		struct profile p;

		make(&p, &problems, rows[i].text);
		if (problems.n != 1)
			fail_msg("%zu problems in: %s", problems.n, rows[i].text);
		if (problems.at[0].line != rows[i].line ||
		    !strstr(problems.at[0].text, rows[i].words))
			fail_msg("line %u: %s (want line %u: %s)", problems.at[0].line,
				 problems.at[0].text, rows[i].line, rows[i].words);
		profile_done(&p);
		problems_done(&problems);
	}
}

TEST(there_are_at_most_sixteen_parents)
{
	struct problems problems = { 0 };
	struct profile p;

	make(&p, &problems, "[main]\ninclude=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n");
	assert_int_equal(problems.n, 0);
	assert_int_equal(p.n_includes, PROFILE_INCLUDES_MAX);
	profile_done(&p);
	make(&p, &problems, "[main]\ninclude=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n");
	assert_int_equal(problems.n, 1);
	profile_done(&p);
	problems_done(&problems);
}

TEST(a_childs_setting_wins_and_a_parents_comes_first)
{
	static const char *const keys[] = { "net.ipv4.tcp_syncookies",
					    "net.ipv4.tcp_tw_reuse",
					    "net.ipv4.tcp_fin_timeout" };
	static const char *const values[] = { "1", "1", "30" };
	struct problems problems = { 0 };
	struct profile parent, child;

	make(&parent, &problems,
	     "[main]\nsummary=parent\n[sysctl]\nnet.ipv4.tcp_fin_timeout=60\n"
	     "net.ipv4.tcp_syncookies=1\n");
	make(&child, &problems,
	     "[sysctl]\nnet.ipv4.tcp_tw_reuse=1\nnet.ipv4.tcp_fin_timeout=30\n");
	assert_int_equal(profile_inherit(&child, &parent), 0);
	assert_int_equal(parent.settings.n, 0);
	assert_null(child.summary);
	assert_int_equal(child.settings.n, N(keys));
	for (size_t i = 0; i < N(keys); i++) {
		assert_string_equal(child.settings.at[i].key, keys[i]);
		assert_string_equal(child.settings.at[i].value, values[i]);
	}
	profile_done(&parent);
	profile_done(&child);
}

TEST(a_parent_without_settings_changes_nothing)
{
	struct problems problems = { 0 };
	struct profile parent, child;

	make(&parent, &problems, "[main]\nsummary=parent\n");
	make(&child, &problems, "[main]\nsummary=child\n");
	assert_int_equal(profile_inherit(&child, &parent), 0);
	assert_int_equal(child.settings.n, 0);
	profile_done(&parent);
	profile_done(&child);
}

TEST(a_name_is_letters_digits_and_a_few_signs)
{
	static const struct {
		const char *name;
		bool is_good;
	} rows[] = {
		{ "base", true },
		{ "short-lived_2.0", true },
		{ "X", true },
		{ "a.ini", true },
		{ "", false },
		{ ".hidden", false },
		{ "..", false },
		{ "a/b", false },
		{ "a b", false },
		{ "a\n", false },
		{ "caf\xc3\xa9", false },
		{ "-", true },
		/* 63 and 64 letters */
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  true },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  false },
	};

	for (size_t i = 0; i < N(rows); i++)
		if (profile_name_is_valid(rows[i].name) != rows[i].is_good)
			fail_msg("'%s' is %s name", rows[i].name,
				 rows[i].is_good ? "no" : "a");
}

TEST(a_setting_is_met_by_what_it_asks_for)
{
	static const struct {
		enum setting_op op;
		const char *value, *current;
		bool is_met;
	} rows[] = {
		{ SETTING_EQUAL, "60", "60", true },
		{ SETTING_EQUAL, "60", "61", false },
		{ SETTING_GREATER, "60", "59", false },
		{ SETTING_GREATER, "60", "60", true },
		{ SETTING_GREATER, "60", "600", true },
		{ SETTING_GREATER, "60", "-1", false },
		{ SETTING_SMALLER, "60", "61", false },
		{ SETTING_SMALLER, "60", "60", true },
		{ SETTING_SMALLER, "60", "7", true },
		{ SETTING_GREATER, "60", "1 2", false },
		{ SETTING_SMALLER, "60", "", false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		char value[16];
		struct setting s = { .value = value, .op = rows[i].op };

		strcpy(value, rows[i].value);
		if (setting_is_met(&s, &catalogue[KNOB_FIN_TIMEOUT], rows[i].current) !=
		    rows[i].is_met)
			fail_msg("'%s%s' with '%s'", setting_op_text(s.op), value,
				 rows[i].current);
	}
}

TEST(an_empty_list_of_ports_can_be_asked_for_and_no_other_empty_value)
{
	static const struct {
		const char *key, *text;
		int result;
	} rows[] = {
		{ "net.ipv4.ip_local_reserved_ports", "", 0 },
		{ "net.ipv4.ip_local_reserved_ports", "  ", 0 },
		{ "net.ipv4.tcp_fin_timeout", "", -EINVAL },
		{ "net.ipv4.tcp_congestion_control", "", -EINVAL },
		{ "net.ipv4.tcp_congestion_control", " \t", -EINVAL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct settings s = { 0 };
		struct err e = { 0 };
		int r = settings_add(&s, rows[i].key, rows[i].text, "--set", 0, &e);

		if (r != rows[i].result)
			fail_msg("%s='%s' gives %d: %s", rows[i].key, rows[i].text, r,
				 e.text);
		settings_done(&s);
	}
}

TEST(a_setting_that_is_refused_says_why)
{
	static const struct {
		const char *key, *text;
		int result;
	} rows[] = {
		{ "net.ipv4.tcp_fin_timeout", "x", -EINVAL },
		{ "kernel.core_pattern", "x", -EPERM },
		{ "net.core.bpf_jit_enable", "1", -EPERM },
		{ "net.ipv4.conf.*.x", "1", -EINVAL },
		{ "", "1", -EINVAL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct settings s = { 0 };
		struct err e = { 0 };

		assert_int_equal(
			settings_add(&s, rows[i].key, rows[i].text, "--set", 0, &e),
			rows[i].result);
		assert_int_equal(e.code, -rows[i].result);
		assert_int_not_equal(e.text[0], '\0');
		if (!strstr(e.text, rows[i].key))
			fail_msg("'%s' is not named in: %s", rows[i].key, e.text);
		settings_done(&s);
	}
}

TEST(a_setting_is_found_by_its_key)
{
	struct settings s = { 0 };

	assert_int_equal(
		settings_add(&s, "net.ipv4.tcp_fin_timeout", ">30", "--set", 0, NULL), 0);
	assert_ptr_equal(settings_find(&s, "net.ipv4.tcp_fin_timeout"), &s.at[0]);
	assert_null(settings_find(&s, "net.ipv4.tcp_fin_timeou"));
	assert_string_equal(setting_op_text(s.at[0].op), ">");
	assert_string_equal(setting_op_text(SETTING_SMALLER), "<");
	assert_string_equal(setting_op_text(SETTING_EQUAL), "");
	settings_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_is_its_texts_parents_and_settings),
		cmocka_unit_test(what_was_not_said_is_null),
		cmocka_unit_test(what_makes_no_sense_is_a_problem_with_its_line),
		cmocka_unit_test(there_are_at_most_sixteen_parents),
		cmocka_unit_test(a_childs_setting_wins_and_a_parents_comes_first),
		cmocka_unit_test(a_parent_without_settings_changes_nothing),
		cmocka_unit_test(a_name_is_letters_digits_and_a_few_signs),
		cmocka_unit_test(a_setting_is_met_by_what_it_asks_for),
		cmocka_unit_test(
			an_empty_list_of_ports_can_be_asked_for_and_no_other_empty_value),
		cmocka_unit_test(a_setting_that_is_refused_says_why),
		cmocka_unit_test(a_setting_is_found_by_its_key),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
