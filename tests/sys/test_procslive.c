/* SPDX-License-Identifier: MIT */
/* Who holds a socket, on the running machine, and recorded from it. */
#include "unit/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "core/owners.h"
#include "sys/machine.h"
#include "sys/procfs.h"
#include "sys/procs.h"
#include "sys/recorder.h"
#include "sys/treeprocs.h"

#include "scratch.h"

enum { NOBODY = 65534, SKIPPED = 77 };

static struct owners read_root(const char *root)
{
	own_fd int root_fd = procfs_open_root(root, NULL);
	struct owners o = { 0 };
	struct err e = { 0 };

	if (procs_read(root_fd, &o, &e) != 0)
		fail_msg("%s", e.text);
	return o;
}

static const struct process *find_pid(const struct owners *o, pid_t pid)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->at[i].pid == (uint32_t)pid)
			return &o->at[i];
	return NULL;
}

static int make_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static unsigned count_own_fds(void)
{
	own_dir DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(d))
		n++;
	return n - 2 - 1; /* "." and "..", and the descriptor of the directory */
}

/* A child that waits, once it has said so with a byte, to be killed. */
struct child {
	pid_t pid;
	int ready_fd;
};

static void wait_for_end(int ready_fd)
{
	if (write(ready_fd, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static void await(struct child *c)
{
	char byte;

	assert_int_equal(read(c->ready_fd, &byte, 1), 1);
	close(c->ready_fd);
}

/* In the child c->pid is 0 and the result the descriptor to say it with. */
static int start(struct child *c)
{
	int pipe_fd[2];

	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pipe_fd[0]);
		return pipe_fd[1];
	}
	close(pipe_fd[1]);
	c->ready_fd = pipe_fd[0];
	return -1;
}

static void end(struct child *c)
{
	assert_int_equal(kill(c->pid, SIGKILL), 0);
	assert_int_equal(waitpid(c->pid, NULL, 0), c->pid);
}

/* The status of a child whose asserts would be this test's second run. */
static void expect_exit(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

TEST(ones_own_socket_is_found)
{
	own_fd int fd = make_socket();
	unsigned n = count_own_fds();
	struct owners o = read_root("/");
	const struct holder *h = owners_find(&o, inode_of(fd));
	struct rlimit limit;
	const struct process *p;

	assert_non_null(h);
	assert_int_equal(h->fd, fd);
	assert_int_equal(h->n_others, 0);
	p = &o.at[h->process];
	assert_int_equal(p->pid, getpid());
	assert_int_equal(p->uid, geteuid());
	/* 15 bytes of a comm */
	assert_string_equal(p->program, "test_procslive");
	/* and while it is read the root, /proc, the process, and its descriptors */
	assert_int_equal(p->n_fds, n + 4);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(p->fd_limit, limit.rlim_cur);
	owners_done(&o);
}

TEST(a_socket_of_parent_and_child_is_the_lower_pids)
{
	static const char name[] = "a) R\n\033[1m b";
	own_fd int fd = make_socket();
	struct child c;
	int ready_fd = start(&c);
	const struct holder *h;
	const struct process *p;
	struct owners o;

	if (c.pid == 0) {
		prctl(PR_SET_NAME, name);
		if (dup(fd) < 0)
			_exit(1);
		wait_for_end(ready_fd);
	}
	await(&c);
	o = read_root("/");
	h = owners_find(&o, inode_of(fd));
	assert_non_null(h);
	assert_int_equal(h->n_others, 1);
	assert_int_equal(o.at[h->process].pid, c.pid < getpid() ? c.pid : getpid());
	p = find_pid(&o, c.pid);
	assert_non_null(p);
	assert_string_equal(p->program, name);
	owners_done(&o);

	end(&c);
	o = read_root("/");
	assert_int_equal(owners_find(&o, inode_of(fd))->n_others, 0);
	assert_null(find_pid(&o, c.pid));
	owners_done(&o);
}

TEST(a_process_with_15000_descriptors_is_read)
{
	enum { MANY = 15000 };
	struct rlimit limit, more;
	struct child c;
	int ready_fd;
	struct owners o;
	const struct process *p;
	unsigned n;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	n = limit.rlim_max < MANY + 100 ? (unsigned)limit.rlim_max - 100 : MANY;
	ready_fd = start(&c);
	if (c.pid == 0) {
		int fd = make_socket();

		more = (struct rlimit){ limit.rlim_max, limit.rlim_max };
		if (setrlimit(RLIMIT_NOFILE, &more) < 0)
			_exit(1);
		for (unsigned i = 1; i < n; i++)
			if (dup(fd) < 0)
				_exit(1);
		wait_for_end(ready_fd);
	}
	await(&c);
	o = read_root("/");
	p = find_pid(&o, c.pid);
	assert_non_null(p);
	assert_in_range(p->n_fds, n, n + 50);
	assert_int_equal(p->fd_limit, limit.rlim_max);
	end(&c);
	owners_done(&o);
}

/* Processes with a socket that come and go as fast as they can. */
static _Noreturn void come_and_go(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			(void)make_socket();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

TEST(processes_that_end_meanwhile_do_no_harm)
{
	own_fd int fd = make_socket();
	struct child c;
	int ready_fd = start(&c);

	if (c.pid == 0) {
		close(fd);
		if (write(ready_fd, "", 1) == 1)
			come_and_go();
		_exit(1);
	}
	await(&c);
	for (int i = 0; i < 200; i++) {
		struct owners o = read_root("/");

		assert_non_null(owners_find(&o, inode_of(fd)));
		owners_done(&o);
	}
	end(&c);
}

static bool become_nobody(void)
{
	/* capabilities go with the uid */
	return setgid(NOBODY) == 0 && setuid(NOBODY) == 0;
}

TEST(another_users_process_is_hidden)
{
	own_fd int fd = make_socket();
	pid_t pid;

	if (geteuid() != 0)
		skip();
	pid = fork();
	if (pid == 0) {
		struct owners o;
		const struct holder *h;
		uint64_t inode = inode_of(fd);
		int own;

		close(fd);
		if (!become_nobody())
			_exit(SKIPPED);
		/* a change of uid makes a process unreadable even to itself */
		prctl(PR_SET_DUMPABLE, 1);
		own = make_socket();
		o = read_root("/");
		h = owners_find(&o, inode_of(own));
		_exit(!(o.n_hidden > 0 && !owners_find(&o, inode) && h &&
			o.at[h->process].uid == NOBODY));
	}
	expect_exit(pid);
}

/*
 * In a namespace of PIDs and mounts of its own: before Linux 5.8 hidepid was all mounts'
 * of one PID namespace. PID 1 there is root's, and its child is nobody, who looks.
 */
static int look_past_hidepid(const char *options, size_t n_hidden)
{
	char dir[512];
	pid_t pid;
	int status;

	snprintf(dir, sizeof(dir), "%s/proc", scratch_path());
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", dir, "proc", 0, options) < 0)
		return SKIPPED;
	pid = fork();
	if (pid == 0) {
		struct owners o;
		const struct holder *h;
		int own;

		if (!become_nobody())
			_exit(SKIPPED);
		prctl(PR_SET_DUMPABLE, 1);
		own = make_socket();
		o = read_root(scratch_path());
		h = owners_find(&o, inode_of(own));
		_exit(!(o.n_hidden == n_hidden && o.n == 1 && h));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 1;
	return WEXITSTATUS(status);
}

static void expect_hidden(const char *options, size_t n_hidden)
{
	pid_t pid, init;
	int status;

	assert_int_equal(chmod(scratch_path(), 0755), 0);
	scratch_mkdir("proc", 0755);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
			_exit(SKIPPED);
		init = fork();
		if (init == 0)
			_exit(look_past_hidepid(options, n_hidden));
		if (waitpid(init, &status, 0) != init || !WIFEXITED(status))
			_exit(1);
		_exit(WEXITSTATUS(status));
	}
	expect_exit(pid);
}

TEST(processes_that_hidepid_does_not_list_are_hidden)
{
	expect_hidden("hidepid=2", 1);
}

TEST(processes_that_hidepid_only_lists_are_hidden)
{
	expect_hidden("hidepid=1", 1);
}

static void record(const char *dir)
{
	own_fd int root_fd = procfs_open_root("/", NULL);
	own_fd int dir_fd = -1;
	struct machine m = { .root_fd = root_fd, .is_live = true };
	struct err e = { 0 };

	scratch_mkdir(dir, 0755);
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (treeprocs_record(
		    &(struct recorder){ .machine = &m, .dir_fd = dir_fd, .e = &e }) < 0)
		fail_msg("%s", e.text);
}

static void expect_link(pid_t pid, int fd, const char *target)
{
	char path[128], got[64];
	ssize_t n;

	snprintf(path, sizeof(path), "tree/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(path, got, sizeof(got) - 1);
	assert_true(n > 0);
	got[n] = '\0';
	assert_string_equal(got, target);
}

TEST(a_recording_says_the_same_and_nothing_more)
{
	own_fd int fd = make_socket();
	own_fd int secret = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char want[64], path[64];
	struct owners live, o;
	const struct process *a, *b;

	record("tree");
	live = read_root("/");
	o = read_root("tree");
	a = find_pid(&live, getpid());
	b = find_pid(&o, getpid());
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(b->uid, a->uid);
	assert_string_equal(b->program, a->program);
	assert_string_equal(b->unit, a->unit);
	assert_int_equal(b->fd_limit, a->fd_limit);
	assert_int_equal(owners_find(&o, inode_of(fd))->fd, fd);

	snprintf(want, sizeof(want), "socket:[%u]", (unsigned)inode_of(fd));
	expect_link(getpid(), fd, want);
	expect_link(getpid(), secret, "other");
	snprintf(path, sizeof(path), "tree/proc/%d/status", (int)getpid());
	snprintf(want, sizeof(want),
		 "Name:\ttest_procslive\nPid:\t%d\nUid:\t%d\t%d\t%d\t%d\n", (int)getpid(),
		 (int)geteuid(), (int)geteuid(), (int)geteuid(), (int)geteuid());
	scratch_expect(path, want);
	owners_done(&live);
	owners_done(&o);
}

TEST(who_records_is_recorded_even_without_a_socket)
{
	char path[64];
	struct owners o;

	record("tree");
	snprintf(path, sizeof(path), "tree/proc/%d/fd/0", (int)getpid());
	assert_int_equal(faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW), 0);
	o = read_root("tree");
	assert_null(find_pid(&o, getpid()));
	owners_done(&o);
}

TEST(a_hidden_process_is_recorded_as_hidden)
{
	own_fd int tree_fd = -1, dir_fd = -1;
	struct machine m = { 0 };
	struct err e = { 0 };
	struct owners o;

	scratch_mkdir("from", 0755);
	scratch_mkdir("from/proc", 0755);
	scratch_mkdir("from/proc/42", 0755);
	scratch_mkdir("to", 0755);
	tree_fd = procfs_open_root("from", NULL);
	dir_fd = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m.root_fd = tree_fd;
	assert_int_equal(treeprocs_record(&(struct recorder){
				 .machine = &m, .dir_fd = dir_fd, .e = &e }),
			 0);
	o = read_root("to");
	assert_int_equal(o.n_hidden, 1);
	assert_int_equal(o.n, 0);
	owners_done(&o);
}

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ones_own_socket_is_found),
		cmocka_unit_test(a_socket_of_parent_and_child_is_the_lower_pids),
		cmocka_unit_test(a_process_with_15000_descriptors_is_read),
		cmocka_unit_test(processes_that_end_meanwhile_do_no_harm),
		cmocka_unit_test(another_users_process_is_hidden),
		SCRATCH_TEST(processes_that_hidepid_does_not_list_are_hidden),
		SCRATCH_TEST(processes_that_hidepid_only_lists_are_hidden),
		SCRATCH_TEST(a_recording_says_the_same_and_nothing_more),
		SCRATCH_TEST(who_records_is_recorded_even_without_a_socket),
		SCRATCH_TEST(a_hidden_process_is_recorded_as_hidden),
	};

	return cmocka_run_group_tests_name("procslive", tests, NULL, NULL);
}
