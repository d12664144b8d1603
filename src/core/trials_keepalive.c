/* SPDX-License-Identifier: MIT */
/* Claims about keepalive. */
#include "core/trial.h"
#include "core/trials_variants.h"

#define FIRST_PROBE                                                                      \
	{                                                                                \
		.what = "from SO_KEEPALIVE to the first probe it was", .unit = TRIAL_MS, \
		.low = 1000, .high = 1000, .timers = 1                                   \
	}
#define ARMED(WHAT)                                                             \
	{                                                                       \
		.what = (WHAT), .unit = TRIAL_MS, .low = 99900, .high = 100100, \
		.tolerance = "ten ticks of the slowest clock Linux is "         \
			     "built with, for a look on a busy machine"         \
	}

static const struct arm keepalive_armed_arms[] = {
	{ .role = ARM_CONTROL,
	  .variant = KEEPALIVE_AFTER,
	  .label = "tcp_keepalive_time = 1, then SO_KEEPALIVE",
	  .set = { { "net.ipv4.tcp_keepalive_time", "1" } },
	  .about_ms = 1100,
	  .expects = { FIRST_PROBE } },
	{ .role = ARM_TREATMENT,
	  .variant = KEEPALIVE_BEFORE,
	  .label = "SO_KEEPALIVE, then tcp_keepalive_time = 1",
	  .set = { { "net.ipv4.tcp_keepalive_time", "100" } },
	  .number = 2500,
	  .about_ms = 3600,
	  .expects = { FIRST_PROBE,
		       ARMED("its timer was armed for"),
		       { .what = "probes in 2.5 s under tcp_keepalive_time = 1",
			 .unit = TRIAL_COUNT,
			 .low = 0,
			 .high = 0 },
		       ARMED("its timer, asked again, was armed for") } },
	{ .label = NULL },
};

const struct trial trial_keepalive_armed = {
	.name = "keepalive-armed",
	.title = "tcp_keepalive_time leaves timers that run alone",
	.claim =
		"A new tcp_keepalive_time does not touch timers that run: a socket that is to "
		"send its probe in 100 seconds sends it in 100 seconds, until its program "
		"switches SO_KEEPALIVE off and on.",
	.control = "SO_KEEPALIVE switched on under tcp_keepalive_time 1",
	.treatment =
		"SO_KEEPALIVE switched on under tcp_keepalive_time 100, which then becomes 1",
	.follows =
		"After a write to tcp_keepalive_time, connections that were already there go on "
		"with the wait they have, up to two hours by default. Who needs the new one "
		"sooner restarts the program, or has it set TCP_KEEPIDLE.",
	.source = "tcp_set_keepalive() in net/ipv4/tcp_timer.c arms the timer with what "
		  "keepalive_time_when() in include/net/tcp.h reads at that moment; "
		  "tcp_keepalive_timer() reads it again when the timer ends",
	.topics = "tcp_keepalive_time",
	.arms = keepalive_armed_arms,
};
