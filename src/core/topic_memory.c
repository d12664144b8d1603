/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of buffers and memory do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_memory[] = {
	{
		.name = "tcp_mem",
		.kind = TOPIC_KNOB,
		.title = "How much memory all TCP sockets together may queue",
		.what = "Three numbers of pages, one page being 4096 bytes on most "
			"machines: low, pressure and limit. The kernel works them "
			"out at boot: by its source about 4.7, 6.3 and 9.4 % of the "
			"memory it has for itself (287898 383867 575796 on a "
			"machine of 24 GB). One set for the whole host, visible "
			"only in its initial network namespace.",
		.does = "Past the third number a closing connection that still has "
			"more than a few KB to deliver is reset, and such an orphan "
			"is dropped at its next timeout (by the kernel source; "
			"TCPAbortOnMemory and 'out of memory -- consider tuning "
			"tcp_mem' in the kernel log are the traces). Past the "
			"second number TCP is under pressure until it falls below "
			"the first: buffers stop growing, windows shrink, and a FIN "
			"may ride on a segment already sent and so wait for its "
			"retransmission.",
		.does_not = "It is not in bytes: the numbers of tcp_rmem pasted here, "
			    "4096 131072 6291456, mean 16 MB, 512 MB and 24 GB. It "
			    "bounds no single socket and reserves nothing. It does not "
			    "count TIME_WAIT, whose entries have no buffers.",
		.raising = "More data may be under way before TCP throttles itself. "
			   "The memory cannot be swapped, so past a quarter of RAM it "
			   "is the host that runs out, and the kernel kills processes.",
		.lowering = "Leaves more memory to programs. Throughput collapses under "
			    "load, and past the limit the ends of answers are lost in "
			    "resets; it may save a host that has no memory, never one "
			    "that is slow.",
		.needs = "RAM that is really free when the sockets fill: 1,000,000 "
			 "pages are 4 GB.",
		.with = "tcp_rmem and tcp_wmem say what one socket may take of it, "
			"tcp_max_orphans how many sockets without an owner may. A "
			"memory limit of a cgroup counts socket buffers too and "
			"throttles sooner.",
		.evidence = "'mem' of the TCP line in /proc/net/sockstat, in pages and "
			    "host-wide, near the second number, with "
			    "TCPMemoryPressures, PruneCalled or TCPAbortOnMemory "
			    "growing in /proc/net/netstat. First find who holds it: "
			    "'finwait sockets --by process'.",
		.acts = "At once, on every socket of the host: the numbers are read "
			"at each allocation.",
		.rfc = "tcp_init_mem(), __tcp_close() and tcp_check_oom() in "
		       "net/ipv4/tcp.c; tcp_send_fin() in net/ipv4/tcp_output.c; "
		       "__sk_mem_raise_allocated() in net/core/sock.c; RFC 9293 "
		       "section 3.6",
		.see_also = "tcp_rmem tcp_wmem tcp_max_orphans fin-wait-1 last-ack",
	},
	{
		.name = "tcp_rmem",
		.kind = TOPIC_KNOB,
		.title = "The receive buffer of a TCP socket: least, at first, at "
			 "most",
		.what = "Three numbers of bytes. The first is left to a socket even "
			"under memory pressure, the second is what a new socket "
			"has, the third is how far autotuning may go. 4096 131072 "
			"6291456 up to Linux 6.12 and 4096 131072 33554432 in 6.18, "
			"where there is RAM enough.",
		.does = "It bounds how much can lie there unread when a program "
			"closes, and what is unread then turns the orderly end into "
			"a RST (TCPAbortOnClose). The third number also settles the "
			"window scale in the handshake: measured on Linux 6.18, "
			"6291456 gave a scale of 7, 33554432 of 10, 67108864 of 11.",
		.does_not = "It reserves no memory: a buffer takes what has arrived and "
			    "not been read. rmem_max does not cap it; that one is for "
			    "programs that set SO_RCVBUF. The kernel does not check the "
			    "order: 8192 4096 2048 was taken by Linux 6.18.",
		.raising = "The third: one connection can fill a fast and long path, "
			   "at the risk that many slow readers together reach tcp_mem. "
			   "The second: every new socket may use that much from its "
			   "start, a risk without gain, for autotuning grows within a "
			   "few round trips.",
		.lowering = "Bounds what slow readers can pin. Below bandwidth x delay "
			    "the path stands idle while the peer waits for the window; "
			    "with a tiny first number a socket under memory pressure "
			    "may get nothing.",
		.needs = "tcp_moderate_rcvbuf=1, or nothing ever grows to the third "
			 "number; tcp_window_scaling=1, or windows end at 64 KB.",
		.with = "Connections x what each has unread must fit into tcp_mem. "
			"A new network namespace copies the numbers of the initial "
			"one, not of the one that makes it.",
		.evidence = "A connection whose receive buffer ('ss -tm', the number "
			    "after rb) stands at the third number while path and "
			    "program have room. PruneCalled, RcvPruned or TCPRcvQDrop "
			    "growing says the contrary: too much is held.",
		.acts = "The second number on new sockets only (measured on Linux "
			"6.18), the third at once wherever a buffer would grow, the "
			"window scale at the next handshake.",
		.rfc = "RFC 7323 section 2; RFC 9293 section 3.8.6; RFC 2525 "
		       "section 2.17; tcp_rcv_space_adjust() in "
		       "net/ipv4/tcp_input.c; tcp_select_initial_window() in "
		       "net/ipv4/tcp_output.c",
		.see_also = "tcp_wmem tcp_mem rmem_max tcp_moderate_rcvbuf close-wait",
	},
	{
		.name = "tcp_wmem",
		.kind = TOPIC_KNOB,
		.title = "The send buffer of a TCP socket: least, at first, at most",
		.what = "Three numbers of bytes. The first is left to a socket even "
			"under memory pressure, the second is what a new socket "
			"has, the third is how far the buffer may grow with the "
			"congestion window. 4096 16384 4194304 by default; with "
			"less than 512 MB of RAM the third is smaller.",
		.does = "It bounds what close() leaves behind for the kernel to "
			"deliver. Measured on Linux 6.18 against a peer that does "
			"not read: with 65536 as the third number 49 KB were left "
			"in FIN_WAIT_1 after close(), with 4194304 3.6 MB.",
		.does_not = "It is no send window: the congestion window and the peer "
			    "decide what is under way. wmem_max does not cap it; that "
			    "one is for programs that set SO_SNDBUF. The kernel does "
			    "not check the order.",
		.raising = "The third: a fast and long path can be filled. Each "
			   "connection can then hold that much, an orphan of a peer "
			   "that does not read too, and more of an answer is lost if "
			   "such an orphan is reset. The second changes little, for "
			   "the handshake grows the buffer anyway.",
		.lowering = "Less memory for each slow client, and a program learns "
			    "sooner that its peer does not read. Under bandwidth x "
			    "delay the path stands idle; a tiny buffer turns each write "
			    "into a wait.",
		.with = "tcp_notsent_lowat bounds the unsent part alone, which is "
			"often the better answer. tcp_max_orphans x the third "
			"number is what orphans can pin, within tcp_mem.",
		.evidence = "FIN_WAIT_1 with large send queues in 'ss -tn state "
			    "fin-wait-1', or 'finwait sockets --state fin_wait_1 --by "
			    "peer' with one slow peer, ask for less. A connection that "
			    "'ss -ti' shows sndbuf_limited asks for more.",
		.acts = "The second number on new sockets; the third at once, on "
			"open ones too: measured on Linux 6.18, the buffer of a "
			"connection opened before the change fell to the lower "
			"number as its congestion window grew.",
		.rfc = "RFC 9293 section 3.8.6; RFC 5681 section 3; "
		       "tcp_sndbuf_expand() in net/ipv4/tcp_input.c; "
		       "tcp_wmem_schedule() and tcp_init() in net/ipv4/tcp.c",
		.see_also = "tcp_rmem tcp_notsent_lowat tcp_mem tcp_max_orphans "
			    "fin-wait-1",
	},
	{
		.name = "rmem_max",
		.kind = TOPIC_KNOB,
		.title = "The largest receive buffer a program may ask for",
		.what = "Bytes, an upper bound on SO_RCVBUF; the kernel then "
			"doubles what was granted, for its own bookkeeping. 212992 "
			"by default up to Linux 6.12, 4194304 in 6.18. One number "
			"for the whole host.",
		.does = "Nothing to a closing connection. It cuts "
			"setsockopt(SO_RCVBUF) down without an error, for TCP and "
			"UDP alike, and by the kernel source it has a say in the "
			"window scale, which follows the larger of this and the "
			"third number of tcp_rmem. Measured on Linux 6.18 with "
			"4194304 here: a tcp_rmem that ends at 131072 still gave a "
			"scale of 7.",
		.does_not = "It is not the limit of the TCP window: a socket that "
			    "leaves SO_RCVBUF alone grows to the third number of "
			    "tcp_rmem, whatever stands here.",
		.raising = "A program that sets a fixed buffer gets the one it asks "
			   "for, such as a receiver of UDP bursts. Any program may "
			   "then pin that much kernel memory for each socket.",
		.lowering = "Bounds what a program can pin. Programs with fixed buffers "
			    "lose throughput or datagrams, without a message.",
		.needs = "A program that sets SO_RCVBUF, and a restart of it. The "
			 "file is writable in the initial network namespace only.",
		.with = "tcp_rmem for all sockets that set nothing; tcp_mem for all "
			"of TCP together. Setting SO_RCVBUF turns autotuning off "
			"for that socket.",
		.evidence = "A socket whose buffer in 'ss -tm' or 'ss -um' (rb) is "
			    "exactly twice this number, with drops (d) growing beside "
			    "it.",
		.acts = "At the next setsockopt() and, for the window scale, at the "
			"next handshake. Sockets that have their buffer keep it.",
		.rfc = "RFC 7323 section 2; sk_setsockopt() in net/core/sock.c "
		       "(sock_setsockopt() before it); tcp_select_initial_window() "
		       "in net/ipv4/tcp_output.c",
		.see_also = "tcp_rmem wmem_max rmem_default tcp_mem",
	},
	{
		.name = "wmem_max",
		.kind = TOPIC_KNOB,
		.title = "The largest send buffer a program may ask for",
		.what = "Bytes, an upper bound on SO_SNDBUF; the kernel then "
			"doubles what was granted, for its own bookkeeping. 212992 "
			"by default up to Linux 6.12, 4194304 in 6.18. One number "
			"for the whole host.",
		.does = "Of a program that sets SO_SNDBUF it bounds what close() "
			"can leave behind in FIN_WAIT_1. It cuts the wish down "
			"without an error.",
		.does_not = "It is no limit for a socket that leaves SO_SNDBUF alone: "
			    "that one grows to the third number of tcp_wmem, whatever "
			    "stands here.",
		.raising = "A program that sets a fixed buffer gets the one it asks "
			   "for. Any program may then pin that much kernel memory for "
			   "each socket.",
		.lowering = "Bounds what a program can pin. Programs with fixed buffers "
			    "send slower on long paths, without a message.",
		.needs = "A program that sets SO_SNDBUF, and a restart of it. The "
			 "file is writable in the initial network namespace only.",
		.with = "tcp_wmem for all sockets that set nothing. Setting "
			"SO_SNDBUF stops the growth of that socket's buffer.",
		.evidence = "A socket whose buffer in 'ss -tm' (tb) is exactly twice "
			    "this number while 'ss -ti' shows it sndbuf_limited.",
		.acts = "At the next setsockopt(); sockets that have their buffer "
			"keep it.",
		.rfc = "RFC 9293 section 3.8.6; sk_setsockopt() in net/core/sock.c "
		       "(sock_setsockopt() before it)",
		.see_also = "tcp_wmem rmem_max wmem_default fin-wait-1",
	},
	{
		.name = "rmem_default",
		.kind = TOPIC_KNOB,
		.title = "The receive buffer of sockets other than TCP",
		.what = "Bytes that a new UDP, raw or Unix socket may hold unread "
			"until it asks for another number. 212992 by default. One "
			"number for the whole host.",
		.does = "Nothing to a closing connection: a TCP socket overwrites "
			"it with the second number of tcp_rmem when it is made.",
		.does_not = "It is not the default buffer of TCP, although guides set "
			    "it beside tcp_rmem as if it were.",
		.raising = "UDP receivers survive longer bursts. Every datagram socket "
			   "of the host may then hold that much.",
		.lowering = "Less memory for idle receivers. Datagrams are dropped in "
			    "shorter bursts, those of DNS and QUIC among them.",
		.needs = "The file is writable in the initial network namespace "
			 "only.",
		.with = "rmem_max bounds what a program may ask for by itself; it "
			"does not bound this number. tcp_rmem is what TCP uses.",
		.evidence = "RcvbufErrors of the Udp line in /proc/net/snmp growing. No "
			    "TCP counter speaks of it.",
		.acts = "On new sockets only.",
		.rfc = "RFC 768; sock_init_data() in net/core/sock.c; "
		       "tcp_init_sock() in net/ipv4/tcp.c",
		.see_also = "tcp_rmem rmem_max wmem_default",
	},
	{
		.name = "wmem_default",
		.kind = TOPIC_KNOB,
		.title = "The send buffer of sockets other than TCP",
		.what = "Bytes that a new UDP, raw or Unix socket may have waiting "
			"to leave until it asks for another number. 212992 by "
			"default. One number for the whole host.",
		.does = "Nothing to a closing connection: a TCP socket overwrites "
			"it with the second number of tcp_wmem when it is made. By "
			"the kernel source the kernel's own socket for resets and "
			"for the ACKs of TIME_WAIT has this buffer.",
		.does_not = "It is not the default buffer of TCP, although guides set "
			    "it beside tcp_wmem as if it were.",
		.raising = "UDP and Unix senders block or fail later. Every such "
			   "socket may then hold that much.",
		.lowering = "Less memory for senders that are too fast. They block, or "
			    "meet EAGAIN, sooner.",
		.needs = "The file is writable in the initial network namespace "
			 "only.",
		.with = "wmem_max bounds what a program may ask for by itself; it "
			"does not bound this number. tcp_wmem is what TCP uses.",
		.evidence = "SndbufErrors of the Udp line in /proc/net/snmp growing. No "
			    "TCP counter speaks of it.",
		.acts = "On new sockets only.",
		.rfc = "RFC 768; sock_init_data() in net/core/sock.c; "
		       "ip_send_unicast_reply() in net/ipv4/ip_output.c",
		.see_also = "tcp_wmem wmem_max rmem_default",
	},
	{
		.name = "tcp_moderate_rcvbuf",
		.kind = TOPIC_KNOB,
		.title = "Whether the receive buffer grows with the connection",
		.what = "1, the default: the kernel measures how much a program "
			"reads in one round trip and lets buffer and window follow, "
			"up to the third number of tcp_rmem. 0: the window stays as "
			"it began. Higher numbers are accepted and mean 1.",
		.does = "Nothing to a closing connection. Measured on Linux 6.18 "
			"over loopback: after half a second at full speed the "
			"buffer stood at 131072 bytes with 0 and at 1254832 with 1.",
		.does_not = "0 saves no memory that matters: a buffer takes only what "
			    "has arrived and is unread. It does not touch sockets that "
			    "set SO_RCVBUF, nor the send side.",
		.raising = "To 1: long paths reach their speed. Slow readers may hold "
			   "more, within tcp_rmem and tcp_mem.",
		.lowering = "To 0: what a peer may send unread stays small. It then "
			    "waits once for each 64 KB or so: at a round trip of 100 ms "
			    "that is some 5 Mbit/s.",
		.with = "The third number of tcp_rmem is where the growth ends, "
			"tcp_mem may end it earlier. Linux 7.2 has "
			"tcp_rcvbuf_low_rtt as well, which slows the growth on "
			"short paths.",
		.evidence = "Bulk transfers from far away that are slow, while 'ss -ti' "
			    "at the sender shows rwnd_limited.",
		.acts = "At once, on open connections too: it is read at each "
			"measurement. A buffer that has grown does not shrink.",
		.rfc = "RFC 9293 section 3.8.6; RFC 7323 section 2; "
		       "tcp_rcv_space_adjust() in net/ipv4/tcp_input.c",
		.see_also = "tcp_rmem tcp_mem rmem_max",
	},
	{
		.name = "tcp_notsent_lowat",
		.kind = TOPIC_KNOB,
		.title = "How much unsent data a socket takes before it says wait",
		.what = "Bytes not yet sent above which poll() reports a TCP socket "
			"as not writable and send() waits. The default 4294967295 "
			"leaves it all to the send buffer.",
		.does = "It bounds the unsent part of what close() leaves behind. "
			"Measured on Linux 6.18 against a peer that does not read: "
			"send() took 3.9 MB by default and 256 KB with 131072.",
		.does_not = "0 does not turn it off: measured on Linux 6.18, send() "
			    "takes nothing more and poll() never reports the socket as "
			    "writable, on open connections as well. It does not bound "
			    "what has been sent and is not acknowledged.",
		.raising = "Fewer wake-ups for the program. More data queues in the "
			   "kernel, where its order can no longer be changed.",
		.lowering = "16 KB to 128 KB: less memory for each slow client, and a "
			    "server of HTTP/2 can still change its mind about what goes "
			    "first. The program wakes more often, and if it wakes late "
			    "the path stands idle.",
		.needs = "A program that waits with poll() or epoll; a thread "
			 "blocked in send() merely blocks sooner.",
		.with = "tcp_wmem bounds sent and unsent together. A socket that "
			"sets TCP_NOTSENT_LOWAT has its own number.",
		.evidence = "Many connections with a large notsent in 'ss -ti', or "
			    "'mem' of /proc/net/sockstat near the second number of "
			    "tcp_mem.",
		.acts = "At once, on every socket without TCP_NOTSENT_LOWAT.",
		.rfc = "RFC 9293 section 3.8.6; tcp_stream_memory_free() in "
		       "net/ipv4/tcp_ipv4.c",
		.see_also = "tcp_wmem tcp_mem fin-wait-1",
	},
	{
		.name = "tcp_limit_output_bytes",
		.kind = TOPIC_KNOB,
		.title = "How much of one connection may wait below TCP",
		.what = "Bytes of one socket in the queueing discipline and the "
			"device together, known as TCP small queues. 1048576 by "
			"default up to Linux 6.12, 4194304 in 6.18.",
		.does = "Nothing to a closing connection, but for the wait: a FIN "
			"goes out behind the data that is already there. By the "
			"kernel source a connection past the limit pauses until the "
			"device reports some of it sent.",
		.does_not = "It is no limit on speed or on the send buffer. Measured on "
			    "Linux 6.18, loopback ran alike with 4194304, 65536, 0 and "
			    "-1. A negative number means no limit of its own, and 0 one "
			    "or two packets at a time.",
		.raising = "Helps devices that report late what they sent, as Wi-Fi "
			   "and some virtual ones. One bulk transfer can then fill the "
			   "queue and delay all others.",
		.lowering = "Shorter queues on this host. A device that reports late "
			    "runs empty between the reports.",
		.with = "By the source of 6.1 and 6.12 it is not read for sockets "
			"that are paced, by the queue fq or by the congestion "
			"control BBR. A fair queue (default_qdisc) makes a large "
			"number harmless to others.",
		.evidence = "'tc -s qdisc' with a large backlog and delays for others "
			    "ask for less; a transfer that is slow although neither "
			    "window nor buffer limits it in 'ss -ti' asks for more.",
		.acts = "At once, on all connections: it is read before each "
			"packet.",
		.rfc = "RFC 8290 section 1; tcp_small_queue_check() in "
		       "net/ipv4/tcp_output.c",
		.see_also = "default_qdisc tcp_wmem tcp_notsent_lowat",
	},
	{
		.name = "tcp_shrink_window",
		.kind = TOPIC_KNOB,
		.title = "Whether a window once offered may be taken back",
		.what = "0, the default: what has been offered stands, short of a "
			"lack of memory. 1: it may be taken back when the receive "
			"buffer is full sooner than the window said. It came with "
			"Linux 6.5; Debian's 6.1.192 has it too.",
		.does = "Nothing to a closing connection as such. With 1 a peer may "
			"have sent what was then taken back; by a report to the "
			"kernel's developers of 2026 its later segments, pure ACKs "
			"among them, were then refused until the program read.",
		.does_not = "It does not shrink the buffers of many idle connections: "
			    "only one whose window is scaled and whose data came in "
			    "small pieces. It is not needed for a zero window, which "
			    "every receiver may announce.",
		.raising = "To 1: a slow reader of many small messages stays within "
			   "its buffer instead of growing to the third number of "
			   "tcp_rmem, where data is dropped. A peer that handles a "
			   "shrinking window badly may stall.",
		.lowering = "To 0: as it always was, and safe. Buffers may grow past "
			    "what autotuning meant.",
		.needs = "tcp_window_scaling=1 at both ends: without a scale it has "
			 "no effect.",
		.with = "tcp_rmem is the limit that it helps to keep, tcp_mem what "
			"it protects.",
		.evidence = "TCPRcvQDrop or PruneCalled growing while connections of "
			    "small messages hold far more than they have unread ('ss "
			    "-tm').",
		.acts = "At once, on open connections with a window scale: it is "
			"read at each window.",
		.rfc = "RFC 7323 section 2.4; RFC 1122 section 4.2.2.16; RFC 9293 "
		       "section 3.8.6; __tcp_select_window() in "
		       "net/ipv4/tcp_output.c",
		.see_also = "tcp_rmem tcp_mem tcp_moderate_rcvbuf",
	},
	{ 0 },
};
