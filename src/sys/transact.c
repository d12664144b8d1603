/* SPDX-License-Identifier: MIT */
#include "sys/transact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/change.h"
#include "sys/dropin.h"
#include "sys/guardian.h"
#include "sys/stop.h"
#include "sys/store.h"

static void say(const struct transaction *tx, const char *what, const char *detail)
{
	openlog("finwait", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "%s tx=%s uid=%u login=%s profile=%s%s%s", what, tx->id,
	       tx->uid, tx->login[0] ? tx->login : "-",
	       tx->profile[0] ? tx->profile : "-", detail[0] ? " " : "", detail);
	closelog();
}

static int append_stage(struct store *store, const struct transaction *tx,
			enum transaction_stage stage, struct err *e)
{
	own_text struct text records = { 0 };

	journal_format_stage(&records, tx, stage);
	return store_append(store, &records, e);
}

static bool is_full_disk(int r)
{
	return r == -ENOSPC || r == -EDQUOT || r == -EFBIG;
}

/* Of an undo: the drop-in is somebody's now. */
struct undoing {
	bool is_unsaid; /* the journal does not know yet that it began */
	bool is_dropin_conflict;
};

/*
 * Writes down how an undo ended. On a full disk the journal in memory goes on all the same:
 * what lies below is undone by it.
 */
static int append_undone(struct store *store, const struct transaction *tx,
			 const struct undoing *how, struct err *e)
{
	own_text struct text records = { 0 };
	own_text struct text keys = { 0 };
	size_t n = 0, n_conflicts = how->is_dropin_conflict;
	int r;

	if (how->is_unsaid)
		journal_format_stage(&records, tx, STAGE_UNDOING);
	for (size_t i = 0; i < tx->plan.n; i++) {
		const struct change *c = &tx->plan.at[i];

		if (c->is_settled)
			continue;
		n += c->state == CHANGE_UNDONE;
		/* left to a later one, or gone with its boot */
		if (c->state == CHANGE_SAME || c->state == CHANGE_DONE)
			journal_format_left(&records, tx, c);
		if (c->state != CHANGE_CONFLICT)
			continue;
		n_conflicts++;
		journal_format_conflict(&records, tx, c);
		text_add(&keys, " %s=%s", c->key, c->found);
	}
	if (how->is_dropin_conflict) {
		journal_format_dropin_conflict(&records, tx);
		text_add(&keys, " " DROPIN_KEY);
	}
	journal_format_undone(&records, tx, n, n_conflicts);
	r = store_append(store, &records, e);
	if (is_full_disk(r))
		store_assume(store, &records);
	if (r < 0)
		return r;
	if (n_conflicts)
		say(tx, "conflict", keys.at ? keys.at : "");
	else
		say(tx, "undo", "");
	return 0;
}

int transact_check_dropin(const struct transact *t, struct err *e)
{
	own_text struct text expected = { 0 };
	bool is_ours;
	int r;

	dropin_format(&expected, &t->store->journal, -1, -1);
	r = dropin_is(t->root_fd, &expected, &is_ours, e);
	if (r < 0 || is_ours)
		return r;
	if (expected.n == 0) {
		err_set(e, EBUSY, "'%s' was not written by finwait", DROPIN_KEY);
		err_hint(e, "give it another name, or move its lines to another file");
	} else {
		err_set(e, EBUSY, "'%s' was edited or removed since finwait wrote it",
			DROPIN_KEY);
		err_hint(e,
			 "put it back as it was; or remove it, and finwait rollback each "
			 "transaction that finwait history calls persisted");
	}
	return -EBUSY;
}

/* Puts transaction i, which is not in the drop-in yet, into it. */
static int write_dropin(const struct transact *t, size_t i, struct err *e)
{
	own_text struct text after = { 0 };
	int r = transact_check_dropin(t, e);

	dropin_format(&after, &t->store->journal, (ssize_t)i, -1);
	return r < 0 ? r
		     : dropin_replace(t->root_fd, &after, t->store->journal.at[i].id, e);
}

/* What may stand in the place of the drop-in, as a transaction sees it. */
enum standing {
	STANDS_WITHOUT, /* its own lines are not in it */
	STANDS_WITH,
	STANDS_NOTHING, /* somebody removed it */
	STANDS_FOREIGN, /* somebody edited it */
};

static int find_standing(const struct transact *t, const struct text *without,
			 const struct text *with, enum standing *ret, struct err *e)
{
	static const struct text nothing;
	const struct text *const texts[] = { without, with, &nothing };

	for (*ret = STANDS_WITHOUT; *ret < STANDS_FOREIGN; ++*ret) {
		bool is_it = false;
		int r = dropin_is(t->root_fd, texts[*ret], &is_it, e);

		if (r < 0 || is_it)
			return r;
	}
	return 0;
}

/* Takes transaction i out of the drop-in, if it is in it. */
static int undo_dropin(const struct transact *t, size_t i, struct undoing *how,
		       struct err *e)
{
	own_text struct text without = { 0 }, with = { 0 };
	const struct transaction *tx = &t->store->journal.at[i];
	bool is_written = tx->is_committed && (!tx->deadline_ms || tx->is_confirmed);
	enum standing standing;
	int r;

	if (tx->n_keeps == 0)
		return 0;
	dropin_clean(t->root_fd, tx->id);
	dropin_format(&without, &t->store->journal, -1, (ssize_t)i);
	dropin_format(&with, &t->store->journal, (ssize_t)i, -1);
	r = find_standing(t, &without, &with, &standing, e);
	if (r == 0 && standing == STANDS_WITH)
		return dropin_replace(t->root_fd, &without, tx->id, e);
	/* what was not to be written yet, and is not named there, was not */
	if (r == 0 && standing == STANDS_FOREIGN)
		how->is_dropin_conflict = is_written || dropin_names(t->root_fd, tx->id);
	return r;
}

static void hint_undone(struct err *e, const struct transaction *tx, size_t n_left)
{
	if (n_left)
		err_hint(e, "undone but for %zu value%s: finwait history %s", n_left,
			 n_left > 1 ? "s" : "", tx->id);
	else
		err_hint(e, "every change is undone");
}

/* Reverses what was done of a plan that was being applied. `e` keeps why. */
static void back_out(const struct transact *t, struct transaction *tx, struct err *e)
{
	struct undoing how = { .is_unsaid = true };
	struct err trouble = { 0 };
	size_t n_left = 0;
	int r = undo_dropin(t, t->store->journal.n - 1, &how, &trouble);

	for (size_t i = tx->plan.n; i-- > 0;) {
		struct change *c = &tx->plan.at[i];
		int done = c->state == CHANGE_DONE ? change_undo(t->root_fd, c, false,
								 r < 0 ? NULL : &trouble)
						   : 0;

		if (c->state == CHANGE_TODO)
			c->state = CHANGE_UNDONE;
		n_left += c->state == CHANGE_CONFLICT;
		r = r < 0 ? r : done;
	}
	n_left += how.is_dropin_conflict;
	if (r < 0)
		err_hint(e, "undoing failed too (%s): finwait rollback tries again",
			 trouble.text);
	else if (append_undone(t->store, tx, &how, &trouble) < 0)
		err_hint(e,
			 "every change is undone, but the journal could not be told (%s)",
			 trouble.text);
	else
		hint_undone(e, tx, n_left);
}

static int interrupted(int signal, struct err *e)
{
	return err_set(e, EINTR, "interrupted by SIG%s", sigabbrev_np(signal));
}

static int carry_out(int root_fd, struct transaction *tx, struct err *e)
{
	int signal = stop_taken(), r = 0;

	for (size_t i = 0; i < tx->plan.n && r == 0 && !signal; i++) {
		if (tx->plan.at[i].state != CHANGE_TODO)
			continue;
		r = change_apply(root_fd, &tx->plan.at[i], e);
		signal = stop_taken();
	}
	return r == 0 && signal ? interrupted(signal, e) : r;
}

static int make_id(const struct journal *j, char *id, size_t size, struct err *e)
{
	uint32_t number;
	size_t ignored;

	do {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return err_errno(e, errno, "cannot make a transaction number");
		snprintf(id, size, "%08x", number);
	} while (journal_find(j, id, &ignored, NULL) != -ENOENT);
	return 0;
}

/*
 * The plan as the journal has it: only what is to be written. The rest is borrowed, not
 * owned.
 */
static int append_begin(struct store *store, const struct transaction *tx, struct err *e)
{
	own_text struct text records = { 0 };
	struct transaction work = *tx;
	int r;

	if (store->journal.good > STORE_BEGIN_MAX)
		return err_set(
			e, EFBIG,
			"the journal has %d MiB, too much to begin another transaction",
			STORE_BEGIN_MAX >> 20);

	work.plan.n = 0;
	work.plan.at = calloc(tx->plan.n + 1, sizeof(*work.plan.at));
	if (!work.plan.at)
		return err_errno(e, ENOMEM, "cannot write the journal");
	for (size_t i = 0; i < tx->plan.n; i++)
		if (tx->plan.at[i].state == CHANGE_TODO)
			work.plan.at[work.plan.n++] = tx->plan.at[i];
	journal_format_begin(&records, &work);
	r = store_append(store, &records, e);
	if (r < 0)
		err_hint(e, "nothing was changed");
	free(work.plan.at);
	return r;
}

/* A signal during the commit still counts: until here nobody was told of a success. */
static int undo_if_interrupted(const struct transact *t, struct err *e)
{
	size_t i = t->store->journal.n - 1;
	int signal = stop_taken();
	struct err trouble = { 0 };

	if (!signal)
		return 0;
	interrupted(signal, e);
	if (transact_undo(t, i, false, &trouble) < 0)
		err_hint(e, "undoing failed (%s): finwait rollback tries again",
			 trouble.text);
	else
		hint_undone(e, &t->store->journal.at[i],
			    t->store->journal.at[i].n_conflicts);
	return -EINTR;
}

int transact_apply(const struct transact *t, struct transaction *tx,
		   struct guardian *guardian, struct err *e)
{
	sigset_t before;
	int r = make_id(&t->store->journal, tx->id, sizeof(tx->id), e);

	if (r < 0)
		return r;
	stop_hold(&before);
	r = append_begin(t->store, tx, e);
	if (r == 0) {
		if (tx->deadline_ms)
			r = guardian_start(guardian, tx->id, tx->deadline_ms, e);
		if (r == 0)
			r = carry_out(t->root_fd, tx, e);
		if (r == 0 && tx->n_keeps && !tx->deadline_ms)
			r = write_dropin(t, t->store->journal.n - 1, e);
		if (r == 0)
			r = append_stage(t->store, tx, STAGE_COMMITTED, e);
		if (r < 0)
			back_out(t, tx, e);
		else
			r = undo_if_interrupted(t, e);
		if (r == 0)
			say(tx, "commit", "");
	}
	stop_release(&before);
	return r;
}

/*
 * One key that a later transaction has changed as well. Where that one stands on our value,
 * the way back is its own from now on; else it found somebody else's value, and ours can be
 * put back only once it is gone.
 */
static int leave_to_later(const struct journal *j, size_t i, struct change *c,
			  struct err *e)
{
	const struct transaction *later = &j->at[journal_later_owner(j, i, c->key)];

	if (journal_is_carried_on(j, i, c)) {
		c->state = CHANGE_SAME;
		return 0;
	}
	return change_conflict(c, transaction_find(later, c->key)->to, e);
}

/* Undoes the values of a transaction in the journal, in reverse: all that can be. */
static int undo_changes(const struct transact *t, size_t i, bool overwrite, struct err *e)
{
	const struct journal *j = &t->store->journal;
	struct transaction *tx = &j->at[i];
	int r = 0;

	for (size_t k = tx->plan.n; k-- > 0;) {
		struct change *c = &tx->plan.at[k];
		struct err *first = r < 0 ? NULL : e;
		int done;

		if (c->is_settled)
			continue;
		if (journal_later_owner(j, i, c->key) >= 0)
			done = leave_to_later(j, i, c, first);
		else
			done = change_undo(t->root_fd, c, overwrite, first);
		r = r < 0 ? r : done;
	}
	return r;
}

int transact_undo(const struct transact *t, size_t i, bool overwrite, struct err *e)
{
	struct transaction *tx = &t->store->journal.at[i];
	struct undoing how = { 0 };
	ssize_t blocker = journal_blocker(&t->store->journal, i, t->host);
	sigset_t before;
	int r, done = 0;

	if (blocker >= 0) {
		err_set(e, EBUSY,
			"transaction %s cannot be undone before the later %s, which was "
			"cut off",
			tx->id, t->store->journal.at[blocker].id);
		err_hint(e, "finwait rollback tries again");
		return -EBUSY;
	}
	/* an undo that has begun is finished: its end is the safe state */
	stop_hold(&before);
	r = append_stage(t->store, tx, STAGE_UNDOING, e);
	/* a full disk must not stop an undo, which can be repeated until it is noted */
	how.is_unsaid =
		is_full_disk(r) && !journal_is_below_untold(&t->store->journal, i);
	if (r == 0 || how.is_unsaid) {
		r = undo_dropin(t, i, &how, e);
		/* the values of another boot went with it */
		if (transaction_is_ours(tx, t->host))
			done = undo_changes(t, i, overwrite, r < 0 ? NULL : e);
		r = r < 0 ? r : done;
		if (r < 0)
			err_hint(e, "finwait rollback %s tries again", tx->id);
	}
	if (r == 0) {
		r = append_undone(t->store, tx, &how, e);
		tx->is_untold = r < 0;
		if (r < 0)
			err_hint(
				e,
				"the values are put back, but the journal could not be told");
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

static int append_confirm(const struct transact *t, size_t i, struct err *e)
{
	own_text struct text records = { 0 };

	journal_format_confirm(&records, &t->store->journal.at[i]);
	return store_append(t->store, &records, e);
}

int transact_is_in_dropin(const struct transact *t, size_t i, struct err *e)
{
	own_text struct text after = { 0 };
	bool is_after = false;
	int r;

	dropin_format(&after, &t->store->journal, (ssize_t)i, -1);
	r = dropin_is(t->root_fd, &after, &is_after, e);
	return r < 0 ? r : is_after;
}

int transact_confirm(const struct transact *t, size_t i, struct err *e)
{
	const struct transaction *tx = &t->store->journal.at[i];
	struct undoing how = { 0 };
	int r = tx->n_keeps ? transact_is_in_dropin(t, i, e) : 1;
	bool is_to_write = r == 0;
	sigset_t before;

	if (r < 0)
		return err_wrap(e, "transaction %s is not kept yet", tx->id);
	stop_hold(&before);
	r = is_to_write ? write_dropin(t, i, e) : 0;
	if (r == 0)
		r = append_confirm(t, i, e);
	/* one that was in place before stays: it is a confirmation */
	if (r < 0 && is_to_write)
		(void)undo_dropin(t, i, &how, NULL);
	if (r == 0)
		say(tx, "confirm", "");
	else if (tx->n_keeps && transact_is_in_dropin(t, i, NULL) == 1)
		err_hint(
			e,
			"its drop-in is in place, so it will be kept; finwait rollback %s "
			"undoes it",
			tx->id);
	else
		err_wrap(e, "transaction %s is not kept yet", tx->id);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
