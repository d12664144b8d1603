/* SPDX-License-Identifier: MIT */
/* What every C test includes first: cmocka wants these headers before its own. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(name) static void name(void **cmocka_state __attribute__((unused)))
#define N(table)   (sizeof(table) / sizeof((table)[0]))
