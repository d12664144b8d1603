/* SPDX-License-Identifier: MIT */
#include "sys/search.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "sys/rivals.h"
#include "sys/procfs.h"

/* Keeps a path for a recording; the first kind it is found as stays. */
static int keep(struct search *s, const char *path, enum rival_file kind)
{
	struct rival_path *at;

	if (!s->paths)
		return 0;
	for (size_t i = 0; i < s->paths->n; i++)
		if (strcmp(s->paths->at[i].path, path) == 0)
			return 0;
	at = realloc(s->paths->at, (s->paths->n + 1) * sizeof(*at));
	if (!at)
		return -ENOMEM;
	s->paths->at = at;
	at[s->paths->n] = (struct rival_path){ strdup(path), kind };
	return at[s->paths->n].path ? (int)(s->paths->n++, 0) : -ENOMEM;
}

int search_read(struct search *s, const char *path, enum rival_file kind, char **ret,
		size_t *ret_n)
{
	own_fd int fd = procfs_open(s->root_fd, path, O_PATH);
	own_free char *text = NULL;
	struct stat st;
	int r;

	if (fd < 0)
		return fd == -ENOTDIR ? -ENOENT : fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -ENOENT;
	if (st.st_size > SEARCH_FILE_MAX)
		return -EFBIG;
	r = procfs_read(s->root_fd, path, &text, ret_n);
	if (r == 0)
		r = keep(s, path, kind);
	if (r == 0)
		*ret = take(text);
	return r;
}

bool search_has(struct search *s, const char *path)
{
	own_fd int fd = procfs_open(s->root_fd, path, O_PATH | O_NOFOLLOW);

	/* a path less is an answer less in a recording, no harm here */
	if (fd >= 0)
		(void)keep(s, path, RIVAL_PRESENCE);
	return fd >= 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int search_dir(struct search *s, const char *dir, const char *suffix, struct names *ret)
{
	int fd = procfs_open(s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	size_t end = strlen(suffix);
	const struct dirent *entry;

	if (fd >= 0 && !d)
		close(fd);
	while (d && (entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (*entry->d_name != '.' && n > end &&
		    strcmp(entry->d_name + n - end, suffix) == 0)
			names_add(ret, span_of(entry->d_name));
	}
	if (ret->n > 1)
		qsort(ret->at, ret->n, sizeof(*ret->at), compare);
	return ret->broken ? -ENOMEM : 0;
}

static const char *const unit_dirs[] = { "etc/systemd/system", "run/systemd/system",
					 "usr/lib/systemd/system", "lib/systemd/system" };

enum { UNIT_DIRS = sizeof(unit_dirs) / sizeof(unit_dirs[0]) };

/* Is DIR/UNIT a link to /dev/null? */
static bool is_masked(const struct search *s, const char *dir, const char *unit)
{
	char path[SEARCH_PATH_MAX], target[16];
	own_fd int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, unit);
	fd = procfs_open(s->root_fd, path, O_PATH | O_NOFOLLOW);
	n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target));
	return n == (ssize_t)strlen("/dev/null") &&
	       memcmp(target, "/dev/null", (size_t)n) == 0;
}

/* A link to the unit in a directory such as multi-user.target.wants. */
static int find_wanting(struct search *s, const char *dir, const char *suffix,
			const char *unit, char *ret_path)
{
	own_names struct names wanting = { 0 };
	int r = search_dir(s, dir, suffix, &wanting);

	for (size_t i = 0; i < wanting.n && r == 0; i++) {
		int n = snprintf(ret_path, SEARCH_PATH_MAX, "%s/%s/%s", dir,
				 wanting.at[i], unit);

		r = n < SEARCH_PATH_MAX && search_has(s, ret_path);
	}
	return r;
}

int search_unit(struct search *s, const char *unit, char *ret_path)
{
	static const char *const suffixes[] = { ".wants", ".requires" };
	int r = 0;

	for (size_t i = 0; i < UNIT_DIRS; i++)
		if (is_masked(s, unit_dirs[i], unit))
			return 0;
	for (size_t i = 0; i < UNIT_DIRS * 2 && r == 0; i++)
		r = find_wanting(s, unit_dirs[i / 2], suffixes[i % 2], unit, ret_path);
	return r;
}
