/* SPDX-License-Identifier: MIT */
/*
 * The time from one frame to the next: it is over when it is over, or when a signal says
 * so. The signals are held back all the while and taken only here, so that nothing is cut
 * off half way.
 */
#pragma once

#include <stdint.h>

enum pace {
	PACE_OVER,
	PACE_STOPPED,	/* SIGINT, SIGTERM, SIGHUP, unless ignored from the start */
	PACE_RESIZED,	/* SIGWINCH: the terminal has another size */
	PACE_CONTINUED, /* SIGCONT: others may have written on the terminal meanwhile */
};

/* From here on they are held, until the process ends. */
void pace_hold(void);

/* Waits until clock_monotonic_ms() is `end_ms`, which may be past. */
enum pace pace_await(int64_t end_ms);
