/* SPDX-License-Identifier: MIT */
/* The list of all there is to explain. */
#include <ctype.h>
#include <string.h>

#include "core/audit.h"
#include "core/topic.h"
#include "view/document.h"
#include "view/prose.h"

/* A row of the list of topics. */
struct listed {
	const char *name, *kind, *group, *title;
};

enum { LISTED_MAX = 256 };

struct list {
	struct listed at[LISTED_MAX];
	size_t n;
};

static void list_add(struct list *l, const struct topic *t)
{
	if (l->n < LISTED_MAX)
		l->at[l->n++] = (struct listed){ t->name, topic_kind_name(t->kind),
						 topic_group_name(t), t->title };
}

static void list_add_rule(struct list *l, const struct rule *r)
{
	if (l->n < LISTED_MAX)
		l->at[l->n++] = (struct listed){ r->id, topic_kind_name(TOPIC_FINDING),
						 "findings", r->title };
}

static void list_knobs(struct list *l, enum knob_group group)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct topic *t = topic_find(catalogue[i].name);

		if (t && catalogue[i].group == group)
			list_add(l, t);
	}
}

/* All there is to explain, group by group. */
static void list_topics(struct list *l)
{
	for (int group = 0; group < KNOB_GROUPS; group++)
		list_knobs(l, (enum knob_group)group);
	for (size_t i = 0; topic_at(i); i++)
		if (topic_at(i)->kind != TOPIC_KNOB)
			list_add(l, topic_at(i));
	for (size_t i = 0; audit_rule_at(i); i++)
		list_add_rule(l, audit_rule_at(i));
}

static void list_json(struct view *v, const struct listed *at, size_t n)
{
	json_t *topics = document_array(v, "topics");

	for (size_t i = 0; i < n; i++)
		json_array_append_new(topics,
				      json_pack("{ss ss ss ss}", "topic", at[i].name,
						"kind", at[i].kind, "group", at[i].group,
						"title", at[i].title));
}

/* "Knobs: memory", "States" */
static void heading_print(const struct output *out, const struct listed *row,
			  bool is_first)
{
	bool is_knob = strcmp(row->kind, topic_kind_name(TOPIC_KNOB)) == 0;

	fprintf(out->stream, "%s%s%s%c%s%s\n", is_first ? "" : "\n",
		out->has_color ? "\033[1m" : "", is_knob ? "Knobs: " : "",
		is_knob ? row->group[0] : toupper((unsigned char)row->group[0]),
		row->group + 1, prose_plain(out));
}

/* Rows from the first on that are of its group; *ret_width: columns of their names. */
static size_t group_length(const struct listed *at, size_t n, int *ret_width)
{
	size_t i;

	*ret_width = 0;
	for (i = 0; i < n && strcmp(at[i].group, at[0].group) == 0; i++)
		if ((int)strlen(at[i].name) > *ret_width)
			*ret_width = (int)strlen(at[i].name);
	return i;
}

static void group_print(const struct output *out, const struct listed *at, size_t n,
			int width)
{
	for (size_t i = 0; i < n; i++) {
		char first[KNOB_KEY_MAX];

		snprintf(first, sizeof(first), "  %-*s  ", width, at[i].name);
		prose_print(out, first, width + 4, at[i].title);
	}
}

static bool is_of(const struct listed *row, const char *group)
{
	return strcmp(row->group, group) == 0 ||
	       (strcmp(group, "knobs") == 0 &&
		strcmp(row->kind, topic_kind_name(TOPIC_KNOB)) == 0);
}

static void list_narrow(struct list *l, const char *group)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (is_of(&l->at[i], group))
			l->at[n++] = l->at[i];
	l->n = n;
}

void view_topics(struct view *v, const char *group)
{
	struct list l = { .n = 0 };
	const struct listed *at = l.at;
	size_t n_group;
	int width;

	list_topics(&l);
	if (group)
		list_narrow(&l, group);
	if (v->out.is_json) {
		list_json(v, at, l.n);
		return;
	}
	for (size_t i = 0; i < l.n; i += n_group) {
		n_group = group_length(at + i, l.n - i, &width);
		heading_print(&v->out, &at[i], i == 0);
		group_print(&v->out, at + i, n_group, width);
	}
}
