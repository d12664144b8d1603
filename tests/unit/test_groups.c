/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/groups.h"
#include "core/headroom.h"
#include "core/owners.h"
#include "unit/rows.h"

/* 40000 to 40049, but not 40010 */
static const struct port_pool *small_pool(void)
{
	static struct port_pool pool = { .is_known = true, .low = 40000, .high = 40049 };

	for (uint16_t port = pool.low; port <= pool.high; port++)
		if (port != 40010)
			ports_add(&pool.at, port);
	pool.n = ports_count(&pool.at, pool.low, pool.high);
	return &pool;
}

static struct groups grouped(enum group_by by, const struct grouping *how,
			     const char *const *rows)
{
	struct grouping g_how = how ? *how : (struct grouping){ 0 };
	struct groups g;

	g_how.by = by;
	groups_init(&g, &g_how);
	rows_take(&g, rows);
	assert_false(g.is_broken);
	return g;
}

static struct address address(const char *text)
{
	struct address a = { .family = strchr(text, ':') ? CENSUS_IPV6 : CENSUS_IPV4 };

	assert_int_equal(
		inet_pton(a.family == CENSUS_IPV4 ? AF_INET : AF_INET6, text, a.at), 1);
	return a;
}

/* A group's number; 0: there is none. */
static unsigned count(const struct groups *g, struct group_key key)
{
	const struct group *group = groups_find(g, &key);

	return group ? group->n : 0;
}

TEST(a_way_of_grouping_has_one_name)
{
	static const char *const names[GROUP_BYS] = { "state",	 "port", "peer",
						      "process", "unit", "user" };
	static const char *const none[] = { "", "states", "STATE", "por", "port " };
	enum group_by by = GROUP_BYS;

	for (int i = 0; i < GROUP_BYS; i++) {
		assert_string_equal(group_by_name((enum group_by)i), names[i]);
		assert_true(group_by_parse(names[i], &by));
		assert_int_equal(by, i);
	}
	for (size_t i = 0; i < N(none); i++)
		assert_false(group_by_parse(none[i], &by));
}

TEST(by_state_each_state_is_a_group)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=1",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=2",
		"ESTABLISHED [2001:db8::1]:80 [2001:db8::9]:5000 inode=3",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5001",
		"BOUND_INACTIVE 0.0.0.0:81 0.0.0.0:0 inode=4",
		NULL,
	};
	struct groups g = grouped(GROUP_BY_STATE, NULL, rows);

	assert_int_equal(g.groups.n, 4);
	assert_int_equal(count(&g, (struct group_key){ .index = TCP_LISTEN }), 1);
	assert_int_equal(count(&g, (struct group_key){ .index = TCP_ESTABLISHED }), 2);
	assert_int_equal(count(&g, (struct group_key){ .index = TCP_TIME_WAIT }), 1);
	assert_int_equal(count(&g, (struct group_key){ .index = TCP_BOUND_INACTIVE }), 1);
	groups_sort(&g);
	assert_int_equal(groups_at(&g, 0)->key.index, TCP_ESTABLISHED);
	assert_int_equal(groups_at(&g, 0)->n_ipv6, 1);
	assert_int_equal(groups_at(&g, 0)->n_mini, 0);
	assert_int_equal(groups_rest(&g, 0).n_mini, 1);
	groups_done(&g);
}

TEST(only_the_states_asked_for_are_grouped_but_every_listener_is_known)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=1",
		"BOUND_INACTIVE 0.0.0.0:40001 0.0.0.0:0 inode=4",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=2",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 inode=3",
		NULL,
	};
	struct groups g = grouped(
		GROUP_BY_PORT, &(struct grouping){ .states = 1 << TCP_CLOSE_WAIT }, rows);

	assert_int_equal(groups_rest(&g, 0).n, 1);
	assert_int_equal(g.listeners.n, 1);
	assert_int_equal(g.n_bound, 1);
	assert_true(ports_has(&g.bound, 40001));
	assert_int_equal(count(&g, (struct group_key){ .way = GROUP_IN, .port = 80 }), 1);
	groups_done(&g);
}

TEST(a_port_is_the_one_of_the_service)
{
	static const char *const listener = "LISTEN [::]:40020 [::]:0 inode=1";
	static const struct {
		const char *what;
		const char *row;
		bool has_pool;
		enum group_way way;
		unsigned port;
	} rows[] = {
		{ "listened on, though of the pool",
		  "TIME_WAIT 192.0.2.1:40020 192.0.2.9:80", true, GROUP_IN, 40020 },
		{ "the listener itself", "LISTEN 0.0.0.0:40020 0.0.0.0:0", true, GROUP_IN,
		  40020 },
		{ "only bound", "BOUND_INACTIVE 0.0.0.0:40000 0.0.0.0:0 inode=7", true,
		  GROUP_IN, 40000 },
		{ "of the pool, to a higher port",
		  "TIME_WAIT 192.0.2.1:40000 192.0.2.9:50000", true, GROUP_OUT, 50000 },
		{ "the lowest of the pool", "ESTABLISHED 192.0.2.1:40000 192.0.2.9:80",
		  true, GROUP_OUT, 80 },
		{ "the highest of the pool",
		  "ESTABLISHED 192.0.2.1:40049 192.0.2.9:60000", true, GROUP_OUT, 60000 },
		{ "reserved, but in the range",
		  "ESTABLISHED 192.0.2.1:40010 192.0.2.9:60000", true, GROUP_OUT, 60000 },
		{ "below the pool, the lower port",
		  "ESTABLISHED 192.0.2.1:39999 192.0.2.9:60000", true, GROUP_IN, 39999 },
		{ "above the pool, the higher port",
		  "ESTABLISHED 192.0.2.1:40050 192.0.2.9:443", true, GROUP_OUT, 443 },
		{ "no pool, the lower port",
		  "ESTABLISHED 192.0.2.1:40000 192.0.2.9:50000", false, GROUP_IN, 40000 },
		{ "no pool, the higher port", "ESTABLISHED 192.0.2.1:40000 192.0.2.9:443",
		  false, GROUP_OUT, 443 },
		{ "the same on both sides", "ESTABLISHED 192.0.2.1:500 192.0.2.9:500",
		  true, GROUP_IN, 500 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const char *const texts[] = { listener, rows[i].row, NULL };
		struct grouping how = { .pool = rows[i].has_pool ? small_pool() : NULL };
		struct groups g = grouped(GROUP_BY_PORT, &how, texts);
		struct group_key key = { .way = rows[i].way, .port = rows[i].port };

		if (count(&g, key) != 1 + (rows[i].port == 40020))
			fail_msg("%s: not under port %u", rows[i].what, rows[i].port);
		groups_done(&g);
	}
}

TEST(a_pool_that_is_not_known_tells_nothing)
{
	static const char *const rows[] = { "ESTABLISHED 192.0.2.1:0 192.0.2.9:80",
					    NULL };
	struct port_pool pool = { 0 };
	struct groups g =
		grouped(GROUP_BY_PORT, &(struct grouping){ .pool = &pool }, rows);

	assert_int_equal(count(&g, (struct group_key){ .way = GROUP_IN, .port = 0 }), 1);
	groups_done(&g);
}

TEST(a_peer_is_an_address_or_what_a_port_is_held_for)
{
	static const char *const rows[] = {
		"LISTEN [::]:80 [::]:0 inode=1",
		"BOUND_INACTIVE 0.0.0.0:40001 0.0.0.0:0 inode=4",
		/* in: whatever the ports and the local address, mapped or not */
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=2",
		"ESTABLISHED 192.0.2.2:80 192.0.2.9:5001 inode=3",
		"ESTABLISHED [::ffff:192.0.2.1]:80 [::ffff:192.0.2.9]:5002 inode=4",
		"ESTABLISHED [2001:db8::1]:80 [2001:db8::9]:5000 inode=5",
		/* out: another port or local address is another */
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:443 inode=6",
		"TIME_WAIT [::ffff:192.0.2.1]:40001 [::ffff:192.0.2.9]:443",
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:444 inode=7",
		"ESTABLISHED 192.0.2.2:40000 192.0.2.9:443 inode=8",
		"ESTABLISHED 192.0.2.1:40000 192.0.2.8:443 inode=9",
		NULL,
	};
	struct groups g =
		grouped(GROUP_BY_PEER, &(struct grouping){ .pool = small_pool() }, rows);
	const struct address here = address("192.0.2.1"), peer = address("192.0.2.9");

	assert_int_equal(count(&g, (struct group_key){ .way = GROUP_IN, .remote = peer }),
			 3);
	assert_int_equal(
		count(&g, (struct group_key){ .way = GROUP_IN,
					      .remote = address("2001:db8::9") }),
		1);
	assert_int_equal(count(&g, (struct group_key){ .way = GROUP_OUT,
						       .remote = peer,
						       .local = here,
						       .port = 443 }),
			 2);
	assert_int_equal(count(&g, (struct group_key){ .way = GROUP_OUT,
						       .remote = peer,
						       .local = here,
						       .port = 444 }),
			 1);
	assert_int_equal(g.groups.n, 6);
	/* neither a listener nor a bound socket has a peer */
	assert_int_equal(groups_rest(&g, 0).n, 9);
	groups_done(&g);
}

TEST(of_a_destination_the_ports_held_and_reusable_are_counted)
{
	static const char *const rows[] = {
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:443 inode=6",
		"FIN_WAIT_2 192.0.2.1:40001 192.0.2.9:443 mini expires=100",
		/* just not old enough, just old enough, and waiting for the wheel */
		"TIME_WAIT 192.0.2.1:40002 192.0.2.9:443 expires=59000",
		"TIME_WAIT 192.0.2.1:40003 192.0.2.9:443 expires=58999",
		"TIME_WAIT 192.0.2.1:40004 192.0.2.9:443 expires=0",
		/* of no TIME_WAIT that is known */
		"TIME_WAIT 192.0.2.1:40005 192.0.2.9:443 expires=60001",
		/* not of the pool: reserved, outside */
		"TIME_WAIT 192.0.2.1:40010 192.0.2.9:443 expires=10",
		"TIME_WAIT 192.0.2.1:50000 192.0.2.9:443 expires=10",
		NULL,
	};
	struct grouping how = { .pool = small_pool(), .reuse_delay_ms = 1000 };
	struct groups g = grouped(GROUP_BY_PEER, &how, rows);
	const struct group *group = groups_at(&g, 0);
	const struct local_ports *local = keyed_at(&g.locals, 0);

	assert_int_equal(g.groups.n, 1);
	assert_int_equal(group->n, 8);
	assert_int_equal(group->n_ports, 6);
	assert_int_equal(group->n_reusable, 2);
	assert_int_equal(group->n_young, 1);
	assert_int_equal(g.locals.n, 1);
	assert_int_equal(ports_count(&local->held, 0, UINT16_MAX), 6);
	groups_done(&g);
}

TEST(the_ports_of_all_destinations_add_up)
{
	static const char *const rows[] = {
		"TIME_WAIT 192.0.2.1:40002 192.0.2.9:443 expires=60000",
		"TIME_WAIT 192.0.2.1:40003 192.0.2.9:443 expires=100",
		"TIME_WAIT 192.0.2.1:40003 192.0.2.8:443 expires=100",
		"TIME_WAIT 192.0.2.1:40004 192.0.2.8:443 expires=100",
		"TIME_WAIT 192.0.2.1:40005 192.0.2.8:443 expires=59999",
		"TIME_WAIT 192.0.2.1:40006 192.0.2.8:443 expires=59998",
		NULL,
	};
	struct grouping how = { .pool = small_pool(), .reuse_delay_ms = 1000 };
	struct groups g = grouped(GROUP_BY_PEER, &how, rows);
	struct group all = groups_rest(&g, 0);

	assert_int_equal(all.n_ports, 6);
	assert_int_equal(all.n_reusable, 3);
	assert_int_equal(all.n_young, 3);
	assert_int_equal(groups_rest(&g, 1).n_reusable, 2);
	groups_done(&g);
}

TEST(the_ports_of_a_local_address_are_those_towards_all_destinations)
{
	static const char *const rows[] = {
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:443 inode=6",
		"ESTABLISHED 192.0.2.1:40000 192.0.2.8:443 inode=7",
		"ESTABLISHED [::ffff:192.0.2.1]:40001 [::ffff:192.0.2.8]:443 inode=8",
		"ESTABLISHED 192.0.2.2:40002 192.0.2.8:443 inode=9",
		/* served: its port is blocked as listened on */
		"LISTEN 0.0.0.0:40003 0.0.0.0:0 inode=1",
		"ESTABLISHED 192.0.2.1:40003 192.0.2.8:443 inode=9",
		NULL,
	};
	struct groups g =
		grouped(GROUP_BY_PEER, &(struct grouping){ .pool = small_pool() }, rows);
	struct address here = address("192.0.2.1");
	const struct local_ports *local = keyed_find(&g.locals, &here);

	assert_int_equal(g.locals.n, 2);
	assert_non_null(local);
	assert_int_equal(ports_count(&local->held, 0, UINT16_MAX), 2);
	assert_true(ports_has(&local->held, 40000) && ports_has(&local->held, 40001));
	groups_done(&g);
}

TEST(what_lay_in_no_pool_is_counted_for_no_port)
{
	static const char *const rows[] = {
		"TIME_WAIT 192.0.2.1:40000 192.0.2.9:443 expires=1", NULL
	};
	struct groups g = grouped(GROUP_BY_PEER, NULL, rows);

	assert_int_equal(groups_at(&g, 0)->n_ports, 0);
	assert_int_equal(g.locals.n, 0);
	groups_done(&g);
	/* nor where ports are no matter */
	g = grouped(GROUP_BY_PORT, &(struct grouping){ .pool = small_pool() }, rows);
	assert_int_equal(groups_at(&g, 0)->n_ports, 0);
	assert_int_equal(g.locals.n, 0);
	groups_done(&g);
}

TEST(listeners_of_one_address_and_port_are_one)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11 uid=33 rqueue=1 wqueue=100",
		/* full, though less waits than in the one behind it */
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=12 uid=34 rqueue=6 wqueue=5",
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=13 uid=35 rqueue=50 wqueue=100",
		"LISTEN [::]:80 [::]:0 inode=14 uid=36 wqueue=7",
		"LISTEN 192.0.2.1:80 0.0.0.0:0 inode=15 uid=37 wqueue=8",
		"LISTEN [::ffff:192.0.2.2]:80 [::]:0 inode=16 uid=37 wqueue=8",
		"LISTEN 0.0.0.0:81 0.0.0.0:0 inode=17 wqueue=4294967295 rqueue=4294967295",
		/* half full, two thirds, and less again */
		"LISTEN 0.0.0.0:82 0.0.0.0:0 inode=18 rqueue=1 wqueue=1",
		"LISTEN 0.0.0.0:82 0.0.0.0:0 inode=19 rqueue=2 wqueue=2",
		"LISTEN 0.0.0.0:82 0.0.0.0:0 inode=20 rqueue=3 wqueue=4",
		NULL,
	};
	struct groups g = grouped(GROUP_BY_STATE, NULL, rows);
	const struct listener *listener = keyed_at(&g.listeners, 0);

	assert_int_equal(g.listeners.n, 6);
	assert_int_equal(listener->n, 3);
	assert_int_equal(listener->inode, 11);
	assert_int_equal(listener->uid, 33);
	assert_int_equal(listener->waiting, 6);
	assert_int_equal(listener->backlog, 5);
	listener = keyed_at(&g.listeners, 5);
	assert_int_equal(listener->n, 3);
	assert_int_equal(listener->waiting, 2);
	assert_int_equal(listener->backlog, 2);
	assert_int_equal(ports_count(&g.listening, 0, UINT16_MAX), 3);
	groups_done(&g);
}

TEST(more_sockets_come_first_and_the_order_is_the_same_each_time)
{
	static const char *const rows[] = {
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:82 inode=1",
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:81 inode=1",
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:83 inode=1",
		"ESTABLISHED 192.0.2.1:40001 192.0.2.9:83 inode=1",
		NULL,
	};
	static const uint32_t order[] = { 83, 81, 82 };
	struct groups g = grouped(GROUP_BY_PORT, NULL, rows);

	groups_sort(&g);
	for (size_t i = 0; i < N(order); i++)
		assert_int_equal(groups_at(&g, i)->key.port, order[i]);
	groups_done(&g);
	/* and of nothing there is no order */
	groups_init(&g, &(struct grouping){ 0 });
	groups_sort(&g);
	assert_int_equal(groups_rest(&g, 0).n, 0);
	groups_done(&g);
}

TEST(a_dump_that_begins_anew_is_not_added_up)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=1",
		"BOUND_INACTIVE 0.0.0.0:81 0.0.0.0:0 inode=1",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		"ESTABLISHED 192.0.2.1:40000 192.0.2.9:82 inode=1",
		NULL,
	};
	struct grouping how = { .pool = small_pool(), .reuse_delay_ms = 5 };
	struct groups g = grouped(GROUP_BY_PEER, &how, rows);
	struct socket_taker taker = groups_taker(&g);

	taker.restart(taker.to);
	assert_int_equal(g.groups.n + g.listeners.n + g.locals.n + g.n_bound, 0);
	assert_false(ports_has(&g.listening, 80) || ports_has(&g.bound, 81));
	assert_int_equal(g.how.by, GROUP_BY_PEER);
	assert_int_equal(g.how.reuse_delay_ms, 5);
	rows_take(&g, rows);
	assert_int_equal(groups_rest(&g, 0).n, 2);
	assert_int_equal(g.n_bound, 1);
	groups_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_way_of_grouping_has_one_name),
		cmocka_unit_test(by_state_each_state_is_a_group),
		cmocka_unit_test(
			only_the_states_asked_for_are_grouped_but_every_listener_is_known),
		cmocka_unit_test(a_port_is_the_one_of_the_service),
		cmocka_unit_test(a_pool_that_is_not_known_tells_nothing),
		cmocka_unit_test(a_peer_is_an_address_or_what_a_port_is_held_for),
		cmocka_unit_test(
			of_a_destination_the_ports_held_and_reusable_are_counted),
		cmocka_unit_test(the_ports_of_all_destinations_add_up),
		cmocka_unit_test(
			the_ports_of_a_local_address_are_those_towards_all_destinations),
		cmocka_unit_test(what_lay_in_no_pool_is_counted_for_no_port),
		cmocka_unit_test(listeners_of_one_address_and_port_are_one),
		cmocka_unit_test(
			more_sockets_come_first_and_the_order_is_the_same_each_time),
		cmocka_unit_test(a_dump_that_begins_anew_is_not_added_up),
	};

	return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
