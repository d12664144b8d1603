/* SPDX-License-Identifier: MIT */
/* The loop everything is measured against: recv() over a dump, and no look at its sockets. */
#pragma once

#include <stdint.h>

/* The messages of the AF_INET dump of TCP, all states. Exits with 2 where it fails. */
uint64_t bare_count(void);

/* Of the dump finwait asks for, of the legacy type: both families in one */
uint64_t bare_count_legacy(void);
