/* SPDX-License-Identifier: MIT */
/* Inside view/ only: the knobs as JSON, and the pieces their texts are made of. */
#pragma once

#include <jansson.h>

#include "core/inventory.h"

struct view;

struct output;
struct text;

void view_knobs_json(struct view *v, const struct inventory *i, const bool *shown);

/* A name without what goes without saying. */
const char *knobs_name(const struct knob *k);

/* Those that are shown: of conntrack, or the others. */
void knobs_print_table(const struct output *out, const struct inventory *i,
		       const bool *shown, bool is_conntrack);

/* All there is to say of one knob. */
json_t *knobs_row_json(const struct inventory *i, const struct inventory_row *row);

/*
 * Where its value comes from: "/etc/sysctl.d/x.conf:3", "run time (tuned?)"; the name of a
 * file as it is, which a table makes safe.
 */
void knobs_origin_text(const struct inventory *i, const struct inventory_row *row,
		       struct text *t);

/* Why a knob is not here. */
void knobs_absence_text(const struct inventory *i, const struct inventory_row *row,
			struct text *t);

/* What each engine makes of the files, and which lines lose. */
void knobs_print_files(const struct output *out, const struct inventory_row *row);

/* The head of its topic: what it is here. */
void knobs_print_head(const struct output *out, const struct inventory *i,
		      const struct inventory_row *row);
