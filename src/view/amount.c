/* SPDX-License-Identifier: MIT */
#include "view/amount.h"

#include <inttypes.h>
#include <stdio.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

void amount_time(uint64_t ms, char ret[AMOUNT_MAX])
{
	uint64_t s = ms / 1000;

	if (s < MINUTE)
		snprintf(ret, AMOUNT_MAX, "%.1f s", (double)(ms / 100) / 10);
	else if (s < HOUR)
		snprintf(ret, AMOUNT_MAX, "%" PRIu64 " min %" PRIu64 " s", s / MINUTE,
			 s % MINUTE);
	else if (s < DAY)
		snprintf(ret, AMOUNT_MAX, "%" PRIu64 " h %" PRIu64 " min", s / HOUR,
			 s % HOUR / MINUTE);
	else
		snprintf(ret, AMOUNT_MAX, "%" PRIu64 " d %" PRIu64 " h", s / DAY,
			 s % DAY / HOUR);
}

void amount_bytes(uint64_t bytes, char ret[AMOUNT_MAX])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes / 1024;
	int i = 0;

	if (bytes < 1024) {
		snprintf(ret, AMOUNT_MAX, "%" PRIu64 " B", bytes);
		return;
	}
	for (; n >= 1024 && i < 3; i++)
		n /= 1024;
	snprintf(ret, AMOUNT_MAX, "%.1f %s", n, units[i]);
}
