/* SPDX-License-Identifier: MIT */
#include "view/groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/groups.h"
#include "core/headroom.h"
#include "core/objects.h"
#include "core/owners.h"
#include "core/snapshot.h"
#include "view/amount.h"
#include "view/chart.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/sockets.h"
#include "view/table.h"

/* From how many on a process's other sockets are said: a few are always local ones. */
enum { COLUMNS_MAX = 6, OTHERS_SAID = 50 };

static const struct table_column columns[GROUP_BYS][COLUMNS_MAX + 1] = {
	[GROUP_BY_STATE] = { { "STATE", 0 },
			     { "SOCKETS", TABLE_RIGHT },
			     { "BUFFERS", TABLE_RIGHT },
			     { "OBJECTS", TABLE_RIGHT },
			     { "", TABLE_WRAP } },
	[GROUP_BY_PORT] = { { "PORT", 0 },
			    { "SOCKETS", TABLE_RIGHT },
			    { "CLOSED HERE", TABLE_RIGHT },
			    { "BY PEER", TABLE_RIGHT },
			    { "LAST MINUTE", 0 },
			    { "", TABLE_WRAP } },
	[GROUP_BY_PEER] = { { "PEER", 0 },
			    { "SOCKETS", TABLE_RIGHT },
			    { "PORTS FREE", TABLE_RIGHT },
			    { "GONE IN", TABLE_RIGHT },
			    { "LAST MINUTE", 0 },
			    { "", TABLE_WRAP } },
	[GROUP_BY_PROCESS] = { { "PID", TABLE_RIGHT },
			       { "PROGRAM", 0 },
			       { "UNIT", 0 },
			       { "SOCKETS", TABLE_RIGHT },
			       { "FDS", TABLE_RIGHT },
			       { "", TABLE_WRAP } },
	[GROUP_BY_UNIT] = { { "UNIT", 0 },
			    { "SOCKETS", TABLE_RIGHT },
			    { "", TABLE_WRAP } },
	[GROUP_BY_USER] = { { "USER", 0 },
			    { "SOCKETS", TABLE_RIGHT },
			    { "", TABLE_WRAP } },
};

/* The cells of one row, as texts. */
struct row {
	char at[COLUMNS_MAX][160];
	struct text notes; /* the last cell */
};

const struct process *groups_process(const struct group_report *r, const struct group *g)
{
	bool is_process =
		g->key.index < GROUP_UNKNOWN && (r->groups->how.by == GROUP_BY_PROCESS ||
						 r->groups->how.by == GROUP_BY_UNIT);

	return is_process && r->owners ? &r->owners->at[g->key.index] : NULL;
}

uint32_t groups_others(const struct group_report *r, const struct group *g)
{
	const struct process *p = groups_process(r, g);
	uint32_t n = g->n - g->n_unaccepted;

	return p && groups_asked(r, STATES_ALL) && p->n_sockets > n ? p->n_sockets - n
								    : 0;
}

size_t groups_listens(const struct group_report *r, const struct group *g,
		      uint32_t ret[GROUPS_LISTENS])
{
	const struct keyed *listeners = &r->groups->listeners;
	size_t n = 0;

	for (size_t i = 0; i < listeners->n && n < GROUPS_LISTENS; i++) {
		const struct listener *l = keyed_at(listeners, i);
		const struct holder *holder =
			r->owners ? owners_find(r->owners, l->inode) : NULL;
		bool is_known = false;

		for (size_t j = 0; j < n; j++)
			is_known |= ret[j] == l->port; /* on another address */
		if (holder && holder->process == g->key.index && !is_known)
			ret[n++] = l->port;
	}
	return n;
}

/* Whom a group without a process belongs to. */
static const char *nobody(const struct group *g)
{
	return g->key.index == GROUP_NOBODY ? "(closed)" : "(unknown)";
}

static void add_states(struct text *t, const struct group *g)
{
	for (const int *state = census_order; *state; state++)
		if (g->at[*state])
			text_add(t, "%s%s %" PRIu32, t->n ? ", " : "",
				 census_state_name(*state), g->at[*state]);
}

static void age_text(const struct group *g, char *ret, size_t size)
{
	char min[AMOUNT_MAX], max[AMOUNT_MAX];

	amount_time(g->oldest_min_ms, min);
	amount_time(g->oldest_max_ms, max);
	if (g->oldest_max_ms == UINT64_MAX)
		snprintf(ret, size, "at least %s", min);
	else if (strcmp(min, max) == 0)
		snprintf(ret, size, "%s", min);
	else
		snprintf(ret, size, "%s to %s", min, max);
}

static const char *between(const struct text *t)
{
	return t->n ? "; " : "";
}

static void add_close_wait(struct text *t, const struct group *g)
{
	char age[2 * AMOUNT_MAX + 16];

	if (g->close_wait_read)
		text_add(t, "%s%" PRIu32 " read to the end and not closed", between(t),
			 g->close_wait_read);
	if (g->close_wait_unread)
		text_add(t, "%s%" PRIu32 " not read to the end", between(t),
			 g->close_wait_unread);
	if (g->close_wait_unread_bytes)
		text_add(t, " (%" PRIu64 " bytes wait)", g->close_wait_unread_bytes);
	if (g->close_wait_unaccepted)
		text_add(t, "%s%" PRIu32 " never accepted", between(t),
			 g->close_wait_unaccepted);
	if (!g->n_aged)
		return;
	age_text(g, age, sizeof(age));
	text_add(t, "; closed by the peer %s ago%s", age,
		 g->n_aged > 1 ? " (the oldest)" : "");
}

static void add_fds(struct text *t, const struct group *g)
{
	if (g->n_fds == 0)
		return;
	text_add(t, "; fd");
	for (uint32_t i = 0; i < g->n_fds; i++)
		text_add(t, " %" PRIu32, g->fds[i]);
	if (g->n - g->n_unaccepted > g->n_fds)
		text_add(t, " ...");
}

/* What a process serves, which tells one from another of the same program. */
static void add_listens(struct text *t, const struct group_report *r,
			const struct group *g)
{
	uint32_t ports[GROUPS_LISTENS];
	size_t n = groups_listens(r, g, ports);

	for (size_t i = 0; i < n; i++)
		text_add(t, "%s %" PRIu32, i ? "," : "; listens on", ports[i]);
}

static void forecast_text(const struct forecast *f, char *ret, size_t size)
{
	char time[AMOUNT_MAX];

	if (f->kind == FORECAST_UNKNOWN) {
		snprintf(ret, size, "-");
	} else if (f->kind == FORECAST_NEVER) {
		snprintf(ret, size, "never");
	} else if (f->seconds <= 0) {
		snprintf(ret, size, "now");
	} else {
		amount_time((uint64_t)(f->seconds * 1000), time);
		snprintf(ret, size, "%s", time);
	}
}

bool groups_asked(const struct group_report *r, uint32_t states)
{
	return !r->groups->how.states || (r->groups->how.states & states) == states;
}

static void add_chart(struct row *row, const struct group_report *r,
		      const struct group *g)
{
	if (groups_asked(r, 1u << TCP_TIME_WAIT))
		chart_line(g->closes, GROUP_CLOSES, row->at[4]);
	else
		snprintf(row->at[4], sizeof(row->at[4]), "-");
}

static void fill_port(struct row *row, const struct group_report *r,
		      const struct group *g)
{
	bool has_here = groups_asked(r, CLOSED_HERE);
	bool has_by_peer = groups_asked(r, CLOSED_BY_PEER);

	snprintf(row->at[0], sizeof(row->at[0]), "%" PRIu32 "/%s", g->key.port,
		 g->key.way == GROUP_IN ? "in" : "out");
	snprintf(row->at[2], sizeof(row->at[2]), has_here ? "%" PRIu32 : "-",
		 group_closed_here(g));
	snprintf(row->at[3], sizeof(row->at[3]), has_by_peer ? "%" PRIu32 : "-",
		 group_closed_by_peer(g));
	add_chart(row, r, g);
}

static void fill_peer(struct row *row, const struct group_report *r,
		      const struct group *g)
{
	char remote[ADDRESS_MAX], local[ADDRESS_MAX];
	bool is_v6 = g->key.remote.family == CENSUS_IPV6;
	struct headroom h;
	struct forecast f;

	address_format(&g->key.remote, remote);
	add_chart(row, r, g);
	snprintf(row->at[0], sizeof(row->at[0]), "%s", remote);
	if (g->key.way != GROUP_OUT)
		return;
	snprintf(row->at[0], sizeof(row->at[0]), is_v6 ? "[%s]:%" PRIu32 : "%s:%" PRIu32,
		 remote, g->key.port);
	address_format(&g->key.local, local);
	text_add(&row->notes, "; from %s", local);
	if (!groups_have_ports(r))
		return;
	h = headroom_of(r->groups, g, r->reuse);
	f = forecast_ports(&h, g, r->reuse, &r->before);
	snprintf(row->at[2], sizeof(row->at[2]), "%u of %u", h.free, h.pool);
	forecast_text(&f, row->at[3], sizeof(row->at[3]));
	if (h.reusable && r->reuse->mode >= 0)
		text_add(&row->notes,
			 h.is_reused ? "; %u of its ports are free by tcp_tw_reuse"
				     : "; tcp_tw_reuse=1 would free %u ports",
			 h.reusable);
}

static void fill_process(struct row *row, const struct group_report *r,
			 const struct group *g)
{
	const struct process *p = groups_process(r, g);
	struct forecast f;
	char time[64];

	snprintf(row->at[3], sizeof(row->at[3]), "%" PRIu32, g->n);
	if (!p) {
		snprintf(row->at[0], sizeof(row->at[0]), "-");
		snprintf(row->at[1], sizeof(row->at[1]), "%s", nobody(g));
		return;
	}
	snprintf(row->at[0], sizeof(row->at[0]), "%" PRIu32, p->pid);
	snprintf(row->at[1], sizeof(row->at[1]), "%s", p->program);
	snprintf(row->at[2], sizeof(row->at[2]), "%s", p->unit);
	if (p->fd_limit == 0 || p->fd_limit == UINT64_MAX)
		snprintf(row->at[4], sizeof(row->at[4]), "%" PRIu32, p->n_fds);
	else
		snprintf(row->at[4], sizeof(row->at[4]), "%" PRIu32 "/%" PRIu64, p->n_fds,
			 p->fd_limit);
	add_listens(&row->notes, r, g);
	add_fds(&row->notes, g);
	if (g->n_shared)
		text_add(&row->notes,
			 "; %" PRIu32 " of them held by other processes as well",
			 g->n_shared);
	if (groups_others(r, g) >= OTHERS_SAID)
		text_add(&row->notes,
			 "; %" PRIu32 " more sockets in no table of TCP here: reset, of "
			 "another kind, or of another namespace",
			 groups_others(r, g));
	f = forecast_descriptors(p, &r->before);
	if (f.kind == FORECAST_AT && f.seconds <= 0) {
		text_add(&row->notes, "; no descriptor is left: EMFILE");
	} else if (f.kind == FORECAST_AT) {
		forecast_text(&f, time, sizeof(time));
		text_add(&row->notes, "; at %+.1f descriptors a second EMFILE in %s",
			 f.per_second, time);
	}
}

static void fill_state(struct row *row, const struct group_report *r,
		       const struct group *g)
{
	char bytes[AMOUNT_MAX];
	uint64_t objects;

	snprintf(row->at[0], sizeof(row->at[0]), "%s",
		 census_state_name((int)g->key.index));
	/* a mini-socket has no buffers, and a full one that told none is not known */
	if (g->n_memory || g->n_mini == g->n) {
		amount_bytes(g->memory, bytes);
		snprintf(row->at[2], sizeof(row->at[2]), "%s", bytes);
	} else {
		snprintf(row->at[2], sizeof(row->at[2]), "-");
	}
	snprintf(row->at[3], sizeof(row->at[3]), "-");
	if (objects_of(r->sizes, g, &objects)) {
		amount_bytes(objects, bytes);
		snprintf(row->at[3], sizeof(row->at[3]), "%s", bytes);
	}
}

static void fill(struct row *row, const struct group_report *r, const struct group *g,
		 size_t i)
{
	const struct process *p = groups_process(r, g);

	snprintf(row->at[1], sizeof(row->at[1]), "%" PRIu32, g->n);
	if (r->groups->how.by != GROUP_BY_STATE)
		add_states(&row->notes, g);
	/* by peer there is little room, and whose fault it is the process tells */
	if (r->groups->how.by != GROUP_BY_PEER || r->groups->how.states)
		add_close_wait(&row->notes, g);
	switch (r->groups->how.by) {
	case GROUP_BY_STATE:
		fill_state(row, r, g);
		break;
	case GROUP_BY_PORT:
		fill_port(row, r, g);
		break;
	case GROUP_BY_PEER:
		fill_peer(row, r, g);
		break;
	case GROUP_BY_PROCESS:
		fill_process(row, r, g);
		break;
	case GROUP_BY_UNIT:
		snprintf(row->at[0], sizeof(row->at[0]), "%s",
			 p ? (p->unit[0] ? p->unit : "(no unit)") : nobody(g));
		break;
	default:
		snprintf(row->at[0], sizeof(row->at[0]), "%s",
			 g->key.index == GROUP_NOBODY ? nobody(g) : r->user_names[i]);
	}
}

static void add_row(struct libscols_table *table, enum group_by by, struct row *row)
{
	const char *cells[COLUMNS_MAX] = { NULL };
	size_t n = 0;

	for (; columns[by][n].heading; n++)
		cells[n] = columns[by][n].flags & TABLE_WRAP ? row->notes.at : row->at[n];
	table_add(table, cells);
	text_done(&row->notes);
}

static void print_table(const struct output *out, const struct group_report *r)
{
	enum group_by by = r->groups->how.by;
	struct libscols_table *table = table_new(out, columns[by]);
	size_t n = r->groups->groups.n;

	for (size_t i = 0; i < n && i < r->top; i++) {
		struct row row = { 0 };

		fill(&row, r, groups_at(r->groups, i), i);
		add_row(table, by, &row);
	}
	if (n > r->top) {
		struct group rest = groups_rest(r->groups, r->top);
		int sockets = by == GROUP_BY_PROCESS ? 3 : 1;
		struct row row = { 0 };

		add_states(&row.notes, &rest);
		if (by != GROUP_BY_PEER || r->groups->how.states)
			add_close_wait(&row.notes, &rest);
		snprintf(row.at[sockets == 3], sizeof(row.at[0]), "(%zu more)",
			 n - r->top);
		snprintf(row.at[sockets], sizeof(row.at[0]), "%" PRIu32, rest.n);
		add_row(table, by, &row);
	}
	if (n == 0)
		fprintf(out->stream, "none\n");
	else
		table_print(table);
	table_free(table);
}

bool groups_have_ports(const struct group_report *r)
{
	return r->groups->how.pool->is_known && !r->groups->how.states;
}

void view_groups(struct view *v, const struct group_report *r)
{
	const struct output *out = &v->out;
	enum group_by by = r->groups->how.by;

	if (out->is_json) {
		groups_json(v, r);
		return;
	}
	if (!r->s->has_census) {
		fprintf(out->stream, "sockets: unanswered: %s\n",
			snapshot_unanswered(r->s, "sockets"));
		return;
	}
	print_table(out, r);
	if (by == GROUP_BY_PORT || by == GROUP_BY_PEER)
		chart_closes(out, &r->s->census);
	groups_beside(out, r);
	sockets_notes(out, r->s);
}
