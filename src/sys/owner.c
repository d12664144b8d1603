/* SPDX-License-Identifier: MIT */
#include "sys/owner.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

/* The initial user namespace maps all ids onto themselves. */
static bool in_user_namespace(void)
{
	unsigned inside = 0, outside = 0, n = 0;
	FILE *f = fopen("/proc/self/uid_map", "re");
	int fields = f ? fscanf(f, "%u %u %u", &inside, &outside, &n) : 0;

	if (f)
		fclose(f);
	return fields == 3 && !(inside == 0 && outside == 0 && n == UINT32_MAX);
}

static uid_t overflow_uid(void)
{
	unsigned uid = 65534;
	FILE *f = fopen("/proc/sys/kernel/overflowuid", "re");

	if (f && fscanf(f, "%u", &uid) != 1)
		uid = 65534;
	if (f)
		fclose(f);
	return uid;
}

static bool is_trusted(uid_t uid)
{
	return uid == 0 || uid == geteuid() ||
	       (in_user_namespace() && uid == overflow_uid());
}

static const char *complaint(const struct stat *st)
{
	if (!is_trusted(st->st_uid))
		return "belongs to another user";
	return st->st_mode & 022 ? "can be written by other users" : NULL;
}

int owner_check(int fd, int dir_fd, const char *path, struct err *e)
{
	struct stat file, dir;
	int r = 0;

	if (fstat(fd, &file) < 0 || fstat(dir_fd, &dir) < 0)
		return err_errno(e, errno, "cannot read '%s'", path);
	if (!S_ISREG(file.st_mode))
		return err_set(e, EINVAL, "'%s' is not a regular file", path);
	if (geteuid() != 0)
		return 0;
	if (complaint(&file))
		r = err_set(e, EPERM, "refused '%s': it %s", path, complaint(&file));
	else if (complaint(&dir))
		r = err_set(e, EPERM, "refused '%s': its directory %s", path,
			    complaint(&dir));
	if (r < 0)
		err_hint(e, "a profile and its directory must be writable by root alone");
	return r;
}
