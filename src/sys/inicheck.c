/* SPDX-License-Identifier: MIT */
#include "sys/inicheck.h"

#include <ctype.h>
#include <errno.h>
#include <iniparser.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/own.h"
#include "core/ini.h"
#include "core/problem.h"

static void dictionary_free(dictionary **dict)
{
	if (*dict)
		iniparser_freedict(*dict);
}

/* its complaints come back as "no dictionary"; the gate has already named the lines */
static int keep_quiet(const char *format, ...)
{
	(void)format;
	return 0;
}

/*
 * iniparser folds keys to lower case by the locale. The program never calls setlocale(),
 * so that is ASCII here, as below.
 */
static void lower(char *s)
{
	for (; *s; s++)
		*s = (char)tolower((unsigned char)*s);
}

static int load(const char *bytes, size_t n, dictionary **ret)
{
	own_fd int fd = memfd_create("finwait-profile", MFD_CLOEXEC);
	char path[32];

	if (fd < 0)
		return -errno;
	if (write(fd, bytes, n) != (ssize_t)n)
		return -EIO;
	/* the bytes that were checked, whatever happens to the file meanwhile */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	iniparser_set_error_callback(keep_quiet);
	*ret = iniparser_load(path);
	iniparser_set_error_callback(NULL);
	return 0;
}

static int count_keys(const dictionary *dict)
{
	int n = 0;

	for (int i = 0; i < iniparser_getnsec(dict); i++)
		n += iniparser_getsecnkeys(dict, iniparser_getsecname(dict, i));
	return n;
}

int inicheck(const struct ini *ini, const char *bytes, size_t n, const char *file,
	     struct problems *problems)
{
	__attribute__((cleanup(dictionary_free))) dictionary *dict = NULL;
	int r = load(bytes, n, &dict);

	if (r < 0)
		return r;
	if (!dict || count_keys(dict) != (int)ini->n) {
		problems_add(problems, file, 0, "iniparser reads this file differently");
		return 0;
	}
	for (size_t i = 0; i < ini->n; i++) {
		char name[INI_LINE_MAX * 2];
		const char *value;

		snprintf(name, sizeof(name), "%s:%s", ini->at[i].section, ini->at[i].key);
		lower(name);
		value = iniparser_getstring(dict, name, NULL);
		if (!value || strcmp(value, ini->at[i].value) != 0)
			problems_add(problems, file, ini->at[i].line,
				     "iniparser reads '%s' differently", ini->at[i].key);
	}
	return 0;
}
