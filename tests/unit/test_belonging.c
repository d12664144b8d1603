/* SPDX-License-Identifier: MIT */
/* Whose a socket is: groups by process, unit and user, and what a group adds up. */
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/groups.h"
#include "core/owners.h"
#include "unit/rows.h"

/* A process of that unit, with sockets; 0 ends them. Descriptors from 10 on. */
static void own(struct owners *o, uint32_t pid, const char *unit, const uint32_t *inodes)
{
	struct process p = { .pid = pid };

	snprintf(p.unit, sizeof(p.unit), "%s", unit);
	assert_int_equal(owners_add(o, &p), 0);
	for (uint32_t fd = 10; *inodes; inodes++, fd++)
		assert_int_equal(owners_add_socket(o, *inodes, fd), 0);
}

#define INODES(...) ((const uint32_t[]){ __VA_ARGS__, 0 })

static struct groups grouped(enum group_by by, const struct owners *o,
			     const char *const *rows)
{
	struct grouping how = { .by = by, .owners = o };
	struct groups g;

	groups_init(&g, &how);
	rows_take(&g, rows);
	assert_false(g.is_broken);
	return g;
}

static const struct group *find(const struct groups *g, uint32_t index)
{
	struct group_key key = { .index = index };

	return groups_find(g, &key);
}

static unsigned count(const struct groups *g, uint32_t index)
{
	return find(g, index) ? find(g, index)->n : 0;
}

TEST(a_socket_is_its_holders_nobodys_or_of_one_unknown)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=12",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 inode=21",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5002 inode=99",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5003",
		"FIN_WAIT_2 192.0.2.1:80 192.0.2.9:5004",
		"LAST_ACK 192.0.2.1:80 192.0.2.9:5005",
		/* it waits for its listener's process */
		"SYN_RECV 192.0.2.1:80 192.0.2.9:5006",
		NULL,
	};
	struct owners o = { 0 };
	struct groups g;

	own(&o, 100, "", INODES(11, 12));
	own(&o, 200, "", INODES(21));
	g = grouped(GROUP_BY_PROCESS, &o, rows);
	assert_int_equal(count(&g, 0), 3);
	assert_int_equal(count(&g, 1), 1);
	assert_int_equal(count(&g, GROUP_UNKNOWN), 1);
	assert_int_equal(count(&g, GROUP_NOBODY), 3);
	groups_done(&g);
	/* without owners whoever holds one is unknown */
	g = grouped(GROUP_BY_PROCESS, NULL, rows);
	assert_int_equal(count(&g, GROUP_UNKNOWN), 5);
	assert_int_equal(count(&g, GROUP_NOBODY), 3);
	assert_int_equal(find(&g, GROUP_UNKNOWN)->n_fds, 0);
	groups_done(&g);
	owners_done(&o);
}

TEST(what_was_never_accepted_is_its_listeners)
{
	static const struct {
		const char *what;
		const char *listeners[4];
		const char *row;
		uint32_t owner; /* in owners: inode 11 is of 0, 21 of 1 */
	} rows[] = {
		{ "the exact address before any",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		    "LISTEN 192.0.2.1:80 0.0.0.0:0 inode=21" },
		  "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		  1 },
		{ "another exact address is another's",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		    "LISTEN 192.0.2.1:80 0.0.0.0:0 inode=21" },
		  "CLOSE_WAIT 192.0.2.2:80 192.0.2.9:5000 rqueue=1",
		  0 },
		{ "IPv6, of ::",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		    "LISTEN [::]:80 [::]:0 inode=21" },
		  "CLOSE_WAIT [2001:db8::1]:80 [2001:db8::9]:5000 rqueue=1",
		  1 },
		{ "IPv6, of the exact address",
		  { "LISTEN [::]:80 [::]:0 inode=11",
		    "LISTEN [2001:db8::1]:80 [::]:0 inode=21" },
		  "CLOSE_WAIT [2001:db8::1]:80 [2001:db8::9]:5000 rqueue=1",
		  1 },
		{ "v4-mapped, of ::",
		  { "LISTEN [::]:80 [::]:0 inode=21" },
		  "CLOSE_WAIT [::ffff:192.0.2.1]:80 [::ffff:192.0.2.9]:5000 rqueue=1",
		  1 },
		{ "v4-mapped, of :: though there is 0.0.0.0",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		    "LISTEN [::]:80 [::]:0 inode=21" },
		  "CLOSE_WAIT [::ffff:192.0.2.1]:80 [::ffff:192.0.2.9]:5000 rqueue=1",
		  1 },
		{ "IPv4, of 0.0.0.0 though there is ::",
		  { "LISTEN [::]:80 [::]:0 inode=11",
		    "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=21" },
		  "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		  1 },
		{ "v4-mapped, of a listener bound to ::ffff:0.0.0.0",
		  { "LISTEN [::ffff:0.0.0.0]:80 [::]:0 inode=21" },
		  "CLOSE_WAIT [::ffff:192.0.2.1]:80 [::ffff:192.0.2.9]:5000 rqueue=1",
		  1 },
		{ "established and in the queue",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=21" },
		  "ESTABLISHED 192.0.2.1:80 192.0.2.9:5000",
		  1 },
		{ "of several the first's (SO_REUSEPORT)",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=21",
		    "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11" },
		  "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		  1 },
		{ "a listener of nobody known",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=99" },
		  "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		  GROUP_UNKNOWN },
		{ "another port",
		  { "LISTEN 0.0.0.0:81 0.0.0.0:0 inode=11" },
		  "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		  GROUP_NOBODY },
		{ "an orphan is in no queue",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11" },
		  "LAST_ACK 192.0.2.1:80 192.0.2.9:5000",
		  GROUP_NOBODY },
		{ "nor is an accepted one",
		  { "LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11" },
		  "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=21",
		  1 },
	};
	struct owners o = { 0 };

	own(&o, 100, "", INODES(11));
	own(&o, 200, "", INODES(21));
	for (size_t i = 0; i < N(rows); i++) {
		const char *const row[] = { rows[i].row, NULL };
		struct groups g = grouped(GROUP_BY_PROCESS, &o, rows[i].listeners);
		unsigned before = count(&g, rows[i].owner);

		rows_take(&g, row);
		if (count(&g, rows[i].owner) != before + 1)
			fail_msg("%s: not of %u", rows[i].what, rows[i].owner);
		groups_done(&g);
	}
	owners_done(&o);
}

TEST(the_queue_of_a_listener_is_counted_there_and_in_its_process)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 rqueue=1",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 rqueue=1",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5002",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5003 rqueue=1 inode=12",
		NULL,
	};
	struct owners o = { 0 };
	struct groups g;

	own(&o, 100, "", INODES(11, 12));
	g = grouped(GROUP_BY_PROCESS, &o, rows);
	assert_int_equal(((struct listener *)keyed_at(&g.listeners, 0))->close_wait, 2);
	assert_int_equal(count(&g, 0), 5);
	assert_int_equal(find(&g, 0)->n_unaccepted, 3);
	assert_int_equal(find(&g, 0)->close_wait_unaccepted, 2);
	assert_int_equal(find(&g, 0)->close_wait_unread, 1);
	/* the descriptors are of what it holds, not of the queue */
	assert_int_equal(find(&g, 0)->n_fds, 2);
	assert_int_equal(find(&g, 0)->fds[0], 10);
	assert_int_equal(find(&g, 0)->fds[1], 11);
	groups_done(&g);
	owners_done(&o);
}

TEST(of_many_descriptors_the_first_are_kept)
{
	const char *rows[GROUP_FDS + 4] = { 0 };
	struct owners o = { 0 };
	struct groups g;

	for (size_t i = 0; i + 1 < N(rows); i++)
		rows[i] = "ESTABLISHED 192.0.2.1:80 192.0.2.9:5002 inode=11";
	own(&o, 100, "", INODES(11));
	g = grouped(GROUP_BY_PROCESS, &o, rows);
	assert_int_equal(find(&g, 0)->n, GROUP_FDS + 3);
	assert_int_equal(find(&g, 0)->n_fds, GROUP_FDS);
	groups_done(&g);
	/* only by process */
	g = grouped(GROUP_BY_STATE, &o, rows);
	assert_int_equal(groups_at(&g, 0)->n_fds, 0);
	groups_done(&g);
	owners_done(&o);
}

TEST(the_processes_of_a_unit_are_one)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=21",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=31 ack=5 data=7",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=21 ack=4 data=9",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=41",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=51",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=99",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5000",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5001",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5002",
		NULL,
	};
	struct owners o = { 0 };
	struct groups g;

	own(&o, 100, "nginx.service", INODES(11));
	own(&o, 200, "", INODES(41));
	own(&o, 300, "nginx.service", INODES(21));
	own(&o, 400, "sshd.service", INODES(31));
	own(&o, 500, "", INODES(51));
	g = grouped(GROUP_BY_UNIT, &o, rows);
	assert_int_equal(g.groups.n, 7);
	groups_sort(&g);
	/* nginx and nobody with 3 each, those without a unit, sshd, and an unknown one */
	assert_int_equal(g.groups.n, 5);
	assert_int_equal(groups_at(&g, 0)->n, 3);
	assert_int_equal(groups_at(&g, 0)->key.index, 0);
	assert_int_equal(groups_at(&g, 0)->oldest_min_ms, 4);
	assert_int_equal(groups_at(&g, 0)->oldest_max_ms, 9);
	assert_int_equal(groups_at(&g, 1)->key.index, GROUP_NOBODY);
	assert_int_equal(groups_at(&g, 1)->n, 3);
	assert_int_equal(groups_at(&g, 2)->n, 2);
	assert_string_equal(o.at[groups_at(&g, 2)->key.index].unit, "");
	assert_int_equal(groups_at(&g, 3)->n, 1);
	assert_int_equal(groups_at(&g, 4)->n, 1);
	assert_int_equal(groups_rest(&g, 0).n, N(rows) - 1);
	groups_done(&g);
	owners_done(&o);
}

TEST(nobody_and_the_unknown_are_no_process_without_a_unit)
{
	static const char *const rows[] = {
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=99",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5000",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=11",
		NULL,
	};
	struct owners o = { 0 };
	struct groups g;

	own(&o, 100, "", INODES(11));
	g = grouped(GROUP_BY_UNIT, &o, rows);
	groups_sort(&g);
	assert_int_equal(g.groups.n, 3);
	groups_done(&g);
	owners_done(&o);
}

TEST(a_user_is_known_of_what_is_held)
{
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=11 uid=33",
		"ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=12 uid=1000",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 inode=12 uid=0",
		/* of the queue: the listener's */
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5002",
		/* a 0 that says nothing */
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5003",
		"CLOSE_WAIT 192.0.2.1:81 192.0.2.9:5003",
		NULL,
	};
	struct groups g = grouped(GROUP_BY_USER, NULL, rows);

	assert_int_equal(count(&g, 33), 2);
	assert_int_equal(count(&g, 1000), 1);
	assert_int_equal(count(&g, 0), 1);
	assert_int_equal(count(&g, GROUP_NOBODY), 2);
	groups_done(&g);
}

TEST(on_a_machine_up_for_longer_than_32_bits_an_age_has_no_upper_bound)
{
	static const char *const texts[] = {
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=6000 data=6000", NULL
	};
	static const struct {
		int64_t uptime_ms;
		uint64_t max_ms;
	} rows[] = {
		{ UINT32_MAX, 6000 },
		{ (int64_t)UINT32_MAX + 1, UINT64_MAX },
		{ -1, UINT64_MAX },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const struct grouping how = { .by = GROUP_BY_PORT,
					      .uptime_ms = rows[i].uptime_ms };
		struct groups g;

		groups_init(&g, &how);
		rows_take(&g, texts);
		assert_int_equal(groups_at(&g, 0)->oldest_min_ms, 6000);
		assert_int_equal(groups_at(&g, 0)->oldest_max_ms, rows[i].max_ms);
		groups_done(&g);
	}
}

TEST(the_age_of_the_oldest_close_wait_is_an_interval)
{
	static const struct {
		const char *what;
		const char *rows[4];
		uint64_t min_ms, max_ms;
		unsigned n_aged;
	} rows[] = {
		{ "no times",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1" },
		  0,
		  0,
		  0 },
		{ "exact",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=6000 data=6000" },
		  6000,
		  6000,
		  1 },
		{ "idle before the FIN",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=6000 data=9000" },
		  6000,
		  9000,
		  1 },
		{ "the ends may be of different sockets",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=6000 data=9000",
		    "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 inode=1 ack=20 data=10000",
		    "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5002 inode=1 ack=10 data=15" },
		  6000,
		  10000,
		  3 },
		{ "never accepted, too",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 ack=5004 data=6004" },
		  5004,
		  6004,
		  1 },
		{ "data stamped a jiffy behind its ACK",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=6004 data=6000" },
		  6004,
		  6004,
		  1 },
		{ "the longer time has wrapped",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=4000000000 data=5",
		    "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=1 data=10" },
		  4000000000,
		  UINT64_MAX,
		  2 },
		{ "as far apart as no jiffy",
		  { "CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=1100 data=1000" },
		  1100,
		  UINT64_MAX,
		  1 },
		{ "other states have no such age",
		  { "ESTABLISHED 192.0.2.1:80 192.0.2.9:5000 inode=1 ack=9000 data=9000",
		    "LAST_ACK 192.0.2.1:80 192.0.2.9:5000 ack=9000 data=9000" },
		  0,
		  0,
		  0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct groups g = grouped(GROUP_BY_PORT, NULL, rows[i].rows);
		struct group all = groups_rest(&g, 0);

		if (all.oldest_min_ms != rows[i].min_ms ||
		    all.oldest_max_ms != rows[i].max_ms || all.n_aged != rows[i].n_aged)
			fail_msg("%s: %lu to %lu of %u", rows[i].what,
				 (unsigned long)all.oldest_min_ms,
				 (unsigned long)all.oldest_max_ms, all.n_aged);
		groups_done(&g);
	}
}

TEST(unread_bytes_are_counted_without_the_fin)
{
	static const char *const rows[] = {
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 rqueue=101",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 inode=1 rqueue=1",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5002 inode=1 rqueue=0",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5003 rqueue=51",
		NULL,
	};
	struct groups g = grouped(GROUP_BY_STATE, NULL, rows);
	struct group all = groups_rest(&g, 0);

	assert_int_equal(all.close_wait_unread, 2);
	assert_int_equal(all.close_wait_unread_bytes, 100);
	assert_int_equal(all.close_wait_read, 1);
	assert_int_equal(all.close_wait_unaccepted, 1);
	groups_done(&g);
}

TEST(closes_are_counted_by_five_seconds_and_the_recent_by_themselves)
{
	static const struct {
		const char *row;
		int at; /* in closes; -1: in none */
		unsigned tail, recent, oldest_ms;
	} rows[] = {
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=60000", 0, 0, 1, 0 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=55001", 0, 0, 1, 4999 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=55000", 1, 0, 1, 5000 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=50001", 1, 0, 1, 9999 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=50000", 2, 0, 0, 0 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=1", 11, 0, 0, 0 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=0", -1, 1, 0, 0 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=60001", -1, 0, 0, 0 },
		{ "TIME_WAIT 192.0.2.1:80 192.0.2.9:5000 expires=4294967295", -1, 0, 0,
		  0 },
		{ "FIN_WAIT_2 192.0.2.1:80 192.0.2.9:5000 mini expires=59999", -1, 0, 0,
		  0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const char *const texts[] = { rows[i].row, NULL };
		struct groups g = grouped(GROUP_BY_PORT, NULL, texts);
		const struct group *group = groups_at(&g, 0);

		for (int at = 0; at < GROUP_CLOSES; at++)
			if (group->closes[at] != (at == rows[i].at))
				fail_msg("%s: %u in %d", rows[i].row, group->closes[at],
					 at);
		assert_int_equal(group->closes_tail, rows[i].tail);
		assert_int_equal(group->n_recent, rows[i].recent);
		assert_int_equal(group->recent_oldest_ms, rows[i].oldest_ms);
		groups_done(&g);
	}
}

TEST(the_rest_is_the_sum_of_all_that_is_not_shown)
{
	/* of each thing a number of its own, in two groups of which one is joined to nothing */
	static const char *const rows[] = {
		"LISTEN 0.0.0.0:80 0.0.0.0:0 inode=1 memory=5",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5000 inode=1 rqueue=11 ack=5 data=7",
		"CLOSE_WAIT 192.0.2.1:80 192.0.2.9:5001 inode=1 ack=4 data=8",
		"CLOSE_WAIT [2001:db8::1]:80 [2001:db8::2]:5002 rqueue=2",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5003 expires=60000",
		"TIME_WAIT 192.0.2.1:80 192.0.2.9:5004 expires=0",
		"TIME_WAIT 192.0.2.1:81 192.0.2.9:5003 expires=59000",
		"TIME_WAIT 192.0.2.1:81 192.0.2.9:5004 expires=0",
		"CLOSE_WAIT 192.0.2.1:81 192.0.2.9:5005 inode=1 rqueue=6 ack=6 data=6",
		"CLOSE_WAIT 192.0.2.1:81 192.0.2.9:5006 inode=1 memory=7",
		"LAST_ACK [2001:db8::1]:81 [2001:db8::2]:5002",
		"FIN_WAIT_1 192.0.2.1:82 192.0.2.9:5006",
		"FIN_WAIT_2 192.0.2.1:82 192.0.2.9:5006 inode=4",
		"FIN_WAIT_2 192.0.2.1:82 192.0.2.9:5007 inode=4",
		NULL,
	};
	struct groups g = grouped(GROUP_BY_PORT, NULL, rows);
	struct group all;

	groups_sort(&g);
	assert_int_equal(g.groups.n, 3);
	all = groups_rest(&g, 0);
	assert_int_equal(all.n, 14);
	assert_int_equal(all.at[TCP_CLOSE_WAIT], 5);
	assert_int_equal(all.at[TCP_TIME_WAIT], 4);
	assert_int_equal(all.n_ipv6, 2);
	assert_int_equal(all.n_mini, 4);
	assert_int_equal(all.n_unaccepted, 1);
	assert_int_equal(all.close_wait_unread, 2);
	assert_int_equal(all.close_wait_unread_bytes, 15);
	assert_int_equal(all.close_wait_read, 2);
	assert_int_equal(all.close_wait_unaccepted, 1);
	assert_int_equal(all.oldest_min_ms, 6);
	assert_int_equal(all.oldest_max_ms, 8);
	assert_int_equal(all.n_aged, 3);
	assert_int_equal(all.closes[0], 2);
	assert_int_equal(all.closes_tail, 2);
	assert_int_equal(all.n_recent, 2);
	assert_int_equal(all.recent_oldest_ms, 1000);
	assert_int_equal(all.memory, 12);
	assert_int_equal(all.n_memory, 2);
	assert_int_equal(group_closed_here(&all), 7);
	assert_int_equal(group_closed_by_peer(&all), 6);
	assert_int_equal(groups_rest(&g, 1).n, 14 - groups_at(&g, 0)->n);
	assert_int_equal(groups_rest(&g, 2).n, groups_at(&g, 2)->n);
	assert_int_equal(groups_rest(&g, 3).n, 0);
	groups_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_is_its_holders_nobodys_or_of_one_unknown),
		cmocka_unit_test(what_was_never_accepted_is_its_listeners),
		cmocka_unit_test(
			the_queue_of_a_listener_is_counted_there_and_in_its_process),
		cmocka_unit_test(of_many_descriptors_the_first_are_kept),
		cmocka_unit_test(the_processes_of_a_unit_are_one),
		cmocka_unit_test(nobody_and_the_unknown_are_no_process_without_a_unit),
		cmocka_unit_test(a_user_is_known_of_what_is_held),
		cmocka_unit_test(
			on_a_machine_up_for_longer_than_32_bits_an_age_has_no_upper_bound),
		cmocka_unit_test(the_age_of_the_oldest_close_wait_is_an_interval),
		cmocka_unit_test(unread_bytes_are_counted_without_the_fin),
		cmocka_unit_test(
			closes_are_counted_by_five_seconds_and_the_recent_by_themselves),
		cmocka_unit_test(the_rest_is_the_sum_of_all_that_is_not_shown),
	};

	return cmocka_run_group_tests_name("belonging", tests, NULL, NULL);
}
