/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/cmd.h"
#include "cmd/foresight.h"
#include "cmd/gather.h"
#include "cmd/persist.h"
#include "cmd/writer.h"
#include "core/journal.h"
#include "core/problem.h"
#include "sys/guardian.h"
#include "sys/login.h"
#include "sys/procfs.h"

enum { CONFIRM_MAX = 7 * 86400 };

/* What is asked for, and what came of it. */
struct request {
	struct settings settings;
	struct consent consent;
	char *profile; /* owned; NULL: --set */
	char *login;   /* owned; NULL: unknown */
	const char *reason;
	int64_t confirm; /* seconds; 0: at once for good */
	bool is_dry;
	struct plan plan;
	struct keep *keeps; /* owned, its strings the plan's */
	size_t n_keeps;
	struct foresight foresight; /* of a dry run */
	ssize_t done; /* index of the transaction; -1: nothing was to be done */
};

static void request_done(struct request *request)
{
	settings_done(&request->settings);
	free(request->profile);
	free(request->login);
	plan_done(&request->plan);
	free(request->keeps);
	foresight_done(&request->foresight);
}

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
		return usage_error(
			e, "apply",
			"apply takes a profile or --set KEY=VALUE, one of the two");
	if (args->n > 0 && strchr(args->at[0], '=') && !strchr(args->at[0], '/'))
		return usage_error(e, "apply",
				   "'%s' is no profile; a setting stands behind --set",
				   args->at[0]);
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

static void fill_transaction(const struct app *app, const struct request *request,
			     const struct writer *w, struct transaction *tx)
{
	*tx = (struct transaction){
		.when = app->now,
		.netns_inode = w->host.netns_inode,
		.netns_cookie = w->host.netns_cookie,
		.uid = getuid(),
		/* borrowed: the engine only writes them down */
		.login = request->login ? request->login : (char *)"",
		.command = (char *)app->command_line,
		.profile = request->profile ? request->profile : (char *)"",
		.reason = (char *)request->reason,
		.plan = request->plan,
		.keeps = request->keeps,
		.n_keeps = request->n_keeps,
	};
	if (request->confirm)
		tx->deadline_ms = w->host.boottime_ms + request->confirm * 1000;
	memcpy(tx->boot_id, w->host.boot_id, sizeof(tx->boot_id));
}

/* A transaction that could not be settled keeps its keys, and no others. */
static int check_stuck(const struct writer *w, const struct request *request,
		       struct err *e)
{
	bool is_stuck = w->settled.n_stuck && request->consent.is_persistent;

	for (size_t i = 0; i < request->plan.n && !is_stuck; i++)
		is_stuck = journal_is_stuck(&w->store.journal, &w->host,
					    request->plan.at[i].key);
	if (!is_stuck)
		return 0;
	*e = w->settled.trouble;
	return -e->code;
}

/* One change waits at a time: else nobody could say what "confirm" keeps. */
static int check_waiting(const struct writer *w, const struct request *request,
			 struct err *e)
{
	ssize_t i = journal_waiting(&w->store.journal, &w->host);

	if (!request->confirm || i < 0)
		return 0;
	err_set(e, EBUSY,
		"transaction %s waits for confirmation already, for another %" PRId64
		" s",
		w->store.journal.at[i].id,
		transaction_seconds_left(&w->store.journal.at[i], &w->host));
	err_hint(e, "finwait confirm %s keeps it, finwait rollback %s undoes it",
		 w->store.journal.at[i].id, w->store.journal.at[i].id);
	return -EBUSY;
}

/* What --persist asks for, once the plan is known; nothing where it is there already. */
static int plan_persistence(const struct transact *t, struct request *request,
			    struct err *e)
{
	int r;

	if (!request->consent.is_persistent)
		return 0;
	free(request->keeps);
	r = persist_make(&request->plan, &request->keeps, &request->n_keeps, e);
	if (r == 0)
		r = persist_check(t, request->keeps, request->n_keeps, e);
	if (r == 0 &&
	    persist_is_done(&t->store->journal, request->keeps, request->n_keeps))
		request->n_keeps = 0;
	return r;
}

static int check(const struct app *app, const struct request *request, struct err *e)
{
	int r = plan_check(&request->plan, &request->consent, request->profile != NULL,
			   e);

	return r < 0 || request->is_dry ? r : check_writable(app, &request->plan, e);
}

static int transact(struct app *app, struct writer *w, struct request *request,
		    struct err *e)
{
	struct guardian guardian = { .state_dir = app->state_dir,
				     .root_dir = app->root_dir };
	struct transaction tx;
	int r;

	if (!plan_has_work(&request->plan) && request->n_keeps == 0)
		return 0;
	fill_transaction(app, request, w, &tx);
	r = transact_apply(&w->transact, &tx, &guardian, e);
	if (guardian.note[0])
		app_note(app, "%s", guardian.note);
	if (r < 0)
		return r;
	request->done = (ssize_t)w->store.journal.n - 1;
	snprintf(app->in_force, sizeof(app->in_force),
		 "; transaction %s is in force%s, finwait rollback %s undoes it", tx.id,
		 tx.deadline_ms ? " until its deadline, finwait confirm keeps it" : "",
		 tx.id);
	return 0;
}

/*
 * Writes: the lock, what was cut off before, a fresh plan under the lock, and the
 * transaction.
 */
static int carry_out(struct app *app, struct writer *w, const struct arguments *args,
		     struct request *request, struct err *e)
{
	int r = writer_open(w, app, args, WRITER_PATIENCE, e);

	if (r == 0)
		r = check_waiting(w, request, e);
	if (r == 0) {
		plan_done(&request->plan);
		r = gather_plan(app, &request->settings, &request->plan, NULL, e);
	}
	if (r == 0)
		r = check_stuck(w, request, e);
	if (r == 0)
		r = check(app, request, e);
	if (r == 0)
		r = plan_persistence(&w->transact, request, e);
	return r < 0 ? r : transact(app, w, request, e);
}

/* A dry run takes no lock and settles nothing, but knows that apply will. */
static int look_ahead(struct app *app, struct writer *w, struct request *request,
		      struct err *e)
{
	const struct transact t = { .store = &w->store,
				    .root_fd = app->machine.root_fd,
				    .host = &w->host };
	int r = store_open(&w->store, app->state_dir, STORE_READ, NULL, e);

	if (r < 0)
		return r;
	if (journal_unsettled(&w->store.journal, w->store.journal.n, &w->host) >= 0) {
		app_note(
			app,
			"a transaction was cut off or is overdue; apply will undo it first, and plan again");
		return 0;
	}
	r = check_waiting(w, request, e);
	if (r == 0)
		r = plan_persistence(&t, request, e);
	return r;
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

static int show(struct app *app, struct writer *w, const struct request *request,
		struct err *e)
{
	struct view *v = view_open(&app->out, "apply", false);

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	/* what is left of a deadline is left from now on */
	machine_read_clocks(&w->host);
	view_begin(v, &w->host);
	if (request->is_dry)
		view_dry_run(v, request->profile, &request->plan, request->n_keeps,
			     &request->foresight.predictions);
	else
		view_apply(v,
			   request->done < 0 ? NULL : &w->store.journal.at[request->done],
			   request->profile, &request->plan, &w->host);
	view_close(v, true);
	note_skipped(app, &request->plan);
	return 0;
}

static int apply(struct app *app, const struct arguments *args, struct request *request,
		 struct err *e)
{
	struct writer w = { .store = STORE_NONE };
	int r = gather_plan(app, &request->settings, &request->plan, &w.host, e);

	if (r == 0)
		r = check(app, request, e);
	/*
	 * also where nothing is to be written: what was cut off before must not be taken
	 * for what is wanted
	 */
	if (r == 0 && request->is_dry)
		r = look_ahead(app, &w, request, e);
	else if (r == 0)
		r = carry_out(app, &w, args, request, e);
	if (r == 0 && request->is_dry)
		r = foresight_take(app, &request->plan, &request->foresight, e);
	if (r == 0)
		r = show(app, &w, request, e);
	writer_close(&w);
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	const char *reason = args_value(args, "reason");
	struct request request = {
		.consent = { .accept_risk = args_has(args, "accept-risk"),
			     .allow_unrated = args_has(args, "allow-unrated"),
			     .force = args_has(args, "force"),
			     .require_all = args_has(args, "require-all"),
			     .is_persistent = args_has(args, "persist") },
		.is_dry = args_has(args, "dry-run"),
		.reason = reason ? reason : "",
		.login = login_name(),
		.done = -1,
	};
	int r = 0;

	if (args_has(args, "force") && args->n > 0)
		r = usage_error(e, "apply",
				"--force goes with --set, not with a profile");
	if (r == 0)
		r = writer_check_wait(args, e);
	if (r == 0)
		r = args_seconds(args, "confirm", 1, CONFIRM_MAX, &request.confirm, e);
	if (r == 0)
		r = gather_settings(app, args, &request.settings, &request.profile, e);
	if (r == 0)
		r = apply(app, args, &request, e);
	request_done(&request);
	return r;
}

static const struct option_spec options[] = {
	{ "set", "KEY=VALUE", "a value instead of a profile; may be repeated" },
	{ "confirm", "SECONDS", "undo it then, unless finwait confirm keeps it" },
	{ "persist", NULL, "also over a reboot: write a drop-in below /etc/sysctl.d" },
	{ "dry-run", NULL, "show the changes and what they do, and write nothing" },
	{ "accept-risk", NULL, "also values with a known risk" },
	{ "allow-unrated", NULL, "also keys finwait has no knowledge of" },
	{ "force", NULL, "with --set: also values no profile may carry" },
	{ "require-all", NULL, "refuse if a key is absent or read-only here" },
	{ "reason", "TEXT", "why; kept in the history" },
	WRITER_WAIT,
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
