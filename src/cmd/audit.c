/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "core/audit.h"

#include "cmd/cmd.h"

static int parse_limit(const struct arguments *args, enum severity *ret, struct err *e)
{
	const char *fail_on = args_value(args, "fail-on");

	*ret = SEVERITY_WARNING;
	if (fail_on && (severity_parse(fail_on, ret) < 0 || *ret == SEVERITY_OK))
		return usage_error(
			e, "audit",
			"unknown severity '%s'; there are info, notice, warning, critical",
			fail_on);
	return 0;
}

static int audit_one(struct app *app, const struct arguments *args, struct view *v,
		     struct err *e)
{
	enum severity limit;
	struct snapshot s;
	struct audit a;
	int r = parse_limit(args, &limit, e);

	if (r < 0)
		return r;
	r = machine_read(&app->machine,
			 MACHINE_KNOBS | MACHINE_SOCKETS | MACHINE_COUNTERS |
				 MACHINE_SOCKSTAT,
			 &s, e);
	if (r < 0)
		return r;
	audit_make(&a, &s);
	view_begin(v, &s.host);
	view_audit(v, &s, &a);
	r = a.n && audit_verdict(&a) >= limit ? EXIT_NO : EXIT_YES;
	if (app->is_strict && s.n_unanswered)
		r = err_set(e, ENODATA, "%zu unanswered, the first '%s': %s",
			    s.n_unanswered, s.unanswered[0].id, s.unanswered[0].reason);
	snapshot_done(&s);
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	enum severity limit;
	int r = parse_limit(args, &limit, e);

	return r < 0 ? r : app_report(app, "audit", args, audit_one, e);
}

static const struct option_spec options[] = {
	{ "fail-on", "SEVERITY",
	  "exit 1 from this severity on: info, notice, warning (default), critical" },
	{ NULL, NULL, NULL },
};

const struct command cmd_audit = {
	.name = "audit",
	.arguments = "",
	.help = "judge knobs, sockets and counters by rules",
	.options = options,
	.flags = COMMAND_REPORTS,
	.run = run,
};
