/* SPDX-License-Identifier: MIT */
/*
 * Each TCP state as the kernel lists it: who waits for whom there, what bounds the
 * wait, and what no sysctl can change.
 */
#include "core/topic.h"

const struct topic topic_states[] = {
	{
		.name = "established",
		.kind = TOPIC_STATE,
		.title = "Open in both directions",
		.what = "The handshake is done and no FIN has been sent or received.",
		.does = "Closing starts here. close() or shutdown(SHUT_WR) sends our "
			"FIN and leads to FIN_WAIT_1; the peer's FIN leads to "
			"CLOSE_WAIT. close() with unread data, or with SO_LINGER set "
			"to 0, sends a RST instead and leaves no state at either end. "
			"Unacknowledged data ends the connection by tcp_retries2 "
			"(924.6 s by default).",
		.does_not = "Nothing bounds an idle ESTABLISHED. A peer that lost its "
			    "power looks the same as one with nothing to say. The "
			    "tcp_keepalive knobs act only on sockets whose program set "
			    "SO_KEEPALIVE, and connection-tracking timeouts on the path "
			    "remove the tracker's entry, never this socket.",
		.rfc = "RFC 9293 section 3.3.2",
		.see_also = "active-close passive-close tcp_keepalive_time tcp_retries2",
	},
	{
		.name = "syn-sent",
		.kind = TOPIC_STATE,
		.title = "We sent a SYN and wait for the answer",
		.what = "connect() is under way: the peer has answered neither with a "
			"SYN-ACK nor with a RST.",
		.does = "We wait for the peer's host, or for a firewall that drops in "
			"silence. tcp_syn_retries bounds it: 134 s with the default 6, "
			"measured on Linux 6.18. Meanwhile the local port is taken. "
			"Closing the socket here sends no FIN: there is no connection "
			"yet.",
		.does_not = "A refused connection never waits here, since its RST ends "
			    "connect() at once. tcp_fin_timeout and tcp_tw_reuse do not "
			    "touch this state.",
		.rfc = "RFC 9293 section 3.5",
		.see_also = "tcp_syn_retries ip_local_port_range",
	},
	{
		.name = "syn-recv",
		.kind = TOPIC_STATE,
		.title = "A SYN was answered and its last ACK is awaited",
		.what = "A half-open incoming connection: our SYN-ACK is out, and the "
			"client's ACK has not come or could not be queued.",
		.does = "We wait for the client; tcp_synack_retries bounds it (63 s by "
			"default, by the kernel's documentation). With the accept "
			"queue full and tcp_abort_on_overflow=0, a finished handshake "
			"waits here too, and its client already believes it is "
			"connected.",
		.does_not = "It belongs to the kernel, not to a process: no descriptor "
			    "exists. tcp_max_syn_backlog does not limit it while "
			    "tcp_syncookies is on; the listener's backlog does. Many "
			    "SYN_RECV may be a flood, or only a short backlog.",
		.rfc = "RFC 9293 section 3.5; RFC 4987",
		.see_also = "tcp_synack_retries tcp_syncookies somaxconn listen",
	},
	{
		.name = "fin-wait-1",
		.kind = TOPIC_STATE,
		.title = "Our FIN is sent and not yet acknowledged",
		.what = "We closed first, by close() or shutdown(). Data still unsent "
			"goes out ahead of the FIN.",
		.does = "We wait for an ACK, which the peer's TCP sends when the FIN "
			"arrives; its program has no part in that. So this state "
			"normally lasts one round trip. If it stays, the network, the "
			"peer's host or its closed receive window is the cause. After "
			"close(), tcp_orphan_retries bounds it: 108 s by default, "
			"measured on Linux 6.18 at a timeout of about 0.2 s. While the "
			"process keeps the descriptor, tcp_retries2 does.",
		.does_not =
			"tcp_fin_timeout does not bound it: with 5 it still lasted 108 "
			"s. A slow or hung peer program does not hold us here as long "
			"as its window is open; that comes one state later.",
		.rfc = "RFC 9293 section 3.6; RFC 1122 section 4.2.3.5",
		.see_also = "tcp_orphan_retries tcp_max_orphans fin-wait-2 closing "
			    "active-close",
	},
	{
		.name = "fin-wait-2",
		.kind = TOPIC_STATE,
		.title = "Our FIN is acknowledged; the peer's FIN is awaited",
		.what = "We have said all we will say. If we still hold the descriptor "
			"the peer may go on sending for as long as it likes: a legal "
			"half-close.",
		.does = "We wait for the peer's program to close its side: many "
			"FIN_WAIT_2 here are many CLOSE_WAIT there. The peer's FIN "
			"turns it into TIME_WAIT, with a fresh 60 s.\n\n"
			"Orphaned (closed here): tcp_fin_timeout bounds it. Up to 60 "
			"it is a mini-socket of 256 bytes without an owner, which 'ss "
			"-s' and the tw of sockstat count as if it were TIME_WAIT. "
			"Data from the peer draws a RST at once. At the end it "
			"vanishes without a RST, and the peer, still in CLOSE_WAIT, "
			"finds out when it sends.\n\n"
			"Held (shutdown() without close()): nothing bounds it. "
			"Measured on Linux 6.18: unchanged after 240 s, with "
			"tcp_fin_timeout=3, tcp_keepalive_time=5 and "
			"tcp_orphan_retries=1. The cure is close(), a timeout in the "
			"program, or SO_KEEPALIVE when the peer is dead.",
		.does_not = "tcp_tw_reuse never takes it over, so on a client it blocks "
			    "its port for that destination: measured 61 s with the "
			    "default. tcp_fin_timeout has no effect on a held one until "
			    "close(), and above 60 it is not the number it says.",
		.rfc = "RFC 9293 section 3.6.1; RFC 1122 section 4.2.2.13",
		.see_also = "tcp_fin_timeout close-wait time-wait close-vs-shutdown "
			    "tcp_max_tw_buckets",
	},
	{
		.name = "time-wait",
		.kind = TOPIC_STATE,
		.title = "Closed first and standing guard over the four-tuple",
		.what = "Both FINs are acknowledged and we were the first to close "
			"(both ends, if the FINs crossed). What remains is a "
			"mini-socket of 256 bytes: no descriptor, no process, no uid. "
			"Most TIME_WAITs are the normal trace of finished work.",
		.does = "It waits for nobody; it guards against two things. First, our "
			"last ACK may be lost: the peer, in LAST_ACK, repeats its FIN "
			"and must get an ACK, not a RST. Second, old segments still in "
			"the network must not reach a new connection on the same "
			"four-tuple.\n\n"
			"It lasts 60 s, fixed when the kernel was compiled; measured "
			"60 to 62 s on Linux 6.18, as the timer rounds up. Each "
			"repeated FIN starts the 60 s again: against a peer that never "
			"got our ACK, one lived 115 s. It ends early by a newer SYN on "
			"the same four-tuple, by tcp_tw_reuse, by a RST while "
			"tcp_rfc1337 is 0, or by 'ss -K'.",
		.does_not =
			"No sysctl sets its length: tcp_fin_timeout does not, and "
			"tcp_max_tw_buckets can only keep it from existing, at a "
			"price. On a server it costs neither ports nor clients, since "
			"a listener takes a newer SYN onto it at once. That many of "
			"them lengthen the kernel's hash chains is true and small: "
			"100,000 hold about 25 MB. What can run out is local ports, "
			"when the side that opened the connection is also the side "
			"that closes first.",
		.rfc = "RFC 9293 section 3.6.1 (MUST-13, MAY-2); RFC 1337; RFC 6191",
		.see_also =
			"2msl active-close tcp_tw_reuse tcp_rfc1337 tcp_max_tw_buckets "
			"ip_local_port_range",
	},
	{
		.name = "close",
		.kind = TOPIC_STATE,
		.title = "No connection",
		.what = "The state of a socket that is not connected yet or no longer "
			"is. RFC 9293 calls it CLOSED.",
		.does = "Nothing is left to wait for. A process that has not called "
			"close() may still hold the descriptor: after its shutdown() "
			"and the peer's close, the socket itself is here, while the "
			"TIME_WAIT it left shows no owner.",
		.does_not =
			"Such sockets are in no hash table, so no dump of sockets "
			"lists them. The closed count of 'ss -s' is computed from "
			"numbers some of which are the whole host's; inside a network "
			"namespace it is not to be trusted.",
		.rfc = "RFC 9293 section 3.3.2",
		.see_also = "established time-wait bound-inactive",
	},
	{
		.name = "close-wait",
		.kind = TOPIC_STATE,
		.title = "The peer has closed; our program has not",
		.what = "The peer's FIN has arrived and our kernel has acknowledged "
			"it. recv() returns 0 once the data before it is read. The "
			"connection now waits for our own program to call close().",
		.does = "Nothing bounds it, not even in the RFCs: measured on Linux "
			"6.18, unchanged after 240 s. Three kinds can be told apart. "
			"Recv-Q above 0: the program has not read the end of file (a "
			"lone FIN counts as 1); it is busy or stuck. Recv-Q 0: it has "
			"read it and not closed: a leak, or a half-close on purpose. "
			"No owner, inode 0: it still waits in the accept queue. "
			"'finwait sockets --state close-wait --by process' names the "
			"program, the kind and the age.\n\n"
			"Only data in flight (tcp_retries2) and SO_KEEPALIVE towards a "
			"peer that is dead or has forgotten the connection can end it "
			"from our side.",
		.does_not =
			"No sysctl closes it, and tcp_fin_timeout does not touch it, "
			"neither here nor by ending the peer's FIN_WAIT_2. Keepalive "
			"and 'ss -K' remove the connection but not the descriptor, so "
			"a leak goes on to EMFILE. The cure is in the program; "
			"restarting it is the stop-gap.",
		.rfc = "RFC 9293 section 3.6.1; RFC 1122 section 4.2.2.13",
		.see_also = "passive-close fin-wait-2 last-ack tcp_keepalive_time "
			    "tcp_fin_timeout",
	},
	{
		.name = "last-ack",
		.kind = TOPIC_STATE,
		.title = "The peer closed first, now our FIN awaits its ACK",
		.what = "Our program has answered the peer's FIN with its own close "
			"(or shutdown). This is the last state of the passive side.",
		.does = "We wait for the peer's TCP, which answers from its FIN_WAIT_2 "
			"or TIME_WAIT; normally one round trip, and then the "
			"connection is gone with no waiting time. If no ACK comes, "
			"tcp_orphan_retries bounds it: measured on Linux 6.18, 1.7 s "
			"with 1 and 6.6 s with 3 (tcp_retries2 while the process keeps "
			"the descriptor). A peer that no longer knows the connection "
			"answers with a RST, which ends it as well.",
		.does_not =
			"tcp_fin_timeout has no effect here. A pile of LAST_ACK is not "
			"the program's fault: peers vanished, or something on the path "
			"drops packets.",
		.rfc = "RFC 9293 section 3.6; RFC 1122 section 4.2.3.5",
		.see_also = "passive-close close-wait tcp_orphan_retries tcp_max_orphans",
	},
	{
		.name = "listen",
		.kind = TOPIC_STATE,
		.title = "A server socket waiting for connections",
		.what = "Not a connection. In its row Recv-Q is the number of "
			"connections that wait for accept(), and Send-Q the limit.",
		.does = "Accepted connections outlive it. Closing a listener resets "
			"those still in its queue: run on Linux 6.18, the client of "
			"one got ECONNRESET. TIME_WAITs on its port do not stop the "
			"program from listening again if it sets SO_REUSEADDR; without "
			"that, bind() fails with EADDRINUSE.",
		.does_not =
			"A full queue is not cured by somaxconn alone: the program "
			"must ask for a longer backlog and call listen() again. "
			"TIME_WAITs on its port do not block new clients, nor the same "
			"client again.",
		.rfc = "RFC 9293 section 3.3.2",
		.see_also = "somaxconn tcp_abort_on_overflow syn-recv close-wait",
	},
	{
		.name = "closing",
		.kind = TOPIC_STATE,
		.title = "Both sides closed at once; our FIN is not yet acknowledged",
		.what = "The FINs crossed on the way: we have the peer's, and the ACK "
			"of ours is still missing.",
		.does = "We wait for an ACK from the peer's TCP, then go to TIME_WAIT. "
			"As neither was first, both ends have one: measured on Linux "
			"6.18. If no ACK comes, tcp_orphan_retries bounds it after "
			"close(), tcp_retries2 while the process keeps the descriptor.",
		.does_not = "It is rare and brief, and no sign of a fault by itself. "
			    "tcp_fin_timeout does not concern it.",
		.rfc = "RFC 9293 section 3.6",
		.see_also = "fin-wait-1 time-wait tcp_orphan_retries",
	},
	{
		.name = "bound-inactive",
		.kind = TOPIC_STATE,
		.title = "Bound to a port, neither listening nor connected",
		.what = "Not a state of TCP but an answer of the kernel's socket dump: "
			"a socket after bind() and before listen() or connect(). Linux "
			"lists them since 6.8, and only when asked.",
		.does = "No timer runs and nobody is awaited but the program. The "
			"socket holds its port: after bind() to port 0 that port "
			"serves one connection in all, not one per destination. "
			"Measured on Linux 6.18 over 50 ports and three destinations: "
			"50 connections, and 150 with IP_BIND_ADDRESS_NO_PORT. When "
			"they run out, bind() fails with EADDRINUSE.",
		.does_not = "A closing connection does not pass through it. No sysctl "
			    "bounds it, and tcp_tw_reuse does not help programs that "
			    "bind() to port 0 first.",
		.rfc = "none; a notion of Linux's own",
		.see_also = "ip_local_port_range ip_local_reserved_ports tcp_tw_reuse",
	},
	{ 0 },
};
