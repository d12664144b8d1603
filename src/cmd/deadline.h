/* SPDX-License-Identifier: MIT */
/* rollback --at-deadline: the guardian of a change that waits for its confirmation. */
#pragma once

struct app;
struct arguments;
struct err;

/*
 * Returns once the guardian is on guard, and in the guardian, which goes on in the background,
 * once there is nothing left to guard.
 */
int deadline_guard(struct app *app, const struct arguments *args, struct err *e);
