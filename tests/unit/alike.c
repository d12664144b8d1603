/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "unit/alike.h"
#include "unit/story.h"

static const char *const keys[] = { STORY_FIN, STORY_REUSE, STORY_RANGE, STORY_RESERVED,
				    STORY_QUEUE };

/* Its values went with their boot or namespace: they are never put back. */
static bool is_gone(const struct transaction *tx, const struct host *host)
{
	return strcmp(tx->boot_id, host->boot_id) != 0 ||
	       (tx->netns_inode == host->netns_inode &&
		tx->netns_cookie != host->netns_cookie);
}

/*
 * What nothing asks any more: how a transaction came to where it is. Of one that was cut off
 * in its undo, only what an earlier undo has settled counts; of one whose values are gone, not
 * what they were before.
 */
static void forget_the_way(struct journal *j, const struct host *host)
{
	for (size_t i = 0; i < j->n; i++) {
		struct transaction *tx = &j->at[i];

		if (tx->stage != STAGE_UNDONE) {
			tx->n_conflicts = 0;
			tx->is_dropin_conflict = false;
		}
		for (size_t k = 0; k < tx->plan.n; k++) {
			struct change *c = &tx->plan.at[k];

			if (tx->stage == STAGE_UNDOING && !c->is_settled)
				c->state = CHANGE_DONE;
			if (is_gone(tx, host))
				c->from[0] = '\0';
			if (c->state == CHANGE_CONFLICT)
				continue;
			free(c->found);
			c->found = NULL;
		}
	}
}

/* The transaction of the same id; -1: it was left out. */
ssize_t alike_index(const struct journal *j, const char *id)
{
	for (size_t i = 0; i < j->n; i++)
		if (strcmp(j->at[i].id, id) == 0)
			return (ssize_t)i;
	return -1;
}

static const char *id_at(const struct journal *j, ssize_t i)
{
	return i < 0 ? "none" : j->at[i].id;
}

/* Two journals that must answer alike, and what was done, for the message. */
struct pair {
	const struct journal *a, *b; /* b: what is left of a */
	const struct host *host;
	const char *what;
};

static void expect_same_id(const struct pair *p, const char *question, const char *id,
			   ssize_t a, ssize_t b)
{
	if (strcmp(id_at(p->a, a), id_at(p->b, b)) != 0)
		fail_msg("%s: %s of %s: %s, and %s when compacted", p->what, question, id,
			 id_at(p->a, a), id_at(p->b, b));
}

/* As `host` sees a transaction, and as others do who look at it. */
static void expect_same_sight(const struct pair *p, const struct transaction *a,
			      const struct transaction *b)
{
	struct host views[6];

	for (size_t i = 0; i < N(views); i++)
		views[i] = *p->host;
	views[1].boottime_ms += 5000;
	snprintf(views[2].boot_id, sizeof(views[2].boot_id), "another boot");
	views[3].netns_inode++;
	views[4].netns_cookie++;
	views[5].boot_netns = p->host->boot_netns == BOOT_NETNS_HERE
				      ? BOOT_NETNS_ELSEWHERE
				      : BOOT_NETNS_HERE;
	for (size_t i = 0; i < N(views); i++)
		if (transaction_state(a, &views[i]) != transaction_state(b, &views[i]) ||
		    transaction_deadline(a, &views[i]) !=
			    transaction_deadline(b, &views[i]) ||
		    transaction_is_in_reach(a, &views[i]) !=
			    transaction_is_in_reach(b, &views[i]))
			fail_msg("%s: %s from host %zu", p->what, a->id, i);
}

static void expect_same_answers(const struct pair *p, size_t i, size_t k)
{
	const struct transaction *a = &p->a->at[i], *b = &p->b->at[k];

	expect_same_sight(p, a, b);
	expect_same_id(p, "blocker", a->id, journal_blocker(p->a, i, p->host),
		       journal_blocker(p->b, k, p->host));
	if (is_gone(a, p->host))
		return;
	for (size_t n = 0; n < N(keys); n++)
		expect_same_id(p, "later owner", a->id,
			       journal_later_owner(p->a, i, keys[n]),
			       journal_later_owner(p->b, k, keys[n]));
	for (size_t n = 0; n < a->plan.n; n++)
		if (journal_is_carried_on(p->a, i, &a->plan.at[n]) !=
		    journal_is_carried_on(p->b, k, &b->plan.at[n]))
			fail_msg("%s: carried on, %s %s", p->what, a->id,
				 a->plan.at[n].key);
	if (a->stage != STAGE_UNDOING && transaction_dropin_key(a, p->host) &&
	    strcmp(transaction_dropin_key(a, p->host),
		   transaction_dropin_key(b, p->host)) != 0)
		fail_msg("%s: %s, the drop-in", p->what, a->id);
}

/* The same transactions in the same order, and field by field. */
static void expect_same_transactions(const struct pair *p)
{
	size_t k = 0;

	for (size_t i = 0; i < p->a->n; i++) {
		own_text struct text a = { 0 }, b = { 0 };

		if (alike_index(p->b, p->a->at[i].id) < 0)
			continue;
		assert_true(k < p->b->n);
		story_describe(&a, &p->a->at[i]);
		story_describe(&b, &p->b->at[k]);
		if (strcmp(a.at, b.at) != 0)
			fail_msg("%s:\n%s, and when compacted\n%s", p->what, a.at, b.at);
		expect_same_answers(p, i, k);
		k++;
	}
	assert_int_equal(k, p->b->n);
}

static void expect_same_key(const struct pair *p, const char *key)
{
	const struct host *host = p->host;
	const struct change *a = journal_owner(p->a, host, key);
	const struct change *b = journal_owner(p->b, host, key);
	const char *value_a = dropin_value(p->a, key), *value_b = dropin_value(p->b, key);

	if (!a != !b ||
	    (a && (strcmp(a->from, b->from) != 0 || strcmp(a->to, b->to) != 0)))
		fail_msg("%s: owner of %s", p->what, key);
	if (!value_a != !value_b || (value_a && strcmp(value_a, value_b) != 0))
		fail_msg("%s: %s in the drop-in", p->what, key);
	if (journal_is_stuck(p->a, host, key) != journal_is_stuck(p->b, host, key))
		fail_msg("%s: %s is stuck", p->what, key);
}

/* What the two say as a whole, from where it was compacted. */
static void expect_same_whole(const struct pair *p)
{
	const struct host *host = p->host;
	own_text struct text a = { 0 }, b = { 0 };
	ssize_t end_a = (ssize_t)p->a->n, end_b = (ssize_t)p->b->n;

	for (size_t i = 0; i < N(keys); i++)
		expect_same_key(p, keys[i]);
	expect_same_id(p, "waiting", "all", journal_waiting(p->a, host),
		       journal_waiting(p->b, host));
	do {
		end_a = journal_unsettled(p->a, (size_t)end_a, host);
		end_b = journal_unsettled(p->b, (size_t)end_b, host);
		expect_same_id(p, "unsettled", "all", end_a, end_b);
	} while (end_a >= 0);
	dropin_format(&a, p->a, -1, -1);
	dropin_format(&b, p->b, -1, -1);
	if (strcmp(a.at ? a.at : "", b.at ? b.at : "") != 0)
		fail_msg("%s: the drop-in\n%s, and when compacted\n%s", p->what, a.at,
			 b.at);
}

void alike_expect(const struct text *all, const struct text *shorter,
		  const struct host *host, const char *what)
{
	struct journal a, b;
	const struct pair p = { &a, &b, host, what };

	story_replay(&a, all->at, all->n);
	story_replay(&b, shorter->at, shorter->n);
	expect_same_whole(&p);
	forget_the_way(&a, host);
	forget_the_way(&b, host);
	expect_same_transactions(&p);
	journal_done(&a);
	journal_done(&b);
}
