/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/own.h"
#include "base/text.h"
#include "view/document.h"
#include "view/table.h"

static void verify_json(struct view *v, const struct drift *drift, size_t n,
			size_t n_checked, const char *unfinished)
{
	json_t *array = document_array(v, "drift");

	for (size_t i = 0; i < n; i++) {
		char expected[256];
		json_t *row = json_object();

		snprintf(expected, sizeof(expected), "%s%s", drift[i].operator,
			 drift[i].expected);
		json_object_set_new(row, "key", document_string(drift[i].key));
		json_object_set_new(row, "expected", document_string(expected));
		json_object_set_new(row, "found", document_string(drift[i].found));
		if (!drift[i].found)
			json_object_set_new(row, "error", json_string("absent here"));
		json_array_append_new(array, row);
	}
	json_object_set_new(v->here, "checked", json_integer((json_int_t)n_checked));
	json_object_set_new(v->here, "unfinished", document_string(unfinished));
}

static void drift_table(const struct output *out, const struct drift *drift, size_t n)
{
	static const struct table_column columns[] = { { "KEY", 0 },
						       { "EXPECTED", TABLE_RIGHT },
						       { "FOUND", TABLE_RIGHT },
						       { NULL, 0 } };
	struct libscols_table *table = table_new(out, columns);

	for (size_t i = 0; i < n; i++) {
		char expected[256];
		const char *cells[] = { drift[i].key, expected,
					drift[i].found ? drift[i].found : "(absent)" };

		snprintf(expected, sizeof(expected), "%s%s", drift[i].operator,
			 drift[i].expected);
		table_add(table, cells);
	}
	table_print(table);
	table_free(table);
}

void view_verify(struct view *v, const char *subject, const struct drift *drift, size_t n,
		 size_t n_checked, const char *unfinished)
{
	FILE *stream = v->out.stream;
	own_free char *command = NULL;
	own_text struct text words = { 0 };

	if (v->out.is_json) {
		verify_json(v, drift, n, n_checked, unfinished);
		return;
	}
	if (unfinished) {
		text_add(&words, "finwait rollback %s", unfinished);
		command = document_command(v, words.at ? words.at : "");
		fprintf(stream,
			"transaction %s was cut off or is overdue; to put its values back: %s\n",
			unfinished, command ? command : "");
	}
	if (!subject && !unfinished)
		fprintf(stream, "nothing is applied here, so nothing can drift\n");
	if (!subject)
		return;
	if (n == 0) {
		fprintf(stream, "%s: %zu value%s in force\n", subject, n_checked,
			n_checked == 1 ? "" : "s, all");
		return;
	}
	fprintf(stream, "%s: not in force: %zu of %zu\n\n", subject, n, n_checked);
	drift_table(&v->out, drift, n);
}
