/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "core/ini.h"
#include "core/problem.h"
#include "core/profile.h"
#include "scratch.h"
#include "sys/inicheck.h"
#include "sys/procfs.h"
#include "sys/profilefile.h"

#define ADMIN	  "root/etc/finwait/profiles/"
#define INSTALLED "installed/"

static struct profile_places places;

static int places_make(void **state)
{
	struct err e = { 0 };
	char root[512];

	if (scratch_make(state) < 0)
		return -1;
	scratch_mkdir("root", 0755);
	scratch_mkdir("installed", 0755);
	snprintf(root, sizeof(root), "%s/root", scratch_path());
	places = (struct profile_places){ .root_fd = procfs_open_root(root, &e),
					  .installed_dir = "installed" };
	return places.root_fd < 0 ? -1 : 0;
}

static int places_remove(void **state)
{
	close(places.root_fd);
	return scratch_remove(state);
}

/* A profile with one setting, and maybe parents. */
static void write_profile(const char *path, const char *include, const char *setting)
{
	own_text struct text t = { 0 };

	text_add(&t, "[main]\nsummary=%s\n", path);
	if (include)
		text_add(&t, "include=%s\n", include);
	if (setting)
		text_add(&t, "[sysctl]\n%s\n", setting);
	scratch_write(path, t.at);
}

static void load(struct profile *p, const char *name)
{
	struct problems problems = { 0 };
	struct err e = { 0 };

	if (profilefile_load(&places, name, p, &problems, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(problems.n, 0);
}

static void expect_refusal(const char *name, int result, const char *words)
{
	struct problems problems = { 0 };
	struct profile p;
	struct err e = { 0 };
	int r = profilefile_load(&places, name, &p, &problems, &e);

	if (r != result || !strstr(e.text, words))
		fail_msg("'%s': %d: '%s', want %d: '%s'", name, r, e.text, result, words);
	profile_done(&p);
	problems_done(&problems);
}

TEST(a_profile_is_found_by_its_name)
{
	struct profile p;

	write_profile(INSTALLED "base.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	load(&p, "base");
	assert_string_equal(p.name, "base");
	assert_string_equal(p.path, "installed/base.ini");
	assert_int_equal(p.settings.n, 1);
	assert_string_equal(p.settings.at[0].value, "60");
	profile_done(&p);
}

TEST(a_profile_is_found_by_its_path)
{
	struct profile p;

	write_profile("mine.ini", "base", "net.ipv4.tcp_fin_timeout=30");
	write_profile(INSTALLED "base.ini", NULL, "net.ipv4.tcp_syncookies=1");
	load(&p, "./mine.ini");
	assert_string_equal(p.name, "mine");
	assert_int_equal(p.settings.n, 2);
	profile_done(&p);
	expect_refusal("./none.ini", -ENOENT, "none.ini");
}

TEST(the_administrators_profile_shadows_the_installed_one)
{
	struct profile p;

	write_profile(INSTALLED "base.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	write_profile(ADMIN "base.ini", NULL, "net.ipv4.tcp_fin_timeout=30");
	load(&p, "base");
	assert_string_equal(p.path, "/etc/finwait/profiles/base.ini");
	assert_string_equal(p.settings.at[0].value, "30");
	profile_done(&p);
	assert_int_equal(unlink(ADMIN "base.ini"), 0);
	load(&p, "base");
	assert_string_equal(p.settings.at[0].value, "60");
	profile_done(&p);
}

TEST(an_unreadable_shadow_does_not_let_the_shadowed_one_through)
{
	write_profile(INSTALLED "base.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	scratch_write(ADMIN "base.ini", "[sysctl]\nbroken\n");
	expect_refusal("base", -EINVAL, "/etc/finwait/profiles/base.ini:2");
	assert_int_equal(unlink(ADMIN "base.ini"), 0);
	scratch_mkdir(ADMIN "base.ini", 0755);
	expect_refusal("base", -EINVAL, "regular file");
	assert_int_equal(rmdir(ADMIN "base.ini"), 0);
	/* and nobody waits for the other end of a pipe */
	assert_int_equal(mkfifo(ADMIN "base.ini", 0644), 0);
	expect_refusal("base", -EINVAL, "regular file");
}

TEST(parents_come_first_and_the_last_named_wins)
{
	static const struct {
		const char *key, *value, *file;
	} rows[] = {
		{ "net.ipv4.tcp_syncookies", "1", "installed/a.ini" },
		{ "net.ipv4.tcp_tw_reuse", "0", "installed/b.ini" },
		{ "net.ipv4.tcp_fin_timeout", "20", "installed/child.ini" },
	};
	struct profile p;

	write_profile(INSTALLED "a.ini", NULL,
		      "net.ipv4.tcp_syncookies=1\nnet.ipv4.tcp_tw_reuse=2\n"
		      "net.ipv4.tcp_fin_timeout=60");
	write_profile(INSTALLED "b.ini", NULL, "net.ipv4.tcp_tw_reuse=0");
	write_profile(INSTALLED "child.ini", "a, b", "net.ipv4.tcp_fin_timeout=20");
	load(&p, "child");
	assert_int_equal(p.settings.n, N(rows));
	for (size_t i = 0; i < N(rows); i++) {
		assert_string_equal(p.settings.at[i].key, rows[i].key);
		assert_string_equal(p.settings.at[i].value, rows[i].value);
		assert_string_equal(p.settings.at[i].file, rows[i].file);
	}
	profile_done(&p);
}

TEST(a_parent_may_be_included_twice_but_not_by_itself)
{
	struct profile p;

	write_profile(INSTALLED "base.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	write_profile(INSTALLED "a.ini", "base", NULL);
	write_profile(INSTALLED "b.ini", "base", NULL);
	write_profile(INSTALLED "child.ini", "a,b", NULL);
	load(&p, "child");
	assert_int_equal(p.settings.n, 1);
	profile_done(&p);
}

TEST(a_cycle_is_named_from_its_beginning)
{
	write_profile(INSTALLED "a.ini", "b", NULL);
	write_profile(INSTALLED "b.ini", "c", NULL);
	write_profile(INSTALLED "c.ini", "b", NULL);
	write_profile(INSTALLED "self.ini", "self", NULL);
	expect_refusal("self", -ELOOP, "self includes self");
	expect_refusal("a", -ELOOP, "a includes b includes c includes b");
	/* a path leads into the same cycle */
	expect_refusal("installed/a.ini", -ELOOP, "b includes c includes b");
}

TEST(a_long_chain_ends_and_a_short_one_is_loaded)
{
	struct problems problems = { 0 };
	struct profile p;
	struct err e = { 0 };
	char path[32], parent[32];
	int r;

	for (int i = 0; i < 30; i++) {
		snprintf(path, sizeof(path), INSTALLED "p%d.ini", i);
		snprintf(parent, sizeof(parent), "p%d", i + 1);
		write_profile(path, i < 29 ? parent : NULL, NULL);
	}
	/* too long, but no cycle: the sentence must not call it one */
	r = profilefile_load(&places, "p0", &p, &problems, &e);
	profile_done(&p);
	assert_int_equal(r, -ELOOP);
	if (strstr(e.text, "include each other") || !strstr(e.text, "p0"))
		fail_msg("%s", e.text);
	load(&p, "p20");
	profile_done(&p);
}

TEST(a_missing_parent_is_named_with_its_child)
{
	write_profile(INSTALLED "a.ini", "none", NULL);
	expect_refusal("a", -ENOENT, "profile 'a' includes 'none'");
}

TEST(a_problem_in_a_parent_is_found_in_the_parents_file)
{
	write_profile(INSTALLED "a.ini", "b", NULL);
	scratch_write(INSTALLED "b.ini", "[sysctl]\nnet.ipv4.tcp_fin_timeout=x\n");
	expect_refusal("a", -EINVAL, "installed/b.ini:2");
}

TEST(a_name_that_is_nearly_right_gets_a_hint)
{
	struct problems problems = { 0 };
	struct profile p;
	struct err e = { 0 };

	write_profile(INSTALLED "short-lived.ini", NULL, NULL);
	assert_int_equal(profilefile_load(&places, "short-live", &p, &problems, &e),
			 -ENOENT);
	assert_non_null(strstr(e.hint, "'short-lived'"));
	profile_done(&p);
	assert_int_equal(profilefile_load(&places, "xyzzy", &p, &problems, &e), -ENOENT);
	assert_non_null(strstr(e.hint, "profile list"));
	profile_done(&p);
}

TEST(what_is_no_name_is_not_looked_for)
{
	scratch_write("installed/.hidden.ini", "[main]\nsummary=x\n");
	expect_refusal(".hidden", -ENOENT, "no profile '.hidden'");
	expect_refusal("", -ENOENT, "no profile ''");
}

TEST(a_profile_others_could_have_written_is_refused_by_root)
{
	if (geteuid() != 0)
		skip();
	write_profile(INSTALLED "a.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	assert_int_equal(chmod(INSTALLED "a.ini", 0664), 0);
	expect_refusal("a", -EPERM, "can be written by other users");
	assert_int_equal(chmod(INSTALLED "a.ini", 0646), 0);
	expect_refusal("a", -EPERM, "can be written by other users");
	assert_int_equal(chmod(INSTALLED "a.ini", 0644), 0);
	assert_int_equal(chown(INSTALLED "a.ini", 12345, 0), 0);
	expect_refusal("a", -EPERM, "belongs to another user");
	assert_int_equal(chown(INSTALLED "a.ini", 0, 0), 0);
	assert_int_equal(chmod("installed", 0777), 0);
	expect_refusal("a", -EPERM, "directory can be written");
	assert_int_equal(chmod("installed", 0755), 0);
	assert_int_equal(chown("installed", 12345, 0), 0);
	expect_refusal("a", -EPERM, "directory belongs");
	assert_int_equal(chown("installed", 0, 0), 0);
}

TEST(a_parent_others_could_have_written_is_refused_by_root)
{
	if (geteuid() != 0)
		skip();
	write_profile(INSTALLED "a.ini", "b", NULL);
	write_profile(INSTALLED "b.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	assert_int_equal(chmod(INSTALLED "b.ini", 0666), 0);
	expect_refusal("a", -EPERM, "b.ini");
}

TEST(a_link_in_a_recorded_tree_does_not_lead_out_of_it)
{
	char target[512];

	write_profile("outside.ini", NULL, "net.ipv4.tcp_fin_timeout=60");
	write_profile(ADMIN "other.ini", NULL, NULL);
	snprintf(target, sizeof(target), "%s/outside.ini", scratch_path());
	assert_int_equal(symlink(target, ADMIN "a.ini"), 0);
	assert_int_equal(symlink("../../../../outside.ini", ADMIN "b.ini"), 0);
	expect_refusal("a", -ENOENT, "no profile 'a'");
	expect_refusal("b", -ENOENT, "no profile 'b'");
}

TEST(a_file_larger_than_64_kib_is_refused)
{
	own_text struct text t = { 0 };

	while (t.n <= INI_FILE_MAX)
		text_add(&t, "# a long story\n");
	scratch_write(INSTALLED "a.ini", t.at);
	expect_refusal("a", -EINVAL, "64 KiB");
}

TEST(names_are_listed_sorted_and_once)
{
	static const char *const want[] = { "a", "b", "c" };
	struct profile_names names;
	struct err e = { 0 };

	write_profile(INSTALLED "c.ini", NULL, NULL);
	write_profile(INSTALLED "a.ini", NULL, NULL);
	write_profile(ADMIN "b.ini", NULL, NULL);
	write_profile(ADMIN "a.ini", NULL, NULL);
	scratch_write(INSTALLED "README", "x");
	scratch_write(INSTALLED ".ini", "x");
	scratch_write(INSTALLED ".d.ini", "x");
	assert_int_equal(profilefile_list(&places, &names, &e), 0);
	assert_int_equal(names.n, N(want));
	for (size_t i = 0; i < N(want); i++)
		assert_string_equal(names.at[i], want[i]);
	assert_null(names.at[names.n]);
	profile_names_done(&names);
}

TEST(no_directory_at_all_is_an_empty_list)
{
	struct profile_names names;
	struct err e = { 0 };

	places.installed_dir = "none";
	assert_int_equal(profilefile_list(&places, &names, &e), 0);
	assert_int_equal(names.n, 0);
	profile_names_done(&names);
	expect_refusal("a", -ENOENT, "no profile 'a'");
}

TEST(iniparser_reads_what_passes_our_gate_to_the_same_values)
{
	static const char *const rows[] = {
		"[s]\na=1\n",
		"[s]\na = 1 # comment with 'quotes' ; and # more\n",
		"[s]\na=\"blanks  inside \"\n",
		"[s]\na=\"quoted\" # comment\n",
		"[s]\na=b=c\n",
		"[s]\na==\n",
		"[s]\na=[b]\n",
		"[s]\na=1\t2\t3\n",
		"[s]\n\t# an indented comment\na=1\n",
		"[s]\r\na=1\r\n",
		"[s]  \nnet.ipv4.conf.Eth0/100.rp_filter=1\n",
		"[s]\na=>4096\n[t]\na=<1\n",
		"[s]\na=1",
		"# \xc3\xa4\n[s]\na=%s%n\n",
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct problems problems = { 0 };
		struct ini ini = { 0 };

		assert_int_equal(
			ini_parse(&ini, rows[i], strlen(rows[i]), "a.ini", &problems), 0);
		if (problems.n)
			fail_msg("'%s': %s", rows[i], problems.at[0].text);
		assert_int_equal(
			inicheck(&ini, rows[i], strlen(rows[i]), "a.ini", &problems), 0);
		if (problems.n)
			fail_msg("'%s': %s", rows[i], problems.at[0].text);
		ini_done(&ini);
	}
}

TEST(a_difference_to_iniparser_is_seen)
{
	static const char text[] = "[s]\na=1\nb=2\n";
	static const char *const others[] = { "[s]\na=1\n",
					      "[s]\na=1\nb=3\n",
					      "[s]\na=1\nc=2\n",
					      "[t]\na=1\nb=2\n",
					      "[s]\na=1\nb=2\nc=3\n",
					      "[s]\nnonsense\n",
					      "" };

	for (size_t i = 0; i < N(others); i++) {
		struct problems problems = { 0 };
		struct ini ini = { 0 };

		assert_int_equal(ini_parse(&ini, text, strlen(text), "a.ini", &problems),
				 0);
		assert_int_equal(
			inicheck(&ini, others[i], strlen(others[i]), "a.ini", &problems),
			0);
		if (problems.n == 0)
			fail_msg("'%s' is taken for the same", others[i]);
		ini_done(&ini);
		problems_done(&problems);
	}
}

#define PLACES_TEST(f) cmocka_unit_test_setup_teardown(f, places_make, places_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACES_TEST(a_profile_is_found_by_its_name),
		PLACES_TEST(a_profile_is_found_by_its_path),
		PLACES_TEST(the_administrators_profile_shadows_the_installed_one),
		PLACES_TEST(an_unreadable_shadow_does_not_let_the_shadowed_one_through),
		PLACES_TEST(parents_come_first_and_the_last_named_wins),
		PLACES_TEST(a_parent_may_be_included_twice_but_not_by_itself),
		PLACES_TEST(a_cycle_is_named_from_its_beginning),
		PLACES_TEST(a_long_chain_ends_and_a_short_one_is_loaded),
		PLACES_TEST(a_missing_parent_is_named_with_its_child),
		PLACES_TEST(a_problem_in_a_parent_is_found_in_the_parents_file),
		PLACES_TEST(a_name_that_is_nearly_right_gets_a_hint),
		PLACES_TEST(what_is_no_name_is_not_looked_for),
		PLACES_TEST(a_profile_others_could_have_written_is_refused_by_root),
		PLACES_TEST(a_parent_others_could_have_written_is_refused_by_root),
		PLACES_TEST(a_link_in_a_recorded_tree_does_not_lead_out_of_it),
		PLACES_TEST(a_file_larger_than_64_kib_is_refused),
		PLACES_TEST(names_are_listed_sorted_and_once),
		PLACES_TEST(no_directory_at_all_is_an_empty_list),
		cmocka_unit_test(iniparser_reads_what_passes_our_gate_to_the_same_values),
		cmocka_unit_test(a_difference_to_iniparser_is_seen),
	};

	return cmocka_run_group_tests_name("profilefile", tests, NULL, NULL);
}
