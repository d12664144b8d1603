/* SPDX-License-Identifier: MIT */
/* Inside view/ only: what the text and the JSON of groups share. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct group;
struct group_report;
struct process;
struct view;

void groups_json(struct view *v, const struct group_report *r);

/* The process of a group, or the first one of a unit; NULL: none, or not known. */
const struct process *groups_process(const struct group_report *r, const struct group *g);

/* Sockets in the table of connections: all but those that listen or are only bound. */
uint64_t groups_hashed(const struct group_report *r);
