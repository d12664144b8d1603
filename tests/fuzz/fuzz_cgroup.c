/* SPDX-License-Identifier: MIT */
/* Text as /proc/PID/cgroup. */
#include "fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "core/cgroup.h"

enum { UNIT_SIZES = 100 };

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s);

	return n >= strlen(end) && strcmp(s + n - strlen(end), end) == 0;
}

/* The forms that cgroup.h promises. */
static bool is_unit(const char *s)
{
	static const char *const kinds[] = { "docker ", "containerd ", "cri-o ",
					     "podman ", "kubernetes ", "container ",
					     "lxc ",	"machine " };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(s, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return s[0] == '\0' || ends(s, ".service") || ends(s, ".scope");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1), *whole = malloc(n + 32);

	MUST(text && whole);
	if (n)
		memcpy(text, bytes, n);
	text[n] = '\0';
	cgroup_unit(text, whole, n + 32);
	MUST(is_unit(whole) && strlen(whole) < n + 32);
	for (size_t size = 1; size < UNIT_SIZES; size++) {
		char cut[UNIT_SIZES + 1];
		size_t length = strlen(whole) < size ? strlen(whole) : size - 1;

		memset(cut, 0x5A, sizeof(cut));
		cgroup_unit(text, cut, size);
		/* the same, cut off, and nothing behind it */
		MUST(cut[length] == '\0' && strncmp(cut, whole, length) == 0);
		MUST(cut[size] == 0x5A);
	}
	free(whole);
	free(text);
	return 0;
}
