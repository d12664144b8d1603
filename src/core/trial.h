/* SPDX-License-Identifier: MIT */
/*
 * What `finwait prove` proves: claims about the kernel, and the experiments that could show
 * them wrong. A trial is data: the arms of its experiment, each run in a network namespace
 * of its own, and what the claim says each arm will measure. sys/trials.c knows how to carry
 * them out; the verdict on what was seen follows here, from the numbers alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum trial_unit {
	TRIAL_MS,     /* a time; measured as two bounds it lies between */
	TRIAL_COUNT,  /* of something */
	TRIAL_STATE,  /* TCP_TIME_WAIT …; 0: there is no such socket */
	TRIAL_ERRNO,  /* what a call failed with; 0: it went well */
	TRIAL_TIMER,  /* which timer of a socket runs: enum socket_timer */
	TRIAL_NUMBER, /* as a knob shows it */
	TRIAL_YES,    /* 1 yes, 0 no */
};

/* One thing an arm measures, and what it is if the claim is right. */
struct expectation {
	const char *what; /* "the FIN_WAIT_2 lasted"; the last one has NULL */
	enum trial_unit unit;
	int64_t low, high; /* the claim; high INT64_MAX: no end was seen */
	/*
	 * A TRIAL_MS is the time of so many kernel timers, one after the other; each may be
	 * late by what the wheel allows (core/wheel.h). 0: low and high stand as they are.
	 */
	unsigned timers;
	const char *tolerance; /* why it is not one number; NULL: it is, or a timer's */
};

/* A knob of the scratch namespace, and its value there. */
struct trial_setting {
	const char *key; /* dotted, whole; the last one has NULL */
	const char *value;
};

enum arm_role { ARM_CONTROL, ARM_TREATMENT };

enum { ARM_SETTINGS = 9, ARM_EXPECTATIONS = 9 };

struct arm {
	enum arm_role role;
	const char *label; /* what sets it apart: "tcp_fin_timeout = 61" */
	struct trial_setting set[ARM_SETTINGS]; /* written before it begins */
	int variant;	     /* what the trial's function does in this arm; its own */
	int64_t number;	     /* a number for it; its own */
	unsigned about_ms;   /* how long it takes */
	bool is_long;	     /* only at full length */
	bool is_where_known; /* left out where the kernel lacks a knob of `set` */
	struct expectation expects[ARM_EXPECTATIONS];
};

struct trial {
	const char *name;		 /* "time-wait-length" */
	const char *title;		 /* the claim in a few words, no full stop */
	const char *claim;		 /* one or two sentences */
	const char *control, *treatment; /* what is compared, a line each, no full stop */
	const char *follows;		 /* what it means for who owns a server */
	const char *source;		 /* where the kernel or a standard says so */
	const char *at_length; /* what more is done at full length; NULL: it has none */
	const char
		*topics; /* what `explain` knows of it, by name, separated by one blank */
	const struct arm *arms; /* the last one has no label; controls first */
	/*
	 * The knob a user may give a value, without its prefix; NULL: none. `make` then
	 * writes the arm that measures it in place of the treatments; its settings' value is
	 * the caller's to fill. A value outside min..max takes too long, or means nothing.
	 */
	const char *knob;
	int64_t knob_min, knob_max;
	void (*make)(int64_t value, struct arm *ret);
};

/* All of them, in the order of every list; the last one is NULL. */
extern const struct trial *const trials[];

/* However it is spelled: case, '-' and '_' do not matter. NULL: none. */
const struct trial *trial_find(const char *name);

/* Is `name` among its topics, however it is spelled (core/topic.h)? */
bool trial_proves(const struct trial *trial, const char *topic);

/* About how long it takes if all its arms run side by side, in milliseconds. */
unsigned trial_about_ms(const struct trial *trial, bool is_long);

/* One thing that was seen. */
enum { OBSERVATION_WORDS = 240, OUTCOME_OBSERVATIONS = 64, OUTCOME_WHY = 1032 };

struct observation {
	int64_t at_ms; /* since the arm began */
	int measure;   /* which of the arm's expectations; -1: only told */
	int64_t low,
		high; /* what was measured lies between; high INT64_MAX: no end seen */
	char text[OBSERVATION_WORDS]; /* of what was only told */
};

/* What an arm came to. Plain memory, that parent and child share. */
struct outcome {
	struct observation at[OUTCOME_OBSERVATIONS];
	unsigned n;
	bool is_done;	  /* the experiment came to its end */
	bool is_left_out; /* the kernel has no such knob: `why` */
	int error;	  /* a positive errno, if it did not; and a sentence: */
	char why[OUTCOME_WHY];
	int64_t took_ms;
	unsigned tries; /* this is the last one's */
};

/* One arm that is run, or was. */
struct trial_run {
	const struct trial *trial;
	const struct arm *arm;
	struct outcome *outcome; /* of sys/trials.c; NULL: not run */
};

/* What the claim allows on a kernel of so many ticks a second, tolerances included. */
void expectation_bounds(const struct expectation *x, unsigned hz, int64_t *ret_low,
			int64_t *ret_high);

enum fit {
	FIT_IN,	       /* as claimed */
	FIT_OUT,       /* otherwise */
	FIT_UNDECIDED, /* its bounds are too far apart to tell: the machine was busy */
	FIT_MISSING,   /* not measured */
};

/* How the i-th expectation of the arm fared. *ret: what was measured; NULL: nothing. */
enum fit outcome_fit(const struct arm *arm, const struct outcome *o, size_t i,
		     unsigned hz, const struct observation **ret);

/* The worst last. */
enum verdict { VERDICT_CONFIRMED, VERDICT_NOT_RUN, VERDICT_REFUTED, VERDICTS };

/* Of one arm; one that was left out is confirmed by nothing and refutes nothing. */
enum verdict outcome_verdict(const struct arm *arm, const struct outcome *o, unsigned hz);

/* Came it to its end, but too inexact to tell? Another run of the arm might tell more. */
bool outcome_is_undecided(const struct arm *arm, const struct outcome *o, unsigned hz);

/* Of the runs of one trial: what refutes wins, then what could not be run. */
enum verdict trial_verdict(const struct trial_run *runs, size_t n, unsigned hz);

/* The runs of a trial stand together: how many of these are of the first one's. */
size_t trial_runs_of_first(const struct trial_run *runs, size_t n);

/* Could none be told from the contrary, though nothing else was amiss? */
bool trial_is_undecided(const struct trial_run *runs, size_t n, unsigned hz);

/* How long the longest of them took. */
int64_t trial_took_ms(const struct trial_run *runs, size_t n);

/* "confirmed refuted not_run", as JSON says it. */
const char *verdict_key(enum verdict verdict);

/* The rows, by subject. */
extern const struct trial trial_time_wait_length;
extern const struct trial trial_fin_wait_2_timeout;
extern const struct trial trial_fin_wait_2_held;
extern const struct trial trial_close_wait_forever;
extern const struct trial trial_close_vs_shutdown;
extern const struct trial trial_orphan_retries;
extern const struct trial trial_keepalive_armed;
extern const struct trial trial_tw_reuse;
extern const struct trial trial_port_exhaustion;
extern const struct trial trial_linger_zero;
extern const struct trial trial_unread_close;
extern const struct trial trial_listen_overflow;
extern const struct trial trial_write_traps;
extern const struct trial trial_last_ack_lost;
extern const struct trial trial_time_wait_assassination;
extern const struct trial trial_server_side_syn;
extern const struct trial trial_tw_buckets;
