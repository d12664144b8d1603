/* SPDX-License-Identifier: MIT */
#include "core/closers.h"

#include <string.h>

#include "core/closes.h"
#include "core/socket.h"

/*
 * What tells that a TIME_WAIT is new is that the dump before did not have it. Its age is
 * only looked at roughly: a dump is no instant.
 */
enum { SLACK_MS = 1000 };

struct seen {
	uint64_t cookie;
	uint32_t inode;	  /* the one that was asked for; 0: none */
	uint32_t process; /* 1 + its place; 0: unknown */
	bool is_time_wait;
	bool is_asked;
};

void closers_init(struct closers *c)
{
	*c = (struct closers){ 0 };
	for (int i = 0; i < 2; i++) {
		keyed_init(&c->sockets[i], sizeof(struct seen), sizeof(uint64_t));
		keyed_init(&c->processes[i], sizeof(struct closer),
			   offsetof(struct closer, n));
	}
	keyed_init(&c->ports, sizeof(struct closer_port), sizeof(uint32_t));
}

void closers_restart(struct closers *c)
{
	const struct keyed *before = &c->processes[!c->now];

	keyed_clear(&c->sockets[c->now]);
	keyed_clear(&c->processes[c->now]);
	keyed_clear(&c->ports);
	for (size_t i = 0; i < before->n; i++)
		((struct closer *)keyed_at(before, i))->moved = 0;
	c->n = c->n_attributed = c->n_nameless = 0;
	c->n_unasked = 0;
}

void closers_begin(struct closers *c, int64_t elapsed_ms)
{
	c->has_before = elapsed_ms >= 0;
	c->window_ms = elapsed_ms > CLOSES_TIME_WAIT_MS ? CLOSES_TIME_WAIT_MS
		       : elapsed_ms < 1			? 1
							: (uint32_t)elapsed_ms;
	c->now = !c->now;
	closers_restart(c);
}

/* The place of a process among those of this dump, plus 1; 0: no memory. */
static uint32_t place_of(struct closers *c, const struct closer *key)
{
	struct keyed *processes = &c->processes[c->now];
	const char *process = keyed_make(processes, key);

	if (!process) {
		c->is_short_of_memory = true;
		return 0;
	}
	return (uint32_t)((size_t)(process - processes->at) / processes->item_size) + 1;
}

/* The same of one of the dump before. */
static uint32_t move(struct closers *c, uint32_t process)
{
	struct closer *before;

	if (process == 0)
		return 0;
	before = keyed_at(&c->processes[!c->now], process - 1);
	if (before->moved == 0)
		before->moved = place_of(c, before);
	return before->moved;
}

/* Armed since the dump before, as far as its timer tells? */
static bool is_recent(const struct closers *c, const struct socket_row *row)
{
	if (row->expires_ms > CLOSES_TIME_WAIT_MS) /* of another length: no age */
		return row->cookie != 0;
	return row->expires_ms > 0 && CLOSES_TIME_WAIT_MS - row->expires_ms <=
					      c->window_ms + (row->cookie ? SLACK_MS : 0);
}

static void add_close(struct closers *c, const struct socket_row *row, uint32_t process)
{
	if (!c->has_before || !is_recent(c, row))
		return;
	c->n++;
	c->n_nameless += row->cookie == 0;
	if (process == 0) {
		uint32_t port = row->local_port;
		struct closer_port *served = keyed_find(&c->ports, &port);

		if (served)
			served->n++;
		return;
	}
	c->n_attributed++;
	((struct closer *)keyed_at(&c->processes[c->now], process - 1))->n++;
}

/* What the dump before knew of it. */
static struct seen recall(const struct closers *c, const struct socket_row *row)
{
	const struct seen *before = keyed_find(&c->sockets[!c->now], &row->cookie);

	return before ? *before : (struct seen){ .cookie = row->cookie };
}

/* They come first in every dump. */
static void add_listener(struct closers *c, const struct socket_row *row)
{
	uint32_t port = row->local_port;
	struct closer_port *served = keyed_make(&c->ports, &port);

	if (!served)
		c->is_short_of_memory = true;
	else if (served->cookie == 0)
		served->cookie = row->cookie;
}

void closers_add(struct closers *c, const struct socket_row *row)
{
	bool is_time_wait = row->state == TCP_TIME_WAIT;
	struct seen before, *now;

	if (row->state == TCP_LISTEN)
		add_listener(c, row);
	if (row->cookie == 0) {
		if (is_time_wait)
			add_close(c, row, 0);
		return;
	}
	before = recall(c, row);
	if (!is_time_wait && row->inode == 0 && before.process == 0)
		return;
	now = keyed_make(&c->sockets[c->now], &row->cookie);
	if (!now) {
		c->is_short_of_memory = true;
		return;
	}
	/* a table that changes under the walk can show one twice */
	if (now->is_time_wait || (now->inode && !is_time_wait))
		return;
	now->process = move(c, before.process);
	now->is_time_wait = is_time_wait;
	if (is_time_wait && !before.is_time_wait)
		add_close(c, row, now->process);
	if (row->inode == 0)
		return;
	now->inode = row->inode;
	now->is_asked = before.is_asked && before.inode == row->inode;
	c->n_unasked += !now->is_asked;
}

void closers_name(struct closers *c, const struct owners *owners)
{
	const struct keyed *sockets = &c->sockets[c->now];

	for (size_t i = 0; i < sockets->n; i++) {
		struct seen *seen = keyed_at(sockets, i);
		const struct holder *holder;
		struct closer key = { 0 };

		if (seen->inode == 0 || seen->is_asked)
			continue;
		seen->is_asked = true;
		holder = owners_find(owners, seen->inode);
		if (!holder)
			continue;
		key.pid = owners->at[holder->process].pid;
		memcpy(key.program, owners->at[holder->process].program,
		       strlen(owners->at[holder->process].program));
		seen->process = place_of(c, &key);
	}
	c->n_unasked = 0;
}

static bool is_before(const struct closer *a, const struct closer *b)
{
	return a->n != b->n ? a->n > b->n : a->pid < b->pid;
}

size_t closers_top(const struct closers *c, struct closer *ret, size_t max)
{
	const struct keyed *processes = &c->processes[c->now];
	size_t n = 0;

	for (size_t i = 0; i < processes->n; i++) {
		const struct closer *closer = keyed_at(processes, i);
		size_t at = n;

		if (closer->n == 0)
			continue;
		while (at > 0 && is_before(closer, &ret[at - 1]))
			at--;
		if (at == max)
			continue;
		n += n < max;
		memmove(&ret[at + 1], &ret[at], (n - at - 1) * sizeof(*ret));
		ret[at] = *closer;
	}
	return n;
}

size_t closers_ports(const struct closers *c, struct closer_port *ret, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ports.n; i++) {
		const struct closer_port *port = keyed_at(&c->ports, i);
		const struct seen *listener =
			keyed_find(&c->sockets[c->now], &port->cookie);
		size_t at = n;

		if (port->n == 0)
			continue;
		while (at > 0 && port->n > ret[at - 1].n)
			at--;
		if (at == max)
			continue;
		n += n < max;
		memmove(&ret[at + 1], &ret[at], (n - at - 1) * sizeof(*ret));
		ret[at] = *port;
		if (listener && listener->process)
			ret[at].by =
				keyed_at(&c->processes[c->now], listener->process - 1);
	}
	return n;
}

void closers_done(struct closers *c)
{
	keyed_done(&c->ports);
	for (int i = 0; i < 2; i++) {
		keyed_done(&c->sockets[i]);
		keyed_done(&c->processes[i]);
	}
}
