/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/band.h"
#include "core/ports.h"
#include "core/topic.h"

enum { REFERENCE = 131072 };

static struct judgement judge(enum knob_id id, const char *value)
{
	const struct surroundings s = { .reference = REFERENCE, .timestamps = "1" };
	struct judgement j;

	band_judge(&catalogue[id], value, &s, &j);
	return j;
}

static struct judgement judge_number(enum knob_id id, int64_t n)
{
	char value[32];

	snprintf(value, sizeof(value), "%" PRId64, n);
	return judge(id, value);
}

/* facts/knobs.md, 0.2, with each border from both sides */
TEST(each_value_lies_in_its_band)
{
	static const struct {
		enum knob_id knob;
		const char *value;
		enum band band;
	} rows[] = {
		{ KNOB_FIN_TIMEOUT, "-1", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "0", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "1", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "4", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "5", BAND_RISK },
		{ KNOB_FIN_TIMEOUT, "14", BAND_RISK },
		{ KNOB_FIN_TIMEOUT, "15", BAND_SAFE },
		{ KNOB_FIN_TIMEOUT, "60", BAND_SAFE },
		{ KNOB_FIN_TIMEOUT, "61", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "119", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "120", BAND_RISK },
		{ KNOB_FIN_TIMEOUT, "121", BAND_REFUSED },
		{ KNOB_FIN_TIMEOUT, "21474836", BAND_REFUSED },
		{ KNOB_TW_REUSE, "0", BAND_RISK },
		{ KNOB_TW_REUSE, "1", BAND_SAFE },
		{ KNOB_TW_REUSE, "2", BAND_SAFE },
		{ KNOB_TW_REUSE_DELAY, "1", BAND_REFUSED },
		{ KNOB_TW_REUSE_DELAY, "99", BAND_REFUSED },
		{ KNOB_TW_REUSE_DELAY, "100", BAND_RISK },
		{ KNOB_TW_REUSE_DELAY, "999", BAND_RISK },
		{ KNOB_TW_REUSE_DELAY, "1000", BAND_SAFE },
		{ KNOB_TW_REUSE_DELAY, "60000", BAND_SAFE },
		{ KNOB_MAX_TW_BUCKETS, "-2147483648", BAND_REFUSED },
		{ KNOB_MAX_TW_BUCKETS, "-1", BAND_REFUSED },
		{ KNOB_MAX_TW_BUCKETS, "0", BAND_REFUSED },
		{ KNOB_MAX_TW_BUCKETS, "5000", BAND_REFUSED },
		{ KNOB_MAX_TW_BUCKETS, "65535", BAND_REFUSED },
		{ KNOB_MAX_TW_BUCKETS, "65536", BAND_RISK },
		{ KNOB_MAX_TW_BUCKETS, "131071", BAND_RISK },
		{ KNOB_MAX_TW_BUCKETS, "131072", BAND_SAFE },
		{ KNOB_MAX_TW_BUCKETS, "2147483647", BAND_SAFE },
		{ KNOB_RFC1337, "0", BAND_SAFE },
		{ KNOB_RFC1337, "1", BAND_SAFE },
		{ KNOB_RFC1337, "2", BAND_REFUSED },
		{ KNOB_RFC1337, "255", BAND_REFUSED },
		{ KNOB_TIMESTAMPS, "0", BAND_REFUSED },
		{ KNOB_TIMESTAMPS, "1", BAND_SAFE },
		{ KNOB_TIMESTAMPS, "2", BAND_RISK },
		{ KNOB_TIMESTAMPS, "3", BAND_REFUSED },
		{ KNOB_ORPHAN_RETRIES, "0", BAND_SAFE },
		{ KNOB_ORPHAN_RETRIES, "1", BAND_REFUSED },
		{ KNOB_ORPHAN_RETRIES, "2", BAND_REFUSED },
		{ KNOB_ORPHAN_RETRIES, "3", BAND_RISK },
		{ KNOB_ORPHAN_RETRIES, "5", BAND_RISK },
		{ KNOB_ORPHAN_RETRIES, "6", BAND_SAFE },
		{ KNOB_ORPHAN_RETRIES, "8", BAND_SAFE },
		{ KNOB_ORPHAN_RETRIES, "9", BAND_RISK },
		{ KNOB_MAX_ORPHANS, "-1", BAND_REFUSED },
		{ KNOB_MAX_ORPHANS, "0", BAND_REFUSED },
		{ KNOB_MAX_ORPHANS, "131071", BAND_REFUSED },
		{ KNOB_MAX_ORPHANS, "131072", BAND_SAFE },
		{ KNOB_RETRIES2, "0", BAND_REFUSED },
		{ KNOB_RETRIES2, "4", BAND_REFUSED },
		{ KNOB_RETRIES2, "5", BAND_RISK },
		{ KNOB_RETRIES2, "7", BAND_RISK },
		{ KNOB_RETRIES2, "8", BAND_SAFE },
		{ KNOB_RETRIES2, "15", BAND_SAFE },
		{ KNOB_RETRIES2, "16", BAND_RISK },
		{ KNOB_SYN_RETRIES, "1", BAND_REFUSED },
		{ KNOB_SYN_RETRIES, "2", BAND_RISK },
		{ KNOB_SYN_RETRIES, "3", BAND_SAFE },
		{ KNOB_SYN_RETRIES, "6", BAND_SAFE },
		{ KNOB_SYN_RETRIES, "7", BAND_RISK },
		{ KNOB_SYN_RETRIES, "10", BAND_RISK },
		{ KNOB_SYN_RETRIES, "11", BAND_REFUSED },
		{ KNOB_SYNACK_RETRIES, "0", BAND_REFUSED },
		{ KNOB_SYNACK_RETRIES, "1", BAND_RISK },
		{ KNOB_SYNACK_RETRIES, "2", BAND_SAFE },
		{ KNOB_SYNACK_RETRIES, "5", BAND_SAFE },
		{ KNOB_SYNACK_RETRIES, "6", BAND_RISK },
		{ KNOB_SYNACK_RETRIES, "8", BAND_RISK },
		{ KNOB_SYNACK_RETRIES, "9", BAND_REFUSED },
		{ KNOB_KEEPALIVE_TIME, "-1", BAND_REFUSED },
		{ KNOB_KEEPALIVE_TIME, "0", BAND_REFUSED },
		{ KNOB_KEEPALIVE_TIME, "59", BAND_REFUSED },
		{ KNOB_KEEPALIVE_TIME, "60", BAND_RISK },
		{ KNOB_KEEPALIVE_TIME, "299", BAND_RISK },
		{ KNOB_KEEPALIVE_TIME, "300", BAND_SAFE },
		{ KNOB_KEEPALIVE_TIME, "7200", BAND_SAFE },
		{ KNOB_KEEPALIVE_TIME, "7201", BAND_RISK },
		{ KNOB_KEEPALIVE_INTVL, "0", BAND_REFUSED },
		{ KNOB_KEEPALIVE_INTVL, "4", BAND_REFUSED },
		{ KNOB_KEEPALIVE_INTVL, "5", BAND_RISK },
		{ KNOB_KEEPALIVE_INTVL, "9", BAND_RISK },
		{ KNOB_KEEPALIVE_INTVL, "10", BAND_SAFE },
		{ KNOB_KEEPALIVE_INTVL, "75", BAND_SAFE },
		{ KNOB_KEEPALIVE_INTVL, "76", BAND_RISK },
		{ KNOB_KEEPALIVE_PROBES, "0", BAND_REFUSED },
		{ KNOB_KEEPALIVE_PROBES, "1", BAND_REFUSED },
		{ KNOB_KEEPALIVE_PROBES, "2", BAND_RISK },
		{ KNOB_KEEPALIVE_PROBES, "3", BAND_SAFE },
		{ KNOB_KEEPALIVE_PROBES, "9", BAND_SAFE },
		{ KNOB_KEEPALIVE_PROBES, "10", BAND_RISK },
		{ KNOB_SYNCOOKIES, "0", BAND_REFUSED },
		{ KNOB_SYNCOOKIES, "1", BAND_SAFE },
		{ KNOB_SYNCOOKIES, "2", BAND_REFUSED },
		{ KNOB_MAX_SYN_BACKLOG, "127", BAND_RISK },
		{ KNOB_MAX_SYN_BACKLOG, "128", BAND_SAFE },
		{ KNOB_ABORT_ON_OVERFLOW, "0", BAND_SAFE },
		{ KNOB_ABORT_ON_OVERFLOW, "1", BAND_RISK },
		{ KNOB_ABORT_ON_OVERFLOW, "2", BAND_REFUSED },
		{ KNOB_SOMAXCONN, "0", BAND_REFUSED },
		{ KNOB_SOMAXCONN, "127", BAND_REFUSED },
		{ KNOB_SOMAXCONN, "128", BAND_RISK },
		{ KNOB_SOMAXCONN, "1023", BAND_RISK },
		{ KNOB_SOMAXCONN, "1024", BAND_SAFE },
		{ KNOB_SOMAXCONN, "65535", BAND_SAFE },
		{ KNOB_SOMAXCONN, "65536", BAND_RISK },
		{ KNOB_PORT_RANGE, "32768 60999", BAND_SAFE },
		{ KNOB_PORT_RANGE, "10240 26623", BAND_SAFE }, /* 16384 ports */
		{ KNOB_PORT_RANGE, "10240 26622", BAND_RISK },
		{ KNOB_PORT_RANGE, "10239 60999", BAND_RISK },
		{ KNOB_PORT_RANGE, "1024 65535", BAND_RISK },
		{ KNOB_PORT_RANGE, "1023 65535", BAND_REFUSED },
		{ KNOB_PORT_RANGE, "40000 44095", BAND_RISK }, /* 4096 ports */
		{ KNOB_PORT_RANGE, "40000 44094", BAND_REFUSED },
		{ KNOB_MPTCP_CLOSE_TIMEOUT, "-1", BAND_REFUSED },
		{ KNOB_MPTCP_CLOSE_TIMEOUT, "0", BAND_RISK },
		{ KNOB_MPTCP_CLOSE_TIMEOUT, "29", BAND_RISK },
		{ KNOB_MPTCP_CLOSE_TIMEOUT, "30", BAND_SAFE },
		{ KNOB_MPTCP_CLOSE_TIMEOUT, "60", BAND_SAFE },
		{ KNOB_MPTCP_CLOSE_TIMEOUT, "21474836", BAND_SAFE },
		{ KNOB_RETRIES1, "0", BAND_RISK },
		{ KNOB_RETRIES1, "2", BAND_RISK },
		{ KNOB_RETRIES1, "3", BAND_SAFE },
		{ KNOB_RETRIES1, "255", BAND_SAFE },
		{ KNOB_SYN_LINEAR_TIMEOUTS, "0", BAND_SAFE },
		{ KNOB_SYN_LINEAR_TIMEOUTS, "4", BAND_SAFE },
		{ KNOB_SYN_LINEAR_TIMEOUTS, "5", BAND_RISK },
		{ KNOB_SYN_LINEAR_TIMEOUTS, "20", BAND_RISK },
		{ KNOB_SYN_LINEAR_TIMEOUTS, "21", BAND_REFUSED },
		{ KNOB_SYN_LINEAR_TIMEOUTS, "127", BAND_REFUSED },
		{ KNOB_RTO_MIN_US, "1", BAND_REFUSED },
		{ KNOB_RTO_MIN_US, "4999", BAND_REFUSED },
		{ KNOB_RTO_MIN_US, "5000", BAND_RISK },
		{ KNOB_RTO_MIN_US, "199999", BAND_RISK },
		{ KNOB_RTO_MIN_US, "200000", BAND_SAFE },
		{ KNOB_RTO_MIN_US, "200001", BAND_RISK },
		{ KNOB_RTO_MIN_US, "1000000", BAND_RISK },
		{ KNOB_RTO_MIN_US, "1000001", BAND_REFUSED },
		{ KNOB_RTO_MAX_MS, "1000", BAND_REFUSED },
		{ KNOB_RTO_MAX_MS, "9999", BAND_REFUSED },
		{ KNOB_RTO_MAX_MS, "10000", BAND_RISK },
		{ KNOB_RTO_MAX_MS, "59999", BAND_RISK },
		{ KNOB_RTO_MAX_MS, "60000", BAND_SAFE },
		{ KNOB_RTO_MAX_MS, "120000", BAND_SAFE },
		{ KNOB_THIN_LINEAR_TIMEOUTS, "0", BAND_SAFE },
		{ KNOB_THIN_LINEAR_TIMEOUTS, "1", BAND_RISK },
		{ KNOB_THIN_LINEAR_TIMEOUTS, "2", BAND_REFUSED },
		{ KNOB_THIN_LINEAR_TIMEOUTS, "255", BAND_REFUSED },
		{ KNOB_MIGRATE_REQ, "0", BAND_SAFE },
		{ KNOB_MIGRATE_REQ, "1", BAND_RISK },
		{ KNOB_FASTOPEN, "-1", BAND_REFUSED },
		{ KNOB_FASTOPEN, "0", BAND_SAFE },
		{ KNOB_FASTOPEN, "1", BAND_SAFE },
		{ KNOB_FASTOPEN, "2", BAND_RISK },
		{ KNOB_FASTOPEN, "3", BAND_RISK },
		{ KNOB_FASTOPEN, "4", BAND_REFUSED },
		{ KNOB_FASTOPEN, "7", BAND_REFUSED },
		{ KNOB_FASTOPEN, "8", BAND_REFUSED },
		{ KNOB_FASTOPEN, "511", BAND_REFUSED },
		{ KNOB_FASTOPEN, "512", BAND_REFUSED },
		{ KNOB_FASTOPEN, "1023", BAND_REFUSED },
		{ KNOB_FASTOPEN, "1024", BAND_REFUSED },
		{ KNOB_FASTOPEN, "1025", BAND_REFUSED },
		{ KNOB_FASTOPEN, "1026", BAND_RISK },
		{ KNOB_FASTOPEN, "1027", BAND_RISK },
		{ KNOB_FASTOPEN, "1028", BAND_REFUSED },
		{ KNOB_FASTOPEN, "2147483647", BAND_REFUSED },
		{ KNOB_FASTOPEN_BLACKHOLE, "0", BAND_SAFE },
		{ KNOB_FASTOPEN_BLACKHOLE, "2147483647", BAND_SAFE },
		{ KNOB_PORT_STEP_WIDTH, "0", BAND_SAFE },
		{ KNOB_PORT_STEP_WIDTH, "1", BAND_RISK },
		{ KNOB_PORT_STEP_WIDTH, "4294967295", BAND_RISK },
		{ KNOB_PORT_START, "0", BAND_RISK },
		{ KNOB_PORT_START, "1023", BAND_RISK },
		{ KNOB_PORT_START, "1024", BAND_SAFE },
		{ KNOB_PORT_START, "1025", BAND_RISK },
		{ KNOB_PORT_START, "65535", BAND_RISK },
		{ KNOB_AUTOBIND_REUSE, "0", BAND_SAFE },
		{ KNOB_AUTOBIND_REUSE, "1", BAND_RISK },
		/* memory */
		{ KNOB_TCP_MEM, "287898 383867 575796", BAND_SAFE },
		{ KNOB_TCP_MEM, "0 383867 575796", BAND_REFUSED },
		{ KNOB_TCP_MEM, "1 1 1", BAND_SAFE },
		{ KNOB_TCP_MEM, "383868 383867 575796", BAND_REFUSED },
		{ KNOB_TCP_MEM, "287898 575797 575796", BAND_REFUSED },
		{ KNOB_TCP_MEM, "100 100 800", BAND_SAFE },
		{ KNOB_TCP_MEM, "100 100 801", BAND_REFUSED },
		{ KNOB_TCP_MEM, "4096 131072 6291456", BAND_REFUSED },
		{ KNOB_TCP_RMEM, "4096 131072 67108864", BAND_SAFE },
		{ KNOB_TCP_RMEM, "4096 131072 67108865", BAND_RISK },
		{ KNOB_TCP_RMEM, "4095 131072 67108864", BAND_REFUSED },
		{ KNOB_TCP_RMEM, "8192 131072 67108864", BAND_SAFE },
		{ KNOB_TCP_RMEM, "131073 131072 67108864", BAND_REFUSED },
		{ KNOB_TCP_RMEM, "4096 131072 131072", BAND_SAFE },
		{ KNOB_TCP_RMEM, "4096 131072 131071", BAND_REFUSED },
		{ KNOB_TCP_RMEM, "4096 65536 131071", BAND_REFUSED },
		{ KNOB_TCP_RMEM, "4096 131071 131072", BAND_RISK },
		{ KNOB_TCP_RMEM, "4096 131073 6291456", BAND_RISK },
		{ KNOB_TCP_WMEM, "4096 16384 67108864", BAND_SAFE },
		{ KNOB_TCP_WMEM, "4096 16384 67108865", BAND_RISK },
		{ KNOB_TCP_WMEM, "4095 16384 67108864", BAND_REFUSED },
		{ KNOB_TCP_WMEM, "16385 16384 67108864", BAND_REFUSED },
		{ KNOB_TCP_WMEM, "4096 16384 65536", BAND_SAFE },
		{ KNOB_TCP_WMEM, "4096 16384 65535", BAND_REFUSED },
		{ KNOB_TCP_WMEM, "4096 65536 16384", BAND_REFUSED },
		{ KNOB_TCP_WMEM, "4096 16383 65536", BAND_RISK },
		{ KNOB_TCP_WMEM, "4096 16385 65536", BAND_RISK },
		{ KNOB_RMEM_MAX, "212991", BAND_RISK },
		{ KNOB_RMEM_MAX, "212992", BAND_SAFE },
		{ KNOB_RMEM_MAX, "67108864", BAND_SAFE },
		{ KNOB_RMEM_MAX, "67108865", BAND_RISK },
		{ KNOB_WMEM_MAX, "212991", BAND_RISK },
		{ KNOB_WMEM_MAX, "212992", BAND_SAFE },
		{ KNOB_WMEM_MAX, "67108864", BAND_SAFE },
		{ KNOB_WMEM_MAX, "67108865", BAND_RISK },
		{ KNOB_RMEM_DEFAULT, "212991", BAND_RISK },
		{ KNOB_RMEM_DEFAULT, "212992", BAND_SAFE },
		{ KNOB_RMEM_DEFAULT, "4194304", BAND_SAFE },
		{ KNOB_RMEM_DEFAULT, "4194305", BAND_RISK },
		{ KNOB_WMEM_DEFAULT, "212991", BAND_RISK },
		{ KNOB_WMEM_DEFAULT, "212992", BAND_SAFE },
		{ KNOB_WMEM_DEFAULT, "4194304", BAND_SAFE },
		{ KNOB_WMEM_DEFAULT, "4194305", BAND_RISK },
		{ KNOB_MODERATE_RCVBUF, "0", BAND_REFUSED },
		{ KNOB_MODERATE_RCVBUF, "1", BAND_SAFE },
		{ KNOB_MODERATE_RCVBUF, "2", BAND_REFUSED },
		{ KNOB_NOTSENT_LOWAT, "0", BAND_REFUSED },
		{ KNOB_NOTSENT_LOWAT, "1", BAND_RISK },
		{ KNOB_NOTSENT_LOWAT, "16383", BAND_RISK },
		{ KNOB_NOTSENT_LOWAT, "16384", BAND_SAFE },
		{ KNOB_NOTSENT_LOWAT, "4294967295", BAND_SAFE },
		{ KNOB_LIMIT_OUTPUT_BYTES, "-1", BAND_REFUSED },
		{ KNOB_LIMIT_OUTPUT_BYTES, "0", BAND_REFUSED },
		{ KNOB_LIMIT_OUTPUT_BYTES, "65535", BAND_REFUSED },
		{ KNOB_LIMIT_OUTPUT_BYTES, "65536", BAND_RISK },
		{ KNOB_LIMIT_OUTPUT_BYTES, "262143", BAND_RISK },
		{ KNOB_LIMIT_OUTPUT_BYTES, "262144", BAND_SAFE },
		{ KNOB_LIMIT_OUTPUT_BYTES, "16777216", BAND_SAFE },
		{ KNOB_LIMIT_OUTPUT_BYTES, "16777217", BAND_RISK },
		{ KNOB_SHRINK_WINDOW, "0", BAND_SAFE },
		{ KNOB_SHRINK_WINDOW, "1", BAND_RISK },
		/* tables and queues */
		{ KNOB_EHASH_ENTRIES, "262144", BAND_SAFE },
		{ KNOB_CHILD_EHASH_ENTRIES, "0", BAND_SAFE },
		{ KNOB_CHILD_EHASH_ENTRIES, "1", BAND_REFUSED },
		{ KNOB_CHILD_EHASH_ENTRIES, "4095", BAND_REFUSED },
		{ KNOB_CHILD_EHASH_ENTRIES, "4096", BAND_RISK },
		{ KNOB_CHILD_EHASH_ENTRIES, "65535", BAND_RISK },
		{ KNOB_CHILD_EHASH_ENTRIES, "65536", BAND_SAFE },
		{ KNOB_CHILD_EHASH_ENTRIES, "1048576", BAND_SAFE },
		{ KNOB_CHILD_EHASH_ENTRIES, "1048577", BAND_RISK },
		{ KNOB_NETDEV_MAX_BACKLOG, "-1", BAND_REFUSED },
		{ KNOB_NETDEV_MAX_BACKLOG, "0", BAND_REFUSED },
		{ KNOB_NETDEV_MAX_BACKLOG, "299", BAND_REFUSED },
		{ KNOB_NETDEV_MAX_BACKLOG, "300", BAND_RISK },
		{ KNOB_NETDEV_MAX_BACKLOG, "999", BAND_RISK },
		{ KNOB_NETDEV_MAX_BACKLOG, "1000", BAND_SAFE },
		{ KNOB_NETDEV_MAX_BACKLOG, "30000", BAND_SAFE },
		{ KNOB_NETDEV_MAX_BACKLOG, "30001", BAND_RISK },
		{ KNOB_NETDEV_BUDGET, "-1", BAND_REFUSED },
		{ KNOB_NETDEV_BUDGET, "63", BAND_REFUSED },
		{ KNOB_NETDEV_BUDGET, "64", BAND_RISK },
		{ KNOB_NETDEV_BUDGET, "299", BAND_RISK },
		{ KNOB_NETDEV_BUDGET, "300", BAND_SAFE },
		{ KNOB_NETDEV_BUDGET, "1000", BAND_SAFE },
		{ KNOB_NETDEV_BUDGET, "1001", BAND_RISK },
		{ KNOB_NETDEV_BUDGET_USECS, "0", BAND_RISK },
		{ KNOB_NETDEV_BUDGET_USECS, "1999", BAND_RISK },
		{ KNOB_NETDEV_BUDGET_USECS, "2000", BAND_SAFE },
		{ KNOB_NETDEV_BUDGET_USECS, "20000", BAND_SAFE },
		{ KNOB_NETDEV_BUDGET_USECS, "20001", BAND_RISK },
		{ KNOB_BUSY_POLL, "0", BAND_SAFE },
		{ KNOB_BUSY_POLL, "1", BAND_RISK },
		{ KNOB_BUSY_POLL, "1000", BAND_RISK },
		{ KNOB_BUSY_POLL, "1001", BAND_REFUSED },
		{ KNOB_BUSY_READ, "0", BAND_SAFE },
		{ KNOB_BUSY_READ, "1", BAND_RISK },
		{ KNOB_BUSY_READ, "1000", BAND_RISK },
		{ KNOB_BUSY_READ, "1001", BAND_REFUSED },
		{ KNOB_DEFAULT_QDISC, "fq_codel", BAND_SAFE },
		{ KNOB_DEFAULT_QDISC, "pfifo_fast", BAND_SAFE },
		{ KNOB_DEFAULT_QDISC, "noqueue", BAND_REFUSED },
		{ KNOB_DEFAULT_QDISC, "htb", BAND_RISK },
		{ KNOB_GC_THRESH1, "127", BAND_RISK },
		{ KNOB_GC_THRESH1, "128", BAND_SAFE },
		{ KNOB_GC_THRESH2, "511", BAND_RISK },
		{ KNOB_GC_THRESH2, "512", BAND_SAFE },
		{ KNOB_GC_THRESH3, "511", BAND_REFUSED },
		{ KNOB_GC_THRESH3, "512", BAND_RISK },
		{ KNOB_GC_THRESH3, "1023", BAND_RISK },
		{ KNOB_GC_THRESH3, "1024", BAND_SAFE },

		/* features, conntrack, descriptors, gone */
		{ KNOB_CONGESTION_CONTROL, "cubic", BAND_SAFE },
		{ KNOB_CONGESTION_CONTROL, "reno", BAND_SAFE },
		{ KNOB_SLOW_START_AFTER_IDLE, "0", BAND_RISK },
		{ KNOB_SLOW_START_AFTER_IDLE, "1", BAND_SAFE },
		{ KNOB_SLOW_START_AFTER_IDLE, "2", BAND_REFUSED },
		{ KNOB_SLOW_START_AFTER_IDLE, "255", BAND_REFUSED },
		{ KNOB_NO_METRICS_SAVE, "0", BAND_SAFE },
		{ KNOB_NO_METRICS_SAVE, "1", BAND_SAFE },
		{ KNOB_NO_METRICS_SAVE, "2", BAND_REFUSED },
		{ KNOB_SACK, "0", BAND_REFUSED },
		{ KNOB_SACK, "1", BAND_SAFE },
		{ KNOB_SACK, "2", BAND_REFUSED },
		{ KNOB_WINDOW_SCALING, "0", BAND_REFUSED },
		{ KNOB_WINDOW_SCALING, "1", BAND_SAFE },
		{ KNOB_WINDOW_SCALING, "2", BAND_REFUSED },
		{ KNOB_ECN, "0", BAND_RISK },
		{ KNOB_ECN, "1", BAND_RISK },
		{ KNOB_ECN, "2", BAND_SAFE },
		{ KNOB_ECN, "3", BAND_RISK },
		{ KNOB_ECN, "5", BAND_RISK },
		{ KNOB_ECN, "6", BAND_REFUSED },
		{ KNOB_MTU_PROBING, "0", BAND_SAFE },
		{ KNOB_MTU_PROBING, "1", BAND_SAFE },
		{ KNOB_MTU_PROBING, "2", BAND_RISK },
		{ KNOB_MTU_PROBING, "3", BAND_REFUSED },
		{ KNOB_CHALLENGE_ACK_LIMIT, "-1", BAND_REFUSED },
		{ KNOB_CHALLENGE_ACK_LIMIT, "0", BAND_REFUSED },
		{ KNOB_CHALLENGE_ACK_LIMIT, "1", BAND_REFUSED },
		{ KNOB_CHALLENGE_ACK_LIMIT, "999", BAND_REFUSED },
		{ KNOB_CHALLENGE_ACK_LIMIT, "1000", BAND_RISK },
		{ KNOB_CHALLENGE_ACK_LIMIT, "2147483646", BAND_RISK },
		{ KNOB_CHALLENGE_ACK_LIMIT, "2147483647", BAND_SAFE },
		{ KNOB_INVALID_RATELIMIT, "0", BAND_RISK },
		{ KNOB_INVALID_RATELIMIT, "1", BAND_SAFE },
		{ KNOB_INVALID_RATELIMIT, "1000", BAND_SAFE },
		{ KNOB_INVALID_RATELIMIT, "1001", BAND_RISK },
		{ KNOB_AUTOCORKING, "0", BAND_RISK },
		{ KNOB_AUTOCORKING, "1", BAND_SAFE },
		{ KNOB_CT_MAX, "0", BAND_REFUSED },
		{ KNOB_CT_MAX, "1", BAND_REFUSED },
		{ KNOB_CT_MAX, "65535", BAND_REFUSED },
		{ KNOB_CT_MAX, "65536", BAND_RISK },
		{ KNOB_CT_MAX, "131071", BAND_RISK },
		{ KNOB_CT_MAX, "131072", BAND_SAFE },
		{ KNOB_CT_MAX, "525598", BAND_SAFE },
		{ KNOB_CT_MAX, "525599", BAND_RISK },
		{ KNOB_CT_BUCKETS, "1", BAND_REFUSED },
		{ KNOB_CT_BUCKETS, "1023", BAND_REFUSED },
		{ KNOB_CT_BUCKETS, "1024", BAND_RISK },
		{ KNOB_CT_BUCKETS, "131071", BAND_RISK },
		{ KNOB_CT_BUCKETS, "131072", BAND_SAFE },
		{ KNOB_CT_TIME_WAIT, "-1", BAND_REFUSED },
		{ KNOB_CT_TIME_WAIT, "0", BAND_REFUSED },
		{ KNOB_CT_TIME_WAIT, "1", BAND_REFUSED },
		{ KNOB_CT_TIME_WAIT, "9", BAND_REFUSED },
		{ KNOB_CT_TIME_WAIT, "10", BAND_RISK },
		{ KNOB_CT_TIME_WAIT, "29", BAND_RISK },
		{ KNOB_CT_TIME_WAIT, "30", BAND_SAFE },
		{ KNOB_CT_TIME_WAIT, "120", BAND_SAFE },
		{ KNOB_CT_TIME_WAIT, "121", BAND_RISK },
		{ KNOB_CT_CLOSE_WAIT, "-1", BAND_REFUSED },
		{ KNOB_CT_CLOSE_WAIT, "0", BAND_REFUSED },
		{ KNOB_CT_CLOSE_WAIT, "1", BAND_REFUSED },
		{ KNOB_CT_CLOSE_WAIT, "29", BAND_REFUSED },
		{ KNOB_CT_CLOSE_WAIT, "30", BAND_RISK },
		{ KNOB_CT_CLOSE_WAIT, "59", BAND_RISK },
		{ KNOB_CT_CLOSE_WAIT, "60", BAND_SAFE },
		{ KNOB_CT_CLOSE_WAIT, "7440", BAND_SAFE },
		{ KNOB_CT_CLOSE_WAIT, "7441", BAND_RISK },
		{ KNOB_CT_FIN_WAIT, "-1", BAND_REFUSED },
		{ KNOB_CT_FIN_WAIT, "0", BAND_REFUSED },
		{ KNOB_CT_FIN_WAIT, "1", BAND_REFUSED },
		{ KNOB_CT_FIN_WAIT, "29", BAND_REFUSED },
		{ KNOB_CT_FIN_WAIT, "30", BAND_RISK },
		{ KNOB_CT_FIN_WAIT, "59", BAND_RISK },
		{ KNOB_CT_FIN_WAIT, "60", BAND_SAFE },
		{ KNOB_CT_FIN_WAIT, "240", BAND_SAFE },
		{ KNOB_CT_FIN_WAIT, "241", BAND_RISK },
		{ KNOB_CT_LAST_ACK, "-1", BAND_REFUSED },
		{ KNOB_CT_LAST_ACK, "0", BAND_REFUSED },
		{ KNOB_CT_LAST_ACK, "1", BAND_REFUSED },
		{ KNOB_CT_LAST_ACK, "9", BAND_REFUSED },
		{ KNOB_CT_LAST_ACK, "10", BAND_RISK },
		{ KNOB_CT_LAST_ACK, "29", BAND_RISK },
		{ KNOB_CT_LAST_ACK, "30", BAND_SAFE },
		{ KNOB_CT_LAST_ACK, "240", BAND_SAFE },
		{ KNOB_CT_LAST_ACK, "241", BAND_RISK },
		{ KNOB_CT_ESTABLISHED, "-1", BAND_REFUSED },
		{ KNOB_CT_ESTABLISHED, "0", BAND_REFUSED },
		{ KNOB_CT_ESTABLISHED, "1", BAND_REFUSED },
		{ KNOB_CT_ESTABLISHED, "3599", BAND_REFUSED },
		{ KNOB_CT_ESTABLISHED, "3600", BAND_RISK },
		{ KNOB_CT_ESTABLISHED, "7439", BAND_RISK },
		{ KNOB_CT_ESTABLISHED, "7440", BAND_SAFE },
		{ KNOB_CT_ESTABLISHED, "432000", BAND_SAFE },
		{ KNOB_CT_ESTABLISHED, "432001", BAND_RISK },
		{ KNOB_CT_SYN_SENT, "-1", BAND_REFUSED },
		{ KNOB_CT_SYN_SENT, "0", BAND_REFUSED },
		{ KNOB_CT_SYN_SENT, "1", BAND_REFUSED },
		{ KNOB_CT_SYN_SENT, "9", BAND_REFUSED },
		{ KNOB_CT_SYN_SENT, "10", BAND_RISK },
		{ KNOB_CT_SYN_SENT, "29", BAND_RISK },
		{ KNOB_CT_SYN_SENT, "30", BAND_SAFE },
		{ KNOB_CT_SYN_SENT, "120", BAND_SAFE },
		{ KNOB_CT_SYN_SENT, "121", BAND_RISK },
		{ KNOB_CT_SYN_RECV, "-1", BAND_REFUSED },
		{ KNOB_CT_SYN_RECV, "0", BAND_REFUSED },
		{ KNOB_CT_SYN_RECV, "1", BAND_REFUSED },
		{ KNOB_CT_SYN_RECV, "9", BAND_REFUSED },
		{ KNOB_CT_SYN_RECV, "10", BAND_RISK },
		{ KNOB_CT_SYN_RECV, "29", BAND_RISK },
		{ KNOB_CT_SYN_RECV, "30", BAND_SAFE },
		{ KNOB_CT_SYN_RECV, "60", BAND_SAFE },
		{ KNOB_CT_SYN_RECV, "61", BAND_RISK },
		{ KNOB_CT_CLOSE, "-1", BAND_REFUSED },
		{ KNOB_CT_CLOSE, "0", BAND_REFUSED },
		{ KNOB_CT_CLOSE, "1", BAND_SAFE },
		{ KNOB_CT_CLOSE, "10", BAND_SAFE },
		{ KNOB_CT_CLOSE, "60", BAND_SAFE },
		{ KNOB_CT_CLOSE, "61", BAND_RISK },
		{ KNOB_CT_MAX_RETRANS, "-1", BAND_REFUSED },
		{ KNOB_CT_MAX_RETRANS, "0", BAND_REFUSED },
		{ KNOB_CT_MAX_RETRANS, "1", BAND_REFUSED },
		{ KNOB_CT_MAX_RETRANS, "29", BAND_REFUSED },
		{ KNOB_CT_MAX_RETRANS, "30", BAND_RISK },
		{ KNOB_CT_MAX_RETRANS, "99", BAND_RISK },
		{ KNOB_CT_MAX_RETRANS, "100", BAND_SAFE },
		{ KNOB_CT_MAX_RETRANS, "3600", BAND_SAFE },
		{ KNOB_CT_MAX_RETRANS, "3601", BAND_RISK },
		{ KNOB_CT_UNACKNOWLEDGED, "-1", BAND_REFUSED },
		{ KNOB_CT_UNACKNOWLEDGED, "0", BAND_REFUSED },
		{ KNOB_CT_UNACKNOWLEDGED, "1", BAND_REFUSED },
		{ KNOB_CT_UNACKNOWLEDGED, "29", BAND_REFUSED },
		{ KNOB_CT_UNACKNOWLEDGED, "30", BAND_RISK },
		{ KNOB_CT_UNACKNOWLEDGED, "99", BAND_RISK },
		{ KNOB_CT_UNACKNOWLEDGED, "100", BAND_SAFE },
		{ KNOB_CT_UNACKNOWLEDGED, "3600", BAND_SAFE },
		{ KNOB_CT_UNACKNOWLEDGED, "3601", BAND_RISK },
		{ KNOB_CT_LOOSE, "0", BAND_RISK },
		{ KNOB_CT_LOOSE, "1", BAND_SAFE },
		{ KNOB_CT_BE_LIBERAL, "0", BAND_SAFE },
		{ KNOB_CT_BE_LIBERAL, "1", BAND_RISK },
		{ KNOB_CT_IGNORE_INVALID_RST, "0", BAND_SAFE },
		{ KNOB_CT_IGNORE_INVALID_RST, "1", BAND_RISK },
		{ KNOB_FILE_MAX, "0", BAND_REFUSED },
		{ KNOB_FILE_MAX, "8191", BAND_REFUSED },
		{ KNOB_FILE_MAX, "8192", BAND_REFUSED },
		{ KNOB_FILE_MAX, "131071", BAND_REFUSED },
		{ KNOB_FILE_MAX, "131072", BAND_SAFE },
		{ KNOB_FILE_MAX, "92233720368547759", BAND_SAFE },
		{ KNOB_FILE_MAX, "9223372036854775807", BAND_SAFE },
		{ KNOB_NR_OPEN, "64", BAND_REFUSED },
		{ KNOB_NR_OPEN, "1048575", BAND_REFUSED },
		{ KNOB_NR_OPEN, "1048576", BAND_SAFE },
		{ KNOB_NR_OPEN, "2147483584", BAND_SAFE },
		{ KNOB_TW_RECYCLE, "0", BAND_SAFE },
		{ KNOB_TW_RECYCLE, "1", BAND_REFUSED },
		{ KNOB_TW_TIMEOUT, "1", BAND_REFUSED },
		{ KNOB_TW_TIMEOUT, "29", BAND_REFUSED },
		{ KNOB_TW_TIMEOUT, "30", BAND_RISK },
		{ KNOB_TW_TIMEOUT, "59", BAND_RISK },
		{ KNOB_TW_TIMEOUT, "60", BAND_SAFE },
		{ KNOB_TW_TIMEOUT, "240", BAND_SAFE },
		{ KNOB_TW_TIMEOUT, "241", BAND_RISK },
		{ KNOB_TW_TIMEOUT, "600", BAND_RISK },
	};
	bool seen[KNOB_N] = { [KNOB_RESERVED_PORTS] = true };

	for (size_t i = 0; i < N(rows); i++) {
		struct judgement j = judge(rows[i].knob, rows[i].value);

		seen[rows[i].knob] = true;
		if (j.band != rows[i].band)
			fail_msg("%s=%s is %s, want %s", catalogue[rows[i].knob].name,
				 rows[i].value, band_name(j.band),
				 band_name(rows[i].band));
		if ((j.band == BAND_SAFE) != (j.finding == NULL) ||
		    (j.band == BAND_SAFE) != (j.harm[0] == '\0'))
			fail_msg("%s=%s is %s and says '%s'",
				 catalogue[rows[i].knob].name, rows[i].value,
				 band_name(j.band), j.harm);
	}
	for (size_t i = 0; i < KNOB_N; i++)
		assert_true(seen[i]);
}

/* The words beside each knob, and the numbers they mean, which are then tried one by one.
 */
static const struct {
	enum knob_id knob;
	const char *limit;
	struct {
		int64_t from, to;
	} safe[2];
} limits[] = {
	{ KNOB_FIN_TIMEOUT, "15 to 60", { { 15, 60 } } },
	{ KNOB_TW_REUSE, "2, or 1 with timestamps", { { 1, 2 } } },
	{ KNOB_TW_REUSE_DELAY, "at least 1000", { { 1000, INT32_MAX } } },
	{ KNOB_MAX_TW_BUCKETS, "at least the default", { { REFERENCE, INT32_MAX } } },
	{ KNOB_RFC1337, "0 or 1", { { 0, 1 } } },
	{ KNOB_TIMESTAMPS, "1", { { 1, 1 } } },
	{ KNOB_ORPHAN_RETRIES, "0, or 6 to 8", { { 0, 0 }, { 6, 8 } } },
	{ KNOB_MAX_ORPHANS, "at least the default", { { REFERENCE, INT32_MAX } } },
	{ KNOB_RETRIES2, "8 to 15", { { 8, 15 } } },
	{ KNOB_SYN_RETRIES, "3 to 6", { { 3, 6 } } },
	{ KNOB_SYNACK_RETRIES, "2 to 5", { { 2, 5 } } },
	{ KNOB_KEEPALIVE_TIME, "300 to 7200", { { 300, 7200 } } },
	{ KNOB_KEEPALIVE_INTVL, "10 to 75", { { 10, 75 } } },
	{ KNOB_KEEPALIVE_PROBES, "3 to 9", { { 3, 9 } } },
	{ KNOB_SYNCOOKIES, "1", { { 1, 1 } } },
	{ KNOB_MAX_SYN_BACKLOG, "at least 128", { { 128, INT32_MAX } } },
	{ KNOB_ABORT_ON_OVERFLOW, "0", { { 0, 0 } } },
	{ KNOB_SOMAXCONN, "1024 to 65535", { { 1024, 65535 } } },
	{ KNOB_MPTCP_CLOSE_TIMEOUT, "at least 30", { { 30, INT32_MAX } } },
	{ KNOB_RETRIES1, "at least 3", { { 3, INT32_MAX } } },
	{ KNOB_SYN_LINEAR_TIMEOUTS, "0 to 4", { { 0, 4 } } },
	{ KNOB_RTO_MIN_US, "200000", { { 200000, 200000 } } },
	{ KNOB_RTO_MAX_MS, "at least 60000", { { 60000, INT32_MAX } } },
	{ KNOB_THIN_LINEAR_TIMEOUTS, "0", { { 0, 0 } } },
	{ KNOB_MIGRATE_REQ, "0", { { 0, 0 } } },
	{ KNOB_FASTOPEN, "0 or 1", { { 0, 1 } } },
	{ KNOB_PORT_STEP_WIDTH, "0", { { 0, 0 } } },
	{ KNOB_PORT_START, "1024", { { 1024, 1024 } } },
	{ KNOB_AUTOBIND_REUSE, "0", { { 0, 0 } } },
	/* memory */
	{ KNOB_RMEM_MAX, "212992 to 67108864", { { 212992, 67108864 } } },
	{ KNOB_WMEM_MAX, "212992 to 67108864", { { 212992, 67108864 } } },
	{ KNOB_RMEM_DEFAULT, "212992 to 4194304", { { 212992, 4194304 } } },
	{ KNOB_WMEM_DEFAULT, "212992 to 4194304", { { 212992, 4194304 } } },
	{ KNOB_MODERATE_RCVBUF, "1", { { 1, 1 } } },
	{ KNOB_NOTSENT_LOWAT, "at least 16384", { { 16384, INT32_MAX } } },
	{ KNOB_LIMIT_OUTPUT_BYTES, "262144 to 16777216", { { 262144, 16777216 } } },
	{ KNOB_SHRINK_WINDOW, "0", { { 0, 0 } } },
	/* tables and queues */
	{ KNOB_CHILD_EHASH_ENTRIES,
	  "0, or 65536 to 1048576",
	  { { 0, 0 }, { 65536, 1048576 } } },
	{ KNOB_NETDEV_MAX_BACKLOG, "1000 to 30000", { { 1000, 30000 } } },
	{ KNOB_NETDEV_BUDGET, "300 to 1000", { { 300, 1000 } } },
	{ KNOB_NETDEV_BUDGET_USECS, "2000 to 20000", { { 2000, 20000 } } },
	{ KNOB_BUSY_POLL, "0", { { 0, 0 } } },
	{ KNOB_BUSY_READ, "0", { { 0, 0 } } },
	{ KNOB_GC_THRESH1, "at least 128", { { 128, INT32_MAX } } },
	{ KNOB_GC_THRESH2, "at least 512", { { 512, INT32_MAX } } },
	{ KNOB_GC_THRESH3, "at least 1024", { { 1024, INT32_MAX } } },

	/* features, conntrack, descriptors, gone */
	{ KNOB_SLOW_START_AFTER_IDLE, "1", { { 1, 1 } } },
	{ KNOB_NO_METRICS_SAVE, "0 or 1", { { 0, 1 } } },
	{ KNOB_SACK, "1", { { 1, 1 } } },
	{ KNOB_WINDOW_SCALING, "1", { { 1, 1 } } },
	{ KNOB_ECN, "2", { { 2, 2 } } },
	{ KNOB_MTU_PROBING, "0 or 1", { { 0, 1 } } },
	{ KNOB_CHALLENGE_ACK_LIMIT, "2147483647", { { INT32_MAX, INT32_MAX } } },
	{ KNOB_INVALID_RATELIMIT, "1 to 1000", { { 1, 1000 } } },
	{ KNOB_AUTOCORKING, "1", { { 1, 1 } } },
	{ KNOB_CT_MAX, "from the default to 4 times that", { { REFERENCE, 525598 } } },
	{ KNOB_CT_BUCKETS, "at least the default", { { REFERENCE, INT32_MAX } } },
	{ KNOB_CT_TIME_WAIT, "30 to 120", { { 30, 120 } } },
	{ KNOB_CT_CLOSE_WAIT, "60 to 7440", { { 60, 7440 } } },
	{ KNOB_CT_FIN_WAIT, "60 to 240", { { 60, 240 } } },
	{ KNOB_CT_LAST_ACK, "30 to 240", { { 30, 240 } } },
	{ KNOB_CT_ESTABLISHED, "7440 to 432000", { { 7440, 432000 } } },
	{ KNOB_CT_SYN_SENT, "30 to 120", { { 30, 120 } } },
	{ KNOB_CT_SYN_RECV, "30 to 60", { { 30, 60 } } },
	{ KNOB_CT_CLOSE, "1 to 60", { { 1, 60 } } },
	{ KNOB_CT_MAX_RETRANS, "100 to 3600", { { 100, 3600 } } },
	{ KNOB_CT_UNACKNOWLEDGED, "100 to 3600", { { 100, 3600 } } },
	{ KNOB_CT_LOOSE, "1", { { 1, 1 } } },
	{ KNOB_CT_BE_LIBERAL, "0", { { 0, 0 } } },
	{ KNOB_CT_IGNORE_INVALID_RST, "0", { { 0, 0 } } },
	{ KNOB_FILE_MAX, "at least the default", { { REFERENCE, INT32_MAX } } },
	{ KNOB_NR_OPEN, "at least 1048576", { { 1048576, INT32_MAX } } },
	{ KNOB_TW_RECYCLE, "0", { { 0, 0 } } },
	{ KNOB_TW_TIMEOUT, "60 to 240", { { 60, 240 } } },
};

static bool is_said_to_be_safe(size_t i, int64_t n)
{
	/* an unused second interval is 0..0 */
	return (n >= limits[i].safe[0].from && n <= limits[i].safe[0].to) ||
	       (limits[i].safe[1].to > 0 && n >= limits[i].safe[1].from &&
		n <= limits[i].safe[1].to);
}

TEST(the_words_name_exactly_the_safe_values)
{
	for (size_t i = 0; i < N(limits); i++) {
		const struct knob *k = &catalogue[limits[i].knob];
		int64_t low = k->kernel_min < -5 ? -5 : k->kernel_min;
		int64_t high = k->kernel_max > 140000 ? 140000 : k->kernel_max;

		for (int64_t n = low; n <= high; n++) {
			struct judgement j = judge_number(limits[i].knob, n);

			if ((j.band == BAND_SAFE) != is_said_to_be_safe(i, n))
				fail_msg("%s=%" PRId64 " is %s, and safe are '%s'",
					 k->name, n, band_name(j.band), limits[i].limit);
			assert_string_equal(j.limit, limits[i].limit);
		}
	}
}

TEST(what_is_suggested_instead_is_safe_itself)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		struct judgement j =
			judge((enum knob_id)i,
			      catalogue[i].shape == KNOB_NUMBER ? "0" : "32768 60999");

		if (!j.instead)
			continue;
		assert_int_equal(knob_check(&catalogue[i], j.instead, NULL), 0);
		assert_int_equal(judge((enum knob_id)i, j.instead).band, BAND_SAFE);
	}
}

static bool is_kebab_case(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n &&
	       s[0] != '-' && s[n - 1] != '-' && !strstr(s, "--");
}

static void check_finding(const struct knob *k, const struct judgement *j)
{
	if (j->band == BAND_SAFE)
		return;
	assert_non_null(j->finding);
	if (!is_kebab_case(j->finding))
		fail_msg("finding '%s' is not in kebab-case", j->finding);
	if (band_finding_knob(j->finding) != k)
		fail_msg("finding '%s' does not lead back to %s", j->finding, k->name);
	if (!topic_find(j->finding))
		fail_msg("finding '%s' explains nothing", j->finding);
	if (j->harm[strlen(j->harm) - 1] == '.')
		fail_msg("the harm of '%s' ends in a full stop", j->finding);
}

TEST(every_finding_leads_back_to_its_knob)
{
	static struct port_set listening;
	const struct surroundings s = { .reference = REFERENCE,
					.timestamps = "0",
					.listening = &listening };
	static const char *const ranges[] = { "1 65535", "1 1000", "1024 65535",
					      "40000 45000", "32768 60999" };
	struct judgement j;

	for (size_t i = 0; i < N(limits); i++) {
		const struct knob *k = &catalogue[limits[i].knob];
		int64_t low = k->kernel_min < -5 ? -5 : k->kernel_min;
		const char *checked = NULL;

		/* each finding once: thousands of values share one */
		for (int64_t n = low; n <= 70000 && n <= k->kernel_max; n++) {
			j = judge_number(limits[i].knob, n);
			if (!j.finding || j.finding != checked)
				check_finding(k, &j);
			checked = j.finding;
		}
	}
	band_judge(&catalogue[KNOB_TW_REUSE], "1", &s, &j);
	check_finding(&catalogue[KNOB_TW_REUSE], &j);
	for (size_t i = 0; i < N(ranges); i++) {
		band_judge(&catalogue[KNOB_PORT_RANGE], ranges[i], &s, &j);
		check_finding(&catalogue[KNOB_PORT_RANGE], &j);
	}
	assert_null(band_finding_knob("no-such-finding"));
	assert_null(band_finding_knob(""));
}

TEST(reuse_of_time_wait_without_timestamps_is_refused)
{
	struct surroundings s = { .reference = -1, .timestamps = "0" };
	struct judgement j;

	band_judge(&catalogue[KNOB_TW_REUSE], "1", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	assert_string_equal(j.finding, "tw-reuse-without-timestamps");
	band_judge(&catalogue[KNOB_TW_REUSE], "2", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);
	s.timestamps = NULL;
	band_judge(&catalogue[KNOB_TW_REUSE], "1", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);
}

TEST(without_a_reference_no_share_of_it_is_judged)
{
	const struct surroundings s = { .reference = -1 };
	struct judgement j;

	band_judge(&catalogue[KNOB_MAX_TW_BUCKETS], "5000", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);
	band_judge(&catalogue[KNOB_MAX_ORPHANS], "5000", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);
	/* these are wrong whatever the default is */
	band_judge(&catalogue[KNOB_MAX_TW_BUCKETS], "0", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	band_judge(&catalogue[KNOB_MAX_TW_BUCKETS], "-1", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
}

TEST(a_limit_of_no_orphans_at_all_is_refused_without_a_reference_too)
{
	static const char *const values[] = { "0", "-1", "-2147483648" };
	static const int64_t references[] = { -1, 0 };

	for (size_t i = 0; i < N(values); i++) {
		for (size_t k = 0; k < N(references); k++) {
			const struct surroundings s = { .reference = references[k] };
			struct judgement j;

			band_judge(&catalogue[KNOB_MAX_ORPHANS], values[i], &s, &j);
			if (j.band != BAND_REFUSED)
				fail_msg("tcp_max_orphans=%s is %s, reference %" PRId64,
					 values[i], band_name(j.band), references[k]);
		}
	}
}

TEST(a_range_over_a_listener_needs_the_port_reserved)
{
	static struct port_set listening, reserved;
	struct surroundings s = { .listening = &listening };
	struct judgement j;

	ports_add(&listening, 40000);
	band_judge(&catalogue[KNOB_PORT_RANGE], "32768 60999", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	assert_string_equal(j.finding, "port-range-covers-listeners");
	assert_non_null(strstr(j.harm, "40000"));

	ports_add(&reserved, 40000);
	s.reserved = &reserved;
	band_judge(&catalogue[KNOB_PORT_RANGE], "32768 60999", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);

	/* at both ends of the range, and just outside */
	s.reserved = NULL;
	band_judge(&catalogue[KNOB_PORT_RANGE], "40000 60999", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	band_judge(&catalogue[KNOB_PORT_RANGE], "20000 40000", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	band_judge(&catalogue[KNOB_PORT_RANGE], "40001 60999", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);
}

TEST(reserved_ports_are_not_counted_as_usable)
{
	static struct port_set reserved;
	struct surroundings s = { .reserved = &reserved };
	struct judgement j;

	/* 20000 ports, of which 15905 and then one more are taken away */
	assert_true(ports_parse(&reserved, "40000-55903"));
	band_judge(&catalogue[KNOB_PORT_RANGE], "40000 59999", &s, &j);
	assert_int_equal(j.band, BAND_RISK);
	assert_string_equal(j.finding, "port-range-narrow");
	ports_add(&reserved, 55904);
	band_judge(&catalogue[KNOB_PORT_RANGE], "40000 59999", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	assert_string_equal(j.finding, "port-range-narrow");
}

TEST(a_list_that_forgets_reserved_ports_is_a_risk)
{
	static struct port_set now;
	const struct surroundings s = { .reserved_now = &now };
	const struct surroundings unknown = { 0 };
	const struct knob *k = &catalogue[KNOB_RESERVED_PORTS];
	struct judgement j;

	assert_true(ports_parse(&now, "8080,9000"));
	band_judge(k, "8080,9000-9010", &s, &j);
	assert_int_equal(j.band, BAND_SAFE);
	band_judge(k, "8080", &s, &j);
	assert_int_equal(j.band, BAND_RISK);
	assert_string_equal(j.finding, "reserved-ports-dropped");
	assert_ptr_equal(band_finding_knob(j.finding), k);
	assert_non_null(strstr(j.harm, "9000"));
	band_judge(k, "", &s, &j);
	assert_int_equal(j.band, BAND_RISK);
	band_judge(k, "", &unknown, &j);
	assert_int_equal(j.band, BAND_SAFE);
}

TEST(a_list_is_judged_by_the_ports_it_leaves_in_the_range)
{
	static const struct {
		const char *range, *value;
		enum band band;
	} rows[] = {
		{ "32768 60999", "", BAND_SAFE },
		{ "32768 60999", "32768-44615", BAND_SAFE }, /* 16384 left */
		{ "32768 60999", "32768-44616", BAND_RISK },
		{ "32768 60999", "32768-56903", BAND_RISK }, /* 4096 left */
		{ "32768 60999", "32768-56904", BAND_REFUSED },
		{ "32768 60999", "32768-60999", BAND_REFUSED },
		{ "32768 60999", "1-65535", BAND_REFUSED },
		/* what lies outside takes nothing */
		{ "32768 60999", "1-32767,61000-65535", BAND_SAFE },
		{ "40000 41000", "1-39999", BAND_SAFE },
		{ "40000 41000", "40000", BAND_REFUSED },
		{ "no range", "1-65535", BAND_SAFE },
		{ NULL, "1-65535", BAND_SAFE },
	};
	const struct knob *k = &catalogue[KNOB_RESERVED_PORTS];

	for (size_t i = 0; i < N(rows); i++) {
		const struct surroundings s = { .range = rows[i].range };
		struct judgement j;

		band_judge(k, rows[i].value, &s, &j);
		if (j.band != rows[i].band)
			fail_msg("row %zu, '%s' of '%s', is %s", i, rows[i].value,
				 rows[i].range ? rows[i].range : "?", band_name(j.band));
		if (j.finding)
			assert_string_equal(j.finding, "reserved-ports-many");
		check_finding(k, &j);
	}
}

TEST(a_list_that_leaves_no_port_is_refused_though_it_also_forgets_some)
{
	static struct port_set now;
	const struct surroundings s = { .reserved_now = &now, .range = "32768 60999" };
	struct judgement j;

	ports_add(&now, 8080);
	band_judge(&catalogue[KNOB_RESERVED_PORTS], "32768-60999", &s, &j);
	assert_int_equal(j.band, BAND_REFUSED);
	assert_string_equal(j.finding, "reserved-ports-many");
	assert_non_null(strstr(j.harm, "0 ports of 32768-60999"));
}

/* The findings of three numbers, and which knob each leads to. */
static void check_vector(enum knob_id id, const char *value, const char *now,
			 enum band band, const char *finding)
{
	const struct surroundings s = { .reference = -1, .now = now };
	struct judgement j;

	band_judge(&catalogue[id], value, &s, &j);
	if (j.band != band || !j.finding != !finding ||
	    (finding && strcmp(j.finding, finding) != 0))
		fail_msg("%s=%s after %s is %s (%s)", catalogue[id].name, value,
			 now ? now : "nothing known", band_name(j.band),
			 j.finding ? j.finding : "no finding");
	check_finding(&catalogue[id], &j);
}

TEST(tcp_mem_is_measured_by_the_present_numbers)
{
	static const struct {
		const char *value, *now;
		enum band band;
		const char *finding; /* NULL: safe */
	} rows[] = {
		{ "1000 1500 2000", "1000 1500 2000", BAND_SAFE, NULL },
		{ "2000 3000 4000", "1000 1500 2000", BAND_SAFE, NULL },
		{ "2000 3000 4001", "1000 1500 2000", BAND_RISK, "tcp-mem-large" },
		{ "4000 6000 8000", "1000 1500 2000", BAND_RISK, "tcp-mem-large" },
		{ "4000 6000 8001", "1000 1500 2000", BAND_REFUSED, "tcp-mem-large" },
		/* each number by itself, at the half and just below */
		{ "999 1500 2000", "1000 1500 2000", BAND_RISK, "tcp-mem-small" },
		{ "1000 1499 2000", "1000 1500 2000", BAND_RISK, "tcp-mem-small" },
		{ "1000 1500 1999", "1000 1500 2000", BAND_RISK, "tcp-mem-small" },
		{ "500 750 1000", "1000 1500 2000", BAND_RISK, "tcp-mem-small" },
		{ "499 750 1000", "1000 1500 2000", BAND_REFUSED, "tcp-mem-small" },
		{ "500 749 1000", "1000 1500 2000", BAND_REFUSED, "tcp-mem-small" },
		{ "500 750 999", "1000 1500 2000", BAND_REFUSED, "tcp-mem-small" },
		/* odd numbers have no half */
		{ "500 750 1000", "1001 1500 2000", BAND_REFUSED, "tcp-mem-small" },
		{ "501 750 1000", "1001 1500 2000", BAND_RISK, "tcp-mem-small" },
		/* no arithmetic overflows */
		{ "4611686018427387904 9223372036854775807 9223372036854775807",
		  "1000 1500 2000", BAND_REFUSED, "tcp-mem-large" },
		{ "1000 1500 2000", "1000 1500 9223372036854775807", BAND_REFUSED,
		  "tcp-mem-small" },
		/* what is wrong in itself is wrong whatever stands there */
		{ "2000 1500 1000", "2000 1500 1000", BAND_REFUSED, "tcp-mem-order" },
		{ "0 0 0", NULL, BAND_REFUSED, "tcp-mem-order" },
		{ "4096 87380 6291456", NULL, BAND_REFUSED, "tcp-mem-bytes" },
		/* a value that is no vector is no measure */
		{ "1000 1500 2000", "60", BAND_SAFE, NULL },
		{ "1000 1500 2000", NULL, BAND_SAFE, NULL },
	};

	for (size_t i = 0; i < N(rows); i++)
		check_vector(KNOB_TCP_MEM, rows[i].value, rows[i].now, rows[i].band,
			     rows[i].finding);
}

TEST(the_buffers_of_a_socket_are_measured_by_any_kernels_own)
{
	static const struct {
		enum knob_id knob;
		const char *value, *now;
		enum band band;
		const char *finding; /* NULL: safe */
	} rows[] = {
		{ KNOB_TCP_RMEM, "4096 131072 6291456", NULL, BAND_SAFE, NULL },
		{ KNOB_TCP_RMEM, "4096 131072 6291456", "4096 131072 6291456", BAND_SAFE,
		  NULL },
		{ KNOB_TCP_RMEM, "4096 131072 6291455", "4096 131072 6291456", BAND_RISK,
		  "tcp-rmem-small" },
		{ KNOB_TCP_RMEM, "4096 131072 33554432", "4096 131072 6291456", BAND_SAFE,
		  NULL },
		{ KNOB_TCP_RMEM, "8192 4096 2048", NULL, BAND_REFUSED, "tcp-rmem-order" },
		{ KNOB_TCP_RMEM, "1 131072 6291456", NULL, BAND_REFUSED,
		  "tcp-rmem-small" },
		{ KNOB_TCP_RMEM, "4096 4096 65536", NULL, BAND_REFUSED,
		  "tcp-rmem-small" },
		{ KNOB_TCP_RMEM, "4096 87380 6291456", NULL, BAND_RISK,
		  "tcp-rmem-small" },
		{ KNOB_TCP_RMEM, "4096 262144 6291456", NULL, BAND_RISK,
		  "tcp-rmem-large" },
		{ KNOB_TCP_RMEM, "4096 131072 536870912", NULL, BAND_RISK,
		  "tcp-rmem-large" },
		{ KNOB_TCP_WMEM, "4096 16384 4194304", "4096 16384 4194304", BAND_SAFE,
		  NULL },
		{ KNOB_TCP_WMEM, "4096 16384 4194303", "4096 16384 4194304", BAND_RISK,
		  "tcp-wmem-small" },
		{ KNOB_TCP_WMEM, "4096 16384 8192", NULL, BAND_REFUSED,
		  "tcp-wmem-order" },
		{ KNOB_TCP_WMEM, "1024 16384 4194304", NULL, BAND_REFUSED,
		  "tcp-wmem-small" },
		{ KNOB_TCP_WMEM, "4096 65536 4194304", NULL, BAND_RISK,
		  "tcp-wmem-large" },
		{ KNOB_TCP_WMEM, "4096 16384 536870912", NULL, BAND_RISK,
		  "tcp-wmem-large" },
		{ KNOB_DEFAULT_QDISC, "fq", NULL, BAND_SAFE, NULL },
		{ KNOB_DEFAULT_QDISC, "noqueue", NULL, BAND_REFUSED,
		  "default-qdisc-none" },
		{ KNOB_DEFAULT_QDISC, "tbf", NULL, BAND_RISK, "default-qdisc-unusual" },
	};

	for (size_t i = 0; i < N(rows); i++)
		check_vector(rows[i].knob, rows[i].value, rows[i].now, rows[i].band,
			     rows[i].finding);
}

TEST(a_key_without_knowledge_is_unrated)
{
	const struct surroundings s = { 0 };
	struct judgement j;

	band_judge(NULL, "1", &s, &j);
	assert_int_equal(j.band, BAND_UNRATED);
	assert_null(j.finding);
	assert_int_not_equal(j.harm[0], '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_lies_in_its_band),
		cmocka_unit_test(the_words_name_exactly_the_safe_values),
		cmocka_unit_test(what_is_suggested_instead_is_safe_itself),
		cmocka_unit_test(every_finding_leads_back_to_its_knob),
		cmocka_unit_test(reuse_of_time_wait_without_timestamps_is_refused),
		cmocka_unit_test(without_a_reference_no_share_of_it_is_judged),
		cmocka_unit_test(
			a_limit_of_no_orphans_at_all_is_refused_without_a_reference_too),
		cmocka_unit_test(a_range_over_a_listener_needs_the_port_reserved),
		cmocka_unit_test(reserved_ports_are_not_counted_as_usable),
		cmocka_unit_test(a_list_that_forgets_reserved_ports_is_a_risk),
		cmocka_unit_test(a_list_is_judged_by_the_ports_it_leaves_in_the_range),
		cmocka_unit_test(
			a_list_that_leaves_no_port_is_refused_though_it_also_forgets_some),
		cmocka_unit_test(tcp_mem_is_measured_by_the_present_numbers),
		cmocka_unit_test(the_buffers_of_a_socket_are_measured_by_any_kernels_own),
		cmocka_unit_test(a_key_without_knowledge_is_unrated),
	};

	return cmocka_run_group_tests_name("band", tests, NULL, NULL);
}
