/* SPDX-License-Identifier: MIT */
/* Transactions one upon the other: which of them a key belongs to. */
#include <stdlib.h>
#include <string.h>

#include "core/journal.h"
#include "core/snapshot.h"

static bool same_place(const struct transaction *a, const struct transaction *b)
{
	return strcmp(a->boot_id, b->boot_id) == 0 && a->netns_inode == b->netns_inode &&
	       a->netns_cookie == b->netns_cookie;
}

static bool is_live(const struct transaction *tx)
{
	return tx->stage == STAGE_COMMITTED;
}

struct change *transaction_find(const struct transaction *tx, const char *key)
{
	for (size_t i = 0; i < tx->plan.n; i++)
		if (strcmp(tx->plan.at[i].key, key) == 0)
			return &tx->plan.at[i];
	return NULL;
}

ssize_t journal_later_owner(const struct journal *j, size_t i, const char *key)
{
	for (size_t later = i + 1; later < j->n; later++)
		if (is_live(&j->at[later]) && same_place(&j->at[i], &j->at[later]) &&
		    transaction_find(&j->at[later], key))
			return (ssize_t)later;
	return -1;
}

/*
 * The next transaction above that still wants to put a key back one day: one in force, or one
 * whose undo met a conflict there.
 */
static struct change *change_above(const struct journal *j, size_t i, const char *key)
{
	for (size_t above = i + 1; above < j->n; above++) {
		struct change *c = transaction_find(&j->at[above], key);

		if (c && same_place(&j->at[i], &j->at[above]) &&
		    (is_live(&j->at[above]) || c->state == CHANGE_CONFLICT))
			return c;
	}
	return NULL;
}

bool journal_pass_down(struct journal *j, size_t i, const struct change *c)
{
	struct change *above = change_above(j, i, c->key);
	char *from;

	if (!above || !knob_holds(catalogue_find(c->key), c->to, above->from))
		return true;
	from = strdup(c->from);
	if (!from)
		return false;
	free(above->from);
	above->from = from;
	return true;
}

const struct change *journal_owner(const struct journal *j, const struct host *host,
				   const char *key)
{
	for (size_t i = j->n; i-- > 0;) {
		const struct change *c;

		if (!is_live(&j->at[i]) || !transaction_is_ours(&j->at[i], host))
			continue;
		c = transaction_find(&j->at[i], key);
		if (c)
			return c;
	}
	return NULL;
}

ssize_t journal_unsettled(const struct journal *j, size_t end, const struct host *host)
{
	for (size_t i = end; i-- > 0;) {
		enum transaction_state state = transaction_state(&j->at[i], host);

		if ((state == TRANSACTION_UNFINISHED || state == TRANSACTION_OVERDUE) &&
		    transaction_is_in_reach(&j->at[i], host))
			return (ssize_t)i;
	}
	return -1;
}

ssize_t journal_waiting(const struct journal *j, const struct host *host)
{
	for (size_t i = j->n; i-- > 0;)
		if (transaction_state(&j->at[i], host) == TRANSACTION_WAITING &&
		    transaction_is_ours(&j->at[i], host))
			return (ssize_t)i;
	return -1;
}

bool journal_is_carried_on(const struct journal *j, size_t i, const struct change *c)
{
	const struct change *above = change_above(j, i, c->key);

	return above && knob_holds(catalogue_find(c->key), c->to, above->from);
}

static bool has_common(const struct transaction *a, const struct transaction *b)
{
	if (a->n_keeps && b->n_keeps)
		return true;
	for (size_t i = 0; i < a->plan.n && same_place(a, b); i++)
		if (transaction_find(b, a->plan.at[i].key))
			return true;
	return false;
}

ssize_t journal_blocker(const struct journal *j, size_t i, const struct host *host)
{
	for (size_t above = i + 1; above < j->n; above++)
		if (transaction_state(&j->at[above], host) == TRANSACTION_UNFINISHED &&
		    has_common(&j->at[i], &j->at[above]))
			return (ssize_t)above;
	return -1;
}

bool journal_is_below_untold(const struct journal *j, size_t i)
{
	for (size_t above = i + 1; above < j->n; above++)
		if (j->at[above].is_untold && has_common(&j->at[i], &j->at[above]))
			return true;
	return false;
}

bool journal_is_stuck(const struct journal *j, const struct host *host, const char *key)
{
	ssize_t i = (ssize_t)j->n;

	while ((i = journal_unsettled(j, (size_t)i, host)) >= 0)
		if (transaction_find(&j->at[i], key))
			return true;
	return false;
}
