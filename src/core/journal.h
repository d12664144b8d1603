/* SPDX-License-Identifier: MIT */
/*
 * The journal: what finwait was going to do, written down before it did it. An append-only
 * text file, one record a line, each with a CRC-32 of the line up to " crc=":
 *
 *	1 begin    tx= when= boot= netns=INODE:COOKIE uid= login= command= profile= reason=
 *	1 intent   tx= key= from= to=         one for each change, in the order of writing
 *	1 keep     tx= key= value=            one for each setting that is to outlive the boot
 *	1 ready    tx= n= deadline=MS         from here on the kernel may have been changed
 *	1 commit   tx=                        every change was written and read back
 *	1 confirm  tx=                        kept beyond its deadline
 *	1 undoing  tx=                        from here on changes may have been put back
 *	1 conflict tx= key= expected= found=  not put back: somebody else's value
 *	1 left     tx= key=                   left to a later transaction, or gone with its boot
 *	1 undone   tx= n= conflicts=          n changes put back
 *
 * What a reader may rely on: begin, intents and ready are written and synced in one go
 * before the first sysctl is, so a transaction without ready has changed nothing. A
 * transaction whose last record is ready or undoing was cut off and is settled by undoing
 * it, which may be repeated: only a value that is still `to` is put back. One with a
 * deadline and no confirm waits; past the deadline it is settled in the same way. A last
 * line that is torn is ignored; a bad line elsewhere makes the whole file unusable for
 * writing.
 *
 * Here is only what follows from the records; reading and writing the file is
 * sys/store.c's. The records as text are in journal_format.c, who stands on whose value is
 * in journal_stack.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/plan.h"

struct err;
struct host;
struct text;

enum transaction_stage {
	STAGE_BEGUN,
	STAGE_READY,
	STAGE_COMMITTED,
	STAGE_UNDOING,
	STAGE_UNDONE,
};

enum { TRANSACTION_ID_SIZE = 9 };

/* A setting that outlives the boot: a line of the drop-in (core/dropin.h). */
struct keep {
	char *key; /* both owned */
	char *value;
};

struct transaction {
	char id[TRANSACTION_ID_SIZE]; /* eight hexadecimal digits */
	int64_t when;		      /* seconds since 1970 */
	char boot_id[40];
	uint64_t netns_inode;
	uint64_t netns_cookie; /* 0: the kernel cannot tell */
	uid_t uid;
	char *login; /* all owned; "" where unknown or not given */
	char *command;
	char *profile;
	char *reason;
	struct plan plan;
	struct keep *keeps; /* owned */
	size_t n_keeps;
	int64_t deadline_ms; /* of CLOCK_BOOTTIME; 0: needs no confirmation */
	bool is_committed;   /* it was once, whatever came later; so the next */
	bool is_confirmed;
	enum transaction_stage stage;
	size_t n_conflicts;	 /* of the last undo; */
	bool is_dropin_conflict; /* one of them is the drop-in, which somebody edited */
	bool is_untold; /* it is undone, and a full disk kept that out of the journal */
};

struct journal {
	struct transaction *at;
	size_t n;
	size_t good; /* bytes of the file up to the end of its last whole record */
};

/* The public states of history. */
enum transaction_state {
	TRANSACTION_UNFINISHED,
	TRANSACTION_WAITING, /* in force until its deadline, if nobody confirms it */
	TRANSACTION_OVERDUE, /* the deadline is past, and nobody has undone it yet */
	TRANSACTION_COMMITTED,
	TRANSACTION_UNDONE,
	TRANSACTION_CONFLICT,
	TRANSACTION_VOID, /* its run-time values went with their boot or namespace */
};

/*
 * Takes the records of n more bytes of the file into the journal. 0; -EBADMSG with a
 * sentence that names the line, if one that is not the torn last is bad; -ENOMEM.
 */
int journal_replay(struct journal *j, const char *bytes, size_t n, struct err *e);

void journal_done(struct journal *j);

/* The records, as text to append. */
void journal_format_begin(struct text *t, const struct transaction *tx);
void journal_format_stage(struct text *t, const struct transaction *tx,
			  enum transaction_stage stage);
void journal_format_confirm(struct text *t, const struct transaction *tx);
void journal_format_conflict(struct text *t, const struct transaction *tx,
			     const struct change *c);

/* The drop-in is not as we left it. */
void journal_format_dropin_conflict(struct text *t, const struct transaction *tx);

/* A change that was not put back, and needs not be. */
void journal_format_left(struct text *t, const struct transaction *tx,
			 const struct change *c);
void journal_format_undone(struct text *t, const struct transaction *tx, size_t n,
			   size_t n_conflicts);

/*
 * The whole journal anew, as short as it can be: without what is undone or void, but for
 * the newest `n_newest`. Replayed, it says the same of every transaction that is left.
 */
void journal_format_compact(struct text *t, const struct journal *j,
			    const struct host *host, size_t n_newest);

/* Would that leave out half of the transactions or more? */
bool journal_can_compact(const struct journal *j, const struct host *host,
			 size_t n_newest);

/*
 * The transaction an id or its unambiguous beginning (4 digits or more) names; -ENOENT or
 * -EEXIST with a sentence.
 */
int journal_find(const struct journal *j, const char *id, size_t *ret, struct err *e);

/*
 * The state as seen from a host: the run-time values of another boot are void, and so are
 * those of a namespace whose inode is the same and whose cookie is another, since the
 * kernel gives the inode away again. What outlives the boot is in force on any.
 */
enum transaction_state transaction_state(const struct transaction *tx,
					 const struct host *host);
const char *transaction_state_key(enum transaction_state state);

/* When it will be undone by the host's wall clock, in seconds since 1970; 0: it will not. */
int64_t transaction_deadline(const struct transaction *tx, const struct host *host);

/* Until then, rounded up; below 0: it is past. */
int64_t transaction_seconds_left(const struct transaction *tx, const struct host *host);

/* "written", "waiting", "undone" or "conflict"; NULL: it has no part of the drop-in. */
const char *transaction_dropin_key(const struct transaction *tx, const struct host *host);

/*
 * Was it made in the host's network namespace, in this boot? Then its values can be undone
 * from here.
 */
bool transaction_is_ours(const struct transaction *tx, const struct host *host);

/* Are its settings to be in the drop-in? */
bool transaction_is_persisted(const struct transaction *tx);

/*
 * It waits, and its drop-in may be in place all the same: then its confirmation was cut off
 * between that and the record.
 */
bool transaction_may_be_confirmed(const struct transaction *tx);

/*
 * Can it be undone from here: its values, or, made before this boot or start of a container
 * and seen from the namespace that the boot writes, its part of the drop-in?
 */
bool transaction_is_in_reach(const struct transaction *tx, const struct host *host);

/*
 * The newest transaction below index `end` in the host's reach that was cut off or is
 * overdue; -1: none.
 */
ssize_t journal_unsettled(const struct journal *j, size_t end, const struct host *host);

/* The transaction that waits in the host's place; -1: none. */
ssize_t journal_waiting(const struct journal *j, const struct host *host);

/*
 * Is a change of transaction `i` covered by a later live one of the same place? Returns
 * its index, or -1.
 */
ssize_t journal_later_owner(const struct journal *j, size_t i, const char *key);

/*
 * Does the next transaction above stand on the value of change c of transaction `i`? Then
 * undoing `i` leaves the way back to that one.
 */
bool journal_is_carried_on(const struct journal *j, size_t i, const struct change *c);

/*
 * Settles change c of transaction `i`, which was undone: the next above stands on the value
 * below from now on, if it was this one's value that it stood on. False: out of memory.
 */
bool journal_pass_down(struct journal *j, size_t i, const struct change *c);

/*
 * The next transaction above `i` that was cut off and shares a key with it, or the drop-in;
 * -1: none. While there is one nobody can tell whose value a reading is, and `i` must not
 * be undone.
 */
ssize_t journal_blocker(const struct journal *j, size_t i, const struct host *host);

/*
 * Is a transaction above that is untold one that shares a key with `i`, or the drop-in? If `i`
 * were undone and not told either, nobody could tell afterwards which was undone.
 */
bool journal_is_below_untold(const struct journal *j, size_t i);

/* Is a key in a transaction of the host's place that was cut off and is not settled? */
bool journal_is_stuck(const struct journal *j, const struct host *host, const char *key);

/* The change that says what a key should be now, seen from a host; NULL: none of ours. */
const struct change *journal_owner(const struct journal *j, const struct host *host,
				   const char *key);

/* The change of a key in a transaction; NULL: none. */
struct change *transaction_find(const struct transaction *tx, const char *key);
