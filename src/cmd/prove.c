/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "cmd/cmd.h"
#include "cmd/errand.h"
#include "core/snapshot.h"
#include "sys/clock.h"
#include "sys/trials.h"

enum { JOBS_MAX = 256, BAR_AFTER_MS = 2000, ANNOUNCED_MS = 60000 };

static int list(struct app *app, struct err *e)
{
	struct view *v = view_open(&app->out, "prove", false);
	struct host host;

	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	view_trial_list(v);
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

/* Where no bar is drawn, and it takes a while, who waits is told for how long. */
static void announce(const struct app *app, const struct errand *q)
{
	unsigned most_ms = 0;
	char line[80];

	for (size_t i = 0; i < q->n_runs; i++)
		if (q->runs[i].arm->about_ms > most_ms)
			most_ms = q->runs[i].arm->about_ms;
	if (most_ms < ANNOUNCED_MS || (app->out.can_redraw && !app->out.is_json))
		return;
	snprintf(line, sizeof(line), "this takes %u s or more", most_ms / 1000);
	app->say(line);
}

static int run_all(struct app *app, struct errand *q, unsigned jobs, unsigned hz,
		   struct err *e)
{
	struct progress p = { .out = &app->out, .began_ms = clock_monotonic_ms() };
	const struct trial_watcher watcher = { tell, &p };
	int r;

	announce(app, q);
	r = trials_run(q->runs, q->n_runs, jobs, hz, &watcher, e);

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

static int show(const struct errand *q, struct view *v, unsigned hz)
{
	int status = EXIT_YES;

	for (size_t i = 0, n; i < q->n_runs; i += n) {
		int one;

		n = trial_runs_of_first(&q->runs[i], q->n_runs - i);
		one = exit_status(trial_verdict(&q->runs[i], n, hz));
		status = one > status ? one : status;
		if (!q->is_all)
			view_trial(v, &q->runs[i], n, hz);
	}
	if (q->is_all)
		view_trials(v, q->runs, q->n_runs, hz);
	return status;
}

/* Where nothing at all could be run, for one reason, there is no verdict to be shown. */
static int check_run(const struct errand *q, struct err *e)
{
	const struct outcome *first = q->runs[0].outcome;

	for (size_t i = 0; i < q->n_runs; i++)
		if (!q->runs[i].outcome->error || q->runs[i].outcome->is_left_out ||
		    strcmp(q->runs[i].outcome->why, first->why) != 0)
			return 0;
	return err_set(e, first->error, "%.*s", (int)sizeof(e->text) - 1, first->why);
}

static int prove(struct app *app, struct errand *q, unsigned jobs, struct err *e)
{
	unsigned hz = clock_hz();
	struct host host;
	struct view *v;
	int r = run_all(app, q, jobs, hz, e);

	if (r == 0)
		r = check_run(q, e);
	if (r < 0)
		return r;
	v = view_open(&app->out, "prove", false);
	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	r = show(q, v, hz);
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
	struct errand q = { 0 };
	int64_t jobs = JOBS_MAX;
	int r = read_jobs(args, &jobs, e);

	if (r == 0)
		r = errand_read(&q, args, e);
	if (r == 0 && q.n_trials == 0 && args_has(args, "jobs"))
		r = usage_error(e, "prove",
				"--jobs goes with --all or the name of a trial");
	if (r == 0)
		r = q.n_trials ? prove(app, &q, (unsigned)jobs, e) : list(app, e);
	trials_done(q.runs, q.n_runs);
	errand_done(&q);
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
