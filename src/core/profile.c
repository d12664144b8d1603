/* SPDX-License-Identifier: MIT */
#include "core/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "core/catalogue.h"
#include "core/ini.h"
#include "core/nearest.h"
#include "core/problem.h"

bool profile_name_is_valid(const char *name)
{
	size_t n = strspn(
		name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return n > 0 && n < PROFILE_NAME_MAX && name[n] == '\0' && name[0] != '.';
}

static int setting_check_value(const struct setting *s, struct err *e)
{
	const struct knob *k = catalogue_find(s->key);
	int64_t n;

	if (s->op != SETTING_EQUAL && !num_parse(s->value, INT64_MIN, INT64_MAX, &n))
		return err_set(e, EINVAL,
			       "%s: '%s%s' needs a single number in plain decimal",
			       s->key, setting_op_text(s->op), s->value);
	if (strlen(s->value) >= KNOB_VALUE_MAX)
		return err_set(e, EINVAL, "%s: the value is too long", s->key);
	if (k && knob_check(k, s->value, e) < 0)
		return err_wrap(e, "%s", s->key);
	/* an empty write changes nothing and reports success */
	if (s->value[0] == '\0' && !(k && k->shape == KNOB_PORTS))
		return err_set(e, EINVAL, "%s: there is no value", s->key);
	return 0;
}

int settings_add(struct settings *s, const char *key, const char *text, const char *file,
		 unsigned line, struct err *e)
{
	struct setting *at, *new;
	int r;

	if (strpbrk(key, "*?["))
		return err_set(e, EINVAL, "key '%s' is a pattern; name each key", key);
	r = knob_path(key, NULL, e);
	if (r < 0)
		return r;
	r = catalogue_check_key(key, e);
	if (r < 0)
		return r;

	at = realloc(s->at, (s->n + 1) * sizeof(*at));
	if (!at)
		return err_errno(e, ENOMEM, "cannot keep '%s'", key);
	s->at = at;
	new = &at[s->n];
	*new = (struct setting){ .key = strdup(key), .file = strdup(file), .line = line };
	if (text[0] == '>' || text[0] == '<') {
		new->op = text[0] == '>' ? SETTING_GREATER : SETTING_SMALLER;
		text++;
	}
	new->value = strdup(text);
	s->n++;
	if (!new->key || !new->file || !new->value)
		return err_errno(e, ENOMEM, "cannot keep '%s'", key);
	knob_normalise(new->value);
	return setting_check_value(new, e);
}

const struct setting *settings_find(const struct settings *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->at[i].key, key) == 0)
			return &s->at[i];
	return NULL;
}

static void setting_done(struct setting *s)
{
	free(s->key);
	free(s->value);
	free(s->file);
}

void settings_done(struct settings *s)
{
	for (size_t i = 0; i < s->n; i++)
		setting_done(&s->at[i]);
	free(s->at);
	*s = (struct settings){ 0 };
}

const char *setting_op_text(enum setting_op op)
{
	return op == SETTING_GREATER ? ">" : op == SETTING_SMALLER ? "<" : "";
}

bool setting_is_met(const struct setting *s, const struct knob *k, const char *current)
{
	int64_t want, have;

	if (s->op == SETTING_EQUAL)
		return knob_holds(k, s->value, current);
	if (!num_parse(s->value, INT64_MIN, INT64_MAX, &want) ||
	    !num_parse(current, INT64_MIN, INT64_MAX, &have))
		return false;
	return s->op == SETTING_GREATER ? have >= want : have <= want;
}

/* Names between commas; tuned does not take a blank for one. */
static int profile_add_includes(struct profile *p, const struct ini_entry *entry,
				struct problems *problems)
{
	const char *at = entry->value;

	for (;;) {
		size_t lead = strspn(at, " \t"), n = strcspn(at + lead, ","), end = n;
		char *name;

		while (end > 0 && strchr(" \t", at[lead + end - 1]))
			end--;
		if (p->n_includes == PROFILE_INCLUDES_MAX) {
			problems_add(problems, p->path, entry->line,
				     "more than %d parents", PROFILE_INCLUDES_MAX);
			return 0;
		}
		name = strndup(at + lead, end);
		if (!name)
			return -ENOMEM;
		p->includes[p->n_includes++] = name;
		if (!profile_name_is_valid(name))
			problems_add(problems, p->path, entry->line,
				     "'%s' is no name of a profile", name);
		at += lead + n;
		if (*at++ == '\0')
			return 0;
	}
}

static int profile_add_main(struct profile *p, const struct ini_entry *entry,
			    struct problems *problems)
{
	static const char *const keys[] = { "summary", "use_when", "avoid_when",
					    "include", NULL };
	char **texts[] = { &p->summary, &p->use_when, &p->avoid_when };
	const char *near;

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(entry->key, keys[i]) != 0)
			continue;
		*texts[i] = strdup(entry->value);
		return *texts[i] ? 0 : -ENOMEM;
	}
	if (strcmp(entry->key, "include") == 0)
		return profile_add_includes(p, entry, problems);
	near = nearest(entry->key, keys);
	problems_add(problems, p->path, entry->line, "[main] has no key '%s'%s%s%s",
		     entry->key, near ? "; did you mean '" : "", near ? near : "",
		     near ? "'?" : "");
	return 0;
}

int profile_make(struct profile *p, const char *name, const char *path,
		 const struct ini *ini, struct problems *problems)
{
	int r = 0;

	*p = (struct profile){ .name = strdup(name), .path = strdup(path) };
	if (!p->name || !p->path)
		return -ENOMEM;
	for (size_t i = 0; i < ini->n_sections; i++)
		if (strcmp(ini->sections[i], "main") != 0 &&
		    strcmp(ini->sections[i], "sysctl") != 0)
			problems_add(problems, path, ini->section_lines[i],
				     "section [%s] is not one of [main] and [sysctl]",
				     ini->sections[i]);
	for (size_t i = 0; i < ini->n && r == 0; i++) {
		const struct ini_entry *entry = &ini->at[i];
		struct err e = { 0 };

		if (strcmp(entry->section, "main") == 0)
			r = profile_add_main(p, entry, problems);
		else if (strcmp(entry->section, "sysctl") == 0 &&
			 settings_add(&p->settings, entry->key, entry->value, path,
				      entry->line, &e) < 0)
			problems_add(problems, path, entry->line, "%s", e.text);
	}
	return r;
}

int profile_inherit(struct profile *p, struct profile *parent)
{
	size_t room = p->settings.n + parent->settings.n;
	struct setting *at = calloc(room ? room : 1, sizeof(*at));
	size_t n = 0;

	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < parent->settings.n; i++) {
		struct setting *s = &parent->settings.at[i];

		if (settings_find(&p->settings, s->key))
			setting_done(s);
		else
			at[n++] = *s;
	}
	if (p->settings.n)
		memcpy(at + n, p->settings.at, p->settings.n * sizeof(*at));
	n += p->settings.n;
	free(parent->settings.at);
	parent->settings = (struct settings){ 0 };
	free(p->settings.at);
	p->settings = (struct settings){ .at = at, .n = n };
	return 0;
}

void profile_done(struct profile *p)
{
	free(p->name);
	free(p->path);
	free(p->summary);
	free(p->use_when);
	free(p->avoid_when);
	for (size_t i = 0; i < p->n_includes; i++)
		free(p->includes[i]);
	settings_done(&p->settings);
	*p = (struct profile){ 0 };
}
