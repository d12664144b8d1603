/* SPDX-License-Identifier: MIT */
/* Experiments with keepalive. */
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/err.h"
#include "core/trials_variants.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/trials.h"

enum { FIRST_PROBE, ARMED, PROBES, STILL_ARMED };

static const char counter[] = "TCPKeepAlive";

/* What the timer was armed for, from what is left and the time since. */
static int look_armed(struct lab *lab, const struct connection *c, struct moment on,
		      unsigned measure, struct err *e)
{
	struct moment look = { .after_ms = lab_now(lab) };
	struct sighting seen;
	int r = lab_look(lab, &c->client, &seen, e);

	look.by_ms = lab_now(lab) + 1;
	if (r < 0)
		return r;
	lab_say(lab, "the client's %s timer has %u ms left",
		seen.timer == TIMER_KEEPALIVE ? "keepalive" : "other", seen.expires_ms);
	if (seen.timer == TIMER_KEEPALIVE)
		lab_saw(lab, measure, seen.expires_ms + look.after_ms - on.by_ms,
			seen.expires_ms + look.by_ms - on.after_ms);
	return 0;
}

/* The sysctl changes under a timer that runs; then the socket is told to look again. */
static int change(struct lab *lab, const struct connection *c, int64_t ms,
		  struct moment *on, struct err *e)
{
	struct moment unused;
	int64_t n;
	int r = look_armed(lab, c, *on, ARMED, e);

	if (r == 0)
		r = lab_set(lab, "net.ipv4.tcp_keepalive_time", "1", e);
	if (r == 0)
		r = lab_await_counter(lab, counter, 1, ms, &unused, e);
	if (r == 0)
		r = lab_counter(lab, counter, &n, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, PROBES, n);
	r = look_armed(lab, c, *on, STILL_ARMED, e);
	if (r == 0)
		r = connection_keep_alive(lab, c, c->client_fd, false, on, e);
	return r < 0 ? r : connection_keep_alive(lab, c, c->client_fd, true, on, e);
}

int trial_keepalive_armed_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	struct connection c;
	struct moment on, probed;
	int64_t n;
	int r = connection_open(lab, &c, e);

	if (r == 0)
		r = connection_keep_alive(lab, &c, c.client_fd, true, &on, e);
	if (r == 0 && arm->variant == KEEPALIVE_BEFORE)
		r = change(lab, &c, arm->number, &on, e);
	if (r == 0)
		r = lab_counter(lab, counter, &n, e);
	if (r == 0)
		r = lab_await_counter(lab, counter, n + 1,
				      lab_patience_ms(lab, FIRST_PROBE), &probed, e);
	if (r == 0)
		lab_saw_time(lab, FIRST_PROBE, on, probed);
	return r;
}
