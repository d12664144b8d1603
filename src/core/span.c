/* SPDX-License-Identifier: MIT */
#include "core/span.h"

#include <ctype.h>
#include <string.h>

static bool is_blank(char c)
{
	return c != '\0' && strchr(" \t\v\f", c) != NULL;
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

struct span span_of(const char *s)
{
	return (struct span){ s, strlen(s) };
}

struct span span_trim(struct span s)
{
	while (s.n > 0 && is_blank(*s.at)) {
		s.at++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.at[s.n - 1]))
		s.n--;
	return s;
}

struct span span_unquote(struct span s)
{
	if (s.n >= 2 && (*s.at == '"' || *s.at == '\'') && s.at[s.n - 1] == *s.at)
		return (struct span){ s.at + 1, s.n - 2 };
	return s;
}

bool span_line(struct span *rest, struct span *ret, size_t *ret_indent)
{
	struct span line = { rest->at, 0 };

	if (rest->n == 0)
		return false;
	while (line.n < rest->n && !is_line_end(line.at[line.n]))
		line.n++;
	rest->at += line.n + (line.n < rest->n);
	rest->n -= line.n + (line.n < rest->n);
	*ret = span_trim(line);
	if (ret_indent)
		*ret_indent = (size_t)(ret->at - line.at);
	return true;
}

static bool is_among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

bool span_word(struct span *rest, const char *separators, struct span *ret)
{
	while (rest->n > 0 && is_among(*rest->at, separators)) {
		rest->at++;
		rest->n--;
	}
	*ret = (struct span){ rest->at, 0 };
	while (ret->n < rest->n && !is_among(ret->at[ret->n], separators))
		ret->n++;
	rest->at += ret->n;
	rest->n -= ret->n;
	return ret->n > 0;
}

bool span_split(struct span s, char separator, struct span *ret_left,
		struct span *ret_right)
{
	const char *at = s.n ? memchr(s.at, separator, s.n) : NULL;
	size_t n = at ? (size_t)(at - s.at) : 0;

	if (!at)
		return false;
	*ret_left = span_trim((struct span){ s.at, n });
	*ret_right = span_trim((struct span){ at + 1, s.n - n - 1 });
	return true;
}

bool span_starts(struct span s, const char *start)
{
	size_t n = strlen(start);

	return s.n >= n && memcmp(s.at, start, n) == 0;
}

bool span_is(struct span s, const char *word)
{
	return s.n == strlen(word) && span_starts(s, word);
}

bool span_is_any(struct span s, const char *const *words)
{
	while (*words && !span_is(s, *words))
		words++;
	return *words != NULL;
}

const char *span_find(struct span s, const char *word)
{
	size_t n = strlen(word);

	for (; s.n >= n; s.at++, s.n--)
		if (memcmp(s.at, word, n) == 0)
			return s.at;
	return NULL;
}

bool span_has_only(struct span s, const char *others)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.at[i]) && !is_among(s.at[i], others))
			return false;
	return s.n > 0;
}
