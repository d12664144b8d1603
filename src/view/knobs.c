/* SPDX-License-Identifier: MIT */
#include "view/knobs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "view/document.h"
#include "view/prose.h"
#include "view/table.h"

enum {
	WIDE = 100,  /* columns that the widest rows need */
	SHORT = 120, /* bytes of a value in a sentence */
};

/* What goes without saying, as a line below the table says, is left out. */
static const char *name_of(const struct knob *k)
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
	const char *procps = inventory_at_boot(i, row, BOOT_PROCPS);
	const char *systemd = inventory_at_boot(i, row, BOOT_SYSTEMD);
	const char *value = row->reading->value;

	if (!inventory_is_booted(i, row)) {
		text_add(t, "-");
		return;
	}
	text_add(t, "%s", cell_of(row->knob, systemd, value));
	if (!procps || !systemd ? procps != systemd
				: !knob_equal(row->knob, procps, systemd)) {
		text_add(t, " or ");
		text_add(t, "%s", cell_of(row->knob, procps, value));
	}
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

	if (!i->snapshot->host.kernel[0])
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

	const char *cells[] = { name_of(row->knob),
				"-",
				"",
				boot.at,
				row->boot_judgement.limit
					? band_name(row->boot_judgement.band)
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

	const char *cells[] = { name_of(row->knob), value.at, standard.at, boot.at,
				band_name(band),    origin.at };

	table_add_colored(table, cells, band == BAND_SAFE ? 1 : 4,
			  band == BAND_REFUSED	      ? "red"
			  : band == BAND_RISK	      ? "yellow"
			  : inventory_is_changed(row) ? "bold"
						      : NULL);
}

/* The names of conntrack are long: a table of their own keeps the other one narrow. */
static void print_table(const struct output *out, const struct inventory *i,
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

static void print_harm(const struct output *out, const struct knob *k, const char *value,
		       const char *when, const struct judgement *j)
{
	own_text struct text t = { 0 };

	text_add(&t, "%s=", name_of(k));
	text_add_escaped(&t, value);
	text_add(&t, "%s: %s", when, j->harm);
	if (j->limit)
		text_add(&t, " (safe: %s)", j->limit);
	prose_print(out, "", 4, t.at ? t.at : "");
}

/* What the risks are, since the table has room for a word only; and those to come. */
static void print_harms(const struct output *out, const struct inventory *i,
			const bool *shown)
{
	bool has_heading = false;

	for (int id = 0; id < KNOB_N; id++) {
		const struct inventory_row *row = &i->at[id];
		bool is_now = row->judgement.finding,
		     is_then = row->boot_judgement.finding;

		if (!shown[id] || !(is_now || is_then))
			continue;
		if (!has_heading)
			prose_heading(out, "Risks");
		has_heading = true;
		if (is_now)
			print_harm(out, row->knob, row->reading->value, "",
				   &row->judgement);
		if (is_then)
			print_harm(out, row->knob, row->boot[BOOT_SYSTEMD].value,
				   " at boot", &row->boot_judgement);
	}
}

/* Does the other engine make the same of it, and leave out the same lines? */
static bool is_alike(const struct boot_value *a, const struct boot_value *b)
{
	if (!a->value != !b->value || a->n_lost != b->n_lost ||
	    (a->value && (strcmp(a->value, b->value) != 0 || a->line != b->line ||
			  strcmp(a->file, b->file) != 0)))
		return false;
	for (size_t i = 0; i < a->n_losers; i++)
		if (strcmp(a->losers[i].file, b->losers[i].file) != 0 ||
		    a->losers[i].line != b->losers[i].line)
			return false;
	return true;
}

/* As much of a value as a line has room for. */
static void add_short(struct text *t, const char *value)
{
	char start[SHORT + 1];

	snprintf(start, sizeof(start), "%s", value);
	text_add_escaped(t, start);
	if (strlen(value) > SHORT)
		text_add(t, " ... (%zu bytes)", strlen(value));
}

static void print_engine(const struct output *out, const struct boot_value *b,
			 const char *engine)
{
	own_text struct text t = { 0 };

	text_add(&t, "%s: ", engine);
	if (b->value) {
		text_add(&t, "'");
		add_short(&t, b->value);
		text_add(&t, "' by ");
		text_add_escaped(&t, b->file);
		text_add(&t, ", line %u", b->line);
	} else {
		text_add(&t, "set by no file");
	}
	prose_print(out, "  ", 6, t.at ? t.at : "");
	for (size_t k = 0; k < b->n_losers; k++) {
		const struct boot_loser *l = &b->losers[k];
		own_text struct text line = { 0 };

		text_add(&line, "not '");
		add_short(&line, l->text);
		text_add(&line, "' by ");
		text_add_escaped(&line, l->file);
		text_add(&line, ", line %u: %s", l->line, boot_loss_name(l->why));
		prose_print(out, "    ", 6, line.at ? line.at : "");
	}
	if (b->n_lost > b->n_losers)
		fprintf(out->stream, "    and %zu more before them\n",
			b->n_lost - b->n_losers);
}

void knobs_print_files(const struct output *out, const struct inventory_row *row)
{
	if (row->knob->module)
		fprintf(out->stream,
			"  only if the module %s is loaded before the files are read\n",
			row->knob->module);
	if (is_alike(&row->boot[BOOT_SYSTEMD], &row->boot[BOOT_PROCPS])) {
		print_engine(out, &row->boot[BOOT_SYSTEMD], "either way");
		return;
	}
	/* the one that most hosts boot with first */
	print_engine(out, &row->boot[BOOT_SYSTEMD], boot_engine_name(BOOT_SYSTEMD));
	print_engine(out, &row->boot[BOOT_PROCPS], boot_engine_name(BOOT_PROCPS));
}

static bool is_contested(const struct inventory *i, const struct inventory_row *row)
{
	const char *procps = inventory_at_boot(i, row, BOOT_PROCPS);
	const char *systemd = inventory_at_boot(i, row, BOOT_SYSTEMD);

	return row->boot[BOOT_PROCPS].n_losers || row->boot[BOOT_SYSTEMD].n_losers ||
	       (procps && systemd && !knob_equal(row->knob, procps, systemd));
}

static void print_files(const struct output *out, const struct inventory *i,
			const bool *shown, bool is_whole)
{
	bool has_heading = false;

	for (int id = 0; id < KNOB_N; id++) {
		const struct inventory_row *row = &i->at[id];

		if (!shown[id] || !inventory_is_in_files(row) ||
		    !(is_whole || is_contested(i, row)))
			continue;
		if (!has_heading)
			prose_heading(out, is_whole ? "Set by files at boot"
						    : "Set by several lines at boot");
		has_heading = true;
		fprintf(out->stream, "%s\n", name_of(row->knob));
		knobs_print_files(out, row);
	}
}

/* The knobs it writes, of those that are shown: " tcp_rmem, tcp_wmem"; none: nothing. */
static void add_keys(struct text *t, const struct rival *rival, const bool *shown)
{
	size_t n = 0;

	for (int id = 0; id < KNOB_N; id++)
		if (shown[id] && rival_writes(rival, catalogue[id].name))
			text_add(t, "%s%s", n++ ? ", " : " ", name_of(&catalogue[id]));
}

static void print_rivals(const struct output *out, const struct inventory *i,
			 const bool *shown)
{
	bool has_heading = false;

	for (size_t m = 0; m < i->rivals->n; m++) {
		const struct rival *rival = &i->rivals->at[m];
		own_text struct text t = { 0 }, keys = { 0 };

		add_keys(&keys, rival, shown);
		if (keys.n == 0 && !rival->error[0])
			continue;
		if (!has_heading)
			prose_heading(out, "Others that write these knobs");
		has_heading = true;
		text_add(&t, "%s%s", rival->name, rival->detail[0] ? ", " : "");
		text_add_escaped(&t, rival->detail);
		text_add(&t, " (");
		text_add_escaped(&t, rival->evidence);
		text_add(&t, "):%s%s", keys.n ? keys.at : "",
			 rival->in_pods ? ", in the namespaces of its pods" : "");
		if (rival->error[0]) {
			text_add(&t, "%s", keys.n ? "; " : " ");
			text_add_escaped(&t, rival->error);
		}
		prose_print(out, "", 4, t.at ? t.at : "");
	}
}

static void add_place(struct text *t, const struct boot_remark *remark)
{
	text_add_escaped(t, remark->file);
	if (remark->line)
		text_add(t, ", line %u", remark->line);
	for (int engine = 0; engine < BOOT_ENGINES; engine++)
		if (remark->engines == 1U << engine)
			text_add(t, ", for %s",
				 boot_engine_name((enum boot_engine)engine));
	text_add(t, ": ");
}

static void print_remarks(const struct output *out, const struct boot *boot)
{
	for (size_t k = 0; k < boot->n_remarks; k++) {
		const struct boot_remark *remark = &boot->remarks[k];
		own_text struct text t = { 0 };

		if (k == 0)
			prose_heading(out, "Files of sysctl.d");
		if (remark->file)
			add_place(&t, remark);
		text_add_escaped(&t, remark->text);
		prose_print(out, "", 4, t.at ? t.at : "");
	}
}

static bool is_disputed(const struct inventory *i, const bool *shown)
{
	for (int id = 0; id < KNOB_N; id++) {
		const struct inventory_row *row = &i->at[id];
		const char *procps = inventory_at_boot(i, row, BOOT_PROCPS);
		const char *systemd = inventory_at_boot(i, row, BOOT_SYSTEMD);

		if (shown[id] && procps && systemd &&
		    !knob_equal(row->knob, procps, systemd))
			return true;
	}
	return false;
}

/* What cannot be known of the next boot, and why. */
static void print_boot_gaps(const struct output *out, const struct inventory *i)
{
	const struct boot_file *hidden = inventory_hidden_file(i);
	own_text struct text t = { 0 };

	if (i->no_boot)
		text_add(&t, "AT BOOT is not known: %s. ", i->no_boot);
	if (hidden) {
		text_add(&t, "AT BOOT is reckoned without '");
		text_add_escaped(&t, hidden->path);
		text_add(&t, "', which may set anything and cannot be read here: %s.",
			 strerror(boot_file_error(hidden)));
	}
	if (t.n)
		prose_print(out, "", 0, t.at);
}

static void print_legend(const struct output *out, const struct inventory *i,
			 const bool *shown)
{
	own_text struct text t = { 0 };

	text_add(&t, "Names without a prefix are below net.ipv4 (those with nf_ below "
		     "net.netfilter); '=' is the same as VALUE, '?' is not known.");
	if (is_disputed(i, shown))
		text_add(
			&t,
			" 'A or B': systemd-sysctl, which most hosts boot with, leaves A, "
			"and 'sysctl --system' B.");
	if (i->defaults->trouble[0]) {
		text_add(&t, " Defaults were not asked of the kernel: ");
		text_add_escaped(&t, i->defaults->trouble);
		text_add(&t, ".");
	}
	fputc('\n', out->stream);
	prose_print(out, "", 0, t.at ? t.at : "");
}

static bool is_any(const bool *shown)
{
	for (int id = 0; id < KNOB_N; id++)
		if (shown[id])
			return true;
	return false;
}

void view_knobs(struct view *v, const struct inventory *i, const bool *shown,
		bool is_boot_whole)
{
	const struct output *out = &v->out;

	if (out->is_json) {
		view_knobs_json(v, i, shown);
		return;
	}
	if (is_any(shown)) {
		print_table(out, i, shown, false);
		print_table(out, i, shown, true);
		print_legend(out, i, shown);
	} else if (is_boot_whole && !i->no_boot) {
		fprintf(out->stream, "no file of sysctl.d sets one of these knobs\n");
	} else if (!is_boot_whole) {
		fprintf(out->stream,
			"none: each of these knobs is at its default, as far as "
			"it is known\n");
	}
	print_boot_gaps(out, i);
	print_harms(out, i, shown);
	print_files(out, i, shown, is_boot_whole);
	print_rivals(out, i, shown);
	if (is_boot_whole)
		print_remarks(out, i->boot);
}
