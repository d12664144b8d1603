/* SPDX-License-Identifier: MIT */
/*
 * The walk over the messages of one inet_diag dump: bytes in, sockets out. It believes no
 * length it has not checked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct nlmsghdr;
struct rtattr;
struct socket_row;

struct dump_walk {
	/* takes each socket; the row is good during the call */
	void (*add)(void *to, const struct socket_row *row);
	/* sees each message of the answer, in whatever state, once it was found good; NULL */
	void (*see)(void *to, const struct nlmsghdr *h);
	void *to;
	uint32_t states;   /* bits; others are passed over. 0: all are taken */
	uint32_t sequence; /* messages with another are not the answer; 0: all are */
	bool is_done;
	bool is_interrupted; /* NLM_F_DUMP_INTR: the table changed under the walk */
};

/*
 * Walks the messages of n bytes. -EBADMSG: one is cut off, too short for its type, or of
 * an unknown family or state; -errno: the kernel ended the dump with an error, in
 * NLMSG_ERROR or in NLMSG_DONE. With a sentence.
 */
int dump_walk(struct dump_walk *walk, const void *bytes, size_t n, struct err *e);

/* The bytes of attributes not yet looked at. */
struct dump_attributes {
	const char *at;
	size_t n;
};

/* Those of a socket's message that the walk found good. */
struct dump_attributes dump_attributes_of(const struct nlmsghdr *h);

/* The next one, whole; NULL: there is no more, or its length lies. */
const struct rtattr *dump_next_attribute(struct dump_attributes *left);
