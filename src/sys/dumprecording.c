/* SPDX-License-Identifier: MIT */
/* The recorded source of a dump: a file of netlink messages, as the kernel sent them. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "sys/sockdiag.h"

struct recording {
	struct dump_source source;
	void *bytes; /* the file, mapped */
	size_t n;
	bool is_read;
};

static int recording_restart(struct dump_source *source, struct err *e)
{
	struct recording *recording = (struct recording *)source;
	const struct nlmsghdr *first = recording->bytes;

	(void)e;
	recording->is_read = false;
	/* what was recorded between the messages of one answer belongs to another */
	source->sequence = recording->n >= NLMSG_HDRLEN ? first->nlmsg_seq : 0;
	return 0;
}

static ssize_t recording_receive(struct dump_source *source, const void **ret,
				 struct err *e)
{
	struct recording *recording = (struct recording *)source;

	(void)e;
	if (recording->is_read)
		return 0;
	recording->is_read = true;
	*ret = recording->bytes;
	return (ssize_t)recording->n;
}

static void recording_close(struct dump_source *source)
{
	struct recording *recording = (struct recording *)source;

	if (recording->bytes)
		munmap(recording->bytes, recording->n);
	free(recording);
}

int sockdiag_open_recording(struct dump_source **ret, int fd, struct err *e)
{
	own_fd int owned = fd;
	own_free struct recording *recording = calloc(1, sizeof(*recording));
	struct stat st;

	if (!recording)
		return err_errno(e, ENOMEM, "cannot open the recorded socket dump");
	if (fstat(owned, &st) < 0)
		return err_errno(e, errno, "cannot open the recorded socket dump");
	if (!S_ISREG(st.st_mode) || st.st_size > INT32_MAX)
		return err_set(e, EINVAL,
			       "the recorded socket dump is no file below 2 GiB");
	recording->n = (size_t)st.st_size;
	if (recording->n > 0) {
		recording->bytes =
			mmap(NULL, recording->n, PROT_READ, MAP_PRIVATE, owned, 0);
		if (recording->bytes == MAP_FAILED)
			return err_errno(e, errno,
					 "cannot read the recorded socket dump");
	}
	recording->source = (struct dump_source){
		.restart = recording_restart,
		.receive = recording_receive,
		.close = recording_close,
		.is_recording = true,
	};
	*ret = &take(recording)->source;
	return 0;
}
