/* SPDX-License-Identifier: MIT */
#include "core/dropin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "base/text.h"
#include "core/catalogue.h"
#include "core/journal.h"

enum {
	PORT_START = 1024,	/* ip_unprivileged_port_start of a new namespace, */
	PORT_RANGE_LOW = 32768, /* and the low end of its ip_local_port_range */
};

static bool is_in(const struct journal *j, size_t i, ssize_t with, ssize_t without)
{
	if ((ssize_t)i == without)
		return false;
	return (ssize_t)i == with || transaction_is_persisted(&j->at[i]);
}

static const char *value_in(const struct transaction *tx, const char *key)
{
	for (size_t i = 0; i < tx->n_keeps; i++)
		if (strcmp(tx->keeps[i].key, key) == 0)
			return tx->keeps[i].value;
	return NULL;
}

static bool is_covered(const struct journal *j, size_t i, const char *key, ssize_t with,
		       ssize_t without)
{
	for (size_t later = i + 1; later < j->n; later++)
		if (is_in(j, later, with, without) && value_in(&j->at[later], key))
			return true;
	return false;
}

/* On one line, whatever the file of a profile was called. */
static void format_name(struct text *t, const struct transaction *tx)
{
	text_add(t, "\n# transaction %s, %s", tx->id,
		 tx->profile[0] ? "profile " : "apply --set");
	for (const char *p = tx->profile; *p; p++)
		text_add(t, "%c", (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
	text_add(t, "\n");
}

/* The boot begins with the kernel's defaults, whatever was in force when they were made. */
static int boot_rank(const struct keep *keep)
{
	int64_t start;

	return catalogue_write_rank(keep->key,
				    !num_parse(keep->value, 0, PORT_RANGE_LOW, &start));
}

/* The lines of one rank that transaction i has in the drop-in. */
static void format_lines(struct text *t, const struct journal *j, size_t i, int rank,
			 ssize_t with, ssize_t without)
{
	const struct transaction *tx = &j->at[i];

	for (size_t k = 0; k < tx->n_keeps; k++)
		if (boot_rank(&tx->keeps[k]) == rank &&
		    !is_covered(j, i, tx->keeps[k].key, with, without))
			text_add(t, "%s = %s\n", tx->keeps[k].key, tx->keeps[k].value);
}

/* Or is each of its settings covered by a later one? Then it is named all the same. */
static bool has_lines(const struct journal *j, size_t i, ssize_t with, ssize_t without)
{
	for (size_t k = 0; k < j->at[i].n_keeps; k++)
		if (!is_covered(j, i, j->at[i].keeps[k].key, with, without))
			return true;
	return false;
}

/* Each group of lines below the name of its transaction; *named: whose stands there last. */
static void format_rank(struct text *t, const struct journal *j, int rank, ssize_t with,
			ssize_t without, ssize_t *named)
{
	for (size_t i = 0; i < j->n; i++) {
		own_text struct text lines = { 0 };
		bool is_bare;

		if (!is_in(j, i, with, without))
			continue;
		format_lines(&lines, j, i, rank, with, without);
		is_bare = rank == WRITE_RANK_LAST && !has_lines(j, i, with, without);
		if ((lines.n || is_bare) && *named != (ssize_t)i) {
			format_name(t, &j->at[i]);
			*named = (ssize_t)i;
		}
		text_add_bytes(t, lines.at, lines.n);
		t->broken = t->broken || lines.broken;
	}
}

void dropin_format(struct text *t, const struct journal *j, ssize_t with, ssize_t without)
{
	own_text struct text body = { 0 };
	ssize_t named = -1;

	for (int rank = 0; rank <= WRITE_RANK_LAST; rank++)
		format_rank(&body, j, rank, with, without, &named);
	if (body.n == 0)
		return;
	text_add(t,
		 "# Written by finwait apply --persist. Do not edit it: what a "
		 "transaction put\n# here is taken out by finwait rollback ID, but not "
		 "from an edited file.\n");
	text_add_bytes(t, body.at, body.n);
	t->broken = t->broken || body.broken;
}

const char *dropin_value(const struct journal *j, const char *key)
{
	for (size_t i = j->n; i-- > 0;) {
		const char *value = transaction_is_persisted(&j->at[i])
					    ? value_in(&j->at[i], key)
					    : NULL;

		if (value)
			return value;
	}
	return NULL;
}

/* The value of a key once `keeps` are in the drop-in as well. */
static const char *value_then(const struct journal *j, const struct keep *keeps, size_t n,
			      const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(keeps[i].key, key) == 0)
			return keeps[i].value;
	return dropin_value(j, key);
}

int dropin_check_ports(const struct journal *j, const struct keep *keeps, size_t n,
		       struct err *e)
{
	const char *start_text = value_then(j, keeps, n, catalogue[KNOB_PORT_START].name);
	const char *range = value_then(j, keeps, n, catalogue[KNOB_PORT_RANGE].name);
	int64_t start = PORT_START, low = PORT_RANGE_LOW, high;

	if (!start_text && !range)
		return 0;
	if (start_text)
		(void)num_parse(start_text, 0, UINT16_MAX, &start);
	if (range)
		(void)knob_parse_range(range, &low, &high);
	if (low >= start)
		return 0;
	err_set(e, ERANGE,
		"at boot '%s' would be %" PRId64 " and the range begin at %" PRId64
		", which the kernel refuses",
		catalogue[KNOB_PORT_START].name, start, low);
	err_hint(e, "persist both, with a range that does not begin below it");
	return -ERANGE;
}
