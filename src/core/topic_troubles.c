/* SPDX-License-Identifier: MIT */
/* What runs out or overflows, and what the program that meets it is told. */
#include "core/topic.h"

const struct topic topic_troubles[] = {
	{
		.name = "port-exhaustion",
		.kind = TOPIC_IDEA,
		.title = "connect() finds no free local port for a destination",
		.what = "An outgoing connection needs a local port from "
			"ip_local_port_range that is free for its destination: the "
			"same source address, destination address and destination port "
			"may have it once. When all are taken, connect() fails with "
			"EADDRNOTAVAIL. No counter of the kernel counts that; "
			"'finwait sockets --by peer' computes it, and with --twice "
			"says when it will happen.",
		.does = "Every state but LISTEN holds its port: open connections, "
			"CLOSE_WAIT that leaks, FIN_WAIT_2, and the TIME_WAIT of "
			"whoever closed first. If the client closes first, each "
			"connection costs its port for 61 s, so the default 28,232 "
			"ports last for 463 connections a second to one destination "
			"(measured on Linux 6.18). If the server closes first, the "
			"client's port is free at once.",
		.does_not = "It is not 65,535 connections in all: another destination "
			    "port, destination address or source address has all the "
			    "ports again. A server that accepts on one port does not "
			    "run out of ports by its clients. tcp_fin_timeout and "
			    "tcp_max_tw_buckets do not give a port back in time.",
		.remedy = "In this order: reuse connections (keep-alive, a pool); "
			  "widen ip_local_port_range and reserve the ports of "
			  "listeners in it; tcp_tw_reuse=1 where both ends use "
			  "timestamps; more source or destination addresses. A program "
			  "that calls bind() before connect() should set "
			  "IP_BIND_ADDRESS_NO_PORT.",
		.rfc = "RFC 6056; RFC 9293 section 3.6.1",
		.see_also = "eaddrnotavail tw-reuse ip_local_port_range "
			    "ip_local_reserved_ports active-close",
	},
	{
		.name = "eaddrnotavail",
		.kind = TOPIC_IDEA,
		.title = "What EADDRNOTAVAIL and EADDRINUSE tell of ports",
		.phrases = TOPIC_PHRASES(
			"EADDRNOTAVAIL", "EADDRINUSE", "cannot assign requested address",
			"can't assign requested address", "address already in use"),
		.what = "EADDRNOTAVAIL, 'Cannot assign requested address', from "
			"connect(): no local port is free for that destination. From "
			"bind(): the host does not have that address. EADDRINUSE, "
			"'Address already in use', comes from bind() or listen(), and "
			"means another thing each time.",
		.does = "connect() with EADDRNOTAVAIL: 'finwait sockets --by peer' "
			"shows the ports in use for each destination, and 'finwait "
			"sockets --by process' who holds them.\n\n"
			"bind() to a fixed port with EADDRINUSE: something listens "
			"there ('ss -ltnp'), or an outgoing connection got the port "
			"first, or TIME_WAITs are on it and the program does not set "
			"SO_REUSEADDR. With SO_REUSEADDR a restarted server gets its "
			"port at once.\n\n"
			"bind() to port 0 with EADDRINUSE: the program chooses its "
			"port before the kernel knows the destination, so a port "
			"serves one connection in all. Measured on Linux 6.18 with 50 "
			"ports and 3 destinations: 50 connections, then EADDRINUSE; "
			"150 with IP_BIND_ADDRESS_NO_PORT, then EADDRNOTAVAIL.",
		.does_not =
			"tcp_tw_reuse does not help a program that calls bind() to "
			"port 0, and not while the old socket is a FIN_WAIT_2 or a "
			"CLOSE_WAIT. ip_local_reserved_ports does not forbid a bind() "
			"to a reserved port; it only keeps connect() away from it.",
		.remedy = "A listener within ip_local_port_range: put its port into "
			  "ip_local_reserved_ports. Otherwise as for port-exhaustion.",
		.rfc = "connect(2); bind(2); ip(7); RFC 6056",
		.see_also = "port-exhaustion tw-reuse ip_local_port_range "
			    "ip_local_reserved_ports ip_autobind_reuse bound-inactive",
	},
	{
		.name = "emfile",
		.kind = TOPIC_IDEA,
		.title = "A process has as many descriptors as it may: EMFILE",
		.phrases = TOPIC_PHRASES("EMFILE", "too many open files"),
		.what = "accept(), socket() or open() fails with EMFILE, 'Too many open "
			"files': the process holds as many descriptors as its "
			"RLIMIT_NOFILE. ENFILE, 'Too many open files in system', is "
			"the limit of the whole host instead.",
		.does = "If most of its sockets are CLOSE_WAIT, the peers have "
			"closed and the program has not: a leak. A server that "
			"cannot accept leaves the next connections in its queue, so "
			"EMFILE often looks like a listener that is too slow.",
		.does_not =
			"No sysctl closes a descriptor. Keepalive and 'ss -K' end the "
			"connection and leave the descriptor. TIME_WAIT and orphans "
			"hold none. fs.nr_open does not raise the limit of a service "
			"that runs.",
		.remedy = "'finwait sockets --by process --twice 10' shows the "
			  "sockets of each process, its limit, and when it is reached "
			  "at the present rate. A leak: find the path on which the "
			  "program forgets close(), often the one for errors; a "
			  "restart buys time. No leak: set LimitNOFILE= in its unit, "
			  "and restart it.",
		.rfc = "getrlimit(2); accept(2)",
		.see_also = "close-wait nr_open file-max file-max-limit-reached "
			    "accept-queue",
	},
	{
		.name = "orphans",
		.kind = TOPIC_IDEA,
		.title = "Connections that no process holds and TCP still has to finish",
		.what = "After close() the kernel goes on alone: it sends what is left, "
			"the FIN, and both again if they are lost. Until our FIN is "
			"acknowledged such a socket in FIN_WAIT_1, CLOSING or LAST_ACK "
			"is an orphan. It has no descriptor, no process, and still its "
			"buffers.",
		.does = "tcp_orphan_retries bounds it, and 0 means 8: 108 s on a path "
			"that drops everything, 6.7 s with 3 (measured on Linux 6.18). "
			"Above tcp_max_orphans the kernel resets them. An orphaned "
			"FIN_WAIT_2 becomes a mini-socket of 256 bytes, has "
			"tcp_fin_timeout instead, and counts as tw; only with "
			"tcp_fin_timeout above 60 does it count as an orphan for a "
			"while.",
		.does_not =
			"A TIME_WAIT is no orphan. The number is of the whole host, "
			"also inside a container: 'ss -s' mixes it with numbers of the "
			"namespace. A killed process makes orphans as close() does.",
		.remedy = "Many orphans are peers that vanished or do not read. A "
			  "program that cares sets TCP_USER_TIMEOUT. "
			  "tcp_orphan_retries 6 shortens the wait to 27 s; 3 to 5 are "
			  "a known risk, and 1 or 2 lose the end of answers on a bad "
			  "path. Never lower tcp_max_orphans.",
		.rfc = "RFC 1122 section 4.2.3.5; RFC 9293 section 3.8.3",
		.see_also = "fin-wait-1 last-ack closing tcp_orphan_retries "
			    "tcp_max_orphans too-many-orphaned-sockets",
	},
	{
		.name = "accept-queue",
		.kind = TOPIC_IDEA,
		.title = "Finished handshakes that wait for accept(), and their overflow",
		.what = "Each listener has a queue of connections that are open and not "
			"accepted yet. Its length is the backlog given to listen(), "
			"cut by somaxconn. One more than the backlog fits in. When it "
			"is full, the kernel drops what would enter it.",
		.does = "A SYN that meets a full queue is dropped: the client repeats "
			"it and finds the server slow, 1 s at first. A last ACK that "
			"meets one is dropped too, and the client believes itself "
			"connected; with tcp_abort_on_overflow=1 it gets a RST. Both "
			"count in ListenOverflows. If the peer gives up meanwhile, the "
			"connection waits in the queue as a CLOSE_WAIT without owner.",
		.does_not =
			"tcp_abort_on_overflow changes nothing for SYNs, and "
			"tcp_max_syn_backlog is another queue. somaxconn is a ceiling "
			"and not a length: measured on Linux 6.18, a listener keeps "
			"its old limit until listen() is called again.",
		.remedy = "'ss -ltn' shows what waits (Recv-Q) and the limit (Send-Q). "
			  "A longer queue helps against bursts: raise the program's "
			  "backlog and somaxconn, and restart it. Against a program "
			  "that accepts too slowly only more of it helps: more "
			  "workers, or SO_REUSEPORT.",
		.rfc = "listen(2); tcp(7)",
		.see_also = "listen somaxconn tcp_abort_on_overflow close-wait "
			    "possible-syn-flooding",
	},
	{
		.name = "conntrack",
		.kind = TOPIC_IDEA,
		.title = "The firewall's connection table, which is not the sockets",
		.what = "Netfilter keeps an entry for each flow it tracks, on hosts and "
			"on routers, with states named like those of TCP. It guesses "
			"them from the packets that pass. A socket has its state "
			"from its own TCP.",
		.does = "The entry of a closed connection stays for 120 s by default "
			"(nf_conntrack_tcp_timeout_time_wait), longer than the 60 s of "
			"the socket. On a NAT gateway it is this entry that holds a "
			"port. When an idle entry expires before the connection does, "
			"later packets are dropped or answered by a RST, and both ends "
			"keep sockets that nobody serves: that is why keepalive must "
			"be shorter than the tracker's patience.",
		.does_not =
			"No nf_conntrack knob changes a socket: lowering "
			"nf_conntrack_tcp_timeout_time_wait leaves every TIME_WAIT of "
			"'ss' where it is, and nf_conntrack_tcp_timeout_close_wait "
			"ends no CLOSE_WAIT. The files can be there although nothing "
			"is tracked: without a rule that needs it, the count stays 0 "
			"(measured on Linux 6.18).",
		.remedy = "'conntrack -L' lists the entries, 'conntrack -S' what was "
			  "dropped; nf_conntrack_count beside nf_conntrack_max tells "
			  "how full the table is.",
		.rfc = "RFC 5382 REQ-5; RFC 7857",
		.see_also = "nf-conntrack-table-full nf_conntrack_max "
			    "nf_conntrack_tcp_timeout_time_wait tcp_keepalive_time "
			    "time-wait",
	},
	{ 0 },
};
