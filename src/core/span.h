/* SPDX-License-Identifier: MIT */
/* A part of somebody's text, which the text's owner keeps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *at;
	size_t n;
};

struct span span_of(const char *s);

/*
 * Takes the next line off `rest`, trimmed; it ends at a newline, a carriage return or a NUL.
 * *ret_indent (may be NULL): the blanks in front of it. False: there is no more.
 */
bool span_line(struct span *rest, struct span *ret, size_t *ret_indent);

/* Takes the next word off `rest`, which any of `separators` ends. False: no more. */
bool span_word(struct span *rest, const char *separators, struct span *ret);

/* Both sides of the first `separator`, trimmed. False: there is none. */
bool span_split(struct span s, char separator, struct span *ret_left,
		struct span *ret_right);

/* Without blanks around it; without one pair of quotes, double or single, around it. */
struct span span_trim(struct span s);
struct span span_unquote(struct span s);

bool span_is(struct span s, const char *word);
bool span_is_any(struct span s, const char *const *words); /* NULL ends them */
bool span_starts(struct span s, const char *start);

/* Where `word` starts in it, or NULL. */
const char *span_find(struct span s, const char *word);

/* Is it of letters, digits and these, and not empty? */
bool span_has_only(struct span s, const char *others);
