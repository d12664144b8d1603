/* SPDX-License-Identifier: MIT */
/* What a change will do to ports, and how soon they come back. */
#include "unit/foretell.h"

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
	numbers(saying("the 400 outgoing ones hold theirs"), "ports", 400, 0);
	change(KNOB_TW_REUSE, "1", "2");
	assert_false(saying("127/8 and ::1 only")->has_after);
	assert_int_equal(saying("no effect on how long TIME_WAIT lasts: 500")->effect,
			 PREDICT_NONE);

	host.census.time_wait_served = 500;
	change(KNOB_TW_REUSE, "0", "1");
	assert_int_equal(saying("no effect on the 500 TIME_WAIT here")->effect,
			 PREDICT_NONE);
	knob(KNOB_TIMESTAMPS, "0");
	change(KNOB_TW_REUSE, "0", "1");
	saying("no effect on connections made from now on: with tcp_timestamps=0");
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
	saying("ports in use within the range: 10 now, 5 of the range then");
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
		PREDICT_TEST(ports_that_were_not_read_are_unknown),
		PREDICT_TEST(sockets_that_exist_keep_their_ports),
		PREDICT_TEST(what_changes_do_together_is_said_once_with_all_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
