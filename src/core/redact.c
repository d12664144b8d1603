/* SPDX-License-Identifier: MIT */
#include "core/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/bootline.h"

static const char LOWER[] = "abcdefghijklmnopqrstuvwxyz0123456789_*?";
static const char VALUE[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_+-, \t";
static const char BLANKS[] = " \t";

/*
 * Mode 0600 below /proc/sys/net (tcp_fastopen_key in sysctl_net_ipv4.c, stable_secret in
 * addrconf.c), but a file that sets them may be open to all.
 */
static const char *const secrets[] = { "tcp_fastopen_key", "stable_secret" };

static bool engine_sets(enum boot_engine engine, const char *line, const char *path)
{
	char *copy = strdup(line);
	struct bootlines lines;
	struct bootline at;
	bool sets = false;

	if (!copy)
		return true;
	lines = bootlines_of(engine, copy, strlen(copy));
	for (bootlines_next(&lines, &at); at.kind != BOOTLINE_END && !sets;
	     bootlines_next(&lines, &at))
		sets = bootline_sets(&at, path);
	free(copy);
	return sets;
}

static bool is_secret(const char *line)
{
	static const char *const paths[] = { "net/ipv4/tcp_fastopen_key",
					     "net/ipv6/conf/all/stable_secret",
					     "net/ipv6/conf/default/stable_secret" };
	const char *value = strchr(line, '=');

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (strstr(line, secrets[i]))
			return true;
	/* such a value, by a pattern: 0-0-0-0 or an IPv6 address */
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (value && strpbrk(value, "-:") &&
		    (engine_sets(BOOT_PROCPS, line, paths[i]) ||
		     engine_sets(BOOT_SYSTEMD, line, paths[i])))
			return true;
	return false;
}

/* The length of "net.core." or its like, in either spelling; 0: another key. */
static size_t directory_size(const char *key)
{
	static const char *const known[] = { "core", "ipv4", "mptcp", "netfilter" };

	if (strncmp(key, "net", 3) != 0 || (key[3] != '.' && key[3] != '/'))
		return 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i]);

		if (strncmp(key + 4, known[i], n) == 0 && key[4 + n] == key[3])
			return 4 + n + 1;
	}
	return 0;
}

/*
 * How much of the line may be seen by all: KEY = VALUE, or -KEY with or without a value, of
 * nothing but numbers and words; 0: nothing. The kernel takes a number before a blank whatever
 * follows, so of a comment there its first character stays: with it any reader of the
 * value stops where it would have stopped.
 */
static size_t plain_size(const char *line)
{
	const char *value;
	const char *at = line + strspn(line, BLANKS);
	bool has_dash = *at == '-';
	size_t n;

	at += has_dash;
	n = directory_size(at);
	if (n == 0 || strspn(at + n, LOWER) == 0)
		return 0;
	at += n + strspn(at + n, LOWER);
	at += strspn(at, BLANKS);
	if (*at != '=')
		return has_dash && *at == '\0' ? (size_t)(at - line) : 0;
	value = at + 1 + strspn(at + 1, BLANKS);
	at = value + strspn(value, VALUE);
	if (*at == '\0')
		return (size_t)(at - line);
	value += *value == '-';
	if (*value < '0' || *value > '9' || !strchr("#;", *at) || !strchr(BLANKS, at[-1]))
		return 0;
	return (size_t)(at + 1 - line);
}

static void add_line(struct text *to, const char *line, bool is_public)
{
	if (!is_secret(line))
		text_add_bytes(to, line, is_public ? plain_size(line) : strlen(line));
}

/* Where a line ends for one of those who read such files. */
static size_t line_size(const char *at, size_t n)
{
	size_t i = 0;

	while (i < n && at[i] != '\n' && at[i] != '\r' && at[i] != '\0')
		i++;
	return i;
}

void redact_settings(struct text *to, const char *text, size_t n, bool is_public)
{
	while (n > 0) {
		size_t size = line_size(text, n), step = size + (size < n);
		char *line = strndup(text, size);

		if (line)
			add_line(to, line, is_public);
		else
			to->broken = true;
		free(line);
		text_add_bytes(to, text + size, step - size);
		text += step;
		n -= step;
	}
}
