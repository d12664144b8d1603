/* SPDX-License-Identifier: MIT */
#include "core/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "base/text.h"
#include "core/record.h"
#include "core/snapshot.h"

static struct transaction *journal_last(struct journal *j, const char *id)
{
	for (size_t i = j->n; i-- > 0;)
		if (strcmp(j->at[i].id, id) == 0)
			return &j->at[i];
	return NULL;
}

static bool same_place(const struct transaction *a, const struct transaction *b)
{
	return strcmp(a->boot_id, b->boot_id) == 0 && a->netns_inode == b->netns_inode &&
	       a->netns_cookie == b->netns_cookie;
}

static bool is_live(const struct transaction *tx)
{
	return tx->stage == STAGE_COMMITTED;
}

static struct change *transaction_find(const struct transaction *tx, const char *key)
{
	for (size_t i = 0; i < tx->plan.n; i++)
		if (strcmp(tx->plan.at[i].key, key) == 0)
			return &tx->plan.at[i];
	return NULL;
}

ssize_t journal_later_owner(const struct journal *j, size_t i, const char *key)
{
	for (size_t later = i + 1; later < j->n; later++)
		if (is_live(&j->at[later]) && same_place(&j->at[i], &j->at[later]) &&
		    transaction_find(&j->at[later], key))
			return (ssize_t)later;
	return -1;
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

static bool replay_conflict(struct transaction *tx, const struct record *r)
{
	struct change *c = transaction_find(tx, record_get(r, "key"));

	if (!c)
		return true;
	free(c->found);
	c->found = strdup(record_get(r, "found"));
	c->state = CHANGE_CONFLICT;
	return c->found;
}

/*
 * The next transaction above that still wants to put a key back one day: one in force, or one
 * whose undo met a conflict there.
 */
static struct change *change_above(const struct journal *j, size_t i, const char *key)
{
	for (size_t above = i + 1; above < j->n; above++) {
		struct change *c = transaction_find(&j->at[above], key);

		if (c && same_place(&j->at[i], &j->at[above]) &&
		    (is_live(&j->at[above]) || c->state == CHANGE_CONFLICT))
			return c;
	}
	return NULL;
}

/*
 * Undoing one in the middle of a stack: the next above stands on the value below from now
 * on, if it was this one's value that it stood on.
 */
static bool pass_down(struct journal *j, size_t i, const struct change *c)
{
	struct change *above = change_above(j, i, c->key);
	char *from;

	if (!above || !knob_equal(catalogue_find(c->key), above->from, c->to))
		return true;
	from = strdup(c->from);
	if (!from)
		return false;
	free(above->from);
	above->from = from;
	return true;
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
		if (!pass_down(j, (size_t)(tx - j->at), c))
			return false;
	}
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
	if (strcmp(r->kind, "ready") == 0)
		replay_stage(tx, STAGE_READY, CHANGE_TODO);
	else if (strcmp(r->kind, "commit") == 0)
		replay_stage(tx, STAGE_COMMITTED, CHANGE_DONE);
	else if (strcmp(r->kind, "undoing") == 0)
		replay_stage(tx, STAGE_UNDOING, CHANGE_DONE);
	else if (strcmp(r->kind, "conflict") == 0)
		return replay_conflict(tx, r);
	else if (strcmp(r->kind, "undone") == 0)
		return replay_undone(j, tx, r);
	return true;
}

int journal_replay(struct journal *j, const char *bytes, size_t n, struct err *e)
{
	unsigned line = 1;

	for (size_t i = 0; i < n; line++) {
		const char *end = memchr(bytes + i, '\n', n - i);
		struct record r = { 0 };
		size_t length;
		int status;

		if (!end)
			return 0; /* torn: what was being written when the power went */
		length = (size_t)(end - bytes) - i;
		status = record_parse(&r, bytes + i, length);
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
	}
	free(j->at);
	*j = (struct journal){ 0 };
}

void journal_format_begin(struct text *t, const struct transaction *tx)
{
	size_t start = t->n;

	text_add(t,
		 "1 begin tx=%s when=%" PRId64 " boot=%s netns=%" PRIu64 ":%" PRIu64
		 " uid=%u",
		 tx->id, tx->when, tx->boot_id, tx->netns_inode, tx->netns_cookie,
		 tx->uid);
	record_add(t, "login", tx->login);
	record_add(t, "command", tx->command);
	record_add(t, "profile", tx->profile);
	record_add(t, "reason", tx->reason);
	record_seal(t, start);
	for (size_t i = 0; i < tx->plan.n; i++) {
		const struct change *c = &tx->plan.at[i];

		start = t->n;
		text_add(t, "1 intent tx=%s", tx->id);
		record_add(t, "key", c->key);
		record_add(t, "from", c->from);
		record_add(t, "to", c->to);
		record_seal(t, start);
	}
	start = t->n;
	text_add(t, "1 ready tx=%s n=%zu", tx->id, tx->plan.n);
	record_seal(t, start);
}

void journal_format_stage(struct text *t, const struct transaction *tx,
			  enum transaction_stage stage)
{
	size_t start = t->n;

	text_add(t, "1 %s tx=%s", stage == STAGE_COMMITTED ? "commit" : "undoing",
		 tx->id);
	record_seal(t, start);
}

void journal_format_conflict(struct text *t, const struct transaction *tx,
			     const struct change *c)
{
	size_t start = t->n;

	text_add(t, "1 conflict tx=%s", tx->id);
	record_add(t, "key", c->key);
	record_add(t, "expected", c->to);
	record_add(t, "found", c->found ? c->found : "");
	record_seal(t, start);
}

void journal_format_undone(struct text *t, const struct transaction *tx, size_t n,
			   size_t n_conflicts)
{
	size_t start = t->n;

	text_add(t, "1 undone tx=%s n=%zu conflicts=%zu", tx->id, n, n_conflicts);
	record_seal(t, start);
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

enum transaction_state transaction_state(const struct transaction *tx,
					 const struct host *host)
{
	bool is_other_boot = strcmp(tx->boot_id, host->boot_id) != 0;
	bool is_other_netns = tx->netns_inode == host->netns_inode &&
			      tx->netns_cookie != host->netns_cookie;

	if (tx->stage == STAGE_BEGUN)
		return TRANSACTION_UNDONE;
	if (tx->stage == STAGE_UNDONE && tx->n_conflicts == 0)
		return TRANSACTION_UNDONE;
	if (is_other_boot || is_other_netns)
		return TRANSACTION_VOID;
	if (tx->stage == STAGE_UNDONE)
		return TRANSACTION_CONFLICT;
	return tx->stage == STAGE_COMMITTED ? TRANSACTION_COMMITTED
					    : TRANSACTION_UNFINISHED;
}

const char *transaction_state_key(enum transaction_state state)
{
	static const char *const keys[] = {
		[TRANSACTION_UNFINISHED] = "unfinished",
		[TRANSACTION_COMMITTED] = "committed",
		[TRANSACTION_UNDONE] = "undone",
		[TRANSACTION_CONFLICT] = "conflict",
		[TRANSACTION_VOID] = "void",
	};

	return keys[state];
}

const struct change *journal_owner(const struct journal *j, const struct host *host,
				   const char *key)
{
	for (size_t i = j->n; i-- > 0;) {
		const struct change *c;

		if (!is_live(&j->at[i]) || !transaction_is_ours(&j->at[i], host))
			continue;
		c = transaction_find(&j->at[i], key);
		if (c)
			return c;
	}
	return NULL;
}

ssize_t journal_unfinished(const struct journal *j, size_t end, const struct host *host)
{
	for (size_t i = end; i-- > 0;)
		if (transaction_state(&j->at[i], host) == TRANSACTION_UNFINISHED &&
		    transaction_is_ours(&j->at[i], host))
			return (ssize_t)i;
	return -1;
}

bool journal_is_carried_on(const struct journal *j, size_t i, const struct change *c)
{
	const struct change *above = change_above(j, i, c->key);

	return above && knob_equal(catalogue_find(c->key), above->from, c->to);
}

bool journal_is_stuck(const struct journal *j, const struct host *host, const char *key)
{
	ssize_t i = (ssize_t)j->n;

	while ((i = journal_unfinished(j, (size_t)i, host)) >= 0)
		if (transaction_find(&j->at[i], key))
			return true;
	return false;
}
