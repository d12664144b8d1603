/* SPDX-License-Identifier: MIT */
/*
 * Numbers of /proc/net/netstat, snmp, sockstat and sockstat6, found by name: the columns
 * differ from kernel to kernel. A number that is not there stays unknown; it is never
 * zero. netstat, snmp, `inuse` and `tw` are of one network namespace; `orphan` and
 * `mem` are of the whole host even inside one (measured on Linux 6.18). The counters
 * are sums since the namespace was made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct tally {
	uint64_t n;
	bool known;
};

enum counter {
	COUNTER_ACTIVE_OPENS,
	COUNTER_PASSIVE_OPENS,
	COUNTER_ATTEMPT_FAILS,
	COUNTER_ESTAB_RESETS,
	COUNTER_OUT_RSTS,
	COUNTER_TW,
	COUNTER_TW_RECYCLED,
	COUNTER_TW_KILLED,
	COUNTER_TW_OVERFLOW,
	COUNTER_LISTEN_OVERFLOWS,
	COUNTER_LISTEN_DROPS,
	COUNTER_REQ_Q_FULL_DROP,
	COUNTER_REQ_Q_FULL_COOKIES,
	COUNTER_ABORT_ON_MEMORY,
	COUNTER_ABORT_ON_TIMEOUT,
	COUNTER_ABORT_ON_DATA,
	COUNTER_ABORT_ON_CLOSE,
	COUNTER_N,
};

struct counters {
	struct tally at[COUNTER_N];
};

struct sockstat {
	struct tally inuse;  /* TCP over IPv4 */
	struct tally inuse6; /* TCP over IPv6 */
	/* TIME_WAIT and orphaned FIN_WAIT_2 mini-sockets, both families */
	struct tally tw;
	struct tally orphan; /* whole host */
	struct tally mem;    /* pages, whole host */
};

/* How much is in tables of the kernel that sockstat does not tell. */
struct usage {
	struct tally tracked;	 /* flows in the connection tracker of this namespace */
	struct tally files;	 /* open, on the whole host */
	struct tally neighbours; /* IPv4, whole host; only the initial namespace tells */
};

/* Takes from the text of /proc/net/netstat or snmp what it holds. */
void counters_parse(struct counters *c, const char *text);

/* The number of that name, in whichever table of such a text; unknown if there is none. */
void counters_find(const char *text, const char *name, struct tally *ret);

/*
 * How much each has grown. One that was not known before or is not now has no difference,
 * and neither has one that is less than it was: it is another namespace's, or began anew.
 */
void counters_diff(const struct counters *before, const struct counters *now,
		   struct counters *ret);

/* Takes from the text of /proc/net/sockstat or sockstat6 what it holds. */
void sockstat_parse(struct sockstat *s, const char *text);

/* The first number of a text: nf_conntrack_count, and fs/file-nr. */
void usage_parse_number(struct tally *t, const char *text);

/* The first number of the second line, in hexadecimal: /proc/net/stat/arp_cache. */
void usage_parse_neighbours(struct tally *t, const char *text);

/* The file of /proc/net it is in: "netstat" or "snmp". */
const char *counter_file(enum counter counter);

/* The kernel's own name: "TCPTimeWaitOverflow". */
const char *counter_name(enum counter counter);
