/* SPDX-License-Identifier: MIT */
/*
 * The inside of one arm of a trial: a process and a network namespace of its own, in which
 * it may write sysctls and open connections, and what was seen. All this is called in that
 * process alone. It ends with _exit(), and the namespace with it, so that an experiment
 * closes only what its subject is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/trial.h"
#include "sys/sighting.h"

struct lab {
	const struct arm *arm;
	struct outcome *outcome;
	unsigned hz; /* ticks of the kernel a second */
	int root_fd;
	uint64_t host_inode; /* of the namespace finwait was started in */
	int64_t began_ms;
	int64_t known_ms; /* of lab_now(): when something was done last */
	struct nl_sock *sockets;
};

/*
 * Leaves the host's network namespace and gets ready: the loopback is up, the arm's settings
 * are written. -errno and a sentence; outcome->is_left_out says that a knob is not there.
 */
int lab_open(struct lab *lab, struct err *e);

/* Milliseconds since the arm began. */
int64_t lab_now(const struct lab *lab);

/*
 * For who reads the trial, without a full stop: what is done right after this, so that a
 * moment that lab_await() finds lies behind it; and what was seen.
 */
void lab_do(struct lab *lab, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lab_say(struct lab *lab, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What the arm's expectation of that index came to: something between low and high. */
void lab_saw(struct lab *lab, unsigned measure, int64_t low, int64_t high);
void lab_saw_exactly(struct lab *lab, unsigned measure, int64_t value);

/* Until when it is worth waiting for what a TRIAL_MS claims: longer than that refutes it. */
int64_t lab_patience_ms(const struct lab *lab, unsigned measure);

/*
 * Is this a namespace of our own? Before any write of a sysctl that lab_set() cannot do.
 * -EPERM and a sentence: not, or not known to be.
 */
int lab_check_secluded(const struct lab *lab, struct err *e);

/*
 * Writes a sysctl of the scratch namespace and says so, after a look at which namespace this
 * is: never the host's. -errno and a sentence; -ENOENT: there is none.
 */
int lab_set(struct lab *lab, const char *key, const char *value, struct err *e);

/* What the kernel shows for a sysctl. The caller frees *ret. */
int lab_read(struct lab *lab, const char *key, char **ret, struct err *e);

/* A counter of /proc/net/netstat or snmp, as the kernel names it: "TCPTimeWaitOverflow". */
int lab_counter(struct lab *lab, const char *name, int64_t *ret, struct err *e);

/* Sockets in a state, of the namespace this process is in. */
int lab_count(int state, int64_t *ret, struct err *e);

int lab_look(struct lab *lab, const struct flow *flow, struct sighting *ret,
	     struct err *e);

/*
 * When something came to be: after the last look that did not see it, or what was done last,
 * and by the first look that did.
 */
struct moment {
	int64_t after_ms, by_ms; /* of lab_now(); by_ms INT64_MAX: it was not seen */
};

/* A look at what is awaited: is it so by now? -errno and a sentence. */
typedef int lab_look_fn(struct lab *lab, void *to, bool *ret_is_so, struct err *e);

/*
 * Looks every few milliseconds, later less often, until it is so or for `limit_ms`. *ret:
 * when it came to be so; NULL: nobody wants to know.
 */
int lab_await_that(struct lab *lab, lab_look_fn *look, void *to, int64_t limit_ms,
		   struct moment *ret, struct err *e);

/*
 * Looks at one end of a connection until it is in `state` (0: gone),
 * or for `limit_ms`. *ret_seen is the last look; NULL: nobody wants to know.
 */
int lab_await(struct lab *lab, const struct flow *flow, int state, int64_t limit_ms,
	      struct moment *ret, struct sighting *ret_seen, struct err *e);

/* The same until its timer is that one (struct sighting), or it is gone. */
int lab_await_timer(struct lab *lab, const struct flow *flow, int timer, int64_t limit_ms,
		    struct moment *ret, struct sighting *ret_seen, struct err *e);

/*
 * Measures the state of one end of a connection: waits for the one the arm claims, for
 * `limit_ms` at most, and tells the one there is.
 */
int lab_see_state(struct lab *lab, unsigned measure, const struct flow *flow,
		  int64_t limit_ms, struct err *e);

/*
 * Measures a counter, which began at 0 with the namespace: waits until it is as high as the
 * arm claims, for `limit_ms` at most, and tells what it is.
 */
int lab_see_counter(struct lab *lab, unsigned measure, const char *name, int64_t limit_ms,
		    struct err *e);

/* How long it was from one moment to the other, for a TRIAL_MS. */
void lab_saw_time(struct lab *lab, unsigned measure, struct moment from,
		  struct moment to);

/*
 * As lab_await(), for a step on the way to what is measured: a state that is not reached
 * within two seconds is an error.
 */
int lab_reach(struct lab *lab, const struct flow *flow, int state, struct moment *ret,
	      struct sighting *ret_seen, struct err *e);

/*
 * Watches one end of a connection for `ms` from a moment on, or until it is gone, and says
 * for a TRIAL_MS how long it was there. *ret_seen: the last look; NULL: nobody wants to know.
 */
int lab_watch(struct lab *lab, const struct flow *flow, struct moment from, int64_t ms,
	      unsigned measure, struct sighting *ret_seen, struct err *e);

/* Looks at a counter until it is `least` or more, or for `limit_ms`. */
int lab_await_counter(struct lab *lab, const char *name, int64_t least, int64_t limit_ms,
		      struct moment *ret, struct err *e);
