/* SPDX-License-Identifier: MIT */
/* Claims about TIME_WAIT. */
#include <netinet/tcp.h>

#include "core/trial.h"
#include "core/trials_timewait.h"

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
	.title = "TIME_WAIT lasts 60 s whatever tcp_fin_timeout says",
	.claim = "TIME_WAIT lasts 60 seconds, whatever tcp_fin_timeout says.",
	.control = "tcp_fin_timeout at its default, 60",
	.treatment = "tcp_fin_timeout 1, 30 and 120",
	.follows =
		"No value of tcp_fin_timeout makes a TIME_WAIT shorter, longer or fewer. The "
		"60 seconds are compiled into the kernel.",
	.source = "TCP_TIMEWAIT_LEN in include/net/tcp.h; tcp_time_wait() in "
		  "net/ipv4/tcp_minisocks.c",
	.at_length = "waits until the TIME_WAIT are gone; this read their timers",
	.topics = "tcp_fin_timeout time-wait 2msl",
	.arms = time_wait_length_arms,
	.knob = "tcp_fin_timeout",
	.knob_min = 0,
	.knob_max = 8000,
	.make = time_wait_length_make,
};

/* All of TIMEWAIT_CONNECTIONS, as many as the limit allows, and the rest without. */
#define BUCKETS(KEPT, REFUSED)                                                        \
	{                                                                             \
		EXACTLY("sockets in TIME_WAIT", TRIAL_COUNT, KEPT),                   \
			EXACTLY("TCPTimeWaitOverflow grew by", TRIAL_COUNT, REFUSED), \
			EXACTLY("resets sent", TRIAL_COUNT, 0),                       \
	}
#define MAX_TW_BUCKETS(N)                             \
	.label = "tcp_max_tw_buckets = " N, .set = {  \
		{ "net.ipv4.tcp_max_tw_buckets", N }, \
	}

static const struct arm tw_buckets_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "tcp_max_tw_buckets at its default",
	  .about_ms = 50,
	  .expects = BUCKETS(TIMEWAIT_CONNECTIONS, 0) },
	{ .role = ARM_TREATMENT,
	  MAX_TW_BUCKETS("5"),
	  .about_ms = 50,
	  .expects = BUCKETS(5, TIMEWAIT_CONNECTIONS - 5) },
	{ .role = ARM_TREATMENT,
	  MAX_TW_BUCKETS("0"),
	  .about_ms = 50,
	  .expects = BUCKETS(0, TIMEWAIT_CONNECTIONS) },
	{ .label = NULL },
};

static void tw_buckets_make(int64_t value, struct arm *ret)
{
	*ret = tw_buckets_arms[1];
	ret->expects[0].low = ret->expects[0].high = value;
	ret->expects[1].low = ret->expects[1].high = TIMEWAIT_CONNECTIONS - value;
}

const struct trial trial_tw_buckets = {
	.name = "tw-buckets",
	.title = "beyond tcp_max_tw_buckets TIME_WAIT is skipped",
	.claim = "Beyond tcp_max_tw_buckets a connection that is closed skips TIME_WAIT. "
		 "No reset is sent; the counter TCPTimeWaitOverflow tells of it.",
	.control =
		"20 connections closed by the client first, tcp_max_tw_buckets as it is",
	.treatment = "the same with tcp_max_tw_buckets 5, and 0",
	.follows =
		"A low tcp_max_tw_buckets shortens no TIME_WAIT: it leaves the "
		"connections beyond it without any. Watch TCPTimeWaitOverflow; where it "
		"grows, raise the limit.",
	.source = "inet_twsk_alloc() in net/ipv4/inet_timewait_sock.c refuses; "
		  "tcp_time_wait() in net/ipv4/tcp_minisocks.c counts. RFC 9293, section "
		  "3.6.1 (MUST-13), requires the TIME_WAIT",
	.topics =
		"tcp_max_tw_buckets time-wait-bucket-table-overflow tw-buckets-overflow",
	.arms = tw_buckets_arms,
	.knob = "tcp_max_tw_buckets",
	.knob_min = 0,
	.knob_max = TIMEWAIT_CONNECTIONS,
	.make = tw_buckets_make,
};
