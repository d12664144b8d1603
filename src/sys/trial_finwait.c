/* SPDX-License-Identifier: MIT */
/* Experiments with FIN_WAIT_1 and FIN_WAIT_2. */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/err.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum { CLOSE_MS = 2000 }; /* for a FIN and its ACK */

enum { LASTED, PEER };

/* A full socket, whose timer leaves a mini-socket behind: the second half. */
static int await_mini(struct lab *lab, const struct connection *c, struct err *e)
{
	struct sighting seen;
	int r = lab_await_timer(lab, &c->client, TIMER_MINI, lab_patience_ms(lab, LASTED),
				NULL, &seen, e);

	if (r == 0 && seen.state)
		lab_say(lab,
			"the timer ran out: a mini-socket stands for it now, %u ms left",
			seen.expires_ms);
	return r;
}

int trial_fin_wait_2_timeout_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	struct moment began, gone;
	struct sighting seen;
	int r = connection_open(lab, &c, e);

	(void)arm;
	if (r < 0)
		return r;
	lab_do(lab, "the client calls close(); the server neither reads nor closes");
	close(c.client_fd);
	r = lab_await(lab, &c.client, TCP_FIN_WAIT2, CLOSE_MS, &began, &seen, e);
	if (r == 0 && seen.state != TCP_FIN_WAIT2)
		r = err_set(e, EPROTO, "the client did not come to FIN_WAIT_2");
	if (r < 0)
		return r;
	lab_say(lab, "the client's end is in FIN_WAIT_2, a %s, %u ms left on its timer",
		seen.timer == TIMER_MINI ? "mini-socket" : "full socket",
		seen.expires_ms);
	if (seen.timer != TIMER_MINI)
		r = await_mini(lab, &c, e);
	if (r == 0)
		r = lab_await(lab, &c.client, 0, lab_patience_ms(lab, LASTED), &gone,
			      NULL, e);
	if (r < 0)
		return r;
	lab_saw_time(lab, LASTED, began, gone);
	r = lab_look(lab, &c.server, &seen, e);
	if (r == 0)
		lab_saw_exactly(lab, PEER, seen.state);
	return r;
}
