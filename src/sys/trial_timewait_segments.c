/* SPDX-License-Identifier: MIT */
/* Experiments with a segment that meets a TIME_WAIT: the peer's FIN, a RST, a SYN. */
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/err.h"
#include "core/trials_timewait.h"
#include "sys/clock.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/segment.h"
#include "sys/trials.h"

enum {
	TIME_WAIT_MS = 60000, /* TCP_TIMEWAIT_LEN, include/net/tcp.h */
	LOOK_MS = 4,
	SETTLE_MS = 5000, /* for what follows at once, on a busy machine */
};

/* When the timer of a TIME_WAIT was started, and how often it was started again. */
struct countdown {
	int64_t low_ms, high_ms; /* of lab_now() */
	bool is_known;
	unsigned restarts;
};

/*
 * What one look at the timer tells. Looks at the same run of it agree to a few ticks;
 * repeats of a segment are 200 ms apart at least.
 */
static bool countdown_add(struct countdown *c, int64_t low_ms, int64_t high_ms)
{
	const int64_t ticks_ms = 50;
	bool is_new = c->is_known && low_ms > c->high_ms + ticks_ms;

	if (is_new || !c->is_known || low_ms > c->low_ms)
		c->low_ms = low_ms;
	if (is_new || !c->is_known || high_ms < c->high_ms)
		c->high_ms = high_ms;
	c->is_known = true;
	c->restarts += is_new;
	return is_new;
}

/* The timer that is watched. */
struct watched {
	const struct flow *flow;
	struct countdown *countdown;
	int64_t restarts; /* that many are enough */
};

static int look_at_timer(struct lab *lab, void *to, bool *ret_is_so, struct err *e)
{
	struct watched *w = to;
	int64_t asked = lab_now(lab), spent_ms;
	struct sighting seen;
	int r = lab_look(lab, w->flow, &seen, e);

	if (r < 0)
		return r;
	spent_ms = TIME_WAIT_MS - (int64_t)seen.expires_ms;
	if (seen.state == TCP_TIME_WAIT &&
	    countdown_add(w->countdown, asked - spent_ms, lab_now(lab) + 1 - spent_ms))
		lab_say(lab, "the timer of the TIME_WAIT is at %u ms again",
			seen.expires_ms);
	*ret_is_so = w->countdown->restarts >= w->restarts;
	return 0;
}

/* Watches the timer until it was started again so often, or for limit_ms. */
static int watch(struct lab *lab, const struct flow *flow, struct countdown *c,
		 int64_t restarts, int64_t limit_ms, struct err *e)
{
	struct watched w = { flow, c, restarts };

	return lab_await_that(lab, look_at_timer, &w, limit_ms, NULL, e);
}

enum { CLIENT, RESTARTS, SERVER, SERVER_LATER, TOLD };

/* The server's FIN goes out; its descriptor is kept, for what it is told. */
static int end_server(struct lab *lab, const struct connection *c, struct err *e)
{
	const struct expectation *claim = &lab->arm->expects[CLIENT];
	struct sighting seen;
	int r;

	if (shutdown(c->server_fd, SHUT_WR) < 0)
		return err_errno(e, errno, "cannot send a FIN");
	r = lab_await(lab, &c->client, (int)claim->low, SETTLE_MS, NULL, &seen, e);
	if (r == 0)
		lab_saw_exactly(lab, CLIENT, seen.state);
	return r;
}

/* What the server came to, and its program. */
static int see_server(struct lab *lab, const struct connection *c, struct err *e)
{
	struct sighting seen;
	socklen_t n = sizeof(int);
	int told = 0;
	int r = lab_await(lab, &c->server, 0, SETTLE_MS, NULL, &seen, e);

	if (r < 0)
		return r;
	lab_saw_exactly(lab, SERVER_LATER, seen.state);
	if (getsockopt(c->server_fd, SOL_SOCKET, SO_ERROR, &told, &n) < 0)
		return err_errno(e, errno, "cannot ask a socket for its error");
	lab_saw_exactly(lab, TOLD, told);
	return 0;
}

int trial_last_ack_lost_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	enum { WATCH_MS = 3000 }; /* three repeats of a FIN take 0.9 s to 1.4 s */
	bool is_lost = arm->variant == ACKS_ARE_LOST;
	struct countdown countdown = { 0 };
	struct sighting seen;
	struct connection c;
	int r = connection_open(lab, &c, e);

	if (r == 0)
		r = connection_end_half(lab, &c, END_CLIENT, e);
	if (r == 0 && is_lost) {
		lab_do(lab,
		       "the server's socket gets a filter that drops all that arrives");
		r = connection_silence(c.server_fd, e);
	}
	if (r == 0)
		lab_do(lab,
		       "the client has closed its half, now the server does; the timer "
		       "of the client is watched until %d repeats, or for %d s",
		       (int)arm->number, WATCH_MS / 1000);
	if (r == 0)
		r = end_server(lab, &c, e);
	if (r == 0)
		r = watch(lab, &c.client, &countdown, arm->number, WATCH_MS, e);
	if (r == 0)
		r = lab_look(lab, &c.server, &seen, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, RESTARTS, countdown.restarts);
	lab_saw_exactly(lab, SERVER, seen.state);
	if (is_lost) {
		lab_do(lab, "the filter is taken away");
		r = connection_answer(c.server_fd, e);
	}
	return r == 0 ? see_server(lab, &c, e) : r;
}

enum { SOCKET, SOCKET_RESTARTS };

/*
 * The server's last segment told which number the client's TIME_WAIT awaits. One of ours
 * follows it, in the server's name.
 */
static int send_in_its_name(struct lab *lab, int fd, const struct connection *c,
			    int variant, struct err *e)
{
	struct segment fin, own, arrived;
	int r = segment_await(fd, &c->server, TH_FIN | TH_ACK, SETTLE_MS, &fin, e);

	if (r < 0)
		return r;
	own = (struct segment){ .flow = c->server,
				.seq = segment_next(&fin) + (variant == SENT_RST_BEYOND),
				.ack = fin.ack,
				.flags = variant == SENT_ACK ? TH_ACK : TH_RST };
	lab_do(lab, "%s with the sequence number %u is sent in the server's name",
	       variant == SENT_ACK ? "an ACK" : "a RST", own.seq);
	r = segment_send(fd, &own, e);
	if (r < 0)
		return r;
	/* "nothing happened" means something only where it did arrive */
	do
		r = segment_await(fd, &own.flow, own.flags, SETTLE_MS, &arrived, e);
	while (r == 0 && arrived.seq != own.seq);
	return r;
}

int trial_time_wait_assassination_run(struct lab *lab, const struct arm *arm,
				      struct err *e)
{
	enum { BEFORE_MS = 300, AFTER_MS = 500, NEVER = 1000 };
	struct countdown countdown = { 0 };
	struct sighting seen;
	struct connection c;
	int fd = segment_open(e);
	int r = fd < 0 ? fd : connection_open(lab, &c, e);

	if (r == 0)
		r = connection_end(lab, &c, END_CLIENT, NULL, e);
	if (r == 0)
		r = watch(lab, &c.client, &countdown, NEVER, BEFORE_MS, e);
	if (r == 0)
		r = lab_look(lab, &c.client, &seen, e);
	if (r == 0 && seen.state != TCP_TIME_WAIT)
		r = err_set(e, EPROTO, "the client did not come to TIME_WAIT");
	if (r < 0)
		return r;
	lab_say(lab,
		"the client has closed first and is in TIME_WAIT, %u ms left; the server "
		"is gone",
		seen.expires_ms);
	r = send_in_its_name(lab, fd, &c, arm->variant, e);
	if (r == 0)
		r = watch(lab, &c.client, &countdown, NEVER, AFTER_MS, e);
	if (r == 0)
		r = lab_look(lab, &c.client, &seen, e);
	if (r < 0)
		return r;
	if (seen.state == TCP_TIME_WAIT)
		lab_say(lab, "half a second later %u ms are left", seen.expires_ms);
	lab_saw_exactly(lab, SOCKET, seen.state);
	lab_saw_exactly(lab, SOCKET_RESTARTS, countdown.restarts);
	return 0;
}

enum { CONNECTIONS, LAST_CONNECT, BEGUN, REPEATED_SYNS, RECYCLED };

/*
 * A listener, and then one port that connect() may choose. Two that differ in parity, one
 * of them reserved: for ends of one parity the kernel grumbles in the host's log.
 */
static int listen_and_leave_one_port(struct lab *lab, struct connection *ret,
				     struct err *e)
{
	int r;

	ret->listener_fd = connection_listen(1, &ret->client.remote, e);
	r = ret->listener_fd < 0 ? ret->listener_fd : 0;
	if (r == 0)
		r = lab_set(lab, "net.ipv4.ip_local_port_range", "20000 20001", e);
	if (r == 0)
		r = lab_set(lab, "net.ipv4.ip_local_reserved_ports", "20001", e);
	return r;
}

static int see_counters(struct lab *lab, struct err *e)
{
	static const struct {
		unsigned measure;
		const char *name;
	} counters[] = { { BEGUN, "TW" },
			 { REPEATED_SYNS, "TCPSynRetrans" },
			 { RECYCLED, "TWRecycled" } };

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		int64_t n;
		int r = lab_counter(lab, counters[i].name, &n, e);

		if (r < 0)
			return r;
		lab_saw_exactly(lab, counters[i].measure, n);
	}
	return 0;
}

int trial_server_side_syn_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	enum end first = arm->variant == SERVER_CLOSES_FIRST ? END_SERVER : END_CLIENT;
	struct connection listener = { 0 }, c;
	struct err refusal = { 0 };
	unsigned n = 0;
	int r = listen_and_leave_one_port(lab, &listener, e), refused = 0;

	if (r < 0)
		return r;
	lab_do(lab,
	       "a client connects to port %u from its only port; the %s closes first",
	       ntohs(listener.client.remote.sin_port),
	       first == END_SERVER ? "server" : "client");
	while (r == 0 && n < TIMEWAIT_CONNECTIONS) {
		refused = -connection_open_more(&listener, &c, &refusal);
		if (refused)
			break;
		n++;
		r = connection_end(lab, &c, first, NULL, e);
	}
	if (r < 0)
		return r;
	lab_saw_exactly(lab, CONNECTIONS, n);
	lab_saw_exactly(lab, LAST_CONNECT, refused);
	return see_counters(lab, e);
}
