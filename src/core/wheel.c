/* SPDX-License-Identifier: MIT */
#include "core/wheel.h"

/* kernel/time/timer.c: LVL_SIZE, LVL_CLK_SHIFT, LVL_DEPTH */
enum { LEVEL_SLOTS = 64, LEVEL_SHIFT = 3, LEVELS = 9 };

int64_t wheel_slack_ms(int64_t ms, unsigned hz)
{
	int64_t ticks = (ms * hz + 999) / 1000, slot = 1;

	/* LVL_START(n): where the next level begins */
	for (int level = 1; level <= LEVELS; level++, slot <<= LEVEL_SHIFT)
		if (ticks < (LEVEL_SLOTS - 1) * slot)
			break;
	return (slot * 1000 + hz - 1) / hz;
}
