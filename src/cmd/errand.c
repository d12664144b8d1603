/* SPDX-License-Identifier: MIT */
#include "cmd/errand.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/own.h"
#include "cmd/cmd.h"
#include "core/catalogue.h"

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

void errand_done(struct errand *q)
{
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
		err_hint(e, "trials about it: finwait prove%s", about.at);
	return -ENOENT;
}

/* "NAME=VALUE": a plain number, which its trial's bounds judge. */
static int add_wish(struct errand *q, const char *word, struct err *e)
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

static int add_trial(struct errand *q, const char *name, struct err *e)
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

static int gather_words(struct errand *q, const struct arguments *args, struct err *e)
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
static struct wish *find_wish(const struct errand *q, const struct trial *trial)
{
	const struct knob *k = trial->knob ? catalogue_named(trial->knob) : NULL;

	for (size_t i = 0; k && i < q->n_wishes; i++)
		if (strcmp(q->wishes[i].key, k->name) == 0)
			return &q->wishes[i];
	return NULL;
}

static void add_run(struct errand *q, const struct trial *trial, const struct arm *arm)
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
	/* what was asked for is not left out, but could not be run */
	ret->arm.is_where_known = false;
	return 0;
}

static int add_runs_of(struct errand *q, const struct trial *trial, struct made *made,
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

/* "time-wait-length takes tcp_fin_timeout, ..." */
static void list_takers(struct text *ret)
{
	for (size_t i = 0; trials[i]; i++)
		if (trials[i]->knob)
			text_add(ret, "%s%s takes %s", ret->n ? ", " : "",
				 trials[i]->name, trials[i]->knob);
}

static int nobody_takes(const char *key, struct err *e)
{
	own_text struct text takers = { 0 };

	if (catalogue_find(key)->scope == KNOB_HOST)
		return err_set(e, EPERM,
			       "'%s' is one for the whole host, which no trial touches",
			       key);
	err_set(e, EINVAL, "none of these trials takes '%s'", key);
	list_takers(&takers);
	err_hint(e, "%s", takers.at ? takers.at : "");
	return -EINVAL;
}

static int plan_runs(struct errand *q, struct err *e)
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

int errand_read(struct errand *q, const struct arguments *args, struct err *e)
{
	int r;

	*q = (struct errand){ .is_all = args_has(args, "all"),
			      .is_long = args_has(args, "long") };
	r = gather_words(q, args, e);
	return r < 0 || q->n_trials == 0 ? r : plan_runs(q, e);
}
