/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/store.h"
#include "sys/transact.h"

/* What one run of the verb works on. */
struct rollback {
	struct app *app;
	struct store store;
	struct host host;
	struct view *v;
	bool overwrite;
	size_t n_undone;
	int status;
};

static enum transaction_state state_of(const struct rollback *rb, size_t i)
{
	return transaction_state(&rb->store.journal.at[i], &rb->host);
}

static int undo_one(struct rollback *rb, size_t i, struct err *e)
{
	const struct transaction *tx = &rb->store.journal.at[i];
	int r = transact_undo(&rb->store, rb->app->machine.root_fd, i, rb->overwrite, e);

	if (r < 0)
		return r;
	if (tx->n_conflicts)
		rb->status = EXIT_NO;
	view_rollback(rb->v, &rb->store.journal, tx,
		      transaction_state_key(state_of(rb, i)));
	rb->n_undone++;
	return 0;
}

static int undo_named(struct rollback *rb, const char *id, struct err *e)
{
	const struct transaction *tx;
	size_t i = 0;
	int r = journal_find(&rb->store.journal, id, &i, e);

	if (r < 0)
		return r;
	tx = &rb->store.journal.at[i];
	switch (state_of(rb, i)) {
	case TRANSACTION_VOID:
		rb->status = EXIT_NO;
		view_rollback(rb->v, &rb->store.journal, tx, "void");
		return 0;
	case TRANSACTION_UNDONE:
		if (rb->n_undone == 0)
			view_rollback(rb->v, &rb->store.journal, NULL, "undone");
		return 0;
	case TRANSACTION_UNFINISHED:
	case TRANSACTION_COMMITTED:
	case TRANSACTION_CONFLICT:
		break;
	}
	if (!transaction_is_ours(tx, &rb->host)) {
		r = err_set(
			e, EXDEV,
			"transaction %s was made in another network namespace, net:[%lu]",
			tx->id, tx->netns_inode);
		err_hint(e, "name it with --netns; if it is gone, so are its values");
		return r;
	}
	return undo_one(rb, i, e);
}

/* The newest that is in force, or all of them, newest first. */
static int undo_newest(struct rollback *rb, bool is_all, struct err *e)
{
	for (size_t i = rb->store.journal.n; i-- > 0;) {
		const struct transaction *tx = &rb->store.journal.at[i];
		enum transaction_state state = state_of(rb, i);
		/* what was left alone as somebody else's is taken up again only when
		 * asked for */
		bool is_due =
			state == TRANSACTION_COMMITTED ||
			(state == TRANSACTION_CONFLICT && (is_all || rb->overwrite));
		int r;

		if (!is_due || !transaction_is_ours(tx, &rb->host))
			continue;
		r = undo_one(rb, i, e);
		if (r < 0 || !is_all)
			return r;
	}
	return 0;
}

/* What was cut off is settled before anything else. */
static int undo_unfinished(struct rollback *rb, struct err *e)
{
	for (size_t i = rb->store.journal.n; i-- > 0;) {
		int r;

		if (state_of(rb, i) != TRANSACTION_UNFINISHED ||
		    !transaction_is_ours(&rb->store.journal.at[i], &rb->host))
			continue;
		app_note(rb->app, "transaction %s had been cut off",
			 rb->store.journal.at[i].id);
		r = undo_one(rb, i, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int rollback(struct rollback *rb, const struct arguments *args, struct err *e)
{
	bool is_all = args_has(args, "all");
	int r = undo_unfinished(rb, e);

	if (r < 0)
		return r;
	if (args->n)
		return undo_named(rb, args->at[0], e);
	/* what had been cut off was the newest */
	if (is_all || rb->n_undone == 0)
		r = undo_newest(rb, is_all, e);
	if (r == 0 && rb->n_undone == 0)
		view_rollback(rb->v, &rb->store.journal, NULL, "undone");
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct rollback rb = { .app = app, .overwrite = args_has(args, "overwrite") };
	int r;

	if (args->n && args_has(args, "all"))
		return usage_error(e, "rollback",
				   "rollback takes an ID or --all, not both");
	machine_identify(&app->machine, &rb.host);
	rb.v = view_open(&app->out, "rollback", false);
	if (!rb.v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(rb.v, &rb.host);
	r = store_open(&rb.store, app->state_dir, STORE_WRITE, e);
	if (r == -EACCES)
		err_hint(e, "run as root");
	if (r == 0)
		r = rollback(&rb, args, e);
	store_close(&rb.store);
	view_close(rb.v, r == 0);
	return r < 0 ? r : rb.status;
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
	.details = "A value that somebody else has changed since is a conflict: it is "
		   "named, left\n"
		   "alone, and the exit status is 1.\n",
	.options = options,
	.max = 1,
	.flags = COMMAND_CHANGES,
	.run = run,
};
