/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "core/owners.h"
#include "sys/netns.h"
#include "sys/procfs.h"
#include "sys/procs.h"

#include "scratch.h"

static const char limits[] =
	"Limit                     Soft Limit           Hard Limit           Units     \n"
	"Max open files            1024                 1048576              files     \n";

static void link_fd(const char *pid, const char *fd, const char *target)
{
	char path[128];

	snprintf(path, sizeof(path), "proc/%s/fd/.made", pid);
	scratch_write(path, "");
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "proc/%s/fd/%s", pid, fd);
	assert_int_equal(symlink(target, path), 0);
}

static void say(const char *pid, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "proc/%s/%s", pid, file);
	scratch_write(path, text);
}

/* A process with a socket as descriptor 3. */
static void make_process(const char *pid, const char *comm, const char *socket)
{
	link_fd(pid, "3", socket);
	say(pid, "comm", comm);
	say(pid, "cgroup", "0::/system.slice/nginx.service\n");
	say(pid, "limits", limits);
	say(pid, "status", "Name:\tx\nPid:\t1\nUid:\t1000\t33\t1000\t1000\n");
}

static struct owners read_tree(void)
{
	own_fd int root_fd = procfs_open_root(scratch_path(), NULL);
	struct owners o = { 0 };
	struct err e = { 0 };

	if (procs_read(root_fd, &o, &e) != 0)
		fail_msg("%s", e.text);
	return o;
}

static void expect_error(int code)
{
	own_fd int root_fd = procfs_open_root(scratch_path(), NULL);
	struct owners o = { 0 };
	struct err e = { 0 };

	assert_int_equal(procs_read(root_fd, &o, &e), -code);
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.text, "process"));
	assert_null(o.at);
}

TEST(a_process_with_a_socket_is_read)
{
	struct owners o;
	const struct holder *h;

	make_process("42", "nginx\n", "socket:[4711]");
	link_fd("42", "0", "other");
	link_fd("42", "255", "socket:[4712]");
	link_fd("43", "0", "other");
	o = read_tree();
	assert_int_equal(o.n, 1);
	assert_int_equal(o.n_hidden, 0);
	assert_int_equal(o.at[0].pid, 42);
	assert_int_equal(o.at[0].uid, 33);
	assert_string_equal(o.at[0].program, "nginx");
	assert_string_equal(o.at[0].unit, "nginx.service");
	assert_int_equal(o.at[0].n_fds, 3);
	assert_int_equal(o.at[0].fd_limit, 1024);
	h = owners_find(&o, 4711);
	assert_non_null(h);
	assert_int_equal(h->fd, 3);
	h = owners_find(&o, 4712);
	assert_non_null(h);
	assert_int_equal(h->fd, 255);
	owners_done(&o);
}

TEST(a_program_is_kept_as_it_is)
{
	static const struct {
		const char *comm;
		const char *program;
	} rows[] = {
		{ "(sd-pam)\n", "(sd-pam)" },	  { "a b) R 1\n", "a b) R 1" },
		{ "a\nb\n\n", "a\nb\n" },	  { "\033[31mred\n", "\033[31mred" },
		{ "\xff\xfe\n", "\xff\xfe" },	  { "\n", "" },
		{ "without end", "without end" }, { "", "" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		char pid[16];

		snprintf(pid, sizeof(pid), "%zu", i + 1);
		make_process(pid, rows[i].comm, "socket:[7]");
	}
	struct owners o = read_tree();

	assert_int_equal(o.n, N(rows));
	for (size_t i = 0; i < o.n; i++)
		assert_string_equal(o.at[i].program, rows[o.at[i].pid - 1].program);
	assert_int_equal(o.at[owners_find(&o, 7)->process].pid, 1);
	assert_int_equal(owners_find(&o, 7)->n_others, N(rows) - 1);
	owners_done(&o);
}

TEST(a_process_that_may_not_be_looked_at_is_hidden)
{
	struct owners o;

	scratch_mkdir("proc", 0755);
	scratch_mkdir("proc/1", 0755);
	scratch_mkdir("proc/2", 0755);
	make_process("42", "x\n", "socket:[7]");
	o = read_tree();
	assert_int_equal(o.n, 1);
	assert_int_equal(o.n_hidden, 2);
	owners_done(&o);
}

TEST(a_process_that_had_ended_is_left_out)
{
	struct owners o;

	make_process("42", "x\n", "socket:[7]");
	say("42", "status", "Name:\tx\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\n");
	o = read_tree();
	assert_int_equal(o.n, 0);
	assert_int_equal(o.n_hidden, 0);
	assert_null(owners_find(&o, 7));
	owners_done(&o);
}

TEST(what_is_no_descriptor_of_a_socket_is_none)
{
	static const char *const targets[] = {
		"socket:[0]",
		"socket:[]",
		"socket:[",
		"socket:[7",
		"socket:[7]x",
		"socket:[07]",
		"socket:7",
		"socket:[99999999999]",
		"socket:[ 7]",
		"socket:[-7]",
		" socket:[7]",
		"/tmp/socket:[7]",
		"pipe:[7]",
		"anon_inode:[7]",
		"socket:[0x7]",
		"socket:[000000000000000000000000000000000000000000000000000000000007]",
	};
	struct owners o;

	make_process("42", "x\n", "socket:[8]");
	for (size_t i = 0; i < N(targets); i++) {
		char fd[16];

		snprintf(fd, sizeof(fd), "%zu", i + 10);
		link_fd("42", fd, targets[i]);
	}
	/* names that are no number of a descriptor */
	link_fd("42", "x", "socket:[7]");
	link_fd("42", "007", "socket:[7]");
	link_fd("42", "-1", "socket:[7]");
	link_fd("42", "4294967296", "socket:[7]");
	/* and a descriptor that is no link */
	scratch_write("proc/42/fd/100", "socket:[7]");
	o = read_tree();
	assert_int_equal(o.n, 1);
	assert_int_equal(o.at[0].n_fds, N(targets) + 2);
	assert_int_equal(o.n_sockets, 1);
	assert_null(owners_find(&o, 7));
	owners_done(&o);
}

TEST(what_is_no_directory_of_a_process_is_none)
{
	struct owners o;

	make_process("42", "x\n", "socket:[7]");
	make_process("007", "x\n", "socket:[8]");
	make_process("-1", "x\n", "socket:[8]");
	make_process("99999999999", "x\n", "socket:[8]");
	make_process("0", "x\n", "socket:[8]");
	make_process("self", "x\n", "socket:[8]");
	scratch_write("proc/10", "a file");
	/* links, in the tree and out of it */
	assert_int_equal(symlink("self", "proc/11"), 0);
	assert_int_equal(symlink("/proc/self", "proc/12"), 0);
	scratch_mkdir("proc/13", 0755);
	assert_int_equal(symlink("../self/fd", "proc/13/fd"), 0);
	scratch_write("proc/14/fd", "a file");
	assert_int_equal(symlink("nowhere", "proc/15"), 0);
	o = read_tree();
	assert_int_equal(o.n, 1);
	assert_int_equal(o.at[0].pid, 42);
	assert_int_equal(o.n_hidden, 0);
	assert_null(owners_find(&o, 8));
	owners_done(&o);
}

TEST(what_a_process_does_not_say_is_unknown)
{
	struct owners o;

	link_fd("42", "3", "socket:[7]");
	o = read_tree();
	assert_int_equal(o.n, 1);
	assert_string_equal(o.at[0].program, "");
	assert_string_equal(o.at[0].unit, "");
	assert_int_equal(o.at[0].uid, UINT32_MAX);
	assert_int_equal(o.at[0].fd_limit, 0);
	owners_done(&o);
}

TEST(no_file_of_a_process_leads_out_of_the_tree_or_blocks)
{
	struct owners o;

	link_fd("42", "3", "socket:[7]");
	assert_int_equal(symlink("/proc/self/comm", "proc/42/comm"), 0);
	assert_int_equal(symlink("/proc/self/status", "proc/42/status"), 0);
	assert_int_equal(mkfifo("proc/42/limits", 0644), 0);
	scratch_mkdir("proc/42/cgroup", 0755);
	o = read_tree();
	assert_int_equal(o.n, 1);
	assert_string_equal(o.at[0].program, "");
	assert_int_equal(o.at[0].uid, UINT32_MAX);
	owners_done(&o);
}

TEST(of_a_huge_file_the_beginning_is_read)
{
	static char huge[1 << 20];
	struct owners o;

	make_process("42", "x\n", "socket:[7]");
	memset(huge, 'a', sizeof(huge) - 1);
	say("42", "comm", huge);
	say("42", "cgroup", huge);
	say("42", "status", huge);
	o = read_tree();
	assert_int_equal(strlen(o.at[0].program), sizeof(o.at[0].program) - 1);
	assert_string_equal(o.at[0].unit, "");
	assert_int_equal(o.at[0].uid, UINT32_MAX);
	owners_done(&o);
}

TEST(a_hundred_thousand_descriptors_are_read)
{
	enum { MANY = 100000 };
	struct owners o;
	own_fd int dir_fd = -1;

	make_process("42", "x\n", "socket:[1]");
	dir_fd = open("proc/42/fd", O_PATH | O_DIRECTORY);
	for (unsigned fd = 4; fd < MANY; fd++) {
		char name[16], target[32];

		snprintf(name, sizeof(name), "%u", fd);
		snprintf(target, sizeof(target), "socket:[%u]", fd * 16);
		assert_int_equal(symlinkat(target, dir_fd, name), 0);
	}
	o = read_tree();
	assert_int_equal(o.at[0].n_fds, MANY - 3);
	for (unsigned fd = 4; fd < MANY; fd++) {
		const struct holder *h = owners_find(&o, fd * 16);

		assert_true(h && h->fd == fd);
	}
	owners_done(&o);
}

TEST(without_processes_it_is_an_error)
{
	expect_error(ENOENT);
	scratch_write("proc", "a file");
	expect_error(ENOTDIR);
	assert_int_equal(unlink("proc"), 0);
	assert_int_equal(symlink("/nowhere", "proc"), 0);
	expect_error(ENOENT);
	assert_int_equal(unlink("proc"), 0);
	scratch_mkdir("proc", 0755);
	expect_error(ENODATA);
	/* as in a recording without processes */
	scratch_write("proc/net/tcp", "");
	scratch_write("proc/self/ns/net", "");
	expect_error(ENODATA);
}

TEST(a_namespace_found_by_a_process_has_the_label_of_its_unit)
{
	own_fd int root_fd = procfs_open_root(scratch_path(), NULL);
	char label[96];

	make_process("812", "nginx\n", "socket:[1]");
	netns_label(root_fd, "812", label, sizeof(label));
	assert_string_equal(label, "nginx.service");
	netns_label(root_fd, "813", label, sizeof(label));
	assert_string_equal(label, "");
	netns_label(root_fd, "web", label, sizeof(label));
	assert_string_equal(label, "");
}

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_process_with_a_socket_is_read),
		SCRATCH_TEST(a_program_is_kept_as_it_is),
		SCRATCH_TEST(a_process_that_may_not_be_looked_at_is_hidden),
		SCRATCH_TEST(a_process_that_had_ended_is_left_out),
		SCRATCH_TEST(what_is_no_descriptor_of_a_socket_is_none),
		SCRATCH_TEST(what_is_no_directory_of_a_process_is_none),
		SCRATCH_TEST(what_a_process_does_not_say_is_unknown),
		SCRATCH_TEST(no_file_of_a_process_leads_out_of_the_tree_or_blocks),
		SCRATCH_TEST(of_a_huge_file_the_beginning_is_read),
		SCRATCH_TEST(a_hundred_thousand_descriptors_are_read),
		SCRATCH_TEST(without_processes_it_is_an_error),
		SCRATCH_TEST(a_namespace_found_by_a_process_has_the_label_of_its_unit),
	};

	return cmocka_run_group_tests_name("procs", tests, NULL, NULL);
}
