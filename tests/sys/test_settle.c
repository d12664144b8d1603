/* SPDX-License-Identifier: MIT */
/* What an earlier run left behind, brought to all or nothing. */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/dropin.h"
#include "scratch.h"
#include "sys/settle.h"
#include "world.h"

enum { DEADLINE_MS = 5000 };

/* From elsewhere, or later. */
static struct host moment;
static const struct transact then = { &store, -1, &moment };

static struct transact at_time(int64_t boottime_ms)
{
	struct transact t = then;

	moment = here;
	moment.boottime_ms = boottime_ms;
	t.root_fd = root_fd;
	return t;
}

static struct transact on_next_boot(void)
{
	struct transact t = at_time(1000);

	snprintf(moment.boot_id, sizeof(moment.boot_id), "boot-2");
	return t;
}

/* One that waits until DEADLINE_MS, with its values in force. */
static void put_waiting(struct transaction tx, const char *id)
{
	tx.deadline_ms = DEADLINE_MS;
	write_down(&tx, id, true);
	for (size_t i = 0; i < tx.plan.n; i++)
		for (size_t k = 0; k < N_TREE; k++)
			if (strcmp(tree[k].key, tx.plan.at[i].key) == 0)
				scratch_write(tree[k].file, tx.plan.at[i].to);
	plan_done(&tx.plan);
}

static void expect_settled(const struct transact *t, size_t n, size_t i,
			   enum settled_how how)
{
	struct settled settled;

	if (settle_is_due(t) != (n > 0))
		fail_msg("%s", n ? "nothing is due" : "something is due");
	settle(t, &settled);
	if (settled.n_stuck)
		fail_msg("%s", settled.trouble.text);
	assert_int_equal(settled.n, n);
	if (n) {
		assert_int_equal(settled.at[0].i, i);
		assert_int_equal(settled.at[0].how, how);
	}
	settled_done(&settled);
	assert_null(settled.at);
	assert_int_equal(settled.n, 0);
	assert_false(settle_is_due(t));
}

static void expect_nothing_settled(const struct transact *t)
{
	own_free char *before = scratch_read("state/journal"), *after = NULL;

	expect_settled(t, 0, 0, SETTLED_CUT_OFF);
	after = scratch_read("state/journal");
	assert_string_equal(after, before);
}

TEST(an_empty_journal_is_settled)
{
	expect_nothing_settled(&engine);
}

TEST(what_waits_is_undone_when_its_deadline_is_past)
{
	struct transact before = at_time(DEADLINE_MS - 1), after;

	put_waiting(plan_of(2), "aaaa0001");
	expect_nothing_settled(&before);
	scratch_expect(tree[FIN_TIMEOUT].file, "30");
	after = at_time(DEADLINE_MS);
	expect_settled(&after, 1, 0, SETTLED_OVERDUE);
	expect_untouched();
	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNDONE);
	expect_nothing_settled(&after);
}

TEST(what_was_to_outlive_the_boot_and_is_overdue_was_never_in_the_drop_in)
{
	struct transact after = at_time(DEADLINE_MS);

	put_waiting(kept(plan_of(2)), "aaaa0001");
	expect_settled(&after, 1, 0, SETTLED_OVERDUE);
	expect_untouched();
	expect_no_file("etc/sysctl.d");
}

TEST(what_was_confirmed_has_no_deadline)
{
	struct transact after = at_time(DEADLINE_MS + 1000000);

	put_waiting(kept(plan_of(2)), "aaaa0001");
	assert_int_equal(transact_confirm(&engine, 0, NULL), 0);
	expect_nothing_settled(&after);
	expect_dropin();
}

TEST(an_overdue_one_in_the_middle_leaves_its_value_to_the_one_above)
{
	struct transact after = at_time(DEADLINE_MS);

	apply_and_forget(change_of(FIN_TIMEOUT, "60", "30"));
	put_waiting(change_of(FIN_TIMEOUT, "30", "20"), "aaaa0001");
	apply_and_forget(change_of(FIN_TIMEOUT, "20", "15"));
	expect_settled(&after, 1, 1, SETTLED_OVERDUE);
	scratch_expect(tree[FIN_TIMEOUT].file, "15\n");
	undo(2, false);
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
}

/* The drop-in was renamed into its place, and the record not written. */
TEST(a_confirmation_that_was_cut_off_goes_forward)
{
	static const int64_t times[] = { 1000, DEADLINE_MS, DEADLINE_MS * 100 };

	for (size_t i = 0; i < N(times); i++) {
		struct transact t = at_time(times[i]);
		void *world = NULL;

		put_waiting(kept(plan_of(2)), "aaaa0001");
		put_in_dropin(0);
		reopen();
		expect_settled(&t, 1, 0, SETTLED_CONFIRMED);
		scratch_expect(tree[FIN_TIMEOUT].file, "30");
		reopen();
		assert_int_equal(state_of(0), TRANSACTION_COMMITTED);
		expect_dropin();
		undo(0, false);
		expect_no_file(DROPIN_FILE);
		assert_int_equal(world_remove(&world), 0);
		assert_int_equal(world_make(&world), 0);
	}
}

TEST(a_confirmation_that_was_cut_off_goes_forward_on_the_next_boot)
{
	struct transact next = on_next_boot();

	apply_and_forget(kept(change_of(QUEUE_LIMIT, "4096", "8192")));
	put_waiting(kept(plan_of(2)), "aaaa0001");
	put_in_dropin(1);
	reopen();
	moment.boot_netns = BOOT_NETNS_ELSEWHERE;
	expect_nothing_settled(&next);
	moment.boot_netns = BOOT_NETNS_HERE;
	expect_settled(&next, 1, 1, SETTLED_CONFIRMED);
	assert_int_equal(transaction_state(&store.journal.at[1], &moment),
			 TRANSACTION_COMMITTED);
	expect_dropin();
}

TEST(a_drop_in_with_a_letter_more_confirms_nothing)
{
	struct transact after = at_time(DEADLINE_MS);
	own_free char *content = NULL;

	put_waiting(kept(plan_of(2)), "aaaa0001");
	put_in_dropin(0);
	content = scratch_read(DROPIN_FILE);
	content[strlen(content) - 2] = '9';
	scratch_write(DROPIN_FILE, content);
	expect_settled(&after, 1, 0, SETTLED_OVERDUE);
	expect_untouched();
	scratch_expect(DROPIN_FILE, content);
	assert_int_equal(state_of(0), TRANSACTION_CONFLICT);
}

TEST(what_a_confirmation_that_was_cut_off_left_beside_is_removed)
{
	struct transact t = at_time(1000);

	put_waiting(kept(plan_of(2)), "aaaa0001");
	scratch_write("etc/sysctl.d/.99-finwait.conf.aaaa0001", "half of i");
	scratch_write("etc/sysctl.d/.99-finwait.conf.bbbb0002", "not ours");
	expect_nothing_settled(&t);
	expect_no_file("etc/sysctl.d/.99-finwait.conf.aaaa0001");
	scratch_expect("etc/sysctl.d/.99-finwait.conf.bbbb0002", "not ours");
	assert_int_equal(state_of(0), TRANSACTION_WAITING);
}

/* Where an apply or an undo with a drop-in may be cut off. */
TEST(what_was_cut_off_is_undone_with_its_drop_in_wherever_it_was)
{
	static const struct {
		bool is_undoing, has_values, has_dropin, has_beside, is_next_boot;
	} rows[] = {
		{ false, false, false, false, false },
		{ false, true, false, false, false },
		{ false, true, false, true, false },
		{ false, true, true, false, false },
		{ true, true, true, false, false },
		{ true, true, true, true, false },
		{ true, true, false, false, false },
		{ true, false, false, false, false },
		{ true, false, true, false, false },
		{ false, false, true, false, true },
		{ false, false, false, true, true },
		{ true, false, true, false, true },
		{ true, false, false, false, true },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct transact t = rows[i].is_next_boot ? on_next_boot() : engine;
		struct transaction tx;
		own_text struct text undoing = { 0 };
		void *world = NULL;

		apply_and_forget(kept(change_of(QUEUE_LIMIT, "4096", "8192")));
		tx = kept(plan_of(2));
		write_down(&tx, "dead0001", rows[i].is_undoing);
		if (rows[i].is_undoing) {
			journal_format_stage(&undoing, &tx, STAGE_UNDOING);
			assert_int_equal(store_append(&store, &undoing, NULL), 0);
		}
		for (size_t k = 0; k < 2 && rows[i].has_values; k++)
			scratch_write(tree[k].file, wanted[k]);
		if (rows[i].has_dropin)
			put_in_dropin(1);
		if (rows[i].has_beside)
			scratch_write("etc/sysctl.d/.99-finwait.conf.dead0001", "x");
		reopen();
		expect_settled(&t, 1, 1, SETTLED_CUT_OFF);
		assert_int_equal(store.journal.at[1].n_conflicts, 0);
		expect_no_file("etc/sysctl.d/.99-finwait.conf.dead0001");
		expect_dropin();
		scratch_expect(tree[QUEUE_LIMIT].file, "8192\n");
		assert_non_null(dropin_value(&store.journal, tree[QUEUE_LIMIT].key));
		undo(0, false);
		expect_untouched();
		expect_no_file(DROPIN_FILE);
		plan_done(&tx.plan);
		assert_int_equal(world_remove(&world), 0);
		assert_int_equal(world_make(&world), 0);
	}
}

TEST(an_edited_drop_in_is_left_alone_and_the_rest_is_undone)
{
	static const struct {
		const char *content;
		bool is_conflict;
	} rows[] = {
		{ "# transaction dead0001, profile x\n# and mine\n", true },
		/* never written: it does not say who it is of */
		{ "# mine\n", false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct transaction tx = kept(plan_of(2));
		struct settled settled;
		void *world = NULL;

		write_down(&tx, "dead0001", false);
		scratch_write(tree[FIN_TIMEOUT].file, "30");
		scratch_write(DROPIN_FILE, rows[i].content);
		settle(&engine, &settled);
		assert_int_equal(settled.n_stuck, 0);
		assert_int_equal(settled.n, 1);
		settled_done(&settled);
		expect_untouched();
		assert_int_equal(state_of(0), rows[i].is_conflict ? TRANSACTION_CONFLICT
								  : TRANSACTION_UNDONE);
		assert_int_equal(store.journal.at[0].is_dropin_conflict,
				 rows[i].is_conflict);
		scratch_expect(DROPIN_FILE, rows[i].content);
		plan_done(&tx.plan);
		assert_int_equal(world_remove(&world), 0);
		assert_int_equal(world_make(&world), 0);
	}
}

/* The sysctl of the newest cannot be written: it stays as it was cut off. */
static void settle_with_stuck(struct settled *ret, const struct transact *t,
			      const char *file)
{
	assert_int_equal(chmod(file, 0444), 0);
	drop_power();
	settle(t, ret);
	regain_power();
	assert_int_equal(chmod(file, 0644), 0);
}

TEST(nothing_is_undone_below_what_is_stuck_and_all_else_is)
{
	struct transaction shares = change_of(FIN_TIMEOUT, "60", "30");
	struct transaction apart = change_of(QUEUE_LIMIT, "4096", "8192");
	struct transaction stuck = plan_of(2);
	struct settled settled;

	free(stuck.plan.at[FIN_TIMEOUT].from);
	stuck.plan.at[FIN_TIMEOUT].from = strdup("30");
	free(stuck.plan.at[FIN_TIMEOUT].to);
	stuck.plan.at[FIN_TIMEOUT].to = strdup("20");
	write_down(&shares, "aaaa0001", false);
	write_down(&apart, "bbbb0002", false);
	write_down(&stuck, "cccc0003", false);
	scratch_write(tree[FIN_TIMEOUT].file, "20\n");
	scratch_write(tree[TW_REUSE].file, "1\n");
	scratch_write(tree[QUEUE_LIMIT].file, "8192\n");
	assert_true(settle_is_due(&engine));

	settle_with_stuck(&settled, &engine, tree[TW_REUSE].file);
	assert_int_equal(settled.n_stuck, 2);
	assert_non_null(strstr(settled.trouble.text, "cccc0003"));
	assert_non_null(strstr(settled.trouble.text, tree[TW_REUSE].key));
	assert_int_equal(settled.trouble.code, EACCES);
	assert_int_equal(settled.n, 1);
	assert_int_equal(settled.at[0].i, 1);
	settled_done(&settled);
	assert_int_equal(settled.n_stuck, 0);
	scratch_expect(tree[QUEUE_LIMIT].file, "4096\n");
	/* the stuck one has put back what it could, and the one below is as it was */
	scratch_expect(tree[FIN_TIMEOUT].file, "30\n");
	scratch_expect(tree[TW_REUSE].file, "1\n");
	assert_true(settle_is_due(&engine));
	assert_true(journal_is_stuck(&store.journal, &here, tree[FIN_TIMEOUT].key));
	assert_false(journal_is_stuck(&store.journal, &here, tree[QUEUE_LIMIT].key));

	reopen();
	assert_int_equal(state_of(0), TRANSACTION_UNFINISHED);
	assert_int_equal(state_of(1), TRANSACTION_UNDONE);
	assert_int_equal(state_of(2), TRANSACTION_UNFINISHED);
	settle(&engine, &settled);
	assert_int_equal(settled.n_stuck, 0);
	assert_int_equal(settled.n, 2);
	settled_done(&settled);
	expect_untouched();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(store.journal.at[i].n_conflicts, 0);
	plan_done(&shares.plan);
	plan_done(&apart.plan);
	plan_done(&stuck.plan);
}

TEST(an_overdue_one_below_what_is_stuck_waits_until_it_can_be_undone)
{
	struct transact after = at_time(DEADLINE_MS);
	struct transaction stuck = change_of(FIN_TIMEOUT, "30", "20");
	struct settled settled;

	put_waiting(change_of(FIN_TIMEOUT, "60", "30"), "aaaa0001");
	write_down(&stuck, "cccc0003", false);
	scratch_write(tree[FIN_TIMEOUT].file, "20\n");
	settle_with_stuck(&settled, &after, tree[FIN_TIMEOUT].file);
	assert_int_equal(settled.n_stuck, 2);
	assert_int_equal(settled.n, 0);
	settled_done(&settled);
	scratch_expect(tree[FIN_TIMEOUT].file, "20\n");

	settle(&after, &settled);
	assert_int_equal(settled.n_stuck, 0);
	assert_int_equal(settled.n, 2);
	assert_int_equal(settled.at[0].how, SETTLED_CUT_OFF);
	assert_int_equal(settled.at[1].how, SETTLED_OVERDUE);
	settled_done(&settled);
	expect_untouched();
	plan_done(&stuck.plan);
}

TEST(a_drop_in_that_cannot_be_read_holds_up_only_what_has_a_part_of_it)
{
	struct transact after = at_time(DEADLINE_MS);
	struct settled settled;

	put_waiting(change_of(QUEUE_LIMIT, "4096", "8192"), "aaaa0001");
	put_waiting(kept(plan_of(2)), "bbbb0002");
	put_in_dropin(1);
	assert_int_equal(chmod("etc/sysctl.d", 0), 0);
	drop_power();
	assert_true(settle_is_due(&after));
	settle(&after, &settled);
	regain_power();
	assert_int_equal(chmod("etc/sysctl.d", 0755), 0);
	assert_true(settled.n_stuck > 0);
	assert_non_null(strstr(settled.trouble.text, "bbbb0002"));
	settled_done(&settled);
	scratch_expect(tree[QUEUE_LIMIT].file, "4096\n");
	reopen();
	assert_int_equal(transaction_state(&store.journal.at[0], &moment),
			 TRANSACTION_UNDONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(an_empty_journal_is_settled),
		WORLD_TEST(what_waits_is_undone_when_its_deadline_is_past),
		WORLD_TEST(
			what_was_to_outlive_the_boot_and_is_overdue_was_never_in_the_drop_in),
		WORLD_TEST(what_was_confirmed_has_no_deadline),
		WORLD_TEST(
			an_overdue_one_in_the_middle_leaves_its_value_to_the_one_above),
		WORLD_TEST(a_confirmation_that_was_cut_off_goes_forward),
		WORLD_TEST(a_confirmation_that_was_cut_off_goes_forward_on_the_next_boot),
		WORLD_TEST(a_drop_in_with_a_letter_more_confirms_nothing),
		WORLD_TEST(what_a_confirmation_that_was_cut_off_left_beside_is_removed),
		WORLD_TEST(what_was_cut_off_is_undone_with_its_drop_in_wherever_it_was),
		WORLD_TEST(an_edited_drop_in_is_left_alone_and_the_rest_is_undone),
		WORLD_TEST(nothing_is_undone_below_what_is_stuck_and_all_else_is),
		WORLD_TEST(
			an_overdue_one_below_what_is_stuck_waits_until_it_can_be_undone),
		WORLD_TEST(
			a_drop_in_that_cannot_be_read_holds_up_only_what_has_a_part_of_it),
	};

	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
