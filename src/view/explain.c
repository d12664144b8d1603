/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "core/audit.h"
#include "core/gauge.h"
#include "core/topic.h"
#include "core/trial.h"
#include "view/diagram.h"
#include "view/document.h"
#include "view/knobs.h"
#include "view/prose.h"

/* The parts of a topic with their headings. */
struct part {
	const char *heading;
	const char *text;
};

enum { PARTS = 11 };

/* How wide the numbers on top of a topic are. */
enum { GAUGE_COLUMNS = 23, VALUE_COLUMNS = 12 };

static void topic_parts(const struct topic *t, struct part *parts)
{
	static const char *const does[] = {
		[TOPIC_KNOB] = "What it does to a closing connection",
		[TOPIC_STATE] = "What happens to a closing connection",
		[TOPIC_IDEA] = "What happens",
		[TOPIC_MESSAGE] = "The limit, and what is used of it",
	};
	static const char *const does_not[] = {
		[TOPIC_KNOB] = "What it does not do",
		[TOPIC_STATE] = "What is not so",
		[TOPIC_IDEA] = "What is not so",
		[TOPIC_MESSAGE] = "What does not help",
	};

	parts[0] = (struct part){ NULL, t->what };
	parts[1] = (struct part){ does[t->kind], t->does };
	parts[2] = (struct part){ does_not[t->kind], t->does_not };
	parts[3] = (struct part){ "Raising it, or turning it on", t->raising };
	parts[4] = (struct part){ "Lowering it, or turning it off", t->lowering };
	parts[5] = (struct part){ "What a write reaches", t->acts };
	parts[6] = (struct part){ "What it needs", t->needs };
	parts[7] = (struct part){ "With other knobs", t->with };
	parts[8] = (struct part){ "When to change it", t->evidence };
	parts[9] = (struct part){ "What helps", t->remedy };
	parts[10] = (struct part){ "Sources", t->rfc };
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

/* The trials of `finwait prove` that prove something of it. */
static json_t *trials_of(const char *topic)
{
	json_t *array = json_array();

	for (size_t i = 0; trials[i]; i++)
		if (trial_proves(trials[i], topic))
			json_array_append_new(array, json_string(trials[i]->name));
	return array;
}

static void print_trials(const struct output *out, const char *topic)
{
	bool is_first = true;

	for (size_t i = 0; trials[i]; i++) {
		own_text struct text command = { 0 };

		if (!trial_proves(trials[i], topic))
			continue;
		if (is_first)
			prose_heading(out, "See it on this kernel");
		is_first = false;
		text_add(&command, "finwait prove %s: ", trials[i]->name);
		prose_print(out, command.at ? command.at : "", 4, trials[i]->title);
	}
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
	json_object_set_new(v->here, "trials", trials_of(topic));
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

/* The numbers of a topic, an object each; absent where it has none. */
static void gauges_json(struct view *v, const struct topic *topic,
			const struct snapshot *s)
{
	for (const struct gauge *g = gauges; g->topic; g++) {
		char value[KNOB_VALUE_MAX];
		bool is_read;

		if (strcmp(g->topic, topic->name) != 0)
			continue;
		is_read = gauge_read(g, s, value, sizeof(value));
		json_array_append_new(
			document_array(v, "readings"),
			json_pack("{ss so ss ss}", "name", g->label, "value",
				  document_string(is_read ? value : NULL), "source",
				  gauge_place(g), "note", g->note));
	}
}

static void gauges_print(const struct output *out, const struct topic *topic,
			 const struct snapshot *s)
{
	bool is_first = true;

	for (const struct gauge *g = gauges; g->topic; g++) {
		own_text struct text shown = { 0 };
		char value[KNOB_VALUE_MAX];

		if (strcmp(g->topic, topic->name) != 0)
			continue;
		if (!gauge_read(g, s, value, sizeof(value)))
			snprintf(value, sizeof(value), "-");
		text_add_escaped(&shown, *value ? value : "(empty)");
		fprintf(out->stream, "%s  %-*s  %-*s  %s\n", is_first ? "\n" : "",
			GAUGE_COLUMNS, g->label, VALUE_COLUMNS, shown.at ? shown.at : "",
			g->note);
		is_first = false;
	}
}

/* The sockets in each state of the diagram; null: not counted. */
static void roads_json(struct view *v, const struct snapshot *s)
{
	json_t *states = json_object();

	for (size_t i = 0; diagram_state(i); i++) {
		int state = diagram_state(i);
		bool is_known = s->has_census && census_knows(&s->census, state);

		json_object_set_new(states, census_state_key(state),
				    is_known ? json_integer((json_int_t)census_total(
						       &s->census, state))
					     : json_null());
	}
	json_object_set_new(v->here, "states", states);
}

static void title_print(const struct output *out, const char *name, const char *title)
{
	own_text struct text first = { 0 };

	text_add(&first, "%s: ", name);
	prose_print(out, first.at ? first.at : "", 4, title);
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

static void print_see_also(const struct output *out, const char *names)
{
	if (!names)
		return;
	prose_heading(out, "See also");
	prose_print(out, "", 0, names);
}

void view_topic(struct view *v, const struct topic *topic, const struct snapshot *s,
		const struct inventory *i)
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
		if (diagram_has(topic))
			roads_json(v, s);
		gauges_json(v, topic, s);
		return;
	}
	title_print(out, topic->name, topic->title);
	if (row)
		knobs_print_head(out, i, row);
	if (diagram_has(topic)) {
		fputc('\n', out->stream);
		diagram_print(out, topic, s);
	}
	gauges_print(out, topic, s);
	print_parts(out, parts, PARTS);
	print_trials(out, topic->name);
	print_see_also(out, topic->see_also);
}

void view_rule(struct view *v, const struct rule *rule)
{
	const struct part parts[] = { { NULL, rule->why },
				      { "What to do", rule->remedy },
				      { "Command", rule->command } };

	if (v->out.is_json) {
		view_text_json(v, rule->id, topic_kind_name(TOPIC_FINDING), rule->title,
			       parts, 3, rule->see_also);
		return;
	}
	title_print(&v->out, rule->id, rule->title);
	print_parts(&v->out, parts, 3);
	print_trials(&v->out, rule->id);
	print_see_also(&v->out, rule->see_also);
}
