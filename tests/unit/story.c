/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/journal.h"
#include "unit/story.h"

enum { WORDS_MAX = 24, ITEMS_MAX = 16 };

/* One statement, cut into its words. */
struct statement {
	char *words[WORDS_MAX];
	size_t n;
};

static const char *long_key(const char *name)
{
	static const struct {
		const char *name, *key;
	} keys[] = {
		{ "fin", STORY_FIN },
		{ "reuse", STORY_REUSE },
		{ "range", STORY_RANGE },
		{ "queue", STORY_QUEUE },
		{ "reserved", STORY_RESERVED },
		{ "start", "net.ipv4.ip_unprivileged_port_start" },
	};

	for (size_t i = 0; i < N(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	fail_msg("no key is called '%s'", name);
	return NULL;
}

/* In place. */
static char *value_of(char *word)
{
	if (strcmp(word, "~") == 0)
		word[0] = '\0';
	for (char *p = word; *p; p++)
		if (*p == '_')
			*p = ' ';
	return word;
}

/* Cuts a word in two at a character it must have; returns what is behind. */
static char *cut(char *word, char at)
{
	char *behind = strchr(word, at);

	if (!behind)
		fail_msg("'%s' has no '%c'", word, at);
	*behind = '\0';
	return behind + 1;
}

static void name_transaction(struct transaction *tx, const char *name)
{
	assert_true(strlen(name) < sizeof(tx->id));
	snprintf(tx->id, sizeof(tx->id), "%-8s", name);
	for (char *p = tx->id; *p; p++)
		if (*p == ' ')
			*p = '0';
}

/* What a transaction borrows while it is written. */
struct parts {
	struct change changes[ITEMS_MAX];
	struct keep keeps[ITEMS_MAX];
};

static void add_word(struct transaction *tx, struct parts *parts, char *word)
{
	if (word[0] == '@') {
		tx->deadline_ms = strtoll(word + 1, NULL, 10);
	} else if (strncmp(word, "boot=", 5) == 0) {
		snprintf(tx->boot_id, sizeof(tx->boot_id), "boot-%s", word + 5);
	} else if (strncmp(word, "ns=", 3) == 0) {
		const char *cookie = cut(word + 3, ':');

		tx->netns_inode = strtoull(word + 3, NULL, 10);
		tx->netns_cookie = strtoull(cookie, NULL, 10);
	} else if (strncmp(word, "profile=", 8) == 0) {
		tx->profile = word + 8;
	} else if (word[0] == '+') {
		struct keep *k = &parts->keeps[tx->n_keeps++];

		k->value = value_of(cut(word, '='));
		k->key = (char *)long_key(word + 1);
	} else {
		struct change *c = &parts->changes[tx->plan.n++];

		c->from = cut(word, ':');
		c->to = value_of(cut(c->from, '>'));
		c->from = value_of(c->from);
		c->key = (char *)long_key(word);
	}
	assert_true(tx->n_keeps < ITEMS_MAX && tx->plan.n < ITEMS_MAX);
}

static void tell_begin(struct text *t, const struct statement *s)
{
	struct parts parts = { 0 };
	struct transaction tx = {
		.when = 1795350131,
		.boot_id = "boot-1",
		.netns_inode = 7,
		.netns_cookie = 1,
		.uid = 1000,
		.login = (char *)"anna",
		.command = (char *)"finwait apply",
		.profile = (char *)"",
		.reason = (char *)"CHG 4711",
		.plan = { .at = parts.changes },
		.keeps = parts.keeps,
	};

	name_transaction(&tx, s->words[1]);
	for (size_t i = 2; i < s->n; i++)
		add_word(&tx, &parts, s->words[i]);
	journal_format_begin(t, &tx);
	if (strcmp(s->words[0], "apply") == 0)
		journal_format_stage(t, &tx, STAGE_COMMITTED);
}

static void tell_conflict(struct text *t, const struct transaction *tx, char *word)
{
	struct change c = { .to = (char *)"whatever" };

	if (strcmp(word, "dropin") == 0) {
		journal_format_dropin_conflict(t, tx);
		return;
	}
	c.found = value_of(cut(word, '='));
	c.key = (char *)long_key(word);
	journal_format_conflict(t, tx, &c);
}

static void tell(struct text *t, const struct statement *s)
{
	const char *verb = s->words[0];
	struct transaction tx = { 0 };

	assert_true(s->n >= 2);
	name_transaction(&tx, s->words[1]);
	if (strcmp(verb, "begin") == 0 || strcmp(verb, "apply") == 0) {
		tell_begin(t, s);
	} else if (strcmp(verb, "commit") == 0) {
		journal_format_stage(t, &tx, STAGE_COMMITTED);
	} else if (strcmp(verb, "confirm") == 0) {
		journal_format_confirm(t, &tx);
	} else if (strcmp(verb, "undoing") == 0) {
		journal_format_stage(t, &tx, STAGE_UNDOING);
	} else if (strcmp(verb, "conflict") == 0 && s->n == 3) {
		tell_conflict(t, &tx, s->words[2]);
	} else if (strcmp(verb, "left") == 0 && s->n == 3) {
		const struct change c = { .key = (char *)long_key(s->words[2]) };

		journal_format_left(t, &tx, &c);
	} else if (strcmp(verb, "undone") == 0 && s->n == 3) {
		journal_format_undone(t, &tx, 1, strtoul(s->words[2], NULL, 10));
	} else if (strcmp(verb, "undo") == 0) {
		journal_format_stage(t, &tx, STAGE_UNDOING);
		journal_format_undone(t, &tx, 1, 0);
	} else {
		fail_msg("nobody understands '%s' of '%s'", verb, s->words[1]);
	}
}

void story_tell(struct text *t, const char *story)
{
	char *copy = strdup(story), *rest = copy;
	char *line;

	assert_non_null(copy);
	while ((line = strsep(&rest, ";\n"))) {
		struct statement s = { 0 };

		for (char *word; (word = strsep(&line, " \t"));) {
			if (!word[0])
				continue;
			assert_true(s.n < WORDS_MAX);
			s.words[s.n++] = word;
		}
		if (s.n)
			tell(t, &s);
	}
	free(copy);
}

void story_replay(struct journal *j, const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1); /* ends where the bytes end */
	struct err e = { 0 };

	assert_non_null(copy);
	if (n)
		memcpy(copy, bytes, n);
	*j = (struct journal){ 0 };
	if (journal_replay(j, copy, n, &e) < 0)
		fail_msg("%s in:\n%s", e.text, bytes);
	free(copy);
	assert_int_equal(j->good, n);
}

void story_journal(struct journal *j, const char *story)
{
	own_text struct text t = { 0 };

	story_tell(&t, story);
	story_replay(j, t.at, t.n);
}

void story_describe(struct text *t, const struct transaction *tx)
{
	text_add(t, "%s %" PRId64 " %s %" PRIu64 ":%" PRIu64 " %u (%s|%s|%s|%s)", tx->id,
		 tx->when, tx->boot_id, tx->netns_inode, tx->netns_cookie, tx->uid,
		 tx->login, tx->command, tx->profile, tx->reason);
	text_add(t, " stage %d%s, deadline %" PRId64 "%s, %zu conflicts%s\n", tx->stage,
		 tx->is_committed ? ", was committed" : "", tx->deadline_ms,
		 tx->is_confirmed ? " confirmed" : "", tx->n_conflicts,
		 tx->is_dropin_conflict ? " and the drop-in" : "");
	for (size_t i = 0; i < tx->plan.n; i++) {
		const struct change *c = &tx->plan.at[i];

		text_add(t, "  %s '%s' '%s' '%s' %s%s\n", c->key, c->from, c->to,
			 c->found ? c->found : "", change_state_key(c->state),
			 c->is_settled ? ", settled" : "");
	}
	for (size_t i = 0; i < tx->n_keeps; i++)
		text_add(t, "  + %s '%s'\n", tx->keeps[i].key, tx->keeps[i].value);
}
