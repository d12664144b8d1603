/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "core/groups.h"
#include "core/headroom.h"
#include "core/objects.h"
#include "core/owners.h"
#include "core/snapshot.h"
#include "view/document.h"
#include "view/groups.h"
#include "view/sockets.h"

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *address_json(const struct address *a)
{
	char text[ADDRESS_MAX];

	address_format(a, text);
	return json_string(text);
}

static json_t *string_or_null(const char *s)
{
	return document_string(s[0] ? s : NULL);
}

static json_t *peer_key(const struct group *g)
{
	bool is_out = g->key.way == GROUP_OUT;
	json_t *key = json_object();

	json_object_set_new(key, "address", address_json(&g->key.remote));
	json_object_set_new(key, "port", is_out ? count(g->key.port) : json_null());
	json_object_set_new(key, "local_address",
			    is_out ? address_json(&g->key.local) : json_null());
	json_object_set_new(key, "direction", json_string(is_out ? "out" : "in"));
	return key;
}

/* Why a group has no process, or no name. */
static const char *nobody(const struct group *g)
{
	return g->key.index == GROUP_NOBODY ? "closed: no process holds it"
					    : "the process was not found";
}

/* Without a process: pid null, and why. */
static json_t *process_key(const struct group_report *r, const struct group *g)
{
	const struct process *p = groups_process(r, g);
	json_t *key = json_object();

	json_object_set_new(key, "pid", p ? count(p->pid) : json_null());
	json_object_set_new(key, "program", p ? string_or_null(p->program) : json_null());
	json_object_set_new(key, "unit", p ? string_or_null(p->unit) : json_null());
	if (!p)
		json_object_set_new(key, "error", json_string(nobody(g)));
	return key;
}

static json_t *key_json(const struct group_report *r, const struct group *g, size_t i)
{
	const struct process *p = groups_process(r, g);
	char text[80];

	switch (r->groups->how.by) {
	case GROUP_BY_STATE:
		return json_string(census_state_key((int)g->key.index));
	case GROUP_BY_PORT:
		snprintf(text, sizeof(text), "%u/%s", g->key.port,
			 g->key.way == GROUP_IN ? "in" : "out");
		return json_string(text);
	case GROUP_BY_PEER:
		return peer_key(g);
	case GROUP_BY_PROCESS:
		return process_key(r, g);
	case GROUP_BY_UNIT:
		return p ? string_or_null(p->unit) : json_null();
	default:
		return g->key.index == GROUP_NOBODY ? json_null()
						    : document_string(r->user_names[i]);
	}
}

static json_t *age_json(const struct group *g)
{
	json_t *age = json_object();

	json_object_set_new(age, "min_ms", count(g->oldest_min_ms));
	json_object_set_new(age, "max_ms",
			    g->oldest_max_ms == UINT64_MAX ? json_null()
							   : count(g->oldest_max_ms));
	return age;
}

static json_t *close_wait_json(const struct group_report *r, const struct group *g)
{
	/* /proc/net/tcp tells neither backlogs nor times */
	bool has_times = r->s->census.has_backlogs;
	json_t *object = json_object();

	json_object_set_new(object, "read", count(g->close_wait_read));
	json_object_set_new(object, "unread", count(g->close_wait_unread));
	json_object_set_new(object, "unread_bytes", count(g->close_wait_unread_bytes));
	json_object_set_new(object, "unaccepted", count(g->close_wait_unaccepted));
	json_object_set_new(object, "oldest", g->n_aged ? age_json(g) : json_null());
	if (!g->n_aged && g->at[TCP_CLOSE_WAIT])
		json_object_set_new(
			object, "error",
			json_string(
				has_times
					? "no times: the kernel is asked for them with "
					  "--state, and not where that includes established"
					: "no times: /proc/net/tcp does not tell them"));
	return object;
}

static json_t *closes_json(const struct group *g)
{
	json_t *object = json_object(), *array = json_array();

	for (int i = 0; i < GROUP_CLOSES; i++)
		json_array_append_new(array, count(g->closes[i]));
	json_object_set_new(object, "per_5_seconds", array);
	json_object_set_new(object, "tail", count(g->closes_tail));
	return object;
}

static json_t *forecast_json(const struct forecast *f)
{
	json_t *object = json_object();

	json_object_set_new(object, "runs_out",
			    f->kind == FORECAST_UNKNOWN
				    ? json_null()
				    : json_boolean(f->kind == FORECAST_AT));
	json_object_set_new(object, "seconds",
			    f->kind == FORECAST_AT ? json_real(f->seconds) : json_null());
	json_object_set_new(object, "per_second",
			    f->kind == FORECAST_UNKNOWN ? json_null()
							: json_real(f->per_second));
	return object;
}

static json_t *headroom_json(const struct group_report *r, const struct group *g)
{
	struct headroom h;
	struct forecast f;
	json_t *object;

	if (g->key.way != GROUP_OUT || !groups_have_ports(r))
		return json_null();
	h = headroom_of(r->groups, g, r->reuse);
	f = forecast_ports(&h, g, r->reuse, &r->before);
	object = json_object();
	json_object_set_new(object, "pool", count(h.pool));
	json_object_set_new(object, "held", count(h.held));
	json_object_set_new(object, "blocked", count(h.blocked));
	json_object_set_new(object, "reusable", count(h.reusable));
	json_object_set_new(object, "tw_reuse",
			    r->reuse->mode < 0 ? json_null() : json_boolean(h.is_reused));
	json_object_set_new(object, "free", count(h.free));
	json_object_set_new(object, "forecast", forecast_json(&f));
	return object;
}

static json_t *descriptors_json(const struct group_report *r, const struct group *g)
{
	const struct process *p = groups_process(r, g);
	json_t *object, *fds;
	struct forecast f;

	if (!p)
		return json_null();
	f = forecast_descriptors(p, &r->before);
	object = json_object();
	fds = json_array();
	for (uint32_t i = 0; i < g->n_fds; i++)
		json_array_append_new(fds, count(g->fds[i]));
	json_object_set_new(object, "open", count(p->n_fds));
	json_object_set_new(object, "limit",
			    p->fd_limit == 0 || p->fd_limit == UINT64_MAX
				    ? json_null()
				    : count(p->fd_limit));
	json_object_set_new(object, "first", fds);
	json_object_set_new(object, "shared", count(g->n_shared));
	json_object_set_new(object, "other_sockets",
			    groups_asked(r, STATES_ALL) ? count(groups_others(r, g))
							: json_null());
	json_object_set_new(object, "forecast", forecast_json(&f));
	return object;
}

static json_t *listens_json(const struct group_report *r, const struct group *g)
{
	uint32_t ports[GROUPS_LISTENS];
	size_t n = groups_process(r, g) ? groups_listens(r, g, ports) : 0;
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, count(ports[i]));
	return array;
}

static json_t *memory_json(const struct group_report *r, const struct group *g)
{
	json_t *object = json_object();
	bool is_told = g->n_memory || g->n_mini == g->n;
	uint64_t objects;
	bool has_objects = objects_of(r->sizes, g, &objects);

	json_object_set_new(object, "buffers", is_told ? count(g->memory) : json_null());
	json_object_set_new(object, "objects",
			    has_objects ? count(objects) : json_null());
	if (!is_told || !has_objects)
		json_object_set_new(
			object, "error",
			json_string(!is_told ? "the source tells no memory"
				    : r->sizes->needs_root
					    ? "only root may read the slabs' sizes"
					    : "the slabs' sizes were not read"));
	return object;
}

/* null where the states it rests on were not asked for. */
static json_t *count_of(const struct group_report *r, uint32_t states, uint64_t n)
{
	return groups_asked(r, states) ? count(n) : json_null();
}

static json_t *group_states(const struct group_report *r, const struct group *g)
{
	json_t *states = json_object();

	for (const int *state = census_order; *state; state++)
		json_object_set_new(states, census_state_key(*state),
				    census_knows(&r->s->census, *state)
					    ? count(g->at[*state])
					    : json_null());
	return states;
}

/* What a group and the sum of the others have alike. */
static json_t *sum_json(const struct group_report *r, const struct group *g)
{
	bool has_close_wait = groups_asked(r, 1u << TCP_CLOSE_WAIT);
	bool has_closes = groups_asked(r, 1u << TCP_TIME_WAIT);
	json_t *object = json_object(), *first = json_object();

	json_object_set_new(object, "total", count(g->n));
	json_object_set_new(object, "states", group_states(r, g));
	json_object_set_new(first, "here",
			    count_of(r, CLOSED_HERE, group_closed_here(g)));
	json_object_set_new(first, "peer",
			    count_of(r, CLOSED_BY_PEER, group_closed_by_peer(g)));
	json_object_set_new(object, "closed_first", first);
	json_object_set_new(object, "close_wait",
			    has_close_wait ? close_wait_json(r, g) : json_null());
	json_object_set_new(object, "closes", has_closes ? closes_json(g) : json_null());
	return object;
}

static json_t *group_json(const struct group_report *r, const struct group *g, size_t i)
{
	json_t *object = sum_json(r, g), *key = key_json(r, g, i);

	if (json_is_null(key))
		json_object_set_new(
			object, "error",
			json_string(groups_process(r, g) ? "in no unit" : nobody(g)));
	json_object_set_new(object, "key", key);
	if (r->groups->how.by == GROUP_BY_PEER)
		json_object_set_new(object, "ports", headroom_json(r, g));
	if (r->groups->how.by == GROUP_BY_PROCESS) {
		json_object_set_new(object, "descriptors", descriptors_json(r, g));
		json_object_set_new(object, "listens", listens_json(r, g));
	}
	if (r->groups->how.by == GROUP_BY_STATE)
		json_object_set_new(object, "memory", memory_json(r, g));
	return object;
}

static json_t *locals_json(const struct group_report *r)
{
	const struct keyed *locals = &r->groups->locals;
	json_t *array = json_array();

	for (size_t i = 0; i < locals->n; i++) {
		const struct local_ports *local = keyed_at(locals, i);
		json_t *object = json_object();

		json_object_set_new(object, "address", address_json(&local->address));
		json_object_set_new(object, "free_to_bind",
				    count(headroom_to_bind(r->groups, local)));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *pool_json(const struct group_report *r)
{
	const struct port_pool *pool = r->groups->how.pool;
	json_t *object;

	if (!pool->is_known)
		return json_null();
	object = json_object();
	json_object_set_new(object, "low", count(pool->low));
	json_object_set_new(object, "high", count(pool->high));
	json_object_set_new(object, "pool", count(pool->n));
	json_object_set_new(object, "bound_inactive",
			    census_knows(&r->s->census, TCP_BOUND_INACTIVE)
				    ? count(r->groups->n_bound)
				    : json_null());
	json_object_set_new(object, "held_by_nobody",
			    groups_have_ports(r)
				    ? count(headroom_of_nobody(r->groups, &r->s->census))
				    : json_null());
	json_object_set_new(object, "local_addresses",
			    groups_have_ports(r) ? locals_json(r) : json_null());
	if (!groups_have_ports(r))
		json_object_set_new(object, "error",
				    json_string("free ports take all states: leave out "
						"--state"));
	return object;
}

static json_t *listeners_json(const struct group_report *r)
{
	const struct keyed *listeners = &r->groups->listeners;
	json_t *array = json_array();

	for (size_t i = 0; i < listeners->n; i++) {
		const struct listener *l = keyed_at(listeners, i);
		const struct holder *holder =
			r->owners ? owners_find(r->owners, l->inode) : NULL;
		json_t *object;

		if (l->waiting <= l->backlog && l->close_wait == 0)
			continue;
		object = json_object();
		json_object_set_new(object, "address", address_json(&l->address));
		json_object_set_new(object, "port", count(l->port));
		json_object_set_new(object, "waiting", count(l->waiting));
		json_object_set_new(object, "backlog",
				    l->backlog == UINT32_MAX ? json_null()
							     : count(l->backlog));
		json_object_set_new(object, "close_wait",
				    count_of(r, 1u << TCP_CLOSE_WAIT, l->close_wait));
		json_object_set_new(object, "pid",
				    holder ? count(r->owners->at[holder->process].pid)
					   : json_null());
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *hash_json(const struct group_report *r)
{
	bool is_all = groups_asked(r, STATES_ALL);
	json_t *object = json_object();
	int64_t entries;

	json_object_set_new(object, "sockets",
			    is_all ? count(groups_hashed(r)) : json_null());
	if (!is_all)
		json_object_set_new(object, "error",
				    json_string("only some states were asked for"));
	if (snapshot_ehash_entries(r->s, &entries)) {
		json_object_set_new(object, "entries",
				    count((uint64_t)(entries < 0 ? -entries : entries)));
		json_object_set_new(object, "shared", json_boolean(entries < 0));
	} else {
		json_object_set_new(object, "entries", json_null());
		json_object_set_new(object, "shared", json_null());
		json_object_set_new(
			object, "error",
			json_string(is_all ? "tcp_ehash_entries was not read"
					   : "only some states were asked for, and "
					     "tcp_ehash_entries was not read"));
	}
	return object;
}

/* Where no socket was counted. */
static void nulls_json(struct view *v)
{
	static const char *const names[] = { "groups", "others", "stuck_listeners" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set_new(v->here, names[i], json_null());
}

static void counted_json(struct view *v, const struct group_report *r)
{
	json_t *array = document_array(v, "groups");
	size_t n = r->groups->groups.n, shown = n < r->top ? n : r->top;
	struct group rest = groups_rest(r->groups, shown);
	json_t *others = sum_json(r, &rest);

	for (size_t i = 0; i < shown; i++)
		json_array_append_new(array, group_json(r, groups_at(r->groups, i), i));
	json_object_set_new(others, "groups", count(n - shown));
	json_object_set_new(v->here, "others", others);
	json_object_set_new(v->here, "stuck_listeners", listeners_json(r));
	if (r->groups->how.by == GROUP_BY_PEER)
		json_object_set_new(v->here, "ports", pool_json(r));
	if (r->groups->how.by == GROUP_BY_PEER && !r->groups->how.pool->is_known &&
	    !json_object_get(v->here, "error"))
		json_object_set_new(v->here, "error",
				    json_string("ip_local_port_range was not read"));
	if (r->groups->how.by == GROUP_BY_STATE)
		json_object_set_new(v->here, "hash", hash_json(r));
}

void groups_json(struct view *v, const struct group_report *r)
{
	const char *unread = snapshot_unanswered(r->s, "owners");

	sockets_json(v, r->s);
	if (unread && !json_object_get(v->here, "error"))
		json_object_set_new(v->here, "error", document_string(unread));
	json_object_set_new(v->here, "by", json_string(group_by_name(r->groups->how.by)));
	if (r->s->has_census)
		counted_json(v, r);
	else
		nulls_json(v);
	json_object_set_new(v->here, "hidden_processes",
			    r->owners ? count(r->owners->n_hidden) : json_null());
}
