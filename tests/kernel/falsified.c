/* SPDX-License-Identifier: MIT */
/*
 * Runs trials with a claim that is false, against the real kernel: each must come out
 * refuted, and by that claim. It shows that a trial of `finwait prove` can fail.
 *
 *	falsified		all of falsehoods.h, side by side
 *	falsified --uncovered	the trials without a falsehood
 *
 * Exit status: 0 all refuted (or none uncovered), 1 not, 2 trouble.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "core/trial.h"
#include "core/trials_ports.h"
#include "sys/clock.h"
#include "sys/trials.h"

static const struct falsehood {
	const char *trial, *label;
	size_t expectation;
	int64_t low, high;
	const char *words;
} falsehoods[] = {
#define FALSEHOOD(TRIAL, LABEL, I, LOW, HIGH, WORDS) \
	{ TRIAL, LABEL, I, LOW, HIGH, WORDS },
#include "falsehoods.h"
#undef FALSEHOOD
};

enum { FALSEHOODS = sizeof(falsehoods) / sizeof(falsehoods[0]) };

static const struct arm *find_arm(const struct trial *trial, const char *label)
{
	for (const struct arm *arm = trial->arms; arm->label; arm++)
		if (strcmp(arm->label, label) == 0)
			return arm;
	return NULL;
}

/* The arm as it is, but for the one claim. */
static bool falsify(const struct falsehood *f, struct arm *arm, struct trial_run *run)
{
	const struct trial *trial = trial_find(f->trial);
	const struct arm *sound = trial ? find_arm(trial, f->label) : NULL;

	if (!sound || !sound->expects[f->expectation].what) {
		fprintf(stderr, "no '%s' in '%s', or no expectation %zu\n", f->label,
			f->trial, f->expectation);
		return false;
	}
	*arm = *sound;
	arm->expects[f->expectation].low = f->low;
	arm->expects[f->expectation].high = f->high;
	*run = (struct trial_run){ .trial = trial, .arm = arm };
	return true;
}

static bool judge(const struct falsehood *f, const struct trial_run *run, unsigned hz)
{
	const struct observation *seen;
	enum fit fit = outcome_fit(run->arm, run->outcome, f->expectation, hz, &seen);
	enum verdict verdict = outcome_verdict(run->arm, run->outcome, hz);
	/* by that claim, and not at the first sight */
	bool is_refuted =
		verdict == VERDICT_REFUTED && fit == FIT_OUT && run->outcome->tries == 3;

	printf("%s: %s (%s): \"%s\"%s%s\n", is_refuted ? "refuted" : "NOT REFUTED",
	       f->trial, f->label, f->words, run->outcome->error ? ": " : "",
	       run->outcome->why);
	return is_refuted;
}

static int list_uncovered(void)
{
	int status = 0;

	for (size_t i = 0; trials[i]; i++) {
		bool is_covered = false;

		for (size_t k = 0; k < FALSEHOODS; k++)
			is_covered |= strcmp(falsehoods[k].trial, trials[i]->name) == 0;
		if (!is_covered)
			printf("%s\n", trials[i]->name);
		status |= !is_covered;
	}
	return status;
}

int main(int argc, char **argv)
{
	static struct arm arms[FALSEHOODS];
	static struct trial_run runs[FALSEHOODS];
	unsigned hz = clock_hz();
	struct err e = { 0 };
	int status = 0;

	if (argc > 1 && strcmp(argv[1], "--uncovered") == 0)
		return list_uncovered();
	for (size_t i = 0; i < FALSEHOODS; i++)
		if (!falsify(&falsehoods[i], &arms[i], &runs[i]))
			return 2;
	if (trials_run(runs, FALSEHOODS, FALSEHOODS, hz, NULL, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	for (size_t i = 0; i < FALSEHOODS; i++)
		status |= !judge(&falsehoods[i], &runs[i], hz);
	trials_done(runs, FALSEHOODS);
	return status;
}
