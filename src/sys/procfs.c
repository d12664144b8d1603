/* SPDX-License-Identifier: MIT */
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "core/snapshot.h"

enum { PROCFS_FILE_MAX = 16 << 20, PROCFS_FIRST = 4096 };

int procfs_open_root(const char *dir, struct err *e)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? err_errno(e, errno, "cannot open root '%s'", dir) : fd;
}

static bool is_real_root(int root_fd)
{
	struct stat a, b;

	return fstat(root_fd, &a) == 0 && stat("/", &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

int procfs_open(int root_fd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	/*
	 * before Linux 5.6, and where a container's seccomp filter does not know
	 * openat2()
	 */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && is_real_root(root_fd))
		fd = openat(root_fd, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool procfs_has(int root_fd, const char *path)
{
	own_fd int fd = procfs_open(root_fd, path, O_PATH);

	return fd >= 0 || fd != -ENOENT;
}

static int grow(char **buffer, size_t *size)
{
	size_t bigger = *size ? *size * 4 : PROCFS_FIRST;
	char *p;

	if (*size > PROCFS_FILE_MAX)
		return -EFBIG;
	/* one byte more than is allowed, to see that there is none */
	if (bigger > PROCFS_FILE_MAX)
		bigger = PROCFS_FILE_MAX + 1;
	p = realloc(*buffer, bigger + 1);
	if (!p)
		return -ENOMEM;
	*buffer = p;
	*size = bigger;
	return 0;
}

int procfs_read(int root_fd, const char *path, char **ret, size_t *ret_n)
{
	own_fd int fd = procfs_open(root_fd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	own_free char *buffer = NULL;
	size_t size = 0, n = 0;
	ssize_t got;

	if (fd < 0)
		return fd;
	do {
		if (n == size) {
			int r = grow(&buffer, &size);

			if (r < 0)
				return r;
		}
		got = read(fd, buffer + n, size - n);
		if (got < 0 && errno != EINTR)
			return -errno;
		n += got > 0 ? (size_t)got : 0;
	} while (got != 0);
	buffer[n] = '\0';
	*ret = take(buffer);
	if (ret_n)
		*ret_n = n;
	return 0;
}

/*
 * A sysctl comes in one read() or cut off: the kernel answers a second one with the end
 * of the file. So a read that fills the buffer is repeated from the start with a bigger
 * one.
 */
static int read_sysctl(int fd, char **ret)
{
	own_free char *buffer = NULL;
	size_t size = 0;
	ssize_t got;

	do {
		int r = grow(&buffer, &size);

		if (r < 0)
			return r;
		got = pread(fd, buffer, size, 0);
		if (got < 0)
			return -errno;
	} while ((size_t)got == size);
	buffer[got] = '\0';
	*ret = take(buffer);
	return 0;
}

static int knob_file(const char *key, char *file, size_t size, struct err *e)
{
	static const char dir[] = "proc/sys/";
	char path[KNOB_KEY_MAX];
	int r = knob_path(key, path, e);

	if (r < 0)
		return r;
	if (sizeof(dir) + strlen(path) > size)
		return err_set(e, ENAMETOOLONG, "key '%s' is too long", key);
	memcpy(file, dir, sizeof(dir));
	strcat(file, path);
	return 0;
}

int procfs_read_knob(int root_fd, const char *key, struct reading *ret)
{
	char file[KNOB_KEY_MAX + 16];
	own_fd int fd = -1;
	struct stat st;
	int r = knob_file(key, file, sizeof(file), NULL);

	*ret = (struct reading){ 0 };
	if (r == 0) {
		fd = procfs_open(root_fd, file, O_RDONLY | O_NOCTTY | O_NONBLOCK);
		r = fd < 0 ? fd : 0;
	}
	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	if (r == 0 && !S_ISREG(st.st_mode))
		r = -ENOENT;
	if (r == 0)
		r = read_sysctl(fd, &ret->value);
	if (r < 0) {
		ret->error = -r;
		return r;
	}
	ret->is_read_only = (st.st_mode & 0222) == 0;
	ret->is_secret = (st.st_mode & 0004) == 0;
	knob_normalise(ret->value);
	return 0;
}

int procfs_write_knob(int root_fd, const char *key, const char *value, struct err *e)
{
	char file[KNOB_KEY_MAX + 16];
	own_free char *line = NULL;
	own_fd int fd = -1;
	size_t n = strlen(value) + 1;
	ssize_t written;
	int r = knob_file(key, file, sizeof(file), e);

	if (r < 0)
		return r;
	/*
	 * with its newline: an empty list is cleared by "\n", while an empty write
	 * changes nothing
	 */
	line = malloc(n + 1);
	if (!line)
		return err_errno(e, ENOMEM, "cannot write '%s'", key);
	memcpy(line, value, n - 1);
	memcpy(line + n - 1, "\n", 2);

	fd = procfs_open(root_fd, file, O_WRONLY | O_TRUNC | O_NOCTTY);
	if (fd < 0)
		return err_errno(e, -fd, "cannot open '%s' for writing", key);
	written = write(fd, line, n);
	if (written < 0)
		return err_errno(e, errno, "cannot write '%s' to '%s'", value, key);
	if ((size_t)written != n)
		return err_set(e, EIO, "'%s' took only a part of '%s'", key, value);
	return 0;
}

int procfs_probe_knob(int root_fd, const char *key)
{
	char file[KNOB_KEY_MAX + 16];
	own_fd int fd = -1;
	int r = knob_file(key, file, sizeof(file), NULL);

	if (r < 0)
		return r;
	fd = procfs_open(root_fd, file, O_WRONLY | O_NOCTTY);
	return fd < 0 ? fd : 0;
}
