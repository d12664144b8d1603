/* SPDX-License-Identifier: MIT */
#include "view/predictions.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/catalogue.h"
#include "core/predict.h"
#include "view/document.h"
#include "view/prose.h"

static const char *shown(const char *value)
{
	return !value ? "-" : *value ? value : "(empty)";
}

static void add_input(struct text *t, const struct predict_input *input)
{
	const struct knob *k = catalogue_find(input->name);
	char number[PREDICT_NUMBER_MAX];

	predict_number(input->number, number);
	text_add(t, "%s ", k ? catalogue_short_name(k) : input->name);
	if (!input->is_read)
		text_add(t, "not read");
	else if (input->value)
		text_add_escaped(t, shown(input->value));
	else
		text_add(t, "%s", number);
}

/* The census is our word; a reader knows sockets. */
static const char *source_word(const struct predict_input *input)
{
	return strcmp(input->source, "census") == 0 ? "sockets"
	       : strcmp(input->source, "census, interrupted") == 0
		       ? "sockets, changing while counted"
		       : input->source;
}

/* "rate x lifetime = 50 / 60 s x 20 s = 16.7 [sockets: FIN_WAIT_2 orphaned 50; sysctl: ...]" */
static void print_grounds(const struct output *out, const struct prediction *p)
{
	own_text struct text t = { 0 };
	const char *source = NULL;

	/* that there is no effect rests on a rule: without a formula its numbers are idle */
	if (p->effect == PREDICT_NONE && !p->formula.at)
		return;
	text_add(&t, "%s", p->formula.at ? p->formula.at : "");
	for (size_t i = 0; i < p->n_inputs; i++) {
		const struct predict_input *input = &p->inputs[i];

		/* the sentence says why it is unknown */
		if (!input->is_read && p->effect == PREDICT_UNKNOWN)
			continue;
		if (!source)
			text_add(&t, "%s[%s: ", t.n ? " " : "", source_word(input));
		else if (strcmp(source, input->source) != 0)
			text_add(&t, "; %s: ", source_word(input));
		else
			text_add(&t, ", ");
		source = input->source;
		add_input(&t, input);
	}
	if (source)
		text_add(&t, "]");
	if (t.n)
		prose_print(out, "      ", 8, t.at);
}

void predictions_print(const struct output *out, const struct predictions *p)
{
	const char *key = NULL;

	if (p->n == 0)
		return;
	prose_heading(out, "What it will do");
	for (size_t i = 0; i < p->n; i++) {
		const struct prediction *one = &p->at[i];

		if (key != one->key) {
			fprintf(out->stream, "%s ", one->key);
			prose_quote(out, shown(one->from));
			fprintf(out->stream, " -> ");
			prose_quote(out, shown(one->to));
			fputc('\n', out->stream);
		}
		key = one->key;
		prose_print(out, "  - ", 4, one->text.at ? one->text.at : "");
		print_grounds(out, one);
	}
}

/* To a tenth, and whole where it is. */
static json_t *number(double n)
{
	int64_t tenths = (int64_t)(n * 10 + 0.5);

	return tenths % 10 ? json_real((double)tenths / 10) : json_integer(tenths / 10);
}

static json_t *inputs(const struct prediction *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->n_inputs; i++) {
		const struct predict_input *input = &p->inputs[i];
		json_t *one = json_object();

		json_object_set_new(one, "name", json_string(input->name));
		json_object_set_new(one, "value",
				    input->value     ? document_string(input->value)
				    : input->is_read ? number(input->number)
						     : json_null());
		json_object_set_new(one, "source", json_string(input->source));
		json_array_append_new(array, one);
	}
	return array;
}

void predictions_json(struct view *v, const struct predictions *p)
{
	json_t *array = document_array(v, "predictions");

	for (size_t i = 0; i < p->n; i++) {
		const struct prediction *one = &p->at[i];
		json_t *row = json_object();

		json_object_set_new(row, "key", json_string(one->key));
		json_object_set_new(row, "effect",
				    json_string(predict_effect_name(one->effect)));
		json_object_set_new(row, "text", document_string(one->text.at));
		json_object_set_new(row, "formula", document_string(one->formula.at));
		json_object_set_new(row, "inputs", inputs(one));
		json_object_set_new(row, "unit", document_string(one->unit));
		json_object_set_new(row, "before",
				    one->has_before ? number(one->before) : json_null());
		json_object_set_new(row, "after",
				    one->has_after ? number(one->after) : json_null());
		json_array_append_new(array, row);
	}
}
