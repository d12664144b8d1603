/* SPDX-License-Identifier: MIT */
#include "core/sysctld.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "core/knob.h"

static const char BLANKS[] = " \t\f\v\r";

/*
 * The path below /proc/sys, in place: if the first separator is a dot, dots and slashes are
 * swapped; then empty parts and "." are left out, and ".." takes one back.
 */
static void make_path(char *key)
{
	char first = key[strcspn(key, "./")];
	char *out = key, *next;

	for (char *p = key; *p && first == '.'; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	for (char *part = key; part; part = next) {
		size_t n = strcspn(part, "/");

		next = part[n] ? part + n + 1 : NULL;
		if (n == 0 || (n == 1 && part[0] == '.'))
			continue;
		if (n == 2 && memcmp(part, "..", 2) == 0) {
			while (out > key && *--out != '/')
				;
			continue;
		}
		if (out > key)
			*out++ = '/';
		memmove(out, part, n);
		out += n;
	}
	*out = '\0';
}

/* Whether a line, which it takes apart, is an assignment or an exclusion of the path. */
static bool line_names(char *line, const char *path)
{
	char *key = line + strspn(line, BLANKS), *equals;
	bool has_dash;
	size_t n;

	if (*key == '#' || *key == ';')
		return false;
	equals = strchr(key, '=');
	has_dash = *key == '-';
	if (!equals && !has_dash)
		return false;
	if (equals)
		*equals = '\0';
	key += strspn(key, "- \t\f\v\r");
	n = strlen(key);
	while (n > 0 && strchr(BLANKS, key[n - 1]))
		key[--n] = '\0';
	make_path(key);
	if (strpbrk(key, "*?["))
		return fnmatch(key, path, FNM_PATHNAME) == 0;
	return strcmp(key, path) == 0;
}

static bool text_names(const char *text, size_t n, const char *path)
{
	char *copy = strndup(text, n);
	bool is_named = !copy || line_names(copy, path);

	free(copy);
	return is_named;
}

bool sysctld_names(const char *text, const char *key, unsigned *ret_line)
{
	char path[KNOB_KEY_MAX];
	unsigned number = 1;

	if (knob_path(key, path, NULL) < 0)
		return false;
	for (const char *line = text; *line; number++) {
		size_t n = strcspn(line, "\n"), part = 0;
		/* a carriage return is a blank to sysctl(8), */
		bool is_named = text_names(line, n, path);

		/* and the end of a line to systemd-sysctl(8) */
		while (part < n && !is_named) {
			size_t m = strcspn(line + part, "\r\n");

			is_named = text_names(line + part, m, path);
			part += m + 1;
		}
		if (is_named) {
			*ret_line = number;
			return true;
		}
		line += n + (line[n] != '\0');
	}
	return false;
}
