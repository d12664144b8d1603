/* SPDX-License-Identifier: MIT */
#include "core/band_rows.h"

#define ANY_MIN INT64_MIN
#define ANY_MAX INT64_MAX

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

	/* timers, further */

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

	/* timers, end */

	/* listening, further */

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

	/* listening, end */

	/* ports, further */

	{ KNOB_PORT_STEP_WIDTH, 1, ANY_MAX, BAND_RISK, false, "port-step-width",
	  "connect() searches for longer when most ports are taken" },

	{ KNOB_PORT_START, 0, 1023, BAND_RISK, false, "port-start-low",
	  "any user can listen on a port that peers trust" },
	{ KNOB_PORT_START, 1025, ANY_MAX, BAND_RISK, false, "port-start-high",
	  "a service without CAP_NET_BIND_SERVICE may fail to start" },

	{ KNOB_AUTOBIND_REUSE, 1, 1, BAND_RISK, false, "autobind-reuse",
	  "bind() gives out ports that connect() then finds taken" },

	/* ports, end */

	/* memory, further */

	/* memory, end */

	/* queues, further */

	/* queues, end */

	/* features, further */

	/* features, end */

	/* conntrack, further */

	/* conntrack, end */

	/* descriptors, further */

	/* descriptors, end */

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

	/* timers, further */

	[KNOB_RETRIES1] = { "at least 3", "3" },
	[KNOB_SYN_LINEAR_TIMEOUTS] = { "0 to 4", "4" },
	[KNOB_RTO_MIN_US] = { "200000", "200000" },
	[KNOB_RTO_MAX_MS] = { "at least 60000", "120000" },
	[KNOB_THIN_LINEAR_TIMEOUTS] = { "0", "0" },

	/* timers, end */

	/* listening, further */

	[KNOB_MIGRATE_REQ] = { "0", "0" },
	[KNOB_FASTOPEN] = { "0 or 1", "1" },

	/* listening, end */

	/* ports, further */

	[KNOB_PORT_STEP_WIDTH] = { "0", "0" },
	[KNOB_PORT_START] = { "1024", "1024" },
	[KNOB_AUTOBIND_REUSE] = { "0", "0" },

	/* ports, end */

	/* memory, further */

	/* memory, end */

	/* queues, further */

	/* queues, end */

	/* features, further */

	/* features, end */

	/* conntrack, further */

	/* conntrack, end */

	/* descriptors, further */

	/* descriptors, end */
};
