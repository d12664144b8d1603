/* SPDX-License-Identifier: MIT */
#include "sys/treerivals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/redact.h"
#include "sys/machine.h"
#include "sys/rivals.h"
#include "sys/procfs.h"
#include "sys/recorder.h"

/* What is asked of it is whether it is there: a link, a directory, or an empty file. */
static int record_presence(const struct recorder *rec, const char *path)
{
	own_fd int fd = procfs_open(rec->machine->root_fd, path, O_PATH | O_NOFOLLOW);
	char target[4096];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return recorder_mkdir(rec, path);
	if (!S_ISLNK(st.st_mode))
		return recorder_write(rec, path, "", 0, 0644);
	n = readlinkat(fd, "", target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = '\0';
	return recorder_link(rec, path, target);
}

static int record_file(const struct recorder *rec, const struct rival_path *at)
{
	own_fd int fd = procfs_open(rec->machine->root_fd, at->path, O_PATH);
	own_text struct text kept = { 0 }, clean = { 0 };
	own_free char *bytes = NULL;
	struct stat st;
	size_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0004))
		return 0;
	if (procfs_read(rec->machine->root_fd, at->path, &bytes, &n) < 0)
		return 0;
	rivals_redact(&kept, at->kind, bytes, n, rec->masks != NULL);
	/* a secret is one in whatever file it is set */
	redact_settings(&clean, kept.at ? kept.at : "", kept.n, false);
	if (kept.broken || clean.broken)
		return err_errno(rec->e, ENOMEM, "cannot copy '%s'", at->path);
	/* what is left is lines of words: there is no NUL in it */
	return recorder_write_words(rec, at->path, clean.at ? clean.at : "");
}

int treerivals_record(const struct recorder *rec)
{
	struct rival_paths paths = { 0 };
	int r = rivals_paths(rec->machine->root_fd, &paths, rec->e);

	for (size_t i = 0; i < paths.n && r == 0; i++) {
		if (paths.at[i].kind == RIVAL_PRESENCE)
			r = record_presence(rec, paths.at[i].path);
		else if (paths.at[i].kind != RIVAL_PRIVATE)
			r = record_file(rec, &paths.at[i]);
	}
	rivals_paths_done(&paths);
	return r;
}
