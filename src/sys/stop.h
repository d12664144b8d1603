/* SPDX-License-Identifier: MIT */
/*
 * The signals that ask to stop: SIGINT, SIGTERM, SIGHUP and SIGPIPE, but for those that
 * nohup(1) or a shell has had ignored. Held back, they wait until somebody takes them, so
 * that a change is either not begun, or carried through, or undone.
 */
#pragma once

#include <signal.h>

/* From here on they wait. *ret_before: for stop_release(). */
void stop_hold(sigset_t *ret_before);

/* Has one come? It is taken: what it asked for is being done. 0: none. */
int stop_taken(void);

/* The same, but waits for one up to `ms` milliseconds. */
int stop_taken_within(int ms);

/* The signals are as before; those that came in between are forgotten. */
void stop_release(const sigset_t *before);
