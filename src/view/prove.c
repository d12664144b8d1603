/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "core/census.h"
#include "core/socket.h"
#include "core/trial.h"
#include "view/amount.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/prove.h"

enum { INDENT = 11, AT_INDENT = 17 };

static void add_ms(struct text *t, int64_t ms)
{
	text_add(t, "%.3f s", (double)ms / 1000);
}

static void add_value(struct text *t, enum trial_unit unit, int64_t value)
{
	static const char *const timers[] = {
		[TIMER_NONE] = "none",		 [TIMER_RETRANSMIT] = "retransmission",
		[TIMER_KEEPALIVE] = "keepalive", [TIMER_MINI] = "that of a mini-socket",
		[TIMER_PROBE] = "window probe",
	};
	enum { N_TIMERS = sizeof(timers) / sizeof(timers[0]) };
	const char *name;

	switch (unit) {
	case TRIAL_MS:
		add_ms(t, value);
		break;
	case TRIAL_STATE:
		text_add(t, "%s", value ? census_state_name((int)value) : "no socket");
		break;
	case TRIAL_ERRNO:
		name = strerrorname_np((int)value);
		text_add(t, "%s",
			 value ? name ? name : strerror((int)value) : "no error");
		break;
	case TRIAL_TIMER:
		text_add(t, "%s",
			 value < N_TIMERS ? timers[value] : "one unknown to finwait");
		break;
	case TRIAL_YES:
		text_add(t, "%s", value ? "yes" : "no");
		break;
	case TRIAL_COUNT:
	case TRIAL_NUMBER:
		text_add(t, "%" PRId64, value);
	}
}

/* "3.246 s to 3.251 s", "TIME_WAIT", "more than 5.000 s" */
static void add_span(struct text *t, enum trial_unit unit, int64_t low, int64_t high)
{
	if (high == INT64_MAX) {
		text_add(t, "%s", unit == TRIAL_MS ? "more than " : "at least ");
		add_value(t, unit, low);
		return;
	}
	add_value(t, unit, low);
	if (low == high)
		return;
	text_add(t, " to ");
	add_value(t, unit, high);
}

/* What an expectation claims: "3.000 s, and up to 0.456 s more ..." */
static void add_claim(struct text *t, const struct expectation *x, unsigned hz)
{
	int64_t low, high;

	expectation_bounds(x, hz, &low, &high);
	add_span(t, x->unit, x->low, x->high);
	if (x->timers == 0 || x->high == INT64_MAX)
		return;
	text_add(t, ", and up to ");
	add_ms(t, high - x->high);
	text_add(t, " more for the kernel's timer wheel");
}

/* In front of what was measured. */
static const char *fit_mark(enum fit fit)
{
	static const char *const marks[] = {
		[FIT_IN] = "ok",
		[FIT_OUT] = "NO",
		[FIT_UNDECIDED] = "??",
		[FIT_MISSING] = "--",
	};

	return marks[fit];
}

/* Green as claimed, red if not. */
static const char *fit_color(const struct output *out, enum fit fit)
{
	if (!out->has_color)
		return "";
	return fit == FIT_IN ? "\033[32m" : fit == FIT_OUT ? "\033[31m" : "\033[33m";
}

/* `mark`: with its colour, or two blanks. */
static void print_at(const struct output *out, int64_t at_ms, const char *mark,
		     const char *words)
{
	char first[64];

	snprintf(first, sizeof(first), "%9.3f s  %s  ", (double)at_ms / 1000, mark);
	prose_print(out, first, AT_INDENT, words);
}

/* Was the reason for a tolerance given with an earlier number of the trial? */
static bool is_explained(const struct trial_run *first, const struct trial_run *run,
			 size_t i)
{
	const char *tolerance = run->arm->expects[i].tolerance;

	for (; first <= run; first++)
		for (size_t k = 0; first->arm->expects[k].what; k++) {
			const char *other = first->arm->expects[k].tolerance;

			if (first == run && k == i)
				return false;
			if (other && strcmp(other, tolerance) == 0)
				return true;
		}
	return false;
}

/* `first`: the trial's first run. */
static void print_measured(const struct output *out, const struct trial_run *first,
			   const struct trial_run *run, const struct observation *seen,
			   unsigned hz)
{
	size_t i = (size_t)seen->measure;
	const struct expectation *x = &run->arm->expects[i];
	const struct observation *last;
	enum fit fit = outcome_fit(run->arm, run->outcome, i, hz, &last);
	own_text struct text t = { 0 };
	char mark[32];

	snprintf(mark, sizeof(mark), "%s%s%s", fit_color(out, fit), fit_mark(fit),
		 prose_plain(out));
	text_add(&t, "%s: ", x->what);
	add_span(&t, x->unit, seen->low, seen->high);
	/* of one value that is as claimed all is said */
	if (fit != FIT_IN || seen->low != x->low || seen->high != x->high) {
		text_add(&t, "; claimed: ");
		add_claim(&t, x, hz);
		if (x->tolerance && !is_explained(first, run, i))
			text_add(&t, " (%s)", x->tolerance);
	}
	print_at(out, seen->at_ms, mark, t.at ? t.at : "");
}

/* What it could not tell, and why. */
static void print_lack(const struct output *out, const struct trial_run *run, unsigned hz)
{
	const struct outcome *o = run->outcome;
	const struct observation *seen;
	own_text struct text t = { 0 };

	if (!o->is_done || o->is_left_out) {
		text_add(&t, "%s: %s", o->is_left_out ? "left out" : "could not be run",
			 o->why);
		print_at(out, o->took_ms, fit_mark(FIT_MISSING), t.at ? t.at : "");
		return;
	}
	for (size_t i = 0; run->arm->expects[i].what; i++) {
		if (outcome_fit(run->arm, o, i, hz, &seen) != FIT_MISSING)
			continue;
		text_add(&t, "%s%s",
			 t.n ? "; " : "not measured: ", run->arm->expects[i].what);
	}
	if (t.at)
		print_at(out, o->took_ms, fit_mark(FIT_MISSING), t.at);
}

static void print_run(const struct output *out, const struct trial_run *first,
		      const struct trial_run *run, unsigned hz)
{
	const struct outcome *o = run->outcome;

	fprintf(out->stream, "\n%-*s%s\n", INDENT,
		run->arm->role == ARM_CONTROL ? "control" : "treatment", run->arm->label);
	for (unsigned i = 0; i < o->n; i++)
		if (o->at[i].measure < 0)
			print_at(out, o->at[i].at_ms, "  ", o->at[i].text);
		else
			print_measured(out, first, run, &o->at[i], hz);
	print_lack(out, run, hz);
	if (o->tries > 1)
		fprintf(out->stream,
			"%*sthis was try %u: those before did not confirm the claim\n",
			AT_INDENT, "", o->tries);
}

static const char *verdict_color(const struct output *out, enum verdict verdict)
{
	static const char *const colors[] = { [VERDICT_CONFIRMED] = "\033[32m",
					      [VERDICT_NOT_RUN] = "\033[33m",
					      [VERDICT_REFUTED] = "\033[31m" };

	return out->has_color ? colors[verdict] : "";
}

const char *prove_verdict_words(const struct trial_run *runs, size_t n, unsigned hz)
{
	static const char *const words[] = { [VERDICT_CONFIRMED] = "confirmed",
					     [VERDICT_NOT_RUN] = "not run",
					     [VERDICT_REFUTED] = "refuted" };

	return trial_is_undecided(runs, n, hz) ? "undecided"
					       : words[trial_verdict(runs, n, hz)];
}

static void print_paragraph(const struct output *out, const char *heading,
			    const char *text)
{
	char first[INDENT + 1];

	snprintf(first, sizeof(first), "%-*s", INDENT, heading);
	prose_print(out, first, INDENT, text);
}

/* What the verdict means. */
static void print_follows(const struct output *out, const struct trial_run *runs,
			  size_t n, unsigned hz)
{
	static const char refuted[] =
		"This kernel does otherwise than the claim says: what is marked NO. The "
		"claim was measured on Linux 6.18 and 6.1.";
	static const char undecided[] =
		"Nothing: the machine was too busy to be measured. Try again, or with "
		"--jobs 1.";
	enum verdict verdict = trial_verdict(runs, n, hz);

	fputc('\n', out->stream);
	if (verdict == VERDICT_CONFIRMED)
		print_paragraph(out, "follows", runs[0].trial->follows);
	else if (verdict == VERDICT_REFUTED)
		print_paragraph(out, "follows", refuted);
	else if (trial_is_undecided(runs, n, hz))
		print_paragraph(out, "follows", undecided);
	print_paragraph(out, "source", runs[0].trial->source);
}

/* What the full length would tell more. */
static void print_at_length(const struct output *out, const struct trial_run *runs,
			    size_t n)
{
	const struct trial *trial = runs[0].trial;
	own_text struct text t = { 0 };

	for (size_t i = 0; i < n; i++)
		if (runs[i].arm->is_long)
			return;
	if (!trial->at_length)
		return;
	text_add(&t, "finwait prove --long %s %s", trial->name, trial->at_length);
	print_paragraph(out, "more", t.at ? t.at : "");
}

void view_trial(struct view *v, const struct trial_run *runs, size_t n, unsigned hz)
{
	const struct trial *trial = runs[0].trial;
	const struct output *out = &v->out;
	char took[AMOUNT_MAX];

	if (out->is_json) {
		json_array_append_new(document_array(v, "trials"),
				      prove_result_json(runs, n, hz));
		return;
	}
	prove_time(trial_took_ms(runs, n), took);
	fprintf(out->stream, "%s%s: %s%s%s on Linux %s, in %s\n\n",
		v->n_shown++ ? "\n" : "", trial->name,
		verdict_color(out, trial_verdict(runs, n, hz)),
		prove_verdict_words(runs, n, hz), prose_plain(out), v->kernel, took);
	print_paragraph(out, "claim", trial->claim);
	for (size_t i = 0; i < n; i++)
		print_run(out, runs, &runs[i], hz);
	print_follows(out, runs, n, hz);
	print_at_length(out, runs, n);
}
