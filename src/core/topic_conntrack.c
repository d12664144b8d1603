/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of connection tracking do and do not do: the table, and the states of a
 * connection that closes. The others are in topic_conntrack_open.c.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"
#include "core/topic_conntrack.h"

const struct topic topic_conntrack[] = {
	{
		.name = "nf_conntrack_max",
		.kind = TOPIC_KNOB,
		.title = "How many connections netfilter tracks",
		.what = "One number for the host, which each namespace's own count is "
			"held against; read-only in a child namespace. The default "
			"follows the buckets: as many by the source of Linux 6.1, four "
			"times as many in 5.10. 0 means no limit up to 6.12 and is "
			"refused in 7.2.",
		.does = "A connection that ends stays tracked for 10 to 120 s more, so "
			"the table is full of closed ones on a busy gateway. When it is "
			"full the kernel gives up entries that saw no full handshake, "
			"then drops the packet ('nf_conntrack: table full, dropping "
			"packet'); after that its cleaner removes closing entries early.",
		.does_not = "It counts no sockets: a tracker's state is not a socket's "
			    "state, and tcp_max_tw_buckets does not bound it. It does "
			    "not limit established connections that are tracked already.",
		.raising = "More connections through a gateway. 256 bytes an entry and "
			   "more with NAT or counters, in memory that cannot be swapped; "
			   "without more buckets the chains grow. Above four times the "
			   "default a known risk.",
		.lowering = "Below what is in use, new connections are dropped at once, "
			    "in every namespace of the host.",
		.needs = "The module nf_conntrack. sysctl.d files are read early at "
			 "boot, and by sysctl.d(5) a key whose file is not there yet is "
			 "passed over without a word: put nf_conntrack into "
			 "/etc/modules-load.d, which is read before, or add a udev rule "
			 "for the module. systemd's own rule covers network interfaces "
			 "only.",
		.with = "nf_conntrack_buckets: raise it first. The timeouts say how long "
			"an entry stays; NOTRACK keeps a connection out of the table.",
		.evidence = "/proc/sys/net/netfilter/nf_conntrack_count above four "
			    "fifths of this; drop, early_drop and insert_failed in "
			    "/proc/net/stat/nf_conntrack; the line in the kernel log.",
		.acts = "At once, on the next new connection. Entries that exist stay.",
		.rfc = "none; __nf_conntrack_alloc() and early_drop() in "
		       "net/netfilter/nf_conntrack_core.c",
		.see_also = "nf_conntrack_buckets nf_conntrack_tcp_timeout_time_wait "
			    "nf_conntrack_tcp_timeout_established",
	},
	{
		.name = "nf_conntrack_buckets",
		.kind = TOPIC_KNOB,
		.title = "The size of the table that finds a tracked connection",
		.what = "Chains of entries, rounded up to whole pages; read-only in a "
			"child namespace. By the source of Linux 6.1 the default is "
			"262144 above 4 GB of RAM, 65536 above 1 GB, at least 1024.",
		.does = "Nothing to a closing connection. It makes the look-up of every "
			"packet short or long.",
		.does_not = "It is no limit: nf_conntrack_max is. An entry stands in two "
			    "chains, one a direction, so with as many entries as buckets "
			    "a chain has two on average, not one.",
		.raising = "Short chains; 8 bytes a bucket. The write moves every entry "
			   "to a new table under lock, so packets wait meanwhile.",
		.lowering = "Long chains: each packet costs more processor time. The "
			    "write stalls the same way.",
		.needs = "The module nf_conntrack, and the initial network namespace. At "
			 "load time the module's parameter hashsize does the same; "
			 "nf_conntrack_max tells how a setting at boot gets lost.",
		.with = "nf_conntrack_max: a write here leaves it as it is. Keep the "
			"limit at four times the buckets or less.",
		.evidence = "nf_conntrack_max over nf_conntrack_buckets above 4, and "
			    "chainlength in /proc/net/stat/nf_conntrack that grows.",
		.acts = "At once, on all entries.",
		.rfc = "none; nf_conntrack_hash_resize() in "
		       "net/netfilter/nf_conntrack_core.c",
		.see_also = "nf_conntrack_max",
	},
	{
		.name = "nf_conntrack_tcp_timeout_time_wait",
		.kind = TOPIC_KNOB,
		.title = "How long a tracked connection outlives its last ACK",
		.what = "Seconds, 120 by default. The tracker has seen both FINs and the "
			"ACK of the second.",
		.does = "It keeps the entry of a closed connection, so that a repeated "
			"FIN still passes firewall and NAT. At 120 s it outlasts the 60 "
			"s of the host's own TIME_WAIT: on a NAT gateway this entry, not "
			"a socket, holds the outside port. A new SYN opens it again.",
		.does_not = "It is not the socket's TIME_WAIT, which stays 60 s: "
			    "measured on Linux 6.18, the sockets were in TIME_WAIT as "
			    "before with 120, 2, 0 and -1 here.",
		.raising = "Above 120 a known risk: at 100 connections a second, 2400 s "
			   "fill a table of 240,000 entries with closed ones, and a NAT "
			   "runs out of ports before.",
		.lowering = "30 to 60 is usual on a gateway that runs short of ports. "
			    "Shorter than the peer repeats its FIN, the FIN counts as "
			    "invalid, and a firewall drops it. Measured on Linux 6.18: "
			    "at 0 and -1 the entry is gone at once.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_max. tcp_tw_reuse of clients behind the gateway: "
			"their SYN finds this entry and opens it anew. tcp_tw_timeout "
			"and tcp_fin_timeout do not reach it.",
		.evidence = "'conntrack -L -p tcp --state TIME_WAIT' is most of a table "
			    "that is nearly full (nf_conntrack_count).",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 5382 section 5; RFC 7857 section 2; "
		       "nf_conntrack_tcp_packet() in "
		       "net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "time-wait nf_conntrack_max "
			    "nf_conntrack_tcp_timeout_fin_wait tcp_tw_reuse",
	},
	{
		.name = "nf_conntrack_tcp_timeout_close_wait",
		.kind = TOPIC_KNOB,
		.title = "How long a tracked connection with one side closed may be "
			 "silent",
		.what = "Seconds, 60 by default. The tracker has seen one FIN and an ACK "
			"after it, from whichever side.",
		.does = "It bounds the silence of a half-closed connection through this "
			"host. While the other side sends, each packet starts the time "
			"anew.",
		.does_not = "It is not the socket's CLOSE_WAIT, which nothing bounds: no "
			    "value here closes a socket that a program forgot.",
		.raising =
			"Longer pauses survive in a half-closed transfer. Safe up to "
			"7440, the least that RFC 5382 allows a NAT for an open "
			"connection; above it a known risk: half-closed connections that "
			"nobody ends fill the table.",
		.lowering = "Below 60 the pause of a slow half-closed transfer, as of a "
			    "program that computes its answer after our shutdown(), cuts "
			    "it off: the rest of its data counts as a new or invalid "
			    "connection.",
		.needs = CONNTRACK_NEEDS,
		.with = "nf_conntrack_tcp_loose decides whether what comes later is "
			"taken up again. nf_conntrack_max.",
		.evidence = "'conntrack -L -p tcp --state CLOSE_WAIT' is most of the "
			    "table; or half-closed connections that break after just "
			    "this time.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 5382 section 5; RFC 7857 section 2; the table tcp_conntracks "
		       "in net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "close-wait close-vs-shutdown "
			    "nf_conntrack_tcp_timeout_fin_wait nf_conntrack_tcp_loose",
	},
	{
		.name = "nf_conntrack_tcp_timeout_fin_wait",
		.kind = TOPIC_KNOB,
		.title = "How long a tracked connection waits for an ACK of its first "
			 "FIN",
		.what = "Seconds, 120 by default. The tracker has seen one FIN and "
			"nothing that follows it.",
		.does = "It keeps the entry while a FIN is repeated to a peer that does "
			"not answer. The first ACK moves the entry on to CLOSE_WAIT and "
			"its shorter time.",
		.does_not = "It is not tcp_fin_timeout and not FIN_WAIT_2: the tracker "
			    "calls that CLOSE_WAIT. No socket ends by it.",
		.raising =
			"More entries of peers that vanished. Each repeat of the FIN "
			"starts the time anew, and two repeats are 120 s apart at most: "
			"safe up to 240, above it a known risk without a use.",
		.lowering = "30 to 59 is a known risk: an orphan of this host repeats "
			    "its FIN for up to 108 s by default, in ever longer steps, "
			    "and a FIN after the entry is gone counts as invalid.",
		.needs = CONNTRACK_NEEDS,
		.with = "tcp_orphan_retries says how long the FIN is repeated. "
			"nf_conntrack_tcp_timeout_max_retrans.",
		.evidence = "'conntrack -L -p tcp --state FIN_WAIT' is most of a table "
			    "that is nearly full.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 5382 section 5; RFC 7857 section 2; the table tcp_conntracks "
		       "in net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "fin-wait-1 tcp_orphan_retries "
			    "nf_conntrack_tcp_timeout_close_wait",
	},
	{
		.name = "nf_conntrack_tcp_timeout_last_ack",
		.kind = TOPIC_KNOB,
		.title = "How long a tracked connection waits for the ACK of its second "
			 "FIN",
		.what = "Seconds, 30 by default. The tracker has seen a FIN from both "
			"sides.",
		.does = "It keeps the entry while the second FIN is repeated; the last "
			"ACK moves it to TIME_WAIT.",
		.does_not = "It is not the socket's LAST_ACK, which tcp_orphan_retries "
			    "bounds. The tracker is in this state after a simultaneous "
			    "close as well.",
		.raising =
			"Safe up to 240, twice the longest pause between two repeats; "
			"above it a known risk: the entry waits for an ACK that cannot "
			"come any more.",
		.lowering = "Below the pauses between two repeats the next FIN finds no "
			    "entry and counts as invalid, and the socket stays in "
			    "LAST_ACK until it gives up.",
		.needs = CONNTRACK_NEEDS,
		.with = "tcp_orphan_retries, and nf_conntrack_tcp_timeout_time_wait, "
			"which follows.",
		.evidence = "'conntrack -L -p tcp --state LAST_ACK' that stays high: the "
			    "last ACKs are lost, so look at the path before this number.",
		.acts = TIMEOUT_ACTS,
		.rfc = "RFC 5382 section 5; RFC 7857 section 2; the table tcp_conntracks "
		       "in net/netfilter/nf_conntrack_proto_tcp.c",
		.see_also = "last-ack closing tcp_orphan_retries "
			    "nf_conntrack_tcp_timeout_time_wait",
	},
	{ 0 },
};
