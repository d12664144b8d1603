/* SPDX-License-Identifier: MIT */
/* What a change will do, from a census made by hand. */
#include "unit/foretell.h"

#include <string.h>

#include "core/predict_rows.h"

#define IPV4 "net.ipv4."

TEST(orphaned_fin_wait2_is_the_rate_times_the_measured_lifetime)
{
	static const struct {
		const char *from, *to;
		double after; /* of 50 */
		const char *formula;
	} rows[] = {
		{ "60", "20", 16.7, "rate x lifetime = 50 / 60 s x 20 s = 16.7" },
		{ "20", "60", 150, "rate x lifetime = 50 / 20 s x 60 s = 150" },
		{ "59", "60", 50.8, NULL },
		/* above 60 it is 2 * (N - 60) */
		{ "60", "61", 1.7,
		  "rate x lifetime = 50 / 60 s x (2 x (61 - 60)) s = 1.7" },
		{ "61", "60", 1500, NULL },
		{ "60", "89", 48.3, NULL },
		{ "60", "120", 100, NULL },
		{ "90", "10", 8.3,
		  "rate x lifetime = 50 / (2 x (90 - 60)) s x 10 s = 8.3" },
		{ "600", "60", 2.8, NULL },
		/* the floor of 3.5 retransmission timeouts */
		{ "60", "0", 0.6, "rate x lifetime = 50 / 60 s x 0.7 s = 0.6" },
		{ "60", "-5", 0.6, NULL },
		{ "-5", "7", 500, NULL },
		{ "60", "1", 0.8, NULL },
	};

	host.census.fin_wait2_mini = 50;
	host.census.fin_wait2_served = 50;
	for (size_t i = 0; i < N(rows); i++) {
		const struct prediction *p;

		change(KNOB_FIN_TIMEOUT, rows[i].from, rows[i].to);
		p = saying("orphaned FIN_WAIT_2: 50 now");
		assert_int_equal(p->effect, PREDICT_SOME);
		numbers(p, "sockets", 50, rows[i].after);
		if (rows[i].formula)
			assert_string_equal(p->formula.at, rows[i].formula);
		assert_string_equal(p->inputs[0].source, "census");
		assert_true(p->inputs[0].number == 50);
		assert_string_equal(p->inputs[1].name, IPV4 "tcp_fin_timeout");
		assert_string_equal(p->inputs[1].value, rows[i].from);
	}
}

TEST(two_numbers_that_mean_the_same_time_have_no_effect)
{
	static const char *const rows[][2] = {
		{ "60", "90" },
		{ "10", "65" },
		{ "0", "-1" },
		{ "120", "120" },
	};

	host.census.fin_wait2_mini = 7;
	for (size_t i = 0; i < N(rows); i++) {
		const struct prediction *p;

		change(KNOB_FIN_TIMEOUT, rows[i][0], rows[i][1]);
		p = saying("no effect on how long a new orphaned FIN_WAIT_2 lasts, ");
		assert_int_equal(p->effect, PREDICT_NONE);
		numbers(p, "sockets", 7, 7);
	}
}

/* kernel.md, section 2: for N > 60 a full socket for N - 60 s, then a mini one for as long */
TEST(above_60_the_first_half_is_a_full_socket_however_long_it_lasts)
{
	static const struct {
		const char *from, *to, *words;
		double before, after; /* full sockets */
		double bytes_before, bytes_after;
	} rows[] = {
		{ "60", "90",
		  "for its first 30 s a new one is a full socket (2368 bytes, not 256) "
		  "and an orphan for tcp_max_orphans: 0 now, about 20 then",
		  0, 20, 40 * 256, 40 * (256 + 2368) / 2.0 },
		{ "10", "65", "for its first 5 s a new one is a full socket (2368", 0, 20,
		  40 * 256, 40 * (256 + 2368) / 2.0 },
		{ "60", "120", "for its first 60 s a new one is a full socket (2368", 0,
		  40, 40 * 256, 80 * (256 + 2368) / 2.0 },
		{ "90", "60",
		  "a new one is a mini-socket all its time (256 bytes, not 2368), and no "
		  "longer an orphan for tcp_max_orphans: 20 now, 0 then",
		  20, 0, 20 * (256 + 2368), 40 * 256 },
		{ "90", "120", "for its first 60 s a new one is a full socket (2368", 20,
		  40, 20 * (256 + 2368), 80 * (256 + 2368) / 2.0 },
	};

	sizes.at[OBJECT_MINI][CENSUS_IPV4] = 256;
	sizes.at[OBJECT_FULL][CENSUS_IPV4] = 2368;
	host.census.at[TCP_FIN_WAIT2][CENSUS_IPV4] = 40;
	for (size_t i = 0; i < N(rows); i++) {
		host.census.fin_wait2_orphan = (uint64_t)rows[i].before;
		host.census.fin_wait2_mini = 40 - host.census.fin_wait2_orphan;
		change(KNOB_FIN_TIMEOUT, rows[i].from, rows[i].to);
		assert_int_equal(saying(rows[i].words)->effect, PREDICT_SOME);
		numbers(saying(rows[i].words), "sockets", rows[i].before, rows[i].after);
		numbers(saying("their memory: "), "bytes", rows[i].bytes_before,
			rows[i].bytes_after);
	}
	/* 90 to 60: those in their first half are reset, though the time stays the same */
	host.census.fin_wait2_orphan = host.census.fin_wait2_mini = 20;
	change(KNOB_FIN_TIMEOUT, "90", "60");
	saying("no effect on how long a new orphaned FIN_WAIT_2 lasts, 60 s");
	saying("in their first half now, as full sockets: 20; they are reset");
	assert_string_equal(saying("their memory: ")->formula.at,
			    "now 20 x 256 + 20 x 2368 bytes; then 40 x 256 bytes");
	/* and without an orphan it is said without a number */
	host.census.fin_wait2_orphan = host.census.fin_wait2_mini = 0;
	change(KNOB_FIN_TIMEOUT, "60", "90");
	assert_false(saying("for its first 30 s a new one is")->has_after);
}

TEST(without_an_orphan_there_is_nothing_to_predict_from)
{
	const struct prediction *p;

	change(KNOB_FIN_TIMEOUT, "60", "20");
	p = saying(
		"nothing to predict from; each new one will last 20 s instead of 60 s");
	assert_int_equal(p->effect, PREDICT_UNKNOWN);
	assert_true(p->has_before && p->before == 0);
	assert_false(p->has_after);
	/* and nothing is said of their memory or ports */
	assert_int_equal(found.n, 3);
}

TEST(fin_timeout_leaves_alone_what_it_does_not_bound)
{
	host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = 4200;
	host.census.at[TCP_CLOSE_WAIT][CENSUS_IPV6] = 153;
	host.census.fin_wait2_held = 25;
	change(KNOB_FIN_TIMEOUT, "60", "20");
	numbers(saying("no effect on TIME_WAIT: 4200 now"), "sockets", 4200, 4200);
	numbers(saying("no effect on FIN_WAIT_2 that a process holds (25) or on "
		       "CLOSE_WAIT (153)"),
		"sockets", 178, 178);
	for (size_t i = 0; i < found.n; i++)
		assert_int_not_equal(found.at[i].effect, PREDICT_SOME);
}

TEST(an_orphan_in_its_first_half_is_reset_or_takes_the_new_time)
{
	host.census.fin_wait2_mini = 10;
	host.census.fin_wait2_orphan = 8;
	change(KNOB_FIN_TIMEOUT, "80", "60");
	saying("in their first half now, as full sockets: 8; they are reset");
	saying("mini-sockets that exist keep their time");
	change(KNOB_FIN_TIMEOUT, "90", "70");
	saying("their second half lasts 10 s");
	/* up to 60 a full one is reset at its end in any case */
	change(KNOB_FIN_TIMEOUT, "60", "20");
	for (size_t i = 0; i < found.n; i++)
		assert_null(strstr(found.at[i].text.at, "reset"));
	change(KNOB_FIN_TIMEOUT, "60", "90");
	saying("full sockets already: 8; when their timer ends they are not reset, but "
	       "stay mini-sockets for 30 s");
}

TEST(more_orphans_than_mini_sockets_may_be_are_told)
{
	static const struct {
		const char *to, *limit;
		bool is_told;
	} rows[] = {
		{ "60", "700", false }, { "60", "699", true },	 { "60", "-1", false },
		{ "10", "1", false },	{ "120", "700", false }, { "120", "699", true },
	};

	host.census.fin_wait2_mini = 200;
	host.census.at[TCP_TIME_WAIT][CENSUS_IPV6] = 100;
	for (size_t i = 0; i < N(rows); i++) {
		size_t n = 0;

		knob(KNOB_MAX_TW_BUCKETS, rows[i].limit);
		change(KNOB_FIN_TIMEOUT, "20", rows[i].to);
		for (size_t k = 0; k < found.n; k++)
			n += strstr(found.at[k].text.at, "tcp_max_tw_buckets lets") !=
			     NULL;
		if (n != rows[i].is_told)
			fail_msg("%s, %s: %zu", rows[i].to, rows[i].limit, n);
	}
}

TEST(ports_and_memory_of_orphans_follow_their_number)
{
	const struct prediction *p;

	host.census.fin_wait2_mini = 60;
	host.census.at[TCP_FIN_WAIT2][CENSUS_IPV4] = 60;
	host.census.fin_wait2_served = 15;
	change(KNOB_FIN_TIMEOUT, "60", "20");
	numbers(saying("local ports they hold from connect(): 45 now, about 15"), "ports",
		45, 15);
	p = saying("their memory is unknown: what a socket takes was not read");
	assert_int_equal(p->effect, PREDICT_UNKNOWN);
	assert_false(p->has_before || p->has_after || p->inputs[0].is_read);

	sizes.needs_root = true;
	change(KNOB_FIN_TIMEOUT, "60", "20");
	saying("only root may read what a socket takes");

	sizes.at[OBJECT_MINI][CENSUS_IPV4] = 256;
	change(KNOB_FIN_TIMEOUT, "60", "20");
	p = saying("their memory: 15.0 KiB now, about 5.0 KiB then");
	numbers(p, "bytes", 60 * 256, 20 * 256);
	assert_string_equal(p->formula.at, "now 60 x 256 bytes; then 20 x 256 bytes");
	/* above 60 half of them are full sockets, whose size is not known yet */
	change(KNOB_FIN_TIMEOUT, "60", "120");
	saying("their memory is unknown");
	sizes.at[OBJECT_FULL][CENSUS_IPV4] = 2432;
	change(KNOB_FIN_TIMEOUT, "60", "120");
	numbers(saying("their memory: "), "bytes", 60 * 256, 120 * (256 + 2432) / 2.0);

	/* a family whose size is not known */
	host.census.at[TCP_FIN_WAIT2][CENSUS_IPV6] = 1;
	change(KNOB_FIN_TIMEOUT, "60", "20");
	saying("their memory is unknown");
}

TEST(small_factors_are_not_rounded_away)
{
	static const struct {
		const char *to, *formula, *words;
	} rows[] = {
		{ "30", "now 1 x 256 bytes; then 0.5 x 256 bytes",
		  "their memory: 256 bytes now, about 128 bytes then" },
		{ "5", "now 1 x 256 bytes; then 0.0833 x 256 bytes",
		  "their memory: 256 bytes now, about 21 bytes then" },
	};

	sizes.at[OBJECT_MINI][CENSUS_IPV4] = 256;
	host.census.at[TCP_FIN_WAIT2][CENSUS_IPV4] = host.census.fin_wait2_mini = 1;
	for (size_t i = 0; i < N(rows); i++) {
		change(KNOB_FIN_TIMEOUT, "60", rows[i].to);
		assert_string_equal(saying(rows[i].words)->formula.at, rows[i].formula);
	}
}

TEST(what_was_not_counted_is_unknown_with_its_reason)
{
	host.has_census = false;
	host.census.fin_wait2_mini = 50;
	snapshot_add_unanswered(&host, "sockets", "the dump broke");
	change(KNOB_FIN_TIMEOUT, "60", "20");
	assert_int_equal(found.n, 1);
	assert_int_equal(found.at[0].effect, PREDICT_UNKNOWN);
	assert_non_null(
		strstr(found.at[0].text.at, "could not be counted: the dump broke"));
	assert_false(found.at[0].has_before || found.at[0].has_after);
}

TEST(an_interrupted_census_says_so_at_each_number)
{
	host.census.fin_wait2_mini = 50;
	host.census.interrupted = true;
	change(KNOB_FIN_TIMEOUT, "60", "20");
	assert_string_equal(found.at[0].inputs[0].source, "census, interrupted");
}

TEST(a_limit_of_mini_sockets_refuses_what_the_last_minute_brings)
{
	static const struct {
		const char *from, *to, *words;
		enum predict_effect effect;
	} rows[] = {
		{ "5000", "650", "mini-sockets, not above 5000 and 650", PREDICT_NONE },
		{ "1000", "700", "650 TIME_WAIT and FIN_WAIT_2 mini-sockets, below 1000",
		  PREDICT_NONE },
		{ "131072", "262144", "far below 131072 and 262144", PREDICT_NONE },
		{ "-1", "-2", "and no limit before or after", PREDICT_NONE },
		{ "5000", "649", "at the rate of the last minute 1 of 600 closes",
		  PREDICT_SOME },
		{ "5000", "50", "600 of 600 closes go without", PREDICT_SOME },
		{ "5000", "0", "600 of 600 closes go without", PREDICT_SOME },
		{ "5000", "-1", "the limit is taken away", PREDICT_NONE },
		{ "-1", "5000", "below 5000; there was no limit", PREDICT_NONE },
		{ "650", "5000", "the limit is reached (650 of 650)", PREDICT_UNKNOWN },
		{ "651", "5000", "no effect now: 650", PREDICT_NONE },
	};

	host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = 600;
	host.census.fin_wait2_mini = 50;
	for (int i = 0; i < CLOSES_SECONDS; i++)
		host.census.closes.at[i] = 10;
	for (size_t i = 0; i < N(rows); i++) {
		change(KNOB_MAX_TW_BUCKETS, rows[i].from, rows[i].to);
		assert_int_equal(found.n, 1);
		assert_int_equal(saying(rows[i].words)->effect, rows[i].effect);
	}
	change(KNOB_MAX_TW_BUCKETS, "5000", "50");
	assert_string_equal(found.at[0].formula.at,
			    "min(closes, closes + FIN_WAIT_2 - limit) = min(600, 600 + "
			    "50 - 50) = 600 a minute");
	numbers(&found.at[0], "sockets", 650, 50);
	/* where all are refused it is no more than all */
	change(KNOB_MAX_TW_BUCKETS, "5000", "0");
	assert_non_null(strstr(found.at[0].formula.at, "min(600, 600 + 50 - 0) = 600 a"));
	/* more than limit and rate say: those the timer wheel lets stand */
	host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = 610;
	change(KNOB_MAX_TW_BUCKETS, "5000", "655");
	assert_string_equal(saying(" 0 of 600 closes")->formula.at,
			    "closes + FIN_WAIT_2 = 600 + 50 a minute, not above 655");
}

/* One knob, one sentence of it. */
TEST(other_knobs_say_on_what_they_have_no_effect)
{
	static const struct {
		enum knob_id id;
		const char *from, *to, *words;
		enum predict_effect effect;
	} rows[] = {
		{ KNOB_RFC1337, "0", "1", "a RST no longer ends them", PREDICT_SOME },
		{ KNOB_RFC1337, "1", "0", "a RST can end them", PREDICT_SOME },
		{ KNOB_RFC1337, "1", "2", "no effect: all values", PREDICT_NONE },
		{ KNOB_TIMESTAMPS, "1", "2", "no effect on connections that exist: 51",
		  PREDICT_NONE },
		{ KNOB_ORPHAN_RETRIES, "0", "8", "no effect: 0 means 8", PREDICT_NONE },
		{ KNOB_ORPHAN_RETRIES, "0", "3",
		  "4 now, which follow it from their next retransmission on; one whose "
		  "peer is silent lasts about 6.7 s instead of 108.1 s",
		  PREDICT_SOME },
		{ KNOB_ORPHAN_RETRIES, "0", "4", "4 now, which follow", PREDICT_SOME },
		{ KNOB_MAX_ORPHANS, "4000", "3000", "no effect now: 400 orphans",
		  PREDICT_NONE },
		{ KNOB_MAX_ORPHANS, "4000", "1000", "may be reset", PREDICT_UNKNOWN },
		{ KNOB_MAX_ORPHANS, "4000", "300", "400 orphans now, over the limit",
		  PREDICT_SOME },
		{ KNOB_MAX_ORPHANS, "1000", "4000", "no longer reset", PREDICT_SOME },
		{ KNOB_KEEPALIVE_TIME, "7200", "600", "no effect on timers that run now",
		  PREDICT_NONE },
		{ KNOB_KEEPALIVE_TIME, "7200", "600", "after 1275 s instead of 7875 s",
		  PREDICT_SOME },
		{ KNOB_KEEPALIVE_TIME, "7200", "-1", "unknown when a dead peer",
		  PREDICT_UNKNOWN },
		{ KNOB_KEEPALIVE_INTVL, "75", "10", "at their next probe",
		  PREDICT_UNKNOWN },
		{ KNOB_SOMAXCONN, "4096", "128", "listen now (3): each", PREDICT_NONE },
		{ KNOB_SOMAXCONN, "4096", "128", "at most 128 instead of 4096",
		  PREDICT_SOME },
		{ KNOB_MAX_SYN_BACKLOG, "256", "64", "no effect with tcp_syncookies=1",
		  PREDICT_NONE },
		{ KNOB_ABORT_ON_OVERFLOW, "0", "1", "queue is full now (2)",
		  PREDICT_SOME },
		{ KNOB_ABORT_ON_OVERFLOW, "1", "7", "no effect: all values",
		  PREDICT_NONE },
		{ KNOB_SYNCOOKIES, "1", "0", "connections that exist (9)",
		  PREDICT_UNKNOWN },
		{ KNOB_CT_TIME_WAIT, "120", "30", "no effect on sockets", PREDICT_NONE },
		{ KNOB_CT_MAX, "1000", "400", "at the limit", PREDICT_SOME },
		{ KNOB_CT_MAX, "500", "900", "which was the limit", PREDICT_SOME },
		{ KNOB_CT_MAX, "1000", "900", "no effect now: 500 flows", PREDICT_NONE },
		{ KNOB_SYN_RETRIES, "6", "3",
		  "no number can be predicted; it acts on connects under way, at their",
		  PREDICT_UNKNOWN },
		{ KNOB_ECN, "2", "1", "no number can be predicted", PREDICT_UNKNOWN },
		{ KNOB_RETRIES2, "15", "8",
		  "no number can be predicted; it acts on connections that exist",
		  PREDICT_UNKNOWN },
	};

	host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = 5;
	host.census.at[TCP_ESTABLISHED][CENSUS_IPV4] = 51;
	host.census.at[TCP_LISTEN][CENSUS_IPV4] = 3;
	host.census.at[TCP_SYN_RECV][CENSUS_IPV4] = 9;
	host.census.listeners_full = 2;
	host.census.orphans = 6;
	host.census.fin_wait2_orphan = 2;
	host.sockstat.orphan = (struct tally){ 400, true };
	host.usage.tracked = (struct tally){ 500, true };
	for (size_t i = 0; i < N(rows); i++) {
		const struct prediction *p;

		port_knobs("0");
		knob(KNOB_SYNCOOKIES, "1");
		knob(KNOB_KEEPALIVE_TIME, "7200");
		knob(KNOB_KEEPALIVE_INTVL, "75");
		knob(KNOB_KEEPALIVE_PROBES, "9");
		change(rows[i].id, rows[i].from, rows[i].to);
		p = saying(rows[i].words);
		if (p->effect != rows[i].effect)
			fail_msg("%s: %s", p->text.at, predict_effect_name(p->effect));
	}
}

TEST(half_open_connections_are_bounded_only_without_cookies)
{
	knob(KNOB_SYNCOOKIES, "0");
	change(KNOB_MAX_SYN_BACKLOG, "4096", "64");
	/* 49 were kept (measured on Linux 6.18) */
	numbers(saying("at most 49 half-open"), "connections", 3073, 49);
}

TEST(numbers_of_other_tables_that_were_not_read_are_unknown)
{
	change(KNOB_MAX_ORPHANS, "4000", "300");
	assert_false(saying("the orphans of the host could not be counted")
			     ->inputs[0]
			     .is_read);
	change(KNOB_CT_MAX, "1000", "400");
	assert_int_equal(saying("were not read")->effect, PREDICT_UNKNOWN);
	host.census.has_backlogs = false;
	change(KNOB_ABORT_ON_OVERFLOW, "0", "1");
	assert_int_equal(saying("unknown: which queues")->effect, PREDICT_UNKNOWN);
}

TEST(only_what_is_to_be_written_is_predicted)
{
	static const enum change_state states[] = { CHANGE_SAME, CHANGE_ABSENT,
						    CHANGE_READ_ONLY };

	for (size_t i = 0; i < N(states); i++)
		wanted(KNOB_FIN_TIMEOUT, "60", "60", states[i]);
	foretell();
	assert_int_equal(found.n, 0);
}

TEST(a_key_without_knowledge_has_no_made_up_prediction)
{
	plan.at[plan.n++] = (struct change){ .key = strdup("net.ipv4.tcp_recovery"),
					     .from = strdup("1"),
					     .to = strdup("0"),
					     .state = CHANGE_TODO };
	foretell();
	assert_int_equal(found.n, 1);
	assert_int_equal(saying("no knowledge of this key")->effect, PREDICT_UNKNOWN);
}

TEST(as_many_inputs_as_a_rule_names_are_kept)
{
	struct outlook o = { .now = &host };
	struct prediction *p;

	change(KNOB_FIN_TIMEOUT, "60", "20");
	p = &found.at[0];
	for (size_t i = p->n_inputs; i < 20; i++)
		predict_from_census(&o, p, "one more", i);
	assert_int_equal(p->n_inputs, 20);
	assert_false(p->is_broken);
	assert_string_equal(p->inputs[0].name, "FIN_WAIT_2 orphaned");
	for (size_t i = 2; i < 20; i++)
		assert_true(p->inputs[i].number == (double)i);
}

/* "census" is a word of the source. */
TEST(no_sentence_speaks_of_a_census_or_counts_one_as_many)
{
	static const char *const wrong[] = {
		"census", " 1 sockets", " 1 orphans", " 1 flows", "the 1 ", "the 0 ",
	};

	for (size_t state = 1; state < CENSUS_STATES; state++)
		host.census.at[state][CENSUS_IPV4] = 1;
	host.census.fin_wait2_mini = 1;
	host.sockstat.orphan = host.usage.tracked = (struct tally){ 1, true };
	for (int id = 0; id < KNOB_N; id++) {
		port_knobs("1");
		change((enum knob_id)id, "5", "7");
		for (size_t i = 0; i < found.n; i++)
			for (size_t k = 0; k < N(wrong); k++)
				if (strstr(found.at[i].text.at, wrong[k]))
					fail_msg("'%s' in: %s", wrong[k],
						 found.at[i].text.at);
	}
}

/* Every knob, with and without anything read: a sentence each, and no empty one. */
TEST(every_knob_has_a_sentence)
{
	for (int is_counted = 0; is_counted < 2; is_counted++) {
		host.has_census = is_counted;
		for (int id = 0; id < KNOB_N; id++) {
			change((enum knob_id)id, "5", "7");
			assert_true(found.n > 0);
			for (size_t i = 0; i < found.n; i++) {
				size_t n = found.at[i].text.n;

				assert_true(n > 20);
				assert_int_not_equal(found.at[i].text.at[n - 1], '.');
			}
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		PREDICT_TEST(orphaned_fin_wait2_is_the_rate_times_the_measured_lifetime),
		PREDICT_TEST(two_numbers_that_mean_the_same_time_have_no_effect),
		PREDICT_TEST(
			above_60_the_first_half_is_a_full_socket_however_long_it_lasts),
		PREDICT_TEST(small_factors_are_not_rounded_away),
		PREDICT_TEST(as_many_inputs_as_a_rule_names_are_kept),
		PREDICT_TEST(no_sentence_speaks_of_a_census_or_counts_one_as_many),
		PREDICT_TEST(without_an_orphan_there_is_nothing_to_predict_from),
		PREDICT_TEST(fin_timeout_leaves_alone_what_it_does_not_bound),
		PREDICT_TEST(an_orphan_in_its_first_half_is_reset_or_takes_the_new_time),
		PREDICT_TEST(more_orphans_than_mini_sockets_may_be_are_told),
		PREDICT_TEST(ports_and_memory_of_orphans_follow_their_number),
		PREDICT_TEST(what_was_not_counted_is_unknown_with_its_reason),
		PREDICT_TEST(an_interrupted_census_says_so_at_each_number),
		PREDICT_TEST(a_limit_of_mini_sockets_refuses_what_the_last_minute_brings),
		PREDICT_TEST(other_knobs_say_on_what_they_have_no_effect),
		PREDICT_TEST(half_open_connections_are_bounded_only_without_cookies),
		PREDICT_TEST(numbers_of_other_tables_that_were_not_read_are_unknown),
		PREDICT_TEST(only_what_is_to_be_written_is_predicted),
		PREDICT_TEST(a_key_without_knowledge_has_no_made_up_prediction),
		PREDICT_TEST(every_knob_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
