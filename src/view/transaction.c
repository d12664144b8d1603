/* SPDX-License-Identifier: MIT */
#include "view/changes.h"

#include <inttypes.h>
#include <string.h>

#include "core/journal.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/table.h"

/* The fields that apply and rollback share. */
static void transaction_json(struct view *v, const char *id, const char *profile,
			     const char *state, const struct plan *plan)
{
	json_object_set_new(v->here, "transaction", document_string(id));
	json_object_set_new(v->here, "profile",
			    document_string(profile && profile[0] ? profile : NULL));
	json_object_set_new(v->here, "state", json_string(state));
	json_object_set_new(v->here, "deadline", json_null());
	json_object_set_new(v->here, "changes", document_changes(plan));
}

void view_dry_run(struct view *v, const char *profile, const struct plan *plan)
{
	if (v->out.is_json) {
		transaction_json(v, NULL, profile, "planned", plan);
		return;
	}
	fprintf(v->out.stream, "dry run: nothing is written\n\n");
	changes_table(&v->out, plan, false);
}

void view_apply(struct view *v, const char *tx_id, const char *profile,
		const struct plan *plan)
{
	char command[512];

	if (v->out.is_json) {
		transaction_json(v, tx_id, profile, tx_id ? "committed" : "same", plan);
		return;
	}
	changes_table(&v->out, plan, false);
	if (!tx_id) {
		fprintf(v->out.stream, "\nnothing to write: no value here differs\n");
		return;
	}
	document_command(v, "finwait rollback ", command, sizeof(command));
	fprintf(v->out.stream, "\napplied as transaction %s; to undo it: %s%s\n", tx_id,
		command, tx_id);
}

static void rollback_json(struct view *v, const struct transaction *tx, const char *state)
{
	json_t *array = document_array(v, "transactions");
	json_t *row;

	if (tx && json_array_size(array) == 0) {
		transaction_json(v, tx->id, tx->profile, state, &tx->plan);
	} else if (tx) {
		/* of several, the list tells each, and the fields above it the whole */
		json_object_set_new(v->here, "transaction", json_null());
		json_object_set_new(v->here, "profile", json_null());
		if (strcmp(state, "undone") != 0)
			json_object_set_new(v->here, "state", json_string(state));
		row = document_changes(&tx->plan);
		json_array_extend(json_object_get(v->here, "changes"), row);
		json_decref(row);
	} else {
		transaction_json(v, NULL, NULL, state, NULL);
		return;
	}
	row = json_object();
	json_object_set_new(row, "transaction", json_string(tx->id));
	json_object_set_new(row, "profile",
			    document_string(tx->profile[0] ? tx->profile : NULL));
	json_object_set_new(row, "state", json_string(state));
	json_object_set_new(row, "changes", document_changes(&tx->plan));
	json_array_append_new(array, row);
}

static void print_later(const struct output *out, const struct journal *journal,
			const struct transaction *tx)
{
	size_t i = (size_t)(tx - journal->at);

	for (size_t k = 0; k < tx->plan.n; k++) {
		const struct change *c = &tx->plan.at[k];
		ssize_t later = journal_later_owner(journal, i, c->key);

		if (later < 0)
			continue;
		if (c->state == CHANGE_CONFLICT)
			fprintf(out->stream,
				"%s can be put back once the later transaction %s is undone\n",
				c->key, journal->at[later].id);
		else
			fprintf(out->stream, "%s is left to the later transaction %s\n",
				c->key, journal->at[later].id);
	}
}

/* Is there a conflict that --overwrite would end? Not one below a later transaction. */
static bool has_foreign(const struct journal *journal, const struct transaction *tx)
{
	size_t at = (size_t)(tx - journal->at);

	for (size_t i = 0; i < tx->plan.n; i++) {
		const struct change *c = &tx->plan.at[i];

		if (c->state == CHANGE_CONFLICT && c->found &&
		    journal_later_owner(journal, at, c->key) < 0 &&
		    strcmp(c->found, CHANGE_FOUND_ABSENT) != 0 &&
		    strcmp(c->found, c->to) != 0)
			return true;
	}
	return false;
}

void view_rollback(struct view *v, const struct journal *journal,
		   const struct transaction *tx, const char *state)
{
	char command[512];
	const struct output *out = &v->out;

	if (out->is_json) {
		rollback_json(v, tx, state);
		return;
	}
	if (!tx) {
		fprintf(out->stream, "nothing to undo in this network namespace\n");
		return;
	}
	if (strcmp(state, "void") == 0) {
		fprintf(out->stream,
			"transaction %s is void: its values went with the boot or "
			"namespace it was made in\n",
			tx->id);
		return;
	}
	fprintf(out->stream, "%stransaction %s: %s\n\n", v->n_shown++ ? "\n" : "", tx->id,
		state);
	changes_table(out, &tx->plan, true);
	print_later(out, journal, tx);
	document_command(v, "finwait rollback ", command, sizeof(command));
	if (has_foreign(journal, tx))
		fprintf(out->stream,
			"\nvalues of somebody else are left alone; to put them back all the same: %s%s --overwrite\n",
			command, tx->id);
}
