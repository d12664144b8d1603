/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

static char path_made[PATH_MAX];

int scratch_make(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(path_made, sizeof(path_made), "%s/finwait-test.XXXXXX",
		 tmp ? tmp : "/tmp");
	return mkdtemp(path_made) && chdir(path_made) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int scratch_remove(void **state)
{
	(void)state;
	return chdir("/") == 0 ? nftw(path_made, remove_one, 16, FTW_DEPTH | FTW_PHYS)
			       : -1;
}

const char *scratch_path(void)
{
	return path_made;
}

void scratch_mkdir(const char *path, mode_t mode)
{
	assert_int_equal(mkdir(path, mode), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make_parents(const char *path)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (access(dir, F_OK) != 0)
			scratch_mkdir(dir, 0755);
		*slash = '/';
	}
}

void scratch_write_bytes(const char *path, const void *bytes, size_t n)
{
	int fd;

	make_parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(close(fd), 0);
}

void scratch_write(const char *path, const char *content)
{
	scratch_write_bytes(path, content, strlen(content));
}

char *scratch_read(const char *path)
{
	FILE *f = fopen(path, "re");
	char *content = NULL;
	size_t room = 0;

	if (!f)
		fail_msg("cannot open '%s'", path);
	if (getdelim(&content, &room, '\0', f) < 0)
		content[0] = '\0';
	fclose(f);
	return content;
}

void scratch_expect(const char *path, const char *content)
{
	char *got = scratch_read(path);

	if (strcmp(got, content) != 0)
		fail_msg("'%s' holds '%s', want '%s'", path, got, content);
	free(got);
}
