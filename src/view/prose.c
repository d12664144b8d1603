/* SPDX-License-Identifier: MIT */
#include "view/prose.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "view/view.h"

enum { PROSE_WIDTH_MAX = 100, PROSE_WIDTH_MIN = 40 };

/* Columns the first `size` bytes take: an escape sequence takes none. */
static int columns_of(const char *text, size_t size)
{
	const char *end = text + size;
	int n = 0;

	for (; text < end; text++) {
		if (*text == '\033')
			text += strcspn(text, "m");
		else
			n++;
	}
	return n;
}

void prose_print(const struct output *out, const char *first, int indent,
		 const char *text)
{
	int width = out->width > PROSE_WIDTH_MAX   ? PROSE_WIDTH_MAX
		    : out->width < PROSE_WIDTH_MIN ? PROSE_WIDTH_MIN
						   : out->width;
	int column = columns_of(first, strlen(first));
	bool is_first_word = true;

	fputs(first, out->stream);
	while (*text) {
		int n = (int)strcspn(text, " \n"), columns = columns_of(text, (size_t)n);

		if (!is_first_word && column + 1 + columns > width) {
			fprintf(out->stream, "\n%*s", indent, "");
			column = indent;
			is_first_word = true;
		}
		fprintf(out->stream, "%s%.*s", is_first_word ? "" : " ", n, text);
		column += columns + !is_first_word;
		is_first_word = false;
		text += n;
		text += strspn(text, " ");
		if (strncmp(text, "\n\n", 2) == 0) {
			fprintf(out->stream, "\n\n%*s", indent, "");
			column = indent;
			is_first_word = true;
			text += 2;
		}
	}
	fputc('\n', out->stream);
}

void prose_quote(const struct output *out, const char *text)
{
	own_text struct text t = { 0 };

	text_add_escaped(&t, text);
	if (t.at)
		fputs(t.at, out->stream);
}

void prose_heading(const struct output *out, const char *heading)
{
	if (out->has_color)
		fprintf(out->stream, "\n\033[1m%s\033[0m\n", heading);
	else
		fprintf(out->stream, "\n%s\n", heading);
}

const char *prose_severity_color(const struct output *out, enum severity severity)
{
	static const char *const colors[] = {
		[SEVERITY_OK] = "\033[32m",	  [SEVERITY_INFO] = "\033[36m",
		[SEVERITY_NOTICE] = "\033[36m",	  [SEVERITY_WARNING] = "\033[33m",
		[SEVERITY_CRITICAL] = "\033[31m",
	};

	return out->has_color ? colors[severity] : "";
}

const char *prose_plain(const struct output *out)
{
	return out->has_color ? "\033[0m" : "";
}
