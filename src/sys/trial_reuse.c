/* SPDX-License-Identifier: MIT */
/* Experiments with a port in TIME_WAIT that connect() takes over. */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/err.h"
#include "core/trials_ports.h"
#include "sys/clock.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

/* Outside the range, so that a listener takes no port of it. */
enum { PORT = 5000, BACKLOG = 64 };

enum { COUNT_MS = 200, TRY_MS = 4, EARLY_MS = 100, LATE_MS = 500 };

/*
 * Until the clock's second is well begun, and half of it is left. Before Linux 6.14 the
 * kernel goes by its number, as of the last tick, which is late where the processor is idle
 * or slow: what is done at once must be done in one second by that reckoning too.
 */
static void await_early_second(void)
{
	int64_t in_second = clock_monotonic_ms() % 1000;

	if (in_second < EARLY_MS || in_second >= LATE_MS)
		clock_sleep_ms((1000 + EARLY_MS - in_second) % 1000);
}

static int open_all(struct lab *lab, struct connection *hub, struct connection *ret,
		    struct err *e)
{
	*hub = (struct connection){ .client_fd = -1, .server_fd = -1 };
	hub->listener_fd = connection_listen_at(PORT, BACKLOG, &hub->client.remote, e);
	if (hub->listener_fd < 0)
		return hub->listener_fd;
	for (int i = 0; i < PORTS_N; i++) {
		int r = connection_open_more(hub, &ret[i], e);

		if (r < 0)
			return r;
	}
	lab_say(lab, "%d clients are connected to a server, port %d, on 127.0.0.1",
		PORTS_N, PORT);
	return 0;
}

/* Closes them one after the other. *ret: when the first came to be in TIME_WAIT. */
static int close_all(struct lab *lab, const struct connection *at, enum end first,
		     struct moment *ret, struct err *e)
{
	struct moment later;
	int r;

	lab_do(lab, "%s first",
	       first == END_SERVER ? "the server closes each" : "each client closes");
	r = connection_end(lab, &at[0], first, ret, e);
	for (int i = 1; i < PORTS_N && r == 0; i++)
		r = connection_end(lab, &at[i], first, &later, e);
	return r;
}

/* Connects once more. 0; -errno. */
static int try_once(const struct connection *hub)
{
	struct connection c;
	int r = connection_open_more(hub, &c, NULL);

	if (r < 0 && c.client_fd >= 0)
		close(c.client_fd);
	return r;
}

/* Has connect() found a port by now? -errno: it fails otherwise. */
static int look_for_port(struct lab *lab, void *to, bool *ret_is_so, struct err *e)
{
	int r = try_once(to);

	(void)lab;
	*ret_is_so = r == 0;
	if (r == 0 || r == -EADDRNOTAVAIL)
		return 0;
	return err_errno(e, -r, "connect() over the loopback failed");
}

static int see_time_waits(struct lab *lab, unsigned measure, struct err *e)
{
	int64_t n;
	int r = lab_count(TCP_TIME_WAIT, &n, e);

	if (r == 0)
		lab_saw_exactly(lab, measure, n);
	return r;
}

/* How long it is worth trying: no longer than is claimed, where no end is. */
static int64_t watch_ms(const struct lab *lab)
{
	const struct expectation *x = &lab->arm->expects[REUSE_AFTER];

	return x->high == INT64_MAX ? x->low + 2 * TRY_MS
				    : lab_patience_ms(lab, REUSE_AFTER);
}

static int reuse_client_first(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection hub, at[PORTS_N];
	struct moment closed, taken;
	int64_t low;
	int r;

	await_early_second();
	r = open_all(lab, &hub, at, e);
	if (r == 0)
		r = close_all(lab, at, END_CLIENT, &closed, e);
	if (r == 0)
		r = see_time_waits(lab, REUSE_TIME_WAITS, e);
	if (r < 0)
		return r;
	if (arm->expects[REUSE_AT_ONCE].what)
		lab_saw_exactly(lab, REUSE_AT_ONCE, -try_once(&hub));
	lab_do(lab, "connect() is tried until it succeeds");
	r = lab_await_that(lab, look_for_port, &hub,
			   closed.by_ms + watch_ms(lab) - lab_now(lab), &taken, e);
	if (r < 0)
		return r;
	low = taken.after_ms - closed.by_ms;
	lab_saw(lab, REUSE_AFTER, low > 0 ? low : 0,
		taken.by_ms == INT64_MAX ? INT64_MAX : taken.by_ms - closed.after_ms);
	return lab_see_counter(lab, REUSE_RECYCLED, "TWRecycled", COUNT_MS, e);
}

/* The listener takes a SYN from the port of a TIME_WAIT of its own. */
static void connect_again(struct lab *lab, const struct connection *hub)
{
	int n = 0;

	while (n < PORTS_N && try_once(hub) == 0)
		n++;
	lab_saw_exactly(lab, SERVED_AGAIN, n);
}

static int reuse_server_first(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection hub, at[PORTS_N];
	struct moment closed, gone;
	struct sighting seen;
	int64_t asked;
	int r = open_all(lab, &hub, at, e);

	if (r == 0)
		r = close_all(lab, at, END_SERVER, &closed, e);
	if (r == 0)
		r = lab_await(lab, &at[0].server, 0, arm->number, &gone, NULL, e);
	if (r == 0)
		r = see_time_waits(lab, SERVED_TIME_WAITS, e);
	asked = lab_now(lab);
	if (r == 0)
		r = lab_look(lab, &at[0].server, &seen, e);
	if (r < 0)
		return r;
	lab_say(lab, "%u ms are left on the timer of the first", seen.expires_ms);
	lab_saw(lab, SERVED_TIMER, seen.expires_ms + asked - closed.by_ms,
		seen.expires_ms + lab_now(lab) + 1 - closed.after_ms);
	connect_again(lab, &hub);
	return lab_see_counter(lab, SERVED_RECYCLED, "TWRecycled", COUNT_MS, e);
}

int trial_tw_reuse_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	switch ((enum reuse_way)arm->variant) {
	case REUSE_CLIENT_FIRST:
		return reuse_client_first(lab, arm, e);
	case REUSE_SERVER_FIRST:
		return reuse_server_first(lab, arm, e);
	}
	return err_set(e, EINVAL, "no experiment for '%s'", arm->label);
}
