/* SPDX-License-Identifier: MIT */
/*
 * Ownership by the cleanup attribute: a variable declared `own_free char *s = NULL` owns
 * what it points to until it goes out of scope or is handed on with take().
 */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void own_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void own_close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void own_close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static inline int own_take_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#define own_free __attribute__((cleanup(own_free_ptr)))
#define own_fd	 __attribute__((cleanup(own_close_fd)))
#define own_dir	 __attribute__((cleanup(own_close_dir)))

#define take(p)                           \
	({                                \
		__auto_type take_p = (p); \
		(p) = NULL;               \
		take_p;                   \
	})
#define take_fd(fd) own_take_fd(&(fd))
