/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of repeats and keepalive do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_timers[] = {
	{
		.name = "tcp_retries1",
		.kind = TOPIC_KNOB,
		.title = "After how long without an answer the route is doubted",
		.what = "A count, 0 to 255, default 3, that the kernel turns into a "
			"time in the manner of tcp_retries2: timeouts from 0.2 s, "
			"doubling. 3 means about 3 s.",
		.does = "Past that time each further timeout, in any state but the "
			"handshake, tells the routing layer that this path may be bad, "
			"so that the next repeat looks the route up again. With "
			"tcp_mtu_probing on, the same moment starts the search for a "
			"smaller segment size.",
		.does_not =
			"It ends nothing: a connection is given up by tcp_retries2, an "
			"orphan by tcp_orphan_retries. It is not a number of packets "
			"either.",
		.raising = "Safe: a route that works is not doubted during a short loss. "
			   "A dead gateway or a path that drops large packets is noticed "
			   "later.",
		.lowering =
			"Leaves a dead path sooner. Below 3, which RFC 1122 asks for "
			"at least, ordinary loss makes the kernel drop routes that are "
			"sound.",
		.with = "It should stay well below tcp_retries2, or connections end "
			"before the route is doubted. tcp_mtu_probing hangs on it.",
		.evidence =
			"Hosts with two ways out that stay on a dead one for seconds: "
			"timeouts ('nstat -az TcpExtTCPTimeouts') grow while another "
			"route works. Few hosts have a reason to change it.",
		.acts = "On connections that exist, at their next retransmission "
			"timeout.",
		.rfc = "RFC 1122 section 4.2.3.5 (R1); RFC 9293 section 3.8.3; "
		       "tcp_write_timeout() in net/ipv4/tcp_timer.c",
		.see_also = "tcp_retries2 tcp_orphan_retries tcp_mtu_probing",
	},
	{
		.name = "tcp_retries2",
		.kind = TOPIC_KNOB,
		.title = "How long a connection with an owner keeps retransmitting",
		.what = "A count that the kernel turns into a time: timeouts from 0.2 "
			"s, doubling up to 120 s. The default 15 gives 924.6 s, 8 "
			"gives about 102 s. The connection ends at the first timeout "
			"past that time, with ETIMEDOUT.",
		.does = "It bounds data in flight in ESTABLISHED and CLOSE_WAIT, and a "
			"FIN_WAIT_1 that its process still holds (shutdown() without "
			"close()). Measured on Linux 6.18: with 4, such a FIN_WAIT_1 "
			"ended after 6.7 s.",
		.does_not = "Once the socket is closed it has no say: with 5 here and "
			    "tcp_orphan_retries at its default, an orphaned FIN_WAIT_1 "
			    "still lasted 108 s. An idle connection has nothing to "
			    "retransmit, so this never ends one. It is not a number of "
			    "packets. TCP_USER_TIMEOUT replaces it for one socket.",
		.raising = "Connections survive longer outages. Those to dead peers keep "
			   "their buffers and descriptors longer.",
		.lowering =
			"A dead peer is noticed in minutes: 8 is common where another "
			"node takes over. Under 8 the time falls below the 100 s that "
			"RFC 1122 asks for; under 5 a few seconds of loss end healthy "
			"connections.",
		.needs = "Data or a FIN in flight that nobody acknowledges, and a "
			 "socket without TCP_USER_TIMEOUT.",
		.with = "tcp_rto_max_ms caps the timeouts it adds up: measured on "
			"Linux 6.18 with 15, a held FIN_WAIT_1 lasted 116 s at 10000 "
			"and 14.8 s at 1000. tcp_orphan_retries takes over at close().",
		.evidence =
			"After a failover, ESTABLISHED connections to a dead peer last "
			"for minutes, and TCPAbortOnTimeout in 'finwait watch' grows "
			"only a quarter of an hour later: 8 to 10.",
		.acts = "On connections that exist, at their next timeout.",
		.rfc = "RFC 1122 section 4.2.3.5 (R2); RFC 9293 section 3.8.3; "
		       "retransmits_timed_out() in net/ipv4/tcp_timer.c",
		.see_also = "established fin-wait-1 tcp_orphan_retries tcp_rto_max_ms "
			    "tcp_keepalive_time",
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
		.raising = "connect() outlasts a longer outage. Threads blocked in it, "
			   "and ports, stay held longer.",
		.lowering =
			"A dead destination is given up, and its ports are free, "
			"sooner. 3 to 6 is safe. With 1, a link that loses two packets "
			"in 3 s refuses connections that would have worked.",
		.with = "tcp_syn_linear_timeouts adds its count of SYNs a second "
			"apart. ip_local_port_range is what a SYN_SENT holds a port "
			"of.",
		.evidence = "SYN_SENT piles up in 'finwait sockets --state syn-sent --by "
			    "peer', with AttemptFails growing in 'finwait watch': first "
			    "find the dead destination, then 3 or 4.",
		.acts = "On connects under way, at their next timeout, and on new "
			"ones.",
		.rfc = "RFC 1122 section 4.2.3.5; RFC 9293 section 3.8.3; "
		       "tcp_write_timeout() in net/ipv4/tcp_timer.c",
		.see_also = "syn-sent ip_local_port_range tcp_syn_linear_timeouts "
			    "tcp_synack_retries",
	},
	{
		.name = "tcp_syn_linear_timeouts",
		.kind = TOPIC_KNOB,
		.title = "How many repeats of a SYN follow a second apart",
		.what = "A count, 0 to 127, default 4. It came with Linux 6.5: the "
			"first repeats of an unanswered SYN follow at the initial "
			"timeout, 1 s, and only later ones at doubled times. An older "
			"kernel doubles from the first.",
		.does = "Nothing to a closing connection. It makes connect() send more "
			"SYNs to a host that does not answer: by the kernel source "
			"this count is added to tcp_syn_retries, so 10 repeats and not "
			"6.",
		.does_not =
			"It hardly changes how long connect() tries. Measured on Linux "
			"6.18 against a silent host: 134 s with 4, 130 s with 0. It "
			"does not concern SYN-ACKs. Twice as many lost SYNs after a "
			"kernel upgrade are this knob, not a fault of the network.",
		.raising =
			"A connect() over a path that loses packets succeeds sooner. A "
			"dead destination draws a SYN a second from every attempt, and "
			"the attempt lasts a second longer for each.",
		.lowering =
			"Safe: 0 is what kernels before 6.5 did. A lost SYN then costs "
			"1 s, a second one 2 s more, and so on.",
		.with = "tcp_syn_retries, to which it is added. Lower that, not this, "
			"to give up sooner.",
		.evidence = "'nstat -az TcpExtTCPSynRetrans' grows much faster than "
			    "AttemptFails in 'finwait watch': most repeats come from "
			    "attempts that succeed in the end. Firewalls that count SYNs "
			    "are a reason to lower it.",
		.acts = "On connects under way, at their next timeout, and on new "
			"ones.",
		.rfc = "RFC 6298 section 5.5, from which it departs; "
		       "tcp_retransmit_timer() and tcp_write_timeout() in "
		       "net/ipv4/tcp_timer.c",
		.see_also = "tcp_syn_retries syn-sent",
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
		.raising = "A client whose path is down for a minute can still connect. "
			   "Half-open requests hold their place in the queue longer.",
		.lowering =
			"Requests of vanished clients and of a flood leave the queue "
			"sooner. 2 to 5 is safe. With 1 or 0, clients on a lossy path "
			"fail to connect.",
		.with = "tcp_syncookies answers without keeping a request at all once "
			"the queue is full; somaxconn and the program's backlog are "
			"the size of that queue.",
		.evidence = "SYN_RECV stays high in 'finwait sockets' while "
			    "TCPReqQFullDoCookies or TCPReqQFullDrop grows in 'finwait "
			    "watch': 2 or 3.",
		.acts = "On half-open requests that exist, at their next SYN-ACK "
			"timeout.",
		.rfc = "RFC 4987; RFC 1122 section 4.2.3.5; reqsk_timer_handler() in "
		       "net/ipv4/inet_connection_sock.c",
		.see_also = "syn-recv tcp_syncookies somaxconn",
	},
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
			"CLOSE_WAIT, the descriptor still leaks.",
		.raising =
			"Fewer probes. Dead peers are noticed later, and a NAT or load "
			"balancer may drop the idle flow first.",
		.lowering =
			"Dead peers are noticed, and idle flows kept open in a NAT, "
			"sooner. Every idle connection with SO_KEEPALIVE sends a probe "
			"each period. 300 to 7200 is safe, 60 to 299 a known risk. "
			"Negative numbers are accepted and, with -1 measured, no probe "
			"is sent.",
		.needs = "SO_KEEPALIVE, set by the program; TCP_KEEPIDLE unset.",
		.with = "tcp_keepalive_intvl and tcp_keepalive_probes follow it. Keep "
			"it below the idle timeout of any NAT or balancer on the path; "
			"nf_conntrack_tcp_timeout_established should exceed all three "
			"together.",
		.evidence = "ESTABLISHED or CLOSE_WAIT to peers long gone in 'finwait "
			    "sockets --by peer', or idle connections that break at their "
			    "next use: 300 to 600, if the program asks for keepalive.",
		.acts = "When a socket's timer is armed next. Measured on Linux 6.18: "
			"lowered from 7200 to 5, sockets still had 7194 s to go; "
			"raised from 3, the timer in progress sent no probe and "
			"started anew.",
		.rfc = "RFC 1122 section 4.2.3.6; RFC 9293 section 3.8.4; "
		       "keepalive_time_when() in include/net/tcp.h; "
		       "tcp_keepalive_timer() in net/ipv4/tcp_timer.c",
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
		.raising = "A long outage between the probes is forgiven; a dead peer is "
			   "noticed later. Above 75 is a known risk.",
		.lowering = "A dead peer is noticed sooner. Under 5 a short outage ends "
			    "healthy connections, 5 to 9 is a known risk. 0 and negative "
			    "numbers are accepted by the kernel and must not be used.",
		.needs = "SO_KEEPALIVE, and a first probe that went unanswered.",
		.with = "It counts tcp_keepalive_probes times, after "
			"tcp_keepalive_time. TCP_USER_TIMEOUT ends the connection at "
			"its own time instead.",
		.evidence = "Dead peers are noticed too late although tcp_keepalive_time "
			    "is short: 'nstat -az TcpExtTCPKeepAlive' grows, "
			    "TCPAbortOnTimeout in 'finwait watch' follows minutes after.",
		.acts = "On connections that exist, at their next probe.",
		.rfc = "RFC 1122 section 4.2.3.6; RFC 9293 section 3.8.4; "
		       "tcp_keepalive_timer() in net/ipv4/tcp_timer.c",
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
		.raising = "More lost probes are forgiven; a dead peer is noticed later. "
			   "Above 9 is a known risk.",
		.lowering = "A dead peer is noticed sooner. 1 and 2 let one or two lost "
			    "packets end a healthy connection. 3 to 9 is safe.",
		.needs = "SO_KEEPALIVE, and no TCP_USER_TIMEOUT on the socket.",
		.with = "It multiplies tcp_keepalive_intvl; together they decide how "
			"long an outage of an idle connection may last.",
		.evidence =
			"TCPAbortOnTimeout in 'finwait watch' rises with short outages "
			"while 'nstat -az TcpExtTCPKeepAlive' grows: raise it. The "
			"reverse, dead peers kept for 10 minutes, speaks for 3 to 5.",
		.acts = "On connections that exist, at their next probe.",
		.rfc = "RFC 1122 section 4.2.3.6; RFC 9293 section 3.8.4; "
		       "tcp_keepalive_timer() in net/ipv4/tcp_timer.c",
		.see_also = "tcp_keepalive_time tcp_keepalive_intvl",
	},
	{
		.name = "tcp_rto_min_us",
		.kind = TOPIC_KNOB,
		.title = "The shortest retransmission timeout",
		.what = "Microseconds, default 200000. It came with Linux 6.11; an "
			"older kernel has the same 0.2 s built in and no file. However "
			"short the round trip, a segment is repeated no sooner than "
			"this after it was sent.",
		.does = "The timeout of an orphan's data and FIN starts from it, so "
			"FIN_WAIT_1 and LAST_ACK repeat sooner with less. The floor of "
			"an orphaned FIN_WAIT_2 is 3.5 such timeouts: about 0.7 s by "
			"default.",
		.does_not =
			"It does not make tcp_retries2 or tcp_orphan_retries give up "
			"sooner: by the kernel source both reckon from a fixed 0.2 s. "
			"It is no minimum for the handshake, which starts at 1 s.",
		.raising =
			"Fewer repeats of what was only late. Every loss that no other "
			"acknowledgement reveals stops its connection for longer. "
			"Above 1 s no standard asks for it.",
		.lowering =
			"Inside one data centre a lost packet costs milliseconds "
			"instead of 0.2 s. On other paths delayed ACKs, 40 ms and "
			"more, look like losses: segments are repeated for nothing and "
			"the rate collapses. 5000 to 199999 is a known risk; less is "
			"refused.",
		.needs = "No rto_min on the route ('ip route'), which wins, and no "
			 "TCP_BPF_RTO_MIN on the socket.",
		.with = "tcp_rto_max_ms is the other end. Peers' delayed ACKs decide "
			"how low it can go, and no knob here reaches those.",
		.evidence = "Round trips far below 1 ms ('ss -ti') and 'nstat -az "
			    "TcpExtTCPTimeouts' growing. TCPSpuriousRTOs growing after a "
			    "change says it is too low.",
		.acts = "On sockets made afterwards. An accepted connection takes the "
			"value of its listener, so restart the program. Measured on "
			"Linux 6.18: after a write of 20000, connections through an "
			"old listener still had 204 ms, through a new one 24 ms.",
		.rfc = "RFC 6298 section 2.4, which asks for 1 s; tcp_init_sock() in "
		       "net/ipv4/tcp.c; tcp_rto_min() in include/net/tcp.h",
		.see_also = "tcp_rto_max_ms tcp_retries2 fin-wait-2",
	},
	{
		.name = "tcp_rto_max_ms",
		.kind = TOPIC_KNOB,
		.title = "The longest retransmission timeout",
		.what = "Milliseconds, 1000 to 120000, default 120000. It came with "
			"Linux 6.15; an older kernel has 120 s built in and no file. "
			"Timeouts double after each repeat up to this. TCP_RTO_MAX_MS "
			"sets it for one socket.",
		.does = "It shortens the life of a closing connection whose peer is "
			"silent. Measured on Linux 6.18 with tcp_orphan_retries=0: an "
			"orphaned FIN_WAIT_1 lasted 108 s at 120000, 23 s at 10000 and "
			"2.5 s at 1000. By the kernel source the 8 retries that 0 "
			"stands for hold only until the timeout reaches this maximum.",
		.does_not =
			"It does not only make repeats more frequent after an outage: "
			"connections give up sooner as well, because tcp_retries2 and "
			"tcp_orphan_retries add up timeouts that this caps.",
		.raising =
			"120000 is the most. Back to it, closing connections are "
			"patient again, and after an outage of minutes the next repeat "
			"can be 2 minutes away.",
		.lowering = "A connection is back within this time after an outage. But "
			    "the end of a response is lost sooner, see above, and silent "
			    "peers are hammered. RFC 6298 wants no maximum below 60 s: "
			    "60000 and more is safe, 10000 to 59999 a known risk.",
		.with = "Set tcp_orphan_retries (6 to 8, not 0) and tcp_retries2 anew "
			"with it. With tcp_retries2=15 a held FIN_WAIT_1 lasted 116 s "
			"at 10000, measured on Linux 6.18, and 924.6 s is the "
			"reckoning at 120000.",
		.evidence =
			"Connections that stay silent for a minute or two after a link "
			"is back: 'ss -tnoi' shows a timer and a backoff to match.",
		.acts = "On sockets made afterwards; an accepted connection takes the "
			"value of its listener. Measured on Linux 6.18: after a write "
			"of 5000, connections through an old listener still had "
			"120000.",
		.rfc = "RFC 6298 section 2.5; tcp_init_sock() in net/ipv4/tcp.c; "
		       "tcp_orphan_retries() and retransmits_timed_out() in "
		       "net/ipv4/tcp_timer.c",
		.see_also = "tcp_orphan_retries tcp_retries2 tcp_rto_min_us fin-wait-1 "
			    "last-ack",
	},
	{
		.name = "tcp_thin_linear_timeouts",
		.kind = TOPIC_KNOB,
		.title = "Whether thin streams repeat without doubling the timeout",
		.what = "0, the default: timeouts double. 1: a connection with fewer "
			"than 4 packets in flight repeats up to 6 times at its plain "
			"timeout before they double. TCP_THIN_LINEAR_TIMEOUTS asks for "
			"it on one socket. The kernel takes 2 to 255; they mean 1.",
		.does = "Nothing to a closing connection: by the kernel source it "
			"looks at ESTABLISHED alone, so FIN_WAIT_1, CLOSE_WAIT and "
			"LAST_ACK double as ever.",
		.does_not =
			"It does not make bulk transfers faster, and no lost packet is "
			"noticed sooner: only the second repeat and those after it "
			"come earlier.",
		.raising = "To 1: games, shells and other small talk get over a double "
			   "loss sooner. But on a path that is full every such stream "
			   "pushes on instead of backing off.",
		.lowering = "Safe; it is the default. Interactive streams wait longer "
			    "after a second loss.",
		.with = "tcp_rto_min_us bounds each of those timeouts. tcp_retries2 "
			"still ends the connection, after more packets.",
		.evidence = "Interactive connections that stall after losses: 'ss -ti' "
			    "shows backoff on sockets with little in flight. Prefer "
			    "TCP_THIN_LINEAR_TIMEOUTS in that program.",
		.acts = "On connections that exist, at their next timeout.",
		.rfc = "RFC 6298 section 5.5, from which it departs; "
		       "tcp_retransmit_timer() in net/ipv4/tcp_timer.c",
		.see_also = "tcp_rto_min_us tcp_retries2 established",
	},
	{ 0 },
};
