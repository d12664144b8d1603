/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/journal.h"
#include "core/record.h"
#include "core/snapshot.h"
#include "unit/story.h"

#define FIN_TIMEOUT STORY_FIN
#define PORT_RANGE  STORY_RANGE

static const struct host here = { .boot_id = "boot-1",
				  .netns_inode = 4026531840,
				  .netns_cookie = 1 };

/* A transaction to write: one change of tcp_fin_timeout. The strings are borrowed. */
struct example {
	struct change change;
	struct transaction tx;
};

static const struct transaction *example(struct example *x, const char *id,
					 const char *from, const char *to)
{
	*x = (struct example){
		.change = { .key = (char *)FIN_TIMEOUT,
			    .from = (char *)from,
			    .to = (char *)to },
		.tx = { .when = 1795350131,
			.boot_id = "boot-1",
			.netns_inode = 4026531840,
			.netns_cookie = 1,
			.login = (char *)"anna",
			.command = (char *)"finwait apply short-lived",
			.profile = (char *)"short-lived",
			.reason = (char *)"" },
	};
	snprintf(x->tx.id, sizeof(x->tx.id), "%s", id);
	x->tx.plan = (struct plan){ .at = &x->change, .n = 1 };
	return &x->tx;
}

static void add_committed(struct text *t, const char *id, const char *from,
			  const char *to)
{
	struct example x;
	const struct transaction *tx = example(&x, id, from, to);

	journal_format_begin(t, tx);
	journal_format_stage(t, tx, STAGE_COMMITTED);
}

static void add_undone(struct text *t, const char *id)
{
	struct example x;
	const struct transaction *tx = example(&x, id, "", "");

	journal_format_stage(t, tx, STAGE_UNDOING);
	journal_format_undone(t, tx, 1, 0);
}

/* Replays a copy that ends where the bytes end. */
static int replay(struct journal *j, const char *bytes, size_t n, struct err *e)
{
	char *copy = malloc(n ? n : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	*j = (struct journal){ 0 };
	r = journal_replay(j, copy, n, e);
	free(copy);
	return r;
}

static void replay_good(struct journal *j, const struct text *t)
{
	struct err e = { 0 };

	if (replay(j, t->at, t->n, &e) < 0)
		fail_msg("%s in: %s", e.text, t->at);
	assert_int_equal(j->good, t->n);
}

/* All that a journal says, as text. */
static void describe(const struct journal *j, struct text *t)
{
	for (size_t i = 0; i < j->n; i++)
		story_describe(t, &j->at[i]);
}

/* Two transactions in all their stages, small. */
static void small_journal(struct text *t)
{
	struct example x;
	const struct transaction *tx;

	add_committed(t, "aaaa1111", "60", "30");
	tx = example(&x, "bbbb2222", "30", "20");
	journal_format_begin(t, tx);
	journal_format_stage(t, tx, STAGE_COMMITTED);
	journal_format_stage(t, tx, STAGE_UNDOING);
	x.change.found = (char *)"15";
	journal_format_conflict(t, tx, &x.change);
	journal_format_undone(t, tx, 0, 1);
}

TEST(a_transaction_comes_back_as_it_was_written)
{
	struct change changes[] = {
		{ .key = (char *)FIN_TIMEOUT, .from = (char *)"60", .to = (char *)"30" },
		{ .key = (char *)PORT_RANGE,
		  .from = (char *)"32768 60999",
		  .to = (char *)"16384 65535" },
		{ .key = (char *)"net.ipv4.ip_local_reserved_ports",
		  .from = (char *)"",
		  .to = (char *)"8080,9000-9010" },
	};
	const struct transaction tx = {
		.id = "9f2c0001",
		.when = INT64_C(4795350131),
		.boot_id = "3f1e8e3a-3f0c-4c3c-9f57-1b2c3d4e5f60",
		.netns_inode = UINT64_MAX,
		.netns_cookie = UINT64_MAX - 1,
		.uid = 4294967294u,
		.login = (char *)"o'brien \"the\" admin",
		.command = (char *)"finwait apply --set 'a=1 2'\nrm -rf /\x1b[31m\t\x7f",
		.profile = (char *)"back\\slash \\x41",
		.reason = (char *)" caf\xc3\xa9 = crc=00000000 ",
		.plan = { .at = changes, .n = N(changes) },
	};
	own_text struct text t = { 0 };
	struct journal j;

	journal_format_begin(&t, &tx);
	journal_format_stage(&t, &tx, STAGE_COMMITTED);
	replay_good(&j, &t);
	assert_int_equal(j.n, 1);
	assert_string_equal(j.at[0].id, tx.id);
	assert_int_equal(j.at[0].when, tx.when);
	assert_string_equal(j.at[0].boot_id, tx.boot_id);
	assert_true(j.at[0].netns_inode == tx.netns_inode);
	assert_true(j.at[0].netns_cookie == tx.netns_cookie);
	assert_int_equal(j.at[0].uid, tx.uid);
	assert_string_equal(j.at[0].login, tx.login);
	assert_string_equal(j.at[0].command, tx.command);
	assert_string_equal(j.at[0].profile, tx.profile);
	assert_string_equal(j.at[0].reason, tx.reason);
	assert_int_equal(j.at[0].stage, STAGE_COMMITTED);
	assert_int_equal(j.at[0].plan.n, N(changes));
	for (size_t i = 0; i < N(changes); i++) {
		assert_string_equal(j.at[0].plan.at[i].key, changes[i].key);
		assert_string_equal(j.at[0].plan.at[i].from, changes[i].from);
		assert_string_equal(j.at[0].plan.at[i].to, changes[i].to);
		assert_int_equal(j.at[0].plan.at[i].state, CHANGE_DONE);
	}
	journal_done(&j);
}

TEST(one_record_is_one_line_whatever_was_typed)
{
	own_text struct text t = { 0 };
	struct example x;

	example(&x, "aaaa1111", "60", "30");
	x.tx.command = (char *)"a\n1 commit tx=aaaa1111\nb";
	journal_format_begin(&t, &x.tx);
	for (size_t i = 0, lines = 0; i < t.n; i++) {
		lines += t.at[i] == '\n';
		if (i + 1 == t.n)
			assert_int_equal(lines, 3);
	}
}

TEST(stages_follow_the_records)
{
	own_text struct text t = { 0 };
	struct example x;
	const struct transaction *tx = example(&x, "aaaa1111", "60", "30");
	struct journal j;

	journal_format_begin(&t, tx);
	replay_good(&j, &t);
	assert_int_equal(j.at[0].stage, STAGE_READY);
	assert_int_equal(j.at[0].plan.at[0].state, CHANGE_TODO);
	assert_int_equal(transaction_state(&j.at[0], &here), TRANSACTION_UNFINISHED);
	journal_done(&j);

	journal_format_stage(&t, tx, STAGE_COMMITTED);
	replay_good(&j, &t);
	assert_int_equal(j.at[0].stage, STAGE_COMMITTED);
	assert_int_equal(j.at[0].plan.at[0].state, CHANGE_DONE);
	assert_int_equal(transaction_state(&j.at[0], &here), TRANSACTION_COMMITTED);
	journal_done(&j);

	journal_format_stage(&t, tx, STAGE_UNDOING);
	replay_good(&j, &t);
	assert_int_equal(j.at[0].stage, STAGE_UNDOING);
	assert_int_equal(transaction_state(&j.at[0], &here), TRANSACTION_UNFINISHED);
	journal_done(&j);

	journal_format_undone(&t, tx, 1, 0);
	replay_good(&j, &t);
	assert_int_equal(j.at[0].stage, STAGE_UNDONE);
	assert_int_equal(j.at[0].plan.at[0].state, CHANGE_UNDONE);
	assert_int_equal(transaction_state(&j.at[0], &here), TRANSACTION_UNDONE);
	journal_done(&j);
}

TEST(a_transaction_without_ready_has_changed_nothing)
{
	own_text struct text t = { 0 };
	struct example x;
	struct journal j;
	struct err e = { 0 };
	char *ready;

	journal_format_begin(&t, example(&x, "aaaa1111", "60", "30"));
	ready = strstr(t.at, "1 ready");
	assert_non_null(ready);
	assert_int_equal(replay(&j, t.at, (size_t)(ready - t.at), &e), 0);
	assert_int_equal(j.at[0].stage, STAGE_BEGUN);
	assert_int_equal(transaction_state(&j.at[0], &here), TRANSACTION_UNDONE);
	journal_done(&j);
}

TEST(a_conflict_keeps_what_was_found)
{
	own_text struct text t = { 0 };
	struct journal j;

	small_journal(&t);
	replay_good(&j, &t);
	assert_int_equal(j.n, 2);
	assert_int_equal(j.at[1].n_conflicts, 1);
	assert_int_equal(j.at[1].plan.at[0].state, CHANGE_CONFLICT);
	assert_string_equal(j.at[1].plan.at[0].found, "15");
	assert_int_equal(transaction_state(&j.at[1], &here), TRANSACTION_CONFLICT);
	journal_done(&j);
}

TEST(an_undo_repeated_forgets_its_old_conflicts)
{
	own_text struct text t = { 0 };
	struct journal j;

	small_journal(&t);
	add_undone(&t, "bbbb2222");
	replay_good(&j, &t);
	assert_int_equal(j.at[1].n_conflicts, 0);
	assert_int_equal(j.at[1].plan.at[0].state, CHANGE_UNDONE);
	assert_int_equal(transaction_state(&j.at[1], &here), TRANSACTION_UNDONE);
	journal_done(&j);
}

TEST(a_torn_last_line_is_ignored_wherever_it_is_torn)
{
	own_text struct text t = { 0 };

	small_journal(&t);
	for (size_t n = 0; n <= t.n; n++) {
		own_text struct text got = { 0 }, want = { 0 };
		struct journal torn, whole;
		struct err e = { 0 };
		size_t good = n;

		while (good > 0 && t.at[good - 1] != '\n')
			good--;
		if (replay(&torn, t.at, n, &e) < 0)
			fail_msg("cut off after %zu bytes: %s", n, e.text);
		assert_int_equal(torn.good, good);
		assert_int_equal(replay(&whole, t.at, good, &e), 0);
		describe(&torn, &got);
		describe(&whole, &want);
		if (want.at)
			assert_string_equal(got.at, want.at);
		else
			assert_null(got.at);
		journal_done(&torn);
		journal_done(&whole);
	}
}

TEST(a_flipped_bit_is_an_error_or_leaves_a_prefix)
{
	own_text struct text t = { 0 };
	size_t n_errors = 0;

	small_journal(&t);
	for (size_t i = 0; i < t.n * 8; i++) {
		own_text struct text got = { 0 }, want = { 0 };
		struct journal flipped, prefix;
		struct err e = { 0 };
		int r;

		t.at[i / 8] = (char)(t.at[i / 8] ^ 1 << i % 8);
		r = replay(&flipped, t.at, t.n, &e);
		t.at[i / 8] = (char)(t.at[i / 8] ^ 1 << i % 8);

		if (r < 0) {
			assert_int_equal(r, -EBADMSG);
			assert_non_null(strstr(e.text, "line "));
			n_errors++;
		}
		if (flipped.good > i / 8)
			fail_msg("byte %zu, bit %zu: %zu bytes are called good", i / 8,
				 i % 8, flipped.good);
		assert_int_equal(replay(&prefix, t.at, flipped.good, &e), 0);
		assert_int_equal(prefix.good, flipped.good);
		describe(&flipped, &got);
		describe(&prefix, &want);
		if (want.at)
			assert_string_equal(got.at, want.at);
		else
			assert_null(got.at);
		journal_done(&flipped);
		journal_done(&prefix);
	}
	/* all but those of the last line */
	assert_true(n_errors > t.n * 8 / 2);
}

TEST(a_damaged_line_is_named)
{
	own_text struct text t = { 0 };
	struct journal j;
	struct err e = { 0 };
	char *second;

	small_journal(&t);
	second = strchr(t.at, '\n') + 1;
	second[5] ^= 1;
	assert_int_equal(replay(&j, t.at, t.n, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "line 2"));
	assert_int_equal(j.good, second - t.at);
	journal_done(&j);
}

TEST(records_may_come_in_several_pieces)
{
	own_text struct text t = { 0 }, got = { 0 }, want = { 0 };
	struct journal j = { 0 }, whole;
	struct err e = { 0 };

	small_journal(&t);
	for (size_t i = 0; i < t.n;) {
		size_t n = (size_t)(strchr(t.at + i, '\n') - (t.at + i)) + 1;

		assert_int_equal(journal_replay(&j, t.at + i, n, &e), 0);
		i += n;
		assert_int_equal(j.good, i);
	}
	replay_good(&whole, &t);
	describe(&j, &got);
	describe(&whole, &want);
	assert_string_equal(got.at, want.at);
	journal_done(&j);
	journal_done(&whole);
}

TEST(a_record_of_a_later_version_or_of_nobody_is_passed_over)
{
	own_text struct text t = { 0 };
	struct example x;
	struct journal j;
	size_t start;

	add_committed(&t, "aaaa1111", "60", "30");
	start = t.n;
	text_add(&t, "1 blessed tx=aaaa1111 by=nobody");
	record_seal(&t, start);
	journal_format_stage(&t, example(&x, "eeee0000", "1", "2"), STAGE_UNDOING);
	replay_good(&j, &t);
	assert_int_equal(j.n, 1);
	assert_int_equal(j.at[0].stage, STAGE_COMMITTED);
	journal_done(&j);
}

/* tcp_fin_timeout from 60 to 30, to 20, to 10, by three transactions. */
static void stack(struct text *t)
{
	add_committed(t, "aaaa1111", "60", "30");
	add_committed(t, "bbbb2222", "30", "20");
	add_committed(t, "cccc3333", "20", "10");
}

TEST(undo_in_the_middle_hands_the_value_below_to_the_one_above)
{
	own_text struct text t = { 0 };
	struct journal j;

	stack(&t);
	add_undone(&t, "bbbb2222");
	replay_good(&j, &t);
	assert_string_equal(j.at[2].plan.at[0].from, "30");
	assert_string_equal(j.at[2].plan.at[0].to, "10");
	assert_string_equal(j.at[0].plan.at[0].from, "60");
	journal_done(&j);

	add_undone(&t, "aaaa1111");
	replay_good(&j, &t);
	assert_string_equal(j.at[2].plan.at[0].from, "60");
	assert_string_equal(j.at[2].plan.at[0].to, "10");
	journal_done(&j);
}

TEST(undo_below_a_foreign_value_does_not_hand_its_own_over)
{
	own_text struct text t = { 0 };
	struct journal j;

	/* 60 to 30; somebody else writes 45; 45 to 20: the second stands on the 45 */
	add_committed(&t, "aaaa1111", "60", "30");
	add_committed(&t, "bbbb2222", "45", "20");
	add_undone(&t, "aaaa1111");
	replay_good(&j, &t);
	assert_string_equal(j.at[1].plan.at[0].from, "45");
	journal_done(&j);
}

TEST(undo_at_the_top_hands_nothing_over)
{
	own_text struct text t = { 0 };
	struct journal j;

	stack(&t);
	add_undone(&t, "cccc3333");
	replay_good(&j, &t);
	assert_string_equal(j.at[0].plan.at[0].from, "60");
	assert_string_equal(j.at[1].plan.at[0].from, "30");
	assert_int_equal(j.at[2].plan.at[0].state, CHANGE_UNDONE);
	journal_done(&j);
}

TEST(the_owner_of_a_key_is_the_newest_live_transaction_of_this_place)
{
	struct host elsewhere = here;
	own_text struct text t = { 0 };
	struct journal j;

	stack(&t);
	replay_good(&j, &t);
	assert_ptr_equal(journal_owner(&j, &here, FIN_TIMEOUT), &j.at[2].plan.at[0]);
	assert_null(journal_owner(&j, &here, PORT_RANGE));
	assert_int_equal(journal_later_owner(&j, 0, FIN_TIMEOUT), 1);
	assert_int_equal(journal_later_owner(&j, 1, FIN_TIMEOUT), 2);
	assert_int_equal(journal_later_owner(&j, 2, FIN_TIMEOUT), -1);
	assert_int_equal(journal_later_owner(&j, 0, PORT_RANGE), -1);
	elsewhere.netns_inode++;
	assert_null(journal_owner(&j, &elsewhere, FIN_TIMEOUT));
	journal_done(&j);

	add_undone(&t, "cccc3333");
	replay_good(&j, &t);
	assert_ptr_equal(journal_owner(&j, &here, FIN_TIMEOUT), &j.at[1].plan.at[0]);
	assert_int_equal(journal_later_owner(&j, 1, FIN_TIMEOUT), -1);
	journal_done(&j);
}

TEST(a_transaction_of_another_place_owns_nothing_here)
{
	/* another boot, another namespace, the same inode given away again */
	for (int other = 0; other < 3; other++) {
		own_text struct text t = { 0 };
		struct example x;
		struct journal j;

		add_committed(&t, "aaaa1111", "60", "30");
		example(&x, "bbbb2222", "30", "20");
		if (other == 0)
			x.tx.boot_id[0] = 'x';
		x.tx.netns_inode += other == 1;
		x.tx.netns_cookie += other == 2;
		journal_format_begin(&t, &x.tx);
		journal_format_stage(&t, &x.tx, STAGE_COMMITTED);
		add_undone(&t, "aaaa1111");
		replay_good(&j, &t);
		assert_int_equal(journal_later_owner(&j, 0, FIN_TIMEOUT), -1);
		assert_string_equal(j.at[1].plan.at[0].from, "30");
		journal_done(&j);
	}
}

TEST(run_time_values_go_with_their_boot_and_namespace)
{
	static const struct {
		const char *what;
		struct host host;
		enum transaction_stage stage;
		size_t n_conflicts;
		enum transaction_state state;
		bool is_ours;
	} rows[] = {
		{ "here",
		  { "boot-1", "", 7, 1, "" },
		  STAGE_COMMITTED,
		  0,
		  TRANSACTION_COMMITTED,
		  true },
		{ "another boot",
		  { "boot-2", "", 7, 1, "" },
		  STAGE_COMMITTED,
		  0,
		  TRANSACTION_VOID,
		  false },
		{ "the inode given away again",
		  { "boot-1", "", 7, 2, "" },
		  STAGE_COMMITTED,
		  0,
		  TRANSACTION_VOID,
		  false },
		{ "another namespace",
		  { "boot-1", "", 8, 2, "" },
		  STAGE_COMMITTED,
		  0,
		  TRANSACTION_COMMITTED,
		  false },
		{ "cut off here",
		  { "boot-1", "", 7, 1, "" },
		  STAGE_READY,
		  0,
		  TRANSACTION_UNFINISHED,
		  true },
		{ "cut off in an undo here",
		  { "boot-1", "", 7, 1, "" },
		  STAGE_UNDOING,
		  0,
		  TRANSACTION_UNFINISHED,
		  true },
		{ "cut off by another boot",
		  { "boot-2", "", 7, 1, "" },
		  STAGE_READY,
		  0,
		  TRANSACTION_VOID,
		  false },
		{ "undone in another boot",
		  { "boot-2", "", 7, 1, "" },
		  STAGE_UNDONE,
		  0,
		  TRANSACTION_UNDONE,
		  false },
		{ "a conflict here",
		  { "boot-1", "", 7, 1, "" },
		  STAGE_UNDONE,
		  1,
		  TRANSACTION_CONFLICT,
		  true },
		{ "a conflict of another boot",
		  { "boot-2", "", 7, 1, "" },
		  STAGE_UNDONE,
		  1,
		  TRANSACTION_VOID,
		  false },
		{ "never ready",
		  { "boot-2", "", 7, 1, "" },
		  STAGE_BEGUN,
		  0,
		  TRANSACTION_UNDONE,
		  false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct transaction tx = { .boot_id = "boot-1",
						.netns_inode = 7,
						.netns_cookie = 1,
						.stage = rows[i].stage,
						.n_conflicts = rows[i].n_conflicts };
		enum transaction_state state = transaction_state(&tx, &rows[i].host);

		if (state != rows[i].state)
			fail_msg("%s: %s", rows[i].what, transaction_state_key(state));
		if (transaction_is_ours(&tx, &rows[i].host) != rows[i].is_ours)
			fail_msg("%s: whose it is", rows[i].what);
	}
}

TEST(a_transaction_is_found_by_an_unambiguous_beginning)
{
	static const struct {
		const char *id;
		int result;
		size_t i;
	} rows[] = {
		{ "aaaa1111", 0, 0 },	{ "aaaa1", 0, 0 },	     { "aaaa2", 0, 1 },
		{ "aaaa", -EEXIST, 0 }, { "aaa", -ENOENT, 0 },	     { "", -ENOENT, 0 },
		{ "bbbb", -ENOENT, 0 }, { "aaaa11112", -ENOENT, 0 }, { "cccc", 0, 2 },
	};
	own_text struct text t = { 0 };
	struct journal j;

	add_committed(&t, "aaaa1111", "60", "30");
	add_committed(&t, "aaaa2222", "30", "20");
	add_committed(&t, "cccc3333", "20", "10");
	replay_good(&j, &t);
	for (size_t i = 0; i < N(rows); i++) {
		struct err e = { 0 };
		size_t found = 99;
		int r = journal_find(&j, rows[i].id, &found, &e);

		if (r != rows[i].result || (r == 0 && found != rows[i].i))
			fail_msg("'%s': %d, transaction %zu", rows[i].id, r, found);
		assert_int_equal(e.text[0] == '\0', r == 0);
	}
	journal_done(&j);
}

TEST(what_an_undo_did_not_put_back_is_called_the_same)
{
	static const struct {
		const char *story;
		enum change_state states[2]; /* of fin and reuse */
	} rows[] = {
		{ "undoing a; undone a 0", { CHANGE_UNDONE, CHANGE_UNDONE } },
		{ "undoing a; left a fin; left a reuse; undone a 0",
		  { CHANGE_SAME, CHANGE_SAME } },
		{ "undoing a; left a fin; undone a 0", { CHANGE_SAME, CHANGE_UNDONE } },
		{ "undoing a; left a reuse; conflict a fin=9; undone a 1",
		  { CHANGE_CONFLICT, CHANGE_SAME } },
		{ "undoing a; left a reuse; conflict a fin=9; undone a 1; undo a",
		  { CHANGE_UNDONE, CHANGE_SAME } },
		{ "undoing a; conflict a fin=9; undone a 1; undoing a; left a fin;"
		  "undone a 0",
		  { CHANGE_SAME, CHANGE_UNDONE } },
		/* the last go counts, but not for what an earlier one has settled */
		{ "undoing a; left a fin; undoing a; undone a 0",
		  { CHANGE_UNDONE, CHANGE_UNDONE } },
		{ "undo a; undoing a; left a fin; undone a 0",
		  { CHANGE_UNDONE, CHANGE_UNDONE } },
		{ "undoing a; left a range; undone a 0",
		  { CHANGE_UNDONE, CHANGE_UNDONE } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 };
		struct journal j;

		story_tell(&t, "apply a fin:60>30 reuse:2>1");
		story_tell(&t, rows[i].story);
		replay_good(&j, &t);
		for (size_t k = 0; k < 2; k++)
			if (j.at[0].plan.at[k].state != rows[i].states[k])
				fail_msg("%s: %s", rows[i].story,
					 change_state_key(j.at[0].plan.at[k].state));
		journal_done(&j);
	}
}

TEST(states_are_spelled_as_the_contract_says)
{
	assert_string_equal(transaction_state_key(TRANSACTION_UNFINISHED), "unfinished");
	assert_string_equal(transaction_state_key(TRANSACTION_WAITING), "waiting");
	assert_string_equal(transaction_state_key(TRANSACTION_OVERDUE), "overdue");
	assert_string_equal(transaction_state_key(TRANSACTION_COMMITTED), "committed");
	assert_string_equal(transaction_state_key(TRANSACTION_UNDONE), "undone");
	assert_string_equal(transaction_state_key(TRANSACTION_CONFLICT), "conflict");
	assert_string_equal(transaction_state_key(TRANSACTION_VOID), "void");
}

TEST(what_is_kept_and_until_when_comes_back_as_it_was_written)
{
	struct keep keeps[] = {
		{ (char *)FIN_TIMEOUT, (char *)"30" },
		{ (char *)PORT_RANGE, (char *)"16384 65535" },
		{ (char *)STORY_RESERVED, (char *)"" },
		{ (char *)STORY_QUEUE, (char *)"a \"b\" \\ # = \n" },
	};
	own_text struct text t = { 0 };
	struct example x;
	struct journal j;

	example(&x, "aaaa1111", "60", "30");
	x.tx.keeps = keeps;
	x.tx.n_keeps = N(keeps);
	x.tx.deadline_ms = INT64_MAX / 4;
	journal_format_begin(&t, &x.tx);
	replay_good(&j, &t);
	assert_int_equal(j.n, 1);
	assert_true(j.at[0].deadline_ms == INT64_MAX / 4);
	assert_false(j.at[0].is_confirmed);
	assert_int_equal(j.at[0].n_keeps, N(keeps));
	for (size_t i = 0; i < N(keeps); i++) {
		assert_string_equal(j.at[0].keeps[i].key, keeps[i].key);
		assert_string_equal(j.at[0].keeps[i].value, keeps[i].value);
	}
	journal_done(&j);
}

TEST(records_are_written_as_the_header_says)
{
	static const char want[] =
		"1 begin tx=a0000000 when=1795350131 boot=boot-1 netns=7:1 uid=1000 "
		"login=anna command=\"finwait apply\" profile=\"\" reason=\"CHG 4711\"\n"
		"1 intent tx=a0000000 key=net.ipv4.tcp_fin_timeout from=60 to=30\n"
		"1 keep tx=a0000000 key=net.ipv4.ip_local_port_range value=\"1024 65535\"\n"
		"1 ready tx=a0000000 n=1 deadline=5000\n"
		"1 commit tx=a0000000\n"
		"1 confirm tx=a0000000\n"
		"1 undoing tx=a0000000\n"
		"1 conflict tx=a0000000 key=net.ipv4.tcp_fin_timeout expected=whatever "
		"found=45\n"
		"1 conflict tx=a0000000 key=/etc/sysctl.d/99-finwait.conf\n"
		"1 left tx=a0000000 key=net.ipv4.tcp_tw_reuse\n"
		"1 undone tx=a0000000 n=1 conflicts=2\n"
		"1 begin tx=b0000000 when=1795350131 boot=boot-2 netns=8:2 uid=1000 "
		"login=anna command=\"finwait apply\" profile=base reason=\"CHG 4711\"\n"
		"1 ready tx=b0000000 n=0\n";
	own_text struct text t = { 0 }, got = { 0 };

	story_tell(&t, "apply a fin:60>30 +range=1024_65535 @5000; confirm a; undoing a;"
		       "conflict a fin=45; conflict a dropin; left a reuse;"
		       "undone a 2; begin b boot=2 ns=8:2 profile=base");
	for (const char *line = t.at; *line; line = strchr(line, '\n') + 1)
		text_add(&got, "%.*s\n", (int)(strstr(line, " crc=") - line), line);
	assert_string_equal(got.at, want);
}

TEST(a_confirmation_takes_the_deadline_away)
{
	struct journal j;

	story_journal(&j, "apply a fin:60>30 @5000");
	assert_false(j.at[0].is_confirmed);
	journal_done(&j);
	story_journal(&j, "apply a fin:60>30 @5000; confirm a");
	assert_true(j.at[0].is_confirmed);
	assert_int_equal(j.at[0].stage, STAGE_COMMITTED);
	assert_int_equal(j.at[0].plan.at[0].state, CHANGE_DONE);
	assert_int_equal(j.at[0].deadline_ms, 5000);
	journal_done(&j);
}

TEST(an_edited_drop_in_is_a_conflict_of_the_last_undo_alone)
{
	static const struct {
		const char *story;
		bool is_conflict;
		size_t n_conflicts;
	} rows[] = {
		{ "undoing a; conflict a dropin", true, 0 },
		{ "undoing a; conflict a dropin; undone a 1", true, 1 },
		{ "undoing a; conflict a fin=45; conflict a dropin; undone a 2", true,
		  2 },
		{ "undoing a; conflict a fin=45; undone a 1", false, 1 },
		{ "undoing a; conflict a dropin; undone a 1; undoing a", false, 1 },
		{ "undoing a; conflict a dropin; undone a 1; undo a", false, 0 },
		/* of a key that is not in its plan: of a later version, perhaps */
		{ "undoing a; conflict a range=1_2; undone a 1", false, 1 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 };
		struct journal j;

		story_tell(&t, "apply a fin:60>30 +fin=30");
		story_tell(&t, rows[i].story);
		replay_good(&j, &t);
		if (j.at[0].is_dropin_conflict != rows[i].is_conflict ||
		    j.at[0].n_conflicts != rows[i].n_conflicts)
			fail_msg("%s: %d, %zu conflicts", rows[i].story,
				 j.at[0].is_dropin_conflict, j.at[0].n_conflicts);
		journal_done(&j);
	}
}

/* Where a transaction of boot-1 in the namespace 7:1 is looked at from. */
static const struct host hosts[] = {
	{ .boot_id = "boot-1",
	  .netns_inode = 7,
	  .netns_cookie = 1,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 1000,
	  .now_ms = 100000900 },
	{ .boot_id = "boot-1",
	  .netns_inode = 7,
	  .netns_cookie = 1,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 9000,
	  .now_ms = 100008900 },
	{ .boot_id = "boot-2",
	  .netns_inode = 7,
	  .netns_cookie = 1,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 1000,
	  .now_ms = 200000900 },
	{ .boot_id = "boot-2",
	  .netns_inode = 8,
	  .netns_cookie = 2,
	  .boottime_ms = 1000,
	  .now_ms = 200000900 },
	{ .boot_id = "boot-1",
	  .netns_inode = 8,
	  .netns_cookie = 2,
	  .boottime_ms = 1000,
	  .now_ms = 100000900 },
	{ .boot_id = "boot-1",
	  .netns_inode = 7,
	  .netns_cookie = 2,
	  .boot_netns = BOOT_NETNS_HERE,
	  .boottime_ms = 1000,
	  .now_ms = 100000900 },
};
enum { HERE, LATER, NEXT_BOOT, NEXT_BOOT_ASIDE, ASIDE, REUSED };

static const char *const host_names[] = {
	"here",
	"later",
	"after a boot",
	"after a boot, in a namespace of its own",
	"in another namespace",
	"in a container started again, which has the inode again",
};

#define UNFINISHED TRANSACTION_UNFINISHED
#define WAITING	   TRANSACTION_WAITING
#define OVERDUE	   TRANSACTION_OVERDUE
#define COMMITTED  TRANSACTION_COMMITTED
#define UNDONE	   TRANSACTION_UNDONE
#define CONFLICT   TRANSACTION_CONFLICT
#define VOID	   TRANSACTION_VOID

/* clang-format off */
static const struct standing {
	const char *story;
	/* here, later, after a boot, and there aside; aside, with the inode again */
	enum transaction_state states[N(hosts)];
	const char *dropin;
	bool is_persisted;
} standings[] = {
	{ "begin a fin:60>30",
	  { UNFINISHED, UNFINISHED, VOID, VOID, UNFINISHED, VOID } },
	{ "apply a fin:60>30",
	  { COMMITTED, COMMITTED, VOID, VOID, COMMITTED, VOID } },
	{ "apply a fin:60>30; undoing a",
	  { UNFINISHED, UNFINISHED, VOID, VOID, UNFINISHED, VOID } },
	{ "apply a fin:60>30; undo a",
	  { UNDONE, UNDONE, UNDONE, UNDONE, UNDONE, UNDONE } },
	{ "apply a fin:60>30; undoing a; conflict a fin=45; undone a 1",
	  { CONFLICT, CONFLICT, VOID, VOID, CONFLICT, VOID } },

	/* with a deadline; until its commit it was cut off, however much time there is */
	{ "begin a fin:60>30 @9000",
	  { UNFINISHED, UNFINISHED, VOID, VOID, UNFINISHED, VOID } },
	{ "apply a fin:60>30 @9000",
	  { WAITING, OVERDUE, VOID, VOID, WAITING, VOID } },
	{ "apply a fin:60>30 @9001",
	  { WAITING, WAITING, VOID, VOID, WAITING, VOID } },
	{ "apply a fin:60>30 @1000",
	  { OVERDUE, OVERDUE, VOID, VOID, OVERDUE, VOID } },
	{ "apply a fin:60>30 @9000; confirm a",
	  { COMMITTED, COMMITTED, VOID, VOID, COMMITTED, VOID } },
	{ "apply a fin:60>30 @9000; undoing a",
	  { UNFINISHED, UNFINISHED, VOID, VOID, UNFINISHED, VOID } },
	{ "apply a fin:60>30 @9000; undo a",
	  { UNDONE, UNDONE, UNDONE, UNDONE, UNDONE, UNDONE } },

	/* beyond the boot */
	{ "begin a fin:60>30 +fin=30",
	  { UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED },
	  "waiting" },
	{ "apply a fin:60>30 +fin=30",
	  { COMMITTED, COMMITTED, COMMITTED, COMMITTED, COMMITTED, COMMITTED },
	  "written", true },
	{ "apply a +fin=30",
	  { COMMITTED, COMMITTED, COMMITTED, COMMITTED, COMMITTED, COMMITTED },
	  "written", true },
	{ "apply a fin:60>30 +fin=30; undoing a",
	  { UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED },
	  "waiting" },
	{ "apply a fin:60>30 +fin=30; undo a",
	  { UNDONE, UNDONE, UNDONE, UNDONE, UNDONE, UNDONE },
	  "undone" },
	{ "apply a fin:60>30 +fin=30; undoing a; conflict a fin=45; undone a 1",
	  { CONFLICT, CONFLICT, VOID, VOID, CONFLICT, VOID },
	  "undone" },
	{ "apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1",
	  { CONFLICT, CONFLICT, CONFLICT, CONFLICT, CONFLICT, CONFLICT },
	  "conflict" },
	{ "apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1; undo a",
	  { UNDONE, UNDONE, UNDONE, UNDONE, UNDONE, UNDONE },
	  "undone" },

	/* beyond the boot, if it is confirmed */
	{ "apply a fin:60>30 +fin=30 @9000",
	  { WAITING, OVERDUE, VOID, VOID, WAITING, VOID },
	  "waiting" },
	{ "apply a fin:60>30 +fin=30 @9000; confirm a",
	  { COMMITTED, COMMITTED, COMMITTED, COMMITTED, COMMITTED, COMMITTED },
	  "written", true },
	{ "apply a fin:60>30 +fin=30 @9000; confirm a; undo a",
	  { UNDONE, UNDONE, UNDONE, UNDONE, UNDONE, UNDONE },
	  "undone" },
	{ "begin a fin:60>30 +fin=30 @9000",
	  { UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED },
	  "waiting" },
};
/* clang-format on */

TEST(what_becomes_of_a_transaction_depends_on_where_one_looks_from)
{
	for (size_t i = 0; i < N(standings); i++) {
		const struct standing *row = &standings[i];
		struct journal j;

		story_journal(&j, row->story);
		for (size_t k = 0; k < N(hosts); k++) {
			enum transaction_state state =
				transaction_state(&j.at[0], &hosts[k]);

			if (state != row->states[k])
				fail_msg("%s, %s: %s", row->story, host_names[k],
					 transaction_state_key(state));
		}
		if (transaction_is_persisted(&j.at[0]) != row->is_persisted)
			fail_msg("%s: persisted", row->story);
		for (size_t k = 0; k < N(hosts); k++) {
			const char *dropin = transaction_dropin_key(&j.at[0], &hosts[k]);
			const char *want = row->states[k] == VOID ? NULL : row->dropin;

			if (strcmp(dropin ? dropin : "none", want ? want : "none") != 0)
				fail_msg("%s, %s: its part of the drop-in is %s",
					 row->story, host_names[k], dropin);
		}
		journal_done(&j);
	}
}

TEST(a_transaction_that_was_never_ready_has_no_part_of_the_drop_in)
{
	own_text struct text t = { 0 };
	struct journal j;
	struct err e = { 0 };

	story_tell(&t, "begin a fin:60>30 +fin=30 @9000");
	assert_int_equal(replay(&j, t.at, (size_t)(strstr(t.at, "1 ready") - t.at), &e),
			 0);
	assert_int_equal(j.at[0].n_keeps, 1);
	assert_string_equal(transaction_dropin_key(&j.at[0], &hosts[HERE]), "undone");
	for (size_t i = 0; i < N(hosts); i++)
		assert_int_equal(transaction_state(&j.at[0], &hosts[i]), UNDONE);
	journal_done(&j);
}

TEST(what_outlives_the_boot_is_in_reach_of_the_namespace_that_the_boot_writes)
{
	static const struct {
		const char *story;
		bool is_in_reach[N(hosts)];
	} rows[] = {
		{ "apply a fin:60>30", { true, true } },
		{ "apply a fin:60>30 @9000", { true, true } },
		{ "begin a fin:60>30", { true, true } },
		{ "apply a fin:60>30 +fin=30", { true, true, true, false, false, true } },
		{ "begin a fin:60>30 +fin=30", { true, true, true, false, false, true } },
		{ "apply a fin:60>30 +fin=30; undoing a",
		  { true, true, true, false, false, true } },
		{ "apply a fin:60>30 +fin=30 @9000",
		  { true, true, true, false, false, true } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		for (size_t k = 0; k < N(hosts); k++)
			if (transaction_is_in_reach(&j.at[0], &hosts[k]) !=
			    rows[i].is_in_reach[k])
				fail_msg("%s: %s", rows[i].story, host_names[k]);
		journal_done(&j);
	}
}

/* An ordinary user, who only looks. */
TEST(where_it_is_not_known_which_namespace_the_boot_writes_it_may_be_this_one)
{
	struct host unknown = hosts[NEXT_BOOT_ASIDE];
	struct journal j;

	unknown.boot_netns = BOOT_NETNS_UNKNOWN;
	story_journal(&j, "apply a fin:60>30 +fin=30; apply b fin:30>20");
	assert_true(transaction_is_in_reach(&j.at[0], &unknown));
	assert_false(transaction_is_in_reach(&j.at[1], &unknown));
	journal_done(&j);
}

TEST(the_deadline_by_the_wall_clock_does_not_move)
{
	enum { BOOTED_MS = 500000, DEADLINE_MS = 9400 };
	const struct transaction tx = { .boot_id = "boot-1",
					.netns_inode = 7,
					.netns_cookie = 1,
					.stage = STAGE_COMMITTED,
					.deadline_ms = DEADLINE_MS };

	for (int64_t ms = 1; ms < 30000; ms += 13) {
		struct host host = hosts[HERE];

		host.boottime_ms = ms;
		host.now_ms = BOOTED_MS + ms;
		if (transaction_deadline(&tx, &host) != 509)
			fail_msg("after %d ms: %d", (int)ms,
				 (int)transaction_deadline(&tx, &host));
	}
}

TEST(the_seconds_that_are_left_are_rounded_up)
{
	static const struct {
		int64_t deadline_ms, boottime_ms;
		int64_t want;
	} rows[] = {
		{ 9000, 1000, 8 },   { 9000, 8000, 1 },	  { 9000, 8001, 1 },
		{ 9000, 8999, 1 },   { 9001, 9000, 1 },	  { 9000, 9000, 0 },
		{ 9000, 9001, 0 },   { 9000, 9999, 0 },	  { 9000, 10000, -1 },
		{ 9000, 10001, -1 }, { 9000, 14000, -5 }, { 1, 604800000, -604799 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct transaction tx = { .deadline_ms = rows[i].deadline_ms };
		struct host host = hosts[HERE];

		host.boottime_ms = rows[i].boottime_ms;
		if (transaction_seconds_left(&tx, &host) != rows[i].want)
			fail_msg("%d ms at %d ms: %d s", (int)rows[i].deadline_ms,
				 (int)rows[i].boottime_ms,
				 (int)transaction_seconds_left(&tx, &host));
	}
}

TEST(only_what_waits_has_a_deadline)
{
	static const char *const stories[] = {
		"apply a fin:60>30",	     "apply a fin:60>30 @9000; confirm a",
		"begin a fin:60>30 @9000",   "apply a fin:60>30 @9000; undo a",
		"apply a fin:60>30 +fin=30",
	};
	struct journal j;

	for (size_t i = 0; i < N(stories); i++) {
		story_journal(&j, stories[i]);
		for (size_t k = 0; k < N(hosts); k++)
			if (transaction_deadline(&j.at[0], &hosts[k]) != 0)
				fail_msg("%s", stories[i]);
		journal_done(&j);
	}
	story_journal(&j, "apply a fin:60>30 @9000");
	assert_int_equal(transaction_deadline(&j.at[0], &hosts[NEXT_BOOT]), 0);
	assert_int_equal(transaction_deadline(&j.at[0], &hosts[ASIDE]), 100008);
	journal_done(&j);
}

/* The first letters of what journal_unsettled() gives, one after the other. */
static void list_unsettled(const struct journal *j, const struct host *host, char *list)
{
	ssize_t i = (ssize_t)j->n;

	while ((i = journal_unsettled(j, (size_t)i, host)) >= 0)
		*list++ = j->at[i].id[0];
	*list = '\0';
}

TEST(what_is_unsettled_comes_from_the_newest_to_the_oldest)
{
	static const struct {
		const char *story;
		const char *want[N(hosts)];
	} rows[] = {
		{ "apply a fin:60>30", { "", "", "", "", "", "" } },
		{ "begin a fin:60>30", { "a", "a", "", "", "", "" } },
		{ "begin a fin:60>30 +fin=30", { "a", "a", "a", "", "", "a" } },
		{ "apply a fin:60>30 @9000", { "", "a", "", "", "", "" } },
		{ "apply a fin:60>30 +fin=30 @9000", { "", "a", "", "", "", "" } },
		{ "begin a fin:60>30; apply b fin:30>20; apply c fin:20>10 @9000;"
		  "apply d fin:10>5; undoing d",
		  { "da", "dca", "", "", "", "" } },
		{ "begin a fin:60>30 ns=8:2; begin b fin:60>30 boot=2;"
		  "begin c fin:60>30 boot=2 ns=8:2; begin d fin:60>30 ns=7:2",
		  { "", "", "b", "c", "a", "d" } },
		{ "apply a fin:60>30 +fin=30; undoing a; conflict a dropin; undone a 1",
		  { "", "", "", "", "", "" } },
		{ "apply a fin:60>30; undo a; begin b fin:60>30",
		  { "b", "b", "", "", "", "" } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		for (size_t k = 0; k < N(hosts); k++) {
			char list[16];

			list_unsettled(&j, &hosts[k], list);
			if (strcmp(list, rows[i].want[k]) != 0)
				fail_msg("%s, %s: '%s'", rows[i].story, host_names[k],
					 list);
		}
		assert_int_equal(journal_unsettled(&j, 0, &hosts[HERE]), -1);
		journal_done(&j);
	}
}

TEST(one_transaction_waits_in_a_place)
{
	static const struct {
		const char *story;
		ssize_t want[N(hosts)];
	} rows[] = {
		{ "apply a fin:60>30", { -1, -1, -1, -1, -1, -1 } },
		{ "apply a fin:60>30 @9000", { 0, -1, -1, -1, -1, -1 } },
		{ "apply a fin:60>30 @9000; confirm a", { -1, -1, -1, -1, -1, -1 } },
		{ "apply a fin:60>30 @9000; undo a", { -1, -1, -1, -1, -1, -1 } },
		{ "begin a fin:60>30 @9000", { -1, -1, -1, -1, -1, -1 } },
		{ "apply a fin:60>30 +fin=30 @9000", { 0, -1, -1, -1, -1, -1 } },
		{ "apply a fin:60>30 @9000; apply b fin:30>20; undo b",
		  { 0, -1, -1, -1, -1, -1 } },
		{ "apply a fin:60>30 @9000; apply b fin:60>30 ns=8:2 @9000;"
		  "apply c fin:60>30 ns=7:2 @9000; apply d fin:60>30 boot=2 @9000",
		  { 0, -1, 3, -1, 1, 2 } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		for (size_t k = 0; k < N(hosts); k++) {
			ssize_t got = journal_waiting(&j, &hosts[k]);

			if (got != rows[i].want[k])
				fail_msg("%s, %s: %zd", rows[i].story, host_names[k],
					 got);
		}
		journal_done(&j);
	}
}

TEST(only_what_was_cut_off_and_has_something_in_common_blocks)
{
	static const struct {
		const char *story;
		ssize_t want; /* who blocks the first */
	} rows[] = {
		{ "apply a fin:60>30", -1 },
		{ "begin a fin:60>30", -1 },
		/* a key */
		{ "apply a fin:60>30; begin b fin:30>20", 1 },
		{ "apply a fin:60>30; begin b reuse:2>1", -1 },
		{ "apply a fin:60>30 reuse:2>1; begin b range:1_2>3_4 reuse:1>0", 1 },
		{ "begin a fin:60>30; begin b fin:30>20", 1 },
		{ "apply a fin:60>30; undoing a; begin b fin:30>20", 1 },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b", 1 },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=1",
		  1 },
		/* the drop-in */
		{ "apply a fin:60>30 +fin=30; begin b reuse:2>1 +reuse=1", 1 },
		{ "apply a fin:60>30 +fin=30; begin b reuse:2>1", -1 },
		{ "apply a fin:60>30; begin b reuse:2>1 +reuse=1", -1 },
		{ "apply a +fin=30; begin b fin:30>20 ns=8:2 +fin=20", 1 },
		/* what is settled, or in force, does not */
		{ "apply a fin:60>30 +fin=30; apply b fin:30>20 +fin=20", -1 },
		{ "apply a fin:60>30; apply b fin:30>20 @9000", -1 },
		{ "apply a fin:60>30; apply b fin:30>20; undo b", -1 },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=1;"
		  "undone b 1",
		  -1 },
		/* the next above, past one that does not */
		{ "apply a fin:60>30; apply b fin:30>20; begin c fin:20>10;"
		  "begin d fin:10>5",
		  2 },
		/* another place */
		{ "apply a fin:60>30; begin b fin:60>30 ns=8:2", -1 },
		{ "apply a fin:60>30; begin b fin:60>30 ns=7:2", -1 },
		{ "apply a fin:60>30; begin b fin:60>30 boot=2", -1 },
		/* one below does not */
		{ "apply b reuse:2>1; begin c fin:60>30; apply a fin:30>20", -1 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;
		ssize_t got;

		story_journal(&j, rows[i].story);
		got = journal_blocker(&j, 0, &here);
		if (got != rows[i].want)
			fail_msg("%s: %zd", rows[i].story, got);
		journal_done(&j);
	}
}

TEST(what_went_with_its_boot_blocks_only_if_it_has_a_part_of_the_drop_in)
{
	static const struct {
		const char *story;
		ssize_t want[N(hosts)]; /* who blocks the first */
	} rows[] = {
		{ "apply a fin:60>30 +fin=30; begin b fin:30>20",
		  { 1, 1, -1, -1, 1, -1 } },
		{ "apply a fin:60>30 +fin=30; apply b fin:30>20; undoing b",
		  { 1, 1, -1, -1, 1, -1 } },
		{ "apply a fin:60>30 +fin=30; begin b fin:30>20 +fin=20",
		  { 1, 1, 1, 1, 1, 1 } },
		{ "apply a fin:60>30 +fin=30; apply b reuse:2>1 +reuse=1; undoing b",
		  { 1, 1, 1, 1, 1, 1 } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		for (size_t k = 0; k < N(hosts); k++) {
			ssize_t got = journal_blocker(&j, 0, &hosts[k]);

			if (got != rows[i].want[k])
				fail_msg("%s, %s: %zd", rows[i].story, host_names[k],
					 got);
		}
		journal_done(&j);
	}
}

TEST(a_key_of_what_was_cut_off_in_this_place_is_stuck)
{
	static const struct {
		const char *story;
		bool is_stuck[N(hosts)];
	} rows[] = {
		{ "apply a fin:60>30", { false } },
		{ "begin a fin:60>30", { true, true } },
		{ "begin a reuse:2>1", { false } },
		{ "begin a fin:60>30; apply b reuse:2>1", { true, true } },
		{ "apply a fin:60>30 @9000", { false, true } },
		{ "apply a fin:60>30; undo a", { false } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		for (size_t k = 0; k < N(hosts); k++)
			if (journal_is_stuck(&j, &hosts[k], FIN_TIMEOUT) !=
			    rows[i].is_stuck[k])
				fail_msg("%s, %s", rows[i].story, host_names[k]);
		journal_done(&j);
	}
}

TEST(a_value_is_carried_on_by_the_next_that_stands_on_it)
{
	static const struct {
		const char *story;
		bool want;
	} rows[] = {
		{ "apply a fin:60>30", false },
		{ "apply a fin:60>30; apply b fin:30>20", true },
		{ "apply a fin:60>30; apply b fin:45>20", false },
		{ "apply a fin:60>30; apply b fin:30>20; undo b", false },
		{ "apply a fin:60>30; apply b fin:30>20 @9000", true },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b", false },
		{ "apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9;"
		  "undone b 1",
		  true },
		{ "apply a fin:60>30; apply b fin:30>20 ns=8:2", false },
		{ "apply a fin:60>30; apply b reuse:30>20", false },
		/* the next above decides, not the one after it */
		{ "apply a fin:60>30; apply b fin:45>30; apply c fin:30>20", false },
		{ "apply a fin:60>30; apply b fin:30>20; apply c fin:45>10", true },
		/* a list of ports the kernel has sorted and joined */
		{ "apply a reserved:~>9,8,7; apply b reserved:7-9>5", true },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		if (journal_is_carried_on(&j, 0, &j.at[0].plan.at[0]) != rows[i].want)
			fail_msg("%s", rows[i].story);
		journal_done(&j);
	}
}

/* What is above stands on what is below from then on, and on nothing else. */
TEST(undo_hands_down_what_it_stood_on_once)
{
	static const struct {
		const char *story;
		const char *from; /* of the last, tcp_fin_timeout */
	} rows[] = {
		{ "apply a fin:60>30; apply b fin:30>20; undo a", "60" },
		{ "apply a fin:60>30; apply b fin:45>20; undo a", "45" },
		{ "apply a fin:60>30; apply b fin:30>20 @9000; undo a", "60" },
		{ "apply a fin:60>30; apply b fin:30>20; undo a; undo a", "60" },
		/* a conflict hands nothing down until it is settled */
		{ "apply a fin:60>30; apply b fin:30>20; undoing a; conflict a fin=20;"
		  "undone a 1",
		  "30" },
		{ "apply a fin:60>30; apply b fin:30>20; undoing a; conflict a fin=20;"
		  "undone a 1; undo a",
		  "60" },
		/* one that was undone but for a conflict still wants to put back */
		{ "apply a fin:60>30; apply b fin:30>20; undoing b; conflict b fin=9;"
		  "undone b 1; undo a",
		  "60" },
		/* past one that is gone */
		{ "apply a fin:60>30; apply b fin:30>20; undo b; apply c fin:30>10;"
		  "undo a",
		  "60" },
		{ "apply a fin:60>30; apply b reuse:2>1; apply c fin:30>10; undo a",
		  "60" },
		{ "apply a fin:60>30; apply b fin:30>20; undo a; undo b;"
		  "apply c fin:60>10",
		  "60" },
		/* an undo that was cut off has handed nothing down yet */
		{ "apply a fin:60>30; apply b fin:30>20; undoing a", "30" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct journal j;

		story_journal(&j, rows[i].story);
		if (strcmp(j.at[j.n - 1].plan.at[0].from, rows[i].from) != 0)
			fail_msg("%s: %s", rows[i].story, j.at[j.n - 1].plan.at[0].from);
		journal_done(&j);
	}
}

/* One story for each kind of record at its end. */
static const char *const endings[] = {
	"begin a fin:60>30",
	"begin a fin:60>30 +fin=30 @9000",
	"apply a fin:60>30 +range=1024_65535",
	"apply a fin:60>30 +fin=30 @9000; confirm a",
	"apply a fin:60>30; undoing a",
	"apply a fin:60>30; undoing a; conflict a fin=45",
	"apply a fin:60>30 +fin=30; undoing a; conflict a dropin",
	"apply a fin:60>30; undo a",
};

static size_t start_of_last_line(const struct text *t)
{
	size_t i = t->n - 1;

	while (i > 0 && t->at[i - 1] != '\n')
		i--;
	return i;
}

TEST(a_last_record_of_any_kind_may_be_torn_anywhere)
{
	for (size_t i = 0; i < N(endings); i++) {
		own_text struct text t = { 0 }, want = { 0 };
		struct journal j;
		struct err e = { 0 };
		size_t last;

		story_tell(&t, endings[i]);
		last = start_of_last_line(&t);
		story_replay(&j, t.at, last);
		describe(&j, &want);
		journal_done(&j);
		for (size_t n = last; n < t.n; n++) {
			own_text struct text got = { 0 };

			if (replay(&j, t.at, n, &e) < 0)
				fail_msg("%s, %zu bytes short: %s", endings[i], t.n - n,
					 e.text);
			assert_int_equal(j.good, last);
			describe(&j, &got);
			assert_string_equal(got.at, want.at);
			journal_done(&j);
		}
	}
}

TEST(a_last_newline_that_is_another_byte_is_damage)
{
	for (size_t i = 0; i < N(endings); i++) {
		own_text struct text t = { 0 };

		story_tell(&t, endings[i]);
		for (int byte = 0; byte < 256; byte++) {
			struct journal j;
			struct err e = { 0 };
			int r;

			t.at[t.n - 1] = (char)byte;
			r = replay(&j, t.at, t.n, &e);
			if (r != (byte == '\n' ? 0 : -EBADMSG))
				fail_msg("%s, byte 0x%02x: %d", endings[i], byte, r);
			journal_done(&j);
		}
	}
}

TEST(a_last_byte_too_many_is_torn_or_damage_but_never_taken)
{
	own_text struct text t = { 0 };

	story_tell(&t, endings[0]);
	text_add(&t, "?");
	for (int byte = 0; byte < 256; byte++) {
		struct journal j;
		struct err e = { 0 };
		int r;

		t.at[t.n - 1] = (char)byte;
		r = replay(&j, t.at, t.n, &e);
		assert_int_equal(r, byte == '\n' ? -EBADMSG : 0);
		assert_int_equal(j.good, t.n - 1);
		journal_done(&j);
	}
}

/* A record is what somebody has sealed, and may lack anything. */
TEST(a_record_without_its_fields_is_harmless)
{
	static const char *const records[] = {
		"1 begin",
		"1 begin tx=a0000000",
		"1 intent tx=a0000000",
		"1 keep tx=a0000000",
		"1 ready tx=a0000000",
		"1 ready tx=a0000000 n=x deadline=-5",
		"1 ready tx=a0000000 n=1 deadline=99999999999999999999",
		"1 commit",
		"1 confirm",
		"1 conflict tx=a0000000",
		"1 undone tx=a0000000 n=-1 conflicts=-1",
		"1 undone tx=a0000000 conflicts=99999999999",
		"1 begin tx=a0000000 when=-1 boot= netns=x:y uid=-1",
		"1 begin tx=123456789012345678901234567890 boot="
		"0123456789012345678901234567890123456789012345678901234567890123456789",
	};
	own_text struct text t = { 0 };
	struct journal j;

	story_tell(&t, "begin a fin:60>30");
	for (size_t i = 0; i < N(records); i++) {
		size_t start = t.n;

		text_add(&t, "%s", records[i]);
		record_seal(&t, start);
		replay_good(&j, &t);
		for (size_t k = 0; k < j.n; k++) {
			assert_true(j.at[k].deadline_ms >= 0);
			assert_true(j.at[k].n_conflicts < 100);
			(void)transaction_state(&j.at[k], &hosts[HERE]);
			(void)transaction_dropin_key(&j.at[k], &hosts[HERE]);
			assert_true(journal_blocker(&j, k, &here) < (ssize_t)j.n);
		}
		journal_done(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transaction_comes_back_as_it_was_written),
		cmocka_unit_test(one_record_is_one_line_whatever_was_typed),
		cmocka_unit_test(stages_follow_the_records),
		cmocka_unit_test(a_transaction_without_ready_has_changed_nothing),
		cmocka_unit_test(a_conflict_keeps_what_was_found),
		cmocka_unit_test(an_undo_repeated_forgets_its_old_conflicts),
		cmocka_unit_test(a_torn_last_line_is_ignored_wherever_it_is_torn),
		cmocka_unit_test(a_flipped_bit_is_an_error_or_leaves_a_prefix),
		cmocka_unit_test(a_damaged_line_is_named),
		cmocka_unit_test(records_may_come_in_several_pieces),
		cmocka_unit_test(a_record_of_a_later_version_or_of_nobody_is_passed_over),
		cmocka_unit_test(
			undo_in_the_middle_hands_the_value_below_to_the_one_above),
		cmocka_unit_test(undo_below_a_foreign_value_does_not_hand_its_own_over),
		cmocka_unit_test(undo_at_the_top_hands_nothing_over),
		cmocka_unit_test(
			the_owner_of_a_key_is_the_newest_live_transaction_of_this_place),
		cmocka_unit_test(a_transaction_of_another_place_owns_nothing_here),
		cmocka_unit_test(run_time_values_go_with_their_boot_and_namespace),
		cmocka_unit_test(a_transaction_is_found_by_an_unambiguous_beginning),
		cmocka_unit_test(what_an_undo_did_not_put_back_is_called_the_same),
		cmocka_unit_test(states_are_spelled_as_the_contract_says),
		cmocka_unit_test(
			what_is_kept_and_until_when_comes_back_as_it_was_written),
		cmocka_unit_test(records_are_written_as_the_header_says),
		cmocka_unit_test(a_confirmation_takes_the_deadline_away),
		cmocka_unit_test(an_edited_drop_in_is_a_conflict_of_the_last_undo_alone),
		cmocka_unit_test(
			what_becomes_of_a_transaction_depends_on_where_one_looks_from),
		cmocka_unit_test(
			a_transaction_that_was_never_ready_has_no_part_of_the_drop_in),
		cmocka_unit_test(
			what_outlives_the_boot_is_in_reach_of_the_namespace_that_the_boot_writes),
		cmocka_unit_test(
			where_it_is_not_known_which_namespace_the_boot_writes_it_may_be_this_one),
		cmocka_unit_test(the_deadline_by_the_wall_clock_does_not_move),
		cmocka_unit_test(the_seconds_that_are_left_are_rounded_up),
		cmocka_unit_test(only_what_waits_has_a_deadline),
		cmocka_unit_test(what_is_unsettled_comes_from_the_newest_to_the_oldest),
		cmocka_unit_test(one_transaction_waits_in_a_place),
		cmocka_unit_test(
			only_what_was_cut_off_and_has_something_in_common_blocks),
		cmocka_unit_test(
			what_went_with_its_boot_blocks_only_if_it_has_a_part_of_the_drop_in),
		cmocka_unit_test(a_key_of_what_was_cut_off_in_this_place_is_stuck),
		cmocka_unit_test(a_value_is_carried_on_by_the_next_that_stands_on_it),
		cmocka_unit_test(undo_hands_down_what_it_stood_on_once),
		cmocka_unit_test(a_last_record_of_any_kind_may_be_torn_anywhere),
		cmocka_unit_test(a_last_newline_that_is_another_byte_is_damage),
		cmocka_unit_test(a_last_byte_too_many_is_torn_or_damage_but_never_taken),
		cmocka_unit_test(a_record_without_its_fields_is_harmless),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
