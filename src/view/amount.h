/* SPDX-License-Identifier: MIT */
/* Amounts for a person: times and bytes. */
#pragma once

#include <stdint.h>

enum { AMOUNT_MAX = 64 };

/* "5.2 s", "12 min 3 s", "3 h 12 min", "4 d 3 h". */
void amount_time(uint64_t ms, char ret[AMOUNT_MAX]);

/* "512 B", "1.5 KiB", "61.0 MiB". */
void amount_bytes(uint64_t bytes, char ret[AMOUNT_MAX]);
