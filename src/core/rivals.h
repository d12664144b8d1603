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
struct rival {
	/* "tuned", "saptune", "bpftune", "systemd-networkd", "cloud-init", "kubelet",
	 * "kube-proxy", "systemd" */
	char name[24];
	char detail[256];   /* "profile network-latency", "note 2382421"; "" */
	char evidence[256]; /* the file that shows it, with a leading slash */
	/* dotted; a '*' in one stands for anything. Owned. */
	char **keys;
	size_t n_keys;
	bool is_init; /* it is PID 1, which writes before any file is read */
	/* only in the namespaces of pods that ask for it, never the host's */
	bool in_pods;
	char error[320]; /* what is not known of its keys, and why; "" */
};

struct rivals {
	struct rival *at;
	size_t n;
};

/*
 * Adds one to the list, without keys; its texts are cut where they do not fit. NULL: out of
 * memory. The next one added moves it.
 */
struct rival *rivals_add(struct rivals *ms, const char *name, const char *evidence);

/* Says what is not known of the keys, unless something was said before. */
void rival_fail(struct rival *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Hands the names over to it. -ENOMEM: some are missing. */
int rival_take_keys(struct rival *m, struct names *names);

/* Does it write that key? */
bool rival_writes(const struct rival *m, const char *key);

/* The same, outside the namespaces of pods. */
bool rival_writes_here(const struct rival *m, const char *key);

void rivals_done(struct rivals *ms);

/* The sysctls that bpftune's tuners write, each when it sees a need. */
void rivals_bpftune_keys(struct names *to);

/* A file an answer stands on, by what of it counts. */
enum rival_file {
	RIVAL_PRESENCE, /* nothing: it is enough that it is there */
	RIVAL_NAMES,	/* names of profiles */
	RIVAL_TUNED,
	RIVAL_SAPTUNE_CONFIG,
	RIVAL_SAPTUNE_NOTE,
	RIVAL_SAPTUNE_SOLUTION,
	RIVAL_NETWORKD,
	RIVAL_CLOUD,
	RIVAL_KUBELET,
	RIVAL_KUBE_PROXY,
	RIVAL_PRIVATE, /* never recorded */
};

/*
 * Adds a file as a recording may hold it: the lines that finwait looks at, which name
 * settings and sysctls; another line becomes empty. `is_public`: no name an administrator
 * chose either, where it can be told (that of an interface).
 */
void rivals_redact(struct text *to, enum rival_file kind, const char *bytes, size_t n,
		   bool is_public);
