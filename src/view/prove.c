/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "core/census.h"
#include "core/trial.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/prove.h"

enum { INDENT = 11 };

static void add_ms(struct text *t, int64_t ms)
{
	text_add(t, "%.3f s", (double)ms / 1000);
}

static void add_value(struct text *t, enum trial_unit unit, int64_t value)
{
	switch (unit) {
	case TRIAL_MS:
		add_ms(t, value);
		break;
	case TRIAL_STATE:
		text_add(t, "%s", value ? census_state_name((int)value) : "no socket");
		break;
	case TRIAL_ERRNO:
		text_add(t, "%s",
			 value ? strerrorname_np((int)value) ? strerrorname_np((int)value)
							     : strerror((int)value)
			       : "success");
		break;
	case TRIAL_YES:
		text_add(t, "%s", value ? "yes" : "no");
		break;
	case TRIAL_COUNT:
	case TRIAL_NUMBER:
		text_add(t, "%" PRId64, value);
	}
}

void prove_add_span(struct text *t, enum trial_unit unit, int64_t low, int64_t high)
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

void prove_add_claim(struct text *t, const struct expectation *x, unsigned hz)
{
	int64_t low, high;

	expectation_bounds(x, hz, &low, &high);
	prove_add_span(t, x->unit, x->low, x->high);
	if (x->timers == 0 || x->high == INT64_MAX)
		return;
	text_add(t, ", at most ");
	add_ms(t, high - x->high);
	text_add(t, " late");
}

static const char *fit_words(enum fit fit)
{
	static const char *const words[] = {
		[FIT_IN] = "as claimed",
		[FIT_OUT] = "NOT as claimed",
		[FIT_UNDECIDED] = "too inexact to tell: the machine was too busy",
		[FIT_MISSING] = "not measured",
	};

	return words[fit];
}

/* Green as claimed, red if not. */
static const char *fit_color(const struct output *out, enum fit fit)
{
	if (!out->has_color)
		return "";
	return fit == FIT_IN ? "\033[32m" : fit == FIT_OUT ? "\033[31m" : "\033[33m";
}

static void print_at(const struct output *out, int64_t at_ms, const char *words)
{
	char first[32];

	snprintf(first, sizeof(first), "%9.3f s  ", (double)at_ms / 1000);
	prose_print(out, first, INDENT + 2, words);
}

static void print_measured(const struct output *out, const struct trial_run *run,
			   const struct observation *seen, unsigned hz)
{
	size_t i = (size_t)seen->measure;
	const struct expectation *x = &run->arm->expects[i];
	const struct observation *last;
	enum fit fit = outcome_fit(run->arm, run->outcome, i, hz, &last);
	own_text struct text t = { 0 };

	text_add(&t, "%s: ", x->what);
	prove_add_span(&t, x->unit, seen->low, seen->high);
	text_add(&t, ", %s%s%s", fit_color(out, fit), fit_words(fit), prose_plain(out));
	/* of one value that is as claimed all is said */
	if (fit != FIT_IN || seen->low != x->low || seen->high != x->high) {
		text_add(&t, ": ");
		prove_add_claim(&t, x, hz);
		if (x->tolerance)
			text_add(&t, " (%s)", x->tolerance);
	}
	print_at(out, seen->at_ms, t.at ? t.at : "");
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
		print_at(out, o->took_ms, t.at ? t.at : "");
		return;
	}
	for (size_t i = 0; run->arm->expects[i].what; i++)
		if (outcome_fit(run->arm, o, i, hz, &seen) == FIT_MISSING)
			fprintf(out->stream, "%*s%s: not measured\n", INDENT, "",
				run->arm->expects[i].what);
}

static void print_run(const struct output *out, const struct trial_run *run, unsigned hz)
{
	const struct outcome *o = run->outcome;

	fprintf(out->stream, "\n%-*s%s\n", INDENT,
		run->arm->role == ARM_CONTROL ? "control" : "treatment", run->arm->label);
	for (unsigned i = 0; i < o->n; i++)
		if (o->at[i].measure < 0)
			print_at(out, o->at[i].at_ms, o->at[i].text);
		else
			print_measured(out, run, &o->at[i], hz);
	print_lack(out, run, hz);
}

static const char *verdict_color(const struct output *out, enum verdict verdict)
{
	static const char *const colors[] = { [VERDICT_CONFIRMED] = "\033[32m",
					      [VERDICT_NOT_RUN] = "\033[33m",
					      [VERDICT_REFUTED] = "\033[31m" };

	return out->has_color ? colors[verdict] : "";
}

/* As text has it. */
const char *prove_verdict_words(enum verdict verdict)
{
	static const char *const words[] = { [VERDICT_CONFIRMED] = "confirmed",
					     [VERDICT_NOT_RUN] = "not run",
					     [VERDICT_REFUTED] = "refuted" };

	return words[verdict];
}

static void print_paragraph(const struct output *out, const char *heading,
			    const char *text)
{
	char first[INDENT + 1];

	snprintf(first, sizeof(first), "%-*s", INDENT, heading);
	prose_print(out, first, INDENT, text);
}

void view_trial(struct view *v, const struct trial_run *runs, size_t n, unsigned hz)
{
	const struct trial *trial = runs[0].trial;
	enum verdict verdict = trial_verdict(runs, n, hz);
	const struct output *out = &v->out;

	if (out->is_json) {
		json_array_append_new(document_array(v, "trials"),
				      prove_result_json(runs, n, hz));
		return;
	}
	fprintf(out->stream, "%s%s: %s%s%s on this kernel, in %.1f s\n\n",
		v->n_shown++ ? "\n" : "", trial->name, verdict_color(out, verdict),
		prove_verdict_words(verdict), prose_plain(out),
		(double)trial_took_ms(runs, n) / 1000);
	print_paragraph(out, "claim", trial->claim);
	for (size_t i = 0; i < n; i++)
		print_run(out, &runs[i], hz);
	fputc('\n', out->stream);
	if (verdict == VERDICT_CONFIRMED)
		print_paragraph(out, "follows", trial->follows);
	else if (verdict == VERDICT_REFUTED)
		print_paragraph(
			out, "follows",
			"This kernel does otherwise than the claim says. What was seen "
			"stands above with its times; the claim was measured on Linux "
			"6.18 and 6.1.");
	print_paragraph(out, "source", trial->source);
}
