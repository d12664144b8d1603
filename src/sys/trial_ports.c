/* SPDX-License-Identifier: MIT */
/* Experiments with local ports. */
#include "core/trials_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/procfs.h"
#include "sys/trials.h"

/* Outside the range, so that a listener takes no port of it. */
enum { PORT = 5000, OTHER_PORT = 5001, BACKLOG = 64 };

enum { COUNT_MS = 200, TRY_MS = 4, EARLY_MS = 100, LATE_MS = 500 };

/* -- a TIME_WAIT that is taken over ------------------------------------------------------ */

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

/*
 * One end closes when the other has got its FIN: if both crossed, both ends would come to
 * TIME_WAIT. *ret: when the first one did.
 */
static int close_pair(struct lab *lab, const struct connection *c, bool is_server_first,
		      struct moment *ret, struct err *e)
{
	const struct flow *first = is_server_first ? &c->server : &c->client;
	const struct flow *second = is_server_first ? &c->client : &c->server;
	int r;

	close(is_server_first ? c->server_fd : c->client_fd);
	r = lab_reach(lab, second, TCP_CLOSE_WAIT, NULL, NULL, e);
	if (r < 0)
		return r;
	close(is_server_first ? c->client_fd : c->server_fd);
	return lab_reach(lab, first, TCP_TIME_WAIT, ret, NULL, e);
}

/* Closes them one after the other. *ret: when the first came to be in TIME_WAIT. */
static int close_all(struct lab *lab, const struct connection *at, bool is_server_first,
		     struct moment *ret, struct err *e)
{
	struct moment later;
	int r;

	lab_do(lab, "%s first",
	       is_server_first ? "the server closes each" : "each client closes");
	r = close_pair(lab, &at[0], is_server_first, ret, e);
	for (int i = 1; i < PORTS_N && r == 0; i++)
		r = close_pair(lab, &at[i], is_server_first, &later, e);
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

/* Until connect() succeeds, or until that time of lab_now(). -errno: it fails otherwise. */
static int await_port(struct lab *lab, const struct connection *hub, int64_t until_ms,
		      struct moment *ret, struct err *e)
{
	*ret = (struct moment){ lab_now(lab), INT64_MAX };
	for (;;) {
		int64_t asked = lab_now(lab);
		int r = try_once(hub);

		if (r == 0) {
			ret->by_ms = lab_now(lab) + 1; /* a part of a millisecond */
			return 0;
		}
		if (r != -EADDRNOTAVAIL)
			return err_errno(e, -r, "connect() over the loopback failed");
		ret->after_ms = asked;
		if (asked >= until_ms)
			return 0;
		clock_sleep_ms(TRY_MS);
	}
}

static int see_time_waits(struct lab *lab, unsigned measure, struct err *e)
{
	int64_t n;
	int r = lab_count(lab, TCP_TIME_WAIT, &n, e);

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
		r = close_all(lab, at, false, &closed, e);
	if (r == 0)
		r = see_time_waits(lab, REUSE_TIME_WAITS, e);
	if (r < 0)
		return r;
	if (arm->expects[REUSE_AT_ONCE].what)
		lab_saw_exactly(lab, REUSE_AT_ONCE, -try_once(&hub));
	r = await_port(lab, &hub, closed.by_ms + watch_ms(lab), &taken, e);
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
		r = close_all(lab, at, true, &closed, e);
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

/* -- no port left ------------------------------------------------------------------------ */

enum { FAILURES = 100, MOST = 2 * PORTS_N, SETTLE_MS = 2000 };

/*
 * Connects, and leaves the connection open; nobody has to accept it. 0, or -errno;
 * *ret_is_bind: bind() was it.
 */
static int attempt(const struct sockaddr_in *to, enum exhaustion_way way,
		   bool *ret_is_bind)
{
	const struct sockaddr_in from = { .sin_family = AF_INET,
					  .sin_addr = to->sin_addr };
	const int on = 1;
	own_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_is_bind = false;
	if (fd < 0)
		return -errno;
	if (way == EXHAUST_BIND_NO_PORT &&
	    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0)
		return -errno;
	if (way != EXHAUST_CONNECT &&
	    bind(fd, (const struct sockaddr *)&from, sizeof(from)) < 0) {
		*ret_is_bind = true;
		return -errno;
	}
	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		return -errno;
	(void)take_fd(fd);
	return 0;
}

/* As many connections as there can be. *ret: what the next one failed with, -errno. */
static int fill(const struct sockaddr_in *to, enum exhaustion_way way, int *ret,
		bool *ret_is_bind)
{
	int n = 0;

	*ret = 0;
	while (n < MOST && (*ret = attempt(to, way, ret_is_bind)) == 0)
		n++;
	return n;
}

/*
 * The last ACK of a handshake may still be under way when connect() returns: until both ends
 * of n connections are ESTABLISHED, so that nothing is left to be counted.
 */
static int settle(struct lab *lab, int n, struct err *e)
{
	int64_t begin = lab_now(lab), ends = 0;

	for (;;) {
		int r = lab_count(lab, TCP_ESTABLISHED, &ends, e);

		if (r < 0)
			return r;
		if (ends == 2 * n)
			return 0;
		if (lab_now(lab) - begin > SETTLE_MS)
			return err_set(e, EPROTO, "%d connections have %" PRId64 " ends",
				       n, ends);
		clock_sleep_ms(TRY_MS);
	}
}

/* Adds the lines of /proc/net/netstat or snmp that are TCP's. */
static int add_tcp_lines(struct lab *lab, const char *file, struct text *ret,
			 struct err *e)
{
	own_free char *text = NULL;
	int r = procfs_read(lab->root_fd, file, &text, NULL);

	if (r < 0)
		return err_errno(e, -r, "cannot read '/%s'", file);
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		n += at[n] != '\0';
		if (strncmp(at, "Tcp:", 4) == 0 || strncmp(at, "TcpExt:", 7) == 0)
			text_add_bytes(ret, at, n);
		at += n;
	}
	return 0;
}

static int read_counters(struct lab *lab, struct text *ret, struct err *e)
{
	int r = add_tcp_lines(lab, "proc/net/netstat", ret, e);

	if (r == 0)
		r = add_tcp_lines(lab, "proc/net/snmp", ret, e);
	if (r == 0 && (ret->broken || !ret->at))
		r = err_set(e, ENOENT, "the kernel shows no counters of TCP");
	return r;
}

/* Words that differ; both have the same columns. */
static int count_moved(const char *a, const char *b)
{
	int n = 0;

	while (*a && *b) {
		size_t n_a = strcspn(a, " \n"), n_b = strcspn(b, " \n");

		n += n_a != n_b || memcmp(a, b, n_a) != 0;
		a += n_a + (a[n_a] != '\0');
		b += n_b + (b[n_b] != '\0');
	}
	return n;
}

/* What attempts that must fail leave in the counters. */
static int see_counters(struct lab *lab, const struct sockaddr_in *to,
			enum exhaustion_way way, struct err *e)
{
	own_text struct text before = { 0 }, after = { 0 };
	bool is_bind;
	int r = read_counters(lab, &before, e);

	for (int i = 0; i < FAILURES && r == 0; i++)
		(void)attempt(to, way, &is_bind);
	if (r == 0)
		r = read_counters(lab, &after, e);
	if (r == 0)
		lab_saw_exactly(lab, EXHAUST_COUNTERS, count_moved(before.at, after.at));
	return r;
}

int trial_port_exhaustion_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	enum exhaustion_way way = (enum exhaustion_way)arm->variant;
	struct sockaddr_in one, other;
	bool is_bind;
	int error, n;
	int r = connection_listen_at(PORT, BACKLOG, &one, e);

	if (r >= 0)
		r = connection_listen_at(OTHER_PORT, BACKLOG, &other, e);
	if (r < 0)
		return r;
	lab_say(lab, "servers listen on ports %d and %d of 127.0.0.1", PORT, OTHER_PORT);
	n = fill(&one, way, &error, &is_bind);
	lab_saw_exactly(lab, EXHAUST_FIRST, n);
	lab_saw_exactly(lab, EXHAUST_ERRNO, -error);
	lab_saw_exactly(lab, EXHAUST_AT_BIND, is_bind);
	r = settle(lab, n, e);
	if (r == 0)
		r = see_counters(lab, &one, way, e);
	if (r < 0)
		return r;
	n = fill(&other, way, &error, &is_bind);
	lab_saw_exactly(lab, EXHAUST_SECOND, n);
	return 0;
}
