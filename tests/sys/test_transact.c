/* SPDX-License-Identifier: MIT */
/* The engine on a recorded tree, whose sysctls are plain files. */
#include "unit/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/dropin.h"
#include "scratch.h"
#include "sys/guardian.h"
#include "sys/procfs.h"
#include "sys/settle.h"
#include "world.h"

TEST(a_plan_is_carried_out_and_committed)
{
	struct transaction tx = plan_of(N(tree));

	apply(&tx);
	expect_tree(wanted);
	assert_int_equal(store.journal.n, 1);
	assert_string_equal(store.journal.at[0].id, tx.id);
	assert_int_equal(strlen(tx.id), 8);
	reopen();
	assert_int_equal(store.journal.n, 1);
	assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
	assert_int_equal(store.journal.at[0].plan.n, N(tree));
	assert_string_equal(store.journal.at[0].plan.at[PORT_RANGE].from, "32768 60999");
	plan_done(&tx.plan);
}

TEST(only_what_is_to_be_done_is_written)
{
	struct transaction tx = plan_of(3);
	struct err e = { 0 };

	tx.plan.at[0].state = CHANGE_SAME;
	tx.plan.at[1].state = CHANGE_ABSENT;
	assert_int_equal(transact_apply(&engine, &tx, NULL, &e), 0);
	assert_int_equal(tx.plan.at[0].state, CHANGE_SAME);
	assert_int_equal(tx.plan.at[1].state, CHANGE_ABSENT);
	assert_int_equal(tx.plan.at[2].state, CHANGE_DONE);
	scratch_expect(tree[0].file, "60");
	scratch_expect(tree[1].file, "2");
	assert_int_equal(store.journal.at[0].plan.n, 1);
	assert_string_equal(store.journal.at[0].plan.at[0].key, tree[2].key);
	plan_done(&tx.plan);
}

TEST(undo_puts_everything_back_and_may_be_repeated)
{
	apply_and_forget(plan_of(N(tree)));
	reopen();
	for (int i = 0; i < 2; i++) {
		const struct transaction *tx = undo(0, false);

		expect_untouched();
		expect_states(&tx->plan, CHANGE_UNDONE);
		assert_int_equal(tx->n_conflicts, 0);
		assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	}
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
}

TEST(undo_leaves_a_foreign_value_alone)
{
	const char *values[] = { "45", "2", "32768 60999", "4096" };
	const struct transaction *tx;

	apply_and_forget(plan_of(N(tree)));
	scratch_write(tree[FIN_TIMEOUT].file, "45\n");
	tx = undo(0, false);
	expect_tree(values);
	assert_int_equal(tx->n_conflicts, 1);
	assert_int_equal(tx->plan.at[FIN_TIMEOUT].state, CHANGE_CONFLICT);
	assert_string_equal(tx->plan.at[FIN_TIMEOUT].found, "45");
	assert_int_equal(tx->plan.at[TW_REUSE].state, CHANGE_UNDONE);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_CONFLICT);
	assert_string_equal(store.journal.at[0].plan.at[FIN_TIMEOUT].found, "45");
}

TEST(overwrite_puts_a_foreign_value_back_too)
{
	apply_and_forget(plan_of(N(tree)));
	scratch_write(tree[FIN_TIMEOUT].file, "45\n");
	undo(0, false);
	assert_int_equal(undo(0, true)->n_conflicts, 0);
	expect_untouched();
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
}

TEST(a_value_somebody_put_back_already_needs_nothing)
{
	const struct transaction *tx;

	apply_and_forget(plan_of(N(tree)));
	scratch_write(tree[FIN_TIMEOUT].file, "60\n");
	tx = undo(0, false);
	expect_untouched();
	expect_states(&tx->plan, CHANGE_UNDONE);
}

TEST(a_sysctl_that_went_away_is_a_conflict_and_the_others_are_undone)
{
	const struct transaction *tx;

	apply_and_forget(plan_of(N(tree)));
	assert_int_equal(unlink(tree[QUEUE_LIMIT].file), 0);
	tx = undo(0, true);
	assert_int_equal(tx->n_conflicts, 1);
	assert_int_equal(tx->plan.at[QUEUE_LIMIT].state, CHANGE_CONFLICT);
	scratch_write(tree[QUEUE_LIMIT].file, tree[QUEUE_LIMIT].value);
	expect_untouched();
}

/* Ways to make the third of four changes fail, after the plan was made. */

static void make_it_absent(void)
{
	assert_int_equal(unlink(tree[2].file), 0);
}

static void make_it_a_directory(void)
{
	assert_int_equal(unlink(tree[2].file), 0);
	scratch_mkdir(tree[2].file, 0755);
}

static void change_it(void)
{
	scratch_write(tree[2].file, "1024 65535\n");
}

TEST(a_failure_in_the_middle_undoes_what_was_done)
{
	static const struct {
		void (*spoil)(void);
		int result;
	} rows[] = {
		{ make_it_absent, -ENOENT },
		{ make_it_a_directory, -ENOENT },
		{ change_it, -EBUSY },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct transaction tx = plan_of(N(tree));
		struct err e = { 0 };

		rows[i].spoil();
		assert_int_equal(transact_apply(&engine, &tx, NULL, &e), rows[i].result);
		assert_non_null(strstr(e.text, tree[2].key));
		scratch_expect(tree[0].file, "60\n");
		scratch_expect(tree[1].file, "2\n");
		scratch_expect(tree[3].file, "4096");
		for (size_t k = 0; k < tx.plan.n; k++)
			assert_true(tx.plan.at[k].state == CHANGE_UNDONE ||
				    (k == 2 && tx.plan.at[k].state == CHANGE_CONFLICT));
		assert_int_equal(store.journal.n, i + 1);
		assert_int_equal(store.journal.at[i].stage, STAGE_UNDONE);

		(void)remove(tree[2].file);
		scratch_write(tree[2].file, tree[2].value);
		plan_done(&tx.plan);
	}
}

TEST(a_write_that_is_refused_undoes_what_was_done)
{
	struct transaction tx = plan_of(N(tree));
	struct err e = { 0 };
	int r;

	/* root writes any file; root without its capabilities does not */
	assert_int_equal(chmod(tree[2].file, 0444), 0);
	if (geteuid() == 0) {
		assert_int_equal(chmod(scratch_path(), 0755), 0);
		for (size_t i = 0; i < N(tree); i++)
			assert_int_equal(chown(tree[i].file, 65534, 65534), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	r = transact_apply(&engine, &tx, NULL, &e);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, -EACCES);
	expect_untouched();
	expect_states(&tx.plan, CHANGE_UNDONE);
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	plan_done(&tx.plan);
}

TEST(a_value_that_is_not_what_was_written_is_put_back)
{
	/* two blanks are read back as one */
	struct transaction tx = change_of(PORT_RANGE, "32768 60999", "16384  65535");
	struct err e = { 0 };

	assert_int_equal(transact_apply(&engine, &tx, NULL, &e), -EIO);
	assert_non_null(strstr(e.text, "'16384 65535'"));
	expect_untouched();
	assert_int_equal(tx.plan.at[0].state, CHANGE_UNDONE);
	plan_done(&tx.plan);
}

TEST(nothing_is_written_when_the_journal_cannot_be)
{
	struct transaction tx = plan_of(N(tree));
	struct err e = { 0 };
	int fd = procfs_open(root_fd, "state/journal", 0);

	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, store.journal_fd), store.journal_fd);
	close(fd);
	assert_int_equal(transact_apply(&engine, &tx, NULL, &e), -EBADF);
	expect_untouched();
	scratch_expect("state/journal", "");
	plan_done(&tx.plan);
}

TEST(a_signal_before_the_first_write_stops_and_undoes)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < N(signals); i++) {
		struct transaction tx = plan_of(N(tree));
		struct err e = { 0 };
		sigset_t one, before, after;

		sigemptyset(&one);
		sigaddset(&one, signals[i]);
		assert_int_equal(sigprocmask(SIG_BLOCK, &one, &before), 0);
		assert_int_equal(raise(signals[i]), 0);
		assert_int_equal(transact_apply(&engine, &tx, NULL, &e), -EINTR);
		assert_int_equal(sigprocmask(SIG_SETMASK, &before, &after), 0);
		/* the mask is as it was, and the signal was taken: we are alive */
		assert_int_equal(sigismember(&after, signals[i]), 1);
		assert_int_equal(sigismember(&after, SIGUSR1), 0);
		expect_untouched();
		expect_states(&tx.plan, CHANGE_UNDONE);
		assert_int_equal(state_of(i), TRANSACTION_UNDONE);
		plan_done(&tx.plan);
	}
}

/* A journal cut off where a crash may cut it, with so many of the sysctls written. */
static void crash(size_t n_written, bool is_undoing)
{
	own_text struct text t = { 0 };
	struct transaction tx = plan_of(N(tree));
	struct err e = { 0 };

	memcpy(tx.id, "dead0001", sizeof(tx.id));
	journal_format_begin(&t, &tx);
	if (is_undoing) {
		journal_format_stage(&t, &tx, STAGE_COMMITTED);
		journal_format_stage(&t, &tx, STAGE_UNDOING);
	}
	assert_int_equal(store_append(&store, &t, &e), 0);
	for (size_t i = 0; i < n_written; i++)
		scratch_write(tree[i].file, wanted[i]);
	plan_done(&tx.plan);
	reopen();
}

TEST(what_was_cut_off_is_settled_wherever_it_was)
{
	for (int is_undoing = 0; is_undoing < 2; is_undoing++) {
		for (size_t n = 0; n <= N(tree); n++) {
			struct settled settled;

			crash(n, is_undoing);
			assert_int_equal(state_of(store.journal.n - 1),
					 TRANSACTION_UNFINISHED);
			settle(&engine, &settled);
			if (settled.n_stuck)
				fail_msg("%s", settled.trouble.text);
			assert_int_equal(settled.n, 1);
			assert_int_equal(settled.at[0].how, SETTLED_CUT_OFF);
			settled_done(&settled);
			assert_int_equal(
				store.journal.at[store.journal.n - 1].n_conflicts, 0);
			expect_untouched();
			reopen();
			assert_int_equal(state_of(store.journal.n - 1),
					 TRANSACTION_UNDONE);
			settle(&engine, &settled);
			assert_int_equal(settled.n_stuck, 0);
			assert_int_equal(settled.n, 0);
		}
	}
}

TEST(settling_leaves_a_foreign_value_alone)
{
	struct settled settled;

	crash(2, false);
	scratch_write(tree[FIN_TIMEOUT].file, "45\n");
	settle(&engine, &settled);
	assert_int_equal(settled.n_stuck, 0);
	assert_int_equal(settled.n, 1);
	assert_int_equal(store.journal.at[settled.at[0].i].n_conflicts, 1);
	settled_done(&settled);
	scratch_expect(tree[FIN_TIMEOUT].file, "45\n");
	scratch_expect(tree[TW_REUSE].file, "2\n");
}

TEST(what_was_cut_off_elsewhere_is_not_settled_here)
{
	static const struct host elsewhere[] = {
		{ .boot_id = "boot-2", .netns_inode = 4026531840, .netns_cookie = 1 },
		{ .boot_id = "boot-1", .netns_inode = 4026531840, .netns_cookie = 2 },
		{ .boot_id = "boot-1", .netns_inode = 4026531841, .netns_cookie = 2 },
	};

	crash(N(tree), false);
	for (size_t i = 0; i < N(elsewhere); i++) {
		const struct transact there = { &store, root_fd, &elsewhere[i] };
		struct settled settled;

		settle(&there, &settled);
		assert_int_equal(settled.n_stuck, 0);
		assert_int_equal(settled.n, 0);
		expect_tree(wanted);
	}
}

TEST(undo_in_the_middle_leaves_the_value_to_the_one_above)
{
	const struct transaction *tx;

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(FIN_TIMEOUT, "30", "20"));
	apply_and_forget(change_of(FIN_TIMEOUT, "20", "15"));

	tx = undo(1, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "15\n");
	assert_int_equal(tx->plan.at[0].state, CHANGE_SAME);
	assert_int_equal(state_of(1), TRANSACTION_UNDONE);
	reopen();
	undo(2, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
	undo(0, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
}

TEST(undo_from_the_bottom_up_ends_where_it_began)
{
	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(FIN_TIMEOUT, "30", "20"));
	apply_and_forget(change_of(FIN_TIMEOUT, "20", "15"));
	for (size_t i = 0; i < 3; i++) {
		scratch_expect(tree[FIN_TIMEOUT].file, "15\n");
		undo(i, false);
		reopen();
	}
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
}

TEST(undo_below_does_not_replace_a_foreign_value_above_it)
{
	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	scratch_write(tree[FIN_TIMEOUT].file, "45\n");
	apply_and_forget(change_of(FIN_TIMEOUT, "45", "20"));
	undo(0, false);
	reopen();
	undo(1, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "45\n");
}

TEST(undo_below_a_conflict_keeps_the_way_back)
{
	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(FIN_TIMEOUT, "30", "20"));
	scratch_write(tree[FIN_TIMEOUT].file, "25\n");
	undo(1, false);
	assert_int_equal(state_of(1), TRANSACTION_CONFLICT);
	undo(0, true);
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
	reopen();
	undo(1, true);
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
	assert_int_equal(state_of(1), TRANSACTION_UNDONE);
}

TEST(undo_below_a_foreign_value_waits_until_the_one_above_is_gone)
{
	const struct transaction *tx;

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	scratch_write(tree[FIN_TIMEOUT].file, "45\n");
	apply_and_forget(change_of(FIN_TIMEOUT, "45", "20"));
	tx = undo(0, true);
	assert_int_equal(tx->n_conflicts, 1);
	scratch_expect(tree[FIN_TIMEOUT].file, "20\n");
	undo(1, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "45\n");
	reopen();
	undo(0, true);
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
}

/* The records of an undo that met a conflict, cut off before its last one. */
TEST(a_conflict_that_was_cut_off_is_not_taken_for_one_of_the_next_undo)
{
	own_text struct text t = { 0 };
	struct change *c;
	struct err e = { 0 };

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(FIN_TIMEOUT, "30", "20"));
	scratch_write(tree[FIN_TIMEOUT].file, "25\n");
	c = &store.journal.at[1].plan.at[0];
	c->found = strdup("25");
	journal_format_stage(&t, &store.journal.at[1], STAGE_UNDOING);
	journal_format_conflict(&t, &store.journal.at[1], c);
	assert_int_equal(store_append(&store, &t, &e), 0);
	undo(1, true);
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
	reopen();
	assert_int_equal(state_of(1), TRANSACTION_UNDONE);
	apply_and_forget(change_of(FIN_TIMEOUT, "30", "15"));
	undo(0, false);
	undo(2, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
}

TEST(undo_again_leaves_alone_what_it_has_put_back_before)
{
	apply_and_forget(plan_of(N(tree)));
	scratch_write(tree[TW_REUSE].file, "0\n");
	undo(0, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "60\n");
	scratch_write(tree[FIN_TIMEOUT].file, "40\n");
	reopen();
	undo(0, true);
	scratch_expect(tree[FIN_TIMEOUT].file, "40\n");
	scratch_expect(tree[TW_REUSE].file, "2\n");
}

TEST(a_damaged_last_line_is_not_taken_for_a_torn_one)
{
	own_free char *journal = NULL;
	struct err e = { 0 };

	apply_and_forget(plan_of(N(tree)));
	journal = scratch_read("state/journal");
	journal[strlen(journal) - 2] ^= 1;
	scratch_write("state/journal", journal);
	store_close(&store);
	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), -EBADMSG);
	expect_tree(wanted);
}

TEST(a_signal_that_is_ignored_stops_nothing)
{
	struct transaction tx = plan_of(N(tree));
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before_action;
	sigset_t one, before;

	sigemptyset(&one);
	sigaddset(&one, SIGHUP);
	assert_int_equal(sigaction(SIGHUP, &ignore, &before_action), 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, &one, &before), 0);
	assert_int_equal(raise(SIGHUP), 0);
	apply(&tx);
	expect_tree(wanted);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	assert_int_equal(sigaction(SIGHUP, &before_action, NULL), 0);
	plan_done(&tx.plan);
}

TEST(a_journal_does_not_decide_what_may_be_written)
{
	own_text struct text t = { 0 };
	struct transaction tx = plan_of(1);
	struct err e = { 0 };

	free(tx.plan.at[0].key);
	tx.plan.at[0].key = strdup("kernel.core_pattern");
	scratch_write("proc/sys/kernel/core_pattern", "30\n");
	memcpy(tx.id, "dead0002", sizeof(tx.id));
	journal_format_begin(&t, &tx);
	journal_format_stage(&t, &tx, STAGE_COMMITTED);
	assert_int_equal(store_append(&store, &t, &e), 0);
	assert_int_equal(transact_undo(&engine, 0, false, &e), -EPERM);
	scratch_expect("proc/sys/kernel/core_pattern", "30\n");
	plan_done(&tx.plan);
}

TEST(undo_that_fails_half_way_is_unfinished_and_tried_again)
{
	struct err e = { 0 };

	apply_and_forget(plan_of(N(tree)));
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(scratch_path(), 0755), 0);
	for (size_t i = 0; i < N(tree); i++)
		assert_int_equal(chown(tree[i].file, 65534, 65534), 0);
	assert_int_equal(chmod(tree[1].file, 0444), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(transact_undo(&engine, 0, false, &e), -EACCES);
	assert_int_equal(seteuid(0), 0);
	assert_non_null(strstr(e.hint, "rollback"));
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNFINISHED);
	assert_int_equal(chmod(tree[1].file, 0644), 0);
	undo(0, false);
	expect_untouched();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
}

TEST(what_is_kept_is_in_the_drop_in)
{
	struct transaction tx = kept(plan_of(2));

	apply(&tx);
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
	expect_dropin();
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
	assert_true(transaction_is_persisted(&store.journal.at[0]));
	assert_string_equal(dropin_value(&store.journal, tree[TW_REUSE].key), "1");
	expect_dropin();
	undo(0, false);
	expect_untouched();
	expect_no_file(DROPIN_FILE);
	assert_string_equal(transaction_dropin_key(&store.journal.at[0], &here),
			    "undone");
	plan_done(&tx.plan);
}

TEST(the_drop_in_is_readable_and_nothing_is_left_beside_it)
{
	struct dirent **entries;
	struct stat st;
	int n;

	umask(022);
	apply_and_forget(kept(plan_of(2)));
	assert_int_equal(stat(DROPIN_FILE, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	n = scandir("etc/sysctl.d", &entries, NULL, NULL);
	assert_int_equal(n, 3);
	while (n-- > 0)
		free(entries[n]);
	free(entries);
}

TEST(a_setting_that_is_so_already_can_be_kept)
{
	struct transaction tx = kept(plan_of(1));

	tx.plan.at[0].state = CHANGE_SAME;
	assert_int_equal(transact_apply(&engine, &tx, NULL, NULL), 0);
	expect_untouched();
	assert_int_equal(store.journal.at[0].plan.n, 0);
	expect_dropin();
	assert_string_equal(dropin_value(&store.journal, tree[0].key), "30");
	undo(0, false);
	expect_no_file(DROPIN_FILE);
	plan_done(&tx.plan);
}

/* How the drop-in cannot be written. */

static void make_its_directory_a_file(void)
{
	scratch_write("etc/sysctl.d", "");
}

static void make_no_etc(void)
{
	assert_int_equal(rmdir("etc"), 0);
}

static void make_etc_a_file(void)
{
	assert_int_equal(rmdir("etc"), 0);
	scratch_write("etc", "");
}

static void make_one_of_somebody_else(void)
{
	scratch_write(DROPIN_FILE, "# mine\n");
}

static void make_an_empty_one(void)
{
	scratch_write(DROPIN_FILE, "");
}

static void make_it_a_link(void)
{
	scratch_mkdir("etc/sysctl.d", 0755);
	assert_int_equal(symlink("/dev/null", DROPIN_FILE), 0);
}

static void make_it_a_folder(void)
{
	scratch_mkdir("etc/sysctl.d", 0755);
	scratch_mkdir(DROPIN_FILE, 0755);
}

static void make_its_directory_read_only(void)
{
	scratch_mkdir("etc/sysctl.d", 0555);
}

static const struct spoilt {
	const char *name;
	void (*spoil)(void);
	int result;
} spoilt_dropins[] = {
	{ "its directory is a file", make_its_directory_a_file, -ENOTDIR },
	{ "no /etc", make_no_etc, -ENOENT },
	{ "/etc is a file", make_etc_a_file, -ENOTDIR },
	{ "somebody else's", make_one_of_somebody_else, -EBUSY },
	{ "an empty one", make_an_empty_one, -EBUSY },
	{ "a link", make_it_a_link, -EBUSY },
	{ "a directory", make_it_a_folder, -EBUSY },
	{ "its directory is read-only", make_its_directory_read_only, -EACCES },
};

TEST(a_drop_in_that_cannot_be_written_undoes_everything)
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < N(spoilt_dropins); i++) {
		struct transaction tx = kept(plan_of(N_TREE));
		struct err e = { 0 };
		void *world = NULL;
		int r;

		spoilt_dropins[i].spoil();
		drop_power();
		r = transact_apply(&engine, &tx, NULL, &e);
		regain_power();
		expect_untouched();
		expect_states(&tx.plan, CHANGE_UNDONE);
		assert_int_equal(store.journal.n, 1);
		assert_null(dropin_value(&store.journal, tree[0].key));
		if (r != spoilt_dropins[i].result || !strstr(e.text, "/etc/sysctl.d") ||
		    state_of(0) != TRANSACTION_UNDONE) {
			print_error("%s: %d, '%s' (%s), %s\n", spoilt_dropins[i].name, r,
				    e.text, e.hint, transaction_state_key(state_of(0)));
			n_wrong++;
		}
		plan_done(&tx.plan);
		assert_int_equal(world_remove(&world), 0);
		assert_int_equal(world_make(&world), 0);
	}
	assert_int_equal(n_wrong, 0);
}

TEST(somebody_elses_drop_in_is_left_as_it_is)
{
	struct transaction tx = kept(plan_of(2));

	make_one_of_somebody_else();
	assert_int_equal(transact_apply(&engine, &tx, NULL, NULL), -EBUSY);
	scratch_expect(DROPIN_FILE, "# mine\n");
	assert_int_equal(transact_check_dropin(&engine, NULL), -EBUSY);
	plan_done(&tx.plan);
}

/* The file grows to where the commit record does not fit any more. */
TEST(a_commit_that_cannot_be_written_takes_the_drop_in_back)
{
	struct transaction tx = kept(plan_of(N_TREE));
	own_text struct text begin = { 0 };
	struct rlimit before, small;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before_action;
	own_fd int watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char events[4096];
	struct err e = { 0 };
	int r;

	memcpy(tx.id, "00000000", sizeof(tx.id));
	journal_format_begin(&begin, &tx);
	scratch_mkdir("etc/sysctl.d", 0755);
	assert_true(inotify_add_watch(watch_fd, "etc/sysctl.d", IN_MOVED_TO) >= 0);
	assert_int_equal(sigaction(SIGXFSZ, &ignore, &before_action), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = begin.n + 8;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = transact_apply(&engine, &tx, NULL, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(sigaction(SIGXFSZ, &before_action, NULL), 0);

	assert_true(r < 0);
	/* it was there before the record was to be written */
	assert_true(read(watch_fd, events, sizeof(events)) > 0);
	expect_no_file(DROPIN_FILE);
	expect_untouched();
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNFINISHED);
	undo(0, false);
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	plan_done(&tx.plan);
}

TEST(undo_anywhere_in_a_stack_takes_its_lines_out_of_the_drop_in)
{
	static const size_t orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					    { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	for (size_t i = 0; i < N(orders); i++) {
		size_t at = store.journal.n;

		apply_and_forget(kept(change_of(FIN_TIMEOUT, "60", "30")));
		apply_and_forget(kept(change_of(FIN_TIMEOUT, "30", "20")));
		apply_and_forget(kept(change_of(FIN_TIMEOUT, "20", "15")));
		assert_string_equal(dropin_value(&store.journal, tree[0].key), "15");
		for (size_t k = 0; k < 3; k++) {
			size_t which = at + orders[i][k];

			undo(which, false);
			expect_dropin();
			reopen();
			expect_dropin();
			assert_int_equal(state_of(which), TRANSACTION_UNDONE);
		}
		expect_untouched();
		expect_no_file(DROPIN_FILE);
	}
}

TEST(undo_on_a_later_boot_takes_out_the_lines_and_leaves_the_values)
{
	struct host later = here;
	const struct transact then = { &store, root_fd, &later };
	struct err e = { 0 };

	snprintf(later.boot_id, sizeof(later.boot_id), "boot-2");
	apply_and_forget(kept(plan_of(2)));
	apply_and_forget(kept(change_of(QUEUE_LIMIT, "4096", "8192")));
	for (int i = 0; i < 2; i++) {
		if (transact_undo(&then, 0, true, &e) < 0)
			fail_msg("%s", e.text);
		scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
		expect_dropin();
		assert_null(dropin_value(&store.journal, tree[FIN_TIMEOUT].key));
		assert_non_null(dropin_value(&store.journal, tree[QUEUE_LIMIT].key));
		assert_int_equal(transaction_state(&store.journal.at[0], &later),
				 TRANSACTION_UNDONE);
		reopen();
		expect_states(&store.journal.at[0].plan, CHANGE_SAME);
	}
	assert_int_equal(transact_undo(&then, 1, false, &e), 0);
	expect_no_file(DROPIN_FILE);
	scratch_expect(tree[QUEUE_LIMIT].file, "8192\n");
}

TEST(an_edited_drop_in_is_left_alone_by_every_undo_until_it_is_put_right)
{
	own_free char *ours = NULL;

	apply_and_forget(kept(plan_of(2)));
	ours = scratch_read(DROPIN_FILE);
	scratch_write(DROPIN_FILE, "net.ipv4.tcp_fin_timeout = 31\n");
	for (int overwrite = 0; overwrite < 2; overwrite++) {
		const struct transaction *tx = undo(0, overwrite);

		assert_int_equal(tx->n_conflicts, 1);
		assert_true(tx->is_dropin_conflict);
		scratch_expect(DROPIN_FILE, "net.ipv4.tcp_fin_timeout = 31\n");
		expect_untouched();
		reopen();
		assert_int_equal(state_of(0), TRANSACTION_CONFLICT);
		assert_string_equal(transaction_dropin_key(&store.journal.at[0], &here),
				    "conflict");
	}
	scratch_write(DROPIN_FILE, ours);
	assert_int_equal(undo(0, false)->n_conflicts, 0);
	expect_no_file(DROPIN_FILE);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
}

TEST(a_drop_in_that_was_removed_is_what_it_is_without_the_only_one_in_it)
{
	apply_and_forget(kept(plan_of(2)));
	assert_int_equal(unlink(DROPIN_FILE), 0);
	assert_int_equal(transact_check_dropin(&engine, NULL), -EBUSY);
	assert_int_equal(undo(0, false)->n_conflicts, 0);
	expect_no_file(DROPIN_FILE);
	assert_int_equal(transact_check_dropin(&engine, NULL), 0);
}

TEST(a_drop_in_that_was_edited_stops_the_next_one)
{
	struct transaction tx;

	apply_and_forget(kept(plan_of(1)));
	scratch_write(DROPIN_FILE, "# mine\n");
	tx = kept(change_of(QUEUE_LIMIT, "4096", "8192"));
	assert_int_equal(transact_apply(&engine, &tx, NULL, NULL), -EBUSY);
	scratch_expect(DROPIN_FILE, "# mine\n");
	scratch_expect(tree[QUEUE_LIMIT].file, "4096\n");
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
	plan_done(&tx.plan);
}

/* This program as the guardian of one of its tests: see main(). */
static struct guardian guardian = { .state_dir = "state", .root_dir = "." };

static void behave(const char *how)
{
	assert_int_equal(setenv("TEST_GUARDIAN", how, 1), 0);
}

static int be_guardian(int argc, char *argv[])
{
	const char *how = getenv("TEST_GUARDIAN");
	FILE *f = fopen("guardian", "we");

	for (int i = 1; i < argc; i++)
		fprintf(f, "%s\n", argv[i]);
	fclose(f);
	if (strcmp(how, "refuse") == 0)
		fputs("finwait: not today\nand more\n", stderr);
	return strcmp(how, "refuse") == 0 ? 2 : 0;
}

/* A time that does not come while the tests run. */
static int64_t far_away(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
	return (now.tv_sec + 86400) * 1000;
}

static void apply_waiting(struct transaction tx)
{
	struct err e = { 0 };

	behave("arm");
	tx.deadline_ms = far_away();
	if (transact_apply(&engine, &tx, &guardian, &e) < 0)
		fail_msg("%s", e.text);
	plan_done(&tx.plan);
}

TEST(a_guardian_is_started_for_a_transaction_with_a_deadline)
{
	own_text struct text want = { 0 };

	apply_waiting(plan_of(2));
	assert_int_equal(state_of(0), TRANSACTION_WAITING);
	text_add(&want,
		 "rollback\n--at-deadline\n%s\n--state-dir\n%s/state\n--root\n%s\n",
		 store.journal.at[0].id, scratch_path(), scratch_path());
	scratch_expect("guardian", want.at);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_WAITING);
	undo(0, false);
	expect_untouched();
}

TEST(without_its_guardian_nothing_is_changed)
{
	struct transaction tx = kept(plan_of(2));
	struct err e = { 0 };

	behave("refuse");
	tx.deadline_ms = far_away();
	assert_int_equal(transact_apply(&engine, &tx, &guardian, &e), -ECHILD);
	assert_non_null(strstr(e.text, "not today"));
	assert_null(strstr(e.text, "and more"));
	expect_untouched();
	expect_states(&tx.plan, CHANGE_UNDONE);
	expect_no_file(DROPIN_FILE);
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	plan_done(&tx.plan);
}

TEST(a_confirmation_writes_the_drop_in_and_then_says_so)
{
	apply_waiting(kept(plan_of(2)));
	expect_no_file("etc/sysctl.d");
	assert_int_equal(transact_is_in_dropin(&engine, 0, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(transact_confirm(&engine, 0, NULL), 0);
		assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
		assert_int_equal(transact_is_in_dropin(&engine, 0, NULL), 1);
		expect_dropin();
		reopen();
	}
	undo(0, false);
	expect_untouched();
	expect_no_file(DROPIN_FILE);
}

TEST(a_confirmation_of_run_time_values_needs_no_drop_in)
{
	apply_waiting(plan_of(2));
	make_one_of_somebody_else();
	assert_int_equal(transact_confirm(&engine, 0, NULL), 0);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
	scratch_expect(DROPIN_FILE, "# mine\n");
}

TEST(a_confirmation_without_its_drop_in_is_none)
{
	for (size_t i = 0; i < N(spoilt_dropins); i++) {
		struct err e = { 0 };
		void *world = NULL;
		int r;

		apply_waiting(kept(plan_of(2)));
		spoilt_dropins[i].spoil();
		drop_power();
		r = transact_confirm(&engine, 0, &e);
		regain_power();
		if (r != spoilt_dropins[i].result)
			fail_msg("%s: %d, '%s'", spoilt_dropins[i].name, r, e.text);
		assert_int_equal(state_of(0), TRANSACTION_WAITING);
		reopen();
		assert_int_equal(state_of(0), TRANSACTION_WAITING);
		scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
		assert_int_equal(world_remove(&world), 0);
		assert_int_equal(world_make(&world), 0);
	}
}

/* From here on the journal cannot be written. */
static void make_journal_read_only(void)
{
	int fd = procfs_open(root_fd, "state/journal", 0);

	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, store.journal_fd), store.journal_fd);
	close(fd);
}

TEST(a_confirmation_that_cannot_be_noted_takes_its_drop_in_back)
{
	struct err e = { 0 };

	apply_waiting(kept(plan_of(2)));
	make_journal_read_only();
	assert_int_equal(transact_confirm(&engine, 0, &e), -EBADF);
	assert_non_null(strstr(e.text, "is not kept"));
	expect_no_file(DROPIN_FILE);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_WAITING);
}

TEST(a_drop_in_that_was_in_place_before_stays_a_confirmation)
{
	struct err e = { 0 };

	apply_waiting(kept(plan_of(2)));
	put_in_dropin(0);
	make_journal_read_only();
	assert_int_equal(transact_confirm(&engine, 0, &e), -EBADF);
	assert_non_null(strstr(e.hint, "will be kept"));
	reopen();
	assert_int_equal(transact_is_in_dropin(&engine, 0, NULL), 1);
	assert_int_equal(transact_confirm(&engine, 0, NULL), 0);
	assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
	expect_dropin();
}

TEST(what_waits_and_is_undone_leaves_an_edited_drop_in_to_its_editor)
{
	apply_and_forget(kept(plan_of(1)));
	apply_waiting(kept(change_of(QUEUE_LIMIT, "4096", "8192")));
	scratch_write(DROPIN_FILE, "# mine\n");
	assert_int_equal(undo(1, false)->n_conflicts, 0);
	scratch_expect(DROPIN_FILE, "# mine\n");
	scratch_expect(tree[QUEUE_LIMIT].file, "4096\n");
	assert_int_equal(state_of(1), TRANSACTION_UNDONE);
}

TEST(nothing_is_undone_below_one_that_was_cut_off_and_shares_a_key)
{
	struct transaction above;
	own_free char *before = NULL;
	struct err e = { 0 };

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(QUEUE_LIMIT, "4096", "8192"));
	above = change_of(FIN_TIMEOUT, "30", "20");
	write_down(&above, "dead0001", false);
	scratch_write(tree[FIN_TIMEOUT].file, "20\n");
	before = scratch_read("state/journal");
	for (int overwrite = 0; overwrite < 2; overwrite++) {
		assert_int_equal(transact_undo(&engine, 0, overwrite, &e), -EBUSY);
		assert_non_null(strstr(e.text, "dead0001"));
		scratch_expect("state/journal", before);
		scratch_expect(tree[FIN_TIMEOUT].file, "20\n");
	}
	undo(1, false);
	undo(2, false);
	undo(0, false);
	expect_untouched();
	plan_done(&above.plan);
}

TEST(nothing_is_undone_below_one_that_was_cut_off_and_shares_the_drop_in)
{
	struct transaction above;

	apply_and_forget(kept(change_of(FIN_TIMEOUT, "60", "30")));
	above = kept(change_of(QUEUE_LIMIT, "4096", "8192"));
	write_down(&above, "dead0001", false);
	put_in_dropin(1);
	assert_int_equal(transact_undo(&engine, 0, false, NULL), -EBUSY);
	undo(1, false);
	expect_dropin();
	undo(0, false);
	expect_no_file(DROPIN_FILE);
	expect_untouched();
	plan_done(&above.plan);
}

TEST(a_void_transaction_blocks_nothing)
{
	struct host later = here;
	const struct transact then = { &store, root_fd, &later };
	struct transaction above;
	struct err e = { 0 };

	snprintf(later.boot_id, sizeof(later.boot_id), "boot-2");
	apply_and_forget(kept(change_of(FIN_TIMEOUT, "60", "30")));
	above = change_of(FIN_TIMEOUT, "30", "20");
	write_down(&above, "dead0001", false);
	reopen();
	if (transact_undo(&then, 0, false, &e) < 0)
		fail_msg("%s", e.text);
	expect_no_file(DROPIN_FILE);
	plan_done(&above.plan);
}

TEST(a_journal_of_16_mib_takes_no_more_transactions)
{
	struct transaction tx = plan_of(1);
	struct err e = { 0 };

	store.journal.good = STORE_BEGIN_MAX + 1;
	assert_int_equal(transact_apply(&engine, &tx, NULL, &e), -EFBIG);
	assert_non_null(strstr(e.text, "16 MiB"));
	expect_untouched();
	scratch_expect("state/journal", "");
	plan_done(&tx.plan);
}

/* /dev/full in place of the journal, as pwrite() sees it. */
static void fill_disk(int *ret_saved_fd)
{
	int fd = open("/dev/full", O_RDWR | O_CLOEXEC);

	*ret_saved_fd = dup(store.journal_fd);
	assert_true(fd >= 0 && *ret_saved_fd >= 0);
	assert_int_equal(dup2(fd, store.journal_fd), store.journal_fd);
	close(fd);
}

static void make_room(int saved_fd)
{
	assert_int_equal(dup2(saved_fd, store.journal_fd), store.journal_fd);
	close(saved_fd);
}

TEST(a_full_disk_does_not_stop_an_undo)
{
	int saved_fd;

	apply_and_forget(kept(plan_of(N_TREE)));
	fill_disk(&saved_fd);
	assert_int_equal(transact_undo(&engine, 0, false, NULL), -ENOSPC);
	expect_untouched();
	expect_no_file(DROPIN_FILE);
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	make_room(saved_fd);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
	assert_int_equal(undo(0, false)->n_conflicts, 0);
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
}

TEST(what_a_full_disk_kept_out_of_the_journal_is_written_before_the_next_record)
{
	int saved_fd;

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(QUEUE_LIMIT, "4096", "8192"));
	fill_disk(&saved_fd);
	assert_int_equal(transact_undo(&engine, 1, false, NULL), -ENOSPC);
	make_room(saved_fd);
	undo(0, false);
	expect_untouched();
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	assert_int_equal(state_of(1), TRANSACTION_UNDONE);
}

TEST(one_below_an_undo_that_is_not_noted_waits_if_it_shares_a_key)
{
	int saved_fd;

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	apply_and_forget(change_of(QUEUE_LIMIT, "4096", "8192"));
	apply_and_forget(change_of(FIN_TIMEOUT, "30", "20"));
	fill_disk(&saved_fd);
	assert_int_equal(transact_undo(&engine, 2, false, NULL), -ENOSPC);
	assert_int_equal(transact_undo(&engine, 1, false, NULL), -ENOSPC);
	assert_int_equal(transact_undo(&engine, 0, false, NULL), -ENOSPC);
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
	scratch_expect(tree[QUEUE_LIMIT].file, "4096\n");
	make_room(saved_fd);
	reopen();
	for (size_t i = 3; i-- > 0;)
		assert_int_equal(undo(i, false)->n_conflicts, 0);
	expect_untouched();
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_plan_is_carried_out_and_committed),
		WORLD_TEST(only_what_is_to_be_done_is_written),
		WORLD_TEST(undo_puts_everything_back_and_may_be_repeated),
		WORLD_TEST(undo_leaves_a_foreign_value_alone),
		WORLD_TEST(overwrite_puts_a_foreign_value_back_too),
		WORLD_TEST(a_value_somebody_put_back_already_needs_nothing),
		WORLD_TEST(
			a_sysctl_that_went_away_is_a_conflict_and_the_others_are_undone),
		WORLD_TEST(a_failure_in_the_middle_undoes_what_was_done),
		WORLD_TEST(a_write_that_is_refused_undoes_what_was_done),
		WORLD_TEST(a_value_that_is_not_what_was_written_is_put_back),
		WORLD_TEST(nothing_is_written_when_the_journal_cannot_be),
		WORLD_TEST(a_signal_before_the_first_write_stops_and_undoes),
		WORLD_TEST(what_was_cut_off_is_settled_wherever_it_was),
		WORLD_TEST(settling_leaves_a_foreign_value_alone),
		WORLD_TEST(what_was_cut_off_elsewhere_is_not_settled_here),
		WORLD_TEST(undo_in_the_middle_leaves_the_value_to_the_one_above),
		WORLD_TEST(undo_from_the_bottom_up_ends_where_it_began),
		WORLD_TEST(undo_below_does_not_replace_a_foreign_value_above_it),
		WORLD_TEST(undo_below_a_conflict_keeps_the_way_back),
		WORLD_TEST(undo_below_a_foreign_value_waits_until_the_one_above_is_gone),
		WORLD_TEST(
			a_conflict_that_was_cut_off_is_not_taken_for_one_of_the_next_undo),
		WORLD_TEST(undo_again_leaves_alone_what_it_has_put_back_before),
		WORLD_TEST(a_damaged_last_line_is_not_taken_for_a_torn_one),
		WORLD_TEST(a_signal_that_is_ignored_stops_nothing),
		WORLD_TEST(a_journal_does_not_decide_what_may_be_written),
		WORLD_TEST(undo_that_fails_half_way_is_unfinished_and_tried_again),
		WORLD_TEST(what_is_kept_is_in_the_drop_in),
		WORLD_TEST(the_drop_in_is_readable_and_nothing_is_left_beside_it),
		WORLD_TEST(a_setting_that_is_so_already_can_be_kept),
		WORLD_TEST(a_drop_in_that_cannot_be_written_undoes_everything),
		WORLD_TEST(somebody_elses_drop_in_is_left_as_it_is),
		WORLD_TEST(a_commit_that_cannot_be_written_takes_the_drop_in_back),
		WORLD_TEST(undo_anywhere_in_a_stack_takes_its_lines_out_of_the_drop_in),
		WORLD_TEST(
			undo_on_a_later_boot_takes_out_the_lines_and_leaves_the_values),
		WORLD_TEST(
			an_edited_drop_in_is_left_alone_by_every_undo_until_it_is_put_right),
		WORLD_TEST(
			a_drop_in_that_was_removed_is_what_it_is_without_the_only_one_in_it),
		WORLD_TEST(a_drop_in_that_was_edited_stops_the_next_one),
		WORLD_TEST(a_guardian_is_started_for_a_transaction_with_a_deadline),
		WORLD_TEST(without_its_guardian_nothing_is_changed),
		WORLD_TEST(a_confirmation_writes_the_drop_in_and_then_says_so),
		WORLD_TEST(a_confirmation_of_run_time_values_needs_no_drop_in),
		WORLD_TEST(a_confirmation_without_its_drop_in_is_none),
		WORLD_TEST(a_confirmation_that_cannot_be_noted_takes_its_drop_in_back),
		WORLD_TEST(a_drop_in_that_was_in_place_before_stays_a_confirmation),
		WORLD_TEST(
			what_waits_and_is_undone_leaves_an_edited_drop_in_to_its_editor),
		WORLD_TEST(nothing_is_undone_below_one_that_was_cut_off_and_shares_a_key),
		WORLD_TEST(
			nothing_is_undone_below_one_that_was_cut_off_and_shares_the_drop_in),
		WORLD_TEST(a_void_transaction_blocks_nothing),
		WORLD_TEST(a_journal_of_16_mib_takes_no_more_transactions),
		WORLD_TEST(a_full_disk_does_not_stop_an_undo),
		WORLD_TEST(
			what_a_full_disk_kept_out_of_the_journal_is_written_before_the_next_record),
		WORLD_TEST(one_below_an_undo_that_is_not_noted_waits_if_it_shares_a_key),
	};

	if (argc > 1 && strcmp(argv[1], "rollback") == 0)
		return be_guardian(argc, argv);

	return cmocka_run_group_tests_name("transact", tests, NULL, NULL);
}
