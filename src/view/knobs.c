/* SPDX-License-Identifier: MIT */
#include "view/knobs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "view/document.h"
#include "view/prose.h"

static void print_harm(const struct output *out, const struct knob *k, const char *value,
		       const char *when, const struct judgement *j)
{
	own_text struct text t = { 0 };

	text_add(&t, "%s=", knobs_name(k));
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

static bool is_contested(const struct inventory *i, const struct inventory_row *row)
{
	return row->boot[BOOT_PROCPS].n_losers || row->boot[BOOT_SYSTEMD].n_losers ||
	       inventory_is_disputed(i, row);
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
		fprintf(out->stream, "%s\n", knobs_name(row->knob));
		knobs_print_files(out, row);
	}
}

/* The knobs it writes, of those that are shown: " tcp_rmem, tcp_wmem"; none: nothing. */
static void add_keys(struct text *t, const struct rival *rival, const bool *shown)
{
	size_t n = 0;

	for (int id = 0; id < KNOB_N; id++)
		if (shown[id] && rival_writes(rival, catalogue[id].name))
			text_add(t, "%s%s", n++ ? ", " : " ", knobs_name(&catalogue[id]));
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

static bool is_any_disputed(const struct inventory *i, const bool *shown)
{
	for (int id = 0; id < KNOB_N; id++)
		if (shown[id] && inventory_is_disputed(i, &i->at[id]))
			return true;
	return false;
}

/* What cannot be known of the next boot, and why. */
static void print_boot_gaps(const struct output *out, const struct inventory *i)
{
	const struct boot_file *hidden = i->boot->hidden;
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
	if (is_any_disputed(i, shown))
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
		knobs_print_table(out, i, shown, false);
		knobs_print_table(out, i, shown, true);
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
