/* SPDX-License-Identifier: MIT */
/*
 * The machine that is looked at: the running one in one of its network namespaces, or a
 * recorded tree.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct err;
struct snapshot;

struct machine {
	int root_fd;
	bool is_live;
	/* as the user named it; NULL: the own one, or a recording */
	const char *netns_name;
	const char *netns_label; /* unit or container; may be NULL */
};

/* Of a recording: how the namespace stood to the boot. */
#define MACHINE_BOOT_NETNS "finwait/boot"

enum machine_part {
	MACHINE_KNOBS = 1 << 0,	    /* what every audit judges, and tcp_ehash_entries */
	MACHINE_SOCKETS = 1 << 1,   /* the census */
	MACHINE_LISTENERS = 1 << 2, /* of the census, only what listens */
	MACHINE_COUNTERS = 1 << 3,  /* netstat, snmp */
	MACHINE_SOCKSTAT = 1 << 4,
	MACHINE_USAGE =
		1 << 5, /* flows tracked, files, neighbours; absent without a word */
	MACHINE_CATALOGUE = 1 << 6, /* with MACHINE_KNOBS: all that are known */
};

/*
 * `dir` NULL: the running one. `is_image`: the tree of an image will do, which has no
 * proc/sys/net and was never booted.
 */
int machine_open(struct machine *m, const char *dir, bool is_image, struct err *e);
void machine_close(struct machine *m);

/*
 * Reads the parts into *ret, of which the caller calls snapshot_done(). A fact that is
 * absent by kernel, namespace or privilege is listed as unanswered. -errno and a
 * sentence: a source broke half way.
 */
int machine_read(const struct machine *m, unsigned parts, struct snapshot *ret,
		 struct err *e);

/* The same into a snapshot that machine_read() began, which stays on failure. */
int machine_read_more(const struct machine *m, unsigned parts, struct snapshot *s,
		      struct err *e);

/* Only which machine it is: boot, kernel and namespace. */
struct host;
void machine_identify(const struct machine *m, struct host *ret);

/* How long it has been up, in milliseconds, from proc/uptime; -1: not read. */
int64_t machine_uptime_ms(const struct machine *m);

/* The same host, a while later. */
void machine_read_clocks(struct host *host);

/*
 * May sysctls be written here? Always on the running machine; in a recorded tree only if
 * it is not on procfs and holds the file .finwait-test. -EPERM and a sentence.
 */
int machine_check_writable(const struct machine *m, struct err *e);

/* Is the place of a change known, so that it can be told from others later? -ENODATA and a sentence. */
int machine_check_identity(const struct host *host, struct err *e);
