/* SPDX-License-Identifier: MIT */
#include "core/names.h"

#include <stdlib.h>
#include <string.h>

#include "core/knob.h"

static size_t find(const struct names *names, struct span name)
{
	size_t i = 0;

	while (i < names->n && !span_is(name, names->at[i]))
		i++;
	return i;
}

bool names_has(const struct names *names, struct span name)
{
	return find(names, name) < names->n;
}

static bool reserve(struct names *names)
{
	char **at;

	/* room for 16, then for twice as many each time */
	if (names->n != 0 && (names->n < 16 || (names->n & (names->n - 1)) != 0))
		return true;
	at = realloc(names->at, (names->n < 16 ? 16 : names->n * 2) * sizeof(*at));
	if (at)
		names->at = at;
	return at != NULL;
}

void names_add(struct names *names, struct span name)
{
	if (names->is_cut || names_has(names, name))
		return;
	if (names->n == NAMES_MAX) {
		names->is_cut = true;
		return;
	}
	if (reserve(names))
		names->at[names->n] = strndup(name.at, name.n);
	else
		names->broken = true;
	if (!names->broken && names->at[names->n])
		names->n++;
	else
		names->broken = true;
}

void names_remove(struct names *names, struct span name)
{
	size_t i = find(names, name);

	if (i == names->n)
		return;
	free(names->at[i]);
	names->n--;
	memmove(names->at + i, names->at + i + 1, (names->n - i) * sizeof(*names->at));
}

void names_join(struct names *names, const struct names *from)
{
	for (size_t i = 0; i < from->n; i++)
		names_add(names, span_of(from->at[i]));
	names->broken |= from->broken;
	names->is_cut |= from->is_cut;
}

void names_add_sysctl(struct names *names, struct span name)
{
	char key[KNOB_KEY_MAX];
	bool is_path;
	size_t first;

	if (name.n > 0 && *name.at == '/')
		name = (struct span){ name.at + 1, name.n - 1 };
	if (name.n >= sizeof(key) || memchr(name.at, '\0', name.n))
		return;
	memcpy(key, name.at, name.n);
	key[name.n] = '\0';
	first = strcspn(key, "./");
	is_path = key[first] == '/';
	for (char *p = key; *p && is_path; p++)
		*p = *p == '/' ? '.' : *p == '.' ? '/' : *p;
	if (knob_path(key, NULL, NULL) == 0)
		names_add(names, span_of(key));
}

void names_done(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->at[i]);
	free(names->at);
	*names = (struct names){ 0 };
}
