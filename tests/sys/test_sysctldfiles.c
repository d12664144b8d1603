/* SPDX-License-Identifier: MIT */
/* Which files of sysctl.d(5) count, and which are masked. */
#include "unit/test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "core/journal.h"
#include "scratch.h"
#include "sys/sysctld.h"
#include "world.h"

#define NAMES "# x\nnet.ipv4.tcp_fin_timeout = 30\n"

static struct keep keeps[] = {
	{ (char *)"net.ipv4.tcp_tw_reuse", (char *)"1" },
	{ (char *)"net.ipv4.tcp_fin_timeout", (char *)"30" },
};

static int check(struct err *e)
{
	return sysctld_check_alone(root_fd, keeps, N(keeps), e);
}

static void expect_alone(const char *what)
{
	struct err e = { 0 };

	if (check(&e) < 0)
		fail_msg("%s: %s", what, e.text);
}

static void expect_named(const char *file)
{
	char want[256];
	struct err e = { 0 };

	snprintf(want, sizeof(want),
		 "'net.ipv4.tcp_fin_timeout' is named in '/%s', line 2, too", file);
	if (check(&e) != -EEXIST || strcmp(e.text, want) != 0)
		fail_msg("'%s', want '%s'", e.text, want);
	assert_true(e.hint[0]);
}

TEST(without_any_file_it_is_alone)
{
	expect_alone("no directory");
	assert_int_equal(rmdir("etc"), 0);
	expect_alone("no /etc");
}

TEST(a_file_of_any_directory_counts)
{
	static const char *const files[] = {
		"etc/sysctl.d/10-a.conf",
		"etc/sysctl.d/zz.conf",
		"etc/sysctl.d/.hidden.conf",
		"etc/sysctl.d/.conf",
		"etc/sysctl.d/a b.conf",
		"run/sysctl.d/10-a.conf",
		"usr/local/lib/sysctl.d/10-a.conf",
		"usr/lib/sysctl.d/10-a.conf",
		"lib/sysctl.d/10-a.conf",
		"etc/sysctl.conf",
	};

	for (size_t i = 0; i < N(files); i++) {
		scratch_write(files[i], NAMES);
		expect_named(files[i]);
		scratch_write(files[i], "# x\nnet.ipv4.tcp_syn_retries = 3\n");
		expect_alone(files[i]);
		assert_int_equal(unlink(files[i]), 0);
	}
}

TEST(what_nobody_reads_does_not_count)
{
	static const char *const files[] = {
		"etc/sysctl.d/99-finwait.conf", /* our own */
		"etc/sysctl.d/README",		"etc/sysctl.d/10-a.conf.bak",
		"etc/sysctl.d/10-a.conf~",	"etc/sysctl.d/conf",
		"etc/sysctl.d/10-a.CONF",	"etc/sysctl.d/.99-finwait.conf.aaaa1111",
		"etc/sysctl.d/sub/10-a.conf",	"etc/sysctl.d/x.conf/10-a.conf",
		"etc/sysctl.conf.d/10-a.conf",	"etc/10-a.conf",
	};

	for (size_t i = 0; i < N(files); i++) {
		scratch_write(files[i], NAMES);
		expect_alone(files[i]);
	}
}

TEST(a_file_of_the_same_name_in_a_higher_directory_masks)
{
	static const char *const order[] = {
		"etc/sysctl.d/10-a.conf",	    "run/sysctl.d/10-a.conf",
		"usr/local/lib/sysctl.d/10-a.conf", "usr/lib/sysctl.d/10-a.conf",
		"lib/sysctl.d/10-a.conf",
	};

	for (size_t i = 0; i + 1 < N(order); i++) {
		for (size_t k = i + 1; k < N(order); k++) {
			scratch_write(order[k], NAMES);
			expect_named(order[k]);
			scratch_write(order[i], "");
			expect_alone(order[i]);
			assert_int_equal(unlink(order[i]), 0);
			assert_int_equal(symlink("/dev/null", order[i]), 0);
			expect_alone("a link to /dev/null");
			assert_int_equal(unlink(order[i]), 0);
			assert_int_equal(symlink("nowhere", order[i]), 0);
			expect_alone("a link to nowhere");
			assert_int_equal(unlink(order[i]), 0);
			expect_named(order[k]);
			assert_int_equal(unlink(order[k]), 0);
		}
	}
}

TEST(the_file_of_all_is_masked_by_none)
{
	scratch_write("etc/sysctl.d/sysctl.conf", "");
	scratch_write("etc/sysctl.conf", NAMES);
	expect_named("etc/sysctl.conf");
}

TEST(a_link_counts_as_what_it_leads_to)
{
	scratch_write("etc/real", NAMES);
	scratch_mkdir("etc/sysctl.d", 0755);
	assert_int_equal(symlink("../real", "etc/sysctl.d/99-sysctl.conf"), 0);
	expect_named("etc/sysctl.d/99-sysctl.conf");
	assert_int_equal(unlink("etc/sysctl.d/99-sysctl.conf"), 0);
	assert_int_equal(symlink("/etc/real", "etc/sysctl.d/99-sysctl.conf"), 0);
	expect_named("etc/sysctl.d/99-sysctl.conf");
	assert_int_equal(unlink("etc/sysctl.d/99-sysctl.conf"), 0);
	/* a whole directory, as /lib is a link to /usr/lib */
	scratch_write("usr/lib/sysctl.d/10-a.conf", NAMES);
	assert_int_equal(symlink("usr/lib", "lib"), 0);
	expect_named("usr/lib/sysctl.d/10-a.conf");
}

TEST(what_stands_behind_a_nul_counts)
{
	static const char line[] = "#x\0net.ipv4.tcp_fin_timeout=30\n";
	static const char lines[] = "#\0\nnet.ipv4.tcp_fin_timeout=30\n";
	static const char last[] = "net.ipv4.tcp_fin_timeout=30\n\0\0";
	struct err e = { 0 };

	scratch_write_bytes("etc/sysctl.d/10-a.conf", line, sizeof(line) - 1);
	assert_int_equal(check(&e), -EEXIST);
	scratch_write_bytes("etc/sysctl.d/10-a.conf", lines, sizeof(lines) - 1);
	assert_int_equal(check(&e), -EEXIST);
	assert_non_null(strstr(e.text, "line 2"));
	scratch_write_bytes("etc/sysctl.d/10-a.conf", last, sizeof(last) - 1);
	assert_int_equal(check(&e), -EEXIST);
	scratch_write_bytes("etc/sysctl.d/10-a.conf", "\0\0\0", 3);
	expect_alone("nothing but NULs");
}

TEST(a_file_that_cannot_be_read_is_said)
{
	struct err e = { 0 };
	int r;

	scratch_write("etc/sysctl.d/10-a.conf", NAMES);
	assert_int_equal(chmod("etc/sysctl.d/10-a.conf", 0), 0);
	drop_power();
	r = check(&e);
	regain_power();
	assert_int_equal(r, -EACCES);
	assert_non_null(strstr(e.text, "'/etc/sysctl.d/10-a.conf'"));
	assert_int_equal(chmod("etc/sysctl.d", 0), 0);
	drop_power();
	r = check(&e);
	regain_power();
	assert_int_equal(chmod("etc/sysctl.d", 0755), 0);
	assert_int_equal(r, -EACCES);
	assert_non_null(strstr(e.text, "'/etc/sysctl.d'"));
}

TEST(nothing_to_keep_is_named_nowhere)
{
	scratch_write("etc/sysctl.d/10-a.conf", NAMES);
	assert_int_equal(sysctld_check_alone(root_fd, keeps, 0, NULL), 0);
	assert_int_equal(sysctld_check_alone(root_fd, keeps, 1, NULL), 0);
	assert_int_equal(sysctld_check_alone(root_fd, keeps, 2, NULL), -EEXIST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(without_any_file_it_is_alone),
		WORLD_TEST(a_file_of_any_directory_counts),
		WORLD_TEST(what_nobody_reads_does_not_count),
		WORLD_TEST(a_file_of_the_same_name_in_a_higher_directory_masks),
		WORLD_TEST(the_file_of_all_is_masked_by_none),
		WORLD_TEST(a_link_counts_as_what_it_leads_to),
		WORLD_TEST(what_stands_behind_a_nul_counts),
		WORLD_TEST(a_file_that_cannot_be_read_is_said),
		WORLD_TEST(nothing_to_keep_is_named_nowhere),
	};

	return cmocka_run_group_tests_name("sysctldfiles", tests, NULL, NULL);
}
