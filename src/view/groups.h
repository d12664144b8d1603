/* SPDX-License-Identifier: MIT */
/* Inside view/ only: what the text and the JSON of groups share. */
#pragma once

#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct group;
struct group_report;
struct output;
struct process;
struct view;

void groups_json(struct view *v, const struct group_report *r);

/* Below the table: ports, the hash, listeners that do not accept, unknown owners. */
void groups_beside(const struct output *out, const struct group_report *r);

/* The process of a group, or the first one of a unit; NULL: none, or not known. */
const struct process *groups_process(const struct group_report *r, const struct group *g);

/*
 * Sockets a process holds that are not in this dump: reset and not closed, of another kind
 * (local ones), or of another network namespace. 0 where not all states were asked for.
 */
uint32_t groups_others(const struct group_report *r, const struct group *g);

/* The ports a process listens on, at most so many: their number. */
enum { GROUPS_LISTENS = 8 };
size_t groups_listens(const struct group_report *r, const struct group *g,
		      uint32_t ret[GROUPS_LISTENS]);

/* What group_closed_here() and group_closed_by_peer() are the sums of. */
enum {
	CLOSED_HERE = 1 << TCP_TIME_WAIT | 1 << TCP_FIN_WAIT1 | 1 << TCP_FIN_WAIT2,
	CLOSED_BY_PEER = 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK,
};

/* Were all these states, as bits, asked for? Else what rests on them is not known. */
bool groups_asked(const struct group_report *r, uint32_t states);

/* Which ports are free: without the pool or all states it is not known. */
bool groups_have_ports(const struct group_report *r);

/* Sockets in the table of connections: all but those that listen or are only bound. */
uint64_t groups_hashed(const struct group_report *r);
