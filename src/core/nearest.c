/* SPDX-License-Identifier: MIT */
#include "core/nearest.h"

#include <stddef.h>
#include <string.h>

enum { NEAREST_WORD_MAX = 64 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* The restricted Damerau-Levenshtein distance, three rows at a time. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned rows[3][NEAREST_WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = min3(last[j] + 1, row[j - 1] + 1,
				      last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

const char *nearest(const char *word, const char *const *candidates)
{
	size_t n = strlen(word);
	const char *best = NULL;
	unsigned best_distance = 0;

	if (n > NEAREST_WORD_MAX)
		return NULL;
	for (; *candidates; candidates++) {
		size_t m = strlen(*candidates);
		unsigned limit = m / 3 > 2 ? (unsigned)(m / 3) : 2, d;

		if (m > NEAREST_WORD_MAX)
			continue;
		d = distance(word, n, *candidates, m);
		/* a word that shares nothing is not near, however short it is */
		if (d <= limit && d < m && (!best || d < best_distance)) {
			best = *candidates;
			best_distance = d;
		}
	}
	return best;
}
