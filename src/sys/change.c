/* SPDX-License-Identifier: MIT */
#include "sys/change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/own.h"
#include "core/catalogue.h"
#include "core/plan.h"
#include "core/snapshot.h"
#include "sys/procfs.h"

static int change_read(int root_fd, const struct change *c, char **ret, struct err *e)
{
	struct reading now;
	int r = procfs_read_knob(root_fd, c->key, &now);

	if (r < 0)
		return err_errno(e, -r, "cannot read '%s'", c->key);
	*ret = now.value;
	return 0;
}

/* Writes once and believes only what it reads back. */
static int change_write(int root_fd, const struct change *c, const char *value,
			struct err *e)
{
	own_free char *now = NULL;
	/* a journal is only a file: it does not decide what may be written */
	int r = catalogue_check_key(c->key, e);

	if (r == 0)
		r = procfs_write_knob(root_fd, c->key, value, e);
	if (r == 0)
		r = change_read(root_fd, c, &now, e);
	if (r == 0 && !knob_holds(catalogue_find(c->key), value, now))
		r = err_set(e, EIO, "'%s' was given '%s' and holds '%s'", c->key, value,
			    now);
	return r;
}

/*
 * After a write that failed: a refused vector may have its first numbers changed. That is
 * our doing, a moment ago, so it is put back without asking what stands there. Only a value
 * that was seen to be `from` counts as not changed.
 */
static void change_restore(int root_fd, struct change *c)
{
	own_free char *now = NULL;

	if (change_read(root_fd, c, &now, NULL) < 0)
		return;
	if (knob_equal(catalogue_find(c->key), now, c->from) ||
	    change_write(root_fd, c, c->from, NULL) == 0)
		c->state = CHANGE_TODO;
}

int change_apply(int root_fd, struct change *c, struct err *e)
{
	own_free char *now = NULL;
	int r = change_read(root_fd, c, &now, e);

	if (r < 0)
		return r;
	if (!knob_equal(catalogue_find(c->key), now, c->from))
		return err_set(e, EBUSY,
			       "'%s' was '%s' and is '%s' now: somebody else changed it",
			       c->key, c->from, now);
	/* from here on it may be changed, whatever the write says */
	c->state = CHANGE_DONE;
	r = change_write(root_fd, c, c->to, e);
	if (r < 0)
		change_restore(root_fd, c);
	return r;
}

int change_conflict(struct change *c, const char *now, struct err *e)
{
	c->state = CHANGE_CONFLICT;
	free(c->found);
	c->found = strdup(now ? now : CHANGE_FOUND_ABSENT);
	return c->found ? 0 : err_errno(e, ENOMEM, "cannot undo '%s'", c->key);
}

int change_undo(int root_fd, struct change *c, bool overwrite, struct err *e)
{
	const struct knob *k = catalogue_find(c->key);
	own_free char *now = NULL;
	int r = change_read(root_fd, c, &now, e);

	if (r < 0 && r != -ENOENT)
		return r;
	free(c->found);
	c->found = NULL;
	if (now && knob_equal(k, now, c->from)) {
		c->state = CHANGE_UNDONE;
		return 0;
	}
	if (!now || (!knob_holds(k, c->to, now) && !overwrite))
		return change_conflict(c, now, e);
	r = change_write(root_fd, c, c->from, e);
	/* the kernel refuses the value itself, and will again: no reason to hold up the rest */
	if (r == -EINVAL)
		return change_conflict(c, now, e);
	if (r == 0)
		c->state = CHANGE_UNDONE;
	c->found = take(now);
	return r;
}
