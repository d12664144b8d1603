/* SPDX-License-Identifier: MIT */
#include "core/inventory.h"

#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "core/journal.h"
#include "core/ports.h"

/* The transaction whose change says what a key should be now; NULL: none. */
static const struct transaction *owner_of(const struct journal *j,
					  const struct host *host, const char *key,
					  const struct change **ret)
{
	*ret = j ? journal_owner(j, host, key) : NULL;
	for (size_t i = 0; *ret && i < j->n; i++) {
		const struct plan *plan = &j->at[i].plan;

		if (*ret >= plan->at && *ret < plan->at + plan->n)
			return &j->at[i];
	}
	return NULL;
}

static void find_origin(const struct inventory *i, struct inventory_row *row,
			const struct journal *j)
{
	const struct change *change;
	const struct transaction *tx =
		owner_of(j, &i->snapshot->host, row->knob->name, &change);
	const struct origin_facts facts = {
		.is_default_known = row->standard->value,
		.is_default = row->is_default,
		.boot = inventory_is_booted(i, row) ? row->boot : NULL,
		.applied = tx ? change->to : NULL,
		.transaction = tx ? tx->id : NULL,
	};

	row->origin = origin_find(row->knob, row->reading->value, &facts);
}

/*
 * What bands that speak of the default go by: the default, or the value where it is not known
 * or, computed roughly, as good as the value.
 */
static const char *reference_of(const struct inventory_row *row)
{
	return row->standard->value && !row->is_default ? row->standard->value
							: row->reading->value;
}

static void judge(struct inventory_row *row, const struct surroundings *around)
{
	const char *systemd = row->boot[BOOT_SYSTEMD].value;
	struct surroundings here = *around;

	here.now = reference_of(row);
	if (!here.now || !num_parse(here.now, 0, INT64_MAX, &here.reference))
		here.reference = -1;
	if (row->reading->value)
		band_judge(row->knob, row->reading->value, &here, &row->judgement);
	if (systemd && knob_check(row->knob, systemd, NULL) == 0 &&
	    !(row->reading->value &&
	      knob_holds(row->knob, systemd, row->reading->value))) {
		band_judge(row->knob, systemd, &here, &row->boot_judgement);
		row->is_boot_judged = true;
	}
}

/* One that this kernel lacks no file can set, unless a module brings it. */
static bool can_be_booted(const struct inventory *i, const struct inventory_row *row)
{
	return inventory_is_booted(i, row) &&
	       (row->reading->value || row->knob->module || inventory_is_image(i));
}

static int make_row(struct inventory *i, enum knob_id id, const struct journal *j,
		    const struct surroundings *around)
{
	struct inventory_row *row = &i->at[id];
	int r = 0;

	*row = (struct inventory_row){
		.knob = &catalogue[id],
		.reading = &i->snapshot->knobs[id],
		.standard = &i->defaults->at[id],
	};
	for (int engine = 0; can_be_booted(i, row) && engine < BOOT_ENGINES && r == 0;
	     engine++)
		r = boot_look_up(i->boot, (enum boot_engine)engine, row->knob->name,
				 row->knob, row->standard->value, &row->boot[engine]);
	if (r < 0)
		return r;
	if (row->reading->value) {
		row->is_default =
			default_is(row->knob, row->standard, row->reading->value);
		find_origin(i, row, j);
	}
	judge(row, around);
	return 0;
}

int inventory_make(struct inventory *ret, const struct snapshot *s,
		   const struct defaults *defaults, const struct boot *boot,
		   const char *no_boot, const struct rivals *rivals,
		   const struct journal *journal)
{
	struct port_set reserved = { 0 };
	const char *list = s->knobs[KNOB_RESERVED_PORTS].value;
	const struct surroundings around = {
		.timestamps = s->knobs[KNOB_TIMESTAMPS].value,
		.reserved = list && ports_parse(&reserved, list) ? &reserved : NULL,
		.listening = s->has_census ? &s->census.listening : NULL,
		.range = s->knobs[KNOB_PORT_RANGE].value,
	};
	int r = 0;

	*ret = (struct inventory){
		.snapshot = s,
		.defaults = defaults,
		.boot = boot,
		.no_boot = no_boot,
		.rivals = rivals,
	};
	for (int id = 0; id < KNOB_N && r == 0; id++)
		r = make_row(ret, (enum knob_id)id, journal, &around);
	if (r < 0)
		inventory_done(ret);
	return r;
}

void inventory_done(struct inventory *i)
{
	for (int id = 0; id < KNOB_N; id++)
		for (int engine = 0; engine < BOOT_ENGINES; engine++)
			boot_value_done(&i->at[id].boot[engine]);
}

const char *inventory_at_boot(const struct inventory *i, const struct inventory_row *row,
			      enum boot_engine engine)
{
	if (row->boot[engine].value)
		return row->boot[engine].value;
	if (!inventory_is_booted(i, row) || !row->reading->value ||
	    inventory_is_of_init(i, row))
		return NULL;
	/* a default that is computed roughly is at best as good as what stands there */
	return row->is_default ? row->reading->value : row->standard->value;
}

bool inventory_is_booted(const struct inventory *i, const struct inventory_row *row)
{
	return !i->no_boot || row->knob->scope == KNOB_HOST;
}

bool inventory_is_disputed(const struct inventory *i, const struct inventory_row *row)
{
	const char *procps = inventory_at_boot(i, row, BOOT_PROCPS);
	const char *systemd = inventory_at_boot(i, row, BOOT_SYSTEMD);

	if (!procps || !systemd)
		return procps != systemd;
	return !knob_equal(row->knob, procps, systemd);
}

bool inventory_is_image(const struct inventory *i)
{
	return !i->snapshot->host.kernel[0];
}

bool inventory_is_of_init(const struct inventory *i, const struct inventory_row *row)
{
	for (size_t m = 0; m < i->rivals->n; m++)
		if (i->rivals->at[m].is_init &&
		    rival_writes_here(&i->rivals->at[m], row->knob->name))
			return true;
	return false;
}

bool inventory_is_changed(const struct inventory_row *row)
{
	return row->reading->value && !row->is_default &&
	       (row->standard->value || row->origin.kind != ORIGIN_UNKNOWN);
}

bool inventory_is_in_files(const struct inventory_row *row)
{
	return row->boot[BOOT_PROCPS].value || row->boot[BOOT_SYSTEMD].value ||
	       row->boot[BOOT_PROCPS].n_losers || row->boot[BOOT_SYSTEMD].n_losers;
}
