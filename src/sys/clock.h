/* SPDX-License-Identifier: MIT */
/* The clocks, in milliseconds. */
#pragma once

#include <stdint.h>

int64_t clock_boottime_ms(void);  /* since the boot; goes on in suspend */
int64_t clock_monotonic_ms(void); /* since the boot, without suspend */
int64_t clock_wall_ms(void);	  /* since 1970 */

void clock_sleep_ms(int64_t ms);

/* Ticks of this kernel a second (CONFIG_HZ): a coarse clock goes by them. */
unsigned clock_hz(void);
