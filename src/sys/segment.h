/* SPDX-License-Identifier: MIT */
/*
 * TCP segments by hand: those that arrive in the network namespace are read, and one may
 * be sent in the name of either end of a connection. IPv4; CAP_NET_RAW in the namespace.
 */
#pragma once

#include <stdint.h>

#include "sys/sighting.h"

struct err;

struct segment {
	struct flow flow; /* from `local` to `remote` */
	uint32_t seq;
	uint32_t ack;	/* where TH_ACK is among the flags */
	uint8_t flags;	/* TH_FIN … of <netinet/tcp.h> */
	uint32_t bytes; /* of data; an own one is sent without */
};

/* Reads from now on. A descriptor; -errno and a sentence. */
int segment_open(struct err *e);

/*
 * The next segment of the flow that has all these flags, of those that came since
 * segment_open() and were not read. -ETIME and a sentence: none within the time.
 */
int segment_await(int fd, const struct flow *flow, uint8_t flags, int64_t limit_ms,
		  struct segment *ret, struct err *e);

/* The number that is expected behind it: data, SYN and FIN count. */
uint32_t segment_next(const struct segment *segment);

/* From an address of this host; the checksum is right. */
int segment_send(int fd, const struct segment *segment, struct err *e);
