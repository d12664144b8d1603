/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cmd/cmd.h"
#include "cmd/persist.h"
#include "cmd/writer.h"
#include "core/journal.h"

/* One whose confirmation this run has completed already: the one that was named, or any. */
static ssize_t find_settled(const struct writer *w, ssize_t named)
{
	for (size_t k = 0; k < w->settled.n; k++)
		if (w->settled.at[k].how == SETTLED_CONFIRMED &&
		    (named < 0 || named == (ssize_t)w->settled.at[k].i))
			return (ssize_t)w->settled.at[k].i;
	return -1;
}

/* The one that was named, or the one that waits; -1: there is nothing to keep. */
static int find(const struct writer *w, const struct arguments *args, ssize_t *ret,
		struct err *e)
{
	const struct journal *j = &w->store.journal;
	size_t i;
	int r;

	*ret = journal_waiting(j, &w->host);
	if (args->n == 0) {
		*ret = *ret < 0 ? find_settled(w, -1) : *ret;
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
	if (*ret != (ssize_t)i)
		*ret = find_settled(w, (ssize_t)i);
	return 0;
}

static int confirm(struct app *app, struct writer *w, size_t i, struct err *e)
{
	const struct transaction *tx = &w->store.journal.at[i];
	int r = 0;

	if (tx->is_confirmed)
		return 0;
	if (tx->n_keeps)
		r = persist_check(app, &w->transact, tx->keeps, tx->n_keeps, e);
	if (r < 0)
		return err_wrap(e, "transaction %s is not kept", tx->id);
	return transact_confirm(&w->transact, i, e);
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	const char *id = args->n ? args->at[0] : NULL;
	struct writer w;
	struct view *v;
	ssize_t i = -1;
	int r = writer_open(&w, app, args, WRITER_PATIENCE, e);

	if (r == 0)
		r = find(&w, args, &i, e);
	if (r == 0 && i >= 0)
		r = confirm(app, &w, (size_t)i, e);
	if (r == 0) {
		v = view_open(&app->out, "confirm", false);
		r = v ? 0 : err_errno(e, ENOMEM, "cannot print");
	}
	if (r == 0) {
		view_begin(v, &w.host);
		view_confirm(v, i < 0 ? NULL : &w.store.journal.at[i], id, &w.host);
		view_close(v, true);
		r = i < 0 ? EXIT_NO : EXIT_YES;
	}
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
