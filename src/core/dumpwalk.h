/* SPDX-License-Identifier: MIT */
/*
 * The walk over the messages of one inet_diag dump: bytes in, a census out. It believes
 * no length it has not checked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct census;
struct err;

struct dump_walk {
	struct census *census;
	uint32_t sequence; /* messages with another are not the answer; 0: all are */
	bool is_done;
	bool is_interrupted; /* NLM_F_DUMP_INTR: the table changed under the walk */
};

/*
 * Counts the messages of n bytes. -EBADMSG: one is cut off, too short for its type, or of
 * an unknown family or state; -errno: the kernel ended the dump with an error, in
 * NLMSG_ERROR or in NLMSG_DONE. With a sentence.
 */
int dump_walk(struct dump_walk *walk, const void *bytes, size_t n, struct err *e);
