/* SPDX-License-Identifier: MIT */
/*
 * The socket dump. Live it is one legacy inet_diag request (TCPDIAG_GETSOCK), which walks
 * the kernel's table once for both families; recorded it is the same bytes in a file. The
 * messages are walked in place by our own loop, because libnl's nl_recvmsgs() reports
 * success when a dump failed: the errno is in the payload of NLMSG_DONE.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct census;
struct err;
struct masks;
struct socket_taker;

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
	bool is_recording; /* it says the same however often it is asked */
};

/* What a dump tells of a full socket beside the message every socket has. */
enum sockdiag_details {
	SOCKDIAG_TIMES = 1 << 0,  /* tcp_info: the kernel locks each socket for it */
	SOCKDIAG_MEMORY = 1 << 1, /* the memory of its buffers */
};

/* Asks for sockets in `states` (bits, 1 << TCP_LISTEN …; 0: in all) with those details. */
int sockdiag_open_live(struct dump_source **ret, uint32_t states, unsigned details,
		       struct err *e);

/* Reads a recording. Takes `fd`, also on failure. */
int sockdiag_open_recording(struct dump_source **ret, int fd, struct err *e);

void sockdiag_close(struct dump_source **source);

/*
 * Hands the sockets in `states` (bits; 0: all) to the taker. An interrupted live dump
 * is asked for up to three times, and then *ret_interrupted says so. -errno and a sentence:
 * -EOPNOTSUPP or -ENOENT where the kernel has no inet_diag or tcp_diag, -EBADMSG where a
 * message is truncated or makes no sense, else what the kernel said.
 */
int sockdiag_take(struct dump_source *source, uint32_t states,
		  const struct socket_taker *taker, bool *ret_interrupted, struct err *e);

/* Counts all of them. On failure *ret is untouched. */
int sockdiag_count(struct dump_source *source, struct census *ret, struct err *e);

/*
 * Writes one whole dump into an empty file: of what the kernel tells what holds no secret
 * (core/dumpcopy.h), its addresses masked if `masks` is not NULL. An interrupted dump is
 * asked for up to three times; the messages of the last one still say so.
 */
int sockdiag_record(struct dump_source *source, struct masks *masks, int fd,
		    struct err *e);
