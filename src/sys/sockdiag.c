/* SPDX-License-Identifier: MIT */
#include "sys/sockdiag.h"

#include <errno.h>
#include <unistd.h>

#include "base/err.h"
#include "core/census.h"
#include "core/dumpcopy.h"
#include "core/dumpwalk.h"
#include "sys/writeall.h"

/* How often a dump is asked for that the table's changes interrupt. */
static int attempts_of(const struct dump_source *source)
{
	return source->is_recording ? 1 : 3;
}

void sockdiag_close(struct dump_source **source)
{
	if (*source)
		(*source)->close(*source);
	*source = NULL;
}

static int take_once(struct dump_source *source, struct dump_walk *walk, struct err *e)
{
	int r = source->restart(source, e);

	walk->sequence = source->sequence;
	while (r == 0 && !walk->is_done) {
		const void *bytes;
		ssize_t n = source->receive(source, &bytes, e);

		if (n < 0)
			return (int)n;
		if (n == 0)
			return err_set(e, EBADMSG,
				       "the socket dump ends before its NLMSG_DONE");
		r = dump_walk(walk, bytes, (size_t)n, e);
	}
	return r;
}

int sockdiag_take(struct dump_source *source, uint32_t states,
		  const struct socket_taker *taker, bool *ret_interrupted, struct err *e)
{
	int left = attempts_of(source);

	*ret_interrupted = true;
	while (left-- > 0 && *ret_interrupted) {
		struct dump_walk walk = {
			.add = taker->add,
			.to = taker->to,
			.states = states,
		};
		int r;

		taker->restart(taker->to);
		r = take_once(source, &walk, e);
		if (r < 0)
			return r;
		*ret_interrupted = walk.is_interrupted;
	}
	return 0;
}

static void count(void *to, const struct socket_row *row)
{
	census_add(to, row);
}

static void count_anew(void *to)
{
	*(struct census *)to = (struct census){ 0 };
}

int sockdiag_count(struct dump_source *source, struct census *ret, struct err *e)
{
	struct census census;
	const struct socket_taker taker = { count, count_anew, &census };
	bool is_interrupted;
	int r = sockdiag_take(source, 0, &taker, &is_interrupted, e);

	if (r < 0)
		return r;
	*ret = census;
	ret->interrupted = is_interrupted;
	return 0;
}

static int record_once(struct dump_source *source, struct dump_copy *copy, int fd,
		       struct err *e)
{
	int r = source->restart(source, e);

	copy->sequence = source->sequence;
	while (r == 0 && !copy->is_done) {
		const void *bytes;
		ssize_t n = source->receive(source, &bytes, e);

		if (n <= 0)
			return n < 0 ? (int)n
				     : err_set(e, EBADMSG, "the socket dump has no end");
		copy->bytes.n = 0;
		r = dump_copy(copy, bytes, (size_t)n, e);
		if (r < 0)
			return r;
		r = write_all(fd, copy->bytes.at, copy->bytes.n);
		if (r < 0)
			return err_errno(e, -r, "cannot write the socket dump");
	}
	return r;
}

static int empty(int fd, struct err *e)
{
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_errno(e, errno, "cannot write the socket dump anew");
	return 0;
}

int sockdiag_record(struct dump_source *source, struct masks *masks, int fd,
		    struct err *e)
{
	bool is_interrupted = true;
	int r = 0;

	for (int left = attempts_of(source); left > 0 && is_interrupted; left--) {
		struct dump_copy copy = { .masks = masks };

		r = record_once(source, &copy, fd, e);
		is_interrupted = r == 0 && copy.is_interrupted;
		dump_copy_done(&copy);
		if (is_interrupted && left > 1)
			r = empty(fd, e);
		if (r < 0)
			return r;
	}
	return r;
}
