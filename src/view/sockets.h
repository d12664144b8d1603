/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdbool.h>

struct output;
struct snapshot;

/* The states as a JSON object, or null where the sockets were not counted. */
json_t *sockets_states(const struct snapshot *s);

struct view;

/* All of `sockets --json` but for the groups. */
void sockets_json(struct view *v, const struct snapshot *s);

/* Where the numbers come from, if not from one whole dump. */
void sockets_notes(const struct output *out, const struct snapshot *s);

/* Sockets by state and family as a table; `is_short`: without the states that have none.
 */
void sockets_table(const struct output *out, const struct snapshot *s, bool is_short);
