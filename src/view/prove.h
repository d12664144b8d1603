/* SPDX-License-Identifier: MIT */
/* Inside view/ only: the pieces of a trial that text and JSON share. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "core/trial.h"

struct text;

/* "3.246 s to 3.251 s", "TIME_WAIT", "more than 5.000 s" */
void prove_add_span(struct text *t, enum trial_unit unit, int64_t low, int64_t high);

/* What an expectation claims: "3.000 s, at most 0.460 s late". */
void prove_add_claim(struct text *t, const struct expectation *x, unsigned hz);

/* Of one trial: "confirmed", "refuted", "undecided", "not run" */
const char *prove_verdict_words(const struct trial_run *runs, size_t n, unsigned hz);

/* "6.3 s", "< 0.1 s"; `ret` has room for AMOUNT_MAX. */
void prove_time(int64_t ms, char *ret);

/* A trial as the list has it, and with what came of it. The caller's. */
json_t *prove_trial_json(const struct trial *trial);
json_t *prove_result_json(const struct trial_run *runs, size_t n, unsigned hz);
