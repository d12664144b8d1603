/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/defaults.h"
#include "core/memory.h"

static struct snapshot s;
static struct defaults d;

static int begin(void **state)
{
	(void)state;
	s = (struct snapshot){ 0 };
	d = (struct defaults){ 0 };
	for (size_t i = 0; i < KNOB_N; i++)
		s.knobs[i].error = ENOENT;
	return 0;
}

static int end(void **state)
{
	(void)state;
	snapshot_done(&s);
	defaults_done(&d);
	return 0;
}

static void has(enum knob_id id, const char *value)
{
	free(s.knobs[id].value);
	s.knobs[id] = (struct reading){ .value = strdup(value) };
}

static void asked(enum knob_id id, const char *value)
{
	struct reading r = { .value = strdup(value) };

	defaults_put_asked(&d, id, &r);
	assert_null(r.value);
}

static struct memory_facts memory_of(int64_t total_kib, int64_t high)
{
	struct memory_facts m = {
		.total_kib = total_kib,
		.managed_pages = total_kib / 4,
		.high_pages = high,
		.page_bytes = 4096,
		.word_bytes = 8,
	};

	return m;
}

static void compute(const char *release, struct memory_facts m)
{
	snprintf(s.host.kernel, sizeof(s.host.kernel), "%s", release);
	assert_int_equal(defaults_compute(&d, &s, &m), 0);
}

static void expect(enum knob_id id, enum knob_origin how, const char *value)
{
	const struct knob_default *at = &d.at[id];
	const char *name = catalogue[id].name;

	if (at->how != how || !at->value != !value ||
	    (value && strcmp(at->value, value) != 0))
		fail_msg("%s is %s (%d: %s), want %s (%d)", name, at->value, at->how,
			 at->why, value, how);
	/* only what was asked needs no reason */
	if ((how == KNOB_ASKED) != (at->why[0] == '\0'))
		fail_msg("%s: reason '%s'", name, at->why);
}

static void expect_unknown(enum knob_id id, const char *why)
{
	expect(id, KNOB_UNKNOWN, NULL);
	if (!strstr(d.at[id].why, why))
		fail_msg("%s: '%s', want '%s'", catalogue[id].name, d.at[id].why, why);
}

static bool is_default(enum knob_id id, const char *value)
{
	return default_is(&catalogue[id], &d.at[id], value);
}

/*
 * What kernels took at boot, measured: Linux 6.18 on this firecracker's 24 GB, and Debian's
 * 6.1 in qemu with an initrd of 1 and of 60 MB.
 */
static const struct {
	const char *release;
	int64_t total_kib, high_pages;
	const char *ehash, *tcp_mem, *file_max, *tw_buckets, *syn_backlog;
} measured[] = {
	{ "6.18.44-fc", 24684084, 25341, "262144", "287898 383867 575796", "2466170",
	  "131072", "2048" },
	{ "6.1.0-41-amd64", 210752, 670, "2048", "2331 3109 4662", "19739", "1024",
	  "128" },
	{ "6.1.0-41-amd64", 468416, 1012, "4096", "5334 7113 10668", "45506", "2048",
	  "128" },
	{ "6.1.0-41-amd64", 468416, 945, "4096", "4641 6189 9282", "39568", "2048",
	  "128" },
	{ "6.1.0-41-amd64", 983744, 16893, "8192", "10629 14173 21258", "97040", "4096",
	  "128" },
	{ "6.1.0-41-amd64", 983744, 16893, "8192", "9933 13244 19866", "91094", "4096",
	  "128" },
	{ "6.1.0-41-amd64", 2014400, 16893, "16384", "22707 30277 45414", "200103",
	  "8192", "128" },
	{ "6.1.0-41-amd64", 2014400, 16893, "16384", "22011 29348 44022", "194157",
	  "8192", "128" },
	{ "6.1.0-41-amd64", 5922240, 25338, "65536", "68106 90809 136212", "590872",
	  "32768", "512" },
	{ "6.1.0-41-amd64", 5922228, 25341, "65536", "67410 89880 134820", "584920",
	  "32768", "512" },
};

TEST(what_kernels_took_is_their_default)
{
	for (size_t i = 0; i < N(measured); i++) {
		end(NULL);
		begin(NULL);
		has(KNOB_EHASH_ENTRIES, measured[i].ehash);
		has(KNOB_MAX_ORPHANS, "7");
		compute(measured[i].release,
			memory_of(measured[i].total_kib, measured[i].high_pages));
		expect(KNOB_MAX_TW_BUCKETS, KNOB_COMPUTED, measured[i].tw_buckets);
		expect(KNOB_MAX_ORPHANS, KNOB_COMPUTED, measured[i].tw_buckets);
		expect(KNOB_MAX_SYN_BACKLOG, KNOB_COMPUTED, measured[i].syn_backlog);
		expect(KNOB_EHASH_ENTRIES, KNOB_COMPUTED, measured[i].ehash);
		expect(KNOB_NR_OPEN, KNOB_COMPUTED, "1048576");
		if (!is_default(KNOB_TCP_MEM, measured[i].tcp_mem) ||
		    !is_default(KNOB_FILE_MAX, measured[i].file_max))
			fail_msg("row %zu: tcp_mem %s, file-max %s", i,
				 d.at[KNOB_TCP_MEM].value, d.at[KNOB_FILE_MAX].value);
	}
}

TEST(near_is_not_everything)
{
	has(KNOB_EHASH_ENTRIES, "262144");
	compute("6.18.0", memory_of(24684084, 25341));
	expect(KNOB_TCP_MEM, KNOB_COMPUTED, "288078 384105 576156");
	assert_true(is_default(KNOB_TCP_MEM, "287898 383867 575796"));
	/* one of the three, and one number for bytes */
	assert_false(is_default(KNOB_TCP_MEM, "287898 383867 1151592"));
	assert_false(is_default(KNOB_TCP_MEM, "287898 383867"));
	assert_false(is_default(KNOB_TCP_MEM, "287898 383867 575796 1"));
	assert_false(is_default(KNOB_TCP_MEM, "4096 87380 4194304"));
	assert_false(is_default(KNOB_TCP_MEM, "junk"));
	expect(KNOB_FILE_MAX, KNOB_COMPUTED, "2468408");
	/* as systemd sets it */
	assert_false(is_default(KNOB_FILE_MAX, "9223372036854775807"));
	assert_false(is_default(KNOB_FILE_MAX, "1048576"));
	/* what is exact is exactly that */
	assert_true(is_default(KNOB_MAX_TW_BUCKETS, "131072"));
	assert_false(is_default(KNOB_MAX_TW_BUCKETS, "131071"));
	assert_false(is_default(KNOB_NR_OPEN, "1073741816"));
	assert_false(is_default(KNOB_FIN_TIMEOUT, "60"));
	assert_false(is_default(KNOB_NR_OPEN, NULL));
}

TEST(a_small_host_has_the_least_the_kernel_allows)
{
	compute("6.18.0", memory_of(8192, 100));
	expect(KNOB_TCP_MEM, KNOB_COMPUTED, "96 128 192");
	expect(KNOB_FILE_MAX, KNOB_COMPUTED, "8192");
	expect(KNOB_CT_BUCKETS, KNOB_COMPUTED, "1024");
	compute("5.10.0", memory_of(8192, 100));
	expect(KNOB_CT_BUCKETS, KNOB_COMPUTED, "512");
}

TEST(conntrack_goes_by_memory_and_by_kernel)
{
	static const struct {
		const char *release;
		int64_t total_kib;
		const char *buckets, *max;
		bool is_rough;
	} rows[] = {
		{ "5.10.0-30-amd64", 24684084, "65536", "262144", false },
		{ "5.10.0-30-amd64", 2014400, "16384", "65536", false },
		{ "5.10.0-30-amd64", 983744, "8192", "32768", true },
		{ "5.14.0", 24684084, "65536", "262144", false },
		{ "5.15.0-113-generic", 24684084, "262144", "262144", false },
		{ "6.1.0-41-amd64", 24684084, "262144", "262144", false },
		{ "6.18.44-fc-v669", 4194304, "65536", "65536", false },
		{ "6.18.44-fc-v669", 4194308, "262144", "262144", false },
		{ "6.18.44-fc-v669", 983744, "8192", "8192", true },
		{ "6.18.44-fc-v669", 65536, "1024", "1024", true },
		{ "10.0", 24684084, "262144", "262144", false },
		/* vendors': of these the number does not tell */
		{ "5.14.0-427.13.1.el9_4.x86_64", 24684084, NULL, NULL, false },
		{ "4.18.0-553.el8_10.x86_64", 24684084, NULL, NULL, false },
		{ "6.12.0-55.el10.x86_64", 24684084, "262144", "262144", false },
		{ "5.10.112-005.ali5000.al8.x86_64", 24684084, "65536", "262144", false },
		{ "", 24684084, NULL, NULL, false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		enum knob_origin how = rows[i].max ? KNOB_COMPUTED : KNOB_UNKNOWN;

		compute(rows[i].release, memory_of(rows[i].total_kib, 0));
		expect(KNOB_CT_BUCKETS, how, rows[i].buckets);
		expect(KNOB_CT_MAX, how, rows[i].max);
		if (d.at[KNOB_CT_MAX].is_rough != rows[i].is_rough)
			fail_msg("row %zu: rough", i);
	}
}

TEST(a_kernel_of_32_bits_has_smaller_tables)
{
	struct memory_facts m = memory_of(24684084, 0);

	m.word_bytes = 4;
	compute("6.18.0", m);
	expect(KNOB_CT_BUCKETS, KNOB_COMPUTED, "65536");
	m.total_kib = 524288;
	m.managed_pages = 131072;
	compute("6.18.0", m);
	expect(KNOB_CT_BUCKETS, KNOB_COMPUTED, "8192");
}

TEST(tables_follow_this_namespace_and_not_the_new_one)
{
	/* of one that was made with a table of its own, and whose children have small ones */
	has(KNOB_EHASH_ENTRIES, "4096");
	asked(KNOB_MAX_TW_BUCKETS, "32");
	asked(KNOB_MAX_SYN_BACKLOG, "128");
	compute("6.18.0", memory_of(24684084, 0));
	expect(KNOB_MAX_TW_BUCKETS, KNOB_COMPUTED, "2048");
	expect(KNOB_MAX_SYN_BACKLOG, KNOB_COMPUTED, "128");
	expect_unknown(KNOB_MAX_ORPHANS, "does not show the host's");
	/* one that shares the host's */
	has(KNOB_EHASH_ENTRIES, "-262144");
	compute("6.18.0", memory_of(24684084, 0));
	expect(KNOB_MAX_TW_BUCKETS, KNOB_COMPUTED, "131072");
	expect(KNOB_MAX_SYN_BACKLOG, KNOB_COMPUTED, "2048");
	expect(KNOB_MAX_ORPHANS, KNOB_COMPUTED, "131072");
}

TEST(before_linux_6_1_the_new_namespace_is_right)
{
	has(KNOB_FIN_TIMEOUT, "60");
	asked(KNOB_MAX_TW_BUCKETS, "65536");
	asked(KNOB_MAX_SYN_BACKLOG, "1024");
	compute("5.10.0-30-amd64", memory_of(16000000, 0));
	expect(KNOB_MAX_TW_BUCKETS, KNOB_ASKED, "65536");
	expect(KNOB_MAX_SYN_BACKLOG, KNOB_ASKED, "1024");
	expect(KNOB_MAX_ORPHANS, KNOB_COMPUTED, "65536");
	expect_unknown(KNOB_EHASH_ENTRIES, "does not tell");
}

TEST(a_table_that_may_not_be_read_is_not_one_that_is_not_there)
{
	s.knobs[KNOB_EHASH_ENTRIES].error = EACCES;
	asked(KNOB_MAX_TW_BUCKETS, "65536");
	compute("6.18.0", memory_of(16000000, 0));
	expect_unknown(KNOB_MAX_TW_BUCKETS, "not readable");
	expect_unknown(KNOB_MAX_ORPHANS, "not known");
	expect_unknown(KNOB_EHASH_ENTRIES, "Permission denied");
}

TEST(what_was_asked_is_the_default)
{
	has(KNOB_FIN_TIMEOUT, "30");
	has(KNOB_RESERVED_PORTS, "8080");
	asked(KNOB_FIN_TIMEOUT, "60");
	asked(KNOB_RESERVED_PORTS, "");
	compute("6.18.0", memory_of(16000000, 0));
	expect(KNOB_FIN_TIMEOUT, KNOB_ASKED, "60");
	assert_true(is_default(KNOB_FIN_TIMEOUT, "60"));
	assert_false(is_default(KNOB_FIN_TIMEOUT, "61"));
	/* nothing is a value */
	expect(KNOB_RESERVED_PORTS, KNOB_ASKED, "");
	assert_true(is_default(KNOB_RESERVED_PORTS, ""));
	assert_false(is_default(KNOB_RESERVED_PORTS, "8080"));
}

TEST(each_unknown_default_has_its_reason)
{
	struct reading absent = { .error = ENOENT }, refused = { .error = EACCES };

	has(KNOB_FIN_TIMEOUT, "60");
	has(KNOB_SYNCOOKIES, "1");
	has(KNOB_SACK, "1");
	defaults_put_asked(&d, KNOB_FIN_TIMEOUT, &refused);
	defaults_put_asked(&d, KNOB_SYNCOOKIES, &absent);
	defaults_put_asked(&d, KNOB_CT_CLOSE, &absent);
	defaults_put_asked(&d, KNOB_TW_REUSE_DELAY, &absent);
	compute("5.10.0", memory_of(16000000, 0));
	expect_unknown(KNOB_FIN_TIMEOUT, "Permission denied");
	expect_unknown(KNOB_SYNCOOKIES, "a new namespace has no such file");
	expect_unknown(KNOB_CT_CLOSE, "the module nf_conntrack is not loaded");
	expect_unknown(KNOB_TW_REUSE_DELAY, "this kernel does not have it");
	expect_unknown(KNOB_SACK, "no new namespace was asked");
	expect_unknown(KNOB_TCP_RMEM, "copies it from the initial one");
	expect_unknown(KNOB_CONGESTION_CONTROL, "copies it from the initial one");
	expect_unknown(KNOB_RMEM_MAX, "host-wide");
	expect_unknown(KNOB_GC_THRESH3, "host-wide");
	expect_unknown(KNOB_TW_RECYCLE, "removed in Linux 4.12");
	expect_unknown(KNOB_TW_TIMEOUT, "Alibaba");
}

TEST(trouble_is_the_reason_of_all_that_would_be_asked)
{
	struct memory_facts nothing;

	snprintf(d.trouble, sizeof(d.trouble), "it is not permitted");
	has(KNOB_FIN_TIMEOUT, "60");
	has(KNOB_MAX_TW_BUCKETS, "60");
	memory_init(&nothing);
	compute("5.10.0", nothing);
	expect_unknown(KNOB_FIN_TIMEOUT,
		       "no new namespace could be asked: it is not permitted");
	expect_unknown(KNOB_MAX_TW_BUCKETS, "it is not permitted");
	expect_unknown(KNOB_TW_REUSE_DELAY, "this kernel does not have it");
	expect_unknown(KNOB_TCP_MEM, "memory is not known");
	expect_unknown(KNOB_FILE_MAX, "memory is not known");
	expect_unknown(KNOB_CT_MAX, "memory is not known");
}

TEST(where_nothing_was_read_nothing_is_said_of_the_kernel)
{
	snprintf(d.trouble, sizeof(d.trouble), "no /proc");
	compute("", memory_of(16000000, 0));
	expect_unknown(KNOB_FIN_TIMEOUT, "no /proc");
	expect_unknown(KNOB_CT_CLOSE, "no /proc");
}

TEST(no_knob_is_forgotten)
{
	compute("6.18.0", memory_of(16000000, 0));
	for (size_t i = 0; i < KNOB_N; i++) {
		if (!d.at[i].value && !d.at[i].why[0])
			fail_msg("%s", catalogue[i].name);
		/* each rule that the catalogue promises is there */
		assert_null(strstr(d.at[i].why, "rule is not known"));
	}
}

#define DEFAULTS_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEFAULTS_TEST(what_kernels_took_is_their_default),
		DEFAULTS_TEST(near_is_not_everything),
		DEFAULTS_TEST(a_small_host_has_the_least_the_kernel_allows),
		DEFAULTS_TEST(conntrack_goes_by_memory_and_by_kernel),
		DEFAULTS_TEST(a_kernel_of_32_bits_has_smaller_tables),
		DEFAULTS_TEST(tables_follow_this_namespace_and_not_the_new_one),
		DEFAULTS_TEST(before_linux_6_1_the_new_namespace_is_right),
		DEFAULTS_TEST(a_table_that_may_not_be_read_is_not_one_that_is_not_there),
		DEFAULTS_TEST(what_was_asked_is_the_default),
		DEFAULTS_TEST(each_unknown_default_has_its_reason),
		DEFAULTS_TEST(trouble_is_the_reason_of_all_that_would_be_asked),
		DEFAULTS_TEST(where_nothing_was_read_nothing_is_said_of_the_kernel),
		DEFAULTS_TEST(no_knob_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
