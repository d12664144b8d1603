/* SPDX-License-Identifier: MIT */
#include "core/dropin.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "core/journal.h"

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
static void format_profile(struct text *t, const char *name)
{
	text_add(t, name[0] ? "profile " : "apply --set");
	for (; *name; name++)
		text_add(t, "%c",
			 (unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name);
	text_add(t, "\n");
}

void dropin_format(struct text *t, const struct journal *j, ssize_t with, ssize_t without)
{
	for (size_t i = 0; i < j->n; i++) {
		const struct transaction *tx = &j->at[i];

		if (!is_in(j, i, with, without))
			continue;
		if (t->n == 0)
			text_add(t,
				 "# Written by finwait apply --persist. Do not edit it: "
				 "what a transaction put\n# here is taken out by "
				 "finwait rollback ID, but not from an edited file.\n");
		text_add(t, "\n# transaction %s, ", tx->id);
		format_profile(t, tx->profile);
		for (size_t k = 0; k < tx->n_keeps; k++)
			if (!is_covered(j, i, tx->keeps[k].key, with, without))
				text_add(t, "%s = %s\n", tx->keeps[k].key,
					 tx->keeps[k].value);
	}
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
