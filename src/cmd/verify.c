/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "cmd/persist.h"
#include "cmd/writer.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/problem.h"
#include "sys/dropin.h"
#include "sys/procfs.h"

/* Expected values against those found; the strings are borrowed but for what was read. */
struct comparison {
	struct drift *drift;
	char **found; /* owned */
	size_t n_drift;
	size_t n; /* compared */
};

static int add_drift(struct comparison *cmp, const struct drift *drift, char *found,
		     struct err *e)
{
	struct drift *drifts = realloc(cmp->drift, (cmp->n_drift + 1) * sizeof(*drifts));
	char **all_found;

	if (drifts)
		cmp->drift = drifts;
	all_found = realloc(cmp->found, (cmp->n_drift + 1) * sizeof(*all_found));
	if (all_found)
		cmp->found = all_found;
	if (!drifts || !all_found) {
		free(found);
		return err_errno(e, ENOMEM, "cannot compare '%s'", drift->key);
	}
	all_found[cmp->n_drift] = found;
	drifts[cmp->n_drift] = *drift;
	drifts[cmp->n_drift++].found = found;
	return 0;
}

static int compare(const struct app *app, struct comparison *cmp,
		   const struct setting *wanted, struct err *e)
{
	const struct drift drift = { .key = wanted->key,
				     .operator= setting_op_text(wanted->op),
				     .expected = wanted->value };
	struct reading now;
	int r = procfs_read_knob(app->machine.root_fd, wanted->key, &now);

	if (r < 0 && r != -ENOENT)
		return err_errno(e, -r, "cannot read '%s'", wanted->key);
	cmp->n++;
	if (now.value && setting_is_met(wanted, catalogue_find(wanted->key), now.value)) {
		free(now.value);
		return 0;
	}
	return add_drift(cmp, &drift, now.value, e);
}

static void comparison_done(struct comparison *cmp)
{
	for (size_t i = 0; i < cmp->n_drift; i++)
		free(cmp->found[i]);
	free(cmp->found);
	free(cmp->drift);
}

static bool is_in_force(const struct transaction *tx, const struct host *host)
{
	enum transaction_state state = transaction_state(tx, host);

	return (state == TRANSACTION_COMMITTED || state == TRANSACTION_WAITING) &&
	       transaction_is_in_reach(tx, host);
}

/* The values of a transaction that are still its own. */
static int compare_values(const struct app *app, const struct journal *j,
			  const struct transaction *tx, const struct host *host,
			  struct comparison *cmp, struct err *e)
{
	int r = 0;

	for (size_t k = 0; k < tx->plan.n && r == 0; k++) {
		const struct change *c = &tx->plan.at[k];
		const struct setting wanted = { .key = c->key, .value = c->to };

		if (journal_owner(j, host, c->key) == c)
			r = compare(app, cmp, &wanted, e);
	}
	return r;
}

/* What the boot is to bring, and no transaction has changed since. */
static int compare_kept(const struct app *app, const struct journal *j,
			const struct transaction *tx, const struct host *host,
			struct comparison *cmp, struct err *e)
{
	int r = 0;

	for (size_t k = 0; k < tx->n_keeps && r == 0; k++) {
		const struct keep *keep = &tx->keeps[k];
		const struct setting wanted = { .key = keep->key, .value = keep->value };

		if (!journal_owner(j, host, keep->key) &&
		    dropin_value(j, keep->key) == keep->value)
			r = compare(app, cmp, &wanted, e);
	}
	return r;
}

static int compare_transaction(const struct app *app, const struct journal *j, size_t i,
			       const struct host *host, struct comparison *cmp,
			       struct err *e)
{
	const struct transaction *tx = &j->at[i];
	int r = 0;

	if (!is_in_force(tx, host))
		return 0;
	if (transaction_is_ours(tx, host))
		r = compare_values(app, j, tx, host, cmp, e);
	return r < 0 ? r : compare_kept(app, j, tx, host, cmp, e);
}

/* The drop-in itself, if there is to be one, for the next boot. */
static int compare_dropin(const struct app *app, const struct journal *j,
			  const struct host *host, struct comparison *cmp, struct err *e)
{
	static const struct drift drift = { .key = DROPIN_KEY,
					    .operator= "",
					    .expected = "as finwait wrote it" };
	own_text struct text expected = { 0 };
	bool is_same = true;
	int r;

	dropin_format(&expected, j, -1, -1);
	if (expected.n == 0 || host->boot_netns == BOOT_NETNS_ELSEWHERE)
		return 0;
	r = dropin_is(app->machine.root_fd, &expected, &is_same, e);
	if (r < 0 || is_same)
		return r;
	cmp->n++;
	return add_drift(cmp, &drift, strdup("edited or removed"), e);
}

static const char *find_unfinished(const struct journal *j, const struct host *host)
{
	ssize_t i = journal_unsettled(j, j->n, host);

	return i >= 0 ? j->at[i].id : NULL;
}

static int show(struct app *app, const struct host *host, const char *subject,
		const struct comparison *cmp, const char *unfinished, struct err *e)
{
	struct view *v = view_open(&app->out, "verify", false);

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(v, host);
	view_verify(v, subject, cmp->drift, cmp->n_drift, cmp->n, unfinished);
	view_close(v, true);
	return cmp->n_drift || unfinished ? EXIT_NO : EXIT_YES;
}

/* A transaction that was named, and of which nothing is to be in force here. */
static int check_in_force(const struct transaction *tx, const struct host *host,
			  struct err *e)
{
	enum transaction_state state = transaction_state(tx, host);
	int r = 0;

	if (is_in_force(tx, host))
		return 0;
	if (state == TRANSACTION_COMMITTED || state == TRANSACTION_WAITING) {
		r = err_set(
			e, EXDEV,
			"transaction %s was made in another network namespace, net:[%lu]",
			tx->id, tx->netns_inode);
		err_hint(e, "name it with --netns; if it is gone, so are its values");
	} else {
		r = err_set(e, EINVAL, "transaction %s is not in force: its state is %s",
			    tx->id, transaction_state_key(state));
	}
	return r;
}

/* An undo in the middle of a stack may leave ports that the kernel will not take at boot. */
static bool note_ports(struct app *app, const struct journal *j)
{
	struct err e = { 0 };

	if (dropin_check_ports(j, NULL, 0, &e) == 0)
		return false;
	app_note(app, "%s", e.text);
	return true;
}

static void note_conflict(struct app *app, const struct transaction *tx,
			  const struct host *host)
{
	if (transaction_state(tx, host) != TRANSACTION_CONFLICT ||
	    !transaction_is_in_reach(tx, host))
		return;
	if (tx->is_dropin_conflict)
		app_note(
			app,
			"%s was edited before the rollback of %s, and the next boot reads "
			"it as it is",
			DROPIN_KEY, tx->id);
	if (tx->n_conflicts > tx->is_dropin_conflict)
		app_note(
			app,
			"rollback of %s left values of somebody else: finwait history %s",
			tx->id, tx->id);
}

/* What a rollback left alone is nobody's promise any more, but not forgotten. */
static void note_conflicts(struct app *app, const struct journal *j,
			   const struct host *host)
{
	for (size_t i = 0; i < j->n; i++)
		note_conflict(app, &j->at[i], host);
}

/* What waits is in force, and may not stay. */
static void note_waiting(struct app *app, const struct journal *j,
			 const struct host *host)
{
	ssize_t i = journal_waiting(j, host);

	if (i >= 0)
		app_note(app,
			 "transaction %s will be undone in %" PRId64
			 " s, unless finwait confirm %s keeps it",
			 j->at[i].id, transaction_seconds_left(&j->at[i], host),
			 j->at[i].id);
}

static bool has_persisted(const struct journal *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (transaction_is_persisted(&j->at[i]))
			return true;
	return false;
}

/* Would the drop-in still win at boot? A file may have come since. */
static bool note_rivals(struct app *app, const struct journal *j, const struct host *host)
{
	struct err e = { 0 };

	if (host->boot_netns == BOOT_NETNS_ELSEWHERE || !has_persisted(j) ||
	    persist_check_boot(app->machine.root_fd, j, NULL, 0, &e) != -EEXIST)
		return false;
	app_note(app, "%s", e.text);
	return true;
}

static int verify_applied(struct app *app, const struct journal *j,
			  const struct host *host, const size_t *only, struct err *e)
{
	struct comparison cmp = { 0 };
	const char *subject;
	int r = only ? check_in_force(&j->at[*only], host, e) : 0;

	for (size_t i = 0; i < j->n && r == 0; i++)
		if (!only || *only == i)
			r = compare_transaction(app, j, i, host, &cmp, e);
	if (r == 0 && !only)
		r = compare_dropin(app, j, host, &cmp, e);
	subject = only ? j->at[*only].id : "what is applied";
	if (r == 0 && !only)
		note_conflicts(app, j, host);
	if (r == 0)
		r = show(app, host, cmp.n ? subject : NULL, &cmp,
			 find_unfinished(j, host), e);
	if (r >= 0 && !only) {
		note_waiting(app, j, host);
		if (note_ports(app, j) | note_rivals(app, j, host))
			r = EXIT_NO;
	}
	comparison_done(&cmp);
	return r;
}

static int verify_profile(struct app *app, const char *name, const struct journal *j,
			  const struct host *host, struct err *e)
{
	struct problems problems = { 0 };
	struct comparison cmp = { 0 };
	struct profile p;
	int r = gather_profile(app, name, &p, &problems, e);

	for (size_t i = 0; i < p.settings.n && r == 0; i++) {
		size_t before = cmp.n_drift;

		r = compare(app, &cmp, &p.settings.at[i], e);
		/* apply skips a key this kernel does not have; so does this */
		if (r == 0 && cmp.n_drift > before && !cmp.drift[before].found) {
			app_note(app, "%s is absent here; skipped", p.settings.at[i].key);
			cmp.n_drift--;
			cmp.n--;
		}
	}
	if (r == 0)
		r = show(app, host, p.name, &cmp, find_unfinished(j, host), e);
	comparison_done(&cmp);
	problems_done(&problems);
	profile_done(&p);
	return r;
}

static int verify_named(struct app *app, const char *name, const struct journal *j,
			const struct host *host, struct err *e)
{
	size_t i;
	int r = journal_find(j, name, &i, e);

	if (r == -ENOENT)
		return verify_profile(app, name, j, host, e);
	return r < 0 ? r : verify_applied(app, j, host, &i, e);
}

/*
 * What was cut off or is overdue is settled first, by whoever may; else it is reported. *w is
 * open for writing then, and what was read before is gone.
 */
static int settle_first(struct app *app, const struct arguments *args, struct writer *w,
			struct err *e)
{
	const struct transact t = { .store = &w->store,
				    .root_fd = app->machine.root_fd,
				    .host = &w->host };
	int r;

	if (!settle_is_due(&t) || machine_check_writable(&app->machine, NULL) < 0)
		return 0;
	store_close(&w->store);
	r = writer_open(w, app, args, WRITER_PATIENCE, e);
	if (r != -EACCES && r != -EPERM && r != -EROFS)
		return r;
	store_close(&w->store);
	return store_open(&w->store, app->state_dir, STORE_READ, NULL, e);
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct writer w = { .store = STORE_NONE };
	int r = writer_check_wait(args, e);

	if (r == 0)
		r = store_open(&w.store, app->state_dir, STORE_READ, NULL, e);
	machine_identify(&app->machine, &w.host);
	if (r == 0)
		r = settle_first(app, args, &w, e);
	if (r == 0 && args->n == 0)
		r = verify_applied(app, &w.store.journal, &w.host, NULL, e);
	else if (r == 0)
		r = verify_named(app, args->at[0], &w.store.journal, &w.host, e);
	if (r == EXIT_YES && w.settled.n_stuck)
		r = EXIT_NO;
	writer_close(&w);
	return r;
}

static const struct option_spec options[] = {
	WRITER_WAIT,
	{ NULL, NULL, NULL },
};

const struct command cmd_verify = {
	.name = "verify",
	.arguments = "[PROFILE | ID]",
	.help = "say whether applied values, or those of a profile, are in force",
	.details =
		"What was cut off or is past its deadline is undone first, and said.\n",
	.options = options,
	.max = 1,
	.run = run,
};
