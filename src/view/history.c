/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "view/changes.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/table.h"

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
	json_object_set_new(row, "deadline",
			    document_time(transaction_deadline(tx, host)));
	json_object_set_new(row, "dropin",
			    document_string(transaction_dropin_key(tx, host)));
	json_object_set_new(row, "changes", document_changes(&tx->plan));
	json_array_append_new(document_array(v, "transactions"), row);
}

/* Short, as it is one cell of many. */
static void describe_state(const struct transaction *tx, const struct host *host,
			   char *text, size_t size)
{
	enum transaction_state state = transaction_state(tx, host);

	if (state == TRANSACTION_WAITING)
		snprintf(text, size, "waiting %" PRId64 " s",
			 transaction_seconds_left(tx, host));
	else if (transaction_is_persisted(tx))
		snprintf(text, size, "persisted");
	else
		snprintf(text, size, "%s", transaction_state_key(state));
}

enum { DATE_AND_MINUTE = 16 }; /* of a local time */

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
		{ "KEYS", TABLE_RIGHT },
		{ "REASON", TABLE_WRAP },
		{ NULL, 0 },
	};
	char when[32], state[48], changes[24], uid[24], netns[24];
	const char *cells[] = { tx->id,
				when,
				state,
				tx->profile[0] ? tx->profile : "--set",
				tx->login[0] ? tx->login : uid,
				netns,
				changes,
				tx->reason };

	if (v->out.is_json) {
		history_json(v, tx, host);
		return;
	}
	document_local_time(tx->when, when, sizeof(when));
	when[DATE_AND_MINUTE] = '\0';
	describe_state(tx, host, state, sizeof(state));
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
	document_local_time(tx->when, when, sizeof(when));
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
	if (transaction_deadline(tx, host)) {
		document_local_time(transaction_deadline(tx, host), when, sizeof(when));
		fprintf(out->stream, "deadline:    %s\n", when);
	}
	if (transaction_dropin_key(tx, host))
		fprintf(out->stream, "drop-in:     " DROPIN_KEY ", %zu setting%s, %s\n",
			tx->n_keeps, tx->n_keeps > 1 ? "s" : "",
			transaction_dropin_key(tx, host));
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
