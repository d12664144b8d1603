/* SPDX-License-Identifier: MIT */
/* "did you mean": the candidate a typing error away. */
#pragma once

/*
 * The one of `candidates` (ends with NULL) that differs from `word` in the fewest
 * letters, counted as inserted, left out, replaced or swapped neighbours; NULL if none is
 * near (a third of its letters, at least two).
 */
const char *nearest(const char *word, const char *const *candidates);
