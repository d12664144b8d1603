/* SPDX-License-Identifier: MIT */
/*
 * What `explain` shows on top of a topic: a limit, what is used of it, and how often it
 * was met, as they are at this moment.
 */
#pragma once

#include "core/snapshot.h"

enum gauge_source {
	GAUGE_KNOB,
	GAUGE_SOCKSTAT,
	GAUGE_USAGE,
	GAUGE_COUNTER, /* of netstat: since the network namespace was made */
};

struct gauge {
	const char *topic;
	const char *label;
	enum gauge_source source;
	size_t id;	  /* enum knob_id, enum counter, or the offset in its struct */
	int field;	  /* of a KNOB_VECTOR: which number, from 1; 0: the whole value */
	const char *note; /* what the number is */
};

/* In the order they are shown; ends with a row whose topic is NULL. */
extern const struct gauge gauges[];

/* Its number, as text; false if it was not read. */
bool gauge_read(const struct gauge *g, const struct snapshot *s, char *ret, size_t size);

/* Where it stands: "net.ipv4.tcp_mem", "/proc/net/sockstat". */
const char *gauge_place(const struct gauge *g);
