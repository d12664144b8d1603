/* SPDX-License-Identifier: MIT */
/* Network namespaces: finding them, entering them, telling which one this is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/snapshot.h"

struct err;

/*
 * Opens the namespace a user named: all digits: of that PID; with a '/': that path; else
 * a name of `ip netns`. A descriptor the caller closes, or -errno and a sentence.
 */
int netns_open(const char *name, struct err *e);

/*
 * The unit or container whose process names the namespace, as in core/cgroup.h; "" where
 * the name is no PID, or there is none. `root_fd`: of the machine.
 */
void netns_label(int root_fd, const char *name, char *ret, size_t size);

/* Moves the calling thread into the namespace. -EPERM without CAP_SYS_ADMIN. */
int netns_enter(int netns_fd, const char *name, struct err *e);

/* Do two descriptors name one namespace? */
bool netns_is_same(int a_fd, int b_fd);

/*
 * The calling thread's namespace: its inode, and SO_NETNS_COOKIE, which unlike the inode
 * is never given twice in a boot (0 before Linux 5.14).
 */
void netns_identify(uint64_t *ret_inode, uint64_t *ret_cookie);

/* Is the calling thread's namespace that of PID 1? */
enum boot_netns netns_find_boot(void);

/*
 * The namespaces of this host, each once: those named by `ip netns`, then those of
 * processes.
 */
struct netns_list {
	char **names; /* what netns_open() takes; owned */
	size_t n;
	size_t n_refused; /* processes whose namespace may not be looked at */
};

int netns_list_all(struct netns_list *ret, struct err *e);
void netns_list_done(struct netns_list *list);
