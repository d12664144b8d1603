/* SPDX-License-Identifier: MIT */
#include "cmd/deadline.h"

#include <errno.h>

#include "cmd/cmd.h"
#include "cmd/writer.h"
#include "core/journal.h"
#include "sys/guardian.h"

enum {
	GUARD_WAIT = 86400, /* for the lock: somebody is at work */
	GUARD_PAUSE_MIN = 1,
	GUARD_PAUSE_MAX = 30,
};

/* Is the transaction still one that will have to be undone? */
static bool is_guarded(const struct transaction *tx)
{
	return tx->deadline_ms && !tx->is_confirmed && tx->stage != STAGE_BEGUN &&
	       tx->stage != STAGE_UNDONE;
}

/* What the guardian has to know of its transaction; -ENOENT: there is nothing to guard. */
static int read_guarded(const struct app *app, const char *id, const struct host *host,
			int64_t *ret_deadline_ms, struct err *e)
{
	struct store store;
	size_t i;
	int r = store_open(&store, app->state_dir, STORE_READ, NULL, e);

	if (r == 0)
		r = journal_find(&store.journal, id, &i, e);
	if (r == 0 && !(is_guarded(&store.journal.at[i]) &&
			transaction_is_ours(&store.journal.at[i], host)))
		r = err_set(e, ENOENT, "transaction %s does not wait for a confirmation",
			    store.journal.at[i].id);
	if (r == 0)
		*ret_deadline_ms = store.journal.at[i].deadline_ms;
	store_close(&store);
	return r;
}

/* Settling is all there is to do: it undoes whatever is overdue. */
static int undo_overdue(struct app *app, const struct arguments *args, struct err *e)
{
	struct writer w;
	int r = writer_open(&w, app, args, GUARD_WAIT, e);

	if (r == 0 && w.settled.n_stuck) {
		*e = w.settled.trouble;
		r = -e->code;
	}
	writer_close(&w);
	return r;
}

/* A directory that is read-only now may be writable in a while: it does not give up. */
static void undo_at_last(struct app *app, const struct arguments *args, const char *id,
			 const struct host *host)
{
	unsigned pause = GUARD_PAUSE_MIN;
	struct err e, ignored;
	int64_t deadline_ms;

	while (undo_overdue(app, args, &e) < 0 &&
	       read_guarded(app, id, host, &deadline_ms, &ignored) != -ENOENT) {
		if (pause == GUARD_PAUSE_MIN)
			guardian_complain(id, &e);
		guardian_rest(pause);
		pause = pause * 2 < GUARD_PAUSE_MAX ? pause * 2 : GUARD_PAUSE_MAX;
	}
}

int deadline_guard(struct app *app, const struct arguments *args, struct err *e)
{
	const char *id = args->n ? args->at[0] : "";
	struct watch watch;
	struct host host;
	int64_t deadline_ms;
	int r;

	if (args->n == 0)
		return usage_error(e, "rollback", "--at-deadline needs an ID");
	if (app->out.is_json)
		return usage_error(e, "rollback", "--at-deadline has nothing to print");
	r = writer_check_wait(args, e);
	if (r < 0)
		return r;
	machine_identify(&app->machine, &host);
	r = read_guarded(app, id, &host, &deadline_ms, e);
	if (r == 0)
		r = guardian_arm(app->state_dir, deadline_ms, &watch, e);
	/* once more: what happened before the watch was set is not seen by it */
	if (r == 0)
		r = read_guarded(app, id, &host, &deadline_ms, e);
	if (r == 0)
		r = guardian_detach(e);
	if (r != 0)
		return r < 0 ? r : EXIT_YES;

	while (!guardian_wait(&watch))
		if (read_guarded(app, id, &host, &deadline_ms, e) == -ENOENT)
			return EXIT_YES;
	undo_at_last(app, args, id, &host);
	return EXIT_YES;
}
