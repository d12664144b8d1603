/* SPDX-License-Identifier: MIT */
#include "sys/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "sys/clock.h"
#include "sys/stop.h"

enum {
	WORDS_MAX = 24,
	START_TRIES = 150, /* of START_PAUSE_MS: a systemd that does not answer is none */
	START_PAUSE_MS = 100,
	INHERITED_MAX = 1024,
};

/* Before what one of our own says on standard error. */
#define ERROR_PREFIX "finwait: "

extern char **environ;

/* The command line of the guardian. */
struct words {
	const char *at[WORDS_MAX];
	size_t n;
};

static void words_add(struct words *words, const char *word)
{
	if (words->n + 1 < WORDS_MAX)
		words->at[words->n++] = word;
}

/* As sd_booted(3) has it. */
static bool is_systemd_running(void)
{
	struct stat st;

	return lstat("/run/systemd/system", &st) == 0 && S_ISDIR(st.st_mode);
}

/* All signals as they are by default, no descriptor but the standard ones. */
static int spawn(const struct words *words, char *const *env, int error_fd, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, error_fd, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	r = posix_spawn(ret, words->at[0], &files, &attr, (char *const *)words->at, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -r;
}

/* What a child says on standard error, its first line; until it closes that. -errno. */
static int listen_to(int fd, char *said, size_t size)
{
	size_t n = 0;

	said[0] = '\0';
	for (int i = 0; i < START_TRIES; i++) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		char rest[256];
		ssize_t got;

		if (stop_taken())
			return -EINTR;
		if (poll(&p, 1, START_PAUSE_MS) <= 0)
			continue;
		got = n + 1 < size ? read(fd, said + n, size - n - 1)
				   : read(fd, rest, sizeof(rest));
		if (got <= 0) {
			said[strcspn(said, "\n")] = '\0';
			return 0;
		}
		n += n + 1 < size ? (size_t)got : 0;
		said[n] = '\0';
	}
	return -ETIMEDOUT;
}

/* It has closed its standard error, and so is about to end. */
static int wait_for(pid_t pid, int *ret_status)
{
	for (int i = 0; i < START_TRIES; i++) {
		pid_t ended = waitpid(pid, ret_status, WNOHANG);

		if (ended == pid)
			return 0;
		if (stop_taken_within(i < 10 ? 1 : START_PAUSE_MS))
			return -EINTR;
	}
	return -ETIMEDOUT;
}

/* Runs the command until it is on guard, which is when it or its front end has ended. */
static int run_words(const struct words *words, char *const *env, struct err *e)
{
	int ends[2], status = 0, r;
	char said[256];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(e, errno, "cannot start the guardian");
	r = spawn(words, env, ends[1], &pid);
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return err_errno(e, -r, "cannot start '%s'", words->at[0]);
	}
	r = listen_to(ends[0], said, sizeof(said));
	close(ends[0]);
	if (r == 0)
		r = wait_for(pid, &status);
	if (r < 0) {
		kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
	}
	if (r == -EINTR)
		return err_set(e, EINTR, "interrupted while the guardian was started");
	if (r < 0)
		return err_errno(e, -r, "'%s' does not answer", words->at[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, ECHILD, "the guardian did not start%s%s", said[0] ? ": " : "",
		       said + (strncmp(said, ERROR_PREFIX, strlen(ERROR_PREFIX)) == 0
				       ? strlen(ERROR_PREFIX)
				       : 0));
}

/*
 * As a service it is started by PID 1, in whose network namespace it would be: ours is named
 * by this process, which waits until the service has opened it.
 */
static int start_service(const struct words *own, const char *id, struct err *e)
{
	/* as root: whatever the caller's PATH is, and the rest of his environment */
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *env[] = { path, NULL };
	char unit[64], netns[64];
	struct words words = { 0 };

	snprintf(unit, sizeof(unit), "--unit=finwait-%s", id);
	snprintf(netns, sizeof(netns), "/proc/%d/ns/net", (int)getpid());
	words_add(&words, "/usr/bin/systemd-run");
	words_add(&words, "--quiet");
	words_add(&words, "--collect");
	words_add(&words, "--no-ask-password");
	words_add(&words, "--service-type=forking");
	/* systemctl isolate, rescue: the change is still there */
	words_add(&words, "--property=IgnoreOnIsolate=yes");
	words_add(&words, "--description=finwait undoes a change that nobody confirms");
	words_add(&words, unit);
	words_add(&words, "--");
	for (size_t i = 0; i < own->n; i++)
		words_add(&words, own->at[i]);
	words_add(&words, "--netns");
	words_add(&words, netns);
	return run_words(&words, env, e);
}

static int start(struct guardian *g, const char *id, struct err *e)
{
	own_free char *state_dir = realpath(g->state_dir, NULL);
	own_free char *root_dir = g->root_dir ? realpath(g->root_dir, NULL) : NULL;
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct words words = { 0 };
	struct err trouble = { 0 };
	int r;

	g->note[0] = '\0';
	if (n < 0 || !state_dir || (g->root_dir && !root_dir))
		return err_errno(e, errno, "cannot start the guardian");
	self[n] = '\0';
	words_add(&words, self);
	words_add(&words, "rollback");
	words_add(&words, "--at-deadline");
	words_add(&words, id);
	words_add(&words, "--state-dir");
	words_add(&words, state_dir);
	if (root_dir) {
		words_add(&words, "--root");
		words_add(&words, root_dir);
	}
	/* a recorded tree is no matter for this machine's systemd */
	if (!root_dir && is_systemd_running()) {
		r = start_service(&words, id, &trouble);
		if (r == 0 || r == -EINTR) {
			if (r < 0)
				*e = trouble;
			return r;
		}
		snprintf(g->note, sizeof(g->note),
			 "systemd did not start the guardian (%.256s); it is a detached "
			 "process, which may end with this login session",
			 trouble.text);
	}
	r = run_words(&words, environ, e);
	if (r < 0)
		g->note[0] = '\0';
	return r;
}

int guardian_start(struct guardian *g, const char *id, int64_t deadline_ms, struct err *e)
{
	int r = start(g, id, e);

	if (r == 0 && clock_boottime_ms() >= deadline_ms)
		r = err_set(e, ETIMEDOUT,
			    "the guardian was on guard only after the deadline");
	return r;
}

/* It will have to take the lock; it holds none now that closing this could drop. */
static int check_lock(const char *state_dir, struct err *e)
{
	own_fd int dir_fd = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	own_fd int fd =
		openat(dir_fd, "lock", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? err_errno(e, errno, "cannot open '%s/lock'", state_dir) : 0;
}

int guardian_arm(const char *state_dir, int64_t deadline_ms, struct watch *ret,
		 struct err *e)
{
	struct itimerspec when = {
		.it_value = { .tv_sec = deadline_ms / 1000,
			      .tv_nsec = deadline_ms % 1000 * 1000000L },
	};
	int r = check_lock(state_dir, e);

	if (r < 0)
		return r;
	ret->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	if (ret->timer_fd < 0 ||
	    timerfd_settime(ret->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) < 0)
		return err_errno(e, errno, "cannot set a timer");
	/* only to end early: the deadline comes without it */
	ret->journal_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (ret->journal_fd >= 0 &&
	    inotify_add_watch(ret->journal_fd, state_dir, IN_MODIFY | IN_MOVED_TO) < 0) {
		close(ret->journal_fd);
		ret->journal_fd = -1;
	}
	return 0;
}

/* Ours are all closed at an exec; those that are not were handed down by whoever started us. */
static void close_inherited(void)
{
	for (int fd = STDERR_FILENO + 1; fd < INHERITED_MAX; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
}

int guardian_detach(struct err *e)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = null_fd < 0 ? -1 : fork();
	sigset_t none;

	if (pid != 0) {
		int error = errno;

		if (null_fd >= 0)
			close(null_fd);
		return pid < 0 ? err_errno(e, error, "cannot go on in the background")
			       : pid;
	}
	(void)setsid();
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGHUP, SIG_IGN);
	(void)!chdir("/"); /* holds no mount */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null_fd, fd);
	close(null_fd);
	close_inherited();
	return 0;
}

void guardian_complain(const char *id, const struct err *e)
{
	openlog("finwait", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_ERR, "guardian of %s: %s; trying again", id, e->text);
	closelog();
}

void guardian_rest(unsigned seconds)
{
	sleep(seconds);
}

bool guardian_wait(const struct watch *w)
{
	struct pollfd p[] = {
		{ .fd = w->timer_fd, .events = POLLIN },
		{ .fd = w->journal_fd, .events = POLLIN },
	};
	char events[4096];

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	if (p[1].revents)
		(void)!read(w->journal_fd, events, sizeof(events));
	return p[0].revents != 0;
}
