/* SPDX-License-Identifier: MIT */
#include "core/trial.h"

#include <string.h>

#include "core/topic.h"
#include "core/wheel.h"

/*
 * The kernel's softirqs, which run its timers, wait for their turn on a busy processor.
 * Every claim about a timer is told from its contrary by far more.
 */
enum { LATENESS_MS = 200 };

/* clang-format off: one a line */
const struct trial *const trials[] = {
	&trial_time_wait_length,	&trial_fin_wait_2_timeout, &trial_fin_wait_2_held,
	&trial_close_wait_forever,	&trial_close_vs_shutdown,  &trial_last_ack_lost,
	&trial_time_wait_assassination, &trial_tw_reuse,	   &trial_tw_buckets,
	&trial_port_exhaustion,		&trial_linger_zero,	   &trial_unread_close,
	&trial_orphan_retries,		&trial_keepalive_armed,	   &trial_server_side_syn,
	&trial_listen_overflow,		&trial_write_traps,	   NULL,
};
/* clang-format on */

const struct trial *trial_find(const char *name)
{
	for (size_t i = 0; trials[i]; i++)
		if (topic_is_name(trials[i]->name, name))
			return trials[i];
	return NULL;
}

bool trial_proves(const struct trial *trial, const char *topic)
{
	const struct topic *wanted = topic_find(topic);
	char name[64];

	for (const char *at = trial->topics; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		if (n < sizeof(name)) {
			memcpy(name, at, n);
			name[n] = '\0';
			if (strcmp(name, topic) == 0 ||
			    (wanted && topic_find(name) == wanted))
				return true;
		}
		at += n;
	}
	return false;
}

unsigned trial_about_ms(const struct trial *trial, bool is_long)
{
	unsigned most = 0;

	for (const struct arm *arm = trial->arms; arm->label; arm++)
		if ((is_long || !arm->is_long) && arm->about_ms > most)
			most = arm->about_ms;
	return most;
}

void expectation_bounds(const struct expectation *x, unsigned hz, int64_t *ret_low,
			int64_t *ret_high)
{
	int64_t tick_ms = (1000 + hz - 1) / hz;

	*ret_low = x->low;
	*ret_high = x->high;
	if (x->timers == 0)
		return;
	*ret_low -= tick_ms;
	if (x->high != INT64_MAX)
		*ret_high +=
			x->timers * wheel_slack_ms(x->high / x->timers, hz) + LATENESS_MS;
}

static enum fit fit(const struct expectation *x, const struct observation *seen,
		    unsigned hz)
{
	int64_t low, high;

	expectation_bounds(x, hz, &low, &high);
	if (seen->low >= low && seen->high <= high)
		return FIT_IN;
	if (seen->high < low || seen->low > high)
		return FIT_OUT;
	return FIT_UNDECIDED;
}

enum fit outcome_fit(const struct arm *arm, const struct outcome *o, size_t i,
		     unsigned hz, const struct observation **ret)
{
	*ret = NULL;
	for (unsigned k = 0; k < o->n && k < OUTCOME_OBSERVATIONS; k++)
		if (o->at[k].measure == (int)i)
			*ret = &o->at[k];
	return *ret ? fit(&arm->expects[i], *ret, hz) : FIT_MISSING;
}

/* How many of its expectations fared so. */
static unsigned count_fit(const struct arm *arm, const struct outcome *o, unsigned hz,
			  enum fit wanted)
{
	const struct observation *seen;
	unsigned n = 0;

	for (size_t i = 0; arm->expects[i].what; i++)
		n += outcome_fit(arm, o, i, hz, &seen) == wanted;
	return n;
}

enum verdict outcome_verdict(const struct arm *arm, const struct outcome *o, unsigned hz)
{
	if (o->is_left_out)
		return VERDICT_CONFIRMED;
	if (!o->is_done)
		return VERDICT_NOT_RUN;
	if (count_fit(arm, o, hz, FIT_OUT))
		return VERDICT_REFUTED;
	if (count_fit(arm, o, hz, FIT_UNDECIDED) || count_fit(arm, o, hz, FIT_MISSING))
		return VERDICT_NOT_RUN;
	return VERDICT_CONFIRMED;
}

bool outcome_is_undecided(const struct arm *arm, const struct outcome *o, unsigned hz)
{
	return o->is_done && !o->is_left_out &&
	       outcome_verdict(arm, o, hz) == VERDICT_NOT_RUN &&
	       count_fit(arm, o, hz, FIT_UNDECIDED);
}

enum verdict trial_verdict(const struct trial_run *runs, size_t n, unsigned hz)
{
	enum verdict worst = VERDICT_CONFIRMED;
	bool is_treated = false;

	for (size_t i = 0; i < n; i++) {
		enum verdict one = outcome_verdict(runs[i].arm, runs[i].outcome, hz);

		worst = one > worst ? one : worst;
		is_treated |= runs[i].arm->role == ARM_TREATMENT &&
			      !runs[i].outcome->is_left_out;
	}
	/* a control alone shows nothing */
	return worst == VERDICT_CONFIRMED && !is_treated ? VERDICT_NOT_RUN : worst;
}

size_t trial_runs_of_first(const struct trial_run *runs, size_t n)
{
	size_t n_own = 1;

	while (n_own < n && runs[n_own].trial == runs[0].trial)
		n_own++;
	return n_own;
}

bool trial_is_undecided(const struct trial_run *runs, size_t n, unsigned hz)
{
	bool is_undecided = false;

	for (size_t i = 0; i < n; i++) {
		if (outcome_is_undecided(runs[i].arm, runs[i].outcome, hz))
			is_undecided = true;
		else if (outcome_verdict(runs[i].arm, runs[i].outcome, hz) !=
			 VERDICT_CONFIRMED)
			return false;
	}
	return is_undecided;
}

int64_t trial_took_ms(const struct trial_run *runs, size_t n)
{
	int64_t most = 0;

	for (size_t i = 0; i < n; i++)
		if (runs[i].outcome->took_ms > most)
			most = runs[i].outcome->took_ms;
	return most;
}

const char *verdict_key(enum verdict verdict)
{
	static const char *const keys[] = { [VERDICT_CONFIRMED] = "confirmed",
					    [VERDICT_REFUTED] = "refuted",
					    [VERDICT_NOT_RUN] = "not_run" };

	return keys[verdict];
}
