/* SPDX-License-Identifier: MIT */
#include "core/band_rows.h"

#define ANY_MIN INT64_MIN
#define ANY_MAX INT64_MAX

/* what a tracker makes of a timeout of 0 and less (measured on Linux 6.18) */
#define GONE_AT_ONCE \
	"the entry is gone at once, and each packet counts as a new connection"

const struct band_row band_rows[] = {
	{ KNOB_FIN_TIMEOUT, ANY_MIN, 0, BAND_REFUSED, false, "fin-timeout-folk",
	  "the kernel takes it and gives an orphaned FIN_WAIT_2 0.7 s, its floor" },
	{ KNOB_FIN_TIMEOUT, 1, 4, BAND_REFUSED, false, "fin-timeout-folk",
	  "a peer that closes later than this meets a reset instead of an orderly end" },
	{ KNOB_FIN_TIMEOUT, 5, 14, BAND_RISK, false, "fin-timeout-folk",
	  "a peer that closes later than this meets a reset instead of an orderly end" },
	{ KNOB_FIN_TIMEOUT, 61, 119, BAND_REFUSED, false, "fin-timeout-folk",
	  "above 60 the kernel means 2*(N-60) seconds, so this is shorter than it says" },
	{ KNOB_FIN_TIMEOUT, 120, 120, BAND_RISK, false, "fin-timeout-long",
	  "for the first half of that time an orphan keeps its full socket and counts in "
	  "tcp_max_orphans" },
	{ KNOB_FIN_TIMEOUT, 121, ANY_MAX, BAND_REFUSED, false, "fin-timeout-long",
	  "above 60 the kernel means 2*(N-60) seconds, so this is longer than it says" },

	{ KNOB_TW_REUSE, 0, 0, BAND_RISK, false, "tw-reuse-off",
	  "busy clients of local services run out of ports on the loopback" },

	{ KNOB_TW_REUSE_DELAY, ANY_MIN, 99, BAND_REFUSED, false, "tw-reuse-delay-short",
	  "an old segment can pass for a new one where the peer's timestamp clock is "
	  "slower" },
	{ KNOB_TW_REUSE_DELAY, 100, 999, BAND_RISK, false, "tw-reuse-delay-short",
	  "an old segment can pass for a new one where the peer's timestamp clock is "
	  "slower" },

	{ KNOB_MAX_TW_BUCKETS, ANY_MIN, -1, BAND_REFUSED, false, "tw-buckets-unlimited",
	  "the kernel takes a negative limit as none at all" },
	{ KNOB_MAX_TW_BUCKETS, 0, 0, BAND_REFUSED, false, "tw-buckets-small",
	  "there is no TIME_WAIT at all: lost last ACKs end in resets" },
	{ KNOB_MAX_TW_BUCKETS, ANY_MIN, 49, BAND_REFUSED, true, "tw-buckets-small",
	  "over the limit TIME_WAIT is skipped, silently: lost last ACKs end in resets" },
	{ KNOB_MAX_TW_BUCKETS, 50, 99, BAND_RISK, true, "tw-buckets-small",
	  "over the limit TIME_WAIT is skipped, silently: lost last ACKs end in resets" },

	{ KNOB_RFC1337, 2, ANY_MAX, BAND_REFUSED, false, "rfc1337-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_TIMESTAMPS, 0, 0, BAND_REFUSED, false, "timestamps-off",
	  "without timestamps there is no PAWS, and tcp_tw_reuse does nothing" },
	{ KNOB_TIMESTAMPS, 2, 2, BAND_RISK, false, "timestamps-plain",
	  "without the random offset every peer can read the uptime" },
	{ KNOB_TIMESTAMPS, 3, ANY_MAX, BAND_REFUSED, false, "timestamps-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_ORPHAN_RETRIES, 1, 2, BAND_REFUSED, false, "orphan-retries-short",
	  "a few seconds of loss cut off the end of an answer (0 is not less: it means "
	  "8)" },
	{ KNOB_ORPHAN_RETRIES, 3, 5, BAND_RISK, false, "orphan-retries-short",
	  "less than a quarter of a minute of loss cuts off the end of an answer" },
	{ KNOB_ORPHAN_RETRIES, 9, ANY_MAX, BAND_RISK, false, "orphan-retries-long",
	  "closed sockets to vanished peers are kept for minutes" },

	{ KNOB_MAX_ORPHANS, ANY_MIN, 0, BAND_REFUSED, false, "max-orphans-small",
	  "every closed socket is reset and the end of its data is lost" },
	{ KNOB_MAX_ORPHANS, ANY_MIN, 99, BAND_REFUSED, true, "max-orphans-small",
	  "over the limit closed sockets are reset and the end of their data is lost" },

	{ KNOB_MPTCP_CLOSE_TIMEOUT, ANY_MIN, -1, BAND_REFUSED, false,
	  "mptcp-close-timeout-short",
	  "the kernel takes it, and an MPTCP connection ends with its last path" },
	{ KNOB_MPTCP_CLOSE_TIMEOUT, 0, 29, BAND_RISK, false, "mptcp-close-timeout-short",
	  "a client that changes networks for longer than this loses its MPTCP connections" },

	{ KNOB_RETRIES2, ANY_MIN, 4, BAND_REFUSED, false, "retries2-short",
	  "a few seconds of loss abort every connection with data under way" },
	{ KNOB_RETRIES2, 5, 7, BAND_RISK, false, "retries2-short",
	  "connections with data under way are given up before the 100 s of RFC 1122" },
	{ KNOB_RETRIES2, 16, ANY_MAX, BAND_RISK, false, "retries2-long",
	  "connections to vanished peers are kept for longer than a quarter of an hour" },

	{ KNOB_SYN_RETRIES, ANY_MIN, 1, BAND_REFUSED, false, "syn-retries-short",
	  "two lost packets make connect() fail" },
	{ KNOB_SYN_RETRIES, 2, 2, BAND_RISK, false, "syn-retries-short",
	  "connect() gives up after some 7 s" },
	{ KNOB_SYN_RETRIES, 7, 10, BAND_RISK, false, "syn-retries-long",
	  "connect() to a silent peer holds its port and its thread for minutes" },
	{ KNOB_SYN_RETRIES, 11, ANY_MAX, BAND_REFUSED, false, "syn-retries-long",
	  "connect() to a silent peer holds its port and its thread for a very long "
	  "time" },

	{ KNOB_SYNACK_RETRIES, ANY_MIN, 0, BAND_REFUSED, false, "synack-retries-short",
	  "one lost packet makes a client's connect() fail" },
	{ KNOB_SYNACK_RETRIES, 1, 1, BAND_RISK, false, "synack-retries-short",
	  "two lost packets make a client's connect() fail" },
	{ KNOB_SYNACK_RETRIES, 6, 8, BAND_RISK, false, "synack-retries-long",
	  "half-open connections are kept for minutes" },
	{ KNOB_SYNACK_RETRIES, 9, ANY_MAX, BAND_REFUSED, false, "synack-retries-long",
	  "half-open connections are kept for a very long time" },

	{ KNOB_KEEPALIVE_TIME, 0, 0, BAND_REFUSED, false, "keepalive-time-odd",
	  "every connection with SO_KEEPALIVE is probed all the time" },
	{ KNOB_KEEPALIVE_TIME, ANY_MIN, -1, BAND_REFUSED, false, "keepalive-time-odd",
	  "the kernel takes it, and keepalive is off in effect" },
	{ KNOB_KEEPALIVE_TIME, 1, 59, BAND_REFUSED, false, "keepalive-time-short",
	  "every idle connection with SO_KEEPALIVE is probed more than once a minute" },
	{ KNOB_KEEPALIVE_TIME, 60, 299, BAND_RISK, false, "keepalive-time-short",
	  "the load of probes grows with the number of idle connections" },
	{ KNOB_KEEPALIVE_TIME, 7201, ANY_MAX, BAND_RISK, false, "keepalive-time-long",
	  "vanished peers are noticed later than the default's two hours" },

	{ KNOB_KEEPALIVE_INTVL, ANY_MIN, 4, BAND_REFUSED, false, "keepalive-intvl-short",
	  "a short outage drops idle connections" },
	{ KNOB_KEEPALIVE_INTVL, 5, 9, BAND_RISK, false, "keepalive-intvl-short",
	  "an outage of a minute can drop idle connections" },
	{ KNOB_KEEPALIVE_INTVL, 76, ANY_MAX, BAND_RISK, false, "keepalive-intvl-long",
	  "vanished peers are noticed later than by default" },

	{ KNOB_KEEPALIVE_PROBES, ANY_MIN, 0, BAND_REFUSED, false, "keepalive-probes-few",
	  "an idle connection is dropped without a single probe" },
	{ KNOB_KEEPALIVE_PROBES, 1, 1, BAND_REFUSED, false, "keepalive-probes-few",
	  "one lost probe drops an idle connection" },
	{ KNOB_KEEPALIVE_PROBES, 2, 2, BAND_RISK, false, "keepalive-probes-few",
	  "two lost probes drop an idle connection" },
	{ KNOB_KEEPALIVE_PROBES, 10, ANY_MAX, BAND_RISK, false, "keepalive-probes-many",
	  "vanished peers are noticed later than by default" },

	{ KNOB_SYNCOOKIES, 0, 0, BAND_REFUSED, false, "syncookies-off",
	  "a full SYN queue drops new clients, and a flood keeps it full" },
	{ KNOB_SYNCOOKIES, 2, 2, BAND_REFUSED, false, "syncookies-always",
	  "every connection is answered with a cookie; the value is for tests" },
	{ KNOB_SYNCOOKIES, 3, ANY_MAX, BAND_REFUSED, false, "syncookies-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_MAX_SYN_BACKLOG, ANY_MIN, 127, BAND_RISK, false, "syn-backlog-small",
	  "once tcp_syncookies is 0 new clients are dropped early" },

	{ KNOB_ABORT_ON_OVERFLOW, 1, 1, BAND_RISK, false, "abort-on-overflow",
	  "a short burst resets clients that would have been served a moment later" },
	{ KNOB_ABORT_ON_OVERFLOW, 2, ANY_MAX, BAND_REFUSED, false, "abort-on-overflow",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_SOMAXCONN, ANY_MIN, 127, BAND_REFUSED, false, "somaxconn-small",
	  "a short burst overflows the accept queue of every listener" },
	{ KNOB_SOMAXCONN, 128, 1023, BAND_RISK, false, "somaxconn-small",
	  "a burst overflows the accept queue of a busy listener" },
	{ KNOB_SOMAXCONN, 65536, ANY_MAX, BAND_RISK, false, "somaxconn-large",
	  "a queue this long hides a program that does not accept()" },

	/* timers */

	{ KNOB_RETRIES1, ANY_MIN, 2, BAND_RISK, false, "retries1-short",
	  "ordinary loss makes the kernel drop routes that are sound" },

	{ KNOB_SYN_LINEAR_TIMEOUTS, 5, 20, BAND_RISK, false, "syn-linear-many",
	  "each attempt to reach a silent peer sends more SYNs, a second apart" },
	{ KNOB_SYN_LINEAR_TIMEOUTS, 21, ANY_MAX, BAND_REFUSED, false, "syn-linear-many",
	  "each attempt to reach a silent peer sends a SYN a second for as many seconds" },

	{ KNOB_RTO_MIN_US, ANY_MIN, 4999, BAND_REFUSED, false, "rto-min-short",
	  "any delay of an ACK looks like a loss, and segments are repeated for nothing" },
	{ KNOB_RTO_MIN_US, 5000, 199999, BAND_RISK, false, "rto-min-short",
	  "outside one data centre delayed ACKs look like losses" },
	{ KNOB_RTO_MIN_US, 200001, 1000000, BAND_RISK, false, "rto-min-long",
	  "a loss that only a timeout reveals stops its connection for longer" },
	{ KNOB_RTO_MIN_US, 1000001, ANY_MAX, BAND_REFUSED, false, "rto-min-long",
	  "a loss that only a timeout reveals stops its connection for more than a second" },

	{ KNOB_RTO_MAX_MS, ANY_MIN, 9999, BAND_REFUSED, false, "rto-max-short",
	  "closed sockets give up within seconds of loss, and the end of an answer with "
	  "them" },
	{ KNOB_RTO_MAX_MS, 10000, 59999, BAND_RISK, false, "rto-max-short",
	  "closed sockets give up sooner, at 10000 after 23 s of silence instead of 108" },

	{ KNOB_THIN_LINEAR_TIMEOUTS, 1, 1, BAND_RISK, false, "thin-linear-timeouts",
	  "on a path that is full small streams push on instead of backing off" },
	{ KNOB_THIN_LINEAR_TIMEOUTS, 2, ANY_MAX, BAND_REFUSED, false, "thin-linear-odd",
	  "the kernel gives this number no meaning of its own" },

	/* listening */

	{ KNOB_MIGRATE_REQ, 1, 1, BAND_RISK, false, "migrate-req-on",
	  "a connection can reach a listener that was not set up for it" },

	{ KNOB_FASTOPEN, ANY_MIN, -1, BAND_REFUSED, false, "fastopen-odd",
	  "a negative number is every bit at once, those without a cookie included" },
	{ KNOB_FASTOPEN, 2, 3, BAND_RISK, false, "fastopen-server",
	  "a copied SYN can deliver its request twice, and some firewalls drop such SYNs" },
	{ KNOB_FASTOPEN, 4, 7, BAND_REFUSED, false, "fastopen-without-cookie",
	  "data goes out in a SYN although the server has not agreed to it" },
	{ KNOB_FASTOPEN, 8, 511, BAND_REFUSED, false, "fastopen-odd",
	  "it has bits to which the kernel gives no meaning" },
	{ KNOB_FASTOPEN, 512, 1023, BAND_REFUSED, false, "fastopen-without-cookie",
	  "data in a SYN is taken from any address, forged ones too" },
	{ KNOB_FASTOPEN, 1024, 1025, BAND_REFUSED, false, "fastopen-odd",
	  "1024 does nothing without 2" },
	{ KNOB_FASTOPEN, 1026, 1027, BAND_RISK, false, "fastopen-server",
	  "listeners that never asked for it take data in a SYN, which can arrive twice" },
	{ KNOB_FASTOPEN, 1028, ANY_MAX, BAND_REFUSED, false, "fastopen-odd",
	  "it has bits that need no cookie, or to which the kernel gives no meaning" },

	/* ports */

	{ KNOB_PORT_STEP_WIDTH, 1, ANY_MAX, BAND_RISK, false, "port-step-width",
	  "connect() searches for longer when most ports are taken" },

	{ KNOB_PORT_START, 0, 1023, BAND_RISK, false, "port-start-low",
	  "any user can listen on a port that peers trust" },
	{ KNOB_PORT_START, 1025, ANY_MAX, BAND_RISK, false, "port-start-high",
	  "a service without CAP_NET_BIND_SERVICE may fail to start" },

	{ KNOB_AUTOBIND_REUSE, 1, 1, BAND_RISK, false, "autobind-reuse",
	  "bind() gives out ports that connect() then finds taken" },

	/* memory */
	{ KNOB_RMEM_MAX, ANY_MIN, 212991, BAND_RISK, false, "rmem-max-small",
	  "a program that asks for a buffer of its own gets less than on any kernel" },
	{ KNOB_RMEM_MAX, 67108865, ANY_MAX, BAND_RISK, false, "rmem-max-large",
	  "any program may claim more than 64 MB of kernel memory for one socket" },

	{ KNOB_WMEM_MAX, ANY_MIN, 212991, BAND_RISK, false, "wmem-max-small",
	  "a program that asks for a buffer of its own gets less than on any kernel" },
	{ KNOB_WMEM_MAX, 67108865, ANY_MAX, BAND_RISK, false, "wmem-max-large",
	  "any program may claim more than 64 MB of kernel memory for one socket" },

	{ KNOB_RMEM_DEFAULT, ANY_MIN, 212991, BAND_RISK, false, "rmem-default-small",
	  "UDP sockets drop datagrams in shorter bursts" },
	{ KNOB_RMEM_DEFAULT, 4194305, ANY_MAX, BAND_RISK, false, "rmem-default-large",
	  "each UDP socket may hold more than 4 MB of kernel memory, unasked" },

	{ KNOB_WMEM_DEFAULT, ANY_MIN, 212991, BAND_RISK, false, "wmem-default-small",
	  "UDP senders block or fail sooner" },
	{ KNOB_WMEM_DEFAULT, 4194305, ANY_MAX, BAND_RISK, false, "wmem-default-large",
	  "each UDP socket may hold more than 4 MB of kernel memory, unasked" },

	{ KNOB_MODERATE_RCVBUF, 0, 0, BAND_REFUSED, false, "moderate-rcvbuf-off",
	  "the receive buffer stays as it began, and every long path becomes slow" },
	{ KNOB_MODERATE_RCVBUF, 2, ANY_MAX, BAND_REFUSED, false, "moderate-rcvbuf-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_NOTSENT_LOWAT, ANY_MIN, 0, BAND_REFUSED, false, "notsent-lowat-zero",
	  "no socket is writable any more, those already open included" },
	{ KNOB_NOTSENT_LOWAT, 1, 16383, BAND_RISK, false, "notsent-lowat-small",
	  "a program wakes for every few packets, and a late wake-up leaves a gap" },

	{ KNOB_LIMIT_OUTPUT_BYTES, ANY_MIN, -1, BAND_REFUSED, false,
	  "limit-output-unlimited",
	  "the kernel takes a negative number as no limit of its own" },
	{ KNOB_LIMIT_OUTPUT_BYTES, 0, 65535, BAND_REFUSED, false, "limit-output-small",
	  "a connection waits for the device after each packet or two" },
	{ KNOB_LIMIT_OUTPUT_BYTES, 65536, 262143, BAND_RISK, false, "limit-output-small",
	  "devices that report late what they have sent are not kept busy" },
	{ KNOB_LIMIT_OUTPUT_BYTES, 16777217, ANY_MAX, BAND_RISK, false,
	  "limit-output-large",
	  "one connection can fill the queue of a device and delay all others" },

	{ KNOB_SHRINK_WINDOW, 1, 1, BAND_RISK, false, "shrink-window-on",
	  "a peer may have sent already what the smaller window takes back" },

	/* queues */
	{ KNOB_CHILD_EHASH_ENTRIES, 1, 4095, BAND_REFUSED, false, "child-ehash-small",
	  "new namespaces get half of it as tcp_max_tw_buckets, and skip TIME_WAIT "
	  "early" },
	{ KNOB_CHILD_EHASH_ENTRIES, 4096, 65535, BAND_RISK, false, "child-ehash-small",
	  "new namespaces get half of it as tcp_max_tw_buckets" },
	{ KNOB_CHILD_EHASH_ENTRIES, 1048577, ANY_MAX, BAND_RISK, false,
	  "child-ehash-large",
	  "each new namespace takes more than 8 MB of kernel memory for its table" },

	{ KNOB_NETDEV_MAX_BACKLOG, ANY_MIN, -1, BAND_REFUSED, false,
	  "netdev-backlog-unlimited",
	  "the kernel takes a negative number as no limit at all" },
	{ KNOB_NETDEV_MAX_BACKLOG, 0, 299, BAND_REFUSED, false, "netdev-backlog-small",
	  "loopback and veth drop packets in any burst" },
	{ KNOB_NETDEV_MAX_BACKLOG, 300, 999, BAND_RISK, false, "netdev-backlog-small",
	  "loopback and veth drop packets sooner than by default" },
	{ KNOB_NETDEV_MAX_BACKLOG, 30001, ANY_MAX, BAND_RISK, false,
	  "netdev-backlog-large",
	  "a CPU that cannot keep up delays packets instead of dropping some" },

	{ KNOB_NETDEV_BUDGET, ANY_MIN, 63, BAND_REFUSED, false, "netdev-budget-small",
	  "each round of receiving ends before one device has had its share" },
	{ KNOB_NETDEV_BUDGET, 64, 299, BAND_RISK, false, "netdev-budget-small",
	  "rounds of receiving end early, and packets wait" },
	{ KNOB_NETDEV_BUDGET, 1001, ANY_MAX, BAND_RISK, false, "netdev-budget-large",
	  "programs on that CPU wait longer while packets are received" },

	{ KNOB_NETDEV_BUDGET_USECS, ANY_MIN, 1999, BAND_RISK, false,
	  "netdev-budget-usecs-small",
	  "less than two ticks of any kernel, and newer kernels refuse it" },
	{ KNOB_NETDEV_BUDGET_USECS, 20001, ANY_MAX, BAND_RISK, false,
	  "netdev-budget-usecs-large",
	  "programs on that CPU wait longer while packets are received" },

	{ KNOB_BUSY_POLL, 1, 1000, BAND_RISK, false, "busy-poll-on",
	  "a CPU spins while poll() or epoll_wait() waits" },
	{ KNOB_BUSY_POLL, 1001, ANY_MAX, BAND_REFUSED, false, "busy-poll-on",
	  "a CPU spins for longer than a millisecond in each call that waits" },

	{ KNOB_BUSY_READ, 1, 1000, BAND_RISK, false, "busy-read-on",
	  "a CPU spins while a read waits, on every socket made from now on" },
	{ KNOB_BUSY_READ, 1001, ANY_MAX, BAND_REFUSED, false, "busy-read-on",
	  "a CPU spins for longer than a millisecond in each read that waits" },

	{ KNOB_GC_THRESH1, ANY_MIN, 127, BAND_RISK, false, "neigh-thresh1-small",
	  "quiet neighbours are forgotten although few, and asked for again" },

	{ KNOB_GC_THRESH2, ANY_MIN, 511, BAND_RISK, false, "neigh-thresh2-small",
	  "neighbours are cleared out early, and each comes back with a question" },

	{ KNOB_GC_THRESH3, ANY_MIN, 511, BAND_REFUSED, false, "neigh-thresh3-small",
	  "a busy link fills the table, and no packet reaches a further neighbour" },
	{ KNOB_GC_THRESH3, 512, 1023, BAND_RISK, false, "neigh-thresh3-small",
	  "once the table is full no packet reaches a further neighbour" },

	/* features */
	{ KNOB_SLOW_START_AFTER_IDLE, 0, 0, BAND_RISK, false, "slow-start-off",
	  "after a pause a stale window goes out as one burst, unless fq paces it" },
	{ KNOB_SLOW_START_AFTER_IDLE, 2, ANY_MAX, BAND_REFUSED, false, "slow-start-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_NO_METRICS_SAVE, 2, ANY_MAX, BAND_REFUSED, false, "metrics-save-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_SACK, 0, 0, BAND_REFUSED, false, "sack-off",
	  "a sender learns of one loss a round trip, and bursts of loss cost timeouts" },
	{ KNOB_SACK, 2, ANY_MAX, BAND_REFUSED, false, "sack-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_WINDOW_SCALING, 0, 0, BAND_REFUSED, false, "window-scaling-off",
	  "at most 64 KB are under way, so long paths are slow" },
	{ KNOB_WINDOW_SCALING, 2, ANY_MAX, BAND_REFUSED, false, "window-scaling-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_ECN, 0, 0, BAND_RISK, false, "ecn-off",
	  "full queues on the path can speak by loss only" },
	{ KNOB_ECN, 1, 1, BAND_RISK, false, "ecn-asked",
	  "a path that drops a SYN with ECN costs each connection a timeout" },
	{ KNOB_ECN, 3, 5, BAND_RISK, false, "ecn-accurate",
	  "accurate ECN is new, and paths that know it are few" },
	{ KNOB_ECN, 6, ANY_MAX, BAND_REFUSED, false, "ecn-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_MTU_PROBING, 2, 2, BAND_RISK, false, "mtu-probing-always",
	  "every connection starts with small segments" },
	{ KNOB_MTU_PROBING, 3, ANY_MAX, BAND_REFUSED, false, "mtu-probing-odd",
	  "the kernel gives this number no meaning of its own" },

	{ KNOB_CHALLENGE_ACK_LIMIT, ANY_MIN, 0, BAND_REFUSED, false, "challenge-ack-odd",
	  "it does not say what it does: measured on Linux 6.18, it is no limit at all" },
	{ KNOB_CHALLENGE_ACK_LIMIT, 1, 999, BAND_REFUSED, false, "challenge-ack-few",
	  "a limit this low leaves broken connections uncleared, and can be watched from outside" },
	{ KNOB_CHALLENGE_ACK_LIMIT, 1000, INT32_MAX - 1, BAND_RISK, false,
	  "challenge-ack-limited",
	  "a limit that all connections share can be watched from outside" },

	{ KNOB_INVALID_RATELIMIT, 0, 0, BAND_RISK, false, "invalid-ratelimit-off",
	  "two ends out of step can answer each other without end" },
	{ KNOB_INVALID_RATELIMIT, 1001, ANY_MAX, BAND_RISK, false,
	  "invalid-ratelimit-long", "a peer that is out of step is put right late" },

	{ KNOB_AUTOCORKING, 0, 0, BAND_RISK, false, "autocorking-off",
	  "programs that write in small pieces send more and smaller packets" },

	/* conntrack */
	{ KNOB_CT_MAX, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-max-none",
	  "up to Linux 6.12 it is no limit at all, and 7.2 refuses it" },
	{ KNOB_CT_MAX, ANY_MIN, 49, BAND_REFUSED, true, "conntrack-max-small",
	  "when the table is full new connections are dropped, in every namespace" },
	{ KNOB_CT_MAX, 50, 99, BAND_RISK, true, "conntrack-max-small",
	  "when the table is full new connections are dropped, in every namespace" },
	{ KNOB_CT_MAX, 401, ANY_MAX, BAND_RISK, true, "conntrack-max-large",
	  "without as many more buckets the chains grow long, and entries take memory" },

	{ KNOB_CT_BUCKETS, ANY_MIN, 1023, BAND_REFUSED, false, "conntrack-buckets-few",
	  "the kernel itself never starts with fewer than 1024: each packet walks long chains" },
	{ KNOB_CT_BUCKETS, ANY_MIN, 99, BAND_RISK, true, "conntrack-buckets-few",
	  "the chains grow longer, and each packet costs more" },

	{ KNOB_CT_TIME_WAIT, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-time-wait-short",
	  GONE_AT_ONCE },
	{ KNOB_CT_TIME_WAIT, 1, 9, BAND_REFUSED, false, "conntrack-time-wait-short",
	  "a FIN that is repeated later than this counts as invalid" },
	{ KNOB_CT_TIME_WAIT, 10, 29, BAND_RISK, false, "conntrack-time-wait-short",
	  "a FIN that is repeated later than this counts as invalid" },
	/* 120 is the default, twice the TIME_WAIT of a socket */
	{ KNOB_CT_TIME_WAIT, 121, ANY_MAX, BAND_RISK, false, "conntrack-time-wait-long",
	  "entries of closed connections fill the table, and hold the ports of a NAT" },

	{ KNOB_CT_CLOSE_WAIT, ANY_MIN, 0, BAND_REFUSED, false,
	  "conntrack-close-wait-short", GONE_AT_ONCE },
	{ KNOB_CT_CLOSE_WAIT, 1, 29, BAND_REFUSED, false, "conntrack-close-wait-short",
	  "a half-closed connection that pauses longer than this is cut off" },
	{ KNOB_CT_CLOSE_WAIT, 30, 59, BAND_RISK, false, "conntrack-close-wait-short",
	  "a half-closed connection that pauses longer than this is cut off" },
	/* RFC 5382 asks no more for a connection that is open */
	{ KNOB_CT_CLOSE_WAIT, 7441, ANY_MAX, BAND_RISK, false,
	  "conntrack-close-wait-long",
	  "a half-closed connection that nobody ends keeps its entry for hours" },

	{ KNOB_CT_FIN_WAIT, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-fin-wait-short",
	  GONE_AT_ONCE },
	{ KNOB_CT_FIN_WAIT, 1, 29, BAND_REFUSED, false, "conntrack-fin-wait-short",
	  "a FIN that is repeated later than this counts as invalid" },
	{ KNOB_CT_FIN_WAIT, 30, 59, BAND_RISK, false, "conntrack-fin-wait-short",
	  "a FIN that is repeated later than this counts as invalid" },
	/* twice TCP_RTO_MAX, the longest pause between two repeats; RFC 5382's 4 minutes */
	{ KNOB_CT_FIN_WAIT, 241, ANY_MAX, BAND_RISK, false, "conntrack-fin-wait-long",
	  "entries of peers that vanished stay long after the last repeat of a FIN" },

	{ KNOB_CT_LAST_ACK, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-last-ack-short",
	  GONE_AT_ONCE },
	{ KNOB_CT_LAST_ACK, 1, 9, BAND_REFUSED, false, "conntrack-last-ack-short",
	  "a FIN that is repeated later than this counts as invalid" },
	{ KNOB_CT_LAST_ACK, 10, 29, BAND_RISK, false, "conntrack-last-ack-short",
	  "a FIN that is repeated later than this counts as invalid" },
	/* twice TCP_RTO_MAX, the longest pause between two repeats; RFC 5382's 4 minutes */
	{ KNOB_CT_LAST_ACK, 241, ANY_MAX, BAND_RISK, false, "conntrack-last-ack-long",
	  "entries of peers that vanished stay long after the last repeat of a FIN" },

	{ KNOB_CT_ESTABLISHED, ANY_MIN, 0, BAND_REFUSED, false,
	  "conntrack-established-short", GONE_AT_ONCE },
	{ KNOB_CT_ESTABLISHED, 1, 3599, BAND_REFUSED, false,
	  "conntrack-established-short",
	  "idle connections are forgotten before keepalive speaks, and break without a word" },
	{ KNOB_CT_ESTABLISHED, 3600, 7439, BAND_RISK, false,
	  "conntrack-established-short",
	  "idle connections are forgotten before keepalive speaks, and break without a word" },
	/* the default, sixty times what RFC 5382 asks for */
	{ KNOB_CT_ESTABLISHED, 432001, ANY_MAX, BAND_RISK, false,
	  "conntrack-established-long",
	  "a connection whose end this host missed stays in the table for more than five days" },

	{ KNOB_CT_SYN_SENT, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-syn-sent-short",
	  GONE_AT_ONCE },
	{ KNOB_CT_SYN_SENT, 1, 9, BAND_REFUSED, false, "conntrack-syn-sent-short",
	  "the answer of a slow server finds no entry" },
	{ KNOB_CT_SYN_SENT, 10, 29, BAND_RISK, false, "conntrack-syn-sent-short",
	  "the answer of a slow server finds no entry" },
	{ KNOB_CT_SYN_SENT, 121, ANY_MAX, BAND_RISK, false, "conntrack-syn-sent-long",
	  "a scan fills the table for longer" },

	{ KNOB_CT_SYN_RECV, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-syn-recv-short",
	  GONE_AT_ONCE },
	{ KNOB_CT_SYN_RECV, 1, 9, BAND_REFUSED, false, "conntrack-syn-recv-short",
	  "a handshake on a bad path is forgotten before it is done" },
	{ KNOB_CT_SYN_RECV, 10, 29, BAND_RISK, false, "conntrack-syn-recv-short",
	  "a handshake on a bad path is forgotten before it is done" },
	{ KNOB_CT_SYN_RECV, 61, ANY_MAX, BAND_RISK, false, "conntrack-syn-recv-long",
	  "a flood of SYNs fills the table for longer" },

	{ KNOB_CT_CLOSE, ANY_MIN, 0, BAND_REFUSED, false, "conntrack-close-odd",
	  GONE_AT_ONCE },
	/* after a reset nothing is sent again; a TIME_WAIT lasts no longer */
	{ KNOB_CT_CLOSE, 61, ANY_MAX, BAND_RISK, false, "conntrack-close-long",
	  "entries of reset connections fill the table, and hold the ports of a NAT" },

	{ KNOB_CT_MAX_RETRANS, ANY_MIN, 0, BAND_REFUSED, false,
	  "conntrack-max-retrans-short", GONE_AT_ONCE },
	{ KNOB_CT_MAX_RETRANS, 1, 29, BAND_REFUSED, false, "conntrack-max-retrans-short",
	  "a connection that repeats is forgotten before its ends give up" },
	{ KNOB_CT_MAX_RETRANS, 30, 99, BAND_RISK, false, "conntrack-max-retrans-short",
	  "a connection that repeats is forgotten before its ends give up" },
	/* tcp_retries2 at its default lets a sender try for about 15 minutes */
	{ KNOB_CT_MAX_RETRANS, 3601, ANY_MAX, BAND_RISK, false,
	  "conntrack-max-retrans-long",
	  "entries of peers that vanished stay for hours after their sender gave up" },

	{ KNOB_CT_UNACKNOWLEDGED, ANY_MIN, 0, BAND_REFUSED, false,
	  "conntrack-unacknowledged-short", GONE_AT_ONCE },
	{ KNOB_CT_UNACKNOWLEDGED, 1, 29, BAND_REFUSED, false,
	  "conntrack-unacknowledged-short",
	  "a connection with data under way is forgotten while its sender still tries" },
	{ KNOB_CT_UNACKNOWLEDGED, 30, 99, BAND_RISK, false,
	  "conntrack-unacknowledged-short",
	  "a connection with data under way is forgotten while its sender still tries" },
	/* tcp_retries2 at its default lets a sender try for about 15 minutes */
	{ KNOB_CT_UNACKNOWLEDGED, 3601, ANY_MAX, BAND_RISK, false,
	  "conntrack-unacknowledged-long",
	  "entries of peers that vanished stay for hours after their sender gave up" },

	{ KNOB_CT_LOOSE, 0, 0, BAND_RISK, false, "conntrack-strict",
	  "open connections break whenever their entry is lost, as by a restart" },

	{ KNOB_CT_BE_LIBERAL, 1, 1, BAND_RISK, false, "conntrack-liberal",
	  "segments out of window pass, forged ones too, and asymmetric routes stay hidden" },

	{ KNOB_CT_IGNORE_INVALID_RST, 1, 1, BAND_RISK, false, "conntrack-late-resets",
	  "forged resets get as far as the socket" },

	/* descriptors */
	{ KNOB_FILE_MAX, ANY_MIN, 8191, BAND_REFUSED, false, "file-max-small",
	  "the kernel itself never starts with fewer than 8192: processes fail with ENFILE" },
	{ KNOB_FILE_MAX, ANY_MIN, 99, BAND_REFUSED, true, "file-max-small",
	  "past the limit every process without privilege fails with ENFILE" },

	{ KNOB_NR_OPEN, ANY_MIN, 1048575, BAND_REFUSED, false, "nr-open-small",
	  "services whose LimitNOFILE is above it do not start" },

	{ KNOB_TW_RECYCLE, 1, ANY_MAX, BAND_REFUSED, false, "tw-recycle-on",
	  "it refuses clients that share an address behind NAT, without a word" },

	{ KNOB_TW_TIMEOUT, ANY_MIN, 29, BAND_REFUSED, false, "tw-timeout-short",
	  "a FIN that is repeated later meets a reset, and old segments can reach a new connection" },
	{ KNOB_TW_TIMEOUT, 30, 59, BAND_RISK, false, "tw-timeout-short",
	  "a FIN that is repeated later meets a reset, and old segments can reach a new connection" },
	{ KNOB_TW_TIMEOUT, 241, ANY_MAX, BAND_RISK, false, "tw-timeout-long",
	  "ports come back later than after the four minutes of RFC 9293" },

	{ 0 },
};

const struct band_safe band_safe[KNOB_N] = {
	[KNOB_FIN_TIMEOUT] = { "15 to 60", "60" },
	[KNOB_TW_REUSE] = { "2, or 1 with timestamps", "2" },
	[KNOB_TW_REUSE_DELAY] = { "at least 1000", "1000" },
	[KNOB_MAX_TW_BUCKETS] = { "at least the default", NULL },
	[KNOB_RFC1337] = { "0 or 1", "1" },
	[KNOB_TIMESTAMPS] = { "1", "1" },
	[KNOB_ORPHAN_RETRIES] = { "0, or 6 to 8", "0" },
	[KNOB_MAX_ORPHANS] = { "at least the default", NULL },
	[KNOB_MPTCP_CLOSE_TIMEOUT] = { "at least 30", "60" },
	[KNOB_RETRIES2] = { "8 to 15", "15" },
	[KNOB_SYN_RETRIES] = { "3 to 6", "6" },
	[KNOB_SYNACK_RETRIES] = { "2 to 5", "5" },
	[KNOB_KEEPALIVE_TIME] = { "300 to 7200", "7200" },
	[KNOB_KEEPALIVE_INTVL] = { "10 to 75", "75" },
	[KNOB_KEEPALIVE_PROBES] = { "3 to 9", "9" },
	[KNOB_SYNCOOKIES] = { "1", "1" },
	[KNOB_MAX_SYN_BACKLOG] = { "at least 128", "2048" },
	[KNOB_ABORT_ON_OVERFLOW] = { "0", "0" },
	[KNOB_SOMAXCONN] = { "1024 to 65535", "4096" },
	[KNOB_PORT_RANGE] = { "from 10240 up, at least 16384 ports", NULL },
	[KNOB_RESERVED_PORTS] = { "what leaves 16384 ports of ip_local_port_range",
				  NULL },

	/* timers */

	[KNOB_RETRIES1] = { "at least 3", "3" },
	[KNOB_SYN_LINEAR_TIMEOUTS] = { "0 to 4", "4" },
	[KNOB_RTO_MIN_US] = { "200000", "200000" },
	[KNOB_RTO_MAX_MS] = { "at least 60000", "120000" },
	[KNOB_THIN_LINEAR_TIMEOUTS] = { "0", "0" },

	/* listening */

	[KNOB_MIGRATE_REQ] = { "0", "0" },
	[KNOB_FASTOPEN] = { "0 or 1", "1" },

	/* ports */

	[KNOB_PORT_STEP_WIDTH] = { "0", "0" },
	[KNOB_PORT_START] = { "1024", "1024" },
	[KNOB_AUTOBIND_REUSE] = { "0", "0" },

	/* memory */
	[KNOB_TCP_MEM] = { "rising: the present numbers to a last one of twice as much",
			   NULL },
	[KNOB_TCP_RMEM] = { "rising: at least 4096, 131072, the present one to 67108864",
			    NULL },
	[KNOB_TCP_WMEM] = { "rising: at least 4096, 16384, the present one to 67108864",
			    NULL },
	[KNOB_RMEM_MAX] = { "212992 to 67108864", "4194304" },
	[KNOB_WMEM_MAX] = { "212992 to 67108864", "4194304" },
	[KNOB_RMEM_DEFAULT] = { "212992 to 4194304", "212992" },
	[KNOB_WMEM_DEFAULT] = { "212992 to 4194304", "212992" },
	[KNOB_MODERATE_RCVBUF] = { "1", "1" },
	[KNOB_NOTSENT_LOWAT] = { "at least 16384", "4294967295" },
	[KNOB_LIMIT_OUTPUT_BYTES] = { "262144 to 16777216", "1048576" },
	[KNOB_SHRINK_WINDOW] = { "0", "0" },

	/* queues */
	[KNOB_CHILD_EHASH_ENTRIES] = { "0, or 65536 to 1048576", "0" },
	[KNOB_NETDEV_MAX_BACKLOG] = { "1000 to 30000", "1000" },
	[KNOB_NETDEV_BUDGET] = { "300 to 1000", "300" },
	[KNOB_NETDEV_BUDGET_USECS] = { "2000 to 20000", NULL },
	[KNOB_BUSY_POLL] = { "0", "0" },
	[KNOB_BUSY_READ] = { "0", "0" },
	[KNOB_DEFAULT_QDISC] = { "a queue that needs no parameters, as fq_codel",
				 "fq_codel" },
	[KNOB_GC_THRESH1] = { "at least 128", "128" },
	[KNOB_GC_THRESH2] = { "at least 512", "512" },
	[KNOB_GC_THRESH3] = { "at least 1024", "1024" },

	/* features */
	[KNOB_SLOW_START_AFTER_IDLE] = { "1", "1" },
	[KNOB_NO_METRICS_SAVE] = { "0 or 1", "0" },
	[KNOB_SACK] = { "1", "1" },
	[KNOB_WINDOW_SCALING] = { "1", "1" },
	[KNOB_ECN] = { "2", "2" },
	[KNOB_MTU_PROBING] = { "0 or 1", "0" },
	[KNOB_CHALLENGE_ACK_LIMIT] = { "2147483647", "2147483647" },
	[KNOB_INVALID_RATELIMIT] = { "1 to 1000", "500" },
	[KNOB_AUTOCORKING] = { "1", "1" },

	/* conntrack */
	[KNOB_CT_MAX] = { "from the default to 4 times that", NULL },
	[KNOB_CT_BUCKETS] = { "at least the default", NULL },
	[KNOB_CT_TIME_WAIT] = { "30 to 120", "120" },
	[KNOB_CT_CLOSE_WAIT] = { "60 to 7440", "60" },
	[KNOB_CT_FIN_WAIT] = { "60 to 240", "120" },
	[KNOB_CT_LAST_ACK] = { "30 to 240", "30" },
	[KNOB_CT_ESTABLISHED] = { "7440 to 432000", "432000" },
	[KNOB_CT_SYN_SENT] = { "30 to 120", "120" },
	[KNOB_CT_SYN_RECV] = { "30 to 60", "60" },
	[KNOB_CT_CLOSE] = { "1 to 60", "10" },
	[KNOB_CT_MAX_RETRANS] = { "100 to 3600", "300" },
	[KNOB_CT_UNACKNOWLEDGED] = { "100 to 3600", "300" },
	[KNOB_CT_LOOSE] = { "1", "1" },
	[KNOB_CT_BE_LIBERAL] = { "0", "0" },
	[KNOB_CT_IGNORE_INVALID_RST] = { "0", "0" },

	/* descriptors */
	[KNOB_FILE_MAX] = { "at least the default", NULL },
	[KNOB_NR_OPEN] = { "at least 1048576", "1048576" },
	[KNOB_TW_RECYCLE] = { "0", "0" },
	[KNOB_TW_TIMEOUT] = { "60 to 240", "60" },
};
