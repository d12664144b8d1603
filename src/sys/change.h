/* SPDX-License-Identifier: MIT */
/*
 * One change of a plan, carried out and undone: a sysctl is read again, written once, and
 * read back, and only the reading is believed. change->state says what became of it.
 */
#pragma once

#include <stdbool.h>

struct change;
struct err;

/*
 * Writes `to` where `from` stands: CHANGE_DONE. -errno and a sentence; then it is CHANGE_TODO
 * if it is seen not to be changed, and CHANGE_DONE if it may be.
 */
int change_apply(int root_fd, struct change *c, struct err *e);

/*
 * Three-valued: what is `to` is put back, what is `from` is left, anything else is
 * somebody's (CHANGE_CONFLICT) unless `overwrite`. -errno and a sentence: it may still be
 * changed.
 */
int change_undo(int root_fd, struct change *c, bool overwrite, struct err *e);

/* Marks a conflict; `now` NULL: there is no such sysctl any more. -ENOMEM. */
int change_conflict(struct change *c, const char *now, struct err *e);
