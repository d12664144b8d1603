/* SPDX-License-Identifier: MIT */
#include "sys/trials.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "sys/clock.h"
#include "sys/lab.h"
#include "sys/netns.h"
#include "sys/procfs.h"
#include "sys/leave.h"
#include "sys/stop.h"

enum { TRIES = 3, TICK_MS = 20, TAKEN_APART_MS = 2000 };

static const struct {
	const struct trial *trial;
	int (*run)(struct lab *lab, const struct arm *arm, struct err *e);
} experiments[] = {
	{ &trial_time_wait_length, trial_time_wait_length_run },
	{ &trial_fin_wait_2_timeout, trial_fin_wait_2_timeout_run },
	{ &trial_fin_wait_2_held, trial_fin_wait_2_held_run },
	{ &trial_close_wait_forever, trial_close_wait_forever_run },
	{ &trial_close_vs_shutdown, trial_close_vs_shutdown_run },
	{ &trial_orphan_retries, trial_orphan_retries_run },
	{ &trial_keepalive_armed, trial_keepalive_armed_run },
	{ &trial_tw_reuse, trial_tw_reuse_run },
	{ &trial_port_exhaustion, trial_port_exhaustion_run },
	{ &trial_linger_zero, trial_linger_zero_run },
	{ &trial_unread_close, trial_unread_close_run },
	{ &trial_listen_overflow, trial_listen_overflow_run },
	{ &trial_write_traps, trial_write_traps_run },
	{ &trial_last_ack_lost, trial_last_ack_lost_run },
	{ &trial_time_wait_assassination, trial_time_wait_assassination_run },
	{ &trial_server_side_syn, trial_server_side_syn_run },
	{ &trial_tw_buckets, trial_tw_buckets_run },
};

/* The child of an arm. */
struct child {
	struct trial_run *run;
	pid_t pid; /* 0: it does not run */
	unsigned tries;
	int64_t began_ms;
	bool is_done;
};

struct school {
	struct child *at; /* the longest first */
	size_t n;
	unsigned jobs, hz;
	uint64_t host_inode;
	int64_t freed_ms; /* when an experiment ended last; 0: none has */
	pid_t parent;
	sigset_t signals; /* as they were before they were held */
};

static int experiment(const struct trial *trial, struct lab *lab, const struct arm *arm,
		      struct err *e)
{
	for (size_t i = 0; i < sizeof(experiments) / sizeof(experiments[0]); i++)
		if (strcmp(experiments[i].trial->name, trial->name) == 0)
			return experiments[i].run(lab, arm, e);
	return err_set(e, ENOSYS, "no experiment is known for the trial '%s'",
		       trial->name);
}

/* The child: all it has to say is in the outcome. */
static _Noreturn void work(const struct school *s, const struct trial_run *run)
{
	struct outcome *o = run->outcome;
	struct lab lab = { .arm = run->arm,
			   .outcome = o,
			   .hz = s->hz,
			   .root_fd = -1,
			   .host_inode = s->host_inode,
			   .began_ms = clock_monotonic_ms() };
	struct err e = { 0 };
	int r;

	leave_die_with(s->parent);
	sigprocmask(SIG_SETMASK, &s->signals, NULL);
	lab.root_fd = procfs_open_root("/", &e);
	r = lab.root_fd < 0 ? lab.root_fd : lab_open(&lab, &e);
	leave_die_with(s->parent);
	if (r == 0)
		r = experiment(run->trial, &lab, run->arm, &e);
	if (r < 0) {
		o->error = -r;
		snprintf(o->why, sizeof(o->why), "%s%s%s", e.text, e.hint[0] ? "; " : "",
			 e.hint);
	}
	o->took_ms = lab_now(&lab);
	o->is_done = r == 0 || o->is_left_out;
	_exit(0);
}

static int start(const struct school *s, struct child *c, struct err *e)
{
	memset(c->run->outcome, 0, sizeof(*c->run->outcome));
	c->run->outcome->tries = ++c->tries;
	c->began_ms = clock_monotonic_ms();
	c->pid = fork();
	if (c->pid == 0)
		work(s, c->run);
	if (c->pid > 0)
		return 0;
	c->pid = 0;
	return err_errno(e, errno, "cannot start a process for a trial");
}

static unsigned count_running(const struct school *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->at[i].pid > 0;
	return n;
}

/*
 * A limit on processes or namespaces was met. That may be for those that run, or ended just
 * now: the kernel takes a namespace apart after its last process is gone. Then no more than
 * those run at once from here on, and this one is begun again.
 */
static bool is_eased(struct school *s, struct child *c, int error)
{
	unsigned running = count_running(s);
	bool is_freed =
		s->freed_ms && clock_monotonic_ms() - s->freed_ms < TAKEN_APART_MS;

	if ((error != ENOSPC && error != EAGAIN) || (running == 0 && !is_freed))
		return false;
	s->jobs = running ? running : 1;
	c->tries--;
	c->is_done = false;
	return true;
}

/*
 * Is it worth another try? What is said against a claim is said three times: a process that
 * was not run for a while sees many a thing wrongly, a step that came too late among them.
 */
static bool is_doubtful(const struct arm *arm, const struct outcome *o, unsigned hz)
{
	if (!o->is_done)
		return o->error == EPROTO;
	return outcome_verdict(arm, o, hz) != VERDICT_CONFIRMED;
}

/* Has the child ended? Then its outcome is looked at. */
static void reap(struct school *s, struct child *c)
{
	struct outcome *o = c->run->outcome;
	int status;

	if (c->pid <= 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	c->pid = 0;
	if (!o->is_done && !o->error) {
		o->error = ECHILD;
		snprintf(o->why, sizeof(o->why),
			 WIFSIGNALED(status) ? "its process was ended by signal %d"
					     : "its process ended without a word (%d)",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	if (o->is_done)
		s->freed_ms = clock_monotonic_ms();
	if (!is_eased(s, c, o->error))
		c->is_done = c->tries >= TRIES || !is_doubtful(c->run->arm, o, s->hz);
}

static void end_all(struct school *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].pid > 0)
			kill(s->at[i].pid, SIGKILL);
	for (size_t i = 0; i < s->n; i++)
		while (s->at[i].pid > 0 && waitpid(s->at[i].pid, NULL, 0) < 0 &&
		       errno == EINTR)
			continue;
}

/* How long the rest will take: those that run, and those behind them. */
static int64_t time_left(const struct school *s)
{
	int64_t now = clock_monotonic_ms(), most = 0, sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct child *c = &s->at[i];
		int64_t left = c->is_done ? 0 : c->run->arm->about_ms;

		if (c->pid > 0)
			left -= now - c->began_ms;
		left = left > 0 ? left : 0;
		most = left > most ? left : most;
		sum += left;
	}
	return sum / s->jobs > most ? sum / s->jobs : most;
}

static void tell(const struct school *s, const struct trial_watcher *watcher)
{
	size_t done = 0;

	for (size_t i = 0; i < s->n; i++)
		done += s->at[i].is_done;
	if (watcher)
		watcher->tell(watcher->to, done, s->n, time_left(s));
}

/* One look at all of them. *ret_left: those that are not done. */
static int step(struct school *s, size_t *ret_left, struct err *e)
{
	int r = 0;

	*ret_left = 0;
	for (size_t i = 0; i < s->n; i++)
		reap(s, &s->at[i]);
	for (size_t i = 0; i < s->n && r == 0; i++) {
		struct child *c = &s->at[i];

		if (!c->is_done && c->pid == 0 && count_running(s) < s->jobs)
			r = start(s, c, e);
		if (r < 0 && is_eased(s, c, -r))
			r = 0;
		*ret_left += !c->is_done;
	}
	return r;
}

static int run_all(struct school *s, const struct trial_watcher *watcher, struct err *e)
{
	size_t left;

	for (;;) {
		int r = step(s, &left, e), signal;

		if (r < 0)
			return r;
		tell(s, watcher);
		/* also where it has ended the last of them: they are of one terminal */
		signal = stop_taken_within(left ? TICK_MS : 0);
		if (!signal && left == 0)
			return 0;
		if (signal)
			return err_set(e, EINTR,
				       "stopped by SIG%s; nothing is left behind",
				       sigabbrev_np(signal));
	}
}

static int is_longer(const void *a, const void *b)
{
	const struct child *left = a, *right = b;

	return (left->run->arm->about_ms < right->run->arm->about_ms) -
	       (left->run->arm->about_ms > right->run->arm->about_ms);
}

/* Outcomes that parent and children share. */
static int map_outcomes(struct trial_run *runs, size_t n, struct err *e)
{
	struct outcome *o = mmap(NULL, n * sizeof(*o), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (o == MAP_FAILED)
		return err_errno(e, errno, "no memory for %zu outcomes", n);
	for (size_t i = 0; i < n; i++)
		runs[i].outcome = &o[i];
	return 0;
}

int trials_run(struct trial_run *runs, size_t n, unsigned jobs, unsigned hz,
	       const struct trial_watcher *watcher, struct err *e)
{
	own_free struct child *children = calloc(n, sizeof(*children));
	struct school s = {
		.at = children, .n = n, .jobs = jobs, .hz = hz, .parent = getpid()
	};
	uint64_t cookie;
	int r = children ? map_outcomes(runs, n, e)
			 : err_errno(e, ENOMEM, "cannot run %zu trials", n);

	if (r < 0)
		return r;
	netns_identify(&s.host_inode, &cookie);
	for (size_t i = 0; i < n; i++)
		children[i].run = &runs[i];
	qsort(children, n, sizeof(*children), is_longer);
	stop_hold(&s.signals);
	r = run_all(&s, watcher, e);
	end_all(&s);
	stop_release(&s.signals);
	if (r < 0)
		trials_done(runs, n);
	return r;
}

void trials_done(struct trial_run *runs, size_t n)
{
	if (n == 0 || !runs[0].outcome)
		return;
	munmap(runs[0].outcome, n * sizeof(*runs[0].outcome));
	for (size_t i = 0; i < n; i++)
		runs[i].outcome = NULL;
}
