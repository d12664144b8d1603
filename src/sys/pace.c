/* SPDX-License-Identifier: MIT */
#include "sys/pace.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "sys/clock.h"

static const struct {
	int signal;
	enum pace pace;
} signals[] = {
	{ SIGINT, PACE_STOPPED },   { SIGTERM, PACE_STOPPED },	 { SIGHUP, PACE_STOPPED },
	{ SIGWINCH, PACE_RESIZED }, { SIGCONT, PACE_CONTINUED },
};
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

/* An ignored signal that is held comes all the same: it is left out. */
static void set_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < SIGNALS; i++) {
		struct sigaction action;

		if (sigaction(signals[i].signal, NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(set, signals[i].signal);
	}
}

void pace_hold(void)
{
	sigset_t set;

	set_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

enum pace pace_await(int64_t end_ms)
{
	sigset_t set;
	int64_t left_ms;

	set_signals(&set);
	do {
		struct timespec left;
		int signal;

		left_ms = end_ms - clock_monotonic_ms();
		if (left_ms < 0)
			left_ms = 0;
		left = (struct timespec){ .tv_sec = left_ms / 1000,
					  .tv_nsec = left_ms % 1000 * 1000000 };
		signal = sigtimedwait(&set, NULL, &left);
		for (size_t i = 0; i < SIGNALS; i++)
			if (signals[i].signal == signal)
				return signals[i].pace;
	} while (left_ms > 0);
	return PACE_OVER;
}
