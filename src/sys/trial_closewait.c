/* SPDX-License-Identifier: MIT */
/* Experiments with CLOSE_WAIT. */
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "core/trials_variants.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum { LASTED, PROBES, TOLD, STATE, TIMER };

enum { PEER_MS = 5000 }; /* more than tcp_fin_timeout = 1 */

/* The client ends its half. *ret: when the server came to be in CLOSE_WAIT. */
static int half_close(struct lab *lab, const struct connection *c, const struct arm *arm,
		      struct moment *ret, struct err *e)
{
	int r;

	if (arm->variant == PEER_HALF_CLOSED_KEEPALIVE) {
		lab_say(lab,
			"the client calls shutdown(SHUT_WR); the server does nothing");
		shutdown(c->client_fd, SHUT_WR);
	} else {
		lab_do(lab, "the client calls close(); the server does nothing");
		close(c->client_fd);
	}
	r = lab_reach(lab, &c->server, TCP_CLOSE_WAIT, ret, NULL, e);
	if (r == 0)
		lab_say(lab, "the server's socket is in CLOSE_WAIT");
	return r;
}

/* Waits until the client's kernel has forgotten the connection. */
static int forget(struct lab *lab, const struct connection *c, struct err *e)
{
	struct sighting seen;
	int r = lab_await(lab, &c->client, 0, PEER_MS, NULL, &seen, e);

	if (r == 0 && seen.state)
		r = err_set(e, EPROTO, "the client's FIN_WAIT_2 does not end");
	if (r == 0)
		lab_say(lab, "the client's FIN_WAIT_2 is over: nothing is left of it");
	return r;
}

/* What is left of the server's socket at the end. */
static int look_back(struct lab *lab, const struct connection *c, const struct arm *arm,
		     const struct sighting *last, struct err *e)
{
	int error = 0, r;
	socklen_t n = sizeof(error);
	int64_t probes;

	if (getsockopt(c->server_fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
		return err_errno(e, errno, "no SO_ERROR of a socket");
	r = lab_counter(lab, "TCPKeepAlive", &probes, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, PROBES, probes);
	lab_saw_exactly(lab, TOLD, error);
	lab_saw_exactly(lab, STATE, last->state);
	if (arm->variant == PEER_GONE)
		lab_saw_exactly(lab, TIMER, last->timer);
	return 0;
}

int trial_close_wait_forever_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	struct moment since;
	struct sighting last;
	int r = connection_open(lab, &c, e);

	if (r == 0)
		r = half_close(lab, &c, arm, &since, e);
	if (r == 0 && arm->variant != PEER_HALF_CLOSED_KEEPALIVE)
		r = forget(lab, &c, e);
	if (r == 0 && arm->variant != PEER_GONE)
		r = connection_keep_alive(lab, &c, c.server_fd, true, &since, e);
	if (r == 0)
		r = lab_watch(lab, &c.server, since, arm->number, LASTED, &last, e);
	return r < 0 ? r : look_back(lab, &c, arm, &last, e);
}
