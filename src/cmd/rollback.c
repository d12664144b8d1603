/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/store.h"
#include "sys/transact.h"

/* What one run of the verb works on. First everything is undone, then it is shown. */
struct rollback {
	struct app *app;
	struct store store;
	struct host host;
	bool overwrite;
	size_t *undone; /* indices into the journal, in the order of undoing */
	size_t n_undone;
};

static enum transaction_state state_of(const struct rollback *rb, size_t i)
{
	return transaction_state(&rb->store.journal.at[i], &rb->host);
}

static bool is_ours(const struct rollback *rb, size_t i)
{
	return transaction_is_ours(&rb->store.journal.at[i], &rb->host);
}

static bool is_undone_now(const struct rollback *rb, size_t i)
{
	for (size_t k = 0; k < rb->n_undone; k++)
		if (rb->undone[k] == i)
			return true;
	return false;
}

static int undo(struct rollback *rb, size_t i, bool overwrite, struct err *e)
{
	int r = transact_undo(&rb->store, rb->app->machine.root_fd, i, overwrite, e);

	if (r == 0)
		rb->undone[rb->n_undone++] = i;
	return r;
}

/*
 * What was cut off is settled before anything else; one that cannot be does not hold up
 * the others. Only one that was named, or is undone without a name, overwrites.
 */
static int undo_unfinished(struct rollback *rb, ssize_t named, struct err *e)
{
	ssize_t i = (ssize_t)rb->store.journal.n;
	int r = 0;

	while ((i = journal_unfinished(&rb->store.journal, (size_t)i, &rb->host)) >= 0) {
		bool overwrite = rb->overwrite && (named < 0 || named == i);
		int done = undo(rb, (size_t)i, overwrite, r < 0 ? NULL : e);

		app_note(rb->app, "transaction %s had been cut off",
			 rb->store.journal.at[i].id);
		r = r < 0 ? r : done;
	}
	return r;
}

static int undo_named(struct rollback *rb, size_t i, struct err *e)
{
	const struct transaction *tx = &rb->store.journal.at[i];
	enum transaction_state state = state_of(rb, i);

	if (state == TRANSACTION_VOID || state == TRANSACTION_UNDONE ||
	    is_undone_now(rb, i))
		return 0;
	if (is_ours(rb, i))
		return undo(rb, i, rb->overwrite, e);
	err_set(e, EXDEV,
		"transaction %s was made in another network namespace, net:[%lu]", tx->id,
		tx->netns_inode);
	err_hint(e, "name it with --netns; if it is gone, so are its values");
	return -EXDEV;
}

/* The newest that is in force, or all of them, newest first, as far as can be. */
static int undo_newest(struct rollback *rb, bool is_all, struct err *e)
{
	int r = 0;

	for (size_t i = rb->store.journal.n; i-- > 0;) {
		enum transaction_state state = state_of(rb, i);
		/* what was left alone as somebody else's is taken up again only when asked for */
		bool is_due =
			state == TRANSACTION_COMMITTED ||
			(state == TRANSACTION_CONFLICT && (is_all || rb->overwrite));
		int done;

		if (!is_due || !is_ours(rb, i) || is_undone_now(rb, i))
			continue;
		done = undo(rb, i, rb->overwrite, r < 0 ? NULL : e);
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
	int r = 0, done = 0;

	*ret_named = -1;
	if (args->n) {
		r = journal_find(&rb->store.journal, args->at[0], &named, e);
		*ret_named = (ssize_t)named;
	}
	rb->undone = calloc(rb->store.journal.n + 1, sizeof(*rb->undone));
	if (!rb->undone)
		r = err_errno(e, ENOMEM, "cannot undo");
	if (r < 0)
		return r;
	r = undo_unfinished(rb, *ret_named, e);
	if (args->n)
		done = undo_named(rb, named, &later);
	/* what had been cut off was the newest */
	else if (is_all || (r == 0 && rb->n_undone == 0))
		done = undo_newest(rb, is_all, &later);
	if (r == 0 && done < 0)
		*e = later;
	return r < 0 ? r : done;
}

static int show(struct rollback *rb, ssize_t named, struct err *e)
{
	const struct journal *j = &rb->store.journal;
	struct view *v = view_open(&rb->app->out, "rollback", false);
	int status = EXIT_YES;

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(v, &rb->host);
	for (size_t k = 0; k < rb->n_undone; k++) {
		const struct transaction *tx = &j->at[rb->undone[k]];

		view_rollback(v, j, tx,
			      transaction_state_key(state_of(rb, rb->undone[k])));
		if (tx->n_conflicts)
			status = EXIT_NO;
	}
	if (named >= 0 && state_of(rb, (size_t)named) == TRANSACTION_VOID) {
		view_rollback(v, j, &j->at[named], "void");
		status = EXIT_NO;
	} else if (rb->n_undone == 0) {
		view_rollback(v, j, NULL, "same");
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
	machine_identify(&app->machine, &rb.host);
	r = store_open(&rb.store, app->state_dir, STORE_WRITE, e);
	if (r == -EACCES)
		err_hint(e, "run as root");
	if (r == 0)
		r = machine_check_identity(&rb.host, e);
	if (r == 0)
		r = rollback(&rb, args, &named, e);
	/* what could be undone is shown beside what could not; JSON says all or nothing */
	if (r == 0 || (!app->out.is_json && rb.n_undone > 0)) {
		int status = show(&rb, named, r < 0 ? &ignored : e);

		r = r < 0 ? r : status;
	}
	store_close(&rb.store);
	free(rb.undone);
	return r;
}

static const struct option_spec options[] = {
	{ "all", NULL, "undo everything of this boot, the newest first" },
	{ "overwrite", NULL, "also values somebody else has changed since" },
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
