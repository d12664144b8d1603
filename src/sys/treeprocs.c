/* SPDX-License-Identifier: MIT */
#include "sys/treeprocs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/procpid.h"
#include "sys/machine.h"
#include "sys/procwalk.h"
#include "sys/recorder.h"

enum { PART_MAX = 16 << 10, PART_CGROUP = 1, PARTS = 4 };

static const char *const part_names[PARTS] = { "comm", "cgroup", "limits", "status" };

/* The files of a process, read before any is written: it may end meanwhile. */
struct parts {
	char at[PARTS][PART_MAX];
	ssize_t n[PARTS]; /* -errno: could not be read */
};

static bool read_parts(const struct procwalk *w, struct parts *p)
{
	for (int i = 0; i < PARTS; i++) {
		p->n[i] = procwalk_read(w, part_names[i], p->at[i], PART_MAX);
		/* a kernel without control groups has no such file */
		if (i != PART_CGROUP && procwalk_has_ended(w, p->n[i]))
			return false;
	}
	return p->n[PARTS - 1] < 0 || !procpid_has_ended(p->at[PARTS - 1]);
}

static int write_status(const struct recorder *rec, const char *path, const char *status)
{
	static const char *const kept[] = { "Name:", "Pid:", "Uid:" };
	own_text struct text t = { 0 };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		int n;
		const char *line = procpid_line(status, kept[i], &n);

		if (line)
			text_add(&t, "%.*s\n", n, line);
	}
	if (t.broken)
		return err_errno(rec->e, ENOMEM, "cannot write '%s'", path);
	return recorder_write_words(rec, path, t.at ? t.at : "");
}

static int write_parts(const struct recorder *rec, uint32_t pid, const struct parts *p)
{
	int r = 0;

	for (int i = 0; i < PARTS && r == 0; i++) {
		char path[64];

		if (p->n[i] < 0)
			continue;
		snprintf(path, sizeof(path), "proc/%u/%s", pid, part_names[i]);
		/* a unit may be named for its peer: sshd@0-192.0.2.1:22-192.0.2.7:4711.service */
		r = i == PARTS - 1 ? write_status(rec, path, p->at[i])
				   : recorder_write_words(rec, path, p->at[i]);
	}
	return r;
}

/* Relative to the directory, as there can be very many. */
static int write_descriptors(const struct recorder *rec, const struct procwalk *w)
{
	own_fd int dir_fd = -1;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "proc/%u/fd", w->pid);
	r = recorder_mkdir(rec, path);
	if (r < 0)
		return r;
	dir_fd = openat(rec->dir_fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir_fd < 0)
		return err_errno(rec->e, errno, "cannot open '%s'", path);
	for (size_t i = 0; i < w->n; i++) {
		char name[16], target[32] = "other";

		snprintf(name, sizeof(name), "%u", w->at[i].fd);
		if (w->at[i].inode != 0)
			snprintf(target, sizeof(target), "socket:[%u]", w->at[i].inode);
		if (symlinkat(target, dir_fd, name) < 0 && errno != EEXIST)
			return err_errno(rec->e, errno, "cannot create the link '%s/%s'",
					 path, name);
	}
	return 0;
}

static int record_process(const struct recorder *rec, const struct procwalk *w)
{
	struct parts parts;
	char path[64];
	int r;

	if (w->is_hidden) {
		snprintf(path, sizeof(path), "proc/%u", w->pid);
		return recorder_mkdir(rec, path);
	}
	/* so that a recording without any process is known for one that was not asked */
	if (w->n_sockets == 0 && w->pid != (uint32_t)getpid())
		return 0;
	if (!read_parts(w, &parts))
		return 0;
	r = write_descriptors(rec, w);
	return r < 0 ? r : write_parts(rec, w->pid, &parts);
}

static int record_processes(const struct recorder *rec, struct procwalk *w)
{
	struct err e = { 0 };
	int r;

	while ((r = procwalk_next(w, &e)) > 0) {
		r = record_process(rec, w);
		if (r < 0)
			return r;
	}
	/* none is listed, which the recording then says too */
	if (r == 0 || r == -ENODATA)
		return 0;
	*rec->e = e;
	return r;
}

int treeprocs_record(const struct recorder *rec)
{
	struct procwalk w;
	struct err e = { 0 };
	int r = procwalk_open(&w, rec->machine->root_fd, &e);

	if (r == 0)
		r = record_processes(rec, &w);
	else if (r == -ENOENT || r == -EACCES || r == -EPERM)
		r = 0;
	else
		*rec->e = e;
	procwalk_close(&w);
	return r;
}
