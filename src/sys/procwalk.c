/* SPDX-License-Identifier: MIT */
#include "sys/procwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/own.h"
#include "sys/procfs.h"

enum { PROCWALK_FIRST = 256 };

int procwalk_open(struct procwalk *w, int root_fd, struct err *e)
{
	int fd = procfs_open(root_fd, "proc", O_RDONLY | O_DIRECTORY);
	struct statfs fs;

	*w = (struct procwalk){ .pid_fd = -1 };
	if (fd < 0)
		return err_errno(e, -fd, "cannot list the processes");
	if (fstatfs(fd, &fs) < 0 || !(w->proc = fdopendir(fd))) {
		int error = errno;

		close(fd);
		return err_errno(e, error, "cannot list the processes");
	}
	w->is_live = fs.f_type == PROC_SUPER_MAGIC;
	return 0;
}

bool procwalk_has_ended(const struct procwalk *w, ssize_t r)
{
	return w->is_live && (r == -ENOENT || r == -ESRCH);
}

static bool is_refused(int error)
{
	return error == EACCES || error == EPERM;
}

static int add(struct procwalk *w, uint32_t fd, uint32_t inode)
{
	if (w->n == w->room) {
		size_t bigger = w->room ? w->room * 2 : PROCWALK_FIRST;
		struct descriptor *at = realloc(w->at, bigger * sizeof(*at));

		if (!at)
			return -ENOMEM;
		w->at = at;
		w->room = bigger;
	}
	w->at[w->n++] = (struct descriptor){ fd, inode };
	w->n_sockets += inode != 0;
	return 0;
}

/* "socket:[4711]"; 0: the link is to something else. */
static uint32_t socket_inode(const char *target, size_t n)
{
	static const char socket[] = "socket:[";
	const size_t begin = sizeof(socket) - 1;
	int64_t inode;

	if (n <= begin || memcmp(target, socket, begin) != 0 || target[n - 1] != ']')
		return 0;
	return num_parse_n(target + begin, n - begin - 1, 1, UINT32_MAX, &inode)
		       ? (uint32_t)inode
		       : 0;
}

static int read_descriptor(struct procwalk *w, int dir_fd, const char *name)
{
	char target[64]; /* of a longer one the beginning, and that is no socket */
	int64_t fd;
	ssize_t n;

	if (!num_parse(name, 0, INT32_MAX, &fd))
		return 0;
	n = readlinkat(dir_fd, name, target, sizeof(target));
	/* closed meanwhile */
	if (n < 0 && (errno == ENOENT || errno == ESRCH))
		return 0;
	/* recorded by hand, and no link */
	if (n < 0 && errno == EINVAL)
		n = 0;
	return n < 0 ? -errno : add(w, (uint32_t)fd, socket_inode(target, (size_t)n));
}

static int read_descriptors(struct procwalk *w)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(w->pid_fd, "fd", flags);
	own_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		r = read_descriptor(w, fd, entry->d_name);
	return r < 0 ? r : -errno;
}

static int leave(struct procwalk *w)
{
	if (w->pid_fd >= 0)
		close(w->pid_fd);
	w->pid_fd = -1;
	w->is_hidden = false;
	w->n = 0;
	w->n_sockets = 0;
	return 0;
}

static int hide(struct procwalk *w, uint32_t pid)
{
	leave(w);
	w->pid = pid;
	w->is_hidden = true;
	return 1;
}

/* 1: it is at hand; 0: it is none, or no longer. */
static int visit(struct procwalk *w, const char *name, uint32_t pid)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int r;

	leave(w);
	w->pid = pid;
	w->pid_fd = openat(dirfd(w->proc), name, flags);
	if (w->pid_fd < 0 && is_refused(errno))
		return hide(w, pid);
	/* a recording can have anything here */
	if (w->pid_fd < 0)
		return errno == ENOENT || errno == ESRCH || errno == ENOTDIR ||
				       errno == ELOOP
			       ? 0
			       : -errno;
	r = read_descriptors(w);
	if (r == 0)
		return 1;
	if (procwalk_has_ended(w, r))
		return leave(w);
	if (is_refused(-r) || r == -ENOENT)
		return hide(w, pid);
	return r == -ENOTDIR || r == -ELOOP ? leave(w) : r;
}

/* All have been listed. */
static int end(struct procwalk *w, struct err *e)
{
	leave(w);
	/* Finding oneself is the least; and a recording has who recorded it. */
	if (w->n_seen == 0)
		return err_set(e, ENODATA, "no process is listed in 'proc'");
	if (!w->is_live || w->has_seen_init)
		return 0;
	w->has_seen_init = true;
	return hide(w, 1);
}

int procwalk_next(struct procwalk *w, struct err *e)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(w->proc))) {
		int64_t pid;
		int r;

		if (!num_parse(entry->d_name, 1, INT32_MAX, &pid))
			continue;
		w->n_seen++;
		w->has_seen_init |= pid == 1;

		r = visit(w, entry->d_name, (uint32_t)pid);
		if (r < 0)
			return err_errno(e, -r,
					 "cannot read the descriptors of process %u",
					 (unsigned)pid);
		if (r > 0)
			return r;
	}
	if (errno)
		return err_errno(e, errno, "cannot list the processes");
	return end(w, e);
}

ssize_t procwalk_read(const struct procwalk *w, const char *name, char *buffer,
		      size_t size)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	own_fd int fd = openat(w->pid_fd, name, flags);
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return -errno;
	while (got > 0 && n < size - 1) {
		got = read(fd, buffer + n, size - 1 - n);
		if (got < 0 && errno != EINTR)
			return -errno;
		n += got > 0 ? (size_t)got : 0;
	}
	buffer[n] = '\0';
	return (ssize_t)n;
}

void procwalk_close(struct procwalk *w)
{
	leave(w);
	if (w->proc)
		closedir(w->proc);
	free(w->at);
	*w = (struct procwalk){ .pid_fd = -1 };
}
