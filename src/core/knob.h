/* SPDX-License-Identifier: MIT */
/*
 * A knob: a sysctl we know. What it takes is data (core/catalogue.c); this is the loop
 * that reads it. A value is text, fields separated by one blank, as knob_normalise()
 * leaves it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct err;

enum knob_shape {
	KNOB_NUMBER,
	KNOB_RANGE,  /* two ports, low and high */
	KNOB_PORTS,  /* a list of ports and ranges; may be empty */
	KNOB_VECTOR, /* three numbers: min, pressure or default, max */
	KNOB_WORD,   /* a name, as of a congestion control */
};

enum knob_scope {
	KNOB_NETNS,
	KNOB_HOST, /* one for all namespaces; elsewhere its file is absent or read-only */
};

/* What it concerns; the order is the order of every list. */
enum knob_group {
	KNOB_GROUP_CLOSING,
	KNOB_GROUP_TIMERS,
	KNOB_GROUP_LISTENING,
	KNOB_GROUP_PORTS,
	KNOB_GROUP_MEMORY,
	KNOB_GROUP_QUEUES,
	KNOB_GROUP_FEATURES,
	KNOB_GROUP_CONNTRACK,
	KNOB_GROUP_DESCRIPTORS,
	KNOB_GROUP_GONE, /* removed, or of one vendor's kernel */
	KNOB_GROUPS,
};

/* How its default on the running kernel can be known. */
enum knob_origin {
	KNOB_ASKED,    /* a new network namespace starts with it */
	KNOB_COMPUTED, /* by the kernel's own rule, from what the host shows */
	KNOB_UNKNOWN,  /* a new namespace copies the initial one, or has no such file */
};

enum knob_risk {
	KNOB_HARMLESS,
	KNOB_CAUTION, /* a trade-off, with a precondition */
	KNOB_DANGER,  /* loses data or connections, or breaks a standard */
};

struct knob {
	const char *name; /* dotted: "net.ipv4.tcp_fin_timeout" */
	enum knob_shape shape;
	enum knob_scope scope;
	const char *unit;   /* "s", "ms", "sockets", …; "" where it has none */
	int64_t kernel_min; /* what the kernel accepts (measured on Linux 6.18); */
	int64_t kernel_max; /* KNOB_RANGE, KNOB_PORTS, KNOB_VECTOR: of each number */
	enum knob_group group;
	enum knob_origin origin;
	enum knob_risk raising;	 /* or turning it on, and */
	enum knob_risk lowering; /* or turning it off */
	const char *effect;	 /* one line: what it does */
	const char *since;	 /* "Linux 6.14" where 5.10 lacks it; or NULL */
	const char *changed;	 /* what else differs between kernels; or NULL */
	const char *until;	 /* "Linux 4.12", which removed it; or NULL */
	const char *module;	 /* that must be loaded for it to be there; or NULL */
	bool is_audited;	 /* judged by every audit */
	bool is_pod_safe;	 /* Kubernetes counts it as a safe sysctl (v1.32) */
	bool is_fixed;		 /* its file is read-only everywhere (0444) */
	bool is_in_ticks;	 /* ms, which the kernel rounds up to its clock tick */
};

const char *knob_group_name(enum knob_group group);
const char *knob_risk_name(enum knob_risk risk);

/* How long a key may be, and how long a setting's value. */
enum { KNOB_KEY_MAX = 128, KNOB_VALUE_MAX = 8192 };

/* Numbers of a KNOB_VECTOR; letters of a KNOB_WORD (TCP_CA_NAME_MAX and IFNAMSIZ are 16). */
enum { KNOB_FIELDS = 3, KNOB_WORD_MAX = 15 };

/*
 * Checks that `value` has the knob's shape and is within what the kernel accepts, in
 * plain decimal. 0, or -EINVAL and a sentence that names neither file nor line.
 */
int knob_check(const struct knob *k, const char *value, struct err *e);

/*
 * Do two values mean the same? `k` may be NULL for a key without knowledge: then letter
 * by letter.
 */
bool knob_equal(const struct knob *k, const char *a, const char *b);

/*
 * Is `reading` what a knob shows that was given `given`? Like knob_equal(), but that a kernel
 * may have rounded the number up to its tick (1000, 300, 250 or 100 a second).
 */
bool knob_holds(const struct knob *k, const char *given, const char *reading);

/* Two numbers of a KNOB_RANGE value. */
bool knob_parse_range(const char *value, int64_t *ret_low, int64_t *ret_high);

/* Three numbers of a KNOB_VECTOR value, of any size; `ret` has room for KNOB_FIELDS. */
bool knob_parse_vector(const char *value, int64_t *ret);

/* In place: fields separated by one blank, no blank at either end, no final newline. */
void knob_normalise(char *value);

/*
 * Checks a dotted key (never a path) and, if `path` is not NULL, writes its path below
 * /proc/sys: every '.' becomes
 * '/' and every '/' becomes '.', so that net.ipv4.conf.eth0/100.forwarding reaches the
 * interface eth0.100 (the swap of sysctl(8) for keys whose first separator is a dot).
 * `path` has room for KNOB_KEY_MAX bytes.
 */
int knob_path(const char *key, char *path, struct err *e);

/* How a text comes to the kernel: in one write(2), or also the rest it did not take at once. */
enum knob_writer { KNOB_WRITTEN_ONCE, KNOB_WRITTEN_WHOLE };

struct knob_store {
	struct text value; /* what it holds then; value.at NULL: empty, or not known */
	bool is_changed;   /* also where it is refused: a vector up to its bad number */
	bool is_refused;   /* EINVAL */
};

/*
 * What a knob that holds `before` (NULL: not known) holds once `text` and a newline are
 * written to it, as the kernel reads numbers: decimal, hexadecimal and octal, what stands
 * behind a blank ignored. By itself: a range below ip_unprivileged_port_start is the caller's
 * to know. 0, and text_done() of ret->value is the caller's; -ENOMEM.
 */
int knob_stored(const struct knob *k, const char *text, const char *before,
		enum knob_writer writer, struct knob_store *ret);
