/* SPDX-License-Identifier: MIT */
/* The files of sysctl.d(5) on a machine. */
#pragma once

#include <stddef.h>

struct err;
struct keep;

/*
 * Is the drop-in alone in naming these keys? Then its values win at boot, whoever reads the
 * files in whatever order. Looks at every file that sysctl --system or systemd-sysctl would
 * read; one that another of the same name masks is not. 0; -EEXIST and a sentence with the
 * other file and its line; -errno where a file could not be read.
 */
int sysctld_check_alone(int root_fd, const struct keep *keeps, size_t n, struct err *e);
