/* SPDX-License-Identifier: MIT */
#include "cmd/persist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/store.h"
#include "sys/sysctld.h"
#include "sys/transact.h"

/* sysctl(8) cuts a longer value off without a word (procps 4.0.2). */
enum { PERSIST_VALUE_MAX = 4095 };

int persist_make(const struct plan *plan, struct keep **ret, size_t *ret_n, struct err *e)
{
	struct keep *keeps = calloc(plan->n + 1, sizeof(*keeps));
	size_t n = 0;

	if (!keeps)
		return err_errno(e, ENOMEM, "cannot make the drop-in");
	for (size_t i = 0; i < plan->n; i++) {
		const struct change *c = &plan->at[i];

		if (c->state != CHANGE_ABSENT && c->state != CHANGE_READ_ONLY)
			keeps[n++] = (struct keep){ .key = c->key, .value = c->to };
	}
	*ret = keeps;
	*ret_n = n;
	return 0;
}

bool persist_is_done(const struct journal *j, const struct keep *keeps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *value = dropin_value(j, keeps[i].key);

		if (!value || strcmp(value, keeps[i].value) != 0)
			return false;
	}
	return true;
}

static int check_place(const struct host *host, struct err *e)
{
	if (host->boot_netns == BOOT_NETNS_HERE)
		return 0;
	err_set(e, EXDEV,
		"--persist: the boot writes the network namespace of PID 1, and not this one");
	err_hint(e, "apply without --persist, from what sets the namespace up");
	return -EXDEV;
}

int persist_check(const struct transact *t, const struct keep *keeps, size_t n,
		  struct err *e)
{
	int r = check_place(t->host, e);

	for (size_t i = 0; i < n && r == 0; i++)
		if (strlen(keeps[i].value) > PERSIST_VALUE_MAX)
			r = err_set(
				e, E2BIG,
				"--persist: the value of '%s' has more than %d bytes, "
				"where sysctl --system cuts it off",
				keeps[i].key, PERSIST_VALUE_MAX);
	for (size_t i = 0; i < n && r == 0; i++)
		if (catalogue_write_rank(keeps[i].key, false) != WRITE_RANK_LAST)
			r = dropin_check_ports(&t->store->journal, keeps, n, e);
	if (r == 0)
		r = sysctld_check_alone(t->root_fd, keeps, n, e);
	return r < 0 ? r : transact_check_dropin(t, e);
}
