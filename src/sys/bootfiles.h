/* SPDX-License-Identifier: MIT */
/* The files of sysctl.d(5) on a machine, live or recorded. */
#pragma once

struct boot_tree;
struct err;

/*
 * Reads every entry of the five directories that has a say, /etc/sysctl.conf, the credential
 * of systemd, and which versions of procps and systemd are there, as far as files tell. One
 * that cannot be read is an entry that says so. boot_tree_done() is the caller's in any case.
 * -ENOMEM and a sentence.
 */
int bootfiles_read(int root_fd, struct boot_tree *ret, struct err *e);
