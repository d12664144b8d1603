/* SPDX-License-Identifier: MIT */
/* What a guardian waits for; starting one is tested with the program itself. */
#include "unit/test.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "core/snapshot.h"
#include "scratch.h"
#include "sys/guardian.h"
#include "sys/store.h"

static int64_t boottime_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum { DAY_MS = 86400000 };

/* As store_open() leaves it. */
static void make_state(void)
{
	scratch_write("state/journal", "");
	scratch_write("state/lock", "");
	assert_int_equal(chmod("state/lock", 0600), 0);
}

static struct watch arm(const char *dir, int64_t deadline_ms)
{
	struct watch w;
	struct err e = { 0 };

	if (guardian_arm(dir, deadline_ms, &w, &e) < 0)
		fail_msg("%s", e.text);
	return w;
}

static void disarm(const struct watch *w)
{
	close(w->timer_fd);
	if (w->journal_fd >= 0)
		close(w->journal_fd);
}

/* Does it wake within so long? */
static bool wakes(const struct watch *w, int ms)
{
	struct pollfd p[] = { { .fd = w->timer_fd, .events = POLLIN },
			      { .fd = w->journal_fd, .events = POLLIN } };

	return poll(p, N(p), ms) > 0;
}

static bool is_quiet(const struct watch *w)
{
	return !wakes(w, 0);
}

/* What would be for ever is a failure. */
static bool wait_for(const struct watch *w)
{
	assert_true(wakes(w, 20000));
	return guardian_wait(w);
}

TEST(a_deadline_that_is_past_fires_at_once)
{
	int64_t now = boottime_ms();
	const int64_t deadlines[] = { 1, 999, now - 86400000, now - 1, now };

	make_state();
	for (size_t i = 0; i < N(deadlines); i++) {
		struct watch w = arm("state", deadlines[i] > 0 ? deadlines[i] : 1);

		assert_true(wait_for(&w));
		/* and stays past */
		assert_true(wait_for(&w));
		disarm(&w);
	}
}

TEST(a_deadline_fires_when_it_comes_and_not_before)
{
	int64_t deadline = boottime_ms() + 30;
	struct watch w;

	make_state();
	w = arm("state", deadline);
	assert_true(wait_for(&w));
	assert_true(boottime_ms() >= deadline);
	disarm(&w);
}

TEST(a_record_in_the_journal_wakes_before_the_deadline)
{
	own_text struct text t = { 0 };
	struct watch w;
	struct store store;
	struct err e = { 0 };

	assert_int_equal(store_open(&store, "state", STORE_WRITE, NULL, &e), 0);
	w = arm("state", boottime_ms() + DAY_MS);
	assert_true(is_quiet(&w));
	for (int i = 0; i < 3; i++) {
		const struct transaction tx = { .id = "aaaa1111" };

		text_done(&t);
		journal_format_confirm(&t, &tx);
		assert_int_equal(store_append(&store, &t, &e), 0);
		assert_false(wait_for(&w));
	}
	disarm(&w);
	store_close(&store);
}

TEST(a_journal_that_is_replaced_wakes_too)
{
	struct watch w;

	make_state();
	scratch_write("state/journal.new", "y");
	w = arm("state", boottime_ms() + DAY_MS);
	assert_int_equal(rename("state/journal.new", "state/journal"), 0);
	assert_false(wait_for(&w));
	assert_true(is_quiet(&w));
	disarm(&w);
}

TEST(one_who_only_reads_or_takes_the_lock_wakes_nobody)
{
	struct watch w;
	struct store store;
	struct err e = { 0 };

	make_state();
	w = arm("state", boottime_ms() + DAY_MS);
	assert_int_equal(store_open(&store, "state", STORE_READ, NULL, &e), 0);
	store_close(&store);
	assert_true(is_quiet(&w));
	disarm(&w);
}

TEST(a_deadline_counts_before_a_change)
{
	struct watch w;

	make_state();
	w = arm("state", 1);
	scratch_write("state/journal", "x");
	assert_true(wait_for(&w));
	disarm(&w);
}

TEST(one_that_could_not_take_the_lock_is_not_on_guard)
{
	struct watch w;
	struct err e = { 0 };

	assert_true(guardian_arm("nowhere", 1, &w, &e) < 0);
	scratch_mkdir("state", 0755);
	assert_int_equal(guardian_arm("state", 1, &w, &e), -ENOENT);
	assert_non_null(strstr(e.text, "'state/lock'"));
	assert_int_equal(symlink("journal", "state/lock"), 0);
	assert_int_equal(guardian_arm("state", 1, &w, &e), -ELOOP);
}

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_deadline_that_is_past_fires_at_once),
		SCRATCH_TEST(a_deadline_fires_when_it_comes_and_not_before),
		SCRATCH_TEST(a_record_in_the_journal_wakes_before_the_deadline),
		SCRATCH_TEST(a_journal_that_is_replaced_wakes_too),
		SCRATCH_TEST(one_who_only_reads_or_takes_the_lock_wakes_nobody),
		SCRATCH_TEST(a_deadline_counts_before_a_change),
		SCRATCH_TEST(one_that_could_not_take_the_lock_is_not_on_guard),
	};

	return cmocka_run_group_tests_name("guardian", tests, NULL, NULL);
}
