/* SPDX-License-Identifier: MIT */
#include "core/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "core/problem.h"
#include "sys/profilefile.h"

static int run_list(struct app *app, const char *unused, struct view *v, struct err *e)
{
	const struct profile_places places = {
		.root_fd = app->machine.root_fd,
		.installed_dir = app->profiles_dir,
	};
	struct profile_names names;
	int r = profilefile_list(&places, &names, e);

	(void)unused;
	if (r < 0)
		return r;
	for (size_t i = 0; i < names.n; i++) {
		struct profile p;
		struct problems problems = { 0 };
		struct err trouble = { 0 };

		/* a bad one is shown as what it is, and does not hide the others */
		r = profilefile_load(&places, names.at[i], &p, &problems, &trouble);
		if (r < 0 && !p.name)
			p.name = strdup(names.at[i]);
		view_profile_row(v, &p, r < 0 ? trouble.text : NULL);
		problems_done(&problems);
		profile_done(&p);
	}
	profile_names_done(&names);
	return EXIT_YES;
}

static int run_show(struct app *app, const char *name, struct view *v, struct err *e)
{
	struct problems problems = { 0 };
	struct profile p;
	int r = gather_profile(app, name, &p, &problems, e);

	if (r == 0)
		view_profile(v, &p);
	problems_done(&problems);
	profile_done(&p);
	return r;
}

static int run_diff(struct app *app, const char *name, struct view *v, struct err *e)
{
	struct problems problems = { 0 };
	struct plan plan = { 0 };
	struct profile p;
	int r = gather_profile(app, name, &p, &problems, e);

	if (r == 0)
		r = gather_plan(app, &p.settings, &plan, NULL, e);
	if (r == 0) {
		view_profile_diff(v, &p, &plan);
		r = plan_has_work(&plan) ? EXIT_NO : EXIT_YES;
	}
	plan_done(&plan);
	problems_done(&problems);
	profile_done(&p);
	return r;
}

/*
 * Judges the values by themselves, without a host; a refused one is a problem of the
 * file.
 */
static struct judgement *judge(const struct profile *p, struct problems *problems)
{
	struct judgement *judgements = calloc(p->settings.n + 1, sizeof(*judgements));
	const struct setting *timestamps =
		settings_find(&p->settings, catalogue[KNOB_TIMESTAMPS].name);
	const struct surroundings around = {
		.reference = -1,
		.timestamps = timestamps ? timestamps->value : NULL,
	};

	for (size_t i = 0; judgements && i < p->settings.n; i++) {
		const struct setting *s = &p->settings.at[i];

		band_judge(catalogue_find(s->key), s->value, &around, &judgements[i]);
		if (judgements[i].band == BAND_REFUSED)
			problems_add(problems, s->file, s->line,
				     "%s=%s%s may not be in a profile: %s", s->key,
				     setting_op_text(s->op), s->value,
				     judgements[i].harm);
	}
	return judgements;
}

static int run_check(struct app *app, const char *name, struct view *v, struct err *e)
{
	struct problems problems = { 0 };
	struct judgement *judgements = NULL;
	char path[4096];
	struct profile p;
	int r;

	/* check takes a FILE: a name without a slash is one here, not in the search path
	 */
	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "./", name);
	r = gather_profile(app, path, &p, &problems, e);
	if (r == 0) {
		judgements = judge(&p, &problems);
		if (!judgements)
			r = err_errno(e, ENOMEM, "cannot judge the profile");
	} else if (p.name && (r == -ELOOP || r == -ENOENT)) {
		/* the file is there, and what is wrong is which parents it names */
		problems_add(&problems, p.path, 0, "%s", e->text);
	}
	if (problems.n > 0)
		r = 0;
	if (r == 0) {
		view_profile_check(v, &p, &problems, judgements);
		r = problems.n > 0 ? EXIT_NO : EXIT_YES;
	}
	free(judgements);
	problems_done(&problems);
	profile_done(&p);
	return r;
}

static const struct action {
	const char *name;
	int (*run)(struct app *app, const char *name, struct view *v, struct err *e);
	bool takes_name;
} actions[] = {
	{ "list", run_list, false },
	{ "show", run_show, true },
	{ "diff", run_diff, true },
	{ "check", run_check, true },
};

static const struct action *find_action(const char *word, struct err *e)
{
	static const char *const names[] = { "list", "show", "diff", "check", NULL };

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name, word) == 0)
			return &actions[i];
	err_set(e, EINVAL, "profile has no '%s'", word);
	suggest(e, word, names, "profile ",
		"it has list, show NAME, diff NAME, check FILE");
	return NULL;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	const struct action *action = find_action(args->at[0], e);
	struct host host;
	struct view *v;
	char verb[32];
	int r;

	if (!action)
		return -EINVAL;
	if (args->n != 1 + action->takes_name)
		return usage_error(e, "profile", "profile %s takes %s", action->name,
				   action->takes_name ? "one name" : "no name");
	snprintf(verb, sizeof(verb), "profile %s", action->name);
	v = view_open(&app->out, verb, false);
	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	r = action->run(app, args->at[1], v, e);
	view_close(v, r >= 0);
	return r;
}

const struct command cmd_profile = {
	.name = "profile",
	.arguments = "list | show NAME | diff NAME | check FILE",
	.help = "the profiles there are, one of them, its difference to the present "
		"values",
	.details = "NAME is looked for in /etc/finwait/profiles, then among the "
		   "installed ones;\n"
		   "with a '/' it is a path. diff exits 1 if something differs, check if "
		   "the file\n"
		   "is bad.\n",
	.min = 1,
	.max = 2,
	.run = run,
};
