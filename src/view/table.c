/* SPDX-License-Identifier: MIT */
#include "view/table.h"

#include <libsmartcols.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/view.h"

enum { WRAP_WIDTH_MIN = 16 };

struct libscols_table *table_new(const struct output *out,
				 const struct table_column *columns)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_set_stream(table, out->stream);
	scols_table_enable_colors(table, out->has_color);
	scols_table_set_termforce(table, out->is_terminal ? SCOLS_TERMFORCE_ALWAYS
							  : SCOLS_TERMFORCE_NEVER);
	scols_table_set_termwidth(table, (size_t)out->width);
	for (; columns->heading; columns++) {
		struct libscols_column *column = scols_table_new_column(
			table, columns->heading, 0,
			(columns->flags & TABLE_RIGHT ? SCOLS_FL_RIGHT : 0) |
				(columns->flags & TABLE_WRAP ? SCOLS_FL_WRAP : 0));

		/*
		 * libsmartcols breaks words; table_print() breaks lines at blanks, by
		 * newlines
		 */
		if (column && columns->flags & TABLE_WRAP) {
			scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
						  scols_wrapnl_nextchunk, NULL);
			scols_column_set_safechars(column, "\n");
		}
	}
	return table;
}

void table_add(struct libscols_table *table, const char *const *cells)
{
	table_add_colored(table, cells, -1, NULL);
}

void table_add_colored(struct libscols_table *table, const char *const *cells, int cell,
		       const char *color)
{
	struct libscols_line *line = table ? scols_table_new_line(table, NULL) : NULL;
	size_t n = line ? scols_table_get_ncols(table) : 0;

	for (size_t i = 0; i < n; i++) {
		scols_line_set_data(line, i, cells[i] ? cells[i] : "");
		if ((int)i == cell && color)
			scols_cell_set_color(scols_line_get_cell(line, i), color);
	}
}

static const char *cell_at(struct libscols_table *table, size_t row, size_t column)
{
	return scols_cell_get_data(
		scols_line_get_cell(scols_table_get_line(table, row), column));
}

/* Columns its widest line takes: libsmartcols prints a control byte as \xNN. */
static size_t text_width(const char *text)
{
	size_t n = 0, widest = 0;

	for (; *text; text++) {
		n += (unsigned char)*text < ' ' || *text == 0x7f ? 4 : 1;
		if (*text == '\n')
			n = 0;
		widest = n > widest ? n : widest;
	}
	return widest;
}

static size_t column_width(struct libscols_table *table, size_t column)
{
	struct libscols_column *cl = scols_table_get_column(table, column);
	size_t width = text_width(scols_cell_get_data(scols_column_get_header(cl)));

	for (size_t row = 0; row < scols_table_get_nlines(table); row++) {
		const char *data = cell_at(table, row, column);
		size_t n = data ? text_width(data) : 0;

		width = n > width ? n : width;
	}
	return width;
}

/* Turns the last blank that fits on each line into a newline. */
static void wrap_words(char *text, size_t width)
{
	char *line = text, *blank = NULL;

	for (char *p = text; *p; p++) {
		if (*p == ' ')
			blank = p;
		if ((size_t)(p - line) >= width && blank) {
			*blank = '\n';
			line = blank + 1;
			blank = NULL;
		}
	}
}

/* What is left of the terminal beside the other columns. */
static size_t wrap_width(struct libscols_table *table, size_t wrapped)
{
	size_t width = scols_table_get_termwidth(table), taken = 0;

	for (size_t i = 0; i < scols_table_get_ncols(table); i++)
		taken += i == wrapped ? 0 : column_width(table, i) + 1;
	return width > taken + WRAP_WIDTH_MIN ? width - taken : WRAP_WIDTH_MIN;
}

static void wrap_column(struct libscols_table *table, size_t column)
{
	size_t width = wrap_width(table, column);

	for (size_t row = 0; row < scols_table_get_nlines(table); row++) {
		const char *data = cell_at(table, row, column);
		char *text = data ? strdup(data) : NULL;

		if (!text)
			continue;
		wrap_words(text, width);
		scols_cell_refer_data(
			scols_line_get_cell(scols_table_get_line(table, row), column),
			text);
	}
}

/* Without the blanks that fill up the last column. */
static void print_trimmed(struct libscols_table *table)
{
	FILE *stream = scols_table_get_stream(table);
	char *text = NULL, *line, *next;

	if (scols_print_table_to_string(table, &text) < 0)
		return;
	for (line = text; line && *line; line = next) {
		size_t n = strcspn(line, "\n");

		next = line + n + (line[n] == '\n');
		while (n > 0 && line[n - 1] == ' ')
			n--;
		fprintf(stream, "%.*s\n", (int)n, line);
	}
	free(text);
}

void table_print(struct libscols_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < scols_table_get_ncols(table); i++)
		if (scols_table_get_termforce(table) == SCOLS_TERMFORCE_ALWAYS &&
		    scols_column_is_wrap(scols_table_get_column(table, i)))
			wrap_column(table, i);
	print_trimmed(table);
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}
