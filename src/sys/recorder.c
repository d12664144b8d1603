/* SPDX-License-Identifier: MIT */
#include "sys/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/mask.h"
#include "sys/writeall.h"

static int make_parents(int dir_fd, const char *path)
{
	char copy[4096];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(dir_fd, copy, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* What the recording may have of a text: itself, or its masked form in `room`. */
static const char *public_text(const struct recorder *rec, const char *text,
			       struct text *room)
{
	if (!rec->masks)
		return text;
	masks_text(rec->masks, text, room);
	if (room->broken)
		rec->masks->is_broken = true;
	return room->at ? room->at : "";
}

int recorder_write(const struct recorder *rec, const char *name, const char *bytes,
		   size_t n, mode_t mode)
{
	own_text struct text room = { 0 };
	const char *path = public_text(rec, name, &room);
	own_fd int fd = -1;
	int r = make_parents(rec->dir_fd, path);

	if (r < 0)
		return err_errno(rec->e, -r, "cannot make the directory of '%s'", path);
	fd = openat(rec->dir_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(rec->e, errno, "cannot create '%s'", path);
	r = write_all(fd, bytes, n);
	if (r < 0)
		return err_errno(rec->e, -r, "cannot write '%s'", path);
	if (fchmod(fd, mode) < 0)
		return err_errno(rec->e, errno, "cannot set the mode of '%s'", path);
	return 0;
}

int recorder_write_words(const struct recorder *rec, const char *name, const char *words)
{
	own_text struct text room = { 0 };
	const char *text = public_text(rec, words, &room);

	return recorder_write(rec, name, text, strlen(text), 0644);
}

int recorder_link(const struct recorder *rec, const char *name, const char *to)
{
	own_text struct text room = { 0 }, to_room = { 0 };
	const char *path = public_text(rec, name, &room);
	const char *target = public_text(rec, to, &to_room);
	int r = make_parents(rec->dir_fd, path);

	if (r == 0 && symlinkat(target, rec->dir_fd, path) < 0)
		r = -errno;
	return r < 0 ? err_errno(rec->e, -r, "cannot create the link '%s'", path) : 0;
}

int recorder_mkdir(const struct recorder *rec, const char *path)
{
	int r = make_parents(rec->dir_fd, path);

	if (r == 0 && mkdirat(rec->dir_fd, path, 0755) < 0 && errno != EEXIST)
		r = -errno;
	return r < 0 ? err_errno(rec->e, -r, "cannot make the directory '%s'", path) : 0;
}
