/* SPDX-License-Identifier: MIT */
/*
 * A profile: wanted values with a name. One INI file NAME.ini, sections [main] and
 * [sysctl], a dialect that tuned reads to the same values.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/knob.h"

struct ini;
struct problems;

enum setting_op {
	SETTING_EQUAL,
	SETTING_GREATER, /* ">N": only if N is greater than the current value */
	SETTING_SMALLER, /* "<N": only if N is smaller */
};

/* One wanted value. */
struct setting {
	char *key;   /* dotted; all three owned */
	char *value; /* normalised, without the operator */
	char *file;  /* where it was said; "--set" for the command line */
	enum setting_op op;
	unsigned line;
};

struct settings {
	struct setting *at;
	size_t n;
};

enum { PROFILE_INCLUDES_MAX = 16, PROFILE_NAME_MAX = 64 };

struct profile {
	char *name; /* all owned */
	char *path;
	char *summary; /* NULL: not said; so the next two */
	char *use_when;
	char *avoid_when;
	char *includes[PROFILE_INCLUDES_MAX];
	size_t n_includes;
	struct settings settings; /* its own; after profile_inherit() its parents' too */
};

/*
 * May this be the name of a profile: letters, digits, '_', '-', '.', not beginning with
 * '.'?
 */
bool profile_name_is_valid(const char *name);

/*
 * Makes a profile of a file that the gate let through; what is wrong with its meaning (an
 * unknown section or key, a key finwait does not write, a value the kernel would refuse)
 * is added to *problems. name and path are copied. -ENOMEM, else 0.
 */
int profile_make(struct profile *p, const char *name, const char *path,
		 const struct ini *ini, struct problems *problems);

/*
 * Puts a parent's settings in front of the profile's own; a key the profile sets itself
 * stays. Moves; -ENOMEM.
 */
int profile_inherit(struct profile *p, struct profile *parent);

void profile_done(struct profile *p);

/*
 * Reads "VALUE", ">VALUE" or "<VALUE" for a key and checks both. Appends to *s; -EINVAL,
 * -EPERM or -ENOMEM with a sentence that names the key, neither file nor line.
 */
int settings_add(struct settings *s, const char *key, const char *text, const char *file,
		 unsigned line, struct err *e);

const struct setting *settings_find(const struct settings *s, const char *key);

void settings_done(struct settings *s);

/* "net.core.somaxconn=>4096": the value with its operator, as the file says it. */
const char *setting_op_text(enum setting_op op);

/* Does a current value satisfy the setting? `k` may be NULL. */
bool setting_is_met(const struct setting *s, const struct knob *k, const char *current);
