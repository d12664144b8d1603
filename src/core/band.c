/* SPDX-License-Identifier: MIT */
#include "core/band.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "core/ports.h"

/*
 * Values from..to of a knob. The first row that holds the value speaks; a value no row
 * holds is safe.
 */
struct band_row {
	enum knob_id knob;
	int64_t from;
	int64_t to;
	enum band band;
	bool is_percent; /* from and to are per cent of the reference */
	const char *finding;
	const char *harm;
};

#define ANY_MIN INT64_MIN
#define ANY_MAX INT64_MAX

static const struct band_row rows[] = {
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
};

static void judge_say(struct judgement *ret, enum band band, const char *finding,
		      const char *harm)
{
	ret->band = band;
	ret->finding = finding;
	snprintf(ret->harm, sizeof(ret->harm), "%s", harm);
}

static bool row_holds(const struct band_row *row, int64_t n, int64_t reference)
{
	if (row->is_percent) {
		if (reference <= 0)
			return false;
		/* per cent of a 32-bit limit: far from overflow */
		n = n * 100 / reference;
	}
	return n >= row->from && n <= row->to;
}

/*
 * What is safe, in words (the rows above leave exactly these out; a test compares), and
 * one such value.
 */
static const struct {
	const char *limit;
	const char *instead;
} safe_values[KNOB_N] = {
	[KNOB_FIN_TIMEOUT] = { "15 to 60", "60" },
	[KNOB_TW_REUSE] = { "2, or 1 with timestamps", "2" },
	[KNOB_TW_REUSE_DELAY] = { "at least 1000", "1000" },
	[KNOB_MAX_TW_BUCKETS] = { "at least the default", NULL },
	[KNOB_RFC1337] = { "0 or 1", "1" },
	[KNOB_TIMESTAMPS] = { "1", "1" },
	[KNOB_ORPHAN_RETRIES] = { "0, or 6 to 8", "0" },
	[KNOB_MAX_ORPHANS] = { "at least the default", NULL },
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
};

static void judge_number(enum knob_id id, const char *value, const struct surroundings *s,
			 struct judgement *ret)
{
	int64_t n;

	if (!num_parse(value, INT64_MIN, INT64_MAX, &n))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct band_row *row = &rows[i];

		if (row->knob == id && row_holds(row, n, s->reference)) {
			judge_say(ret, row->band, row->finding, row->harm);
			return;
		}
	}
}

static void judge_tw_reuse(const char *value, const struct surroundings *s,
			   struct judgement *ret)
{
	if (strcmp(value, "1") == 0 && s->timestamps && strcmp(s->timestamps, "0") == 0)
		judge_say(ret, BAND_REFUSED, "tw-reuse-without-timestamps",
			  "without tcp_timestamps it has no effect");
}

/* Ports of low..high that connect() may use. */
static int64_t usable_ports(int64_t low, int64_t high, const struct port_set *reserved)
{
	unsigned n = reserved ? ports_count(reserved, (uint16_t)low, (uint16_t)high) : 0;

	return high - low + 1 - n;
}

static unsigned exposed_listeners(int64_t low, int64_t high, const struct surroundings *s,
				  uint16_t *ret_first)
{
	unsigned n = 0;

	for (int64_t port = low; s->listening && port <= high; port++) {
		if (!ports_has(s->listening, (uint16_t)port) ||
		    (s->reserved && ports_has(s->reserved, (uint16_t)port)))
			continue;
		if (n++ == 0)
			*ret_first = (uint16_t)port;
	}
	return n;
}

static void judge_port_range(const char *value, const struct surroundings *s,
			     struct judgement *ret)
{
	int64_t low, high, n;
	unsigned listeners;
	uint16_t first = 0;

	if (!knob_parse_range(value, &low, &high) || low > high)
		return;
	n = usable_ports(low, high, s->reserved);
	listeners = exposed_listeners(low, high, s, &first);
	if (n < 4096) {
		judge_say(ret, BAND_REFUSED, "port-range-narrow", "");
		snprintf(ret->harm, sizeof(ret->harm),
			 "%" PRId64 " ports for each destination are soon used up: "
			 "connect() fails with EADDRNOTAVAIL",
			 n);
	} else if (listeners) {
		judge_say(ret, BAND_REFUSED, "port-range-covers-listeners", "");
		snprintf(ret->harm, sizeof(ret->harm),
			 "an outgoing connection can take port %u%s of a listener that "
			 "restarts; "
			 "list it in ip_local_reserved_ports first",
			 first, listeners > 1 ? " (and others)" : "");
	} else if (low < 1024) {
		judge_say(ret, BAND_REFUSED, "port-range-low",
			  "ports below 1024 belong to system services");
	} else if (low < 10240 || n < 16384) {
		judge_say(ret, BAND_RISK,
			  n < 16384 ? "port-range-narrow" : "port-range-low",
			  n < 16384 ? "few ports for each destination"
				    : "services like to listen on ports below 10240");
	}
}

static void judge_reserved_ports(const char *value, const struct surroundings *s,
				 struct judgement *ret)
{
	struct port_set wanted = { 0 };
	uint32_t n = 0, first = 0;

	if (!s->reserved_now || !ports_parse(&wanted, value))
		return;
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		if (!ports_has(s->reserved_now, (uint16_t)port) ||
		    ports_has(&wanted, (uint16_t)port))
			continue;
		if (n++ == 0)
			first = port;
	}
	if (n == 0)
		return;
	judge_say(ret, BAND_RISK, "reserved-ports-dropped", "");
	snprintf(
		ret->harm, sizeof(ret->harm),
		"the list replaces the present one; no longer reserved: %u port%s, the first %u",
		n, n > 1 ? "s" : "", first);
}

void band_judge(const struct knob *k, const char *value, const struct surroundings *s,
		struct judgement *ret)
{
	*ret = (struct judgement){ .band = BAND_SAFE };
	if (!k) {
		ret->band = BAND_UNRATED;
		snprintf(ret->harm, sizeof(ret->harm),
			 "finwait has no knowledge of this key");
		return;
	}

	enum knob_id id = (enum knob_id)(k - catalogue);

	ret->limit = safe_values[id].limit;
	ret->instead = safe_values[id].instead;
	if (k->shape == KNOB_NUMBER)
		judge_number(id, value, s, ret);
	if (id == KNOB_TW_REUSE && ret->band == BAND_SAFE)
		judge_tw_reuse(value, s, ret);
	if (id == KNOB_PORT_RANGE)
		judge_port_range(value, s, ret);
	if (id == KNOB_RESERVED_PORTS)
		judge_reserved_ports(value, s, ret);
}

const struct knob *band_finding_knob(const char *finding)
{
	static const struct {
		const char *finding;
		enum knob_id knob;
	} computed[] = {
		{ "tw-reuse-without-timestamps", KNOB_TW_REUSE },
		{ "port-range-narrow", KNOB_PORT_RANGE },
		{ "port-range-low", KNOB_PORT_RANGE },
		{ "port-range-covers-listeners", KNOB_PORT_RANGE },
		{ "reserved-ports-dropped", KNOB_RESERVED_PORTS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].finding, finding) == 0)
			return &catalogue[rows[i].knob];
	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++)
		if (strcmp(computed[i].finding, finding) == 0)
			return &catalogue[computed[i].knob];
	return NULL;
}

const char *band_name(enum band band)
{
	static const char *const names[] = {
		[BAND_SAFE] = "safe",
		[BAND_RISK] = "risk",
		[BAND_REFUSED] = "refused",
		[BAND_UNRATED] = "unrated",
	};

	return names[band];
}
