/* SPDX-License-Identifier: MIT */
/* What a plan will do, from a census taken for it. */
#pragma once

#include "core/objects.h"
#include "core/predict.h"
#include "core/snapshot.h"

struct app;
struct err;
struct plan;

/* The snapshot is what the predictions borrow from: it stays as long as they do. */
struct foresight {
	struct snapshot now;
	struct object_sizes sizes;
	struct predictions predictions;
};

/*
 * What could not be read is unknown in the predictions, whatever the reason: no look ahead
 * fails for it. -ENOMEM. Call foresight_done() either way.
 */
int foresight_take(const struct app *app, const struct plan *plan, struct foresight *ret,
		   struct err *e);

void foresight_done(struct foresight *o);
