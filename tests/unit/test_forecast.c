/* SPDX-License-Identifier: MIT */
/* When ports run out, against a simulation of what the kernel does. */
#include "unit/test.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/groups.h"
#include "core/headroom.h"

static const char *const kinds[] = { "unknown", "never", "at" };

static void expect(const char *what, struct forecast f, enum forecast_kind kind,
		   double seconds)
{
	if (f.kind != kind || fabs(f.seconds - seconds) > 0.01)
		fail_msg("%s: %s, %.3f s; want %s, %.3f s", what, kinds[f.kind],
			 f.seconds, kinds[kind], seconds);
}

TEST(too_few_closes_are_no_rate)
{
	const struct headroom h = { .pool = 50, .held = 40, .free = 10 };
	const struct headroom none = { .pool = 50, .held = 50 };
	const struct reuse reuse = { 0, 1000 };
	struct group g = { .closes[0] = 4, .n_recent = 4, .recent_oldest_ms = 2000 };

	expect("4", forecast_from_closes(&h, &g, &reuse), FORECAST_UNKNOWN, 0);
	/* but where none is left the next connect() fails */
	expect("none left", forecast_from_closes(&none, &g, &reuse), FORECAST_AT, 0);
	g.n_recent = g.closes[0] = 5;
	expect("5", forecast_from_closes(&h, &g, &reuse), FORECAST_AT, 10 / 2.25);
}

TEST(a_rate_is_told_by_the_closes_and_the_time_since_the_first)
{
	static const struct {
		unsigned n, oldest_ms;
		double rate;
	} rows[] = {
		{ 100, 9999, 9.951 }, /* ten seconds of history */
		{ 100, 5000, 19.9 },  /* a burst five seconds ago: its mean since */
		{ 100, 1000, 99.5 },
		{ 100, 10, 99.5 }, /* just begun: never more than what is there */
		{ 100, 0, 99.5 },
		{ 0, 0, 0 },
	};
	const struct headroom h = { .pool = 1000, .free = 900 };
	const struct reuse reuse = { 0, 1000 };

	for (size_t i = 0; i < N(rows); i++) {
		struct group g = { .closes[0] = rows[i].n,
				   .n_recent = rows[i].n,
				   .recent_oldest_ms = rows[i].oldest_ms };
		struct forecast f = forecast_from_closes(&h, &g, &reuse);

		if (fabs(f.per_second - rows[i].rate) > 0.01)
			fail_msg("%u in %u ms: %f", rows[i].n, rows[i].oldest_ms,
				 f.per_second);
	}
}

TEST(what_ends_gives_its_port_back_in_its_order)
{
	/* ten a second for ten seconds, and before that 100 in the seconds of one bucket */
	static const struct {
		const char *what;
		int bucket; /* -1: in the tail */
		unsigned free;
		enum forecast_kind kind;
		double seconds;
	} rows[] = {
		{ "they end too late", 2, 300, FORECAST_AT, 30 },
		{ "they end in the seconds 1 to 5", 11, 300, FORECAST_AT, 40 },
		{ "in the seconds 6 to 10", 10, 300, FORECAST_AT, 40 },
		{ "in the seconds 26 to 30, of which it needs all", 6, 300, FORECAST_AT,
		  40 },
		{ "at once", -1, 300, FORECAST_AT, 40 },
		{ "just in time", 8, 210, FORECAST_AT, 31 },
		/* at 51 s those of now begin to end */
		{ "enough for ever", 11, 420, FORECAST_NEVER, 0 },
		{ "and not quite", 11, 400, FORECAST_AT, 50 },
	};
	const struct reuse reuse = { 0, 1000 };

	for (size_t i = 0; i < N(rows); i++) {
		const struct headroom h = { .pool = 1000, .free = rows[i].free };
		struct group g = { .closes = { 50, 50 },
				   .n_recent = 100,
				   .recent_oldest_ms = 9999 };

		if (rows[i].bucket < 0)
			g.closes_tail = 100;
		else
			g.closes[rows[i].bucket] = 100;
		g.recent_oldest_ms = 9950; /* so that the rate is ten */
		expect(rows[i].what, forecast_from_closes(&h, &g, &reuse), rows[i].kind,
		       rows[i].seconds);
	}
}

TEST(ports_that_come_back_after_a_delay_go_round)
{
	static const struct {
		const char *what;
		unsigned free, young, n_recent, oldest_ms, delay_ms;
		enum forecast_kind kind;
		double seconds;
	} rows[] = {
		/* 50 ports, 40 a second: those of the last second wait, 10 are old enough */
		{ "40 of 50 in a second", 10, 40, 50, 1250, 1000, FORECAST_NEVER, 0 },
		{ "just begun, and faster than they come back", 30, 20, 60, 992, 1000,
		  FORECAST_AT, 30 / 59.5 },
		{ "a long delay", 450, 50, 100, 9950, 60000, FORECAST_AT, 45 },
		{ "a long delay and enough", 600, 50, 100, 10000, 60000, FORECAST_NEVER,
		  0 },
		{ "a delay of a millisecond", 1, 0, 1000, 10000, 1, FORECAST_NEVER, 0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct headroom h = { .pool = 50,
					    .free = rows[i].free,
					    .is_reused = true };
		const struct reuse reuse = { 1, rows[i].delay_ms };
		const struct group g = { .n_recent = rows[i].n_recent,
					 .recent_oldest_ms = rows[i].oldest_ms,
					 .n_young = rows[i].young };

		expect(rows[i].what, forecast_from_closes(&h, &g, &reuse), rows[i].kind,
		       rows[i].seconds);
	}
}

TEST(of_two_readings_the_growth_tells)
{
	expect("100 in 10 s, 50 left", forecast_from_growth(50, 100, 200, 10),
	       FORECAST_AT, 5);
	expect("standing still", forecast_from_growth(50, 200, 200, 10), FORECAST_NEVER,
	       0);
	expect("falling", forecast_from_growth(50, 200, 100, 10), FORECAST_NEVER, 0);
	expect("nothing left", forecast_from_growth(0, 200, 100, 10), FORECAST_AT, 0);
	expect("less than nothing", forecast_from_growth(-5, 100, 200, 10), FORECAST_AT,
	       0);
	assert_true(fabs(forecast_from_growth(50, 100, 200, 10).per_second - 10) < 1e-9);
}

/*
 * The kernel, with one destination: each connect() takes a port, its close is the first,
 * and so the port is in TIME_WAIT at once. The timer wheel lets all that end within the
 * same 2.048 s end together, at the end of these (facts measured, HZ=250).
 */
#define WHEEL_SECONDS 2.048
#define HORIZON	      200.0

struct kernel {
	unsigned n_ports;
	double rate;
	double delay; /* of tcp_tw_reuse; 0: off */
	double jitter;
	/* what happened */
	double closed_at[100000], free_at[100000];
	unsigned n;
	double failed_at; /* HORIZON: never */
};

static uint64_t seed = 1;

/* 0 to 1, the same each time (xorshift64*) */
static double random_unit(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (double)((seed * UINT64_C(0x2545F4914F6CDD1D)) >> 11) / 9007199254740992.0;
}

static void simulate(struct kernel *k)
{
	double phase = random_unit() * WHEEL_SECONDS, t = 0;
	unsigned oldest = 0; /* of those that hold a port */

	k->failed_at = HORIZON;
	for (k->n = 0; t < HORIZON && k->n < N(k->closed_at); k->n++) {
		while (oldest < k->n && k->free_at[oldest] <= t)
			oldest++;
		if (k->n - oldest == k->n_ports) {
			if (k->delay == 0 || t - k->closed_at[oldest] < k->delay) {
				k->failed_at = t;
				return;
			}
			k->free_at[oldest] = t; /* taken over */
		}
		k->closed_at[k->n] = t;
		k->free_at[k->n] =
			ceil((t + 60 + phase) / WHEEL_SECONDS) * WHEEL_SECONDS - phase;
		t += (1 + (random_unit() * 2 - 1) * k->jitter) / k->rate;
	}
}

static struct socket_row time_wait(uint16_t port, double age)
{
	return (struct socket_row){
		.state = TCP_TIME_WAIT,
		.is_mini = true,
		.local = { htonl(0x0A000001) },
		.remote = { htonl(0x0A000002) },
		.local_port = port,
		.remote_port = 443,
		.expires_ms = age < 60 ? (uint32_t)lround(60000 - age * 1000) : 0,
	};
}

/* What a dump at that time makes of it. */
static struct forecast forecast_at(const struct kernel *k, double now,
				   struct headroom *ret_headroom)
{
	struct reuse reuse = { k->delay > 0, (uint32_t)lround(k->delay * 1000) };
	struct port_pool pool = { .is_known = true, .low = 1024, .n = k->n_ports };
	struct grouping how = { .by = GROUP_BY_PEER,
				.pool = &pool,
				.reuse_delay_ms = reuse.delay_ms };
	struct forecast f = { 0 };
	struct socket_taker taker;
	struct groups g;

	pool.high = (uint16_t)(pool.low + k->n_ports - 1);
	for (uint32_t port = pool.low; port <= pool.high; port++)
		ports_add(&pool.at, (uint16_t)port);
	groups_init(&g, &how);
	taker = groups_taker(&g);
	for (unsigned i = 0; i < k->n && k->closed_at[i] <= now; i++) {
		struct socket_row row = time_wait((uint16_t)(pool.low + i % k->n_ports),
						  now - k->closed_at[i]);

		if (k->free_at[i] > now)
			taker.add(taker.to, &row);
	}
	*ret_headroom = headroom_of(&g, groups_at(&g, 0), &reuse);
	f = forecast_from_closes(ret_headroom, groups_at(&g, 0), &reuse);
	groups_done(&g);
	return f;
}

static double log_uniform(double low, double high)
{
	return low * pow(high / low, random_unit());
}

/*
 * Within a fifth, half a second, or a connection and a half: the first that fails is the
 * one behind the last port.
 */
static void expect_end(const struct kernel *k, double now)
{
	struct headroom h;
	struct forecast f = forecast_at(k, now, &h);
	double left = k->failed_at - now;
	double tolerance = fmax(left * 0.2, fmax(0.5, 1.5 / k->rate));

	if (f.kind != FORECAST_AT || fabs(f.seconds - left) > tolerance)
		fail_msg("%.2f/s on %u ports at %.1f s: %s in %.2f s (%u free, %.2f/s), "
			 "and it is in %.2f s",
			 k->rate, k->n_ports, now, kinds[f.kind], f.seconds, h.free,
			 f.per_second, left);
}

static void expect_no_end(const struct kernel *k, double now)
{
	struct headroom h;
	struct forecast f = forecast_at(k, now, &h);

	if (f.kind != FORECAST_NEVER)
		fail_msg("%.2f/s on %u ports at %.1f s: %s in %.2f s (%u free, %.2f/s), "
			 "and it is never",
			 k->rate, k->n_ports, now, kinds[f.kind], f.seconds, h.free,
			 f.per_second);
}

static struct kernel kernel;

TEST(a_pool_too_small_runs_out_when_it_was_said)
{
	static const double shares[] = { 0.5, 0.6, 0.75, 0.9, 0.97 };

	for (int run = 0; run < 120; run++) {
		kernel = (struct kernel){ .rate = log_uniform(1, 400) };
		/* of a few closes the mean says little where they are irregular */
		kernel.jitter = fmin(run % 3 * 0.4, kernel.rate / 50);
		/* it runs out between 12 and 58 s; before 60 s nothing comes back */
		kernel.n_ports = (unsigned)(kernel.rate * (12 + random_unit() * 46));
		simulate(&kernel);
		assert_true(kernel.failed_at < 60);
		for (size_t i = 0; i < N(shares); i++)
			expect_end(&kernel, kernel.failed_at * shares[i]);
	}
}

TEST(after_a_few_seconds_of_history_it_is_known_too)
{
	for (int run = 0; run < 100; run++) {
		kernel = (struct kernel){ .rate = log_uniform(5, 400) };
		kernel.n_ports = (unsigned)(kernel.rate * (12 + random_unit() * 46));
		simulate(&kernel);
		expect_end(&kernel, 2.5);
		expect_end(&kernel, 5);
	}
}

TEST(a_pool_large_enough_never_runs_out)
{
	static const double times[] = { 6, 10, 20, 31, 45, 59, 61, 62, 63, 70, 90, 150 };

	for (int run = 0; run < 60; run++) {
		kernel = (struct kernel){ .rate = log_uniform(2, 400) };
		/* 62.05 s is the longest that a port is held */
		kernel.n_ports = (unsigned)(kernel.rate * (65 + random_unit() * 60) + 2);
		simulate(&kernel);
		assert_true(kernel.failed_at == HORIZON);
		for (size_t i = 0; i < N(times); i++)
			expect_no_end(&kernel, times[i]);
	}
}

TEST(with_reuse_only_the_delay_counts)
{
	static const double delays[] = { 1, 5, 20, 50 };

	for (int run = 0; run < 100; run++) {
		double share = random_unit();

		kernel = (struct kernel){ .rate = log_uniform(5, 400),
					  .delay = delays[run % 4] };
		kernel.n_ports =
			(unsigned)(kernel.rate * kernel.delay *
					   (run % 2 ? 0.4 + share * 0.5 : 1.15 + share) +
				   (run % 2 ? 0 : 2));
		simulate(&kernel);
		assert_int_equal(kernel.failed_at < HORIZON, run % 2);
		if (run % 2 && kernel.failed_at > 2)
			expect_end(&kernel, kernel.failed_at * 0.6);
		else if (run % 2 == 0)
			for (double now = 2; now < 150; now += 13)
				expect_no_end(&kernel, now);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_few_closes_are_no_rate),
		cmocka_unit_test(
			a_rate_is_told_by_the_closes_and_the_time_since_the_first),
		cmocka_unit_test(what_ends_gives_its_port_back_in_its_order),
		cmocka_unit_test(ports_that_come_back_after_a_delay_go_round),
		cmocka_unit_test(of_two_readings_the_growth_tells),
		cmocka_unit_test(a_pool_too_small_runs_out_when_it_was_said),
		cmocka_unit_test(after_a_few_seconds_of_history_it_is_known_too),
		cmocka_unit_test(a_pool_large_enough_never_runs_out),
		cmocka_unit_test(with_reuse_only_the_delay_counts),
	};

	return cmocka_run_group_tests_name("forecast", tests, NULL, NULL);
}
