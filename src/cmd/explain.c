/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>

#include "cmd/cmd.h"
#include "cmd/inventory.h"
#include "core/audit.h"
#include "core/topic.h"
#include "core/trial.h"
#include "view/diagram.h"

enum { TOPIC_NAMES_MAX = 256 };

static int no_topic(const char *name, struct err *e)
{
	const char *names[TOPIC_NAMES_MAX] = { NULL };
	size_t n = 0;

	for (size_t i = 0; topic_at(i) && n < TOPIC_NAMES_MAX - 1; i++)
		names[n++] = topic_at(i)->name;
	for (size_t i = 0; audit_rule_at(i) && n < TOPIC_NAMES_MAX - 1; i++)
		names[n++] = audit_rule_at(i)->id;
	err_set(e, ENOENT, "no topic '%s'", name);
	suggest(e, name, names, "", "finwait explain lists them");
	if (trial_find(name))
		err_hint(e, "it is a trial: finwait prove %s", trial_find(name)->name);
	return -ENOENT;
}

static int explain_knob(struct app *app, const struct topic *topic, struct err *e)
{
	struct gathered g;
	struct view *v;
	int r = gather_inventory(app, &g, e);

	if (r < 0)
		return r;
	v = view_open(&app->out, "explain", false);
	if (v) {
		view_begin(v, &g.snapshot.host);
		view_topic(v, topic, &g.snapshot, &g.inventory);
	}
	view_close(v, true);
	gathered_done(&g);
	return v ? EXIT_YES : err_errno(e, ENOMEM, "cannot print");
}

/*
 * What a topic shows of now. A fact that cannot be had is left out of it: the text is
 * what was asked for.
 */
static int read_present(const struct app *app, const struct topic *topic,
			struct snapshot *s, struct err *e)
{
	struct err ignored;
	int r = machine_read(&app->machine, topic ? MACHINE_KNOBS | MACHINE_CATALOGUE : 0,
			     s, e);

	if (r < 0 || !topic)
		return r;
	(void)machine_read_more(&app->machine,
				MACHINE_COUNTERS | MACHINE_SOCKSTAT | MACHINE_USAGE, s,
				&ignored);
	if (diagram_has(topic) &&
	    machine_read_more(&app->machine, MACHINE_SOCKETS, s, &ignored) < 0)
		s->has_census = false;
	return 0;
}

static void view_present(struct view *v, const struct topic *topic,
			 const struct rule *rule, const char *group,
			 const struct snapshot *s)
{
	view_begin(v, &s->host);
	if (topic)
		view_topic(v, topic, s, NULL);
	else if (rule)
		view_rule(v, rule);
	else
		view_topics(v, group);
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	const struct topic *topic = NULL;
	const struct rule *rule = NULL;
	const char *group = NULL;
	own_text struct text words = { 0 };
	struct snapshot s;
	struct view *v;
	int r;

	for (int i = 0; i < args->n; i++)
		text_add(&words, "%s%s", i ? " " : "", args->at[i]);
	if (words.broken)
		return err_errno(e, ENOMEM, "cannot read the words");
	if (args->n) {
		topic = topic_find(words.at);
		rule = topic ? NULL : audit_rule(words.at);
		group = topic || rule ? NULL : topic_find_group(words.at);
		if (!topic && !rule && !group)
			topic = topic_find_line(words.at);
		if (!topic && !rule && !group)
			return no_topic(words.at, e);
	}
	if (topic && topic->kind == TOPIC_KNOB)
		return explain_knob(app, topic, e);
	r = read_present(app, topic, &s, e);
	if (r < 0)
		return r;
	v = view_open(&app->out, "explain", false);
	if (v)
		view_present(v, topic, rule, group, &s);
	view_close(v, true);
	snapshot_done(&s);
	return v ? EXIT_YES : err_errno(e, ENOMEM, "cannot print");
}

const struct command cmd_explain = {
	.name = "explain",
	.arguments = "[TOPIC...]",
	.help = "explain a knob, a TCP state, an idea, a finding or a line of the log; "
		"without TOPIC list them",
	.max = INT_MAX,
	.run = run,
};
