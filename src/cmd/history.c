/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cmd/cmd.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/store.h"

static int show(struct view *v, const struct journal *j, const struct host *host,
		const char *id, struct err *e)
{
	size_t i;
	int r;

	if (id) {
		r = journal_find(j, id, &i, e);
		if (r == 0)
			view_history_detail(v, &j->at[i], host);
		return r;
	}
	for (i = j->n; i-- > 0;)
		view_history_row(v, &j->at[i], host);
	if (j->n == 0)
		view_history_empty(v);
	return 0;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct store store;
	struct host host;
	struct view *v = NULL;
	int r = store_open(&store, app->state_dir, STORE_READ, NULL, e);

	machine_identify(&app->machine, &host);
	if (r == 0) {
		v = view_open(&app->out, "history", false);
		r = v ? 0 : err_errno(e, ENOMEM, "cannot print");
	}
	if (r == 0) {
		view_begin(v, &host);
		r = show(v, &store.journal, &host, args->n ? args->at[0] : NULL, e);
		view_close(v, r == 0);
	}
	store_close(&store);
	return r;
}

const struct command cmd_history = {
	.name = "history",
	.arguments = "[ID]",
	.help = "the transactions there were, newest first, or all about one",
	.max = 1,
	.run = run,
};
