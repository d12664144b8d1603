/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "core/snapshot.h"

#include "cmd/cmd.h"

static int sockets_one(struct app *app, const struct arguments *args, struct view *v,
		       struct err *e)
{
	struct snapshot s;
	int r = machine_read(&app->machine, MACHINE_SOCKETS | MACHINE_SOCKSTAT, &s, e);

	(void)args;
	if (r < 0)
		return r;
	/*
	 * here the sockets are what was asked for: on a running machine their absence is
	 * trouble
	 */
	if (!s.has_census && (app->machine.is_live || app->is_strict)) {
		r = err_set(e, ENODATA, "cannot count sockets: %s",
			    snapshot_unanswered(&s, "sockets"));
	} else if (app->is_strict && s.n_unanswered) {
		r = err_set(e, ENODATA, "'%s' is unanswered: %s", s.unanswered[0].id,
			    s.unanswered[0].reason);
	} else {
		view_begin(v, &s.host);
		view_sockets(v, &s);
	}
	snapshot_done(&s);
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	return app_report(app, "sockets", args, sockets_one, e);
}

const struct command cmd_sockets = {
	.name = "sockets",
	.arguments = "",
	.help = "count sockets by state and family",
	.flags = COMMAND_REPORTS,
	.run = run,
};
