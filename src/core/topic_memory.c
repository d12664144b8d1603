/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of buffers and memory do and do not do.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_memory[] = {
	{ 0 },
};
