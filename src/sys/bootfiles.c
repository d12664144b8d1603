/* SPDX-License-Identifier: MIT */
#include "sys/bootfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "core/bootfiles.h"
#include "sys/bootversion.h"
#include "sys/procfs.h"

/* Directories that were read: /lib may be a link to /usr/lib. */
struct seen {
	struct stat at[BOOT_DIRS];
	size_t n;
};

static bool is_seen(struct seen *seen, int fd)
{
	struct stat *now = &seen->at[seen->n];

	if (fstat(fd, now) < 0)
		return false;
	for (size_t i = 0; i < seen->n; i++)
		if (seen->at[i].st_dev == now->st_dev &&
		    seen->at[i].st_ino == now->st_ino)
			return true;
	seen->n++;
	return false;
}

/* What a link to /dev/null says, also in a recorded tree, which has no devices. */
static bool is_null_link(int root_fd, const char *path)
{
	own_fd int fd = procfs_open(root_fd, path, O_PATH | O_NOFOLLOW);
	char target[16];
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target));

	return n == 9 && memcmp(target, "/dev/null", 9) == 0;
}

static int open_file(int root_fd, const char *path, struct boot_file *f)
{
	/* without waiting for somebody to write into a FIFO */
	int fd = procfs_open(root_fd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		f->kind = fd == -ENOENT ? BOOT_NOWHERE : BOOT_FAILED;
		f->error = -fd;
		return fd;
	}
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		f->kind = S_ISDIR(st.st_mode)	 ? BOOT_DIRECTORY
			  : S_ISFIFO(st.st_mode) ? BOOT_FIFO
						 : BOOT_ODD;
		close(fd);
		return -EINVAL;
	}
	return fd;
}

static void read_file(int root_fd, struct boot_file *f)
{
	const char *path = f->path + 1;
	own_fd int fd = -1;
	int r;

	if (is_null_link(root_fd, path)) {
		f->kind = BOOT_NULL;
		return;
	}
	fd = open_file(root_fd, path, f);
	if (fd < 0)
		return;
	r = procfs_read(root_fd, path, &f->text, &f->n);
	if (r == -EFBIG) {
		f->kind = BOOT_TOO_BIG;
	} else if (r < 0) {
		f->kind = BOOT_FAILED;
		f->error = -r;
	}
}

static int add_file(int root_fd, struct boot_tree *tree, const char *path)
{
	struct boot_file *f = boot_tree_add(tree, path);

	if (!f)
		return -ENOMEM;
	read_file(root_fd, f);
	return f->error == ENOMEM ? -ENOMEM : 0;
}

static int add_unread(struct boot_tree *tree, const char *path, enum boot_kind kind,
		      int error)
{
	struct boot_file *f = boot_tree_add(tree, path);

	if (!f)
		return -ENOMEM;
	f->kind = kind;
	f->error = error;
	return 0;
}

/* A file that an administrator may believe to count; a.conf.bak and a.conf~ are put away. */
static bool is_misnamed(const char *dir, const struct dirent *entry)
{
	return strcmp(dir, boot_dirs[0]) == 0 && entry->d_type == DT_REG &&
	       entry->d_name[0] != '.' && !strstr(entry->d_name, ".conf") &&
	       strncmp(entry->d_name, "README", 6) != 0;
}

static int read_dir(int root_fd, const char *dir, struct seen *seen,
		    struct boot_tree *tree)
{
	int fd = procfs_open(root_fd, dir + 1, O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = NULL;
	const struct dirent *entry;
	int r = 0;

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return add_unread(tree, dir, BOOT_FAILED, -fd);
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	if (is_seen(seen, fd))
		return 0;
	while (r == 0 && (entry = readdir(d))) {
		own_free char *path = NULL;

		if (!boot_is_name(entry->d_name) && !is_misnamed(dir, entry))
			continue;
		if (asprintf(&path, "%s/%s", dir, entry->d_name) < 0)
			path = NULL;
		if (path && !boot_is_name(entry->d_name))
			r = add_unread(tree, path, BOOT_MISNAMED, 0);
		else
			r = path ? add_file(root_fd, tree, path) : -ENOMEM;
	}
	return r;
}

static bool is_there(int root_fd, const char *path)
{
	own_fd int fd = procfs_open(root_fd, path + 1, O_PATH);

	return fd >= 0;
}

/* LoadCredential=sysctl.extra: what the machine was booted with, else the first store. */
static int read_credential(int root_fd, struct boot_tree *tree)
{
	static const char *const stores[] = { "/run/credentials/@system/sysctl.extra",
					      "/etc/credstore/sysctl.extra",
					      "/run/credstore/sysctl.extra",
					      "/usr/lib/credstore/sysctl.extra" };

	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		if (is_there(root_fd, stores[i]))
			return add_file(root_fd, tree, stores[i]);
	return 0;
}

/* Left out where it cannot be read: an image of a machine has none. */
static int read_controls(int root_fd, struct boot_tree *tree)
{
	size_t n;
	int r = procfs_read(root_fd, "proc/sys/net/ipv4/tcp_available_congestion_control",
			    &tree->controls, &n);

	return r == -ENOMEM ? r : 0;
}

int bootfiles_read(int root_fd, struct boot_tree *ret, struct err *e)
{
	struct seen seen = { 0 };
	int r = 0;

	*ret = (struct boot_tree){ .procps = bootversion_procps(root_fd),
				   .systemd = bootversion_systemd(root_fd) };
	for (int i = 0; i < BOOT_DIRS && r == 0; i++)
		r = read_dir(root_fd, boot_dirs[i], &seen, ret);
	if (r == 0 && is_there(root_fd, boot_conf))
		r = add_file(root_fd, ret, boot_conf);
	if (r == 0)
		r = read_credential(root_fd, ret);
	if (r == 0)
		r = read_controls(root_fd, ret);
	return r < 0 ? err_errno(e, -r, "cannot read the files of sysctl.d") : 0;
}
