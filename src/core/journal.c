/* SPDX-License-Identifier: MIT */
#include "core/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "core/dropin.h"
#include "core/record.h"
#include "core/snapshot.h"

static struct transaction *journal_last(struct journal *j, const char *id)
{
	for (size_t i = j->n; i-- > 0;)
		if (strcmp(j->at[i].id, id) == 0)
			return &j->at[i];
	return NULL;
}

static bool replay_begin(struct journal *j, const struct record *r)
{
	struct transaction *at;
	struct transaction tx = {
		.login = strdup(record_get(r, "login")),
		.command = strdup(record_get(r, "command")),
		.profile = strdup(record_get(r, "profile")),
		.reason = strdup(record_get(r, "reason")),
	};
	int64_t uid = -1;

	at = realloc(j->at, (j->n + 1) * sizeof(*at));
	if (!at || !tx.login || !tx.command || !tx.profile || !tx.reason)
		return false;
	j->at = at;
	snprintf(tx.id, sizeof(tx.id), "%s", record_get(r, "tx"));
	snprintf(tx.boot_id, sizeof(tx.boot_id), "%s", record_get(r, "boot"));
	(void)num_parse(record_get(r, "when"), 0, INT64_MAX, &tx.when);
	(void)num_parse(record_get(r, "uid"), 0, UINT32_MAX, &uid);
	tx.uid = (uid_t)uid;
	(void)sscanf(record_get(r, "netns"), "%" SCNu64 ":%" SCNu64, &tx.netns_inode,
		     &tx.netns_cookie);
	at[j->n++] = tx;
	return true;
}

static bool replay_intent(struct transaction *tx, const struct record *r)
{
	struct change *at = realloc(tx->plan.at, (tx->plan.n + 1) * sizeof(*at));
	struct change c = {
		.key = strdup(record_get(r, "key")),
		.from = strdup(record_get(r, "from")),
		.to = strdup(record_get(r, "to")),
		.state = CHANGE_UNDONE, /* as long as nothing says that it was begun */
	};

	if (!at || !c.key || !c.from || !c.to)
		return false;
	tx->plan.at = at;
	at[tx->plan.n++] = c;
	return true;
}

static void replay_stage(struct transaction *tx, enum transaction_stage stage,
			 enum change_state state)
{
	tx->stage = stage;
	for (size_t i = 0; i < tx->plan.n; i++)
		if (!tx->plan.at[i].is_settled)
			tx->plan.at[i].state = state;
}

static bool replay_keep(struct transaction *tx, const struct record *r)
{
	struct keep *keeps = realloc(tx->keeps, (tx->n_keeps + 1) * sizeof(*keeps));
	struct keep *k;

	if (!keeps)
		return false;
	tx->keeps = keeps;
	k = &keeps[tx->n_keeps++];
	*k = (struct keep){
		.key = strdup(record_get(r, "key")),
		.value = strdup(record_get(r, "value")),
	};
	return k->key && k->value;
}

static void replay_ready(struct transaction *tx, const struct record *r)
{
	(void)num_parse(record_get(r, "deadline"), 1, INT64_MAX / 4, &tx->deadline_ms);
	replay_stage(tx, STAGE_READY, CHANGE_TODO);
}

static void replay_commit(struct transaction *tx)
{
	tx->is_committed = true;
	replay_stage(tx, STAGE_COMMITTED, CHANGE_DONE);
}

static void replay_undoing(struct transaction *tx)
{
	tx->is_dropin_conflict = false;
	replay_stage(tx, STAGE_UNDOING, CHANGE_DONE);
}

static bool replay_conflict(struct transaction *tx, const struct record *r)
{
	struct change *c = transaction_find(tx, record_get(r, "key"));

	if (!c) {
		tx->is_dropin_conflict = strcmp(record_get(r, "key"), DROPIN_KEY) == 0;
		return true;
	}
	free(c->found);
	c->found = strdup(record_get(r, "found"));
	c->state = CHANGE_CONFLICT;
	return c->found;
}

static void replay_left(struct transaction *tx, const struct record *r)
{
	struct change *c = transaction_find(tx, record_get(r, "key"));

	if (c && !c->is_settled)
		c->state = CHANGE_SAME;
}

static bool replay_undone(struct journal *j, struct transaction *tx,
			  const struct record *r)
{
	int64_t conflicts = 0;

	(void)num_parse(record_get(r, "conflicts"), 0, INT32_MAX, &conflicts);
	tx->n_conflicts = (size_t)conflicts;
	tx->stage = STAGE_UNDONE;
	for (size_t k = 0; k < tx->plan.n; k++) {
		struct change *c = &tx->plan.at[k];

		if (c->state == CHANGE_CONFLICT || c->is_settled)
			continue;
		if (c->state != CHANGE_SAME)
			c->state = CHANGE_UNDONE;
		c->is_settled = true;
		if (!journal_pass_down(j, (size_t)(tx - j->at), c))
			return false;
	}
	return true;
}

/*
 * False: out of memory. A record of an unknown kind, or of an unknown transaction, is not
 * ours to understand.
 */
static bool replay_record(struct journal *j, const struct record *r)
{
	struct transaction *tx;

	if (strcmp(r->kind, "begin") == 0)
		return replay_begin(j, r);
	tx = journal_last(j, record_get(r, "tx"));
	if (!tx)
		return true;
	if (strcmp(r->kind, "intent") == 0)
		return replay_intent(tx, r);
	if (strcmp(r->kind, "keep") == 0)
		return replay_keep(tx, r);
	if (strcmp(r->kind, "ready") == 0)
		replay_ready(tx, r);
	else if (strcmp(r->kind, "commit") == 0)
		replay_commit(tx);
	else if (strcmp(r->kind, "confirm") == 0)
		tx->is_confirmed = true;
	else if (strcmp(r->kind, "undoing") == 0)
		replay_undoing(tx);
	else if (strcmp(r->kind, "conflict") == 0)
		return replay_conflict(tx, r);
	else if (strcmp(r->kind, "left") == 0)
		replay_left(tx, r);
	else if (strcmp(r->kind, "undone") == 0)
		return replay_undone(j, tx, r);
	return true;
}

/*
 * A last line without its newline was being written when the power went, unless the line is
 * whole but for what stands in the newline's place.
 */
static bool is_torn(const char *line, size_t n)
{
	struct record r;
	bool is_whole = record_parse(&r, line, n - 1) == 0;

	record_done(&r);
	return !is_whole;
}

int journal_replay(struct journal *j, const char *bytes, size_t n, struct err *e)
{
	unsigned line = 1;

	for (size_t i = 0; i < n; line++) {
		const char *end = memchr(bytes + i, '\n', n - i);
		struct record r = { 0 };
		size_t length;
		int status;

		if (!end && is_torn(bytes + i, n - i))
			return 0;
		length = end ? (size_t)(end - bytes) - i : 0;
		status = end ? record_parse(&r, bytes + i, length) : -EBADMSG;
		if (status == 0 && !replay_record(j, &r))
			status = -ENOMEM;
		record_done(&r);
		if (status == -ENOMEM)
			return err_errno(e, ENOMEM, "cannot read the journal");
		if (status < 0)
			return err_set(e, EBADMSG, "line %u of the journal is damaged",
				       line);
		i += length + 1;
		j->good += length + 1;
	}
	return 0;
}

void journal_done(struct journal *j)
{
	for (size_t i = 0; i < j->n; i++) {
		free(j->at[i].login);
		free(j->at[i].command);
		free(j->at[i].profile);
		free(j->at[i].reason);
		plan_done(&j->at[i].plan);
		for (size_t k = 0; k < j->at[i].n_keeps; k++) {
			free(j->at[i].keeps[k].key);
			free(j->at[i].keeps[k].value);
		}
		free(j->at[i].keeps);
	}
	free(j->at);
	*j = (struct journal){ 0 };
}

int journal_find(const struct journal *j, const char *id, size_t *ret, struct err *e)
{
	size_t n = strlen(id), hits = 0;

	for (size_t i = 0; i < j->n; i++) {
		if (n < 4 || strncmp(j->at[i].id, id, n) != 0)
			continue;
		*ret = i;
		hits++;
	}
	if (hits == 1)
		return 0;
	if (hits > 1)
		return err_set(e, EEXIST, "several transactions begin with '%s'", id);
	err_set(e, ENOENT, "no transaction '%s'", id);
	err_hint(e, "finwait history lists them");
	return -ENOENT;
}

bool transaction_is_ours(const struct transaction *tx, const struct host *host)
{
	return strcmp(tx->boot_id, host->boot_id) == 0 &&
	       tx->netns_inode == host->netns_inode &&
	       tx->netns_cookie == host->netns_cookie;
}

static bool is_other_boot(const struct transaction *tx, const struct host *host)
{
	return strcmp(tx->boot_id, host->boot_id) != 0;
}

bool transaction_is_persisted(const struct transaction *tx)
{
	return tx->n_keeps > 0 && tx->stage == STAGE_COMMITTED &&
	       (tx->deadline_ms == 0 || tx->is_confirmed);
}

bool transaction_may_be_confirmed(const struct transaction *tx)
{
	return tx->n_keeps && tx->stage == STAGE_COMMITTED && tx->deadline_ms &&
	       !tx->is_confirmed;
}

bool transaction_is_in_reach(const struct transaction *tx, const struct host *host)
{
	return transaction_is_ours(tx, host) ||
	       (tx->n_keeps > 0 && host->boot_netns != BOOT_NETNS_ELSEWHERE);
}

enum transaction_state transaction_state(const struct transaction *tx,
					 const struct host *host)
{
	bool is_gone =
		is_other_boot(tx, host) || (tx->netns_inode == host->netns_inode &&
					    tx->netns_cookie != host->netns_cookie);

	switch (tx->stage) {
	case STAGE_BEGUN:
		return TRANSACTION_UNDONE;
	case STAGE_READY:
	case STAGE_UNDOING:
		return is_gone && tx->n_keeps == 0 ? TRANSACTION_VOID
						   : TRANSACTION_UNFINISHED;
	case STAGE_UNDONE:
		if (tx->n_conflicts == 0)
			return TRANSACTION_UNDONE;
		return is_gone && !tx->is_dropin_conflict ? TRANSACTION_VOID
							  : TRANSACTION_CONFLICT;
	case STAGE_COMMITTED:
		break;
	}
	if (is_gone)
		return transaction_is_persisted(tx) ? TRANSACTION_COMMITTED
						    : TRANSACTION_VOID;
	if (tx->deadline_ms == 0 || tx->is_confirmed)
		return TRANSACTION_COMMITTED;
	return host->boottime_ms < tx->deadline_ms ? TRANSACTION_WAITING
						   : TRANSACTION_OVERDUE;
}

const char *transaction_state_key(enum transaction_state state)
{
	static const char *const keys[] = {
		[TRANSACTION_UNFINISHED] = "unfinished",
		[TRANSACTION_WAITING] = "waiting",
		[TRANSACTION_OVERDUE] = "overdue",
		[TRANSACTION_COMMITTED] = "committed",
		[TRANSACTION_UNDONE] = "undone",
		[TRANSACTION_CONFLICT] = "conflict",
		[TRANSACTION_VOID] = "void",
	};

	return keys[state];
}

int64_t transaction_deadline(const struct transaction *tx, const struct host *host)
{
	enum transaction_state state = transaction_state(tx, host);

	if (state != TRANSACTION_WAITING && state != TRANSACTION_OVERDUE)
		return 0;
	return (host->now_ms + tx->deadline_ms - host->boottime_ms) / 1000;
}

int64_t transaction_seconds_left(const struct transaction *tx, const struct host *host)
{
	int64_t left_ms = tx->deadline_ms - host->boottime_ms;

	return left_ms > 0 ? (left_ms + 999) / 1000 : left_ms / 1000;
}

const char *transaction_dropin_key(const struct transaction *tx, const struct host *host)
{
	if (tx->n_keeps == 0 || transaction_state(tx, host) == TRANSACTION_VOID)
		return NULL;
	if (tx->is_dropin_conflict)
		return "conflict";
	if (transaction_is_persisted(tx))
		return "written";
	return tx->stage == STAGE_BEGUN || tx->stage == STAGE_UNDONE ? "undone"
								     : "waiting";
}
