/* SPDX-License-Identifier: MIT */
/*
 * The drop-in: the one file of ours below /etc/sysctl.d, with the settings that outlive the
 * boot. What is in it follows from the journal alone, byte by byte, so that a file somebody
 * has edited can be told from one we wrote. The text is therefore a format: a change of it
 * makes the drop-ins of an earlier finwait foreign ones.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct err;
struct journal;
struct keep;
struct text;

#define DROPIN_DIR  "etc/sysctl.d"
#define DROPIN_NAME "99-finwait.conf"
#define DROPIN_KEY  "/" DROPIN_DIR "/" DROPIN_NAME /* as the journal names it */

/*
 * Appends the drop-in of all transactions that are persisted, with transaction `with` and
 * without transaction `without` (-1: none), in whatever stage these are. A key stands in it
 * once, with the value of the newest. Nothing appended: there is to be no file.
 */
void dropin_format(struct text *t, const struct journal *j, ssize_t with,
		   ssize_t without);

/*
 * Will the kernel take the ports of the drop-in at boot, once the n settings are in it? A
 * range below ip_unprivileged_port_start it refuses. -ERANGE and a sentence.
 */
int dropin_check_ports(const struct journal *j, const struct keep *keeps, size_t n,
		       struct err *e);

/* The value of a key in the drop-in as it is to be now; NULL: it is not in it. */
const char *dropin_value(const struct journal *j, const char *key);
