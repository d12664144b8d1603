/* SPDX-License-Identifier: MIT */
/* Experiments with TIME_WAIT. */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/own.h"
#include "core/trials_timewait.h"
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

enum { IN_TIME_WAIT, REFUSED, RESETS };

static int see_buckets(struct lab *lab, struct err *e)
{
	int64_t kept, refused = 0, resets = 0;
	int r = lab_count(TCP_TIME_WAIT, &kept, e);

	if (r == 0)
		r = lab_counter(lab, "TCPTimeWaitOverflow", &refused, e);
	if (r == 0)
		r = lab_counter(lab, "OutRsts", &resets, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, IN_TIME_WAIT, kept);
	lab_saw_exactly(lab, REFUSED, refused);
	lab_saw_exactly(lab, RESETS, resets);
	return 0;
}

int trial_tw_buckets_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	own_free char *limit = NULL;
	struct connection listener = { 0 }, c;
	int64_t n;
	int r = lab_read(lab, "net.ipv4.tcp_max_tw_buckets", &limit, e);

	if (r < 0)
		return r;
	if (arm->role == ARM_CONTROL && num_parse(limit, 0, TIMEWAIT_CONNECTIONS - 1, &n))
		return err_set(e, ERANGE, "a limit of %s by default shows nothing",
			       limit);
	listener.listener_fd =
		connection_listen(TIMEWAIT_CONNECTIONS, &listener.client.remote, e);
	if (listener.listener_fd < 0)
		return listener.listener_fd;
	lab_do(lab,
	       "with tcp_max_tw_buckets %s, %d connections are opened one after the "
	       "other and closed by the client first",
	       limit, TIMEWAIT_CONNECTIONS);
	for (int i = 0; i < TIMEWAIT_CONNECTIONS && r == 0; i++) {
		r = connection_open_more(&listener, &c, e);
		if (r == 0)
			r = connection_end(lab, &c, END_CLIENT, NULL, e);
	}
	return r < 0 ? r : see_buckets(lab, e);
}
