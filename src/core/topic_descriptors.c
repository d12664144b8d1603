/* SPDX-License-Identifier: MIT */
/*
 * Limits of open files, and knobs that mainline Linux does not have.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_descriptors[] = {
	{
		.name = "file-max",
		.kind = TOPIC_KNOB,
		.title = "How many files the whole host may have open",
		.what = "fs.file-max, one limit for all processes and namespaces. By the "
			"kernel source the default is a tenth of the RAM free at boot in "
			"KiB, at least 8192 (2466170 on a machine of 24 GB). Since "
			"version 240 systemd may raise it to the largest number at boot.",
		.does = "It counts sockets as long as a process holds them: a CLOSE_WAIT "
			"that a program never closes takes one for good. TIME_WAIT, "
			"FIN_WAIT_2 after close() and every other orphan take none. Past "
			"the limit open(), socket() and accept() fail with ENFILE, but "
			"for processes with CAP_SYS_ADMIN.",
		.does_not = "It is not a limit for one process: \"Too many open files\" "
			    "(EMFILE) is RLIMIT_NOFILE, and this knob does not move "
			    "that. It does not free the descriptors that a program "
			    "leaks.",
		.raising = "Safe. An open file costs kernel memory, so the number should "
			   "fit the RAM.",
		.lowering = "Every process of the host without privilege fails at once "
			    "when the number is below what is open.",
		.needs = NULL,
		.with = "nr_open and RLIMIT_NOFILE bound one process; this bounds their "
			"sum. tcp_max_orphans bounds the sockets that no longer count "
			"here.",
		.evidence = "/proc/sys/fs/file-nr: the first number close to the third. "
			    "'VFS: file-max limit N reached' in the kernel log, ENFILE "
			    "in a program's.",
		.acts = "At once, on the next file opened. Open files stay.",
		.rfc = "none; alloc_empty_file() and files_maxfiles_init() in "
		       "fs/file_table.c",
		.see_also = "nr_open close-wait tcp_max_orphans",
	},
	{
		.name = "nr_open",
		.kind = TOPIC_KNOB,
		.title = "The highest RLIMIT_NOFILE that a process can be given",
		.what = "fs.nr_open, one number for the host, 1048576 by default. By the "
			"kernel source setrlimit() refuses more with EPERM, to root as "
			"well. Since version 240 systemd may raise it at boot; "
			"distributions can turn that off.",
		.does = "Nothing to a closing connection. A program that leaks "
			"CLOSE_WAIT meets its own RLIMIT_NOFILE first, as EMFILE at "
			"accept().",
		.does_not = "It does not raise the limit of any process: LimitNOFILE= in "
			    "the unit, or setrlimit(), does, and a service must be "
			    "started again.",
		.raising = "Lets a unit ask for more. A process that uses so many has a "
			   "large table of descriptors, and a program that closes every "
			   "number up to its limit takes long to start.",
		.lowering = "A service whose LimitNOFILE is above it no longer starts, "
			    "and a running process that needs more descriptors meets "
			    "EMFILE below its own limit.",
		.needs = NULL,
		.with = "file-max bounds the host. RLIMIT_NOFILE ('Max open files' in "
			"/proc/PID/limits) is what a process meets.",
		.evidence = "EPERM from setrlimit() or a unit that fails on its "
			    "LimitNOFILE. EMFILE alone is evidence for LimitNOFILE, or "
			    "for a leak: 'finwait sockets' shows who holds CLOSE_WAIT.",
		.acts = "At the next setrlimit(), and when a process next needs a larger "
			"table of descriptors.",
		.rfc = "none; do_prlimit() in kernel/sys.c, expand_files() in fs/file.c",
		.see_also = "file-max close-wait",
	},
	{
		.name = "tcp_tw_recycle",
		.kind = TOPIC_KNOB,
		.title = "A knob that no longer exists, and should not be missed",
		.what = "Removed in Linux 4.12. Guides still name it, and 'sysctl -p' "
			"then says \"No such file or directory\".",
		.does = "It ended TIME_WAIT after a few retransmission timeouts instead "
			"of 60 s, and refused a SYN whose timestamp was older than the "
			"last one seen from the same address.",
		.does_not = "It was never safe on a server: clients behind one NAT share "
			    "an address and not a clock, so all but one of them were "
			    "refused, without a word. tcp_tw_reuse is another knob: it "
			    "acts on outgoing connections only.",
		.raising = "To 1, on a kernel that still has it: fewer TIME_WAITs, and "
			   "clients behind a NAT that cannot connect, at random and "
			   "without a line in any log.",
		.lowering = "To 0: the only sound value. Nothing is lost but the "
			    "refusals.",
		.needs = "Linux before 4.12, and tcp_timestamps.",
		.with = "tcp_timestamps: it judged clients by them. Guides that turn "
			"timestamps off to make it bearable take away tcp_tw_reuse and "
			"PAWS as well.",
		.evidence = "None justifies it. Where the file exists and reads 1, a "
			    "growing PAWSPassive in /proc/net/netstat counts the clients "
			    "refused.",
		.acts = "On old kernels, on every SYN that came in after the write. On "
			"others there is nothing to write, and finwait does not.",
		.rfc = "RFC 6191; RFC 7323 section 5",
		.see_also = "tcp_tw_reuse time-wait tcp_timestamps",
	},
	{
		.name = "tcp_tw_timeout",
		.kind = TOPIC_KNOB,
		.title = "The length of TIME_WAIT, in kernels of Alibaba Cloud only",
		.what = "Seconds, 1 to 600, 60 by default, by the vendor's manual: "
			"Alibaba Cloud Linux 2 (kernel 4.19.43-13.al7 and later) and 3; "
			"from version 4 on it is deprecated. No mainline kernel has it. "
			"It is named for TencentOS too, but the published source of its "
			"kernel that was looked at has no such file. finwait was never "
			"run on either.",
		.does = "By the source of Alibaba's cloud-kernel it takes the place of "
			"the fixed 60 s: the time a socket stays in TIME_WAIT after it "
			"closed first.",
		.does_not = "It is not tcp_fin_timeout, and a mainline kernel does not "
			    "learn it from a line in sysctl.conf. It gives a server "
			    "nothing: TIME_WAIT there holds no port.",
		.raising = "Above 60: a client's ports come back later, and the table "
			   "fills sooner.",
		.lowering = "Below 60: ports come back sooner. A peer whose FIN is "
			    "repeated after that time meets a RST, and an old segment "
			    "can reach a new connection; the vendor warns of it too.",
		.needs = "A kernel of that vendor.",
		.with = "tcp_tw_reuse gives a client its ports back after 1 s and is the "
			"better choice. tcp_max_tw_buckets; tcp_fin_timeout, which in "
			"mainline is compared with the fixed 60 s. "
			"nf_conntrack_tcp_timeout_time_wait on the path keeps its own "
			"time.",
		.evidence = "connect() fails with EADDRNOTAVAIL although tcp_tw_reuse is "
			    "1: 'finwait sockets --by peer' shows the ports that "
			    "TIME_WAIT holds.",
		.acts = "By that source it is read when TIME_WAIT begins or a segment "
			"starts it anew; other sockets keep their time. Not measured.",
		.rfc = "RFC 9293 section 3.6.1; Alibaba Cloud's manual, \"Modify the TCP "
		       "TIME-WAIT timeout\"; tcp_time_wait() in net/ipv4/tcp_minisocks.c "
		       "of alibaba/cloud-kernel",
		.see_also = "time-wait 2msl tcp_tw_reuse tcp_fin_timeout",
	},
	{ 0 },
};
