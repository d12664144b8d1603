/* SPDX-License-Identifier: MIT */
/* A host made by hand, a change of it, and what is predicted of that. */
#pragma once

#include "unit/test.h"

#include "core/objects.h"
#include "core/plan.h"
#include "core/predict.h"
#include "core/snapshot.h"

/* All made anew by foretell_begin(). */
extern struct snapshot host;
extern struct object_sizes sizes;
extern struct plan plan;
extern struct predictions found;

int foretell_begin(void **state);
int foretell_end(void **state);

/* A knob as it is on the host. */
void knob(enum knob_id id, const char *value);

/* Knobs of ports as a fresh host has them, but for tcp_tw_reuse. */
void port_knobs(const char *reuse);

/* Adds a change to the plan. */
void wanted(enum knob_id id, const char *from, const char *to, enum change_state state);

/* Predicts what the plan does. */
void foretell(void);

/* The only change, foretold anew. */
void change(enum knob_id id, const char *from, const char *to);

/* The one prediction whose sentence holds that; fails the test if it is none or several. */
const struct prediction *saying(const char *words);

void numbers(const struct prediction *p, const char *unit, double before, double after);

#define PREDICT_TEST(f) cmocka_unit_test_setup_teardown(f, foretell_begin, foretell_end)
