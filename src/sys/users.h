/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The name of a user of the running machine; of one that has none, or of another machine,
 * the number.
 */
void users_name(bool is_live, uint32_t uid, char *ret, size_t size);
