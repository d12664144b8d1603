/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/snapshot.h"
#include "scratch.h"
#include "sys/store.h"

/* A whole transaction, as text. */
static void add_transaction(struct text *t, const char *id)
{
	const struct transaction tx = { .boot_id = "boot-1",
					.login = (char *)"",
					.command = (char *)"finwait apply x",
					.profile = (char *)"x",
					.reason = (char *)"" };
	struct transaction named = tx;

	snprintf(named.id, sizeof(named.id), "%s", id);
	journal_format_begin(t, &named);
	journal_format_stage(t, &named, STAGE_COMMITTED);
}

static void write_journal(const char *const *ids, size_t n, const char *tail)
{
	own_text struct text t = { 0 };

	for (size_t i = 0; i < n; i++)
		add_transaction(&t, ids[i]);
	text_add(&t, "%s", tail);
	scratch_write("state/journal", t.at);
}

static const char *const one[] = { "aaaa1111" };

static void expect_refusal(enum store_mode mode, int result, const char *words)
{
	struct store store;
	struct err e = { 0 };
	int r = store_open(&store, "state", mode, NULL, &e);

	if (r != result || !strstr(e.text, words))
		fail_msg("%d: '%s', want %d: '%s'", r, e.text, result, words);
	store_close(&store);
}

TEST(a_reader_takes_a_directory_that_is_not_there_for_an_empty_journal)
{
	struct store store;
	struct err e = { 0 };

	assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
	assert_int_equal(store.journal.n, 0);
	store_close(&store);
	assert_int_equal(access("state", F_OK), -1);
	scratch_mkdir("state", 0755);
	assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
	assert_int_equal(store.journal.n, 0);
	store_close(&store);
	assert_int_equal(access("state/journal", F_OK), -1);
}

TEST(a_writer_makes_the_directory_for_everybody_to_read)
{
	static const char *const dirs[] = { "var", "var/lib", "var/lib/finwait" };
	mode_t umask_before = umask(022);
	struct store store;
	struct stat st;
	struct err e = { 0 };

	if (store_open(&store, "var/lib/finwait", STORE_WRITE, NULL, &e) < 0)
		fail_msg("%s", e.text);
	umask(umask_before);
	for (size_t i = 0; i < N(dirs); i++) {
		assert_int_equal(stat(dirs[i], &st), 0);
		assert_int_equal(st.st_mode & 07777, 0755);
	}
	assert_int_equal(stat("var/lib/finwait/journal", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	store_close(&store);
}

TEST(what_is_appended_is_in_the_journal_and_in_the_file)
{
	own_text struct text t = { 0 }, more = { 0 };
	struct store store;
	struct err e = { 0 };

	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), 0);
	add_transaction(&t, "aaaa1111");
	assert_int_equal(store_append(&store, &t, &e), 0);
	assert_int_equal(store.journal.n, 1);
	add_transaction(&more, "bbbb2222");
	assert_int_equal(store_append(&store, &more, &e), 0);
	assert_int_equal(store.journal.n, 2);
	store_close(&store);

	text_add(&t, "%s", more.at);
	scratch_expect("state/journal", t.at);
	assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
	assert_int_equal(store.journal.n, 2);
	assert_string_equal(store.journal.at[1].id, "bbbb2222");
	assert_int_equal(store.journal.at[1].stage, STAGE_COMMITTED);
	store_close(&store);
}

TEST(a_torn_line_is_ignored_by_a_reader_and_cut_off_by_the_next_writer)
{
	static const char *const tails[] = { "1 begin tx=bbbb", "1", "\x01\x02" };

	for (size_t i = 0; i < N(tails); i++) {
		own_text struct text want = { 0 };
		own_free char *torn = NULL;
		struct store store;
		struct err e = { 0 };

		write_journal(one, N(one), tails[i]);
		torn = scratch_read("state/journal");
		assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
		assert_int_equal(store.journal.n, 1);
		store_close(&store);
		scratch_expect("state/journal", torn);

		assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), 0);
		add_transaction(&want, "aaaa1111");
		scratch_expect("state/journal", want.at);
		assert_int_equal(store.journal.n, 1);
		store_close(&store);
	}
}

TEST(a_damaged_journal_is_not_written)
{
	own_free char *before = NULL;
	struct store store;
	struct err e = { 0 };

	write_journal(one, N(one), "1 begin tx=junk\n1 commit tx=junk\n");
	before = scratch_read("state/journal");
	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "line 4"));
	assert_non_null(strstr(e.hint, "state/journal"));
	store_close(&store);
	scratch_expect("state/journal", before);
}

TEST(a_directory_others_can_write_is_refused)
{
	static const mode_t modes[] = { 0775, 0757, 0777, 01777 };

	for (size_t i = 0; i < N(modes); i++) {
		scratch_mkdir("state", modes[i]);
		expect_refusal(STORE_WRITE, -EPERM, "written by others");
		expect_refusal(STORE_READ, -EPERM, "written by others");
		assert_int_equal(access("state/journal", F_OK), -1);
		assert_int_equal(rmdir("state"), 0);
	}
}

TEST(a_directory_of_another_user_is_refused)
{
	if (geteuid() != 0)
		skip();
	scratch_mkdir("state", 0755);
	assert_int_equal(chown("state", 12345, 12345), 0);
	expect_refusal(STORE_WRITE, -EPERM, "another user");
	expect_refusal(STORE_READ, -EPERM, "another user");
}

TEST(a_link_to_a_directory_is_refused)
{
	static const char *const names[] = { "state", "state/", "state//" };

	scratch_mkdir("real", 0755);
	assert_int_equal(symlink("real", "state"), 0);
	for (size_t i = 0; i < N(names); i++) {
		struct store store;
		struct err e = { 0 };

		if (store_open(&store, names[i], STORE_WRITE, NULL, &e) != -EPERM)
			fail_msg("'%s' is taken", names[i]);
		store_close(&store);
	}
	assert_int_equal(access("real/lock", F_OK), -1);
}

TEST(a_file_in_place_of_the_directory_is_refused)
{
	scratch_write("state", "x");
	expect_refusal(STORE_WRITE, -EPERM, "no directory");
	expect_refusal(STORE_READ, -EPERM, "no directory");
}

TEST(a_journal_that_is_no_file_is_refused)
{
	scratch_mkdir("state", 0755);
	/* and nobody waits for the other end of a pipe */
	assert_int_equal(mkfifo("state/journal", 0644), 0);
	expect_refusal(STORE_READ, -EPERM, "regular file");
	expect_refusal(STORE_WRITE, -EPERM, "regular file");
	assert_int_equal(unlink("state/journal"), 0);

	scratch_write("elsewhere", "");
	assert_int_equal(symlink("../elsewhere", "state/journal"), 0);
	expect_refusal(STORE_READ, -EPERM, "'state/journal' is a link");
	expect_refusal(STORE_WRITE, -EPERM, "'state/journal' is a link");
	assert_int_equal(unlink("state/journal"), 0);

	scratch_mkdir("state/journal", 0755);
	expect_refusal(STORE_READ, -EPERM, "regular file");
	expect_refusal(STORE_WRITE, -EISDIR, "journal");
}

TEST(a_lock_that_is_a_link_is_refused)
{
	scratch_mkdir("state", 0755);
	assert_int_equal(symlink("../elsewhere", "state/lock"), 0);
	expect_refusal(STORE_WRITE, -EPERM, "'state/lock' is a link");
	assert_int_equal(access("elsewhere", F_OK), -1);
}

TEST(a_journal_larger_than_64_mib_is_refused)
{
	scratch_write("state/journal", "");
	assert_int_equal(truncate("state/journal", (64 << 20) + 1), 0);
	expect_refusal(STORE_READ, -EFBIG, "64 MiB");
}

TEST(a_record_that_cannot_be_written_leaves_the_journal_as_it_was)
{
	own_text struct text t = { 0 };
	own_free char *before = NULL;
	struct store store;
	struct err e = { 0 };
	int read_only;

	write_journal(one, N(one), "");
	before = scratch_read("state/journal");
	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), 0);
	read_only = open("state/journal", O_RDONLY | O_CLOEXEC);
	assert_true(read_only >= 0);
	assert_int_equal(dup2(read_only, store.journal_fd), store.journal_fd);
	close(read_only);
	add_transaction(&t, "bbbb2222");
	assert_int_equal(store_append(&store, &t, &e), -EBADF);
	assert_int_equal(store.journal.n, 1);
	store_close(&store);
	scratch_expect("state/journal", before);
}

/* Runs in a child: may the lock be had at once? */
static int try_lock(void)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open("state/lock", O_RDWR | O_CLOEXEC);

		_exit(fd < 0 ? 2 : fcntl(fd, F_SETLK, &want) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST(a_writer_holds_the_lock_until_it_closes)
{
	struct store store, reader;
	struct err e = { 0 };

	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), 0);
	assert_int_equal(try_lock(), 1);
	/* a reader neither needs the lock nor takes it away */
	assert_int_equal(store_open(&reader, "state", STORE_READ, NULL, &e), 0);
	store_close(&reader);
	assert_int_equal(try_lock(), 1);
	store_close(&store);
	assert_int_equal(try_lock(), 0);
}

TEST(what_was_not_opened_can_be_closed)
{
	struct store store;
	struct err e = { 0 };

	assert_int_equal(store_open(&store, "/dev/null/x", STORE_WRITE, NULL, &e) < 0, 1);
	store_close(&store);
	store_close(&store);
	assert_int_equal(store.dir_fd, -1);
}

/* Another process that holds the lock until it is told to let go. */
struct holder {
	pid_t pid;
	int go_fd;
};

static struct holder hold_lock(void)
{
	struct holder h;
	int ready[2], go[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	h.pid = fork();
	assert_true(h.pid >= 0);
	if (h.pid == 0) {
		struct store store;

		close(go[1]);
		if (store_open(&store, "state", STORE_WRITE, NULL, NULL) < 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		(void)!read(go[0], &byte, 1);
		_exit(0);
	}
	close(ready[1]);
	close(go[0]);
	h.go_fd = go[1];
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return h;
}

static void let_go(const struct holder *h)
{
	int status;

	close(h->go_fd);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What was said while waiting, and what to do then. */
struct said {
	unsigned n;
	char holder[192];
	const struct holder *to_let_go;
};

static void hear(void *arg, const char *holder)
{
	struct said *said = arg;

	said->n++;
	snprintf(said->holder, sizeof(said->holder), "%s", holder);
	if (said->to_let_go)
		let_go(said->to_let_go);
}

TEST(a_writer_that_may_not_wait_is_refused_at_once)
{
	struct holder h = hold_lock();
	struct said said = { 0 };
	const struct store_wait waits[] = { { 0, hear, &said }, { 0, NULL, NULL } };
	char pid[24];

	snprintf(pid, sizeof(pid), "PID %d (", (int)h.pid);
	for (size_t i = 0; i < 3; i++) {
		struct store store;
		struct err e = { 0 };

		assert_int_equal(store_open(&store, "state", STORE_WRITE,
					    i < N(waits) ? &waits[i] : NULL, &e),
				 -EWOULDBLOCK);
		assert_non_null(strstr(e.text, pid));
		assert_non_null(strstr(e.text, "test_store"));
		assert_non_null(strstr(e.hint, "--wait"));
		assert_int_equal(store.journal_fd, -1);
		store_close(&store);
	}
	assert_int_equal(said.n, 0);
	let_go(&h);
}

TEST(a_writer_that_waits_says_for_whom_and_gives_up_when_its_time_is_over)
{
	struct holder h = hold_lock();
	struct said said = { 0 };
	const struct store_wait wait = { 1, hear, &said };
	int64_t start = monotonic_ms(), waited;
	struct store store;
	struct err e = { 0 };
	char pid[24];

	snprintf(pid, sizeof(pid), "PID %d (", (int)h.pid);
	assert_int_equal(store_open(&store, "state", STORE_WRITE, &wait, &e),
			 -EWOULDBLOCK);
	waited = monotonic_ms() - start;
	assert_true(waited >= 1000);
	assert_int_equal(said.n, 1);
	assert_int_equal(strncmp(said.holder, pid, strlen(pid)), 0);
	assert_non_null(strstr(e.text, said.holder));
	store_close(&store);
	let_go(&h);
}

TEST(a_writer_that_waits_goes_on_when_the_other_is_done)
{
	struct holder h = hold_lock();
	struct said said = { .to_let_go = &h };
	const struct store_wait wait = { 60, hear, &said };
	struct store store;
	struct err e = { 0 };

	if (store_open(&store, "state", STORE_WRITE, &wait, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(said.n, 1);
	assert_int_equal(try_lock(), 1);
	store_close(&store);
}

TEST(a_signal_ends_the_wait)
{
	struct holder h = hold_lock();
	const struct store_wait wait = { 60, NULL, NULL };
	sigset_t term, before;
	struct store store;
	struct err e = { 0 };

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &term, &before), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(store_open(&store, "state", STORE_WRITE, &wait, &e), -EINTR);
	assert_non_null(strstr(e.text, "SIGTERM"));
	store_close(&store);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	let_go(&h);
}

TEST(a_reader_waits_for_nobody)
{
	struct holder h = hold_lock();
	struct store store;
	struct err e = { 0 };

	assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
	store_close(&store);
	let_go(&h);
}

TEST(what_could_not_be_written_is_written_before_the_next_record)
{
	own_text struct text a = { 0 }, b = { 0 };
	own_free char *got = NULL;
	struct store store;
	struct err e = { 0 };

	write_journal(one, N(one), "");
	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), 0);
	add_transaction(&a, "bbbb2222");
	store_assume(&store, &a);
	assert_int_equal(store.journal.n, 2);
	add_transaction(&b, "cccc3333");
	assert_int_equal(store_append(&store, &b, &e), 0);
	assert_int_equal(store.journal.n, 3);
	got = scratch_read("state/journal");
	assert_int_equal(store.journal.good, strlen(got));
	store_close(&store);
	assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
	assert_int_equal(store.journal.n, 3);
	assert_string_equal(store.journal.at[1].id, "bbbb2222");
	assert_string_equal(store.journal.at[2].id, "cccc3333");
	store_close(&store);
}

/* A journal of n transactions, of which only the first is in force. */
static void write_long_journal(size_t n)
{
	own_text struct text t = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct change change = { .key = (char *)"net.ipv4.tcp_fin_timeout",
					 .from = (char *)"60",
					 .to = (char *)"30" };
		struct transaction tx = { .boot_id = "boot-1",
					  .login = (char *)"",
					  .command = (char *)"finwait apply x",
					  .profile = (char *)"x",
					  .reason = (char *)"",
					  .plan = { .at = &change, .n = 1 } };

		snprintf(tx.id, sizeof(tx.id), "%08x", (unsigned)i);
		journal_format_begin(&t, &tx);
		journal_format_stage(&t, &tx, STAGE_COMMITTED);
		if (i > 0) {
			journal_format_stage(&t, &tx, STAGE_UNDOING);
			journal_format_undone(&t, &tx, 1, 0);
		}
	}
	scratch_write_bytes("state/journal", t.at, t.n);
}

enum { LONG = 2000, SHORT = 200, NEWEST = 50, LEAST = 1 << 17 };

static const struct host host = { .boot_id = "boot-1" };

static void open_store(struct store *store)
{
	struct err e = { 0 };

	if (store_open(store, "state", STORE_WRITE, NULL, &e) < 0)
		fail_msg("%s", e.text);
}

/* It can still be appended to, and read, and somebody else cannot get in. */
static void expect_usable(struct store *store, size_t n)
{
	own_text struct text t = { 0 };
	struct err e = { 0 };

	assert_int_equal(try_lock(), 1);
	assert_int_equal(store->journal.n, n);
	add_transaction(&t, "ffff0001");
	if (store_append(store, &t, &e) < 0)
		fail_msg("%s", e.text);
	store_close(store);
	open_store(store);
	assert_int_equal(store->journal.n, n + 1);
	assert_string_equal(store->journal.at[n].id, "ffff0001");
	assert_string_equal(store->journal.at[0].id, "00000000");
	assert_int_equal(store->journal.at[0].stage, STAGE_COMMITTED);
}

TEST(a_long_journal_is_written_anew_with_what_is_in_force_and_the_newest)
{
	own_free char *before = NULL;
	struct store store;
	struct stat st;
	struct err e = { 0 };

	write_long_journal(LONG);
	before = scratch_read("state/journal");
	/* what an earlier compaction left, finished or not */
	scratch_write("state/journal.old", "older\n");
	scratch_write("state/journal.new", "half of i");
	umask(022);
	open_store(&store);
	assert_int_equal(store.journal.n, LONG);
	if (store_compact(&store, &host, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(store.journal.n, NEWEST + 1);
	assert_int_equal(strtoul(store.journal.at[1].id, NULL, 16), LONG - NEWEST);
	scratch_expect("state/journal.old", before);
	assert_int_equal(access("state/journal.new", F_OK), -1);
	assert_int_equal(stat("state/journal", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_size, store.journal.good);
	expect_usable(&store, NEWEST + 1);
	scratch_expect("state/journal.old", before);
	/* and once is enough */
	assert_int_equal(store_compact(&store, &host, &e), 0);
	assert_int_equal(store.journal.n, NEWEST + 2);
	store_close(&store);
}

TEST(a_journal_that_is_short_or_in_force_stays_as_it_is)
{
	static const struct host elsewhere = { .boot_id = "boot-1", .netns_inode = 5 };
	own_text struct text live = { 0 };
	struct store store;
	struct err e = { 0 };

	write_long_journal(SHORT);
	open_store(&store);
	assert_true(store.journal.good < LEAST);
	assert_int_equal(store_compact(&store, &host, &e), 0);
	assert_int_equal(store.journal.n, SHORT);
	store_close(&store);

	for (size_t i = 0; i < LONG * 2; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%08x", (unsigned)i);
		add_transaction(&live, id);
	}
	scratch_write_bytes("state/journal", live.at, live.n);
	open_store(&store);
	assert_true(store.journal.good > LEAST);
	assert_int_equal(store_compact(&store, &elsewhere, &e), 0);
	assert_int_equal(store.journal.n, LONG * 2);
	store_close(&store);
	scratch_expect("state/journal", live.at);
	assert_int_equal(access("state/journal.old", F_OK), -1);
	assert_int_equal(access("state/journal.new", F_OK), -1);
}

/* What stands in the way of each step. */

static void put_directory_for_new(void)
{
	scratch_mkdir("state/journal.new", 0755);
}

static void put_full_directory_for_new(void)
{
	scratch_write("state/journal.new/x", "");
}

static void put_directory_for_old(void)
{
	scratch_mkdir("state/journal.old", 0755);
}

static void make_directory_read_only(void)
{
	assert_int_equal(chmod("state", 0555), 0);
}

static void limit_files(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rlimit limit;

	assert_int_equal(sigaction(SIGXFSZ, &ignore, NULL), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void end_hindrance(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(sigaction(SIGXFSZ, &usual, NULL), 0);
	assert_int_equal(chmod("state", 0755), 0);
}

TEST(a_compaction_that_fails_leaves_the_journal_as_it_was)
{
	static const struct {
		const char *name;
		void (*hinder)(void);
		bool leaves_old; /* the older journal.old may be gone already */
	} rows[] = {
		{ "a directory journal.new", put_directory_for_new, true },
		{ "a directory journal.new with a file", put_full_directory_for_new,
		  true },
		{ "a directory journal.old", put_directory_for_old, false },
		{ "a read-only directory", make_directory_read_only, true },
		{ "a full disk", limit_files, true },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_free char *before = NULL;
		struct store store;
		struct err e = { 0 };
		void *state = NULL;
		int r;

		write_long_journal(LONG);
		before = scratch_read("state/journal");
		if (rows[i].leaves_old)
			scratch_write("state/journal.old", "older\n");
		open_store(&store);
		rows[i].hinder();
		if (geteuid() == 0 && rows[i].hinder == make_directory_read_only)
			assert_int_equal(seteuid(65534), 0);
		r = store_compact(&store, &host, &e);
		if (getuid() == 0)
			assert_int_equal(seteuid(0), 0);
		end_hindrance();
		if (r >= 0 || !e.text[0])
			fail_msg("%s: %d, '%s'", rows[i].name, r, e.text);
		scratch_expect("state/journal", before);
		if (rows[i].leaves_old)
			scratch_expect("state/journal.old", "older\n");
		expect_usable(&store, LONG);
		store_close(&store);
		assert_int_equal(scratch_remove(&state), 0);
		assert_int_equal(scratch_make(&state), 0);
	}
}

TEST(a_reader_of_the_journal_that_was_replaced_reads_it_to_its_end)
{
	struct store store, reader;
	struct err e = { 0 };

	write_long_journal(LONG);
	assert_int_equal(store_open(&reader, "state", STORE_READ, NULL, &e), 0);
	open_store(&store);
	assert_int_equal(store_compact(&store, &host, &e), 0);
	assert_int_equal(reader.journal.n, LONG);
	store_close(&reader);
	assert_int_equal(store_open(&reader, "state", STORE_READ, NULL, &e), 0);
	assert_int_equal(reader.journal.n, NEWEST + 1);
	store_close(&reader);
	store_close(&store);
}

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(
			a_reader_takes_a_directory_that_is_not_there_for_an_empty_journal),
		SCRATCH_TEST(a_writer_makes_the_directory_for_everybody_to_read),
		SCRATCH_TEST(what_is_appended_is_in_the_journal_and_in_the_file),
		SCRATCH_TEST(
			a_torn_line_is_ignored_by_a_reader_and_cut_off_by_the_next_writer),
		SCRATCH_TEST(a_damaged_journal_is_not_written),
		SCRATCH_TEST(a_directory_others_can_write_is_refused),
		SCRATCH_TEST(a_directory_of_another_user_is_refused),
		SCRATCH_TEST(a_link_to_a_directory_is_refused),
		SCRATCH_TEST(a_file_in_place_of_the_directory_is_refused),
		SCRATCH_TEST(a_journal_that_is_no_file_is_refused),
		SCRATCH_TEST(a_lock_that_is_a_link_is_refused),
		SCRATCH_TEST(a_journal_larger_than_64_mib_is_refused),
		SCRATCH_TEST(
			a_record_that_cannot_be_written_leaves_the_journal_as_it_was),
		SCRATCH_TEST(a_writer_holds_the_lock_until_it_closes),
		SCRATCH_TEST(what_was_not_opened_can_be_closed),
		SCRATCH_TEST(a_writer_that_may_not_wait_is_refused_at_once),
		SCRATCH_TEST(
			a_writer_that_waits_says_for_whom_and_gives_up_when_its_time_is_over),
		SCRATCH_TEST(a_writer_that_waits_goes_on_when_the_other_is_done),
		SCRATCH_TEST(a_signal_ends_the_wait),
		SCRATCH_TEST(a_reader_waits_for_nobody),
		SCRATCH_TEST(what_could_not_be_written_is_written_before_the_next_record),
		SCRATCH_TEST(
			a_long_journal_is_written_anew_with_what_is_in_force_and_the_newest),
		SCRATCH_TEST(a_journal_that_is_short_or_in_force_stays_as_it_is),
		SCRATCH_TEST(a_compaction_that_fails_leaves_the_journal_as_it_was),
		SCRATCH_TEST(
			a_reader_of_the_journal_that_was_replaced_reads_it_to_its_end),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
