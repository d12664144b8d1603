/* SPDX-License-Identifier: MIT */
#include "core/audit.h"

#include <string.h>

#include "base/own.h"
#include "core/band.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/sockets.h"
#include "view/table.h"

static json_t *evidence_json(const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];
		json_t *object = json_object();

		json_object_set_new(object, "text", json_string(e->text));
		json_object_set_new(object, "name", json_string(e->name));
		json_object_set_new(object, "value", json_string(e->value));
		json_object_set_new(object, "limit",
				    document_string(e->limit[0] ? e->limit : NULL));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *finding_json(const struct view *v, const struct finding *f)
{
	own_free char *command = f->command[0] ? document_command(v, f->command) : NULL;
	json_t *object = json_object(), *remedy = json_object();

	json_object_set_new(object, "id", json_string(f->id));
	json_object_set_new(object, "severity", json_string(severity_name(f->severity)));
	json_object_set_new(object, "title", json_string(f->title));
	json_object_set_new(object, "evidence", evidence_json(f));
	json_object_set_new(object, "why", json_string(f->why));
	json_object_set_new(remedy, "text", json_string(f->remedy));
	json_object_set_new(remedy, "command", document_string(command));
	json_object_set_new(object, "remedy", remedy);
	return object;
}

static json_t *knob_json(const struct snapshot *s, enum knob_id id)
{
	const struct knob *k = &catalogue[id];
	json_t *object = json_object();

	json_object_set_new(object, "name", json_string(k->name));
	json_object_set_new(object, "value", document_string(s->knobs[id].value));
	if (!s->knobs[id].value)
		json_object_set_new(
			object, "error",
			document_string(snapshot_unanswered(s, catalogue_short_name(k))));
	json_object_set_new(object, "unit", document_string(k->unit[0] ? k->unit : NULL));
	json_object_set_new(object, "scope",
			    json_string(k->scope == KNOB_HOST ? "host" : "netns"));
	json_object_set_new(object, "effect", json_string(k->effect));
	return object;
}

static json_t *counters_json(const struct snapshot *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < COUNTER_N; i++) {
		const struct tally *t = &s->counters.at[i];
		json_t *object = json_object();

		json_object_set_new(object, "name",
				    json_string(counter_name((enum counter)i)));
		json_object_set_new(object, "value",
				    t->known ? json_integer((json_int_t)t->n)
					     : json_null());
		if (!t->known)
			json_object_set_new(
				object, "error",
				json_string("not among the kernel's counters"));
		json_array_append_new(array, object);
	}
	return array;
}

static void view_audit_json(struct view *v, const struct snapshot *s,
			    const struct audit *a, const char *summary)
{
	json_t *array = document_array(v, "findings");

	json_object_set_new(v->here, "verdict",
			    json_string(severity_name(audit_verdict(a))));
	json_object_set_new(v->here, "summary", json_string(summary));
	for (size_t i = 0; i < a->n; i++)
		json_array_append_new(array, finding_json(v, &a->at[i]));
	array = document_array(v, "unanswered");
	for (size_t i = 0; i < s->n_unanswered; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "id", json_string(s->unanswered[i].id));
		json_object_set_new(object, "reason",
				    json_string(s->unanswered[i].reason));
		json_array_append_new(array, object);
	}
	array = document_array(v, "knobs");
	for (size_t id = 0; id < KNOB_N; id++)
		if (catalogue[id].is_audited)
			json_array_append_new(array, knob_json(s, (enum knob_id)id));
	json_object_set_new(v->here, "states", sockets_states(s));
	if (!s->has_census)
		json_object_set_new(v->here, "error",
				    document_string(snapshot_unanswered(s, "sockets")));
	json_object_set_new(v->here, "counters", counters_json(s));
}

static void print_finding(const struct view *v, const struct finding *f)
{
	const struct output *out = &v->out;
	own_free char *command = document_command(v, f->command);

	fprintf(out->stream, "\n%s%s%s  %s\n", prose_severity_color(out, f->severity),
		severity_name(f->severity), prose_plain(out), f->id);
	prose_print(out, "    ", 4, f->title);
	for (size_t i = 0; i < f->n_evidence; i++)
		prose_print(out, "    - ", 6, f->evidence[i].text);
	prose_print(out, "    why: ", 9, f->why);
	prose_print(out, "    do:  ", 9, f->remedy);
	/* a command is one line, however long: it is there to be copied */
	if (f->command[0] && out->root_dir &&
	    strncmp(f->command, "finwait apply ", 14) == 0)
		fprintf(out->stream, "         on the recorded host: %s\n", f->command);
	else if (f->command[0] && command)
		fprintf(out->stream, "         %s\n", command);
}

/* "60 s", "(none)", "-" where it was not read. */
static void value_text(const struct knob *k, const char *value, char *ret, size_t size)
{
	if (!value)
		snprintf(ret, size, "-");
	else if (*value == '\0')
		snprintf(ret, size, "(none)");
	else
		/* "60 s"; that buckets are sockets is said beside it */
		snprintf(ret, size, "%s%s%s", value,
			 strlen(k->unit) <= 2 && k->unit[0] ? " " : "",
			 strlen(k->unit) <= 2 ? k->unit : "");
}

static void print_knobs(const struct output *out, const struct snapshot *s,
			const struct audit *a)
{
	static const struct table_column columns[] = {
		{ "KNOB", 0 },
		{ "VALUE", TABLE_RIGHT },
		{ "WHAT IT DOES", TABLE_WRAP },
		{ NULL, 0 },
	};
	struct libscols_table *table = table_new(out, columns);

	for (size_t id = 0; id < KNOB_N; id++) {
		const struct knob *k = &catalogue[id];
		/* net.ipv4 goes without saying, as the heading says */
		const char *name =
			strncmp(k->name, "net.ipv4.", 9) == 0 ? k->name + 9 : k->name;
		char value[96];
		const char *cells[] = { name, value, k->effect };
		bool is_found = false;

		if (!k->is_audited)
			continue;
		value_text(k, s->knobs[id].value, value, sizeof(value));
		for (size_t i = 0; i < a->n; i++)
			is_found |= band_finding_knob(a->at[i].id) == k;
		table_add_colored(table, cells, 1, is_found ? "yellow" : NULL);
	}
	table_print(table);
	table_free(table);
}

static void print_unanswered(const struct output *out, const struct snapshot *s)
{
	char line[400];

	if (s->n_unanswered == 0)
		return;
	prose_heading(out, "Unanswered");
	for (size_t i = 0; i < s->n_unanswered; i++) {
		snprintf(line, sizeof(line), "%s: %s", s->unanswered[i].id,
			 s->unanswered[i].reason);
		prose_print(out, "", 4, line);
	}
}

void view_audit(struct view *v, const struct snapshot *s, const struct audit *a)
{
	const struct output *out = &v->out;
	enum severity verdict = audit_verdict(a);
	char summary[512], first[64];

	audit_summary(a, s, summary, sizeof(summary));
	if (out->is_json) {
		view_audit_json(v, s, a, summary);
		return;
	}
	snprintf(first, sizeof(first), "%s%s%s: ", prose_severity_color(out, verdict),
		 severity_name(verdict), prose_plain(out));
	prose_print(out, first, 4, summary);
	for (size_t i = 0; i < a->n; i++)
		print_finding(v, &a->at[i]);
	prose_heading(out, "Knobs (below net.ipv4 where nothing else is said)");
	print_knobs(out, s, a);
	prose_heading(out, "Sockets");
	if (s->has_census)
		sockets_table(out, s, true);
	else
		fprintf(out->stream, "not counted\n");
	print_unanswered(out, s);
}
