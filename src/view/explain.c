/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "core/audit.h"
#include "core/topic.h"
#include "view/document.h"
#include "view/knobs.h"
#include "view/prose.h"
#include "view/table.h"

/* The parts of a topic with their headings. */
struct part {
	const char *heading;
	const char *text;
};

enum { PARTS = 10 };

static void topic_parts(const struct topic *t, struct part *parts)
{
	bool is_knob = t->kind == TOPIC_KNOB;

	parts[0] = (struct part){ NULL, t->what };
	parts[1] = (struct part){ is_knob ? "What it does to a closing connection"
					  : "What happens to a closing connection",
				  t->does };
	parts[2] = (struct part){ is_knob ? "What it does not do" : "What is not so",
				  t->does_not };
	parts[3] = (struct part){ "Raising it, or turning it on", t->raising };
	parts[4] = (struct part){ "Lowering it, or turning it off", t->lowering };
	parts[5] = (struct part){ "What a write reaches", t->acts };
	parts[6] = (struct part){ "What it needs", t->needs };
	parts[7] = (struct part){ "With other knobs", t->with };
	parts[8] = (struct part){ "When to change it", t->evidence };
	parts[9] = (struct part){ "Sources", t->rfc };
}

static json_t *see_also(const char *names)
{
	json_t *array = json_array();

	while (names && *names) {
		size_t n = strcspn(names, " ");

		json_array_append_new(array, json_stringn(names, n));
		names += n;
		names += strspn(names, " ");
	}
	return array;
}

static void view_text_json(struct view *v, const char *topic, const char *kind,
			   const char *title, const struct part *parts, size_t n_parts,
			   const char *names)
{
	own_text struct text text = { 0 };

	for (size_t i = 0; i < n_parts; i++) {
		if (!parts[i].text)
			continue;
		text_add(&text, "%s%s%s%s", text.n ? "\n\n" : "",
			 parts[i].heading ? parts[i].heading : "",
			 parts[i].heading ? ": " : "", parts[i].text);
	}
	json_object_set_new(v->here, "topic", json_string(topic));
	json_object_set_new(v->here, "kind", json_string(kind));
	json_object_set_new(v->here, "title", json_string(title));
	json_object_set_new(v->here, "text", document_string(text.at));
	json_object_set_new(v->here, "see_also", see_also(names));
	json_object_set_new(v->here, "trials", json_array());
}

static void print_parts(const struct output *out, const struct part *parts,
			size_t n_parts)
{
	for (size_t i = 0; i < n_parts; i++) {
		if (!parts[i].text)
			continue;
		if (parts[i].heading)
			prose_heading(out, parts[i].heading);
		else
			fputc('\n', out->stream);
		prose_print(out, "", 0, parts[i].text);
	}
}

/* The knob of a topic, as it is here. */
static const struct inventory_row *row_of(const struct topic *topic,
					  const struct inventory *i)
{
	for (size_t id = 0; i && topic->kind == TOPIC_KNOB && id < KNOB_N; id++)
		if (topic_find(catalogue[id].name) == topic)
			return &i->at[id];
	return NULL;
}

void view_topic(struct view *v, const struct topic *topic, const struct inventory *i)
{
	const struct inventory_row *row = row_of(topic, i);
	const struct output *out = &v->out;
	struct part parts[PARTS];

	topic_parts(topic, parts);
	if (out->is_json) {
		view_text_json(v, topic->name, topic_kind_name(topic->kind), topic->title,
			       parts, PARTS, topic->see_also);
		if (row) {
			json_object_set_new(v->here, "value",
					    document_string(row->reading->value));
			json_object_set_new(v->here, "knob", knobs_row_json(i, row));
		}
		return;
	}
	fprintf(out->stream, "%s: ", topic->name);
	prose_print(out, "", 4, topic->title);
	if (row)
		knobs_print_head(out, i, row);
	print_parts(out, parts, PARTS);
	if (topic->see_also) {
		prose_heading(out, "See also");
		prose_print(out, "", 0, topic->see_also);
	}
}

void view_rule(struct view *v, const struct rule *rule)
{
	const struct part parts[] = { { NULL, rule->why },
				      { "What to do", rule->remedy },
				      { "Command", rule->command } };

	if (v->out.is_json) {
		view_text_json(v, rule->id, topic_kind_name(TOPIC_FINDING), rule->title,
			       parts, 3, NULL);
		return;
	}
	fprintf(v->out.stream, "%s: ", rule->id);
	prose_print(&v->out, "", 4, rule->title);
	print_parts(&v->out, parts, 3);
}

static void view_topics_json(struct view *v)
{
	json_t *topics = document_array(v, "topics");

	for (size_t i = 0; topic_at(i); i++)
		json_array_append_new(
			topics, json_pack("{ss ss ss}", "topic", topic_at(i)->name,
					  "kind", topic_kind_name(topic_at(i)->kind),
					  "title", topic_at(i)->title));
	for (size_t i = 0; audit_rule_at(i); i++)
		json_array_append_new(
			topics, json_pack("{ss ss ss}", "topic", audit_rule_at(i)->id,
					  "kind", topic_kind_name(TOPIC_FINDING), "title",
					  audit_rule_at(i)->title));
}

void view_topics(struct view *v)
{
	static const struct table_column columns[] = {
		{ "TOPIC", 0 }, { "KIND", 0 }, { "ABOUT", TABLE_WRAP }, { NULL, 0 }
	};
	struct libscols_table *table;

	if (v->out.is_json) {
		view_topics_json(v);
		return;
	}
	table = table_new(&v->out, columns);
	for (size_t i = 0; topic_at(i); i++) {
		const struct topic *t = topic_at(i);
		const char *cells[] = { t->name, topic_kind_name(t->kind), t->title };

		table_add(table, cells);
	}
	for (size_t i = 0; audit_rule_at(i); i++) {
		const struct rule *r = audit_rule_at(i);
		const char *cells[] = { r->id, topic_kind_name(TOPIC_FINDING), r->title };

		table_add(table, cells);
	}
	table_print(table);
	table_free(table);
}
