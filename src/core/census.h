/* SPDX-License-Identifier: MIT */
/*
 * The census: TCP sockets of one network namespace counted by state and family, from one
 * walk of the kernel's table. Its size does not depend on the number of sockets.
 *
 * A TIME_WAIT, and an orphaned FIN_WAIT_2 while tcp_fin_timeout is at most 60, are
 * mini-sockets (struct tcp_timewait_sock): no inode, no owner, timer 3. inet_diag reports
 * a mini-socket's substate as its state (inet_twsk_diag_fill()), so the two stay apart
 * here; /proc/net/sockstat's `tw` counts both.
 */
#pragma once

#include "core/closes.h"
#include "core/ports.h"
#include "core/socket.h"

struct census {
	uint64_t at[CENSUS_STATES][CENSUS_FAMILIES];

	/* FIN_WAIT_2, by what bounds it */
	/* orphaned, tcp_fin_timeout runs; counted in sockstat tw */
	uint64_t fin_wait2_mini;
	/* orphaned, still a full socket; counted in sockstat orphan */
	uint64_t fin_wait2_orphan;
	uint64_t fin_wait2_held; /* a process holds it: bounded by nothing */
	/* of the orphaned, on a port that is listened on: it keeps no port from connect() */
	uint64_t fin_wait2_served;

	/* CLOSE_WAIT, by what the application has done */
	uint64_t close_wait_unread;	/* end of file not read yet */
	uint64_t close_wait_read;	/* end of file read, close() not called */
	uint64_t close_wait_unaccepted; /* never accept()ed */

	/* TIME_WAIT on a port that is listened on: this host, a server there, closed first */
	uint64_t time_wait_served;
	/* of the others, to or from a loopback address: tcp_tw_reuse=2 is for these alone */
	uint64_t time_wait_loopback;
	struct closes closes;

	/* closed, not yet mini: FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK */
	uint64_t orphans;

	uint64_t listeners_full; /* more connections waiting than the backlog */
	struct port_set listening;
	struct port_set local; /* every local port of a socket that does not listen */

	uint32_t asked; /* bits: the states that were asked for; others say nothing */
	/* TIME_WAIT is what sockstat counts less the FIN_WAIT_2 among it: no family, no times */
	bool is_quick;
	bool has_bound_inactive; /* the source tells sockets that are only bound */
	bool has_backlogs;	 /* the source tells a listener's backlog */
	bool interrupted;	 /* the table changed under the walk, each time */
};

void census_add(struct census *c, const struct socket_row *row);

/* Adds the sockets that are only bound, which were counted apart. */
void census_join_bound(struct census *c, const struct census *bound);

/*
 * Local ports low..high that some connection holds and no listener: the most that any one
 * destination can hold of that range.
 */
unsigned census_ports_held(const struct census *c, uint16_t low, uint16_t high);

/* Sockets in a state, both families. */
uint64_t census_total(const struct census *c, int state);

/* Sockets in all states. */
uint64_t census_sum(const struct census *c);

/*
 * A state as code and text spell it, "FIN_WAIT_2", and as JSON does, "fin_wait2"; NULL
 * for no TCP state.
 */
const char *census_state_name(int state);
const char *census_state_key(int state);

/*
 * Reads a state in any spelling in use: "FIN_WAIT_1", "fin_wait1", "fin-wait-1"; false if
 * it is none.
 */
bool census_state_parse(const char *name, int *ret);

/* Was this state asked for, and does the source tell it? */
bool census_knows(const struct census *c, int state);

/* The states in the order every output uses; 0 ends it. */
extern const int census_order[];

/* Does a kernel of that release ("6.8.0-31-generic") dump sockets that are only bound? Since Linux 6.8. */
bool census_kernel_dumps_bound(const char *release);
