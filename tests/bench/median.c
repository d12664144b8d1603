/* SPDX-License-Identifier: MIT */
#include "bench/median.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

double median_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double *copy(const double *at, size_t n)
{
	double *sorted = calloc(n, sizeof(*sorted));

	if (!sorted)
		abort();
	memcpy(sorted, at, n * sizeof(*sorted));
	return sorted;
}

static double middle(double *at, size_t n)
{
	double median;

	qsort(at, n, sizeof(*at), compare);
	median = (at[(n - 1) / 2] + at[n / 2]) / 2;
	free(at);
	return median;
}

double median_of(const double *at, size_t n)
{
	return middle(copy(at, n), n);
}

double median_of_ratios(const double *a, const double *b, size_t n)
{
	double *ratios = copy(a, n);

	for (size_t i = 0; i < n; i++)
		ratios[i] /= b[i];
	return middle(ratios, n);
}
