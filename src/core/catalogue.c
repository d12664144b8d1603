/* SPDX-License-Identifier: MIT */
#include "core/catalogue.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "core/nearest.h"

/*
 * INT_MAX / HZ is what the kernel takes for a time it keeps in jiffies; HZ is at least
 * 100
 */
enum { JIFFIES_SECONDS_MAX = INT32_MAX / 100 };

#define NUMBER(n, u, low, high, text)                                                \
	{                                                                            \
		.name = (n), .unit = (u), .shape = KNOB_NUMBER, .kernel_min = (low), \
		.kernel_max = (high), .effect = (text)                               \
	}

const struct knob catalogue[KNOB_N] = {
	[KNOB_FIN_TIMEOUT] = NUMBER("net.ipv4.tcp_fin_timeout", "s", -JIFFIES_SECONDS_MAX,
				    JIFFIES_SECONDS_MAX,
				    "bounds FIN_WAIT_2 after close(), never TIME_WAIT"),
	[KNOB_TW_REUSE] = NUMBER("net.ipv4.tcp_tw_reuse", "", 0, 2,
				 "lets connect() take over a TIME_WAIT port (2: loopback only)"),
	[KNOB_TW_REUSE_DELAY] = {
		.name = "net.ipv4.tcp_tw_reuse_delay",
		.unit = "ms",
		.shape = KNOB_NUMBER,
		.kernel_min = 1,
		.kernel_max = 60000,
		.since = "Linux 6.14",
		.effect = "how old a TIME_WAIT must be before tcp_tw_reuse takes it",
	},
	[KNOB_MAX_TW_BUCKETS] = NUMBER("net.ipv4.tcp_max_tw_buckets", "sockets", INT32_MIN,
				       INT32_MAX,
				       "above it TIME_WAIT is skipped and its protection lost"),
	[KNOB_RFC1337] = NUMBER("net.ipv4.tcp_rfc1337", "", 0, 255,
				"1: an RST cannot end a TIME_WAIT early"),
	[KNOB_TIMESTAMPS] = NUMBER("net.ipv4.tcp_timestamps", "", 0, 255,
				   "TCP timestamps: PAWS, RTT and tcp_tw_reuse need them"),
	[KNOB_ORPHAN_RETRIES] = NUMBER("net.ipv4.tcp_orphan_retries", "", 0, 255,
				       "how often a closed socket repeats its FIN (0 means 8)"),
	[KNOB_MAX_ORPHANS] = {
		.name = "net.ipv4.tcp_max_orphans",
		.unit = "sockets",
		.shape = KNOB_NUMBER,
		.scope = KNOB_HOST,
		.kernel_min = INT32_MIN,
		.kernel_max = INT32_MAX,
		.effect = "above it closed sockets are reset and their last data lost",
	},
	[KNOB_RETRIES2] = NUMBER("net.ipv4.tcp_retries2", "", 0, 255,
				 "how long unacknowledged data is repeated before giving up"),
	[KNOB_SYN_RETRIES] = NUMBER("net.ipv4.tcp_syn_retries", "", 1, 127,
				    "how long connect() tries a silent peer"),
	[KNOB_SYNACK_RETRIES] = NUMBER("net.ipv4.tcp_synack_retries", "", 0, 255,
				       "how long a half-open connection is kept"),
	[KNOB_KEEPALIVE_TIME] = NUMBER("net.ipv4.tcp_keepalive_time", "s",
				       -JIFFIES_SECONDS_MAX, JIFFIES_SECONDS_MAX,
				       "idle time before the first probe, with SO_KEEPALIVE only"),
	[KNOB_KEEPALIVE_INTVL] = NUMBER("net.ipv4.tcp_keepalive_intvl", "s",
					-JIFFIES_SECONDS_MAX, JIFFIES_SECONDS_MAX,
					"time between unanswered probes"),
	[KNOB_KEEPALIVE_PROBES] = NUMBER("net.ipv4.tcp_keepalive_probes", "", 0, 255,
					 "unanswered probes before the connection is dropped"),
	[KNOB_SYNCOOKIES] = NUMBER("net.ipv4.tcp_syncookies", "", 0, 255,
				   "1: answer SYNs with cookies when the queue is full"),
	[KNOB_MAX_SYN_BACKLOG] = NUMBER("net.ipv4.tcp_max_syn_backlog", "", INT32_MIN,
					INT32_MAX,
					"half-open limit; no effect while tcp_syncookies is on"),
	[KNOB_ABORT_ON_OVERFLOW] = NUMBER("net.ipv4.tcp_abort_on_overflow", "", 0, 255,
					  "1: reset a client whose handshake finds the queue full"),
	[KNOB_SOMAXCONN] = NUMBER("net.core.somaxconn", "", 0, INT32_MAX,
				  "upper bound of listen()'s backlog; read at listen()"),
	[KNOB_PORT_RANGE] = {
		.name = "net.ipv4.ip_local_port_range",
		.unit = "",
		.shape = KNOB_RANGE,
		.kernel_min = 1,
		.kernel_max = 65535,
		.effect = "ports for connect(); the limit is per destination",
	},
	[KNOB_RESERVED_PORTS] = {
		.name = "net.ipv4.ip_local_reserved_ports",
		.unit = "",
		.shape = KNOB_PORTS,
		.kernel_min = 0,
		.kernel_max = 65535,
		.effect = "ports that connect() leaves alone",
	},
};

const char catalogue_port_start[] = "net.ipv4.ip_unprivileged_port_start";

int catalogue_write_rank(const char *key, bool is_start_raised)
{
	if (strcmp(key, catalogue_port_start) == 0)
		return is_start_raised ? 3 : 0;
	if (strcmp(key, catalogue[KNOB_RESERVED_PORTS].name) == 0)
		return 1;
	return strcmp(key, catalogue[KNOB_PORT_RANGE].name) == 0 ? 2 : WRITE_RANK_LAST;
}

const struct knob *catalogue_find(const char *name)
{
	for (size_t i = 0; i < KNOB_N; i++)
		if (strcmp(catalogue[i].name, name) == 0)
			return &catalogue[i];
	return NULL;
}

const char *catalogue_short_name(const struct knob *k)
{
	return strrchr(k->name, '.') + 1;
}

const struct knob *catalogue_nearest(const char *name)
{
	const char *names[KNOB_N + 1] = { NULL }, *dot = strrchr(name, '.'), *near;

	for (size_t i = 0; i < KNOB_N; i++)
		names[i] = catalogue_short_name(&catalogue[i]);
	near = nearest(dot ? dot + 1 : name, names);
	for (size_t i = 0; near && i < KNOB_N; i++)
		if (names[i] == near)
			return &catalogue[i];
	return NULL;
}

int catalogue_check_key(const char *key, struct err *e)
{
	if (strcmp(key, "net.ipv4.tcp_tw_recycle") == 0)
		return err_set(
			e, EPERM,
			"'%s' was removed in Linux 4.12: it dropped clients behind NAT without a word",
			key);
	if (strncmp(key, "net.", 4) != 0)
		return err_set(
			e, EPERM,
			"key '%s' is outside net.*, and finwait writes nothing else",
			key);
	if (strncmp(key, "net.core.bpf_jit_", 17) == 0)
		return err_set(e, EPERM,
			       "key '%s' decides how code runs in the kernel, and "
			       "finwait does not touch it",
			       key);
	return 0;
}

int64_t catalogue_fin_wait2_seconds(int64_t fin_timeout)
{
	if (fin_timeout <= 0)
		return 0;
	return fin_timeout <= 60 ? fin_timeout : 2 * (fin_timeout - 60);
}
