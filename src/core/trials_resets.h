/* SPDX-License-Identifier: MIT */
/* What trials_resets.c claims and sys/trial_resets.c does: ways to close a connection. */
#pragma once

enum reset_way {
	RESET_PLAIN,	   /* close() and nothing else */
	RESET_LINGER_ZERO, /* with SO_LINGER { 1, 0 } */
	RESET_READ,	   /* after all that came was read */
	RESET_UNREAD,	   /* with bytes in the receive buffer */
};

/* The arm's expectations. */
enum {
	RESET_PEER_READS,
	RESET_PEER_SOCKET,
	RESET_CLOSER_SOCKET,
	RESET_COUNTED,
	RESET_RSTS
};
