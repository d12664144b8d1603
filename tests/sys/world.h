/* SPDX-License-Identifier: MIT */
/*
 * A small machine below the scratch directory, whose sysctls are plain files, and the engine
 * that changes it. A failure to set it up ends the test.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/journal.h"
#include "core/snapshot.h"
#include "sys/store.h"
#include "sys/transact.h"

/* The sysctls, with the values they have at first. */
enum { FIN_TIMEOUT, TW_REUSE, PORT_RANGE, QUEUE_LIMIT, N_TREE };
extern const struct tree_entry {
	const char *key, *file, *value;
} tree[N_TREE];

/* Other values for them. */
extern const char *const wanted[N_TREE];

#define DROPIN_FILE "etc/sysctl.d/99-finwait.conf"

extern struct store store; /* open for writing, in "state" */
extern int root_fd;
extern struct transact engine; /* on both, seen from `here` */

/* boot-1 at one second, in the namespace that the boot writes. */
extern const struct host here;

/* cmocka's setup and teardown. */
int world_make(void **state);
int world_remove(void **state);
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_make, world_remove)

/* As after a crash: what is known is what is in the file. */
void reopen(void);

/* A plan of the first n of the tree's sysctls; for plan_done(). */
struct transaction plan_of(size_t n);

/* A plan of one change. */
struct transaction change_of(size_t i, const char *from, const char *to);

/* The same, to outlive the boot. The strings are the plan's; up to N_TREE at a time. */
struct transaction kept(struct transaction tx);

void expect_tree(const char *const *values);
void expect_untouched(void);
void expect_states(const struct plan *plan, enum change_state state);
void expect_no_file(const char *path);

/* The drop-in is what the journal says; with nothing in it, it is not there. */
void expect_dropin(void);

void apply(struct transaction *tx);
void apply_and_forget(struct transaction tx);

/* Undoes transaction i, which must not fail. */
const struct transaction *undo(size_t i, bool overwrite);

enum transaction_state state_of(size_t i);

/*
 * Appends a transaction's begin, intents, keeps and ready under an id, and its commit if it
 * is committed, as a run would have that died then. Its values are the caller's to write.
 */
void write_down(struct transaction *tx, const char *id, bool is_committed);

/* Writes what the drop-in is with transaction i. */
void put_in_dropin(size_t i);

/*
 * Root may write any file: does what follows as somebody who may not, and who owns the
 * tree and the state.
 */
void drop_power(void);
void regain_power(void);
