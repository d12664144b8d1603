/* SPDX-License-Identifier: MIT */
/* Experiments with TIME_WAIT. */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/err.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum { CLOSE_MS = 2000 }; /* for both FINs and their ACKs */

/* The client closes first, then the server. *ret: when the client came to be in TIME_WAIT. */
static int close_both(struct lab *lab, const struct connection *c, struct moment *ret,
		      struct sighting *ret_seen, struct err *e)
{
	int r;

	lab_do(lab, "the client calls close(), then the server does");
	close(c->client_fd);
	close(c->server_fd);
	r = lab_await(lab, &c->client, TCP_TIME_WAIT, CLOSE_MS, ret, ret_seen, e);
	if (r == 0 && ret_seen->state != TCP_TIME_WAIT)
		r = err_set(e, EPROTO, "the client did not come to TIME_WAIT");
	return r;
}

enum { ARMED, LASTED };

int trial_time_wait_length_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	struct moment began, gone;
	struct sighting seen;
	int r = connection_open(lab, &c, e);

	if (r == 0)
		r = close_both(lab, &c, &began, &seen, e);
	if (r < 0)
		return r;
	lab_say(lab, "the client's socket is in TIME_WAIT, %u ms left on its timer",
		seen.expires_ms);
	/* armed at some time since the close, and counting down since */
	lab_saw(lab, ARMED, seen.expires_ms,
		seen.expires_ms + (began.by_ms - began.after_ms));
	if (!arm->is_long)
		return 0;
	r = lab_await(lab, &c.client, 0, lab_patience_ms(lab, LASTED), &gone, NULL, e);
	if (r == 0)
		lab_saw_time(lab, LASTED, began, gone);
	return r;
}
