/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/boot.h"
#include "core/catalogue.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "unit/story.h"

#define HEADER                                                                      \
	"# Written by finwait apply --persist. Do not edit it: what a transaction " \
	"put\n# here is taken out by finwait rollback ID, but not from an edited "  \
	"file.\n"
#define A_SET "\n# transaction a0000000, apply --set\n"
#define B_SET "\n# transaction b0000000, apply --set\n"
#define C_SET "\n# transaction c0000000, apply --set\n"
#define START "net.ipv4.ip_unprivileged_port_start"

enum { NONE = -1 };

static const struct row {
	const char *story;
	ssize_t with, without;
	const char *want;
} rows[] = {
	/* nothing to keep: no file */
	{ "", NONE, NONE, "" },
	{ "apply a fin:60>30", NONE, NONE, "" },
	{ "apply a fin:60>30 +fin=30; undo a", NONE, NONE, "" },
	{ "begin a fin:60>30 +fin=30", NONE, NONE, "" },
	{ "apply a fin:60>30 +fin=30; undoing a", NONE, NONE, "" },
	{ "apply a fin:60>30 +fin=30 @5000", NONE, NONE, "" },
	{ "apply a fin:60>30 +fin=30", NONE, 0, "" },

	/* one of them */
	{ "apply a fin:60>30 +fin=30", NONE, NONE, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a fin:60>30 +fin=30 @5000; confirm a", NONE, NONE,
	  HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a fin:60>30 profile=base +fin=30", NONE, NONE,
	  HEADER "\n# transaction a0000000, profile base\n" STORY_FIN " = 30\n" },
	{ "apply a +fin=30 boot=2 ns=8:2", NONE, NONE, HEADER A_SET STORY_FIN " = 30\n" },

	/* in the order of the transaction, whatever is in a value */
	{ "apply a +reuse=1 +fin=30 +queue=8192", NONE, NONE,
	  HEADER A_SET STORY_REUSE " = 1\n" STORY_FIN " = 30\n" STORY_QUEUE " = 8192\n" },
	{ "apply a +range=1024_65535 +reserved=~", NONE, NONE,
	  HEADER A_SET STORY_RESERVED " = \n" STORY_RANGE " = 1024 65535\n" },
	{ "apply a +reserved=8080,9000-9010", NONE, NONE,
	  HEADER A_SET STORY_RESERVED " = 8080,9000-9010\n" },

	/* a key once, where its newest value was set */
	{ "apply a +fin=30; apply b +reuse=1", NONE, NONE,
	  HEADER A_SET STORY_FIN " = 30\n" B_SET STORY_REUSE " = 1\n" },
	{ "apply a +fin=30; apply b +fin=20", NONE, NONE,
	  HEADER A_SET B_SET STORY_FIN " = 20\n" },
	{ "apply a +fin=30 +reuse=1; apply b +queue=5 +fin=20; apply c +queue=6", NONE,
	  NONE,
	  HEADER A_SET STORY_REUSE " = 1\n" B_SET STORY_FIN " = 20\n" C_SET STORY_QUEUE
				   " = 6\n" },
	{ "apply a +fin=30; apply b +fin=30", NONE, NONE,
	  HEADER A_SET B_SET STORY_FIN " = 30\n" },

	/* the ports in the order in which the kernel takes them at boot, then the rest */
	{ "apply a +fin=30 +range=1_2 +start=80 +reserved=90", NONE, NONE,
	  HEADER A_SET START " = 80\n" STORY_RESERVED " = 90\n" STORY_RANGE
			     " = 1 2\n" STORY_FIN " = 30\n" },
	{ "apply a +start=32768 +range=40000_50000", NONE, NONE,
	  HEADER A_SET START " = 32768\n" STORY_RANGE " = 40000 50000\n" },
	{ "apply a +start=32769 +range=40000_50000", NONE, NONE,
	  HEADER A_SET STORY_RANGE " = 40000 50000\n" START " = 32769\n" },
	{ "apply a +range=1_2; apply b +fin=30; apply c +reserved=90", NONE, NONE,
	  HEADER C_SET STORY_RESERVED " = 90\n" A_SET STORY_RANGE
				      " = 1 2\n" B_SET STORY_FIN " = 30\n" },

	/* what is not in force covers nothing */
	{ "apply a +fin=30; apply b +fin=20; undo b", NONE, NONE,
	  HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; apply b +fin=20 @5000", NONE, NONE,
	  HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; begin b +fin=20", NONE, NONE,
	  HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; apply b fin:30>20", NONE, NONE,
	  HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; apply b +fin=20; undo a", NONE, NONE,
	  HEADER B_SET STORY_FIN " = 20\n" },
	{ "apply a +fin=30; undoing a; conflict a dropin; undone a 1; apply b +fin=20",
	  NONE, NONE, HEADER B_SET STORY_FIN " = 20\n" },

	/* with one, whatever its stage */
	{ "begin a +fin=30", 0, NONE, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30 @5000", 0, NONE, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; undoing a", 0, NONE, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; undo a", 0, NONE, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30", 0, NONE, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; begin b +fin=20", 1, NONE,
	  HEADER A_SET B_SET STORY_FIN " = 20\n" },
	{ "apply a +fin=30 @5000; apply b +fin=20", 0, NONE,
	  HEADER A_SET B_SET STORY_FIN " = 20\n" },

	/* without one */
	{ "apply a +fin=30; apply b +fin=20", NONE, 1, HEADER A_SET STORY_FIN " = 30\n" },
	{ "apply a +fin=30; apply b +fin=20", NONE, 0, HEADER B_SET STORY_FIN " = 20\n" },
	{ "apply a +fin=30; apply b +reuse=1; apply c +fin=10", NONE, 1,
	  HEADER A_SET C_SET STORY_FIN " = 10\n" },
	{ "apply a +fin=30; undo a", NONE, 0, "" },
};

static void format(struct text *t, const struct row *row)
{
	struct journal j;

	story_journal(&j, row->story);
	dropin_format(t, &j, row->with, row->without);
	journal_done(&j);
}

TEST(the_drop_in_follows_from_the_journal)
{
	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text got = { 0 };

		format(&got, &rows[i]);
		if (strcmp(got.at ? got.at : "", rows[i].want) != 0)
			fail_msg("%s, with %zd, without %zd:\n%s", rows[i].story,
				 rows[i].with, rows[i].without, got.at ? got.at : "");
	}
}

TEST(the_drop_in_is_the_same_byte_by_byte_each_time)
{
	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text one = { 0 }, other = { 0 };

		format(&one, &rows[i]);
		format(&other, &rows[i]);
		assert_int_equal(one.n, other.n);
		assert_true(one.n == 0 || memcmp(one.at, other.at, one.n) == 0);
	}
}

TEST(what_is_written_and_taken_out_again_leaves_the_drop_in_as_it_was)
{
	static const char *const below[] = {
		"",
		"apply a +fin=30 +reuse=1",
		"apply a +fin=30; apply b +reuse=1 +queue=5; undo a",
	};

	for (size_t i = 0; i < N(below); i++) {
		own_text struct text t = { 0 }, before = { 0 }, with = { 0 },
				     after = { 0 };
		struct journal j;

		story_tell(&t, below[i]);
		story_replay(&j, t.at, t.n);
		dropin_format(&before, &j, NONE, NONE);
		journal_done(&j);

		story_tell(&t, "begin c +fin=10 +reuse=0");
		story_replay(&j, t.at, t.n);
		dropin_format(&with, &j, (ssize_t)j.n - 1, NONE);
		journal_done(&j);

		story_tell(&t, "commit c");
		story_replay(&j, t.at, t.n);
		dropin_format(&after, &j, NONE, NONE);
		assert_string_equal(after.at, with.at);
		text_done(&after);
		dropin_format(&after, &j, NONE, (ssize_t)j.n - 1);
		assert_int_equal(after.n, before.n);
		assert_true(before.n == 0 || strcmp(after.at, before.at) == 0);
		journal_done(&j);
	}
}

TEST(the_value_of_a_key_is_the_one_in_the_drop_in)
{
	static const struct {
		const char *story;
		const char *want; /* of tcp_fin_timeout */
	} values[] = {
		{ "", NULL },
		{ "apply a fin:60>30", NULL },
		{ "apply a +fin=30", "30" },
		{ "apply a +reuse=1", NULL },
		{ "apply a +fin=30; undo a", NULL },
		{ "apply a +fin=30; apply b +fin=20", "20" },
		{ "apply a +fin=30; apply b +fin=20; undo b", "30" },
		{ "apply a +fin=30; apply b +fin=20 @5000", "30" },
		{ "apply a +fin=30; apply b +fin=20 @5000; confirm b", "20" },
		{ "begin a +fin=30", NULL },
		{ "apply a +fin=~", "" },
		{ "apply a +fin=1_2", "1 2" },
	};

	for (size_t i = 0; i < N(values); i++) {
		const char *got, *want = values[i].want;
		struct journal j;

		story_journal(&j, values[i].story);
		got = dropin_value(&j, STORY_FIN);
		if (strcmp(got ? got : "none", want ? want : "none") != 0)
			fail_msg("%s: %s", values[i].story, got);
		assert_null(dropin_value(&j, "net.ipv4.tcp_fin"));
		journal_done(&j);
	}
}

/* What both readers make of it is what the journal says, key by key. */
static void expect_boot(const struct boot *boot, const struct journal *j,
			const char *story)
{
	static const char *const keys[] = { STORY_FIN, STORY_REUSE, STORY_RANGE,
					    STORY_RESERVED, STORY_QUEUE };

	for (size_t k = 0; k < N(keys) * BOOT_ENGINES; k++) {
		const char *key = keys[k / BOOT_ENGINES], *want = dropin_value(j, key);
		const struct knob *knob = catalogue_find(key);
		struct boot_value v;

		assert_int_equal(boot_look_up(boot, (enum boot_engine)(k % BOOT_ENGINES),
					      key, knob, NULL, &v),
				 0);
		/* the kernel may refuse the range */
		if ((v.file || v.n_losers) != (want != NULL) ||
		    (v.value && !knob_equal(knob, v.value, want)))
			fail_msg("%s: %s is '%s'", story, key, v.value);
		boot_value_done(&v);
	}
}

TEST(every_line_is_a_comment_or_a_setting_that_is_meant)
{
	for (size_t i = 0; i < N(rows); i++) {
		struct text got = { 0 };
		struct boot_tree tree = { 0 };
		struct boot boot;
		struct journal j;

		if (rows[i].with != NONE || rows[i].without != NONE)
			continue;
		story_journal(&j, rows[i].story);
		dropin_format(&got, &j, NONE, NONE);
		assert_non_null(boot_tree_add(&tree, DROPIN_KEY));
		tree.at[0].text = got.at;
		tree.at[0].n = got.n;
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		assert_int_equal(boot.n_remarks, 0);
		expect_boot(&boot, &j, rows[i].story);
		boot_done(&boot);
		boot_tree_done(&tree);
		journal_done(&j);
	}
}

TEST(no_name_of_a_profile_adds_a_line)
{
	static const char *const names[] = {
		"x\nkernel.core_pattern=|sh",
		"x\rkernel.panic=1",
		"\n\n\n",
		"\nnet.ipv4.tcp_fin_timeout = 1\n",
	};

	for (size_t i = 0; i < N(names); i++) {
		own_text struct text records = { 0 }, got = { 0 };
		struct keep keep = { (char *)STORY_REUSE, (char *)"1" };
		struct transaction tx = { .id = "a0000000",
					  .boot_id = "boot-1",
					  .login = (char *)"",
					  .command = (char *)"",
					  .profile = (char *)names[i],
					  .reason = (char *)"",
					  .keeps = &keep,
					  .n_keeps = 1 };
		struct journal j;
		size_t n_lines = 0;

		journal_format_begin(&records, &tx);
		journal_format_stage(&records, &tx, STAGE_COMMITTED);
		story_replay(&j, records.at, records.n);
		dropin_format(&got, &j, NONE, NONE);
		journal_done(&j);
		for (const char *p = got.at; *p; p++)
			n_lines += *p == '\n' || *p == '\r';
		/* three of the header, the transaction's and its setting's */
		if (n_lines != 5)
			fail_msg("name %zu: %zu lines in:\n%s", i, n_lines, got.at);
	}
}

TEST(ports_that_the_kernel_would_refuse_at_boot_are_not_persisted)
{
	static const struct {
		const char *story;
		const char *start, *range; /* to be persisted; NULL: is not */
		bool is_good;
	} checks[] = {
		{ "", NULL, NULL, true },
		{ "", "80", NULL, true },
		{ "", "32768", NULL, true },
		{ "", "32769", NULL, false },
		{ "", NULL, "1024 65535", true },
		{ "", NULL, "1023 65535", false },
		{ "", "1023", "1023 65535", true },
		{ "", "40000", "40000 50000", true },
		{ "", "40001", "40000 50000", false },
		/* with what is in the drop-in already */
		{ "apply a +start=500", NULL, "1000 2000", true },
		{ "apply a +start=500", NULL, "499 2000", false },
		{ "apply a +start=500; undo a", NULL, "1000 2000", false },
		{ "apply a +start=500", "600", "550 2000", false },
		{ "apply a +range=2000_3000", "2000", NULL, true },
		{ "apply a +range=2000_3000", "2001", NULL, false },
		{ "apply a +range=2000_3000", "2001", "2001 3000", true },
		{ "apply a +fin=30", NULL, NULL, true },
	};

	for (size_t i = 0; i < N(checks); i++) {
		struct keep keeps[2];
		struct journal j;
		struct err e = { 0 };
		size_t n = 0;
		int r;

		if (checks[i].start)
			keeps[n++] =
				(struct keep){ (char *)START, (char *)checks[i].start };
		if (checks[i].range)
			keeps[n++] = (struct keep){ (char *)STORY_RANGE,
						    (char *)checks[i].range };
		story_journal(&j, checks[i].story);
		r = dropin_check_ports(&j, keeps, n, &e);
		if (r != (checks[i].is_good ? 0 : -ERANGE))
			fail_msg("%s, start %s, range %s: %d", checks[i].story,
				 checks[i].start, checks[i].range, r);
		assert_int_equal(e.text[0] == '\0', checks[i].is_good);
		journal_done(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_drop_in_follows_from_the_journal),
		cmocka_unit_test(the_drop_in_is_the_same_byte_by_byte_each_time),
		cmocka_unit_test(
			what_is_written_and_taken_out_again_leaves_the_drop_in_as_it_was),
		cmocka_unit_test(the_value_of_a_key_is_the_one_in_the_drop_in),
		cmocka_unit_test(every_line_is_a_comment_or_a_setting_that_is_meant),
		cmocka_unit_test(no_name_of_a_profile_adds_a_line),
		cmocka_unit_test(
			ports_that_the_kernel_would_refuse_at_boot_are_not_persisted),
	};

	return cmocka_run_group_tests_name("dropin", tests, NULL, NULL);
}
