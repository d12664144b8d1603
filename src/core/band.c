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
