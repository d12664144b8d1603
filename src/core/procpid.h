/* SPDX-License-Identifier: MIT */
/* What the files of /proc/PID say, as text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The soft limit of open files, of /proc/PID/limits; 0: not said, UINT64_MAX: none. */
uint64_t procpid_fd_limit(const char *limits);

/* The effective uid, of /proc/PID/status; UINT32_MAX: not said. */
uint32_t procpid_uid(const char *status);

/*
 * Is the process a zombie, or dead? So is one whose first thread has ended before the
 * others. Not where the status does not say it.
 */
bool procpid_has_ended(const char *status);

/* The line of a status that begins so ("Uid:"), without its newline; NULL: none. */
const char *procpid_line(const char *text, const char *begins, int *ret_n);
