/* SPDX-License-Identifier: MIT */
/* Many trials at once: what there is, what came of them, how far they are. */
#include <string.h>

#include "base/text.h"
#include "core/trial.h"
#include "view/amount.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/prove.h"
#include "view/table.h"

enum { BAR_COLUMNS = 24, SHORT_MS = 100 };

void prove_time(int64_t ms, char *ret)
{
	if (ms < SHORT_MS)
		snprintf(ret, AMOUNT_MAX, "< 0.1 s");
	else
		amount_time((uint64_t)ms, ret);
}

static void add_trial_row(struct libscols_table *table, const struct trial *trial)
{
	unsigned about_ms = trial_about_ms(trial, false),
		 about_long_ms = trial_about_ms(trial, true);
	char takes[AMOUNT_MAX], takes_long[AMOUNT_MAX] = "";
	const char *cells[] = { trial->name, takes, takes_long, trial->title };

	prove_time(about_ms, takes);
	if (about_long_ms != about_ms)
		prove_time(about_long_ms, takes_long);
	table_add(table, cells);
}

void view_trial_list(struct view *v)
{
	static const struct table_column columns[] = { { "TRIAL", 0 },
						       { "TAKES", TABLE_RIGHT },
						       { "LONG", TABLE_RIGHT },
						       { "CLAIM", TABLE_WRAP },
						       { NULL, 0 } };
	struct libscols_table *table;

	for (size_t i = 0; v->out.is_json && trials[i]; i++)
		json_array_append_new(document_array(v, "trials"),
				      prove_trial_json(trials[i]));
	if (v->out.is_json)
		return;
	table = table_new(&v->out, columns);
	for (size_t i = 0; trials[i]; i++)
		add_trial_row(table, trials[i]);
	table_print(table);
	table_free(table);
	/* indented, so that no completion takes it for a trial */
	fprintf(v->out.stream,
		"\n  finwait prove TRIAL...   shows all that is seen of some\n"
		"  finwait prove --all      runs all of them, side by side\n"
		"  with a value of your own, N:\n");
	for (size_t i = 0; trials[i]; i++)
		if (trials[i]->knob)
			fprintf(v->out.stream, "    finwait prove %s %s=N\n",
				trials[i]->name, trials[i]->knob);
}

static void print_verdicts(const struct output *out, const struct trial_run *runs,
			   size_t n, unsigned hz)
{
	static const struct table_column columns[] = { { "TRIAL", 0 },
						       { "VERDICT", 0 },
						       { "TOOK", TABLE_RIGHT },
						       { "CLAIM", TABLE_WRAP },
						       { NULL, 0 } };
	struct libscols_table *table = table_new(out, columns);

	for (size_t i = 0, n_own; i < n; i += n_own) {
		char took[AMOUNT_MAX];
		enum verdict verdict;
		const char *cells[] = { runs[i].trial->name, NULL, took,
					runs[i].trial->title };

		n_own = trial_runs_of_first(&runs[i], n - i);
		verdict = trial_verdict(&runs[i], n_own, hz);
		cells[1] = prove_verdict_words(&runs[i], n_own, hz);
		prove_time(trial_took_ms(&runs[i], n_own), took);
		table_add_colored(table, cells, 1,
				  verdict == VERDICT_CONFIRMED ? "green"
				  : verdict == VERDICT_REFUTED ? "red"
							       : "yellow");
	}
	table_print(table);
	table_free(table);
}

/* What this kernel has not; how many came out how. */
static void print_sum(const struct view *v, const struct trial_run *runs, size_t n,
		      unsigned hz)
{
	size_t sum[VERDICTS] = { 0 };
	FILE *stream = v->out.stream;
	char took[AMOUNT_MAX];

	fputc('\n', stream);
	for (size_t i = 0, n_own; i < n; i += n_own) {
		n_own = trial_runs_of_first(&runs[i], n - i);
		sum[trial_verdict(&runs[i], n_own, hz)]++;
	}
	for (size_t i = 0; i < n; i++)
		if (runs[i].outcome->is_left_out)
			fprintf(stream, "%s: %s is left out, %s\n", runs[i].trial->name,
				runs[i].arm->label, runs[i].outcome->why);
	prove_time(trial_took_ms(runs, n), took);
	fprintf(stream,
		"%zu confirmed, %zu refuted, %zu undecided or not run on Linux %s in %s;\n"
		"finwait prove TRIAL shows all that is seen\n",
		sum[VERDICT_CONFIRMED], sum[VERDICT_REFUTED], sum[VERDICT_NOT_RUN],
		v->kernel, took);
}

void view_trials(struct view *v, const struct trial_run *runs, size_t n, unsigned hz)
{
	if (!v->out.is_json) {
		print_verdicts(&v->out, runs, n, hz);
		print_sum(v, runs, n, hz);
		v->n_shown++;
	}
	for (size_t i = 0, n_own; i < n; i += n_own) {
		n_own = trial_runs_of_first(&runs[i], n - i);
		if (v->out.is_json ||
		    trial_verdict(&runs[i], n_own, hz) != VERDICT_CONFIRMED)
			view_trial(v, &runs[i], n_own, hz);
	}
}

void view_progress(const struct output *out, size_t done, size_t n, int64_t left_ms)
{
	char bar[BAR_COLUMNS + 1], left[AMOUNT_MAX];
	size_t full = n ? done * BAR_COLUMNS / n : 0;

	if (!out->can_redraw || out->is_json)
		return;
	fprintf(out->stream, "\r\033[K");
	if (n) {
		memset(bar, '.', BAR_COLUMNS);
		memset(bar, '#', full);
		bar[BAR_COLUMNS] = '\0';
		amount_time((uint64_t)left_ms, left);
		fprintf(out->stream, "[%s] %zu of %zu experiments, about %s left", bar,
			done, n, left);
	}
	fflush(out->stream);
}
