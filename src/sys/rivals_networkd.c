/* SPDX-License-Identifier: MIT */
/* systemd-networkd: one rival for each .network file, and one for networkd.conf. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "core/networkfile.h"
#include "sys/search.h"

/* From the highest rank to the lowest; a file hides those of its name further down. */
static const char *const dirs[] = { "etc/systemd", "run/systemd", "usr/local/lib/systemd",
				    "usr/lib/systemd", "lib/systemd" };

enum { DIRS = sizeof(dirs) / sizeof(dirs[0]) };

static int read_file(struct search *s, const char *path, struct network_file *file)
{
	own_free char *text = NULL;
	size_t n;
	int r = search_read(s, path, RIVAL_NETWORKD, &text, &n);

	if (r == 0)
		network_file_add(file, (struct span){ text, n });
	return r;
}

/* The drop-ins DIR/NAME.d/x.conf; the order between directories is that of their names. */
static int read_dropins(struct search *s, const char *name, struct network_file *file)
{
	own_names struct names seen = { 0 };
	int r = 0;

	for (size_t i = 0; i < DIRS && r == 0; i++) {
		own_names struct names found = { 0 };
		char dir[SEARCH_PATH_MAX], path[SEARCH_PATH_MAX];

		snprintf(dir, sizeof(dir), "%s/%s.d", dirs[i], name);
		r = search_dir(s, dir, ".conf", &found);
		for (size_t k = 0; k < found.n && r == 0; k++) {
			int n = snprintf(path, sizeof(path), "%s/%s", dir, found.at[k]);

			if (n >= SEARCH_PATH_MAX ||
			    names_has(&seen, span_of(found.at[k])))
				continue;
			names_add(&seen, span_of(found.at[k]));
			r = read_file(s, path, file) == -ENOMEM ? -ENOMEM : 0;
		}
	}
	return seen.broken ? -ENOMEM : r;
}

/* Adds a rival if the file makes it write, or cannot be read. */
static int add(struct search *s, const char *path, int failed, struct names *keys)
{
	struct rival *m;

	if (failed == -ENOMEM || keys->broken)
		return -ENOMEM;
	if (failed == 0 && keys->n == 0)
		return 0;
	m = rivals_add(s->to, "systemd-networkd", path);
	if (!m)
		return -ENOMEM;
	if (failed < 0)
		rival_fail(m, "cannot read '/%s': %s", path, strerror(-failed));
	return rival_take_keys(m, keys);
}

static int add_network(struct search *s, const char *dir, const char *name)
{
	char path[SEARCH_PATH_MAX], relative[SEARCH_PATH_MAX];
	own_names struct names keys = { 0 };
	struct network_file file = { 0 };
	int n = snprintf(path, sizeof(path), "%s/network/%s", dir, name);
	int r = n < SEARCH_PATH_MAX ? read_file(s, path, &file) : -ENOENT;

	snprintf(relative, sizeof(relative), "network/%s", name);
	if (r == 0)
		r = read_dropins(s, relative, &file);
	if (r == 0)
		network_file_keys(&file, &keys);
	/* a link to nothing hides the others and does no more */
	r = add(s, path, r == -ENOENT ? 0 : r, &keys);
	network_file_done(&file);
	return r;
}

static int add_networks(struct search *s)
{
	own_names struct names seen = { 0 };
	int r = 0;

	for (size_t i = 0; i < DIRS && r == 0; i++) {
		own_names struct names found = { 0 };
		char dir[64];

		snprintf(dir, sizeof(dir), "%s/network", dirs[i]);
		r = search_dir(s, dir, ".network", &found);
		for (size_t k = 0; k < found.n && r == 0; k++) {
			struct span name = span_of(found.at[k]);

			if (!names_has(&seen, name))
				r = add_network(s, dirs[i], found.at[k]);
			names_add(&seen, name);
		}
	}
	return seen.broken ? -ENOMEM : r;
}

static int add_conf(struct search *s)
{
	char path[SEARCH_PATH_MAX] = "";
	own_names struct names keys = { 0 };
	struct network_file file = { 0 };
	int r = -ENOENT;

	for (size_t i = 0; i < DIRS && r == -ENOENT; i++) {
		snprintf(path, sizeof(path), "%s/networkd.conf", dirs[i]);
		r = read_file(s, path, &file);
	}
	if (r == -ENOENT)
		snprintf(path, sizeof(path), "etc/systemd/networkd.conf");
	if (r == 0 || r == -ENOENT)
		r = read_dropins(s, "networkd.conf", &file);
	if (r == 0)
		network_conf_keys(&file, &keys);
	r = add(s, path, r, &keys);
	network_file_done(&file);
	return r;
}

int rivals_read_networkd(struct search *s)
{
	char link[SEARCH_PATH_MAX];
	int r = search_unit(s, "systemd-networkd.service", link);

	if (r <= 0)
		return r;
	r = add_conf(s);
	return r < 0 ? r : add_networks(s);
}
