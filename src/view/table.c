/* SPDX-License-Identifier: MIT */
#include "view/table.h"

#include <libsmartcols.h>
#include <stddef.h>

#include "view/view.h"

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
		int flags = 0;
		struct libscols_column *column;

		if (columns->flags & TABLE_RIGHT)
			flags |= SCOLS_FL_RIGHT;
		if (columns->flags & TABLE_WRAP)
			flags |= SCOLS_FL_WRAP;
		/* an absolute hint is a minimum: only the wrapping column gives way */
		column = scols_table_new_column(table, columns->heading,
						columns->flags & TABLE_WRAP ? 0.1 : 0,
						flags);
		if (column && columns->flags & TABLE_WRAP)
			scols_column_set_wrapfunc(column, NULL, NULL, NULL);
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

void table_print(struct libscols_table *table)
{
	if (table)
		scols_print_table(table);
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}
