/* SPDX-License-Identifier: MIT */
/* Inside band.c only: its tables. */
#pragma once

#include "core/band.h"

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

/* Ends with a row without harm. */
extern const struct band_row band_rows[];

/*
 * What is safe, in words (the rows leave exactly these out; a test compares), and one such
 * value. NULL: it has no limit; or no value is safe everywhere.
 */
struct band_safe {
	const char *limit;
	const char *instead;
};

extern const struct band_safe band_safe[KNOB_N];
