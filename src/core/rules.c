/* SPDX-License-Identifier: MIT */
#include "core/rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* From how many on a rule speaks, and where its tone changes. */
enum {
	CLOSE_WAIT_NOTICE = 10, /* a few are connections that are just being closed */
	CLOSE_WAIT_WARNING = 100,
	CLOSE_WAIT_CRITICAL = 5000,
	FIN_WAIT2_HELD_NOTICE = 20,
	FIN_WAIT2_ORPHAN_NOTICE = 1000,
	TIME_WAIT_INFO = 5000,
	TIME_WAIT_BYTES = 256, /* one in the slab tw_sock_TCP */
	TIME_WAIT_SECONDS = 60,
	SERVED_INFO = 1000,
	PORTS_NOTICE_PERCENT = 70,
	PORTS_WARNING_PERCENT = 90,
	BUCKETS_WARNING_PERCENT = 80,
	/* tcp_too_many_orphans() counts an idle orphan up to four times */
	ORPHANS_WARNING_PERCENT = 25,
	ORPHANS_CRITICAL_PERCENT = 50,
	/* one listen overflow in so many accepted connections */
	OVERFLOW_WARNING_PER = 1000,
};

__attribute__((format(printf, 5, 6))) static void
evidence_add(struct finding *f, const char *name, uint64_t value, int64_t limit,
	     const char *fmt, ...)
{
	struct evidence *e = &f->evidence[f->n_evidence];
	va_list ap;

	if (f->n_evidence == EVIDENCE_MAX)
		return;
	f->n_evidence++;
	e->name = name;
	snprintf(e->value, sizeof(e->value), "%" PRIu64, value);
	if (limit >= 0)
		snprintf(e->limit, sizeof(e->limit), "%" PRId64, limit);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
}

static enum severity judge_close_wait(const struct snapshot *s, struct finding *f)
{
	const struct census *c = &s->census;
	uint64_t n = census_total(c, TCP_CLOSE_WAIT);

	if (!s->has_census || n == 0)
		return SEVERITY_OK;
	evidence_add(f, "close_wait", n, CLOSE_WAIT_WARNING,
		     "%" PRIu64 " socket%s in CLOSE_WAIT", n, n > 1 ? "s" : "");
	if (c->close_wait_read)
		evidence_add(f, "close_wait_read", c->close_wait_read, -1,
			     "%" PRIu64
			     " of them: the program has read the end and not closed",
			     c->close_wait_read);
	if (c->close_wait_unread)
		evidence_add(f, "close_wait_unread", c->close_wait_unread, -1,
			     "%" PRIu64 " of them: the program has not read the end yet",
			     c->close_wait_unread);
	if (c->close_wait_unaccepted)
		evidence_add(f, "close_wait_unaccepted", c->close_wait_unaccepted, -1,
			     "%" PRIu64
			     " of them: the program has not even accepted them",
			     c->close_wait_unaccepted);
	if (n >= CLOSE_WAIT_WARNING)
		return n >= CLOSE_WAIT_CRITICAL ? SEVERITY_CRITICAL : SEVERITY_WARNING;
	return n >= CLOSE_WAIT_NOTICE ? SEVERITY_NOTICE : SEVERITY_INFO;
}

static enum severity judge_buckets_near(const struct snapshot *s, struct finding *f)
{
	const struct tally *tw = &s->sockstat.tw;
	int64_t limit;

	if (!tw->known || !snapshot_number(s, KNOB_MAX_TW_BUCKETS, &limit) ||
	    limit <= 0 || tw->n * 100 < (uint64_t)limit * BUCKETS_WARNING_PERCENT)
		return SEVERITY_OK;
	evidence_add(f, "tw", tw->n, limit,
		     "%" PRIu64 " of tcp_max_tw_buckets=%" PRId64 " in use", tw->n,
		     limit);
	return tw->n >= (uint64_t)limit ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

static enum severity judge_counter(const struct snapshot *s, struct finding *f,
				   enum counter counter, const char *meaning,
				   enum severity severity)
{
	const struct tally *t = &s->counters.at[counter];

	if (!t->known || t->n == 0)
		return SEVERITY_OK;
	evidence_add(f, counter_name(counter), t->n, 0, "%s=%" PRIu64 ": %s",
		     counter_name(counter), t->n, meaning);
	return severity;
}

static enum severity judge_buckets_overflow(const struct snapshot *s, struct finding *f)
{
	return judge_counter(
		s, f, COUNTER_TW_OVERFLOW,
		"so often was TIME_WAIT skipped since this namespace was made",
		SEVERITY_WARNING);
}

static enum severity judge_orphans_near(const struct snapshot *s, struct finding *f)
{
	const struct tally *orphans = &s->sockstat.orphan;
	int64_t limit;

	if (!orphans->known || !snapshot_number(s, KNOB_MAX_ORPHANS, &limit) ||
	    limit <= 0 || orphans->n * 100 < (uint64_t)limit * ORPHANS_WARNING_PERCENT)
		return SEVERITY_OK;
	evidence_add(f, "orphan", orphans->n, limit,
		     "%" PRIu64 " of tcp_max_orphans=%" PRId64, orphans->n, limit);
	return orphans->n * 100 >= (uint64_t)limit * ORPHANS_CRITICAL_PERCENT
		       ? SEVERITY_CRITICAL
		       : SEVERITY_WARNING;
}

static enum severity judge_orphans_aborted(const struct snapshot *s, struct finding *f)
{
	return judge_counter(
		s, f, COUNTER_ABORT_ON_MEMORY,
		"closed sockets reset for want of memory or by tcp_max_orphans",
		SEVERITY_WARNING);
}

static enum severity judge_listener_full(const struct snapshot *s, struct finding *f)
{
	if (!s->has_census || s->census.listeners_full == 0)
		return SEVERITY_OK;
	evidence_add(f, "listeners_full", s->census.listeners_full, 0,
		     "listening sockets with a full accept queue right now: %" PRIu64,
		     s->census.listeners_full);
	return SEVERITY_WARNING;
}

static enum severity judge_listen_overflow(const struct snapshot *s, struct finding *f)
{
	const struct tally *overflows = &s->counters.at[COUNTER_LISTEN_OVERFLOWS];
	const struct tally *opens = &s->counters.at[COUNTER_PASSIVE_OPENS];

	if (judge_counter(s, f, COUNTER_LISTEN_OVERFLOWS,
			  "connections dropped by a full accept queue since this "
			  "namespace was made",
			  SEVERITY_NOTICE) == SEVERITY_OK)
		return SEVERITY_OK;
	if (!opens->known)
		return SEVERITY_NOTICE;
	evidence_add(f, counter_name(COUNTER_PASSIVE_OPENS), opens->n, -1,
		     "PassiveOpens=%" PRIu64
		     ": connections accepted by the kernel in that time",
		     opens->n);
	return overflows->n > opens->n / OVERFLOW_WARNING_PER ? SEVERITY_WARNING
							      : SEVERITY_NOTICE;
}

static enum severity judge_syn_queue(const struct snapshot *s, struct finding *f)
{
	enum severity cookies = judge_counter(
		s, f, COUNTER_REQ_Q_FULL_COOKIES,
		"SYNs answered with a cookie: the queue was full", SEVERITY_NOTICE);
	enum severity drops =
		judge_counter(s, f, COUNTER_REQ_Q_FULL_DROP,
			      "SYNs dropped: the queue was full", SEVERITY_WARNING);

	return drops > cookies ? drops : cookies;
}

static enum severity judge_fin_wait2_held(const struct snapshot *s, struct finding *f)
{
	uint64_t n = s->census.fin_wait2_held;

	if (!s->has_census || n < FIN_WAIT2_HELD_NOTICE)
		return SEVERITY_OK;
	evidence_add(f, "fin_wait2_held", n, FIN_WAIT2_HELD_NOTICE,
		     "%" PRIu64 " sockets in FIN_WAIT_2 that a program still holds", n);
	return SEVERITY_NOTICE;
}

static enum severity judge_fin_wait2_orphans(const struct snapshot *s, struct finding *f)
{
	uint64_t n = s->census.fin_wait2_mini + s->census.fin_wait2_orphan;

	if (!s->has_census || n < FIN_WAIT2_ORPHAN_NOTICE)
		return SEVERITY_OK;
	evidence_add(f, "fin_wait2_orphaned", n, FIN_WAIT2_ORPHAN_NOTICE,
		     "%" PRIu64 " closed sockets in FIN_WAIT_2 whose peer has not closed",
		     n);
	return SEVERITY_NOTICE;
}

static enum severity judge_time_wait(const struct snapshot *s, struct finding *f)
{
	uint64_t n = census_total(&s->census, TCP_TIME_WAIT);

	if (!s->has_census || n < TIME_WAIT_INFO)
		return SEVERITY_OK;
	evidence_add(f, "time_wait", n, -1,
		     "%" PRIu64 " sockets in TIME_WAIT: at least %" PRIu64
		     " closed first by this host each second",
		     n, n / TIME_WAIT_SECONDS);
	evidence_add(f, "time_wait_bytes", n * TIME_WAIT_BYTES, -1,
		     "%" PRIu64 " KiB of kernel memory, at %d bytes each",
		     n * TIME_WAIT_BYTES / 1024, TIME_WAIT_BYTES);
	return SEVERITY_INFO;
}

static enum severity judge_served(const struct snapshot *s, struct finding *f)
{
	uint64_t n = s->census.time_wait_served;

	if (!s->has_census || n < SERVED_INFO)
		return SEVERITY_OK;
	evidence_add(f, "time_wait_served", n, SERVED_INFO,
		     "%" PRIu64 " of %" PRIu64
		     " TIME_WAIT are on ports that this host listens on",
		     n, census_total(&s->census, TCP_TIME_WAIT));
	return SEVERITY_INFO;
}

static enum severity judge_ports_crowded(const struct snapshot *s, struct finding *f)
{
	const char *range = s->knobs[KNOB_PORT_RANGE].value;
	const char *list = s->knobs[KNOB_RESERVED_PORTS].value;
	struct port_set reserved = { 0 };
	int64_t low, high, n;
	unsigned held;

	if (!s->has_census || !range || !knob_parse_range(range, &low, &high) ||
	    low > high)
		return SEVERITY_OK;
	n = high - low + 1;
	if (list && ports_parse(&reserved, list))
		n -= ports_count(&reserved, (uint16_t)low, (uint16_t)high);
	held = census_ports_held(&s->census, (uint16_t)low, (uint16_t)high);
	if (n <= 0 || held * 100 < n * PORTS_NOTICE_PERCENT)
		return SEVERITY_OK;
	evidence_add(f, "ports_held", held, n,
		     "%u of the %" PRId64
		     " ports of ip_local_port_range are held by connections",
		     held, n);
	return held * 100 >= n * PORTS_WARNING_PERCENT ? SEVERITY_WARNING
						       : SEVERITY_NOTICE;
}

const struct rule_row rules[] = {
	{ { "close-wait-held", "sockets in CLOSE_WAIT: a program has not closed them",
	    "The peer has closed and the program on this host has not called close(). No "
	    "timer and "
	    "no sysctl ends CLOSE_WAIT.",
	    "find the program and its missing close(); a restart of it is the stop-gap",
	    "finwait sockets --state close-wait --by process",
	    "close-wait passive-close emfile" },
	  judge_close_wait },
	{ { "tw-buckets-near", "TIME_WAIT is at or near tcp_max_tw_buckets",
	    "Over the limit the kernel skips TIME_WAIT without a word: lost last ACKs "
	    "end in resets, "
	    "and old segments may meet a new connection.",
	    "raise tcp_max_tw_buckets; each entry costs 256 bytes", NULL,
	    "tcp_max_tw_buckets time-wait" },
	  judge_buckets_near },
	{ { "tw-buckets-overflow",
	    "TIME_WAIT was skipped because tcp_max_tw_buckets was reached",
	    "Each skipped TIME_WAIT lost its protection; the counter is a sum since this "
	    "namespace "
	    "was made, so it may be old.",
	    "raise tcp_max_tw_buckets, and see whether the counter still grows", NULL,
	    "tcp_max_tw_buckets time-wait" },
	  judge_buckets_overflow },
	{ { "orphans-near-limit", "closed sockets are close to tcp_max_orphans",
	    "Over the limit the kernel resets closed sockets whose last data is not "
	    "acknowledged yet, "
	    "and counts an idle one up to four times.",
	    "look for vanished peers (FIN_WAIT_1, LAST_ACK); raise tcp_max_orphans if "
	    "memory allows",
	    NULL, "orphans tcp_max_orphans" },
	  judge_orphans_near },
	{ { "orphans-aborted", "closed sockets were reset for want of memory",
	    "The kernel reset closed sockets before their last data was acknowledged, by "
	    "tcp_max_orphans or tcp_mem.",
	    "see the kernel log for 'too many orphaned sockets' and 'out of memory'",
	    "dmesg", "too-many-orphaned-sockets orphans tcp_mem" },
	  judge_orphans_aborted },
	{ { "listen-queue-full", "a listener's accept queue is full now",
	    "New connections are dropped until the program calls accept(); clients see "
	    "slow connects "
	    "or time-outs.",
	    "the program is slow or stuck, or its backlog too small; somaxconn only caps "
	    "the backlog "
	    "and is read at listen()",
	    "ss -ltn", "accept-queue listen somaxconn" },
	  judge_listener_full },
	{ { "listen-overflow", "accept queues have overflowed",
	    "A full accept queue drops new connections. The counter is a sum since this "
	    "namespace was "
	    "made.",
	    "raise the program's own backlog and somaxconn, then restart it; or let it "
	    "accept faster",
	    "ss -ltn", "accept-queue somaxconn tcp_abort_on_overflow" },
	  judge_listen_overflow },
	{ { "syn-queue-full", "SYN queues have been full",
	    "The SYN queue is bounded by the listener's backlog, not by "
	    "tcp_max_syn_backlog, as long "
	    "as tcp_syncookies is on. A small backlog is likelier than an attack.",
	    "raise the program's backlog and somaxconn, and restart it; keep "
	    "tcp_syncookies=1",
	    "ss -ltn", "possible-syn-flooding tcp_syncookies tcp_max_syn_backlog" },
	  judge_syn_queue },
	{ { "fin-wait2-held", "sockets in FIN_WAIT_2 that a program holds",
	    "The program called shutdown() and waits for the peer. tcp_fin_timeout "
	    "bounds only closed "
	    "sockets; these have no limit.",
	    "give the program a time-out, or SO_KEEPALIVE",
	    "finwait sockets --state fin-wait-2 --by process",
	    "fin-wait-2 close-vs-shutdown" },
	  judge_fin_wait2_held },
	{ { "fin-wait2-orphans", "many closed sockets wait in FIN_WAIT_2",
	    "This host closed and its peers did not: often the peers hold CLOSE_WAIT. "
	    "tcp_fin_timeout bounds each of them.",
	    "look at the peers; tcp_fin_timeout between 15 and 60 is safe",
	    "finwait explain fin-wait-2", "fin-wait-2 tcp_fin_timeout" },
	  judge_fin_wait2_orphans },
	{ { "port-range-crowded", "most ports for outgoing connections are held",
	    "A port is free again for another destination, but to one destination (address and port) "
	    "connect() fails with EADDRNOTAVAIL once all are held. No kernel counter shows that.",
	    "see which destination holds them and when its ports run out; then reuse "
	    "connections, or see finwait profile show outgoing-heavy",
	    "finwait sockets --by peer",
	    "port-exhaustion eaddrnotavail ip_local_port_range tcp_tw_reuse" },
	  judge_ports_crowded },
	{ { "time-wait-many", "many sockets in TIME_WAIT, which is normal",
	    "TIME_WAIT is kept by the side that closes first, for 60 s whatever "
	    "tcp_fin_timeout says. On "
	    "a server it costs memory and no port; on a client one port for each "
	    "destination.",
	    "nothing, unless connect() fails with EADDRNOTAVAIL",
	    "finwait explain time-wait", "time-wait active-close port-exhaustion" },
	  judge_time_wait },
	{ { "server-closes-first", "a server on this host closes its connections first",
	    "TIME_WAIT stands where the connection was closed first. Here that is the "
	    "server: it keeps 256 bytes for each, and no port. At the client it would "
	    "spread over all of them.",
	    "let the client close: a server's idle time-out longer than its clients', no "
	    "'Connection: close'; no sysctl changes who closes first",
	    "finwait sockets --by port", "active-close time-wait" },
	  judge_served },
	{ { NULL, NULL, NULL, NULL, NULL, NULL }, NULL },
};
