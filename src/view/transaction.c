/* SPDX-License-Identifier: MIT */
#include "view/changes.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

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
		/* of several the list tells each; the one above all stands for the whole
		 */
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

static void print_left(const struct output *out, const struct journal *journal,
		       const struct transaction *tx)
{
	size_t i = (size_t)(tx - journal->at);

	for (size_t k = 0; k < tx->plan.n; k++) {
		ssize_t later = journal_later_owner(journal, i, tx->plan.at[k].key);

		if (later >= 0)
			fprintf(out->stream, "%s is left to the later transaction %s\n",
				tx->plan.at[k].key, journal->at[later].id);
	}
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
	print_left(out, journal, tx);
	document_command(v, "finwait rollback ", command, sizeof(command));
	if (tx->n_conflicts)
		fprintf(out->stream,
			"\nchanged by somebody else since and left alone: %zu; to put back all the same: %s%s --overwrite\n",
			tx->n_conflicts, command, tx->id);
}

void view_verify(struct view *v, const char *subject, const struct drift *drift, size_t n,
		 size_t n_checked, const char *unfinished)
{
	static const struct table_column columns[] = { { "KEY", 0 },
						       { "EXPECTED", TABLE_RIGHT },
						       { "FOUND", TABLE_RIGHT },
						       { NULL, 0 } };
	const struct output *out = &v->out;
	struct libscols_table *table;

	if (out->is_json) {
		json_t *array = document_array(v, "drift");

		for (size_t i = 0; i < n; i++) {
			json_t *row = json_pack("{ss ss}", "key", drift[i].key,
						"expected", drift[i].expected);

			json_object_set_new(row, "found",
					    document_string(drift[i].found));
			json_array_append_new(array, row);
		}
		json_object_set_new(v->here, "checked",
				    json_integer((json_int_t)n_checked));
		json_object_set_new(v->here, "unfinished", document_string(unfinished));
		return;
	}
	if (unfinished)
		fprintf(out->stream,
			"transaction %s was cut off; finwait rollback puts its values "
			"back\n",
			unfinished);
	if (!subject) {
		if (!unfinished)
			fprintf(out->stream,
				"nothing is applied here, so nothing can drift\n");
		return;
	}
	if (n == 0) {
		fprintf(out->stream, "%s: %zu value%s, in force\n", subject, n_checked,
			n_checked > 1 ? "s, all" : "");
		return;
	}
	fprintf(out->stream, "%s: not in force: %zu of %zu\n\n", subject, n, n_checked);
	table = table_new(out, columns);
	for (size_t i = 0; i < n; i++) {
		const char *cells[] = { drift[i].key, drift[i].expected,
					drift[i].found ? drift[i].found : "(absent)" };

		table_add(table, cells);
	}
	table_print(table);
	table_free(table);
}

static json_t *who_json(const struct transaction *tx)
{
	json_t *who = json_object();

	json_object_set_new(who, "uid", json_integer((json_int_t)tx->uid));
	json_object_set_new(who, "login",
			    document_string(tx->login[0] ? tx->login : NULL));
	json_object_set_new(who, "command", document_string(tx->command));
	return who;
}

static void history_json(struct view *v, const struct transaction *tx,
			 const struct host *host)
{
	json_t *row = json_object();

	json_object_set_new(row, "id", json_string(tx->id));
	json_object_set_new(
		row, "state",
		json_string(transaction_state_key(transaction_state(tx, host))));
	json_object_set_new(row, "profile",
			    document_string(tx->profile[0] ? tx->profile : NULL));
	json_object_set_new(row, "reason",
			    document_string(tx->reason[0] ? tx->reason : NULL));
	json_object_set_new(row, "when", document_time(tx->when));
	json_object_set_new(row, "who", who_json(tx));
	json_object_set_new(row, "netns", json_integer((json_int_t)tx->netns_inode));
	json_object_set_new(row, "changes", document_changes(&tx->plan));
	json_array_append_new(document_array(v, "transactions"), row);
}

static void local_time(int64_t when, char *ret, size_t size)
{
	time_t t = (time_t)when;
	struct tm tm;

	ret[0] = '\0';
	if (localtime_r(&t, &tm))
		strftime(ret, size, "%Y-%m-%d %H:%M:%S %z", &tm);
}

void view_history_row(struct view *v, const struct transaction *tx,
		      const struct host *host)
{
	static const struct table_column columns[] = {
		{ "ID", 0 },
		{ "WHEN", 0 },
		{ "STATE", 0 },
		{ "PROFILE", 0 },
		{ "WHO", 0 },
		{ "NETNS", TABLE_RIGHT },
		{ "CHANGES", TABLE_RIGHT },
		{ "REASON", TABLE_WRAP },
		{ NULL, 0 },
	};
	char when[32], changes[24], uid[24], netns[24];
	const char *cells[] = { tx->id,
				when,
				transaction_state_key(transaction_state(tx, host)),
				tx->profile[0] ? tx->profile : "--set",
				tx->login[0] ? tx->login : uid,
				netns,
				changes,
				tx->reason };

	if (v->out.is_json) {
		history_json(v, tx, host);
		return;
	}
	local_time(tx->when, when, sizeof(when));
	snprintf(changes, sizeof(changes), "%zu", tx->plan.n);
	snprintf(uid, sizeof(uid), "uid %u", tx->uid);
	snprintf(netns, sizeof(netns), "%" PRIu64, tx->netns_inode);
	if (transaction_is_ours(tx, host))
		snprintf(netns, sizeof(netns), "here");
	if (!v->table)
		v->table = table_new(&v->out, columns);
	table_add(v->table, cells);
}

void view_history_detail(struct view *v, const struct transaction *tx,
			 const struct host *host)
{
	const struct output *out = &v->out;
	char when[32];

	if (out->is_json) {
		history_json(v, tx, host);
		return;
	}
	local_time(tx->when, when, sizeof(when));
	fprintf(out->stream, "transaction: %s\nstate:       %s\nwhen:        %s\n",
		tx->id, transaction_state_key(transaction_state(tx, host)), when);
	fprintf(out->stream, "who:         ");
	prose_quote(out, tx->login[0] ? tx->login : "?");
	fprintf(out->stream, " (uid %u)\ncommand:     ", tx->uid);
	prose_quote(out, tx->command);
	if (tx->profile[0])
		fprintf(out->stream, "\nprofile:     %s", tx->profile);
	if (tx->reason[0]) {
		fprintf(out->stream, "\nreason:      ");
		prose_quote(out, tx->reason);
	}
	fprintf(out->stream, "\n");
	fprintf(out->stream, "namespace:   net:[%" PRIu64 "]\n\n", tx->netns_inode);
	changes_table(out, &tx->plan, false);
}

void view_history_empty(struct view *v)
{
	if (v->out.is_json)
		(void)document_array(v, "transactions");
	else
		fprintf(v->out.stream, "no transactions\n");
}

void view_recorded(struct view *v, const char *dir)
{
	if (v->out.is_json)
		json_object_set_new(v->here, "directory", document_string(dir));
	else
		fprintf(v->out.stream,
			"recorded into %s; read it with: finwait --root %s audit\n", dir,
			dir);
}
