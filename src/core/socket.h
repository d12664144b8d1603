/* SPDX-License-Identifier: MIT */
/*
 * One TCP socket as a dump tells it, and who takes such sockets one after the other. A
 * fact the source did not tell is absent, by its `has_`.
 */
#pragma once

#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	/* bound, neither connected nor listening; dumped since Linux 6.8 */
	TCP_BOUND_INACTIVE = 13,
	CENSUS_STATES = 14,
};

/* A bit for each state there is: TCP_ESTABLISHED to TCP_CLOSING, and only bound. */
enum { STATES_ALL = ((1 << (TCP_CLOSING + 1)) - 2) | 1 << TCP_BOUND_INACTIVE };

/* Which timer of a socket runs (inet_sk_diag_fill(), inet_twsk_diag_fill()). */
enum socket_timer {
	TIMER_NONE,
	TIMER_RETRANSMIT,
	TIMER_KEEPALIVE, /* or that of an orphaned FIN_WAIT_2 */
	TIMER_MINI,	 /* the socket itself has gone, a mini-socket stands for it */
	TIMER_PROBE,	 /* of a window of zero */
};

enum census_family {
	CENSUS_IPV4,
	CENSUS_IPV6, /* v4-mapped addresses too, as in `ss -6` */
	CENSUS_FAMILIES,
};

struct socket_row {
	enum census_family family;
	uint8_t state; /* TCP_ESTABLISHED … TCP_BOUND_INACTIVE */
	bool is_mini;
	bool has_times;	 /* tcp_info was asked for and given */
	bool has_memory; /* and the socket's memory */
	uint16_t local_port, remote_port;
	/* in the order of the network; IPv4 in the first word, and the rest 0 */
	uint32_t local[4], remote[4];
	/* bytes unread, the FIN counts 1; a listener: connections waiting */
	uint32_t rqueue;
	uint32_t wqueue;     /* a listener: its backlog */
	uint32_t uid;	     /* of a mini-socket always 0, which says nothing */
	uint32_t inode;	     /* 0: no process holds it */
	uint32_t expires_ms; /* until its timer ends */
	uint64_t
		cookie; /* the same as long as it lives, TIME_WAIT included; 0: unknown */
	/*
	 * Milliseconds since anything came from the peer, and since data or the FIN came
	 * (tcp_get_info()). The age of a CLOSE_WAIT lies between them (facts measured on
	 * Linux 6.18, in all cases tried).
	 */
	uint32_t last_ack_recv_ms, last_data_recv_ms;
	uint32_t
		memory; /* bytes of its buffers: received, queued to send, reserved, options */
};

/*
 * Who takes the sockets of one dump. Listeners come before all others: inet_diag_dump_icsk()
 * walks over them first, and of /proc/net/tcp and tcp6, each of which begins with its own,
 * sys/survey.c hands on the listeners of both first.
 */
struct socket_taker {
	void (*add)(void *to, const struct socket_row *row);
	/* forget what was taken: the dump begins anew */
	void (*restart)(void *to);
	void *to;
};

/* Not accepted yet, so that no process holds it but its listener's queue? */
static inline bool socket_is_unaccepted(const struct socket_row *row)
{
	return row->inode == 0 &&
	       (row->state == TCP_CLOSE_WAIT || row->state == TCP_ESTABLISHED ||
		row->state == TCP_SYN_RECV);
}
