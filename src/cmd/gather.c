/* SPDX-License-Identifier: MIT */
#include "cmd/gather.h"

#include <errno.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "sys/procfs.h"
#include "sys/profilefile.h"

int gather_profile(const struct app *app, const char *name, struct profile *ret,
		   struct problems *problems, struct err *e)
{
	const struct profile_places places = {
		.root_fd = app->machine.root_fd,
		.installed_dir = app->profiles_dir,
	};

	return profilefile_load(&places, name, ret, problems, e);
}

static struct reading *read_settings(const struct app *app,
				     const struct settings *settings)
{
	struct reading *readings = calloc(settings->n + 1, sizeof(*readings));

	for (size_t i = 0; readings && i < settings->n; i++)
		(void)procfs_read_knob(app->machine.root_fd, settings->at[i].key,
				       &readings[i]);
	return readings;
}

int gather_plan(const struct app *app, const struct settings *settings, struct plan *ret,
		struct host *ret_host, struct err *e)
{
	struct reading *readings;
	struct snapshot now;
	int r = machine_read(&app->machine, MACHINE_KNOBS | MACHINE_LISTENERS, &now, e);

	*ret = (struct plan){ 0 };
	if (r < 0)
		return r;
	readings = read_settings(app, settings);
	r = readings ? plan_make(ret, settings, readings, &now, e)
		     : err_errno(e, ENOMEM, "cannot make a plan");
	if (ret_host)
		*ret_host = now.host;
	for (size_t i = 0; readings && i < settings->n; i++)
		free(readings[i].value);
	free(readings);
	snapshot_done(&now);
	return r;
}
