/* SPDX-License-Identifier: MIT */
#include "core/bootfiles.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SYSTEMD_ONE_USR = 255,	  /* the first that does not read /lib/sysctl.d */
	SYSTEMD_CREDENTIAL = 252, /* the first that reads sysctl.extra */
	RANK_LIB = BOOT_DIRS - 1,
};

const char *const boot_dirs[BOOT_DIRS] = { "/etc/sysctl.d", "/run/sysctl.d",
					   "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
					   "/lib/sysctl.d" };
const char boot_conf[] = "/etc/sysctl.conf";
const char boot_credential[] = "sysctl.extra";

static const char *name_of(const struct boot_file *file)
{
	return strrchr(file->path, '/') + 1;
}

int boot_rank(const char *path)
{
	size_t n = (size_t)(strrchr(path, '/') - path);

	for (int i = 0; i < BOOT_DIRS; i++)
		if (strlen(boot_dirs[i]) == n && strncmp(path, boot_dirs[i], n) == 0)
			return i;
	return -1;
}

bool boot_is_name(const char *name)
{
	size_t n = strlen(name);

	return n >= 5 && strcmp(name + n - 5, ".conf") == 0;
}

struct boot_file *boot_tree_add(struct boot_tree *tree, const char *path)
{
	struct boot_file *at = realloc(tree->at, (tree->n + 1) * sizeof(*at));

	if (!at)
		return NULL;
	tree->at = at;
	at[tree->n] = (struct boot_file){ .path = strdup(path) };
	return at[tree->n].path ? &at[tree->n++] : NULL;
}

struct boot_file *boot_tree_find(const struct boot_tree *tree, const char *path)
{
	for (size_t i = 0; i < tree->n; i++)
		if (strcmp(tree->at[i].path, path) == 0)
			return &tree->at[i];
	return NULL;
}

void boot_tree_done(struct boot_tree *tree)
{
	for (size_t i = 0; i < tree->n; i++) {
		free(tree->at[i].path);
		free(tree->at[i].text);
	}
	free(tree->at);
	*tree = (struct boot_tree){ 0 };
}

/* Does the engine find it when it lists the directories? */
static bool is_listed(const struct boot_tree *tree, enum boot_engine engine,
		      const struct boot_file *file)
{
	int rank = boot_rank(file->path);

	if (rank < 0 || !boot_is_name(name_of(file)))
		return false;
	if (engine == BOOT_PROCPS)
		return true;
	if (rank == RANK_LIB && (tree->systemd == 0 || tree->systemd >= SYSTEMD_ONE_USR))
		return false;
	return *name_of(file) != '.';
}

const struct boot_file *bootfiles_mask(const struct boot_tree *tree,
				       enum boot_engine engine,
				       const struct boot_file *file)
{
	const struct boot_file *mask = NULL;

	if (!is_listed(tree, engine, file))
		return NULL;
	for (size_t i = 0; i < tree->n; i++) {
		const struct boot_file *other = &tree->at[i];

		if (is_listed(tree, engine, other) &&
		    strcmp(name_of(other), name_of(file)) == 0 &&
		    boot_rank(other->path) < boot_rank(mask ? mask->path : file->path))
			mask = other;
	}
	return mask;
}

/* By name, and those of one name by rank. */
static int compare(const void *a, const void *b)
{
	const struct boot_file *x = *(const struct boot_file *const *)a;
	const struct boot_file *y = *(const struct boot_file *const *)b;
	int by_name = strcmp(name_of(x), name_of(y));

	return by_name ? by_name : boot_rank(x->path) - boot_rank(y->path);
}

/* Those that no other masks, in order. */
static size_t select_listed(const struct boot_tree *tree, enum boot_engine engine,
			    const struct boot_file **at)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < tree->n; i++)
		if (is_listed(tree, engine, &tree->at[i]))
			at[n++] = &tree->at[i];
	if (n)
		qsort(at, n, sizeof(*at), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(name_of(at[i]), name_of(at[kept - 1])) != 0)
			at[kept++] = at[i];
	return kept;
}

/* sysctl(8) takes the name of each file for a pattern of its directory. */
static bool is_pattern(const struct boot_file *file)
{
	return strpbrk(name_of(file), "*?[\\") != NULL;
}

static bool is_hit(const struct boot_file *pattern, const struct boot_file *file)
{
	return boot_rank(file->path) == boot_rank(pattern->path) &&
	       boot_is_name(name_of(file)) &&
	       fnmatch(name_of(pattern), name_of(file), FNM_PERIOD) == 0;
}

/* All that such a name finds, masked or not, in order; itself where it finds nothing. */
static size_t expand(const struct boot_tree *tree, const struct boot_file *pattern,
		     const struct boot_file **at)
{
	size_t n = 0;

	for (size_t i = 0; i < tree->n && is_pattern(pattern); i++)
		if (is_hit(pattern, &tree->at[i]))
			at[n++] = &tree->at[i];
	if (n == 0)
		at[n++] = pattern;
	qsort(at, n, sizeof(*at), compare);
	return n;
}

static size_t expanded_size(const struct boot_tree *tree,
			    const struct boot_file *const *at, size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += is_pattern(at[i]) ? tree->n : 1;
	return total;
}

static int order_procps(const struct boot_tree *tree, const struct boot_file **listed,
			size_t n, const struct boot_file ***ret, size_t *ret_n)
{
	const struct boot_file *conf = boot_tree_find(tree, boot_conf), **at;
	size_t size = expanded_size(tree, listed, n) + 1, total = 0;

	at = calloc(size, sizeof(struct boot_file *));
	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		total += expand(tree, listed[i], at + total);
	if (conf && conf->kind == BOOT_FILE)
		at[total++] = conf;
	*ret = at;
	*ret_n = total;
	return 0;
}

static bool reads_credential(const struct boot_tree *tree)
{
	return tree->systemd == 0 || tree->systemd >= SYSTEMD_CREDENTIAL;
}

static bool is_credential(const struct boot_file *file)
{
	return strcmp(name_of(file), boot_credential) == 0;
}

int bootfiles_order(const struct boot_tree *tree, enum boot_engine engine,
		    const struct boot_file ***ret, size_t *ret_n)
{
	const struct boot_file **at = calloc(tree->n + 1, sizeof(struct boot_file *));
	size_t n;
	int r = 0;

	if (!at)
		return -ENOMEM;
	n = select_listed(tree, engine, at);
	if (engine == BOOT_PROCPS) {
		r = order_procps(tree, at, n, ret, ret_n);
		free(at);
		return r;
	}
	for (size_t i = 0; i < tree->n && reads_credential(tree); i++) {
		if (!is_credential(&tree->at[i]))
			continue;
		at[n++] = &tree->at[i];
		break;
	}
	*ret = at;
	*ret_n = n;
	return 0;
}

/* Another file that systemd reads has the same text: 99-sysctl.conf is a link to it. */
static bool has_twin(const struct boot_tree *tree, const struct boot_file *conf)
{
	for (size_t i = 0; i < tree->n; i++) {
		const struct boot_file *f = &tree->at[i];

		if (f != conf && f->kind == BOOT_FILE && f->n == conf->n &&
		    is_listed(tree, BOOT_SYSTEMD, f) &&
		    !bootfiles_mask(tree, BOOT_SYSTEMD, f) &&
		    memcmp(f->text, conf->text, conf->n) == 0)
			return true;
	}
	return false;
}

/* Why an engine leaves out what the other one reads; NULL: it does not. */
static const char *why_unread(const struct boot_tree *tree, enum boot_engine engine,
			      const struct boot_file *file)
{
	if (is_credential(file) && engine == BOOT_SYSTEMD && !reads_credential(tree))
		return "is not read before systemd 252";
	if (is_credential(file) || engine == BOOT_PROCPS || file->kind != BOOT_FILE ||
	    file->n == 0)
		return NULL;
	if (strcmp(file->path, boot_conf) == 0)
		return has_twin(tree, file) ? NULL : "is not read";
	if (boot_rank(file->path) >= 0 && !is_listed(tree, engine, file))
		return *name_of(file) == '.' ? "is hidden, and not read"
					     : "is in a directory that is not read";
	return NULL;
}

bool bootfiles_remark(const struct boot_tree *tree, enum boot_engine engine,
		      const struct boot_file *file, char *text, size_t size)
{
	const char *why = why_unread(tree, engine, file);

	text[0] = '\0';
	if (file->kind == BOOT_FAILED)
		snprintf(text, size, "cannot be read: %s", strerror(file->error));
	else if (file->kind == BOOT_TOO_BIG)
		snprintf(text, size, "is too big to be looked at (over 16 MiB)");
	else if (file->kind == BOOT_DIRECTORY)
		snprintf(text, size, "is a directory and no file");
	else if (file->kind == BOOT_ODD)
		snprintf(text, size, "is no regular file and not looked at");
	else if (file->kind == BOOT_NOWHERE)
		snprintf(text, size, "is a link to nowhere");
	else if (why)
		snprintf(text, size, "%s", why);
	else if (engine == BOOT_PROCPS && boot_rank(file->path) >= 0 && is_pattern(file))
		snprintf(text, size,
			 "has a name that is taken for a pattern: what it finds is read");
	else if (engine == BOOT_PROCPS && strchr(file->path, '{'))
		snprintf(
			text, size,
			"has braces in its name, which are expanded: it may not be read");
	return text[0];
}
