/* SPDX-License-Identifier: MIT */
#include "core/problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void problems_add(struct problems *p, const char *file, unsigned line, const char *fmt,
		  ...)
{
	struct problem *at = realloc(p->at, (p->n + 1) * sizeof(*at));
	char text[512];
	va_list ap;

	if (!at)
		return;
	p->at = at;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->at[p->n++] = (struct problem){
		.file = strdup(file),
		.line = line,
		.text = strdup(text),
	};
}

int problems_err(const struct problems *p, struct err *e)
{
	char others[48] = "", line[16] = "";

	if (p->n == 0)
		return 0;
	if (p->n > 1)
		snprintf(others, sizeof(others), " (and %zu more problem%s)", p->n - 1,
			 p->n > 2 ? "s" : "");
	if (p->at[0].line)
		snprintf(line, sizeof(line), ":%u", p->at[0].line);
	return err_set(e, EINVAL, "%s%s: %s%s", p->at[0].file, line, p->at[0].text,
		       others);
}

void problems_done(struct problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->at[i].file);
		free(p->at[i].text);
	}
	free(p->at);
	*p = (struct problems){ 0 };
}
