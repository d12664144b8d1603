/* SPDX-License-Identifier: MIT */
#include "sys/settle.h"

#include <stdlib.h>

#include "core/journal.h"
#include "sys/dropin.h"
#include "sys/store.h"
#include "sys/transact.h"

static void settled_add(struct settled *settled, size_t i, enum settled_how how)
{
	void *at = realloc(settled->at, (settled->n + 1) * sizeof(*settled->at));

	if (!at)
		return; /* it is settled all the same, and history tells */
	settled->at = at;
	settled->at[settled->n].i = i;
	settled->at[settled->n++].how = how;
}

static void settled_add_trouble(struct settled *settled, const struct transaction *tx,
				struct err *e)
{
	err_wrap(e, "cannot settle transaction %s", tx->id);
	if (settled->n_stuck++ == 0)
		settled->trouble = *e;
}

/* Was the confirmation of transaction i cut off? 1 or 0, or -errno and a sentence. */
static int is_half_confirmed(const struct transact *t, size_t i, struct err *e)
{
	const struct transaction *tx = &t->store->journal.at[i];

	if (!transaction_may_be_confirmed(tx) || !transaction_is_in_reach(tx, t->host))
		return 0;
	return transact_is_in_dropin(t, i, e);
}

static void settle_confirmation(const struct transact *t, size_t i, struct settled *ret)
{
	const struct transaction *tx = &t->store->journal.at[i];
	struct err e = { 0 };
	int is_half = is_half_confirmed(t, i, &e);
	int r = is_half > 0 ? transact_confirm(t, i, &e) : is_half;

	if (r < 0)
		settled_add_trouble(ret, tx, &e);
	else if (is_half)
		settled_add(ret, i, SETTLED_CONFIRMED);
	else if (transaction_may_be_confirmed(tx) && transaction_is_in_reach(tx, t->host))
		dropin_clean(t->root_fd, tx->id);
}

bool settle_is_due(const struct transact *t)
{
	const struct journal *j = &t->store->journal;

	for (size_t i = 0; i < j->n; i++)
		if (is_half_confirmed(t, i, NULL) > 0)
			return true;
	return journal_unsettled(j, j->n, t->host) >= 0;
}

void settle(const struct transact *t, struct settled *ret)
{
	const struct journal *j = &t->store->journal;
	ssize_t i = (ssize_t)j->n;

	*ret = (struct settled){ 0 };
	for (size_t k = 0; k < j->n; k++)
		settle_confirmation(t, k, ret);
	while ((i = journal_unsettled(j, (size_t)i, t->host)) >= 0) {
		enum settled_how how = j->at[i].stage == STAGE_COMMITTED
					       ? SETTLED_OVERDUE
					       : SETTLED_CUT_OFF;
		struct err e = { 0 };

		if (transact_undo(t, (size_t)i, false, &e) < 0)
			settled_add_trouble(ret, &j->at[i], &e);
		else
			settled_add(ret, (size_t)i, how);
	}
}

void settled_done(struct settled *settled)
{
	free(settled->at);
	*settled = (struct settled){ 0 };
}
