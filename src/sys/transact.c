/* SPDX-License-Identifier: MIT */
#include "sys/transact.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/catalogue.h"
#include "core/snapshot.h"
#include "sys/procfs.h"
#include "sys/store.h"

static void say(const struct transaction *tx, const char *what, const char *detail)
{
	openlog("finwait", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "%s tx=%s uid=%u login=%s profile=%s%s%s", what, tx->id,
	       tx->uid, tx->login[0] ? tx->login : "-",
	       tx->profile[0] ? tx->profile : "-", detail[0] ? " " : "", detail);
	closelog();
}

/* Those that ask to stop, but for what nohup(1) or a shell has had ignored. */
static void stop_signals(sigset_t *set)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action;

		if (sigaction(signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
	}
}

/* Has one of the blocked signals come? It is taken: what it asked for is being done. */
static int signal_taken(void)
{
	const struct timespec at_once = { 0 };
	sigset_t set;
	int signal;

	stop_signals(&set);
	signal = sigtimedwait(&set, NULL, &at_once);
	return signal > 0 ? signal : 0;
}

static int change_read(int root_fd, const struct change *c, char **ret, struct err *e)
{
	struct reading now;
	int r = procfs_read_knob(root_fd, c->key, &now);

	if (r < 0)
		return err_errno(e, -r, "cannot read '%s'", c->key);
	*ret = now.value;
	return 0;
}

/* Writes once and believes only what it reads back. */
static int change_write(int root_fd, const struct change *c, const char *value,
			struct err *e)
{
	own_free char *now = NULL;
	/* a journal is only a file: it does not decide what may be written */
	int r = catalogue_check_key(c->key, e);

	if (r == 0)
		r = procfs_write_knob(root_fd, c->key, value, e);
	if (r == 0)
		r = change_read(root_fd, c, &now, e);
	if (r == 0 && !knob_equal(catalogue_find(c->key), now, value))
		r = err_set(e, EIO, "'%s' was given '%s' and holds '%s'", c->key, value,
			    now);
	return r;
}

/*
 * After a write that failed: a refused vector may have its first numbers changed. That is
 * our doing, a moment ago, so it is put back without asking what stands there. Only a value
 * that was seen to be `from` counts as not changed.
 */
static void change_restore(int root_fd, struct change *c)
{
	own_free char *now = NULL;

	if (change_read(root_fd, c, &now, NULL) < 0)
		return;
	if (knob_equal(catalogue_find(c->key), now, c->from) ||
	    change_write(root_fd, c, c->from, NULL) == 0)
		c->state = CHANGE_TODO;
}

static int change_apply(int root_fd, struct change *c, struct err *e)
{
	own_free char *now = NULL;
	int r = change_read(root_fd, c, &now, e);

	if (r < 0)
		return r;
	if (!knob_equal(catalogue_find(c->key), now, c->from))
		return err_set(e, EBUSY,
			       "'%s' was '%s' and is '%s' now: somebody else changed it",
			       c->key, c->from, now);
	/* from here on it may be changed, whatever the write says */
	c->state = CHANGE_DONE;
	r = change_write(root_fd, c, c->to, e);
	if (r < 0)
		change_restore(root_fd, c);
	return r;
}

static int change_conflict(struct change *c, char *now, struct err *e)
{
	c->state = CHANGE_CONFLICT;
	c->found = strdup(now ? now : CHANGE_FOUND_ABSENT);
	return c->found ? 0 : err_errno(e, ENOMEM, "cannot undo '%s'", c->key);
}

static int change_undo(int root_fd, struct change *c, bool overwrite, struct err *e)
{
	const struct knob *k = catalogue_find(c->key);
	own_free char *now = NULL;
	int r = change_read(root_fd, c, &now, e);

	if (r < 0 && r != -ENOENT)
		return r;
	free(c->found);
	c->found = NULL;
	if (now && knob_equal(k, now, c->from)) {
		c->state = CHANGE_UNDONE;
		return 0;
	}
	if (!now || (!knob_equal(k, now, c->to) && !overwrite))
		return change_conflict(c, now, e);
	r = change_write(root_fd, c, c->from, e);
	/* the kernel refuses the value itself, and will again: no reason to hold up the rest */
	if (r == -EINVAL)
		return change_conflict(c, now, e);
	if (r == 0)
		c->state = CHANGE_UNDONE;
	c->found = take(now);
	return r;
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
	return r == -ENOSPC || r == -EDQUOT;
}

/*
 * Writes down how an undo ended; `is_unsaid`: also that it began. On a full disk the
 * journal in memory goes on all the same: what lies below is undone by it.
 */
static int append_undone(struct store *store, const struct transaction *tx,
			 bool is_unsaid, struct err *e)
{
	own_text struct text records = { 0 };
	own_text struct text keys = { 0 };
	size_t n = 0, n_conflicts = 0;
	int r;

	if (is_unsaid)
		journal_format_stage(&records, tx, STAGE_UNDOING);
	for (size_t i = 0; i < tx->plan.n; i++) {
		const struct change *c = &tx->plan.at[i];

		n += c->state == CHANGE_UNDONE;
		if (c->state != CHANGE_CONFLICT)
			continue;
		n_conflicts++;
		journal_format_conflict(&records, tx, c);
		text_add(&keys, " %s=%s", c->key, c->found);
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

/* Reverses what was done of a plan that was being applied. `e` keeps why. */
static void back_out(struct store *store, int root_fd, struct transaction *tx,
		     struct err *e)
{
	struct err trouble = { 0 };
	size_t n_left = 0;
	int r = 0;

	for (size_t i = tx->plan.n; i-- > 0;) {
		struct change *c = &tx->plan.at[i];
		int done = c->state == CHANGE_DONE ? change_undo(root_fd, c, false,
								 r < 0 ? NULL : &trouble)
						   : 0;

		if (c->state == CHANGE_TODO)
			c->state = CHANGE_UNDONE;
		n_left += c->state == CHANGE_CONFLICT;
		r = r < 0 ? r : done;
	}
	if (r < 0)
		err_hint(e, "undoing failed too (%s): finwait rollback tries again",
			 trouble.text);
	else if (append_undone(store, tx, true, &trouble) < 0)
		err_hint(e,
			 "every change is undone, but the journal could not be told (%s)",
			 trouble.text);
	else if (n_left)
		err_hint(e, "undone but for %zu value%s: finwait history %s", n_left,
			 n_left > 1 ? "s" : "", tx->id);
	else
		err_hint(e, "every change is undone");
}

/* A signal counts until the last value is written and read back. */
static int carry_out(int root_fd, struct transaction *tx, struct err *e)
{
	int signal = signal_taken(), r = 0;

	for (size_t i = 0; i < tx->plan.n && r == 0 && !signal; i++) {
		if (tx->plan.at[i].state != CHANGE_TODO)
			continue;
		r = change_apply(root_fd, &tx->plan.at[i], e);
		signal = signal_taken();
	}
	if (r == 0 && signal)
		r = err_set(e, EINTR, "interrupted by SIG%s", sigabbrev_np(signal));
	return r;
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

int transact_apply(struct store *store, int root_fd, struct transaction *tx,
		   struct err *e)
{
	sigset_t stop, before;
	int r = make_id(&store->journal, tx->id, sizeof(tx->id), e);

	if (r < 0)
		return r;
	stop_signals(&stop);
	sigprocmask(SIG_BLOCK, &stop, &before);

	r = append_begin(store, tx, e);
	if (r == 0) {
		r = carry_out(root_fd, tx, e);
		if (r == 0)
			r = append_stage(store, tx, STAGE_COMMITTED, e);
		if (r < 0)
			back_out(store, root_fd, tx, e);
		else
			say(tx, "commit", "");
		/* one that came too late to undo has nothing left to stop */
		while (signal_taken())
			;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
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
	for (size_t k = 0; k < later->plan.n; k++)
		if (strcmp(later->plan.at[k].key, c->key) == 0)
			return change_conflict(c, later->plan.at[k].to, e);
	return 0;
}

/* Undoes the changes of a transaction in the journal, in reverse: all that can be. */
static int undo_changes(struct store *store, int root_fd, size_t i, bool overwrite,
			struct err *e)
{
	struct transaction *tx = &store->journal.at[i];
	int r = 0;

	for (size_t k = tx->plan.n; k-- > 0;) {
		struct change *c = &tx->plan.at[k];
		struct err *first = r < 0 ? NULL : e;
		int done;

		if (c->is_settled)
			continue;
		if (journal_later_owner(&store->journal, i, c->key) >= 0)
			done = leave_to_later(&store->journal, i, c, first);
		else
			done = change_undo(root_fd, c, overwrite, first);
		r = r < 0 ? r : done;
	}
	if (r < 0)
		err_hint(e, "finwait rollback %s tries again", tx->id);
	return r;
}

int transact_undo(struct store *store, int root_fd, size_t i, bool overwrite,
		  struct err *e)
{
	struct transaction *tx = &store->journal.at[i];
	sigset_t stop, before;
	bool is_unsaid;
	int r;

	/* an undo that has begun is finished: its end is the safe state */
	stop_signals(&stop);
	sigprocmask(SIG_BLOCK, &stop, &before);
	r = append_stage(store, tx, STAGE_UNDOING, e);
	/* a full disk must not stop an undo, which can be repeated until it is noted */
	is_unsaid = is_full_disk(r);
	if (r == 0 || is_unsaid)
		r = undo_changes(store, root_fd, i, overwrite, e);
	if (r == 0) {
		r = append_undone(store, tx, is_unsaid, e);
		if (r < 0)
			err_hint(
				e,
				"the values are put back, but the journal could not be told");
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

void transact_settle(struct store *store, int root_fd, const struct host *host,
		     struct settled *ret)
{
	ssize_t i = (ssize_t)store->journal.n;

	*ret = (struct settled){ 0 };
	while ((i = journal_unfinished(&store->journal, (size_t)i, host)) >= 0) {
		const struct transaction *tx = &store->journal.at[i];
		struct err e = { 0 };

		if (transact_undo(store, root_fd, (size_t)i, false, &e) < 0) {
			err_wrap(&e, "cannot settle transaction %s, which was cut off",
				 tx->id);
			if (ret->n_stuck++ == 0)
				ret->trouble = e;
			continue;
		}
		ret->n++;
		ret->n_conflicts += tx->n_conflicts;
	}
}
