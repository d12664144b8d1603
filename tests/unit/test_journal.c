/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/journal.h"
#include "core/record.h"
#include "core/snapshot.h"

#define FIN_TIMEOUT "net.ipv4.tcp_fin_timeout"
#define PORT_RANGE  "net.ipv4.ip_local_port_range"

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
	for (size_t i = 0; i < j->n; i++) {
		const struct transaction *tx = &j->at[i];

		text_add(t, "%s %" PRId64 " %s %" PRIu64 ":%" PRIu64 " %u (%s|%s|%s|%s)",
			 tx->id, tx->when, tx->boot_id, tx->netns_inode, tx->netns_cookie,
			 tx->uid, tx->login, tx->command, tx->profile, tx->reason);
		text_add(t, " stage %d, %zu conflicts\n", tx->stage, tx->n_conflicts);
		for (size_t k = 0; k < tx->plan.n; k++) {
			const struct change *c = &tx->plan.at[k];

			text_add(t, "  %s '%s' '%s' '%s' %d\n", c->key, c->from, c->to,
				 c->found ? c->found : "", c->state);
		}
	}
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

TEST(states_are_spelled_as_the_contract_says)
{
	assert_string_equal(transaction_state_key(TRANSACTION_UNFINISHED), "unfinished");
	assert_string_equal(transaction_state_key(TRANSACTION_COMMITTED), "committed");
	assert_string_equal(transaction_state_key(TRANSACTION_UNDONE), "undone");
	assert_string_equal(transaction_state_key(TRANSACTION_CONFLICT), "conflict");
	assert_string_equal(transaction_state_key(TRANSACTION_VOID), "void");
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
		cmocka_unit_test(states_are_spelled_as_the_contract_says),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
