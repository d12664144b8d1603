/* SPDX-License-Identifier: MIT */
/* Experiments with connections that come in. */
#include "core/trials_listening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum {
	BACKLOG = 1,
	QUEUE = BACKLOG + 1, /* sk_acceptq_is_full() asks for more than the backlog */
	STEP_MS = 2000,	     /* for what a segment over the loopback brings about */
	RESENT_MS = 5000,    /* for what is sent again after 1 s, and after 2 more */
};

/* One end of a connection that is not accepted. */
struct caller {
	int fd;
	struct flow client, server;
};

/* Begins to connect: the handshake may still be under way. */
static int call(const struct sockaddr_in *to, bool is_deaf, struct caller *ret,
		struct err *e)
{
	socklen_t n = sizeof(ret->client.local);
	own_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_errno(e, errno, "cannot make a socket");
	if (is_deaf && connection_silence(fd, e) < 0)
		return -e->code;
	if ((connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0 &&
	     errno != EINPROGRESS) ||
	    getsockname(fd, (struct sockaddr *)&ret->client.local, &n) < 0)
		return err_errno(e, errno, "cannot connect over the loopback");
	ret->client.remote = *to;
	ret->server = (struct flow){ ret->client.remote, ret->client.local };
	ret->fd = take_fd(fd);
	return 0;
}

/* Calls, and waits until the server's end is in `state`. */
static int call_until(struct lab *lab, const struct sockaddr_in *to, bool is_deaf,
		      int state, struct caller *ret, struct err *e)
{
	struct sighting seen;
	int r = call(to, is_deaf, ret, e);

	if (r == 0)
		r = lab_await(lab, &ret->server, state, STEP_MS, NULL, &seen, e);
	if (r == 0 && seen.state != state)
		r = err_set(e, EPROTO, "the server's end came to state %d, not %d",
			    seen.state, state);
	return r;
}

static int fill_queue(struct lab *lab, const struct sockaddr_in *to, struct err *e)
{
	struct caller plain;

	for (int i = 0; i < QUEUE; i++) {
		int r = call_until(lab, to, false, TCP_ESTABLISHED, &plain, e);

		if (r < 0)
			return r;
	}
	lab_say(lab, "%d other clients connect, which fills the accept queue", QUEUE);
	return 0;
}

/* What the client has, and what was counted; the server's end may be later with it. */
static int see_client(struct lab *lab, const struct caller *c, struct err *e)
{
	int r = lab_see_state(lab, OVERFLOW_CLIENT, &c->client, RESENT_MS, e);
	char byte;

	if (r < 0)
		return r;
	lab_saw_exactly(lab, OVERFLOW_READ,
			recv(c->fd, &byte, 1, MSG_DONTWAIT) < 0 ? errno : 0);
	r = lab_see_counter(lab, OVERFLOW_OVERFLOWS, "ListenOverflows", STEP_MS, e);
	if (r == 0)
		r = lab_see_counter(lab, OVERFLOW_EMBRYONIC, "EmbryonicRsts", STEP_MS, e);
	if (r == 0)
		r = lab_see_counter(lab, OVERFLOW_RSTS, "OutRsts", STEP_MS, e);
	return r;
}

static int empty_queue(struct lab *lab, int listener_fd, struct err *e)
{
	lab_do(lab, "the server calls accept() %d times", QUEUE);
	for (int i = 0; i < QUEUE; i++)
		if (accept4(listener_fd, NULL, NULL, SOCK_CLOEXEC) < 0)
			return err_errno(e, errno, "cannot accept over the loopback");
	return 0;
}

/* A client whose handshake stops before its last ACK, and goes on. */
static int overflow(struct lab *lab, enum overflow_way way, int listener_fd,
		    const struct sockaddr_in *to, struct err *e)
{
	struct caller c;
	int r = call_until(lab, to, true, TCP_SYN_RECV, &c, e);

	if (r < 0)
		return r;
	lab_say(lab, "a client whose filter drops the SYN-ACK connects: the server's end "
		     "is in SYN_RECV");
	if (way != OVERFLOW_ROOM)
		r = fill_queue(lab, to, e);
	if (r < 0)
		return r;
	lab_do(lab, "the filter is taken away; the SYN-ACK will be sent again");
	r = connection_answer(c.fd, e);
	if (r < 0)
		return r;
	r = see_client(lab, &c, e);
	if (r == 0 && way == OVERFLOW_LATER)
		r = empty_queue(lab, listener_fd, e);
	if (r == 0)
		r = lab_see_state(lab, OVERFLOW_SERVER, &c.server, RESENT_MS, e);
	return r;
}

int trial_listen_overflow_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct sockaddr_in at;
	int fd = connection_listen(BACKLOG, &at, e);

	if (fd < 0)
		return fd;
	lab_say(lab, "a server listens on port %u with a backlog of %d, which holds %d",
		ntohs(at.sin_port), BACKLOG, QUEUE);
	return overflow(lab, (enum overflow_way)arm->variant, fd, &at, e);
}
