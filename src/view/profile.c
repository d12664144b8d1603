/* SPDX-License-Identifier: MIT */
#include "core/profile.h"

#include <stdio.h>
#include <string.h>

#include "core/band.h"
#include "core/problem.h"
#include "view/changes.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/table.h"

void view_profile_row(struct view *v, const struct profile *p, const char *error)
{
	static const struct table_column columns[] = {
		{ "PROFILE", 0 }, { "FROM", 0 }, { "WHAT FOR", TABLE_WRAP }, { NULL, 0 }
	};
	/* whose it is; the path is in `profile show` */
	bool is_admins = p->path && strncmp(p->path, "/etc/", 5) == 0;
	const char *cells[] = { p->name,
				!p->path    ? "-"
				: is_admins ? "/etc"
					    : "installed",
				error ? error : p->summary };

	if (v->out.is_json) {
		json_t *row = json_object();

		json_object_set_new(row, "name", document_string(p->name));
		json_object_set_new(row, "path", document_string(p->path));
		json_object_set_new(row, "summary", document_string(p->summary));
		if (error)
			json_object_set_new(row, "error", document_string(error));
		json_array_append_new(document_array(v, "profiles"), row);
		return;
	}
	if (!v->table)
		v->table = table_new(&v->out, columns);
	table_add(v->table, cells);
}

/* "VALUE" with its operator. */
static void setting_text(const struct setting *s, char *ret, size_t size)
{
	snprintf(ret, size, "%s%s", setting_op_text(s->op), s->value);
}

/* Where something is said. */
static json_t *place_json(const char *file, unsigned line)
{
	json_t *place = json_object();

	json_object_set_new(place, "file", document_string(file));
	json_object_set_new(place, "line", json_integer((json_int_t)line));
	return place;
}

static void view_profile_json(struct view *v, const struct profile *p)
{
	json_t *settings = document_array(v, "settings");

	json_object_set_new(v->here, "name", document_string(p->name));
	json_object_set_new(v->here, "path", document_string(p->path));
	json_object_set_new(v->here, "summary", document_string(p->summary));
	json_object_set_new(v->here, "use_when", document_string(p->use_when));
	json_object_set_new(v->here, "avoid_when", document_string(p->avoid_when));
	for (size_t i = 0; i < p->settings.n; i++) {
		const struct setting *s = &p->settings.at[i];
		char value[KNOB_VALUE_MAX + 2];

		setting_text(s, value, sizeof(value));
		json_array_append_new(settings, json_pack("{ss ss ss si}", "key", s->key,
							  "value", value, "file", s->file,
							  "line", (int)s->line));
	}
}

void view_profile(struct view *v, const struct profile *p)
{
	static const struct table_column columns[] = {
		{ "KEY", 0 },
		{ "VALUE", TABLE_RIGHT },
		{ "SAID IN", TABLE_WRAP },
		{ NULL, 0 },
	};
	const struct output *out = &v->out;
	struct libscols_table *table;

	if (out->is_json) {
		view_profile_json(v, p);
		return;
	}
	prose_quote(out, p->name);
	fprintf(out->stream, " (");
	prose_quote(out, p->path);
	fprintf(out->stream, ")\n");
	if (p->summary)
		prose_print(out, "for:        ", 12, p->summary);
	if (p->use_when)
		prose_print(out, "use when:   ", 12, p->use_when);
	if (p->avoid_when)
		prose_print(out, "avoid when: ", 12, p->avoid_when);
	fputc('\n', out->stream);
	table = table_new(out, columns);
	for (size_t i = 0; i < p->settings.n; i++) {
		const struct setting *s = &p->settings.at[i];
		const char *slash = strrchr(s->file, '/');
		char value[KNOB_VALUE_MAX + 2], where[300];
		const char *cells[] = { s->key, value, where };

		setting_text(s, value, sizeof(value));
		/* the installed ones go by their name; one of the administrator's may shadow them */
		snprintf(where, sizeof(where), "%s:%u",
			 slash && strncmp(s->file, "/etc/", 5) != 0 ? slash + 1 : s->file,
			 s->line);
		table_add(table, cells);
	}
	table_print(table);
	table_free(table);
}

void view_profile_diff(struct view *v, const struct profile *p, const struct plan *plan)
{
	if (v->out.is_json) {
		json_object_set_new(v->here, "profile", document_string(p->name));
		json_object_set_new(v->here, "changes", document_changes(plan));
		return;
	}
	fprintf(v->out.stream, "%s, against the values here: %s\n\n", p->name,
		plan_has_work(plan) ? "it differs" : "nothing to change");
	changes_table(&v->out, plan, false);
}

static void view_check_json(struct view *v, const struct profile *p,
			    const struct problems *problems,
			    const struct judgement *judgements)
{
	json_t *array = document_array(v, "problems");

	for (size_t i = 0; i < problems->n; i++) {
		json_t *row = place_json(problems->at[i].file, problems->at[i].line);

		json_object_set_new(row, "text", document_string(problems->at[i].text));
		json_array_append_new(array, row);
	}
	array = document_array(v, "risks");
	for (size_t i = 0; problems->n == 0 && i < p->settings.n; i++) {
		const struct setting *s = &p->settings.at[i];
		json_t *row;

		if (judgements[i].band == BAND_SAFE)
			continue;
		row = place_json(s->file, s->line);
		json_object_set_new(row, "key", document_string(s->key));
		json_object_set_new(row, "band",
				    json_string(band_name(judgements[i].band)));
		json_object_set_new(row, "text", document_string(judgements[i].harm));
		json_array_append_new(array, row);
	}
}

void view_profile_check(struct view *v, const struct profile *p,
			const struct problems *problems,
			const struct judgement *judgements)
{
	const struct output *out = &v->out;
	char line[64];

	if (out->is_json) {
		view_check_json(v, p, problems, judgements);
		return;
	}
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *problem = &problems->at[i];

		line[0] = '\0';
		if (problem->line)
			snprintf(line, sizeof(line), ":%u", problem->line);
		fprintf(out->stream, "%s%s: %s\n", problem->file, line, problem->text);
	}
	if (problems->n > 0)
		return;
	for (size_t i = 0; i < p->settings.n; i++) {
		const struct setting *s = &p->settings.at[i];

		if (judgements[i].band != BAND_SAFE)
			fprintf(out->stream, "%s:%u: note: %s=%s%s is %s: %s\n", s->file,
				s->line, s->key, setting_op_text(s->op), s->value,
				judgements[i].band == BAND_RISK
					? "a known risk (--accept-risk)"
					: "unrated (--allow-unrated)",
				judgements[i].harm);
	}
	fprintf(out->stream, "%s: good, %zu settings\n", p->path, p->settings.n);
}
