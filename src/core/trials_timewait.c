/* SPDX-License-Identifier: MIT */
/* Claims about TIME_WAIT. */
#include <netinet/tcp.h>

#include "core/trial.h"

/* The timer as inet_diag shows it, and as it ran out. */
#define ARMED(...)                                                                     \
	{                                                                              \
		{ .what = "its timer was armed for",                                   \
		  .unit = TRIAL_MS,                                                    \
		  .low = 59980,                                                        \
		  .high = 60020,                                                       \
		  .tolerance = "two ticks of the slowest clock Linux is built with" }, \
			__VA_ARGS__                                                    \
	}
#define GONE                                                                \
	{                                                                   \
		.what = "TIME_WAIT lasted", .unit = TRIAL_MS, .low = 60000, \
		.high = 60000, .timers = 1                                  \
	}
#define FIN_TIMEOUT(N)                             \
	.label = "tcp_fin_timeout = " N, .set = {  \
		{ "net.ipv4.tcp_fin_timeout", N }, \
	}

static const struct arm time_wait_length_arms[] = {
	{ .role = ARM_CONTROL, FIN_TIMEOUT("60"), .expects = ARMED({ NULL }) },
	{ .role = ARM_TREATMENT, FIN_TIMEOUT("1"), .expects = ARMED({ NULL }) },
	{ .role = ARM_TREATMENT, FIN_TIMEOUT("30"), .expects = ARMED({ NULL }) },
	{ .role = ARM_TREATMENT, FIN_TIMEOUT("120"), .expects = ARMED({ NULL }) },
	{ .role = ARM_CONTROL,
	  FIN_TIMEOUT("60"),
	  .is_long = true,
	  .about_ms = 62000,
	  .expects = ARMED(GONE) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("1"),
	  .is_long = true,
	  .about_ms = 62000,
	  .expects = ARMED(GONE) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("120"),
	  .is_long = true,
	  .about_ms = 62000,
	  .expects = ARMED(GONE) },
	{ .label = NULL },
};

static void time_wait_length_make(int64_t value, struct arm *ret)
{
	(void)value; /* that is the claim */
	*ret = time_wait_length_arms[1];
}

const struct trial trial_time_wait_length = {
	.name = "time-wait-length",
	.claim = "TIME_WAIT lasts 60 seconds, whatever tcp_fin_timeout says.",
	.control = "tcp_fin_timeout at its default, 60",
	.treatment = "tcp_fin_timeout 1, 30 and 120",
	.follows =
		"No value of tcp_fin_timeout makes a TIME_WAIT shorter, longer or fewer. The "
		"60 seconds are compiled into the kernel.",
	.source = "TCP_TIMEWAIT_LEN in include/net/tcp.h; tcp_time_wait() in "
		  "net/ipv4/tcp_minisocks.c",
	.topics = "tcp_fin_timeout time-wait 2msl",
	.arms = time_wait_length_arms,
	.knob = "tcp_fin_timeout",
	.knob_min = 0,
	.knob_max = 8000,
	.make = time_wait_length_make,
};
