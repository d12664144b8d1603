/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "core/plan.h"
#include "core/profile.h"
#include "core/snapshot.h"

#define FIN_TIMEOUT    "net.ipv4.tcp_fin_timeout"
#define TW_REUSE       "net.ipv4.tcp_tw_reuse"
#define TIMESTAMPS     "net.ipv4.tcp_timestamps"
#define PORT_RANGE     "net.ipv4.ip_local_port_range"
#define RESERVED_PORTS "net.ipv4.ip_local_reserved_ports"
#define UNPRIVILEGED   "net.ipv4.ip_unprivileged_port_start"
#define TW_BUCKETS     "net.ipv4.tcp_max_tw_buckets"

/* One setting, and what stands there now. */
struct want {
	const char *key, *text;
	const char *now; /* NULL: absent */
	bool is_read_only;
};

enum { WANTS_MAX = 8 };

static int plan_of(struct plan *plan, const struct want *wants, size_t n,
		   const struct snapshot *host, struct err *e)
{
	struct settings settings = { 0 };
	struct reading readings[WANTS_MAX] = { 0 };
	int r;

	assert_true(n <= WANTS_MAX);
	for (size_t i = 0; i < n; i++) {
		r = settings_add(&settings, wants[i].key, wants[i].text, "--set", 0, e);
		if (r < 0)
			fail_msg("%s", e->text);
		readings[i].value = wants[i].now ? strdup(wants[i].now) : NULL;
		readings[i].error = wants[i].now ? 0 : ENOENT;
		readings[i].is_read_only = wants[i].is_read_only;
	}
	r = plan_make(plan, &settings, readings, host, e);
	for (size_t i = 0; i < n; i++)
		free(readings[i].value);
	settings_done(&settings);
	return r;
}

static const struct snapshot nothing_known;

TEST(a_change_goes_from_what_is_to_what_is_wanted)
{
	static const struct {
		struct want want;
		enum change_state state;
		const char *to;
	} rows[] = {
		{ { FIN_TIMEOUT, "30", "60" }, CHANGE_TODO, "30" },
		{ { FIN_TIMEOUT, "60", "60" }, CHANGE_SAME, "60" },
		{ { FIN_TIMEOUT, "30", NULL }, CHANGE_ABSENT, "30" },
		{ { FIN_TIMEOUT, "30", "60", true }, CHANGE_READ_ONLY, "30" },
		{ { FIN_TIMEOUT, "60", "60", true }, CHANGE_SAME, "60" },
		{ { FIN_TIMEOUT, ">30", "60" }, CHANGE_SAME, "60" },
		{ { FIN_TIMEOUT, ">60", "60" }, CHANGE_SAME, "60" },
		{ { FIN_TIMEOUT, ">60", "30" }, CHANGE_TODO, "60" },
		{ { FIN_TIMEOUT, "<30", "60" }, CHANGE_TODO, "30" },
		{ { FIN_TIMEOUT, "<30", "20" }, CHANGE_SAME, "20" },
		{ { FIN_TIMEOUT, ">30", NULL }, CHANGE_ABSENT, "30" },
		{ { RESERVED_PORTS, "2,1", "1-2" }, CHANGE_SAME, "1-2" },
		{ { PORT_RANGE, "1024 65535", "32768 60999" },
		  CHANGE_TODO,
		  "1024 65535" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct err e = { 0 };
		struct plan plan;

		assert_int_equal(plan_of(&plan, &rows[i].want, 1, &nothing_known, &e), 0);
		assert_int_equal(plan.n, 1);
		if (plan.at[0].state != rows[i].state ||
		    strcmp(plan.at[0].to, rows[i].to) != 0)
			fail_msg("row %zu: %s to '%s'", i,
				 change_state_key(plan.at[0].state), plan.at[0].to);
		if (rows[i].want.now)
			assert_string_equal(plan.at[0].from, rows[i].want.now);
		else
			assert_null(plan.at[0].from);
		assert_int_equal(plan_has_work(&plan), rows[i].state == CHANGE_TODO);
		plan_done(&plan);
	}
}

TEST(a_comparison_needs_a_single_number_to_compare_with)
{
	static const struct want want = { "net.ipv4.ping_group_range", ">4096",
					  "4096 131072 6291456" };
	struct err e = { 0 };
	struct plan plan;

	assert_int_equal(plan_of(&plan, &want, 1, &nothing_known, &e), -EINVAL);
	assert_non_null(strstr(e.text, "net.ipv4.ping_group_range"));
	plan_done(&plan);
}

TEST(a_reading_that_failed_makes_no_plan)
{
	struct settings settings = { 0 };
	const struct reading reading = { .error = EACCES };
	struct err e = { 0 };
	struct plan plan;

	assert_int_equal(settings_add(&settings, FIN_TIMEOUT, "30", "--set", 0, &e), 0);
	assert_int_equal(plan_make(&plan, &settings, &reading, &nothing_known, &e),
			 -EACCES);
	assert_non_null(strstr(e.text, FIN_TIMEOUT));
	plan_done(&plan);
	settings_done(&settings);
}

TEST(no_settings_make_an_empty_plan)
{
	const struct settings settings = { 0 };
	struct err e = { 0 };
	struct plan plan;

	assert_int_equal(plan_make(&plan, &settings, NULL, &nothing_known, &e), 0);
	assert_int_equal(plan.n, 0);
	assert_false(plan_has_work(&plan));
	plan_done(&plan);
}

static void check_order(const struct want *wants, size_t n, const char *const *keys)
{
	struct err e = { 0 };
	struct plan plan;

	assert_int_equal(plan_of(&plan, wants, n, &nothing_known, &e), 0);
	assert_int_equal(plan.n, n);
	for (size_t i = 0; i < n && keys[i]; i++)
		if (strcmp(plan.at[i].key, keys[i]) != 0)
			fail_msg("place %zu is '%s', want '%s'", i, plan.at[i].key,
				 keys[i]);
	plan_done(&plan);
}

TEST(ports_are_reserved_before_the_range_exposes_them)
{
	static const struct want wants[] = {
		{ FIN_TIMEOUT, "30", "60" },
		{ PORT_RANGE, "10240 65535", "32768 60999" },
		{ TW_REUSE, "1", "2" },
		{ RESERVED_PORTS, "11000", "" },
	};
	static const char *const keys[] = { RESERVED_PORTS, PORT_RANGE, FIN_TIMEOUT,
					    TW_REUSE };

	check_order(wants, N(wants), keys);
}

TEST(the_unprivileged_start_makes_room_before_the_range_when_lowered)
{
	static const struct want wants[] = {
		{ PORT_RANGE, "1000 65535", "32768 60999" },
		{ UNPRIVILEGED, "900", "1024" },
	};
	static const char *const keys[] = { UNPRIVILEGED, PORT_RANGE };

	check_order(wants, N(wants), keys);
}

TEST(the_unprivileged_start_follows_the_range_when_raised)
{
	static const struct want wants[] = {
		{ UNPRIVILEGED, "11000", "1024" },
		{ PORT_RANGE, "12000 65535", "1024 65535" },
	};
	static const char *const keys[] = { PORT_RANGE, UNPRIVILEGED };

	check_order(wants, N(wants), keys);
}

TEST(equals_keep_the_order_of_the_file)
{
	static const struct want wants[] = {
		{ TW_REUSE, "1", "2" },
		{ FIN_TIMEOUT, "30", "60" },
		{ TIMESTAMPS, "1", "0" },
	};
	static const char *const keys[] = { TW_REUSE, FIN_TIMEOUT, TIMESTAMPS };

	check_order(wants, N(wants), keys);
}

static size_t place_of(const struct plan *plan, const char *key)
{
	for (size_t i = 0; i < plan->n; i++)
		if (strcmp(plan->at[i].key, key) == 0)
			return i;
	fail_msg("'%s' is not in the plan", key);
	return 0;
}

TEST(an_absent_key_between_them_does_not_spoil_the_order)
{
	static const struct want rows[][3] = {
		{ { PORT_RANGE, "10240 65535", "32768 60999" },
		  { "net.ipv4.tcp_tw_reuse_delay", "1000", NULL },
		  { RESERVED_PORTS, "11000", "" } },
		{ { "net.ipv4.tcp_tw_reuse_delay", "1000", NULL },
		  { PORT_RANGE, "10240 65535", "32768 60999" },
		  { RESERVED_PORTS, "11000", "" } },
		{ { PORT_RANGE, "10240 65535", "32768 60999" },
		  { RESERVED_PORTS, "11000", "" },
		  { "net.ipv4.tcp_tw_reuse_delay", "1000", NULL } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct err e = { 0 };
		struct plan plan;

		assert_int_equal(plan_of(&plan, rows[i], 3, &nothing_known, &e), 0);
		if (place_of(&plan, RESERVED_PORTS) > place_of(&plan, PORT_RANGE))
			fail_msg("row %zu: the range comes before the reserved ports", i);
		plan_done(&plan);
	}
}

TEST(a_plan_is_judged_by_what_it_leads_to)
{
	static const struct want without[] = { { TW_REUSE, "1", "2" } };
	static const struct want with[] = { { TW_REUSE, "1", "2" },
					    { TIMESTAMPS, "1", "0" } };
	static struct snapshot host;
	struct err e = { 0 };
	struct plan plan;

	host.knobs[KNOB_TIMESTAMPS].value = strdup("0");
	assert_int_equal(plan_of(&plan, without, 1, &host, &e), 0);
	assert_int_equal(plan.at[0].judgement.band, BAND_REFUSED);
	plan_done(&plan);
	assert_int_equal(plan_of(&plan, with, 2, &host, &e), 0);
	assert_int_equal(plan.at[0].judgement.band, BAND_SAFE);
	plan_done(&plan);
	snapshot_done(&host);
}

TEST(a_range_over_a_listener_is_safe_once_the_plan_reserves_it)
{
	static const struct want wants[] = {
		{ PORT_RANGE, "10240 65535", "32768 60999" },
		{ RESERVED_PORTS, "11000", "" },
	};
	static struct snapshot host;
	struct err e = { 0 };
	struct plan plan;

	host.has_census = true;
	ports_add(&host.census.listening, 11000);
	host.knobs[KNOB_RESERVED_PORTS].value = strdup("");
	assert_int_equal(plan_of(&plan, wants, 1, &host, &e), 0);
	assert_int_equal(plan.at[0].judgement.band, BAND_REFUSED);
	assert_string_equal(plan.at[0].judgement.finding, "port-range-covers-listeners");
	plan_done(&plan);
	assert_int_equal(plan_of(&plan, wants, 2, &host, &e), 0);
	assert_int_equal(plan.at[place_of(&plan, PORT_RANGE)].judgement.band, BAND_SAFE);
	plan_done(&plan);
	snapshot_done(&host);
}

TEST(a_list_over_the_whole_range_is_refused_until_the_plan_moves_the_range)
{
	static const struct want wants[] = {
		{ RESERVED_PORTS, "32768-60999", "" },
		{ PORT_RANGE, "10240 65535", "32768 60999" },
	};
	const struct consent risk = { .accept_risk = true };
	static struct snapshot host;
	struct err e = { 0 };
	struct plan plan;

	host.knobs[KNOB_PORT_RANGE].value = strdup("32768 60999");
	host.knobs[KNOB_RESERVED_PORTS].value = strdup("");
	assert_int_equal(plan_of(&plan, wants, 1, &host, &e), 0);
	assert_int_equal(plan.at[0].judgement.band, BAND_REFUSED);
	assert_int_equal(plan_check(&plan, &risk, false, &e), -EPERM);
	assert_non_null(strstr(e.text, "EADDRNOTAVAIL"));
	plan_done(&plan);
	assert_int_equal(plan_of(&plan, wants, 2, &host, &e), 0);
	assert_int_equal(plan.at[place_of(&plan, RESERVED_PORTS)].judgement.band,
			 BAND_SAFE);
	plan_done(&plan);
	snapshot_done(&host);
}

TEST(the_current_value_stands_for_an_unknown_default)
{
	static const struct want want = { TW_BUCKETS, "60000", "65536" };
	static struct snapshot host;
	struct err e = { 0 };
	struct plan plan;

	assert_int_equal(plan_of(&plan, &want, 1, &nothing_known, &e), 0);
	assert_int_equal(plan.at[0].judgement.band, BAND_RISK);
	plan_done(&plan);
	/* and the default itself where it is known: 60000 is below the half of it */
	host.knobs[KNOB_EHASH_ENTRIES].value = strdup("262144");
	assert_int_equal(plan_of(&plan, &want, 1, &host, &e), 0);
	assert_int_equal(plan.at[0].judgement.band, BAND_REFUSED);
	plan_done(&plan);
	snapshot_done(&host);
}

TEST(consent_is_asked_for_by_name)
{
	static const struct {
		const char *what;
		struct want want;
		struct consent consent;
		bool is_profile;
		int result;
		const char *hint; /* words of it; NULL: any */
	} rows[] = {
		{ "safe", { FIN_TIMEOUT, "30", "60" }, { 0 }, true, 0, NULL },
		{ "risk",
		  { FIN_TIMEOUT, "10", "60" },
		  { 0 },
		  true,
		  -EPERM,
		  "--accept-risk" },
		{ "risk accepted",
		  { FIN_TIMEOUT, "10", "60" },
		  { .accept_risk = true },
		  true,
		  0,
		  NULL },
		{ "risk forced",
		  { FIN_TIMEOUT, "10", "60" },
		  { .force = true },
		  false,
		  0,
		  NULL },
		{ "risk, other consent",
		  { FIN_TIMEOUT, "10", "60" },
		  { .allow_unrated = true },
		  false,
		  -EPERM,
		  "--accept-risk" },
		{ "refused",
		  { FIN_TIMEOUT, "1", "60" },
		  { .accept_risk = true },
		  false,
		  -EPERM,
		  "--force" },
		{ "refused, forced",
		  { FIN_TIMEOUT, "1", "60" },
		  { .force = true },
		  false,
		  0,
		  NULL },
		{ "refused, by a profile",
		  { FIN_TIMEOUT, "1", "60" },
		  { .force = true, .accept_risk = true },
		  true,
		  -EPERM,
		  "--set" },
		{ "refused, but so already",
		  { FIN_TIMEOUT, "1", "1" },
		  { 0 },
		  true,
		  0,
		  NULL },
		{ "refused, but absent",
		  { FIN_TIMEOUT, "1", NULL },
		  { 0 },
		  true,
		  0,
		  NULL },
		{ "unrated",
		  { "net.ipv4.tcp_recovery", "0", "1" },
		  { .accept_risk = true },
		  true,
		  -EPERM,
		  "--allow-unrated" },
		{ "unrated, forced",
		  { "net.ipv4.tcp_recovery", "0", "1" },
		  { .force = true },
		  false,
		  -EPERM,
		  "--allow-unrated" },
		{ "unrated, allowed",
		  { "net.ipv4.tcp_recovery", "0", "1" },
		  { .allow_unrated = true },
		  true,
		  0,
		  NULL },
		{ "absent", { FIN_TIMEOUT, "30", NULL }, { 0 }, true, 0, NULL },
		{ "absent, all required",
		  { FIN_TIMEOUT, "30", NULL },
		  { .require_all = true },
		  true,
		  -ENOENT,
		  NULL },
		{ "read-only", { FIN_TIMEOUT, "30", "60", true }, { 0 }, true, 0, NULL },
		{ "read-only, all required",
		  { FIN_TIMEOUT, "30", "60", true },
		  { .require_all = true },
		  true,
		  -EROFS,
		  NULL },
		{ "read-only and so already",
		  { FIN_TIMEOUT, "60", "60", true },
		  { .require_all = true },
		  true,
		  0,
		  NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct err e = { 0 };
		struct plan plan;
		int r;

		assert_int_equal(plan_of(&plan, &rows[i].want, 1, &nothing_known, &e), 0);
		r = plan_check(&plan, &rows[i].consent, rows[i].is_profile, &e);
		if (r != rows[i].result)
			fail_msg("%s: %d, want %d", rows[i].what, r, rows[i].result);
		if (r < 0)
			assert_non_null(strstr(e.text, rows[i].want.key));
		if (rows[i].hint && !strstr(e.hint, rows[i].hint))
			fail_msg("%s: the hint is '%s'", rows[i].what, e.hint);
		plan_done(&plan);
	}
}

TEST(a_refusal_names_the_harm)
{
	static const struct want wants[] = { { TW_REUSE, "1", "2" },
					     { FIN_TIMEOUT, "90", "60" } };
	const struct consent none = { 0 };
	struct err e = { 0 };
	struct plan plan;

	assert_int_equal(plan_of(&plan, wants, 2, &nothing_known, &e), 0);
	assert_int_equal(plan_check(&plan, &none, false, &e), -EPERM);
	assert_non_null(strstr(e.text, FIN_TIMEOUT "=90"));
	assert_non_null(strstr(e.text, "2*(N-60)"));
	assert_non_null(strstr(e.hint, "15 to 60"));
	plan_done(&plan);
}

TEST(three_numbers_are_judged_by_those_they_replace)
{
	static const struct {
		const char *to, *now;
		enum band band;
	} rows[] = {
		{ "2000 3000 4000", "1000 1500 2000", BAND_SAFE },
		{ "4000 6000 8001", "1000 1500 2000", BAND_REFUSED },
		{ "1000 1500 2000", "4000 6000 8001", BAND_REFUSED },
		{ "1000 1500 2000", NULL, BAND_SAFE },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct want want = { "net.ipv4.tcp_mem", rows[i].to, rows[i].now,
					   false };
		struct err e = { 0 };
		struct plan plan;

		assert_int_equal(plan_of(&plan, &want, 1, &nothing_known, &e), 0);
		if (plan.at[0].judgement.band != rows[i].band)
			fail_msg("tcp_mem to %s is %s", rows[i].to,
				 band_name(plan.at[0].judgement.band));
		plan_done(&plan);
	}
}

TEST(states_are_spelled_as_the_contract_says)
{
	static const struct {
		enum change_state state;
		const char *key;
	} rows[] = {
		{ CHANGE_TODO, "planned" },	 { CHANGE_SAME, "same" },
		{ CHANGE_ABSENT, "absent" },	 { CHANGE_READ_ONLY, "read_only" },
		{ CHANGE_DONE, "done" },	 { CHANGE_UNDONE, "undone" },
		{ CHANGE_CONFLICT, "conflict" },
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_string_equal(change_state_key(rows[i].state), rows[i].key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_numbers_are_judged_by_those_they_replace),
		cmocka_unit_test(a_change_goes_from_what_is_to_what_is_wanted),
		cmocka_unit_test(a_comparison_needs_a_single_number_to_compare_with),
		cmocka_unit_test(a_reading_that_failed_makes_no_plan),
		cmocka_unit_test(no_settings_make_an_empty_plan),
		cmocka_unit_test(ports_are_reserved_before_the_range_exposes_them),
		cmocka_unit_test(
			the_unprivileged_start_makes_room_before_the_range_when_lowered),
		cmocka_unit_test(the_unprivileged_start_follows_the_range_when_raised),
		cmocka_unit_test(equals_keep_the_order_of_the_file),
		cmocka_unit_test(an_absent_key_between_them_does_not_spoil_the_order),
		cmocka_unit_test(a_plan_is_judged_by_what_it_leads_to),
		cmocka_unit_test(
			a_range_over_a_listener_is_safe_once_the_plan_reserves_it),
		cmocka_unit_test(
			a_list_over_the_whole_range_is_refused_until_the_plan_moves_the_range),
		cmocka_unit_test(the_current_value_stands_for_an_unknown_default),
		cmocka_unit_test(consent_is_asked_for_by_name),
		cmocka_unit_test(a_refusal_names_the_harm),
		cmocka_unit_test(states_are_spelled_as_the_contract_says),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
