/* SPDX-License-Identifier: MIT */
#include "core/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "core/ports.h"
#include "core/profile.h"
#include "core/snapshot.h"

static int change_rank(const struct change *c)
{
	int64_t from, to;
	bool is_raised = c->from && num_parse(c->from, 0, UINT16_MAX, &from) &&
			 num_parse(c->to, 0, UINT16_MAX, &to) && to > from;

	return catalogue_write_rank(c->key, is_raised);
}

static void plan_sort(struct plan *plan)
{
	/* insertion keeps the file's order among equals */
	for (size_t i = 1; i < plan->n; i++) {
		struct change c = plan->at[i];
		size_t j = i;

		for (; j > 0 && change_rank(&plan->at[j - 1]) > change_rank(&c); j--)
			plan->at[j] = plan->at[j - 1];
		plan->at[j] = c;
	}
}

static int plan_add(struct plan *plan, const struct setting *s, const struct reading *r,
		    struct err *e)
{
	struct change *c = &plan->at[plan->n];

	if (r->is_secret)
		return err_set(
			e, EPERM,
			"'%s' is not readable by everybody, and what finwait does is",
			s->key);
	if (!r->value && r->error != ENOENT)
		return err_errno(e, r->error ? r->error : EIO, "cannot read '%s'",
				 s->key);
	*c = (struct change){ .key = strdup(s->key), .to = strdup(s->value) };
	plan->n++;
	if (r->value)
		c->from = strdup(r->value);
	if (!c->key || !c->to || (r->value && !c->from))
		return err_errno(e, ENOMEM, "cannot plan '%s'", s->key);

	if (!r->value) {
		c->state = CHANGE_ABSENT;
		return 0;
	}
	if (setting_is_met(s, catalogue_find(s->key), r->value)) {
		/* ">N" met by a greater value: what stands there is what is wanted */
		free(c->to);
		c->to = strdup(r->value);
		c->state = CHANGE_SAME;
		return c->to ? 0 : err_errno(e, ENOMEM, "cannot plan '%s'", s->key);
	}
	if (s->op != SETTING_EQUAL && strchr(r->value, ' '))
		return err_set(e, EINVAL,
			       "%s: '%s' compares single numbers, and the value is '%s'",
			       s->key, setting_op_text(s->op), r->value);
	c->state = r->is_read_only ? CHANGE_READ_ONLY : CHANGE_TODO;
	return 0;
}

static const struct change *plan_find(const struct plan *plan, enum knob_id id)
{
	for (size_t i = 0; i < plan->n; i++)
		if (strcmp(plan->at[i].key, catalogue[id].name) == 0)
			return &plan->at[i];
	return NULL;
}

/* What a knob will be once the plan is carried out; NULL if nobody knows. */
static const char *plan_outcome(const struct plan *plan, const struct snapshot *now,
				enum knob_id id)
{
	const struct change *c = plan_find(plan, id);

	return c && c->state == CHANGE_TODO ? c->to : now->knobs[id].value;
}

static void judge_change(struct change *c, const struct surroundings *around,
			 const struct snapshot *now)
{
	const struct knob *k = catalogue_find(c->key);
	struct judgement *judgement = &c->judgement;
	struct surroundings s = *around;
	int64_t current;

	s.reference =
		k ? snapshot_derived_default(now, (enum knob_id)(k - catalogue)) : -1;
	if (s.reference < 0 && c->from && num_parse(c->from, 0, INT64_MAX, &current))
		s.reference = current;
	s.now = c->from;
	band_judge(k, c->to, &s, judgement);
	/* listeners that could not be read are not listeners that are not there */
	if (k == &catalogue[KNOB_PORT_RANGE] && !s.listening &&
	    judgement->band == BAND_SAFE) {
		judgement->band = BAND_RISK;
		judgement->finding = "port-range-covers-listeners";
		snprintf(judgement->harm, sizeof(judgement->harm),
			 "the listening ports could not be read, and one may be in this "
			 "range");
	}
}

static void plan_judge(struct plan *plan, const struct snapshot *now)
{
	struct port_set reserved = { 0 }, reserved_now = { 0 };
	const char *list = plan_outcome(plan, now, KNOB_RESERVED_PORTS);
	const char *list_now = now->knobs[KNOB_RESERVED_PORTS].value;
	struct surroundings s = {
		.timestamps = plan_outcome(plan, now, KNOB_TIMESTAMPS),
		.listening = now->has_census ? &now->census.listening : NULL,
		.range = plan_outcome(plan, now, KNOB_PORT_RANGE),
	};

	if (list && ports_parse(&reserved, list))
		s.reserved = &reserved;
	if (list_now && ports_parse(&reserved_now, list_now))
		s.reserved_now = &reserved_now;
	for (size_t i = 0; i < plan->n; i++)
		judge_change(&plan->at[i], &s, now);
}

int plan_make(struct plan *plan, const struct settings *settings,
	      const struct reading *readings, const struct snapshot *now, struct err *e)
{
	*plan = (struct plan){ .at = calloc(settings->n + 1, sizeof(*plan->at)) };
	if (!plan->at)
		return err_errno(e, ENOMEM, "cannot make a plan");
	for (size_t i = 0; i < settings->n; i++) {
		int r = plan_add(plan, &settings->at[i], &readings[i], e);

		if (r < 0)
			return r;
	}
	plan_sort(plan);
	plan_judge(plan, now);
	return 0;
}

bool plan_has_work(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->at[i].state == CHANGE_TODO)
			return true;
	return false;
}

static int refuse(const struct change *c, const char *option, struct err *e)
{
	int r = err_set(e, EPERM, "%s=%s: %s", c->key, c->to, c->judgement.harm);

	if (c->judgement.limit)
		err_hint(e, "safe: %s; to do it all the same: %s", c->judgement.limit,
			 option);
	else
		err_hint(e, "to do it all the same: %s", option);
	return r;
}

/* A key that is not there: not of this kernel or namespace, or mistyped. */
static int absent_check(const struct change *c, const struct consent *consent,
			bool is_profile, struct err *e)
{
	const struct knob *k = catalogue_find(c->key), *near = catalogue_nearest(c->key);
	bool is_unknown = c->judgement.band == BAND_UNRATED;

	if (is_profile && !consent->require_all &&
	    (!is_unknown || consent->allow_unrated))
		return 0;
	err_set(e, ENOENT, "'%s' %s", c->key,
		k && k->scope == KNOB_HOST
			? "is host-wide, and not visible in this network namespace"
			: "does not exist here");
	if (is_unknown && near)
		err_hint(e, "did you mean '%s'?", near->name);
	else if (is_unknown && is_profile)
		err_hint(e, "finwait does not know it; to skip it: --allow-unrated");
	return -ENOENT;
}

static int change_check(const struct change *c, const struct consent *consent,
			bool is_profile, struct err *e)
{
	if (c->state == CHANGE_ABSENT)
		return absent_check(c, consent, is_profile, e);
	/* a key that was named on the command line is wanted, not hoped for */
	if (c->state == CHANGE_READ_ONLY && (consent->require_all || !is_profile))
		return err_set(e, EROFS, "'%s' is read-only here", c->key);
	if (c->state != CHANGE_TODO &&
	    !(c->state == CHANGE_SAME && consent->is_persistent))
		return 0;

	switch (c->judgement.band) {
	case BAND_SAFE:
		return 0;
	case BAND_RISK:
		return consent->accept_risk || consent->force
			       ? 0
			       : refuse(c, "--accept-risk", e);
	case BAND_UNRATED:
		return consent->allow_unrated ? 0 : refuse(c, "--allow-unrated", e);
	case BAND_REFUSED:
		if (is_profile)
			return refuse(c, "apply --set KEY=VALUE --force", e);
		return consent->force ? 0 : refuse(c, "--force", e);
	}
	return 0;
}

int plan_check(const struct plan *plan, const struct consent *consent, bool is_profile,
	       struct err *e)
{
	for (size_t i = 0; i < plan->n; i++) {
		int r = change_check(&plan->at[i], consent, is_profile, e);

		if (r < 0)
			return r;
	}
	return 0;
}

const char *change_state_key(enum change_state state)
{
	static const char *const keys[] = {
		[CHANGE_TODO] = "planned",	[CHANGE_SAME] = "same",
		[CHANGE_ABSENT] = "absent",	[CHANGE_READ_ONLY] = "read_only",
		[CHANGE_DONE] = "done",		[CHANGE_UNDONE] = "undone",
		[CHANGE_CONFLICT] = "conflict",
	};

	return keys[state];
}

void change_done(struct change *c)
{
	free(c->key);
	free(c->from);
	free(c->to);
	free(c->found);
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		change_done(&plan->at[i]);
	free(plan->at);
	*plan = (struct plan){ 0 };
}
