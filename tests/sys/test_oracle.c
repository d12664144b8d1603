/* SPDX-License-Identifier: MIT */
/*
 * The defaults of the running kernel, asked from namespaces of the test's own, and out of
 * recordings.
 */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "core/defaults.h"
#include "sys/machine.h"
#include "sys/oracle.h"
#include "sys/procfs.h"
#include "sys/scratch.h"
#include "sys/tree.h"

enum { NOBODY = 65534, SKIPPED = 77, AWAIT_MS = 20000 };

/* A failed assertion would jump out of the child: it says what is wrong and ends. */
#define wrong(...)                            \
	do {                                  \
		fprintf(stderr, __VA_ARGS__); \
		fputc('\n', stderr);          \
		_exit(1);                     \
	} while (0)

static void skip_child(const char *why)
{
	fprintf(stderr, "skipped: %s\n", why);
	_exit(SKIPPED);
}

/* In a process of its own, whose namespace and rights end with it. */
static void in_child(void (*scenario)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		scenario();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void enter_new_netns(void)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		skip_child("no network namespace can be made here");
}

static void become_nobody(void)
{
	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		wrong("setresuid: %m");
}

/* What finwait sees of where it is: both are static, for they are big. */
static struct look {
	struct machine m;
	struct snapshot s;
	struct defaults d;
} here, there;

static void look(struct look *l, const char *root)
{
	struct err e = { 0 };

	if (machine_open(&l->m, root, false, &e) < 0 ||
	    machine_read(&l->m, MACHINE_KNOBS | MACHINE_CATALOGUE, &l->s, &e) < 0 ||
	    oracle_ask(&l->m, &l->s, &l->d, &e) < 0)
		wrong("%s", e.text);
}

static void look_away(struct look *l)
{
	defaults_done(&l->d);
	snapshot_done(&l->s);
	machine_close(&l->m);
}

static const char *shown(const char *value)
{
	return value ? value : "(none)";
}

static bool is_same(const char *a, const char *b)
{
	return strcmp(shown(a), shown(b)) == 0;
}

/* Both have the same defaults, for the same reasons. */
static void expect_same_defaults(const struct look *a, const struct look *b)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob_default *x = &a->d.at[i], *y = &b->d.at[i];

		if (!is_same(x->value, y->value) || x->how != y->how ||
		    strcmp(x->why, y->why) != 0)
			wrong("%s: %s (%s) and %s (%s)", catalogue[i].name,
			      shown(x->value), x->why, shown(y->value), y->why);
	}
	if (strcmp(a->d.trouble, b->d.trouble) != 0)
		wrong("trouble '%s' and '%s'", a->d.trouble, b->d.trouble);
}

static void write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value))
		wrong("cannot write %s: %m", path);
	close(fd);
}

static void fresh(void)
{
	size_t n = 0;

	enter_new_netns();
	look(&here, NULL);
	if (here.d.trouble[0])
		wrong("trouble: %s", here.d.trouble);
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct reading *now = &here.s.knobs[i];
		const struct knob_default *d = &here.d.at[i];

		if (catalogue[i].origin != KNOB_ASKED || !now->value)
			continue;
		n++;
		if (d->how != KNOB_ASKED || !is_same(d->value, now->value) ||
		    !default_is(&catalogue[i], d, now->value))
			wrong("%s is %s, default %s (%s)", catalogue[i].name, now->value,
			      shown(d->value), d->why);
	}
	if (n < 25)
		wrong("only %zu knobs were asked", n);
	look_away(&here);
}

TEST(what_a_new_namespace_has_is_the_default)
{
	in_child(fresh);
}

static void changed(void)
{
	static const struct {
		enum knob_id id;
		const char *path, *value;
	} changes[] = {
		{ KNOB_FIN_TIMEOUT, "/proc/sys/net/ipv4/tcp_fin_timeout", "17" },
		{ KNOB_RETRIES2, "/proc/sys/net/ipv4/tcp_retries2", "5" },
		{ KNOB_SOMAXCONN, "/proc/sys/net/core/somaxconn", "77" },
		{ KNOB_PORT_RANGE, "/proc/sys/net/ipv4/ip_local_port_range",
		  "2000 3000" },
		{ KNOB_RESERVED_PORTS, "/proc/sys/net/ipv4/ip_local_reserved_ports",
		  "2500" },
		{ KNOB_MAX_TW_BUCKETS, "/proc/sys/net/ipv4/tcp_max_tw_buckets", "5" },
	};

	enter_new_netns();
	look(&there, NULL);
	for (size_t i = 0; i < N(changes); i++)
		write_file(changes[i].path, changes[i].value);
	look(&here, NULL);
	expect_same_defaults(&there, &here);
	for (size_t i = 0; i < N(changes); i++) {
		const enum knob_id id = changes[i].id;

		if (default_is(&catalogue[id], &here.d.at[id], here.s.knobs[id].value) ||
		    !default_is(&catalogue[id], &here.d.at[id], there.s.knobs[id].value))
			wrong("%s: %s is not %s", catalogue[id].name, changes[i].value,
			      shown(here.d.at[id].value));
	}
}

TEST(changed_values_change_no_default)
{
	in_child(changed);
}

static void own_table(void)
{
	static const enum knob_id followers[] = { KNOB_MAX_TW_BUCKETS,
						  KNOB_MAX_SYN_BACKLOG };

	enter_new_netns();
	if (access("/proc/sys/net/ipv4/tcp_child_ehash_entries", F_OK) < 0)
		skip_child("this kernel has one table for all");
	write_file("/proc/sys/net/ipv4/tcp_child_ehash_entries", "32768");
	look(&there, NULL);
	for (size_t i = 0; i < N(followers); i++)
		if (!is_same(there.d.at[followers[i]].value,
			     there.s.knobs[followers[i]].value))
			wrong("%s: default %s", catalogue[followers[i]].name,
			      shown(there.d.at[followers[i]].value));
	/* now into one of the children, that has a table of its own */
	if (unshare(CLONE_NEWNET) < 0)
		wrong("unshare: %m");
	look(&here, NULL);
	if (!is_same(here.d.at[KNOB_MAX_TW_BUCKETS].value, "16384") ||
	    !is_same(here.d.at[KNOB_MAX_SYN_BACKLOG].value, "256") ||
	    !is_same(here.s.knobs[KNOB_MAX_TW_BUCKETS].value, "16384"))
		wrong("of a table of its own: %s, %s",
		      shown(here.d.at[KNOB_MAX_TW_BUCKETS].value),
		      shown(here.d.at[KNOB_MAX_SYN_BACKLOG].value));
	if (here.d.at[KNOB_MAX_ORPHANS].value)
		wrong("orphans by the wrong table");
}

TEST(tables_that_children_get_are_not_this_namespace_s)
{
	in_child(own_table);
}

static bool can_make_user_namespace(void)
{
	pid_t probe = fork();
	int status = -1;

	if (probe == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0);
	(void)waitpid(probe, &status, 0);
	return status == 0;
}

/* Its answer, before the privileges go: kept in `there`. */
static void unprivileged(void)
{
	enter_new_netns();
	look(&there, NULL);
	become_nobody();
	/* would be refused a plain one */
	if (unshare(CLONE_NEWNET) == 0)
		skip_child("privileges do not go away here");
	if (!can_make_user_namespace())
		skip_child("an ordinary user can make no user namespace here");
	look(&here, NULL);
	expect_same_defaults(&there, &here);
}

TEST(an_ordinary_user_asks_in_a_user_namespace)
{
	in_child(unprivileged);
}

/* Nothing that would have been asked is known, and the reason is said with each. */
static void expect_trouble(const char *what)
{
	if (!strstr(here.d.trouble, what))
		wrong("trouble is '%s', want '%s'", here.d.trouble, what);
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob_default *d = &here.d.at[i];

		if (catalogue[i].origin != KNOB_ASKED)
			continue;
		if (d->value || d->how != KNOB_UNKNOWN)
			wrong("%s: default %s", catalogue[i].name, shown(d->value));
		if (here.s.knobs[i].value && !strstr(d->why, what))
			wrong("%s: %s", catalogue[i].name, d->why);
	}
}

static void exhausted(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		skip_child("no user namespace can be made here");
	/* the limits of this user namespace */
	write_file("/proc/sys/user/max_net_namespaces", "0");
	look(&here, NULL);
	expect_trouble("(user.max_net_namespaces)");
	/* what needs no table is known, and what is computed */
	if (!is_same(here.d.at[KNOB_NR_OPEN].value, "1048576"))
		wrong("fs.nr_open");
	look_away(&here);
	write_file("/proc/sys/user/max_net_namespaces", "100");
	write_file("/proc/sys/user/max_user_namespaces", "0");
	look(&here, NULL);
	if (here.d.trouble[0])
		wrong("trouble: %s", here.d.trouble);
	look_away(&here);
	/* without the capability it takes a user namespace */
	if (prctl(PR_CAPBSET_DROP, 21 /* CAP_SYS_ADMIN */) < 0 ||
	    syscall(SYS_capset, &(struct {
			    unsigned version;
			    int pid;
		    }){ 0x20080522, 0 },
		    &(struct { unsigned at[6]; }){ { 0 } }) < 0)
		wrong("capset: %m");
	look(&here, NULL);
	expect_trouble("user.max_user_namespaces");
}

TEST(where_there_may_be_no_more_namespaces_it_is_said)
{
	in_child(exhausted);
}

/* unshare() does that in this process and its children. */
static void filter_unshare(unsigned action)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { N(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		skip_child("no seccomp here");
}

static void refused(void)
{
	filter_unshare(SECCOMP_RET_ERRNO | EPERM);
	look(&here, NULL);
	expect_trouble("not permitted here");
	/* the recording says the same, and elsewhere too */
	if (tree_record(&here.m, "tree", NULL, &(struct err){ 0 }) < 0)
		wrong("no recording");
	look(&there, "tree");
	expect_same_defaults(&here, &there);
}

TEST(where_it_is_forbidden_it_is_said)
{
	in_child(refused);
}

static void killed(void)
{
	filter_unshare(SECCOMP_RET_KILL_PROCESS);
	look(&here, NULL);
	expect_trouble("without a word");
}

TEST(where_one_is_killed_for_it_it_is_said)
{
	in_child(killed);
}

static void no_proc(void)
{
	struct err e = { 0 };

	scratch_mkdir("empty", 0755);
	look(&here, NULL);
	look_away(&here);
	here.m = (struct machine){ .root_fd = procfs_open_root("empty", &e),
				   .is_live = true };
	/* openat2() into a directory that is not the root needs Linux 5.6 */
	if (machine_read(&here.m, MACHINE_KNOBS | MACHINE_CATALOGUE, &here.s, &e) < 0 ||
	    oracle_ask(&here.m, &here.s, &here.d, &e) < 0)
		wrong("%s", e.text);
	if (unshare(CLONE_NEWNET) < 0)
		skip_child("no network namespace can be made here");
	expect_trouble("'/proc/sys/net' is not readable: No such file");
	if (!strstr(here.d.at[KNOB_FIN_TIMEOUT].why, "is not readable"))
		wrong("%s", here.d.at[KNOB_FIN_TIMEOUT].why);
}

TEST(without_proc_it_is_said)
{
	in_child(no_proc);
}

static int held_fd;

/* In the process that would make the namespace: says that it is there, and stays. */
static void stay(int sig)
{
	pid_t self = getpid();

	(void)sig;
	if (write(held_fd, &self, sizeof(self)) != sizeof(self))
		_exit(1);
	for (;;)
		pause();
}

static void held(void)
{
	const struct sigaction action = { .sa_handler = stay };

	sigaction(SIGSYS, &action, NULL);
	filter_unshare(SECCOMP_RET_TRAP);
	look(&here, NULL);
}

/* The pipe's other end is open as long as one of the two processes lives. */
TEST(no_process_outlives_who_asked)
{
	pid_t asking, asked;
	struct pollfd p;
	int ends[2];
	bool is_gone;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	held_fd = ends[1];
	asking = fork();
	assert_true(asking >= 0);
	if (asking == 0) {
		held();
		_exit(0);
	}
	close(ends[1]);
	p = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	assert_int_equal(poll(&p, 1, AWAIT_MS), 1);
	if (read(ends[0], &asked, sizeof(asked)) != sizeof(asked)) {
		waitpid(asking, NULL, 0);
		close(ends[0]);
		skip();
	}
	kill(asking, SIGKILL);
	assert_int_equal(waitpid(asking, NULL, 0), asking);
	is_gone = poll(&p, 1, AWAIT_MS) == 1;
	if (!is_gone)
		kill(asked, SIGKILL);
	close(ends[0]);
	assert_true(is_gone);
}

static void recorded(void)
{
	struct err e = { 0 };

	enter_new_netns();
	write_file("/proc/sys/net/ipv4/tcp_fin_timeout", "17");
	look(&here, NULL);
	if (tree_record(&here.m, "tree", NULL, &e) < 0)
		wrong("%s", e.text);
	look(&there, "tree");
	expect_same_defaults(&here, &there);
	if (!is_same(there.s.knobs[KNOB_FIN_TIMEOUT].value, "17") ||
	    !is_same(there.d.at[KNOB_FIN_TIMEOUT].value, "60"))
		wrong("tcp_fin_timeout: %s", shown(there.d.at[KNOB_FIN_TIMEOUT].value));
}

TEST(a_recording_has_the_defaults_of_its_machine)
{
	in_child(recorded);
}

/* Where this runs, nothing is written: in the initial namespace there are more of them. */
static void all_recorded(void)
{
	struct err e = { 0 };

	look(&here, NULL);
	if (tree_record(&here.m, "tree", NULL, &e) < 0)
		wrong("%s", e.text);
	look(&there, "tree");
	for (size_t i = 0; i < KNOB_N; i++)
		if (!here.s.knobs[i].is_secret &&
		    !is_same(here.s.knobs[i].value, there.s.knobs[i].value))
			wrong("%s: %s, recorded %s", catalogue[i].name,
			      shown(here.s.knobs[i].value),
			      shown(there.s.knobs[i].value));
	expect_same_defaults(&here, &there);
}

TEST(a_recording_has_each_knob_that_can_be_read)
{
	in_child(all_recorded);
}

static void bare(void)
{
	scratch_write("tree/proc/sys/net/ipv4/tcp_fin_timeout", "60\n");
	look(&here, "tree");
	expect_trouble("the recording has no defaults");
}

TEST(a_recording_without_defaults_says_so)
{
	in_child(bare);
}

static enum boot_netns where(void)
{
	struct machine m;
	struct host host;
	struct err e;

	if (machine_open(&m, NULL, false, &e) < 0)
		wrong("%s", e.text);
	machine_identify(&m, &host);
	machine_close(&m);
	return host.boot_netns;
}

static void located(void)
{
	bool is_initial = access("/proc/sys/net/ipv4/tcp_max_orphans", F_OK) == 0;
	enum boot_netns found;

	become_nobody();
	if (access("/proc/1/ns/net", F_OK) == 0)
		skip_child("everybody may look at process 1");
	found = where();
	if (found != (is_initial ? BOOT_NETNS_LIKELY : BOOT_NETNS_UNKNOWN))
		wrong("found %d", (int)found);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		skip_child("no user namespace can be made here");
	found = where();
	if (found != BOOT_NETNS_UNKNOWN)
		wrong("in a new one: %d", (int)found);
}

TEST(an_ordinary_user_knows_the_kernel_s_first_namespace)
{
	in_child(located);
}

#define ORACLE_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ORACLE_TEST(what_a_new_namespace_has_is_the_default),
		ORACLE_TEST(changed_values_change_no_default),
		ORACLE_TEST(tables_that_children_get_are_not_this_namespace_s),
		ORACLE_TEST(an_ordinary_user_asks_in_a_user_namespace),
		ORACLE_TEST(where_there_may_be_no_more_namespaces_it_is_said),
		ORACLE_TEST(where_it_is_forbidden_it_is_said),
		ORACLE_TEST(where_one_is_killed_for_it_it_is_said),
		ORACLE_TEST(without_proc_it_is_said),
		ORACLE_TEST(no_process_outlives_who_asked),
		ORACLE_TEST(a_recording_has_the_defaults_of_its_machine),
		ORACLE_TEST(a_recording_has_each_knob_that_can_be_read),
		ORACLE_TEST(a_recording_without_defaults_says_so),
		ORACLE_TEST(an_ordinary_user_knows_the_kernel_s_first_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
