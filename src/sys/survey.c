/* SPDX-License-Identifier: MIT */
#include "sys/survey.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "core/proctcp.h"
#include "core/snapshot.h"
#include "sys/machine.h"
#include "sys/procfs.h"
#include "sys/sockdiag.h"

/* Each socket goes to the census, and on to who else asked for it. */
struct counting {
	struct census *census;
	uint32_t asked;
	const struct socket_taker *next;
};

static void count(void *to, const struct socket_row *row)
{
	struct counting *counting = to;

	census_add(counting->census, row);
	if (counting->next)
		counting->next->add(counting->next->to, row);
}

static void count_anew(void *to)
{
	struct counting *counting = to;

	*counting->census = (struct census){ .asked = counting->asked };
	if (counting->next)
		counting->next->restart(counting->next->to);
}

/* A line of the kernel's has 150 bytes, one of IPv6 about 200; tcp6_seq_show(). */
enum { LINE_MAX_BYTES = 512 };

/* -ENOENT, without a sentence: there is no such file. */
static int open_lines(const struct machine *m, const char *path, FILE **ret,
		      struct err *e)
{
	own_fd int fd = procfs_open(m->root_fd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return fd == -ENOENT ? fd : err_errno(e, -fd, "cannot read '/%s'", path);
	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "cannot read '/%s'", path);
	/* a FIFO that nobody writes into would read as a host without sockets */
	if (!S_ISREG(st.st_mode))
		return err_set(e, EBADMSG, "'/%s' is no regular file", path);
	*ret = fdopen(fd, "r");
	if (!*ret)
		return err_errno(e, errno, "cannot read '/%s'", path);
	(void)take_fd(fd);
	return 0;
}

/* 1; 0: there is no more; -EBADMSG: it is too long for a socket's; -errno. */
static int read_line(FILE *f, char line[LINE_MAX_BYTES])
{
	char *end;

	errno = 0;
	if (!fgets(line, LINE_MAX_BYTES, f))
		return ferror(f) ? -(errno ? errno : EIO) : 0;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return end || feof(f) ? 1 : -EBADMSG;
}

/* Hands on the sockets in `states` (bits). The file may be of any length, and hostile. */
static int read_lines(FILE *f, const char *path, enum census_family family,
		      uint32_t states, const struct socket_taker *taker, struct err *e)
{
	char line[LINE_MAX_BYTES];
	struct socket_row row;
	unsigned n = 1;
	int r = read_line(f, line);

	/* the kernel writes one, however few the sockets */
	if (r == 0 || r == -EBADMSG || (r > 0 && !strstr(line, "local_address")))
		return err_set(e, EBADMSG, "'/%s' has no heading", path);
	while (r > 0 && (r = read_line(f, line)) != 0) {
		n++;
		if (r > 0 && !proctcp_parse_line(line, family, &row))
			r = -EBADMSG;
		if (r == -EBADMSG)
			return err_set(e, EBADMSG, "'/%s' has no socket in line %u", path,
				       n);
		if (r > 0 && states >> row.state & 1)
			taker->add(taker->to, &row);
	}
	return r < 0 ? err_errno(e, -r, "cannot read '/%s'", path) : 0;
}

static int take_lines(const struct machine *m, const char *path,
		      enum census_family family, uint32_t states,
		      const struct socket_taker *taker, struct err *e)
{
	FILE *f;
	int r = open_lines(m, path, &f, e);

	if (r < 0)
		return r;
	r = read_lines(f, path, family, states, taker, e);
	fclose(f);
	return r;
}

/* Both files; without IPv6 there is no second one. -ENOENT: nor a first one. */
static int take_both(const struct machine *m, uint32_t states,
		     const struct socket_taker *taker, struct err *e)
{
	int r = take_lines(m, "proc/net/tcp", CENSUS_IPV4, states, taker, e);

	if (r < 0)
		return r;
	r = take_lines(m, "proc/net/tcp6", CENSUS_IPV6, states, taker, e);
	return r == -ENOENT ? 0 : r;
}

/* /proc/net/tcp and tcp6, read twice: the takers want the listeners of both first. */
static int take_proctcp(const struct machine *m, uint32_t states,
			const struct socket_taker *taker, struct err *e)
{
	const uint32_t listening = 1u << TCP_LISTEN;
	uint32_t asked = states ? states : STATES_ALL;
	int r;

	taker->restart(taker->to);
	r = take_both(m, asked & listening, taker, e);
	return r < 0 ? r : take_both(m, asked & ~listening, taker, e);
}

static uint32_t wanted(const struct survey *survey)
{
	return survey->states ? survey->states | survey->beside : 0;
}

static int open_recording(const struct machine *m, struct dump_source **ret,
			  struct err *e)
{
	int fd =
		procfs_open(m->root_fd, "sockets.diag", O_RDONLY | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return err_errno(e, -fd, "cannot open the recorded 'sockets.diag'");
	return sockdiag_open_recording(ret, fd, e);
}

static int take_live(uint32_t states, unsigned details, const struct socket_taker *taker,
		     bool *ret_interrupted, struct err *e)
{
	struct dump_source *source = NULL;
	int r = sockdiag_open_live(&source, states, details, e);

	if (r == 0)
		r = sockdiag_take(source, states, taker, ret_interrupted, e);
	sockdiag_close(&source);
	return r;
}

/* The sockets that are only bound, counted on another processor. */
struct aside {
	pthread_t thread;
	struct census census;
	bool is_interrupted;
	int result;
	struct err e;
};

static void *count_bound(void *argument)
{
	struct aside *aside = argument;
	struct counting counting = { .census = &aside->census };
	const struct socket_taker taker = { count, count_anew, &counting };

	aside->result = take_live(1u << TCP_BOUND_INACTIVE, 0, &taker,
				  &aside->is_interrupted, &aside->e);
	return NULL;
}

/*
 * To find them the kernel walks over all sockets that have a port, TIME_WAIT too, before it
 * walks over the connections (inet_diag_dump_icsk() since Linux 6.8): a third of the time
 * where there are many. So both walks go on at once.
 */
static int take_apart(const struct survey *survey, const struct socket_taker *taker,
		      struct census *census, bool *ret_interrupted, struct err *e)
{
	struct aside aside = { 0 };
	bool is_apart = pthread_create(&aside.thread, NULL, count_bound, &aside) == 0;
	uint32_t bound = is_apart ? 1u << TCP_BOUND_INACTIVE : 0;
	int r = take_live(STATES_ALL & ~bound, survey->details, taker, ret_interrupted,
			  e);

	if (!is_apart)
		return r;
	pthread_join(aside.thread, NULL);
	if (r == 0 && aside.result < 0) {
		*e = aside.e;
		return aside.result;
	}
	*ret_interrupted |= aside.is_interrupted;
	census_join_bound(census, &aside.census);
	return r;
}

static int take_recording(const struct machine *m, const struct survey *survey,
			  const struct socket_taker *taker, bool *ret_interrupted,
			  struct err *e)
{
	struct dump_source *source = NULL;
	int r = open_recording(m, &source, e);

	if (r == 0)
		r = sockdiag_take(source, wanted(survey), taker, ret_interrupted, e);
	sockdiag_close(&source);
	return r;
}

static int take_dump(const struct machine *m, const struct survey *survey,
		     const struct socket_taker *taker, struct snapshot *s,
		     bool *ret_interrupted, struct err *e)
{
	if (!m->is_live)
		return take_recording(m, survey, taker, ret_interrupted, e);
	/* who takes each socket wants them in the order of one dump */
	if (!survey->states && !survey->taker &&
	    census_kernel_dumps_bound(s->host.kernel))
		return take_apart(survey, taker, &s->census, ret_interrupted, e);
	return take_live(wanted(survey), survey->details, taker, ret_interrupted, e);
}

bool survey_is_absence(int r)
{
	return r == -EOPNOTSUPP || r == -ENOENT || r == -EINVAL || r == -EPERM ||
	       r == -EACCES || r == -EPROTONOSUPPORT || r == -EAFNOSUPPORT;
}

/* A recording is there or not. */
static bool is_absent(const struct machine *m, int r)
{
	if (m->is_live)
		return survey_is_absence(r);
	return faccessat(m->root_fd, "sockets.diag", F_OK, AT_SYMLINK_NOFOLLOW) < 0;
}

static int fall_back(const struct machine *m, const struct survey *survey,
		     const struct socket_taker *taker, struct snapshot *s,
		     const struct err *why, struct err *e)
{
	int r = take_proctcp(m, wanted(survey), taker, e);

	if (r < 0 && r != -ENOENT)
		return r;
	s->has_census = r == 0;
	if (r == 0 && m->is_live)
		snapshot_add_unanswered(
			s, "inet_diag",
			"%s%s%s; counted from /proc/net/tcp and tcp6 instead", why->text,
			why->hint[0] ? "; " : "", why->hint);
	else if (r < 0)
		snapshot_add_unanswered(s, "sockets", "%s%s%s",
					m->is_live ? why->text
						   : "the recording has no socket dump",
					why->hint[0] ? "; " : "", why->hint);
	return 0;
}

int survey_take(const struct machine *m, const struct survey *survey, struct snapshot *s,
		struct err *e)
{
	struct counting counting = {
		.census = &s->census,
		.asked = survey->states ? survey->states : STATES_ALL,
		.next = survey->taker,
	};
	const struct socket_taker taker = { count, count_anew, &counting };
	bool is_interrupted = false;
	struct err why = { 0 };
	int r = take_dump(m, survey, &taker, s, &is_interrupted, &why);

	if (r < 0 && is_absent(m, r))
		return fall_back(m, survey, &taker, s, &why, e);
	if (r < 0) {
		*e = why;
		return r;
	}
	s->has_census = true;
	s->census.interrupted = is_interrupted;
	s->census.has_backlogs = true;
	s->census.has_bound_inactive = census_kernel_dumps_bound(s->host.kernel);
	return 0;
}
