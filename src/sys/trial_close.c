/* SPDX-License-Identifier: MIT */
/* Experiments with close() and shutdown(). */
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "core/trials_variants.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/leave.h"
#include "sys/trials.h"

enum { CLIENT, SERVER, SEGMENTS, LAST_CLIENT, LAST_SERVER };

enum { CLOSE = -1, QUIET_MS = 500 }; /* a FIN that is sent leaves at once */

static const struct {
	int how; /* of shutdown(), or CLOSE */
	bool is_shared;
	const char *says;
} calls[] = {
	[CLOSE_ALONE] = { CLOSE, false, "the client calls close()" },
	[CLOSE_SHARED] = { CLOSE, true, "the first process calls close()" },
	[SHUTDOWN_WR_SHARED] = { SHUT_WR, true,
				 "the first process calls shutdown(SHUT_WR)" },
	[SHUTDOWN_RD_ALONE] = { SHUT_RD, false, "the client calls shutdown(SHUT_RD)" },
};

/* A second process that holds the client's socket, and does not outlive this one. */
static int share(struct lab *lab, pid_t *ret, struct err *e)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return err_errno(e, errno, "cannot start a second process");
	if (pid == 0) {
		leave_die_with(parent);
		for (;;)
			pause();
	}
	lab_say(lab, "fork(): a second process holds the client's socket, too");
	*ret = pid;
	return 0;
}

/* Its descriptors are closed when waitpid() has it. */
static void end_holder(struct lab *lab, pid_t pid)
{
	lab_do(lab, "the second process is killed, and its descriptors closed with it");
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

/* Which states both ends are in when a FIN, if there is one, has had its time. */
static int look_at_both(struct lab *lab, const struct connection *c, unsigned client,
			unsigned server, struct err *e)
{
	struct sighting near, far;
	int r = lab_await(lab, &c->client, TCP_FIN_WAIT2, QUIET_MS, NULL, &near, e);

	if (r == 0)
		r = lab_look(lab, &c->server, &far, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, client, near.state);
	lab_saw_exactly(lab, server, far.state);
	return 0;
}

/* The call of the arm, and what it makes of both ends. */
static int call(struct lab *lab, const struct connection *c, int variant, struct err *e)
{
	int64_t before, after;
	int r = lab_counter(lab, "OutSegs", &before, e);

	if (r < 0)
		return r;
	lab_do(lab, "%s", calls[variant].says);
	if (calls[variant].how == CLOSE)
		close(c->client_fd);
	else
		shutdown(c->client_fd, calls[variant].how);
	r = look_at_both(lab, c, CLIENT, SERVER, e);
	if (r == 0)
		r = lab_counter(lab, "OutSegs", &after, e);
	if (r == 0)
		lab_saw_exactly(lab, SEGMENTS, after - before);
	return r;
}

int trial_close_vs_shutdown_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	bool is_shared = calls[arm->variant].is_shared;
	struct connection c;
	pid_t holder = 0;
	int r = connection_open(lab, &c, e);

	if (r == 0 && is_shared)
		r = share(lab, &holder, e);
	if (r == 0)
		r = call(lab, &c, arm->variant, e);
	if (holder > 0)
		end_holder(lab, holder);
	if (r == 0 && arm->variant == CLOSE_SHARED)
		r = look_at_both(lab, &c, LAST_CLIENT, LAST_SERVER, e);
	return r;
}
