/* SPDX-License-Identifier: MIT */
/* apply --persist: may these settings be put into the drop-in, and will they win there? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct err;
struct journal;
struct keep;
struct plan;
struct transact;

/*
 * The settings of a plan that are to outlive the boot: each value as it is once the plan is
 * carried out, without what is absent or read-only. The strings are borrowed, the array is
 * the caller's to free. -ENOMEM.
 */
int persist_make(const struct plan *plan, struct keep **ret, size_t *ret_n,
		 struct err *e);

/*
 * 0 if the boot writes this network namespace, the drop-in with these settings would decide
 * each of them, and it is as we left it. Else -errno and a sentence.
 */
int persist_check(const struct transact *t, const struct keep *keeps, size_t n,
		  struct err *e);

/* Are the settings in the drop-in already, as far as the journal knows? */
bool persist_is_done(const struct journal *j, const struct keep *keeps, size_t n);

/*
 * Would the drop-in, with the n settings as its newest, decide them at boot, whether
 * sysctl(8) or systemd-sysctl(8) reads the files? n is 0: as the journal has it, and all
 * that is in it. 0; -EEXIST and a sentence with the file and line that decides otherwise;
 * -errno where a file cannot be read.
 */
int persist_check_boot(int root_fd, const struct journal *j, const struct keep *keeps,
		       size_t n, struct err *e);
