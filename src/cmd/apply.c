/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "core/journal.h"
#include "core/problem.h"
#include "sys/login.h"
#include "sys/procfs.h"
#include "sys/store.h"
#include "sys/transact.h"

/* Splits "KEY=VALUE" and adds it. */
static int add_set(struct settings *settings, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');
	const struct knob *near;
	own_free char *key = NULL;
	int r;

	if (!equals || equals == text)
		return usage_error(e, "apply", "--set takes KEY=VALUE, not '%s'", text);
	key = strndup(text, (size_t)(equals - text));
	if (!key)
		return err_errno(e, ENOMEM, "cannot keep '%s'", text);
	if (settings_find(settings, key))
		return err_set(e, EINVAL, "--set names '%s' twice", key);
	r = settings_add(settings, key, equals + 1, "--set", 0, e);
	near = catalogue_nearest(key);
	if (r < 0 && !strchr(key, '.') && near)
		err_hint(e, "did you mean '%s'?", near->name);
	return r;
}

static int gather_settings(const struct app *app, const struct arguments *args,
			   struct settings *ret, char **ret_profile, struct err *e)
{
	struct problems problems = { 0 };
	struct profile p = { 0 };
	int r = 0;

	if (args_has(args, "set") == (args->n > 0))
		return usage_error(e, "apply",
				   "apply takes a profile or --set, one of the two");
	for (size_t i = 0; i < args->n_given && r == 0; i++)
		if (strcmp(args->given[i].spec->name, "set") == 0)
			r = add_set(ret, args->given[i].value, e);
	if (args->n > 0) {
		r = gather_profile(app, args->at[0], &p, &problems, e);
		if (r == 0) {
			*ret = p.settings;
			p.settings = (struct settings){ 0 };
			*ret_profile = take(p.name);
		}
	}
	problems_done(&problems);
	profile_done(&p);
	return r;
}

/* A change the mount or the user does not allow is found before anything is written down.
 */
static int check_writable(const struct app *app, const struct plan *plan, struct err *e)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct change *c = &plan->at[i];
		int r = c->state == CHANGE_TODO
				? procfs_probe_knob(app->machine.root_fd, c->key)
				: 0;

		if (r == -EROFS) {
			err_set(e, EROFS,
				"cannot write '%s': /proc/sys is read-only here", c->key);
			err_hint(e, "in a container, apply on its host with --netns PID");
			return r;
		}
		if (r < 0) {
			err_errno(e, -r, "cannot write '%s'", c->key);
			if (r == -EACCES || r == -EPERM)
				err_hint(e, "run as root");
			return r;
		}
	}
	return 0;
}

static void fill_transaction(const struct app *app, const struct arguments *args,
			     const struct host *host, const char *profile, char *login,
			     const struct plan *plan, struct transaction *tx)
{
	const char *reason = args_value(args, "reason");

	*tx = (struct transaction){
		.when = app->now,
		.netns_inode = host->netns_inode,
		.netns_cookie = host->netns_cookie,
		.uid = getuid(),
		.login = login,
		/* borrowed: the engine only writes them down */
		.command = (char *)app->command_line,
		.profile = (char *)(profile ? profile : ""),
		.reason = (char *)(reason ? reason : ""),
		.plan = *plan,
	};
	memcpy(tx->boot_id, host->boot_id, sizeof(tx->boot_id));
}

static void note_settled(struct app *app, const struct settled *settled)
{
	if (settled->n)
		app_note(app, "settled first: %zu transaction%s cut off before, undone",
			 settled->n, settled->n > 1 ? "s" : "");
	if (settled->n_stuck)
		app_note(app, "%s", settled->trouble.text);
	if (settled->n_conflicts)
		app_note(app,
			 "settling left %zu value%s alone that somebody else changed; "
			 "see history",
			 settled->n_conflicts, settled->n_conflicts > 1 ? "s" : "");
}

/* A transaction that could not be settled keeps its keys, and no others. */
static int check_stuck(const struct journal *j, const struct host *host,
		       const struct plan *plan, const struct settled *settled,
		       struct err *e)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (!journal_is_stuck(j, host, plan->at[i].key))
			continue;
		*e = settled->trouble;
		return -e->code;
	}
	return 0;
}

/*
 * Writes: the lock, what was cut off before, a fresh plan under the lock, and the
 * transaction.
 */
static int carry_out(struct app *app, const struct arguments *args,
		     const struct settings *settings, const struct consent *consent,
		     const char *profile, struct plan *plan, char *ret_id, struct err *e)
{
	own_free char *login = login_name();
	struct settled settled;
	struct transaction tx;
	struct store store;
	struct host host;
	int r = store_open(&store, app->state_dir, STORE_WRITE, e);

	if (r == -EACCES)
		err_hint(e, "run as root");
	machine_identify(&app->machine, &host);
	if (r == 0)
		r = machine_check_identity(&host, e);
	if (r == 0) {
		transact_settle(&store, app->machine.root_fd, &host, &settled);
		note_settled(app, &settled);
		plan_done(plan);
		r = gather_plan(app, settings, plan, &host, e);
	}
	if (r == 0)
		r = check_stuck(&store.journal, &host, plan, &settled, e);
	if (r == 0)
		r = plan_check(plan, consent, profile != NULL, e);
	if (r == 0)
		r = check_writable(app, plan, e);
	if (r == 0 && plan_has_work(plan)) {
		fill_transaction(app, args, &host, profile, login ? login : "", plan,
				 &tx);
		r = transact_apply(&store, app->machine.root_fd, &tx, e);
		memcpy(ret_id, tx.id, sizeof(tx.id));
		if (r == 0)
			snprintf(app->in_force, sizeof(app->in_force),
				 "; transaction %s is in force, finwait rollback %s "
				 "undoes it",
				 tx.id, tx.id);
	}
	store_close(&store);
	return r;
}

/* A dry run takes no lock and settles nothing, but knows that apply will. */
static void note_unfinished(struct app *app, const struct host *host)
{
	struct store store;

	if (store_open(&store, app->state_dir, STORE_READ, NULL) == 0 &&
	    journal_unfinished(&store.journal, store.journal.n, host) >= 0)
		app_note(
			app,
			"a transaction was cut off; apply will undo it first, and plan again");
	store_close(&store);
}

static void note_skipped(struct app *app, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->at[i].state == CHANGE_ABSENT ||
		    plan->at[i].state == CHANGE_READ_ONLY)
			app_note(app, "%s is %s here; skipped", plan->at[i].key,
				 plan->at[i].state == CHANGE_ABSENT ? "absent"
								    : "read-only");
}

static int apply(struct app *app, const struct arguments *args,
		 const struct settings *settings, const char *profile, struct err *e)
{
	const struct consent consent = {
		.accept_risk = args_has(args, "accept-risk"),
		.allow_unrated = args_has(args, "allow-unrated"),
		.force = args_has(args, "force"),
		.require_all = args_has(args, "require-all"),
	};
	bool is_dry = args_has(args, "dry-run");
	char id[TRANSACTION_ID_SIZE] = "";
	struct plan plan = { 0 };
	struct view *v = NULL;
	struct host host;
	int r = gather_plan(app, settings, &plan, &host, e);

	if (r == 0)
		r = plan_check(&plan, &consent, profile != NULL, e);
	if (r == 0 && !is_dry)
		r = check_writable(app, &plan, e);
	/*
	 * also where nothing is to be written: what was cut off before must not be taken
	 * for what is wanted
	 */
	if (r == 0 && !is_dry)
		r = carry_out(app, args, settings, &consent, profile, &plan, id, e);
	if (r == 0) {
		v = view_open(&app->out, "apply", false);
		r = v ? 0 : err_errno(e, ENOMEM, "cannot print");
	}
	if (r == 0) {
		view_begin(v, &host);
		if (is_dry)
			note_unfinished(app, &host);
		if (is_dry)
			view_dry_run(v, profile, &plan);
		else
			view_apply(v, id[0] ? id : NULL, profile, &plan);
		view_close(v, true);
		note_skipped(app, &plan);
	}
	plan_done(&plan);
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	own_free char *profile = NULL;
	struct settings settings = { 0 };
	int r = 0;

	if (args_has(args, "force") && args->n > 0)
		return usage_error(e, "apply",
				   "--force goes with --set, not with a profile");
	r = gather_settings(app, args, &settings, &profile, e);
	if (r == 0)
		r = apply(app, args, &settings, profile, e);
	settings_done(&settings);
	return r;
}

static const struct option_spec options[] = {
	{ "set", "KEY=VALUE", "a value instead of a profile; may be repeated" },
	{ "dry-run", NULL, "show the changes and write nothing, anywhere" },
	{ "accept-risk", NULL, "also values with a known risk" },
	{ "allow-unrated", NULL, "also keys finwait has no knowledge of" },
	{ "force", NULL, "with --set: also values no profile may carry" },
	{ "require-all", NULL, "refuse if a key is absent or read-only here" },
	{ "reason", "TEXT", "why; kept in the history" },
	{ NULL, NULL, NULL },
};

const struct command cmd_apply = {
	.name = "apply",
	.arguments = "PROFILE | --set KEY=VALUE...",
	.help = "change knobs, all or nothing, so that it can be undone",
	.options = options,
	.max = 1,
	.flags = COMMAND_CHANGES,
	.run = run,
};
