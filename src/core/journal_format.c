/* SPDX-License-Identifier: MIT */
/* The records of the journal as text. */
#include <inttypes.h>

#include "base/text.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/record.h"

void journal_format_begin(struct text *t, const struct transaction *tx)
{
	size_t start = t->n;

	text_add(t,
		 "1 begin tx=%s when=%" PRId64 " boot=%s netns=%" PRIu64 ":%" PRIu64
		 " uid=%u",
		 tx->id, tx->when, tx->boot_id, tx->netns_inode, tx->netns_cookie,
		 tx->uid);
	record_add(t, "login", tx->login);
	record_add(t, "command", tx->command);
	record_add(t, "profile", tx->profile);
	record_add(t, "reason", tx->reason);
	record_seal(t, start);
	for (size_t i = 0; i < tx->plan.n; i++) {
		const struct change *c = &tx->plan.at[i];

		start = t->n;
		text_add(t, "1 intent tx=%s", tx->id);
		record_add(t, "key", c->key);
		record_add(t, "from", c->from);
		record_add(t, "to", c->to);
		record_seal(t, start);
	}
	for (size_t i = 0; i < tx->n_keeps; i++) {
		start = t->n;
		text_add(t, "1 keep tx=%s", tx->id);
		record_add(t, "key", tx->keeps[i].key);
		record_add(t, "value", tx->keeps[i].value);
		record_seal(t, start);
	}
	start = t->n;
	text_add(t, "1 ready tx=%s n=%zu", tx->id, tx->plan.n);
	if (tx->deadline_ms)
		text_add(t, " deadline=%" PRId64, tx->deadline_ms);
	record_seal(t, start);
}

void journal_format_stage(struct text *t, const struct transaction *tx,
			  enum transaction_stage stage)
{
	size_t start = t->n;

	text_add(t, "1 %s tx=%s", stage == STAGE_COMMITTED ? "commit" : "undoing",
		 tx->id);
	record_seal(t, start);
}

void journal_format_confirm(struct text *t, const struct transaction *tx)
{
	size_t start = t->n;

	text_add(t, "1 confirm tx=%s", tx->id);
	record_seal(t, start);
}

void journal_format_conflict(struct text *t, const struct transaction *tx,
			     const struct change *c)
{
	size_t start = t->n;

	text_add(t, "1 conflict tx=%s", tx->id);
	record_add(t, "key", c->key);
	record_add(t, "expected", c->to);
	record_add(t, "found", c->found ? c->found : "");
	record_seal(t, start);
}

void journal_format_dropin_conflict(struct text *t, const struct transaction *tx)
{
	size_t start = t->n;

	text_add(t, "1 conflict tx=%s", tx->id);
	record_add(t, "key", DROPIN_KEY);
	record_seal(t, start);
}

void journal_format_left(struct text *t, const struct transaction *tx,
			 const struct change *c)
{
	size_t start = t->n;

	text_add(t, "1 left tx=%s", tx->id);
	record_add(t, "key", c->key);
	record_seal(t, start);
}

void journal_format_undone(struct text *t, const struct transaction *tx, size_t n,
			   size_t n_conflicts)
{
	size_t start = t->n;

	text_add(t, "1 undone tx=%s n=%zu conflicts=%zu", tx->id, n, n_conflicts);
	record_seal(t, start);
}

/* What the last undo did not put back: conflicts that are still open, and what was left. */
static void format_remains(struct text *t, const struct transaction *tx)
{
	for (size_t i = 0; i < tx->plan.n; i++)
		if (tx->plan.at[i].is_settled && tx->plan.at[i].state == CHANGE_SAME)
			journal_format_left(t, tx, &tx->plan.at[i]);
	for (size_t i = 0; i < tx->plan.n; i++)
		if (!tx->plan.at[i].is_settled && tx->plan.at[i].found)
			journal_format_conflict(t, tx, &tx->plan.at[i]);
	if (tx->is_dropin_conflict)
		journal_format_dropin_conflict(t, tx);
}

static bool has_settled(const struct transaction *tx)
{
	for (size_t i = 0; i < tx->plan.n; i++)
		if (tx->plan.at[i].is_settled)
			return true;
	return false;
}

static size_t count_undone(const struct transaction *tx)
{
	size_t n = 0;

	for (size_t i = 0; i < tx->plan.n; i++)
		n += tx->plan.at[i].state == CHANGE_UNDONE;
	return n;
}

/* How a transaction stands now, without the way it came there. */
static void format_standing(struct text *t, const struct transaction *tx)
{
	if (tx->is_committed)
		journal_format_stage(t, tx, STAGE_COMMITTED);
	if (tx->is_confirmed)
		journal_format_confirm(t, tx);
	/* also of one that was undone but for conflicts, and is being undone again */
	if (tx->stage == STAGE_UNDONE ||
	    (tx->stage == STAGE_UNDOING && has_settled(tx))) {
		journal_format_stage(t, tx, STAGE_UNDOING);
		format_remains(t, tx);
		journal_format_undone(t, tx, count_undone(tx), tx->n_conflicts);
	}
	if (tx->stage == STAGE_UNDOING)
		journal_format_stage(t, tx, STAGE_UNDOING);
}

static bool stays(const struct journal *j, size_t i, const struct host *host,
		  size_t n_newest)
{
	enum transaction_state state = transaction_state(&j->at[i], host);

	if (j->at[i].stage == STAGE_BEGUN)
		return false;
	return i + n_newest >= j->n || transaction_may_be_confirmed(&j->at[i]) ||
	       (state != TRANSACTION_UNDONE && state != TRANSACTION_VOID);
}

bool journal_can_compact(const struct journal *j, const struct host *host,
			 size_t n_newest)
{
	size_t n_staying = 0;

	for (size_t i = 0; i < j->n; i++)
		n_staying += stays(j, i, host, n_newest);
	return n_staying <= j->n / 2;
}

void journal_format_compact(struct text *t, const struct journal *j,
			    const struct host *host, size_t n_newest)
{
	for (size_t i = 0; i < j->n; i++) {
		if (!stays(j, i, host, n_newest))
			continue;
		journal_format_begin(t, &j->at[i]);
		format_standing(t, &j->at[i]);
	}
}
