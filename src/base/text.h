/* SPDX-License-Identifier: MIT */
/*
 * A growing string. Start with `struct text t = { 0 }`; t.at is NULL while empty. The
 * owner calls text_done().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *at; /* NUL-terminated */
	size_t n; /* bytes, without the NUL */
	size_t room;
	bool broken; /* an allocation failed: at is what fitted */
};

void text_add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *t, const char *bytes, size_t n);

/*
 * Adds what somebody else wrote so that it is safe on a terminal: each byte of a control
 * character (C0, DEL, C1) and each that is no UTF-8 as \xNN, other characters as they are.
 */
void text_add_escaped(struct text *t, const char *s);

/* The same where a byte has to be a column: all beyond ASCII as \xNN as well. */
void text_add_ascii(struct text *t, const char *s);

void text_done(struct text *t);

#define own_text __attribute__((cleanup(text_done)))
