/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "base/text.h"
#include "core/memory.h"

/* Of Linux 6.18 on x86-64, with less of each processor. */
static const char meminfo[] = "MemTotal:       24684084 kB\n"
			      "MemFree:        22356696 kB\n"
			      "MemTotal:              1 kB\n";
static const char zoneinfo[] = "Node 0, zone      DMA\n"
			       "  per-node stats\n"
			       "      nr_inactive_anon 14\n"
			       "  pages free     3840\n"
			       "        boost    0\n"
			       "        min      24\n"
			       "        low      30\n"
			       "        high     36\n"
			       "        spanned  4095\n"
			       "        present  3998\n"
			       "        managed  3840\n"
			       "        protection: (0, 3019, 10315, 10315, 10315)\n"
			       "  pagesets\n"
			       "    cpu: 0\n"
			       "              count: 0\n"
			       "              high:  4711\n"
			       "              batch: 63\n"
			       "              high_min: 4711\n"
			       "Node 0, zone    DMA32\n"
			       "        high     7406\n"
			       "        managed  772915\n"
			       "Node 1, zone   Normal\n"
			       "        high     17899\n"
			       "        managed  1867776\n"
			       "Node 1, zone  Movable\n"
			       "        high     32\n"
			       "        managed  1000\n";

static struct memory_facts read_both(const char *mem, const char *zones)
{
	struct memory_facts m;

	memory_init(&m);
	m.page_bytes = 4096;
	memory_parse_meminfo(&m, mem);
	memory_parse_zoneinfo(&m, zones);
	return m;
}

TEST(zones_are_summed_and_the_lists_of_processors_are_not)
{
	struct memory_facts m = read_both(meminfo, zoneinfo);

	assert_int_equal(m.total_kib, 24684084);
	assert_int_equal(m.managed_pages, 3840 + 772915 + 1867776 + 1000);
	assert_int_equal(m.above_pages, 1000);
	assert_int_equal(m.high_pages, 36 + 7406 + 17899);
}

TEST(the_greater_account_of_memory_counts)
{
	struct memory_facts m = read_both(meminfo, zoneinfo);

	/* a kernel which has its zones incomplete */
	assert_int_equal(memory_pages(&m), 24684084 / 4);
	assert_int_equal(memory_buffer_pages(&m), 24684084 / 4 - 1000 - 25341);
	/* a container whose MemTotal is its limit */
	m.total_kib = 65536;
	assert_int_equal(memory_pages(&m), 2645531);
	/* pages of 64 KiB */
	m.total_kib = 24684084;
	m.managed_pages = 1;
	m.page_bytes = 65536;
	assert_int_equal(memory_pages(&m), 24684084 / 64);
}

TEST(what_was_not_read_is_not_known)
{
	struct memory_facts m;

	memory_init(&m);
	assert_int_equal(memory_pages(&m), -1);
	assert_int_equal(memory_buffer_pages(&m), -1);
	memory_parse_meminfo(&m, meminfo);
	/* of how many bytes is a page? */
	assert_int_equal(memory_pages(&m), -1);
	m.page_bytes = 4096;
	assert_int_equal(memory_pages(&m), 6171021);
	assert_int_equal(memory_buffer_pages(&m), -1);
	m = read_both("MemTotal: x kB\n", "Node 0, zone Normal\n high 3\n");
	assert_int_equal(m.total_kib, -1);
	assert_int_equal(m.managed_pages, -1);
}

TEST(numbers_that_no_host_has_are_no_numbers)
{
	struct memory_facts m =
		read_both("MemTotal: -5 kB\nMemTotal: 99999999999999999999 kB\n",
			  "Node 0, zone Normal\n managed 9223372036854775807\n"
			  " managed -7\n managed 12\n");

	assert_int_equal(m.total_kib, -1);
	assert_int_equal(m.managed_pages, 12);
	/* and no sum */
	m = read_both(meminfo, " managed 4398046511104\n managed 4398046511104\n");
	assert_int_equal(m.managed_pages, INT64_C(4398046511104));
	/* watermarks above all there is */
	m = read_both(meminfo, "Node 0, zone Normal\n high 1099511627776\n managed 5\n");
	assert_int_equal(memory_buffer_pages(&m), 0);
}

TEST(a_line_without_end_is_read_as_far_as_it_is_one)
{
	char line[400] = "MemTotal: 77 kB";
	struct memory_facts m;

	memset(line + strlen(line), 'x', sizeof(line) - strlen(line) - 1);
	line[sizeof(line) - 1] = '\0';
	m = read_both(line, line);
	assert_int_equal(m.total_kib, 77);
}

TEST(an_excerpt_says_the_same)
{
	struct memory_facts full = read_both(meminfo, zoneinfo), part;
	struct text mem = { 0 }, zones = { 0 };

	memory_excerpt_meminfo(&mem, meminfo);
	memory_excerpt_zoneinfo(&zones, zoneinfo);
	part = read_both(mem.at, zones.at);
	assert_memory_equal(&part, &full, sizeof(full));
	assert_null(strstr(mem.at, "MemFree"));
	assert_null(strstr(zones.at, "4711"));
	text_done(&mem);
	text_done(&zones);
}

TEST(the_machine_comes_back_from_a_recording)
{
	struct memory_facts m, again;
	struct text t = { 0 };

	memory_init(&m);
	memory_init(&again);
	m.page_bytes = 16384;
	m.word_bytes = 8;
	memory_format_machine(&t, &m);
	assert_string_equal(t.at, "page_bytes 16384\nword_bytes 8\n");
	memory_parse_machine(&again, t.at);
	assert_int_equal(again.page_bytes, 16384);
	assert_int_equal(again.word_bytes, 8);
	/* a page of no bytes would divide by it */
	memory_parse_machine(&again, "page_bytes 0\nword_bytes 5\n");
	assert_int_equal(again.page_bytes, 16384);
	assert_int_equal(again.word_bytes, 8);
	text_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_are_summed_and_the_lists_of_processors_are_not),
		cmocka_unit_test(the_greater_account_of_memory_counts),
		cmocka_unit_test(what_was_not_read_is_not_known),
		cmocka_unit_test(numbers_that_no_host_has_are_no_numbers),
		cmocka_unit_test(a_line_without_end_is_read_as_far_as_it_is_one),
		cmocka_unit_test(an_excerpt_says_the_same),
		cmocka_unit_test(the_machine_comes_back_from_a_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
