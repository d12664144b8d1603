/* SPDX-License-Identifier: MIT */
/*
 * The two roads from an open connection to a closed one, drawn in ASCII for a terminal of
 * 80 columns, with the sockets that are in each state now.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct output;
struct snapshot;
struct topic;

/* Is the topic about a state on these roads, or about one of the roads? */
bool diagram_has(const struct topic *topic);

/*
 * Draws them; the state the topic is about stands in brackets. A state that could not be
 * counted has "(-)".
 */
void diagram_print(const struct output *out, const struct topic *topic,
		   const struct snapshot *s);

/* The i-th state on the roads, in the order of drawing; 0 past the end. */
int diagram_state(size_t i);
