/* SPDX-License-Identifier: MIT */
/*
 * The ideas behind the states: why TIME_WAIT waits and how it ends early, who closes
 * first, how close() differs from shutdown(), which namespace a number is of, and what is
 * said of all that and is not so.
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
	{
		.name = "tw-reuse",
		.kind = TOPIC_IDEA,
		.title = "How a new connection takes over the port of a TIME_WAIT",
		.what = "There are two ways, one for each end. A listener takes a newer "
			"SYN onto the four-tuple of its TIME_WAIT, with no knob at "
			"all. A client may choose the port of its own TIME_WAIT for a "
			"new connection to the same destination, and that is what "
			"tcp_tw_reuse allows.",
		.does = "connect() without a port of its own takes a TIME_WAIT that is "
			"older than tcp_tw_reuse_delay (1 s; before Linux 6.14 a "
			"constant) and whose connection used timestamps. The time "
			"stamps let the other end tell new segments from old ones. "
			"tcp_tw_reuse 1 allows it everywhere, 2 (the default) to "
			"loopback addresses, 0 nowhere. Measured on Linux 6.18, with "
			"one port: the next connection came after 1.0 s instead of 61 "
			"s. TWRecycled counts each.",
		.does_not =
			"It shortens no TIME_WAIT and lowers no count: the old "
			"one stays until somebody needs its port. It does nothing for "
			"a server's TIME_WAITs, for FIN_WAIT_2, for bind() to port 0, "
			"or where the old connection had no timestamps. It is not "
			"tcp_tw_recycle, which broke clients behind NAT and was "
			"removed in Linux 4.12.",
		.remedy = "Use it where connections cannot be reused and 'finwait "
			  "sockets --by peer' shows a destination near the end of its "
			  "ports. 'finwait apply --set net.ipv4.tcp_tw_reuse=1 "
			  "--dry-run' shows what would change.",
		.rfc = "RFC 6191; RFC 7323 section 5; RFC 9293 section 3.6.1 (MAY-2)",
		.see_also = "tcp_tw_reuse tcp_tw_reuse_delay tcp_timestamps "
			    "port-exhaustion time-wait",
	},
	{
		.name = "time-wait-assassination",
		.kind = TOPIC_IDEA,
		.title = "A RST that ends TIME_WAIT early, and what it costs",
		.what = "RFC 1337 names it. An old segment reaches a TIME_WAIT, which "
			"answers with an ACK. The peer has no such connection any more "
			"and answers the ACK with a RST. The RST fits the sequence "
			"numbers, so it ends the TIME_WAIT, and its guard is gone.",
		.does = "With tcp_rfc1337=0, the default, a RST with the expected "
			"sequence number removes the TIME_WAIT at once; with 1 it "
			"stays and its timer goes on. A RST with another number is "
			"ignored either way. Measured on Linux 6.18.",
		.does_not =
			"tcp_rfc1337=1 does not turn the protection off: a sentence "
			"of the kernel's documentation says the opposite of the code. "
			"It is no defence against attackers, and it does not protect "
			"an orphaned FIN_WAIT_2. Rarely does anything break by an "
			"assassination: old segments must still be on their way, and "
			"the same four-tuple must be used again.",
		.remedy = "tcp_rfc1337=1 is harmless where TIME_WAIT must last. More "
			  "often, timestamps do the same work: they keep old segments "
			  "out of a new connection.",
		.rfc = "RFC 1337; RFC 9293 section 3.10.7.4",
		.see_also = "time-wait tcp_rfc1337 tcp_timestamps 2msl",
	},
	{
		.name = "namespaces",
		.kind = TOPIC_IDEA,
		.title = "Whose values and whose numbers: the host or a container",
		.what = "A container mostly has a network namespace of its own: its own "
			"sockets, ports, counters and its own copy of most knobs of "
			"TCP. finwait reads the namespace it runs in; '--netns NAME' "
			"enters another, '--all-netns' reports on each.",
		.does = "A new namespace starts with the kernel's defaults and not with "
			"the tuned values of the host. Copied from the initial one are "
			"only tcp_rmem, tcp_wmem, tcp_congestion_control, ip_forward "
			"and the settings of interfaces. tcp_mem, tcp_max_orphans and "
			"netdev_max_backlog exist once for the host and have no file "
			"elsewhere; rmem_max and nf_conntrack_max can be read "
			"elsewhere, not written. Measured on Linux 6.18.\n\n"
			"In /proc/net/sockstat 'inuse' and 'tw' are of the namespace; "
			"'orphan', 'alloc' and 'mem' are of the whole host. "
			"/proc/net/netstat is of the namespace, and its counters began "
			"when that was made.",
		.does_not =
			"A sysctl of the host does not reach containers that run, nor "
			"those to come: each must be told, by its runtime or in it. A "
			"drop-in of sysctl.d is read for the initial namespace. 'ss "
			"-s' in a container subtracts numbers of the host from its "
			"own, so its 'closed' and 'orphaned' mean nothing.",
		.remedy =
			"'finwait --all-netns audit' judges every namespace. 'finwait "
			"--netns NAME apply PROFILE' changes one. In a pod, Kubernetes "
			"1.32 lets securityContext.sysctls set these without asking the "
			"node: ip_local_port_range, ip_local_reserved_ports, "
			"ip_unprivileged_port_start, ping_group_range, tcp_syncookies, "
			"tcp_fin_timeout, tcp_keepalive_time, tcp_keepalive_intvl, "
			"tcp_keepalive_probes, tcp_rmem and tcp_wmem. Others the kubelet "
			"must allow (allowedUnsafeSysctls).",
		.phrases = TOPIC_PHRASES("kubernetes", "pod", "k8s", "container"),
		.rfc = "network_namespaces(7); none of the RFCs",
		.see_also = "orphans tcp_max_orphans tcp_mem somaxconn",
	},
	{
		.name = "myths",
		.kind = TOPIC_IDEA,
		.title = "What is often said of closing connections, and what is so",
		.what = "Each claim is followed by what is so and by a command that "
			"shows it here. What was measured, was on Linux 6.18.\n\n"
			"'tcp_fin_timeout sets TIME_WAIT.' It bounds an orphaned "
			"FIN_WAIT_2. TIME_WAIT lasts 60 s whatever its value: measured "
			"with 1 to 600. Seen by: ss -tano state time-wait\n\n"
			"'tcp_fin_timeout = 2MSL.' Linux has no setting for either. "
			"Seen by: finwait explain 2msl\n\n"
			"'A larger tcp_fin_timeout is the careful choice.' From 61 to "
			"89 it makes the wait shorter than the default 60: 61 lasts 2 "
			"s, 65 lasts 10 s. 90 lasts 62 s, and 91 to 119 last longer "
			"than 60 s and still shorter than they say. Seen by: finwait "
			"audit\n\n"
			"'sysctl -w net.ipv4.tcp_fin_timeout=30 is how to tune.' It "
			"works, is not checked, is gone after a reboot, and nobody "
			"knows the old value. With a check and a way back: finwait "
			"apply --set net.ipv4.tcp_fin_timeout=30 --dry-run, and "
			"finwait rollback\n\n"
			"'Many TIME_WAITs slow a server down.' One is 256 bytes, "
			"without descriptor and process; 100,000 are 25 MB. The price "
			"is ports, and only where the client closes first. Seen by: "
			"finwait sockets --by port\n\n"
			"'TIME_WAITs on a server's port keep clients away.' A listener "
			"takes a newer SYN onto a TIME_WAIT at once: 200 of 200 "
			"reconnects. Seen by: finwait explain tw-reuse\n\n"
			"'tcp_tw_reuse=1 helps a web server.' It acts in connect() "
			"only. Seen by: the TWRecycled counter, nstat -az "
			"TcpExtTWRecycled\n\n"
			"'tcp_tw_recycle=1 as well.' It was removed in Linux 4.12, "
			"after it had broken clients behind NAT. Seen by: sysctl "
			"net.ipv4.tcp_tw_recycle\n\n"
			"'Lower tcp_max_tw_buckets to 5000.' Above it connections skip "
			"TIME_WAIT and lose its guard, in silence. Seen by: nstat -az "
			"TcpExtTCPTimeWaitOverflow\n\n"
			"'Keepalive, or tcp_fin_timeout, ends CLOSE_WAIT.' Nothing "
			"does while the peer's host answers, and keepalive towards a "
			"dead one leaves the descriptor; the program must call "
			"close(). Seen by: "
			"finwait sockets --state close-wait --by process\n\n"
			"'The passive side waits 2MSL too.' It has nothing left to "
			"repeat, and waits for nothing. Seen by: finwait explain "
			"passive-close\n\n"
			"'SO_LINGER with 0 is the cure for TIME_WAIT.' It sends a RST "
			"and throws away data on its way. Seen by: nstat -az "
			"TcpExtTCPAbortOnData\n\n"
			"'A host has 65,535 connections.' That many ports it has for "
			"each destination and source address. Seen by: finwait sockets "
			"--by peer\n\n"
			"'somaxconn makes the queue longer.' It is a ceiling; the "
			"program asks for the length, and must ask again. Seen by: ss "
			"-ltn, column Send-Q\n\n"
			"'tcp_orphan_retries 0 is the least.' 0 means 8 repeats, 108 "
			"s; 1 is the least, 1.7 s. Seen by: finwait explain "
			"tcp_orphan_retries\n\n"
			"'The host's sysctls hold for its containers.' A new network "
			"namespace starts with the kernel's defaults. Seen by: finwait "
			"--all-netns audit",
		.rfc = "RFC 9293 section 3.6; RFC 1337; RFC 6191; RFC 7323",
		.see_also = "2msl time-wait tcp_fin_timeout tw-reuse port-exhaustion "
			    "namespaces",
	},
	{ 0 },
};
