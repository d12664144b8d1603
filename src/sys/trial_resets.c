/* SPDX-License-Identifier: MIT */
/* Experiments with connections that end with a RST. */
#include "core/trials_resets.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/err.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum { WAIT_MS = 2000 }; /* for what a segment over the loopback brings about */

static const char bytes[] = "unread";

/* Bytes from the server come to the client, which reads them or does not. */
static int send_bytes(struct lab *lab, const struct connection *c, bool is_read,
		      struct err *e)
{
	char buffer[sizeof(bytes)];

	if (send(c->server_fd, bytes, sizeof(bytes), 0) != sizeof(bytes) ||
	    /* MSG_PEEK: they have come, and stay */
	    recv(c->client_fd, buffer, sizeof(buffer),
		 MSG_WAITALL | (is_read ? 0 : MSG_PEEK)) != sizeof(bytes))
		return err_errno(e, errno, "no bytes came over the loopback");
	lab_say(lab, "%zu bytes from the server came to the client, which %s",
		sizeof(bytes), is_read ? "reads them" : "does not read them");
	return 0;
}

static int prepare(struct lab *lab, const struct connection *c, enum reset_way way,
		   struct err *e)
{
	const struct linger zero = { .l_onoff = 1, .l_linger = 0 };

	switch (way) {
	case RESET_PLAIN:
		break;
	case RESET_LINGER_ZERO:
		if (setsockopt(c->client_fd, SOL_SOCKET, SO_LINGER, &zero, sizeof(zero)) <
		    0)
			return err_errno(e, errno, "cannot set SO_LINGER");
		lab_say(lab, "the client sets SO_LINGER { 1, 0 }");
		break;
	case RESET_READ:
	case RESET_UNREAD:
		return send_bytes(lab, c, way == RESET_READ, e);
	}
	return 0;
}

/* What the server learns of it: the end of the stream, or an error. */
static void read_end(struct lab *lab, int fd)
{
	const struct timeval limit = { .tv_sec = WAIT_MS / 1000 };
	char byte;
	ssize_t n;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	n = recv(fd, &byte, 1, 0);
	if (n == 0)
		lab_say(lab, "the server reads the end of the stream");
	lab_saw_exactly(lab, RESET_PEER_READS, n < 0 ? errno : 0);
}

/* The client closes first; `counter` is what may count it. */
static int close_first(struct lab *lab, enum reset_way way, const char *counter,
		       struct err *e)
{
	struct connection c;
	int r = connection_open(lab, &c, e);

	if (r == 0)
		r = prepare(lab, &c, way, e);
	if (r < 0)
		return r;
	lab_do(lab, "the client calls close()");
	close(c.client_fd);
	read_end(lab, c.server_fd);
	r = lab_see_state(lab, RESET_PEER_SOCKET, &c.server, WAIT_MS, e);
	if (r < 0)
		return r;
	lab_do(lab, "the server calls close()");
	close(c.server_fd);
	r = lab_see_state(lab, RESET_CLOSER_SOCKET, &c.client, WAIT_MS, e);
	if (r == 0)
		r = lab_see_counter(lab, RESET_COUNTED, counter, WAIT_MS, e);
	if (r == 0)
		r = lab_see_counter(lab, RESET_RSTS, "OutRsts", WAIT_MS, e);
	return r;
}

int trial_linger_zero_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	return close_first(lab, (enum reset_way)arm->variant, "TCPAbortOnData", e);
}

int trial_unread_close_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	return close_first(lab, (enum reset_way)arm->variant, "TCPAbortOnClose", e);
}
