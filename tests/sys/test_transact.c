/* SPDX-License-Identifier: MIT */
/* The engine on a recorded tree, whose sysctls are plain files. */
#include "unit/test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
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
#include "sys/settle.h"
#include "sys/store.h"
#include "sys/transact.h"

static const struct host here = { .boot_id = "boot-1",
				  .netns_inode = 4026531840,
				  .netns_cookie = 1 };

/* The world of one test. */
static struct store store;
static int root_fd = -1;
static struct transact engine = { .store = &store, .host = &here };

static const struct {
	const char *key, *file, *value;
} tree[] = {
	{ "net.ipv4.tcp_fin_timeout", "proc/sys/net/ipv4/tcp_fin_timeout", "60" },
	{ "net.ipv4.tcp_tw_reuse", "proc/sys/net/ipv4/tcp_tw_reuse", "2" },
	{ "net.ipv4.ip_local_port_range", "proc/sys/net/ipv4/ip_local_port_range",
	  "32768 60999" },
	{ "net.core.somaxconn", "proc/sys/net/core/somaxconn", "4096" },
};
enum { FIN_TIMEOUT, TW_REUSE, PORT_RANGE, QUEUE_LIMIT };

static const char *const wanted[] = { "30", "1", "16384 65535", "8192" };

static int world_make(void **state)
{
	struct err e = { 0 };

	if (scratch_make(state) < 0)
		return -1;
	for (size_t i = 0; i < N(tree); i++)
		scratch_write(tree[i].file, tree[i].value);
	root_fd = procfs_open_root(scratch_path(), &e);
	engine.root_fd = root_fd;
	return root_fd < 0 ? -1 : store_open(&store, "state", STORE_WRITE, NULL, &e);
}

static int world_remove(void **state)
{
	store_close(&store);
	close(root_fd);
	return scratch_remove(state);
}

/* As after a crash: what is known is what is in the file. */
static void reopen(void)
{
	struct err e = { 0 };

	store_close(&store);
	if (store_open(&store, "state", STORE_WRITE, NULL, &e) < 0)
		fail_msg("%s", e.text);
}

/* A plan of the first n of the tree's sysctls, with strings of its own. */
static struct transaction plan_of(size_t n)
{
	struct transaction tx = {
		.when = 1795350131,
		.boot_id = "boot-1",
		.netns_inode = here.netns_inode,
		.netns_cookie = here.netns_cookie,
		.login = (char *)"anna",
		.command = (char *)"finwait apply x",
		.profile = (char *)"x",
		.reason = (char *)"",
		.plan = { .at = calloc(n, sizeof(struct change)), .n = n },
	};

	assert_non_null(tx.plan.at);
	for (size_t i = 0; i < n; i++) {
		tx.plan.at[i].key = strdup(tree[i].key);
		tx.plan.at[i].from = strdup(tree[i].value);
		tx.plan.at[i].to = strdup(wanted[i]);
	}
	return tx;
}

static struct transaction change_of(size_t i, const char *from, const char *to)
{
	struct transaction tx = plan_of(1);
	struct change *c = &tx.plan.at[0];

	change_done(c);
	*c = (struct change){ .key = strdup(tree[i].key),
			      .from = strdup(from),
			      .to = strdup(to) };
	return tx;
}

static void expect_tree(const char *const *values)
{
	for (size_t i = 0; i < N(tree); i++) {
		own_free char *got = scratch_read(tree[i].file);

		got[strcspn(got, "\n")] = '\0';
		if (strcmp(got, values[i]) != 0)
			fail_msg("%s is '%s', want '%s'", tree[i].key, got, values[i]);
	}
}

static void expect_untouched(void)
{
	const char *values[N(tree)];

	for (size_t i = 0; i < N(tree); i++)
		values[i] = tree[i].value;
	expect_tree(values);
}

static void expect_states(const struct plan *plan, enum change_state state)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->at[i].state != state)
			fail_msg("change %zu is %s", i,
				 change_state_key(plan->at[i].state));
}

static void apply(struct transaction *tx)
{
	struct err e = { 0 };

	if (transact_apply(&engine, tx, NULL, &e) < 0)
		fail_msg("%s", e.text);
	expect_states(&tx->plan, CHANGE_DONE);
}

static void apply_and_forget(struct transaction tx)
{
	apply(&tx);
	plan_done(&tx.plan);
}

static const struct transaction *undo(size_t i, bool overwrite)
{
	struct err e = { 0 };

	if (transact_undo(&engine, i, overwrite, &e) < 0)
		fail_msg("%s", e.text);
	return &store.journal.at[i];
}

static enum transaction_state state_of(size_t i)
{
	return transaction_state(&store.journal.at[i], &here);
}

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

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_make, world_remove)

int main(void)
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
	};

	return cmocka_run_group_tests_name("transact", tests, NULL, NULL);
}
