/* SPDX-License-Identifier: MIT */
#include "sys/profilefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "core/ini.h"
#include "core/nearest.h"
#include "core/problem.h"
#include "core/profile.h"
#include "sys/inicheck.h"
#include "sys/owner.h"
#include "sys/procfs.h"

#define ADMIN_DIR "etc/finwait/profiles"

/* The chain of profiles that are being loaded, from the one asked for to its parents. */
struct loading {
	const struct loading *child;
	const char *name;
};

/*
 * Opens a name by the search order, and the directory it was found in. The
 * administrator's are the machine's: no link leads out of a recorded tree. The installed
 * ones come with the program.
 */
static int open_by_name(const struct profile_places *places, const char *name, char *path,
			size_t size, int *ret_dir_fd)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd;

	snprintf(path, size, "/" ADMIN_DIR "/%s.ini", name);
	*ret_dir_fd = procfs_open(places->root_fd, ADMIN_DIR, O_RDONLY | O_DIRECTORY);
	fd = procfs_open(places->root_fd, path + 1, flags);
	if (fd != -ENOENT)
		return fd;
	if (*ret_dir_fd >= 0)
		close(*ret_dir_fd);
	snprintf(path, size, "%s/%s.ini", places->installed_dir, name);
	*ret_dir_fd = open(places->installed_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

static int open_by_path(const char *name, char *path, size_t size, int *ret_dir_fd)
{
	const char *slash = strrchr(name, '/');
	own_free char *dir = strndup(name, (size_t)(slash - name));
	int fd;

	if (!dir)
		return -ENOMEM;
	snprintf(path, size, "%s", name);
	*ret_dir_fd = open(slash == name ? "/" : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_dir_fd < 0)
		return -errno;
	fd = openat(*ret_dir_fd, slash + 1, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int no_profile(const struct profile_places *places, const char *name, int r,
		      const struct loading *chain, struct err *e)
{
	struct profile_names names = { 0 };
	const char *near = NULL;

	if (r != -ENOENT || strchr(name, '/'))
		return err_errno(e, -r, "cannot open profile '%s'", name);
	if (chain->child)
		err_set(e, ENOENT,
			"profile '%s' includes '%s', and there is no such profile",
			chain->child->name, name);
	else
		err_set(e, ENOENT, "no profile '%s'", name);
	if (!strchr(name, '/') && profilefile_list(places, &names, NULL) == 0)
		near = nearest(name, (const char *const *)names.at);
	if (near)
		err_hint(e, "did you mean '%s'?", near);
	else
		err_hint(e, "finwait profile list shows them");
	profile_names_done(&names);
	return -ENOENT;
}

static int read_file(int fd, const char *path, char **ret, size_t *ret_n, struct err *e)
{
	own_free char *bytes = malloc(INI_FILE_MAX + 2);
	size_t n = 0;
	ssize_t got;

	if (!bytes)
		return err_errno(e, ENOMEM, "cannot read profile '%s'", path);
	/* one byte more than is allowed, so that the gate sees it is too much */
	while ((got = read(fd, bytes + n, INI_FILE_MAX + 1 - n)) > 0)
		n += (size_t)got;
	if (got < 0)
		return err_errno(e, errno, "cannot read profile '%s'", path);
	*ret = take(bytes);
	*ret_n = n;
	return 0;
}

/* The name of a profile given as a path: its file's, without ".ini". */
static void name_of(const char *name, char *ret, size_t size)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	size_t n = strlen(base);

	if (slash && n > 4 && strcmp(base + n - 4, ".ini") == 0)
		n -= 4;
	snprintf(ret, size, "%.*s", (int)n, base);
}

static int parse_file(int fd, const char *name, const char *path, struct profile *ret,
		      struct problems *problems, struct err *e)
{
	own_free char *bytes = NULL;
	struct ini ini = { 0 };
	char short_name[256];
	size_t n = 0;
	int r = read_file(fd, path, &bytes, &n, e);

	if (r < 0)
		return r;
	name_of(name, short_name, sizeof(short_name));
	r = ini_parse(&ini, bytes, n, path, problems);
	if (r == 0 && problems->n == 0)
		r = inicheck(&ini, bytes, n, path, problems);
	if (r == 0)
		r = profile_make(ret, short_name, path, &ini, problems);
	ini_done(&ini);
	return r < 0 ? err_errno(e, -r, "cannot read profile '%s'", path) : 0;
}

static int load(const struct profile_places *places, const struct loading *chain,
		struct profile *ret, struct problems *problems, struct err *e);

/* A chain as text, from the profile that was asked for: "a includes b includes a". */
static void chain_text(const struct loading *chain, char *text, size_t size)
{
	size_t n;

	if (chain->child)
		chain_text(chain->child, text, size);
	n = strlen(text);
	snprintf(text + n, size - n, "%s%s", chain->child ? " includes " : "",
		 chain->name);
}

static int check_chain(const struct loading *chain, struct err *e)
{
	char text[PROFILE_NAME_MAX * 8] = "";
	int depth = 0;

	chain_text(chain, text, sizeof(text));
	for (const struct loading *l = chain->child; l; l = l->child, depth++) {
		if (strcmp(l->name, chain->name) == 0)
			return err_set(e, ELOOP, "profiles include each other: %s", text);
		if (depth >= PROFILE_INCLUDES_MAX)
			return err_set(e, ELOOP,
				       "profiles include more than %d levels: %s",
				       PROFILE_INCLUDES_MAX, text);
	}
	return 0;
}

static int load_parents(const struct profile_places *places, const struct loading *chain,
			struct profile *p, struct problems *problems, struct err *e)
{
	/* the last parent named wins over the first, so it is put in front first */
	for (size_t i = p->n_includes; i-- > 0;) {
		struct loading next = { .child = chain, .name = p->includes[i] };
		struct profile parent = { 0 };
		int r = check_chain(&next, e);

		if (r == 0)
			r = load(places, &next, &parent, problems, e);
		if (r == 0)
			r = profile_inherit(p, &parent);
		profile_done(&parent);
		if (r < 0)
			return r;
	}
	return 0;
}

static int load(const struct profile_places *places, const struct loading *chain,
		struct profile *ret, struct problems *problems, struct err *e)
{
	own_fd int dir_fd = -1;
	own_fd int fd = -1;
	char path[4096] = "";
	bool is_path = strchr(chain->name, '/');
	int r;

	if (!is_path && !profile_name_is_valid(chain->name))
		return no_profile(places, chain->name, -ENOENT, chain, e);
	r = is_path ? open_by_path(chain->name, path, sizeof(path), &dir_fd)
		    : open_by_name(places, chain->name, path, sizeof(path), &dir_fd);
	if (r < 0)
		return no_profile(places, chain->name, r, chain, e);
	fd = r;
	r = owner_check(fd, dir_fd, path, e);
	if (r < 0)
		return r;
	r = parse_file(fd, chain->name, path, ret, problems, e);
	if (r == 0)
		r = problems_err(problems, e);
	if (r < 0)
		return r;
	return load_parents(places, chain, ret, problems, e);
}

int profilefile_load(const struct profile_places *places, const char *name,
		     struct profile *ret, struct problems *problems, struct err *e)
{
	struct loading chain = { .name = name };

	*ret = (struct profile){ 0 };
	return load(places, &chain, ret, problems, e);
}

static int names_add(struct profile_names *names, const char *name, size_t n)
{
	char **at = realloc(names->at, (names->n + 2) * sizeof(*at));

	if (!at)
		return -ENOMEM;
	names->at = at;
	at[names->n] = strndup(name, n);
	at[names->n + 1] = NULL;
	for (size_t i = 0; at[names->n] && i < names->n; i++)
		if (strcmp(at[i], at[names->n]) == 0) {
			free(take(at[names->n]));
			return 0;
		}
	if (!at[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

/* Takes dir_fd. */
static int names_add_dir(struct profile_names *names, int dir_fd)
{
	own_dir DIR *dir = dir_fd < 0 ? NULL : fdopendir(dir_fd);
	const struct dirent *entry;
	char name[PROFILE_NAME_MAX + 4];
	int r = 0;

	while (dir && r == 0 && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (n <= 4 || n >= sizeof(name) ||
		    strcmp(entry->d_name + n - 4, ".ini") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)n - 4, entry->d_name);
		if (profile_name_is_valid(name))
			r = names_add(names, name, n - 4);
	}
	return r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int profilefile_list(const struct profile_places *places, struct profile_names *ret,
		     struct err *e)
{
	struct profile_names names = { .at = calloc(1, sizeof(char *)) };
	int r = names.at ? 0 : -ENOMEM;

	if (r == 0)
		r = names_add_dir(&names, procfs_open(places->root_fd, ADMIN_DIR,
						      O_RDONLY | O_DIRECTORY));
	if (r == 0)
		r = names_add_dir(&names, open(places->installed_dir,
					       O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (r < 0) {
		profile_names_done(&names);
		return err_errno(e, -r, "cannot list the profiles");
	}
	qsort(names.at, names.n, sizeof(*names.at), compare_names);
	*ret = names;
	return 0;
}

void profile_names_done(struct profile_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->at[i]);
	free(names->at);
	*names = (struct profile_names){ 0 };
}
