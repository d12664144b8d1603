/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cmd/cmd.h"
#include "cmd/inventory.h"
#include "core/audit.h"
#include "core/topic.h"

static int no_topic(const char *name, struct err *e)
{
	const char *names[128] = { NULL };
	size_t n = 0;

	for (size_t i = 0; topic_at(i) && n < 100; i++)
		names[n++] = topic_at(i)->name;
	for (size_t i = 0; audit_rule_at(i) && n < 127; i++)
		names[n++] = audit_rule_at(i)->id;
	err_set(e, ENOENT, "no topic '%s'", name);
	suggest(e, name, names, "", "finwait explain lists them");
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
		view_topic(v, topic, &g.inventory);
	}
	view_close(v, true);
	gathered_done(&g);
	return v ? EXIT_YES : err_errno(e, ENOMEM, "cannot print");
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	const struct topic *topic = args->n ? topic_find(args->at[0]) : NULL;
	const struct rule *rule = args->n ? audit_rule(args->at[0]) : NULL;
	struct snapshot s;
	struct view *v;
	int r;

	if (args->n && !topic && !rule)
		return no_topic(args->at[0], e);
	if (topic && topic->kind == TOPIC_KNOB)
		return explain_knob(app, topic, e);
	r = machine_read(&app->machine, 0, &s, e);
	if (r < 0)
		return r;
	v = view_open(&app->out, "explain", false);
	if (v) {
		view_begin(v, &s.host);
		if (topic)
			view_topic(v, topic, NULL);
		else if (rule)
			view_rule(v, rule);
		else
			view_topics(v);
	}
	view_close(v, true);
	snapshot_done(&s);
	return v ? EXIT_YES : err_errno(e, ENOMEM, "cannot print");
}

const struct command cmd_explain = {
	.name = "explain",
	.arguments = "[TOPIC]",
	.help = "explain a knob, a TCP state, a finding or an idea; without TOPIC list "
		"them",
	.max = 1,
	.run = run,
};
