/* SPDX-License-Identifier: MIT */
/*
 * The rules that rest on sockets and counters. (Those that rest on a knob's value alone
 * are the bands of band.c.)
 */
#pragma once

#include "core/audit.h"

struct rule_row {
	struct rule rule;

	/*
	 * Adds evidence to `f` and says how bad it is; SEVERITY_OK: nothing found, or the
	 * facts were not read.
	 */
	enum severity (*judge)(const struct snapshot *s, struct finding *f);
};

/* Ends with a row without an id. */
extern const struct rule_row rules[];
