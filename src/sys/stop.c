/* SPDX-License-Identifier: MIT */
#include "sys/stop.h"

#include <stddef.h>
#include <time.h>

static void stop_signals(sigset_t *set)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action;

		if (sigaction(signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
	}
}

void stop_hold(sigset_t *ret_before)
{
	sigset_t set;

	stop_signals(&set);
	sigprocmask(SIG_BLOCK, &set, ret_before);
}

int stop_taken_within(int ms)
{
	const struct timespec limit = { .tv_sec = ms / 1000,
					.tv_nsec = ms % 1000 * 1000000L };
	sigset_t set;
	int signal;

	stop_signals(&set);
	signal = sigtimedwait(&set, NULL, &limit);
	return signal > 0 ? signal : 0;
}

int stop_taken(void)
{
	return stop_taken_within(0);
}

void stop_release(const sigset_t *before)
{
	while (stop_taken())
		;
	sigprocmask(SIG_SETMASK, before, NULL);
}
