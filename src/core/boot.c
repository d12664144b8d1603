/* SPDX-License-Identifier: MIT */
#include "core/boot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bootside.h"

/* A file of nothing else would else be repeated. */
enum { REMARKS_PER_FILE = 16 };

const char *boot_engine_name(enum boot_engine engine)
{
	return engine == BOOT_PROCPS ? "sysctl --system" : "systemd-sysctl";
}

const char *boot_loss_name(enum boot_loss loss)
{
	static const char *const names[] = {
		[BOOT_OVERRIDDEN] = "overridden",
		[BOOT_REFUSED] = "refused by the kernel",
		[BOOT_EXPLICIT] = "a pattern, and another line names the key",
		[BOOT_EXCLUDED] = "excluded by a line that begins with a dash",
		[BOOT_DROPPED] = "dropped, since another line sets the same key",
	};

	return names[loss];
}

/* Where remarks go while one engine reads. */
struct reader {
	struct boot *boot;
	enum boot_engine engine;
};

/* The same remark of the other engine, or how many there are of the file. */
static struct boot_remark *find_remark(const struct reader *to,
				       const struct boot_file *file, unsigned line,
				       const char *text, size_t *ret_n)
{
	size_t n = 0;

	for (size_t i = 0; i < to->boot->n_remarks; i++) {
		struct boot_remark *remark = &to->boot->remarks[i];

		if (remark->file != file->path)
			continue;
		n += (remark->engines >> to->engine) & 1;
		if (remark->line == line && strcmp(remark->text, text) == 0)
			return remark;
	}
	*ret_n = n;
	return NULL;
}

static int add_remark(void *data, const struct boot_file *file, unsigned line,
		      const char *text)
{
	const struct reader *to = data;
	struct boot *boot = to->boot;
	struct boot_remark *at;
	size_t n;

	at = find_remark(to, file, line, text, &n);
	if (at) {
		at->engines |= 1u << to->engine;
		return 0;
	}
	if (n > REMARKS_PER_FILE)
		return 0;
	if (n == REMARKS_PER_FILE)
		text = "has more lines like these";
	at = realloc(boot->remarks, (boot->n_remarks + 1) * sizeof(*at));
	if (!at)
		return -ENOMEM;
	boot->remarks = at;
	at = &at[boot->n_remarks++];
	*at = (struct boot_remark){ .file = file->path,
				    .line = line,
				    .engines = 1u << to->engine };
	snprintf(at->text, sizeof(at->text), "%s", text);
	return 0;
}

/* What is to be said of the files as such. */
static int remark_files(struct reader *to)
{
	const struct boot_tree *tree = to->boot->tree;
	char text[sizeof(((struct boot_remark *)0)->text)];
	int r = 0;

	for (size_t i = 0; i < tree->n && r == 0; i++) {
		const struct boot_file *file = &tree->at[i], *mask;

		if (bootfiles_remark(tree, to->engine, file, text, sizeof(text)))
			r = add_remark(to, file, 0, text);
		mask = bootfiles_mask(tree, to->engine, file);
		if (r < 0 || !mask)
			continue;
		snprintf(text, sizeof(text), "is masked by '%.120s'", mask->path);
		r = add_remark(to, file, 0, text);
	}
	return r;
}

/* Before 4.0.5 sysctl --system does nothing with a pattern in a line "-KEY". */
static bool honours_patterns(const struct boot_tree *tree)
{
	return tree->procps == 0 || tree->procps >= 40005;
}

static int remark_excludes(struct reader *to)
{
	const struct boot_side *side = &to->boot->sides[to->engine];
	const struct boot_tree *tree = to->boot->tree;
	int r = 0;

	for (size_t i = 0; i < side->n_excludes && r == 0; i++) {
		const struct boot_write *write = &side->writes[side->excludes[i]];

		if (to->engine == BOOT_SYSTEMD || !honours_patterns(tree))
			r = add_remark(to, write->file, write->line,
				       "excludes by a pattern, which is not honoured");
		else if (tree->procps == 0)
			r = add_remark(
				to, write->file, write->line,
				"excludes by a pattern, which procps honours since "
				"4.0.5, and its version is not known");
	}
	return r;
}

static int read_side(struct reader *to)
{
	struct boot_side *side = &to->boot->sides[to->engine];
	const struct boot_file **files = NULL;
	size_t n = 0;
	int r = bootfiles_order(to->boot->tree, to->engine, &files, &n);

	for (size_t i = 0; i < n && r == 0; i++)
		r = bootside_read(side, to->engine, files[i], add_remark, to);
	free(files);
	if (r == 0)
		r = bootside_finish(side, to->engine);
	if (r == 0)
		r = remark_files(to);
	return r < 0 ? r : remark_excludes(to);
}

static int compare_remarks(const void *a, const void *b)
{
	const struct boot_remark *x = a, *y = b;
	int by_file = strcmp(x->file, y->file);

	if (by_file)
		return by_file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->engines < y->engines ? -1 : x->engines > y->engines;
}

int boot_prepare(const struct boot_tree *tree, struct boot *ret)
{
	int r = 0;

	*ret = (struct boot){ .tree = tree };
	for (int i = 0; i < BOOT_ENGINES && r == 0; i++)
		r = read_side(&(struct reader){ ret, (enum boot_engine)i });
	if (r == 0 && ret->n_remarks)
		qsort(ret->remarks, ret->n_remarks, sizeof(*ret->remarks),
		      compare_remarks);
	return r;
}

void boot_done(struct boot *boot)
{
	for (int i = 0; i < BOOT_ENGINES; i++)
		bootside_done(&boot->sides[i]);
	free(boot->remarks);
	*boot = (struct boot){ 0 };
}
