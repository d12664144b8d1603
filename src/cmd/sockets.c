/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/own.h"
#include "cmd/cmd.h"
#include "core/groups.h"
#include "core/objects.h"
#include "core/owners.h"
#include "core/snapshot.h"
#include "sys/clock.h"
#include "sys/procs.h"
#include "sys/slab.h"
#include "sys/sockdiag.h"
#include "sys/survey.h"
#include "sys/users.h"

/*
 * Not dumped by --quick: TIME_WAIT, which is reckoned, and sockets only bound, for which
 * the kernel walks over all that have bound, TIME_WAIT too (inet_diag_dump_icsk()).
 */
enum { QUICK_WITHOUT = 1 << TCP_TIME_WAIT | 1 << TCP_BOUND_INACTIVE };

enum { TOP_DEFAULT = 20, TOP_MAX = 1000000, TWICE_MAX = 3600 };

/* What was asked for. */
struct question {
	uint32_t states; /* bits; 0: all */
	bool is_grouped;
	enum group_by by;
	int64_t top;
	bool is_quick;
	int64_t twice_s; /* 0: once */
};

/* One reading of the sockets in groups. */
struct reading_of_groups {
	struct groups groups;
	struct owners own;	     /* where it is read twice */
	const struct owners *owners; /* NULL: not read */
	int64_t at_ms;		     /* CLOCK_MONOTONIC */
};

static int parse_states(const struct arguments *args, uint32_t *ret, struct err *e)
{
	*ret = 0;
	for (size_t i = 0; i < args->n_given; i++) {
		const char *names[CENSUS_STATES + 1] = { NULL };
		const char *value = args->given[i].value;
		int state;

		if (strcmp(args->given[i].spec->name, "state") != 0)
			continue;
		if (census_state_parse(value, &state)) {
			*ret |= 1u << state;
			continue;
		}
		for (size_t n = 0; census_order[n]; n++)
			names[n] = census_state_key(census_order[n]);
		err_set(e, EINVAL, "unknown state '%s'", value);
		suggest(e, value, names, "",
			"finwait explain lists the states; --state may be repeated");
		return -EINVAL;
	}
	return 0;
}

static int parse_by(const struct arguments *args, struct question *q, struct err *e)
{
	const char *by = args_value(args, "by"), *top = args_value(args, "top");
	const char *names[GROUP_BYS + 1] = { NULL };
	unsigned n_by = 0;

	for (size_t i = 0; i < args->n_given; i++)
		n_by += strcmp(args->given[i].spec->name, "by") == 0;
	if (n_by > 1)
		return usage_error(e, "sockets", "--by is given once");
	q->is_grouped = by;
	if (top && !by)
		return usage_error(e, "sockets", "--top goes with --by");
	if (top && !num_parse(top, 1, TOP_MAX, &q->top))
		return err_set(e, EINVAL, "--top takes 1 to %d, not '%s'", TOP_MAX, top);
	if (!by || group_by_parse(by, &q->by))
		return 0;
	for (int i = 0; i < GROUP_BYS; i++)
		names[i] = group_by_name((enum group_by)i);
	err_set(e, EINVAL, "cannot group by '%s'", by);
	suggest(e, by, names, "", "--by takes state, port, peer, process, unit or user");
	return -EINVAL;
}

static int parse(const struct app *app, const struct arguments *args, struct question *q,
		 struct err *e)
{
	int r;

	*q = (struct question){ .top = TOP_DEFAULT, .is_quick = args_has(args, "quick") };
	r = parse_states(args, &q->states, e);
	if (r == 0)
		r = parse_by(args, q, e);
	if (r == 0)
		r = args_seconds(args, "twice", 1, TWICE_MAX, &q->twice_s, e);
	if (r < 0)
		return r;
	if (q->is_quick && (q->is_grouped || q->states))
		return usage_error(e, "sockets",
				   "--quick counts all states, in no groups");
	if (q->twice_s &&
	    (!q->is_grouped || (q->by != GROUP_BY_PEER && q->by != GROUP_BY_PROCESS)))
		return usage_error(e, "sockets",
				   "--twice goes with --by peer or process");
	if (q->twice_s && !app->machine.is_live)
		return usage_error(e, "sockets", "a recording cannot be read --twice");
	return 0;
}

/* Where the sockets are what was asked for, their absence on a running machine is trouble. */
static int check_answered(const struct app *app, const struct snapshot *s, struct err *e)
{
	if (!s->has_census && (app->machine.is_live || app->is_strict))
		return err_set(e, ENODATA, "cannot count sockets: %s",
			       snapshot_unanswered(s, "sockets"));
	if (app->is_strict && s->n_unanswered)
		return err_set(e, ENODATA, "'%s' is unanswered: %s", s->unanswered[0].id,
			       s->unanswered[0].reason);
	return 0;
}

/* TIME_WAIT without its dump; *s is left as it is where sockstat cannot tell. */
static int reckon_time_wait(struct snapshot *s, struct err *e)
{
	struct census *c = &s->census;
	const struct tally *tw = &s->sockstat.tw;

	if (!s->has_census)
		return 0;
	if (!tw->known)
		return err_set(e, ENODATA,
			       "cannot reckon TIME_WAIT: sockstat's tw was not read");
	c->asked |= 1u << TCP_TIME_WAIT;
	c->is_quick = true;
	/* they are read one after the other: there may be one mini-socket less by now */
	c->at[TCP_TIME_WAIT][CENSUS_IPV4] =
		tw->n > c->fin_wait2_mini ? tw->n - c->fin_wait2_mini : 0;
	return 0;
}

static int count_states(struct app *app, const struct question *q, struct view *v,
			struct err *e)
{
	const struct survey survey = {
		.states = q->is_quick ? STATES_ALL & ~QUICK_WITHOUT : q->states,
	};
	struct snapshot s;
	int r = machine_read(&app->machine, 0, &s, e);

	if (r < 0)
		return r;
	r = survey_take(&app->machine, &survey, &s, e);
	if (r == 0)
		r = machine_read_more(&app->machine, MACHINE_SOCKSTAT, &s, e);
	if (r == 0)
		r = check_answered(app, &s, e);
	if (r == 0 && q->is_quick)
		r = reckon_time_wait(&s, e);
	if (r == 0) {
		view_begin(v, &s.host);
		view_sockets(v, &s);
	}
	snapshot_done(&s);
	return r;
}

static int read_groups(const struct app *app, const struct question *q,
		       const struct port_pool *pool, const struct reuse *reuse,
		       struct reading_of_groups *ret, struct snapshot *s, struct err *e)
{
	bool has_open = !q->states || q->states >> TCP_ESTABLISHED & 1;
	const struct grouping how = {
		.by = q->by,
		.states = q->states,
		.owners = ret->owners,
		.pool = pool,
		.reuse_delay_ms = reuse->delay_ms,
		.uptime_ms = machine_uptime_ms(&app->machine),
	};
	struct socket_taker taker;
	const struct survey survey = {
		.states = q->states,
		/* who is served here, and what bind() has taken */
		.beside = 1u << TCP_LISTEN | 1u << TCP_BOUND_INACTIVE,
		/* times cost the kernel a lock each: not for all that is open */
		.details = SOCKDIAG_MEMORY | (has_open ? 0 : SOCKDIAG_TIMES),
		.taker = &taker,
	};
	int r;

	groups_init(&ret->groups, &how);
	taker = groups_taker(&ret->groups);
	ret->at_ms = clock_monotonic_ms();
	r = survey_take(&app->machine, &survey, s, e);
	if (r == 0 && ret->groups.is_broken)
		r = err_errno(e, ENOMEM, "cannot group the sockets");
	return r;
}

/* A walk over all processes: one for all namespaces, but a new one for each of two times. */
static int read_owners(const struct app *app, const struct question *q,
		       struct reading_of_groups *ret, struct snapshot *s, struct err *e)
{
	struct owners *owners = q->twice_s ? &ret->own : app->owners;
	int r = owners->n ? 0 : procs_read(app->machine.root_fd, owners, e);

	if (r == -ENODATA && !app->machine.is_live) {
		snapshot_add_unanswered(s, "owners", "%s", e->text);
		return 0;
	}
	if (r == 0)
		ret->owners = owners;
	return r;
}

static int read_once(const struct app *app, const struct question *q,
		     const struct port_pool *pool, const struct reuse *reuse,
		     struct reading_of_groups *ret, struct snapshot *s, struct err *e)
{
	*ret = (struct reading_of_groups){ 0 };
	if (q->by == GROUP_BY_PROCESS || q->by == GROUP_BY_UNIT) {
		int r = read_owners(app, q, ret, s, e);

		if (r < 0)
			return r;
	}
	return read_groups(app, q, pool, reuse, ret, s, e);
}

static void forget(struct reading_of_groups *reading)
{
	groups_done(&reading->groups);
	owners_done(&reading->own);
}

static int show_groups(struct app *app, const struct question *q, struct view *v,
		       struct group_report *report, struct err *e)
{
	size_t n = report->groups->groups.n;
	own_free char(*names)[64] = NULL;
	struct object_sizes sizes;

	n = n < (size_t)q->top ? n : (size_t)q->top;
	slab_read(app->machine.root_fd, &sizes);
	report->sizes = &sizes;
	report->top = (size_t)q->top;
	names = calloc(n + 1, sizeof(*names));
	if (!names)
		return err_errno(e, ENOMEM, "cannot name the users");
	for (size_t i = 0; q->by == GROUP_BY_USER && i < n; i++)
		users_name(app->machine.is_live, groups_at(report->groups, i)->key.index,
			   names[i], sizeof(names[i]));
	report->user_names = (const char(*)[64])names;
	view_begin(v, &report->s->host);
	view_groups(v, report);
	return 0;
}

/* For --strict: is the process of each socket known that some process holds? */
static int check_owners(const struct reading_of_groups *reading, struct err *e)
{
	const struct group_key unknown = { .index = GROUP_UNKNOWN };
	const struct group *g = groups_find(&reading->groups, &unknown);

	if (!reading->owners || !g)
		return 0;
	return err_set(e, ENODATA,
		       "'owners' is unanswered: those of %u sockets are not known", g->n);
}

/* Reads, a second time if that was asked for, and shows. */
static int group(struct app *app, const struct question *q, struct view *v,
		 struct snapshot *s, struct err *e)
{
	struct reading_of_groups before = { 0 }, now = { 0 };
	const struct reuse reuse = reuse_of(s);
	struct port_pool pool;
	struct group_report report = { .s = s, .groups = &now.groups, .reuse = &reuse };
	int r = 0;

	port_pool_make(&pool, s);
	if (q->twice_s) {
		r = read_once(app, q, &pool, &reuse, &before, s, e);
		if (r == 0)
			clock_sleep_ms(q->twice_s * 1000);
	}
	if (r == 0)
		r = read_once(app, q, &pool, &reuse, &now, s, e);
	if (r == 0)
		r = machine_read_more(&app->machine, MACHINE_SOCKSTAT, s, e);
	if (r == 0)
		r = check_answered(app, s, e);
	if (r == 0 && app->is_strict)
		r = check_owners(&now, e);
	if (r == 0) {
		report.owners = now.owners;
		if (q->twice_s) {
			report.before = (struct before){
				.groups = &before.groups,
				.owners = before.owners,
				.seconds = (double)(now.at_ms - before.at_ms) / 1000,
			};
			headroom_rank(&now.groups, &reuse, &report.before);
		}
		groups_sort(&now.groups);
		r = show_groups(app, q, v, &report, e);
	}
	forget(&before);
	forget(&now);
	return r;
}

/* Of the knobs only those of outgoing ports matter here. */
static void keep_unanswered(struct snapshot *s, enum group_by by)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_unanswered && by == GROUP_BY_PEER; i++) {
		const char *id = s->unanswered[i].id;

		if (strcmp(id, "ip_local_port_range") == 0 ||
		    strcmp(id, "ip_local_reserved_ports") == 0 ||
		    strcmp(id, "tcp_tw_reuse") == 0)
			s->unanswered[n++] = s->unanswered[i];
	}
	s->n_unanswered = n;
}

static int sockets_one(struct app *app, const struct arguments *args, struct view *v,
		       struct err *e)
{
	struct snapshot s;
	struct question q;
	int r = parse(app, args, &q, e);

	if (r < 0)
		return r;
	if (!q.is_grouped)
		return count_states(app, &q, v, e);
	r = machine_read(&app->machine, MACHINE_KNOBS, &s, e);
	if (r < 0)
		return r;
	keep_unanswered(&s, q.by);
	r = group(app, &q, v, &s, e);
	snapshot_done(&s);
	return r;
}

static int run(struct app *app, const struct arguments *args, struct err *e)
{
	struct owners owners = { 0 };
	struct question q;
	int r = parse(app, args, &q, e);

	if (r < 0)
		return r;
	app->owners = &owners;
	r = app_report(app, "sockets", args, sockets_one, e);
	app->owners = NULL;
	owners_done(&owners);
	return r;
}

static const struct option_spec options[] = {
	{ "by", "WHAT", "group by state, port, peer, process, unit or user" },
	{ "state", "STATE", "only sockets in that state; repeatable" },
	{ "top", "N", "show N groups and the sum of the rest (default 20)" },
	{ "twice", "SECONDS", "read twice, to tell what runs out and when" },
	{ "quick", NULL, "reckon TIME_WAIT from sockstat instead of reading each" },
	{ NULL, NULL, NULL },
};

const struct command cmd_sockets = {
	.name = "sockets",
	.arguments = "",
	.help = "count sockets by state and family, or in groups",
	.options = options,
	.flags = COMMAND_REPORTS,
	.run = run,
};
