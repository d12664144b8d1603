/* SPDX-License-Identifier: MIT */
#include "sys/rivals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/own.h"
#include "core/cloudconfig.h"
#include "sys/bootversion.h"
#include "sys/search.h"

enum { SYSTEMD_BUMPS = 240 };

/* Its tuners write when they see a need; which of them run is on its command line. */
static int read_bpftune(struct search *s)
{
	static const char *const pids[] = { "run/bpftune.pid",
					    "run/bpftune/bpftune.pid" };
	own_names struct names keys = { 0 };
	char path[SEARCH_PATH_MAX];
	struct rival *m;
	int r = search_unit(s, "bpftune.service", path);

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]) && r == 0; i++) {
		snprintf(path, sizeof(path), "%s", pids[i]);
		r = search_has(s, path);
	}
	if (r <= 0)
		return r;
	m = rivals_add(s->to, "bpftune", path);
	if (!m)
		return -ENOMEM;
	rivals_bpftune_keys(&keys);
	return rival_take_keys(m, &keys);
}

static int read_cloud_file(struct search *s, const char *path, enum rival_file kind)
{
	own_names struct names keys = { 0 };
	own_free char *text = NULL;
	struct rival *m;
	size_t n = 0;
	int r = search_read(s, path, kind, &text, &n);

	if (r == -ENOENT || r == -ENOMEM)
		return r == -ENOENT ? 0 : r;
	if (text)
		cloud_keys((struct span){ text, n }, &keys);
	if (r == 0 && keys.n == 0)
		return keys.broken ? -ENOMEM : 0;
	m = rivals_add(s->to, "cloud-init", path);
	if (!m)
		return -ENOMEM;
	if (r < 0)
		rival_fail(m, "cannot read '/%s': %s", path, strerror(-r));
	return rival_take_keys(m, &keys);
}

/*
 * What a machine of a cloud is told to do at its first boot, or at each. Only root may read
 * what its owner gave it, where passwords stand, and no recording has it.
 */
static int read_cloud(struct search *s)
{
	static const char dir[] = "etc/cloud/cloud.cfg.d";
	own_names struct names found = { 0 };
	int r;

	/* left out of recordings, which then have none of the files below either */
	if (search_has(&(struct search){ .root_fd = s->root_fd },
		       "etc/cloud/cloud-init.disabled"))
		return 0;
	r = read_cloud_file(s, "etc/cloud/cloud.cfg", RIVAL_CLOUD);
	if (r == 0)
		r = search_dir(s, dir, ".cfg", &found);
	for (size_t i = 0; i < found.n && r == 0; i++) {
		char path[SEARCH_PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", dir, found.at[i]);
		r = read_cloud_file(s, path, RIVAL_CLOUD);
	}
	if (r == 0)
		r = read_cloud_file(s, "var/lib/cloud/instance/user-data.txt",
				    RIVAL_PRIVATE);
	return r < 0 ? r
		     : read_cloud_file(s, "var/lib/cloud/instance/vendor-data.txt",
				       RIVAL_PRIVATE);
}

/*
 * PID 1 raises the limits of open files itself as it starts, if it was built so
 * (bump_file_max_and_nr_open() in src/core/main.c of systemd 240 and newer).
 */
static int read_systemd(struct search *s)
{
	static const char booted[] = "run/systemd/system";
	own_names struct names keys = { 0 };
	struct rival *r;

	if (!search_has(s, booted) || bootversion_systemd(s->root_fd) < SYSTEMD_BUMPS)
		return 0;
	r = rivals_add(s->to, "systemd", booted);
	if (!r)
		return -ENOMEM;
	r->is_init = true;
	names_add(&keys, span_of("fs.file-max"));
	names_add(&keys, span_of("fs.nr_open"));
	return rival_take_keys(r, &keys);
}

static int read_all(struct search *s)
{
	static int (*const readers[])(struct search *) = {
		read_systemd,	  rivals_read_tuned,	rivals_read_saptune,
		read_bpftune,	  rivals_read_networkd, read_cloud,
		rivals_read_kube,
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]) && r == 0; i++)
		r = readers[i](s);
	return r;
}

int rivals_read(int root_fd, struct rivals *ret, struct err *e)
{
	int r = read_all(&(struct search){ .root_fd = root_fd, .to = ret });

	return r < 0 ? err_errno(e, -r, "cannot find who else writes sysctls") : 0;
}

int rivals_paths(int root_fd, struct rival_paths *ret, struct err *e)
{
	struct rivals all = { 0 };
	int r = read_all(
		&(struct search){ .root_fd = root_fd, .to = &all, .paths = ret });

	rivals_done(&all);
	return r < 0 ? err_errno(e, -r, "cannot find who else writes sysctls") : 0;
}

void rivals_paths_done(struct rival_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->at[i].path);
	free(paths->at);
	*paths = (struct rival_paths){ 0 };
}
