/* SPDX-License-Identifier: MIT */
/* Claims about a segment that meets a TIME_WAIT: the peer's FIN again, a RST, a SYN. */
#include <errno.h>
#include <netinet/tcp.h>

#include "core/trial.h"
#include "core/trials_timewait.h"

#define AFTER_CLOSING(CLIENT, RESTARTS, SERVER, TOLD)                                    \
	{                                                                                \
		EXACTLY("the client's socket, which closed first", TRIAL_STATE, CLIENT), \
			EXACTLY("times its timer was started again", TRIAL_COUNT,        \
				RESTARTS),                                               \
			EXACTLY("the server's socket meanwhile", TRIAL_STATE, SERVER),   \
			EXACTLY("the server's socket in the end", TRIAL_STATE, 0),       \
			EXACTLY("the error the server's program was told", TRIAL_ERRNO,  \
				TOLD),                                                   \
	}

static const struct arm last_ack_lost_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "the last ACK arrives",
	  .variant = ACKS_ARRIVE,
	  .number = 3,
	  .about_ms = 3000,
	  .expects = AFTER_CLOSING(TCP_TIME_WAIT, 0, 0, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "the last ACK is lost",
	  .variant = ACKS_ARE_LOST,
	  .number = 3,
	  .about_ms = 2000,
	  .expects = AFTER_CLOSING(TCP_TIME_WAIT, 3, TCP_LAST_ACK, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "the last ACK is lost, and there is no TIME_WAIT",
	  .set = { { "net.ipv4.tcp_max_tw_buckets", "0" } },
	  .variant = ACKS_ARE_LOST,
	  .number = 3,
	  .about_ms = 3500,
	  .expects = AFTER_CLOSING(0, 0, TCP_LAST_ACK, ECONNRESET) },
	{ .label = NULL },
};

const struct trial trial_last_ack_lost = {
	.name = "last-ack-lost",
	.title = "TIME_WAIT answers a peer whose last ACK got lost",
	.claim = "If the last ACK is lost, the peer repeats its FIN: TIME_WAIT answers "
		 "it and starts its timer again. Without TIME_WAIT the peer is answered "
		 "by a reset.",
	.control =
		"every ACK arrives: the peer is gone at once, the timer just runs down",
	.treatment =
		"all that the server is sent is dropped, until its FIN came three times "
		"more; with TIME_WAIT, and with none (tcp_max_tw_buckets 0)",
	.follows =
		"This is what TIME_WAIT is for. Who does away with it lets a peer whose "
		"connection ended well see ECONNRESET. It also lasts longer than 60 "
		"seconds where ACKs get lost.",
	.source = "tcp_timewait_state_process() in net/ipv4/tcp_minisocks.c; RFC 9293, "
		  "section 3.10.7.4, TIME-WAIT",
	.topics = "time-wait 2msl last-ack",
	.arms = last_ack_lost_arms,
};

#define MET(SOCKET, RESTARTS)                                                     \
	{                                                                         \
		EXACTLY("the client's socket after it", TRIAL_STATE, SOCKET),     \
			EXACTLY("times its timer was started again", TRIAL_COUNT, \
				RESTARTS),                                        \
	}
#define RFC1337(VALUE)                             \
	.set = {                                   \
		{ "net.ipv4.tcp_rfc1337", VALUE }, \
	}

static const struct arm time_wait_assassination_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "tcp_rfc1337 = 0, an ACK",
	  RFC1337("0"),
	  .variant = SENT_ACK,
	  .about_ms = 1000,
	  .expects = MET(TCP_TIME_WAIT, 1) },
	{ .role = ARM_CONTROL,
	  .label = "tcp_rfc1337 = 0, a RST with another number",
	  RFC1337("0"),
	  .variant = SENT_RST_BEYOND,
	  .about_ms = 1000,
	  .expects = MET(TCP_TIME_WAIT, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_rfc1337 = 0, a RST",
	  RFC1337("0"),
	  .variant = SENT_RST,
	  .about_ms = 1000,
	  .expects = MET(0, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_rfc1337 = 1, a RST",
	  RFC1337("1"),
	  .variant = SENT_RST,
	  .about_ms = 1000,
	  .expects = MET(TCP_TIME_WAIT, 0) },
	{ .label = NULL },
};

const struct trial trial_time_wait_assassination = {
	.name = "time-wait-assassination",
	.title = "a RST ends TIME_WAIT unless tcp_rfc1337 is 1",
	.claim = "A RST with the very sequence number that is awaited ends TIME_WAIT at "
		 "once if tcp_rfc1337 is 0. If it is 1, TIME_WAIT stays, and its timer "
		 "goes on.",
	.control =
		"tcp_rfc1337 0, and what ends no TIME_WAIT: an ACK in the RST's place, "
		"and a RST that is one number off",
	.treatment = "the RST, with tcp_rfc1337 0 and 1",
	.follows =
		"By default the peer's host, or anyone who knows the sequence numbers, can end "
		"a TIME_WAIT early. tcp_rfc1337 = 1 turns the protection on; the kernel's "
		"ip-sysctl text has it the wrong way round.",
	.source = "tcp_timewait_state_process() in net/ipv4/tcp_minisocks.c; RFC 1337, "
		  "fix F1",
	.topics = "tcp_rfc1337 time-wait-assassination",
	.arms = time_wait_assassination_arms,
};

#define THROUGH_ONE_PORT(CONNECTIONS, ERROR)                                           \
	{                                                                              \
		EXACTLY("connections through the one port", TRIAL_COUNT, CONNECTIONS), \
			EXACTLY("the last connect()", TRIAL_ERRNO, ERROR),             \
			EXACTLY("TIME_WAITs begun", TRIAL_COUNT, CONNECTIONS),         \
			EXACTLY("SYNs that had to be repeated", TRIAL_COUNT, 0),       \
			EXACTLY("TWRecycled grew by", TRIAL_COUNT, 0),                 \
	}

static const struct arm server_side_syn_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "the client closes first",
	  .set = { { "net.ipv4.tcp_tw_reuse", "0" } },
	  .variant = CLIENT_CLOSES_FIRST,
	  .about_ms = 50,
	  .expects = THROUGH_ONE_PORT(1, EADDRNOTAVAIL) },
	{ .role = ARM_TREATMENT,
	  .label = "the server closes first, tcp_tw_reuse = 0",
	  .set = { { "net.ipv4.tcp_tw_reuse", "0" } },
	  .variant = SERVER_CLOSES_FIRST,
	  .about_ms = 50,
	  .expects = THROUGH_ONE_PORT(TIMEWAIT_CONNECTIONS, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "the server closes first, tcp_tw_reuse = 1",
	  .set = { { "net.ipv4.tcp_tw_reuse", "1" } },
	  .variant = SERVER_CLOSES_FIRST,
	  .about_ms = 50,
	  .expects = THROUGH_ONE_PORT(TIMEWAIT_CONNECTIONS, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "the server closes first, tcp_timestamps = 0",
	  .set = { { "net.ipv4.tcp_tw_reuse", "0" }, { "net.ipv4.tcp_timestamps", "0" } },
	  .variant = SERVER_CLOSES_FIRST,
	  .about_ms = 50,
	  .expects = THROUGH_ONE_PORT(TIMEWAIT_CONNECTIONS, 0) },
	{ .label = NULL },
};

const struct trial trial_server_side_syn = {
	.name = "server-side-syn",
	.title = "a new SYN reopens a server's TIME_WAIT at once",
	.claim =
		"A server's TIME_WAIT does not hinder the client it was with: a new SYN "
		"from the same address and port is accepted at once, whatever tcp_tw_reuse "
		"says.",
	.control = "the client, which has one port to connect from, closes first",
	.treatment = "the server closes first, 20 times; with tcp_tw_reuse 0 and 1, and "
		     "without timestamps",
	.follows =
		"TIME_WAITs on a server cost it memory and nothing else: neither ports "
		"nor clients. tcp_tw_reuse does nothing for them. Ports are short where "
		"the side that connects closes first.",
	.source = "TCP_TW_SYN in tcp_timewait_state_process(), net/ipv4/tcp_minisocks.c, "
		  "and in tcp_v4_rcv(), net/ipv4/tcp_ipv4.c; __inet_check_established() "
		  "in net/ipv4/inet_hashtables.c refuses the client. RFC 9293, section "
		  "3.6.1 (MAY-2); RFC 6191",
	.topics = "tw-reuse tcp_tw_reuse time-wait server-closes-first eaddrnotavail",
	.arms = server_side_syn_arms,
};
