/* SPDX-License-Identifier: MIT */
/*
 * An error is a negative errno on the way up and one sentence in a `struct err` on the
 * caller's stack. Only main.c prints it. The sentence says what failed first, quotes the
 * subject and ends with the cause, without a full stop.
 */
#pragma once

struct err {
	int code; /* a positive errno; 0: nothing failed */
	char text[768];
	char hint[256]; /* the next step, where one exists: "try 'finwait history'" */
};

/* Says the sentence and returns -code. `e` may be NULL. */
int err_set(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ": " and the errno's own words as the cause. */
int err_errno(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* `e` is not NULL here. Puts "...: " in front of the sentence already there. Returns -e->code. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Names the next step. */
void err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
