/* SPDX-License-Identifier: MIT */
#include "core/procpid.h"

#include <stddef.h>
#include <string.h>

#include "base/num.h"

const char *procpid_line(const char *text, const char *begins, int *ret_n)
{
	size_t n = strlen(begins);

	while (strncmp(text, begins, n) != 0) {
		text += strcspn(text, "\n");
		if (!*text++)
			return NULL;
	}
	*ret_n = (int)strcspn(text, "\n");
	return text;
}

/* The field behind the `begins` of a line, 0 the first; its length in *ret_n. */
static const char *field(const char *text, const char *begins, int which, size_t *ret_n)
{
	int n;
	const char *at = procpid_line(text, begins, &n);

	if (!at)
		return NULL;
	at += strlen(begins);
	at += strspn(at, " \t");
	for (; which > 0; which--) {
		at += strcspn(at, " \t\n");
		at += strspn(at, " \t");
	}
	*ret_n = strcspn(at, " \t\n");
	return at;
}

uint64_t procpid_fd_limit(const char *limits)
{
	size_t n;
	const char *at = field(limits, "Max open files", 0, &n);
	int64_t v;

	if (!at)
		return 0;
	if (n == strlen("unlimited") && memcmp(at, "unlimited", n) == 0)
		return UINT64_MAX;
	return num_parse_n(at, n, 0, INT64_MAX, &v) ? (uint64_t)v : 0;
}

uint32_t procpid_uid(const char *status)
{
	size_t n;
	const char *at = field(status, "Uid:", 1, &n);
	int64_t v;

	return at && num_parse_n(at, n, 0, UINT32_MAX, &v) ? (uint32_t)v : UINT32_MAX;
}

bool procpid_has_ended(const char *status)
{
	size_t n;
	const char *at = field(status, "State:", 0, &n);

	return at && n == 1 && (*at == 'Z' || *at == 'X');
}
