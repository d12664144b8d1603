/* SPDX-License-Identifier: MIT */
#include "sys/sysctld.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/own.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/sysctld.h"
#include "sys/procfs.h"

/* Names already seen in a directory of higher rank, whose files count instead. */
struct seen {
	char **at;
	size_t n;
};

static bool seen_has(const struct seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->n; i++)
		if (strcmp(seen->at[i], name) == 0)
			return true;
	return false;
}

static int seen_add(struct seen *seen, const char *name)
{
	char **at = realloc(seen->at, (seen->n + 1) * sizeof(*at));

	if (!at)
		return -ENOMEM;
	seen->at = at;
	at[seen->n] = strdup(name);
	return at[seen->n++] ? 0 : -ENOMEM;
}

static void seen_done(struct seen *seen)
{
	for (size_t i = 0; i < seen->n; i++)
		free(seen->at[i]);
	free(seen->at);
}

static int check_file(int root_fd, const char *path, const struct keep *keeps, size_t n,
		      struct err *e)
{
	own_free char *text = NULL;
	unsigned line;
	size_t size;
	int r = procfs_read(root_fd, path, &text, &size);

	/* a link to nowhere masks, and a directory is no file */
	if (r == -ENOENT || r == -EISDIR)
		return 0;
	if (r < 0)
		return err_errno(e, -r, "cannot read '/%s'", path);
	/* what stands behind a NUL is read at boot, as on another line */
	for (char *p = text; (p = memchr(p, '\0', (size_t)(text + size - p)));)
		*p++ = '\r';
	for (size_t i = 0; i < n; i++) {
		if (!sysctld_names(text, keeps[i].key, &line))
			continue;
		err_set(e, EEXIST, "'%s' is named in '/%s', line %u, too", keeps[i].key,
			path, line);
		err_hint(e,
			 "only one file can decide its value at boot: change it there, "
			 "or take it out");
		return -EEXIST;
	}
	return 0;
}

static bool is_candidate(const char *dir, const char *name, const struct seen *seen)
{
	const char *dot = strrchr(name, '.');

	if (!dot || strcmp(dot, ".conf") != 0 || seen_has(seen, name))
		return false;
	return strcmp(dir, DROPIN_DIR) != 0 || strcmp(name, DROPIN_NAME) != 0;
}

static int check_dir(int root_fd, const char *dir, struct seen *seen,
		     const struct keep *keeps, size_t n, struct err *e)
{
	int fd = procfs_open(root_fd, dir, O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (fd == -ENOENT)
		return 0;
	if (!d) {
		r = err_errno(e, fd < 0 ? -fd : errno, "cannot read '/%s'", dir);
		if (fd >= 0)
			close(fd);
		return r;
	}
	while (r == 0 && (entry = readdir(d))) {
		own_free char *path = NULL;

		if (!is_candidate(dir, entry->d_name, seen))
			continue;
		if (asprintf(&path, "%s/%s", dir, entry->d_name) < 0)
			path = NULL;
		if (!path || seen_add(seen, entry->d_name) < 0)
			return err_errno(e, ENOMEM, "cannot read '/%s'", dir);
		r = check_file(root_fd, path, keeps, n, e);
	}
	return r;
}

int sysctld_check_alone(int root_fd, const struct keep *keeps, size_t n, struct err *e)
{
	/* from the highest rank to the lowest */
	static const char *const dirs[] = { DROPIN_DIR, "run/sysctl.d",
					    "usr/local/lib/sysctl.d", "usr/lib/sysctl.d",
					    "lib/sysctl.d" };
	struct seen seen = { 0 };
	int r = 0;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && r == 0; i++)
		r = check_dir(root_fd, dirs[i], &seen, keeps, n, e);
	if (r == 0)
		r = check_file(root_fd, "etc/sysctl.conf", keeps, n, e);
	seen_done(&seen);
	return r;
}
