/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/census.h"

static const struct socket_row established = {
	.state = TCP_ESTABLISHED,
	.inode = 1,
};

TEST(sockets_are_counted_by_state_and_family)
{
	struct census c = { 0 };
	struct socket_row row = established;

	census_add(&c, &row);
	row.family = CENSUS_IPV6;
	census_add(&c, &row);
	census_add(&c, &row);
	assert_int_equal(c.at[TCP_ESTABLISHED][CENSUS_IPV4], 1);
	assert_int_equal(c.at[TCP_ESTABLISHED][CENSUS_IPV6], 2);
	assert_int_equal(census_total(&c, TCP_ESTABLISHED), 3);
	assert_int_equal(census_sum(&c), 3);
}

TEST(a_time_wait_on_a_port_that_is_listened_on_was_served)
{
	struct census c = { 0 };
	struct socket_row row = { .state = TCP_LISTEN, .local_port = 443, .inode = 1 };

	census_add(&c, &row);
	row = (struct socket_row){ .state = TCP_TIME_WAIT,
				   .local_port = 443,
				   .is_mini = true,
				   .expires_ms = 58500 };
	census_add(&c, &row);
	row.local_port = 40000;
	census_add(&c, &row);
	assert_int_equal(c.time_wait_served, 1);
	assert_int_equal(c.closes.at[1], 2);
}

TEST(an_outgoing_time_wait_with_a_loopback_address_is_told_apart)
{
	static const struct {
		const char *what;
		struct socket_row row;
		uint64_t n;
	} rows[] = {
		{ "127.0.0.1", { .local = { 0x7F000001 } }, 1 },
		{ "127.255.0.9, the peer's", { .remote = { 0x7FFF0009 } }, 1 },
		{ "126.0.0.1", { .local = { 0x7E000001 } }, 0 },
		{ "::1", { .family = CENSUS_IPV6, .remote = { 0, 0, 0, 1 } }, 1 },
		{ "::2", { .family = CENSUS_IPV6, .local = { 0, 0, 0, 2 } }, 0 },
		{ "::ffff:127.0.0.1",
		  { .family = CENSUS_IPV6, .local = { 0, 0, 0xFFFF, 0x7F000001 } },
		  1 },
		{ "7f00:1::", { .family = CENSUS_IPV6, .local = { 0x7F000001 } }, 0 },
		{ "127.0.0.1 of a server",
		  { .local = { 0x7F000001 }, .local_port = 443 },
		  0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct socket_row row = { .state = TCP_LISTEN, .local_port = 443 };
		struct census c = { 0 };

		census_add(&c, &row);
		row = rows[i].row;
		for (int word = 0; word < 4; word++) {
			row.local[word] = htonl(row.local[word]);
			row.remote[word] = htonl(row.remote[word]);
		}
		row.state = TCP_ESTABLISHED;
		census_add(&c, &row);
		assert_int_equal(c.time_wait_loopback, 0);
		row.state = TCP_TIME_WAIT;
		census_add(&c, &row);
		if (c.time_wait_loopback != rows[i].n)
			fail_msg("%s: %d", rows[i].what, (int)c.time_wait_loopback);
	}
}

TEST(a_state_is_read_in_every_spelling)
{
	static const struct {
		const char *name;
		int state;
	} rows[] = {
		{ "fin_wait1", TCP_FIN_WAIT1 },
		{ "FIN_WAIT_1", TCP_FIN_WAIT1 },
		{ "fin-wait-1", TCP_FIN_WAIT1 },
		{ "Fin-Wait-2", TCP_FIN_WAIT2 },
		{ "close-wait", TCP_CLOSE_WAIT },
		{ "CLOSE_WAIT", TCP_CLOSE_WAIT },
		{ "closewait", TCP_CLOSE_WAIT },
		{ "close", TCP_CLOSE },
		{ "bound-inactive", TCP_BOUND_INACTIVE },
	};
	static const char *const none[] = { "",		 "-",		"fin_wait",
					    "fin_wait3", "close_waits", "time wait" };
	int state;

	for (size_t i = 0; i < N(rows); i++)
		if (!census_state_parse(rows[i].name, &state) || state != rows[i].state)
			fail_msg("'%s' is not read", rows[i].name);
	for (size_t i = 0; i < N(none); i++)
		if (census_state_parse(none[i], &state))
			fail_msg("'%s' is taken for a state", none[i]);
}

TEST(every_state_is_in_the_order_once_and_counts_in_the_sum)
{
	struct census c = { 0 };
	uint64_t n = 0;
	bool seen[CENSUS_STATES] = { 0 };

	for (const int *state = census_order; *state; state++) {
		struct socket_row row = { .state = (uint8_t)*state, .inode = 1 };

		assert_false(seen[*state]);
		seen[*state] = true;
		census_add(&c, &row);
		assert_int_equal(census_sum(&c), ++n);
	}
	for (int state = 0; state < CENSUS_STATES; state++)
		assert_int_equal(seen[state], census_state_name(state) != NULL);
}

TEST(the_parts_of_a_state_tell_who_must_act)
{
	static const struct {
		const char *what;
		struct socket_row row;
		size_t offset; /* of the one part that must become 1 */
	} rows[] = {
		{ "an orphaned FIN_WAIT_2 in a mini-socket",
		  { .state = TCP_FIN_WAIT2, .is_mini = true },
		  offsetof(struct census, fin_wait2_mini) },
		{ "an orphaned FIN_WAIT_2 in a full socket",
		  { .state = TCP_FIN_WAIT2 },
		  offsetof(struct census, fin_wait2_orphan) },
		{ "a FIN_WAIT_2 that a process holds",
		  { .state = TCP_FIN_WAIT2, .inode = 9 },
		  offsetof(struct census, fin_wait2_held) },
		{ "a CLOSE_WAIT with the end unread",
		  { .state = TCP_CLOSE_WAIT, .inode = 9, .rqueue = 1 },
		  offsetof(struct census, close_wait_unread) },
		{ "a CLOSE_WAIT with the end read",
		  { .state = TCP_CLOSE_WAIT, .inode = 9 },
		  offsetof(struct census, close_wait_read) },
		{ "a CLOSE_WAIT nobody accepted",
		  { .state = TCP_CLOSE_WAIT, .rqueue = 1 },
		  offsetof(struct census, close_wait_unaccepted) },
	};

	for (size_t i = 0; i < N(rows); i++) {
		static const size_t parts[] = {
			offsetof(struct census, fin_wait2_mini),
			offsetof(struct census, fin_wait2_orphan),
			offsetof(struct census, fin_wait2_held),
			offsetof(struct census, close_wait_unread),
			offsetof(struct census, close_wait_read),
			offsetof(struct census, close_wait_unaccepted),
		};
		struct census c = { 0 };

		census_add(&c, &rows[i].row);
		for (size_t k = 0; k < N(parts); k++) {
			uint64_t n;

			memcpy(&n, (const char *)&c + parts[k], sizeof(n));
			if (n != (parts[k] == rows[i].offset))
				fail_msg("%s: part %zu is %lu", rows[i].what, k,
					 (unsigned long)n);
		}
	}
}

TEST(an_orphaned_fin_wait2_of_a_server_is_told_apart)
{
	static const struct {
		struct socket_row row;
		unsigned served;
	} rows[] = {
		{ { .state = TCP_FIN_WAIT2, .local_port = 80, .is_mini = true }, 1 },
		{ { .state = TCP_FIN_WAIT2, .local_port = 80 }, 1 },
		{ { .state = TCP_FIN_WAIT2, .local_port = 80, .inode = 9 }, 0 },
		{ { .state = TCP_FIN_WAIT2, .local_port = 81, .is_mini = true }, 0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct census c = { 0 };

		ports_add(&c.listening, 80);
		census_add(&c, &rows[i].row);
		assert_int_equal(c.fin_wait2_served, rows[i].served);
	}
}

TEST(an_orphan_is_closed_and_not_yet_a_mini_socket)
{
	static const struct {
		struct socket_row row;
		unsigned orphans;
	} rows[] = {
		{ { .state = TCP_FIN_WAIT1 }, 1 },
		{ { .state = TCP_FIN_WAIT1, .inode = 9 }, 0 },
		{ { .state = TCP_FIN_WAIT2 }, 1 },
		{ { .state = TCP_FIN_WAIT2, .inode = 9 }, 0 },
		{ { .state = TCP_FIN_WAIT2, .is_mini = true }, 0 },
		{ { .state = TCP_CLOSING }, 1 },
		{ { .state = TCP_LAST_ACK }, 1 },
		{ { .state = TCP_LAST_ACK, .inode = 9 }, 0 },
		{ { .state = TCP_TIME_WAIT, .is_mini = true }, 0 },
		{ { .state = TCP_CLOSE_WAIT }, 0 },
		{ { .state = TCP_SYN_RECV }, 0 },
		{ { .state = TCP_ESTABLISHED }, 0 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct census c = { 0 };

		census_add(&c, &rows[i].row);
		if (c.orphans != rows[i].orphans)
			fail_msg("row %zu, %s: %lu orphans", i,
				 census_state_name(rows[i].row.state),
				 (unsigned long)c.orphans);
	}
}

TEST(a_listener_is_full_one_above_its_backlog)
{
	struct census c = { 0 };
	struct socket_row row = { .state = TCP_LISTEN,
				  .inode = 9,
				  .local_port = 443,
				  .rqueue = 128,
				  .wqueue = 128 };

	census_add(&c, &row);
	assert_int_equal(c.listeners_full, 0);
	row.rqueue = 129;
	census_add(&c, &row);
	assert_int_equal(c.listeners_full, 1);
	assert_true(ports_has(&c.listening, 443));
	assert_int_equal(ports_count(&c.listening, 0, UINT16_MAX), 1);
}

TEST(only_listeners_are_in_the_set_of_listening_ports)
{
	struct census c = { 0 };
	struct socket_row row = { .state = TCP_ESTABLISHED, .local_port = 443 };

	census_add(&c, &row);
	assert_int_equal(ports_count(&c.listening, 0, UINT16_MAX), 0);
}

TEST(states_are_spelled_as_the_contract_says)
{
	static const struct {
		int state;
		const char *name;
		const char *key;
	} rows[] = {
		{ TCP_ESTABLISHED, "ESTABLISHED", "established" },
		{ TCP_SYN_SENT, "SYN_SENT", "syn_sent" },
		{ TCP_SYN_RECV, "SYN_RECV", "syn_recv" },
		{ TCP_FIN_WAIT1, "FIN_WAIT_1", "fin_wait1" },
		{ TCP_FIN_WAIT2, "FIN_WAIT_2", "fin_wait2" },
		{ TCP_TIME_WAIT, "TIME_WAIT", "time_wait" },
		{ TCP_CLOSE, "CLOSE", "close" },
		{ TCP_CLOSE_WAIT, "CLOSE_WAIT", "close_wait" },
		{ TCP_LAST_ACK, "LAST_ACK", "last_ack" },
		{ TCP_LISTEN, "LISTEN", "listen" },
		{ TCP_CLOSING, "CLOSING", "closing" },
		{ TCP_BOUND_INACTIVE, "BOUND_INACTIVE", "bound_inactive" },
	};
	static const int none[] = { -1, 0, 12, 14, 255 };

	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(census_order[i], rows[i].state);
		assert_string_equal(census_state_name(rows[i].state), rows[i].name);
		assert_string_equal(census_state_key(rows[i].state), rows[i].key);
	}
	assert_int_equal(census_order[N(rows)], 0);
	for (size_t i = 0; i < N(none); i++) {
		assert_null(census_state_name(none[i]));
		assert_null(census_state_key(none[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_are_counted_by_state_and_family),
		cmocka_unit_test(a_time_wait_on_a_port_that_is_listened_on_was_served),
		cmocka_unit_test(
			an_outgoing_time_wait_with_a_loopback_address_is_told_apart),
		cmocka_unit_test(a_state_is_read_in_every_spelling),
		cmocka_unit_test(every_state_is_in_the_order_once_and_counts_in_the_sum),
		cmocka_unit_test(the_parts_of_a_state_tell_who_must_act),
		cmocka_unit_test(an_orphaned_fin_wait2_of_a_server_is_told_apart),
		cmocka_unit_test(an_orphan_is_closed_and_not_yet_a_mini_socket),
		cmocka_unit_test(a_listener_is_full_one_above_its_backlog),
		cmocka_unit_test(only_listeners_are_in_the_set_of_listening_ports),
		cmocka_unit_test(states_are_spelled_as_the_contract_says),
	};

	return cmocka_run_group_tests_name("census", tests, NULL, NULL);
}
