/* SPDX-License-Identifier: MIT */
/*
 * What finwait says each sysctl will be after the boot, of a tree: bootvalues ROOT DEFAULTS,
 * with lines "KEY VALUE" in DEFAULTS, prints for each key and engine
 * KEY TAB ENGINE TAB VALUE TAB FILE TAB LINE TAB TEXT; "-" for what no file sets.
 * Without arguments: every knob of a network namespace, NAME SHAPE MIN MAX.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/own.h"
#include "core/boot.h"
#include "core/catalogue.h"
#include "sys/bootfiles.h"
#include "sys/procfs.h"

/* Not in the catalogue, but it takes any int for each interface. */
static const struct knob any_number = {
	.shape = KNOB_NUMBER,
	.kernel_min = INT32_MIN,
	.kernel_max = INT32_MAX,
};

static const struct knob *knob_of(const char *key)
{
	return strncmp(key, "net.ipv4.conf.", 14) == 0 ? &any_number
						       : catalogue_find(key);
}

static void print_value(const struct boot *boot, enum boot_engine engine, const char *key,
			const char *before)
{
	struct boot_value v;

	if (boot_look_up(boot, engine, key, knob_of(key), before, &v) < 0)
		abort();
	printf("%s\t%s\t", key, engine == BOOT_PROCPS ? "procps" : "systemd");
	if (v.file)
		printf("%s\t%s\t%u\t%s\n", v.value, v.file, v.line, v.text);
	else
		printf("-\t-\t0\t-\n");
	boot_value_done(&v);
}

static void print_all(const struct boot *boot, FILE *defaults)
{
	own_free char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, defaults) > 0) {
		char *blank = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (!blank)
			abort();
		*blank = '\0';
		for (int i = 0; i < BOOT_ENGINES; i++)
			print_value(boot, (enum boot_engine)i, line, blank + 1);
	}
}

static int print_knobs(void)
{
	static const char *const shapes[] = {
		[KNOB_NUMBER] = "number", [KNOB_RANGE] = "range", [KNOB_PORTS] = "ports",
		[KNOB_VECTOR] = "vector", [KNOB_WORD] = "word",
	};

	for (int id = 0; id < KNOB_N; id++) {
		const struct knob *k = &catalogue[id];

		if (k->scope == KNOB_NETNS && !k->is_fixed)
			printf("%s %s %" PRId64 " %" PRId64 "\n", k->name,
			       shapes[k->shape], k->kernel_min, k->kernel_max);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	FILE *defaults = argc == 3 ? fopen(argv[2], "re") : NULL;
	struct boot_tree tree = { 0 };
	struct boot boot = { 0 };
	struct err e = { 0 };
	int root_fd;

	if (argc == 1)
		return print_knobs();
	root_fd = defaults ? procfs_open_root(argv[1], &e) : -1;

	if (root_fd < 0 || bootfiles_read(root_fd, &tree, &e) < 0 ||
	    boot_prepare(&tree, &boot) < 0) {
		fprintf(stderr, "bootvalues ROOT DEFAULTS: %s\n", e.text);
		return EXIT_FAILURE;
	}
	print_all(&boot, defaults);
	for (size_t i = 0; i < boot.n_remarks; i++)
		fprintf(stderr, "%s:%u: %u: %s\n",
			boot.remarks[i].file ? boot.remarks[i].file : "all",
			boot.remarks[i].line, boot.remarks[i].engines,
			boot.remarks[i].text);
	boot_done(&boot);
	boot_tree_done(&tree);
	fclose(defaults);
	close(root_fd);
	return EXIT_SUCCESS;
}
