/* SPDX-License-Identifier: MIT */
/*
 * The socket dump. Live it is one legacy inet_diag request (TCPDIAG_GETSOCK), which walks
 * the kernel's table once for both families; recorded it is the same bytes in a file. The
 * messages are walked in place by our own loop, because libnl's nl_recvmsgs() reports
 * success when a dump failed: the errno is in the payload of NLMSG_DONE.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct census;
struct err;

struct dump_source {
	/* Asks for the dump, from its beginning. 0, or -errno and a sentence. */
	int (*restart)(struct dump_source *source, struct err *e);

	/*
	 * The next bytes, whole netlink messages. They stay the source's and are good
	 * until the next call. Their number; 0: there are no more; -errno and a sentence.
	 */
	ssize_t (*receive)(struct dump_source *source, const void **ret, struct err *e);

	void (*close)(struct dump_source *source);
	uint32_t sequence; /* of the messages that are the answer; 0: of any */
};

/* Asks for sockets in `states` (bits, 1 << TCP_LISTEN …); 0: in all. */
int sockdiag_open_live(struct dump_source **ret, uint32_t states, struct err *e);

/* Reads a recording. Takes `fd`, also on failure. */
int sockdiag_open_recording(struct dump_source **ret, int fd, struct err *e);

void sockdiag_close(struct dump_source **source);

/*
 * Counts. An interrupted dump is repeated up to three times, and then ret->interrupted
 * says so. On failure -errno, a sentence and *ret untouched: -EOPNOTSUPP or -ENOENT where
 * the kernel has no inet_diag or tcp_diag, -EBADMSG where a message is truncated or makes
 * no sense, else what the kernel said.
 */
int sockdiag_count(struct dump_source *source, struct census *ret, struct err *e);

/* Writes one whole dump, as it comes, into a file. */
int sockdiag_record(struct dump_source *source, int fd, struct err *e);
