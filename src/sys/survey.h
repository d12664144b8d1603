/* SPDX-License-Identifier: MIT */
/*
 * The sockets of a machine, wherever it tells them: through netlink, from the recording
 * of a dump, and where there is neither, from /proc/net/tcp and tcp6.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct err;
struct machine;
struct snapshot;
struct socket_taker;

struct survey {
	uint32_t states; /* bits, 1 << TCP_LISTEN …; 0: all */
	uint32_t
		beside; /* further ones that the taker needs, and the census does not show */
	unsigned details; /* enum sockdiag_details */
	const struct socket_taker
		*taker; /* of each socket, beside the census; NULL: nobody */
};

/* Does -errno of a live dump say that it is absent by kernel or privilege, not broken half way? */
bool survey_is_absence(int r);

/*
 * Counts into s->census, after s->host is read. What is absent by kernel, namespace or
 * privilege is listed as unanswered: "sockets" if they could not be counted at all,
 * "inet_diag" if they came from /proc/net/tcp. -errno and a sentence: a source broke half
 * way.
 */
int survey_take(const struct machine *m, const struct survey *survey, struct snapshot *s,
		struct err *e);
