/* SPDX-License-Identifier: MIT */
/* What trials_listening.c claims and sys/trial_listening.c does. */
#pragma once

enum overflow_way {
	OVERFLOW_ROOM,	/* the accept queue is empty when the last ACK comes */
	OVERFLOW_FULL,	/* it is full */
	OVERFLOW_LATER, /* it is full, and emptied afterwards */
};

/* The arm's expectations. */
enum {
	OVERFLOW_CLIENT,
	OVERFLOW_READ,
	OVERFLOW_SERVER,
	OVERFLOW_OVERFLOWS,
	OVERFLOW_EMBRYONIC,
	OVERFLOW_RSTS,
};
