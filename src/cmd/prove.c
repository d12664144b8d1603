/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/own.h"
#include "cmd/cmd.h"
#include "core/snapshot.h"
#include "core/trial.h"
#include "sys/clock.h"
#include "sys/trials.h"

enum { JOBS_MAX = 256, BAR_AFTER_MS = 2000 };

/* A knob of the user's and its value. */
struct wish {
	const char *key; /* dotted, of the catalogue */
	char text[24];	 /* as it is written */
	int64_t value;
	bool is_used;
};

/* The arm that was made for one. */
struct made {
	struct arm arm;
	char label[KNOB_KEY_MAX];
};

struct request {
	const struct trial **trials; /* owned; those that are asked for */
	size_t n_trials;
	struct wish *wishes; /* owned */
	size_t n_wishes;
	struct made *made;	/* owned: of each trial that takes one */
	struct trial_run *runs; /* owned; the runs of a trial stand together */
	size_t n_runs;
	bool is_long, is_all;
	int64_t jobs;
};

static void request_done(struct request *q)
{
	trials_done(q->runs, q->n_runs);
	free(q->trials);
	free(q->wishes);
	free(q->made);
	free(q->runs);
}

static int no_trial(const char *name, struct err *e)
{
	const char *names[64] = { NULL };
	own_text struct text about = { 0 };

	for (size_t i = 0; trials[i] && i < 63; i++)
		names[i] = trials[i]->name;
	err_set(e, ENOENT, "no trial '%s'", name);
	suggest(e, name, names, "", "finwait prove lists them");
	for (size_t i = 0; trials[i]; i++)
		if (trial_proves(trials[i], name))
			text_add(&about, " %s", trials[i]->name);
	if (about.at)
		err_hint(e, "of it are: finwait prove%s", about.at);
	return -ENOENT;
}

/* "NAME=VALUE": a plain number, which its trial's bounds judge. */
static int add_wish(struct request *q, const char *word, struct err *e)
{
	const char *equals = strchr(word, '=');
	own_free char *name = strndup(word, (size_t)(equals - word));
	struct wish *wish = &q->wishes[q->n_wishes];
	const struct knob *k = name ? catalogue_named(name) : NULL;

	if (!k) {
		err_set(e, ENOENT, "no knob '%s'", name ? name : word);
		k = name ? catalogue_nearest(name) : NULL;
		if (k)
			err_hint(e, "did you mean '%s'?", catalogue_short_name(k));
		return -ENOENT;
	}
	for (size_t i = 0; i < q->n_wishes; i++)
		if (strcmp(q->wishes[i].key, k->name) == 0)
			return usage_error(e, "prove", "'%s' is named twice", name);
	wish->key = k->name;
	if (!num_parse(equals + 1, INT32_MIN, INT32_MAX, &wish->value))
		return err_set(e, EINVAL, "'%s' takes a number, not '%s'", name,
			       equals + 1);
	snprintf(wish->text, sizeof(wish->text), "%s", equals + 1);
	q->n_wishes++;
	return 0;
}

static int add_trial(struct request *q, const char *name, struct err *e)
{
	const struct trial *trial = trial_find(name);

	if (!trial)
		return no_trial(name, e);
	for (size_t i = 0; i < q->n_trials; i++)
		if (q->trials[i] == trial)
			return 0;
	q->trials[q->n_trials++] = trial;
	return 0;
}

static int gather_words(struct request *q, const struct arguments *args, struct err *e)
{
	size_t n_trials = 0;
	int r = 0;

	while (trials[n_trials])
		n_trials++;
	q->trials = calloc(n_trials + 1, sizeof(struct trial *));
	q->wishes = calloc((size_t)args->n + 1, sizeof(*q->wishes));
	if (!q->trials || !q->wishes)
		return err_errno(e, ENOMEM, "cannot read the words");
	for (int i = 0; i < args->n && r == 0; i++)
		r = strchr(args->at[i], '=') ? add_wish(q, args->at[i], e)
					     : add_trial(q, args->at[i], e);
	if (r < 0)
		return r;
	if (q->is_all && q->n_trials)
		return usage_error(e, "prove",
				   "--all and the name of a trial exclude each other");
	if (q->is_long && q->n_trials == 0)
		q->is_all = true;
	if (q->n_wishes && q->n_trials == 0)
		return usage_error(e, "prove",
				   "a value goes with the trial that takes it");
	for (size_t i = 0; q->is_all && i < n_trials; i++)
		q->trials[q->n_trials++] = trials[i];
	return 0;
}

/* The value the user has for the trial's knob. NULL: none. */
static struct wish *find_wish(const struct request *q, const struct trial *trial)
{
	const struct knob *k = trial->knob ? catalogue_named(trial->knob) : NULL;

	for (size_t i = 0; k && i < q->n_wishes; i++)
		if (strcmp(q->wishes[i].key, k->name) == 0)
			return &q->wishes[i];
	return NULL;
}

static void add_run(struct request *q, const struct trial *trial, const struct arm *arm)
{
	q->runs[q->n_runs++] = (struct trial_run){ .trial = trial, .arm = arm };
}

/* The arm for a value of the user's, in place of the treatments. */
static int make_arm(const struct trial *trial, struct wish *wish, struct made *ret,
		    struct err *e)
{
	if (wish->value < trial->knob_min || wish->value > trial->knob_max)
		return err_set(e, ERANGE,
			       "the trial '%s' takes %s from %" PRId64 " to %" PRId64
			       ", not %s",
			       trial->name, trial->knob, trial->knob_min, trial->knob_max,
			       wish->text);
	wish->is_used = true;
	trial->make(wish->value, &ret->arm);
	for (struct trial_setting *s = ret->arm.set; s->key; s++)
		if (strcmp(s->key, wish->key) == 0)
			s->value = wish->text;
	snprintf(ret->label, sizeof(ret->label), "%s = %s", trial->knob, wish->text);
	ret->arm.label = ret->label;
	ret->arm.role = ARM_TREATMENT;
	return 0;
}

static int add_runs_of(struct request *q, const struct trial *trial, struct made *made,
		       struct err *e)
{
	struct wish *wish = find_wish(q, trial);
	int r;

	for (const struct arm *arm = trial->arms; arm->label; arm++)
		if ((q->is_long || !arm->is_long) && (!wish || arm->role == ARM_CONTROL))
			add_run(q, trial, arm);
	if (!wish)
		return 0;
	r = make_arm(trial, wish, made, e);
	if (r == 0)
		add_run(q, trial, &made->arm);
	return r;
}

static int nobody_takes(const char *key, struct err *e)
{
	if (catalogue_find(key)->scope == KNOB_HOST)
		return err_set(e, EPERM,
			       "'%s' is one for the whole host, which no trial touches",
			       key);
	return usage_error(e, "prove", "none of these trials takes '%s'", key);
}

static int plan_runs(struct request *q, struct err *e)
{
	size_t n = q->n_trials;

	for (size_t i = 0; i < q->n_trials; i++)
		for (const struct arm *arm = q->trials[i]->arms; arm->label; arm++)
			n++;
	q->runs = calloc(n, sizeof(*q->runs));
	q->made = calloc(q->n_trials, sizeof(*q->made));
	if (!q->runs || !q->made)
		return err_errno(e, ENOMEM, "cannot plan %zu trials", q->n_trials);
	for (size_t i = 0; i < q->n_trials; i++) {
		int r = add_runs_of(q, q->trials[i], &q->made[i], e);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < q->n_wishes; i++)
		if (!q->wishes[i].is_used)
			return nobody_takes(q->wishes[i].key, e);
	return 0;
}

static int list(struct app *app, struct err *e)
{
	struct view *v = view_open(&app->out, "prove", false);
	struct host host;

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	for (size_t i = 0; trials[i]; i++)
		view_trial_row(v, trials[i]);
	view_close(v, true);
	return EXIT_YES;
}

/* Draws the bar, once it is worth one. */
struct progress {
	const struct output *out;
	int64_t began_ms;
	bool is_drawn;
};

static void tell(void *to, size_t done, size_t n, int64_t left_ms)
{
	struct progress *p = to;
	int64_t spent_ms = clock_monotonic_ms() - p->began_ms;

	if (!p->is_drawn && spent_ms + left_ms < BAR_AFTER_MS)
		return;
	p->is_drawn = true;
	view_progress(p->out, done, n, left_ms);
}

static int run_all(struct app *app, struct request *q, unsigned hz, struct err *e)
{
	struct progress p = { .out = &app->out, .began_ms = clock_monotonic_ms() };
	const struct trial_watcher watcher = { tell, &p };
	int r = trials_run(q->runs, q->n_runs, (unsigned)q->jobs, hz, &watcher, e);

	if (p.is_drawn)
		view_progress(&app->out, 0, 0, 0);
	return r;
}

static int exit_status(enum verdict verdict)
{
	static const int statuses[] = { [VERDICT_CONFIRMED] = EXIT_YES,
					[VERDICT_NOT_RUN] = EXIT_TROUBLE,
					[VERDICT_REFUTED] = EXIT_NO };

	return statuses[verdict];
}

/* The runs of one trial stand together. */
static size_t runs_of_one(const struct request *q, size_t first)
{
	size_t n = 1;

	while (first + n < q->n_runs && q->runs[first + n].trial == q->runs[first].trial)
		n++;
	return n;
}

/* The verdicts; of all trials, in whole only those that are not confirmed. */
static int show(const struct request *q, struct view *v, bool is_json, unsigned hz)
{
	int status = EXIT_YES;

	for (size_t i = 0, n; i < q->n_runs; i += n) {
		int one;

		n = runs_of_one(q, i);
		one = exit_status(trial_verdict(&q->runs[i], n, hz));
		status = one > status ? one : status;
		if (q->is_all)
			view_trial_verdict(v, &q->runs[i], n, hz);
		else
			view_trial(v, &q->runs[i], n, hz);
	}
	view_trial_verdicts_end(v);
	for (size_t i = 0, n; q->is_all && !is_json && i < q->n_runs; i += n) {
		n = runs_of_one(q, i);
		if (trial_verdict(&q->runs[i], n, hz) != VERDICT_CONFIRMED)
			view_trial(v, &q->runs[i], n, hz);
	}
	return status;
}

/* Where nothing at all could be run, for one reason, there is no verdict to be shown. */
static int check_run(const struct request *q, struct err *e)
{
	const struct outcome *first = q->runs[0].outcome;

	for (size_t i = 0; i < q->n_runs; i++)
		if (!q->runs[i].outcome->error || q->runs[i].outcome->is_left_out ||
		    strcmp(q->runs[i].outcome->why, first->why) != 0)
			return 0;
	return err_set(e, first->error, "%s", first->why);
}

static int prove(struct app *app, struct request *q, struct err *e)
{
	unsigned hz = clock_hz();
	struct host host;
	struct view *v;
	int r = run_all(app, q, hz, e);

	if (r == 0)
		r = check_run(q, e);
	if (r < 0)
		return r;
	v = view_open(&app->out, "prove", false);
	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	r = show(q, v, app->out.is_json, hz);
	view_close(v, true);
	return r;
}

static int read_jobs(const struct arguments *args, int64_t *ret, struct err *e)
{
	const char *jobs = args_value(args, "jobs");

	if (!jobs || num_parse(jobs, 1, JOBS_MAX, ret))
		return 0;
	return err_set(e, EINVAL, "--jobs takes 1 to %d, not '%s'", JOBS_MAX, jobs);
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct request q = { .is_all = args_has(args, "all"),
			     .is_long = args_has(args, "long"),
			     .jobs = JOBS_MAX };
	int r = read_jobs(args, &q.jobs, e);

	if (r == 0)
		r = gather_words(&q, args, e);
	if (r == 0 && q.n_trials == 0)
		r = list(app, e);
	else if (r == 0)
		r = plan_runs(&q, e);
	if (r == 0 && q.n_runs)
		r = prove(app, &q, e);
	request_done(&q);
	return r;
}

static const struct option_spec options[] = {
	{ "all", NULL, "every trial in its short form" },
	{ "long", NULL, "at full length: to the last second of a TIME_WAIT" },
	{ "jobs", "N", "how many experiments at once (default: all)" },
	{ NULL, NULL, NULL },
};

const struct command cmd_prove = {
	.name = "prove",
	.arguments = "[TRIAL... [KNOB=VALUE]...]",
	.help = "measure in scratch network namespaces what a knob does; without TRIAL list "
		"the trials",
	.details =
		"\nThe host's own sysctls and connections are never touched.\n"
		"Exit status: 0 confirmed, 1 this kernel differs, 2 it could not be run.\n",
	.options = options,
	.max = INT_MAX,
	.flags = COMMAND_SECLUDED,
	.run = run,
};
