/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/persist.h"
#include "cmd/writer.h"
#include "core/journal.h"

/* The newest of this place that has or had a deadline; -1: none. */
static ssize_t find_newest(const struct writer *w)
{
	const struct journal *j = &w->store.journal;

	for (size_t i = j->n; i-- > 0;)
		if (j->at[i].deadline_ms && transaction_is_ours(&j->at[i], &w->host))
			return (ssize_t)i;
	return -1;
}

/* The one that was named, or that waits, or waited last; -1: there never was one. */
static int find(const struct writer *w, const struct arguments *args, ssize_t *ret,
		struct err *e)
{
	const struct journal *j = &w->store.journal;
	size_t i;
	int r;

	if (args->n == 0) {
		*ret = journal_waiting(j, &w->host);
		if (*ret < 0)
			*ret = find_newest(w);
		return 0;
	}
	r = journal_find(j, args->at[0], &i, e);
	if (r < 0)
		return r;
	*ret = (ssize_t)i;
	if (transaction_state(&j->at[i], &w->host) != TRANSACTION_WAITING ||
	    transaction_is_ours(&j->at[i], &w->host))
		return 0;
	err_set(e, EXDEV, "transaction %s waits in another network namespace",
		j->at[i].id);
	err_hint(e, "name it with --netns");
	return -EXDEV;
}

/* Was its confirmation, which had been cut off, completed by this run? */
static bool is_settled_now(const struct writer *w, size_t i)
{
	for (size_t k = 0; k < w->settled.n; k++)
		if (w->settled.at[k].i == i)
			return w->settled.at[k].how == SETTLED_CONFIRMED;
	return false;
}

static int confirm(struct app *app, struct writer *w, size_t i, struct err *e)
{
	const struct transaction *tx = &w->store.journal.at[i];
	int r = 0;

	if (transaction_state(tx, &w->host) != TRANSACTION_WAITING)
		return 0;
	if (tx->n_keeps)
		r = persist_check(&w->transact, tx->keeps, tx->n_keeps, e);
	if (r < 0)
		return err_wrap(e, "transaction %s is not kept yet", tx->id);
	r = transact_confirm(&w->transact, i, e);
	if (r == 0)
		snprintf(app->in_force, sizeof(app->in_force), "; transaction %s is kept",
			 tx->id);
	return r;
}

static int show(struct app *app, const struct writer *w, ssize_t i, bool is_kept,
		struct err *e)
{
	struct view *v = view_open(&app->out, "confirm", false);

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(v, &w->host);
	view_confirm(v, i < 0 ? NULL : &w->store.journal.at[i], is_kept, &w->host);
	view_close(v, true);
	return is_kept ? EXIT_YES : EXIT_NO;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	bool is_kept = false;
	struct writer w;
	ssize_t i = -1;
	int r = writer_open(&w, app, args, WRITER_PATIENCE, e);

	if (r == 0)
		r = find(&w, args, &i, e);
	if (r == 0 && i >= 0) {
		is_kept = is_settled_now(&w, (size_t)i) ||
			  transaction_state(&w.store.journal.at[i], &w.host) ==
				  TRANSACTION_WAITING;
		r = confirm(app, &w, (size_t)i, e);
	}
	if (r == 0)
		r = show(app, &w, i, is_kept, e);
	writer_close(&w);
	return r;
}

static const struct option_spec options[] = {
	WRITER_WAIT,
	{ NULL, NULL, NULL },
};

const struct command cmd_confirm = {
	.name = "confirm",
	.arguments = "[ID]",
	.help = "keep a change that waits for confirmation",
	.options = options,
	.max = 1,
	.flags = COMMAND_CHANGES,
	.run = run,
};
