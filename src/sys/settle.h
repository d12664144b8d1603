/* SPDX-License-Identifier: MIT */
/*
 * Settling: what an earlier run left behind is brought to all or nothing before a new one
 * begins. A transaction that was cut off, or whose deadline is past, is undone; one whose
 * confirmation was cut off when its drop-in was in place is kept.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct transact;

/* What became of a transaction. */
enum settled_how {
	SETTLED_CUT_OFF,   /* it was cut off, and is undone */
	SETTLED_OVERDUE,   /* its deadline was past, and it is undone */
	SETTLED_CONFIRMED, /* its confirmation was cut off, and it is kept */
};

struct settled_one {
	size_t i; /* of the journal */
	enum settled_how how;
};

struct settled {
	struct settled_one *at; /* owned */
	size_t n;
	size_t n_stuck;	    /* transactions that could not be settled, */
	struct err trouble; /* and why the first could not */
};

/* Is there something to settle in reach? Only reads. */
bool settle_is_due(const struct transact *t);

/*
 * Settles whatever is in reach. One that cannot be undone does not hold up the others:
 * journal_is_stuck() tells which keys are not to be touched before it is.
 */
void settle(const struct transact *t, struct settled *ret);
void settled_done(struct settled *settled);
