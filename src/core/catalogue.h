/* SPDX-License-Identifier: MIT */
/* The knobs finwait has knowledge of, as data. The order is the order of every table. */
#pragma once

#include "core/knob.h"

enum knob_id {
	KNOB_FIN_TIMEOUT,
	KNOB_TW_REUSE,
	KNOB_TW_REUSE_DELAY,
	KNOB_MAX_TW_BUCKETS,
	KNOB_RFC1337,
	KNOB_TIMESTAMPS,
	KNOB_ORPHAN_RETRIES,
	KNOB_MAX_ORPHANS,
	KNOB_MPTCP_CLOSE_TIMEOUT,
	KNOB_RETRIES1,
	KNOB_RETRIES2,
	KNOB_SYN_RETRIES,
	KNOB_SYN_LINEAR_TIMEOUTS,
	KNOB_SYNACK_RETRIES,
	KNOB_KEEPALIVE_TIME,
	KNOB_KEEPALIVE_INTVL,
	KNOB_KEEPALIVE_PROBES,
	KNOB_RTO_MIN_US,
	KNOB_RTO_MAX_MS,
	KNOB_THIN_LINEAR_TIMEOUTS,
	KNOB_SYNCOOKIES,
	KNOB_MAX_SYN_BACKLOG,
	KNOB_ABORT_ON_OVERFLOW,
	KNOB_SOMAXCONN,
	KNOB_MIGRATE_REQ,
	KNOB_FASTOPEN,
	KNOB_FASTOPEN_BLACKHOLE,
	KNOB_PORT_RANGE,
	KNOB_RESERVED_PORTS,
	KNOB_PORT_STEP_WIDTH,
	KNOB_PORT_START,
	KNOB_AUTOBIND_REUSE,
	KNOB_TCP_MEM,
	KNOB_TCP_RMEM,
	KNOB_TCP_WMEM,
	KNOB_RMEM_MAX,
	KNOB_WMEM_MAX,
	KNOB_RMEM_DEFAULT,
	KNOB_WMEM_DEFAULT,
	KNOB_MODERATE_RCVBUF,
	KNOB_NOTSENT_LOWAT,
	KNOB_LIMIT_OUTPUT_BYTES,
	KNOB_SHRINK_WINDOW,
	KNOB_EHASH_ENTRIES,
	KNOB_CHILD_EHASH_ENTRIES,
	KNOB_NETDEV_MAX_BACKLOG,
	KNOB_NETDEV_BUDGET,
	KNOB_NETDEV_BUDGET_USECS,
	KNOB_BUSY_POLL,
	KNOB_BUSY_READ,
	KNOB_DEFAULT_QDISC,
	KNOB_GC_THRESH1,
	KNOB_GC_THRESH2,
	KNOB_GC_THRESH3,
	KNOB_CONGESTION_CONTROL,
	KNOB_SLOW_START_AFTER_IDLE,
	KNOB_NO_METRICS_SAVE,
	KNOB_SACK,
	KNOB_WINDOW_SCALING,
	KNOB_ECN,
	KNOB_MTU_PROBING,
	KNOB_CHALLENGE_ACK_LIMIT,
	KNOB_INVALID_RATELIMIT,
	KNOB_AUTOCORKING,
	KNOB_CT_MAX,
	KNOB_CT_BUCKETS,
	KNOB_CT_TIME_WAIT,
	KNOB_CT_CLOSE_WAIT,
	KNOB_CT_FIN_WAIT,
	KNOB_CT_LAST_ACK,
	KNOB_CT_ESTABLISHED,
	KNOB_CT_SYN_SENT,
	KNOB_CT_SYN_RECV,
	KNOB_CT_CLOSE,
	KNOB_CT_MAX_RETRANS,
	KNOB_CT_UNACKNOWLEDGED,
	KNOB_CT_LOOSE,
	KNOB_CT_BE_LIBERAL,
	KNOB_CT_IGNORE_INVALID_RST,
	KNOB_FILE_MAX,
	KNOB_NR_OPEN,
	KNOB_TW_RECYCLE,
	KNOB_TW_TIMEOUT,
	KNOB_N,
};

extern const struct knob catalogue[KNOB_N];

/*
 * The order of writing, from 0: the kernel refuses a low port below
 * ip_unprivileged_port_start, and such a start above the low port, so whichever makes room
 * comes first (`is_start_raised`: the start follows the range). Reserved ports come before
 * the range that would expose them.
 */
enum { WRITE_RANK_LAST = 4 };
int catalogue_write_rank(const char *key, bool is_start_raised);

/* The knob of that full name, or NULL. */
const struct knob *catalogue_find(const char *name);

/*
 * The knob that a word means, as people write or copy it: with its prefix or without, with
 * slashes, below /proc/sys, with a value behind it, in capitals; NULL: none.
 */
const struct knob *catalogue_named(const char *word);

/* The part of a name that people say: "tcp_fin_timeout". */
const char *catalogue_short_name(const struct knob *k);

/* The knob whose short name is nearest to the last part of a mistyped one, or NULL. */
const struct knob *catalogue_nearest(const char *name);

/*
 * May a profile or --set name this key at all? Any net.* may, but those that hand code to
 * the kernel; nothing else may, so that finwait never weakens a host outside networking.
 * 0, or -EPERM and a sentence.
 */
int catalogue_check_key(const char *key, struct err *e);

/*
 * How long an orphaned FIN_WAIT_2 lasts for a tcp_fin_timeout, in seconds: the value up
 * to 60; above it 2*(N-60), because tcp_keepalive_timer() takes TCP_TIMEWAIT_LEN off once
 * more (measured on Linux 6.18: 61 lasts 2 s, 90 lasts 62 s, 120 lasts 123 s). At and
 * below 0: 0, of which the kernel makes 3.5 retransmission timeouts.
 */
int64_t catalogue_fin_wait2_seconds(int64_t fin_timeout);
