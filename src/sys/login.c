/* SPDX-License-Identifier: MIT */
#include "sys/login.h"

#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *login_name(void)
{
	const char *sudo_user = getenv("SUDO_USER");
	FILE *f = fopen("/proc/self/loginuid", "re");
	unsigned uid = UINT32_MAX; /* what the kernel shows where nobody logged in */
	const struct passwd *pw;

	if (f && fscanf(f, "%u", &uid) != 1)
		uid = UINT32_MAX;
	if (f)
		fclose(f);
	if (uid == UINT32_MAX && sudo_user)
		return strdup(sudo_user);
	pw = getpwuid(uid == UINT32_MAX ? getuid() : uid);
	return pw ? strdup(pw->pw_name) : NULL;
}
