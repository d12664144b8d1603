/* SPDX-License-Identifier: MIT */
#include "sys/clock.h"

#include <errno.h>
#include <time.h>

static int64_t read_ms(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int64_t clock_boottime_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

void clock_sleep_ms(int64_t ms)
{
	const struct timespec time = { .tv_sec = ms / 1000,
				       .tv_nsec = ms % 1000 * 1000000L };
	struct timespec left = time;

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

unsigned clock_hz(void)
{
	struct timespec tick = { 0 };

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0 || tick.tv_sec != 0 ||
	    tick.tv_nsec <= 0)
		return 100; /* the slowest there is */
	return (unsigned)((1000000000L + tick.tv_nsec / 2) / tick.tv_nsec);
}
