/* SPDX-License-Identifier: MIT */
/*
 * How risky a value is. Three bands: safe; a known risk, which --accept-risk takes with
 * open eyes; and refused, which no profile may carry (apply --set --force may). The audit
 * judges what is set by the same table as apply judges what is wanted.
 */
#pragma once

#include <stdbool.h>

#include "core/catalogue.h"

struct port_set;

enum band {
	BAND_SAFE,
	BAND_RISK,
	BAND_REFUSED,
	BAND_UNRATED, /* finwait has no knowledge of this key */
};

/* What else a judgement depends on. */
struct surroundings {
	/*
	 * where a band speaks of the default: the default, or the current value where it
	 * is not known; -1: neither
	 */
	int64_t reference;
	/* the value before the change, as text; NULL: not known, or nothing changes */
	const char *now;
	const char *timestamps; /* tcp_timestamps as it is or will be; NULL: not known */
	/* ports connect() leaves alone, as they are or will be; NULL: none */
	const struct port_set *reserved;
	/* those reserved before the change; NULL: none */
	const struct port_set *reserved_now;
	const struct port_set *listening; /* ports with a listener; NULL: not known */
	/* ip_local_port_range as it is or will be; NULL: not known */
	const char *range;
};

struct judgement {
	enum band band;
	const char *finding; /* its id in an audit; NULL when safe */
	/* what the value does, a clause without full stop; "" when safe */
	char harm[256];
	const char *limit; /* the safe values, as text; NULL when it has none */
	/* a safe value for this knob everywhere; NULL: depends on the host */
	const char *instead;
};

/* Judges a value that knob_check() took. `k` NULL: unrated. */
void band_judge(const struct knob *k, const char *value, const struct surroundings *s,
		struct judgement *ret);

/* Its safe values, in words; NULL: it has no limit. */
const char *band_safe_values(const struct knob *k);

/* The knob that a finding of these judgements is about; NULL: no such finding. */
const struct knob *band_finding_knob(const char *finding);

const char *band_name(enum band band);
