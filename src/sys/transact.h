/* SPDX-License-Identifier: MIT */
/*
 * The engine that changes the kernel. It follows a plan that is already on disk:
 *
 *	begin, intents, keeps, ready -> sync
 *	the guardian, if the transaction has a deadline
 *	for each change: re-read, write once, read back
 *	the drop-in, if it is to outlive the boot: replaced and synced
 *	commit -> sync
 *
 * Any failure, and SIGINT, SIGTERM, SIGHUP or SIGPIPE on the way, undoes what was done, in
 * reverse. Undoing is three-valued: a value that is still `to` is put back; one that is
 * `from` already needs nothing; any other is somebody else's and is left alone. So it is
 * with the drop-in. Each commit, confirmation, undo and conflict is one line in the system
 * log.
 *
 * The drop-in of a transaction with a deadline is written when it is confirmed, before the
 * record that says so: a drop-in that is in place is a confirmation, whatever the journal
 * could still be told.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct err;
struct guardian;
struct host;
struct store;
struct transaction;

/* What the engine works on. */
struct transact {
	struct store *store; /* open for writing */
	int root_fd;
	const struct host *host;
};

/*
 * Carries out the changes of tx->plan that are CHANGE_TODO, all or nothing. tx is filled
 * in but for its id, which is set here. 0: committed, each is CHANGE_DONE. -errno and a
 * sentence: nothing is changed any more (each is CHANGE_UNDONE, or CHANGE_CONFLICT where
 * somebody interfered); -EINTR: a signal asked for it. `guardian`: how to start what undoes
 * a transaction with a deadline.
 */
int transact_apply(const struct transact *t, struct transaction *tx,
		   struct guardian *guardian, struct err *e);

/*
 * Undoes transaction i of the journal; may be repeated. -EBUSY where a later one, which was
 * cut off and is not settled, stands in the way. The states of its changes say
 * what became of each, and its n_conflicts how many were left alone; `overwrite`: none
 * is, but an edited drop-in always. A key that a later live transaction owns is left to
 * that one (CHANGE_SAME). Of a transaction of another boot only the drop-in is undone.
 * -errno and a sentence: a write failed, the transaction is unfinished.
 */
int transact_undo(const struct transact *t, size_t i, bool overwrite, struct err *e);

/*
 * Keeps transaction i, which waits, beyond its deadline. -errno and a sentence (`e` is not
 * NULL here): it waits as before, and its deadline stands, unless the sentence says that
 * the drop-in is in place.
 */
int transact_confirm(const struct transact *t, size_t i, struct err *e);

/* Is the drop-in what the journal says? -EBUSY and a sentence: somebody wrote or edited it. */
int transact_check_dropin(const struct transact *t, struct err *e);

/*
 * Is the drop-in the one that has transaction i in it? 1 or 0; -errno and a sentence where
 * that cannot be read.
 */
int transact_is_in_dropin(const struct transact *t, size_t i, struct err *e);
