/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct output;
struct plan;

/*
 * The changes of a plan as a table: key, from, to (`is_undo`: the other way round), and
 * what became of each.
 */
void changes_table(const struct output *out, const struct plan *plan, bool is_undo);
