/* SPDX-License-Identifier: MIT */
/* What the kernel's own object of a socket takes, beside its buffers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/socket.h"

struct group;

enum object_kind {
	OBJECT_FULL,	/* struct tcp_sock */
	OBJECT_MINI,	/* struct tcp_timewait_sock: TIME_WAIT and orphaned FIN_WAIT_2 */
	OBJECT_REQUEST, /* struct tcp_request_sock: SYN_RECV */
	OBJECT_KINDS,
};

/* Bytes in the slabs of this kernel; 0: not read. */
struct object_sizes {
	uint32_t at[OBJECT_KINDS][CENSUS_FAMILIES];
	bool needs_root; /* one may not be read by this user */
};

/* The slab's name in /sys/kernel/slab. */
const char *object_slab(enum object_kind kind, enum census_family family);

/* Bytes of the objects of a group of one state. False: a size that it takes is not known. */
bool objects_of(const struct object_sizes *sizes, const struct group *g, uint64_t *ret);
