/* SPDX-License-Identifier: MIT */
/* What an experiment does in an arm, where its arms differ in more than their settings. */
#pragma once

/* close-vs-shutdown: the call, and whether a second process holds the socket */
enum close_variant {
	CLOSE_ALONE,
	CLOSE_SHARED,
	SHUTDOWN_WR_SHARED,
	SHUTDOWN_RD_ALONE,
};

/* close-wait-forever: what the peer does behind its FIN, and SO_KEEPALIVE here */
enum close_wait_variant {
	PEER_GONE_KEEPALIVE,
	PEER_GONE,
	PEER_HALF_CLOSED_KEEPALIVE,
};

/* keepalive-armed: is the socket's timer armed before the sysctl is written? */
enum keepalive_variant {
	KEEPALIVE_AFTER,
	KEEPALIVE_BEFORE,
};
