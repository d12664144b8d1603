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
	PATTERNS_MAX = 64, /* names of files that are patterns: more are none */
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

bool boot_file_is_hidden(const struct boot_file *file)
{
	return file->kind == BOOT_TOO_BIG ||
	       (file->kind == BOOT_FAILED && file->error != ELOOP &&
		file->error != ENOTDIR);
}

int boot_file_error(const struct boot_file *file)
{
	return file->kind == BOOT_TOO_BIG ? EFBIG : file->error;
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

static bool is_since(unsigned version, unsigned first)
{
	return version == 0 || version >= first;
}

bool boot_has_patterns(const struct boot_tree *tree, enum boot_engine engine)
{
	return engine == BOOT_PROCPS ? is_since(tree->procps, 40000)
				     : is_since(tree->systemd, 245);
}

bool boot_has_dash(const struct boot_tree *tree, enum boot_engine engine)
{
	return engine == BOOT_PROCPS || is_since(tree->systemd, 243);
}

bool boot_has_excluding_patterns(const struct boot_tree *tree, enum boot_engine engine)
{
	return engine == BOOT_PROCPS && is_since(tree->procps, 40005);
}

bool boot_tree_has_control(const struct boot_tree *tree, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = tree->controls; p && *p; p += strcspn(p, " \t\n")) {
		p += strspn(p, " \t\n");
		if (strcspn(p, " \t\n") == n && strncmp(p, name, n) == 0 && n > 0)
			return true;
	}
	return !tree->controls;
}

void boot_tree_done(struct boot_tree *tree)
{
	for (size_t i = 0; i < tree->n; i++) {
		free(tree->at[i].path);
		free(tree->at[i].text);
	}
	free(tree->at);
	free(tree->controls);
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
	if (rank == RANK_LIB && is_since(tree->systemd, SYSTEMD_ONE_USR))
		return false;
	return *name_of(file) != '.';
}

/* By name, and those of one name by rank. */
static int compare(const void *a, const void *b)
{
	const struct boot_file *x = *(const struct boot_file *const *)a;
	const struct boot_file *y = *(const struct boot_file *const *)b;
	int by_name = strcmp(name_of(x), name_of(y));

	return by_name ? by_name : boot_rank(x->path) - boot_rank(y->path);
}

/* All that the engine finds, in order. */
static size_t select_listed(const struct boot_tree *tree, enum boot_engine engine,
			    const struct boot_file **at)
{
	size_t n = 0;

	for (size_t i = 0; i < tree->n; i++)
		if (is_listed(tree, engine, &tree->at[i]))
			at[n++] = &tree->at[i];
	if (n)
		qsort(at, n, sizeof(*at), compare);
	return n;
}

static bool is_same_name(const struct boot_file *a, const struct boot_file *b)
{
	return strcmp(name_of(a), name_of(b)) == 0;
}

/* Of them those that no other masks, in place. */
static size_t drop_masked(const struct boot_file **at, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (i == 0 || !is_same_name(at[i], at[kept - 1]))
			at[kept++] = at[i];
	return kept;
}

int bootfiles_masks(const struct boot_tree *tree, enum boot_engine engine,
		    const struct boot_file ***ret)
{
	const struct boot_file **listed = calloc(tree->n + 1, sizeof(struct boot_file *));
	const struct boot_file **masks = calloc(tree->n + 1, sizeof(struct boot_file *));
	const struct boot_file *first = NULL;
	size_t n;

	if (!listed || !masks) {
		free(listed);
		free(masks);
		return -ENOMEM;
	}
	n = select_listed(tree, engine, listed);
	for (size_t i = 0; i < n; i++) {
		if (first && is_same_name(first, listed[i]))
			masks[listed[i] - tree->at] = first;
		else
			first = listed[i];
	}
	free(listed);
	*ret = masks;
	return 0;
}

int bootfiles_hidden(const struct boot_tree *tree, const struct boot_file **ret)
{
	const struct boot_file **masks;
	/* sysctl(8) reads all that systemd-sysctl(8) reads, and hidden files */
	int r = bootfiles_masks(tree, BOOT_PROCPS, &masks);

	*ret = NULL;
	if (r < 0)
		return r;
	for (size_t i = 0; i < tree->n && !*ret; i++)
		if (!masks[i] && boot_file_is_hidden(&tree->at[i]))
			*ret = &tree->at[i];
	free(masks);
	return 0;
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

/* Files in the order in which they are read. */
struct order {
	const struct boot_file **at;
	size_t n, size;
	unsigned n_patterns;
};

static int order_add(struct order *o, const struct boot_file *file)
{
	if (o->n == o->size) {
		size_t size = o->size ? o->size * 2 : 64;
		const struct boot_file **at = realloc(o->at, size * sizeof(*at));

		if (!at)
			return -ENOMEM;
		o->at = at;
		o->size = size;
	}
	o->at[o->n++] = file;
	return 0;
}

/* All that such a name finds, masked or not, in order; itself where it finds nothing. */
static int order_add_found(struct order *o, const struct boot_tree *tree,
			   const struct boot_file *pattern)
{
	size_t first = o->n;
	bool is_expanded = is_pattern(pattern) && o->n_patterns++ < PATTERNS_MAX;
	int r = 0;

	for (size_t i = 0; i < tree->n && is_expanded && r == 0; i++)
		if (is_hit(pattern, &tree->at[i]))
			r = order_add(o, &tree->at[i]);
	if (r == 0 && o->n == first)
		r = order_add(o, pattern);
	if (r == 0)
		qsort(o->at + first, o->n - first, sizeof(*o->at), compare);
	return r;
}

static int order_procps(const struct boot_tree *tree, const struct boot_file **listed,
			size_t n, const struct boot_file ***ret, size_t *ret_n)
{
	const struct boot_file *conf = boot_tree_find(tree, boot_conf);
	struct order o = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = order_add_found(&o, tree, listed[i]);
	if (r == 0 && conf && conf->kind == BOOT_FILE)
		r = order_add(&o, conf);
	if (r < 0) {
		free(o.at);
		return r;
	}
	*ret = o.at;
	*ret_n = o.n;
	return 0;
}

static bool reads_credential(const struct boot_tree *tree)
{
	return is_since(tree->systemd, SYSTEMD_CREDENTIAL);
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
	n = drop_masked(at, select_listed(tree, engine, at));
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

static bool is_masked(const struct boot_tree *tree, const struct boot_file *file)
{
	for (size_t i = 0; i < tree->n; i++)
		if (is_listed(tree, BOOT_SYSTEMD, &tree->at[i]) &&
		    is_same_name(&tree->at[i], file) &&
		    boot_rank(tree->at[i].path) < boot_rank(file->path))
			return true;
	return false;
}

/* Another file that systemd reads has the same text: 99-sysctl.conf is a link to it. */
static bool has_twin(const struct boot_tree *tree, const struct boot_file *conf)
{
	for (size_t i = 0; i < tree->n; i++) {
		const struct boot_file *f = &tree->at[i];

		if (f != conf && f->kind == BOOT_FILE && f->n == conf->n &&
		    is_listed(tree, BOOT_SYSTEMD, f) &&
		    memcmp(f->text, conf->text, conf->n) == 0 && !is_masked(tree, f))
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
	else if (file->kind == BOOT_FIFO)
		snprintf(text, size, "is a FIFO, for which a boot may wait for ever");
	else if (file->kind == BOOT_ODD)
		snprintf(text, size, "is no regular file and not looked at");
	else if (file->kind == BOOT_NOWHERE)
		snprintf(text, size, "is a link to nowhere");
	else if (file->kind == BOOT_MISNAMED)
		snprintf(text, size, "does not end in '.conf', and is not read");
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
