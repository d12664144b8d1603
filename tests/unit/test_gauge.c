/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/gauge.h"
#include "core/topic.h"

static const struct gauge *find(const char *topic, const char *label)
{
	for (const struct gauge *g = gauges; g->topic; g++)
		if (strcmp(g->topic, topic) == 0 && strcmp(g->label, label) == 0)
			return g;
	fail_msg("%s shows no '%s'", topic, label);
	return NULL;
}

TEST(every_gauge_is_of_a_topic_that_is_no_knob)
{
	for (const struct gauge *g = gauges; g->topic; g++) {
		const struct topic *t = topic_find(g->topic);

		if (!t || strcmp(t->name, g->topic) != 0 || t->kind == TOPIC_KNOB)
			fail_msg("'%s' is no topic to show numbers of", g->topic);
		if (!g->label[0] || !g->note[0])
			fail_msg("%s has a number without label or note", g->topic);
		/* 2 + 23 + 2 + 12 + 2 columns stand before the note */
		if (strlen(g->label) > 23 || strlen(g->note) > 39)
			fail_msg("%s: '%s' is wider than 80 columns", g->topic, g->label);
	}
}

TEST(every_message_shows_its_limit_and_what_counts_towards_it)
{
	for (size_t i = 0; topic_at(i); i++) {
		const struct gauge *g = gauges;

		if (topic_at(i)->kind != TOPIC_MESSAGE)
			continue;
		while (g->topic && (strcmp(g->topic, topic_at(i)->name) != 0 ||
				    g->source != GAUGE_KNOB))
			g++;
		if (!g->topic)
			fail_msg("%s does not show its limit", topic_at(i)->name);
		for (g = gauges; g->topic; g++)
			if (strcmp(g->topic, topic_at(i)->name) == 0 &&
			    g->source != GAUGE_KNOB)
				break;
		if (!g->topic)
			fail_msg("%s does not show its use", topic_at(i)->name);
	}
}

TEST(a_vector_is_shown_by_its_numbers_and_only_a_vector)
{
	for (const struct gauge *g = gauges; g->topic; g++) {
		bool is_vector =
			g->source == GAUGE_KNOB && catalogue[g->id].shape == KNOB_VECTOR;

		if (is_vector != (g->field >= 1 && g->field <= KNOB_FIELDS))
			fail_msg("%s: which number of '%s'?", g->topic, g->label);
	}
}

TEST(numbers_are_read_from_where_they_stand)
{
	char mem[] = "287898 383867 575796", orphans[] = "131072", reserved[] = "";
	struct snapshot s = { 0 };
	char value[64];
	static const struct {
		const char *topic, *label, *value, *place;
	} rows[] = {
		{ "too-many-orphaned-sockets", "orphans", "4", "/proc/net/sockstat" },
		{ "too-many-orphaned-sockets", "tcp_max_orphans", "131072",
		  "net.ipv4.tcp_max_orphans" },
		{ "too-many-orphaned-sockets", "TCPAbortOnMemory", "7",
		  "/proc/net/netstat" },
		{ "consider-tuning-tcp-mem", "mem", "35", "/proc/net/sockstat" },
		{ "consider-tuning-tcp-mem", "tcp_mem, 2nd", "383867",
		  "net.ipv4.tcp_mem" },
		{ "consider-tuning-tcp-mem", "tcp_mem, 3rd", "575796",
		  "net.ipv4.tcp_mem" },
		{ "time-wait-bucket-table-overflow", "tw", "12", "/proc/net/sockstat" },
		{ "nf-conntrack-table-full", "nf_conntrack_count", "9",
		  "net.netfilter.nf_conntrack_count" },
		{ "neighbor-table-overflow", "entries", "2", "/proc/net/stat/arp_cache" },
		{ "emfile", "open files", "597", "/proc/sys/fs/file-nr" },
		{ "port-exhaustion", "ip_local_reserved_ports", "",
		  "net.ipv4.ip_local_reserved_ports" },
	};

	s.sockstat.orphan = (struct tally){ 4, true };
	s.sockstat.mem = (struct tally){ 35, true };
	s.sockstat.tw = (struct tally){ 12, true };
	s.usage.tracked = (struct tally){ 9, true };
	s.usage.neighbours = (struct tally){ 2, true };
	s.usage.files = (struct tally){ 597, true };
	s.counters.at[COUNTER_ABORT_ON_MEMORY] = (struct tally){ 7, true };
	s.knobs[KNOB_MAX_ORPHANS].value = orphans;
	s.knobs[KNOB_TCP_MEM].value = mem;
	s.knobs[KNOB_RESERVED_PORTS].value = reserved;
	for (size_t i = 0; i < N(rows); i++) {
		const struct gauge *g = find(rows[i].topic, rows[i].label);

		assert_true(gauge_read(g, &s, value, sizeof(value)));
		assert_string_equal(value, rows[i].value);
		assert_string_equal(gauge_place(g), rows[i].place);
	}
}

TEST(a_number_that_was_not_read_is_not_zero)
{
	struct snapshot s = { 0 };
	char value[64];

	for (const struct gauge *g = gauges; g->topic; g++)
		assert_false(gauge_read(g, &s, value, sizeof(value)));
}

TEST(a_vector_of_fewer_numbers_has_no_third)
{
	char mem[] = "1 2";
	struct snapshot s = { 0 };
	char value[64] = "?";

	s.knobs[KNOB_TCP_MEM].value = mem;
	assert_false(gauge_read(find("consider-tuning-tcp-mem", "tcp_mem, 3rd"), &s,
				value, sizeof(value)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_gauge_is_of_a_topic_that_is_no_knob),
		cmocka_unit_test(
			every_message_shows_its_limit_and_what_counts_towards_it),
		cmocka_unit_test(a_vector_is_shown_by_its_numbers_and_only_a_vector),
		cmocka_unit_test(numbers_are_read_from_where_they_stand),
		cmocka_unit_test(a_number_that_was_not_read_is_not_zero),
		cmocka_unit_test(a_vector_of_fewer_numbers_has_no_third),
	};

	return cmocka_run_group_tests_name("gauge", tests, NULL, NULL);
}
