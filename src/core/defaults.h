/* SPDX-License-Identifier: MIT */
/*
 * What the running kernel takes for each knob when nobody sets it. Most defaults are what a
 * new network namespace starts with (sys/oracle.h asks one); some the kernel derives from
 * the host, by rules that are here; and some nobody can tell.
 */
#pragma once

#include "core/snapshot.h"

struct memory_facts;

struct knob_default {
	char *value; /* NULL: unknown. Owned. */
	enum knob_origin how;
	/* why it is unknown, or by which rule it was computed: a clause; "" where asked */
	char why[160];
	/* computed from what may have changed since boot: near is as good as equal, */
	bool is_rough;
	unsigned slack; /* which is within so many thousandths of each number */
};

struct defaults {
	struct knob_default at[KNOB_N];
	char trouble[256]; /* why no namespace could be asked; "" */
};

/*
 * Does a new namespace's value help, here or by a rule? Of all knobs that are KNOB_ASKED,
 * and before Linux 6.1, whose namespaces all share one table, of two that follow from it.
 */
bool defaults_wants(enum knob_id id);

/*
 * Takes over what a new namespace said (*r is empty then): a value, or why there is none.
 */
void defaults_put_asked(struct defaults *d, enum knob_id id, struct reading *r);

/*
 * Fills in the rest, after what was asked was put: a value by the kernel's rule, or why it
 * is unknown. -ENOMEM; *d is for defaults_done() then as well.
 */
int defaults_compute(struct defaults *d, const struct snapshot *s,
		     const struct memory_facts *m);

/* Is this value, of that knob, the default? Where that is unknown it is not. */
bool default_is(const struct knob *k, const struct knob_default *d, const char *value);

void defaults_done(struct defaults *d);
