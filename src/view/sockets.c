/* SPDX-License-Identifier: MIT */
#include "view/sockets.h"

#include <inttypes.h>

#include "core/snapshot.h"
#include "view/chart.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/table.h"

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *tally(const struct tally *t)
{
	return t->known ? count(t->n) : json_null();
}

/* null: not asked for, or not told by the source */
static json_t *state_json(const struct census *c, int state)
{
	bool is_sum = c->is_quick && state == TCP_TIME_WAIT;
	json_t *at;

	if (!census_knows(c, state))
		return json_null();
	at = json_object();
	json_object_set_new(at, "ipv4",
			    is_sum ? json_null() : count(c->at[state][CENSUS_IPV4]));
	json_object_set_new(at, "ipv6",
			    is_sum ? json_null() : count(c->at[state][CENSUS_IPV6]));
	json_object_set_new(at, "total", count(census_total(c, state)));
	if (is_sum)
		json_object_set_new(
			at, "error",
			json_string("from sockstat, which does not tell families"));
	return at;
}

json_t *sockets_states(const struct snapshot *s)
{
	const struct census *c = &s->census;
	json_t *states;

	if (!s->has_census)
		return json_null();
	states = json_object();
	for (const int *state = census_order; *state; state++)
		json_object_set_new(states, census_state_key(*state),
				    state_json(c, *state));
	return states;
}

static json_t *sockstat(const struct snapshot *s)
{
	const struct sockstat *stat = &s->sockstat;
	json_t *object = json_object();
	const char *error = NULL;

	json_object_set_new(object, "tw", tally(&stat->tw));
	json_object_set_new(object, "orphan", tally(&stat->orphan));
	json_object_set_new(object, "inuse", tally(&stat->inuse));
	json_object_set_new(object, "inuse6", tally(&stat->inuse6));
	if (!stat->tw.known || !stat->orphan.known || !stat->inuse.known)
		error = snapshot_unanswered(s, "sockstat")
				? snapshot_unanswered(s, "sockstat")
				: "not in the kernel's sockstat";
	else if (!stat->inuse6.known)
		error = snapshot_unanswered(s, "sockstat6")
				? snapshot_unanswered(s, "sockstat6")
				: "there is no IPv6 here";
	if (error)
		json_object_set_new(object, "error", document_string(error));
	return object;
}

static json_t *detail(const struct census *c, int state, uint64_t n)
{
	return census_knows(c, state) ? count(n) : json_null();
}

static json_t *details(const struct census *c)
{
	bool has_orphans = census_knows(c, TCP_FIN_WAIT1) &&
			   census_knows(c, TCP_FIN_WAIT2) &&
			   census_knows(c, TCP_CLOSING) && census_knows(c, TCP_LAST_ACK);
	json_t *object = json_object();

	json_object_set_new(object, "fin_wait2_mini",
			    detail(c, TCP_FIN_WAIT2, c->fin_wait2_mini));
	json_object_set_new(object, "fin_wait2_orphan",
			    detail(c, TCP_FIN_WAIT2, c->fin_wait2_orphan));
	json_object_set_new(object, "fin_wait2_held",
			    detail(c, TCP_FIN_WAIT2, c->fin_wait2_held));
	json_object_set_new(object, "close_wait_unread",
			    detail(c, TCP_CLOSE_WAIT, c->close_wait_unread));
	json_object_set_new(object, "close_wait_read",
			    detail(c, TCP_CLOSE_WAIT, c->close_wait_read));
	json_object_set_new(object, "close_wait_unaccepted",
			    detail(c, TCP_CLOSE_WAIT, c->close_wait_unaccepted));
	json_object_set_new(object, "orphans",
			    has_orphans ? count(c->orphans) : json_null());
	json_object_set_new(object, "listeners_full",
			    c->has_backlogs ? detail(c, TCP_LISTEN, c->listeners_full)
					    : json_null());
	if (!c->has_backlogs)
		json_object_set_new(object, "error",
				    json_string("proc/net/tcp shows no backlog"));
	return object;
}

/* Second by second, the last first; null where TIME_WAIT was not dumped. */
static json_t *closes(const struct census *c)
{
	json_t *object, *array;

	if (!census_knows(c, TCP_TIME_WAIT) || c->is_quick)
		return json_null();
	object = json_object();
	array = json_array();
	for (int i = 0; i < CLOSES_SECONDS; i++)
		json_array_append_new(array, count(c->closes.at[i]));
	json_object_set_new(object, "per_second", array);
	json_object_set_new(object, "sum", count(closes_sum(&c->closes)));
	json_object_set_new(object, "tail", count(c->closes.tail));
	json_object_set_new(object, "strange", count(c->closes.strange));
	return object;
}

void sockets_json(struct view *v, const struct snapshot *s)
{
	const char *refused = snapshot_unanswered(s, "inet_diag");

	json_object_set_new(v->here, "states", sockets_states(s));
	json_object_set_new(v->here, "interrupted",
			    s->has_census ? json_boolean(s->census.interrupted)
					  : json_null());
	if (s->has_census) {
		json_object_set_new(v->here, "details", details(&s->census));
		json_object_set_new(v->here, "closes", closes(&s->census));
	}
	if (!s->has_census || refused)
		json_object_set_new(
			v->here, "error",
			document_string(refused ? refused
						: snapshot_unanswered(s, "sockets")));
	json_object_set_new(v->here, "sockstat", sockstat(s));
}

/* What bounds the sockets of a state, where its number alone does not say it. */
static void state_note(const struct census *c, int state, char *note, size_t size)
{
	note[0] = '\0';
	if (census_total(c, state) == 0)
		return;
	if (state == TCP_FIN_WAIT2)
		snprintf(note, size,
			 "%" PRIu64 " closed (tcp_fin_timeout), %" PRIu64
			 " held (no limit)",
			 c->fin_wait2_mini + c->fin_wait2_orphan, c->fin_wait2_held);
	else if (state == TCP_CLOSE_WAIT)
		snprintf(note, size,
			 "%" PRIu64 " read to the end, %" PRIu64 " not read, %" PRIu64
			 " not accepted",
			 c->close_wait_read, c->close_wait_unread,
			 c->close_wait_unaccepted);
	else if (state == TCP_TIME_WAIT)
		snprintf(note, size, "60 s each, whatever tcp_fin_timeout says");
}

static void add_row(struct libscols_table *table, const struct census *c, int state)
{
	char v4[24], v6[24], total[24], note[128];
	const char *cells[] = { census_state_name(state), v4, v6, total, note };

	bool is_sum = c->is_quick && state == TCP_TIME_WAIT;

	snprintf(v4, sizeof(v4), is_sum ? "-" : "%" PRIu64, c->at[state][CENSUS_IPV4]);
	snprintf(v6, sizeof(v6), is_sum ? "-" : "%" PRIu64, c->at[state][CENSUS_IPV6]);
	snprintf(total, sizeof(total), "%" PRIu64, census_total(c, state));
	state_note(c, state, note, sizeof(note));
	table_add(table, cells);
}

void sockets_table(const struct output *out, const struct snapshot *s, bool is_short)
{
	static const struct table_column columns[] = {
		{ "STATE", 0 },		 { "IPV4", TABLE_RIGHT },
		{ "IPV6", TABLE_RIGHT }, { "TOTAL", TABLE_RIGHT },
		{ "", TABLE_WRAP },	 { NULL, 0 },
	};
	const struct census *c = &s->census;
	struct libscols_table *table = table_new(out, columns);

	for (const int *state = census_order; *state; state++) {
		if (!census_knows(c, *state))
			continue;
		if (!is_short || census_total(c, *state) > 0)
			add_row(table, c, *state);
	}
	if (is_short && census_sum(c) == 0)
		fprintf(out->stream, "none\n");
	else
		table_print(table);
	table_free(table);
}

static void print_reconciliation(const struct output *out, const struct snapshot *s)
{
	const struct census *c = &s->census;
	const struct sockstat *stat = &s->sockstat;
	uint64_t minis = census_total(c, TCP_TIME_WAIT) + c->fin_wait2_mini;
	char text[512];

	if (!stat->tw.known || !stat->orphan.known) {
		fprintf(out->stream, "\nsockstat: not read\n");
		return;
	}
	snprintf(text, sizeof(text),
		 "tw=%" PRIu64 ", counted here %" PRIu64 " TIME_WAIT + %" PRIu64
		 " FIN_WAIT_2 mini-sockets = %" PRIu64
		 " (read a moment apart); orphan=%" PRIu64 " on the whole host, %" PRIu64
		 " of them counted here",
		 stat->tw.n, census_total(c, TCP_TIME_WAIT), c->fin_wait2_mini, minis,
		 stat->orphan.n, c->orphans);
	fputc('\n', out->stream);
	prose_print(out, "sockstat: ", 10, text);
}

void sockets_notes(const struct output *out, const struct snapshot *s)
{
	const char *refused = snapshot_unanswered(s, "inet_diag");

	if (refused) {
		fputc('\n', out->stream);
		prose_print(out, "note: ", 6, refused);
	}
	if (s->census.interrupted) {
		fputc('\n', out->stream);
		prose_print(out, "note: ", 6,
			    "the kernel's table changed under each of three dumps, so "
			    "some sockets may be missing or counted twice");
	}
}

static void print_quick(const struct output *out, const struct snapshot *s)
{
	const struct census *c = &s->census;
	char text[256];

	snprintf(text, sizeof(text),
		 "TIME_WAIT is not dumped but reckoned: tw=%" PRIu64
		 " of sockstat less %" PRIu64
		 " FIN_WAIT_2 mini-sockets of the dump, read a "
		 "moment apart; sockets that are only bound are not counted",
		 s->sockstat.tw.n, c->fin_wait2_mini);
	fputc('\n', out->stream);
	prose_print(out, "quick: ", 7, text);
}

void view_sockets(struct view *v, const struct snapshot *s)
{
	const struct output *out = &v->out;

	if (out->is_json) {
		sockets_json(v, s);
		return;
	}
	if (!s->has_census) {
		fprintf(out->stream, "sockets: unanswered: %s\n",
			snapshot_unanswered(s, "sockets"));
		return;
	}
	sockets_table(out, s, false);
	if (s->census.is_quick)
		print_quick(out, s);
	else if (s->census.asked == STATES_ALL)
		print_reconciliation(out, s);
	chart_closes(out, &s->census);
	sockets_notes(out, s);
}
