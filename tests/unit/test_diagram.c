/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/snapshot.h"
#include "core/topic.h"
#include "view/diagram.h"
#include "view/view.h"

enum { COLUMNS = 79 };

/* What is drawn for a topic; the caller frees it. */
static char *draw(const char *topic, const struct snapshot *s)
{
	struct output out = { .width = 80 };
	char *text = NULL;
	size_t size = 0;

	out.stream = open_memstream(&text, &size);
	assert_non_null(out.stream);
	diagram_print(&out, topic_find(topic), s);
	assert_int_equal(fclose(out.stream), 0);
	return text;
}

/* Every state counted: a number of its own each. */
static struct snapshot *counted(uint64_t unit)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->has_census = true;
	s->census.asked = UINT32_MAX;
	for (size_t i = 0; diagram_state(i); i++) {
		s->census.at[diagram_state(i)][CENSUS_IPV4] = (i + 1) * unit;
		s->census.at[diagram_state(i)][CENSUS_IPV6] = 1;
	}
	return s;
}

static void check_shape(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t n = strcspn(line, "\n");

		if (n > COLUMNS || (n && line[n - 1] == ' '))
			fail_msg("not a line for 80 columns: '%.*s'", (int)n, line);
		for (size_t i = 0; i < n; i++)
			if (line[i] < 0x20 || line[i] > 0x7e)
				fail_msg("not plain ASCII: '%.*s'", (int)n, line);
	}
}

static void check_has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("no '%s' in\n%s", what, text);
}

static size_t count_of(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

TEST(each_state_has_its_sockets_of_both_families)
{
	static const char *const labels[] = {
		"  ESTABLISHED (11)",  "  FIN_WAIT_1 (21) -", "  CLOSE_WAIT (31)",
		" [FIN_WAIT_2 (41)] ", "  CLOSING (51) ",     "  LAST_ACK (61)",
		"  TIME_WAIT (71) ",
	};
	struct snapshot *s = counted(10);
	char *text = draw("fin-wait-2", s);

	check_shape(text);
	for (size_t i = 0; i < N(labels); i++)
		check_has(text, labels[i]);
	check_has(text, "[ ]: this state");
	assert_null(strstr(text, "(-)"));
	free(text);
	free(s);
}

TEST(a_state_that_was_not_counted_is_not_zero)
{
	struct snapshot *s = counted(10);
	char *text;

	s->has_census = false;
	text = draw("active-close", s);
	check_shape(text);
	check_has(text, " ESTABLISHED (-)");
	check_has(text, " LAST_ACK (-)");
	check_has(text, "(-): they could not be counted");
	assert_null(strstr(text, "(11)"));
	assert_null(strstr(text, "["));
	free(text);
	free(s);
}

TEST(large_numbers_leave_the_lines_in_their_columns)
{
	struct snapshot *small = counted(1), *large = counted(99999999);
	char *a = draw("time-wait", small), *b = draw("time-wait", large);
	const char *p = a, *q = b;

	check_shape(b);
	check_has(b, " ESTABLISHED (100000000)");
	check_has(b, "[TIME_WAIT (699999994)]");
	while (*p && *q) {
		size_t n = strcspn(p, "\n"), m = strcspn(q, "\n");

		/* a line without a state is the same in both */
		if (!memchr(p, '(', n) && (n != m || memcmp(p, q, n) != 0))
			fail_msg("'%.*s' is not '%.*s'", (int)m, q, (int)n, p);
		/* the state in the third column stands where it stood */
		if (n > 51 && p[50] == ' ' && p[51] >= 'A' && p[51] <= 'Z')
			assert_memory_equal(p + 50, q + 50, 6);
		p += n + 1;
		q += m + 1;
	}
	free(a);
	free(b);
	free(small);
	free(large);
}

TEST(every_state_on_the_way_has_it_and_no_other_topic)
{
	size_t n = 0;

	for (size_t i = 0; diagram_state(i); i++)
		assert_true(diagram_has(topic_find(census_state_name(diagram_state(i)))));
	assert_true(diagram_has(topic_find("active-close")));
	assert_true(diagram_has(topic_find("passive-close")));
	for (size_t i = 0; topic_at(i); i++)
		n += diagram_has(topic_at(i));
	assert_int_equal(n, 9);
}

TEST(each_state_is_marked_in_its_own_topic_only)
{
	struct snapshot *s = counted(10);

	for (size_t i = 0; diagram_state(i); i++) {
		const char *name = census_state_name(diagram_state(i));
		char *text = draw(name, s), mark[32];

		snprintf(mark, sizeof(mark), "[%s (", name);
		check_has(text, mark);
		assert_int_equal(count_of(text, '['), 2); /* and the legend's */
		free(text);
	}
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_its_sockets_of_both_families),
		cmocka_unit_test(a_state_that_was_not_counted_is_not_zero),
		cmocka_unit_test(large_numbers_leave_the_lines_in_their_columns),
		cmocka_unit_test(every_state_on_the_way_has_it_and_no_other_topic),
		cmocka_unit_test(each_state_is_marked_in_its_own_topic_only),
	};

	return cmocka_run_group_tests_name("diagram", tests, NULL, NULL);
}
