/* SPDX-License-Identifier: MIT */
/* What stands below a table of groups. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "core/groups.h"
#include "core/headroom.h"
#include "core/objects.h"
#include "core/owners.h"
#include "core/snapshot.h"
#include "view/groups.h"
#include "view/prose.h"
#include "view/view.h"

enum { LOCALS_SHOWN = 10, LISTENERS_SHOWN = 10 };

static void print_locals(const struct output *out, const struct group_report *r)
{
	const struct port_pool *pool = r->groups->how.pool;
	const struct keyed *locals = &r->groups->locals;
	char text[320];

	prose_heading(out, "Ports for outgoing connections");
	if (!pool->is_known) {
		fprintf(out->stream, "unanswered: ip_local_port_range was not read\n");
		return;
	}
	fprintf(out->stream, "%u in ip_local_port_range %u-%u less the reserved ones\n",
		pool->n, pool->low, pool->high);
	if (r->groups->how.states) {
		fprintf(out->stream,
			"unanswered: how many are free takes all states; leave out --state\n");
		return;
	}
	snprintf(
		text, sizeof(text),
		"%u of them are held by nobody. PORTS FREE is at most: a port that bind() "
		"gave before connect() is free for no other destination, and the kernel does "
		"not tell which those are.",
		headroom_of_nobody(r->groups, &r->s->census));
	prose_print(out, "", 0, text);
	for (size_t i = 0; i < locals->n && i < LOCALS_SHOWN; i++) {
		const struct local_ports *local = keyed_at(locals, i);
		char address[ADDRESS_MAX];

		address_format(&local->address, address);
		fprintf(out->stream, "for bind() before connect(), at %s: %u left\n",
			address, headroom_to_bind(r->groups, local));
	}
	if (locals->n > LOCALS_SHOWN)
		fprintf(out->stream, "(%zu more local addresses)\n",
			locals->n - LOCALS_SHOWN);
	if (r->groups->n_bound)
		fprintf(out->stream, "bound and not connected: %" PRIu32 "\n",
			r->groups->n_bound);
}

static void print_listener(const struct output *out, const struct group_report *r,
			   const struct listener *l)
{
	const struct holder *holder = r->owners ? owners_find(r->owners, l->inode) : NULL;
	own_text struct text t = { 0 };
	char address[ADDRESS_MAX];

	address_format(&l->address, address);
	text_add(&t, "%s port %" PRIu32 ": %" PRIu32 " wait", address, l->port,
		 l->waiting);
	if (l->backlog != UINT32_MAX)
		text_add(&t, ", backlog %" PRIu32, l->backlog);
	if (l->close_wait)
		text_add(&t, ", %" PRIu32 " closed by their peers meanwhile",
			 l->close_wait);
	if (holder) {
		text_add(&t, "; pid %" PRIu32 " ", r->owners->at[holder->process].pid);
		text_add_escaped(&t, r->owners->at[holder->process].program);
	}
	prose_print(out, "", 4, t.at ? t.at : "");
}

/* Listeners whose queue is full, or holds connections that are closed already. */
static void print_stuck(const struct output *out, const struct group_report *r)
{
	const struct keyed *listeners = &r->groups->listeners;
	unsigned n = 0;

	for (size_t i = 0; i < listeners->n; i++) {
		const struct listener *l = keyed_at(listeners, i);

		if (l->waiting <= l->backlog && l->close_wait == 0)
			continue;
		if (n++ == 0)
			prose_heading(out, "Not accepted yet");
		if (n <= LISTENERS_SHOWN)
			print_listener(out, r, l);
	}
	if (n > LISTENERS_SHOWN)
		fprintf(out->stream, "(%u more)\n", n - LISTENERS_SHOWN);
}

static void print_hash(const struct output *out, const struct group_report *r)
{
	uint64_t hashed = groups_hashed(r);
	int64_t entries;
	char text[160];

	if (snapshot_ehash_entries(r->s, &entries) && groups_asked(r, STATES_ALL)) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " sockets to %" PRId64 " buckets%s (%.2f each)",
			 hashed, entries < 0 ? -entries : entries,
			 entries < 0 ? " that all namespaces share" : "",
			 (double)hashed / (double)(entries < 0 ? -entries : entries));
		fputc('\n', out->stream);
		prose_print(out, "connection hash: ", 17, text);
	}
	if (r->sizes->needs_root)
		fprintf(out->stream,
			"\nobjects: their size was not read, which takes root\n");
}

uint64_t groups_hashed(const struct group_report *r)
{
	const struct census *c = &r->s->census;

	return census_sum(c) - census_total(c, TCP_LISTEN) -
	       census_total(c, TCP_BOUND_INACTIVE);
}

/* Sockets some process must hold, and none was found. */
static uint32_t count_unknown(const struct groups *groups)
{
	uint32_t n = 0;

	for (size_t i = 0; i < groups->groups.n; i++) {
		const struct group *g = groups_at(groups, i);

		n += g->key.index == GROUP_UNKNOWN ? g->n : 0;
	}
	return n;
}

static void print_unknown(const struct output *out, const struct group_report *r)
{
	uint32_t n = r->owners ? count_unknown(r->groups) : 0;
	size_t hidden = r->owners ? r->owners->n_hidden : 0;
	const char *unread = snapshot_unanswered(r->s, "owners");
	char text[256];

	if (unread) {
		fputc('\n', out->stream);
		prose_print(out, "owners: ", 8, unread);
	}
	if (n == 0)
		return;
	if (hidden)
		snprintf(text, sizeof(text),
			 "the owners of %" PRIu32
			 " socket%s are not known: %zu process%s may "
			 "not be looked at; root may, with CAP_SYS_PTRACE",
			 n, n == 1 ? "" : "s", hidden, hidden == 1 ? "" : "es");
	else
		snprintf(text, sizeof(text),
			 "the owners of %" PRIu32
			 " socket%s were not found: made since the processes were read, "
			 "or held by the kernel, by a thread alone, or outside this PID "
			 "namespace",
			 n, n == 1 ? "" : "s");
	fputc('\n', out->stream);
	prose_print(out, "note: ", 6, text);
}

void groups_beside(const struct output *out, const struct group_report *r)
{
	if (r->groups->how.by == GROUP_BY_PEER)
		print_locals(out, r);
	if (r->groups->how.by == GROUP_BY_STATE)
		print_hash(out, r);
	print_stuck(out, r);
	print_unknown(out, r);
}
