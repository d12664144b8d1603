/* SPDX-License-Identifier: MIT */
/* Claims about FIN_WAIT_1 and FIN_WAIT_2. */
#include <netinet/tcp.h>

#include "core/socket.h"
#include "core/trial.h"

enum { TIME_WAIT_S = 60 }; /* TCP_TIMEWAIT_LEN, include/net/tcp.h */

/* Up to 60 s one timer, above two of what is beyond 60 s. */
#define ORPHANED(WHAT, MS, TIMERS)                                                       \
	{ .what = (WHAT),                                                                \
	  .unit = TRIAL_MS,                                                              \
	  .low = (MS),                                                                   \
	  .high = (MS),                                                                  \
	  .timers = (TIMERS) },                                                          \
	{                                                                                \
		.what = "the server's end, which was told nothing", .unit = TRIAL_STATE, \
		.low = TCP_CLOSE_WAIT, .high = TCP_CLOSE_WAIT                            \
	}
#define ORPHAN(MS, TIMERS)                                    \
	{                                                     \
		ORPHANED("the FIN_WAIT_2 lasted", MS, TIMERS) \
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
	.title = "tcp_fin_timeout above 60 means 2 x (N - 60) s",
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
	.at_length = "measures 60, 65, 90 and 120 as well",
	.topics = "tcp_fin_timeout fin-wait-2",
	.arms = fin_wait_2_timeout_arms,
	.knob = "tcp_fin_timeout",
	.knob_min = 1,
	.knob_max = 3600,
	.make = fin_wait_2_timeout_make,
};

#define HELD(MS)                                                                  \
	.role = ARM_TREATMENT, .label = "shutdown(SHUT_WR), the descriptor kept", \
	.set = { { "net.ipv4.tcp_fin_timeout", "1" } }, .number = (MS),           \
	.about_ms = (MS) + 1100,                                                  \
	.expects = {                                                              \
		ORPHANED("after close(), the FIN_WAIT_2 lasted", 1000, 1),        \
		{ .what = "before close(), the FIN_WAIT_2 lasted",                \
		  .unit = TRIAL_MS,                                               \
		  .low = (MS),                                                    \
		  .high = INT64_MAX },                                            \
		{ .what = "before close(), the socket was at last in",            \
		  .unit = TRIAL_STATE,                                            \
		  .low = TCP_FIN_WAIT2,                                           \
		  .high = TCP_FIN_WAIT2 },                                        \
		{ .what = "its timer then",                                       \
		  .unit = TRIAL_TIMER,                                            \
		  .low = TIMER_NONE,                                              \
		  .high = TIMER_NONE },                                           \
	}

static const struct arm fin_wait_2_held_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "close()",
	  .set = { { "net.ipv4.tcp_fin_timeout", "1" } },
	  .about_ms = 1100,
	  .expects = ORPHAN(1000, 1) },
	{ HELD(5000) },
	{ HELD(130000), .is_long = true },
	{ .label = NULL },
};

const struct trial trial_fin_wait_2_held = {
	.name = "fin-wait-2-held",
	.title = "after shutdown() FIN_WAIT_2 has no limit at all",
	.claim = "tcp_fin_timeout does not limit a FIN_WAIT_2 whose program keeps the "
		 "descriptor: after shutdown(SHUT_WR) no timer runs until close().",
	.control = "close() under tcp_fin_timeout 1: gone after a second",
	.treatment = "shutdown(SHUT_WR) under tcp_fin_timeout 1: it stays",
	.follows =
		"FIN_WAIT_2 with a process behind them are not the kernel's to end. A program "
		"that uses shutdown() needs a time limit of its own for the peer's answer.",
	.source =
		"tcp_rcv_state_process() in net/ipv4/tcp_input.c starts a timer at the ACK of "
		"the FIN only for a socket marked SOCK_DEAD, and __tcp_close() in "
		"net/ipv4/tcp.c, which marks it, for one already in FIN_WAIT_2; RFC 9293 "
		"section 3.6",
	.at_length = "watches it for 130 s",
	.topics = "fin-wait-2 close-vs-shutdown tcp_fin_timeout fin-wait2-held",
	.arms = fin_wait_2_held_arms,
};

/*
 * A silent peer. The FIN goes out again after one timeout (a tail loss probe), two, four,
 * eight ...; when a timer ends, the socket is given up if the first repeat but the probe is
 * longer ago than N doublings from 200 ms take, (2^(N+1) - 1) x 200 ms. So it ends at a
 * power of two of the timeout: 8 with 1, 16 with 2, 512 with 8. The timeout is 200 ms and
 * the round trip, rounded up to a tick: 201 ms at 1000 ticks a second, 210 ms at 100. A wrong
 * idea of the number of repeats is off by a factor of two.
 */
#define GIVEN_UP(TIMEOUTS, REPEATS)                                      \
	.expects = {                                                     \
		{ .what = "the FIN_WAIT_1 lasted",                       \
		  .unit = TRIAL_MS,                                      \
		  .low = (TIMEOUTS)*200,                                 \
		  .high = (TIMEOUTS)*210 * 9 / 8,                        \
		  .tolerance = #TIMEOUTS                                 \
		  " timeouts of 200 to 210 ms, each timer up "           \
		  "to an eighth late; one repeat more or fewer doubles " \
		  "or halves it" },                                      \
		{ .what = "times the FIN was repeated",                  \
		  .unit = TRIAL_COUNT,                                   \
		  .low = (REPEATS),                                      \
		  .high = (REPEATS) },                                   \
		{ .what = "connections given up (TCPAbortOnTimeout)",    \
		  .unit = TRIAL_COUNT,                                   \
		  .low = 1,                                              \
		  .high = 1 },                                           \
	}
/* At 8 s it is between 32 timeouts, where 3 would end it, and 64. */
#define GOES_ON                                                                       \
	.number = 8000, .about_ms = 8100,                                             \
	.expects = {                                                                  \
		{ .what = "the FIN_WAIT_1 lasted",                                    \
		  .unit = TRIAL_MS,                                                   \
		  .low = 8000,                                                        \
		  .high = INT64_MAX,                                                  \
		  .tolerance = "with 3 it would have ended after 32 timeouts of 200 " \
			       "to 210 ms" },                                         \
		{ .what = "times the FIN was repeated",                               \
		  .unit = TRIAL_COUNT,                                                \
		  .low = 6,                                                           \
		  .high = 6 },                                                        \
		{ .what = "connections given up (TCPAbortOnTimeout)",                 \
		  .unit = TRIAL_COUNT,                                                \
		  .low = 0,                                                           \
		  .high = 0 },                                                        \
	}
#define ORPHAN_RETRIES(N)                             \
	.label = "tcp_orphan_retries = " N, .set = {  \
		{ "net.ipv4.tcp_orphan_retries", N }, \
	}

static const struct arm orphan_retries_arms[] = {
	{ .role = ARM_CONTROL, ORPHAN_RETRIES("8"), GOES_ON },
	{ .role = ARM_TREATMENT, ORPHAN_RETRIES("0"), GOES_ON },
	{ .role = ARM_TREATMENT, ORPHAN_RETRIES("1"), .about_ms = 1700, GIVEN_UP(8, 3) },
	{ .role = ARM_TREATMENT, ORPHAN_RETRIES("2"), .about_ms = 3400, GIVEN_UP(16, 4) },
	{ .role = ARM_CONTROL,
	  ORPHAN_RETRIES("8"),
	  .is_long = true,
	  .about_ms = 108000,
	  GIVEN_UP(512, 9) },
	{ .role = ARM_TREATMENT,
	  ORPHAN_RETRIES("0"),
	  .is_long = true,
	  .about_ms = 108000,
	  GIVEN_UP(512, 9) },
	{ .label = NULL },
};

const struct trial trial_orphan_retries = {
	.name = "orphan-retries",
	.title = "tcp_orphan_retries 0 means 8, which is 108 s",
	.claim =
		"tcp_orphan_retries says how long a closed socket in FIN_WAIT_1 outlasts a "
		"silent peer: about 1.7 seconds with 1, 3.4 with 2. 0 does not mean at once, "
		"it means 8: about 108 seconds.",
	.control = "tcp_orphan_retries 8, which repeats the FIN for about 108 seconds",
	.treatment = "tcp_orphan_retries 0, which does the same; 1 and 2, which do not",
	.follows =
		"With 1 an outage of two seconds loses the end of an answer. 0 is not less "
		"than 1: it keeps the socket for about 108 seconds. The number is a time in "
		"disguise: most steps double it, and two neighbours may come to the same.",
	.source =
		"tcp_orphan_retries() in net/ipv4/tcp_timer.c makes 8 of 0; "
		"retransmits_timed_out() and tcp_model_timeout() there make a time of the "
		"number; RFC 1122 section 4.2.3.5",
	.at_length = "waits for the end with 0 and with 8",
	.topics = "tcp_orphan_retries fin-wait-1 orphans",
	.arms = orphan_retries_arms,
};
