/* SPDX-License-Identifier: MIT */
/*
 * The last minute of closes, from one dump: TIME_WAIT is armed for 60 s, so what is left
 * of its timer tells when. What this cannot know: closes that left no TIME_WAIT (a reset,
 * tcp_max_tw_buckets, a port taken again by tcp_tw_reuse, a client's new SYN), and that a
 * FIN sent again or an old segment arms the timer anew, so that one close then counts at
 * that later moment (facts measured on Linux 6.18).
 */
#pragma once

#include <stdint.h>

enum {
	CLOSES_SECONDS = 60,
	CLOSES_TIME_WAIT_MS = 60000, /* TCP_TIMEWAIT_LEN, include/net/tcp.h */
	CLOSES_RECENT_MS = 10000,
};

struct closes {
	uint32_t at[CLOSES_SECONDS]; /* [0]: less than a second ago */
	/* over 60 s old: the timer wheel lets them stand up to 2 s more */
	uint32_t tail;
	/* more than 60 s left: no TIME_WAIT of this length; the others' times are in doubt */
	uint32_t strange;
};

/* A TIME_WAIT with that much left of its timer, in milliseconds. */
void closes_add(struct closes *c, uint32_t expires_ms);

/* All of the last 60 s. */
uint64_t closes_sum(const struct closes *c);

/* The most in one second. */
uint32_t closes_peak(const struct closes *c);
