/* SPDX-License-Identifier: MIT */
#include "sys/dropin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/dropin.h"
#include "sys/procfs.h"

/* Not *.conf, and hidden: neither sysctl(8) nor systemd-sysctl(8) reads it. */
static void temporary_name(const char *id, char *name, size_t size)
{
	snprintf(name, size, "." DROPIN_NAME ".%s", id);
}

static int open_dir(int root_fd)
{
	return procfs_open(root_fd, DROPIN_DIR, O_RDONLY | O_DIRECTORY);
}

/* The directory of the drop-ins, made where a small system has none yet. */
static int make_dir(int root_fd)
{
	own_fd int etc_fd = procfs_open(root_fd, "etc", O_RDONLY | O_DIRECTORY);

	if (etc_fd < 0)
		return etc_fd;
	if (mkdirat(etc_fd, strrchr(DROPIN_DIR, '/') + 1, 0755) < 0 && errno != EEXIST)
		return -errno;
	return fsync(etc_fd) < 0 ? -errno : open_dir(root_fd);
}

int dropin_is(int root_fd, const struct text *expected, bool *ret, struct err *e)
{
	own_free char *now = NULL;
	own_fd int dir_fd = -1;
	struct stat st;
	size_t n = 0;
	int r;

	if (expected->broken)
		return err_errno(e, ENOMEM, "cannot compare '" DROPIN_KEY "'");
	dir_fd = open_dir(root_fd);
	if (dir_fd == -ENOENT || dir_fd == -ENOTDIR ||
	    (dir_fd >= 0 && fstatat(dir_fd, DROPIN_NAME, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
	     errno == ENOENT)) {
		*ret = expected->n == 0;
		return 0;
	}
	if (dir_fd < 0)
		return err_errno(e, -dir_fd, "cannot open '/" DROPIN_DIR "'");
	*ret = false;
	if (!S_ISREG(st.st_mode))
		return 0;
	r = procfs_read(root_fd, DROPIN_DIR "/" DROPIN_NAME, &now, &n);
	if (r < 0)
		return err_errno(e, -r, "cannot read '" DROPIN_KEY "'");
	*ret = n == expected->n && n > 0 && memcmp(now, expected->at, n) == 0;
	return 0;
}

static int write_beside(int dir_fd, const char *name, const struct text *content)
{
	own_fd int fd = -1;
	ssize_t n;

	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	if (fd < 0)
		return -errno;
	n = write(fd, content->at, content->n);
	if (n != (ssize_t)content->n)
		return n < 0 ? -errno : -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

static int publish(int dir_fd, const char *name)
{
	return renameat(dir_fd, name, dir_fd, DROPIN_NAME) < 0 ? -errno : 0;
}

int dropin_replace(int root_fd, const struct text *content, const char *id, struct err *e)
{
	own_fd int dir_fd = open_dir(root_fd);
	char name[64];
	int r = 0;

	temporary_name(id, name, sizeof(name));
	if (content->broken)
		return err_errno(e, ENOMEM, "cannot write '" DROPIN_KEY "'");
	if (dir_fd == -ENOENT && content->n == 0)
		return 0;
	if (dir_fd == -ENOENT)
		dir_fd = make_dir(root_fd);
	if (dir_fd < 0)
		return err_errno(e, -dir_fd, "cannot open '/" DROPIN_DIR "'");

	if (content->n > 0) {
		r = write_beside(dir_fd, name, content);
		if (r == 0)
			r = publish(dir_fd, name);
		if (r < 0)
			(void)unlinkat(dir_fd, name, 0);
	} else if (unlinkat(dir_fd, DROPIN_NAME, 0) < 0 && errno != ENOENT) {
		r = -errno;
	}
	if (r == 0 && fsync(dir_fd) < 0)
		r = -errno;
	return r < 0 ? err_errno(e, -r, "cannot write '" DROPIN_KEY "'") : 0;
}

bool dropin_names(int root_fd, const char *id)
{
	own_free char *text = NULL;
	char line[64];

	snprintf(line, sizeof(line), "# transaction %s,", id);
	return procfs_read(root_fd, DROPIN_DIR "/" DROPIN_NAME, &text, NULL) == 0 &&
	       strstr(text, line);
}

void dropin_clean(int root_fd, const char *id)
{
	own_fd int dir_fd = open_dir(root_fd);
	char name[64];

	temporary_name(id, name, sizeof(name));
	if (dir_fd >= 0)
		(void)unlinkat(dir_fd, name, 0);
}
