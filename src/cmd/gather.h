/* SPDX-License-Identifier: MIT */
/* What the verbs around profiles and transactions gather before they decide. */
#pragma once

#include "core/plan.h"
#include "core/profile.h"
#include "core/snapshot.h"

struct app;
struct err;
struct problems;

/* Loads a profile by the app's search order. Call profile_done(), also on failure. */
int gather_profile(const struct app *app, const char *name, struct profile *ret,
		   struct problems *problems, struct err *e);

/*
 * Reads the host and the present value of each setting, and makes the plan. Call
 * plan_done() and, if `ret_host` is not NULL, nothing else. -errno and a sentence.
 */
int gather_plan(const struct app *app, const struct settings *settings, struct plan *ret,
		struct host *ret_host, struct err *e);
