/* SPDX-License-Identifier: MIT */
/*
 * The engine that changes the kernel. It follows a plan that is already on disk:
 *
 *	begin, intents, ready -> sync
 *	for each change: re-read, write once, read back
 *	commit -> sync
 *
 * Any failure, and SIGINT, SIGTERM, SIGHUP or SIGPIPE on the way, undoes what was done, in
 * reverse. Undoing is three-valued: a value that is still `to` is put back; one that is
 * `from` already needs nothing; any other is somebody else's and is left alone. Each
 * commit, undo and conflict is one line in the system log.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct host;
struct store;
struct transaction;

/*
 * Carries out the changes of tx->plan that are CHANGE_TODO, all or nothing. tx is filled
 * in but for its id, which is set here. 0: committed, each is CHANGE_DONE. -errno and a
 * sentence: nothing is changed any more (each is CHANGE_UNDONE, or CHANGE_CONFLICT where
 * somebody interfered); -EINTR: a signal asked for it.
 */
int transact_apply(struct store *store, int root_fd, struct transaction *tx,
		   struct err *e);

/*
 * Undoes transaction i of the journal; may be repeated. The states of its changes say
 * what became of each, and its n_conflicts how many were left alone; `overwrite`: none
 * is. A key that a later live transaction owns is left to that one (CHANGE_SAME). -errno
 * and a sentence: a write failed, the transaction is unfinished.
 */
int transact_undo(struct store *store, int root_fd, size_t i, bool overwrite,
		  struct err *e);

struct settled {
	size_t n;	    /* transactions that had been cut off and are undone now */
	size_t n_conflicts; /* values left alone, because somebody else changed them */
	size_t n_stuck;	    /* transactions that could not be undone, */
	struct err trouble; /* and why the first could not */
};

/*
 * Undoes what is unfinished in this place. One that cannot be undone does not hold up the
 * others: journal_is_stuck() tells which keys are not to be touched before it is.
 */
void transact_settle(struct store *store, int root_fd, const struct host *host,
		     struct settled *ret);
