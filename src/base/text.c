/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_reserve(struct text *t, size_t n)
{
	size_t room = t->room ? t->room : 128;
	char *at;

	if (t->broken)
		return false;
	while (room < t->n + n + 1)
		room *= 2;
	if (room == t->room)
		return true;
	at = realloc(t->at, room);
	if (!at) {
		t->broken = true;
		return false;
	}
	t->at = at;
	t->room = room;
	return true;
}

void text_add_bytes(struct text *t, const char *bytes, size_t n)
{
	if (n == 0 || !text_reserve(t, n))
		return;
	memcpy(t->at + t->n, bytes, n);
	t->n += n;
	t->at[t->n] = '\0';
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !text_reserve(t, (size_t)n))
		return;

	va_start(ap, fmt);
	vsnprintf(t->at + t->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)n;
}

void text_done(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}
