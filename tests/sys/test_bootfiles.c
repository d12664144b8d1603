/* SPDX-License-Identifier: MIT */
/* The files of sysctl.d(5) on a machine: what is read, and what each entry is. */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "core/bootfiles.h"
#include "scratch.h"
#include "sys/bootfiles.h"
#include "sys/bootversion.h"
#include "world.h"

static struct boot_tree read_now(void)
{
	struct boot_tree t;
	struct err e = { 0 };

	if (bootfiles_read(root_fd, &t, &e) < 0)
		fail_msg("%s", e.text);
	return t;
}

/* The one entry there is; or none for kind -1. */
static void expect_entry(const char *path, int kind, const char *text)
{
	struct boot_tree t = read_now();
	const struct boot_file *f = boot_tree_find(&t, path);

	if (kind < 0)
		assert_null(f);
	else if (!f || f->kind != (enum boot_kind)kind)
		fail_msg("'%s' is %d, want %d", path, f ? (int)f->kind : -1, kind);
	else if (text && (f->n != strlen(text) || memcmp(f->text, text, f->n) != 0))
		fail_msg("'%s' has %zu bytes", path, f->n);
	boot_tree_done(&t);
}

TEST(the_congestion_controls_are_read)
{
	struct boot_tree t = read_now();

	assert_null(t.controls);
	assert_true(boot_tree_has_control(&t, "nosuch"));
	boot_tree_done(&t);
	scratch_write("proc/sys/net/ipv4/tcp_available_congestion_control",
		      "reno cubic\n");
	t = read_now();
	assert_true(boot_tree_has_control(&t, "cubic"));
	assert_false(boot_tree_has_control(&t, "cub"));
	boot_tree_done(&t);
}

TEST(each_directory_and_the_file_of_all_are_read)
{
	static const char *const files[] = {
		"etc/sysctl.d/10-a.conf",     "etc/sysctl.d/.hidden.conf",
		"etc/sysctl.d/a b.conf",      "run/sysctl.d/10-a.conf",
		"usr/lib/sysctl.d/10-a.conf", "usr/local/lib/sysctl.d/10-a.conf",
		"lib/sysctl.d/10-a.conf",     "etc/sysctl.conf",
		"etc/credstore/sysctl.extra",
	};
	static const char *const others[] = { "etc/sysctl.d/README",
					      "etc/sysctl.d/a.conf~",
					      "etc/sysctl.d/sub/a.conf", "etc/a.conf" };
	struct boot_tree t;

	for (size_t i = 0; i < N(files); i++)
		scratch_write(files[i], files[i]);
	for (size_t i = 0; i < N(others); i++)
		scratch_write(others[i], "x");
	t = read_now();
	assert_int_equal(t.n, N(files));
	boot_tree_done(&t);
	scratch_write("etc/sysctl.d/99-tuning", "x");
	expect_entry("/etc/sysctl.d/99-tuning", BOOT_MISNAMED, NULL);
	for (size_t i = 0; i < N(files); i++) {
		char path[80];

		snprintf(path, sizeof(path), "/%s", files[i]);
		expect_entry(path, BOOT_FILE, files[i]);
	}
}

TEST(without_any_file_nothing_is_read)
{
	struct boot_tree t = read_now();

	assert_int_equal(t.n, 0);
	assert_int_equal(rmdir("etc"), 0);
	boot_tree_done(&t);
	t = read_now();
	assert_int_equal(t.n, 0);
	boot_tree_done(&t);
}

TEST(an_entry_is_what_it_is)
{
	static const char path[] = "etc/sysctl.d/x.conf", key[] = "/etc/sysctl.d/x.conf";

	scratch_write("etc/real", "net.x=1\n");
	scratch_mkdir("etc/sysctl.d", 0755);
	static const struct {
		const char *target;
		enum boot_kind kind;
	} links[] = { { "/dev/null", BOOT_NULL },	{ "nowhere", BOOT_NOWHERE },
		      { "/no/where", BOOT_NOWHERE },	{ "x.conf", BOOT_FAILED },
		      { "../real", BOOT_FILE },		{ "/etc/real", BOOT_FILE },
		      { "../sysctl.d", BOOT_DIRECTORY } };

	for (size_t i = 0; i < N(links); i++) {
		assert_int_equal(symlink(links[i].target, path), 0);
		expect_entry(key, (int)links[i].kind, NULL);
		assert_int_equal(unlink(path), 0);
	}
	scratch_mkdir(path, 0755);
	expect_entry(key, BOOT_DIRECTORY, NULL);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0644), 0);
	expect_entry(key, BOOT_FIFO, NULL);
	assert_int_equal(unlink(path), 0);
	scratch_write(path, "");
	expect_entry(key, BOOT_FILE, "");
	assert_int_equal(truncate(path, 100 << 20), 0);
	scratch_write("etc/sysctl.d/y.conf", "net.x=1\n");
	expect_entry(key, BOOT_TOO_BIG, NULL);
	expect_entry("/etc/sysctl.d/y.conf", BOOT_FILE, "net.x=1\n");
}

TEST(what_may_not_be_read_is_an_entry_that_says_so)
{
	struct boot_tree t;

	scratch_write("etc/sysctl.d/x.conf", "net.x=1\n");
	scratch_write("run/sysctl.d/y.conf", "net.x=1\n");
	assert_int_equal(chmod("etc/sysctl.d/x.conf", 0), 0);
	assert_int_equal(chmod("run/sysctl.d", 0), 0);
	drop_power();
	t = read_now();
	regain_power();
	assert_int_equal(chmod("run/sysctl.d", 0755), 0);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.at[0].path, "/etc/sysctl.d/x.conf");
	assert_string_equal(t.at[1].path, "/run/sysctl.d");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(t.at[i].kind, BOOT_FAILED);
		assert_int_equal(t.at[i].error, EACCES);
	}
	boot_tree_done(&t);
}

TEST(a_directory_that_is_a_link_to_another_is_read_once)
{
	scratch_write("usr/lib/sysctl.d/10-a.conf", "net.x=1\n");
	assert_int_equal(symlink("usr/lib", "lib"), 0);
	expect_entry("/usr/lib/sysctl.d/10-a.conf", BOOT_FILE, "net.x=1\n");
	expect_entry("/lib/sysctl.d/10-a.conf", -1, NULL);
}

TEST(of_credentials_the_one_of_the_boot_counts)
{
	scratch_write("etc/credstore/sysctl.extra", "x");
	expect_entry("/etc/credstore/sysctl.extra", BOOT_FILE, "x");
	scratch_write("run/credentials/@system/sysctl.extra", "y");
	expect_entry("/run/credentials/@system/sysctl.extra", BOOT_FILE, "y");
	expect_entry("/etc/credstore/sysctl.extra", -1, NULL);
}

TEST(the_version_of_systemd_is_in_the_name_of_its_library)
{
	static const struct {
		const char *file;
		unsigned version;
	} rows[] = {
		{ "usr/lib/systemd/libsystemd-shared-257.so", 257 },
		{ "usr/lib/systemd/libsystemd-shared-254.5-1.fc39.so", 254 },
		{ "usr/lib64/systemd/libsystemd-shared-252.so", 252 },
		{ "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so", 252 },
		{ "usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-252.so", 252 },
		{ "lib/systemd/libsystemd-shared-241.so", 241 },
		{ "usr/lib/systemd/libsystemd-core-252.so", 0 },
		{ "usr/lib/systemd/libsystemd-shared-.so", 0 },
		{ "usr/lib/systemd/libsystemd-shared-252.debug", 0 },
	};

	assert_int_equal(bootversion_systemd(root_fd), 0);
	for (size_t i = 0; i < N(rows); i++) {
		char path[640] = "";

		scratch_write(rows[i].file, "");
		assert_int_equal(bootversion_systemd(root_fd), rows[i].version);
		assert_int_equal(bootversion_systemd_file(root_fd, path, sizeof(path)),
				 rows[i].version > 0);
		assert_string_equal(path, rows[i].version ? rows[i].file : "");
		assert_int_equal(unlink(rows[i].file), 0);
	}
}

TEST(the_version_of_procps_is_what_dpkg_says)
{
	static const struct {
		const char *status;
		unsigned version;
	} rows[] = {
		{ "Package: procps\nStatus: install ok installed\nVersion: 2:4.0.2-3\n",
		  40002 },
		{ "Package: a\nVersion: 9.9.9\n\nPackage: procps\nDescription: x\n y\nVersion: 4.0.4\n",
		  40004 },
		{ "Package: procps\nVersion: 2:3.3.17-5\n", 30317 },
		{ "Package: procps-x\nVersion: 4.0.2\n", 0 },
		{ "Package: procps\n\nVersion: 4.0.2\n", 0 },
		{ "Package: procps\nVersion: x\n", 0 },
		{ "", 0 },
	};
	own_text struct text stanza = { 0 };

	assert_int_equal(bootversion_procps(root_fd), 0);
	for (size_t i = 0; i < N(rows); i++) {
		scratch_write(BOOTVERSION_DPKG, rows[i].status);
		assert_int_equal(bootversion_procps(root_fd), rows[i].version);
	}
	bootversion_procps_stanza(root_fd, &stanza);
	assert_null(stanza.at);
	scratch_write(BOOTVERSION_DPKG, rows[1].status);
	bootversion_procps_stanza(root_fd, &stanza);
	assert_string_equal(stanza.at, "Package: procps\nVersion: 4.0.4\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(the_congestion_controls_are_read),
		WORLD_TEST(each_directory_and_the_file_of_all_are_read),
		WORLD_TEST(without_any_file_nothing_is_read),
		WORLD_TEST(an_entry_is_what_it_is),
		WORLD_TEST(what_may_not_be_read_is_an_entry_that_says_so),
		WORLD_TEST(a_directory_that_is_a_link_to_another_is_read_once),
		WORLD_TEST(of_credentials_the_one_of_the_boot_counts),
		WORLD_TEST(the_version_of_systemd_is_in_the_name_of_its_library),
		WORLD_TEST(the_version_of_procps_is_what_dpkg_says),
	};

	return cmocka_run_group_tests_name("bootfiles", tests, NULL, NULL);
}
