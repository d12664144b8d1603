/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/dropin.h"
#include "scratch.h"
#include "sys/procfs.h"
#include "world.h"

const struct host here = { .boot_id = "boot-1",
			   .netns_inode = 4026531840,
			   .netns_cookie = 1,
			   .boot_netns = BOOT_NETNS_HERE,
			   .boottime_ms = 1000,
			   .now_ms = INT64_C(1795350131000) };

struct store store;
int root_fd = -1;
struct transact engine = { .store = &store, .host = &here };

const struct tree_entry tree[N_TREE] = {
	{ "net.ipv4.tcp_fin_timeout", "proc/sys/net/ipv4/tcp_fin_timeout", "60" },
	{ "net.ipv4.tcp_tw_reuse", "proc/sys/net/ipv4/tcp_tw_reuse", "2" },
	{ "net.ipv4.ip_local_port_range", "proc/sys/net/ipv4/ip_local_port_range",
	  "32768 60999" },
	{ "net.core.somaxconn", "proc/sys/net/core/somaxconn", "4096" },
};

const char *const wanted[N_TREE] = { "30", "1", "16384 65535", "8192" };

int world_make(void **state)
{
	struct err e = { 0 };

	if (scratch_make(state) < 0)
		return -1;
	for (size_t i = 0; i < N(tree); i++)
		scratch_write(tree[i].file, tree[i].value);
	scratch_mkdir("etc", 0755);
	root_fd = procfs_open_root(scratch_path(), &e);
	engine.root_fd = root_fd;
	return root_fd < 0 ? -1 : store_open(&store, "state", STORE_WRITE, NULL, &e);
}

int world_remove(void **state)
{
	store_close(&store);
	close(root_fd);
	return scratch_remove(state);
}

void reopen(void)
{
	struct err e = { 0 };

	store_close(&store);
	if (store_open(&store, "state", STORE_WRITE, NULL, &e) < 0)
		fail_msg("%s", e.text);
}

struct transaction plan_of(size_t n)
{
	struct transaction tx = {
		.when = 1795350131,
		.boot_id = "boot-1",
		.netns_inode = here.netns_inode,
		.netns_cookie = here.netns_cookie,
		.login = (char *)"anna",
		.command = (char *)"finwait apply x",
		.profile = (char *)"x",
		.reason = (char *)"",
		.plan = { .at = calloc(n, sizeof(struct change)), .n = n },
	};

	assert_non_null(tx.plan.at);
	for (size_t i = 0; i < n; i++) {
		tx.plan.at[i].key = strdup(tree[i].key);
		tx.plan.at[i].from = strdup(tree[i].value);
		tx.plan.at[i].to = strdup(wanted[i]);
	}
	return tx;
}

struct transaction change_of(size_t i, const char *from, const char *to)
{
	struct transaction tx = plan_of(1);
	struct change *c = &tx.plan.at[0];

	change_done(c);
	*c = (struct change){ .key = strdup(tree[i].key),
			      .from = strdup(from),
			      .to = strdup(to) };
	return tx;
}

void expect_tree(const char *const *values)
{
	for (size_t i = 0; i < N(tree); i++) {
		own_free char *got = scratch_read(tree[i].file);

		got[strcspn(got, "\n")] = '\0';
		if (strcmp(got, values[i]) != 0)
			fail_msg("%s is '%s', want '%s'", tree[i].key, got, values[i]);
	}
}

void expect_untouched(void)
{
	const char *values[N(tree)];

	for (size_t i = 0; i < N(tree); i++)
		values[i] = tree[i].value;
	expect_tree(values);
}

void expect_states(const struct plan *plan, enum change_state state)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->at[i].state != state)
			fail_msg("change %zu is %s", i,
				 change_state_key(plan->at[i].state));
}

void apply(struct transaction *tx)
{
	struct err e = { 0 };

	if (transact_apply(&engine, tx, NULL, &e) < 0)
		fail_msg("%s", e.text);
	expect_states(&tx->plan, CHANGE_DONE);
}

void apply_and_forget(struct transaction tx)
{
	apply(&tx);
	plan_done(&tx.plan);
}

const struct transaction *undo(size_t i, bool overwrite)
{
	struct err e = { 0 };

	if (transact_undo(&engine, i, overwrite, &e) < 0)
		fail_msg("%s", e.text);
	return &store.journal.at[i];
}

enum transaction_state state_of(size_t i)
{
	return transaction_state(&store.journal.at[i], &here);
}

struct transaction kept(struct transaction tx)
{
	static struct keep keeps[N_TREE];

	assert_true(tx.plan.n <= N_TREE);
	for (size_t i = 0; i < tx.plan.n; i++)
		keeps[i] = (struct keep){ tx.plan.at[i].key, tx.plan.at[i].to };
	tx.keeps = keeps;
	tx.n_keeps = tx.plan.n;
	return tx;
}

void expect_no_file(const char *path)
{
	if (access(path, F_OK) == 0)
		fail_msg("'%s' is there", path);
}

void expect_dropin(void)
{
	own_text struct text want = { 0 };

	dropin_format(&want, &store.journal, -1, -1);
	if (want.n)
		scratch_expect(DROPIN_FILE, want.at);
	else
		expect_no_file(DROPIN_FILE);
}

void write_down(struct transaction *tx, const char *id, bool is_committed)
{
	own_text struct text t = { 0 };
	struct err e = { 0 };

	assert_int_equal(strlen(id), sizeof(tx->id) - 1);
	memcpy(tx->id, id, sizeof(tx->id));
	journal_format_begin(&t, tx);
	if (is_committed)
		journal_format_stage(&t, tx, STAGE_COMMITTED);
	if (store_append(&store, &t, &e) < 0)
		fail_msg("%s", e.text);
}

void put_in_dropin(size_t i)
{
	own_text struct text content = { 0 };

	dropin_format(&content, &store.journal, (ssize_t)i, -1);
	scratch_write(DROPIN_FILE, content.at);
}

static uid_t heir;

static int give(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return lchown(path, heir, heir);
}

static void give_all(uid_t to)
{
	heir = to;
	assert_int_equal(nftw(scratch_path(), give, 16, FTW_PHYS), 0);
}

void drop_power(void)
{
	if (geteuid() != 0)
		return;
	give_all(65534);
	assert_int_equal(seteuid(65534), 0);
}

void regain_power(void)
{
	if (getuid() != 0)
		return;
	assert_int_equal(seteuid(0), 0);
	give_all(0);
}
