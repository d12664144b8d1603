/* SPDX-License-Identifier: MIT */
/* Writing a file whole, whatever a signal or a part taken breaks a write(2) into. */
#pragma once

#include <stddef.h>

/* 0, or -errno without a sentence: the caller knows what the file is for. */
int write_all(int fd, const char *bytes, size_t n);
