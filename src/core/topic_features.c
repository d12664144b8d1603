/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of TCP features do that are often named beside the others.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_features[] = {
	{
		.name = "tcp_congestion_control",
		.kind = TOPIC_KNOB,
		.title = "The congestion control that new sockets start with",
		.what = "A name such as cubic, reno or bbr; "
			"tcp_available_congestion_control lists what the kernel has at "
			"hand. The default is chosen when the kernel is compiled. A new "
			"network namespace starts with the value of the initial one.",
		.does = "Nothing to a closing connection, but that its last data and its "
			"FIN leave at the sender's pace. It decides how a sender grows, "
			"and what it makes of loss and delay. By the kernel source a "
			"write in the initial namespace loads the module and puts the "
			"name on the list that every user may choose from.",
		.does_not = "It shortens no state and no timer. It needs no restart of a "
			    "service: measured on Linux 6.18, a listener opened under "
			    "bbr gave its next connection reno after the write. Only a "
			    "listener whose program set TCP_CONGESTION hands on its own.",
		.raising = "There is no up or down. To bbr: more throughput on long "
			   "paths with random loss; it can take more than its share and "
			   "repeat more segments.",
		.lowering = "To reno: the plain old algorithm, which recovers slowly on "
			    "fast long paths. The entry a write made in "
			    "tcp_allowed_congestion_control stays when the value is "
			    "written back.",
		.needs = "The module must exist: an unknown name is refused (ENOENT), "
			 "upper case counts. In a child namespace the name must be in "
			 "tcp_allowed_congestion_control, or the write fails (EPERM). A "
			 "route with 'congctl' goes before it.",
		.with = "default_qdisc (fq paces; bbr paces by itself without it), "
			"tcp_ecn (dctcp), tcp_slow_start_after_idle, which bbr ignores.",
		.evidence = "RetransSegs against OutSegs in /proc/net/snmp, and "
			    "delivery_rate and retrans of single connections in 'ss "
			    "-ti', before and after, under the same load.",
		.acts = "New sockets, incoming ones included. Connections that exist "
			"keep theirs (measured on Linux 6.18).",
		.rfc = "RFC 5681; RFC 9438; tcp_set_default_congestion_control() in "
		       "net/ipv4/tcp_cong.c, tcp_ca_openreq_child() in "
		       "net/ipv4/tcp_minisocks.c",
		.see_also = "default_qdisc tcp_slow_start_after_idle tcp_ecn",
	},
	{
		.name = "tcp_slow_start_after_idle",
		.kind = TOPIC_KNOB,
		.title = "Whether a connection that was idle begins slowly again",
		.what = "1, the default: a sender that was silent for longer than its "
			"retransmission timeout steps back toward its first window, by "
			"half for each timeout of silence. 0: it goes on with the window "
			"it had. Any other number up to 255 is taken and means 1.",
		.does = "Nothing to a closing connection. The first answer after a pause "
			"takes more round trips with 1 than with 0.",
		.does_not = "It does not time out connections and has nothing to do with "
			    "keepalive. It does nothing to bbr, which brings its own "
			    "pacing: the kernel source asks for that first.",
		.raising = "To 1: what RFC 5681 asks for. Long pauses cost a slow first "
			   "answer.",
		.lowering = "To 0: connections kept alive answer at full speed after a "
			    "pause. The window may be far out of date, and a burst at "
			    "line rate fills queues and is lost.",
		.needs = "A congestion control that leaves the window to TCP (cubic, "
			 "reno).",
		.with = "default_qdisc: with fq the old window is sent paced, which "
			"takes most of the risk away. tcp_congestion_control.",
		.evidence = "Long-lived connections with pauses whose first answer is "
			    "slow while later ones are fast: cwnd in 'ss -ti' before and "
			    "after a pause. RetransSegs in /proc/net/snmp must not grow "
			    "with 0.",
		.acts = "All connections at once: it is read when a connection sends "
			"again.",
		.rfc = "RFC 5681 section 4.1; RFC 7661; "
		       "tcp_slow_start_after_idle_check() in include/net/tcp.h",
		.see_also = "tcp_congestion_control default_qdisc tcp_keepalive_time",
	},
	{
		.name = "tcp_no_metrics_save",
		.kind = TOPIC_KNOB,
		.title = "Whether a closed connection leaves its round-trip time to the "
			 "next",
		.what = "0, the default: at its end a connection leaves what it learned "
			"of the path (round-trip time, its variation, reordering) to "
			"later connections to the same address. 1: it leaves nothing. "
			"Any other number up to 255 is taken and means 1.",
		.does = "It acts in the moment of closing: the kernel saves when a "
			"connection enters TIME_WAIT or leaves LAST_ACK. With 1 it does "
			"not.",
		.does_not = "It keeps no socket and frees none: what is saved is one "
			    "small entry an address, apart from TIME_WAIT. It does not "
			    "erase what has been saved ('ip tcp_metrics flush' does), "
			    "and later connections still read that. The slow start "
			    "threshold is not saved anyway while "
			    "tcp_no_ssthresh_metrics_save is 1, the default.",
		.raising = "To 1: one bad connection cannot spoil the next, and "
			   "measurements do not influence each other. Each connection "
			   "learns its path anew.",
		.lowering = "To 0: connections to a known address have a fitting timeout "
			    "from the start. After a change of the path the first ones "
			    "work with old numbers.",
		.needs = NULL,
		.with = "tcp_no_ssthresh_metrics_save; tcp_rto_min_us and "
			"tcp_syn_retries, which say how long a wrong first timeout "
			"lasts.",
		.evidence = "'ip tcp_metrics show' for an address whose connections "
			    "begin badly.",
		.acts = "Connections that close from then on. Open ones keep what they "
			"read when they began.",
		.rfc = "RFC 9040; tcp_update_metrics() in net/ipv4/tcp_metrics.c, called "
		       "by tcp_time_wait() in net/ipv4/tcp_minisocks.c",
		.see_also = "time-wait last-ack tcp_rto_min_us",
	},
	{
		.name = "tcp_sack",
		.kind = TOPIC_KNOB,
		.title = "Selective acknowledgement of what did arrive",
		.what = "1, the default: connections agree on SACK, by which a receiver "
			"names the pieces it has beyond a gap. 0: they do not. Any other "
			"number up to 255 is taken and means 1.",
		.does = "Nothing to a closing connection, but that lost last data come "
			"back later without it, and so does the FIN behind them.",
		.does_not = "Turning it off does not save work worth having, and is no "
			    "hardening today: the holes of 2019 (CVE-2019-11477) are "
			    "mended in the kernel.",
		.raising = "To 1: what every current stack uses.",
		.lowering = "To 0: the sender learns of one loss a round trip, RACK and "
			    "tail loss probes have nothing to go by, and each burst of "
			    "loss costs timeouts. Only as a stopgap against a flaw of "
			    "SACK itself.",
		.needs = "Both ends must offer it in their SYN.",
		.with = "tcp_timestamps: SYN cookies keep SACK only with timestamps. "
			"tcp_window_scaling: the larger the window, the more a loss "
			"costs without SACK.",
		.evidence = "None justifies 0. TCPSackRecovery against TCPRenoRecovery "
			    "in /proc/net/netstat tells how many recoveries had to do "
			    "without.",
		.acts = "New connections only: it is agreed in the SYN.",
		.rfc = "RFC 2018; RFC 6675; RFC 8985; tcp_syn_options() in "
		       "net/ipv4/tcp_output.c",
		.see_also = "tcp_window_scaling tcp_timestamps tcp_syncookies",
	},
	{
		.name = "tcp_window_scaling",
		.kind = TOPIC_KNOB,
		.title = "Windows of more than 64 KB",
		.what = "1, the default: connections agree on a factor for their "
			"windows, so that more than 65535 bytes can be under way. 0: "
			"they do not. Any other number up to 255 is taken and means 1.",
		.does = "Nothing to a closing connection. With 0 at most 64 KB are under "
			"way a round trip: 5.2 Mbit/s at 100 ms, by arithmetic.",
		.does_not = "It does not reserve memory; tcp_rmem and tcp_wmem decide "
			    "that. Turning it off does not repair a firewall that "
			    "rewrites the factor: repair the firewall.",
		.raising = "To 1: what every current stack uses.",
		.lowering = "To 0: one connection over a long path is slow whatever the "
			    "link carries.",
		.needs = "Both ends must offer it in their SYN.",
		.with = "tcp_rmem, rmem_max, tcp_moderate_rcvbuf: they decide how far a "
			"window grows. tcp_timestamps: SYN cookies keep the factor only "
			"with them. nf_conntrack_tcp_be_liberal, where a tracker missed "
			"the SYN and cannot know the factor.",
		.evidence = "None justifies 0. 'ss -ti' shows wscale of a connection "
			    "that is slower than its link.",
		.acts = "New connections only: it is agreed in the SYN.",
		.rfc = "RFC 7323 section 2; tcp_select_initial_window() in "
		       "net/ipv4/tcp_output.c",
		.see_also = "tcp_rmem tcp_sack tcp_timestamps "
			    "nf_conntrack_tcp_be_liberal",
	},
	{
		.name = "tcp_ecn",
		.kind = TOPIC_KNOB,
		.title = "Whether routers may mark packets instead of dropping them",
		.what = "2, the default: use ECN when the peer asks for it. 1: ask for "
			"it too. 0: neither. Linux 5.10 takes any number up to 255, 6.1 "
			"to 6.18 take 0 to 2, and 7.2 has 3 to 5 for accurate ECN.",
		.does = "Nothing to a closing connection. With ECN a full queue can be "
			"told by a mark, and nothing has to be sent again.",
		.does_not = "2 is not 'on' for a client: two hosts at 2 never use ECN "
			    "with each other. It does nothing where no router marks.",
		.raising = "To 3 to 5, on kernels that have them: accurate ECN, new and "
			   "met by few peers and middleboxes.",
		.lowering = "To 1: outgoing connections ask as well; a path that drops "
			    "such a SYN costs a timeout, after which the kernel tries "
			    "without (tcp_ecn_fallback). To 0: no marks from anybody, so "
			    "queues speak by loss again.",
		.needs = "The peer, and routers on the path that mark.",
		.with = "tcp_ecn_fallback; tcp_congestion_control (dctcp asks for ECN by "
			"itself); default_qdisc (fq_codel can mark).",
		.evidence = "'ss -ti' shows ecn and ecnseen of a connection; InCEPkts in "
			    "/proc/net/netstat counts marks that arrive. For 0: "
			    "TCPSynRetrans that grows with 1 and not with 2.",
		.acts = "New connections only: it is agreed in the SYN.",
		.rfc = "RFC 3168; RFC 8311; tcp_ecn_send_syn() in net/ipv4/tcp_output.c",
		.see_also = "tcp_congestion_control default_qdisc tcp_syn_retries",
	},
	{
		.name = "tcp_mtu_probing",
		.kind = TOPIC_KNOB,
		.title = "Finding the packet size of a path that tells nothing",
		.what = "0, the default: trust the ICMP messages of the path. 1: when "
			"segments are repeated in vain, try smaller ones. 2: begin small "
			"(tcp_base_mss, 1024 by default) and probe upward always. Any "
			"other number up to 255 is taken and means 2.",
		.does = "It helps a connection to close, too: where large packets vanish "
			"without ICMP, an orphan repeats its last data until "
			"tcp_orphan_retries ends it, and with 1 they arrive in smaller "
			"segments.",
		.does_not = "It does not change the MTU of an interface, and with 1 it "
			    "does nothing until segments time out.",
		.raising = "To 1: rescues connections from ICMP black holes, after "
			   "tcp_retries1 timeouts. To 2: every connection starts with "
			   "small segments, which costs speed everywhere.",
		.lowering = "To 0: large transfers hang on a path that swallows ICMP.",
		.needs = "tcp_base_mss and tcp_mtu_probe_floor must be no larger than "
			 "the path takes.",
		.with = "tcp_retries1: probing begins when it is reached. "
			"tcp_orphan_retries: an orphan may be given up before that.",
		.evidence = "Small transfers work and large ones hang. TCPMTUPSuccess "
			    "and TCPMTUPFail in /proc/net/netstat count the probes; 'ss "
			    "-ti' shows mss and pmtu.",
		.acts = "1 acts on connections that exist at their next such timeout; 2 "
			"on new ones.",
		.rfc = "RFC 4821; tcp_mtu_probing() in net/ipv4/tcp_timer.c, "
		       "tcp_mtup_init() in net/ipv4/tcp_output.c",
		.see_also = "tcp_retries1 tcp_orphan_retries fin-wait-1",
	},
	{
		.name = "tcp_challenge_ack_limit",
		.kind = TOPIC_KNOB,
		.title = "How many challenge ACKs a namespace sends a second",
		.what = "A challenge ACK answers a SYN, or a RST that does not fit "
			"exactly, on an open connection. The default is 2147483647, "
			"which means no limit; in Linux 5.10 it was 1000.",
		.does = "It answers the peer who has forgotten a connection: whose SYN "
			"or inexact RST meets a socket still open here is told by a "
			"challenge ACK what number to use, and resets the dead "
			"connection. No challenge ACK, no such end.",
		.does_not = "It is no defence against a flood: each socket has its own "
			    "limit (tcp_invalid_ratelimit) anyway. A low number defends "
			    "nothing: a limit that all connections share can be watched "
			    "from outside, which is how CVE-2016-5696 guessed "
			    "connections.",
		.raising = "To 2147483647: safe, and the default since the flaw was "
			   "understood.",
		.lowering = "Below the default: attackers can measure the shared count, "
			    "and connections that need a challenge ACK to be cleared "
			    "up may wait. 0 and less do not do what they say: measured "
			    "on Linux 6.18, 0, -1 and -1000 let all 20 of 20 through.",
		.needs = NULL,
		.with = "tcp_invalid_ratelimit is asked first: measured on Linux 6.18, "
			"of 20 SYNs onto one open connection 1 was answered at 500 ms, "
			"20 at 0.",
		.evidence = "None justifies a limit. TCPChallengeACK, TCPSYNChallenge "
			    "and TCPACKSkippedChallenge in /proc/net/netstat tell how "
			    "many were sent and left out.",
		.acts = "At once, on all connections of the namespace.",
		.rfc = "RFC 5961 sections 3 to 5 and 7; tcp_send_challenge_ack() in "
		       "net/ipv4/tcp_input.c",
		.see_also = "tcp_invalid_ratelimit tcp_rfc1337 established",
	},
	{
		.name = "tcp_invalid_ratelimit",
		.kind = TOPIC_KNOB,
		.title = "The pause between two ACKs to segments that do not fit",
		.what = "Milliseconds, 500 by default, for each socket by itself. A "
			"segment out of the window, or too old for PAWS, is answered "
			"with an ACK at most once in that time. The kernel rounds up to "
			"its clock tick: 501 reads back as 504 at 250 ticks a second. 0: "
			"no pause.",
		.does = "TIME_WAIT and FIN_WAIT_2 answer by it: a bare ACK or a SYN that "
			"does not fit gets its ACK at most once in that time. A repeated "
			"FIN does not wait: by the kernel source what carries data or a "
			"FIN is always answered.",
		.does_not = "It lets nothing through and drops no connection: it only "
			    "spares answers. It does not change how long a state lasts.",
		.raising = "Fewer answers in a storm. A peer that is out of step, or "
			   "reuses a four-tuple that is in TIME_WAIT here, is put right "
			   "later.",
		.lowering = "To 0: two ends that each think the other wrong can answer "
			    "each other without end.",
		.needs = NULL,
		.with = "tcp_challenge_ack_limit, which comes after it; tcp_tw_reuse of "
			"the peer, whose SYN meets our TIME_WAIT.",
		.evidence = "TCPACKSkippedTimeWait, TCPACKSkippedFinWait2, "
			    "TCPACKSkippedPAWS, TCPACKSkippedSeq, TCPACKSkippedSynRecv "
			    "and TCPACKSkippedChallenge in /proc/net/netstat.",
		.acts = "At once, on sockets that exist.",
		.rfc = "RFC 5961 section 7; __tcp_oow_rate_limited() in "
		       "net/ipv4/tcp_input.c, tcp_timewait_check_oow_rate_limit() in "
		       "net/ipv4/tcp_minisocks.c",
		.see_also = "time-wait fin-wait-2 tcp_challenge_ack_limit tcp_tw_reuse",
	},
	{
		.name = "tcp_autocorking",
		.kind = TOPIC_KNOB,
		.title = "Small writes wait while an earlier packet is still in the "
			 "queue",
		.what = "1, the default: a small write waits for more while a packet of "
			"the same connection is still in a queue of this host. 0: each "
			"goes at once.",
		.does = "Nothing to a closing connection: close() and shutdown() push "
			"what waits, with the FIN.",
		.does_not = "It is not Nagle's algorithm: it waits for this host's own "
			    "queue, not for the peer's ACK. So TCP_NODELAY does not turn "
			    "it off.",
		.raising = "To 1: fewer and fuller packets for programs that write in "
			   "small pieces.",
		.lowering = "To 0: more packets and more work, for a delay that is "
			    "rarely noticed. A program that wants full packets is better "
			    "off with TCP_CORK or one large write.",
		.needs = NULL,
		.with = "TCP_NODELAY and TCP_CORK of the program; "
			"tcp_limit_output_bytes, which bounds what waits in the queue.",
		.evidence = "TCPAutoCorking in /proc/net/netstat counts the writes that "
			    "waited; a delay measured with 1 that is gone with 0.",
		.acts = "At once, on connections that exist: it is read at each write.",
		.rfc = "none; Linux's own; tcp_should_autocork() in net/ipv4/tcp.c",
		.see_also = "tcp_limit_output_bytes close-vs-shutdown",
	},
	{ 0 },
};
