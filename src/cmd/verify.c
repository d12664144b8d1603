/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "core/journal.h"
#include "core/problem.h"
#include "sys/procfs.h"
#include "sys/store.h"

/* Expected values against those found; the strings are borrowed but for what was read. */
struct comparison {
	struct drift *drift;
	char **found; /* owned */
	size_t n_drift;
	size_t n; /* compared */
};

static int compare(const struct app *app, struct comparison *cmp,
		   const struct setting *wanted, struct err *e)
{
	struct reading now;
	int r = procfs_read_knob(app->machine.root_fd, wanted->key, &now);
	struct drift *drift;
	char **found;

	if (r < 0 && r != -ENOENT)
		return err_errno(e, -r, "cannot read '%s'", wanted->key);
	cmp->n++;
	if (now.value && setting_is_met(wanted, catalogue_find(wanted->key), now.value)) {
		free(now.value);
		return 0;
	}
	drift = realloc(cmp->drift, (cmp->n_drift + 1) * sizeof(*drift));
	if (drift)
		cmp->drift = drift;
	found = realloc(cmp->found, (cmp->n_drift + 1) * sizeof(*found));
	if (found)
		cmp->found = found;
	if (!drift || !found) {
		free(now.value);
		return err_errno(e, ENOMEM, "cannot compare '%s'", wanted->key);
	}
	found[cmp->n_drift] = now.value;
	drift[cmp->n_drift++] = (struct drift){
		.key = wanted->key,
		.operator= setting_op_text(wanted->op),
		.expected = wanted->value,
		.found = now.value,
	};
	return 0;
}

static void comparison_done(struct comparison *cmp)
{
	for (size_t i = 0; i < cmp->n_drift; i++)
		free(cmp->found[i]);
	free(cmp->found);
	free(cmp->drift);
}

/* The values of a transaction that are still its own. */
static int compare_transaction(const struct app *app, const struct journal *j, size_t i,
			       const struct host *host, struct comparison *cmp,
			       struct err *e)
{
	const struct transaction *tx = &j->at[i];
	int r = 0;

	if (transaction_state(tx, host) != TRANSACTION_COMMITTED ||
	    !transaction_is_ours(tx, host))
		return 0;
	for (size_t k = 0; k < tx->plan.n && r == 0; k++) {
		const struct change *c = &tx->plan.at[k];
		const struct setting wanted = { .key = c->key, .value = c->to };

		if (journal_owner(j, host, c->key) == c)
			r = compare(app, cmp, &wanted, e);
	}
	return r;
}

static const char *find_unfinished(const struct journal *j, const struct host *host)
{
	ssize_t i = journal_unfinished(j, j->n, host);

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

	if (state == TRANSACTION_COMMITTED && !transaction_is_ours(tx, host)) {
		r = err_set(
			e, EXDEV,
			"transaction %s was made in another network namespace, net:[%lu]",
			tx->id, tx->netns_inode);
		err_hint(e, "name it with --netns; if it is gone, so are its values");
	} else if (state != TRANSACTION_COMMITTED) {
		r = err_set(e, EINVAL, "transaction %s is not in force: its state is %s",
			    tx->id, transaction_state_key(state));
	}
	return r;
}

/* What a rollback left alone is nobody's promise any more, but not forgotten. */
static void note_conflicts(struct app *app, const struct journal *j,
			   const struct host *host)
{
	for (size_t i = 0; i < j->n; i++)
		if (transaction_state(&j->at[i], host) == TRANSACTION_CONFLICT &&
		    transaction_is_ours(&j->at[i], host))
			app_note(app,
				 "rollback of %s left values of somebody else: finwait "
				 "history %s",
				 j->at[i].id, j->at[i].id);
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
	subject = only ? j->at[*only].id : "what is applied";
	if (r == 0 && !only)
		note_conflicts(app, j, host);
	if (r == 0)
		r = show(app, host, cmp.n ? subject : NULL, &cmp,
			 find_unfinished(j, host), e);
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

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct store store;
	struct host host;
	int r = store_open(&store, app->state_dir, STORE_READ, e);

	machine_identify(&app->machine, &host);
	if (r == 0 && args->n == 0)
		r = verify_applied(app, &store.journal, &host, NULL, e);
	else if (r == 0)
		r = verify_named(app, args->at[0], &store.journal, &host, e);
	store_close(&store);
	return r;
}

const struct command cmd_verify = {
	.name = "verify",
	.arguments = "[PROFILE | ID]",
	.help = "say whether applied values, or those of a profile, are in force",
	.max = 1,
	.run = run,
};
