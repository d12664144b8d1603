/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <ctype.h>
#include <string.h>

#include "core/audit.h"
#include "core/catalogue.h"
#include "core/census.h"
#include "core/topic.h"

static void check_text(const struct topic *t, const char *field, const char *text,
		       bool is_required)
{
	if (!text) {
		if (is_required)
			fail_msg("%s has no %s", t->name, field);
		return;
	}
	if (text[0] == '\0' || text[0] == ' ' || text[strlen(text) - 1] == ' ')
		fail_msg("%s: its %s is empty or has a blank at an end", t->name, field);
	for (const char *p = text; *p; p++) {
		if (*p == '\n' && p[1] == '\n') {
			p++;
			continue;
		}
		if (*p < 0x20 || *p > 0x7e)
			fail_msg("%s: byte 0x%02x in its %s", t->name, (unsigned char)*p,
				 field);
		if (p[0] == ' ' && p[1] == ' ')
			fail_msg("%s: two blanks in its %s: '%.20s'", t->name, field, p);
	}
}

TEST(every_topic_says_all_there_is_to_say_in_plain_ascii)
{
	for (size_t i = 0; topic_at(i); i++) {
		const struct topic *t = topic_at(i);
		bool is_knob = t->kind == TOPIC_KNOB;

		check_text(t, "name", t->name, true);
		check_text(t, "title", t->title, true);
		check_text(t, "what", t->what, true);
		check_text(t, "does", t->does, true);
		check_text(t, "does_not", t->does_not, true);
		check_text(t, "raising", t->raising, is_knob);
		check_text(t, "lowering", t->lowering, is_knob);
		check_text(t, "rfc", t->rfc, true);
		check_text(t, "see_also", t->see_also, true);
		if (!is_knob && (t->raising || t->lowering))
			fail_msg("%s is no knob and cannot be raised", t->name);
		if (t->title[strlen(t->title) - 1] == '.' || strchr(t->title, '\n'))
			fail_msg("%s: its title is not one line without full stop",
				 t->name);
	}
}

TEST(every_see_also_names_another_topic)
{
	for (size_t i = 0; topic_at(i); i++) {
		const struct topic *t = topic_at(i);

		for (const char *at = t->see_also; *at;) {
			size_t n = strcspn(at, " ");
			char name[64] = "";
			const struct topic *other;

			assert_true(n > 0 && n < sizeof(name));
			memcpy(name, at, n);
			other = topic_find(name);
			if (!other || strcmp(other->name, name) != 0)
				fail_msg("%s: see also '%s', which is no topic", t->name,
					 name);
			if (other == t)
				fail_msg("%s: see also itself", t->name);
			at += n + (at[n] == ' ');
		}
	}
}

TEST(every_topic_is_found_by_its_name)
{
	for (size_t i = 0; topic_at(i); i++)
		if (topic_find(topic_at(i)->name) != topic_at(i))
			fail_msg("'%s' finds another topic", topic_at(i)->name);
}

TEST(every_state_has_a_topic)
{
	for (const int *state = census_order; *state; state++) {
		const struct topic *t = topic_find(census_state_name(*state));

		if (!t || t->kind != TOPIC_STATE)
			fail_msg("no topic '%s'", census_state_name(*state));
		assert_ptr_equal(topic_find(census_state_key(*state)), t);
	}
}

TEST(no_topic_takes_the_name_of_a_finding_of_the_rules)
{
	for (size_t i = 0; audit_rule_at(i); i++)
		if (topic_find(audit_rule_at(i)->id))
			fail_msg("'%s' is a topic and a rule", audit_rule_at(i)->id);
}

TEST(a_topic_is_found_however_it_is_spelled)
{
	static const struct {
		const char *word;
		const char *topic; /* NULL: none */
	} rows[] = {
		{ "TIME_WAIT", "time-wait" },
		{ "time-wait", "time-wait" },
		{ "timewait", "time-wait" },
		{ "FIN_WAIT_2", "fin-wait-2" },
		{ "fin_wait2", "fin-wait-2" },
		{ "net.ipv4.tcp_tw_reuse", "tcp_tw_reuse" },
		{ "tcp-tw-reuse", "tcp_tw_reuse" },
		{ "net.core.somaxconn", "somaxconn" },
		{ "2MSL", "2msl" },
		{ "fin-timeout-folk", "tcp_fin_timeout" },
		{ "port-range-narrow", "ip_local_port_range" },
		{ "no-such-topic", NULL },
		{ "tcp_fin", NULL },
		{ "tcp_fin_timeouts", NULL },
		{ "", NULL },
		{ "--", NULL },
		{ "net.ipv4.", NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct topic *t = topic_find(rows[i].word);

		if (!t != !rows[i].topic || (t && strcmp(t->name, rows[i].topic) != 0))
			fail_msg("'%s' finds '%s'", rows[i].word, t ? t->name : "(none)");
	}
}

TEST(every_kind_has_a_name)
{
	assert_string_equal(topic_kind_name(TOPIC_KNOB), "knob");
	assert_string_equal(topic_kind_name(TOPIC_STATE), "state");
	assert_string_equal(topic_kind_name(TOPIC_IDEA), "idea");
	assert_string_equal(topic_kind_name(TOPIC_FINDING), "finding");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_topic_says_all_there_is_to_say_in_plain_ascii),
		cmocka_unit_test(every_see_also_names_another_topic),
		cmocka_unit_test(every_topic_is_found_by_its_name),
		cmocka_unit_test(every_state_has_a_topic),
		cmocka_unit_test(no_topic_takes_the_name_of_a_finding_of_the_rules),
		cmocka_unit_test(a_topic_is_found_however_it_is_spelled),
		cmocka_unit_test(every_kind_has_a_name),
	};

	return cmocka_run_group_tests_name("topic", tests, NULL, NULL);
}
