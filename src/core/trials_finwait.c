/* SPDX-License-Identifier: MIT */
/* Claims about FIN_WAIT_1 and FIN_WAIT_2. */
#include <netinet/tcp.h>

#include "core/trial.h"

enum { TIME_WAIT_S = 60 }; /* TCP_TIMEWAIT_LEN, include/net/tcp.h */

/* Up to 60 s one timer, above two of what is beyond 60 s. */
#define ORPHAN(MS, TIMERS)                                                    \
	{                                                                     \
		{ .what = "the FIN_WAIT_2 lasted",                            \
		  .unit = TRIAL_MS,                                           \
		  .low = (MS),                                                \
		  .high = (MS),                                               \
		  .timers = (TIMERS) },                                       \
			{ .what = "the server's end, which was told nothing", \
			  .unit = TRIAL_STATE,                                \
			  .low = TCP_CLOSE_WAIT,                              \
			  .high = TCP_CLOSE_WAIT },                           \
	}
#define FIN_TIMEOUT(N)                             \
	.label = "tcp_fin_timeout = " N, .set = {  \
		{ "net.ipv4.tcp_fin_timeout", N }, \
	}

static const struct arm fin_wait_2_timeout_arms[] = {
	{ .role = ARM_CONTROL,
	  FIN_TIMEOUT("3"),
	  .about_ms = 3300,
	  .expects = ORPHAN(3000, 1) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("61"),
	  .about_ms = 2100,
	  .expects = ORPHAN(2000, 2) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("63"),
	  .about_ms = 6300,
	  .expects = ORPHAN(6000, 2) },
	{ .role = ARM_CONTROL,
	  FIN_TIMEOUT("60"),
	  .is_long = true,
	  .about_ms = 62000,
	  .expects = ORPHAN(60000, 1) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("65"),
	  .is_long = true,
	  .about_ms = 10400,
	  .expects = ORPHAN(10000, 2) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("90"),
	  .is_long = true,
	  .about_ms = 62000,
	  .expects = ORPHAN(60000, 2) },
	{ .role = ARM_TREATMENT,
	  FIN_TIMEOUT("120"),
	  .is_long = true,
	  .about_ms = 123000,
	  .expects = ORPHAN(120000, 2) },
	{ .label = NULL },
};

static void fin_wait_2_timeout_make(int64_t value, struct arm *ret)
{
	bool is_long = value > TIME_WAIT_S;
	int64_t ms = 1000 * (is_long ? 2 * (value - TIME_WAIT_S) : value);

	*ret = fin_wait_2_timeout_arms[1];
	ret->about_ms = (unsigned)ms;
	ret->expects[0].low = ret->expects[0].high = ms;
	ret->expects[0].timers = is_long ? 2 : 1;
}

const struct trial trial_fin_wait_2_timeout = {
	.name = "fin-wait-2-timeout",
	.claim =
		"A FIN_WAIT_2 that no process holds lasts tcp_fin_timeout seconds up to 60, and "
		"2 x (tcp_fin_timeout - 60) seconds above: 61 means two seconds.",
	.control = "tcp_fin_timeout 3, which lasts 3 seconds",
	.treatment = "tcp_fin_timeout 61 and 63, which last 2 and 6",
	.follows =
		"Whoever raises tcp_fin_timeout from 60 to a value below 90 makes FIN_WAIT_2 "
		"shorter, not longer. TIME_WAIT has no part in it: the peer never closed.",
	.source =
		"tcp_rcv_state_process() in net/ipv4/tcp_input.c arms what is beyond 60 s; "
		"tcp_keepalive_timer() in net/ipv4/tcp_timer.c subtracts 60 s once more",
	.topics = "tcp_fin_timeout fin-wait-2",
	.arms = fin_wait_2_timeout_arms,
	.knob = "tcp_fin_timeout",
	.knob_min = 1,
	.knob_max = 3600,
	.make = fin_wait_2_timeout_make,
};
