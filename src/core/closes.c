/* SPDX-License-Identifier: MIT */
#include "core/closes.h"

void closes_add(struct closes *c, uint32_t expires_ms)
{
	if (expires_ms == 0)
		c->tail++;
	else if (expires_ms > CLOSES_TIME_WAIT_MS)
		c->strange++;
	else
		c->at[(CLOSES_TIME_WAIT_MS - expires_ms) / 1000]++;
}

uint64_t closes_sum(const struct closes *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < CLOSES_SECONDS; i++)
		sum += c->at[i];
	return sum;
}

uint32_t closes_peak(const struct closes *c)
{
	uint32_t peak = 0;

	for (int i = 0; i < CLOSES_SECONDS; i++)
		peak = c->at[i] > peak ? c->at[i] : peak;
	return peak;
}
