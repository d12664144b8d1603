/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cmd/cmd.h"
#include "cmd/persist.h"
#include "cmd/writer.h"
#include "core/journal.h"

/* One that this run has settled already: the one that was named, or the newest. */
static ssize_t find_settled(const struct writer *w, ssize_t named)
{
	for (size_t k = 0; k < w->settled.n; k++) {
		const struct settled_one *one = &w->settled.at[k];

		if (one->how != SETTLED_CUT_OFF &&
		    (named < 0 || named == (ssize_t)one->i))
			return (ssize_t)one->i;
	}
	return -1;
}

/* The one that waits, or was settled a moment ago; -1: none, or not the one that was named. */
static int find(const struct writer *w, const struct arguments *args, ssize_t *ret,
		struct err *e)
{
	const struct journal *j = &w->store.journal;
	ssize_t waiting = journal_waiting(j, &w->host);
	size_t i;
	int r;

	if (args->n == 0) {
		*ret = waiting < 0 ? find_settled(w, -1) : waiting;
		return 0;
	}
	r = journal_find(j, args->at[0], &i, e);
	if (r < 0)
		return r;
	if (transaction_state(&j->at[i], &w->host) == TRANSACTION_WAITING &&
	    !transaction_is_ours(&j->at[i], &w->host)) {
		err_set(e, EXDEV, "transaction %s waits in another network namespace",
			j->at[i].id);
		err_hint(e, "name it with --netns");
		return -EXDEV;
	}
	*ret = waiting == (ssize_t)i ? waiting : find_settled(w, (ssize_t)i);
	return 0;
}

static int confirm(struct writer *w, size_t i, struct err *e)
{
	const struct transaction *tx = &w->store.journal.at[i];
	int r = 0;

	if (transaction_state(tx, &w->host) != TRANSACTION_WAITING)
		return 0;
	if (tx->n_keeps)
		r = persist_check(&w->transact, tx->keeps, tx->n_keeps, e);
	if (r < 0)
		return err_wrap(e, "transaction %s is not kept", tx->id);
	return transact_confirm(&w->transact, i, e);
}

static int show(struct app *app, const struct writer *w, const struct transaction *tx,
		const char *id, struct err *e)
{
	struct view *v = view_open(&app->out, "confirm", false);

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(v, &w->host);
	view_confirm(v, tx, id, &w->host);
	view_close(v, true);
	return tx && tx->is_confirmed ? EXIT_YES : EXIT_NO;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct writer w;
	ssize_t i = -1;
	int r = writer_open(&w, app, args, WRITER_PATIENCE, e);

	if (r == 0)
		r = find(&w, args, &i, e);
	if (r == 0 && i >= 0)
		r = confirm(&w, (size_t)i, e);
	if (r == 0)
		r = show(app, &w, i < 0 ? NULL : &w.store.journal.at[i],
			 args->n ? args->at[0] : NULL, e);
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
