/* SPDX-License-Identifier: MIT */
/*
 * Inside view/ only: rows on a terminal that may be too small for them. Each has a rank,
 * and those of the highest rank go first. libsmartcols widens a column to what is in it,
 * and so from frame to frame; here a number stays where it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text;

enum { PANE_ROWS_MAX = 64, PANE_ROW_MAX = 224 };

struct pane {
	struct {
		char text[PANE_ROW_MAX];
		int rank;
		bool is_heading;
	} at[PANE_ROWS_MAX];
	size_t n;
};

/* Adds a row; one too many is left out. */
void pane_add(struct pane *p, int rank, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void pane_add_heading(struct pane *p, int rank, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds the rows of another one. */
void pane_append(struct pane *p, const struct pane *more);

/* Takes rows out until there are at most so many: the number of those that said something. */
size_t pane_fit(struct pane *p, size_t rows);

/*
 * Writes the rows of `left`, and beside them, from that column on, those of `right`, which
 * may be NULL; all cut off at `width`. The number of lines.
 */
size_t pane_write(const struct pane *left, const struct pane *right, size_t column,
		  size_t width, bool has_color, struct text *ret);
