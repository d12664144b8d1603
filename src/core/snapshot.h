/* SPDX-License-Identifier: MIT */
/*
 * Everything finwait reads of one network namespace at one moment: plain data, filled by
 * sys/, judged by core/, written by view/. What could not be read is absent and listed as
 * unanswered with its reason.
 */
#pragma once

#include "core/catalogue.h"
#include "core/census.h"
#include "core/counters.h"

/* One sysctl as read. */
struct reading {
	char *value; /* normalised; NULL: not read. Owned. */
	int error;   /* why not: a positive errno; ENOENT: no such sysctl here */
	/* nobody may write it here (mode 0444, as host-wide ones in a namespace) */
	bool is_read_only;
	bool is_secret; /* not everybody may read it */
};

/* Does PID 1 live in this network namespace? Then it is the one the boot writes. */
enum boot_netns {
	BOOT_NETNS_ELSEWHERE,
	BOOT_NETNS_HERE,
	BOOT_NETNS_UNKNOWN, /* an ordinary user may not look */
	/*
	 * nor here; but it is the namespace that the kernel itself made, where PID 1 lives
	 * unless somebody moved it: enough to report by, not to write for the next boot
	 */
	BOOT_NETNS_LIKELY,
};

/* As a recording has it: "here", "elsewhere", "likely", "unknown"; of another word HERE. */
const char *boot_netns_name(enum boot_netns netns);
enum boot_netns boot_netns_parse(const char *name);

struct host {
	char boot_id[40];      /* "" where unknown */
	char kernel[72];       /* uname -r; "" where unknown */
	uint64_t netns_inode;  /* 0: unknown */
	uint64_t netns_cookie; /* SO_NETNS_COOKIE, Linux 5.14; 0: unknown */
	char netns_name[256];  /* as the user named it; "" for the own one */
	/* of one found by a process: its unit or container, see core/cgroup.h; "" */
	char netns_label[96];
	enum boot_netns boot_netns;
	int64_t boottime_ms; /* CLOCK_BOOTTIME when this was read, in milliseconds; */
	int64_t now_ms;	     /* and the wall clock, since 1970 */
};

/* Do reports take it for the namespace that the boot writes? */
bool host_is_boot_netns(const struct host *host);

struct unanswered {
	const char *id; /* of a knob, or "sockets", "sockstat", "netstat", … */
	char reason[320];
};

enum { UNANSWERED_MAX = KNOB_N + 8 };

struct snapshot {
	struct host host;
	struct reading knobs[KNOB_N];
	struct counters counters;
	struct sockstat sockstat;
	struct usage usage;
	struct census census;
	bool has_census;
	struct unanswered unanswered[UNANSWERED_MAX];
	size_t n_unanswered;
};

/* Adds to the list of what could not be read. */
void snapshot_add_unanswered(struct snapshot *s, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Why something was not read; NULL if it was. */
const char *snapshot_unanswered(const struct snapshot *s, const char *id);

/* A knob's number; false if it was not read. */
bool snapshot_number(const struct snapshot *s, enum knob_id id, int64_t *ret);

/* Buckets of the table of connections; negative: the host's, shared. False: not read. */
bool snapshot_ehash_entries(const struct snapshot *s, int64_t *ret);

/*
 * What this kernel takes for a knob whose default it derives from the size of its hash
 * table (tcp_max_tw_buckets and tcp_max_orphans: half of it, inet_hashinfo and tcp_init()
 * in net/ipv4/tcp.c); -1 for other knobs and where the size is not known.
 */
int64_t snapshot_derived_default(const struct snapshot *s, enum knob_id id);

/* Frees what the readings own. */
void snapshot_done(struct snapshot *s);
