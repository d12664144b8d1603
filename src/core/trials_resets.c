/* SPDX-License-Identifier: MIT */
/* Claims about connections that end with a RST. */
#include "core/trials_resets.h"

#include <errno.h>
#include <netinet/tcp.h>

#include "core/trial.h"

/* COUNTER: which one tells it. */
#define END(COUNTER, ERRNO, PEER, CLOSER, RESETS)                                              \
	{                                                                                      \
		[RESET_PEER_READS] = { .what = "the server's read() came to",                  \
				       .unit = TRIAL_ERRNO,                                    \
				       .low = (ERRNO),                                         \
				       .high = (ERRNO) },                                      \
		[RESET_PEER_SOCKET] = { .what = "the server's socket, before its own close()", \
					.unit = TRIAL_STATE,                                   \
					.low = (PEER),                                         \
					.high = (PEER) },                                      \
		[RESET_CLOSER_SOCKET] = { .what = "the client's socket, after both close()",   \
					  .unit = TRIAL_STATE,                                 \
					  .low = (CLOSER),                                     \
					  .high = (CLOSER) },                                  \
		[RESET_COUNTED] = { .what = COUNTER " has counted",                            \
				    .unit = TRIAL_COUNT,                                       \
				    .low = (RESETS),                                           \
				    .high = (RESETS) },                                        \
		[RESET_RSTS] = { .what = "RSTs sent (OutRsts)",                                \
				 .unit = TRIAL_COUNT,                                          \
				 .low = (RESETS),                                              \
				 .high = (RESETS) },                                           \
	}
#define ORDERLY(COUNTER) END(COUNTER, 0, TCP_CLOSE_WAIT, TCP_TIME_WAIT, 0)
#define RESET(COUNTER)	 END(COUNTER, ECONNRESET, 0, 0, 1)

static const struct arm linger_zero_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "close()",
	  .variant = RESET_PLAIN,
	  .expects = ORDERLY("TCPAbortOnData") },
	{ .role = ARM_TREATMENT,
	  .label = "SO_LINGER { 1, 0 }, close()",
	  .variant = RESET_LINGER_ZERO,
	  .expects = RESET("TCPAbortOnData") },
	{ .label = NULL },
};

const struct trial trial_linger_zero = {
	.name = "linger-zero",
	.title = "SO_LINGER with 0 sends a RST and leaves no TIME_WAIT",
	.claim =
		"With SO_LINGER on and a linger time of 0, close() sends a RST in place of a "
		"FIN: no TIME_WAIT stays, and the peer's read() fails with ECONNRESET.",
	.control = "a plain close()",
	.treatment = "close() after setsockopt(SO_LINGER) with { 1, 0 }",
	.follows =
		"Programs that avoid TIME_WAIT in this way throw away what they had still to "
		"send, and their peers log \"connection reset by peer\". TCPAbortOnData counts "
		"them.",
	.source = "__tcp_close() and tcp_disconnect() in net/ipv4/tcp.c; socket(7)",
	.topics = "time-wait close-vs-shutdown active-close",
	.arms = linger_zero_arms,
};

static const struct arm unread_close_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "close(), all bytes read",
	  .variant = RESET_READ,
	  .expects = ORDERLY("TCPAbortOnClose") },
	{ .role = ARM_TREATMENT,
	  .label = "close(), bytes unread",
	  .variant = RESET_UNREAD,
	  .expects = RESET("TCPAbortOnClose") },
	{ .label = NULL },
};

const struct trial trial_unread_close = {
	.name = "unread-close",
	.title = "close() with unread bytes sends a RST",
	.claim =
		"close() with received bytes that nobody has read sends a RST in place of a "
		"FIN: no TIME_WAIT stays, and the peer's read() fails with ECONNRESET.",
	.control = "the same bytes, read before close()",
	.treatment = "close() with the bytes in the receive buffer",
	.follows =
		"Who closes without reading to the end resets the connection and throws away "
		"what was still to be sent. No knob changes it: the program has to read first. "
		"TCPAbortOnClose counts these.",
	.source = "__tcp_close() in net/ipv4/tcp.c; RFC 9293 section 3.6.1 (SHLD-3); RFC "
		  "2525 section 2.17",
	.topics = "time-wait close-vs-shutdown active-close",
	.arms = unread_close_arms,
};
