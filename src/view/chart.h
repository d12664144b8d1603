/* SPDX-License-Identifier: MIT */
/* Small charts of plain characters, which survive a serial console. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct census;
struct output;

/* One character for each of n counts, the last first, so that time goes to the right. */
void chart_line(const uint32_t *counts, size_t n, char *ret);

/* The closes of the last minute, second by second, with what the chart cannot know. */
void chart_closes(const struct output *out, const struct census *c);
