/* SPDX-License-Identifier: MIT */
/*
 * The ideas behind the states: why TIME_WAIT waits, who closes first, and how close()
 * differs from shutdown().
 */
#include "core/topic.h"

const struct topic topic_ideas[] = {
	{
		.name = "2msl",
		.kind = TOPIC_IDEA,
		.title = "Twice the longest life of a segment: why TIME_WAIT waits",
		.what = "MSL is the longest time a segment is taken to survive in the "
			"network. The side that closes first must wait 2 x MSL: one "
			"for its last ACK to arrive or die, one for the FIN that the "
			"peer repeats if it died. The RFC sets MSL to 2 minutes, an "
			"engineering choice by its own words; that makes 4 minutes.",
		.does = "The wait guards against the loss of the last ACK, and against "
			"old segments that reach a new connection on the same "
			"four-tuple. Linux waits 60 s, a constant in its source "
			"(TCP_TIMEWAIT_LEN), the same in 5.10, 6.1, 6.12 and 7.2; a "
			"comment there admits that the RFC asks for more. Measured on "
			"Linux 6.18: 60 to 62 s, and longer only because each repeated "
			"FIN starts the 60 s again.",
		.does_not =
			"Linux has no MSL to set, and 'tcp_fin_timeout = 2MSL' is "
			"wrong. That knob bounds an orphaned FIN_WAIT_2, which waits "
			"for something else. With tcp_fin_timeout at 1, 5, 30, 60, 61, "
			"120 and 600, TIME_WAIT lasted the same. The passive side "
			"waits no 2MSL at all.",
		.rfc = "RFC 9293 sections 3.4.2 and 3.6.1 (MUST-13); RFC 793 section "
		       "3.3; RFC 1122 section 4.2.2.13",
		.see_also = "time-wait tcp_fin_timeout fin-wait-2 tcp_rfc1337",
	},
	{
		.name = "active-close",
		.kind = TOPIC_IDEA,
		.title = "The side that sends the first FIN",
		.what = "FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT, closed. Our close() or "
			"shutdown(SHUT_WR) sends a FIN (FIN_WAIT_1). The peer's TCP "
			"acknowledges it, without its program (FIN_WAIT_2). The peer's "
			"program closes, its FIN comes, we send the last ACK "
			"(TIME_WAIT), and 60 s later the connection is gone. A process "
			"that is killed closes actively too, with a normal FIN if "
			"nothing was unread.",
		.does = "The first to close gets the TIME_WAIT. If the local port of a "
			"TIME_WAIT is one this host listens on, the server closed "
			"first, and it costs 256 bytes. If it is an outgoing port, the "
			"client did, and it also costs that port for that destination "
			"for 60 s. So let the client of a server close first; a busy "
			"client does best to reuse its connections. 'finwait sockets "
			"--by port' counts who closed first on each port.",
		.does_not =
			"SO_LINGER with 0 avoids TIME_WAIT only by sending a RST: data "
			"on its way is lost and the peer gets ECONNRESET. No sysctl "
			"makes the other side close first, and none sets the length of "
			"TIME_WAIT.",
		.rfc = "RFC 9293 section 3.6",
		.see_also = "passive-close fin-wait-1 fin-wait-2 time-wait "
			    "ip_local_port_range tcp_tw_reuse",
	},
	{
		.name = "passive-close",
		.kind = TOPIC_IDEA,
		.title = "The side that receives the first FIN",
		.what = "CLOSE_WAIT, LAST_ACK, closed. The FIN arrives and our kernel "
			"acknowledges it by itself (CLOSE_WAIT); recv() returns 0. "
			"When our program calls close() our own FIN goes out "
			"(LAST_ACK), and its ACK ends the connection.",
		.does = "The passive side keeps no TIME_WAIT: when its FIN is "
			"acknowledged nothing is left to repeat. Between the two FINs "
			"it may go on sending, if the peer only shut down; a peer that "
			"closed answers data with a RST.",
		.does_not =
			"The ACK of the peer's FIN says nothing about our program: the "
			"kernel sends it even if the program hangs. Without close() "
			"the connection stays in CLOSE_WAIT for ever; no knob and no "
			"timeout of the kernel does that step.",
		.rfc = "RFC 9293 section 3.6",
		.see_also = "close-wait last-ack active-close close-vs-shutdown",
	},
	{
		.name = "close-vs-shutdown",
		.kind = TOPIC_IDEA,
		.title = "What close() and shutdown() do to a connection",
		.what = "TCP is two streams, one each way. close() gives up a "
			"descriptor and, with the last one, both streams. shutdown() "
			"acts on the connection itself: SHUT_WR ends the stream we "
			"send, SHUT_RD the one we read, SHUT_RDWR both.",
		.does = "close() drops one reference. After fork(), parent and child "
			"both hold the connected socket, so the parent's close() sends "
			"no FIN; shutdown() does, at once and for every holder. "
			"SHUT_WR sends a FIN while reading goes on: the half-close. "
			"SHUT_RD sends nothing on Linux, and data that comes later is "
			"still acknowledged.\n\n"
			"close() with unread data sends a RST instead of a FIN "
			"(TCPAbortOnClose counts it), and so does SO_LINGER with 0 "
			"(TCPAbortOnData). The peer then gets ECONNRESET.",
		.does_not =
			"shutdown() frees no descriptor and makes no orphan: until "
			"close(), tcp_fin_timeout and tcp_orphan_retries do not apply, "
			"and a FIN_WAIT_2 waits without limit. close() does not wait "
			"until the peer has everything; the kernel goes on delivering "
			"after it, unless SO_LINGER says otherwise.",
		.rfc = "RFC 9293 sections 3.6 and 3.10.4; RFC 1122 section 4.2.2.13; "
		       "RFC 2525 section 2.17",
		.see_also =
			"active-close passive-close fin-wait-2 close-wait established",
	},
	{ 0 },
};
