/* SPDX-License-Identifier: MIT */
/*
 * Who else writes sysctls: programs that set them at boot or while the machine runs. What is
 * known here was read in the sources of tuned 2.20 and 2.28, saptune 3, bpftune d5d9f60,
 * systemd 252 to 258 and Kubernetes 1.34.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/names.h"

struct text;

/* One program, with one cause of what it writes. */
struct manager {
	/* "tuned", "saptune", "bpftune", "systemd-networkd", "cloud-init", "kubelet",
	 * "kube-proxy" */
	char name[24];
	char detail[256];   /* "profile network-latency", "note 2382421"; "" */
	char evidence[256]; /* the file that shows it, with a leading slash */
	/* dotted; a '*' in one stands for anything. Owned. */
	char **keys;
	size_t n_keys;
	/* only in the namespaces of pods that ask for it, never the host's */
	bool in_pods;
	char error[320]; /* what is not known of its keys, and why; "" */
};

struct managers {
	struct manager *at;
	size_t n;
};

/*
 * Adds one to the list, without keys; its texts are cut where they do not fit. NULL: out of
 * memory. The next one added moves it.
 */
struct manager *managers_add(struct managers *ms, const char *name, const char *evidence);

/* Says what is not known of the keys, unless something was said before. */
void manager_fail(struct manager *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Hands the names over to it. -ENOMEM: some are missing. */
int manager_take_keys(struct manager *m, struct names *names);

/* Does it write that key? */
bool manager_writes(const struct manager *m, const char *key);

void managers_done(struct managers *ms);

/* The sysctls that bpftune's tuners write, each when it sees a need. */
void managers_bpftune_keys(struct names *to);

/* A file an answer stands on, by what of it counts. */
enum manager_file {
	MANAGER_PRESENCE, /* nothing: it is enough that it is there */
	MANAGER_NAMES,	  /* names of profiles */
	MANAGER_TUNED,
	MANAGER_SAPTUNE_CONFIG,
	MANAGER_SAPTUNE_NOTE,
	MANAGER_SAPTUNE_SOLUTION,
	MANAGER_NETWORKD,
	MANAGER_CLOUD,
	MANAGER_KUBELET,
	MANAGER_KUBE_PROXY,
	MANAGER_PRIVATE, /* never recorded */
};

/*
 * Adds a file as a recording may hold it: the lines that finwait looks at, which name
 * settings and sysctls; another line becomes empty. `is_public`: no name an administrator
 * chose either, where it can be told (that of an interface).
 */
void managers_redact(struct text *to, enum manager_file kind, const char *bytes, size_t n,
		     bool is_public);
