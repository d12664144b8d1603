/* SPDX-License-Identifier: MIT */
/*
 * The mouth: structs in, text or JSON out. A verb opens a view, hands it what is to be
 * shown (once for each network namespace where it reports on several), and closes it. In
 * JSON mode one document is written by view_close(), so that a verb which fails before
 * leaves standard output empty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/headroom.h"

struct audit;
struct closers;
struct groups;
struct host;
struct inventory;
struct journal;
struct judgement;
struct object_sizes;
struct owners;
struct plan;
struct predictions;
struct problems;
struct profile;
struct reuse;
struct rule;
struct snapshot;
struct topic;
struct transaction;
struct trial;
struct trial_run;

struct output {
	FILE *stream;
	bool is_json;
	bool has_color;
	bool is_terminal;
	bool can_redraw;       /* a terminal whose cursor can be moved */
	bool is_line;	       /* a JSON document is one line: more follow */
	int width;	       /* columns */
	int height;	       /* rows */
	const char *state_dir; /* as the user named it; NULL: the default */
	const char *root_dir;  /* of a recording, as the user named it; NULL: none */
};

struct view;

/*
 * `is_many`: a report on several namespaces, as namespaces[] in JSON and under headings
 * in text. NULL: no memory.
 */
struct view *view_open(const struct output *out, const char *verb, bool is_many);

/* Instead of what was to be said about a namespace: why it could not be. */
void view_failed(struct view *v, const char *why);

/* Begins what is said about one host or namespace; also where there is only one. */
void view_begin(struct view *v, const struct host *host);

/* Writes the document in JSON mode and frees the view; `is_good` false: only frees. */
void view_close(struct view *v, bool is_good);

void view_audit(struct view *v, const struct snapshot *s, const struct audit *a);
void view_sockets(struct view *v, const struct snapshot *s);

/*
 * `s` has what is shown of now, as far as it was read: the sockets in each state, and limits
 * with what is used of them. Of a knob `i` says what it is here; NULL for another topic.
 */
void view_topic(struct view *v, const struct topic *topic, const struct snapshot *s,
		const struct inventory *i);

/*
 * The knobs of which `shown` is set; `is_boot_whole`: with all that files say of them, else
 * only where files do not agree.
 */
void view_knobs(struct view *v, const struct inventory *i, const bool *shown,
		bool is_boot_whole);

void view_rule(struct view *v, const struct rule *rule);
/* All topics by group, or those of one; `group` as topic_find_group() says, or NULL. */
void view_topics(struct view *v, const char *group);

void view_profile_row(struct view *v, const struct profile *p, const char *error);
void view_profile(struct view *v, const struct profile *p);
void view_profile_diff(struct view *v, const struct profile *p, const struct plan *plan);

/* What a check found: problems, and by setting the judgement of its value. */
void view_profile_check(struct view *v, const struct profile *p,
			const struct problems *problems,
			const struct judgement *judgements);

/*
 * A plan that is shown and not carried out, and what it would do; `n_keeps`: settings that
 * would go into the drop-in.
 */
void view_dry_run(struct view *v, const char *profile, const struct plan *plan,
		  size_t n_keeps, const struct predictions *predictions);

/* A plan that was carried out, or needed nothing (`tx` NULL). */
void view_apply(struct view *v, const struct transaction *tx, const char *profile,
		const struct plan *plan, const struct host *host);

/*
 * What was confirmed; `is_kept` false: it did not wait any more, and its state says why.
 * `tx` NULL: nothing ever waited here.
 */
void view_confirm(struct view *v, const struct transaction *tx, bool is_kept,
		  const struct host *host);

/*
 * What became of an undo; `tx` NULL: there was nothing to undo; `is_before`: it had been
 * undone before.
 */
void view_rollback(struct view *v, const struct journal *journal,
		   const struct transaction *tx, bool is_before, const struct host *host);

/* Sockets in groups, and what is said beside them. */
struct group_report {
	const struct snapshot *s;
	const struct groups *groups; /* sorted */
	const struct owners *owners; /* NULL: not read */
	const struct object_sizes *sizes;
	const struct reuse *reuse;
	struct before before;
	const char (*user_names)[64]; /* by user: of each group shown */
	size_t top;		      /* groups shown, the rest in one sum */
};

void view_groups(struct view *v, const struct group_report *r);

/* Expected values against present ones. */
struct drift {
	const char *key;
	const char *operator; /* ">", "<" or "" */
	const char *expected;
	const char *found; /* NULL: absent */
};

/*
 * `subject`: what was verified; NULL: nothing is applied. `unfinished`: id of a
 * transaction cut off, or NULL.
 */
void view_verify(struct view *v, const char *subject, const struct drift *drift, size_t n,
		 size_t n_checked, const char *unfinished);

/* One transaction of a list; or all there is to say of it. */
void view_history_row(struct view *v, const struct transaction *tx,
		      const struct host *host);
void view_history_detail(struct view *v, const struct transaction *tx,
			 const struct host *host);
void view_history_empty(struct view *v);

/* `n_masked`: how many addresses were masked; -1: they are there as they are. */
void view_recorded(struct view *v, const char *dir, ssize_t n_masked);

/* The trials there are. */
void view_trial_list(struct view *v);

/*
 * What came of one trial, whose runs these are: its verdict, and all that was seen. `hz`:
 * of core/trial.h.
 */
void view_trial(struct view *v, const struct trial_run *runs, size_t n, unsigned hz);

/* Of many trials: a table of verdicts, and in whole what was not confirmed. */
void view_trials(struct view *v, const struct trial_run *runs, size_t n, unsigned hz);

/* How far the trials are, on a terminal alone; n 0: it is wiped away. */
void view_progress(const struct output *out, size_t done, size_t n, int64_t left_ms);

/* What `watch` shows after an interval; the first frame has none before it. */
struct interval {
	const struct snapshot *now;
	const struct snapshot *before; /* NULL: there is none */
	int64_t wanted_ms, elapsed_ms; /* as asked for, and as it was */
	const struct closers *closers;
	const char *unattributed; /* why no close can be attributed; NULL: they can */
	size_t n_hidden;	  /* processes that may not be looked at */
};

/* A line for a pipe, below its heading where it is to have one; or a JSON document. */
void view_watch(struct view *v, const struct interval *interval, bool has_heading);

/* What stands on the terminal. Starts with zeros, as where nothing is to be drawn over. */
struct drawn {
	int rows;
	int width, height; /* of the terminal then */
};

/* Draws a frame over the one before, never more of it than the terminal has room for. */
void view_watch_frame(struct view *v, const struct interval *interval,
		      struct drawn *drawn);
