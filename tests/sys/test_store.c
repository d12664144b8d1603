/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
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
	expect_refusal(STORE_READ, -ELOOP, "journal");
	expect_refusal(STORE_WRITE, -ELOOP, "journal");
	assert_int_equal(unlink("state/journal"), 0);

	scratch_mkdir("state/journal", 0755);
	expect_refusal(STORE_READ, -EPERM, "regular file");
	expect_refusal(STORE_WRITE, -EISDIR, "journal");
}

TEST(a_lock_that_is_a_link_is_refused)
{
	scratch_mkdir("state", 0755);
	assert_int_equal(symlink("../elsewhere", "state/lock"), 0);
	expect_refusal(STORE_WRITE, -ELOOP, "lock");
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
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
