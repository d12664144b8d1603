/* SPDX-License-Identifier: MIT */
#pragma once

struct recorder;

/*
 * Records what bootfiles_read() reads again, so that a recording answers what the next boot
 * sets as the machine does:
 *
 *	the files of sysctl.d, hidden ones too, redacted (core/redact.h)
 *	links to nowhere, to /dev/null and to /etc/sysctl.conf as links; a link to another
 *	file as that file; a directory in the place of a file as one
 *	a file that not every user may read, or that is none: a link to itself, which cannot
 *	be read and masks
 *	the names that tell the versions of systemd and procps, without their contents
 *
 * -errno and a sentence; what was written stays.
 */
int treeboot_record(const struct recorder *rec);
