/* SPDX-License-Identifier: MIT */
/* Claims about close() and shutdown(). */
#include <netinet/tcp.h>

#include "core/trial.h"
#include "core/trials_variants.h"

#define STATE(WHAT, STATE)                                                           \
	{                                                                            \
		.what = (WHAT), .unit = TRIAL_STATE, .low = (STATE), .high = (STATE) \
	}
/* Nothing was sent, and both ends are as they were. */
#define UNCHANGED                                                                 \
	STATE("the client was then in", TCP_ESTABLISHED),                         \
		STATE("the server was then in", TCP_ESTABLISHED),                 \
	{                                                                         \
		.what = "segments sent", .unit = TRIAL_COUNT, .low = 0, .high = 0 \
	}
#define FIN_SENT                                                                   \
	STATE("the client was then in", TCP_FIN_WAIT2),                            \
		STATE("the server was then in", TCP_CLOSE_WAIT),                   \
	{                                                                          \
		.what = "segments sent", .unit = TRIAL_COUNT, .low = 2, .high = 4, \
		.tolerance = "a FIN and its ACK, and both once more where "        \
			     "the ACK is late on a busy machine"                   \
	}

static const struct arm close_vs_shutdown_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "one process holds the socket: close()",
	  .variant = CLOSE_ALONE,
	  .about_ms = 100,
	  .expects = { FIN_SENT } },
	{ .role = ARM_TREATMENT,
	  .label = "two processes hold the socket: close() in one",
	  .variant = CLOSE_SHARED,
	  .about_ms = 700,
	  .expects = { UNCHANGED,
		       STATE("with the other process gone, the client was in",
			     TCP_FIN_WAIT2),
		       STATE("with the other process gone, the server was in",
			     TCP_CLOSE_WAIT) } },
	{ .role = ARM_TREATMENT,
	  .label = "two processes hold the socket: shutdown(SHUT_WR) in one",
	  .variant = SHUTDOWN_WR_SHARED,
	  .about_ms = 100,
	  .expects = { FIN_SENT } },
	{ .role = ARM_TREATMENT,
	  .label = "one process holds the socket: shutdown(SHUT_RD)",
	  .variant = SHUTDOWN_RD_ALONE,
	  .about_ms = 600,
	  .expects = { UNCHANGED } },
	{ .label = NULL },
};

const struct trial trial_close_vs_shutdown = {
	.name = "close-vs-shutdown",
	.title = "close() of a shared socket sends no FIN, shutdown() does",
	.claim =
		"close() sends a FIN only where no other process holds the socket; "
		"shutdown(SHUT_WR) sends it whoever holds it, and shutdown(SHUT_RD) sends "
		"nothing.",
	.control = "close() of a socket that one process holds: a FIN goes out",
	.treatment = "close() and shutdown(SHUT_WR) after fork(), and shutdown(SHUT_RD)",
	.follows =
		"A descriptor that a child inherited keeps a connection open behind the "
		"parent's close(): open sockets with SOCK_CLOEXEC, or call shutdown() before "
		"close(). The peer cannot see that its partner no longer reads.",
	.source =
		"tcp_shutdown() in net/ipv4/tcp.c sends for SEND_SHUTDOWN alone; inet_release() "
		"in net/ipv4/af_inet.c, which calls tcp_close(), runs when the last reference "
		"to the file is dropped, fput() in fs/file_table.c; RFC 9293 section 3.6",
	.topics = "close-vs-shutdown active-close passive-close",
	.arms = close_vs_shutdown_arms,
};
