/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <ctype.h>
#include <stdio.h>
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
		bool is_knob = t->kind == TOPIC_KNOB, is_idea = t->kind == TOPIC_IDEA;
		bool is_message = t->kind == TOPIC_MESSAGE;

		check_text(t, "name", t->name, true);
		check_text(t, "title", t->title, true);
		check_text(t, "what", t->what, true);
		check_text(t, "does", t->does, !is_idea);
		check_text(t, "does_not", t->does_not, !is_idea);
		check_text(t, "remedy", t->remedy, is_message);
		check_text(t, "raising", t->raising, is_knob);
		check_text(t, "lowering", t->lowering, is_knob);
		check_text(t, "rfc", t->rfc, true);
		check_text(t, "see_also", t->see_also, true);
		if (!is_knob && (t->raising || t->lowering))
			fail_msg("%s is no knob and cannot be raised", t->name);
		if (t->remedy && !is_message && !is_idea)
			fail_msg("%s is no trouble to be helped", t->name);
		if (is_message && !t->phrases)
			fail_msg("%s cannot be found by a line of the log", t->name);
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

TEST(every_see_also_of_a_finding_names_a_topic)
{
	for (size_t i = 0; audit_rule_at(i); i++) {
		char names[128];
		char *rest = names, *name;

		assert_non_null(audit_rule_at(i)->see_also);
		snprintf(names, sizeof(names), "%s", audit_rule_at(i)->see_also);
		while ((name = strsep(&rest, " ")))
			if (!topic_find(name) ||
			    strcmp(topic_find(name)->name, name) != 0)
				fail_msg("%s: see also '%s', which is no topic",
					 audit_rule_at(i)->id, name);
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
		{ "tcp_tw_reuse", "tcp_tw_reuse" },
		{ "TCP TW REUSE", "tcp_tw_reuse" },
		{ "tw-reuse", "tw-reuse" },
		{ "tw_reuse", "tw-reuse" },
		{ "time wait", "time-wait" },
		{ "EADDRNOTAVAIL", "eaddrnotavail" },
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

/* Lines of a log or a terminal, as they are copied. */
static const struct {
	const char *line;
	const char *topic; /* NULL: none */
} lines[] = {
	{ "too many orphaned sockets", "too-many-orphaned-sockets" },
	{ "[  911.213456] TCP: too many orphaned sockets", "too-many-orphaned-sockets" },
	{ "kern  :info  : [Mon Nov 23 00:05:31 2026] TCP: out of memory -- consider "
	  "tuning tcp_mem",
	  "consider-tuning-tcp-mem" },
	{ "Nov 23 00:05:31 web1 kernel: request_sock_TCP: Possible SYN flooding on "
	  "port 80. Sending cookies.  Check SNMP counters.",
	  "possible-syn-flooding" },
	{ "request_sock_TCP: Possible SYN flooding on port [::]:8080. Dropping "
	  "request.",
	  "possible-syn-flooding" },
	{ "POSSIBLE  SYN-FLOODING", "possible-syn-flooding" },
	{ "TCP: time wait bucket table overflow (CT0)",
	  "time-wait-bucket-table-overflow" },
	{ "nf_conntrack: nf_conntrack: table full, dropping packet",
	  "nf-conntrack-table-full" },
	{ "ip_conntrack: table full, dropping packet.", "nf-conntrack-table-full" },
	{ "neighbour: arp_cache: neighbor table overflow!", "neighbor-table-overflow" },
	{ "neighbour: ndisc_cache: neighbor table overflow!", "neighbor-table-overflow" },
	{ "Neighbour table overflow.", "neighbor-table-overflow" },
	{ "VFS: file-max limit 2466170 reached", "file-max-limit-reached" },
	{ "accept: Too many open files", "emfile" },
	{ "accept: Too many open files in system", "file-max-limit-reached" },
	{ "accept() failed (24: EMFILE)", "emfile" },
	{ "open: ENFILE", "file-max-limit-reached" },
	{ "connect: Cannot assign requested address", "eaddrnotavail" },
	{ "dial tcp 10.0.0.1:80: connect: cannot assign requested address",
	  "eaddrnotavail" },
	{ "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
	  "eaddrnotavail" },
	{ "too many orphaned", "too-many-orphaned-sockets" },
	{ "SYN flooding", "possible-syn-flooding" },
	{ "table", NULL },
	{ "too many", NULL },
	{ "sockets orphaned many too", NULL },
	{ "TCP: request_sock_TCP: Dropping request.", NULL },
	{ "tcp_fin_timeout", NULL },
	{ "", NULL },
	{ " -- ", NULL },
};

TEST(a_line_is_found_by_its_phrase_whatever_stands_around_it)
{
	for (size_t i = 0; i < N(lines); i++) {
		const struct topic *t = topic_find_line(lines[i].line);

		if (!t != !lines[i].topic || (t && strcmp(t->name, lines[i].topic) != 0))
			fail_msg("'%s' finds '%s'", lines[i].line,
				 t ? t->name : "(none)");
	}
}

TEST(every_phrase_finds_its_own_topic)
{
	for (size_t i = 0; topic_at(i); i++) {
		const char *const *phrase = topic_at(i)->phrases;

		for (; phrase && *phrase; phrase++)
			if (topic_find_line(*phrase) != topic_at(i))
				fail_msg("'%s' of %s finds another topic", *phrase,
					 topic_at(i)->name);
	}
}

static bool says(const struct topic *t, const char *phrase)
{
	const char *const texts[] = { t->title,	 t->what,    t->does,	  t->does_not,
				      t->remedy, t->raising, t->lowering, t->rfc };

	for (size_t i = 0; i < N(texts); i++)
		if (texts[i] && strstr(texts[i], phrase))
			return true;
	return false;
}

/* What a widely copied article says, right or wrong, and the topic that answers it. */
static const struct {
	const char *claim, *topic, *phrase;
} claims[] = {
	{ "active close: FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT, closed", "active-close",
	  "FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT, closed" },
	{ "passive close: CLOSE_WAIT, then LAST_ACK after close()", "passive-close",
	  "CLOSE_WAIT, LAST_ACK, closed" },
	{ "without close() it stays in CLOSE_WAIT for ever", "passive-close",
	  "stays in CLOSE_WAIT for ever" },
	{ "close() ends both directions, shutdown() may end one", "close-vs-shutdown",
	  "SHUT_WR ends the stream we send, SHUT_RD the one we read" },
	{ "SHUT_RD", "close-vs-shutdown", "SHUT_RD sends nothing on Linux" },
	{ "close() only drops a reference; after fork() it sends no FIN",
	  "close-vs-shutdown",
	  "both hold the connected socket, so the parent's close() sends no FIN" },
	{ "shutdown() acts at once whatever the count", "close-vs-shutdown",
	  "at once and for every holder" },
	{ "the ACK of a FIN comes from the peer's TCP, not its program", "passive-close",
	  "The ACK of the peer's FIN says nothing about our program" },
	{ "TIME_WAIT is with whoever closes first", "active-close",
	  "The first to close gets the TIME_WAIT" },
	{ "a server should let the client close", "active-close",
	  "let the client of a server close first" },
	{ "TIME_WAIT guards against the loss of the last ACK", "time-wait",
	  "our last ACK may be lost" },
	{ "and against old segments", "time-wait",
	  "old segments still in the network must not reach a new connection" },
	{ "one MSL for our ACK, one for the peer's repeated FIN", "2msl",
	  "one for its last ACK to arrive or die, one for the FIN" },
	{ "MSL is 2 minutes, so TIME_WAIT is 4", "2msl", "that makes 4 minutes" },
	{ "on Linux, too", "2msl", "Linux waits 60 s" },
	{ "many CLOSE_WAIT: the program is busy or forgot to close", "close-wait",
	  "Three kinds can be told apart" },
	{ "recv() has returned 0", "close-wait", "recv() returns 0" },
	{ "many TIME_WAIT: the kernel's hash chains get longer", "time-wait",
	  "lengthen the kernel's hash chains is true and small" },
	{ "tcp_fin_timeout = 2MSL", "2msl", "'tcp_fin_timeout = 2MSL' is wrong" },
	{ "tcp_fin_timeout = 2MSL", "myths",
	  "'tcp_fin_timeout = 2MSL.' Linux has no setting for either" },
	{ "tcp_fin_timeout sets TIME_WAIT", "myths",
	  "TIME_WAIT lasts 60 s whatever its value" },
	{ "sysctl -w shows and sets it", "myths",
	  "is not checked, is gone after a reboot" },
	{ "the passive side needs no wait", "passive-close",
	  "The passive side keeps no TIME_WAIT" },
};

TEST(every_claim_of_the_article_is_answered)
{
	for (size_t i = 0; i < N(claims); i++) {
		const struct topic *t = topic_find(claims[i].topic);

		if (!t || !says(t, claims[i].phrase))
			fail_msg("'%s': %s does not say '%s'", claims[i].claim,
				 claims[i].topic, claims[i].phrase);
	}
}

TEST(every_topic_has_a_group_and_a_knob_has_its_own)
{
	for (size_t i = 0; topic_at(i); i++) {
		const struct topic *t = topic_at(i);

		if (!topic_group_name(t) || !topic_group_name(t)[0])
			fail_msg("%s is in no group", t->name);
	}
	assert_string_equal(topic_group_name(topic_find("tcp_fin_timeout")), "closing");
	assert_string_equal(topic_group_name(topic_find("somaxconn")), "listening");
	assert_string_equal(topic_group_name(topic_find("time-wait")), "states");
	assert_string_equal(topic_group_name(topic_find("2msl")), "ideas");
	assert_string_equal(topic_group_name(topic_find("emfile")), "ideas");
	assert_string_equal(topic_group_name(topic_find("possible-syn-flooding")),
			    "messages");
}

TEST(every_kind_has_a_name)
{
	assert_string_equal(topic_kind_name(TOPIC_KNOB), "knob");
	assert_string_equal(topic_kind_name(TOPIC_STATE), "state");
	assert_string_equal(topic_kind_name(TOPIC_IDEA), "idea");
	assert_string_equal(topic_kind_name(TOPIC_MESSAGE), "message");
	assert_string_equal(topic_kind_name(TOPIC_FINDING), "finding");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_topic_says_all_there_is_to_say_in_plain_ascii),
		cmocka_unit_test(every_see_also_names_another_topic),
		cmocka_unit_test(every_see_also_of_a_finding_names_a_topic),
		cmocka_unit_test(every_topic_is_found_by_its_name),
		cmocka_unit_test(every_state_has_a_topic),
		cmocka_unit_test(no_topic_takes_the_name_of_a_finding_of_the_rules),
		cmocka_unit_test(a_topic_is_found_however_it_is_spelled),
		cmocka_unit_test(a_line_is_found_by_its_phrase_whatever_stands_around_it),
		cmocka_unit_test(every_phrase_finds_its_own_topic),
		cmocka_unit_test(every_claim_of_the_article_is_answered),
		cmocka_unit_test(every_topic_has_a_group_and_a_knob_has_its_own),
		cmocka_unit_test(every_kind_has_a_name),
	};

	return cmocka_run_group_tests_name("topic", tests, NULL, NULL);
}
