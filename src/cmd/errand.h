/* SPDX-License-Identifier: MIT */
/* What `finwait prove` is asked for: which trials, with which values, and so which runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/trial.h"

struct arguments;
struct err;
struct made;
struct wish;

struct errand {
	const struct trial **trials; /* owned; those that are asked for */
	size_t n_trials;
	struct wish *wishes; /* owned: knobs of the user's with their values */
	size_t n_wishes;
	struct made *made;	/* owned: the arms for those */
	struct trial_run *runs; /* owned; the runs of a trial stand together */
	size_t n_runs;
	bool is_long, is_all;
};

/*
 * Reads the words and the options --all and --long; no trial: they are to be listed. On
 * failure, which is a misuse with a sentence, and behind it the caller calls errand_done().
 */
int errand_read(struct errand *q, const struct arguments *args, struct err *e);

/* Frees it; the outcomes of the runs are trials_done()'s. */
void errand_done(struct errand *q);
