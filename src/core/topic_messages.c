/* SPDX-License-Identifier: MIT */
/*
 * Lines of the kernel's log that have to do with connections: what is full, where its
 * limit and its use can be seen, what does not help and what does. The lines are those of
 * Debian's linux-source 6.1 and 6.12 (net/ipv4/tcp.c, tcp_input.c, net/core/neighbour.c,
 * net/netfilter/nf_conntrack_core.c, fs/file_table.c).
 */
#include "core/topic.h"

const struct topic topic_messages[] = {
	{
		.name = "too-many-orphaned-sockets",
		.kind = TOPIC_MESSAGE,
		.title = "More closed and unfinished connections than tcp_max_orphans",
		.phrases = TOPIC_PHRASES("too many orphaned sockets"),
		.what = "The kernel had a connection to finish that no process holds any "
			"more, and there were too many of that sort. It sent a RST and "
			"forgot the connection: what was not acknowledged yet is lost "
			"to the peer. Linux 6.1 and 6.12 print 'TCP: too many orphaned "
			"sockets', not more often than the rate limit of the log "
			"allows; one line may stand for many connections.",
		.does = "The limit is tcp_max_orphans and the use is 'orphan' in "
			"/proc/net/sockstat; both are of the whole host, also inside a "
			"network namespace. The count is doubled for an orphan that "
			"has sent nothing for long or whose peer keeps its window "
			"shut, and doubled again after an ICMP error, so the line can "
			"appear at a quarter of the limit. An orphan is FIN_WAIT_1, "
			"CLOSING or LAST_ACK after close(). TIME_WAIT and the usual "
			"FIN_WAIT_2 are none. 'finwait sockets' shows how many there "
			"are in each state.",
		.does_not = "Lowering tcp_max_orphans, as an old hardening list has it, "
			    "makes the line more frequent and resets more connections. "
			    "tcp_fin_timeout bounds none of these states. "
			    "tcp_orphan_retries=1 empties the list, but gives up on a "
			    "peer after 1.7 s of loss (measured on Linux 6.18).",
		.remedy = "Find out why FINs are not acknowledged: clients that went "
			  "away, a firewall that drops, peers that do not read. "
			  "tcp_orphan_retries at 6 gives them 27 s instead of 108 s. "
			  "Raise tcp_max_orphans only with the memory for it; an "
			  "orphan with unsent data can hold its whole send buffer.",
		.rfc = "Linux net/ipv4/tcp.c (tcp_check_oom) and net/ipv4/tcp_timer.c; RFC "
		       "1122 section 4.2.3.5",
		.see_also = "orphans tcp_max_orphans tcp_orphan_retries fin-wait-1 "
			    "last-ack consider-tuning-tcp-mem",
	},
	{
		.name = "consider-tuning-tcp-mem",
		.kind = TOPIC_MESSAGE,
		.title = "TCP holds more memory than tcp_mem allows",
		.phrases = TOPIC_PHRASES("TCP: out of memory", "consider tuning tcp_mem"),
		.what = "The buffers of all TCP sockets together were above the third "
			"number of tcp_mem when the kernel looked at a connection "
			"without an owner. That connection was reset. Linux 6.1 and "
			"6.12 print 'TCP: out of memory -- consider tuning tcp_mem'. "
			"It is about TCP's own limit: the host may have plenty of "
			"memory left.",
		.does = "The limit is the third number of tcp_mem and the use is 'mem' "
			"in the TCP line of /proc/net/sockstat. Both count pages, "
			"mostly of 4096 bytes, and both are of the whole host. From "
			"the second number on the kernel already shrinks windows and "
			"drops what it can: TCPMemoryPressures and PruneCalled in "
			"/proc/net/netstat grow before this line comes.",
		.does_not =
			"Pasting the numbers of tcp_rmem (4096 87380 ...) into tcp_mem "
			"is a classic outage: those are bytes, these are pages. A "
			"larger tcp_mem without a look at who holds the memory lets "
			"the same leak take more of it. tcp_max_orphans is another "
			"limit, with a line of its own.",
		.remedy = "'ss -tnm' shows the buffers of each connection: look for "
			  "large queues of peers that do not read and of programs that "
			  "do not. Smaller third numbers of tcp_rmem and tcp_wmem "
			  "bound each socket. Only then raise tcp_mem, to a quarter of "
			  "the memory at most.",
		.rfc = "Linux net/ipv4/tcp.c (tcp_check_oom) and include/net/tcp.h "
		       "(tcp_out_of_memory)",
		.see_also = "tcp_mem tcp_rmem tcp_wmem orphans too-many-orphaned-sockets",
	},
	{
		.name = "possible-syn-flooding",
		.kind = TOPIC_MESSAGE,
		.title = "A listener's queue of half-open connections was full",
		.phrases = TOPIC_PHRASES("possible SYN flooding"),
		.what = "A SYN came for a port whose queue had no room left. The word "
			"is 'possible': a short backlog under honest load prints the "
			"same line as an attack. Linux 6.1 ends it with 'Sending "
			"cookies. Check SNMP counters.' or 'Dropping request.' and "
			"names the port; 6.12 names address and port and leaves out "
			"the advice. It comes once for each listening socket, so the "
			"silence after it says nothing.",
		.does = "With tcp_syncookies=1 the limit is the backlog that the "
			"program gave to listen(), cut by somaxconn; "
			"tcp_max_syn_backlog counts only with tcp_syncookies=0. "
			"TCPReqQFullDoCookies counts the SYNs answered by a cookie, "
			"TCPReqQFullDrop those dropped, ListenOverflows the full "
			"accept queue. Send-Q of the listener in 'ss -ltn' is the "
			"limit and Recv-Q what waits for accept().",
		.does_not =
			"Turning tcp_syncookies off silences nothing: SYNs are then "
			"dropped and clients wait. Raising tcp_max_syn_backlog does "
			"nothing while cookies are on. somaxconn alone does not reach "
			"a listener that is already there, and cannot give it more "
			"than the program asks for.",
		.remedy = "Raise the backlog in the program's own configuration and "
			  "somaxconn with it, then restart the program. If the "
			  "counters grow and ListenOverflows does too, the program "
			  "accepts too slowly: see accept-queue. If SYN_RECV stays "
			  "high from addresses that never finish, it is a flood: keep "
			  "cookies on, and filter in front of the host.",
		.rfc = "RFC 4987; Linux net/ipv4/tcp_input.c (tcp_syn_flood_action)",
		.see_also = "accept-queue syn-recv tcp_syncookies somaxconn "
			    "tcp_max_syn_backlog",
	},
	{
		.name = "time-wait-bucket-table-overflow",
		.kind = TOPIC_MESSAGE,
		.title = "A connection was closed without its TIME_WAIT",
		.phrases = TOPIC_PHRASES("time wait bucket table overflow"),
		.what = "There were already tcp_max_tw_buckets mini-sockets, or no "
			"memory for one more. The connection went straight to closed, "
			"and the protection of TIME_WAIT was lost for it. Kernels of "
			"the 2.6 series print 'TCP: time wait bucket table overflow'. "
			"Linux 3.4, 6.1 and 6.12 print nothing: they count "
			"TCPTimeWaitOverflow instead, so the silence of a newer log "
			"proves nothing.",
		.does = "The limit is tcp_max_tw_buckets, of each network namespace. "
			"The use is 'tw' in /proc/net/sockstat, which counts the "
			"orphaned FIN_WAIT_2 too. 'finwait audit' compares the two and "
			"reads the counter.",
		.does_not = "Lowering the limit on purpose, to see fewer TIME_WAITs, "
			    "causes exactly this. It frees 256 bytes each. "
			    "tcp_fin_timeout and tcp_tw_reuse make no room in the table, "
			    "and tcp_tw_recycle was removed in Linux 4.12.",
		.remedy = "Leave tcp_max_tw_buckets at its default, half the hash "
			  "table, or raise it: 100,000 cost 25 MB. Then ask why this "
			  "side closes so many connections first, and reuse them or "
			  "let the other side close.",
		.rfc = "RFC 9293 section 3.6.1; Linux net/ipv4/tcp_minisocks.c "
		       "(tcp_time_wait)",
		.see_also = "time-wait tcp_max_tw_buckets active-close",
	},
	{
		.name = "nf-conntrack-table-full",
		.kind = TOPIC_MESSAGE,
		.title = "The connection tracker has no entry left and drops packets",
		.phrases = TOPIC_PHRASES("conntrack: table full"),
		.what = "A packet would have begun a new flow, the tracker held as many "
			"entries as it may, and none could be thrown out early. The "
			"packet was dropped, so new connections hang or time out while "
			"old ones go on. Linux 6.1 and 6.12 print 'nf_conntrack: table "
			"full, dropping packet'.",
		.does = "The limit is nf_conntrack_max: one number for the host, but "
			"compared with the entries of each network namespace apart. "
			"The use is in /proc/sys/net/netfilter/nf_conntrack_count, "
			"which is of the namespace that reads it; look in the one the "
			"traffic goes through. 'conntrack -S' shows drop and "
			"early_drop, 'conntrack -L' what fills the table.",
		.does_not =
			"Knobs of TCP sockets do not touch the tracker: its TIME_WAIT "
			"is 120 s by default and its own. Cutting "
			"nf_conntrack_tcp_timeout_established to minutes makes it "
			"forget idle connections that both ends still hold. Raising "
			"nf_conntrack_max by much without nf_conntrack_buckets makes "
			"each look-up walk longer chains.",
		.remedy = "Look first at what fills it: a scan shows as SYN_SENT. "
			  "Exempt what needs no tracking (loopback, health checks) by "
			  "a notrack rule. Raise nf_conntrack_buckets and "
			  "nf_conntrack_max together. The timeouts for time_wait and "
			  "fin_wait may go to 30-60 s, the one for established to "
			  "7440 s and not below.",
		.rfc = "RFC 5382 REQ-5; Linux net/netfilter/nf_conntrack_core.c "
		       "(__nf_conntrack_alloc)",
		.see_also = "conntrack nf_conntrack_max nf_conntrack_buckets "
			    "nf_conntrack_tcp_timeout_established",
	},
	{
		.name = "neighbor-table-overflow",
		.kind = TOPIC_MESSAGE,
		.title = "No room for one more hardware address of a neighbour",
		.phrases = TOPIC_PHRASES("neighbor table overflow",
					 "neighbour table overflow"),
		.what = "The table that maps addresses of the local network to hardware "
			"addresses reached its limit and could not be cleaned. Packets "
			"to new neighbours fail with ENOBUFS; known ones go on. Linux "
			"6.1 and 6.12 print 'neighbour: arp_cache: neighbor table "
			"overflow!', with ndisc_cache for IPv6. Older kernels wrote "
			"'Neighbour table overflow.'",
		.does = "The limit is gc_thresh3 of net.ipv4.neigh.default, and of "
			"net.ipv6.neigh.default for ndisc_cache. Table and limit are "
			"of the whole host: the containers of a host share them, and "
			"only the initial namespace shows the limit. 'ip neigh show | "
			"wc -l' counts one namespace; the first column of "
			"/proc/net/stat/arp_cache, in hexadecimal, counts all.",
		.does_not = "It has nothing to do with TIME_WAIT, ports or the backlog, "
			    "though clients see timeouts as with those. Raising "
			    "gc_thresh1 keeps more old entries and helps nobody.",
		.remedy = "Raise gc_thresh3, and gc_thresh2 to half of it, above the "
			  "number of neighbours the host can have. If there should "
			  "not be that many, a netmask is too wide or something scans "
			  "the subnet.",
		.rfc = "Linux net/core/neighbour.c (neigh_alloc)",
		.see_also = "gc_thresh1 gc_thresh2 gc_thresh3 namespaces",
	},
	{
		.name = "file-max-limit-reached",
		.kind = TOPIC_MESSAGE,
		.title = "The whole host has as many open files as fs.file-max",
		.phrases = TOPIC_PHRASES("file-max limit",
					 "too many open files in system", "ENFILE"),
		.what = "A program wanted one more open file or socket, and the host "
			"has no more to give. It gets ENFILE, 'Too many open files in "
			"system'. Linux 6.1 and 6.12 print 'VFS: file-max limit N "
			"reached', and again only at a new record. Programs with "
			"CAP_SYS_ADMIN are let through.",
		.does = "The limit is fs.file-max. The use is the first number of "
			"/proc/sys/fs/file-nr, the third is the limit again. Each "
			"socket that a process holds is an open file: a CLOSE_WAIT "
			"that leaks is one, a TIME_WAIT is none.",
		.does_not = "It is not the limit of one process; that is EMFILE and "
			    "LimitNOFILE. fs.nr_open is no count of files either: it "
			    "only caps what a process may be allowed.",
		.remedy = "'finwait sockets --by process' names who holds the sockets. "
			  "A leak is cured in its program. Raise fs.file-max only if "
			  "the number of files is as it should be.",
		.rfc = "Linux fs/file_table.c (alloc_empty_file); proc_sys_fs(5)",
		.see_also = "file-max nr_open emfile close-wait",
	},
	{ 0 },
};
