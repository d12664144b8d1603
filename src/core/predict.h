/* SPDX-License-Identifier: MIT */
/*
 * What the changes of a plan will do, from what was counted at this moment: each with the
 * formula and the numbers it rests on. Rules are the measured ones (facts on Linux 6.18),
 * numbers are the census's, and what neither tells is unknown, never a zero.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct object_sizes;
struct plan;
struct snapshot;

enum predict_effect {
	PREDICT_NONE, /* on what the text names */
	PREDICT_SOME,
	PREDICT_UNKNOWN, /* not from the census; or what it takes was not read */
};

/* A number or a knob's value that a prediction rests on. */
struct predict_input {
	const char *name; /* "FIN_WAIT_2, orphaned", "net.ipv4.tcp_tw_reuse"; borrowed */
	const char *
		source; /* "census", "sysctl", "planned", "/proc/net/sockstat", …; borrowed */
	const char *value; /* of a knob, borrowed from the snapshot; else NULL */
	double number;	   /* where there is no value, */
	bool is_read;	   /* and neither without this */
};

struct prediction {
	const char *key; /* of the change; borrowed from the plan, as `from` and `to` */
	const char *from, *to;
	enum predict_effect effect;
	struct text text; /* a sentence, without the full stop */
	struct text
		formula; /* "rate x lifetime = 50 / 60 s x 20 s = 16.7"; may be empty */
	struct predict_input *inputs;
	size_t n_inputs;
	bool is_broken;	  /* no memory for one of them */
	const char *unit; /* of what is now and what comes: "sockets"; NULL: no numbers */
	double before, after;
	bool has_before, has_after;
};

struct predictions {
	struct prediction *at;
	size_t n;
};

/*
 * Of each change of the plan that is to be written, in its order; what several of them do
 * together is said once, at the first. Why there is no census, `now` has as unanswered
 * "sockets". 0, or -ENOMEM; call predictions_done() either way. `plan` and `now` must
 * outlive *ret.
 */
int predict(const struct plan *plan, const struct snapshot *now,
	    const struct object_sizes *sizes, struct predictions *ret);

void predictions_done(struct predictions *p);

/* "none", "some", "unknown". */
const char *predict_effect_name(enum predict_effect effect);

/* "16.7", "17": with a digit behind the point where it is no whole number. */
enum { PREDICT_NUMBER_MAX = 32 };
void predict_number(double n, char ret[PREDICT_NUMBER_MAX]);

/* A number that is multiplied: below 10 to three digits that count, "0.0833". */
void predict_factor(double n, char ret[PREDICT_NUMBER_MAX]);

/*
 * Seconds an orphaned FIN_WAIT_2 lasts for a tcp_fin_timeout, with the floor of 3.5
 * retransmission timeouts (tcp_time_wait() in net/ipv4/tcp_minisocks.c), of 0.2 s.
 */
double predict_fin_wait2_seconds(int64_t fin_timeout);
