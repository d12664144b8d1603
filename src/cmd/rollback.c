/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/deadline.h"
#include "cmd/writer.h"
#include "core/dropin.h"
#include "core/journal.h"

/* What one run of the verb works on. First everything is undone, then it is shown. */
struct rollback {
	struct app *app;
	struct writer writer;
	bool overwrite;
	size_t *undone; /* indices into the journal, in the order of undoing */
	size_t n_undone;
};

static const struct transaction *at(const struct rollback *rb, size_t i)
{
	return &rb->writer.store.journal.at[i];
}

static enum transaction_state state_of(const struct rollback *rb, size_t i)
{
	return transaction_state(at(rb, i), &rb->writer.host);
}

static bool is_undone_now(const struct rollback *rb, size_t i)
{
	for (size_t k = 0; k < rb->n_undone; k++)
		if (rb->undone[k] == i)
			return true;
	return false;
}

static int undo(struct rollback *rb, size_t i, struct err *e)
{
	int r = transact_undo(&rb->writer.transact, i, rb->overwrite, e);

	if (r == 0 && !is_undone_now(rb, i))
		rb->undone[rb->n_undone++] = i;
	if (r == 0)
		snprintf(rb->app->in_force, sizeof(rb->app->in_force),
			 "; what could be is undone: finwait history");
	return r;
}

/* What was settled before anything else is shown with the rest. */
static int take_settled(struct rollback *rb, struct err *e)
{
	const struct settled *settled = &rb->writer.settled;

	rb->undone = calloc(rb->writer.store.journal.n + 1, sizeof(*rb->undone));
	if (!rb->undone)
		return err_errno(e, ENOMEM, "cannot undo");
	for (size_t k = 0; k < settled->n; k++)
		if (settled->at[k].how != SETTLED_CONFIRMED)
			rb->undone[rb->n_undone++] = settled->at[k].i;
	if (settled->n_stuck == 0)
		return 0;
	*e = settled->trouble;
	return -e->code;
}

static int undo_named(struct rollback *rb, size_t i, struct err *e)
{
	const struct transaction *tx = at(rb, i);
	enum transaction_state state = state_of(rb, i);

	if (state == TRANSACTION_VOID || state == TRANSACTION_UNDONE)
		return 0;
	if (is_undone_now(rb, i) && !rb->overwrite)
		return 0;
	if (transaction_is_in_reach(tx, &rb->writer.host))
		return undo(rb, i, e);
	err_set(e, EXDEV,
		"transaction %s was made in another network namespace, net:[%lu]", tx->id,
		tx->netns_inode);
	err_hint(e, "name it with --netns; if it is gone, so are its values");
	return -EXDEV;
}

/* Is it one that a rollback without a name undoes? `is_all`: of this boot. */
static bool is_due(const struct rollback *rb, size_t i, bool is_all)
{
	enum transaction_state state = state_of(rb, i);

	if (is_all ? !transaction_is_ours(at(rb, i), &rb->writer.host)
		   : !transaction_is_in_reach(at(rb, i), &rb->writer.host))
		return false;
	if (is_undone_now(rb, i) && !(rb->overwrite && at(rb, i)->n_conflicts))
		return false;
	/* what was left alone as somebody else's is taken up again only when asked for */
	if (state == TRANSACTION_CONFLICT)
		return is_all || rb->overwrite;
	return state == TRANSACTION_COMMITTED || state == TRANSACTION_WAITING;
}

/* The newest that is in force, or all of them, newest first, as far as can be. */
static int undo_newest(struct rollback *rb, bool is_all, struct err *e)
{
	int r = 0;

	for (size_t i = rb->writer.store.journal.n; i-- > 0;) {
		int done;

		if (!is_due(rb, i, is_all))
			continue;
		done = undo(rb, i, r < 0 ? NULL : e);
		r = r < 0 ? r : done;
		if (!is_all)
			break;
	}
	return r;
}

/* Undoes what the arguments ask for; *ret_named is the one that was named, or -1. */
static int rollback(struct rollback *rb, const struct arguments *args, ssize_t *ret_named,
		    struct err *e)
{
	bool is_all = args_has(args, "all");
	struct err later = { 0 };
	size_t named = 0;
	int r, done = 0;

	*ret_named = -1;
	if (args->n) {
		r = journal_find(&rb->writer.store.journal, args->at[0], &named, e);
		if (r < 0)
			return r;
		*ret_named = (ssize_t)named;
	}
	r = take_settled(rb, e);
	if (args->n)
		done = undo_named(rb, named, &later);
	/* what had been cut off was the newest */
	else if (is_all || rb->overwrite || (r == 0 && rb->n_undone == 0))
		done = undo_newest(rb, is_all, &later);
	if (r == 0 && done < 0)
		*e = later;
	return r < 0 ? r : done;
}

/* What is still to be said of the drop-in. */
static void note_dropin(struct rollback *rb, bool is_all)
{
	const struct journal *j = &rb->writer.store.journal;
	struct err e = { 0 };

	if (dropin_check_ports(j, NULL, 0, &e) < 0)
		app_note(rb->app, "%s", e.text);
	for (size_t i = 0; i < j->n && is_all; i++)
		if (transaction_is_persisted(&j->at[i]) &&
		    !transaction_is_ours(&j->at[i], &rb->writer.host) &&
		    transaction_is_in_reach(&j->at[i], &rb->writer.host))
			app_note(
				rb->app,
				"transaction %s, of an earlier boot, is still in " DROPIN_KEY
				": finwait rollback %s",
				j->at[i].id, j->at[i].id);
}

static int show(struct rollback *rb, ssize_t named, struct err *e)
{
	const struct journal *j = &rb->writer.store.journal;
	struct view *v = view_open(&rb->app->out, "rollback", false);
	int status = EXIT_YES;

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(v, &rb->writer.host);
	for (size_t k = 0; k < rb->n_undone; k++) {
		const struct transaction *tx = &j->at[rb->undone[k]];

		view_rollback(v, j, tx, false, &rb->writer.host);
		if (tx->n_conflicts)
			status = EXIT_NO;
	}
	if (named >= 0 && state_of(rb, (size_t)named) == TRANSACTION_VOID) {
		view_rollback(v, j, &j->at[named], false, &rb->writer.host);
		status = EXIT_NO;
	} else if (rb->n_undone == 0) {
		view_rollback(v, j, named < 0 ? NULL : &j->at[named], named >= 0,
			      &rb->writer.host);
	}
	view_close(v, true);
	return status;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct rollback rb = { .app = app, .overwrite = args_has(args, "overwrite") };
	struct err ignored;
	ssize_t named = -1;
	int r;

	if (args->n && args_has(args, "all"))
		return usage_error(e, "rollback",
				   "rollback takes an ID or --all, not both");
	if (args_has(args, "at-deadline"))
		return deadline_guard(app, args, e);
	r = writer_open(&rb.writer, app, args, WRITER_PATIENCE, e);
	if (r == 0)
		r = rollback(&rb, args, &named, e);
	/* what could be undone is shown beside what could not; JSON says all or nothing */
	if (r == 0 || (!app->out.is_json && rb.n_undone > 0)) {
		int status = show(&rb, named, r < 0 ? &ignored : e);

		note_dropin(&rb, args_has(args, "all"));
		r = r < 0 ? r : status;
	}
	writer_close(&rb.writer);
	free(rb.undone);
	return r;
}

static const struct option_spec options[] = {
	{ "all", NULL, "undo everything of this boot, the newest first" },
	{ "overwrite", NULL, "also values somebody else has changed since" },
	{ "at-deadline", NULL, "in the background, once the deadline of ID is past" },
	WRITER_WAIT,
	{ NULL, NULL, NULL },
};

const struct command cmd_rollback = {
	.name = "rollback",
	.arguments = "[ID | --all]",
	.help = "undo the newest transaction, one, or everything of this boot",
	.details =
		"A value that somebody else has changed since is a conflict: it is named, left\n"
		"alone, and the exit status is 1.\n",
	.options = options,
	.max = 1,
	.flags = COMMAND_CHANGES,
	.run = run,
};
