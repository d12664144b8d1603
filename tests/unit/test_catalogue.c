/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "core/band.h"
#include "core/catalogue.h"
#include "core/topic.h"
#include "unit/defaults.h"

/* Of Linux 6.18, on a host whose table of connections has 262144 buckets. */
enum { HALF_TABLE = 131072 };

TEST(every_knob_is_found_by_its_name_alone)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob *k = &catalogue[i];

		assert_non_null(k->name);
		assert_ptr_equal(catalogue_find(k->name), k);
		assert_null(strchr(catalogue_short_name(k), '.'));
		assert_int_equal(catalogue_check_key(k->name, NULL),
				 i == KNOB_TW_RECYCLE ? -EPERM : 0);
		assert_int_equal(knob_path(k->name, NULL, NULL), 0);
	}
	assert_null(catalogue_find("tcp_fin_timeout"));
	assert_null(catalogue_find("net.ipv4.tcp_fin_timeou"));
	assert_null(catalogue_find(""));
}

TEST(every_knob_says_what_it_does_on_one_line)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob *k = &catalogue[i];

		assert_non_null(k->effect);
		assert_non_null(k->unit);
		if (strlen(k->effect) < 10 || strlen(k->effect) > 70)
			fail_msg("%s: its effect has %zu letters", k->name,
				 strlen(k->effect));
		assert_null(strchr(k->effect, '\n'));
		assert_int_not_equal(k->effect[strlen(k->effect) - 1], '.');
	}
}

TEST(every_knob_has_a_topic_of_its_own)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const char *name = catalogue_short_name(&catalogue[i]);
		const struct topic *topic = topic_find(name);

		if (!topic || strcmp(topic->name, name) != 0)
			fail_msg("no topic '%s'", name);
		assert_int_equal(topic->kind, TOPIC_KNOB);
		assert_ptr_equal(topic_find(catalogue[i].name), topic);
		assert_non_null(topic->raising);
		assert_non_null(topic->lowering);
		assert_non_null(topic->with);
		assert_non_null(topic->evidence);
		assert_non_null(topic->acts);
	}
}

TEST(every_kernel_default_is_accepted_and_safe)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob *k = &catalogue[i];
		struct surroundings s = { .reference = HALF_TABLE, .timestamps = "1" };
		struct judgement j;

		if (k->group == KNOB_GROUP_GONE)
			continue;
		assert_non_null(kernel_defaults[i]);
		assert_int_equal(knob_check(k, kernel_defaults[i], NULL), 0);
		band_judge(k, kernel_defaults[i], &s, &j);
		if (j.band != BAND_SAFE)
			fail_msg("%s=%s, the default, is %s: %s", k->name,
				 kernel_defaults[i], band_name(j.band), j.harm);
		assert_null(j.finding);
	}
}

/* A number that the kernel takes and gives no meaning. */
static bool is_odd(const char *finding)
{
	return finding && strlen(finding) > 4 &&
	       strcmp(finding + strlen(finding) - 4, "-odd") == 0;
}

/* Harm on a side of the safe values is a risk of moving to that side. */
TEST(the_severities_of_a_row_agree_with_its_bands)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob *k = &catalogue[i];
		struct surroundings s = { .reference = HALF_TABLE, .timestamps = "1" };
		int64_t at;

		if (k->shape != KNOB_NUMBER || k->group == KNOB_GROUP_GONE ||
		    k->is_fixed ||
		    !num_parse(kernel_defaults[i], INT64_MIN, INT64_MAX, &at))
			continue;
		for (int64_t n = at - 200; n <= at + 201; n++) {
			/* and the most that the kernel takes */
			int64_t tried = n <= at + 200 ? n : k->kernel_max;
			struct judgement j;
			char value[32];

			snprintf(value, sizeof(value), "%" PRId64, tried);
			if (knob_check(k, value, NULL) < 0)
				continue;
			band_judge(k, value, &s, &j);
			if (j.band != BAND_SAFE && !is_odd(j.finding) &&
			    (tried < at ? k->lowering : k->raising) == KNOB_HARMLESS)
				fail_msg("%s=%s is %s, and the row says harmless",
					 k->name, value, band_name(j.band));
		}
	}
}

TEST(a_knob_takes_no_number_outside_its_bounds)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		assert_true(catalogue[i].kernel_min <= catalogue[i].kernel_max);
	}
}

TEST(only_net_may_be_named_and_no_code_at_that)
{
	static const struct {
		const char *key;
		int result;
	} rows[] = {
		{ "net.ipv4.tcp_fin_timeout", 0 },
		{ "net.netfilter.nf_conntrack_max", 0 },
		{ "net.core.bpf_jit_enable", -EPERM },
		{ "net.core.bpf_jit_harden", -EPERM },
		{ "kernel.core_pattern", -EPERM },
		{ "kernel.modprobe", -EPERM },
		{ "vm.overcommit_memory", -EPERM },
		{ "fs.file-max", 0 },
		{ "fs.nr_open", 0 },
		{ "fs.suid_dumpable", -EPERM },
		{ "network.x", -EPERM },
		{ "net", -EPERM },
		{ "", -EPERM },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct err e = { 0 };

		if (catalogue_check_key(rows[i].key, &e) != rows[i].result)
			fail_msg("key '%s': want %d", rows[i].key, rows[i].result);
		assert_int_equal(e.code, -rows[i].result);
	}
}

TEST(fin_wait_2_lasts_what_was_measured)
{
	/* facts/kernel.md, section 2: measured, less the slack of the timer wheel */
	static const struct {
		int64_t fin_timeout, seconds;
	} rows[] = {
		{ -100000, 0 }, { -1, 0 },    { 0, 0 },	     { 1, 1 },	   { 3, 3 },
		{ 10, 10 },	{ 59, 59 },   { 60, 60 },    { 61, 2 },	   { 65, 10 },
		{ 70, 20 },	{ 90, 60 },   { 119, 118 },  { 120, 120 }, { 121, 122 },
		{ 180, 240 },	{ 200, 280 }, { 600, 1080 },
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(catalogue_fin_wait2_seconds(rows[i].fin_timeout),
				 rows[i].seconds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_knob_is_found_by_its_name_alone),
		cmocka_unit_test(every_knob_says_what_it_does_on_one_line),
		cmocka_unit_test(every_knob_has_a_topic_of_its_own),
		cmocka_unit_test(every_kernel_default_is_accepted_and_safe),
		cmocka_unit_test(the_severities_of_a_row_agree_with_its_bands),
		cmocka_unit_test(a_knob_takes_no_number_outside_its_bounds),
		cmocka_unit_test(only_net_may_be_named_and_no_code_at_that),
		cmocka_unit_test(fin_wait_2_lasts_what_was_measured),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
