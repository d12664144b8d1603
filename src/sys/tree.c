/* SPDX-License-Identifier: MIT */
#include "sys/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/mask.h"
#include "core/objects.h"
#include "core/proctcp.h"
#include "core/redact.h"
#include "core/snapshot.h"
#include "sys/machine.h"
#include "sys/oracle.h"
#include "sys/procfs.h"
#include "sys/recorder.h"
#include "sys/slab.h"
#include "sys/sockdiag.h"
#include "sys/survey.h"
#include "sys/treeboot.h"
#include "sys/treerivals.h"
#include "sys/treeprocs.h"

/* What a recording may hold of a file; the files outside /proc are the administrator's. */
static int write_edited(const struct recorder *rec, const char *path, const char *bytes,
			size_t n, mode_t mode)
{
	own_text struct text t = { 0 };
	bool is_tcp6 = strcmp(path, "proc/net/tcp6") == 0;
	int r = 0;

	if (strncmp(path, "proc/", 5) != 0)
		redact_settings(&t, bytes, n, rec->masks != NULL);
	else if (rec->masks && (is_tcp6 || strcmp(path, "proc/net/tcp") == 0))
		r = proctcp_mask(&t, rec->masks, bytes,
				 is_tcp6 ? CENSUS_IPV6 : CENSUS_IPV4, rec->e);
	else
		return recorder_write(rec, path, bytes, n, mode);
	if (r == 0 && t.broken)
		r = err_errno(rec->e, ENOMEM, "cannot copy '%s'", path);
	return r < 0 ? r : recorder_write(rec, path, t.at, t.n, mode);
}

/* Copies a file if it is there and every user may read it. */
static int copy_file(const struct recorder *rec, const char *path)
{
	own_fd int fd = procfs_open(rec->machine->root_fd, path, O_PATH);
	own_free char *bytes = NULL;
	struct stat st;
	size_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0004))
		return 0;
	/* some files of /proc/sys/net cannot be read at all; an absent file says the same
	 */
	if (procfs_read(rec->machine->root_fd, path, &bytes, &n) < 0)
		return 0;
	return write_edited(rec, path, bytes, n, st.st_mode & 0777);
}

static int copy_entry(const struct recorder *rec, int from_fd, const char *dir,
		      const char *name)
{
	char path[4096], target[4096];
	ssize_t n = readlinkat(from_fd, name, target, sizeof(target) - 1);

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (n < 0)
		return copy_file(rec, path);
	target[n] = '\0';
	return recorder_link(rec, path, target);
}

/* The files of one directory, not of those below it, whose names end in `suffix`. */
static int copy_dir(const struct recorder *rec, const char *dir, const char *suffix)
{
	int fd = procfs_open(rec->machine->root_fd, dir, O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	while (d && r == 0 && (entry = readdir(d))) {
		size_t n = strlen(entry->d_name), end = strlen(suffix);

		if (entry->d_type != DT_DIR && n > end &&
		    strcmp(entry->d_name + n - end, suffix) == 0)
			r = copy_entry(rec, fd, dir, entry->d_name);
	}
	return r;
}

/* A list that is there and too long to be copied is no host without sockets. */
static int copy_tcp(const struct recorder *rec, const char *path)
{
	own_free char *bytes = NULL;
	size_t n;
	int r = procfs_read(rec->machine->root_fd, path, &bytes, &n);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return err_errno(rec->e, -r, "cannot record '/%s'", path);
	return write_edited(rec, path, bytes, n, 0444);
}

static int record_sockets(const struct recorder *rec)
{
	struct dump_source *source = NULL;
	own_fd int fd = -1;
	int r = sockdiag_open_live(&source, 0, SOCKDIAG_TIMES | SOCKDIAG_MEMORY, rec->e);

	if (r == 0) {
		fd = openat(rec->dir_fd, "sockets.diag",
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		r = fd < 0 ? err_errno(rec->e, errno, "cannot create 'sockets.diag'")
			   : sockdiag_record(source, rec->masks, fd, rec->e);
	}
	sockdiag_close(&source);
	/* a part of a dump is none */
	if (r < 0 && fd >= 0)
		(void)unlinkat(rec->dir_fd, "sockets.diag", 0);
	if (!survey_is_absence(r))
		return r;
	/* without inet_diag: what /proc shows of the sockets */
	r = copy_tcp(rec, "proc/net/tcp");
	return r < 0 ? r : copy_tcp(rec, "proc/net/tcp6");
}

static int record_netns(const struct recorder *rec)
{
	char target[64];
	ssize_t n = readlink("/proc/thread-self/ns/net", target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	return recorder_link(rec, "proc/self/ns/net", target);
}

/* Whether the boot writes this namespace, which a recording cannot tell by itself. */
static int record_boot(const struct recorder *rec)
{
	struct host host;

	machine_identify(rec->machine, &host);
	return recorder_write_words(rec, MACHINE_BOOT_NETNS,
				    boot_netns_name(host.boot_netns));
}

/* The sizes of socket objects, which are no secret though only root may read them. */
static int record_slabs(const struct recorder *rec)
{
	int r = 0;

	for (int i = 0; i < OBJECT_KINDS * CENSUS_FAMILIES && r == 0; i++) {
		own_free char *bytes = NULL;
		char path[80];
		size_t n;

		slab_path(object_slab((enum object_kind)(i / CENSUS_FAMILIES),
				      (enum census_family)(i % CENSUS_FAMILIES)),
			  path, sizeof(path));
		if (procfs_read(rec->machine->root_fd, path, &bytes, &n) == 0)
			r = recorder_write(rec, path, bytes, n, 0444);
	}
	return r;
}

static int make_dir(const char *dir, struct err *e)
{
	own_dir DIR *d = NULL;
	const struct dirent *entry;
	int fd;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return err_errno(e, errno, "cannot make '%s'", dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno, "cannot open '%s'", dir);
	d = fdopendir(dup(fd));
	while (d && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			close(fd);
			return err_set(e, ENOTEMPTY, "'%s' is not empty", dir);
		}
	return fd;
}

/* What is copied as it is, but for secrets. */
static const struct {
	const char *path;
	const char *suffix; /* NULL: a file */
} parts[] = {
	{ "proc/sys/kernel/osrelease", NULL },
	{ "proc/uptime", NULL },
	{ "proc/sys/kernel/random/boot_id", NULL },
	{ "proc/sys/net/core", "" },
	{ "proc/sys/net/ipv4", "" },
	{ "proc/sys/net/ipv4/neigh/default", "" },
	{ "proc/sys/net/mptcp", "" },
	{ "proc/sys/net/netfilter", "" },
	{ "proc/sys/fs/file-max", NULL },
	{ "proc/sys/fs/file-nr", NULL },
	{ "proc/sys/fs/nr_open", NULL },
	{ "proc/net/netstat", NULL },
	{ "proc/net/snmp", NULL },
	{ "proc/net/sockstat", NULL },
	{ "proc/net/sockstat6", NULL },
	{ "proc/net/stat/arp_cache", NULL },
};

int tree_record(const struct machine *m, const char *dir, struct masks *masks,
		struct err *e)
{
	own_fd int dir_fd = make_dir(dir, e);
	struct recorder rec = { .machine = m, .dir_fd = dir_fd, .masks = masks, .e = e };
	int r = dir_fd < 0 ? dir_fd : record_sockets(&rec);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++)
		r = parts[i].suffix ? copy_dir(&rec, parts[i].path, parts[i].suffix)
				    : copy_file(&rec, parts[i].path);
	/* a profile is prose for the most part, and no report stands on it */
	if (r == 0 && !masks)
		r = copy_dir(&rec, "etc/finwait/profiles", ".ini");
	if (r == 0)
		r = treerivals_record(&rec);
	if (r == 0)
		r = treeboot_record(&rec);
	if (r == 0)
		r = record_slabs(&rec);
	if (r == 0)
		r = treeprocs_record(&rec);
	if (r == 0)
		r = record_netns(&rec);
	if (r == 0)
		r = record_boot(&rec);
	if (r == 0)
		r = oracle_record(&rec);
	if (r == 0 && masks && masks->is_broken)
		r = err_errno(e, ENOMEM, "cannot mask the addresses");
	return r;
}
