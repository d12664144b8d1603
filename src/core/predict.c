/* SPDX-License-Identifier: MIT */
#include "core/predict.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "core/plan.h"
#include "core/predict_rows.h"
#include "core/topic.h"

static const struct predict_row *const tables[] = {
	predict_fin_wait2, predict_closing, predict_timers,
	predict_listening, predict_ports,
};

/* Said of all changes at the first of them. */
static predict_rule *const joint[] = { predict_capacity, predict_pool,
				       predict_dead_peer };

const char *predict_effect_name(enum predict_effect effect)
{
	static const char *const names[] = {
		[PREDICT_NONE] = "none",
		[PREDICT_SOME] = "some",
		[PREDICT_UNKNOWN] = "unknown",
	};

	return names[effect];
}

void predict_number(double n, char ret[PREDICT_NUMBER_MAX])
{
	double tenths = (double)(int64_t)(n * 10 + 0.5);
	bool is_whole = (int64_t)tenths % 10 == 0;

	snprintf(ret, PREDICT_NUMBER_MAX, "%.*f", is_whole ? 0 : 1, tenths / 10);
}

void predict_factor(double n, char ret[PREDICT_NUMBER_MAX])
{
	if (n < 10)
		snprintf(ret, PREDICT_NUMBER_MAX, "%.3g", n);
	else
		predict_number(n, ret);
}

static void say(struct text *t, const char *fmt, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), fmt, ap);
	text_add(t, "%s", line);
}

static struct prediction *add(struct outlook *o)
{
	struct predictions *list = o->list;
	struct prediction *at = realloc(list->at, (list->n + 1) * sizeof(*at));

	if (!at) {
		o->is_broken = true;
		return &o->spare;
	}
	list->at = at;
	at[list->n] = (struct prediction){ .key = o->change->key,
					   .from = o->change->from,
					   .to = o->change->to };
	return &at[list->n++];
}

struct prediction *predict_say(struct outlook *o, enum predict_effect effect,
			       const char *fmt, ...)
{
	struct prediction *p = add(o);
	va_list ap;

	p->effect = effect;
	va_start(ap, fmt);
	say(&p->text, fmt, ap);
	va_end(ap);
	return p;
}

void predict_formula(struct prediction *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(&p->formula, fmt, ap);
	va_end(ap);
}

static void add_input(struct prediction *p, const struct predict_input *input)
{
	struct predict_input *at = realloc(p->inputs, (p->n_inputs + 1) * sizeof(*at));

	if (!at) {
		p->is_broken = true;
		return;
	}
	p->inputs = at;
	at[p->n_inputs++] = *input;
}

void predict_from_number(struct prediction *p, const char *name, const char *source,
			 bool is_read, double n)
{
	add_input(p, &(struct predict_input){ .name = name,
					      .source = source,
					      .is_read = is_read,
					      .number = n });
}

void predict_from_census(const struct outlook *o, struct prediction *p, const char *name,
			 uint64_t n)
{
	predict_from_number(p, name,
			    o->now->census.interrupted ? "census, interrupted" : "census",
			    true, (double)n);
}

void predict_from_knob(const struct outlook *o, struct prediction *p,
		       const struct snapshot *s, enum knob_id id)
{
	const char *value = s->knobs[id].value;

	add_input(p, &(struct predict_input){
			     .name = catalogue[id].name,
			     .source = value == o->now->knobs[id].value ? "sysctl"
									: "planned",
			     .value = value,
			     .is_read = value,
		     });
}

void predict_numbers(struct prediction *p, const char *unit, double before, double after)
{
	p->unit = unit;
	p->has_before = p->has_after = true;
	p->before = before;
	p->after = after;
}

bool predict_change(struct outlook *o, int64_t *ret_from, int64_t *ret_to)
{
	const struct change *c = o->change;

	if (c->from && num_parse(c->from, INT64_MIN, INT64_MAX, ret_from) &&
	    num_parse(c->to, INT64_MIN, INT64_MAX, ret_to))
		return true;
	predict_say(o, PREDICT_UNKNOWN, "unknown: its value now is no number");
	return false;
}

bool predict_turn(struct outlook *o, bool *ret_on)
{
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return false;
	*ret_on = to != 0;
	if ((from == 0) != (to == 0))
		return true;
	predict_say(o, PREDICT_NONE, "no effect: all values but 0 mean the same");
	return false;
}

static const struct predict_row *find_row(const struct knob *k)
{
	for (size_t i = 0; k && i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct predict_row *row = tables[i];
		     row->rules[0] || row->others[0]; row++)
			if (&catalogue[row->id] == k)
				return row;
	return NULL;
}

static bool has_rule(const struct predict_row *row, predict_rule *rule)
{
	bool has = false;

	for (size_t i = 0; row && i < sizeof(row->others) / sizeof(row->others[0]); i++)
		has |= row->others[i] == rule;
	return has;
}

/* Was it said at a change before this one? */
static bool is_said(const struct plan *plan, size_t n, predict_rule *rule)
{
	bool is_joint = false;

	for (size_t i = 0; i < sizeof(joint) / sizeof(joint[0]); i++)
		is_joint |= joint[i] == rule;
	for (size_t i = 0; is_joint && i < n; i++)
		if (plan->at[i].state == CHANGE_TODO &&
		    has_rule(find_row(catalogue_find(plan->at[i].key)), rule))
			return true;
	return false;
}

/* "On the next SYN." goes on after "it acts"; "The next SYN." does not. */
static bool goes_on(const char *acts)
{
	static const char *const begins[] = { "On ", "At ", "When " };
	bool does = false;

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		does |= strncmp(acts, begins[i], strlen(begins[i])) == 0;
	return does;
}

/* Of what no rule knows a number of: only what it acts on. */
static void say_topic(struct outlook *o)
{
	const struct topic *topic =
		o->knob ? topic_find(catalogue_short_name(o->knob)) : NULL;
	const char *acts = topic ? topic->acts : NULL;

	if (acts && goes_on(acts))
		predict_say(
			o, PREDICT_UNKNOWN, "no number can be predicted; it acts %c%.*s",
			tolower((unsigned char)acts[0]), (int)strlen(acts) - 2, acts + 1);
	else if (acts)
		predict_say(o, PREDICT_UNKNOWN,
			    "no number can be predicted. When and on what it acts: %.*s",
			    (int)strlen(acts) - 1, acts);
	else
		predict_say(o, PREDICT_UNKNOWN, "finwait has no knowledge of this key");
}

static void predict_one(struct outlook *o, const struct plan *plan, size_t i)
{
	const struct predict_row *row = find_row(o->knob);
	const char *why = snapshot_unanswered(o->now, "sockets");

	if (!row) {
		say_topic(o);
		return;
	}
	for (size_t n = 0; n < sizeof(row->others) / sizeof(row->others[0]); n++)
		if (row->others[n] && !is_said(plan, i, row->others[n]))
			row->others[n](o);
	if (row->rules[0] && !o->now->has_census) {
		predict_say(
			o, PREDICT_UNKNOWN,
			"unknown what it does to the sockets here, which could not be "
			"counted: %s",
			why ? why : "nothing tells them");
		return;
	}
	for (size_t n = 0; n < sizeof(row->rules) / sizeof(row->rules[0]); n++)
		if (row->rules[n])
			row->rules[n](o);
}

/* As `now`, with the plan's values, which the plan owns. */
static struct snapshot *foresee(const struct plan *plan, const struct snapshot *now)
{
	struct snapshot *then = malloc(sizeof(*then));

	if (!then)
		return NULL;
	memcpy(then, now, sizeof(*then));
	for (size_t i = 0; i < plan->n; i++) {
		const struct knob *k = catalogue_find(plan->at[i].key);

		if (k && plan->at[i].state == CHANGE_TODO)
			then->knobs[k - catalogue].value = plan->at[i].to;
	}
	return then;
}

static void prediction_done(struct prediction *p)
{
	text_done(&p->text);
	text_done(&p->formula);
	free(p->inputs);
}

static bool is_broken(const struct predictions *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].text.broken || list->at[i].formula.broken ||
		    list->at[i].is_broken)
			return true;
	return false;
}

int predict(const struct plan *plan, const struct snapshot *now,
	    const struct object_sizes *sizes, struct predictions *ret)
{
	struct snapshot *then = foresee(plan, now);
	bool broken = !then;

	*ret = (struct predictions){ 0 };
	for (size_t i = 0; then && i < plan->n; i++) {
		struct outlook o = {
			.change = &plan->at[i],
			.knob = catalogue_find(plan->at[i].key),
			.now = now,
			.then = then,
			.sizes = sizes,
			.list = ret,
		};

		if (plan->at[i].state != CHANGE_TODO)
			continue;
		predict_one(&o, plan, i);
		broken |= o.is_broken;
		prediction_done(&o.spare);
	}
	free(then);
	return broken || is_broken(ret) ? -ENOMEM : 0;
}

void predictions_done(struct predictions *p)
{
	for (size_t i = 0; i < p->n; i++)
		prediction_done(&p->at[i]);
	free(p->at);
	*p = (struct predictions){ 0 };
}
