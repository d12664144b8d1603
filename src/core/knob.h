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
	KNOB_RANGE, /* two ports, low and high */
	KNOB_PORTS, /* a list of ports and ranges; may be empty */
};

enum knob_scope {
	KNOB_NETNS,
	KNOB_HOST, /* one for all namespaces, its file only in the initial one */
};

struct knob {
	const char *name; /* dotted: "net.ipv4.tcp_fin_timeout" */
	enum knob_shape shape;
	enum knob_scope scope;
	const char *unit;   /* "s", "ms", "sockets", …; "" where it has none */
	int64_t kernel_min; /* what the kernel accepts (measured on Linux 6.18); */
	int64_t kernel_max; /* KNOB_RANGE, KNOB_PORTS: of each number */
	const char *effect; /* one line: what it does */
	const char *since;  /* "Linux 6.14" where older kernels lack it; or NULL */
};

/* How long a key may be, and how long a setting's value. */
enum { KNOB_KEY_MAX = 128, KNOB_VALUE_MAX = 8192 };

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

/* Two numbers of a KNOB_RANGE value. */
bool knob_parse_range(const char *value, int64_t *ret_low, int64_t *ret_high);

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
