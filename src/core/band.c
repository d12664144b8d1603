/* SPDX-License-Identifier: MIT */
#include "core/band.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "core/band_rows.h"
#include "core/ports.h"

static void judge_say(struct judgement *ret, enum band band, const char *finding,
		      const char *harm)
{
	ret->band = band;
	ret->finding = finding;
	snprintf(ret->harm, sizeof(ret->harm), "%s", harm);
}

/* Limits are 32-bit numbers but for fs.file-max, which systemd sets to INT64_MAX. */
static int64_t percent_of(int64_t n, int64_t reference)
{
	if (n <= INT64_MAX / 100)
		return n * 100 / reference;
	return reference < 100 ? INT64_MAX : n / (reference / 100);
}

static bool row_holds(const struct band_row *row, int64_t n, int64_t reference)
{
	if (row->is_percent) {
		if (reference <= 0)
			return false;
		n = percent_of(n, reference);
	}
	return n >= row->from && n <= row->to;
}

static void judge_number(enum knob_id id, const char *value, const struct surroundings *s,
			 struct judgement *ret)
{
	int64_t n;

	if (!num_parse(value, INT64_MIN, INT64_MAX, &n))
		return;
	for (size_t i = 0; band_rows[i].harm; i++) {
		const struct band_row *row = &band_rows[i];

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

/* Ports for outgoing connections: what fewer of them are. */
enum { PORTS_REFUSED_BELOW = 4096, PORTS_RISK_BELOW = 16384 };

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
	if (n < PORTS_REFUSED_BELOW) {
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
	} else if (low < 10240 || n < PORTS_RISK_BELOW) {
		judge_say(ret, BAND_RISK,
			  n < PORTS_RISK_BELOW ? "port-range-narrow" : "port-range-low",
			  n < PORTS_RISK_BELOW
				  ? "few ports for each destination"
				  : "services like to listen on ports below 10240");
	}
}

/* A list that takes nothing from the range is not what makes it narrow. */
static void judge_ports_left(const struct port_set *wanted, const struct surroundings *s,
			     struct judgement *ret)
{
	int64_t low, high, n;

	if (!s->range || !knob_parse_range(s->range, &low, &high) || low > high)
		return;
	n = usable_ports(low, high, wanted);
	if (n >= PORTS_RISK_BELOW || n == usable_ports(low, high, NULL))
		return;
	judge_say(ret, n < PORTS_REFUSED_BELOW ? BAND_REFUSED : BAND_RISK,
		  "reserved-ports-many", "");
	snprintf(ret->harm, sizeof(ret->harm),
		 "it leaves %" PRId64 " ports of %" PRId64 "-%" PRId64
		 " for each destination: %s",
		 n, low, high,
		 n < PORTS_REFUSED_BELOW
			 ? "they are soon used up, and connect() fails with EADDRNOTAVAIL"
			 : "busy clients can run out of them");
}

static void judge_ports_dropped(const struct port_set *wanted,
				const struct surroundings *s, struct judgement *ret)
{
	uint32_t n = 0, first = 0;

	for (uint32_t port = 0; s->reserved_now && port <= UINT16_MAX; port++) {
		if (!ports_has(s->reserved_now, (uint16_t)port) ||
		    ports_has(wanted, (uint16_t)port))
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

static void judge_reserved_ports(const char *value, const struct surroundings *s,
				 struct judgement *ret)
{
	struct port_set wanted = { 0 };

	if (!ports_parse(&wanted, value))
		return;
	judge_ports_left(&wanted, s, ret);
	if (ret->band == BAND_SAFE)
		judge_ports_dropped(&wanted, s, ret);
}

/* n > times * base, without overflow */
static bool exceeds(int64_t n, int64_t times, int64_t base)
{
	return n / times > base || (n / times == base && n % times > 0);
}

static bool is_below_half(const int64_t n[KNOB_FIELDS], const int64_t now[KNOB_FIELDS])
{
	return exceeds(now[0], 2, n[0]) || exceeds(now[1], 2, n[1]) ||
	       exceeds(now[2], 2, n[2]);
}

/*
 * By tcp_init_mem() (net/ipv4/tcp.c) the limit is twice the low number and 9.37 % of RAM,
 * so twice the limit is 19 % and four times 37 %. The amount of RAM is no fact we read;
 * the present value stands for it.
 */
static void judge_tcp_mem(const char *value, const struct surroundings *s,
			  struct judgement *ret)
{
	int64_t n[KNOB_FIELDS], now[KNOB_FIELDS];

	if (!knob_parse_vector(value, n))
		return;
	if (n[0] == 0 || n[0] > n[1] || n[1] > n[2])
		judge_say(ret, BAND_REFUSED, "tcp-mem-order",
			  "the three must rise from above 0: low, pressure, limit");
	else if (exceeds(n[2], 8, n[0]))
		judge_say(ret, BAND_REFUSED, "tcp-mem-bytes",
			  "numbers this far apart look like tcp_rmem's, in bytes: here "
			  "each counts pages, of 4096 bytes on most machines");
	else if (!s->now || !knob_parse_vector(s->now, now))
		return;
	else if (is_below_half(n, now))
		judge_say(ret, BAND_REFUSED, "tcp-mem-small",
			  "less than half of what TCP has: buffers shrink, and past the "
			  "limit closed sockets are reset");
	else if (n[0] < now[0] || n[1] < now[1] || n[2] < now[2])
		judge_say(ret, BAND_RISK, "tcp-mem-small",
			  "TCP saves memory sooner: smaller windows, and past the limit "
			  "resets");
	else if (exceeds(n[2], 4, now[2]))
		judge_say(
			ret, BAND_REFUSED, "tcp-mem-large",
			"more than four times the present limit: TCP can take the memory "
			"the host lives on");
	else if (exceeds(n[2], 2, now[2]))
		judge_say(ret, BAND_RISK, "tcp-mem-large",
			  "more than twice the present limit, in memory that cannot be "
			  "swapped");
}

/* What differs between tcp_rmem and tcp_wmem; bytes, by tcp_init() (net/ipv4/tcp.c). */
struct buffer_rule {
	enum knob_id knob;
	int64_t at_first;   /* the second number of every kernel from 5.10 to 7.2 */
	int64_t least_most; /* the smallest third number any machine starts with */
	const char *order;
	const char *small;
	const char *large;
};

static const struct buffer_rule buffer_rules[] = {
	{ KNOB_TCP_RMEM, 131072, 131072, "tcp-rmem-order", "tcp-rmem-small",
	  "tcp-rmem-large" },
	{ KNOB_TCP_WMEM, 16384, 65536, "tcp-wmem-order", "tcp-wmem-small",
	  "tcp-wmem-large" },
};

enum { BUFFER_LEAST = 4096, BUFFER_MOST = 64 << 20 };

static void judge_buffers(const struct buffer_rule *rule, const char *value,
			  const struct surroundings *s, struct judgement *ret)
{
	int64_t n[KNOB_FIELDS], now[KNOB_FIELDS];

	if (!knob_parse_vector(value, n))
		return;
	if (n[0] > n[1] || n[1] > n[2])
		judge_say(
			ret, BAND_REFUSED, rule->order,
			"the three must rise: least, at first, at most; the kernel takes "
			"any order");
	else if (n[0] < BUFFER_LEAST)
		judge_say(
			ret, BAND_REFUSED, rule->small,
			"under memory pressure a socket is left with less than one page");
	else if (n[2] < rule->least_most)
		judge_say(ret, BAND_REFUSED, rule->small,
			  "less than any machine starts with: every long path is slow");
	else if (n[1] < rule->at_first)
		judge_say(
			ret, BAND_RISK, rule->small,
			"each connection starts with a smaller buffer than the kernel's "
			"own");
	else if (n[1] > rule->at_first)
		judge_say(ret, BAND_RISK, rule->large,
			  "each new connection may use that much at once, wanted or not");
	else if (n[2] > BUFFER_MOST)
		judge_say(ret, BAND_RISK, rule->large,
			  "one connection can hold more than 64 MB of kernel memory");
	else if (s->now && knob_parse_vector(s->now, now) && n[2] < now[2])
		judge_say(ret, BAND_RISK, rule->small,
			  "fast long paths need the buffer that is there now");
}

/* Those that work on any device without parameters. */
static void judge_default_qdisc(const char *value, struct judgement *ret)
{
	static const char *const plain[] = { "pfifo_fast", "pfifo",    "bfifo",
					     "fq",	   "fq_codel", "codel",
					     "fq_pie",	   "cake",     "sfq" };

	if (strcmp(value, "noqueue") == 0) {
		judge_say(ret, BAND_REFUSED, "default-qdisc-none",
			  "a device that is busy then drops what it should have queued");
		return;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strcmp(value, plain[i]) == 0)
			return;
	judge_say(ret, BAND_RISK, "default-qdisc-unusual",
		  "it is not made to stand alone on any device; where it cannot, the "
		  "kernel falls back to no queue");
}

static void judge_vector(enum knob_id id, const char *value, const struct surroundings *s,
			 struct judgement *ret)
{
	if (id == KNOB_TCP_MEM)
		judge_tcp_mem(value, s, ret);
	for (size_t i = 0; i < sizeof(buffer_rules) / sizeof(buffer_rules[0]); i++)
		if (buffer_rules[i].knob == id)
			judge_buffers(&buffer_rules[i], value, s, ret);
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

	ret->limit = band_safe[id].limit;
	ret->instead = band_safe[id].instead;
	if (k->shape == KNOB_NUMBER)
		judge_number(id, value, s, ret);
	if (id == KNOB_TW_REUSE && ret->band == BAND_SAFE)
		judge_tw_reuse(value, s, ret);
	if (id == KNOB_PORT_RANGE)
		judge_port_range(value, s, ret);
	if (id == KNOB_RESERVED_PORTS)
		judge_reserved_ports(value, s, ret);
	if (k->shape == KNOB_VECTOR)
		judge_vector(id, value, s, ret);
	if (id == KNOB_DEFAULT_QDISC)
		judge_default_qdisc(value, ret);
}

const char *band_safe_values(const struct knob *k)
{
	return band_safe[k - catalogue].limit;
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
		{ "reserved-ports-many", KNOB_RESERVED_PORTS },
		{ "tcp-mem-order", KNOB_TCP_MEM },
		{ "tcp-mem-bytes", KNOB_TCP_MEM },
		{ "tcp-mem-small", KNOB_TCP_MEM },
		{ "tcp-mem-large", KNOB_TCP_MEM },
		{ "tcp-rmem-order", KNOB_TCP_RMEM },
		{ "tcp-rmem-small", KNOB_TCP_RMEM },
		{ "tcp-rmem-large", KNOB_TCP_RMEM },
		{ "tcp-wmem-order", KNOB_TCP_WMEM },
		{ "tcp-wmem-small", KNOB_TCP_WMEM },
		{ "tcp-wmem-large", KNOB_TCP_WMEM },
		{ "default-qdisc-none", KNOB_DEFAULT_QDISC },
		{ "default-qdisc-unusual", KNOB_DEFAULT_QDISC },
	};

	for (size_t i = 0; band_rows[i].harm; i++)
		if (strcmp(band_rows[i].finding, finding) == 0)
			return &catalogue[band_rows[i].knob];
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
