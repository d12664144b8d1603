/* SPDX-License-Identifier: MIT */
#include "core/snapshot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static const char *const boot_netns_names[] = {
	[BOOT_NETNS_ELSEWHERE] = "elsewhere",
	[BOOT_NETNS_HERE] = "here",
	[BOOT_NETNS_UNKNOWN] = "unknown",
	[BOOT_NETNS_LIKELY] = "likely",
};

const char *boot_netns_name(enum boot_netns netns)
{
	return boot_netns_names[netns];
}

enum boot_netns boot_netns_parse(const char *name)
{
	for (size_t i = 0; i < sizeof(boot_netns_names) / sizeof(boot_netns_names[0]);
	     i++)
		if (strcmp(boot_netns_names[i], name) == 0)
			return (enum boot_netns)i;
	return BOOT_NETNS_HERE;
}

bool host_is_boot_netns(const struct host *host)
{
	return host->boot_netns == BOOT_NETNS_HERE ||
	       host->boot_netns == BOOT_NETNS_LIKELY;
}

void snapshot_add_unanswered(struct snapshot *s, const char *id, const char *fmt, ...)
{
	struct unanswered *u;
	va_list ap;

	if (s->n_unanswered == UNANSWERED_MAX)
		return;
	u = &s->unanswered[s->n_unanswered++];
	u->id = id;
	va_start(ap, fmt);
	vsnprintf(u->reason, sizeof(u->reason), fmt, ap);
	va_end(ap);
}

const char *snapshot_unanswered(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; i < s->n_unanswered; i++)
		if (strcmp(s->unanswered[i].id, id) == 0)
			return s->unanswered[i].reason;
	return NULL;
}

bool snapshot_number(const struct snapshot *s, enum knob_id id, int64_t *ret)
{
	return s->knobs[id].value &&
	       num_parse(s->knobs[id].value, INT64_MIN, INT64_MAX, ret);
}

bool snapshot_ehash_entries(const struct snapshot *s, int64_t *ret)
{
	int64_t n;

	/* a recording may say anything; its magnitude is a number, too */
	if (!snapshot_number(s, KNOB_EHASH_ENTRIES, &n) || n == 0 || n < -INT32_MAX ||
	    n > INT32_MAX)
		return false;
	*ret = n;
	return true;
}

int64_t snapshot_derived_default(const struct snapshot *s, enum knob_id id)
{
	int64_t entries;

	if (id != KNOB_MAX_TW_BUCKETS && id != KNOB_MAX_ORPHANS)
		return -1;
	if (!snapshot_ehash_entries(s, &entries))
		return -1;
	/* negative: the namespace shares the host's table */
	return (entries < 0 ? -entries : entries) / 2;
}

void snapshot_done(struct snapshot *s)
{
	for (size_t i = 0; i < KNOB_N; i++)
		free(s->knobs[i].value);
}
