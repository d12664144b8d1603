/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of the end of a connection do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_closing[] = {
	{
		.name = "tcp_fin_timeout",
		.kind = TOPIC_KNOB,
		.title = "How long an orphaned FIN_WAIT_2 waits for the peer's FIN",
		.what = "The life in seconds of a FIN_WAIT_2 that no process owns: the "
			"program has called close(), our FIN has been acknowledged, "
			"and the peer has not sent its own. The default is 60. 'sysctl "
			"-w' changes it until the next boot, and the kernel takes any "
			"number, negative ones too, without a word.",
		.does = "Up to 60, N means N seconds: measured on Linux 6.18, 10 "
			"lasted 10.2 s and 59 lasted 59.6 s. The floor is 3.5 "
			"retransmission timeouts, about 0.7 s on a fast path; 0 and "
			"negative numbers give exactly that.\n\n"
			"Above 60 the kernel waits N - 60 s with a full socket and "
			"then N - 60 s again with a mini-socket: 2 x (N - 60) in all. "
			"Measured: 61 lasted 2 s, 65 10 s, 70 20 s, 90 62 s, 120 123 "
			"s, 600 1083 s (timers round up). From 60 upward only 60 and "
			"120 mean what they say.\n\n"
			"The end is silent: no RST goes out, and the peer stays in "
			"CLOSE_WAIT.",
		.does_not =
			"It is not 2MSL and not the length of TIME_WAIT. TIME_WAIT is "
			"60 s, fixed when the kernel was compiled: measured 60 to 62 s "
			"with this knob at 1, 5, 30, 60, 61, 120 and 600 alike. It "
			"frees no port that a TIME_WAIT holds.\n\n"
			"A FIN_WAIT_2 whose process keeps the descriptor (shutdown() "
			"without close()) and a CLOSE_WAIT are bounded by nothing, "
			"this knob included. FIN_WAIT_1 and LAST_ACK end by "
			"tcp_orphan_retries. A socket that sets TCP_LINGER2 has its "
			"own number.",
		.raising = "Gives a slow peer more time to finish its side: an orphan "
			   "that is still there answers its FIN in order. But 61 to 89 "
			   "make the wait SHORTER than the default 60. Above 60 each "
			   "orphan is also a full socket (about 2.4 KB) for the first "
			   "half and counts against tcp_max_orphans. On a client every "
			   "orphan holds its local port for the whole wait.",
		.lowering =
			"Frees the 256 bytes of each orphan, and on a client its port, "
			"sooner. But a FIN that comes after the wait meets a RST "
			"instead of an ACK, so slow peers see a reset. (Data from the "
			"peer draws a RST at once, whatever the number.) 15 to 60 is "
			"safe, 5 to 14 a known risk, and under 5 even a short loss of "
			"packets is enough. Going from above 60 to 60 or less resets "
			"orphans that are in their first half.",
		.needs = "The orphan must be the kernel's to end: a program that has "
			 "called close() and has not set TCP_LINGER2.",
		.with = "tcp_max_tw_buckets counts these mini-sockets together with "
			"TIME_WAIT; above 60, tcp_max_orphans counts them for the "
			"first half. Keep it above the time a balancer or peer takes "
			"to close its side.",
		.evidence =
			"Many FIN_WAIT_2 without a process in 'finwait sockets --state "
			"fin-wait-2 --by process', and the finding fin-wait2-orphans "
			"of 'finwait audit': lower it towards 15 to 30. If a process "
			"holds them, no number here helps.",
		.acts = "On sockets that reach FIN_WAIT_2 afterwards. Measured on "
			"Linux 6.18: lowered from 60 to 3, a mini-socket there kept "
			"its 61 s. An orphan in its first half above 60 takes the new "
			"number for its second.",
		.rfc = "RFC 9293 section 3.6.1; RFC 1122 section 4.2.2.13; "
		       "tcp_fin_time() in include/net/tcp.h; tcp_keepalive_timer() in "
		       "net/ipv4/tcp_timer.c",
		.see_also = "fin-wait-2 time-wait 2msl close-wait tcp_orphan_retries "
			    "tcp_tw_reuse",
	},
	{
		.name = "tcp_tw_reuse",
		.kind = TOPIC_KNOB,
		.title = "Whether an outgoing connect() may take over a TIME_WAIT",
		.what = "0: never. 1: connect() may take the four-tuple of a TIME_WAIT "
			"older than 1 s (or tcp_tw_reuse_delay) if that old connection "
			"used timestamps. 2, the default since 4.19: the same, for "
			"loopback only, which means 127/8, ::1 or a socket bound to "
			"lo.",
		.does = "The port of a connection this host closed first comes back "
			"after about 1 s instead of 61. Measured on Linux 6.18 with "
			"every port in TIME_WAIT: the next connect() succeeded after "
			"61.0 s with 0, after 1.01 s with 1. TWRecycled counts each "
			"success.",
		.does_not =
			"Nothing for a server: accept() does not look at it, and a "
			"listener takes a newer SYN onto a TIME_WAIT with any value "
			"(200 of 200 measured with 0). It does not shorten TIME_WAIT. "
			"It never takes FIN_WAIT_2 or any other state, and gives "
			"nothing to a program that calls bind() with port 0 before "
			"connect(), unless that sets IP_BIND_ADDRESS_NO_PORT. An "
			"address other than 127/8 placed on lo is not loopback to it.",
		.raising = "To 1: the ports of a busy client come back in a second and "
			   "not a minute, towards every destination. But a firewall that "
			   "still holds the old flow may drop the new SYN, and a peer "
			   "still in LAST_ACK costs about 1 s.",
		.lowering =
			"To 0: every port stays out of use for its full TIME_WAIT, "
			"loopback included; nothing else is gained. Busy local proxies "
			"on 127.0.0.1 lose their reuse too and meet EADDRNOTAVAIL.",
		.needs = "Timestamps on both ends of the old connection, a program that "
			 "does not bind() its port first (or sets "
			 "IP_BIND_ADDRESS_NO_PORT), and for 2 an address of the "
			 "loopback.",
		.with = "tcp_timestamps=0 switches it off; tcp_tw_reuse_delay sets how "
			"old the TIME_WAIT must be; ip_local_port_range is what it "
			"makes go further. A NAT or firewall on the path keeps its own "
			"entry, 120 s by default in "
			"nf_conntrack_tcp_timeout_time_wait.",
		.evidence =
			"connect() fails with EADDRNOTAVAIL and 'finwait sockets --by "
			"peer' shows one destination with most of the range in "
			"TIME_WAIT. Afterwards TWRecycled in 'finwait watch' must "
			"grow; if it does not, the value has no effect there.",
		.acts = "On the next connect(), and so on every TIME_WAIT that exists.",
		.rfc = "RFC 6191; RFC 7323 section 5; RFC 1122 section 4.2.2.13; "
		       "tcp_twsk_unique() in net/ipv4/tcp_ipv4.c",
		.see_also = "time-wait tcp_timestamps tcp_tw_reuse_delay "
			    "ip_local_port_range active-close",
	},
	{
		.name = "tcp_tw_reuse_delay",
		.kind = TOPIC_KNOB,
		.title = "How old a TIME_WAIT must be before tcp_tw_reuse may take it",
		.what = "Milliseconds, 1 to 60000, default 1000. It came with Linux "
			"6.14; an older kernel has the same second built in and no "
			"file.",
		.does = "Where tcp_tw_reuse applies, one local port serves one "
			"connection per destination per delay. Measured on Linux 6.18: "
			"the same four-tuple connected again after 0.01 s with 1, 5.01 "
			"s with 5000, 60.01 s with 60000.",
		.does_not =
			"It is not the length of TIME_WAIT: an entry that no connect() "
			"wants still lives 60 s.",
		.raising = "Safe: more distance from old segments. The price is fewer "
			   "connections per second to one destination.",
		.lowering =
			"More connections per second to one destination: measured on "
			"Linux 6.18, 60 connects 5 ms apart over 20 ports failed 40 "
			"times at 1000 and never at 50. Below one tick of the peer's "
			"timestamp clock, which RFC 7323 lets be as long as 1 s, an "
			"old segment can look current and reach the new connection. "
			"100 to 999 is a known risk; less is for networks whose every "
			"peer is known.",
		.needs = "tcp_tw_reuse=1, or 2 on the loopback.",
		.with = "It multiplies with ip_local_port_range: ports divided by this "
			"delay is the lasting rate to one destination.",
		.evidence =
			"With tcp_tw_reuse=1 a destination still runs out of ports in "
			"'finwait sockets --by peer', TWRecycled in 'finwait watch' "
			"grows fast, and most of its TIME_WAITs are younger than a "
			"second.",
		.acts = "On the next connect(), also towards a TIME_WAIT that is "
			"already there.",
		.rfc = "RFC 7323 sections 5.3 and 5.4; RFC 6191; tcp_twsk_unique() in "
		       "net/ipv4/tcp_ipv4.c",
		.see_also = "tcp_tw_reuse tcp_timestamps time-wait",
	},
	{
		.name = "tcp_max_tw_buckets",
		.kind = TOPIC_KNOB,
		.title = "How many TIME_WAIT and orphaned FIN_WAIT_2 entries may exist",
		.what = "A limit per network namespace on mini-sockets: TIME_WAIT and "
			"orphaned FIN_WAIT_2 together. The default is half the "
			"connection hash buckets and so follows RAM (131072 on a "
			"machine of 24 GB).",
		.does = "Past the limit a closing socket skips TIME_WAIT and is simply "
			"gone, with no RST and no log line; only TCPTimeWaitOverflow "
			"moves. Measured on Linux 6.18: limit 5, 20 closes, 5 "
			"TIME_WAITs, 15 overflows. An orphaned FIN_WAIT_2 past the "
			"limit is gone at once too, and the peer's later FIN draws a "
			"RST.",
		.does_not =
			"It removes nothing that exists: a lower limit only refuses "
			"newcomers. It is no cure for exhausted ports. 0 does not mean "
			"unlimited but no TIME_WAIT at all; a negative number means no "
			"limit.",
		.raising =
			"More closes keep their TIME_WAIT, and with it the protection. "
			"256 bytes of kernel memory an entry: 1,000,000 are 256 MB.",
		.lowering = "Saves those bytes and nothing else. It drops what TIME_WAIT "
			    "is for: a lost last ACK cannot be repeated, so a peer in "
			    "LAST_ACK meets a RST, and old segments may reach a new "
			    "connection.",
		.with = "tcp_fin_timeout decides how long its FIN_WAIT_2 share stays. "
			"A namespace with its own table (tcp_child_ehash_entries) "
			"starts with half of that table's buckets: 4096 gave 2048.",
		.evidence =
			"TCPTimeWaitOverflow grows in 'finwait watch', or 'finwait "
			"audit' reports tw-buckets-near or tw-buckets-overflow: raise "
			"it. No reading asks for less.",
		.acts = "On sockets that close afterwards. Entries above a lowered "
			"limit stay until their 60 s are over.",
		.rfc = "RFC 9293 section 3.6.1 (MUST-13); inet_twsk_alloc() in "
		       "net/ipv4/inet_timewait_sock.c; tcp_time_wait() in "
		       "net/ipv4/tcp_minisocks.c",
		.see_also = "time-wait fin-wait-2 tcp_fin_timeout",
	},
	{
		.name = "tcp_rfc1337",
		.kind = TOPIC_KNOB,
		.title = "Whether TIME_WAIT ignores a RST",
		.what = "With 0, the default, a RST that carries exactly the expected "
			"sequence number ends a TIME_WAIT at once. With 1 it is "
			"ignored. A RST with any other number is ignored either way.",
		.does = "Read when the RST arrives, so it protects TIME_WAITs that "
			"already exist. Measured on Linux 6.18: with 0 gone at once, "
			"with 1 still there and its clock not restarted.",
		.does_not =
			"It does not do the reverse, as the kernel's own documentation "
			"words it: 1 is the protecting value. It does not protect an "
			"orphaned FIN_WAIT_2, and does not change how long TIME_WAIT "
			"lasts. The kernel takes 2 to 255; they add nothing.",
		.raising =
			"Safe. TIME_WAIT can no longer be ended from outside. One that "
			"a peer could have cleared by a RST stays its 60 s, on a "
			"client with its port.",
		.lowering =
			"A peer that resets on purpose frees the entry, and on a "
			"client the port, early. But TIME_WAIT can be assassinated: a "
			"stray segment makes it send an ACK, a peer that has forgotten "
			"the connection answers with a RST, and the guard is gone.",
		.with = "None that changes it: tcp_max_tw_buckets and a reuse by "
			"connect() end a TIME_WAIT early whatever stands here.",
		.evidence =
			"Fewer TIME_WAITs in 'finwait sockets' than the rate of closes "
			"times 60 s while resets from peers arrive, or a policy that "
			"asks for RFC 1337. Linux has no counter for a TIME_WAIT lost "
			"in this way.",
		.acts = "At once, on every TIME_WAIT that exists.",
		.rfc = "RFC 1337 section 3 (F1); tcp_timewait_state_process() in "
		       "net/ipv4/tcp_minisocks.c",
		.see_also = "time-wait tcp_max_tw_buckets",
	},
	{
		.name = "tcp_timestamps",
		.kind = TOPIC_KNOB,
		.title = "Timestamps on every segment of new connections",
		.what = "1, the default: on, with a random offset for each connection. "
			"2: on, without the offset. 0: off.",
		.does = "Timestamps let a connection tell its own segments from those "
			"of an earlier one on the same four-tuple (PAWS). tcp_tw_reuse "
			"rests on that and takes over only a TIME_WAIT whose "
			"connection used them. Measured on Linux 6.18: without them "
			"tcp_tw_reuse=1 waited the full 61 s.",
		.does_not =
			"Turning them off is no gain in security (the random offset "
			"hides the uptime) and saves 12 bytes a segment. They do not "
			"change the length of TIME_WAIT, and a listener takes a newer "
			"SYN onto a TIME_WAIT without them as well.",
		.raising =
			"To 2: gains nothing but timestamps that are easier to compare "
			"in a trace, and every peer can read the host's uptime. Higher "
			"numbers are accepted and have no defined meaning.",
		.lowering =
			"To 0: saves 12 bytes a segment. At 1 Gbit/s sequence numbers "
			"wrap in 34 s with no PAWS to notice, tcp_tw_reuse is dead, "
			"and SYN cookies lose window scaling and SACK.",
		.needs = "The peer and every box between must let the option through; a "
			 "SYN without it makes a connection without it.",
		.with = "tcp_tw_reuse does nothing without it, and tcp_syncookies "
			"keeps window scaling and SACK in it.",
		.evidence =
			"Values other than 1 in 'finwait audit'. PAWSEstab growing "
			"('nstat -az TcpExtPAWSEstab') points to a peer or NAT with a "
			"broken clock, not to this knob.",
		.acts = "On connections made afterwards. Those that exist, TIME_WAIT "
			"included, keep what their handshake settled.",
		.rfc = "RFC 7323 sections 3 to 5; tcp_syn_options() in "
		       "net/ipv4/tcp_output.c",
		.see_also = "tcp_tw_reuse time-wait tcp_syncookies",
	},
	{
		.name = "tcp_orphan_retries",
		.kind = TOPIC_KNOB,
		.title = "How long an orphan keeps retransmitting its last data and FIN",
		.what = "The number of retransmissions for a socket that no process "
			"owns and whose data or FIN nobody acknowledges. The default 0 "
			"means 8.",
		.does = "It bounds FIN_WAIT_1, CLOSING and LAST_ACK after close(). "
			"Measured on Linux 6.18 against a silent peer at a timeout of "
			"about 0.2 s, FIN_WAIT_1 lasted 1.7 s with 1, 3.4 s with 2, "
			"6.7 s with 3, 13.4 s with 5, 26.7 s with 6, 53.5 s with 7, "
			"and 108 s with 8 as with 0. TCPAbortOnTimeout counts the end.",
		.does_not = "0 is not less than 1: it is 8. It does not bound FIN_WAIT_2 "
			    "or TIME_WAIT, nor a socket whose process still holds it "
			    "(shutdown() only): that follows tcp_retries2. It does not "
			    "limit how many orphans there are.",
		.raising =
			"More patience for clients on bad links. Above 8 the orphans "
			"of vanished peers stay for minutes, each with its unsent data "
			"in kernel memory and, on a client, its port.",
		.lowering =
			"Frees the memory and ports of vanished peers sooner. 1 and 2 "
			"give up within 4 s: a short outage loses the end of a "
			"response, and the program, long gone, never hears. 3 to 5 are "
			"a known risk, 6 to 8 (and 0) safe.",
		.with = "tcp_max_orphans caps how many such sockets there are. A lower "
			"tcp_rto_max_ms shortens their life as well: measured on Linux "
			"6.18 with 0 here, an orphaned FIN_WAIT_1 lasted 23 s at 10000 "
			"and 2.5 s at 1000, instead of 108 s.",
		.evidence =
			"FIN_WAIT_1, CLOSING or LAST_ACK without a process pile up in "
			"'finwait sockets', TCPAbortOnTimeout grows in 'finwait "
			"watch', and 'finwait audit' reports orphans-near-limit: 6 or "
			"7.",
		.acts = "On orphans that exist, at their next timeout. Measured on "
			"Linux 6.18: lowered from 8 to 2 after 1 s, a FIN_WAIT_1 ended "
			"at 3.3 s.",
		.rfc = "RFC 1122 section 4.2.3.5; RFC 9293 section 3.8.3; "
		       "tcp_orphan_retries() in net/ipv4/tcp_timer.c",
		.see_also = "fin-wait-1 last-ack closing tcp_max_orphans tcp_retries2 "
			    "tcp_rto_max_ms",
	},
	{
		.name = "tcp_max_orphans",
		.kind = TOPIC_KNOB,
		.title = "How many sockets without an owner the host keeps serving",
		.what = "One limit for the whole host, visible only in its initial "
			"network namespace, on orphans that are still full sockets: "
			"FIN_WAIT_1, CLOSING, LAST_ACK, and FIN_WAIT_2 in its first "
			"half when tcp_fin_timeout is above 60. The default follows "
			"RAM (131072 at 24 GB).",
		.does = "Past the limit a closing connection is reset and dropped with "
			"whatever it still had to deliver. By the kernel source an "
			"orphan that makes no progress counts double or fourfold, so "
			"the limit can bite at a half or a quarter. Its traces are "
			"TCPAbortOnMemory and 'too many orphaned sockets' in the "
			"kernel log.",
		.does_not =
			"It limits neither TIME_WAIT nor orphaned FIN_WAIT_2 as a "
			"mini-socket (tcp_max_tw_buckets does), nor any CLOSE_WAIT. It "
			"cannot be set for a container, and the orphan count in "
			"sockstat is the host's even there.",
		.raising =
			"Bursts of closes to slow clients are not reset. The price is "
			"memory that cannot be swapped: up to about 64 KB an orphan by "
			"the kernel's documentation.",
		.lowering =
			"Bounds that memory sooner, by loss of data at the client: the "
			"last bytes of a response go with the reset.",
		.needs = "The host's initial network namespace; elsewhere there is no "
			 "file.",
		.with = "tcp_orphan_retries and tcp_rto_max_ms decide how long an "
			"orphan lasts, tcp_mem how much memory all of them may hold; "
			"past tcp_mem's limit the kernel resets orphans too.",
		.evidence =
			"'finwait audit' reports orphans-near-limit or "
			"orphans-aborted, or TCPAbortOnMemory grows in 'finwait "
			"watch': find out why peers do not acknowledge, then raise it "
			"if memory allows.",
		.acts = "On sockets that are closed afterwards, and on orphans that "
			"exist at their next retransmission.",
		.rfc = "RFC 9293 section 3.6; tcp_too_many_orphans() in "
		       "net/ipv4/tcp.c; tcp_out_of_resources() in "
		       "net/ipv4/tcp_timer.c",
		.see_also = "tcp_orphan_retries tcp_mem fin-wait-1 last-ack "
			    "tcp_fin_timeout",
	},
	{
		.name = "close_timeout",
		.kind = TOPIC_KNOB,
		.title = "How long an open MPTCP connection outlives its last subflow",
		.what = "net.mptcp.close_timeout: seconds, 60 by default. An MPTCP "
			"connection carries its data over TCP subflows. When the last "
			"of them is gone and the program still holds the socket, the "
			"kernel waits this long for a new subflow before it gives up. "
			"The kernel's documentation calls it the make-after-break "
			"timeout.",
		.does = "Nothing once the program has called close(): the kernel "
			"source then uses a fixed 60 s or ends the socket at once. "
			"Measured on Linux 6.18 with 3, both ends still open and their "
			"only subflow destroyed: established for 3.1 s, then closed.",
		.does_not =
			"It is not a TIME_WAIT and not tcp_fin_timeout. The subflows "
			"are TCP sockets and close by the rules of TCP, with the "
			"TIME_WAIT of 60 s that finwait counts. Plain TCP connections "
			"never see it.",
		.raising = "Safe: a phone that changes networks has longer to come back. "
			   "The price is sockets to vanished peers that stay open for "
			   "longer.",
		.lowering = "Programs hear sooner that a peer is gone. But a change from "
			    "one network to another that takes longer than this ends the "
			    "connection. 30 and more is safe. With 0, and with the "
			    "negative numbers that the kernel accepts, it ends at once.",
		.needs = "A kernel with MPTCP (net.mptcp.enabled=1) and programs that "
			 "open MPTCP sockets.",
		.with = "The subflows obey tcp_retries2, tcp_keepalive_time and "
			"tcp_fin_timeout; what those end early starts this clock "
			"early.",
		.evidence =
			"MPTCP sockets without a subflow in 'ss -M', or MPTCP "
			"connections lost when clients change networks. finwait counts "
			"subflows, not MPTCP sockets.",
		.acts = "On sockets whose last subflow goes afterwards. Do not raise "
			"it while sockets wait: measured on Linux 6.18, raised from 3 "
			"to 12 after 1 s, one was still established at 28 s, when the "
			"test ended. Lowered from 12 to 3, it kept its 12 s.",
		.rfc = "RFC 8684 section 3.3.3; mptcp_close_timeout() in "
		       "net/mptcp/ctrl.c; mptcp_close_tout_expired() in "
		       "net/mptcp/protocol.c",
		.see_also = "tcp_fin_timeout time-wait tcp_retries2",
	},
	{ 0 },
};
