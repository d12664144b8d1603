/* SPDX-License-Identifier: MIT */
#include "sys/treeboot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/bootfiles.h"
#include "core/redact.h"
#include "sys/bootversion.h"
#include "sys/machine.h"
#include "sys/procfs.h"
#include "sys/recorder.h"

/* Links that mean in the recording what they mean on the machine. */
static bool stays_link(const char *target)
{
	static const char *const known[] = { "/dev/null", "../sysctl.conf",
					     "/etc/sysctl.conf" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(target, known[i]) == 0)
			return true;
	return false;
}

static bool read_link(int root_fd, const char *path, char *target, size_t size)
{
	own_fd int fd = procfs_open(root_fd, path, O_PATH | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, size - 1);

	/* of what is no link it says ENOENT */
	if (n < 0)
		return false;
	target[n] = '\0';
	return true;
}

static int record_unreadable(const struct recorder *rec, const char *path)
{
	return recorder_link(rec, path, strrchr(path, '/') + 1);
}

static int record_text(const struct recorder *rec, const char *path, mode_t mode)
{
	own_text struct text t = { 0 };
	own_free char *bytes = NULL;
	size_t n;

	if (!(mode & 0004) || procfs_read(rec->machine->root_fd, path, &bytes, &n) < 0)
		return record_unreadable(rec, path);
	redact_settings(&t, bytes, n, rec->masks != NULL);
	if (t.broken)
		return err_errno(rec->e, ENOMEM, "cannot copy '%s'", path);
	return recorder_write(rec, path, t.at, t.n, mode & 0777);
}

static int record_entry(const struct recorder *rec, const char *path)
{
	int root_fd = rec->machine->root_fd;
	own_fd int fd = -1;
	char target[4096];
	bool is_link = read_link(root_fd, path, target, sizeof(target));
	struct stat st;

	if (is_link && stays_link(target))
		return recorder_link(rec, path, target);
	fd = procfs_open(root_fd, path, O_PATH);
	if (fd == -ENOENT)
		return is_link ? recorder_link(rec, path, target) : 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return record_unreadable(rec, path);
	if (S_ISDIR(st.st_mode))
		return recorder_mkdir(rec, path);
	return S_ISREG(st.st_mode) ? record_text(rec, path, st.st_mode)
				   : record_unreadable(rec, path);
}

/* /lib may be a link to /usr/lib. */
static bool is_same_dir(int root_fd, int fd, const char *other)
{
	own_fd int other_fd = procfs_open(root_fd, other, O_PATH | O_DIRECTORY);
	struct stat a, b;

	return other_fd >= 0 && fstat(fd, &a) == 0 && fstat(other_fd, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int record_dir(const struct recorder *rec, int rank)
{
	const char *dir = boot_dirs[rank] + 1;
	int root_fd = rec->machine->root_fd;
	int fd = procfs_open(root_fd, dir, O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	for (int i = 0; i < rank && d; i++)
		if (is_same_dir(root_fd, fd, boot_dirs[i] + 1))
			return 0;
	while (d && r == 0 && (entry = readdir(d))) {
		char path[320];

		if (!boot_is_name(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		r = record_entry(rec, path);
	}
	return r;
}

static int record_versions(const struct recorder *rec)
{
	own_text struct text stanza = { 0 };
	int root_fd = rec->machine->root_fd;
	char path[640];
	int r = 0;

	if (bootversion_systemd_file(root_fd, path, sizeof(path)))
		r = recorder_write(rec, path, "", 0, 0444);
	bootversion_procps_stanza(root_fd, &stanza);
	if (r == 0 && stanza.n)
		r = recorder_write(rec, BOOTVERSION_DPKG, stanza.at, stanza.n, 0444);
	return r;
}

int treeboot_record(const struct recorder *rec)
{
	static const char *const files[] = { "etc/sysctl.conf",
					     "run/credentials/@system/sysctl.extra",
					     "etc/credstore/sysctl.extra",
					     "run/credstore/sysctl.extra",
					     "usr/lib/credstore/sysctl.extra" };
	int r = 0;

	for (int rank = 0; rank < BOOT_DIRS && r == 0; rank++)
		r = record_dir(rec, rank);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = record_entry(rec, files[i]);
	return r < 0 ? r : record_versions(rec);
}
