/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "view/document.h"
#include "view/knobs.h"

static void set(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name, document_string(value));
}

static json_t *claims_json(const struct boot_value *b)
{
	static const char *const losses[] = {
		[BOOT_OVERRIDDEN] = "overridden", [BOOT_REFUSED] = "refused",
		[BOOT_EXPLICIT] = "explicit",	  [BOOT_EXCLUDED] = "excluded",
		[BOOT_DROPPED] = "dropped",
	};
	json_t *array = json_array();

	if (b->value)
		json_array_append_new(array, json_pack("{ss si ss ss}", "file", b->file,
						       "line", (int)b->line, "value",
						       b->value, "state", "wins"));
	for (size_t k = 0; k < b->n_losers; k++)
		json_array_append_new(array, json_pack("{ss si ss ss}", "file",
						       b->losers[k].file, "line",
						       (int)b->losers[k].line, "value",
						       b->losers[k].text, "state",
						       losses[b->losers[k].why]));
	return array;
}

/* Lines too many to be listed, where there are such. */
static void set_others(json_t *files, const char *name, const struct boot_value *b)
{
	if (b->n_lost > b->n_losers)
		json_object_set_new(files, name,
				    json_integer((json_int_t)(b->n_lost - b->n_losers)));
}

static void set_boot(json_t *object, const struct inventory *i,
		     const struct inventory_row *row)
{
	json_t *boot, *files;

	if (!inventory_is_booted(i, row)) {
		json_object_set_new(object, "boot", json_null());
		return;
	}
	boot = json_object();
	set(boot, "procps", inventory_at_boot(i, row, BOOT_PROCPS));
	set(boot, "systemd", inventory_at_boot(i, row, BOOT_SYSTEMD));
	json_object_set_new(object, "boot", boot);
	files = json_object();
	json_object_set_new(files, "procps", claims_json(&row->boot[BOOT_PROCPS]));
	json_object_set_new(files, "systemd", claims_json(&row->boot[BOOT_SYSTEMD]));
	set_others(files, "procps_others", &row->boot[BOOT_PROCPS]);
	set_others(files, "systemd_others", &row->boot[BOOT_SYSTEMD]);
	json_object_set_new(object, "files", files);
}

static json_t *origin_json(const struct origin *o)
{
	json_t *object = json_object();

	set(object, "kind", origin_kind_name(o->kind));
	set(object, "file", o->file);
	json_object_set_new(object, "line",
			    o->file ? json_integer((json_int_t)o->line) : json_null());
	set(object, "transaction", o->transaction);
	return object;
}

static json_t *writers_json(const struct inventory *i, const struct knob *k)
{
	json_t *array = json_array();

	for (size_t m = 0; m < i->rivals->n; m++)
		if (rival_writes_here(&i->rivals->at[m], k->name))
			json_array_append_new(array, json_string(i->rivals->at[m].name));
	return array;
}

/* What the catalogue says of it, on whatever machine. */
static void set_knowledge(json_t *object, const struct knob *k)
{
	set(object, "group", knob_group_name(k->group));
	set(object, "unit", k->unit[0] ? k->unit : NULL);
	set(object, "scope", k->scope == KNOB_HOST ? "host" : "netns");
	set(object, "effect", k->effect);
	set(object, "safe", band_safe_values(k));
	set(object, "raising", knob_risk_name(k->raising));
	set(object, "lowering", knob_risk_name(k->lowering));
	set(object, "since", k->since);
	set(object, "versions", k->changed);
	set(object, "until", k->until);
	json_object_set_new(object, "pod_safe", json_boolean(k->is_pod_safe));
}

static void set_value(json_t *object, const struct inventory_row *row)
{
	static const char *const how[] = { [KNOB_ASKED] = "asked",
					   [KNOB_COMPUTED] = "computed",
					   [KNOB_UNKNOWN] = NULL };
	const struct reading *reading = row->reading;

	set(object, "value", reading->value);
	if (!reading->value)
		set(object, "error",
		    reading->error == ENOENT ? "absent here" : strerror(reading->error));
	set(object, "default", row->standard->value);
	json_object_set_new(object, "is_default",
			    reading->value && row->standard->value
				    ? json_boolean(row->is_default)
				    : json_null());
	set(object, "default_from",
	    row->standard->value ? how[row->standard->how] : NULL);
	if (!row->standard->value)
		set(object, "default_error", row->standard->why);
}

json_t *knobs_row_json(const struct inventory *i, const struct inventory_row *row)
{
	json_t *object = json_object();
	bool is_here = row->reading->value;

	set(object, "name", row->knob->name);
	set_value(object, row);
	set_boot(object, i, row);
	json_object_set_new(object, "origin",
			    is_here ? origin_json(&row->origin) : json_null());
	set(object, "risk", is_here ? band_name(row->judgement.band) : NULL);
	set(object, "harm",
	    is_here && row->judgement.finding ? row->judgement.harm : NULL);
	set(object, "boot_risk",
	    row->is_boot_judged ? band_name(row->boot_judgement.band) : NULL);
	set(object, "boot_harm",
	    row->boot_judgement.finding ? row->boot_judgement.harm : NULL);
	json_object_set_new(object, "managers", writers_json(i, row->knob));
	set_knowledge(object, row->knob);
	return object;
}

static json_t *rival_json(const struct rival *m)
{
	json_t *object = json_object(), *keys = json_array();

	set(object, "name", m->name);
	set(object, "detail", m->detail[0] ? m->detail : NULL);
	set(object, "evidence", m->evidence);
	for (size_t k = 0; k < m->n_keys; k++)
		json_array_append_new(keys, document_string(m->keys[k]));
	json_object_set_new(object, "keys", keys);
	json_object_set_new(object, "in_pods", json_boolean(m->in_pods));
	if (m->error[0])
		set(object, "error", m->error);
	return object;
}

static json_t *remark_json(const struct boot_remark *remark)
{
	json_t *object = json_object(), *engines = json_array();

	for (int engine = 0; engine < BOOT_ENGINES; engine++)
		if (remark->engines >> engine & 1)
			json_array_append_new(engines, json_string(engine == BOOT_PROCPS
									   ? "procps"
									   : "systemd"));
	set(object, "file", remark->file);
	json_object_set_new(object, "line",
			    remark->line ? json_integer((json_int_t)remark->line)
					 : json_null());
	json_object_set_new(object, "engines", engines);
	set(object, "text", remark->text);
	return object;
}

static void set_boot_error(struct view *v, const struct inventory *i)
{
	const struct boot_file *hidden = i->boot->hidden;
	own_text struct text t = { 0 };

	if (i->no_boot)
		text_add(&t, "%s", i->no_boot);
	else if (hidden)
		text_add(&t, "reckoned without '%s': %s", hidden->path,
			 strerror(boot_file_error(hidden)));
	if (t.n)
		set(v->here, "boot_error", t.at);
}

void view_knobs_json(struct view *v, const struct inventory *i, const bool *shown)
{
	json_t *knobs = document_array(v, "knobs"), *array;

	for (int id = 0; id < KNOB_N; id++)
		if (shown[id])
			json_array_append_new(knobs, knobs_row_json(i, &i->at[id]));
	array = document_array(v, "managers");
	for (size_t m = 0; m < i->rivals->n; m++)
		json_array_append_new(array, rival_json(&i->rivals->at[m]));
	array = document_array(v, "remarks");
	for (size_t k = 0; k < i->boot->n_remarks; k++)
		json_array_append_new(array, remark_json(&i->boot->remarks[k]));
	if (i->defaults->trouble[0])
		set(v->here, "defaults_error", i->defaults->trouble);
	set_boot_error(v, i);
}
