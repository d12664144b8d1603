/* SPDX-License-Identifier: MIT */
/* Claims about connections that come in. */
#include "core/trials_listening.h"

#include <errno.h>
#include <netinet/tcp.h>

#include "core/trial.h"

/*
 * The handshake goes on after a second, when both the SYN and the SYN-ACK are sent again;
 * each may bring about an ACK.
 */
#define RESENT "the SYN and the SYN-ACK are both due again, and either draws an ACK"

#define COUNTER(MEASURE, WHAT, LOW, HIGH, TOLERANCE) \
	[MEASURE] = { .what = (WHAT),                \
		      .unit = TRIAL_COUNT,           \
		      .low = (LOW),                  \
		      .high = (HIGH),                \
		      .tolerance = (TOLERANCE) }
#define ENDS(CLIENT, ERRNO, SERVER)                                \
	[OVERFLOW_CLIENT] = { .what = "the client's socket",       \
			      .unit = TRIAL_STATE,                 \
			      .low = (CLIENT),                     \
			      .high = (CLIENT) },                  \
	[OVERFLOW_READ] = { .what = "the client's read() came to", \
			    .unit = TRIAL_ERRNO,                   \
			    .low = (ERRNO),                        \
			    .high = (ERRNO) },                     \
	[OVERFLOW_SERVER] = { .what = "the server's end",          \
			      .unit = TRIAL_STATE,                 \
			      .low = (SERVER),                     \
			      .high = (SERVER) }
#define OVERFLOWS(LOW, HIGH, TOLERANCE) \
	COUNTER(OVERFLOW_OVERFLOWS, "ListenOverflows has counted", LOW, HIGH, TOLERANCE)
#define EMBRYONIC(N) COUNTER(OVERFLOW_EMBRYONIC, "EmbryonicRsts has counted", N, N, NULL)
#define RSTS(LOW, HIGH, TOLERANCE) \
	COUNTER(OVERFLOW_RSTS, "RSTs sent (OutRsts)", LOW, HIGH, TOLERANCE)
#define ABORT_ON_OVERFLOW(N)                             \
	.label = "tcp_abort_on_overflow = " N, .set = {  \
		{ "net.ipv4.tcp_abort_on_overflow", N }, \
	}

static const struct arm listen_overflow_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "room in the queue",
	  .variant = OVERFLOW_ROOM,
	  .about_ms = 1100,
	  .expects = { ENDS(TCP_ESTABLISHED, EAGAIN, TCP_ESTABLISHED),
		       OVERFLOWS(0, 0, NULL), EMBRYONIC(0), RSTS(0, 0, NULL) } },
	{ .role = ARM_TREATMENT,
	  ABORT_ON_OVERFLOW("0"),
	  .variant = OVERFLOW_FULL,
	  .about_ms = 1100,
	  .expects = { ENDS(TCP_ESTABLISHED, EAGAIN, TCP_SYN_RECV),
		       OVERFLOWS(1, 2, RESENT), EMBRYONIC(0), RSTS(0, 0, NULL) } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_abort_on_overflow = 0, the queue is emptied later",
	  .set = { { "net.ipv4.tcp_abort_on_overflow", "0" } },
	  .variant = OVERFLOW_LATER,
	  .about_ms = 3200,
	  .expects = { ENDS(TCP_ESTABLISHED, EAGAIN, TCP_ESTABLISHED),
		       OVERFLOWS(1, 2, RESENT), EMBRYONIC(0), RSTS(0, 0, NULL) } },
	{ .role = ARM_TREATMENT,
	  ABORT_ON_OVERFLOW("1"),
	  .variant = OVERFLOW_FULL,
	  .about_ms = 1100,
	  .expects = { ENDS(0, ECONNRESET, 0), OVERFLOWS(1, 2, RESENT), EMBRYONIC(1),
		       RSTS(1, 2, RESENT) } },
	{ .label = NULL },
};

const struct trial trial_listen_overflow = {
	.name = "listen-overflow",
	.title = "a full accept queue lets a client believe it is connected",
	.claim =
		"The last ACK of a handshake that meets a full accept queue is ignored with "
		"tcp_abort_on_overflow 0: the client believes that it is connected, and is so "
		"once there is room. With 1 it is answered with a RST.",
	.control = "the same handshake, and room in the queue",
	.treatment = "the queue is full when the ACK comes, with tcp_abort_on_overflow 0 "
		     "and 1",
	.follows =
		"With 0 a client of a server that is too slow hangs after a connect() that went "
		"well, and gets through once the server catches up; with 1 it hears at once "
		"and may go elsewhere. ListenOverflows counts both.",
	.source =
		"tcp_check_req() in net/ipv4/tcp_minisocks.c; tcp_v4_syn_recv_sock() in "
		"net/ipv4/tcp_ipv4.c",
	.topics = "tcp_abort_on_overflow accept-queue listen-overflow listen-queue-full "
		  "syn-recv somaxconn",
	.arms = listen_overflow_arms,
};
