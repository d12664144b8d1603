/* SPDX-License-Identifier: MIT */
#pragma once

struct err;
struct machine;
struct masks;

/*
 * Records the machine into a new directory (or an empty one), as --root reads it: the
 * sysctls below net that every user may read (so no secret), the numbers of /proc/net,
 * the socket dump as sockets.diag, the kernel's defaults below finwait/ (sys/oracle.h),
 * boot, kernel and namespace, the files of sysctl.d
 * and of finwait's own profiles, those that show who else writes sysctls
 * (sys/treerivals.h), and who holds sockets (sys/treeprocs.h). -errno and a sentence; what
 * was written stays.
 *
 * No secret gets into it (core/dumpcopy.h, core/redact.h). With `masks` it has no address
 * of the site either, the files of sysctl.d are there without comments and the profiles not
 * at all; NULL: addresses stay.
 */
int tree_record(const struct machine *m, const char *dir, struct masks *masks,
		struct err *e);
