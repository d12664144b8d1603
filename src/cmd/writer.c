/* SPDX-License-Identifier: MIT */
#include "cmd/writer.h"

#include <errno.h>
#include <stdio.h>

#include "core/dropin.h"
#include "core/journal.h"
#include "sys/stop.h"

enum { WAIT_MAX = 86400 };

int writer_check_wait(const struct arguments *args, struct err *e)
{
	int64_t ignored;

	return args_seconds(args, "wait", 0, WAIT_MAX, &ignored, e);
}

static void say_holder(void *arg, const char *holder)
{
	const struct app *app = arg;
	char line[256];

	snprintf(line, sizeof(line), "waiting for %s", holder);
	app->say(line);
}

static void note_settled(struct app *app, const struct transaction *tx,
			 const struct host *host, enum settled_how how)
{
	static const char *const why[] = {
		[SETTLED_CUT_OFF] = "had been cut off",
		[SETTLED_OVERDUE] = "was not confirmed in time",
		[SETTLED_CONFIRMED] = "had its confirmation cut off",
	};

	if (how == SETTLED_CONFIRMED)
		app_note(app, "transaction %s %s, and is kept", tx->id, why[how]);
	else if (transaction_is_ours(tx, host))
		app_note(app, "transaction %s %s, and is undone", tx->id, why[how]);
	else
		app_note(
			app,
			"transaction %s %s, before this boot; it is taken out of " DROPIN_KEY
			", and what is in force stays until the next boot",
			tx->id, why[how]);
	if (tx->n_conflicts)
		app_note(app,
			 "it left %zu value%s alone that somebody else changed: finwait "
			 "history %s",
			 tx->n_conflicts, tx->n_conflicts > 1 ? "s" : "", tx->id);
}

static void note_all_settled(struct app *app, const struct writer *w)
{
	const struct settled *settled = &w->settled;

	for (size_t k = 0; k < settled->n; k++)
		note_settled(app, &w->store.journal.at[settled->at[k].i], &w->host,
			     settled->at[k].how);
	if (settled->n_stuck)
		app_note(app, "%s%s%s", settled->trouble.text,
			 settled->trouble.hint[0] ? "; " : "", settled->trouble.hint);
}

int writer_open(struct writer *w, struct app *app, const struct arguments *args,
		int64_t patience, struct err *e)
{
	struct store_wait wait = { .say = say_holder, .arg = app };
	int r, signal;

	*w = (struct writer){ .store = STORE_NONE };
	w->transact = (struct transact){ .store = &w->store,
					 .root_fd = app->machine.root_fd,
					 .host = &w->host };
	r = args_seconds(args, "wait", 0, WAIT_MAX, &patience, e);
	if (r < 0)
		return r;
	wait.seconds = (int)patience;
	r = store_open(&w->store, app->state_dir, STORE_WRITE, &wait, e);
	if (r == -EACCES)
		err_hint(e, "run as root");
	/* after the lock: time has gone by */
	machine_identify(&app->machine, &w->host);
	if (r == 0)
		r = machine_check_identity(&w->host, e);
	if (r < 0)
		return r;
	signal = stop_taken();
	if (signal)
		return err_set(e, EINTR, "interrupted by a signal; nothing was changed");
	w->is_open = true;
	settle(&w->transact, &w->settled);
	note_all_settled(app, w);
	return 0;
}

void writer_close(struct writer *w)
{
	struct err ignored;

	/* last, as it renumbers the transactions; a journal that stays long does no harm */
	if (w->is_open)
		(void)store_compact(&w->store, &w->host, &ignored);
	settled_done(&w->settled);
	store_close(&w->store);
}
