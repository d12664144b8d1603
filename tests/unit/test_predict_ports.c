/* SPDX-License-Identifier: MIT */
/* What a change will do to ports, and how soon they come back. */
#include "unit/foretell.h"

#include <string.h>

TEST(a_rate_to_a_destination_is_ports_by_the_time_they_take)
{
	static const struct {
		enum knob_id id;
		const char *reuse, *from, *to;
		double before, after;
	} rows[] = {
		{ KNOB_TW_REUSE, "0", "0", "1", 28232 / 61.0, 28232 },
		{ KNOB_TW_REUSE, "2", "2", "1", 28232 / 61.0, 28232 },
		{ KNOB_TW_REUSE_DELAY, "1", "1000", "100", 28232, 282320 },
		{ KNOB_TIMESTAMPS, "1", "1", "0", 28232, 28232 / 61.0 },
		{ KNOB_PORT_RANGE, "0", "32768 60999", "16384 65535", 28232 / 61.0,
		  49152 / 61.0 },
		{ KNOB_RESERVED_PORTS, "0", "", "40000-40999", 28232 / 61.0,
		  27232 / 61.0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		port_knobs(rows[i].reuse);
		change(rows[i].id, rows[i].from, rows[i].to);
		numbers(saying("to one destination, this host"), "connections per second",
			rows[i].before, rows[i].after);
	}
}

TEST(reuse_on_the_loopback_alone_is_told_apart)
{
	port_knobs("0");
	change(KNOB_TW_REUSE, "0", "2");
	assert_int_equal(saying("to one destination, this host")->effect, PREDICT_NONE);
	numbers(saying("to one destination on the loopback"), "connections per second",
		28232 / 61.0, 28232);
	/* where nothing is taken over, the delay is nobody's */
	knob(KNOB_TW_REUSE, "0");
	change(KNOB_TW_REUSE_DELAY, "1000", "1");
	assert_int_equal(saying("no effect: without tcp_tw_reuse")->effect, PREDICT_NONE);
	assert_int_equal(saying("to one destination, this host")->effect, PREDICT_NONE);
}

TEST(reuse_is_for_outgoing_connections_with_timestamps)
{
	const struct prediction *p;

	port_knobs("0");
	host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = 500;
	host.census.time_wait_served = 100;
	change(KNOB_TW_REUSE, "0", "1");
	p = saying("at most 400 of those that exist");
	assert_int_equal(p->effect, PREDICT_SOME);
	numbers(p, "ports", 0, 400);
	change(KNOB_TW_REUSE, "1", "0");
	numbers(saying("those that exist (400) hold theirs"), "ports", 400, 0);
	assert_int_equal(saying("no effect on how long TIME_WAIT lasts: 500")->effect,
			 PREDICT_NONE);

	host.census.time_wait_served = 500;
	change(KNOB_TW_REUSE, "0", "1");
	assert_int_equal(saying("no effect on TIME_WAIT here (500)")->effect,
			 PREDICT_NONE);
	knob(KNOB_TIMESTAMPS, "0");
	change(KNOB_TW_REUSE, "0", "1");
	saying("no effect on connections made from now on: with tcp_timestamps=0");
}

/* 2 is for those to or from 127/8 and ::1. */
TEST(reuse_of_what_is_on_the_loopback_counts_apart)
{
	static const struct {
		const char *from, *to;
		uint64_t outgoing, looped;
		const char *words;
		double before, after; /* both 0: none */
	} rows[] = {
		{ "2", "1", 300, 300,
		  "no effect on those that exist: outgoing TIME_WAIT off the loopback: "
		  "0; the 300 on the loopback can be taken over already (2)",
		  0, 0 },
		{ "2", "1", 300, 100,
		  "may take over the port of an outgoing TIME_WAIT off the loopback that "
		  "is 1 s old and had timestamps: at most 200 of those that exist; the "
		  "100 on the loopback can be taken over already (2)",
		  100, 300 },
		{ "2", "1", 300, 0, "at most 300 of those that exist", 0, 300 },
		{ "1", "2", 300, 100,
		  "no port of an outgoing TIME_WAIT off the loopback is taken over: "
		  "those that exist (200) hold theirs to their end; the 100 on the "
		  "loopback can still be taken over (2)",
		  300, 100 },
		{ "1", "2", 300, 300, "off the loopback: 0; the 300 on the loopback can",
		  0, 0 },
		{ "0", "2", 300, 100,
		  "outgoing TIME_WAIT on the loopback that is 1 s old and had "
		  "timestamps: at most 100 of those that exist",
		  0, 100 },
		{ "0", "2", 300, 0, "outgoing TIME_WAIT on the loopback: 0", 0, 0 },
		{ "2", "0", 300, 100,
		  "TIME_WAIT on the loopback is taken over: those that exist (100)", 100,
		  0 },
		{ "0", "1", 300, 300, "at most 300 of those that exist", 0, 300 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct prediction *p;

		port_knobs("0");
		host.census.at[TCP_TIME_WAIT][CENSUS_IPV4] = rows[i].outgoing;
		host.census.time_wait_loopback = rows[i].looped;
		change(KNOB_TW_REUSE, rows[i].from, rows[i].to);
		p = saying(rows[i].words);
		if (rows[i].before + rows[i].after > 0)
			numbers(p, "ports", rows[i].before, rows[i].after);
		else
			assert_int_equal(p->effect, PREDICT_NONE);
	}
	/* the delay is theirs alone too */
	knob(KNOB_TW_REUSE, "2");
	change(KNOB_TW_REUSE_DELAY, "1000", "100");
	saying("a port on the loopback is taken over after 100 ms instead of 1000 ms, "
	       "those of outgoing TIME_WAIT that exist (300) too");
	host.census.time_wait_loopback = 0;
	change(KNOB_TW_REUSE_DELAY, "1000", "100");
	assert_null(strstr(saying("100 ms instead of 1000 ms")->text.at, "that exist"));
}

TEST(formulas_tell_the_numbers_of_now_and_then)
{
	static const struct {
		enum knob_id id;
		const char *reuse, *from, *to, *words, *formula;
	} rows[] = {
		{ KNOB_TW_REUSE, "0", "0", "1", "connections a second to one destination",
		  "ports / time until one comes back: now 28232 / 61 s (60 s, and about 1 "
		  "s of the timer wheel) = 462.8; then 28232 / 1 s = 28232" },
		{ KNOB_TW_REUSE, "0", "0", "2", "host closing first: stays at most 462.8",
		  "ports / time until one comes back = 28232 / 61 s (60 s, and about 1 s "
		  "of the timer wheel) = 462.8" },
		{ KNOB_PORT_RANGE, "0", "32768 60999", "16384 65535",
		  "ports for connect(), towards",
		  "range less the reserved: now 32768 to 60999 = 28232; then 16384 to "
		  "65535 = 49152" },
		{ KNOB_MAX_SYN_BACKLOG, "0", "4096", "64", "at most 49 half-open",
		  "N - N / 4 + 1: now 4096 - 1024 + 1 = 3073; then 64 - 16 + 1 = 49" },
		{ KNOB_KEEPALIVE_TIME, "0", "7200", "600", "after 1275 s instead of",
		  "time + intvl x probes: now 7200 + 75 x 9 = 7875 s; then 600 + 75 x 9 "
		  "= 1275 s" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		port_knobs(rows[i].reuse);
		knob(KNOB_SYNCOOKIES, "0");
		knob(KNOB_KEEPALIVE_INTVL, "75");
		knob(KNOB_KEEPALIVE_PROBES, "9");
		change(rows[i].id, rows[i].from, rows[i].to);
		assert_string_equal(saying(rows[i].words)->formula.at, rows[i].formula);
	}
}

TEST(ports_that_were_not_read_are_unknown)
{
	static const enum knob_id rows[] = { KNOB_PORT_RANGE, KNOB_TW_REUSE };

	port_knobs("0");
	host.knobs[KNOB_RESERVED_PORTS].value = (char *)"rubbish";
	change(KNOB_PORT_RANGE, "32768 60999", "16384 65535");
	for (size_t i = 0; i < found.n; i++)
		assert_int_equal(found.at[i].effect, PREDICT_UNKNOWN);
	for (size_t i = 0; i < N(rows); i++) {
		port_knobs("0");
		host.knobs[rows[i]].value = NULL;
		change(KNOB_TIMESTAMPS, "1", "0");
		assert_int_equal(saying("unknown ")->effect, PREDICT_UNKNOWN);
	}
}

TEST(sockets_that_exist_keep_their_ports)
{
	port_knobs("0");
	for (uint16_t port = 40000; port < 40010; port++)
		ports_add(&host.census.local, port);
	change(KNOB_PORT_RANGE, "32768 60999", "40005 60000");
	saying("10 of the ports in use are in the range now, 5 in the new one");
	numbers(saying("ports for connect()"), "ports", 28232, 19996);
}

TEST(what_changes_do_together_is_said_once_with_all_of_them)
{
	port_knobs("0");
	wanted(KNOB_PORT_RANGE, "32768 60999", "16384 65535", CHANGE_TODO);
	wanted(KNOB_TW_REUSE, "0", "1", CHANGE_TODO);
	/* and what is not written counts as it is */
	wanted(KNOB_TIMESTAMPS, "1", "0", CHANGE_READ_ONLY);
	foretell();
	numbers(saying("to one destination, this host"), "connections per second",
		28232 / 61.0, 49152);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		PREDICT_TEST(a_rate_to_a_destination_is_ports_by_the_time_they_take),
		PREDICT_TEST(reuse_on_the_loopback_alone_is_told_apart),
		PREDICT_TEST(reuse_is_for_outgoing_connections_with_timestamps),
		PREDICT_TEST(reuse_of_what_is_on_the_loopback_counts_apart),
		PREDICT_TEST(formulas_tell_the_numbers_of_now_and_then),
		PREDICT_TEST(ports_that_were_not_read_are_unknown),
		PREDICT_TEST(sockets_that_exist_keep_their_ports),
		PREDICT_TEST(what_changes_do_together_is_said_once_with_all_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
