/* SPDX-License-Identifier: MIT */
#include "core/ini.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/problem.h"

#define LETTERS	      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SECTION_BYTES LETTERS "0123456789_.-"
#define KEY_BYTES     SECTION_BYTES "/@*?"

/* One line under the gate. */
struct line {
	struct ini *ini;
	struct problems *problems;
	const char *file;
	unsigned number;
	const char *at;
	size_t n;
};

#define PROBLEM(l, ...) problems_add((l)->problems, (l)->file, (l)->number, __VA_ARGS__)

static size_t span(const char *at, size_t n, const char *bytes)
{
	size_t i = 0;

	while (i < n && at[i] && strchr(bytes, at[i]))
		i++;
	return i;
}

static void trim_end(const char *at, size_t *n)
{
	while (*n > 0 && (at[*n - 1] == ' ' || at[*n - 1] == '\t'))
		(*n)--;
}

/* Bytes no line may hold. A comment may be in any language; the rest is printable ASCII.
 */
static bool line_has_plain_bytes(const struct line *l, bool is_comment)
{
	for (size_t i = 0; i < l->n; i++) {
		unsigned char c = (unsigned char)l->at[i];

		if (c == '\0') {
			PROBLEM(l, "a NUL byte in column %zu", i + 1);
			return false;
		}
		if ((c < 0x20 && c != '\t') || c == 0x7f || (c > 0x7e && !is_comment)) {
			PROBLEM(l, "byte 0x%02x in column %zu is not plain text", c,
				i + 1);
			return false;
		}
	}
	return true;
}

static bool ini_add_section(struct line *l)
{
	struct ini *ini = l->ini;
	size_t n;
	char *name;

	trim_end(l->at, &l->n);
	n = span(l->at + 1, l->n - 1, SECTION_BYTES);
	if (n == 0 || l->n != n + 2 || l->at[n + 1] != ']') {
		PROBLEM(l, "a section line must be [name] and nothing else");
		return true;
	}
	name = strndup(l->at + 1, n);
	if (!name)
		return false;
	for (size_t i = 0; i < ini->n_sections; i++)
		if (strcasecmp(ini->sections[i], name) == 0)
			PROBLEM(l, "section [%s] is there twice", name);
	if (ini->n_sections == sizeof(ini->sections) / sizeof(ini->sections[0])) {
		PROBLEM(l, "too many sections");
		free(name);
		return true;
	}
	ini->section_lines[ini->n_sections] = l->number;
	ini->sections[ini->n_sections++] = name;
	return true;
}

/*
 * Cuts a comment (a '#' behind a blank) and the quotes off a value; false if the value
 * may not stand so.
 */
static bool value_trim(const struct line *l, const char **at, size_t *n)
{
	size_t lead = span(*at, *n, " \t");

	*at += lead;
	*n -= lead;
	for (size_t i = 0; i < *n; i++) {
		char c = (*at)[i];

		if (c == '#' && i > 0 && ((*at)[i - 1] == ' ' || (*at)[i - 1] == '\t')) {
			*n = i;
			break;
		}
		if (c == '#' || c == ';' || c == '\'') {
			PROBLEM(l, "%s in a value: readers of this format disagree on it",
				c == '#'   ? "a '#' without a blank before it"
				: c == ';' ? "a ';'"
					   : "a single quote");
			return false;
		}
	}
	trim_end(*at, n);
	if (memchr(*at, '"', *n)) {
		if (*n < 2 || (*at)[0] != '"' ||
		    memchr(*at + 1, '"', *n - 1) != *at + *n - 1) {
			PROBLEM(l, "quotes must be one pair around the whole value");
			return false;
		}
		*at += 1;
		*n -= 2;
	}
	return true;
}

static const struct ini_entry *ini_find(const struct ini *ini, const char *section,
					const char *key, size_t n)
{
	for (size_t i = 0; i < ini->n; i++)
		if (strcasecmp(ini->at[i].section, section) == 0 &&
		    strlen(ini->at[i].key) == n &&
		    strncasecmp(ini->at[i].key, key, n) == 0)
			return &ini->at[i];
	return NULL;
}

static bool ini_store(struct line *l, size_t key_n, const char *value, size_t value_n)
{
	struct ini *ini = l->ini;
	const char *section = ini->sections[ini->n_sections - 1];
	struct ini_entry *at = realloc(ini->at, (ini->n + 1) * sizeof(*at));

	if (!at)
		return false;
	ini->at = at;
	at[ini->n] = (struct ini_entry){
		.section = strdup(section),
		.key = strndup(l->at, key_n),
		.value = strndup(value, value_n),
		.line = l->number,
	};
	ini->n++;
	return at[ini->n - 1].section && at[ini->n - 1].key && at[ini->n - 1].value;
}

/* `key=value`, possibly with blanks around the '=' and a comment behind it. */
static bool ini_add_entry(struct line *l)
{
	size_t key_n = span(l->at, l->n, KEY_BYTES);
	size_t blank = span(l->at + key_n, l->n - key_n, " \t");
	const struct ini_entry *before;
	const char *value = l->at + key_n + blank + 1;
	size_t value_n = l->n - key_n - blank - 1;

	if (key_n + blank == l->n || l->at[key_n + blank] != '=' || key_n == 0) {
		PROBLEM(l, "not a section, a comment or key=value");
		return true;
	}
	if (l->ini->n_sections == 0) {
		PROBLEM(l, "key '%.*s' stands before the first section", (int)key_n,
			l->at);
		return true;
	}
	before = ini_find(l->ini, l->ini->sections[l->ini->n_sections - 1], l->at, key_n);
	if (before) {
		PROBLEM(l, "key '%.*s' is there twice, first in line %u", (int)key_n,
			l->at, before->line);
		return true;
	}
	if (!value_trim(l, &value, &value_n))
		return true;
	if (value_n == 0 || span(value, value_n, " \t") == value_n) {
		PROBLEM(l, "key '%.*s' has no value", (int)key_n, l->at);
		return true;
	}
	if (l->ini->n == INI_ENTRIES_MAX) {
		PROBLEM(l, "more than %d keys", INI_ENTRIES_MAX);
		return true;
	}
	return ini_store(l, key_n, value, value_n);
}

static bool ini_add_line(struct line *l)
{
	size_t blank = span(l->at, l->n, " \t");
	bool is_comment = blank < l->n && (l->at[blank] == '#' || l->at[blank] == ';');

	if (l->n > INI_LINE_MAX) {
		PROBLEM(l, "the line has %zu bytes; %d are allowed", l->n, INI_LINE_MAX);
		return true;
	}
	if (l->number == 1 && l->n >= 3 && memcmp(l->at, "\xef\xbb\xbf", 3) == 0) {
		PROBLEM(l,
			"the file begins with a byte order mark; save it as plain UTF-8");
		return true;
	}
	if (!line_has_plain_bytes(l, is_comment))
		return true;
	trim_end(l->at, &l->n);
	if (l->n > 0 && l->at[l->n - 1] == '\\') {
		PROBLEM(l, "a backslash at the end would swallow the next line");
		return true;
	}
	if (is_comment || blank >= l->n)
		return true;
	if (memchr(l->at, '\\', l->n)) {
		PROBLEM(l, "a backslash: readers of this format disagree on it");
		return true;
	}
	if (blank > 0) {
		PROBLEM(l, "an indented line would be joined to the one above; begin it "
			   "in column 1");
		return true;
	}
	return l->at[0] == '[' ? ini_add_section(l) : ini_add_entry(l);
}

int ini_parse(struct ini *ini, const char *bytes, size_t n, const char *file,
	      struct problems *problems)
{
	struct line l = { .ini = ini, .problems = problems, .file = file };

	if (n > INI_FILE_MAX) {
		problems_add(problems, file, 0, "the file is larger than %d KiB",
			     INI_FILE_MAX / 1024);
		return 0;
	}
	for (size_t i = 0; i < n; i += l.n + 1) {
		const char *end = memchr(bytes + i, '\n', n - i);
		struct line line = l;

		l.number++;
		l.n = end ? (size_t)(end - bytes) - i : n - i;
		line.number = l.number;
		line.at = bytes + i;
		line.n = l.n;
		if (line.n > 0 && line.at[line.n - 1] == '\r')
			line.n--;
		if (!ini_add_line(&line))
			return -ENOMEM;
	}
	return 0;
}

void ini_done(struct ini *ini)
{
	for (size_t i = 0; i < ini->n; i++) {
		free(ini->at[i].section);
		free(ini->at[i].key);
		free(ini->at[i].value);
	}
	for (size_t i = 0; i < ini->n_sections; i++)
		free(ini->sections[i]);
	free(ini->at);
	*ini = (struct ini){ 0 };
}
