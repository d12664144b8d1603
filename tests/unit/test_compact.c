/* SPDX-License-Identifier: MIT */
/*
 * The journal written anew: what is left of it must say the same, and lead to the same undo.
 */
#include "unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "unit/alike.h"
#include "unit/story.h"

/* Where it may be done. */
static const struct host hosts[] = {
	{ .boot_id = "boot-1",
	  .netns_inode = 7,
	  .netns_cookie = 1,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 1000 },
	{ .boot_id = "boot-1",
	  .netns_inode = 7,
	  .netns_cookie = 1,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 9000 },
	{ .boot_id = "boot-2",
	  .netns_inode = 7,
	  .netns_cookie = 1,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 1000 },
	{ .boot_id = "boot-2", .netns_inode = 8, .netns_cookie = 2, .boottime_ms = 1 },
	{ .boot_id = "boot-1", .netns_inode = 8, .netns_cookie = 2, .boottime_ms = 1 },
	{ .boot_id = "boot-1", .netns_inode = 7, .netns_cookie = 2, .boottime_ms = 1 },
};

static const char *const stories[] = {
	"",
	/* each stage */
	"begin a fin:60>30",
	"apply a fin:60>30",
	"apply a fin:60>30; undoing a",
	"apply a fin:60>30; undo a",
	"begin a fin:60>30; undo a",
	"begin a; commit a",
	/* a whole plan, with odd values */
	"apply a fin:60>30 range:32768_60999>1024_65535 reserved:~>80,90-99 queue:1>2",
	"apply a reserved:80>~ profile=base",
	/* deadlines */
	"begin a fin:60>30 @5000",
	"apply a fin:60>30 @5000",
	"apply a fin:60>30 @5000; confirm a",
	"apply a fin:60>30 @5000; undoing a",
	"apply a fin:60>30 @5000; undo a",
	"apply a fin:60>30 @5000; confirm a; undo a",
	"apply a fin:60>30 @5000; confirm a; undoing a",
	/* beyond the boot */
	"begin a fin:60>30 +fin=30",
	"apply a fin:60>30 +fin=30 +reserved=~ +range=1_2",
	"apply a fin:60>30 +fin=30; undoing a",
	"apply a fin:60>30 +fin=30; undo a",
	"apply a fin:60>30 +fin=30 @5000",
	"apply a fin:60>30 +fin=30 @5000 boot=0; apply b fin:60>20 @5000 boot=0",
	"apply a fin:60>30 +fin=30 @5000; confirm a",
	"apply a +fin=30; apply b +fin=20; apply c +reuse=1; undo b",
	"apply a +fin=30 boot=0; apply b fin:60>20 +fin=20; undoing b",
	/* conflicts */
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; conflict a reuse=0;"
	"undone a 2",
	"apply a fin:60>30; undoing a; conflict a fin=(absent); undone a 1",
	"apply a reserved:80>90; undoing a; conflict a reserved=~; undone a 1",
	"apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1",
	"apply a fin:60>30 +fin=30; undoing a; conflict a fin=45; conflict a dropin;"
	"undone a 2",
	/* conflicts undone again: settled, cut off, or a conflict again */
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1; undo a",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1; undoing a",
	"apply a fin:60>30; undoing a; conflict a fin=45; undone a 1; undoing a",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1;"
	"undoing a; conflict a fin=50; undone a 1",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; conflict a reuse=0;"
	"undone a 2; undoing a; conflict a fin=50; undone a 1",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; conflict a reuse=0;"
	"undone a 2; undoing a; conflict a fin=50; undone a 1; undoing a",
	"apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1; undoing a",
	"apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1; undo a",
	"apply a fin:60>30 +fin=30; undoing a; conflict a fin=45; conflict a dropin;"
	"undone a 2; undoing a; conflict a fin=9; undone a 1",
	"apply a fin:60>30 +fin=30; undoing a; conflict a fin=45; conflict a dropin;"
	"undone a 2; undoing a; conflict a dropin; undone a 1",
	"apply a fin:60>30 +fin=30; undoing a; conflict a fin=45; conflict a dropin;"
	"undone a 2; undoing a; conflict a dropin; undone a 1; undoing a",
	/* torn in the middle of the last write */
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45",
	"apply a fin:60>30 +fin=30; undoing a; conflict a dropin",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1;"
	"undoing a; conflict a fin=50",
	/* left to another, or gone with its boot */
	"apply a fin:60>30; apply b fin:30>20; undoing a; left a fin; undone a 0",
	"apply a fin:60>30 +fin=30 boot=0; undoing a; left a fin; undone a 0",
	"apply a fin:60>30 reuse:2>1; undoing a; left a fin; undone a 0",
	"apply a fin:60>30 reuse:2>1; undoing a; left a reuse; conflict a fin=9; undone a 1",
	"apply a fin:60>30 reuse:2>1; undoing a; left a reuse; conflict a fin=9; undone a 1;"
	"undoing a",
	"apply a fin:60>30 reuse:2>1; undoing a; left a reuse; conflict a fin=9; undone a 1;"
	"undo a",
	"apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=9; undone a 1;"
	"undoing a; left a fin; undone a 0",
	"apply a fin:60>30 reuse:2>1; undoing a; left a fin",
	/* stacks */
	"apply a fin:60>30; apply b fin:30>20; apply c fin:20>10",
	"apply a fin:60>30; apply b fin:30>20; apply c fin:20>10; undo b",
	"apply a fin:60>30; apply b fin:30>20; apply c fin:20>10; undo b; undo a",
	"apply a fin:60>30; apply b fin:30>20; apply c fin:20>10; undo a",
	"apply a fin:60>30; apply b fin:30>20; apply c fin:20>10; undo a; undo b; undo c",
	"apply a fin:60>30; apply b fin:30>20; apply c fin:20>10; undo c",
	"apply a fin:60>30; apply b fin:45>20; undo a",
	"apply a fin:60>30; apply b fin:45>20; undoing a; conflict a fin=20; undone a 1",
	"apply a fin:60>30; apply b fin:45>20; undoing a; conflict a fin=20; undone a 1;"
	"undo b; undo a",
	"apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9; undone b 1",
	"apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9; undone b 1;"
	"undo a",
	"apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9; undone b 1;"
	"undo a; apply c fin:9>5; undo b",
	"apply a fin:60>30 reuse:2>1; apply b fin:30>20; apply c reuse:1>0; undo a",
	"apply a fin:60>30 reuse:2>1; apply b fin:30>20; undoing a; conflict a reuse=0;"
	"undone a 1; apply c reuse:0>1; undoing a",
	"apply a fin:60>30; apply b fin:30>20 @5000; begin c fin:20>10; undo c",
	"apply a reserved:~>9,8,7; apply b reserved:7-9>5; undo a",
	/* many places */
	"apply a fin:60>30; apply b fin:60>20 ns=8:2; apply c fin:30>10 ns=7:2;"
	"apply d fin:60>5 boot=2; apply e fin:60>5 boot=2 ns=8:2; undo a",
	"begin a fin:60>30; begin b fin:60>20 ns=8:2; begin c fin:30>10 ns=7:2;"
	"begin d fin:60>5 boot=2 +fin=5; begin e fin:60>5 boot=2 ns=8:2",
	"apply a fin:60>30 boot=0 +fin=30; apply b fin:60>20 +fin=20 +reuse=1;"
	"apply c fin:60>10 boot=2 @5000 +fin=10; undoing a; conflict a dropin; undone a 1",
	"apply a fin:60>30 boot=0; undoing a; conflict a fin=9; undone a 1;"
	"apply b fin:60>30; undoing b; conflict b fin=9; undone b 1",
};

static void compact(struct text *t, const struct journal *j, const struct host *host,
		    size_t n_newest)
{
	journal_format_compact(t, j, host, n_newest);
	assert_false(t->broken);
}

/* What is in force, or not at its end, is never left out, nor one of the newest. */
static void expect_left(const struct text *all, const struct text *left,
			const struct host *host, size_t n_newest, const char *story)
{
	struct journal j, shorter;

	story_replay(&j, all->at, all->n);
	story_replay(&shorter, left->at, left->n);
	for (size_t i = 0; i < j.n; i++) {
		const struct transaction *tx = &j.at[i];
		enum transaction_state state = transaction_state(tx, host);
		bool is_to_stay =
			i + n_newest >= j.n || transaction_is_persisted(tx) ||
			transaction_may_be_confirmed(tx) ||
			(state != TRANSACTION_UNDONE && state != TRANSACTION_VOID);

		if (is_to_stay != (alike_index(&shorter, tx->id) >= 0))
			fail_msg("%s: %s, the newest %zu", story, tx->id, n_newest);
	}
	journal_done(&j);
	journal_done(&shorter);
}

static void compact_text(struct text *to, const struct text *from,
			 const struct host *host, size_t n_newest)
{
	struct journal j;

	story_replay(&j, from->at, from->n);
	compact(to, &j, host, n_newest);
	journal_done(&j);
}

static void check_compact(const char *story, const struct host *host, size_t n_newest)
{
	own_text struct text t = { 0 }, shorter = { 0 }, again = { 0 };

	story_tell(&t, story);
	compact_text(&shorter, &t, host, n_newest);
	if (shorter.n > t.n)
		fail_msg("%s: longer", story);
	expect_left(&t, &shorter, host, n_newest, story);
	alike_expect(&t, &shorter, host, story);
	compact_text(&again, &shorter, host, n_newest);
	assert_int_equal(again.n, shorter.n);
	assert_true(again.n == 0 || memcmp(again.at, shorter.at, again.n) == 0);
}

TEST(what_is_left_says_the_same_and_nothing_that_counts_is_left_out)
{
	static const size_t newest[] = { 0, 1, 2, 200 };

	for (size_t i = 0; i < N(stories); i++)
		for (size_t k = 0; k < N(hosts); k++)
			for (size_t n = 0; n < N(newest); n++)
				check_compact(stories[i], &hosts[k], newest[n]);
}

TEST(the_newest_stay_whatever_has_become_of_them)
{
	static const char story[] = "apply a fin:60>30; undo a; apply b fin:60>30;"
				    "apply c fin:30>20; undo c; apply d fin:30>20 boot=0;"
				    "apply e fin:30>20; undo e";
	static const struct {
		size_t n_newest;
		const char *want;
	} rows[] = {
		{ 0, "b" },
		{ 1, "be" },
		{ 2, "bde" },
		{ 3, "bcde" },
		{ 4, "bcde" },
		{ 5, "abcde" },
		{ SIZE_MAX / 2, "abcde" },
	};
	struct journal j;

	story_journal(&j, story);
	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 };
		struct journal left;
		char got[8] = "";

		compact(&t, &j, &hosts[0], rows[i].n_newest);
		story_replay(&left, t.at, t.n);
		for (size_t k = 0; k < left.n; k++)
			got[k] = left.at[k].id[0];
		assert_string_equal(got, rows[i].want);
		journal_done(&left);
	}
	journal_done(&j);
}

TEST(one_that_was_never_ready_is_left_out_as_it_changed_nothing)
{
	own_text struct text t = { 0 }, shorter = { 0 };
	struct journal j;

	story_tell(&t, "apply a fin:60>30; begin b fin:30>20");
	story_replay(&j, t.at, (size_t)(strstr(t.at, "1 ready tx=b") - t.at));
	assert_int_equal(j.at[1].stage, STAGE_BEGUN);
	compact(&shorter, &j, &hosts[0], 200);
	journal_done(&j);
	story_replay(&j, shorter.at, shorter.n);
	assert_int_equal(j.n, 1);
	assert_string_equal(j.at[0].id, "a0000000");
	journal_done(&j);
}

TEST(records_go_on_where_the_shorter_journal_ends)
{
	static const struct {
		const char *story, *rest;
	} rows[] = {
		{ "apply a fin:60>30; apply b fin:30>20; undo a", "undo b" },
		{ "apply a fin:60>30 @5000", "confirm a" },
		{ "apply a fin:60>30 @5000", "undo a" },
		{ "begin a fin:60>30", "commit a" },
		{ "begin a fin:60>30", "undoing a; conflict a fin=45; undone a 1" },
		{ "apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1",
		  "undo a" },
		{ "apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1;"
		  "undoing a",
		  "conflict a fin=46; undone a 1" },
		{ "apply a fin:60>30 reuse:2>1; undoing a; conflict a fin=45; undone a 1;"
		  "undoing a",
		  "undone a 0" },
		{ "apply a fin:60>30; undoing a; conflict a fin=45; undone a 1; undoing a",
		  "undone a 0" },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9;"
		  "undone b 1",
		  "undo a; undo b" },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9;"
		  "undone b 1; undoing b",
		  "undo b; undo a" },
		{ "apply a fin:60>30; apply b fin:30>20; undoing a; conflict a fin=20;"
		  "undone a 1",
		  "undo a" },
		{ "apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1",
		  "undo a" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 }, shorter = { 0 };

		story_tell(&t, rows[i].story);
		compact_text(&shorter, &t, &hosts[0], 200);
		story_tell(&t, rows[i].rest);
		story_tell(&shorter, rows[i].rest);
		alike_expect(&t, &shorter, &hosts[0], rows[i].story);
	}
}

TEST(compacting_pays_when_half_of_the_transactions_go)
{
	static const struct {
		const char *story;
		size_t n_newest;
		bool want;
	} rows[] = {
		{ "apply a fin:60>30", 0, false },
		{ "apply a fin:60>30; undo a", 0, true },
		{ "apply a fin:60>30; undo a", 1, false },
		{ "apply a fin:60>30; undo a; apply b fin:60>30", 0, true },
		{ "apply a fin:60>30; undo a; apply b fin:60>30; apply c fin:30>20", 0,
		  false },
		{ "apply a fin:60>30 boot=0; apply b fin:60>30", 1, true },
		{ "apply a fin:60>30 boot=0 +fin=30; apply b fin:60>30", 1, false },
		{ "begin a fin:60>30 boot=0; begin b fin:60>30", 0, true },
		{ "apply a fin:60>30; undo a; apply b fin:60>30; undo b;"
		  "apply c fin:60>30; undo c; apply d fin:60>30; undo d",
		  2, true },
		{ "apply a fin:60>30; undo a; apply b fin:60>30; undo b;"
		  "apply c fin:60>30; undo c; apply d fin:60>30; undo d",
		  3, false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		if (journal_can_compact(&j, &hosts[0], rows[i].n_newest) != rows[i].want)
			fail_msg("%s, %zu", rows[i].story, rows[i].n_newest);
		journal_done(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_left_says_the_same_and_nothing_that_counts_is_left_out),
		cmocka_unit_test(the_newest_stay_whatever_has_become_of_them),
		cmocka_unit_test(
			one_that_was_never_ready_is_left_out_as_it_changed_nothing),
		cmocka_unit_test(records_go_on_where_the_shorter_journal_ends),
		cmocka_unit_test(compacting_pays_when_half_of_the_transactions_go),
	};

	return cmocka_run_group_tests_name("compact", tests, NULL, NULL);
}
