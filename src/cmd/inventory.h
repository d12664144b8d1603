/* SPDX-License-Identifier: MIT */
/* All that is needed to say what a knob is, was and will be here. */
#pragma once

#include "core/inventory.h"
#include "sys/store.h"

struct app;
struct err;

struct gathered {
	struct snapshot snapshot;
	struct defaults defaults;
	struct rivals rivals;
	struct boot_tree tree;
	struct boot boot;
	struct store store;
	bool has_store;
	struct inventory inventory;
};

/* gathered_done() frees it. -errno and a sentence; then there is nothing to free. */
int gather_inventory(struct app *app, struct gathered *ret, struct err *e);
void gathered_done(struct gathered *g);
