/* SPDX-License-Identifier: MIT */
/* Claims about local ports. */
#include "core/trials_ports.h"

#include <errno.h>

#include "core/trial.h"

/*
 * A time from the first TIME_WAIT to the first connect() that succeeded. It is no timer's:
 * the kernel compares clocks at each connect(), and what is left is our own pace.
 */
enum { PACE_MS = 200, EARLY_MS = 50, REUSE_WATCH_MS = 2500 };

#define PACE                                                                        \
	"connect() is tried every 4 ms, less often on a busy machine, and the age " \
	"of the TIME_WAIT is known as well as that"

#define SHORT_RANGE                                         \
	{                                                   \
		"net.ipv4.ip_local_port_range", PORTS_RANGE \
	}
#define REUSE(VALUE)                           \
	{                                      \
		"net.ipv4.tcp_tw_reuse", VALUE \
	}

#define COUNT(MEASURE, WHAT, N) \
	[MEASURE] = { .what = (WHAT), .unit = TRIAL_COUNT, .low = (N), .high = (N) }
#define SUCCEEDED "connect() succeeded, after the first close"

#define REUSED(WHAT, LOW, HIGH, TOLERANCE, RECYCLED)              \
	COUNT(REUSE_TIME_WAITS, "sockets in TIME_WAIT", PORTS_N), \
		[REUSE_AFTER] = { .what = WHAT,                   \
				  .unit = TRIAL_MS,               \
				  .low = (LOW),                   \
				  .high = (HIGH),                 \
				  .tolerance = (TOLERANCE) },     \
		COUNT(REUSE_RECYCLED, "TWRecycled has counted", RECYCLED)

#define AT_ONCE                                                             \
	[REUSE_AT_ONCE] = { .what = "the next connect(), at once, came to", \
			    .unit = TRIAL_ERRNO,                            \
			    .low = EADDRNOTAVAIL,                           \
			    .high = EADDRNOTAVAIL }

#define NEVER                                                                          \
	REUSED("no connect() succeeded, from the first close on, for", REUSE_WATCH_MS, \
	       INT64_MAX, NULL, 0),                                                    \
		AT_ONCE
/* With the delay of tcp_tw_reuse_delay, which older kernels have not. */
#define AFTER(MS) REUSED(SUCCEEDED, (MS)-EARLY_MS, (MS) + PACE_MS, PACE, 1), AT_ONCE
/*
 * Before Linux 6.14 a TIME_WAIT may be taken as soon as the clock shows another second than
 * at its last timestamp; since then a second after it began. Whoever knows only that a
 * kernel has tcp_tw_reuse can say no more than this.
 */
#define WITHIN_A_SECOND                                                                 \
	REUSED(SUCCEEDED, 0, 1000 + PACE_MS,                                            \
	       "1 s since Linux 6.14; before, until the clock's second changes; " PACE, \
	       1),                                                                      \
		AT_ONCE

#define SERVED                                                                              \
	COUNT(SERVED_TIME_WAITS, "the server's TIME_WAITs, 2.5 s later", PORTS_N),          \
		[SERVED_TIMER] = { .what = "age and time left of a TIME_WAIT, together",    \
				   .unit = TRIAL_MS,                                        \
				   .low = 59980,                                            \
				   .high = 60020,                                           \
				   .tolerance =                                             \
					   "two ticks of the slowest clock Linux is built " \
					   "with" },                                        \
		COUNT(SERVED_AGAIN, "connections from the same ports then", PORTS_N),       \
		COUNT(SERVED_RECYCLED, "TWRecycled has counted", 0)

static const struct arm tw_reuse_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "tcp_tw_reuse = 0",
	  .set = { SHORT_RANGE, REUSE("0") },
	  .about_ms = 2900,
	  .expects = { NEVER } },
	{ .role = ARM_CONTROL,
	  .label = "tcp_tw_reuse = 0, the server closes first",
	  .set = { SHORT_RANGE, REUSE("0") },
	  .variant = REUSE_SERVER_FIRST,
	  .number = REUSE_WATCH_MS,
	  .about_ms = 2600,
	  .expects = { SERVED } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_tw_reuse = 1",
	  .set = { SHORT_RANGE, REUSE("1") },
	  .about_ms = 1300,
	  .expects = { WITHIN_A_SECOND } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_tw_reuse = 2",
	  .set = { SHORT_RANGE, REUSE("2") },
	  .about_ms = 1300,
	  .expects = { WITHIN_A_SECOND } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_tw_reuse_delay = 1000",
	  .set = { SHORT_RANGE, REUSE("1"), { "net.ipv4.tcp_tw_reuse_delay", "1000" } },
	  .about_ms = 1300,
	  .is_where_known = true,
	  .expects = { AFTER(1000) } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_tw_reuse_delay = 3000",
	  .set = { SHORT_RANGE, REUSE("1"), { "net.ipv4.tcp_tw_reuse_delay", "3000" } },
	  .about_ms = 3300,
	  .is_where_known = true,
	  .expects = { AFTER(3000) } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_tw_reuse = 1, tcp_timestamps = 0",
	  .set = { SHORT_RANGE, REUSE("1"), { "net.ipv4.tcp_timestamps", "0" } },
	  .about_ms = 2900,
	  .expects = { NEVER } },
	{ .role = ARM_TREATMENT,
	  .label = "tcp_tw_reuse = 1, the server closes first",
	  .set = { SHORT_RANGE, REUSE("1") },
	  .variant = REUSE_SERVER_FIRST,
	  .number = REUSE_WATCH_MS,
	  .about_ms = 2600,
	  .expects = { SERVED } },
	{ .label = NULL },
};

enum { TW_REUSE_MADE_FROM = 4 }; /* of tw_reuse_arms[] */

static void tw_reuse_make(int64_t value, struct arm *ret)
{
	struct expectation *after = &ret->expects[REUSE_AFTER];

	*ret = tw_reuse_arms[TW_REUSE_MADE_FROM];
	ret->about_ms = (unsigned)value + 300;
	after->low = value > EARLY_MS ? value - EARLY_MS : 0;
	after->high = value + PACE_MS;
	/* a delay of a few milliseconds is over before the next call */
	ret->expects[REUSE_AT_ONCE] = (struct expectation){ .what = NULL };
}

const struct trial trial_tw_reuse = {
	.name = "tw-reuse",
	.title = "tcp_tw_reuse frees a port after a second, for connect() alone",
	.claim =
		"With tcp_tw_reuse 1, and with 2 on the loopback, connect() takes over the "
		"port of a TIME_WAIT whose connection had timestamps, once it is "
		"tcp_tw_reuse_delay old: a second by default. Before Linux 6.14 it does so as "
		"soon as the clock shows another second. Nothing changes for accepted "
		"connections.",
	.control =
		"tcp_tw_reuse 0: ten ports, ten TIME_WAITs, and no port for an eleventh",
	.treatment = "tcp_tw_reuse 1 and 2; a longer delay; no timestamps; a server that "
		     "closes first",
	.follows =
		"It helps a host that opens many connections to one destination and closes "
		"them first; ports times one a second is then the most it can open. A server's "
		"TIME_WAITs stay, and need no help: a new SYN from the same port is taken "
		"with any value.",
	.source =
		"tcp_twsk_unique() in net/ipv4/tcp_ipv4.c, called by "
		"__inet_check_established() in net/ipv4/inet_hashtables.c; "
		"tcp_timewait_state_process() in net/ipv4/tcp_minisocks.c takes the SYN",
	.topics = "tcp_tw_reuse tcp_tw_reuse_delay tcp_timestamps tw-reuse time-wait "
		  "eaddrnotavail",
	.arms = tw_reuse_arms,
	.knob = "tcp_tw_reuse_delay",
	.knob_min = 1,
	.knob_max = 8000,
	.make = tw_reuse_make,
};

#define EXHAUSTED(ERRNO, AT_BIND, SECOND)                                                          \
	{                                                                                          \
		COUNT(EXHAUST_FIRST, "connections to one destination", PORTS_N),                   \
			[EXHAUST_MOVED] = { .what = "counters of Tcp and TcpExt that these moved", \
					    .unit = TRIAL_COUNT,                                   \
					    .low = 1,                                              \
					    .high = INT64_MAX },                                   \
			[EXHAUST_ERRNO] = { .what = "the next one came to",                        \
					    .unit = TRIAL_ERRNO,                                   \
					    .low = (ERRNO),                                        \
					    .high = (ERRNO) },                                     \
			[EXHAUST_AT_BIND] = { .what = "it was bind() that failed",                 \
					      .unit = TRIAL_YES,                                   \
					      .low = (AT_BIND),                                    \
					      .high = (AT_BIND) },                                 \
			COUNT(EXHAUST_COUNTERS,                                                    \
			      "counters of Tcp and TcpExt that 100 more attempts moved",           \
			      0),                                                                  \
			COUNT(EXHAUST_SECOND, "connections to another destination then",           \
			      SECOND),                                                             \
	}

static const struct arm port_exhaustion_arms[] = {
	{ .role = ARM_CONTROL,
	  .label = "connect()",
	  .set = { SHORT_RANGE },
	  .variant = EXHAUST_CONNECT,
	  .expects = EXHAUSTED(EADDRNOTAVAIL, 0, PORTS_N) },
	{ .role = ARM_TREATMENT,
	  .label = "bind() to port 0, connect()",
	  .set = { SHORT_RANGE },
	  .variant = EXHAUST_BIND,
	  .expects = EXHAUSTED(EADDRINUSE, 1, 0) },
	{ .role = ARM_TREATMENT,
	  .label = "IP_BIND_ADDRESS_NO_PORT, bind() to port 0, connect()",
	  .set = { SHORT_RANGE },
	  .variant = EXHAUST_BIND_NO_PORT,
	  .expects = EXHAUSTED(EADDRNOTAVAIL, 0, PORTS_N) },
	{ .label = NULL },
};

const struct trial trial_port_exhaustion = {
	.name = "port-exhaustion",
	.title = "ports run out per destination, and no counter tells",
	.claim =
		"Ports run out for each destination by itself; connect() then fails with "
		"EADDRNOTAVAIL, and no counter tells. After a bind() to port 0 all "
		"destinations share one range, and it is bind() that fails, with EADDRINUSE; "
		"IP_BIND_ADDRESS_NO_PORT undoes that.",
	.control = "connect() alone, with a range of ten ports and two destinations",
	.treatment = "bind() to port 0 of the source address first, without and with "
		     "IP_BIND_ADDRESS_NO_PORT",
	.follows =
		"Look for these two errors in the logs of the program, not in netstat -s. A "
		"program that has to choose its source address sets IP_BIND_ADDRESS_NO_PORT.",
	.source = "__inet_hash_connect() in net/ipv4/inet_hashtables.c; "
		  "inet_csk_get_port() in net/ipv4/inet_connection_sock.c; __inet_bind() "
		  "in net/ipv4/af_inet.c; ip(7)",
	.topics = "port-exhaustion eaddrnotavail ip_local_port_range port-range-crowded",
	.arms = port_exhaustion_arms,
};
