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

/*
 * Bytes of the character at s that a terminal shows; 0: a control character, or no UTF-8.
 * The rows are those of RFC 3629, section 4, without C0, DEL and C1 (c2 80 to c2 9f).
 */
static size_t shown_length(const unsigned char *s)
{
	static const struct {
		unsigned char first[2], second[2]; /* from, to */
		size_t n;
	} rows[] = {
		{ { 0x20, 0x7e }, { 0 }, 1 },
		{ { 0xc2, 0xc2 }, { 0xa0, 0xbf }, 2 },
		{ { 0xc3, 0xdf }, { 0x80, 0xbf }, 2 },
		{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 3 },
		{ { 0xe1, 0xec }, { 0x80, 0xbf }, 3 },
		{ { 0xed, 0xed }, { 0x80, 0x9f }, 3 },
		{ { 0xee, 0xef }, { 0x80, 0xbf }, 3 },
		{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 4 },
		{ { 0xf1, 0xf3 }, { 0x80, 0xbf }, 4 },
		{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 4 },
	};
	size_t i = 0;

	while (i < sizeof(rows) / sizeof(rows[0]) && s[0] > rows[i].first[1])
		i++;
	if (i == sizeof(rows) / sizeof(rows[0]) || s[0] < rows[i].first[0])
		return 0;
	if (rows[i].n > 1 && (s[1] < rows[i].second[0] || s[1] > rows[i].second[1]))
		return 0;
	/* the NUL at the end is no continuation either */
	for (size_t at = 2; at < rows[i].n; at++)
		if ((s[at] & 0xc0) != 0x80)
			return 0;
	return rows[i].n;
}

static void add_escaped(struct text *t, const char *s, size_t length_max)
{
	while (*s) {
		size_t n = shown_length((const unsigned char *)s);

		if (n == 0 || n > length_max) {
			text_add(t, "\\x%02x", (unsigned char)*s++);
			continue;
		}
		text_add_bytes(t, s, n);
		s += n;
	}
}

void text_add_escaped(struct text *t, const char *s)
{
	add_escaped(t, s, 4);
}

void text_add_ascii(struct text *t, const char *s)
{
	add_escaped(t, s, 1);
}

void text_done(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}
