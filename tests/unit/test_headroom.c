/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/groups.h"
#include "core/headroom.h"
#include "core/snapshot.h"
#include "unit/rows.h"

/* A snapshot with some knobs; NULL: not read. */
static struct snapshot *snapshot_of(const char *range, const char *reserved)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	if (range)
		s->knobs[KNOB_PORT_RANGE].value = strdup(range);
	if (reserved)
		s->knobs[KNOB_RESERVED_PORTS].value = strdup(reserved);
	return s;
}

static void free_snapshot(struct snapshot *s)
{
	snapshot_done(s);
	free(s);
}

static struct port_pool pool_of(const char *range, const char *reserved)
{
	struct snapshot *s = snapshot_of(range, reserved);
	struct port_pool pool;

	port_pool_make(&pool, s);
	free_snapshot(s);
	return pool;
}

TEST(the_pool_is_the_range_without_what_is_reserved)
{
	static const struct {
		const char *range, *reserved;
		bool is_known;
		unsigned n;
	} rows[] = {
		{ "40000 40049", "", true, 50 },
		{ "40000 40049", NULL, true, 50 },
		{ "40000 40049", "40000-40024", true, 25 },
		{ "40000 40049", "39990-40000,40049-40060", true, 48 },
		{ "40000 40049", "80,8080", true, 50 },
		{ "40000 40049", "1-65535", true, 0 },
		{ "40000 40000", "", true, 1 },
		{ "32768 60999", "", true, 28232 },
		{ "1 65535", "", true, 65535 },
		{ "0 65535", "", true, 65536 },
		{ NULL, "", false, 0 },
		{ "40049 40000", "", false, 0 },
		{ "40000", "", false, 0 },
		{ "40000 65536", "", false, 0 },
		{ "a b", "", false, 0 },
		{ "40000 40049", "junk", false, 0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct port_pool pool = pool_of(rows[i].range, rows[i].reserved);

		if (pool.is_known != rows[i].is_known || pool.n != rows[i].n ||
		    ports_count(&pool.at, 0, UINT16_MAX) != rows[i].n)
			fail_msg("'%s' without '%s' has %u ports", rows[i].range,
				 rows[i].reserved, pool.n);
	}
}

TEST(the_ends_of_the_range_stay_though_they_are_reserved)
{
	struct port_pool pool = pool_of("40000 40049", "40000,40049");

	assert_int_equal(pool.low, 40000);
	assert_int_equal(pool.high, 40049);
	assert_int_equal(pool.n, 48);
}

TEST(reuse_is_what_the_sysctls_say)
{
	static const struct {
		const char *mode, *delay, *timestamps;
		int64_t ret_mode;
		unsigned ret_delay_ms;
		bool ret_lacks_timestamps;
	} rows[] = {
		{ NULL, NULL, NULL, -1, 1000 },	   { "0", NULL, "1", 0, 1000 },
		{ "1", "1000", "1", 1, 1000 },	   { "2", "1", NULL, 2, 1 },
		{ "2", "60000", "1", 2, 60000 },   { "1", "60001", "1", 1, 1000 },
		{ "1", "0", "1", 1, 1000 },	   { "1", "-5", "1", 1, 1000 },
		{ "1", "5000", "2", 1, 5000 },	   { "1", "5000", "0", 1, 5000, true },
		{ "2", NULL, "0", 2, 1000, true },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct snapshot *s = snapshot_of(NULL, NULL);
		struct reuse reuse;

		if (rows[i].mode)
			s->knobs[KNOB_TW_REUSE].value = strdup(rows[i].mode);
		if (rows[i].delay)
			s->knobs[KNOB_TW_REUSE_DELAY].value = strdup(rows[i].delay);
		if (rows[i].timestamps)
			s->knobs[KNOB_TIMESTAMPS].value = strdup(rows[i].timestamps);
		reuse = reuse_of(s);
		if (reuse.mode != rows[i].ret_mode ||
		    reuse.delay_ms != rows[i].ret_delay_ms ||
		    reuse.lacks_timestamps != rows[i].ret_lacks_timestamps)
			fail_msg("row %zu: mode %d after %u ms", i, (int)reuse.mode,
				 reuse.delay_ms);
		free_snapshot(s);
	}
}

/* A pool of 50, 40000 to 40049, and sockets on it. */
struct scene {
	struct port_pool pool;
	struct groups groups;
};

static void scene_make(struct scene *s, const char *reserved)
{
	struct grouping how = { .by = GROUP_BY_PEER, .reuse_delay_ms = 1000 };

	s->pool = pool_of("40000 40049", reserved);
	how.pool = &s->pool;
	groups_init(&s->groups, &how);
}

/* One socket. */
static void scene_add(struct scene *s, const char *row)
{
	rows_take(&s->groups, (const char *const[]){ row, NULL });
}

/* So many in a row, from that port on; `row` has a %d for it. */
static void scene_hold(struct scene *s, int port, int n, const char *row)
{
	for (; n > 0; n--, port++) {
		char text[160];

		snprintf(text, sizeof(text), row, port);
		scene_add(s, text);
	}
}

/* The first outgoing group. */
static const struct group *destination(const struct scene *s)
{
	for (size_t i = 0; i < s->groups.groups.n; i++)
		if (groups_at(&s->groups, i)->key.way == GROUP_OUT)
			return groups_at(&s->groups, i);
	fail_msg("there is no destination");
	return NULL;
}

static struct headroom headroom(const struct scene *s, int64_t mode)
{
	struct reuse reuse = { mode, 1000 };

	return headroom_of(&s->groups, destination(s), &reuse);
}

TEST(a_destination_holds_its_ports_in_any_state)
{
	static const char *const states[] = {
		"ESTABLISHED 10.99.0.1:%d 10.99.0.9:5000 inode=9",
		"SYN_SENT 10.99.0.1:%d 10.99.0.9:5000 inode=9",
		"FIN_WAIT_1 10.99.0.1:%d 10.99.0.9:5000",
		"FIN_WAIT_2 10.99.0.1:%d 10.99.0.9:5000 mini expires=100",
		"CLOSE_WAIT 10.99.0.1:%d 10.99.0.9:5000 inode=9",
		"LAST_ACK 10.99.0.1:%d 10.99.0.9:5000",
		"TIME_WAIT 10.99.0.1:%d 10.99.0.9:5000 expires=59500",
	};

	for (size_t i = 0; i < N(states); i++) {
		struct scene s;
		struct headroom h;

		scene_make(&s, "");
		scene_hold(&s, 40000, 30, states[i]);
		h = headroom(&s, 1);
		assert_int_equal(h.pool, 50);
		assert_int_equal(h.held, 30);
		assert_int_equal(h.blocked, 0);
		/* only a TIME_WAIT is reusable, and these are all too young or none */
		assert_int_equal(h.reusable, 0);
		if (h.free != 20)
			fail_msg("%s: %u free", states[i], h.free);
		scene_hold(&s, 40030, 20, states[i]);
		assert_int_equal(headroom(&s, 1).free, 0);
		groups_done(&s.groups);
	}
}

TEST(another_destination_has_all_of_them)
{
	static const char *const others[] = {
		"ESTABLISHED 10.99.0.1:%d 10.99.0.9:5001 inode=9",
		"ESTABLISHED 10.99.0.1:%d 10.99.0.8:5000 inode=9",
		"ESTABLISHED 10.99.0.2:%d 10.99.0.9:5000 inode=9",
	};

	for (size_t i = 0; i < N(others); i++) {
		struct scene s;

		scene_make(&s, "");
		scene_add(&s, "ESTABLISHED 10.99.0.1:40000 10.99.0.9:5000 inode=9");
		scene_hold(&s, 40000, 50, others[i]);
		assert_int_equal(headroom(&s, 0).free, 49);
		groups_done(&s.groups);
	}
}

TEST(what_is_listened_on_or_bound_is_blocked_for_all)
{
	struct scene s;
	struct headroom h;

	scene_make(&s, "40045");
	scene_add(&s, "LISTEN 0.0.0.0:40001 0.0.0.0:0 inode=1");
	scene_add(&s, "LISTEN [::]:40001 [::]:0 inode=1");
	scene_add(&s, "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=1");
	/* reserved: connect() would not take it anyway */
	scene_add(&s, "LISTEN 0.0.0.0:40045 0.0.0.0:0 inode=1");
	scene_add(&s, "BOUND_INACTIVE 127.0.0.1:40002 0.0.0.0:0 inode=1");
	scene_add(&s, "BOUND_INACTIVE 127.0.0.1:40001 0.0.0.0:0 inode=1");
	scene_add(&s, "BOUND_INACTIVE 127.0.0.1:39999 0.0.0.0:0 inode=1");
	scene_add(&s, "BOUND_INACTIVE 127.0.0.1:40049 0.0.0.0:0 inode=1");
	/* served there: no port of a destination */
	scene_add(&s, "ESTABLISHED 10.99.0.1:40001 10.99.0.9:5000 inode=9");
	scene_hold(&s, 40010, 10, "ESTABLISHED 10.99.0.1:%d 10.99.0.9:5000 inode=9");
	h = headroom(&s, 0);
	assert_int_equal(h.pool, 49);
	assert_int_equal(h.held, 10);
	assert_int_equal(h.blocked, 3);
	assert_int_equal(h.free, 36);
	groups_done(&s.groups);
}

TEST(reserved_ports_are_not_in_the_pool_and_not_held)
{
	struct scene s;
	struct headroom h;

	scene_make(&s, "40000-40024");
	scene_hold(&s, 40020, 10, "TIME_WAIT 10.99.0.1:%d 10.99.0.9:5000 expires=10");
	h = headroom(&s, 1);
	assert_int_equal(h.pool, 25);
	assert_int_equal(h.held, 5);
	assert_int_equal(h.reusable, 5);
	assert_int_equal(h.free, 25);
	assert_int_equal(headroom(&s, 0).free, 20);
	groups_done(&s.groups);
	/* all of them, and yet one is held that was bound */
	scene_make(&s, "40000-40049");
	scene_add(&s, "TIME_WAIT 10.99.0.1:40000 10.99.0.9:5000 expires=10");
	assert_int_equal(headroom(&s, 1).free, 0);
	groups_done(&s.groups);
}

TEST(reuse_takes_old_ports_where_it_is_on)
{
	static const struct {
		int64_t mode;
		const char *row;
		bool is_reused;
	} rows[] = {
		{ 0, "TIME_WAIT 127.0.0.1:%d 127.0.0.1:5000 expires=58000", false },
		{ 1, "TIME_WAIT 127.0.0.1:%d 127.0.0.1:5000 expires=58000", true },
		{ 2, "TIME_WAIT 127.0.0.1:%d 127.0.0.1:5000 expires=58000", true },
		{ 2, "TIME_WAIT 127.8.9.1:%d 10.99.0.9:5000 expires=58000", true },
		{ 2, "TIME_WAIT 10.99.0.1:%d 127.0.0.9:5000 expires=58000", true },
		{ 2, "TIME_WAIT 10.99.0.1:%d 10.99.0.1:5000 expires=58000", false },
		{ 1, "TIME_WAIT 10.99.0.1:%d 10.99.0.1:5000 expires=58000", true },
		{ 2, "TIME_WAIT [::1]:%d [::1]:5000 expires=58000", true },
		{ 2,
		  "TIME_WAIT [::ffff:127.0.0.1]:%d [::ffff:127.0.0.1]:5000 expires=58000",
		  true },
		{ 2, "TIME_WAIT [2001:db8::1]:%d [2001:db8::1]:5000 expires=58000",
		  false },
		{ 1, "TIME_WAIT [2001:db8::1]:%d [2001:db8::1]:5000 expires=58000",
		  true },
		/* a number that no kernel has means nothing */
		{ 3, "TIME_WAIT 127.0.0.1:%d 127.0.0.1:5000 expires=58000", false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct scene s;
		struct headroom h;

		scene_make(&s, "");
		scene_hold(&s, 40000, 20, rows[i].row);
		h = headroom(&s, rows[i].mode);
		assert_int_equal(h.held, 20);
		assert_int_equal(h.reusable, 20);
		if (h.is_reused != rows[i].is_reused ||
		    h.free != (rows[i].is_reused ? 50 : 30))
			fail_msg("mode %d, %s: %u free", (int)rows[i].mode, rows[i].row,
				 h.free);
		groups_done(&s.groups);
	}
}

TEST(to_bind_a_port_must_be_free_towards_all)
{
	struct scene s;

	scene_make(&s, "40048");
	scene_add(&s, "LISTEN 0.0.0.0:40000 0.0.0.0:0 inode=1");
	scene_add(&s, "BOUND_INACTIVE 10.99.0.1:40001 0.0.0.0:0 inode=1");
	scene_add(&s, "BOUND_INACTIVE 10.99.0.1:40049 0.0.0.0:0 inode=1");
	scene_hold(&s, 40010, 5, "ESTABLISHED 10.99.0.1:%d 10.99.0.9:5000 inode=9");
	scene_hold(&s, 40012, 5, "TIME_WAIT 10.99.0.1:%d 10.99.0.8:5000 expires=10");
	/* both bound and held: once */
	scene_add(&s, "ESTABLISHED 10.99.0.1:40001 10.99.0.9:5000 inode=9");
	scene_hold(&s, 40020, 5, "ESTABLISHED 10.99.0.2:%d 10.99.0.9:5000 inode=9");
	assert_int_equal(s.groups.locals.n, 2);
	/* 49, without 3 that are blocked and 40010 to 40016 */
	assert_int_equal(headroom_to_bind(&s.groups, keyed_at(&s.groups.locals, 0)), 39);
	assert_int_equal(headroom_to_bind(&s.groups, keyed_at(&s.groups.locals, 1)), 41);
	groups_done(&s.groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pool_is_the_range_without_what_is_reserved),
		cmocka_unit_test(the_ends_of_the_range_stay_though_they_are_reserved),
		cmocka_unit_test(reuse_is_what_the_sysctls_say),
		cmocka_unit_test(a_destination_holds_its_ports_in_any_state),
		cmocka_unit_test(another_destination_has_all_of_them),
		cmocka_unit_test(what_is_listened_on_or_bound_is_blocked_for_all),
		cmocka_unit_test(reserved_ports_are_not_in_the_pool_and_not_held),
		cmocka_unit_test(reuse_takes_old_ports_where_it_is_on),
		cmocka_unit_test(to_bind_a_port_must_be_free_towards_all),
	};

	return cmocka_run_group_tests_name("headroom", tests, NULL, NULL);
}
