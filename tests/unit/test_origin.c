/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/boot.h"
#include "core/catalogue.h"
#include "core/origin.h"

/* What the files leave; the engines' names are their values' places. */
static struct boot_value from(const char *value, const char *file)
{
	return (struct boot_value){ .value = (char *)value,
				    .file = value ? file : NULL,
				    .line = value ? 7 : 0 };
}

TEST(a_value_comes_from_the_nearest_cause_that_explains_it)
{
	static const struct {
		const char *what;
		const char *value;
		const char *standard;	      /* NULL: not known */
		const char *procps, *systemd; /* "" without the boot; NULL: no file */
		const char *applied;
		enum origin_kind kind;
		const char *file;
	} rows[] = {
		{ "at its default", "60", "60", NULL, NULL, NULL, ORIGIN_DEFAULT, NULL },
		{ "no boot here", "60", "60", "", "", NULL, ORIGIN_DEFAULT, NULL },
		{ "a file", "30", "60", "30", "30", NULL, ORIGIN_FILE, "systemd" },
		{ "the file one engine reads", "30", "60", "30", "31", NULL, ORIGIN_FILE,
		  "procps" },
		{ "the other", "31", "60", "30", "31", NULL, ORIGIN_FILE, "systemd" },
		{ "a file that sets the default", "60", "60", "60", "60", NULL,
		  ORIGIN_FILE, "systemd" },
		{ "a file, but not this value", "20", "60", "30", "30", NULL,
		  ORIGIN_RUNTIME, NULL },
		{ "a file that was not read", "60", "60", "30", "30", NULL,
		  ORIGIN_DEFAULT, NULL },
		{ "nobody's", "20", "60", NULL, NULL, NULL, ORIGIN_RUNTIME, NULL },
		{ "nobody's, no boot", "20", "60", "", "", NULL, ORIGIN_RUNTIME, NULL },
		{ "no default", "20", NULL, NULL, NULL, NULL, ORIGIN_UNKNOWN, NULL },
		{ "no default, a file", "20", NULL, "20", NULL, NULL, ORIGIN_FILE,
		  "procps" },
		{ "no default, another file", "20", NULL, "30", NULL, NULL,
		  ORIGIN_UNKNOWN, NULL },
		{ "applied", "30", "60", "30", "30", "30", ORIGIN_FINWAIT, NULL },
		{ "applied, and changed since", "20", "60", NULL, NULL, "30",
		  ORIGIN_RUNTIME, NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct boot_value boot[BOOT_ENGINES];
		bool has_boot = !rows[i].procps || rows[i].procps[0];
		const struct origin_facts facts = {
			.is_default_known = rows[i].standard,
			.is_default = rows[i].standard &&
				      strcmp(rows[i].standard, rows[i].value) == 0,
			.boot = has_boot ? boot : NULL,
			.applied = rows[i].applied,
			.transaction = rows[i].applied ? "9f2c0000" : NULL,
		};
		struct origin o;

		boot[BOOT_PROCPS] = from(rows[i].procps, "procps");
		boot[BOOT_SYSTEMD] = from(rows[i].systemd, "systemd");
		o = origin_find(&catalogue[KNOB_FIN_TIMEOUT], rows[i].value, &facts);
		if (o.kind != rows[i].kind)
			fail_msg("%s: %s, want %s", rows[i].what,
				 origin_kind_name(o.kind),
				 origin_kind_name(rows[i].kind));
		if (rows[i].file) {
			assert_string_equal(o.file, rows[i].file);
			assert_int_equal(o.line, 7);
		} else {
			assert_null(o.file);
		}
		assert_int_equal(o.transaction != NULL, o.kind == ORIGIN_FINWAIT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_comes_from_the_nearest_cause_that_explains_it),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
