/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/snapshot.h"
#include "scratch.h"
#include "sys/procfs.h"

#define FIN_TIMEOUT "net.ipv4.tcp_fin_timeout"
#define FIN_FILE    "proc/sys/net/ipv4/tcp_fin_timeout"

static int open_root(void)
{
	struct err e = { 0 };
	int fd = procfs_open_root(scratch_path(), &e);

	if (fd < 0)
		fail_msg("%s", e.text);
	return fd;
}

TEST(a_root_must_be_a_directory)
{
	struct err e = { 0 };

	scratch_write("file", "x");
	assert_int_equal(procfs_open_root("file", &e), -ENOTDIR);
	assert_int_equal(procfs_open_root("none", &e), -ENOENT);
	assert_non_null(strstr(e.text, "'none'"));
}

TEST(a_file_is_read_whole)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 16384, 70000 };
	own_fd int root_fd = open_root();

	for (size_t i = 0; i < N(sizes); i++) {
		own_free char *bytes = malloc(sizes[i] + 1);
		own_free char *got = NULL;
		size_t n = 4711;

		memset(bytes, 'x', sizes[i]);
		if (sizes[i])
			bytes[sizes[i] / 2] = '\0';
		scratch_write_bytes("proc/net/some", bytes, sizes[i]);
		assert_int_equal(procfs_read(root_fd, "proc/net/some", &got, &n), 0);
		assert_int_equal(n, sizes[i]);
		assert_memory_equal(got, bytes, n);
		assert_int_equal(got[n], '\0');
	}
}

TEST(a_file_of_16_mib_is_read_and_a_larger_one_is_not)
{
	own_fd int root_fd = open_root();
	own_free char *got = NULL;
	size_t n = 0;

	scratch_write("large", "");
	assert_int_equal(truncate("large", 16 << 20), 0);
	assert_int_equal(procfs_read(root_fd, "large", &got, &n), 0);
	assert_int_equal(n, 16 << 20);
	assert_int_equal(truncate("large", (16 << 20) + 1), 0);
	assert_int_equal(procfs_read(root_fd, "large", &got, &n), -EFBIG);
}

TEST(what_cannot_be_read_is_an_errno)
{
	own_fd int root_fd = open_root();
	char *got = NULL;

	scratch_mkdir("dir", 0755);
	assert_int_equal(procfs_read(root_fd, "none", &got, NULL), -ENOENT);
	assert_int_equal(procfs_read(root_fd, "dir", &got, NULL), -EISDIR);
	assert_null(got);
}

TEST(a_sysctl_is_read_as_one_line_with_single_blanks)
{
	static const struct {
		const char *content, *value;
	} rows[] = {
		{ "60\n", "60" },
		{ "32768\t60999\n", "32768 60999" },
		{ "\n", "" },
		{ "", "" },
		{ " 4096  131072\t6291456 \n", "4096 131072 6291456" },
	};
	own_fd int root_fd = open_root();

	for (size_t i = 0; i < N(rows); i++) {
		struct reading reading;

		scratch_write(FIN_FILE, rows[i].content);
		assert_int_equal(procfs_read_knob(root_fd, FIN_TIMEOUT, &reading), 0);
		assert_string_equal(reading.value, rows[i].value);
		assert_int_equal(reading.error, 0);
		assert_false(reading.is_read_only);
		free(reading.value);
	}
}

TEST(a_sysctl_longer_than_a_page_is_not_cut_off)
{
	static const size_t sizes[] = { 4095, 4096, 4097, 16383, 16384, 16385, 65536 };
	own_fd int root_fd = open_root();

	for (size_t i = 0; i < N(sizes); i++) {
		own_text struct text t = { 0 };
		struct reading reading;

		for (size_t n = 0; n < sizes[i]; n++)
			text_add(&t, "%zu", n % 10);
		scratch_write(FIN_FILE, t.at);
		assert_int_equal(procfs_read_knob(root_fd, FIN_TIMEOUT, &reading), 0);
		assert_string_equal(reading.value, t.at);
		free(reading.value);
	}
}

TEST(a_sysctl_that_is_not_there_is_absent_and_has_no_value)
{
	own_fd int root_fd = open_root();
	struct reading reading;

	assert_int_equal(procfs_read_knob(root_fd, FIN_TIMEOUT, &reading), -ENOENT);
	assert_null(reading.value);
	assert_int_equal(reading.error, ENOENT);
	/* neither a directory nor a pipe is a sysctl */
	scratch_write(FIN_FILE "/below", "1");
	assert_int_equal(procfs_read_knob(root_fd, FIN_TIMEOUT, &reading), -ENOENT);
	assert_int_equal(mkfifo("proc/sys/net/ipv4/fifo", 0644), 0);
	assert_int_equal(procfs_read_knob(root_fd, "net.ipv4.fifo", &reading), -ENOENT);
	assert_null(reading.value);
}

TEST(a_sysctl_nobody_may_write_is_read_only)
{
	own_fd int root_fd = open_root();
	struct reading reading;

	scratch_write(FIN_FILE, "60\n");
	assert_int_equal(chmod(FIN_FILE, 0444), 0);
	assert_int_equal(procfs_read_knob(root_fd, FIN_TIMEOUT, &reading), 0);
	assert_true(reading.is_read_only);
	free(reading.value);
}

TEST(a_dot_in_an_interface_is_written_as_a_slash)
{
	own_fd int root_fd = open_root();
	struct reading reading;

	scratch_write("proc/sys/net/ipv4/conf/eth0.100/forwarding", "1\n");
	assert_int_equal(
		procfs_read_knob(root_fd, "net.ipv4.conf.eth0/100.forwarding", &reading),
		0);
	assert_string_equal(reading.value, "1");
	free(reading.value);
}

TEST(a_key_that_is_a_path_is_refused)
{
	static const char *const keys[] = {
		"net/ipv4/tcp_fin_timeout",
		"/proc/sys/net/ipv4/tcp_fin_timeout",
		"net.//.//.//.secret",
		"..",
		"",
		"net",
		"net.ipv4.",
	};
	own_fd int root_fd = open_root();

	scratch_write(FIN_FILE, "60\n");
	scratch_write("secret", "s");
	for (size_t i = 0; i < N(keys); i++) {
		struct err e = { 0 };
		struct reading reading;

		if (procfs_read_knob(root_fd, keys[i], &reading) != -EINVAL)
			fail_msg("'%s' is read", keys[i]);
		assert_null(reading.value);
		assert_int_equal(reading.error, EINVAL);
		assert_int_equal(procfs_write_knob(root_fd, keys[i], "1", &e), -EINVAL);
		assert_int_equal(procfs_probe_knob(root_fd, keys[i]), -EINVAL);
	}
	scratch_expect("secret", "s");
	scratch_expect(FIN_FILE, "60\n");
}

TEST(a_link_does_not_lead_out_of_the_tree)
{
	static const char *const links[] = {
		"/etc/passwd",
		"../../../../../../../../../../../../../../../etc/passwd",
	};
	own_fd int root_fd = open_root();

	scratch_mkdir("proc", 0755);
	scratch_mkdir("proc/net", 0755);
	for (size_t i = 0; i < N(links); i++) {
		own_free char *got = NULL;

		assert_int_equal(symlink(links[i], "proc/net/link"), 0);
		assert_int_equal(procfs_read(root_fd, "proc/net/link", &got, NULL),
				 -ENOENT);
		scratch_write("etc/passwd", "of the tree");
		assert_int_equal(procfs_read(root_fd, "proc/net/link", &got, NULL), 0);
		assert_string_equal(got, "of the tree");
		assert_int_equal(unlink("proc/net/link"), 0);
		assert_int_equal(unlink("etc/passwd"), 0);
	}
}

TEST(a_directory_that_is_a_link_does_not_lead_out_either)
{
	own_fd int root_fd = open_root();
	own_free char *got = NULL;
	struct reading reading;

	scratch_mkdir("proc", 0755);
	assert_int_equal(symlink("/proc/sys", "proc/sys"), 0);
	assert_int_equal(procfs_read_knob(root_fd, FIN_TIMEOUT, &reading), -ELOOP);
	assert_null(reading.value);
	assert_int_equal(symlink("/etc", "etc"), 0);
	assert_int_equal(procfs_read(root_fd, "etc/passwd", &got, NULL), -ELOOP);
}

TEST(a_value_is_written_as_one_line)
{
	own_fd int root_fd = open_root();
	struct err e = { 0 };

	scratch_write(FIN_FILE, "32768\t60999\n");
	assert_int_equal(procfs_write_knob(root_fd, FIN_TIMEOUT, "7", &e), 0);
	scratch_expect(FIN_FILE, "7\n");
	/* an empty list is cleared by a newline */
	assert_int_equal(procfs_write_knob(root_fd, FIN_TIMEOUT, "", &e), 0);
	scratch_expect(FIN_FILE, "\n");
}

TEST(a_write_makes_no_file)
{
	own_fd int root_fd = open_root();
	struct err e = { 0 };

	scratch_write("proc/sys/net/ipv4/other", "1\n");
	assert_int_equal(procfs_write_knob(root_fd, FIN_TIMEOUT, "7", &e), -ENOENT);
	assert_non_null(strstr(e.text, FIN_TIMEOUT));
	assert_int_equal(access(FIN_FILE, F_OK), -1);
}

TEST(a_write_that_is_refused_says_so)
{
	own_fd int root_fd = open_root();
	struct err e = { 0 };

	scratch_write(FIN_FILE "/below", "1\n");
	assert_int_equal(procfs_write_knob(root_fd, FIN_TIMEOUT, "7", &e), -EISDIR);
	assert_int_equal(procfs_probe_knob(root_fd, FIN_TIMEOUT), -EISDIR);
}

TEST(a_probe_writes_nothing)
{
	own_fd int root_fd = open_root();

	assert_int_equal(procfs_probe_knob(root_fd, FIN_TIMEOUT), -ENOENT);
	scratch_write(FIN_FILE, "60\n");
	assert_int_equal(procfs_probe_knob(root_fd, FIN_TIMEOUT), 0);
	scratch_expect(FIN_FILE, "60\n");
}

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_root_must_be_a_directory),
		SCRATCH_TEST(a_file_is_read_whole),
		SCRATCH_TEST(a_file_of_16_mib_is_read_and_a_larger_one_is_not),
		SCRATCH_TEST(what_cannot_be_read_is_an_errno),
		SCRATCH_TEST(a_sysctl_is_read_as_one_line_with_single_blanks),
		SCRATCH_TEST(a_sysctl_longer_than_a_page_is_not_cut_off),
		SCRATCH_TEST(a_sysctl_that_is_not_there_is_absent_and_has_no_value),
		SCRATCH_TEST(a_sysctl_nobody_may_write_is_read_only),
		SCRATCH_TEST(a_dot_in_an_interface_is_written_as_a_slash),
		SCRATCH_TEST(a_key_that_is_a_path_is_refused),
		SCRATCH_TEST(a_link_does_not_lead_out_of_the_tree),
		SCRATCH_TEST(a_directory_that_is_a_link_does_not_lead_out_either),
		SCRATCH_TEST(a_value_is_written_as_one_line),
		SCRATCH_TEST(a_write_makes_no_file),
		SCRATCH_TEST(a_write_that_is_refused_says_so),
		SCRATCH_TEST(a_probe_writes_nothing),
	};

	return cmocka_run_group_tests_name("procfs", tests, NULL, NULL);
}
