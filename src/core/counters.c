/* SPDX-License-Identifier: MIT */
#include "core/counters.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

static const struct {
	const char *table;
	const char *name;
} columns[COUNTER_N] = {
	[COUNTER_ACTIVE_OPENS] = { "Tcp:", "ActiveOpens" },
	[COUNTER_PASSIVE_OPENS] = { "Tcp:", "PassiveOpens" },
	[COUNTER_ATTEMPT_FAILS] = { "Tcp:", "AttemptFails" },
	[COUNTER_ESTAB_RESETS] = { "Tcp:", "EstabResets" },
	[COUNTER_OUT_RSTS] = { "Tcp:", "OutRsts" },
	[COUNTER_TW] = { "TcpExt:", "TW" },
	[COUNTER_TW_RECYCLED] = { "TcpExt:", "TWRecycled" },
	[COUNTER_TW_KILLED] = { "TcpExt:", "TWKilled" },
	[COUNTER_TW_OVERFLOW] = { "TcpExt:", "TCPTimeWaitOverflow" },
	[COUNTER_LISTEN_OVERFLOWS] = { "TcpExt:", "ListenOverflows" },
	[COUNTER_LISTEN_DROPS] = { "TcpExt:", "ListenDrops" },
	[COUNTER_REQ_Q_FULL_DROP] = { "TcpExt:", "TCPReqQFullDrop" },
	[COUNTER_REQ_Q_FULL_COOKIES] = { "TcpExt:", "TCPReqQFullDoCookies" },
	[COUNTER_ABORT_ON_MEMORY] = { "TcpExt:", "TCPAbortOnMemory" },
	[COUNTER_ABORT_ON_TIMEOUT] = { "TcpExt:", "TCPAbortOnTimeout" },
	[COUNTER_ABORT_ON_DATA] = { "TcpExt:", "TCPAbortOnData" },
	[COUNTER_ABORT_ON_CLOSE] = { "TcpExt:", "TCPAbortOnClose" },
};

/* A word of a line. */
struct word {
	const char *at;
	size_t n;
};

static bool word_next(const char **p, struct word *ret)
{
	*p += strspn(*p, " ");
	ret->at = *p;
	ret->n = strcspn(*p, " \n");
	*p += ret->n;
	return ret->n > 0;
}

static bool word_is(struct word w, const char *s)
{
	return w.n == strlen(s) && memcmp(w.at, s, w.n) == 0;
}

static void tally_set(struct tally *t, struct word value)
{
	int64_t n;

	if (!num_parse_n(value.at, value.n, 0, INT64_MAX, &n))
		return;
	t->n = (uint64_t)n;
	t->known = true;
}

static const char *line_after(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

static void counters_set(void *to, struct word table, struct word name, struct word value)
{
	struct counters *c = to;

	for (size_t i = 0; i < COUNTER_N; i++)
		if (word_is(table, columns[i].table) && word_is(name, columns[i].name))
			tally_set(&c->at[i], value);
}

/* Hands on each number of a text, with its table and its name. */
static void each_number(const char *text,
			void (*take)(void *to, struct word table, struct word name,
				     struct word value),
			void *to)
{
	const char *names = text;

	/* lines come in pairs: the names, then the numbers, both behind the table's name
	 */
	while (*names) {
		const char *numbers = line_after(names), *next = line_after(numbers);
		struct word table, table_again, name, value;

		if (word_next(&names, &table) && word_next(&numbers, &table_again) &&
		    table.n == table_again.n &&
		    memcmp(table.at, table_again.at, table.n) == 0)
			while (word_next(&names, &name) && word_next(&numbers, &value))
				take(to, table, name, value);
		names = next;
	}
}

void counters_parse(struct counters *c, const char *text)
{
	each_number(text, counters_set, c);
}

/* Of one name. */
struct wanted {
	const char *name;
	struct tally *tally;
};

static void wanted_set(void *to, struct word table, struct word name, struct word value)
{
	const struct wanted *wanted = to;

	(void)table;
	if (word_is(name, wanted->name))
		tally_set(wanted->tally, value);
}

void counters_find(const char *text, const char *name, struct tally *ret)
{
	struct wanted wanted = { name, ret };

	*ret = (struct tally){ 0 };
	each_number(text, wanted_set, &wanted);
}

void counters_diff(const struct counters *before, const struct counters *now,
		   struct counters *ret)
{
	for (size_t i = 0; i < COUNTER_N; i++) {
		const struct tally *a = &before->at[i], *b = &now->at[i];

		ret->at[i] = (struct tally){ 0 };
		if (a->known && b->known && b->n >= a->n)
			ret->at[i] = (struct tally){ .n = b->n - a->n, .known = true };
	}
}

static void sockstat_set(struct sockstat *s, struct word table, struct word name,
			 struct word value)
{
	if (word_is(table, "TCP6:") && word_is(name, "inuse"))
		tally_set(&s->inuse6, value);
	if (!word_is(table, "TCP:"))
		return;
	if (word_is(name, "inuse"))
		tally_set(&s->inuse, value);
	else if (word_is(name, "tw"))
		tally_set(&s->tw, value);
	else if (word_is(name, "orphan"))
		tally_set(&s->orphan, value);
	else if (word_is(name, "mem"))
		tally_set(&s->mem, value);
}

void sockstat_parse(struct sockstat *s, const char *text)
{
	for (const char *line = text; *line; line = line_after(line)) {
		const char *p = line;
		struct word table, name, value;

		if (!word_next(&p, &table))
			continue;
		while (word_next(&p, &name) && word_next(&p, &value))
			sockstat_set(s, table, name, value);
	}
}

void usage_parse_number(struct tally *t, const char *text)
{
	tally_set(t, (struct word){ text, strspn(text, "0123456789") });
}

void usage_parse_neighbours(struct tally *t, const char *text)
{
	unsigned n;

	text = line_after(text);
	if (isxdigit((unsigned char)*text) && sscanf(text, "%8x ", &n) == 1)
		*t = (struct tally){ .n = n, .known = true };
}

const char *counter_file(enum counter counter)
{
	return strcmp(columns[counter].table, "Tcp:") == 0 ? "snmp" : "netstat";
}

const char *counter_name(enum counter counter)
{
	return columns[counter].name;
}
