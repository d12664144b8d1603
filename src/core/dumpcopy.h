/* SPDX-License-Identifier: MIT */
/*
 * A socket dump as a recording may hold it. To root the kernel tells more than anybody
 * should write down: the keys of TCP-MD5 (INET_DIAG_MD5SIG), the tokens of MPTCP and the
 * state of TLS (INET_DIAG_ULP_INFO), and what BPF programs keep with a socket. So the
 * messages are made anew, of the socket's own message and of the attributes on a list:
 * what a later kernel adds is left out until somebody has looked at it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct err;
struct masks;

struct dump_copy {
	struct masks *masks; /* NULL: addresses are copied as they are */
	uint32_t sequence;   /* messages with another are not the answer; 0: all are */
	bool is_done;
	bool is_interrupted; /* NLM_F_DUMP_INTR: the table changed under the walk */
	struct text bytes; /* what to write; the caller sets bytes.n to 0 once written */
};

/*
 * Adds the copy of n bytes, whole messages. Fails as dump_walk() does, or with -ENOMEM;
 * what was added before stays.
 */
int dump_copy(struct dump_copy *copy, const void *bytes, size_t n, struct err *e);

void dump_copy_done(struct dump_copy *copy);
