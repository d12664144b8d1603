/* SPDX-License-Identifier: MIT */
/* A child process with a network namespace of its own, which ends with the process. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * In the child: it does not outlive `parent`, even where that was killed meanwhile. To be
 * said again behind leave_netns(), whose new credentials may have cleared it.
 */
void leave_die_with(pid_t parent);

enum leave_step { LEAVE_NETNS, LEAVE_USERNS };

/*
 * Leaves for a new network namespace; who may make none (CAP_SYS_ADMIN) makes a user
 * namespace for it. 0, or -errno of the last step.
 */
int leave_netns(enum leave_step *ret_step);

/* Why there is no new namespace, a clause. `error`: positive. */
void leave_explain(int error, enum leave_step step, char *ret, size_t size);
