/* SPDX-License-Identifier: MIT */
#include "view/knobs.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "view/table.h"
#include "view/view.h"

enum { WIDE = 100 }; /* columns that the widest rows need */

/* What goes without saying, as a line below the table says, is left out. */
const char *knobs_name(const struct knob *k)
{
	static const char *const prefixes[] = { "net.ipv4.", "net.netfilter." };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(k->name, prefixes[i], strlen(prefixes[i])) == 0)
			return k->name + strlen(prefixes[i]);
	return k->name;
}

/* A value in a cell; `beside` is the present one, which is not said again. */
static const char *cell_of(const struct knob *k, const char *value, const char *beside)
{
	if (!value)
		return "?";
	if (beside && knob_holds(k, value, beside))
		return "=";
	return *value ? value : "(none)";
}

static void boot_cell(const struct inventory *i, const struct inventory_row *row,
		      struct text *t)
{
	const char *value = row->reading->value;

	if (!inventory_is_booted(i, row)) {
		text_add(t, "-");
		return;
	}
	text_add(t, "%s",
		 cell_of(row->knob, inventory_at_boot(i, row, BOOT_SYSTEMD), value));
	if (inventory_is_disputed(i, row))
		text_add(t, " or %s",
			 cell_of(row->knob, inventory_at_boot(i, row, BOOT_PROCPS),
				 value));
}

void knobs_origin_text(const struct inventory *i, const struct inventory_row *row,
		       struct text *t)
{
	const struct origin *o = &row->origin;
	bool has_rival = false;

	switch (o->kind) {
	case ORIGIN_FILE:
		text_add(t, "%s:%u", o->file, o->line);
		break;
	case ORIGIN_FINWAIT:
		text_add(t, "finwait %s", o->transaction);
		break;
	case ORIGIN_RUNTIME:
		text_add(t, "run time");
		for (size_t m = 0; m < i->rivals->n; m++) {
			if (!rival_writes_here(&i->rivals->at[m], row->knob->name))
				continue;
			text_add(t, "%s%s", has_rival ? ", " : " (",
				 i->rivals->at[m].name);
			has_rival = true;
		}
		text_add(t, "%s", has_rival ? "?)" : "");
		break;
	case ORIGIN_DEFAULT:
	case ORIGIN_UNKNOWN:
		text_add(t, "%s", origin_kind_name(o->kind));
		break;
	}
}

void knobs_absence_text(const struct inventory *i, const struct inventory_row *row,
			struct text *t)
{
	const struct knob *k = row->knob;

	if (inventory_is_image(i))
		text_add(t, "no kernel here");
	else if (row->reading->error != ENOENT)
		text_add(t, "%s", strerror(row->reading->error));
	else if (k->until)
		text_add(t, "gone since %s", k->until);
	else if (k->group == KNOB_GROUP_GONE)
		text_add(t, "only in %s", k->since);
	else if (k->module)
		text_add(t, "without the module %s", k->module);
	else if (k->scope == KNOB_HOST)
		text_add(t, "host-wide, not visible here");
	else
		text_add(t, "not in this kernel%s%s", k->since ? ", since " : "",
			 k->since ? k->since : "");
}

/* Of an image it may be known what the boot will make of it. */
static void add_absent(struct libscols_table *table, const struct inventory *i,
		       const struct inventory_row *row)
{
	own_text struct text boot = { 0 }, why = { 0 };

	if (inventory_is_in_files(row))
		boot_cell(i, row, &boot);
	knobs_absence_text(i, row, &why);

	const char *cells[] = { knobs_name(row->knob),
				"-",
				"",
				boot.at,
				row->is_boot_judged ? band_name(row->boot_judgement.band)
						    : "",
				why.at };

	table_add(table, cells);
}

/* Has a terminal no room for three numbers side by side? */
static bool is_narrow(const struct output *out)
{
	return out->is_terminal && out->width < WIDE;
}

/* Then they stand below each other. */
static void stack(const struct output *out, const struct knob *k, struct text *t)
{
	bool is_list = k->shape == KNOB_VECTOR || k->shape == KNOB_RANGE;

	for (size_t i = 0; is_list && is_narrow(out) && i < t->n; i++)
		if (t->at[i] == ' ')
			t->at[i] = '\n';
}

static void add_row(struct libscols_table *table, const struct output *out,
		    const struct inventory *i, const struct inventory_row *row)
{
	own_text struct text value = { 0 }, standard = { 0 }, boot = { 0 },
			     origin = { 0 };
	enum band band = row->judgement.band;

	if (!row->reading->value) {
		add_absent(table, i, row);
		return;
	}
	/* libsmartcols makes what is not to be printed safe */
	text_add(&value, "%s", *row->reading->value ? row->reading->value : "(none)");
	text_add(&standard, "%s",
		 row->is_default ? "=" : cell_of(row->knob, row->standard->value, NULL));
	boot_cell(i, row, &boot);
	knobs_origin_text(i, row, &origin);
	stack(out, row->knob, &value);
	stack(out, row->knob, &standard);
	stack(out, row->knob, &boot);

	const char *cells[] = { knobs_name(row->knob), value.at, standard.at, boot.at,
				band_name(band),       origin.at };

	table_add_colored(table, cells, band == BAND_SAFE ? 1 : 4,
			  band == BAND_REFUSED	      ? "red"
			  : band == BAND_RISK	      ? "yellow"
			  : inventory_is_changed(row) ? "bold"
						      : NULL);
}

/* The names of conntrack are long: a table of their own keeps the other one narrow. */
void knobs_print_table(const struct output *out, const struct inventory *i,
		       const bool *shown, bool is_conntrack)
{
	/* libsmartcols sets only the first line of a cell to the right */
	const int number = is_narrow(out) ? TABLE_WRAP : TABLE_RIGHT;
	const struct table_column columns[] = {
		{ "KNOB", 0 },	       { "VALUE", number }, { "DEFAULT", number },
		{ "AT BOOT", number }, { "RISK", 0 },	    { "ORIGIN", TABLE_WRAP },
		{ NULL, 0 },
	};
	struct libscols_table *table = NULL;

	for (int id = 0; id < KNOB_N; id++) {
		if (!shown[id] ||
		    is_conntrack != (catalogue[id].group == KNOB_GROUP_CONNTRACK))
			continue;
		if (!table)
			table = table_new(out, columns);
		add_row(table, out, i, &i->at[id]);
	}
	table_print(table);
	table_free(table);
}
