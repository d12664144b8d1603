/* SPDX-License-Identifier: MIT */
/*
 * All there is to say about each knob of the catalogue on one machine: its value, what the
 * kernel starts with, what it will be after the next boot, where its value comes from, who
 * else writes it, and how risky it is.
 */
#pragma once

#include "core/band.h"
#include "core/boot.h"
#include "core/defaults.h"
#include "core/rivals.h"
#include "core/origin.h"
#include "core/snapshot.h"

struct journal;

struct inventory_row {
	const struct knob *knob;
	const struct reading *reading;	     /* borrowed, of the snapshot */
	const struct knob_default *standard; /* borrowed, of the defaults */
	bool is_default; /* the value is the default, as far as is known */
	struct boot_value boot[BOOT_ENGINES]; /* owned; nothing where there is no boot */
	struct origin origin;		      /* only where there is a value */
	struct judgement judgement;	      /* likewise */
	/* of what systemd-sysctl makes of it, where that is another value */
	struct judgement boot_judgement;
	bool is_boot_judged;
};

struct inventory {
	const struct snapshot *snapshot;
	const struct defaults *defaults;
	const struct boot *boot;
	const char
		*no_boot; /* why the boot does not write this namespace; NULL: it does */
	const struct rivals *rivals;
	struct inventory_row at[KNOB_N];
};

/*
 * `journal` NULL: none was read. All are borrowed until inventory_done(). -ENOMEM.
 */
int inventory_make(struct inventory *ret, const struct snapshot *s,
		   const struct defaults *defaults, const struct boot *boot,
		   const char *no_boot, const struct rivals *rivals,
		   const struct journal *journal);
void inventory_done(struct inventory *i);

/* Does the boot write it: this namespace, or a knob of the whole host? */
bool inventory_is_booted(const struct inventory *i, const struct inventory_row *row);

/* Do the two programs leave different values? Where one value is not known they do. */
bool inventory_is_disputed(const struct inventory *i, const struct inventory_row *row);

/* Is it a tree that was never booted? */
bool inventory_is_image(const struct inventory *i);

/*
 * What a knob will be after the next boot: what the files leave, else the default; NULL: not
 * known, or not written by the boot.
 */
const char *inventory_at_boot(const struct inventory *i, const struct inventory_row *row,
			      enum boot_engine engine);

/* Is the value other than what the kernel starts with, as far as can be told? */
bool inventory_is_changed(const struct inventory_row *row);

/* Do files name it? */
bool inventory_is_in_files(const struct inventory_row *row);

/* Does PID 1 itself write it, if no file does? */
bool inventory_is_of_init(const struct inventory *i, const struct inventory_row *row);
