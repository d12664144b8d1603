/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "view/knobs.h"
#include "view/prose.h"
#include "view/view.h"

enum { HEAD_INDENT = 10 };

static void print_line(const struct output *out, const char *label, const struct text *t)
{
	char first[HEAD_INDENT + 1];

	snprintf(first, sizeof(first), "%-*s", HEAD_INDENT, label);
	prose_print(out, first, HEAD_INDENT, t->at ? t->at : "");
}

static void add_value(struct text *t, const struct knob *k, const char *value)
{
	if (!*value)
		text_add(t, "(none)");
	text_add_escaped(t, value);
	if (*value && k->unit[0])
		text_add(t, " %s", k->unit);
}

static void print_here(const struct output *out, const struct inventory *i,
		       const struct inventory_row *row)
{
	own_text struct text t = { 0 }, origin = { 0 };

	if (!row->reading->value) {
		text_add(&t, "not readable: ");
		knobs_absence_text(i, row, &t);
		print_line(out, "here:", &t);
		return;
	}
	add_value(&t, row->knob, row->reading->value);
	knobs_origin_text(i, row, &origin);
	text_add(&t, "; origin: ");
	text_add_escaped(&t, origin.at ? origin.at : "");
	if (row->judgement.finding)
		text_add(&t, "; %s: %s", band_name(row->judgement.band),
			 row->judgement.harm);
	else
		text_add(&t, "; %s", band_name(row->judgement.band));
	print_line(out, "here:", &t);
}

static void print_default(const struct output *out, const struct inventory_row *row)
{
	const struct knob_default *d = row->standard;
	own_text struct text t = { 0 };

	if (!d->value) {
		text_add(&t, "not known: ");
		text_add_escaped(&t, d->why);
	} else {
		add_value(&t, row->knob, d->value);
		text_add(&t, "%s%s",
			 d->how == KNOB_COMPUTED ? ", computed: "
						 : ", asked of a new network namespace",
			 d->how == KNOB_COMPUTED ? d->why : "");
	}
	print_line(out, "default:", &t);
}

static void print_boot(const struct output *out, const struct inventory *i,
		       const struct inventory_row *row)
{
	const char *systemd = inventory_at_boot(i, row, BOOT_SYSTEMD);
	const char *procps = inventory_at_boot(i, row, BOOT_PROCPS);
	const struct boot_file *hidden = i->boot->hidden;
	own_text struct text t = { 0 };

	if (!inventory_is_booted(i, row))
		text_add(&t, "not known: %s", i->no_boot);
	else if (!inventory_is_in_files(row) && inventory_is_of_init(i, row))
		text_add(&t,
			 "what systemd sets as it starts; no file of sysctl.d names it");
	else if (!inventory_is_in_files(row))
		text_add(&t, "the default; no file of sysctl.d names it");
	else if (systemd && procps && knob_equal(row->knob, systemd, procps))
		add_value(&t, row->knob, systemd);
	else
		text_add(&t, "depends on who reads the files");
	if (inventory_is_booted(i, row) && hidden) {
		text_add(&t, "; reckoned without '");
		text_add_escaped(&t, hidden->path);
		text_add(&t, "', which cannot be read here");
	}
	print_line(out, "at boot:", &t);
	if (inventory_is_in_files(row))
		knobs_print_files(out, row);
}

static void print_range(const struct output *out, const struct inventory_row *row)
{
	const struct knob *k = row->knob;
	const char *safe = band_safe_values(k);
	own_text struct text t = { 0 };

	if (k->is_fixed)
		text_add(&t, "nothing: it is read-only");
	else if (k->shape == KNOB_WORD)
		text_add(&t, "a name");
	else
		text_add(&t, "%s%" PRId64 " to %" PRId64,
			 k->shape == KNOB_VECTOR  ? "three numbers, each "
			 : k->shape == KNOB_RANGE ? "two ports, each "
			 : k->shape == KNOB_PORTS ? "a list of ports, each "
						  : "",
			 k->kernel_min, k->kernel_max);
	if (safe)
		text_add(&t, "; safe: %s", safe);
	text_add(&t, "; risk of raising: %s, of lowering: %s", knob_risk_name(k->raising),
		 knob_risk_name(k->lowering));
	print_line(out, "takes:", &t);
}

static void print_scope(const struct output *out, const struct knob *k)
{
	own_text struct text t = { 0 };

	text_add(&t, "%s",
		 k->scope == KNOB_HOST ? "one for the whole host"
				       : "one for each network namespace");
	if (k->is_pod_safe)
		text_add(&t, "; a safe sysctl for Kubernetes");
	if (k->since)
		text_add(&t, "; since %s", k->since);
	if (k->until)
		text_add(&t, "; removed in %s", k->until);
	if (k->module)
		text_add(&t, "; with the module %s", k->module);
	if (k->changed)
		text_add(&t, "; %s", k->changed);
	print_line(out, "scope:", &t);
}

void knobs_print_head(const struct output *out, const struct inventory *i,
		      const struct inventory_row *row)
{
	print_here(out, i, row);
	if (row->reading->value) {
		print_default(out, row);
		print_boot(out, i, row);
	}
	print_range(out, row);
	print_scope(out, row->knob);
}
