/* SPDX-License-Identifier: MIT */
/* The drop-in as a file. */
#include "unit/test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "scratch.h"
#include "sys/dropin.h"
#include "world.h"

#define BESIDE "etc/sysctl.d/.99-finwait.conf.aaaa1111"

static bool is(const char *content)
{
	own_text struct text expected = { 0 };
	struct err e = { 0 };
	bool is_so = false;

	text_add(&expected, "%s", content);
	if (dropin_is(root_fd, &expected, &is_so, &e) < 0)
		fail_msg("%s", e.text);
	return is_so;
}

static int replace(const char *content, struct err *e)
{
	own_text struct text t = { 0 };

	text_add(&t, "%s", content);
	return dropin_replace(root_fd, &t, "aaaa1111", e);
}

static void expect_replaced(const char *content)
{
	struct err e = { 0 };

	if (replace(content, &e) < 0)
		fail_msg("%s", e.text);
	expect_no_file(BESIDE);
	if (content[0])
		scratch_expect(DROPIN_FILE, content);
	else
		expect_no_file(DROPIN_FILE);
	assert_true(is(content));
}

TEST(a_file_is_as_expected_byte_by_byte)
{
	static const char *const others[] = { "",	  "a = ",      "a = 1",
					      "a = 2\n",  "a = 1\n\n", "b = 1\n",
					      " a = 1\n", "a = 1\r\n" };

	assert_true(is(""));
	assert_false(is("a = 1\n"));
	scratch_write(DROPIN_FILE, "a = 1\n");
	assert_true(is("a = 1\n"));
	for (size_t i = 0; i < N(others); i++)
		assert_false(is(others[i]));
	scratch_write_bytes(DROPIN_FILE, "a = 1\n\0", 7);
	assert_false(is("a = 1\n"));
	/* an empty one is there, which none of ours ever is */
	scratch_write(DROPIN_FILE, "");
	assert_false(is(""));
	assert_false(is("a = 1\n"));
}

TEST(what_is_no_file_is_never_as_expected)
{
	scratch_mkdir("etc/sysctl.d", 0755);
	assert_true(is(""));
	scratch_mkdir(DROPIN_FILE, 0755);
	assert_false(is(""));
	assert_int_equal(rmdir(DROPIN_FILE), 0);

	scratch_write("elsewhere", "a = 1\n");
	assert_int_equal(symlink("../../elsewhere", DROPIN_FILE), 0);
	assert_false(is("a = 1\n"));
	assert_false(is(""));
	assert_int_equal(unlink(DROPIN_FILE), 0);
	assert_int_equal(symlink("nowhere", DROPIN_FILE), 0);
	assert_false(is(""));
	assert_int_equal(unlink(DROPIN_FILE), 0);

	/* and nobody waits for the other end of a pipe */
	assert_int_equal(mkfifo(DROPIN_FILE, 0644), 0);
	assert_false(is(""));
	assert_false(is("a = 1\n"));
}

TEST(a_file_is_made_replaced_and_removed)
{
	struct stat st;

	umask(022);
	expect_replaced("");
	expect_no_file("etc/sysctl.d");
	expect_replaced("a = 1\n");
	assert_int_equal(stat("etc/sysctl.d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(stat(DROPIN_FILE, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	expect_replaced("a = 2\nb = 3\n");
	expect_replaced("a = 2\n");
	expect_replaced("");
	expect_replaced("");
	expect_replaced("a = 4\n");
}

TEST(a_link_is_replaced_and_what_it_leads_to_is_not)
{
	scratch_write("elsewhere", "mine\n");
	scratch_mkdir("etc/sysctl.d", 0755);
	assert_int_equal(symlink("../../elsewhere", DROPIN_FILE), 0);
	expect_replaced("a = 1\n");
	scratch_expect("elsewhere", "mine\n");
	assert_int_equal(unlink(DROPIN_FILE), 0);
	assert_int_equal(symlink("../../elsewhere", DROPIN_FILE), 0);
	expect_replaced("");
	scratch_expect("elsewhere", "mine\n");
}

TEST(what_was_left_beside_is_replaced_too)
{
	scratch_write(BESIDE, "half of i");
	expect_replaced("a = 1\n");
	scratch_write("elsewhere", "mine\n");
	assert_int_equal(symlink("../../elsewhere", BESIDE), 0);
	expect_replaced("a = 2\n");
	scratch_expect("elsewhere", "mine\n");
}

TEST(a_file_that_cannot_be_replaced_is_as_it_was)
{
	struct err e = { 0 };
	int r;

	scratch_write(DROPIN_FILE, "mine\n");
	scratch_mkdir(BESIDE, 0755);
	assert_true(replace("a = 1\n", &e) < 0);
	assert_non_null(strstr(e.text, "99-finwait.conf"));
	scratch_expect(DROPIN_FILE, "mine\n");
	assert_int_equal(rmdir(BESIDE), 0);

	assert_int_equal(chmod("etc/sysctl.d", 0555), 0);
	for (int i = 0; i < 2; i++) {
		drop_power();
		r = replace(i ? "" : "a = 1\n", &e);
		regain_power();
		assert_int_equal(r, -EACCES);
		scratch_expect(DROPIN_FILE, "mine\n");
		expect_no_file(BESIDE);
	}
	assert_int_equal(chmod("etc/sysctl.d", 0755), 0);

	assert_int_equal(unlink(DROPIN_FILE), 0);
	scratch_mkdir(DROPIN_FILE, 0755);
	assert_int_equal(replace("a = 1\n", &e), -EISDIR);
	assert_true(replace("", &e) < 0);
	expect_no_file(BESIDE);
}

TEST(a_link_in_the_tree_does_not_lead_out_of_it)
{
	static const char *const links[] = { "/tmp", "../../../../../../tmp" };

	for (size_t i = 0; i < N(links); i++) {
		assert_int_equal(symlink(links[i], "etc/sysctl.d"), 0);
		(void)replace("a = 1\n", NULL);
		expect_no_file("/tmp/99-finwait.conf");
		assert_int_equal(unlink("etc/sysctl.d"), 0);
	}
}

TEST(only_what_one_transaction_has_left_beside_is_cleaned)
{
	dropin_clean(root_fd, "aaaa1111");
	scratch_write(BESIDE, "x");
	scratch_write("etc/sysctl.d/.99-finwait.conf.bbbb2222", "x");
	scratch_write(DROPIN_FILE, "x");
	dropin_clean(root_fd, "aaaa1111");
	expect_no_file(BESIDE);
	scratch_expect("etc/sysctl.d/.99-finwait.conf.bbbb2222", "x");
	scratch_expect(DROPIN_FILE, "x");
	dropin_clean(root_fd, "aaaa1111");
}

TEST(a_file_names_the_transactions_in_it)
{
	assert_false(dropin_names(root_fd, "aaaa1111"));
	scratch_write(DROPIN_FILE, "# transaction aaaa1111, apply --set\n");
	assert_true(dropin_names(root_fd, "aaaa1111"));
	assert_false(dropin_names(root_fd, "bbbb2222"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_file_is_as_expected_byte_by_byte),
		WORLD_TEST(what_is_no_file_is_never_as_expected),
		WORLD_TEST(a_file_is_made_replaced_and_removed),
		WORLD_TEST(a_link_is_replaced_and_what_it_leads_to_is_not),
		WORLD_TEST(what_was_left_beside_is_replaced_too),
		WORLD_TEST(a_file_that_cannot_be_replaced_is_as_it_was),
		WORLD_TEST(a_link_in_the_tree_does_not_lead_out_of_it),
		WORLD_TEST(only_what_one_transaction_has_left_beside_is_cleaned),
		WORLD_TEST(a_file_names_the_transactions_in_it),
	};

	return cmocka_run_group_tests_name("dropinfile", tests, NULL, NULL);
}
