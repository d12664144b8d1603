/* SPDX-License-Identifier: MIT */
#include "sys/leave.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

void leave_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
}

int leave_netns(enum leave_step *ret_step)
{
	*ret_step = LEAVE_NETNS;
	if (unshare(CLONE_NEWNET) == 0)
		return 0;
	if (errno != EPERM)
		return -errno;
	*ret_step = LEAVE_USERNS;
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ? -errno : 0;
}

void leave_explain(int error, enum leave_step step, char *ret, size_t size)
{
	if (error == EPERM)
		snprintf(ret, size,
			 "making one is not permitted here, nor in a user namespace");
	else if (error == ENOSPC)
		snprintf(ret, size, "there may be no more of them here (user.max_%s)",
			 step == LEAVE_USERNS ? "user_namespaces or max_net_namespaces"
					      : "net_namespaces");
	else if (error == EINVAL)
		snprintf(ret, size, "this kernel makes none%s",
			 step == LEAVE_USERNS ? " without privilege" : "");
	else
		snprintf(ret, size, "making one failed: %s", strerror(error));
}
