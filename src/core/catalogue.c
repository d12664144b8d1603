/* SPDX-License-Identifier: MIT */
#include "core/catalogue.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "core/nearest.h"

int catalogue_write_rank(const char *key, bool is_start_raised)
{
	if (strcmp(key, catalogue[KNOB_PORT_START].name) == 0)
		return is_start_raised ? 3 : 0;
	if (strcmp(key, catalogue[KNOB_RESERVED_PORTS].name) == 0)
		return 1;
	return strcmp(key, catalogue[KNOB_PORT_RANGE].name) == 0 ? 2 : WRITE_RANK_LAST;
}

const struct knob *catalogue_find(const char *name)
{
	for (size_t i = 0; i < KNOB_N; i++)
		if (strcmp(catalogue[i].name, name) == 0)
			return &catalogue[i];
	return NULL;
}

/* Equal but for case and for '-' in the place of '_'; `b` ends after n bytes. */
static bool is_spelled(const char *a, const char *b, size_t n)
{
	size_t i = 0;

	for (; i < n && a[i]; i++) {
		char c = b[i] == '-' ? '_' : (char)tolower((unsigned char)b[i]);

		if ((a[i] == '-' ? '_' : a[i]) != c)
			return false;
	}
	return i == n && a[i] == '\0';
}

const struct knob *catalogue_named(const char *word)
{
	size_t end = strcspn(word, " \t="), start = end;

	while (start > 0 && !strchr("./", word[start - 1]))
		start--;
	for (size_t i = 0; i < KNOB_N && end > start; i++)
		if (is_spelled(catalogue_short_name(&catalogue[i]), word + start,
			       end - start))
			return &catalogue[i];
	return NULL;
}

const char *catalogue_short_name(const struct knob *k)
{
	return strrchr(k->name, '.') + 1;
}

const struct knob *catalogue_nearest(const char *name)
{
	const char *names[KNOB_N + 1] = { NULL }, *dot = strrchr(name, '.'), *near;

	for (size_t i = 0; i < KNOB_N; i++)
		names[i] = catalogue_short_name(&catalogue[i]);
	near = nearest(dot ? dot + 1 : name, names);
	for (size_t i = 0; near && i < KNOB_N; i++)
		if (names[i] == near)
			return &catalogue[i];
	return NULL;
}

int catalogue_check_key(const char *key, struct err *e)
{
	if (strcmp(key, "net.ipv4.tcp_tw_recycle") == 0)
		return err_set(
			e, EPERM,
			"'%s' was removed in Linux 4.12: it dropped clients behind NAT without a word",
			key);
	if (catalogue_find(key))
		return 0;
	if (strncmp(key, "net.", 4) != 0)
		return err_set(
			e, EPERM,
			"key '%s' is outside net.*, and finwait writes nothing else",
			key);
	if (strncmp(key, "net.core.bpf_jit_", 17) == 0)
		return err_set(e, EPERM,
			       "key '%s' decides how code runs in the kernel, and "
			       "finwait does not touch it",
			       key);
	return 0;
}

int64_t catalogue_fin_wait2_seconds(int64_t fin_timeout)
{
	if (fin_timeout <= 0)
		return 0;
	return fin_timeout <= 60 ? fin_timeout : 2 * (fin_timeout - 60);
}
