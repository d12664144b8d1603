/* SPDX-License-Identifier: MIT */
#include "core/bootpath.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ROOT "proc/sys/"

void bootpath_swap(char *key)
{
	char first = key[strcspn(key, "./")];

	for (char *p = key; *p && first == '.'; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
}

static bool is_dot(const char *part, size_t n)
{
	return n == 1 && part[0] == '.';
}

static bool is_climb(const char *part, size_t n)
{
	return n == 2 && part[0] == '.' && part[1] == '.';
}

void bootpath_simplify(char *path)
{
	char *out = path;
	const char *part = path;

	while (*part) {
		size_t n = strcspn(part, "/");
		bool is_last = part[n] == '\0';

		if (n > 0 && !is_dot(part, n)) {
			if (out > path)
				*out++ = '/';
			memmove(out, part, n);
			out += n;
		}
		part += n + !is_last;
	}
	*out = '\0';
}

bool bootpath_climbs(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (is_climb(path, n))
			return true;
		path += n + (path[n] == '/');
	}
	return false;
}

/* Directories from which ".." leads back. What else there may be is another machine's own. */
static bool is_known_dir(const char *dir)
{
	static const char *const known[] = {
		"proc",
		"proc/sys",
		ROOT "net",
		ROOT "net/core",
		ROOT "net/unix",
		ROOT "net/ipv4",
		ROOT "net/ipv4/conf",
		ROOT "net/ipv4/conf/all",
		ROOT "net/ipv4/conf/default",
		ROOT "net/ipv4/neigh",
		ROOT "net/ipv4/route",
		ROOT "net/ipv6",
		ROOT "net/ipv6/conf",
		ROOT "fs",
		ROOT "kernel",
		ROOT "vm",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(dir, known[i]) == 0)
			return true;
	return dir[0] == '\0';
}

static void climb(struct text *t)
{
	char *slash = t->at ? strrchr(t->at, '/') : NULL;

	if (!t->at)
		return;
	t->n = slash ? (size_t)(slash - t->at) : 0;
	t->at[t->n] = '\0';
}

bool bootpath_resolve(const char *path, struct text *ret)
{
	static const char root[] = ROOT;
	const char *part = path;
	bool is_file = false;

	text_add_bytes(ret, root, sizeof(root) - 2);
	while (*part && !ret->broken) {
		size_t n = strcspn(part, "/");

		/* a slash or a dot behind a name wants a directory there */
		is_file = n > 0 && !is_dot(part, n) && part[n] != '/';
		if (is_climb(part, n)) {
			if (!is_known_dir(ret->at))
				return false;
			climb(ret);
			is_file = false;
		} else if (n > 0 && !is_dot(part, n)) {
			text_add(ret, ret->n ? "/" : "");
			text_add_bytes(ret, part, n);
		}
		part += n + (part[n] == '/');
	}
	if (!is_file || ret->broken || strncmp(ret->at, root, sizeof(root) - 1) != 0)
		return false;
	ret->n -= sizeof(root) - 1;
	memmove(ret->at, ret->at + sizeof(root) - 1, ret->n + 1);
	return true;
}

bool bootpath_is_glob(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

static bool part_matches(const char *pattern, size_t n, const char *name, size_t name_n)
{
	char room[256], wanted[256];

	/* NAME_MAX: no file has a longer name */
	if (n >= sizeof(room) || name_n >= sizeof(wanted))
		return false;
	memcpy(room, pattern, n);
	room[n] = '\0';
	memcpy(wanted, name, name_n);
	wanted[name_n] = '\0';
	return fnmatch(room, wanted, FNM_PERIOD) == 0;
}

/* Without ".." in either, part by part, as glob(3) does. */
static bool match_parts(const char *pattern, const char *path, struct text *spelling)
{
	bool is_odd = false;

	while (*pattern) {
		size_t n = strcspn(pattern, "/"), m = strcspn(path, "/");
		bool is_last = pattern[n] == '\0';

		if (n == 0 || is_dot(pattern, n)) {
			is_odd = true;
			text_add_bytes(spelling, pattern, n);
			if (is_last)
				return false;
		} else {
			if (*path == '\0' || !part_matches(pattern, n, path, m))
				return false;
			text_add_bytes(spelling, path, m);
			path += m + (path[m] == '/');
		}
		if (is_last)
			break;
		text_add(spelling, "/");
		/* a slash at the end wants a directory */
		if (pattern[n + 1] == '\0')
			return false;
		pattern += n + 1;
	}
	if (*path)
		return false;
	if (!is_odd)
		text_done(spelling);
	return true;
}

/* "conf/" of "conf/..", also where a pattern stands before it. */
static char *without_climbs(const char *pattern)
{
	char *copy = strdup(pattern), *out = copy;

	for (const char *part = pattern; copy && *part;) {
		size_t n = strcspn(part, "/"), step = n + (part[n] == '/');

		if (is_climb(part, n) && out > copy) {
			out--;
			while (out > copy && out[-1] != '/')
				out--;
		} else {
			memcpy(out, part, step);
			out += step;
		}
		part += step;
	}
	if (copy)
		*out = '\0';
	return copy;
}

bool bootpath_match(const char *pattern, const char *path, struct text *ret_spelling)
{
	char *straight;
	bool is_match;

	if (!bootpath_climbs(pattern))
		return match_parts(pattern, path, ret_spelling);
	straight = without_climbs(pattern);
	ret_spelling->broken = !straight;
	is_match = straight && match_parts(straight, path, ret_spelling);
	free(straight);
	if (is_match && !ret_spelling->n)
		/* no line spells it so */
		text_add(ret_spelling, "..");
	return is_match;
}
