/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of connection tracking do and do not do: connections that open, are open
 * or break, and what counts as valid.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"
#include "core/topic_conntrack.h"

const struct topic topic_conntrack_open[] = {
	{
		.name = "nf_conntrack_tcp_timeout_established",
		.kind = TOPIC_KNOB,
		.title = "How long an idle connection stays tracked",
		.what = "Seconds, 432000 by default: five days since its last packet.",
		.does = "Nothing to a connection that closes in order. One whose end "
			"this host never sees stays in the table for this time, and one "
			"that is idle for longer is forgotten: its next packet meets a "
			"firewall or a NAT that does not know it.",
		.does_not = "It closes no socket: both ends stay ESTABLISHED, and "
			    "neither is told. Measured on Linux 6.18: at 0 and -1 the "
			    "entry is gone at once and each packet counts as new, while "
			    "data went on flowing where no rule stopped it.",
		.raising =
			"Rarely of use, and above the default a known risk: a connection "
			"whose end this host missed holds its entry for longer than five "
			"days.",
		.lowering = "Room in the table. 7440 s (2 h 4 min) is the least RFC 5382 "
			    "allows a NAT, and just above the default "
			    "tcp_keepalive_time; 3600 to 7439 is a known risk, and below "
			    "an hour idle connections of databases and shells die "
			    "without a word.",
		.needs = CONNTRACK_NEEDS,
		.with = "tcp_keepalive_time of the ends must be lower, and only programs "
			"that set SO_KEEPALIVE have it. nf_conntrack_max; "
			"nf_conntrack_tcp_loose.",
		.evidence = "'conntrack -L -p tcp --state ESTABLISHED' is most of a "
			    "table that is nearly full, with little time used; or "
			    "connections that hang after just this long.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 5382 section 5 (REQ-5); nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "established tcp_keepalive_time nf_conntrack_max "
			    "nf_conntrack_tcp_loose",
	},
	{
		.name = "nf_conntrack_tcp_timeout_syn_sent",
		.kind = TOPIC_KNOB,
		.title = "How long an unanswered SYN stays tracked",
		.what = "Seconds, 120 by default.",
		.does = "Nothing to a closing connection. By the source of Linux 6.1 a "
			"repeated SYN does not start the time anew, so an entry without "
			"an answer is gone after this time.",
		.does_not = "It is not how long connect() tries: tcp_syn_retries is.",
		.raising =
			"A scan that passes this host fills the table for longer: above "
			"120 a known risk.",
		.lowering = "30 to 60 is safe and makes a scan cheap. Below 30 the "
			    "answer of a slow or overloaded server finds no entry.",
		.needs = CONNTRACK_NEEDS,
		.with = "tcp_syn_retries of the clients, nf_conntrack_max.",
		.evidence = "'conntrack -L -p tcp --state SYN_SENT' is most of the "
			    "table: a scan, or a destination that is gone.",
		.acts = "The next SYN that makes an entry. Entries that wait keep their "
			"time.",
		.rfc = "RFC 5382 section 5; RFC 7857 section 2; "
		       "nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "syn-sent tcp_syn_retries nf_conntrack_tcp_timeout_syn_recv",
	},
	{
		.name = "nf_conntrack_tcp_timeout_syn_recv",
		.kind = TOPIC_KNOB,
		.title = "How long a handshake half done stays tracked",
		.what = "Seconds, 60 by default. The tracker has seen the SYN and its "
			"answer.",
		.does = "Nothing to a closing connection. It keeps the entry until the "
			"client's ACK completes the handshake.",
		.does_not = "It bounds no request of a listener: tcp_synack_retries "
			    "does.",
		.raising = "A flood of SYNs with false addresses that passes this host "
			   "fills the table for longer: above 60 a known risk.",
		.lowering = "30 is safe. Less than the server's repeats of its answer "
			    "take, a handshake on a bad path fails.",
		.needs = CONNTRACK_NEEDS,
		.with = "tcp_synack_retries and tcp_syncookies of the servers behind; "
			"nf_conntrack_max.",
		.evidence = "'conntrack -L -p tcp --state SYN_RECV' grows: a flood "
			    "through this host.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 5382 section 5; RFC 4987; the table tcp_conntracks in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "syn-recv tcp_synack_retries tcp_syncookies",
	},
	{
		.name = "nf_conntrack_tcp_timeout_close",
		.kind = TOPIC_KNOB,
		.title = "How long a connection stays tracked after a reset",
		.what = "Seconds, 10 by default.",
		.does = "A connection that ends by RST leaves an entry for this time, so "
			"that segments still under way pass. If the RST is the only "
			"answer there was, the entry goes at once.",
		.does_not = "It does not bound TIME_WAIT: a reset leaves none. It has "
			    "nothing to do with the states that end in order.",
		.raising =
			"A NAT gateway gives the outside port back later. Safe up to 60; "
			"above it a known risk: after a reset nothing is sent again, and "
			"the entries only fill the table.",
		.lowering = "Safe down to a second: the stray segments after a reset "
			    "then count as invalid. 0 and less end the entry with the "
			    "reset.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_tcp_ignore_invalid_rst decides which resets count.",
		.evidence = "'conntrack -L -p tcp --state CLOSE' is most of the table: "
			    "something resets connections, which is what to look at.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 7857 section 2; nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "close nf_conntrack_tcp_ignore_invalid_rst "
			    "nf_conntrack_tcp_timeout_time_wait",
	},
	{
		.name = "nf_conntrack_tcp_timeout_max_retrans",
		.kind = TOPIC_KNOB,
		.title = "How long a connection that repeats in vain stays tracked",
		.what = "Seconds, 300 by default. It takes the place of a longer timeout "
			"when the same bare ACK has come nf_conntrack_tcp_max_retrans "
			"times (3), or while a window is closed.",
		.does = "Seldom anything to a closing connection, whose timeouts are "
			"shorter than 300 s anyway. It keeps a dead open connection from "
			"staying for the five days of an idle one.",
		.does_not = "It does not make any end give up: tcp_retries2 and "
			    "tcp_orphan_retries do.",
		.raising =
			"Safe up to 3600, four times as long as tcp_retries2 lets a "
			"sender try by default; above it a known risk: dead connections "
			"fill the table.",
		.lowering = "Below the 100 s of RFC 1122 the entry can be gone before "
			    "the ends give up, and they come back to a firewall that has "
			    "forgotten them.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_tcp_timeout_established, in whose place it steps; "
			"tcp_retries2 of the ends.",
		.evidence = "Connections that break after an outage of about this "
			    "length, and survive a shorter one.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 1122 section 4.2.3.5; nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "tcp_retries2 nf_conntrack_tcp_timeout_unacknowledged "
			    "nf_conntrack_tcp_timeout_established",
	},
	{
		.name = "nf_conntrack_tcp_timeout_unacknowledged",
		.kind = TOPIC_KNOB,
		.title = "How long a connection with data unanswered stays tracked",
		.what = "Seconds, 300 by default. It takes the place of a longer timeout "
			"while data that passed this host have no ACK yet, and for a "
			"connection taken up from the middle until the other side "
			"answers.",
		.does = "Seldom anything to a closing connection, whose timeouts are "
			"shorter than 300 s anyway. A peer that vanished with data under "
			"way is forgotten after this time.",
		.does_not = "It does not end the sender's tries: tcp_retries2 allows "
			    "some 15 minutes by default.",
		.raising =
			"Up to what tcp_retries2 allows, some 15 minutes, long outages "
			"survive. Safe up to 3600; above it a known risk: the entries of "
			"vanished peers fill the table.",
		.lowering = "Below 100 s slow peers and short outages lose their entry "
			    "while the sender still tries.",
		.needs = CONNTRACK_NEEDS,
		.with = "tcp_retries2 of the ends; nf_conntrack_tcp_loose, which may "
			"take the connection up again.",
		.evidence = "Entries marked ESTABLISHED in 'conntrack -L' that run down "
			    "from 300 s; connections that break after an outage of this "
			    "length.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 1122 section 4.2.3.5; nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "tcp_retries2 nf_conntrack_tcp_timeout_max_retrans "
			    "nf_conntrack_tcp_loose",
	},
	{
		.name = "nf_conntrack_tcp_loose",
		.kind = TOPIC_KNOB,
		.title = "Whether connections are taken up from the middle",
		.what = "1, the default: a segment that belongs to no entry and is no "
			"SYN makes a new entry. 0: it counts as invalid.",
		.does = "A FIN alone makes no entry with either value. After a restart "
			"of the gateway, or when an entry has run out, 1 lets an open "
			"connection go on and close in order; 0 leaves it hanging until "
			"it is given up.",
		.does_not = "0 does not drop anything by itself: a rule that drops 'ct "
			    "state invalid' does. It leaves entries that exist alone. 1 "
			    "does not bring back a NAT mapping that was lost.",
		.raising = "To 1: connections survive; a stray ACK can make an entry.",
		.lowering = "To 0: every open connection breaks when the table is lost, "
			    "by a restart, a failover or a timeout. SYNPROXY asks for "
			    "it.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_tcp_timeout_established and the shorter ones "
			"decide how often an entry is lost. Entries taken up from the "
			"middle are judged as if nf_conntrack_tcp_be_liberal were 1.",
		.evidence = "invalid in /proc/net/stat/nf_conntrack grows after a "
			    "restart of the firewall.",
		.acts = "At once, on segments without an entry.",
		.rfc = "none; tcp_new() in net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "nf_conntrack_tcp_be_liberal "
			    "nf_conntrack_tcp_timeout_established",
	},
	{
		.name = "nf_conntrack_tcp_be_liberal",
		.kind = TOPIC_KNOB,
		.title = "Whether segments out of window count as valid",
		.what = "0, the default: a segment outside the windows that the tracker "
			"has worked out counts as invalid. 1: it does not, but a RST "
			"still can.",
		.does = "With 0 the last data or a FIN that the tracker misjudges is not "
			"translated by NAT, and a firewall may drop it: the socket then "
			"waits in FIN_WAIT_1 or LAST_ACK.",
		.does_not = "It does not change what the sockets accept: they have their "
			    "own windows.",
		.raising = "To 1: helps where segments take two paths, or a device "
			   "changes sequence numbers. It hides that fault, and lets "
			   "forged segments past the firewall to the socket.",
		.lowering = "To 0: safe where this host sees both directions.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_tcp_ignore_invalid_rst for resets; "
			"tcp_window_scaling, whose factor the tracker must have seen in "
			"the SYN.",
		.evidence = "invalid in /proc/net/stat/nf_conntrack grows, and "
			    "nf_conntrack_log_invalid=6 logs segments out of window of "
			    "connections that are in order.",
		.acts = "At once, on connections that are tracked.",
		.rfc = "RFC 7323 section 2; tcp_in_window() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "nf_conntrack_tcp_ignore_invalid_rst nf_conntrack_tcp_loose "
			    "tcp_window_scaling",
	},
	{
		.name = "nf_conntrack_tcp_ignore_invalid_rst",
		.kind = TOPIC_KNOB,
		.title = "Whether a reset that comes too late counts as valid",
		.what = "0, the default: a RST whose number is older than what the other "
			"side has acknowledged counts as invalid. 1: it does not. Linux "
			"5.10 lacks it, 6.1 has it.",
		.does = "With 0 a late RST for a connection still open is not passed on "
			"by NAT, and a firewall may drop it: one side is gone and the "
			"other does not learn of it. While an entry is closing, the "
			"number is not checked with either value.",
		.does_not = "It makes no socket accept such a RST: that has its own "
			    "check (RFC 5961) and may answer with a challenge ACK.",
		.raising = "To 1: dead connections are cleared up behind balancers that "
			   "reset late. Forged resets get as far as the socket.",
		.lowering = "To 0: safe.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_tcp_be_liberal leaves resets alone, so this one is "
			"needed beside it. tcp_challenge_ack_limit.",
		.evidence = "nf_conntrack_log_invalid=6 logs 'invalid rst', and "
			    "connections stay open on one side only.",
		.acts = "At once, on connections that are tracked.",
		.rfc = "RFC 5961 section 3; nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "nf_conntrack_tcp_be_liberal nf_conntrack_tcp_timeout_close "
			    "tcp_challenge_ack_limit",
	},
	{ 0 },
};
