/* SPDX-License-Identifier: MIT */
/* How late a timer of the kernel fires by design. */
#pragma once

#include <stdint.h>

/*
 * The most, in milliseconds, that a timer of `ms` milliseconds stands in the timer wheel
 * beyond its time, on a kernel of `hz` ticks a second: timers far away share coarse slots
 * (LVL_GRAN in kernel/time/timer.c), an eighth of their distance at most, and a slot is
 * rounded up. 60 s last up to 62.1 s at 250 ticks a second.
 */
int64_t wheel_slack_ms(int64_t ms, unsigned hz);
