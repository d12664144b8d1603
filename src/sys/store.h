/* SPDX-License-Identifier: MIT */
/*
 * The state directory and the journal in it (core/journal.h says what is in the file).
 * Everybody may read; one writer at a time holds a lock on the file `lock`, which the
 * kernel drops when the writer dies.
 *
 *	store_open(STORE_WRITE)  makes the directory if need be, locks, reads, and cuts off
 *	                         a torn last line
 *	store_append()           writes records in one write() and syncs them; then they
 *	                         are in store.journal
 *	store_compact()          writes a long journal anew, shorter
 *	store_close()            unlocks
 *
 * When store_append() fails nothing of the text counts: the file is cut back, and where
 * even that fails the next writer ignores the torn line.
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "core/journal.h"

struct err;
struct host;

/* No transaction begins in a journal that is larger; one in it can still be undone. */
enum { STORE_BEGIN_MAX = 16 << 20 };

enum store_mode {
	STORE_READ,
	STORE_WRITE,
};

struct store {
	int dir_fd;
	int lock_fd;	/* -1 when reading */
	int journal_fd; /* -1: there is none yet, and nobody writes */
	bool is_new;	/* the journal's name is not synced yet */
	struct journal journal;
	struct text untold; /* in `journal`, and not in the file */
};

/* How long a writer waits for another one. */
struct store_wait {
	int seconds;
	/* told once, after a moment, who holds the lock: "PID 4242 (finwait apply base)" */
	void (*say)(void *arg, const char *holder);
	void *arg;
};

/* Before it is opened. */
#define STORE_NONE                                            \
	{                                                     \
		.dir_fd = -1, .lock_fd = -1, .journal_fd = -1 \
	}

/*
 * `wait`: of a writer; NULL: it does not wait. -EPERM: the directory could be written by others, or is a link;
 * -EBADMSG: the journal is damaged, and STORE_WRITE does not touch it; -EWOULDBLOCK:
 * another writer held the lock all the time; -EINTR: a signal asked to stop meanwhile; with
 * a sentence. A directory that is not there is an empty
 * journal to a reader. Call store_close() also on failure.
 */
int store_open(struct store *store, const char *dir, enum store_mode mode,
	       const struct store_wait *wait, struct err *e);

int store_append(struct store *store, const struct text *records, struct err *e);

/*
 * Takes records that could not be written into store->journal, so that this run goes on. The
 * next store_append() writes them first.
 */
void store_assume(struct store *store, const struct text *records);

/*
 * Writes a journal of more than 128 KiB anew if that rids it of half of its
 * transactions: what is undone or void goes, but for the newest 50. The file as it was is `journal.old` then, until
 * the next time. At every moment the one or the other is the whole journal. -errno and a
 * sentence: it is as before.
 */
int store_compact(struct store *store, const struct host *host, struct err *e);

void store_close(struct store *store);
