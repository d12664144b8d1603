/* SPDX-License-Identifier: MIT */
/*
 * Two machines lead the same life, made up of what may happen to one: transactions, undone
 * in any order or cut off, other administrators, deadlines, boots, new namespaces. One of
 * them compacts its journal now and then. They must never differ in a value, in the drop-in,
 * or in what their journals say.
 *
 * The undo here is sys/transact.c's in small: the decisions are core/journal.h's.
 */
#include "unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "unit/alike.h"
#include "unit/story.h"

enum { LIVES = 60, STEPS = 120, PLACES = 2, KEYS = 3, VALUES = 4 };

static const char *const keys[KEYS] = { STORY_FIN, STORY_RESERVED, STORY_REUSE };

/* The first is what a new namespace has. */
static const char *const values[KEYS][VALUES] = {
	{ "60", "30", "20", "10" },
	{ "", "7-9", "80", "80,90-99" },
	{ "2", "1", "0", "1 1" },
};

struct machine {
	struct text file; /* the journal, as text and as read */
	struct journal journal;
	size_t at[PLACES][KEYS]; /* which of the values each sysctl has */
	struct text dropin;	 /* empty: there is no file */
};

/* What both machines share. */
struct life {
	struct machine twins[2]; /* the second compacts */
	struct host places[PLACES];
	size_t place; /* where finwait is run */
	unsigned n_boots, n_transactions;
	uint64_t cookie;
	uint64_t random;
	char what[96];
};

static size_t draw(struct life *life, size_t n)
{
	/* xorshift64* */
	life->random ^= life->random >> 12;
	life->random ^= life->random << 25;
	life->random ^= life->random >> 27;
	return (size_t)(life->random * UINT64_C(2685821657736338717) >> 33) % n;
}

static const struct host *host_of(const struct life *life)
{
	return &life->places[life->place];
}

static void append(struct machine *m, const struct text *records)
{
	struct err e = { 0 };

	if (!records->n)
		return;
	text_add_bytes(&m->file, records->at, records->n);
	if (journal_replay(&m->journal, records->at, records->n, &e) < 0)
		fail_msg("%s", e.text);
}

static bool is_text(const struct text *a, const struct text *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->at, b->at, a->n) == 0);
}

static void set_text(struct text *t, const struct text *from)
{
	text_done(t);
	text_add_bytes(t, from->at ? from->at : "", from->n);
}

static bool is_dropin(const struct machine *m, ssize_t with, ssize_t without)
{
	own_text struct text want = { 0 };

	dropin_format(&want, &m->journal, with, without);
	return is_text(&m->dropin, &want);
}

static void write_dropin(struct machine *m, ssize_t with, ssize_t without)
{
	own_text struct text content = { 0 };

	dropin_format(&content, &m->journal, with, without);
	set_text(&m->dropin, &content);
}

static size_t key_index(const char *key)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i], key) == 0)
			return i;
	fail_msg("no key '%s'", key);
	return 0;
}

static size_t value_index(size_t key, const char *value)
{
	for (size_t i = 0; i < VALUES; i++)
		if (strcmp(values[key][i], value) == 0)
			return i;
	fail_msg("'%s' has no value '%s'", keys[key], value);
	return 0;
}

/* What is decided once for both. */
struct deed {
	size_t wanted[KEYS]; /* a value, or VALUES: not this key */
	bool is_kept;
	int64_t deadline_ms;
	size_t cut; /* the machine stops after so many effects */
	bool is_overwrite;
	bool is_torn; /* the last write in half */
};

static bool is_cut(struct deed *d)
{
	return d->cut-- == 0;
}

static void write_plan(const struct life *life, struct machine *m, struct deed *d,
		       const struct transaction *tx)
{
	own_text struct text commit = { 0 };

	for (size_t i = 0; i < tx->plan.n; i++) {
		size_t key = key_index(tx->plan.at[i].key);

		m->at[life->place][key] = value_index(key, tx->plan.at[i].to);
		if (is_cut(d))
			return;
	}
	if (tx->n_keeps && !tx->deadline_ms)
		write_dropin(m, (ssize_t)m->journal.n - 1, -1);
	if (is_cut(d))
		return;
	journal_format_stage(&commit, tx, STAGE_COMMITTED);
	append(m, &commit);
}

static void apply(const struct life *life, struct machine *m, struct deed d)
{
	const struct host *host = host_of(life);
	own_text struct text begin = { 0 };
	struct change changes[KEYS] = { 0 };
	struct keep keeps[KEYS] = { 0 };
	struct transaction tx = { .netns_inode = host->netns_inode,
				  .netns_cookie = host->netns_cookie,
				  .login = (char *)"",
				  .command = (char *)"",
				  .profile = (char *)"",
				  .reason = (char *)"",
				  .plan = { .at = changes },
				  .keeps = keeps,
				  .deadline_ms = d.deadline_ms };

	snprintf(tx.id, sizeof(tx.id), "%08x", life->n_transactions * 2654435761u);
	memcpy(tx.boot_id, host->boot_id, sizeof(tx.boot_id));
	for (size_t i = 0; i < KEYS; i++) {
		size_t now = m->at[life->place][i];

		if (d.wanted[i] == VALUES)
			continue;
		if (journal_is_stuck(&m->journal, host, keys[i]))
			return;
		if (d.is_kept)
			keeps[tx.n_keeps++] =
				(struct keep){ (char *)keys[i],
					       (char *)values[i][d.wanted[i]] };
		if (d.wanted[i] != now)
			changes[tx.plan.n++] =
				(struct change){ .key = (char *)keys[i],
						 .from = (char *)values[i][now],
						 .to = (char *)values[i][d.wanted[i]] };
	}
	if ((tx.n_keeps && !is_dropin(m, -1, -1)) || tx.plan.n + tx.n_keeps == 0 ||
	    (tx.deadline_ms && journal_waiting(&m->journal, host) >= 0))
		return;
	journal_format_begin(&begin, &tx);
	append(m, &begin);
	write_plan(life, m, &d, &tx);
}

/* What became of a change in an undo; `found` is borrowed. */
static enum change_state undo_change(const struct life *life, struct machine *m, size_t i,
				     const struct change *c, bool overwrite,
				     const char **found)
{
	const struct journal *j = &m->journal;
	ssize_t later = journal_later_owner(j, i, c->key);
	size_t key = key_index(c->key), *at = &m->at[life->place][key];

	if (later >= 0) {
		*found = transaction_find(&j->at[later], c->key)->to;
		return journal_is_carried_on(j, i, c) ? CHANGE_SAME : CHANGE_CONFLICT;
	}
	*found = values[key][*at];
	if (strcmp(*found, c->from) == 0)
		return CHANGE_UNDONE;
	if (strcmp(*found, c->to) != 0 && !overwrite)
		return CHANGE_CONFLICT;
	*at = value_index(key, c->from);
	return CHANGE_UNDONE;
}

static bool undo_dropin(struct machine *m, size_t i)
{
	if (m->journal.at[i].n_keeps == 0 || is_dropin(m, -1, (ssize_t)i))
		return true;
	if (!is_dropin(m, (ssize_t)i, -1))
		return false;
	write_dropin(m, -1, (ssize_t)i);
	return true;
}

static void undo(const struct life *life, struct machine *m, size_t i, struct deed d)
{
	const struct transaction *tx = &m->journal.at[i];
	own_text struct text undoing = { 0 }, records = { 0 };
	size_t n_conflicts, n_undone = 0;

	if (journal_blocker(&m->journal, i, host_of(life)) >= 0)
		return;
	journal_format_stage(&undoing, tx, STAGE_UNDOING);
	append(m, &undoing);
	if (is_cut(&d))
		return;
	n_conflicts = !undo_dropin(m, i);
	if (is_cut(&d))
		return;
	for (size_t k = tx->plan.n; k-- > 0;) {
		struct change c = tx->plan.at[k];
		const char *found;

		if (c.is_settled)
			continue;
		if (!transaction_is_ours(tx, host_of(life))) {
			journal_format_left(&records, tx, &c);
			continue;
		}
		c.state = undo_change(life, m, i, &c, d.is_overwrite, &found);
		n_undone += c.state == CHANGE_UNDONE;
		if (c.state == CHANGE_SAME)
			journal_format_left(&records, tx, &c);
		if (c.state == CHANGE_CONFLICT) {
			c.found = (char *)found;
			journal_format_conflict(&records, tx, &c);
			n_conflicts++;
		}
		if (is_cut(&d))
			return;
	}
	if (tx->n_keeps && !is_dropin(m, -1, (ssize_t)i))
		journal_format_dropin_conflict(&records, tx);
	if (!d.is_torn)
		journal_format_undone(&records, tx, n_undone, n_conflicts);
	append(m, &records);
}

static void confirm(struct machine *m, size_t i, struct deed d)
{
	const struct transaction *tx = &m->journal.at[i];
	own_text struct text record = { 0 };

	if (tx->n_keeps && !is_dropin(m, (ssize_t)i, -1)) {
		if (!is_dropin(m, -1, -1))
			return;
		write_dropin(m, (ssize_t)i, -1);
	}
	if (is_cut(&d))
		return;
	journal_format_confirm(&record, tx);
	append(m, &record);
}

static bool is_half_confirmed(const struct machine *m, size_t i, const struct host *host)
{
	const struct transaction *tx = &m->journal.at[i];

	return tx->n_keeps && tx->stage == STAGE_COMMITTED && tx->deadline_ms &&
	       !tx->is_confirmed && transaction_is_in_reach(tx, host) &&
	       is_dropin(m, (ssize_t)i, -1);
}

static const struct deed whole = { .cut = SIZE_MAX };

static void settle(const struct life *life, struct machine *m)
{
	ssize_t i = (ssize_t)m->journal.n;

	for (size_t k = 0; k < m->journal.n; k++)
		if (is_half_confirmed(m, k, host_of(life)))
			confirm(m, k, whole);
	while ((i = journal_unsettled(&m->journal, (size_t)i, host_of(life))) >= 0)
		undo(life, m, (size_t)i, whole);
}

static void compact(struct machine *m, const struct host *host, size_t n_newest)
{
	own_text struct text shorter = { 0 };

	journal_format_compact(&shorter, &m->journal, host, n_newest);
	set_text(&m->file, &shorter);
	journal_done(&m->journal);
	story_replay(&m->journal, m->file.at, m->file.n);
}

/* From here on, what may happen. */

static void do_apply(struct life *life)
{
	struct deed d = { .cut = draw(life, 3) ? SIZE_MAX : draw(life, KEYS + 2) };
	const struct host *host = host_of(life);

	for (size_t i = 0; i < KEYS; i++)
		d.wanted[i] = draw(life, 2) ? draw(life, VALUES) : VALUES;
	d.is_kept = host->boot_netns == BOOT_NETNS_HERE && draw(life, 2);
	if (draw(life, 3) == 0)
		d.deadline_ms = host->boottime_ms + 1 + (int64_t)draw(life, 5000);
	life->n_transactions++;
	for (size_t i = 0; i < 2; i++)
		apply(life, &life->twins[i], d);
	snprintf(life->what, sizeof(life->what), "apply %u",
		 life->n_transactions * 2654435761u);
}

/* Any that the shorter journal has, over and over. */
static void do_undo(struct life *life)
{
	struct journal *shorter = &life->twins[1].journal;
	struct deed d = { .cut = draw(life, 3) ? SIZE_MAX : draw(life, KEYS + 3),
			  .is_overwrite = draw(life, 3) == 0,
			  .is_torn = draw(life, 8) == 0 };
	char id[TRANSACTION_ID_SIZE];

	if (!shorter->n)
		return;
	memcpy(id, shorter->at[draw(life, shorter->n)].id, sizeof(id));
	for (size_t i = 0; i < 2; i++) {
		struct machine *m = &life->twins[i];
		size_t k = (size_t)alike_index(&m->journal, id);

		if (transaction_is_in_reach(&m->journal.at[k], host_of(life)))
			undo(life, m, k, d);
	}
	snprintf(life->what, sizeof(life->what), "undo %s", id);
}

static void do_confirm(struct life *life)
{
	struct deed d = { .cut = draw(life, 2) ? SIZE_MAX : 0 };

	for (size_t i = 0; i < 2; i++) {
		struct machine *m = &life->twins[i];
		ssize_t k = journal_waiting(&m->journal, host_of(life));

		if (k >= 0)
			confirm(m, (size_t)k, d);
	}
}

static void do_settle(struct life *life)
{
	for (size_t i = 0; i < 2; i++)
		settle(life, &life->twins[i]);
}

static void do_interfere(struct life *life)
{
	size_t place = draw(life, PLACES), key = draw(life, KEYS);
	size_t value = draw(life, VALUES);

	for (size_t i = 0; i < 2; i++)
		life->twins[i].at[place][key] = value;
}

/* Edits the drop-in, removes it, or puts it right. */
static void do_edit(struct life *life)
{
	size_t how = draw(life, 3);

	for (size_t i = 0; i < 2; i++) {
		struct machine *m = &life->twins[i];

		if (how == 2)
			write_dropin(m, -1, -1);
		else
			text_done(&m->dropin);
		if (how == 0)
			text_add(&m->dropin, "# mine\n");
	}
}

static void do_wait(struct life *life)
{
	int64_t ms = 1 + (int64_t)draw(life, 4000);

	for (size_t i = 0; i < PLACES; i++)
		life->places[i].boottime_ms += ms;
}

static void do_move(struct life *life)
{
	life->place = draw(life, PLACES);
}

static void make_new(struct life *life, size_t place)
{
	struct host *host = &life->places[place];

	host->netns_cookie = place == 0 ? 1 : ++life->cookie;
	for (size_t i = 0; i < 2; i++)
		memset(life->twins[i].at[place], 0, sizeof(life->twins[i].at[place]));
}

/* The same inode, given away again. */
static void do_replace_namespace(struct life *life)
{
	make_new(life, 1);
}

static void do_boot(struct life *life)
{
	life->n_boots++;
	for (size_t i = 0; i < PLACES; i++) {
		struct host *host = &life->places[i];

		snprintf(host->boot_id, sizeof(host->boot_id), "boot-%u", life->n_boots);
		host->boottime_ms = 1000;
		make_new(life, i);
	}
}

/* As a run that takes the lock begins. */
static void do_compact(struct life *life)
{
	static const size_t newest[] = { 0, 0, 1, 3, 200 };

	compact(&life->twins[1], host_of(life), newest[draw(life, N(newest))]);
	do_settle(life);
}

static void expect_twins(const struct life *life, size_t seed, size_t step,
			 const char *deed)
{
	const struct machine *a = &life->twins[0], *b = &life->twins[1];
	char what[200];

	snprintf(what, sizeof(what), "life %zu, step %zu, %s (%s)", seed, step, deed,
		 life->what);
	if (memcmp(a->at, b->at, sizeof(a->at)) != 0)
		fail_msg("%s: the values differ", what);
	if (!is_text(&a->dropin, &b->dropin))
		fail_msg("%s: the drop-ins differ", what);
	for (size_t i = 0; i < PLACES; i++)
		alike_expect(&a->file, &b->file, &life->places[i], what);
}

/* How a life came out, so that it can be seen to have had everything in it. */
struct record_of_life {
	size_t n_states[TRANSACTION_VOID + 1];
	size_t n_passed_over; /* left out by compacting */
	size_t n_persisted;
};

static void lead(size_t seed, struct record_of_life *ret)
{
	static const struct {
		const char *name;
		void (*happens)(struct life *life);
		size_t weight;
	} deeds[] = {
		{ "apply", do_apply, 30 },
		{ "undo", do_undo, 30 },
		{ "confirm", do_confirm, 8 },
		{ "settle", do_settle, 10 },
		{ "interfere", do_interfere, 10 },
		{ "edit", do_edit, 4 },
		{ "wait", do_wait, 6 },
		{ "move", do_move, 8 },
		{ "replace a namespace", do_replace_namespace, 1 },
		{ "boot", do_boot, 2 },
		{ "compact", do_compact, 10 },
	};
	struct life life = {
		.places = { { .netns_inode = 7, .boot_netns = BOOT_NETNS_HERE },
			    { .netns_inode = 8 } },
		.cookie = 1,
		.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
	};
	size_t total = 0;

	for (size_t i = 0; i < N(deeds); i++)
		total += deeds[i].weight;
	do_boot(&life);
	for (size_t step = 0; step < STEPS; step++) {
		size_t k = 0, n = draw(&life, total);

		while (n >= deeds[k].weight)
			n -= deeds[k++].weight;
		deeds[k].happens(&life);
		expect_twins(&life, seed, step, deeds[k].name);
	}
	for (size_t i = 0; i < life.twins[0].journal.n; i++) {
		const struct transaction *tx = &life.twins[0].journal.at[i];

		ret->n_states[transaction_state(tx, host_of(&life))]++;
		ret->n_persisted += transaction_is_persisted(tx);
		ret->n_passed_over += alike_index(&life.twins[1].journal, tx->id) < 0;
	}
	for (size_t i = 0; i < 2; i++) {
		struct machine *m = &life.twins[i];

		text_done(&m->file);
		text_done(&m->dropin);
		journal_done(&m->journal);
	}
}

TEST(a_machine_that_compacts_its_journal_lives_as_one_that_does_not)
{
	struct record_of_life all = { 0 };

	for (size_t seed = 1; seed <= LIVES; seed++)
		lead(seed, &all);
	for (size_t i = 0; i < N(all.n_states); i++)
		if (all.n_states[i] == 0)
			fail_msg("no transaction was ever %s", transaction_state_key(i));
	assert_true(all.n_passed_over > 0);
	assert_true(all.n_persisted > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_machine_that_compacts_its_journal_lives_as_one_that_does_not),
	};

	return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
