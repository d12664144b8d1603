/* SPDX-License-Identifier: MIT */
/* Where a knob's present value comes from, as far as can be told without having watched. */
#pragma once

#include <stdbool.h>

struct boot_value;
struct knob;

enum origin_kind {
	ORIGIN_DEFAULT, /* what the kernel starts with */
	ORIGIN_FILE,	/* a file of sysctl.d */
	ORIGIN_FINWAIT, /* a transaction of this boot and namespace */
	ORIGIN_RUNTIME, /* none of these: somebody wrote it since the boot */
	ORIGIN_UNKNOWN, /* its default is not known, and no file sets this value */
};

struct origin {
	enum origin_kind kind;
	const char *file;	 /* ORIGIN_FILE, borrowed */
	unsigned line;		 /* of it */
	const char *transaction; /* ORIGIN_FINWAIT: its id, borrowed */
};

/* What is known of a knob beside its value. */
struct origin_facts {
	bool is_default_known;
	bool is_default;
	/* an array of BOOT_ENGINES, or NULL where the boot does not write this namespace */
	const struct boot_value *boot;
	const char *applied; /* what a transaction in force made it; NULL: none */
	const char *transaction;
};

struct origin origin_find(const struct knob *k, const char *value,
			  const struct origin_facts *facts);

const char *origin_kind_name(enum origin_kind kind);
