/* SPDX-License-Identifier: MIT */
/* Times, and the middle of many of them. */
#pragma once

#include <stddef.h>

/* Seconds of the monotonic clock */
double median_now(void);

/* The median of n numbers, which keep their order. */
double median_of(const double *at, size_t n);

/* The median of a[i] / b[i]. */
double median_of_ratios(const double *a, const double *b, size_t n);
