/* SPDX-License-Identifier: MIT */
#include "cmd/persist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "core/boot.h"
#include "core/catalogue.h"
#include "core/dropin.h"
#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/bootfiles.h"
#include "sys/store.h"
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

/* The drop-in as it is to be: of what is persisted and, as the newest, of `keeps`. */
static int format_dropin(const struct journal *j, const struct keep *keeps, size_t n,
			 struct text *to)
{
	struct journal then = { .n = j->n };

	if (n == 0) {
		dropin_format(to, j, -1, -1);
		return to->broken ? -ENOMEM : 0;
	}
	then.at = calloc(j->n + 1, sizeof(*then.at));
	if (!then.at)
		return -ENOMEM;
	if (j->n)
		memcpy(then.at, j->at, j->n * sizeof(*then.at));
	then.at[then.n++] = (struct transaction){
		.profile = (char *)"",
		.keeps = (struct keep *)keeps,
		.n_keeps = n,
	};
	dropin_format(to, &then, (ssize_t)j->n, -1);
	free(then.at);
	return to->broken ? -ENOMEM : 0;
}

/* In the place of whatever is there now. */
static int put_dropin(struct boot_tree *tree, const struct journal *j,
		      const struct keep *keeps, size_t n)
{
	struct text text = { 0 };
	struct boot_file *file = boot_tree_find(tree, DROPIN_KEY);
	int r = format_dropin(j, keeps, n, &text);

	if (r == 0 && !file)
		file = boot_tree_add(tree, DROPIN_KEY);
	if (r < 0 || !file) {
		text_done(&text);
		return -ENOMEM;
	}
	free(file->text);
	file->kind = BOOT_FILE;
	file->error = 0;
	file->text = text.at;
	file->n = text.n;
	return 0;
}

/*
 * A file that nobody here may read might set anything. One that a boot cannot read either,
 * such as a link to itself, sets nothing.
 */
static int check_readable(const struct boot_tree *tree, struct err *e)
{
	const struct boot_file **masks = NULL, *hidden;
	int r = bootfiles_masks(tree, BOOT_PROCPS, &masks);

	if (r == 0)
		r = bootfiles_hidden(tree, &hidden);
	if (r < 0)
		r = err_errno(e, -r, "cannot tell what the next boot sets");
	else if (hidden)
		r = err_errno(e, boot_file_error(hidden), "cannot read '%s'",
			      hidden->path);
	/* a sysctl.conf that is one sysctl(8) leaves alone */
	for (size_t i = 0; i < tree->n && r == 0; i++)
		if (!masks[i] && tree->at[i].kind == BOOT_FIFO &&
		    boot_rank(tree->at[i].path) >= 0)
			r = err_set(e, EINVAL,
				    "'%s' is a FIFO, for which a boot may wait for ever",
				    tree->at[i].path);
	free(masks);
	return r;
}

/* The line that takes the drop-in's own out, or NULL: the kernel refuses it. */
static const struct boot_loser *find_taken_out(const struct boot_value *v)
{
	for (size_t i = 0; i < v->n_losers; i++)
		if (strcmp(v->losers[i].file, DROPIN_KEY) == 0 && v->losers[i].by_file)
			return &v->losers[i];
	return NULL;
}

static int say_rival(const struct boot_value *v, const char *engine, const char *key,
		     struct err *e)
{
	const struct boot_loser *lost = find_taken_out(v);

	if (v->file && strcmp(v->file, DROPIN_KEY) != 0)
		err_set(e, EEXIST,
			"after a boot '%s' would be '%.80s' by '%s', line %u, which wins "
			"over the drop-in for %s",
			key, v->value, v->file, v->line, engine);
	else if (lost)
		err_set(e, EEXIST,
			"after a boot '%s' would not be set: '%s', line %u, takes it out "
			"of the drop-in for %s",
			key, lost->by_file, lost->by_line, engine);
	else
		return err_set(
			e, EEXIST,
			"after a boot '%s' would be another: the kernel does not take "
			"the value from %s",
			key, engine);
	err_hint(e, "change it there, or take it out");
	return -EEXIST;
}

/* Is it by the same line for both? */
static bool is_same_line(const struct boot_value *v)
{
	const struct boot_value *a = &v[BOOT_SYSTEMD], *b = &v[BOOT_PROCPS];

	return a->file && b->file && strcmp(a->file, b->file) == 0 && a->line == b->line;
}

/* Whether the drop-in is what decides the key for both. */
static int check_wins(const struct boot *boot, const char *key, const char *want,
		      struct err *e)
{
	const struct knob *k = catalogue_find(key);
	struct boot_value v[BOOT_ENGINES] = { 0 };
	bool wins[BOOT_ENGINES] = { false };
	int r = 0;

	for (int i = 0; i < BOOT_ENGINES && r == 0; i++) {
		r = boot_look_up(boot, (enum boot_engine)i, key, k, NULL, &v[i]);
		wins[i] = r == 0 && v[i].file && strcmp(v[i].file, DROPIN_KEY) == 0 &&
			  knob_equal(k, v[i].value, want);
	}
	if (r < 0)
		r = err_errno(e, -r, "cannot tell what '%s' will be at boot", key);
	else if (!wins[BOOT_SYSTEMD] && !wins[BOOT_PROCPS] && is_same_line(v))
		r = say_rival(&v[BOOT_SYSTEMD], "systemd-sysctl and sysctl --system", key,
			      e);
	else if (!wins[BOOT_SYSTEMD])
		r = say_rival(&v[BOOT_SYSTEMD], boot_engine_name(BOOT_SYSTEMD), key, e);
	else if (!wins[BOOT_PROCPS])
		r = say_rival(&v[BOOT_PROCPS], boot_engine_name(BOOT_PROCPS), key, e);
	for (int i = 0; i < BOOT_ENGINES; i++)
		boot_value_done(&v[i]);
	return r;
}

/* The settings that are new, or else all that are in the drop-in. */
static int check_all(const struct boot *boot, const struct journal *j,
		     const struct keep *keeps, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = check_wins(boot, keeps[i].key, keeps[i].value, e);
	for (size_t i = 0; i < j->n && r == 0 && n == 0; i++) {
		const struct transaction *tx = &j->at[i];

		for (size_t k = 0; k < tx->n_keeps && r == 0; k++)
			if (transaction_is_persisted(tx))
				r = check_wins(boot, tx->keeps[k].key,
					       dropin_value(j, tx->keeps[k].key), e);
	}
	return r;
}

int persist_check_boot(int root_fd, const struct journal *j, const struct keep *keeps,
		       size_t n, struct err *e)
{
	struct boot_tree tree = { 0 };
	struct boot boot = { 0 };
	int r = bootfiles_read(root_fd, &tree, e);

	if (r == 0)
		r = check_readable(&tree, e);
	if (r == 0) {
		r = put_dropin(&tree, j, keeps, n);
		if (r == 0)
			r = boot_prepare(&tree, &boot);
		if (r < 0)
			err_errno(e, -r, "cannot tell what the next boot sets");
	}
	if (r == 0)
		r = check_all(&boot, j, keeps, n, e);
	boot_done(&boot);
	boot_tree_done(&tree);
	return r;
}

static int check_place(const struct host *host, struct err *e)
{
	if (host->boot_netns == BOOT_NETNS_HERE)
		return 0;
	err_set(e, EXDEV,
		host->boot_netns == BOOT_NETNS_ELSEWHERE
			? "--persist: the boot writes the network namespace of PID 1, and not "
			  "this one"
			: "--persist: whether the boot writes this network namespace cannot be "
			  "told from here");
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
	if (r == 0 && n > 0)
		r = persist_check_boot(t->root_fd, &t->store->journal, keeps, n, e);
	return r < 0 ? r : transact_check_dropin(t, e);
}
