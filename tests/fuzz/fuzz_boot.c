/* SPDX-License-Identifier: MIT */
/*
 * Files of sysctl.d: what a line "\x1eNAME" separates, each a file of that name; the first is
 * 50-a.conf.
 */
#include "fuzz/fuzz.h"

#include <string.h>

#include "core/boot.h"
#include "core/bootside.h"
#include "core/catalogue.h"

enum { SEPARATOR = 0x1e, FILES_MAX = 8 };

static void add_file(struct boot_tree *tree, const char *path, const uint8_t *text,
		     size_t n)
{
	struct boot_file *f = boot_tree_add(tree, path);

	MUST(f);
	/* of just this size, so that the sanitizers see what reads beyond it */
	f->text = malloc(n ? n : 1);
	MUST(f->text);
	if (n)
		memcpy(f->text, text, n);
	f->n = n;
}

static size_t until(const uint8_t *bytes, size_t n, int c)
{
	const uint8_t *at = n ? memchr(bytes, c, n) : NULL;

	return at ? (size_t)(at - bytes) : n;
}

/* "NAME\n" at the begin of the bytes, as a path that has a slash in it. */
static size_t take_path(const uint8_t *bytes, size_t n, int i, char *path, size_t size)
{
	size_t name = until(bytes, n, '\n');
	size_t kept = name < 40 ? name : 40;

	snprintf(path, size, "%s/%.*s", i % 6 < BOOT_DIRS ? boot_dirs[i % 6] : "/etc",
		 (int)kept, (const char *)bytes);
	return name < n ? name + 1 : n;
}

static void check_value(const struct boot *boot, enum boot_engine engine,
			const struct knob *k, const char *before)
{
	struct boot_value v;

	MUST(boot_look_up(boot, engine, k->name, k, before, &v) == 0);
	MUST(!v.file == !v.value && !v.file == !v.line);
	for (size_t i = 0; i < v.n_losers; i++)
		MUST(v.losers[i].file && v.losers[i].line && v.losers[i].text &&
		     boot_loss_name(v.losers[i].why));
	boot_value_done(&v);
	MUST(boot_look_up(boot, engine, k->name, NULL, before, &v) == 0);
	boot_value_done(&v);
}

static void check(const struct boot_tree *tree)
{
	static const enum knob_id knobs[] = { KNOB_FIN_TIMEOUT, KNOB_TW_REUSE,
					      KNOB_PORT_RANGE, KNOB_RESERVED_PORTS };
	struct boot boot;

	MUST(boot_prepare(tree, &boot) == 0);
	for (int e = 0; e < BOOT_ENGINES; e++)
		for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
			check_value(&boot, (enum boot_engine)e, &catalogue[knobs[i]],
				    tree->n % 2 ? "32768 60999" : NULL);
	for (size_t i = 0; i < boot.n_remarks; i++)
		MUST(boot.remarks[i].text[0] && boot.remarks[i].engines);
	boot_done(&boot);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct boot_tree tree = { .procps = n % 2 ? 40002 : 0,
				  .systemd = n % 3 ? 252 : 0 };
	char path[80] = "/etc/sysctl.d/50-a.conf";

	for (int i = 0; i < FILES_MAX; i++) {
		size_t size = until(bytes, n, SEPARATOR), name;

		add_file(&tree, path, bytes, size);
		tree.at[tree.n - 1].kind = i > 2 && size == 0 ? BOOT_NOWHERE : BOOT_FILE;
		if (size == n)
			break;
		bytes += size + 1;
		n -= size + 1;
		name = take_path(bytes, n, i, path, sizeof(path));
		bytes += name;
		n -= name;
	}
	check(&tree);
	boot_tree_done(&tree);
	return 0;
}
