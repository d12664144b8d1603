/* SPDX-License-Identifier: MIT */
/*
 * What the knobs of TCP features do that are often named beside the others.
 * Numbers come from experiments (Linux 6.18) or from the kernel source, never from hearsay.
 */
#include "core/topic.h"

const struct topic topic_features[] = {
	{ 0 },
};
