/* SPDX-License-Identifier: MIT */
#include "cmd/inventory.h"

#include <errno.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "sys/bootfiles.h"
#include "sys/procfs.h"
#include "sys/rivals.h"
#include "sys/oracle.h"

/* The transactions of this machine; without them an origin is less sure, and no more. */
static const struct journal *read_journal(struct app *app, struct store *store)
{
	struct err e = { 0 };

	if (!app->machine.is_live)
		return NULL;
	if (store_open(store, app->state_dir, STORE_READ, NULL, &e) == 0)
		return &store->journal;
	app_note(app, "transactions are not known: %s", e.text);
	return NULL;
}

static const char *why_no_boot(const struct host *host)
{
	if (host_is_boot_netns(host))
		return NULL;
	return host->boot_netns == BOOT_NETNS_ELSEWHERE
		       ? "the boot writes the network namespace of PID 1, and not this one"
		       : "whether the boot writes this network namespace cannot be told "
			 "from here";
}

/* Has the machine, or the image, that sysctl? One without /proc cannot tell. */
static bool is_here(void *data, const char *path)
{
	const int *root_fd = data;
	char file[KNOB_KEY_MAX + 16];

	if (snprintf(file, sizeof(file), "proc/sys/%s", path) >= (int)sizeof(file))
		return false;
	return procfs_has(*root_fd, file) || !procfs_has(*root_fd, "proc/sys/net");
}

static int read_all(struct app *app, struct gathered *g, struct err *e)
{
	struct err ignored = { 0 };
	int r;

	/* without them a port range is judged without the ports in use */
	(void)machine_read_more(&app->machine, MACHINE_LISTENERS, &g->snapshot, &ignored);
	r = oracle_ask(&app->machine, &g->snapshot, &g->defaults, e);
	if (r == 0)
		r = rivals_read(app->machine.root_fd, &g->rivals, e);
	if (r == 0)
		r = bootfiles_read(app->machine.root_fd, &g->tree, e);
	if (r == 0 && (boot_prepare(&g->tree, &g->boot) < 0 ||
		       boot_remark_absent(&g->boot, is_here, &app->machine.root_fd) < 0))
		r = err_errno(e, ENOMEM, "cannot read the files of sysctl.d");
	return r;
}

int gather_inventory(struct app *app, struct gathered *ret, struct err *e)
{
	const struct journal *journal;
	const char *no_boot;
	int r;

	*ret = (struct gathered){ 0 };
	r = machine_read(&app->machine, MACHINE_KNOBS | MACHINE_CATALOGUE, &ret->snapshot,
			 e);
	if (r < 0)
		return r;
	no_boot = why_no_boot(&ret->snapshot.host);
	journal = read_journal(app, &ret->store);
	ret->has_store = journal;
	r = read_all(app, ret, e);
	if (r == 0 && inventory_make(&ret->inventory, &ret->snapshot, &ret->defaults,
				     &ret->boot, no_boot, &ret->rivals, journal) < 0)
		r = err_errno(e, ENOMEM, "cannot list the knobs");
	if (r < 0)
		gathered_done(ret);
	return r;
}

void gathered_done(struct gathered *g)
{
	inventory_done(&g->inventory);
	boot_done(&g->boot);
	boot_tree_done(&g->tree);
	rivals_done(&g->rivals);
	defaults_done(&g->defaults);
	if (g->has_store)
		store_close(&g->store);
	snapshot_done(&g->snapshot);
}
