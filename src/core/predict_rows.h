/* SPDX-License-Identifier: MIT */
/* Inside core/predict*.c only: what a rule sees, and what it says with. */
#pragma once

#include <stdint.h>

#include "core/catalogue.h"
#include "core/predict.h"
#include "core/snapshot.h"

struct change;

/* One change, the host now, and the host as the whole plan makes it. */
struct outlook {
	const struct change *change;
	const struct knob *knob;    /* NULL: without knowledge */
	const struct snapshot *now; /* with `then` differs in the values of knobs alone */
	const struct snapshot *then;
	const struct object_sizes *sizes;
	struct predictions *list;
	struct prediction spare; /* where there was no memory for one */
	bool is_broken;		 /* and then this is so */
};

typedef void predict_rule(struct outlook *o);

struct predict_row {
	enum knob_id id;
	predict_rule *rules[8];	 /* those that need the census ... */
	predict_rule *others[3]; /* ... and those that do not */
};

/* Each ends with a row without rules. */
extern const struct predict_row predict_fin_wait2[];
extern const struct predict_row predict_closing[];
extern const struct predict_row predict_timers[];
extern const struct predict_row predict_listening[];
extern const struct predict_row predict_ports[];

/* Adds one and says its sentence. Good until the next. */
struct prediction *predict_say(struct outlook *o, enum predict_effect effect,
			       const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void predict_formula(struct prediction *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What it rests on: sockets, another number, a knob as it is now or will be. */
void predict_from_census(const struct outlook *o, struct prediction *p, const char *name,
			 uint64_t n);
void predict_from_number(struct prediction *p, const char *name, const char *source,
			 bool is_read, double n);
void predict_from_knob(const struct outlook *o, struct prediction *p,
		       const struct snapshot *s, enum knob_id id);

/* "1 orphan", "2 orphans": what stands behind the noun. */
static inline const char *predict_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void predict_numbers(struct prediction *p, const char *unit, double before, double after);

/* The numbers of the change itself; false, and it is said, if they are none. */
bool predict_change(struct outlook *o, int64_t *ret_from, int64_t *ret_to);

/* Of a switch, 0 or not: is it turned, on or off? Else that is said. */
bool predict_turn(struct outlook *o, bool *ret_on);

/*
 * Connections per second that one local address can go on making to one destination: of
 * all knobs of the ports together, so that it is said once.
 */
predict_rule predict_capacity;

/* How many ports there are: of both knobs that say it. */
predict_rule predict_pool;

/* When a dead peer is noticed: of the three tcp_keepalive_ together. */
predict_rule predict_dead_peer;
