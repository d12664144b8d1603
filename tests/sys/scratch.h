/* SPDX-License-Identifier: MIT */
/* A directory of the test's own, made new for each test and removed behind it, and files
 * in it. A failure to make them ends the test. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* cmocka's setup and teardown; the directory is the test's working directory meanwhile. */
int scratch_make(void **state);
int scratch_remove(void **state);

/* Its path. */
const char *scratch_path(void);

/* Writes a file with its missing directories; mode 0644 and 0755 whatever the umask. */
void scratch_write(const char *path, const char *content);
void scratch_write_bytes(const char *path, const void *bytes, size_t n);

void scratch_mkdir(const char *path, mode_t mode);

/* A file's content, which the caller frees. */
char *scratch_read(const char *path);

/* Fails unless the file holds this. */
void scratch_expect(const char *path, const char *content);
