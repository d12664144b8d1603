/* SPDX-License-Identifier: MIT */
/* A network namespace made for a moment, to see what one begins with. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/snapshot.h"

/*
 * Reads the knobs of the list out of a namespace that a child of this process makes, and
 * that ends with the child, a few milliseconds later. Call it before any thread is started.
 * Who may make none (CAP_SYS_ADMIN) makes it in a user namespace. ret[i] is of ids[i]; its
 * value is the caller's. -ENOMEM; or another -errno and in *why, a clause, why no namespace
 * could be asked; then there are no values.
 */
int newnetns_read(int root_fd, const enum knob_id *ids, size_t n, struct reading *ret,
		  char *why, size_t why_size);
