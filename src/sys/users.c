/* SPDX-License-Identifier: MIT */
#include "sys/users.h"

#include <pwd.h>
#include <stdio.h>

void users_name(bool is_live, uint32_t uid, char *ret, size_t size)
{
	struct passwd entry, *found = NULL;
	char room[4096];

	if (is_live)
		(void)getpwuid_r(uid, &entry, room, sizeof(room), &found);
	if (found)
		snprintf(ret, size, "%s", found->pw_name);
	else
		snprintf(ret, size, "%u", uid);
}
