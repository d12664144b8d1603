/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of a listener and its queues do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_listening[] = {
	{
		.name = "tcp_syncookies",
		.kind = TOPIC_KNOB,
		.title = "Answering SYNs without memory when the queue is full",
		.what = "1, the default: when a listener's queue of half-open requests "
			"is full, the kernel answers with a cookie instead of keeping "
			"state. 2: always, for tests. 0: never.",
		.does = "Nothing to a closing connection. Measured on Linux 6.18 with "
			"a backlog of 128: with 1, 400 SYNs gave 129 requests kept and "
			"271 cookies.",
		.does_not = "A warning of SYN flooding more often means a short backlog "
			    "than an attack. Cookies do not help a slow accept(): a full "
			    "accept queue drops the SYN before a cookie is considered.",
		.raising =
			"To 2: lets a test see the cookies. Every connection goes "
			"through one and, without timestamps, loses its window scaling "
			"and SACK.",
		.lowering =
			"To 0: no connection ever loses options to a cookie. But SYNs "
			"are dropped when the queue is full (measured: 191 of 200), so "
			"a small flood shuts the service.",
		.needs = "A kernel built with CONFIG_SYN_COOKIES; without it there is "
			 "no file.",
		.with = "While it is on, tcp_max_syn_backlog has no effect. "
			"tcp_timestamps carries the options that a cookie cannot. "
			"somaxconn and the listen() backlog decide when the queue is "
			"full.",
		.evidence = "TCPReqQFullDoCookies grows in 'finwait watch', or 'finwait "
			    "audit' reports syn-queue-full: raise the backlog, and leave "
			    "this at 1. TCPReqQFullDrop grows only where it is 0.",
		.acts = "On the next SYN.",
		.rfc = "RFC 4987 section 3.6; tcp_conn_request() and "
		       "tcp_syn_flood_action() in net/ipv4/tcp_input.c",
		.see_also = "syn-recv tcp_max_syn_backlog somaxconn tcp_timestamps",
	},
	{
		.name = "tcp_max_syn_backlog",
		.kind = TOPIC_KNOB,
		.title = "A limit on half-open requests, ignored while SYN cookies are "
			 "on",
		.what = "With tcp_syncookies=0 the kernel drops SYNs of hosts it does "
			"not know when less than a quarter of this number is free. The "
			"default follows RAM, at least 128 (2048 at 24 GB).",
		.does = "Nothing to a closing connection, and nothing at all while "
			"tcp_syncookies is 1 or 2. Measured on Linux 6.18: with "
			"cookies and a backlog of 128, values of 64 and 4096 gave the "
			"same result.",
		.does_not = "It is not the size of the SYN queue: the program's listen() "
			    "backlog, cut to somaxconn, is.",
		.raising = "Safe. With tcp_syncookies=0 more half-open requests find "
			   "room; while cookies are on, nothing changes.",
		.lowering =
			"Gains nothing but a shorter queue under a flood. With "
			"tcp_syncookies=0, SYNs of unknown hosts are dropped earlier: "
			"measured on Linux 6.18 with 8, 193 of 200.",
		.needs = "tcp_syncookies=0.",
		.with = "tcp_syncookies decides whether it counts at all; somaxconn "
			"and the listen() backlog limit the same queue in any case.",
		.evidence = "None while tcp_syncookies is on. With 0, TCPReqQFullDrop "
			    "growing in 'finwait watch' asks for tcp_syncookies=1 first.",
		.acts = "On the next SYN.",
		.rfc = "RFC 4987; tcp_conn_request() in net/ipv4/tcp_input.c",
		.see_also = "tcp_syncookies somaxconn syn-recv",
	},
	{
		.name = "tcp_abort_on_overflow",
		.kind = TOPIC_KNOB,
		.title = "What happens to a handshake that finds the accept queue full",
		.what = "It concerns the last ACK of a handshake. 0, the default: "
			"ignore it, so the client believes it is connected while the "
			"server keeps SYN_RECV and may yet accept. 1: answer with a "
			"RST.",
		.does = "Nothing to a closing connection. Measured on Linux 6.18: with "
			"0 ListenOverflows grows, with 1 the client gets ECONNRESET "
			"and EmbryonicRsts grows.",
		.does_not =
			"It does not reduce overflow, and makes no difference to a SYN "
			"that meets a full queue: that is dropped either way.",
		.raising =
			"To 1: a client hears at once that the server is too busy, and "
			"a balancer can try another. But a burst of a second, which "
			"clients would have ridden out, becomes resets. Not for public "
			"services.",
		.lowering =
			"Safe: bursts are ridden out. A client of a server that stays "
			"too busy waits, believing that it is connected.",
		.with = "somaxconn and the listen() backlog decide when the queue "
			"overflows; with 0, tcp_synack_retries how long a handshake "
			"waits for a place.",
		.evidence = "ListenOverflows grows for minutes in 'finwait watch', "
			    "'finwait audit' reports listen-overflow, and clients hang "
			    "after connect() instead of trying another server. The first "
			    "remedy is a faster accept() or a longer queue.",
		.acts = "On the next last ACK of a handshake, for running listeners "
			"too.",
		.rfc = "none, a choice of Linux's own; tcp_check_req() in "
		       "net/ipv4/tcp_minisocks.c",
		.see_also = "somaxconn syn-recv listen",
	},
	{
		.name = "somaxconn",
		.kind = TOPIC_KNOB,
		.title = "The largest backlog that listen() can get",
		.what = "net.core.somaxconn. A listener's backlog is the smaller of "
			"what its program asked for and this. The default is 4096 "
			"since Linux 5.4, 128 before.",
		.does = "Nothing to a closing connection. The backlog limits the "
			"accept queue and the half-open queue alike; a queue holds one "
			"more than the number. A connection whose client has given up "
			"waits in that queue as a CLOSE_WAIT without an owner.",
		.does_not = "It does not reach a listener that is running: measured on "
			    "Linux 6.18, raised from 5 to 50, the listener had 5 until "
			    "listen() was called again. It lifts nothing if the program "
			    "asks for less, and does not make accept() faster.",
		.raising = "Bursts find room. A longer queue hides a slow program and "
			   "adds waiting time; above 65535 is a known risk.",
		.lowering =
			"A program that cannot keep up shows sooner. Queues overflow "
			"sooner: under 1024 is a known risk, under 128 no value for a "
			"server.",
		.needs = "A program that asks listen() for at least as much, and that "
			 "calls it again.",
		.with = "tcp_syncookies takes over when the half-open queue of this "
			"length is full; tcp_abort_on_overflow says what becomes of "
			"the handshake that finds the accept queue full.",
		.evidence =
			"'finwait audit' reports listen-queue-full or listen-overflow, "
			"ListenOverflows grows in 'finwait watch', and 'ss -ltn' shows "
			"a Send-Q equal to this number. A smaller Send-Q is the "
			"program's own backlog.",
		.acts = "On the next listen(), so restart or reload the program. A new "
			"network namespace starts from the kernel's default, not from "
			"the host's number.",
		.rfc = "none, a limit of Linux's own; __sys_listen() in net/socket.c; "
		       "sk_acceptq_is_full() in include/net/sock.h",
		.see_also = "listen syn-recv tcp_abort_on_overflow tcp_syncookies "
			    "close-wait",
	},
	{
		.name = "tcp_migrate_req",
		.kind = TOPIC_KNOB,
		.title = "Whether a closing listener hands its queue to another",
		.what = "0, the default: when a listener closes, the connections that "
			"wait in its queue, and the handshakes under way, are reset. "
			"1: they move to another listener on the same port that has "
			"SO_REUSEPORT. It came with Linux 5.14; a 5.10 kernel may have "
			"the file without the code.",
		.does = "It saves connections that would end before any program saw "
			"them. Measured on Linux 6.18 with two listeners, 20 "
			"connections waiting and one listener closed: with 0, 14 were "
			"reset; with 1, none, and the other listener accepted all 20.",
		.does_not =
			"It does not save connections that the closing program has "
			"accepted: they end with it. It does nothing for a port with a "
			"single listener, so it is no substitute for handing the "
			"socket on.",
		.raising =
			"To 1: a reload of a server with one listener per process "
			"loses no waiting client. But a connection can reach a "
			"listener set up in another way (options, TLS, another program "
			"of the same user); by the kernel's documentation that can "
			"crash programs.",
		.lowering = "Safe, the default: each connection stays with the listener "
			    "that its SYN met. Each restart of one listener resets its "
			    "waiting clients.",
		.needs = "At least two listeners with SO_REUSEPORT on the port, all set "
			 "up alike, one of them open when the other closes.",
		.with = "What moves adds to the other listener's queue, which "
			"somaxconn and its backlog limit. A BPF program of the type "
			"that may migrate decides in its place, with 0 here as well.",
		.evidence =
			"EstabResets and OutRsts jump in 'finwait watch' at each "
			"reload of a server with SO_REUSEPORT. Afterwards 'nstat -az' "
			"shows TcpExtTCPMigrateReqSuccess and "
			"TcpExtTCPMigrateReqFailure.",
		.acts = "When a listener closes: on running listeners too.",
		.rfc = "none, a choice of Linux's own; inet_csk_listen_stop() in "
		       "net/ipv4/inet_connection_sock.c; reuseport_migrate_sock() in "
		       "net/core/sock_reuseport.c",
		.see_also = "somaxconn listen syn-recv tcp_abort_on_overflow",
	},
	{
		.name = "tcp_fastopen",
		.kind = TOPIC_KNOB,
		.title = "Data in the SYN: which side may use it",
		.what = "A sum of bits, default 1. 1: clients may send data in a SYN. "
			"2: servers may take it. 4: clients do so without a cookie. "
			"512 (0x200): servers take it without a cookie. 1024 (0x400): "
			"every listener takes part, not only those whose program asks. "
			"The kernel accepts any number.",
		.does = "Nothing to a closing connection. It saves one round trip at "
			"the start of a repeated connection, which tempts programs to "
			"open and close more of them.",
		.does_not = "It switches nothing on by itself. A client must ask with "
			    "MSG_FASTOPEN or TCP_FASTOPEN_CONNECT, a server with "
			    "TCP_FASTOPEN on its listener, unless 1024 is in the sum. It "
			    "shortens no TIME_WAIT and saves no ports.",
		.raising = "To 3: the first request travels with the SYN. But a copied "
			   "SYN can deliver that request twice, and some firewalls drop "
			   "such SYNs. 4 or 512 drop the cookie, and with it the proof "
			   "that the sender owns its address.",
		.lowering =
			"To 0: safe, with one round trip more for programs that asked "
			"for it.",
		.needs = "Both ends, a program that asks for it, and a request that "
			 "does no harm when it arrives twice.",
		.with = "tcp_fastopen_blackhole_timeout_sec makes clients pause after "
			"trouble. tcp_syncookies and the listen() backlog protect the "
			"ordinary SYNs only; TCP_FASTOPEN has a queue of its own.",
		.evidence =
			"'nstat -az' shows TcpExtTCPFastOpenActive and "
			"TcpExtTCPFastOpenPassive standing still: nobody asks for it, "
			"and a change has no effect. TcpExtTCPFastOpenActiveFail "
			"growing speaks for 0.",
		.acts = "On the next connect() and the next SYN; 1024 on the next "
			"listen().",
		.rfc = "RFC 7413; tcp_try_fastopen() in net/ipv4/tcp_fastopen.c; "
		       "inet_listen() in net/ipv4/af_inet.c",
		.see_also = "tcp_fastopen_blackhole_timeout_sec tcp_syncookies syn-sent",
	},
	{
		.name = "tcp_fastopen_blackhole_timeout_sec",
		.kind = TOPIC_KNOB,
		.title = "How long clients avoid fast open after the network swallowed "
			 "it",
		.what = "Seconds. 0, the default, means that the kernel does not look "
			"for such trouble. With a number, a client that suspects a box "
			"on the path of dropping its fast open connections stops using "
			"fast open, for all destinations, for this long. Kernels "
			"before 5.14 started with 3600, unless their maker took over "
			"the 0.",
		.does = "Nothing to a closing connection. By the kernel source each "
			"further suspicion doubles the pause, up to 64 times the "
			"number.",
		.does_not =
			"It concerns clients only, and only those that use fast open. "
			"Their connections are not refused during the pause: they open "
			"in the ordinary way.",
		.raising = "Safe: behind a bad box clients stop losing seconds at each "
			   "connect(). One bad destination costs all others the saved "
			   "round trip.",
		.lowering =
			"Safe. To 0: no destination suffers for another, and behind a "
			"bad box each connection pays anew.",
		.needs = "tcp_fastopen with bit 1, and programs that use it.",
		.with = "tcp_fastopen: without its bit 1 there is nothing to pause.",
		.evidence = "'nstat -az' shows TcpExtTCPFastOpenActiveFail growing while "
			    "this is 0; TcpExtTCPFastOpenBlackhole counts the pauses.",
		.acts = "On the next connect() that asks for fast open. By the kernel "
			"source any write also ends a pause in progress.",
		.rfc = "RFC 7413; tcp_fastopen_active_should_disable() and "
		       "tcp_fastopen_active_detect_blackhole() in "
		       "net/ipv4/tcp_fastopen.c",
		.see_also = "tcp_fastopen syn-sent",
	},
	{ 0 },
};
