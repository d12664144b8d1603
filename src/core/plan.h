/* SPDX-License-Identifier: MIT */
/*
 * A plan: ordered changes, made and judged before anything is written. Carrying it out
 * and undoing it are sys/transact.c's; the changes of a past transaction are the same
 * struct.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/band.h"

struct err;
struct reading;
struct settings;
struct snapshot;

enum change_state {
	CHANGE_TODO,	  /* planned */
	CHANGE_SAME,	  /* already so; nothing to write */
	CHANGE_ABSENT,	  /* no such sysctl here */
	CHANGE_READ_ONLY, /* nobody may write it here */
	CHANGE_DONE,	  /* written and read back */
	CHANGE_UNDONE,	  /* put back */
	CHANGE_CONFLICT,  /* somebody else changed it; left alone */
};

/* Where a conflict found no sysctl at all. */
#define CHANGE_FOUND_ABSENT "(absent)"

/* One key, from one value to another. */
struct change {
	char *key;  /* all owned */
	char *from; /* NULL: absent here */
	char *to;
	char *found; /* of an undo: the value that stood there, or CHANGE_FOUND_ABSENT */
	enum change_state state;
	bool is_settled; /* of the journal: an undo has dealt with it for good */
	struct judgement judgement;
};

struct plan {
	struct change *at;
	size_t n;
};

/* What the user has agreed to. */
struct consent {
	bool accept_risk;   /* values with a known risk */
	bool allow_unrated; /* keys without knowledge */
	bool force;	    /* values no profile may carry; for --set alone */
	bool require_all;   /* a profile: refuse where a key is absent or read-only */
	bool is_persistent; /* also what is in force already is written, for the boot */
};

/*
 * Makes the plan for `settings`, with the current value of settings->at[i] in
 * readings[i], in the order in which it must be written, and judges each value by what
 * `now` says of the host (tcp_timestamps, reserved ports, listeners, derived defaults).
 * -errno where a reading failed for another reason than absence, with a sentence;
 * -ENOMEM.
 */
int plan_make(struct plan *plan, const struct settings *settings,
	      const struct reading *readings, const struct snapshot *now, struct err *e);

/* Is something to be written? */
bool plan_has_work(const struct plan *plan);

/*
 * May the plan be carried out with this consent? 0, or -EPERM and a sentence with the
 * first change that may not, the harm, and the option that takes it.
 */
int plan_check(const struct plan *plan, const struct consent *consent, bool is_profile,
	       struct err *e);

/*
 * "done same undone conflict absent read_only", as JSON says it; CHANGE_TODO is
 * "planned".
 */
const char *change_state_key(enum change_state state);

void change_done(struct change *c);
void plan_done(struct plan *plan);
