/* SPDX-License-Identifier: MIT */
/* Does a journal that was compacted say what the whole one says? */
#pragma once

#include <sys/types.h>

struct host;
struct journal;
struct text;

/*
 * Fails with `what` unless each transaction of the shorter journal is as in the whole one,
 * field by field and in its order, and both answer alike, as seen from the host: who owns a
 * key, who blocks, waits, is stuck or unsettled, and what is in the drop-in.
 */
void alike_expect(const struct text *all, const struct text *shorter,
		  const struct host *host, const char *what);

/* The transaction of an id; -1: there is none. */
ssize_t alike_index(const struct journal *j, const char *id);
