/* SPDX-License-Identifier: MIT */
/*
 * Strict decimal integers: an optional '-', digits without a leading zero, nothing else.
 * The kernel reads 010 as 8 and 0x10 as 16 (facts measured on Linux 6.18); we refuse
 * both, so that a file says what it means.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the whole of `s`. False, with *ret untouched, if it is no such number or outside
 * min..max.
 */
bool num_parse(const char *s, int64_t min, int64_t max, int64_t *ret);

/* The same for the n bytes at `s`, which need not end in NUL. */
bool num_parse_n(const char *s, size_t n, int64_t min, int64_t max, int64_t *ret);

/*
 * A number with up to three digits behind its point, in thousandths: "0.5" is 500, and so
 * are min and max.
 */
bool num_parse_thousandths(const char *s, int64_t min, int64_t max, int64_t *ret);
