/* SPDX-License-Identifier: MIT */
#include "sys/writeall.h"

#include <errno.h>
#include <unistd.h>

int write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, bytes, n);

		if (written < 0 && errno != EINTR)
			return -errno;
		/* no file takes nothing and says so; it would be asked for ever */
		if (written == 0)
			return -EIO;
		bytes += written > 0 ? written : 0;
		n -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}
