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
		.raising = "To 2: every connection goes through a cookie and, without "
			   "timestamps, loses its window scaling and SACK.",
		.lowering =
			"To 0: SYNs are dropped when the queue is full (measured: 191 "
			"of 200), so a small flood shuts the service.",
		.rfc = "RFC 4987 section 3.6",
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
		.raising = "Safe, and without effect while tcp_syncookies is on.",
		.lowering = "With tcp_syncookies=0, SYNs are dropped earlier.",
		.rfc = "RFC 4987",
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
		.raising = "To 1: a burst of a second, which clients would have ridden "
			   "out, becomes resets. For services behind a balancer that "
			   "retries, not for public ones.",
		.lowering = "Safe.",
		.rfc = "none; a choice of Linux's own",
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
		.raising = "Safe. A longer queue hides a slow program and adds waiting "
			   "time.",
		.lowering =
			"Queues overflow sooner. Under 1024 is a known risk, under 128 "
			"no value for a server.",
		.rfc = "none; a limit of Linux's own",
		.see_also = "listen syn-recv tcp_abort_on_overflow tcp_syncookies "
			    "close-wait",
	},
	{ 0 },
};
