/* SPDX-License-Identifier: MIT */
#include "view/pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void add(struct pane *p, int rank, bool is_heading, const char *fmt, va_list ap)
{
	if (p->n == PANE_ROWS_MAX)
		return;
	vsnprintf(p->at[p->n].text, sizeof(p->at[p->n].text), fmt, ap);
	p->at[p->n].rank = rank;
	p->at[p->n++].is_heading = is_heading;
}

void pane_add(struct pane *p, int rank, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, rank, false, fmt, ap);
	va_end(ap);
}

void pane_add_heading(struct pane *p, int rank, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, rank, true, fmt, ap);
	va_end(ap);
}

void pane_append(struct pane *p, const struct pane *more)
{
	for (size_t i = 0; i < more->n && p->n < PANE_ROWS_MAX; i++)
		p->at[p->n++] = more->at[i];
}

size_t pane_fit(struct pane *p, size_t rows)
{
	size_t n_said = 0;

	while (p->n > rows) {
		size_t last = 0;

		for (size_t i = 1; i < p->n; i++)
			if (p->at[i].rank >= p->at[last].rank)
				last = i;
		n_said += p->at[last].text[0] != '\0';
		p->n--;
		memmove(&p->at[last], &p->at[last + 1], (p->n - last) * sizeof(p->at[0]));
	}
	return n_said;
}

/* Writes row i between two columns. */
static void write_row(const struct pane *p, size_t i, size_t from, size_t to,
		      bool has_color, struct text *ret)
{
	const char *text = p && i < p->n ? p->at[i].text : "";
	size_t n = strlen(text), width = to > from ? to - from : 0;
	bool is_bold = has_color && n > 0 && p->at[i].is_heading;

	text_add(ret, "%s%.*s%s", is_bold ? "\033[1m" : "", (int)(n < width ? n : width),
		 text, is_bold ? "\033[0m" : "");
}

size_t pane_write(const struct pane *left, const struct pane *right, size_t column,
		  size_t width, bool has_color, struct text *ret)
{
	size_t n = right && right->n > left->n ? right->n : left->n;

	for (size_t i = 0; i < n; i++) {
		size_t taken = i < left->n ? strlen(left->at[i].text) : 0;
		size_t room = right && column < width ? column : width;

		write_row(left, i, 0, room, has_color, ret);
		if (right && i < right->n && right->at[i].text[0] && column < width) {
			text_add(ret, "%*s", taken < column ? (int)(column - taken) : 0,
				 "");
			write_row(right, i, column, width, has_color, ret);
		}
		text_add(ret, "\n");
	}
	return n;
}
