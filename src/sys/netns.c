/* SPDX-License-Identifier: MIT */
#include "sys/netns.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "core/cgroup.h"
#include "sys/procfs.h"

#define NAMED_DIR "/run/netns"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static bool is_pid(const char *name)
{
	return name[0] != '\0' && name[strspn(name, "0123456789")] == '\0';
}

static int netns_path(const char *name, char *path, size_t size)
{
	int n;

	if (strchr(name, '/'))
		n = snprintf(path, size, "%s", name);
	else if (is_pid(name))
		n = snprintf(path, size, "/proc/%s/ns/net", name);
	else
		n = snprintf(path, size, NAMED_DIR "/%s", name);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int netns_open(const char *name, struct err *e)
{
	char path[4096];
	int r = netns_path(name, path, sizeof(path));
	int fd;

	if (r < 0 || name[0] == '\0')
		return err_errno(e, r < 0 ? -r : EINVAL, "no network namespace '%s'",
				 name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		return fd;
	r = err_errno(e, errno, "cannot open network namespace '%s'", name);
	if (r == -EACCES || r == -EPERM)
		err_hint(e, "run as root");
	else if (r == -ENOENT && is_pid(name))
		err_hint(e, "there is no process %s", name);
	else if (r == -ENOENT)
		err_hint(e, "ip netns list shows the named ones");
	return r;
}

void netns_label(int root_fd, const char *name, char *ret, size_t size)
{
	own_free char *text = NULL;
	char path[64];

	ret[0] = '\0';
	snprintf(path, sizeof(path), "proc/%.20s/cgroup", name);
	if (is_pid(name) && procfs_read(root_fd, path, &text, NULL) == 0)
		cgroup_unit(text, ret, size);
}

int netns_enter(int netns_fd, const char *name, struct err *e)
{
	int r;

	if (setns(netns_fd, CLONE_NEWNET) == 0)
		return 0;
	if (errno == EINVAL)
		return err_set(e, EINVAL, "'%s' is no network namespace", name);
	r = err_errno(e, errno, "cannot enter network namespace '%s'", name);
	if (r == -EPERM)
		err_hint(e, "run as root");
	return r;
}

bool netns_is_same(int a_fd, int b_fd)
{
	struct stat a, b;

	return fstat(a_fd, &a) == 0 && fstat(b_fd, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

void netns_identify(uint64_t *ret_inode, uint64_t *ret_cookie)
{
	own_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof(*ret_cookie);
	struct stat st;

	*ret_inode = stat("/proc/thread-self/ns/net", &st) == 0 ? st.st_ino : 0;
	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, ret_cookie, &n) < 0)
		*ret_cookie = 0;
}

enum boot_netns netns_find_boot(void)
{
	struct stat own, boot;

	if (stat("/proc/thread-self/ns/net", &own) < 0 ||
	    stat("/proc/1/ns/net", &boot) < 0)
		return BOOT_NETNS_UNKNOWN;
	return own.st_dev == boot.st_dev && own.st_ino == boot.st_ino
		       ? BOOT_NETNS_HERE
		       : BOOT_NETNS_ELSEWHERE;
}

/* What a list is made of, with the inodes already in it. */
struct netns_seen {
	struct netns_list list;
	ino_t *inodes;
};

static int seen_add(struct netns_seen *seen, const char *name)
{
	size_t n = seen->list.n;
	char path[4096], **names;
	ino_t *inodes;
	struct stat st;

	/* a process may be gone by now */
	if (netns_path(name, path, sizeof(path)) < 0)
		return 0;
	if (stat(path, &st) < 0) {
		seen->list.n_refused += errno == EACCES || errno == EPERM;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (seen->inodes[i] == st.st_ino)
			return 0;
	names = realloc(seen->list.names, (n + 1) * sizeof(*names));
	if (names)
		seen->list.names = names;
	inodes = realloc(seen->inodes, (n + 1) * sizeof(*inodes));
	if (inodes)
		seen->inodes = inodes;
	if (!names || !inodes)
		return -ENOMEM;
	names[n] = strdup(name);
	inodes[n] = st.st_ino;
	seen->list.n += names[n] != NULL;
	return names[n] ? 0 : -ENOMEM;
}

static int seen_add_dir(struct netns_seen *seen, const char *dir, bool is_proc)
{
	own_dir DIR *d = opendir(dir);
	const struct dirent *entry;
	int r = 0;

	while (d && r == 0 && (entry = readdir(d)))
		if (entry->d_name[0] != '.' && is_pid(entry->d_name) == is_proc)
			r = seen_add(seen, entry->d_name);
	return r;
}

int netns_list_all(struct netns_list *ret, struct err *e)
{
	struct netns_seen seen = { 0 };
	int r = seen_add_dir(&seen, NAMED_DIR, false);

	if (r == 0)
		r = seen_add_dir(&seen, "/proc", true);
	free(seen.inodes);
	if (r < 0) {
		netns_list_done(&seen.list);
		return err_errno(e, -r, "cannot list network namespaces");
	}
	*ret = seen.list;
	return 0;
}

void netns_list_done(struct netns_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct netns_list){ 0 };
}
