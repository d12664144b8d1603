/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/audit.h"
#include "core/band.h"
#include "unit/defaults.h"

enum { LIMIT = 131072 }; /* tcp_max_tw_buckets and tcp_max_orphans below */

static struct snapshot host;
static struct audit audit;

static void set_knob(enum knob_id id, const char *value)
{
	free(host.knobs[id].value);
	host.knobs[id].value = value ? strdup(value) : NULL;
}

/* A host as it comes: every fact known, every number zero. */
static int default_host(void **state)
{
	(void)state;
	host = (struct snapshot){ .has_census = true };
	for (size_t i = 0; i < KNOB_N; i++)
		set_knob((enum knob_id)i, kernel_defaults[i]);
	set_knob(KNOB_EHASH_ENTRIES, "262144");
	for (size_t i = 0; i < COUNTER_N; i++)
		host.counters.at[i].known = true;
	host.counters.at[COUNTER_PASSIVE_OPENS].n = 1000000;
	host.sockstat =
		(struct sockstat){ .tw = { .known = true }, .orphan = { .known = true } };
	return 0;
}

static int no_host(void **state)
{
	(void)state;
	snapshot_done(&host);
	return 0;
}

static const struct finding *find(const char *id)
{
	audit_make(&audit, &host);
	for (size_t i = 0; i < audit.n; i++)
		if (strcmp(audit.at[i].id, id) == 0)
			return &audit.at[i];
	return NULL;
}

static enum severity severity_of(const char *id)
{
	const struct finding *f = find(id);

	return f ? f->severity : SEVERITY_OK;
}

TEST(a_host_as_it_comes_has_no_findings)
{
	audit_make(&audit, &host);
	if (audit.n)
		fail_msg("%s: %s", audit.at[0].id, audit.at[0].title);
	assert_int_equal(audit_verdict(&audit), SEVERITY_OK);
}

TEST(a_host_of_which_nothing_is_known_has_no_findings)
{
	static const struct snapshot unknown;

	audit_make(&audit, &unknown);
	assert_int_equal(audit.n, 0);
}

static void close_wait(uint64_t n)
{
	host.census.at[TCP_CLOSE_WAIT][CENSUS_IPV4] = n / 2;
	host.census.at[TCP_CLOSE_WAIT][CENSUS_IPV6] = n - n / 2;
	host.census.close_wait_read = n;
}

/* Connections on the first n ports of the range. */
static void ports_held(uint64_t n)
{
	host.census.local = (struct port_set){ 0 };
	for (uint64_t i = 0; i < n; i++)
		ports_add(&host.census.local, (uint16_t)(32768 + i));
}

static void buckets(uint64_t n)
{
	host.sockstat.tw.n = n;
}

static void orphans(uint64_t n)
{
	host.sockstat.orphan.n = n;
}

static void full_listeners(uint64_t n)
{
	host.census.listeners_full = n;
}

static void listen_overflows(uint64_t n)
{
	host.counters.at[COUNTER_LISTEN_OVERFLOWS].n = n;
}

static void tw_overflows(uint64_t n)
{
	host.counters.at[COUNTER_TW_OVERFLOW].n = n;
}

static void memory_aborts(uint64_t n)
{
	host.counters.at[COUNTER_ABORT_ON_MEMORY].n = n;
}

static void syn_drops(uint64_t n)
{
	host.counters.at[COUNTER_REQ_Q_FULL_DROP].n = n;
}

static void syn_cookies(uint64_t n)
{
	host.counters.at[COUNTER_REQ_Q_FULL_COOKIES].n = n;
}

static void fin_wait2_held(uint64_t n)
{
	host.census.fin_wait2_held = n;
}

static void fin_wait2_orphans(uint64_t n)
{
	host.census.fin_wait2_mini = n / 2;
	host.census.fin_wait2_orphan = n - n / 2;
}

static void time_wait_served(uint64_t n)
{
	host.census.time_wait_served = n;
}

static void time_wait(uint64_t n)
{
	host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = n - n / 2;
	host.census.at[TCP_TIME_WAIT][CENSUS_IPV6] = n / 2;
}

enum fact { CENSUS, SOCKSTAT, COUNTERS };

static void forget(enum fact fact)
{
	if (fact == CENSUS)
		host.has_census = false;
	for (size_t i = 0; fact == COUNTERS && i < COUNTER_N; i++)
		host.counters.at[i].known = false;
	if (fact == SOCKSTAT)
		host.sockstat.tw.known = host.sockstat.orphan.known = false;
}

/* From `n` on a rule says `severity`, and one below it `below`. */
static const struct {
	const char *id;
	void (*set)(uint64_t n);
	uint64_t n;
	enum severity severity, below;
	enum fact fact;
} rule_rows[] = {
	{ "close-wait-held", close_wait, 1, SEVERITY_INFO, SEVERITY_OK, CENSUS },
	{ "close-wait-held", close_wait, 10, SEVERITY_NOTICE, SEVERITY_INFO, CENSUS },
	{ "close-wait-held", close_wait, 100, SEVERITY_WARNING, SEVERITY_NOTICE, CENSUS },
	{ "close-wait-held", close_wait, 5000, SEVERITY_CRITICAL, SEVERITY_WARNING,
	  CENSUS },
	/* 80 per cent of 131072 are 104857.6 */
	{ "tw-buckets-near", buckets, 104858, SEVERITY_WARNING, SEVERITY_OK, SOCKSTAT },
	{ "tw-buckets-near", buckets, LIMIT, SEVERITY_CRITICAL, SEVERITY_WARNING,
	  SOCKSTAT },
	{ "tw-buckets-overflow", tw_overflows, 1, SEVERITY_WARNING, SEVERITY_OK,
	  COUNTERS },
	{ "orphans-near-limit", orphans, LIMIT / 4, SEVERITY_WARNING, SEVERITY_OK,
	  SOCKSTAT },
	{ "orphans-near-limit", orphans, LIMIT / 2, SEVERITY_CRITICAL, SEVERITY_WARNING,
	  SOCKSTAT },
	{ "orphans-aborted", memory_aborts, 1, SEVERITY_WARNING, SEVERITY_OK, COUNTERS },
	{ "listen-queue-full", full_listeners, 1, SEVERITY_WARNING, SEVERITY_OK, CENSUS },
	{ "listen-overflow", listen_overflows, 1, SEVERITY_NOTICE, SEVERITY_OK,
	  COUNTERS },
	/* more than one in a thousand of a million accepted */
	{ "listen-overflow", listen_overflows, 1001, SEVERITY_WARNING, SEVERITY_NOTICE,
	  COUNTERS },
	{ "syn-queue-full", syn_cookies, 1, SEVERITY_NOTICE, SEVERITY_OK, COUNTERS },
	{ "syn-queue-full", syn_drops, 1, SEVERITY_WARNING, SEVERITY_OK, COUNTERS },
	{ "fin-wait2-held", fin_wait2_held, 20, SEVERITY_NOTICE, SEVERITY_OK, CENSUS },
	{ "fin-wait2-orphans", fin_wait2_orphans, 1000, SEVERITY_NOTICE, SEVERITY_OK,
	  CENSUS },
	{ "time-wait-many", time_wait, 5000, SEVERITY_INFO, SEVERITY_OK, CENSUS },
	{ "server-closes-first", time_wait_served, 1000, SEVERITY_INFO, SEVERITY_OK,
	  CENSUS },
	/* 70 and 90 per cent of 28232 ports, rounded up */
	{ "port-range-crowded", ports_held, 19763, SEVERITY_NOTICE, SEVERITY_OK, CENSUS },
	{ "port-range-crowded", ports_held, 25409, SEVERITY_WARNING, SEVERITY_NOTICE,
	  CENSUS },
};

TEST(each_rule_speaks_at_its_limit_and_not_below)
{
	for (size_t i = 0; i < N(rule_rows); i++) {
		rule_rows[i].set(rule_rows[i].n - 1);
		if (severity_of(rule_rows[i].id) != rule_rows[i].below)
			fail_msg("%s with %lu: %s", rule_rows[i].id,
				 (unsigned long)rule_rows[i].n - 1,
				 severity_name(severity_of(rule_rows[i].id)));
		rule_rows[i].set(rule_rows[i].n);
		if (severity_of(rule_rows[i].id) != rule_rows[i].severity)
			fail_msg("%s with %lu: %s", rule_rows[i].id,
				 (unsigned long)rule_rows[i].n,
				 severity_name(severity_of(rule_rows[i].id)));
		rule_rows[i].set(0);
	}
}

TEST(each_rule_is_silent_when_its_facts_are_unknown)
{
	for (size_t i = 0; i < N(rule_rows); i++) {
		rule_rows[i].set(rule_rows[i].n);
		forget(rule_rows[i].fact);
		if (find(rule_rows[i].id))
			fail_msg("%s speaks", rule_rows[i].id);
		no_host(NULL);
		default_host(NULL);
	}
}

TEST(each_rule_is_tried_here)
{
	for (size_t i = 0; audit_rule_at(i); i++) {
		bool is_tried = false;

		for (size_t k = 0; k < N(rule_rows); k++)
			is_tried |= strcmp(rule_rows[k].id, audit_rule_at(i)->id) == 0;
		if (!is_tried)
			fail_msg("%s has no row in this test", audit_rule_at(i)->id);
	}
}

TEST(a_share_of_an_unknown_limit_is_no_share)
{
	buckets(LIMIT);
	orphans(LIMIT);
	set_knob(KNOB_MAX_TW_BUCKETS, NULL);
	set_knob(KNOB_MAX_ORPHANS, NULL);
	audit_make(&audit, &host);
	assert_int_equal(audit.n, 0);
}

TEST(overflows_are_a_notice_where_nobody_knows_how_many_were_accepted)
{
	listen_overflows(1001);
	host.counters.at[COUNTER_PASSIVE_OPENS].known = false;
	assert_int_equal(severity_of("listen-overflow"), SEVERITY_NOTICE);
}

TEST(each_finding_rests_on_a_number)
{
	for (size_t i = 0; i < N(rule_rows); i++) {
		const struct finding *f;

		rule_rows[i].set(rule_rows[i].n);
		f = find(rule_rows[i].id);
		assert_non_null(f);
		if (f->n_evidence == 0 || f->n_evidence > EVIDENCE_MAX)
			fail_msg("%s: %zu numbers", f->id, f->n_evidence);
		for (size_t k = 0; k < f->n_evidence; k++) {
			assert_non_null(f->evidence[k].name);
			assert_int_not_equal(f->evidence[k].value[0], '\0');
			assert_int_not_equal(f->evidence[k].text[0], '\0');
		}
		rule_rows[i].set(0);
	}
}

TEST(the_parts_of_close_wait_are_evidence_only_where_there_are_some)
{
	const struct finding *f;

	close_wait(3);
	host.census.close_wait_read = 1;
	host.census.close_wait_unread = 1;
	host.census.close_wait_unaccepted = 1;
	f = find("close-wait-held");
	assert_non_null(f);
	assert_int_equal(f->n_evidence, 4);
	host.census.close_wait_unread = 0;
	f = find("close-wait-held");
	assert_int_equal(f->n_evidence, 3);
}

TEST(a_risk_is_a_notice_and_a_refused_value_a_warning)
{
	static const struct {
		enum knob_id knob;
		const char *value;
		const char *id;
		enum severity severity;
	} rows[] = {
		{ KNOB_FIN_TIMEOUT, "10", "fin-timeout-folk", SEVERITY_NOTICE },
		{ KNOB_FIN_TIMEOUT, "1", "fin-timeout-folk", SEVERITY_WARNING },
		{ KNOB_FIN_TIMEOUT, "90", "fin-timeout-folk", SEVERITY_WARNING },
		{ KNOB_FIN_TIMEOUT, "121", "fin-timeout-long", SEVERITY_WARNING },
		{ KNOB_TIMESTAMPS, "0", "timestamps-off", SEVERITY_WARNING },
		{ KNOB_MAX_TW_BUCKETS, "5000", "tw-buckets-small", SEVERITY_WARNING },
		{ KNOB_MAX_TW_BUCKETS, "-1", "tw-buckets-unlimited", SEVERITY_WARNING },
		{ KNOB_MAX_ORPHANS, "1000", "max-orphans-small", SEVERITY_WARNING },
		{ KNOB_SYNCOOKIES, "0", "syncookies-off", SEVERITY_WARNING },
		{ KNOB_ORPHAN_RETRIES, "1", "orphan-retries-short", SEVERITY_WARNING },
		{ KNOB_ABORT_ON_OVERFLOW, "1", "abort-on-overflow", SEVERITY_NOTICE },
		{ KNOB_SOMAXCONN, "128", "somaxconn-small", SEVERITY_NOTICE },
		{ KNOB_PORT_RANGE, "40000 41000", "port-range-narrow", SEVERITY_WARNING },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct finding *f;

		set_knob(rows[i].knob, rows[i].value);
		f = find(rows[i].id);
		if (!f || f->severity != rows[i].severity)
			fail_msg("%s=%s: %s", catalogue[rows[i].knob].name, rows[i].value,
				 f ? severity_name(f->severity) : "nothing found");
		assert_int_equal(audit.n, 1);
		assert_string_equal(f->evidence[0].value, rows[i].value);
		assert_non_null(strstr(f->title, rows[i].value));
		set_knob(rows[i].knob, NULL);
		audit_make(&audit, &host);
		assert_int_equal(audit.n, 0);
		set_knob(rows[i].knob, kernel_defaults[rows[i].knob]);
	}
}

TEST(a_fin_timeout_above_60_is_shown_with_what_it_means)
{
	const struct finding *f;

	set_knob(KNOB_FIN_TIMEOUT, "90");
	f = find("fin-timeout-folk");
	assert_non_null(f);
	assert_int_equal(f->n_evidence, 2);
	assert_string_equal(f->evidence[1].name, "fin_wait2_seconds");
	assert_string_equal(f->evidence[1].value, "60");
	set_knob(KNOB_FIN_TIMEOUT, "10");
	f = find("fin-timeout-folk");
	assert_int_equal(f->n_evidence, 1);
}

TEST(listeners_inside_the_range_are_a_notice_with_the_command_that_reserves_them)
{
	const struct finding *f;

	set_knob(KNOB_RESERVED_PORTS, "9000");
	ports_add(&host.census.listening, 40000);
	ports_add(&host.census.listening, 443);
	f = find("port-range-covers-listeners");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_NOTICE);
	assert_non_null(
		strstr(f->command, "net.ipv4.ip_local_reserved_ports=9000,40000"));

	set_knob(KNOB_RESERVED_PORTS, "9000,40000");
	assert_null(find("port-range-covers-listeners"));
	set_knob(KNOB_RESERVED_PORTS, "9000");
	forget(CENSUS);
	assert_null(find("port-range-covers-listeners"));
}

TEST(a_narrow_range_is_one_finding_of_what_makes_it_narrow)
{
	const struct finding *f;

	set_knob(KNOB_RESERVED_PORTS, "32768-60000");
	f = find("reserved-ports-many");
	assert_non_null(f);
	assert_int_equal(audit.n, 1);
	assert_int_equal(f->severity, SEVERITY_WARNING);
	assert_string_equal(f->title, "ip_local_reserved_ports leaves 999 ports to "
				      "outgoing connections");
	assert_string_equal(f->evidence[0].value, "999");
	set_knob(KNOB_RESERVED_PORTS, "32768-50000");
	assert_int_equal(severity_of("reserved-ports-many"), SEVERITY_NOTICE);
	assert_int_equal(audit.n, 1);
	set_knob(KNOB_RESERVED_PORTS, "40000");
	set_knob(KNOB_PORT_RANGE, "40000 41000");
	assert_non_null(find("port-range-narrow"));
	assert_int_equal(audit.n, 1);
}

TEST(a_limit_derived_from_memory_goes_back_to_what_the_kernel_derives)
{
	const struct finding *f;

	set_knob(KNOB_MAX_TW_BUCKETS, "5000");
	f = find("tw-buckets-small");
	assert_non_null(f);
	assert_non_null(strstr(f->command, "net.ipv4.tcp_max_tw_buckets=131072"));
	free(host.knobs[KNOB_EHASH_ENTRIES].value);
	host.knobs[KNOB_EHASH_ENTRIES].value = NULL;
	assert_null(find("tw-buckets-small"));
}

TEST(every_command_that_is_suggested_sets_a_safe_value)
{
	for (size_t id = 0; id < KNOB_N; id++) {
		const struct knob *k = &catalogue[id];
		const char *command;

		for (int64_t n = -1; n < 200; n++) {
			char value[32];
			size_t length = strlen(k->name);

			if (k->shape != KNOB_NUMBER)
				break;
			snprintf(value, sizeof(value), "%d", (int)n);
			set_knob((enum knob_id)id, value);
			audit_make(&audit, &host);
			if (audit.n == 0)
				continue;
			command = strstr(audit.at[0].command, k->name);
			if (!command)
				fail_msg("%s=%s: the command is '%s'", k->name, value,
					 audit.at[0].command);
			set_knob((enum knob_id)id, command + length + 1);
			audit_make(&audit, &host);
			if (audit.n)
				fail_msg("%s=%s leads to %s", k->name, value,
					 audit.at[0].title);
		}
		set_knob((enum knob_id)id, kernel_defaults[id]);
	}
}

TEST(the_worst_comes_first)
{
	time_wait(6000);
	close_wait(5000);
	set_knob(KNOB_FIN_TIMEOUT, "1");
	set_knob(KNOB_ABORT_ON_OVERFLOW, "1");
	audit_make(&audit, &host);
	assert_int_equal(audit.n, 4);
	assert_string_equal(audit.at[0].id, "close-wait-held");
	assert_string_equal(audit.at[1].id, "fin-timeout-folk");
	assert_string_equal(audit.at[2].id, "abort-on-overflow");
	assert_string_equal(audit.at[3].id, "time-wait-many");
	assert_int_equal(audit_verdict(&audit), SEVERITY_CRITICAL);
}

TEST(everything_wrong_at_once_still_fits)
{
	for (size_t i = 0; i < N(rule_rows); i++)
		rule_rows[i].set(rule_rows[i].n);
	for (size_t i = 0; i < KNOB_N; i++)
		if (catalogue[i].shape == KNOB_NUMBER)
			set_knob((enum knob_id)i, "250");
	set_knob(KNOB_PORT_RANGE, "1 100");
	audit_make(&audit, &host);
	assert_true(audit.n > 20 && audit.n < FINDINGS_MAX);
	for (size_t i = 1; i < audit.n; i++)
		assert_true(audit.at[i - 1].severity >= audit.at[i].severity);
}

TEST(the_summary_counts_what_was_looked_at)
{
	char summary[256];

	audit_make(&audit, &host);
	audit_summary(&audit, &host, summary, sizeof(summary));
	assert_string_equal(summary,
			    "nothing to worry about: 20 knobs read, 0 sockets counted");

	close_wait(17);
	set_knob(KNOB_TW_REUSE_DELAY, NULL);
	audit_make(&audit, &host);
	audit_summary(&audit, &host, summary, sizeof(summary));
	assert_string_equal(summary, "17 sockets in CLOSE_WAIT "
				     "(19 knobs read, 17 sockets counted)");

	set_knob(KNOB_ABORT_ON_OVERFLOW, "1");
	audit_make(&audit, &host);
	audit_summary(&audit, &host, summary, sizeof(summary));
	assert_non_null(strstr(summary, ", and 1 more"));

	forget(CENSUS);
	audit_make(&audit, &host);
	audit_summary(&audit, &host, summary, sizeof(summary));
	assert_non_null(strstr(summary, "sockets not counted"));
}

TEST(every_rule_is_found_by_its_id_and_says_what_to_do)
{
	size_t n = 0;

	for (; audit_rule_at(n); n++) {
		const struct rule *rule = audit_rule_at(n);

		assert_ptr_equal(audit_rule(rule->id), rule);
		assert_null(band_finding_knob(rule->id));
		assert_int_equal(
			strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-"),
			strlen(rule->id));
		assert_non_null(rule->title);
		assert_non_null(rule->why);
		assert_non_null(rule->remedy);
		for (const char *p = rule->why; *p; p++)
			assert_in_range((unsigned char)*p, 0x20, 0x7e);
		/* no text is cut on its way into a finding */
		assert_true(strlen(rule->title) < sizeof(audit.at[0].title));
		assert_true(strlen(rule->why) < sizeof(audit.at[0].why));
		assert_true(strlen(rule->remedy) < sizeof(audit.at[0].remedy));
	}
	assert_true(n > 0);
	assert_null(audit_rule("no-such-rule"));
	assert_null(audit_rule(""));
}

TEST(severities_are_spelled_as_the_contract_says)
{
	static const char *const names[] = { "ok", "info", "notice", "warning",
					     "critical" };
	enum severity severity = SEVERITY_OK;

	for (size_t i = 0; i < N(names); i++) {
		assert_string_equal(severity_name((enum severity)i), names[i]);
		assert_int_equal(severity_parse(names[i], &severity), 0);
		assert_int_equal(severity, i);
	}
	assert_int_equal(severity_parse("Warning", &severity), -EINVAL);
	assert_int_equal(severity_parse("", &severity), -EINVAL);
	assert_int_equal(severity, SEVERITY_CRITICAL);
}

#define AUDIT_TEST(f) cmocka_unit_test_setup_teardown(f, default_host, no_host)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUDIT_TEST(a_host_as_it_comes_has_no_findings),
		AUDIT_TEST(a_host_of_which_nothing_is_known_has_no_findings),
		AUDIT_TEST(each_rule_speaks_at_its_limit_and_not_below),
		AUDIT_TEST(each_rule_is_silent_when_its_facts_are_unknown),
		AUDIT_TEST(each_rule_is_tried_here),
		AUDIT_TEST(a_share_of_an_unknown_limit_is_no_share),
		AUDIT_TEST(
			overflows_are_a_notice_where_nobody_knows_how_many_were_accepted),
		AUDIT_TEST(each_finding_rests_on_a_number),
		AUDIT_TEST(
			the_parts_of_close_wait_are_evidence_only_where_there_are_some),
		AUDIT_TEST(a_risk_is_a_notice_and_a_refused_value_a_warning),
		AUDIT_TEST(a_fin_timeout_above_60_is_shown_with_what_it_means),
		AUDIT_TEST(
			listeners_inside_the_range_are_a_notice_with_the_command_that_reserves_them),
		AUDIT_TEST(
			a_limit_derived_from_memory_goes_back_to_what_the_kernel_derives),
		AUDIT_TEST(a_narrow_range_is_one_finding_of_what_makes_it_narrow),
		AUDIT_TEST(every_command_that_is_suggested_sets_a_safe_value),
		AUDIT_TEST(the_worst_comes_first),
		AUDIT_TEST(everything_wrong_at_once_still_fits),
		AUDIT_TEST(the_summary_counts_what_was_looked_at),
		AUDIT_TEST(every_rule_is_found_by_its_id_and_says_what_to_do),
		AUDIT_TEST(severities_are_spelled_as_the_contract_says),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
