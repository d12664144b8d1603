/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/inventory.h"
#include "core/inventory.h"

static bool has_glob(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

static bool is_named(const struct knob *k, const char *pattern)
{
	if (has_glob(pattern))
		return fnmatch(pattern, k->name, 0) == 0 ||
		       fnmatch(pattern, catalogue_short_name(k), 0) == 0;
	return catalogue_named(pattern) == k;
}

static bool has_part(const struct knob *k, const char *part)
{
	return strstr(k->name, part) != NULL;
}

static bool take_those(bool (*fits)(const struct knob *, const char *),
		       const char *pattern, bool *ret)
{
	bool is_any = false;

	for (int id = 0; id < KNOB_N; id++)
		if (fits(&catalogue[id], pattern))
			ret[id] = is_any = true;
	return is_any;
}

/* A name or a pattern; where no knob has that name, a part of names. */
static bool take(const char *pattern, bool *ret)
{
	return take_those(is_named, pattern, ret) ||
	       (!has_glob(pattern) && take_those(has_part, pattern, ret));
}

static int no_knob(const char *pattern, struct err *e)
{
	const struct knob *near = catalogue_nearest(pattern);

	err_set(e, ENOENT, "no knob of the catalogue is named '%s'", pattern);
	if (near)
		err_hint(e, "did you mean '%s'?", catalogue_short_name(near));
	else
		err_hint(e, "finwait knobs --all lists them; sysctl(8) reads the others");
	return -ENOENT;
}

static int choose(const struct arguments *args, bool *ret, struct err *e)
{
	memset(ret, args->n == 0, KNOB_N * sizeof(*ret));
	for (int i = 0; i < args->n; i++)
		if (args->at[i][0] == '\0' || !take(args->at[i], ret))
			return no_knob(args->at[i], e);
	return 0;
}

/* Of the knobs that were named, those that the options leave. */
static void narrow(const struct arguments *args, const struct inventory *i, bool *shown)
{
	bool wants_absent = args_has(args, "all") || args->n > 0;

	for (int id = 0; id < KNOB_N; id++) {
		const struct inventory_row *row = &i->at[id];

		/* of an image without /proc, what its files set */
		if (!row->reading->value && !wants_absent && !inventory_is_in_files(row))
			shown[id] = false;
		if (args_has(args, "changed") && !inventory_is_changed(row))
			shown[id] = false;
		if (args_has(args, "boot") && !inventory_is_in_files(row))
			shown[id] = false;
	}
}

static int check_strict_boot(const struct arguments *args, const struct inventory *i,
			     struct err *e)
{
	const struct boot_file *hidden = i->boot->hidden;

	if (hidden)
		return err_errno(e, boot_file_error(hidden), "cannot read '%s'",
				 hidden->path);
	if (i->no_boot && args_has(args, "boot"))
		return err_set(e, ENODATA, "the values at boot are not known: %s",
			       i->no_boot);
	return EXIT_YES;
}

static int check_strict(const struct app *app, const struct arguments *args,
			const struct inventory *i, const bool *shown, struct err *e)
{
	for (int id = 0; app->is_strict && id < KNOB_N; id++) {
		const struct inventory_row *row = &i->at[id];

		if (!shown[id])
			continue;
		if (!row->reading->value && row->reading->error != ENOENT)
			return err_errno(e, row->reading->error, "cannot read '%s'",
					 row->knob->name);
		/* of some no kernel can tell, and that is no failure */
		if (row->reading->value && !row->standard->value &&
		    row->knob->origin != KNOB_UNKNOWN)
			return err_set(e, ENODATA, "the default of '%s' is not known: %s",
				       row->knob->name, row->standard->why);
	}
	return app->is_strict ? check_strict_boot(args, i, e) : EXIT_YES;
}

static int knobs_one(struct app *app, const struct arguments *args, struct view *v,
		     struct err *e)
{
	struct gathered g;
	bool shown[KNOB_N];
	int r = choose(args, shown, e);

	if (r < 0)
		return r;
	r = gather_inventory(app, &g, e);
	if (r < 0)
		return r;
	narrow(args, &g.inventory, shown);
	view_begin(v, &g.snapshot.host);
	view_knobs(v, &g.inventory, shown, args_has(args, "boot"));
	r = check_strict(app, args, &g.inventory, shown, e);
	gathered_done(&g);
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	bool shown[KNOB_N];
	int r = choose(args, shown, e);

	return r < 0 ? r : app_report(app, "knobs", args, knobs_one, e);
}

static const struct option_spec options[] = {
	{ "changed", NULL, "only those that are not at their default" },
	{ "boot", NULL, "only those that files set at boot, with the files that lose" },
	{ "all", NULL, "those too that are not here, with the reason" },
	{ NULL, NULL, NULL },
};

const struct command cmd_knobs = {
	.name = "knobs",
	.arguments = "[PATTERN...]",
	.help = "knobs: value, kernel's default, value at boot, origin, risk",
	.options = options,
	.max = 64,
	.flags = COMMAND_REPORTS | COMMAND_IMAGES,
	.run = run,
};
