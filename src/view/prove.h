/* SPDX-License-Identifier: MIT */
/* Inside view/ only: the pieces that one trial, many of them and their JSON share. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "core/trial.h"

/* Of one trial: "confirmed", "refuted", "undecided", "not run" */
const char *prove_verdict_words(const struct trial_run *runs, size_t n, unsigned hz);

/* "6.3 s", "< 0.1 s"; `ret` has room for AMOUNT_MAX. */
void prove_time(int64_t ms, char *ret);

/* A trial as the list has it, and with what came of it. The caller's. */
json_t *prove_trial_json(const struct trial *trial);
json_t *prove_result_json(const struct trial_run *runs, size_t n, unsigned hz);
