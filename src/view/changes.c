/* SPDX-License-Identifier: MIT */
#include "view/changes.h"

#include <string.h>

#include "core/plan.h"
#include "view/document.h"
#include "view/table.h"

static const char *shown(const char *value)
{
	return !value ? "-" : *value ? value : "(empty)";
}

static void describe(const struct change *c, bool is_undo, char *text, size_t size)
{
	static const char *const consents[] = {
		[BAND_SAFE] = "",
		[BAND_RISK] = ", a known risk (--accept-risk): ",
		[BAND_REFUSED] = ", only by --set with --force: ",
		[BAND_UNRATED] = ", unrated (--allow-unrated): ",
	};
	const char *state = change_state_key(c->state);

	switch (c->state) {
	case CHANGE_CONFLICT:
		if (c->found && strcmp(c->found, c->to) == 0)
			snprintf(text, size, "conflict: the kernel refuses %s",
				 shown(c->from));
		else
			snprintf(text, size, "conflict: found %s, left alone",
				 shown(c->found));
		return;
	case CHANGE_READ_ONLY:
		snprintf(text, size, "read-only here, skipped");
		return;
	case CHANGE_ABSENT:
		snprintf(text, size, "absent here, skipped");
		return;
	case CHANGE_SAME:
		snprintf(text, size, "%s",
			 is_undo	 ? "left to a later transaction"
			 : c->is_settled ? "not put back"
					 : "already so");
		return;
	case CHANGE_TODO:
		snprintf(text, size, "%s%s%s", state, consents[c->judgement.band],
			 c->judgement.band == BAND_SAFE ? "" : c->judgement.harm);
		return;
	case CHANGE_DONE:
	case CHANGE_UNDONE:
		snprintf(text, size, "%s", state);
		return;
	}
}

void changes_table(const struct output *out, const struct plan *plan, bool is_undo)
{
	static const struct table_column columns[] = {
		{ "KEY", 0 },	       { "FROM", TABLE_RIGHT },
		{ "TO", TABLE_RIGHT }, { "STATE", TABLE_WRAP },
		{ NULL, 0 },
	};
	struct libscols_table *table = table_new(out, columns);

	for (size_t i = 0; i < plan->n; i++) {
		const struct change *c = &plan->at[i];
		char text[400];
		/* an undo goes from what stood there, which --overwrite makes another than `to` */
		const char *undone = c->found ? c->found : c->to;
		const char *cells[] = { c->key, shown(is_undo ? undone : c->from),
					shown(is_undo ? c->from : c->to), text };

		describe(c, is_undo, text, sizeof(text));
		table_add(table, cells);
	}
	table_print(table);
	table_free(table);
}
