/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of repeats and keepalive do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_timers[] = {
	{
		.name = "tcp_keepalive_time",
		.kind = TOPIC_KNOB,
		.title = "Idle seconds before the first keepalive probe",
		.what = "How long a connection must be idle before the kernel asks "
			"whether the peer is still there. The default is 7200. It "
			"counts only for sockets whose program set SO_KEEPALIVE; "
			"TCP_KEEPIDLE replaces it for one socket.",
		.does = "A CLOSE_WAIT, or a FIN_WAIT_2 that is held, is probed like an "
			"open connection and ends when the peer's host is dead or has "
			"forgotten it. Measured on Linux 6.18 with 5 s, interval 1 s, "
			"3 probes: a CLOSE_WAIT towards a dead network ended after 8.0 "
			"s with ETIMEDOUT.",
		.does_not =
			"No sysctl turns keepalive on: that is SO_KEEPALIVE. A peer "
			"that legally keeps its half open answers every probe, so that "
			"CLOSE_WAIT stays. Where keepalive does end a leaked "
			"CLOSE_WAIT, the descriptor still leaks. A timer already "
			"running keeps its time: lowered from 7200 to 5, sockets still "
			"had 7194 s to go.",
		.raising = "Dead peers are noticed later, and a NAT or load balancer may "
			   "drop the idle flow first.",
		.lowering =
			"Every idle connection with SO_KEEPALIVE sends a probe each "
			"period. 300 to 7200 is safe, 60 to 299 a known risk. Negative "
			"numbers are accepted and, with -1 measured, no probe is sent.",
		.rfc = "RFC 1122 section 4.2.3.6; RFC 9293 section 3.8.4",
		.see_also = "tcp_keepalive_intvl tcp_keepalive_probes close-wait "
			    "established",
	},
	{
		.name = "tcp_keepalive_intvl",
		.kind = TOPIC_KNOB,
		.title = "Seconds between unanswered keepalive probes",
		.what = "Once a probe goes unanswered, the next follows after this "
			"long. The default is 75. Only for sockets with SO_KEEPALIVE; "
			"TCP_KEEPINTVL replaces it for one socket.",
		.does = "A dead peer is noticed tcp_keepalive_time + "
			"tcp_keepalive_intvl x tcp_keepalive_probes after the last "
			"sign of life: 7200 + 75 x 9 = 7875 s by default. Then the "
			"connection, in whatever state, is dropped and the program "
			"gets ETIMEDOUT.",
		.does_not = "An answered probe proves that the peer's kernel knows the "
			    "connection, not that its program is alive. It closes no "
			    "descriptor.",
		.raising = "Safe; a dead peer is noticed later.",
		.lowering = "Under 5 a short outage ends healthy connections. 0 and "
			    "negative numbers are accepted by the kernel and must not be "
			    "used.",
		.rfc = "RFC 1122 section 4.2.3.6; RFC 9293 section 3.8.4",
		.see_also = "tcp_keepalive_time tcp_keepalive_probes",
	},
	{
		.name = "tcp_keepalive_probes",
		.kind = TOPIC_KNOB,
		.title = "Unanswered keepalive probes before the connection is dropped",
		.what = "A count, 0 to 255, default 9. Only for sockets with "
			"SO_KEEPALIVE; TCP_KEEPCNT replaces it for one socket, and "
			"TCP_USER_TIMEOUT takes its place altogether.",
		.does = "After this many probes in a row without an answer the "
			"connection is dropped, a CLOSE_WAIT or held FIN_WAIT_2 as "
			"well; TCPAbortOnTimeout counts it.",
		.does_not =
			"0 does not mean for ever. By the kernel source it drops the "
			"connection when the first probe would be due, with none sent.",
		.raising = "Safe; a dead peer is noticed later.",
		.lowering =
			"1 and 2 let one or two lost packets end a healthy connection. "
			"3 to 9 is safe.",
		.rfc = "RFC 1122 section 4.2.3.6; RFC 9293 section 3.8.4",
		.see_also = "tcp_keepalive_time tcp_keepalive_intvl",
	},
	{
		.name = "tcp_retries2",
		.kind = TOPIC_KNOB,
		.title = "How long a connection with an owner keeps retransmitting",
		.what = "A count that the kernel turns into a time: timeouts from 0.2 "
			"s, doubling up to 120 s. The default 15 gives 924.6 s, 8 "
			"gives about 102 s. The connection ends at the first timeout "
			"past that time, with ETIMEDOUT. Connections that exist follow "
			"a change at their next timeout.",
		.does = "It bounds data in flight in ESTABLISHED and CLOSE_WAIT, and a "
			"FIN_WAIT_1 that its process still holds (shutdown() without "
			"close()). Measured on Linux 6.18: with 4, such a FIN_WAIT_1 "
			"ended after 6.7 s.",
		.does_not = "Once the socket is closed it has no say: with 5 here and "
			    "tcp_orphan_retries at its default, an orphaned FIN_WAIT_1 "
			    "still lasted 108 s. An idle connection has nothing to "
			    "retransmit, so this never ends one. It is not a number of "
			    "packets. TCP_USER_TIMEOUT replaces it for one socket.",
		.raising = "Connections to dead peers keep their buffers and descriptors "
			   "longer.",
		.lowering = "Under 8 the time falls below the 100 s that RFC 1122 asks "
			    "for; under 5 a few seconds of loss end healthy connections.",
		.rfc = "RFC 1122 section 4.2.3.5; RFC 9293 section 3.8.3",
		.see_also =
			"established fin-wait-1 tcp_orphan_retries tcp_keepalive_time",
	},
	{
		.name = "tcp_syn_retries",
		.kind = TOPIC_KNOB,
		.title = "How long connect() tries a host that does not answer",
		.what = "Retransmissions of a SYN, 1 to 127, default 6. Measured on "
			"Linux 6.18, connect() to a silent host failed after 134 s "
			"with 6, 19.4 s with 3, 7.1 s with 2, 3.1 s with 1.",
		.does = "Nothing to a closing connection. But a SYN_SENT holds its "
			"local port until it ends, so a dead destination uses up ports "
			"as TIME_WAIT does, and for longer.",
		.does_not = "It does not concern the side that accepts, nor a host that "
			    "answers with a RST: that connect() fails at once. A timeout "
			    "in the program is better aimed, and TCP_SYNCNT sets it for "
			    "one socket.",
		.raising = "Threads blocked in connect(), and ports, stay held longer.",
		.lowering =
			"3 to 6 is safe. With 1, a link that loses two packets in 3 s "
			"refuses connections that would have worked.",
		.rfc = "RFC 1122 section 4.2.3.5",
		.see_also = "syn-sent ip_local_port_range tcp_synack_retries",
	},
	{
		.name = "tcp_synack_retries",
		.kind = TOPIC_KNOB,
		.title = "How long a half-open incoming connection is kept",
		.what = "Retransmissions of the SYN-ACK, default 5: 63 s by the "
			"kernel's documentation. By its source the kernel gives up "
			"sooner by itself when the queue is more than half full of old "
			"requests.",
		.does = "Nothing to a closing connection: it bounds SYN_RECV. With "
			"tcp_abort_on_overflow=0, a handshake whose last ACK found the "
			"accept queue full waits in SYN_RECV for these retries too.",
		.does_not = "It is no protection from a SYN flood: tcp_syncookies is. It "
			    "does not make a slow accept() faster.",
		.raising = "Half-open requests hold their place in the queue longer.",
		.lowering =
			"2 to 5 is safe. With 1 or 0, clients on a lossy path fail to "
			"connect.",
		.rfc = "RFC 4987; RFC 1122 section 4.2.3.5",
		.see_also = "syn-recv tcp_syncookies somaxconn",
	},
	{ 0 },
};
