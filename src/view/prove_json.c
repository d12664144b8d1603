/* SPDX-License-Identifier: MIT */
#include "core/census.h"
#include "view/document.h"
#include "view/prove.h"

static const char *unit_key(enum trial_unit unit)
{
	static const char *const keys[] = {
		[TRIAL_MS] = "ms",	 [TRIAL_COUNT] = "count",
		[TRIAL_STATE] = "state", [TRIAL_ERRNO] = "errno",
		[TRIAL_TIMER] = "timer", [TRIAL_NUMBER] = "number",
		[TRIAL_YES] = "yes",
	};

	return keys[unit];
}

static const char *fit_key(enum fit fit)
{
	static const char *const keys[] = { [FIT_IN] = "as_claimed",
					    [FIT_OUT] = "otherwise",
					    [FIT_UNDECIDED] = "undecided",
					    [FIT_MISSING] = "not_measured" };

	return keys[fit];
}

/* A bound; null: there is none. */
static json_t *bound(int64_t value)
{
	return value == INT64_MAX ? json_null() : json_integer(value);
}

static json_t *measure_json(const struct trial_run *run, size_t i, unsigned hz)
{
	const struct expectation *x = &run->arm->expects[i];
	const struct observation *seen;
	enum fit fit = outcome_fit(run->arm, run->outcome, i, hz, &seen);
	int64_t low, high;
	json_t *row;

	expectation_bounds(x, hz, &low, &high);
	row = json_pack("{ss ss s{so so} ss}", "what", x->what, "unit", unit_key(x->unit),
			"claimed", "low", bound(low), "high", bound(high), "result",
			fit_key(fit));
	json_object_set_new(row, "seen",
			    seen ? json_pack("{so so}", "low", bound(seen->low), "high",
					     bound(seen->high))
				 : json_null());
	return row;
}

static json_t *run_json(const struct trial_run *run, unsigned hz)
{
	const struct outcome *o = run->outcome;
	json_t *settings = json_array(), *events = json_array(), *measures = json_array();

	for (const struct trial_setting *s = run->arm->set; s->key; s++)
		json_array_append_new(
			settings, json_pack("{ss ss}", "key", s->key, "value", s->value));
	for (unsigned i = 0; i < o->n; i++)
		if (o->at[i].measure < 0)
			json_array_append_new(
				events,
				json_pack("{sI so}", "at_ms", (json_int_t)o->at[i].at_ms,
					  "text", document_string(o->at[i].text)));
	for (size_t i = 0; run->arm->expects[i].what; i++)
		json_array_append_new(measures, measure_json(run, i, hz));
	return json_pack("{ss ss so so so sb sI so}", "role",
			 run->arm->role == ARM_CONTROL ? "control" : "treatment", "label",
			 run->arm->label, "settings", settings, "events", events,
			 "measured", measures, "left_out", o->is_left_out, "tries",
			 (json_int_t)o->tries, "error",
			 o->error ? document_string(o->why) : json_null());
}

json_t *prove_trial_json(const struct trial *trial)
{
	unsigned about_ms = trial_about_ms(trial, false),
		 about_long_ms = trial_about_ms(trial, true);

	return json_pack("{ss ss ss ss ss ss ss ss so sf sf so}", "name", trial->name,
			 "title", trial->title, "verdict", verdict_key(VERDICT_NOT_RUN),
			 "claim", trial->claim, "control", trial->control, "treatment",
			 trial->treatment, "follows", trial->follows, "source",
			 trial->source, "seconds", json_null(), "about_seconds",
			 (double)about_ms / 1000, "about_seconds_long",
			 (double)about_long_ms / 1000, "knob",
			 document_string(trial->knob));
}

json_t *prove_result_json(const struct trial_run *runs, size_t n, unsigned hz)
{
	json_t *row = prove_trial_json(runs[0].trial), *arms = json_array();

	json_object_set_new(row, "verdict",
			    json_string(verdict_key(trial_verdict(runs, n, hz))));
	json_object_set_new(row, "seconds",
			    json_real((double)trial_took_ms(runs, n) / 1000));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(arms, run_json(&runs[i], hz));
	json_object_set_new(row, "arms", arms);
	return row;
}
