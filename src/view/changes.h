/* SPDX-License-Identifier: MIT */
#pragma once

struct output;
struct plan;

/* The changes of a plan as a table: key, from, to, and what became of each. */
void changes_table(const struct output *out, const struct plan *plan);
