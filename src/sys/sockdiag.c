/* SPDX-License-Identifier: MIT */
#include "sys/sockdiag.h"

#include <errno.h>
#include <unistd.h>

#include "base/err.h"
#include "core/census.h"
#include "core/dumpwalk.h"

enum { ATTEMPTS = 3 };

void sockdiag_close(struct dump_source **source)
{
	if (*source)
		(*source)->close(*source);
	*source = NULL;
}

static int count_once(struct dump_source *source, struct census *census, struct err *e)
{
	struct dump_walk walk = { .census = census, .sequence = source->sequence };
	int r = source->restart(source, e);

	walk.sequence = source->sequence;
	while (r == 0 && !walk.is_done) {
		const void *bytes;
		ssize_t n = source->receive(source, &bytes, e);

		if (n < 0)
			return (int)n;
		if (n == 0)
			return err_set(e, EBADMSG,
				       "the socket dump ends before its NLMSG_DONE");
		r = dump_walk(&walk, bytes, (size_t)n, e);
	}
	census->interrupted = walk.is_interrupted;
	return r;
}

int sockdiag_count(struct dump_source *source, struct census *ret, struct err *e)
{
	struct census census;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int r;

		census = (struct census){ 0 };
		r = count_once(source, &census, e);
		if (r < 0)
			return r;
		if (!census.interrupted)
			break;
	}
	*ret = census;
	return 0;
}

static int write_all(int fd, const char *bytes, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t written = write(fd, bytes, n);

		if (written < 0 && errno != EINTR)
			return err_errno(e, errno, "cannot write the socket dump");
		bytes += written > 0 ? written : 0;
		n -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}

int sockdiag_record(struct dump_source *source, int fd, struct err *e)
{
	struct census unused = { 0 };
	struct dump_walk walk = { .census = &unused };
	int r = source->restart(source, e);

	walk.sequence = source->sequence;
	while (r == 0 && !walk.is_done) {
		const void *bytes;
		ssize_t n = source->receive(source, &bytes, e);

		if (n <= 0)
			return n < 0 ? (int)n
				     : err_set(e, EBADMSG, "the socket dump has no end");
		r = dump_walk(&walk, bytes, (size_t)n, e);
		if (r == 0)
			r = write_all(fd, bytes, (size_t)n, e);
	}
	return r;
}
