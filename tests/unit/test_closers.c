/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/closers.h"
#include "core/socket.h"

enum { SECOND = 1000 };

/* A socket of a dump, as short as it can be told. */
struct row {
	uint64_t cookie;
	uint8_t state;
	uint32_t inode;
	uint32_t left_ms; /* of a TIME_WAIT */
};

static void begin(struct closers *c, int64_t elapsed_ms, const struct row *rows, size_t n)
{
	closers_begin(c, elapsed_ms);
	for (size_t i = 0; i < n; i++) {
		const struct socket_row row = {
			.cookie = rows[i].cookie,
			.state = rows[i].state,
			.inode = rows[i].inode,
			.expires_ms = rows[i].left_ms,
		};

		closers_add(c, &row);
	}
}

#define DUMP(c, elapsed_ms, ...)                                      \
	begin((c), (elapsed_ms), (const struct row[]){ __VA_ARGS__ }, \
	      N(((const struct row[]){ __VA_ARGS__ })))

static void hold(struct owners *o, uint32_t pid, const char *program, uint32_t inode)
{
	struct process p = { .pid = pid };

	strcpy(p.program, program);
	assert_int_equal(owners_add(o, &p), 0);
	assert_int_equal(owners_add_socket(o, inode, 3), 0);
}

static void assert_closes(const struct closers *c, uint64_t n, uint64_t n_attributed)
{
	assert_int_equal(c->n, n);
	assert_int_equal(c->n_attributed, n_attributed);
	assert_false(c->is_short_of_memory);
}

/* One connection of a process, and what dump after dump says of it. */
TEST(a_close_is_counted_once_and_belongs_to_who_held_the_connection)
{
	static const struct {
		const char *name;
		struct row rows[4]; /* one a dump, a second apart; state 0: not there */
		unsigned n[4], n_attributed[4];
	} stories[] = {
		{ "seen established, then TIME_WAIT",
		  { { 7, TCP_ESTABLISHED, 70 }, { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 1 },
		  { 0, 1 } },
		{ "through FIN_WAIT_2 without an inode",
		  { { 7, TCP_ESTABLISHED, 70 },
		    { 7, TCP_FIN_WAIT2, 0 },
		    { 7, TCP_FIN_WAIT2, 0 },
		    { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 0, 0, 1 },
		  { 0, 0, 0, 1 } },
		{ "armed anew: no second close",
		  { { 7, TCP_ESTABLISHED, 70 },
		    { 7, TCP_TIME_WAIT, 0, 59500 },
		    { 7, TCP_TIME_WAIT, 0, 59900 },
		    { 7, TCP_TIME_WAIT, 0, 60000 } },
		  { 0, 1, 0, 0 },
		  { 0, 1, 0, 0 } },
		{ "never seen before its close",
		  { { 0 }, { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 1 },
		  { 0, 0 } },
		{ "TIME_WAIT when watching begins",
		  { { 7, TCP_TIME_WAIT, 0, 59900 }, { 7, TCP_TIME_WAIT, 0, 58900 } },
		  { 0, 0 },
		  { 0, 0 } },
		{ "an old one that a dump had missed",
		  { { 0 }, { 7, TCP_TIME_WAIT, 0, 40000 } },
		  { 0, 0 },
		  { 0, 0 } },
		{ "over, but still standing",
		  { { 0 }, { 7, TCP_TIME_WAIT, 0, 0 } },
		  { 0, 0 },
		  { 0, 0 } },
		{ "a TIME_WAIT of another length is known by its cookie",
		  { { 7, TCP_ESTABLISHED, 70 },
		    { 7, TCP_TIME_WAIT, 0, 90000 },
		    { 7, TCP_TIME_WAIT, 0, 89000 } },
		  { 0, 1, 0 },
		  { 0, 1, 0 } },
		{ "not accepted at first",
		  { { 7, TCP_ESTABLISHED, 0 },
		    { 7, TCP_ESTABLISHED, 70 },
		    { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 0, 1 },
		  { 0, 0, 1 } },
		{ "not accepted when it was last seen",
		  { { 7, TCP_ESTABLISHED, 0 }, { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 1 },
		  { 0, 0 } },
		{ "forgotten with the dump that does not show it",
		  { { 7, TCP_ESTABLISHED, 70 }, { 0 }, { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 0, 1 },
		  { 0, 0, 0 } },
		{ "closed by the peer: nothing is left here",
		  { { 7, TCP_ESTABLISHED, 70 }, { 7, TCP_CLOSE_WAIT, 70 }, { 0 } },
		  { 0, 0, 0 },
		  { 0, 0, 0 } },
		{ "held by nobody who may be seen",
		  { { 7, TCP_ESTABLISHED, 71 }, { 7, TCP_TIME_WAIT, 0, 59500 } },
		  { 0, 1 },
		  { 0, 0 } },
		{ "without a cookie the age alone tells",
		  { { 0, TCP_ESTABLISHED, 70 },
		    { 0, TCP_TIME_WAIT, 0, 59500 },
		    { 0, TCP_TIME_WAIT, 0, 58500 },
		    { 0, TCP_TIME_WAIT, 0, 90000 } },
		  { 0, 1, 0, 0 },
		  { 0, 0, 0, 0 } },
	};

	for (size_t i = 0; i < N(stories); i++) {
		struct owners owners = { 0 };
		struct closers c;

		hold(&owners, 100, "server", 70);
		closers_init(&c);
		for (int dump = 0; dump < 4; dump++) {
			const struct row *row = &stories[i].rows[dump];

			begin(&c, dump == 0 ? -1 : SECOND, row, row->state != 0);
			closers_name(&c, &owners);
			if (c.n != stories[i].n[dump] ||
			    c.n_attributed != stories[i].n_attributed[dump])
				fail_msg("%s: dump %d has %d closes, %d attributed",
					 stories[i].name, dump, (int)c.n,
					 (int)c.n_attributed);
		}
		closers_done(&c);
		owners_done(&owners);
	}
}

TEST(closes_are_told_by_process_the_most_first)
{
	struct owners owners = { 0 };
	struct closer top[3];
	struct closers c;

	hold(&owners, 300, "curl", 30);
	hold(&owners, 100, "nginx", 10);
	assert_int_equal(owners_add_socket(&owners, 11, 4), 0);
	hold(&owners, 200, "wget", 20);
	closers_init(&c);
	DUMP(&c, -1, { 1, TCP_ESTABLISHED, 30 }, { 2, TCP_ESTABLISHED, 10 },
	     { 3, TCP_ESTABLISHED, 11 }, { 4, TCP_ESTABLISHED, 20 });
	assert_int_equal(c.n_unasked, 4);
	closers_name(&c, &owners);
	assert_int_equal(closers_top(&c, top, 3), 0);

	DUMP(&c, SECOND, { 1, TCP_TIME_WAIT, 0, 60000 }, { 2, TCP_TIME_WAIT, 0, 60000 },
	     { 3, TCP_TIME_WAIT, 0, 60000 }, { 4, TCP_TIME_WAIT, 0, 60000 });
	assert_closes(&c, 4, 4);
	assert_int_equal(closers_top(&c, top, 3), 3);
	assert_string_equal(top[0].program, "nginx");
	assert_int_equal(top[0].n, 2);
	assert_int_equal(top[1].pid, 200);
	assert_int_equal(top[2].pid, 300);
	assert_int_equal(closers_top(&c, top, 2), 2);
	assert_int_equal(top[1].pid, 200);
	assert_int_equal(closers_top(&c, top, 1), 1);
	assert_int_equal(top[0].pid, 100);

	/* the closes are of one interval */
	DUMP(&c, SECOND, { 1, TCP_TIME_WAIT, 0, 59000 });
	assert_closes(&c, 0, 0);
	assert_int_equal(closers_top(&c, top, 3), 0);
	closers_done(&c);
	owners_done(&owners);
}

TEST(each_socket_is_asked_for_once)
{
	struct owners owners = { 0 };
	struct closers c;

	closers_init(&c);
	DUMP(&c, -1, { 1, TCP_ESTABLISHED, 10 }, { 2, TCP_LISTEN, 20 });
	assert_int_equal(c.n_unasked, 2);
	closers_name(&c, &owners);
	DUMP(&c, SECOND, { 1, TCP_ESTABLISHED, 10 });
	assert_int_equal(c.n_unasked, 0);
	/* an answer nobody had asked for again */
	DUMP(&c, SECOND, { 1, TCP_ESTABLISHED, 11 }, { 3, TCP_ESTABLISHED, 30 });
	assert_int_equal(c.n_unasked, 2);
	closers_done(&c);
}

TEST(a_cookie_that_comes_again_belongs_to_its_new_holder)
{
	struct owners owners = { 0 };
	struct closer top[1];
	struct closers c;

	hold(&owners, 100, "old", 10);
	hold(&owners, 200, "new", 20);
	closers_init(&c);
	DUMP(&c, -1, { 1, TCP_ESTABLISHED, 10 });
	closers_name(&c, &owners);
	DUMP(&c, SECOND, { 1, TCP_ESTABLISHED, 20 });
	assert_int_equal(c.n_unasked, 1);
	closers_name(&c, &owners);
	DUMP(&c, SECOND, { 1, TCP_TIME_WAIT, 0, 60000 });
	assert_int_equal(closers_top(&c, top, 1), 1);
	assert_string_equal(top[0].program, "new");
	closers_done(&c);
	owners_done(&owners);
}

TEST(a_dump_that_begins_anew_counts_nothing_twice)
{
	const struct socket_row close = { .cookie = 1,
					  .state = TCP_TIME_WAIT,
					  .expires_ms = 60000 };
	struct owners owners = { 0 };
	struct closer top[1];
	struct closers c;

	hold(&owners, 100, "server", 10);
	closers_init(&c);
	DUMP(&c, -1, { 1, TCP_ESTABLISHED, 10 });
	closers_name(&c, &owners);
	closers_begin(&c, SECOND);
	for (int i = 0; i < 3; i++) {
		closers_restart(&c);
		closers_add(&c, &close);
		closers_add(&c, &close); /* the table changed under the walk */
	}
	assert_closes(&c, 1, 1);
	assert_int_equal(closers_top(&c, top, 1), 1);
	assert_int_equal(top[0].n, 1);
	closers_done(&c);
	owners_done(&owners);
}

TEST(a_long_time_tells_of_its_last_minute)
{
	struct closers c;

	closers_init(&c);
	DUMP(&c, -1, { 1, TCP_LISTEN });
	DUMP(&c, 600 * SECOND, { 1, TCP_TIME_WAIT, 0, 1 }, { 0, TCP_TIME_WAIT, 0, 1 },
	     { 3, TCP_TIME_WAIT, 0, 0 });
	assert_int_equal(c.window_ms, 60 * SECOND);
	assert_closes(&c, 2, 0);
	assert_int_equal(c.n_nameless, 1);
	closers_done(&c);
}

TEST(memory_follows_the_sockets)
{
	struct owners owners = { 0 };
	struct closers c;

	closers_init(&c);
	for (uint32_t i = 1; i <= 1000; i++) {
		hold(&owners, i, "short", i);
		begin(&c, i == 1 ? -1 : SECOND, &(struct row){ i, TCP_ESTABLISHED, i },
		      1);
		closers_name(&c, &owners);
	}
	assert_int_equal(c.sockets[c.now].n, 1);
	assert_int_equal(c.processes[c.now].n, 1);
	assert_true(c.sockets[0].room + c.sockets[1].room < 200);
	assert_true(c.processes[0].room + c.processes[1].room < 200);
	closers_done(&c);
	owners_done(&owners);
}

TEST(a_close_not_seen_while_open_is_told_by_its_port_and_who_listens_there)
{
	const struct socket_row listener = {
		.cookie = 1, .state = TCP_LISTEN, .inode = 10, .local_port = 8080
	};
	const struct socket_row served = { .cookie = 2,
					   .state = TCP_TIME_WAIT,
					   .local_port = 8080,
					   .expires_ms = 59500 };
	const struct socket_row outgoing = { .cookie = 3,
					     .state = TCP_TIME_WAIT,
					     .local_port = 40000,
					     .expires_ms = 59500 };
	struct owners o = { 0 };
	struct closer_port ports[4];
	struct closers c;

	hold(&o, 5, "nginx", 10);
	closers_init(&c);
	closers_begin(&c, -1);
	closers_add(&c, &listener);
	closers_name(&c, &o);
	for (int dump = 0; dump < 2; dump++) {
		closers_begin(&c, SECOND);
		closers_add(&c, &listener);
		closers_add(&c, &served);
		closers_add(&c, &outgoing);
		if (dump > 0) /* they were there before: no new closes */
			break;
		assert_closes(&c, 2, 0);
		assert_int_equal(closers_ports(&c, ports, 4), 1);
		assert_int_equal(ports[0].port, 8080);
		assert_int_equal(ports[0].n, 1);
		assert_non_null(ports[0].by);
		assert_int_equal(ports[0].by->pid, 5);
	}
	assert_closes(&c, 0, 0);
	assert_int_equal(closers_ports(&c, ports, 4), 0);
	closers_done(&c);
	owners_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_close_not_seen_while_open_is_told_by_its_port_and_who_listens_there),
		cmocka_unit_test(
			a_close_is_counted_once_and_belongs_to_who_held_the_connection),
		cmocka_unit_test(closes_are_told_by_process_the_most_first),
		cmocka_unit_test(each_socket_is_asked_for_once),
		cmocka_unit_test(a_cookie_that_comes_again_belongs_to_its_new_holder),
		cmocka_unit_test(a_dump_that_begins_anew_counts_nothing_twice),
		cmocka_unit_test(a_long_time_tells_of_its_last_minute),
		cmocka_unit_test(memory_follows_the_sockets),
	};

	return cmocka_run_group_tests_name("closers", tests, NULL, NULL);
}
