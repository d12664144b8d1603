/* SPDX-License-Identifier: MIT */
/* What the files of sysctl.d make of one knob. */
#include "view/knobs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "view/prose.h"
#include "view/view.h"

enum { SHORT = 120 }; /* bytes of a value in a sentence */

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
