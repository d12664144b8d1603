/* SPDX-License-Identifier: MIT */
#include "core/gauge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SOCKSTAT(field) GAUGE_SOCKSTAT, offsetof(struct sockstat, field), 0
#define USAGE(field)	GAUGE_USAGE, offsetof(struct usage, field), 0

static const char limit[] = "the limit",
		  counted[] = "times, since the namespace was made",
		  whole_host[] = "now, of the whole host", here[] = "now, here";

const struct gauge gauges[] = {
	{ "too-many-orphaned-sockets", "orphans", SOCKSTAT(orphan), whole_host },
	{ "too-many-orphaned-sockets", "tcp_max_orphans", GAUGE_KNOB, KNOB_MAX_ORPHANS, 0,
	  "the limit; an idle one counts up to 4 x" },
	{ "too-many-orphaned-sockets", "TCPAbortOnMemory", GAUGE_COUNTER,
	  COUNTER_ABORT_ON_MEMORY, 0, counted },

	{ "consider-tuning-tcp-mem", "mem", SOCKSTAT(mem),
	  "pages now, of the whole host" },
	{ "consider-tuning-tcp-mem", "tcp_mem, 2nd", GAUGE_KNOB, KNOB_TCP_MEM, 2,
	  "pages: above it buffers shrink" },
	{ "consider-tuning-tcp-mem", "tcp_mem, 3rd", GAUGE_KNOB, KNOB_TCP_MEM, 3,
	  "pages: the limit" },
	{ "consider-tuning-tcp-mem", "TCPAbortOnMemory", GAUGE_COUNTER,
	  COUNTER_ABORT_ON_MEMORY, 0, counted },

	{ "possible-syn-flooding", "TCPReqQFullDoCookies", GAUGE_COUNTER,
	  COUNTER_REQ_Q_FULL_COOKIES, 0, counted },
	{ "possible-syn-flooding", "TCPReqQFullDrop", GAUGE_COUNTER,
	  COUNTER_REQ_Q_FULL_DROP, 0, counted },
	{ "possible-syn-flooding", "ListenOverflows", GAUGE_COUNTER,
	  COUNTER_LISTEN_OVERFLOWS, 0, counted },
	{ "possible-syn-flooding", "somaxconn", GAUGE_KNOB, KNOB_SOMAXCONN, 0,
	  "the most a program's backlog can be" },
	{ "possible-syn-flooding", "tcp_syncookies", GAUGE_KNOB, KNOB_SYNCOOKIES, 0,
	  "1: a cookie answers; 0: it is dropped" },

	{ "time-wait-bucket-table-overflow", "tw", SOCKSTAT(tw), here },
	{ "time-wait-bucket-table-overflow", "tcp_max_tw_buckets", GAUGE_KNOB,
	  KNOB_MAX_TW_BUCKETS, 0, limit },
	{ "time-wait-bucket-table-overflow", "TCPTimeWaitOverflow", GAUGE_COUNTER,
	  COUNTER_TW_OVERFLOW, 0, counted },

	{ "nf-conntrack-table-full", "nf_conntrack_count", USAGE(tracked), here },
	{ "nf-conntrack-table-full", "nf_conntrack_max", GAUGE_KNOB, KNOB_CT_MAX, 0,
	  limit },
	{ "nf-conntrack-table-full", "nf_conntrack_buckets", GAUGE_KNOB, KNOB_CT_BUCKETS,
	  0, "hash buckets" },

	{ "neighbor-table-overflow", "entries", USAGE(neighbours),
	  "now, of IPv4 and the whole host" },
	{ "neighbor-table-overflow", "gc_thresh2", GAUGE_KNOB, KNOB_GC_THRESH2, 0,
	  "from here on old entries are thrown out" },
	{ "neighbor-table-overflow", "gc_thresh3", GAUGE_KNOB, KNOB_GC_THRESH3, 0,
	  "the limit, of IPv4" },

	{ "file-max-limit-reached", "open files", USAGE(files), whole_host },
	{ "file-max-limit-reached", "file-max", GAUGE_KNOB, KNOB_FILE_MAX, 0,
	  "the limit, of the whole host" },

	{ "tw-reuse", "tcp_tw_reuse", GAUGE_KNOB, KNOB_TW_REUSE, 0,
	  "0: never; 1: always; 2: on loopback" },
	{ "tw-reuse", "tcp_timestamps", GAUGE_KNOB, KNOB_TIMESTAMPS, 0,
	  "0: then nothing can be taken over" },
	{ "tw-reuse", "tcp_tw_reuse_delay", GAUGE_KNOB, KNOB_TW_REUSE_DELAY, 0,
	  "ms; since Linux 6.14" },
	{ "tw-reuse", "TWRecycled", GAUGE_COUNTER, COUNTER_TW_RECYCLED, 0, counted },

	{ "port-exhaustion", "ip_local_port_range", GAUGE_KNOB, KNOB_PORT_RANGE, 0,
	  "the ports to choose from" },
	{ "port-exhaustion", "ip_local_reserved_ports", GAUGE_KNOB, KNOB_RESERVED_PORTS,
	  0, "not chosen" },
	{ "port-exhaustion", "tw", SOCKSTAT(tw), here },

	{ "orphans", "orphans", SOCKSTAT(orphan), whole_host },
	{ "orphans", "tcp_max_orphans", GAUGE_KNOB, KNOB_MAX_ORPHANS, 0, limit },
	{ "orphans", "tcp_orphan_retries", GAUGE_KNOB, KNOB_ORPHAN_RETRIES, 0,
	  "repeats; 0 means 8" },

	{ "accept-queue", "somaxconn", GAUGE_KNOB, KNOB_SOMAXCONN, 0,
	  "the most a program's backlog can be" },
	{ "accept-queue", "ListenOverflows", GAUGE_COUNTER, COUNTER_LISTEN_OVERFLOWS, 0,
	  counted },
	{ "accept-queue", "ListenDrops", GAUGE_COUNTER, COUNTER_LISTEN_DROPS, 0,
	  counted },

	{ "conntrack", "nf_conntrack_count", USAGE(tracked), here },
	{ "conntrack", "nf_conntrack_max", GAUGE_KNOB, KNOB_CT_MAX, 0, limit },
	{ "conntrack", "timeout_time_wait", GAUGE_KNOB, KNOB_CT_TIME_WAIT, 0,
	  "s, of an entry" },

	{ "time-wait-assassination", "tcp_rfc1337", GAUGE_KNOB, KNOB_RFC1337, 0,
	  "1: a RST cannot end a TIME_WAIT" },

	{ "emfile", "open files", USAGE(files), whole_host },
	{ "emfile", "file-max", GAUGE_KNOB, KNOB_FILE_MAX, 0,
	  "of the whole host: ENFILE" },
	{ "emfile", "nr_open", GAUGE_KNOB, KNOB_NR_OPEN, 0,
	  "the most a process may be allowed" },
	{ 0 },
};

/* The n-th of the numbers, from 1; false if there are not that many. */
static bool copy_field(const char *value, int field, char *ret, size_t size)
{
	while (--field > 0) {
		value += strcspn(value, " ");
		value += strspn(value, " ");
	}
	snprintf(ret, size, "%.*s", (int)strcspn(value, " "), value);
	return *value;
}

static bool read_tally(struct tally t, char *ret, size_t size)
{
	if (t.known)
		snprintf(ret, size, "%" PRIu64, t.n);
	return t.known;
}

bool gauge_read(const struct gauge *g, const struct snapshot *s, char *ret, size_t size)
{
	struct tally t;

	if (g->source == GAUGE_COUNTER)
		return read_tally(s->counters.at[g->id], ret, size);
	if (g->source == GAUGE_SOCKSTAT || g->source == GAUGE_USAGE) {
		const void *at = g->source == GAUGE_USAGE ? (const void *)&s->usage
							  : (const void *)&s->sockstat;

		memcpy(&t, (const char *)at + g->id, sizeof(t));
		return read_tally(t, ret, size);
	}
	if (!s->knobs[g->id].value)
		return false;
	if (g->field)
		return copy_field(s->knobs[g->id].value, g->field, ret, size);
	snprintf(ret, size, "%s", s->knobs[g->id].value);
	return true;
}

const char *gauge_place(const struct gauge *g)
{
	if (g->source == GAUGE_KNOB)
		return catalogue[g->id].name;
	if (g->source == GAUGE_SOCKSTAT)
		return "/proc/net/sockstat";
	if (g->source == GAUGE_USAGE)
		return g->id == offsetof(struct usage, files) ? "/proc/sys/fs/file-nr"
		       : g->id == offsetof(struct usage, tracked)
			       ? "net.netfilter.nf_conntrack_count"
			       : "/proc/net/stat/arp_cache";
	return strcmp(counter_file((enum counter)g->id), "snmp") == 0
		       ? "/proc/net/snmp"
		       : "/proc/net/netstat";
}
