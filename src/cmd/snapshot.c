/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cmd/cmd.h"
#include "core/mask.h"
#include "core/snapshot.h"
#include "sys/tree.h"

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	bool is_masked = args_has(args, "mask-addresses");
	own_masks struct masks masks;
	struct host host;
	struct view *v;
	int r;

	masks_init(&masks);
	if (!app->machine.is_live)
		return usage_error(e, "snapshot",
				   "snapshot records the running machine, not a --root");
	r = tree_record(&app->machine, args->at[0], is_masked ? &masks : NULL, e);
	if (r < 0)
		return r;
	v = view_open(&app->out, "snapshot", false);
	if (!v)
		return err_errno(e, ENOMEM, "cannot print");
	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	view_recorded(v, args->at[0], is_masked ? (ssize_t)masks_count(&masks) : -1);
	view_close(v, true);
	return EXIT_YES;
}

static const struct option_spec options[] = {
	{ "mask-addresses", NULL, "numbers for addresses, and no comments: for others" },
	{ NULL, NULL, NULL },
};

const struct command cmd_snapshot = {
	.name = "snapshot",
	.arguments = "DIR",
	.help = "record this machine into DIR, for --root DIR",
	.options = options,
	.min = 1,
	.max = 1,
	.run = run,
};
