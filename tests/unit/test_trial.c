/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/audit.h"
#include "core/catalogue.h"
#include "core/topic.h"
#include "core/trial.h"
#include "core/wheel.h"

TEST(a_timer_is_late_by_a_slot_of_its_level_of_the_wheel)
{
	static const struct {
		int64_t ms;
		unsigned hz;
		int64_t slack;
	} rows[] = {
		{ 200, 250, 4 },      /* level 0: a tick */
		{ 1000, 250, 32 },    /* level 1 */
		{ 3000, 250, 256 },   /* level 2: measured 3.26 s */
		{ 60000, 250, 2048 }, /* level 3: measured 61.6 s */
		{ 120000, 250, 2048 }, { 140000, 250, 16384 }, { 60000, 1000, 4096 },
		{ 60000, 100, 5120 },  { 62, 1000, 1 },	       { 63, 1000, 8 },
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(wheel_slack_ms(rows[i].ms, rows[i].hz), rows[i].slack);
}

/* An arm that measures one thing. */
static struct arm arm_of(struct expectation x)
{
	return (struct arm){ .label = "x", .expects = { x } };
}

static struct outcome outcome_of(int64_t low, int64_t high)
{
	return (struct outcome){ .is_done = true,
				 .n = 2,
				 .at = { { .measure = -1, .text = "told" },
					 { .measure = 0, .low = low, .high = high } } };
}

TEST(what_was_measured_fits_a_claim_or_not_or_cannot_tell)
{
	static const struct {
		struct expectation claim;
		int64_t low, high;
		enum fit fit;
	} rows[] = {
		{ { "exact", TRIAL_COUNT, 5, 5 }, 5, 5, FIT_IN },
		{ { "exact", TRIAL_COUNT, 5, 5 }, 6, 6, FIT_OUT },
		{ { "range", TRIAL_MS, 10, 20 }, 12, 18, FIT_IN },
		{ { "range", TRIAL_MS, 10, 20 }, 10, 20, FIT_IN },
		{ { "range", TRIAL_MS, 10, 20 }, 21, 25, FIT_OUT },
		{ { "range", TRIAL_MS, 10, 20 }, 5, 9, FIT_OUT },
		{ { "range", TRIAL_MS, 10, 20 }, 19, 21, FIT_UNDECIDED },
		{ { "range", TRIAL_MS, 10, 20 }, 5, 30, FIT_UNDECIDED },
		{ { "endless", TRIAL_MS, 5000, INT64_MAX }, 5000, INT64_MAX, FIT_IN },
		{ { "endless", TRIAL_MS, 5000, INT64_MAX }, 900, 910, FIT_OUT },
		{ { "endless", TRIAL_MS, 5000, INT64_MAX },
		  4000,
		  INT64_MAX,
		  FIT_UNDECIDED },
		{ { "it ends", TRIAL_MS, 10, 20 }, 50, INT64_MAX, FIT_OUT },
		/* at 250 ticks a second 3 s are up to 256 ms late, and softirqs 200 ms */
		{ { "timer", TRIAL_MS, 3000, 3000, 1 }, 2996, 3456, FIT_IN },
		{ { "timer", TRIAL_MS, 3000, 3000, 1 }, 2990, 2995, FIT_OUT },
		{ { "timer", TRIAL_MS, 3000, 3000, 1 }, 3457, 3460, FIT_OUT },
		{ { "two timers", TRIAL_MS, 2000, 2000, 2 }, 2000, 2264, FIT_IN },
		{ { "two timers", TRIAL_MS, 2000, 2000, 2 }, 2265, 2270, FIT_OUT },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct arm arm = arm_of(rows[i].claim);
		const struct outcome o = outcome_of(rows[i].low, rows[i].high);
		const struct observation *seen;
		enum fit fit = outcome_fit(&arm, &o, 0, 250, &seen);

		if (fit != rows[i].fit)
			fail_msg("row %zu (%s): %d", i, rows[i].claim.what, fit);
		assert_ptr_equal(seen, &o.at[1]);
	}
}

TEST(what_refutes_weighs_more_than_what_could_not_be_run)
{
	const struct arm arm = { .label = "x",
				 .role = ARM_TREATMENT,
				 .expects = { { "a", TRIAL_COUNT, 1, 1 },
					      { "b", TRIAL_COUNT, 2, 2 } } };
	struct outcome o = { .is_done = true, .n = 1, .at = { { .low = 1, .high = 1 } } };
	struct trial_run runs[2] = { { .arm = &arm, .outcome = &o },
				     { .arm = &arm, .outcome = &o } };
	struct outcome good = o;

	/* one of two was not measured */
	assert_int_equal(outcome_verdict(&arm, &o, 250), VERDICT_NOT_RUN);
	assert_false(outcome_is_undecided(&arm, &o, 250));
	good.n = 2;
	good.at[1] = (struct observation){ .measure = 1, .low = 2, .high = 2 };
	assert_int_equal(outcome_verdict(&arm, &good, 250), VERDICT_CONFIRMED);
	runs[1].outcome = &good;
	assert_int_equal(trial_verdict(runs, 2, 250), VERDICT_NOT_RUN);
	good.at[1].high = 3;
	assert_true(outcome_is_undecided(&arm, &good, 250));
	/* the other run lacks a number, which no other try would bring */
	assert_false(trial_is_undecided(runs, 2, 250));
	runs[0].outcome = &good;
	assert_true(trial_is_undecided(runs, 2, 250));
	runs[0].outcome = &o;
	assert_int_equal(trial_verdict(runs, 2, 250), VERDICT_NOT_RUN);
	good.at[1].low = good.at[1].high = 3;
	assert_int_equal(trial_verdict(runs, 2, 250), VERDICT_REFUTED);
	good.is_done = false;
	assert_int_equal(outcome_verdict(&arm, &good, 250), VERDICT_NOT_RUN);
	good.is_done = good.is_left_out = true;
	assert_int_equal(outcome_verdict(&arm, &good, 250), VERDICT_CONFIRMED);
	/* but where no treatment was measured, nothing is confirmed */
	assert_int_equal(trial_verdict(&runs[1], 1, 250), VERDICT_NOT_RUN);
}

static void check_sentence(const struct trial *t, const char *field, const char *text)
{
	if (!text || !text[0] || strchr(text, '\n') || strstr(text, "  "))
		fail_msg("%s: its %s is missing, or not one line", t->name, field);
	for (const char *p = text; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			fail_msg("%s: byte 0x%02x in its %s", t->name, (unsigned char)*p,
				 field);
}

static void check_arm(const struct trial *t, const struct arm *arm)
{
	if (!arm->expects[0].what)
		fail_msg("%s, %s: nothing is expected", t->name, arm->label);
	if (arm->expects[ARM_EXPECTATIONS - 1].what || arm->set[ARM_SETTINGS - 1].key)
		fail_msg("%s, %s: no room for the end of a list", t->name, arm->label);
	for (const struct expectation *x = arm->expects; x->what; x++) {
		if (x->low > x->high)
			fail_msg("%s, %s: '%s' is claimed upside down", t->name,
				 arm->label, x->what);
		if (x->low != x->high && x->high != INT64_MAX && !x->timers &&
		    !x->tolerance)
			fail_msg("%s, %s: '%s' has a range without a reason", t->name,
				 arm->label, x->what);
	}
	for (const struct trial_setting *s = arm->set; s->key; s++)
		if (!catalogue_find(s->key) || catalogue_find(s->key)->scope == KNOB_HOST)
			fail_msg("%s, %s: %s is no knob of a namespace", t->name,
				 arm->label, s->key);
	if (!arm->is_long && arm->about_ms > 11000)
		fail_msg("%s, %s: too long for its short form", t->name, arm->label);
}

TEST(every_trial_compares_and_says_why)
{
	for (size_t i = 0; trials[i]; i++) {
		const struct trial *t = trials[i];
		unsigned roles[2] = { 0 };

		assert_ptr_equal(trial_find(t->name), t);
		assert_int_equal(
			t->name[strspn(t->name, "abcdefghijklmnopqrstuvwxyz0123456789-")],
			'\0');
		check_sentence(t, "title", t->title);
		if (strlen(t->title) > 64)
			fail_msg("%s: its title is too long for a row", t->name);
		check_sentence(t, "claim", t->claim);
		check_sentence(t, "control", t->control);
		check_sentence(t, "treatment", t->treatment);
		check_sentence(t, "consequence", t->follows);
		check_sentence(t, "source", t->source);
		for (const struct arm *arm = t->arms; arm->label; arm++) {
			check_arm(t, arm);
			if (!arm->is_long)
				roles[arm->role]++;
			if (arm->role == ARM_CONTROL && roles[ARM_TREATMENT] &&
			    !arm->is_long)
				fail_msg("%s: a control behind a treatment", t->name);
		}
		if (!roles[ARM_CONTROL] || !roles[ARM_TREATMENT])
			fail_msg("%s: nothing is compared", t->name);
		if (t->knob && (!catalogue_named(t->knob) || !t->make))
			fail_msg("%s takes no knob '%s'", t->name, t->knob);
	}
}

TEST(every_trial_proves_topics_that_there_are)
{
	for (size_t i = 0; trials[i]; i++) {
		char names[256], *rest = names;

		snprintf(names, sizeof(names), "%s", trials[i]->topics);
		for (char *name; (name = strsep(&rest, " "));) {
			if (!topic_find(name) && !audit_rule(name))
				fail_msg("%s proves '%s', which is no topic",
					 trials[i]->name, name);
			assert_true(trial_proves(trials[i], name));
		}
		assert_false(trial_proves(trials[i], "no-such-topic"));
	}
	assert_true(trial_proves(trial_find("time-wait-length"), "TIME_WAIT"));
}

/* The value that the knob's setting gets is the caller's; the time is the kernel's rule. */
TEST(a_value_of_the_users_is_claimed_by_the_rule)
{
	static const struct {
		int64_t value, ms;
		unsigned timers;
	} rows[] = {
		{ 1, 1000, 1 },	  { 60, 60000, 1 },   { 61, 2000, 2 },
		{ 90, 60000, 2 }, { 120, 120000, 2 }, { 600, 1080000, 2 },
	};
	const struct trial *t = trial_find("fin-wait-2-timeout");

	for (size_t i = 0; i < N(rows); i++) {
		struct arm arm;

		t->make(rows[i].value, &arm);
		assert_int_equal(arm.expects[0].low, rows[i].ms);
		assert_int_equal(arm.expects[0].high, rows[i].ms);
		assert_int_equal(arm.expects[0].timers, rows[i].timers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_is_late_by_a_slot_of_its_level_of_the_wheel),
		cmocka_unit_test(what_was_measured_fits_a_claim_or_not_or_cannot_tell),
		cmocka_unit_test(what_refutes_weighs_more_than_what_could_not_be_run),
		cmocka_unit_test(every_trial_compares_and_says_why),
		cmocka_unit_test(every_trial_proves_topics_that_there_are),
		cmocka_unit_test(a_value_of_the_users_is_claimed_by_the_rule),
	};

	return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
