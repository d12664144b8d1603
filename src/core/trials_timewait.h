/* SPDX-License-Identifier: MIT */
/* What arms of the trials of TIME_WAIT do, by `variant`, for sys/trial_timewait*.c. */
#pragma once

/* last-ack-lost; its `number` is how many repeats of the FIN are waited for */
enum { ACKS_ARRIVE, ACKS_ARE_LOST };

/* time-wait-assassination: what is sent in the peer's name, with the number awaited */
enum { SENT_ACK, SENT_RST, SENT_RST_BEYOND /* with the one after that */ };

/* server-side-syn */
enum { CLIENT_CLOSES_FIRST, SERVER_CLOSES_FIRST };

/* How many connections server-side-syn and tw-buckets make, one after the other. */
enum { TIMEWAIT_CONNECTIONS = 20 };

/* A member of arm.expects of which there is one right value. */
#define EXACTLY(WHAT, UNIT, VALUE)                                              \
	{                                                                       \
		.what = (WHAT), .unit = (UNIT), .low = (VALUE), .high = (VALUE) \
	}
