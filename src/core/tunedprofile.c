/* SPDX-License-Identifier: MIT */
#include "core/tunedprofile.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What every plugin's section may hold besides the plugin's own options (profiles/unit.py). */
static const char *const unit_options[] = {
	"type",	      "enabled",     "priority",    "replace",
	"prepend",    "drop",	     "devices",	    "devices_udev_regex",
	"script_pre", "script_post", "uname_regex", "cpuinfo_regex",
	NULL,
};

static bool is_true(struct span value)
{
	static const char *const words[] = { "True", "true", "1", NULL };

	return span_is_any(value, words);
}

static struct tuned_section *find(const struct tuned_profile *p, struct span name)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_is(name, p->at[i].name))
			return &p->at[i];
	return NULL;
}

static void section_done(struct tuned_section *s)
{
	free(s->name);
	free(s->type);
	names_done(&s->keys);
	names_done(&s->drop);
	*s = (struct tuned_section){ 0 };
}

static int add_section(struct tuned_profile *p, struct span name,
		       struct tuned_section **ret)
{
	struct tuned_section *s = find(p, name);

	if (!s && p->n == TUNED_SECTIONS_MAX)
		return -E2BIG;
	if (!s) {
		s = realloc(p->at, (p->n + 1) * sizeof(*s));
		if (!s)
			return -ENOMEM;
		p->at = s;
		s = &p->at[p->n];
		*s = (struct tuned_section){ .name = strndup(name.at, name.n) };
		if (!s->name)
			return -ENOMEM;
		p->n++;
	}
	*ret = s;
	return 0;
}

/*
 * A parent. Which of both ${f:virt_check:GUEST:HOST} means depends on the machine, so both
 * may be the parent; another variable or function is tuned's to expand.
 */
static void add_include(struct tuned_profile *p, struct span name)
{
	static const char virt[] = "${f:virt_check:";
	struct span guest, host, rest;

	name = span_trim(name);
	if (name.n == 0)
		return;
	if (!memchr(name.at, '$', name.n)) {
		names_add(&p->includes, name);
		return;
	}
	rest = (struct span){ name.at + strlen(virt), name.n - strlen(virt) };
	if (span_starts(name, virt) && span_split(rest, ':', &guest, &host) &&
	    host.n > 1 && host.at[host.n - 1] == '}' && !memchr(rest.at, '$', rest.n)) {
		host.n--;
		names_add(&p->includes, guest);
		names_add(&p->includes, host);
		return;
	}
	snprintf(p->unknown, sizeof(p->unknown), "%.*s", (int)(name.n < 60 ? name.n : 60),
		 name.at);
}

static int add_list(struct tuned_profile *p, struct tuned_section *s, bool is_main,
		    struct span value)
{
	struct span word;

	while (span_word(&value, ",;", &word))
		if (is_main)
			add_include(p, word);
		else
			names_add(&s->drop, span_trim(word));
	return p->includes.broken || s->drop.broken ? -ENOMEM : 0;
}

static int set_type(struct tuned_section *s, struct span value)
{
	free(s->type);
	s->type = strndup(value.at, value.n);
	return s->type ? 0 : -ENOMEM;
}

static bool is_main(const struct tuned_section *s)
{
	return strcmp(s->name, "main") == 0;
}

static int add_option(struct tuned_profile *p, struct tuned_section *s, struct span key,
		      struct span value)
{
	if (is_main(s))
		return span_is(key, "include") ? add_list(p, s, true, value) : 0;
	if (span_is(key, "type"))
		return set_type(s, value);
	if (span_is(key, "drop"))
		return add_list(p, s, false, value);
	if (span_is(key, "enabled"))
		s->is_disabled = !is_true(value);
	else if (span_is(key, "replace"))
		s->replaces = is_true(value);
	else if (!span_is_any(key, unit_options))
		names_add(&s->keys, key);
	return s->keys.broken ? -ENOMEM : 0;
}

/* The value goes on: a list gets longer, and a word becomes another that means nothing. */
static int continue_option(struct tuned_profile *p, struct tuned_section *s,
			   struct span key, struct span more)
{
	if (span_is(key, is_main(s) ? "include" : "drop"))
		return add_list(p, s, is_main(s), more);
	if (span_is(key, "type"))
		return set_type(s, span_of("?"));
	if (span_is(key, "enabled"))
		s->is_disabled = true;
	else if (span_is(key, "replace"))
		s->replaces = false;
	return 0;
}

/* Without what a '#' behind a blank starts. */
static struct span cut_comment(struct span line)
{
	for (size_t i = 1; i < line.n; i++)
		if (line.at[i] == '#' && isspace((unsigned char)line.at[i - 1]))
			return span_trim((struct span){ line.at, i });
	return line;
}

/* Where the reading of a file stands. */
struct reader {
	struct tuned_profile *profile;
	size_t section;	    /* of the profile; SIZE_MAX: none yet */
	struct span option; /* the one above; of no bytes: none */
	size_t indent;	    /* its */
};

static int read_header(struct reader *rd, struct span line)
{
	const char *end = memrchr(line.at, ']', line.n);
	struct tuned_section *s;
	int r;

	if (!end || end == line.at + 1)
		return -EINVAL;
	r = add_section(rd->profile,
			(struct span){ line.at + 1, (size_t)(end - line.at - 1) }, &s);
	if (r < 0)
		return r;
	rd->section = (size_t)(s - rd->profile->at);
	rd->option = span_of("");
	return 0;
}

static int read_line(struct reader *rd, struct span line, size_t indent)
{
	struct span key, value;

	if (line.n == 0 || *line.at == '#' || *line.at == ';')
		return 0;
	line = cut_comment(line);
	if (rd->option.n > 0 && indent > rd->indent)
		return continue_option(rd->profile, &rd->profile->at[rd->section],
				       rd->option, line);
	rd->indent = indent;
	if (*line.at == '[')
		return read_header(rd, line);
	if (rd->section == SIZE_MAX || !span_split(line, '=', &key, &value) || key.n == 0)
		return -EINVAL;
	rd->option = key;
	return add_option(rd->profile, &rd->profile->at[rd->section], key, value);
}

/*
 * Python's configparser gives the options of [DEFAULT] to every section; type=, enabled= and
 * the like in it, which nobody writes there, are left out.
 */
static int spread_default(struct tuned_profile *p)
{
	const struct tuned_section *from = find(p, span_of("DEFAULT"));

	for (size_t i = 0; from && i < p->n; i++)
		if (&p->at[i] != from && strcmp(p->at[i].name, "main") != 0)
			names_join(&p->at[i].keys, &from->keys);
	for (size_t i = 0; from && i < p->n; i++)
		if (p->at[i].keys.broken)
			return -ENOMEM;
	return 0;
}

int tuned_parse(struct span text, struct tuned_profile *ret, unsigned *ret_line)
{
	struct reader rd = { .profile = ret, .section = SIZE_MAX };
	struct span line;
	size_t indent;
	int r = 0;

	*ret_line = 0;
	while (r == 0 && span_line(&text, &line, &indent)) {
		++*ret_line;
		r = read_line(&rd, line, indent);
	}
	return r < 0 ? r : spread_default(ret);
}

static int merge_section(struct tuned_profile *under, const struct tuned_section *from)
{
	bool is_new = !find(under, span_of(from->name));
	struct tuned_section *s;
	int r = add_section(under, span_of(from->name), &s);

	if (r < 0)
		return r;
	free(s->type);
	s->type = from->type ? strdup(from->type) : NULL;
	if (from->type && !s->type)
		return -ENOMEM;
	if (from->replaces || is_new)
		names_done(&s->keys);
	else
		for (size_t i = 0; i < from->drop.n; i++)
			names_remove(&s->keys, span_of(from->drop.at[i]));
	s->is_disabled = from->is_disabled;
	names_join(&s->keys, &from->keys);
	return s->keys.broken ? -ENOMEM : 0;
}

int tuned_merge(struct tuned_profile *under, const struct tuned_profile *over)
{
	int r = 0;

	for (size_t i = 0; i < over->n && r == 0; i++)
		r = merge_section(under, &over->at[i]);
	if (over->unknown[0])
		memcpy(under->unknown, over->unknown, sizeof(under->unknown));
	return r;
}

void tuned_keys(const struct tuned_profile *p, struct names *to)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct tuned_section *s = &p->at[i];

		if (s->is_disabled || strcmp(s->type ? s->type : s->name, "sysctl") != 0)
			continue;
		for (size_t k = 0; k < s->keys.n; k++) {
			struct span key = span_of(s->keys.at[k]);

			/* tuned swaps dots and slashes whatever comes first, and so
			 * finds no file for a path */
			if (key.at[strcspn(key.at, "./")] == '.')
				names_add_sysctl(to, key);
		}
		to->is_cut |= s->keys.is_cut;
	}
}

void tuned_active(struct span text, struct names *to)
{
	struct span word;

	while (span_word(&text, " \t\r\n\v\f", &word))
		if (span_has_only(word, "_.-"))
			names_add(to, word);
}

bool tuned_line_counts(struct span line, bool is_public)
{
	static const char *const kept[] = { "type", "enabled", "replace",
					    "drop", "include", NULL };
	struct span key, value;

	if (line.n > 0 && *line.at == '[')
		return true;
	if (!span_split(cut_comment(line), '=', &key, &value) || key.n == 0)
		return false;
	if (span_is_any(key, kept))
		return true;
	/* a sysctl; that of an interface has its name in it */
	return span_has_only(key, "._-/*") && memchr(key.at, '.', key.n) &&
	       !(is_public && span_find(key, ".conf."));
}

void tuned_done(struct tuned_profile *p)
{
	for (size_t i = 0; i < p->n; i++)
		section_done(&p->at[i]);
	free(p->at);
	names_done(&p->includes);
	*p = (struct tuned_profile){ 0 };
}
