/* SPDX-License-Identifier: MIT */
/*
 * Carries trials out: each arm in a child of this process, in a network namespace of its
 * own, several side by side. Neither outlives this process.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/trial.h"

struct err;
struct lab;

/* Who is told how far they are: arms done, of how many, and the time left. */
struct trial_watcher {
	void (*tell)(void *to, size_t done, size_t n, int64_t left_ms);
	void *to;
};

/*
 * Runs them, at most `jobs` at once, the longest first; an arm that does not confirm its
 * claim is run again, twice at most, and only the last time counts. `hz`: ticks of this kernel a second. Call it before any thread
 * is started. A signal to stop (sys/stop.h) ends them at once. The outcomes are good until
 * trials_done(). -EINTR and a sentence: a signal came; -errno: no process could be started.
 * What an arm met is in its outcome.
 */
int trials_run(struct trial_run *runs, size_t n, unsigned jobs, unsigned hz,
	       const struct trial_watcher *watcher, struct err *e);
void trials_done(struct trial_run *runs, size_t n);

/*
 * The experiments: each runs one arm of the trial whose name it has, in the lab, and tells
 * what it saw. -errno and a sentence: it could not.
 */
int trial_time_wait_length_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_fin_wait_2_timeout_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_fin_wait_2_held_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_close_wait_forever_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_close_vs_shutdown_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_orphan_retries_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_keepalive_armed_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_tw_reuse_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_port_exhaustion_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_linger_zero_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_unread_close_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_listen_overflow_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_write_traps_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_last_ack_lost_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_time_wait_assassination_run(struct lab *lab, const struct arm *arm,
				      struct err *e);
int trial_server_side_syn_run(struct lab *lab, const struct arm *arm, struct err *e);
int trial_tw_buckets_run(struct lab *lab, const struct arm *arm, struct err *e);
