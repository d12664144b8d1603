/* SPDX-License-Identifier: MIT */
/* Claims about CLOSE_WAIT. */
#include <errno.h>
#include <netinet/tcp.h>

#include "core/socket.h"
#include "core/trial.h"
#include "core/trials_variants.h"

/* Every knob that is said to help against it. */
#define ALL_SMALL                                         \
	.set = {                                          \
		{ "net.ipv4.tcp_fin_timeout", "1" },      \
		{ "net.ipv4.tcp_keepalive_time", "1" },   \
		{ "net.ipv4.tcp_keepalive_intvl", "1" },  \
		{ "net.ipv4.tcp_keepalive_probes", "1" }, \
		{ "net.ipv4.tcp_retries2", "1" },         \
		{ "net.ipv4.tcp_orphan_retries", "1" },   \
	}
#define ONE(WHAT, UNIT, VALUE)                                                  \
	{                                                                       \
		.what = (WHAT), .unit = (UNIT), .low = (VALUE), .high = (VALUE) \
	}
#define LASTED "the CLOSE_WAIT lasted"
#define PROBES "keepalive probes sent"
#define TOLD   "the error the server's program was told"
#define STATE  "the socket was at last in"

#define NO_KEEPALIVE(MS)                                                              \
	.role = ARM_TREATMENT, .variant = PEER_GONE,                                  \
	.label = "every knob 1, without SO_KEEPALIVE", ALL_SMALL, .number = (MS),     \
	.expects = {                                                                  \
		{ .what = LASTED, .unit = TRIAL_MS, .low = (MS), .high = INT64_MAX }, \
		ONE(PROBES, TRIAL_COUNT, 0),                                          \
		ONE(TOLD, TRIAL_ERRNO, 0),                                            \
		ONE(STATE, TRIAL_STATE, TCP_CLOSE_WAIT),                              \
		ONE("its timer then", TRIAL_TIMER, TIMER_NONE),                       \
	}
#define HALF_CLOSED(MS, LEAST_PROBES, MOST_PROBES)                                    \
	.role = ARM_TREATMENT, .variant = PEER_HALF_CLOSED_KEEPALIVE,                 \
	.label = "SO_KEEPALIVE, and a peer that only shut down", ALL_SMALL,           \
	.number = (MS),                                                               \
	.expects = {                                                                  \
		{ .what = LASTED, .unit = TRIAL_MS, .low = (MS), .high = INT64_MAX }, \
		{ .what = PROBES,                                                     \
		  .unit = TRIAL_COUNT,                                                \
		  .low = (LEAST_PROBES),                                              \
		  .high = (MOST_PROBES),                                              \
		  .tolerance = "one a second, each a little late" },                  \
		ONE(TOLD, TRIAL_ERRNO, 0),                                            \
		ONE(STATE, TRIAL_STATE, TCP_CLOSE_WAIT),                              \
	}

static const struct arm close_wait_forever_arms[] = {
	{ .role = ARM_CONTROL,
	  .variant = PEER_GONE_KEEPALIVE,
	  .label = "SO_KEEPALIVE, and a peer that is gone",
	  ALL_SMALL,
	  .number = 2000,
	  .about_ms = 2200,
	  .expects = { { .what = "from SO_KEEPALIVE on, the CLOSE_WAIT lasted",
			 .unit = TRIAL_MS,
			 .low = 1000,
			 .high = 1000,
			 .timers = 1 },
		       ONE(PROBES, TRIAL_COUNT, 1),
		       ONE(TOLD, TRIAL_ERRNO, EPIPE),
		       ONE(STATE, TRIAL_STATE, 0) } },
	{ NO_KEEPALIVE(5000), .about_ms = 5100 },
	{ HALF_CLOSED(5000, 3, 5), .about_ms = 5100 },
	{ NO_KEEPALIVE(120000), .is_long = true, .about_ms = 120100 },
	{ HALF_CLOSED(120000, 90, 120), .is_long = true, .about_ms = 120100 },
	{ .label = NULL },
};

const struct trial trial_close_wait_forever = {
	.name = "close-wait-forever",
	.title = "no sysctl ends a CLOSE_WAIT",
	.claim =
		"No sysctl ends a CLOSE_WAIT. SO_KEEPALIVE, which the program must set itself, "
		"does so only where the peer no longer answers for the connection.",
	.control = "SO_KEEPALIVE towards a peer that is gone: ended by the first probe",
	.treatment =
		"all knobs at 1 without SO_KEEPALIVE; SO_KEEPALIVE towards a peer that "
		"keeps its half",
	.follows =
		"CLOSE_WAIT that pile up are connections which a program of this host forgot "
		"to close. The cure is in that program; a restart frees them until then.",
	.source =
		"tcp_fin() in net/ipv4/tcp_input.c enters CLOSE_WAIT and arms no timer; "
		"tcp_keepalive_timer() in net/ipv4/tcp_timer.c, tcp_reset() in "
		"net/ipv4/tcp_input.c; RFC 9293 section 3.3.2: CLOSE-WAIT waits for the "
		"local user",
	.at_length = "watches them for two minutes",
	.topics = "close-wait passive-close tcp_fin_timeout tcp_keepalive_time "
		  "close-wait-held",
	.arms = close_wait_forever_arms,
};
