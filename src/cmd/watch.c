/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/num.h"
#include "cmd/cmd.h"
#include "core/closers.h"
#include "core/owners.h"
#include "core/snapshot.h"
#include "core/socket.h"
#include "sys/clock.h"
#include "sys/pace.h"
#include "sys/procs.h"
#include "sys/survey.h"
#include "sys/terminal.h"

enum { INTERVAL_MIN_MS = 100, INTERVAL_MAX_MS = 3600000, LINES_A_HEADING = 20 };

struct watch {
	struct app *app;
	int64_t interval_ms;
	int64_t count; /* intervals; 0: without an end */

	/* the last reading, and the one before */
	struct snapshot at[2];
	int64_t begun_ms[2]; /* its dump, by the monotonic clock; 0: there is none */
	unsigned now;
	struct closers closers;
	struct err unattributed; /* its sentence says why; "" while all is well */
	bool has_looked;	 /* at the processes */
	size_t n_hidden;	 /* of them, when it looked last */

	struct drawn drawn;
	uint64_t n_lines;
};

static int parse(struct watch *w, const struct arguments *args, struct err *e)
{
	const char *interval = args_value(args, "interval");
	const char *count = args_value(args, "count");

	w->interval_ms = 1000;
	if (interval && !num_parse_thousandths(interval, INTERVAL_MIN_MS, INTERVAL_MAX_MS,
					       &w->interval_ms))
		return usage_error(e, "watch",
				   "--interval takes 0.1 to 3600 seconds, not '%s'",
				   interval);
	if (count && !num_parse(count, 1, INT64_MAX, &w->count))
		return usage_error(e, "watch",
				   "--count takes a number from 1 on, not '%s'", count);
	if (!w->app->machine.is_live)
		return usage_error(e, "watch",
				   "a tree given by --root does not move: "
				   "watch needs the running machine");
	return 0;
}

static void take(void *to, const struct socket_row *row)
{
	closers_add(to, row);
}

static void take_anew(void *to)
{
	closers_restart(to);
}

/* Without processes the rest is told all the same. */
static int name_closers(struct watch *w, struct err *e)
{
	struct owners owners = { 0 };
	const char *reason = snapshot_unanswered(&w->at[w->now], "inet_diag");

	w->unattributed = (struct err){ 0 };
	if (reason)
		(void)err_set(&w->unattributed, ENODATA, "%s", reason);
	if (reason || (w->has_looked && w->closers.n_unasked == 0))
		return 0;
	if (procs_read(w->app->machine.root_fd, &owners, &w->unattributed) < 0)
		return w->unattributed.code == ENOMEM
			       ? err_set(e, ENOMEM, "%s", w->unattributed.text)
			       : 0;
	w->has_looked = true;
	w->n_hidden = owners.n_hidden;
	closers_name(&w->closers, &owners);
	owners_done(&owners);
	return 0;
}

/* What was asked for, and under --strict all of it. */
static int check(const struct watch *w, struct err *e)
{
	const struct snapshot *s = &w->at[w->now];

	if (!s->has_census)
		return err_set(e, ENODATA, "cannot count sockets: %s",
			       snapshot_unanswered(s, "sockets"));
	if (w->closers.is_short_of_memory)
		return err_errno(e, ENOMEM, "cannot remember the sockets");
	if (w->app->is_strict && s->n_unanswered)
		return err_set(e, ENODATA, "'%s' is unanswered: %s", s->unanswered[0].id,
			       s->unanswered[0].reason);
	if (w->app->is_strict && w->unattributed.text[0])
		return err_set(e, ENODATA, "%s", w->unattributed.text);
	return 0;
}

static int read_next(struct watch *w, struct err *e)
{
	const struct machine *m = &w->app->machine;
	const struct socket_taker taker = { take, take_anew, &w->closers };
	const struct survey survey = { .taker = &taker };
	struct snapshot *s = &w->at[!w->now];
	int64_t before_ms = w->begun_ms[w->now], now_ms;
	int r;

	w->now = !w->now;
	snapshot_done(s);
	r = machine_read(m, MACHINE_COUNTERS, s, e);
	if (r < 0)
		return r;
	now_ms = w->begun_ms[w->now] = clock_monotonic_ms();
	closers_begin(&w->closers, before_ms ? now_ms - before_ms : -1);
	r = survey_take(m, &survey, s, e);
	if (r == 0)
		r = name_closers(w, e);
	return r < 0 ? r : check(w, e);
}

static struct interval last_interval(const struct watch *w)
{
	bool has_before = w->begun_ms[!w->now];

	return (struct interval){
		.now = &w->at[w->now],
		.before = has_before ? &w->at[!w->now] : NULL,
		.wanted_ms = w->interval_ms,
		.elapsed_ms = has_before ? w->begun_ms[w->now] - w->begun_ms[!w->now] : 0,
		.closers = &w->closers,
		.unattributed = w->unattributed.text[0] ? w->unattributed.text : NULL,
		.n_hidden = w->n_hidden,
	};
}

/* 1: nobody can read it any more, which main.c tells. */
static int show(struct watch *w, struct err *e)
{
	const struct interval interval = last_interval(w);
	struct output *out = &w->app->out;
	struct view *v;

	terminal_size(&out->width, &out->height);
	/* a pipe gets a line an interval; a terminal shows at once what there is */
	if (!interval.before && !out->can_redraw)
		return 0;
	v = view_open(out, "watch", false);
	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	view_begin(v, &interval.now->host);
	if (out->can_redraw)
		view_watch_frame(v, &interval, &w->drawn);
	else
		view_watch(v, &interval, w->n_lines++ % LINES_A_HEADING == 0);
	view_close(v, true);
	return fflush(out->stream) != 0;
}

/* Until the next reading is due. 1: it is never. */
static int await(struct watch *w, int64_t due_ms, struct err *e)
{
	for (;;) {
		enum pace pace = pace_await(due_ms);
		int r = 0;

		if (pace == PACE_OVER)
			return 0;
		if (pace == PACE_STOPPED)
			return 1;
		if (!w->app->out.can_redraw)
			continue;
		if (pace == PACE_CONTINUED)
			w->drawn.rows = 0;
		r = show(w, e);
		if (r != 0)
			return r;
	}
}

static int watch(struct watch *w, struct err *e)
{
	int64_t due_ms = clock_monotonic_ms();

	for (int64_t n = 0;; n++) {
		int r = read_next(w, e);
		int64_t now_ms;

		if (r == 0)
			r = show(w, e);
		if (r != 0 || (w->count && n == w->count))
			return r;
		/* a machine that is slower than the interval is not run down */
		now_ms = clock_monotonic_ms();
		due_ms += w->interval_ms;
		if (due_ms < now_ms)
			due_ms = now_ms + w->interval_ms;
		r = await(w, due_ms, e);
		if (r != 0)
			return r;
	}
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct watch w = { .app = app };
	int r = parse(&w, args, e);

	if (r < 0)
		return r;
	app->out.is_line = true;
	app->out.can_redraw = app->out.can_redraw && !app->out.is_json;
	closers_init(&w.closers);
	pace_hold();
	r = watch(&w, e);
	/* the line the cursor stands on is empty, but for the terminal's own "^C" */
	if (w.drawn.rows > 0)
		fprintf(app->out.stream, "\r\033[K");
	closers_done(&w.closers);
	snapshot_done(&w.at[0]);
	snapshot_done(&w.at[1]);
	return r < 0 ? r : EXIT_YES;
}

static const struct option_spec options[] = {
	{ "interval", "SECONDS", "from one frame to the next: 0.1 to 3600, 1 without it",
	  'n' },
	{ "count", "N", "end after so many intervals" },
	{ NULL, NULL, NULL },
};

const struct command cmd_watch = {
	.name = "watch",
	.arguments = "",
	.help = "the sockets over time, and who closes them",
	.details = "\nStates, closes a second, who closed, and the counters that moved: "
		   "redrawn on a\nterminal, a line an interval elsewhere. ^C ends it.\n",
	.options = options,
	.run = run,
};
