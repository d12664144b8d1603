/* SPDX-License-Identifier: MIT */
#include "core/boot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bootside.h"
#include "core/catalogue.h"

/* A file of nothing else would else be repeated. */
enum {
	REMARKS_PER_FILE = 16,
	ABSENT_LOOKED_FOR = 4096, /* lines of one engine */
};

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

/* The remarks on one file: a file may have thousands, and there may be thousands of files. */
struct chain {
	size_t first; /* index + 1 of the newest, and so on by `next`; 0: none */
	unsigned n[BOOT_ENGINES];
};

/* Where remarks go while one engine reads. */
struct reader {
	struct boot *boot;
	enum boot_engine engine;
	struct chain *chains; /* of each file of the tree */
};

/* The same remark of the other engine. */
static struct boot_remark *find_remark(const struct boot *boot, const struct chain *chain,
				       unsigned line, const char *text)
{
	for (size_t i = chain->first; i; i = boot->remarks[i - 1].next) {
		struct boot_remark *remark = &boot->remarks[i - 1];

		if (remark->line == line && strcmp(remark->text, text) == 0)
			return remark;
	}
	return NULL;
}

/* Room for one more, doubling. */
static struct boot_remark *new_remark(struct boot *boot)
{
	size_t n = boot->n_remarks;
	struct boot_remark *at = boot->remarks;

	if ((n & (n - 1)) == 0)
		at = realloc(at, (n ? 2 * n : 1) * sizeof(*at));
	if (!at)
		return NULL;
	boot->remarks = at;
	boot->n_remarks++;
	return &at[n];
}

static void count_engines(struct chain *chain, unsigned engines)
{
	for (int i = 0; i < BOOT_ENGINES; i++)
		chain->n[i] += (engines >> i) & 1;
}

static int add_remark(void *data, const struct boot_file *file, unsigned line,
		      const char *text)
{
	const struct reader *to = data;
	struct boot *boot = to->boot;
	struct chain *chain = &to->chains[file - boot->tree->at];
	unsigned engine = 1u << to->engine, n = chain->n[to->engine];
	struct boot_remark *at = find_remark(boot, chain, line, text);

	if (at) {
		count_engines(chain, engine & ~at->engines);
		at->engines |= engine;
		return 0;
	}
	if (n > REMARKS_PER_FILE)
		return 0;
	if (n == REMARKS_PER_FILE)
		text = "has more lines like these";
	at = new_remark(boot);
	if (!at)
		return -ENOMEM;
	*at = (struct boot_remark){ .file = file->path,
				    .of = file,
				    .line = line,
				    .engines = engine,
				    .next = chain->first };
	snprintf(at->text, sizeof(at->text), "%s", text);
	chain->first = boot->n_remarks;
	count_engines(chain, engine);
	return 0;
}

/* The chains of the remarks there are: sorting has broken them. */
static struct chain *make_chains(struct boot *boot)
{
	struct chain *chains = calloc(boot->tree->n + 1, sizeof(*chains));

	for (size_t i = 0; i < boot->n_remarks && chains; i++) {
		struct boot_remark *remark = &boot->remarks[i];
		struct chain *chain;

		if (!remark->of)
			continue;
		chain = &chains[remark->of - boot->tree->at];
		remark->next = chain->first;
		chain->first = i + 1;
		count_engines(chain, remark->engines);
	}
	return chains;
}

/* A sentence on all the files, for one engine. */
__attribute__((format(printf, 2, 3))) static int add_whole(const struct reader *to,
							   const char *format, ...)
{
	struct boot_remark *at = new_remark(to->boot);
	va_list ap;

	if (!at)
		return -ENOMEM;
	*at = (struct boot_remark){ .engines = 1u << to->engine };
	va_start(ap, format);
	vsnprintf(at->text, sizeof(at->text), format, ap);
	va_end(ap);
	return 0;
}

/* What is to be said of the files as such. */
static int remark_files(struct reader *to)
{
	const struct boot_tree *tree = to->boot->tree;
	const struct boot_file **masks = NULL;
	char text[sizeof(((struct boot_remark *)0)->text)];
	int r = bootfiles_masks(tree, to->engine, &masks);

	for (size_t i = 0; i < tree->n && r == 0; i++) {
		const struct boot_file *file = &tree->at[i];

		if (bootfiles_remark(tree, to->engine, file, text, sizeof(text)))
			r = add_remark(to, file, 0, text);
		if (r < 0 || !masks[i])
			continue;
		snprintf(text, sizeof(text), "is masked by '%.120s'", masks[i]->path);
		r = add_remark(to, file, 0, text);
	}
	free(masks);
	return r;
}

static int remark_excludes(struct reader *to)
{
	const struct boot_side *side = &to->boot->sides[to->engine];
	const struct boot_tree *tree = to->boot->tree;
	int r = 0;

	for (size_t i = 0; i < side->n_excludes && r == 0; i++) {
		const struct boot_write *write = &side->writes[side->excludes[i]];

		if (!boot_has_excluding_patterns(tree, to->engine))
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

/* What a module may bring: default_qdisc has no list to look it up in. */
static int remark_controls(struct reader *to)
{
	const struct boot_side *side = &to->boot->sides[to->engine];
	const struct knob *k = &catalogue[KNOB_CONGESTION_CONTROL];
	char path[KNOB_KEY_MAX], text[sizeof(((struct boot_remark *)0)->text)];
	int r = knob_path(k->name, path, NULL);

	for (size_t i = 0; i < side->n_writes && r == 0; i++) {
		const struct boot_write *write = &side->writes[i];

		if (!write->value || !write->path || strcmp(write->path, path) != 0 ||
		    knob_check(k, write->value, NULL) < 0 ||
		    boot_tree_has_control(to->boot->tree, write->value))
			continue;
		snprintf(text, sizeof(text), "sets '%.100s', taken only with its module",
			 write->value);
		r = add_remark(to, write->file, write->line, text);
	}
	return r;
}

/* What is to be said of a version: two sentences at most. */
static int remark_version(const struct reader *to)
{
	const struct boot_tree *tree = to->boot->tree;
	const struct boot_side *side = &to->boot->sides[to->engine];
	bool is_procps = to->engine == BOOT_PROCPS;

	if (is_procps && tree->procps == 0 && side->uses_patterns)
		return add_whole(to, "the version of procps is not known: before 4.0.0 "
				     "sysctl --system has no patterns and exclusions");
	if (is_procps && !side->has_patterns)
		return add_whole(
			to,
			"procps %u.%u.%u is older than the rules this is reckoned "
			"by: it has no patterns, and may read /run before /etc",
			tree->procps / 10000, tree->procps / 100 % 100,
			tree->procps % 100);
	if (!is_procps && !side->has_patterns)
		return add_whole(
			to,
			"systemd %u is older than the rules this is reckoned by: it "
			"has no patterns and exclusions%s",
			tree->systemd,
			side->has_dash ? "" : ", and no dash before a key");
	return 0;
}

static int read_side(struct reader *to)
{
	struct boot_side *side = &to->boot->sides[to->engine];
	const struct boot_file **files = NULL;
	size_t n = 0;
	int r = bootfiles_order(to->boot->tree, to->engine, &files, &n);

	side->has_patterns = boot_has_patterns(to->boot->tree, to->engine);
	side->has_dash = boot_has_dash(to->boot->tree, to->engine);
	for (size_t i = 0; i < n && r == 0; i++)
		r = bootside_read(side, to->engine, files[i], add_remark, to);
	free(files);
	if (r == 0)
		r = bootside_finish(side, to->engine);
	if (r == 0)
		r = remark_version(to);
	if (r == 0)
		r = remark_files(to);
	if (r == 0)
		r = remark_controls(to);
	return r < 0 ? r : remark_excludes(to);
}

static int compare_remarks(const void *a, const void *b)
{
	const struct boot_remark *x = a, *y = b;
	/* first what has none */
	int by_file = strcmp(x->file ? x->file : "", y->file ? y->file : "");

	if (by_file)
		return by_file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->engines < y->engines ? -1 : x->engines > y->engines;
}

static void sort_remarks(struct boot *boot)
{
	if (boot->n_remarks)
		qsort(boot->remarks, boot->n_remarks, sizeof(*boot->remarks),
		      compare_remarks);
}

int boot_prepare(const struct boot_tree *tree, struct boot *ret)
{
	struct chain *chains;
	int r;

	*ret = (struct boot){ .tree = tree };
	chains = make_chains(ret);
	r = chains ? bootfiles_hidden(tree, &ret->hidden) : -ENOMEM;
	for (int i = 0; i < BOOT_ENGINES && r == 0; i++)
		r = read_side(&(struct reader){ ret, (enum boot_engine)i, chains });
	free(chains);
	sort_remarks(ret);
	return r;
}

/* Can it be told whether it is here? A recording has only net of /proc/sys. */
static bool can_be_absent(const struct boot_write *write)
{
	return write->value && write->path && !write->is_glob &&
	       strncmp(write->path, "net/", 4) == 0;
}

/* A name without a directory, as "tcp_fin_timeout", is none of a sysctl. */
static bool is_no_sysctl(const struct boot_write *write)
{
	return write->value && write->path && !write->is_glob &&
	       !strchr(write->path, '/');
}

static int remark_absent(struct reader *to, bool (*is_here)(void *data, const char *path),
			 void *data)
{
	const struct boot_side *side = &to->boot->sides[to->engine];
	int r = 0;

	for (size_t i = 0; i < side->n_writes && i < ABSENT_LOOKED_FOR && r == 0; i++) {
		const struct boot_write *write = &side->writes[i];
		char text[sizeof(((struct boot_remark *)0)->text)];

		if (is_no_sysctl(write))
			snprintf(text, sizeof(text), "sets '%.100s', which is no sysctl",
				 write->spelled);
		else if (can_be_absent(write) && !is_here(data, write->path))
			snprintf(text, sizeof(text), "sets '%.100s', which is not here",
				 write->spelled);
		else
			continue;
		r = add_remark(to, write->file, write->line, text);
	}
	return r;
}

int boot_remark_absent(struct boot *boot, bool (*is_here)(void *data, const char *path),
		       void *data)
{
	struct chain *chains = make_chains(boot);
	int r = chains ? 0 : -ENOMEM;

	for (int i = 0; i < BOOT_ENGINES && r == 0; i++)
		r = remark_absent(&(struct reader){ boot, (enum boot_engine)i, chains },
				  is_here, data);
	free(chains);
	sort_remarks(boot);
	return r;
}

void boot_done(struct boot *boot)
{
	for (int i = 0; i < BOOT_ENGINES; i++)
		bootside_done(&boot->sides[i]);
	free(boot->remarks);
	*boot = (struct boot){ 0 };
}
