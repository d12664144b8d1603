/* SPDX-License-Identifier: MIT */
/*
 * Tables of text through libsmartcols: as wide as the terminal, and uncut where there is
 * none.
 */
#pragma once

struct libscols_table;
struct output;

enum table_flags {
	TABLE_RIGHT = 1 << 0, /* numbers */
	TABLE_WRAP = 1 << 1,  /* the column that takes what is left, and wraps */
};

struct table_column {
	const char *heading;
	int flags;
};

/* The columns end with a NULL heading. NULL: no memory. */
struct libscols_table *table_new(const struct output *out,
				 const struct table_column *columns);

/* One row: a string for each column; a NULL or "" is an empty cell. */
void table_add(struct libscols_table *table, const char *const *cells);

/* The same, with a colour ("yellow") for one of its cells. */
void table_add_colored(struct libscols_table *table, const char *const *cells, int cell,
		       const char *color);

void table_print(struct libscols_table *table);
void table_free(struct libscols_table *table);
