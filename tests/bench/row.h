/* SPDX-License-Identifier: MIT */
/* A row of the table that tests/bench/run prints; its head is there. */
#pragma once

#include <stddef.h>

struct row {
	const char *work, *against;
	const char *goal; /* what the ratio should be, or "-" */
};

/* Prints the median of the ratios a[i] / b[i], and the medians of both, which are seconds. */
void row_print(const struct row *row, const double *a, const double *b, size_t n);
