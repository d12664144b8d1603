/* SPDX-License-Identifier: MIT */
#pragma once

struct output;
struct predictions;
struct view;

/* "What it will do", by change: sentences, with formula and inputs in a line below each. */
void predictions_print(const struct output *out, const struct predictions *p);

/* predictions[] in v->here. */
void predictions_json(struct view *v, const struct predictions *p);
