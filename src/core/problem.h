/* SPDX-License-Identifier: MIT */
/* What is wrong with a file, line by line: a list, so that one look mends all of it. */
#pragma once

#include <stddef.h>

struct err;

struct problem {
	char *file;    /* owned */
	unsigned line; /* 0: the file as a whole */
	char *text;    /* owned; a clause, no full stop */
};

struct problems {
	struct problem *at;
	size_t n;
};

void problems_add(struct problems *p, const char *file, unsigned line, const char *fmt,
		  ...) __attribute__((format(printf, 4, 5)));

/*
 * 0 if there is none; else -EINVAL and the first as "FILE:LINE: text", with the number of
 * the others.
 */
int problems_err(const struct problems *p, struct err *e);

void problems_done(struct problems *p);
