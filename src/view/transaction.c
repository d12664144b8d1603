/* SPDX-License-Identifier: MIT */
#include "view/changes.h"

#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "view/document.h"
#include "view/predictions.h"
#include "view/prose.h"
#include "view/table.h"

/* The fields that apply, confirm and rollback share. */
static void plan_json(struct view *v, const char *profile, const char *state,
		      const struct plan *plan)
{
	json_object_set_new(v->here, "transaction", json_null());
	json_object_set_new(v->here, "profile",
			    document_string(profile && profile[0] ? profile : NULL));
	json_object_set_new(v->here, "state", json_string(state));
	json_object_set_new(v->here, "deadline", json_null());
	json_object_set_new(v->here, "dropin", json_null());
	json_object_set_new(v->here, "changes", document_changes(plan));
}

static void transaction_json(struct view *v, const struct transaction *tx,
			     const struct plan *plan, const struct host *host)
{
	plan_json(v, tx->profile, transaction_state_key(transaction_state(tx, host)),
		  plan);
	json_object_set_new(v->here, "transaction", json_string(tx->id));
	json_object_set_new(v->here, "deadline",
			    document_time(transaction_deadline(tx, host)));
	json_object_set_new(v->here, "dropin",
			    document_string(transaction_dropin_key(tx, host)));
}

void view_dry_run(struct view *v, const char *profile, const struct plan *plan,
		  size_t n_keeps, const struct predictions *predictions)
{
	if (v->out.is_json) {
		plan_json(v, profile, "planned", plan);
		if (n_keeps)
			json_object_set_new(v->here, "dropin", json_string("planned"));
		predictions_json(v, predictions);
		return;
	}
	fprintf(v->out.stream, "dry run: nothing is written\n\n");
	changes_table(&v->out, plan, false);
	if (n_keeps)
		fprintf(v->out.stream,
			"\nfor the next boot: %zu setting%s into " DROPIN_KEY "\n",
			n_keeps, n_keeps > 1 ? "s" : "");
	predictions_print(&v->out, predictions);
}

/* "finwait confirm 9f2c0a11", with a line's end, or " --overwrite" before that. */
static void print_command(const struct view *v, const char *verb,
			  const struct transaction *tx, const char *option)
{
	own_free char *command = NULL;
	own_text struct text words = { 0 };

	text_add(&words, "finwait %s %s%s", verb, tx->id, option);
	command = words.at ? document_command(v, words.at) : NULL;
	fprintf(v->out.stream, "%s\n", command ? command : "");
}

/* What is in force now, until when, and the ways on from here. */
static void print_standing(const struct view *v, const struct transaction *tx,
			   const struct host *host)
{
	int64_t deadline = transaction_deadline(tx, host);
	FILE *stream = v->out.stream;
	char when[40];

	if (transaction_is_persisted(tx))
		fprintf(stream, "for the next boot: %zu setting%s in " DROPIN_KEY "\n",
			tx->n_keeps, tx->n_keeps > 1 ? "s" : "");
	else if (tx->n_keeps && deadline)
		fprintf(stream,
			"for the next boot, once it is confirmed: %zu setting%s into " DROPIN_KEY
			"\n",
			tx->n_keeps, tx->n_keeps > 1 ? "s" : "");
	if (deadline) {
		document_local_time(deadline, when, sizeof(when));
		fprintf(stream, "it will be undone at %s, in %" PRId64 " s\n", when,
			transaction_seconds_left(tx, host));
		fprintf(stream, "to keep it:     ");
		print_command(v, "confirm", tx, "");
	}
	fprintf(stream, deadline ? "to undo it now: " : "to undo it: ");
	print_command(v, "rollback", tx, "");
}

void view_apply(struct view *v, const struct transaction *tx, const char *profile,
		const struct plan *plan, const struct host *host)
{
	if (v->out.is_json && tx) {
		transaction_json(v, tx, plan, host);
		return;
	}
	if (v->out.is_json) {
		plan_json(v, profile, "same", plan);
		return;
	}
	changes_table(&v->out, plan, false);
	if (!tx) {
		fprintf(v->out.stream, "\nnothing to write: no value here differs\n");
		return;
	}
	fprintf(v->out.stream, "\napplied as transaction %s\n", tx->id);
	print_standing(v, tx, host);
}

void view_confirm(struct view *v, const struct transaction *tx, bool is_kept,
		  const struct host *host)
{
	FILE *stream = v->out.stream;

	if (v->out.is_json && tx) {
		transaction_json(v, tx, &tx->plan, host);
		return;
	}
	if (v->out.is_json) {
		plan_json(v, NULL, "same", NULL);
		return;
	}
	if (!tx) {
		fprintf(stream,
			"nothing waits for a confirmation in this network namespace\n");
	} else if (is_kept) {
		fprintf(stream, "transaction %s is kept\n", tx->id);
		print_standing(v, tx, host);
	} else if (!tx->deadline_ms) {
		fprintf(stream, "nothing to confirm: transaction %s never waited\n",
			tx->id);
	} else if (transaction_state(tx, host) == TRANSACTION_COMMITTED) {
		fprintf(stream,
			"nothing to confirm: transaction %s was confirmed before\n",
			tx->id);
	} else {
		fprintf(stream, "nothing to confirm: transaction %s is %s\n", tx->id,
			transaction_state_key(transaction_state(tx, host)));
	}
}

static void rollback_json(struct view *v, const struct transaction *tx, bool is_before,
			  const struct host *host)
{
	json_t *array = document_array(v, "transactions");
	const char *state;
	json_t *row;

	if (!tx || is_before) {
		plan_json(v, NULL, "same", NULL);
		return;
	}
	state = transaction_state_key(transaction_state(tx, host));
	if (json_array_size(array) == 0) {
		transaction_json(v, tx, &tx->plan, host);
	} else {
		/* of several, the list tells each, and the fields above it the whole */
		json_object_set_new(v->here, "transaction", json_null());
		json_object_set_new(v->here, "profile", json_null());
		json_object_set_new(v->here, "dropin", json_null());
		if (strcmp(state, "undone") != 0)
			json_object_set_new(v->here, "state", json_string(state));
		row = document_changes(&tx->plan);
		json_array_extend(json_object_get(v->here, "changes"), row);
		json_decref(row);
	}
	row = json_object();
	json_object_set_new(row, "transaction", json_string(tx->id));
	json_object_set_new(row, "profile",
			    document_string(tx->profile[0] ? tx->profile : NULL));
	json_object_set_new(row, "state", json_string(state));
	json_object_set_new(row, "dropin",
			    document_string(transaction_dropin_key(tx, host)));
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

static void print_dropin(const struct output *out, const struct transaction *tx,
			 const struct host *host)
{
	if (tx->n_keeps == 0)
		return;
	if (tx->is_dropin_conflict)
		fprintf(out->stream,
			DROPIN_KEY " was edited by somebody else, and is left alone: the "
				   "next boot reads it\nas it is; once it is removed by "
				   "hand, roll back again\n");
	else
		fprintf(out->stream, "its settings are no longer in " DROPIN_KEY "\n");
	if (!transaction_is_ours(tx, host))
		fprintf(out->stream,
			"it was applied before this boot: what is in force stays until the next\n");
}

/* Put back here, and still otherwise in the drop-in, by another transaction. */
static void print_kept(const struct output *out, const struct journal *journal,
		       const struct transaction *tx)
{
	for (size_t k = 0; k < tx->plan.n; k++) {
		const struct change *c = &tx->plan.at[k];
		const char *kept = dropin_value(journal, c->key);

		if (kept && c->state == CHANGE_UNDONE &&
		    !knob_holds(catalogue_find(c->key), kept, c->from))
			fprintf(out->stream,
				"%s will be %s at the next boot: another transaction has it in " DROPIN_KEY
				"\n",
				c->key, kept);
	}
}

void view_rollback(struct view *v, const struct journal *journal,
		   const struct transaction *tx, bool is_before, const struct host *host)
{
	const struct output *out = &v->out;
	enum transaction_state state;

	if (out->is_json) {
		rollback_json(v, tx, is_before, host);
		return;
	}
	if (!tx) {
		fprintf(out->stream, "nothing to undo in this network namespace\n");
		return;
	}
	state = transaction_state(tx, host);
	if (state == TRANSACTION_VOID) {
		fprintf(out->stream,
			"transaction %s is void: its values went with the boot or "
			"namespace it was made in\n",
			tx->id);
		return;
	}
	if (is_before) {
		fprintf(out->stream,
			"nothing to undo: transaction %s is undone already\n", tx->id);
		return;
	}
	fprintf(out->stream, "%stransaction %s: %s\n\n", v->n_shown++ ? "\n" : "", tx->id,
		transaction_state_key(state));
	if (transaction_is_ours(tx, host))
		changes_table(out, &tx->plan, true);
	print_later(out, journal, tx);
	print_dropin(out, tx, host);
	print_kept(out, journal, tx);
	if (!has_foreign(journal, tx))
		return;
	fprintf(out->stream, "\nvalues of somebody else are left alone; to put them back "
			     "all the same: ");
	print_command(v, "rollback", tx, " --overwrite");
}
