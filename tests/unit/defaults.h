/* SPDX-License-Identifier: MIT */
/* What Linux 6.18 starts with, on a host whose table of connections has 262144 buckets. */
#pragma once

#include "core/catalogue.h"

static const char *const kernel_defaults[KNOB_N] = {
	[KNOB_FIN_TIMEOUT] = "60",
	[KNOB_TW_REUSE] = "2",
	[KNOB_TW_REUSE_DELAY] = "1000",
	[KNOB_MAX_TW_BUCKETS] = "131072",
	[KNOB_RFC1337] = "0",
	[KNOB_TIMESTAMPS] = "1",
	[KNOB_ORPHAN_RETRIES] = "0",
	[KNOB_MAX_ORPHANS] = "131072",
	[KNOB_RETRIES2] = "15",
	[KNOB_SYN_RETRIES] = "6",
	[KNOB_SYNACK_RETRIES] = "5",
	[KNOB_KEEPALIVE_TIME] = "7200",
	[KNOB_KEEPALIVE_INTVL] = "75",
	[KNOB_KEEPALIVE_PROBES] = "9",
	[KNOB_SYNCOOKIES] = "1",
	[KNOB_MAX_SYN_BACKLOG] = "4096",
	[KNOB_ABORT_ON_OVERFLOW] = "0",
	[KNOB_SOMAXCONN] = "4096",
	[KNOB_PORT_RANGE] = "32768 60999",
	[KNOB_RESERVED_PORTS] = "",
};
