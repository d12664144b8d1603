/* SPDX-License-Identifier: MIT */
/*
 * What every verb that changes something does first: take the lock, see where it is, settle
 * what an earlier run left behind, and say so.
 */
#pragma once

#include "cmd/cmd.h"
#include "core/snapshot.h"
#include "sys/settle.h"
#include "sys/store.h"
#include "sys/transact.h"

struct writer {
	struct store store;
	struct host host;
	struct transact transact; /* of the two above */
	struct settled settled;
	bool is_open;
};

/* Of every verb that takes the lock. */
#define WRITER_WAIT                                                            \
	{                                                                      \
		"wait", "SECONDS", "how long to wait for another finwait (10)" \
	}

/* How long to wait for the lock where --wait does not say, in seconds. */
enum { WRITER_PATIENCE = 10 };

/*
 * Waits for the lock for as long as --wait says, or else `patience`. One that could not be settled is no failure: settled.trouble has it. Call
 * writer_close() in any case.
 */
int writer_open(struct writer *w, struct app *app, const struct arguments *args,
		int64_t patience, struct err *e);

void writer_close(struct writer *w);

/* Is --wait a number of seconds? For who may not come to open a writer. */
int writer_check_wait(const struct arguments *args, struct err *e);
