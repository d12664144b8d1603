/* SPDX-License-Identifier: MIT */
/* Experiments with FIN_WAIT_1 and FIN_WAIT_2. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum { LASTED, PEER };

/* The client closes. *ret: when it came to be in FIN_WAIT_2 with no process behind it. */
static int orphan(struct lab *lab, const struct connection *c, struct moment *ret,
		  struct sighting *ret_seen, struct err *e)
{
	int r;

	lab_do(lab, "the client calls close(); the server neither reads nor closes");
	close(c->client_fd);
	r = lab_reach(lab, &c->client, TCP_FIN_WAIT2, ret, ret_seen, e);
	if (r == 0)
		lab_say(lab,
			"the client's end is in FIN_WAIT_2, a %s, %u ms left on its timer",
			ret_seen->timer == TIMER_MINI ? "mini-socket" : "full socket",
			ret_seen->expires_ms);
	return r;
}

/* A full socket, whose timer leaves a mini-socket behind: the second half. */
static int await_mini(struct lab *lab, const struct connection *c, struct err *e)
{
	struct sighting seen;
	int r = lab_await_timer(lab, &c->client, TIMER_MINI, lab_patience_ms(lab, LASTED),
				NULL, &seen, e);

	if (r == 0 && seen.state)
		lab_say(lab,
			"the timer has run out: a mini-socket stands in its place, %u ms left",
			seen.expires_ms);
	return r;
}

/* How long it lasts from close() on, and what the peer is in then. */
static int close_and_outlast(struct lab *lab, const struct connection *c, struct err *e)
{
	struct moment began;
	struct sighting seen;
	int r = orphan(lab, c, &began, &seen, e);

	if (r == 0 && seen.timer != TIMER_MINI)
		r = await_mini(lab, c, e);
	if (r == 0)
		r = lab_watch(lab, &c->client, began, lab_patience_ms(lab, LASTED),
			      LASTED, NULL, e);
	if (r == 0)
		r = lab_look(lab, &c->server, &seen, e);
	if (r == 0)
		lab_saw_exactly(lab, PEER, seen.state);
	return r;
}

int trial_fin_wait_2_timeout_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	int r = connection_open(lab, &c, e);

	(void)arm;
	return r < 0 ? r : close_and_outlast(lab, &c, e);
}

enum { HELD_FOR = PEER + 1, HELD_STATE, HELD_TIMER };

/* FIN_WAIT_2 of a socket whose descriptor is kept, for a while. *ret_state: at last. */
static int hold(struct lab *lab, const struct connection *c, int64_t ms, int *ret_state,
		struct err *e)
{
	struct moment began;
	struct sighting seen;
	int r;

	lab_do(lab, "the client calls shutdown(SHUT_WR) and keeps its descriptor");
	shutdown(c->client_fd, SHUT_WR);
	r = lab_reach(lab, &c->client, TCP_FIN_WAIT2, &began, NULL, e);
	if (r < 0)
		return r;
	lab_say(lab, "the client's end is in FIN_WAIT_2");
	r = lab_watch(lab, &c->client, began, ms, HELD_FOR, &seen, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, HELD_STATE, seen.state);
	lab_saw_exactly(lab, HELD_TIMER, seen.timer);
	*ret_state = seen.state;
	return 0;
}

int trial_fin_wait_2_held_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	int r = connection_open(lab, &c, e), state = TCP_ESTABLISHED;

	if (r == 0 && arm->role == ARM_TREATMENT)
		r = hold(lab, &c, arm->number, &state, e);
	if (r < 0 || state == 0) /* gone, against the claim: nothing is left to close */
		return r;
	return close_and_outlast(lab, &c, e);
}

enum { REPEATS = 1, GIVEN_UP };

/*
 * What the arms' times are multiples of: 200 ms, the shortest there is, and the round trip,
 * in whole ticks. The handshake of a busy machine may have measured a slow one; then it is
 * made again.
 */
enum { TIMEOUT_LEAST_MS = 200, CONNECTS = 50 };

static int open_swift(struct lab *lab, struct connection *ret, struct err *e)
{
	struct connection first;
	unsigned most_ms = TIMEOUT_LEAST_MS + 1000 / lab->hz + 1;
	struct tcp_info info;
	socklen_t n = sizeof(info);
	int r = connection_open(lab, &first, e);

	*ret = first;
	for (int i = 0; r == 0 && i < CONNECTS; i++) {
		if (getsockopt(ret->client_fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0)
			return err_errno(e, errno, "no TCP_INFO of a connection");
		if (info.tcpi_rto <= most_ms * 1000) {
			lab_say(lab, "the retransmission timeout of port %u is %u ms",
				ntohs(ret->client.local.sin_port), info.tcpi_rto / 1000);
			return 0;
		}
		r = connection_open_more(&first, ret, e);
	}
	return r < 0 ? r
		     : err_set(e, EBUSY, "no round trip of %d took less than a tick",
			       CONNECTS);
}

int trial_orphan_retries_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	struct moment closed;
	int r = open_swift(lab, &c, e);

	if (r == 0)
		r = connection_silence(c.server_fd, e);
	if (r < 0)
		return r;
	lab_say(lab, "from now on the server's socket drops whatever arrives");
	lab_do(lab, "the client calls close()");
	close(c.client_fd);
	r = lab_reach(lab, &c.client, TCP_FIN_WAIT1, &closed, NULL, e);
	if (r == 0)
		r = lab_watch(lab, &c.client, closed,
			      arm->number ? arm->number : lab_patience_ms(lab, LASTED),
			      LASTED, NULL, e);
	if (r == 0)
		r = lab_see_counter(lab, REPEATS, "RetransSegs", 0, e);
	if (r == 0)
		r = lab_see_counter(lab, GIVEN_UP, "TCPAbortOnTimeout", 0, e);
	return r;
}
