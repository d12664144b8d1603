/* SPDX-License-Identifier: MIT */
#include "bench/row.h"

#include <stdio.h>

#include "bench/median.h"

void row_print(const struct row *row, const double *a, const double *b, size_t n)
{
	printf("%8.3f  %-8s %9.3f ms %9.3f ms  %5zu  %s / %s\n",
	       median_of_ratios(a, b, n), row->goal, median_of(a, n) * 1e3,
	       median_of(b, n) * 1e3, n, row->work, row->against);
}
