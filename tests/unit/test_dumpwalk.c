/* SPDX-License-Identifier: MIT */
/* What a socket of a dump tells beside its state; tests/sys/test_sockdiag.c has the rest. */
#include "unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "core/dumpwalk.h"
#include "core/socket.h"

enum { TIMES_SIZE = offsetof(struct tcp_info, tcpi_pmtu) };

/* An attribute of n bytes that says it has `length`. */
static void add_attribute(struct text *t, uint16_t type, const void *bytes, size_t n,
			  size_t length)
{
	const struct rtattr a = { .rta_type = type, .rta_len = (unsigned short)length };
	static const char padding[RTA_ALIGNTO];

	text_add_bytes(t, (const char *)&a, sizeof(a));
	text_add_bytes(t, bytes, n);
	text_add_bytes(t, padding, RTA_ALIGN(n) - n);
}

static void add_times(struct text *t, uint32_t ack_ms, uint32_t data_ms, size_t n)
{
	struct tcp_info info = { .tcpi_last_ack_recv = ack_ms,
				 .tcpi_last_data_recv = data_ms,
				 .tcpi_last_ack_sent = 77,
				 .tcpi_last_data_sent = 78,
				 .tcpi_pmtu = 79 };
	char bytes[sizeof(info) + 64] = { 0 };

	memcpy(bytes, &info, sizeof(info));
	assert_true(n <= sizeof(bytes));
	add_attribute(t, INET_DIAG_INFO, bytes, n, RTA_LENGTH(n));
}

static void add_memory(struct text *t, size_t n)
{
	const uint32_t parts[SK_MEMINFO_VARS + 4] = {
		[SK_MEMINFO_RMEM_ALLOC] = 1,	   [SK_MEMINFO_RCVBUF] = 1000000,
		[SK_MEMINFO_WMEM_ALLOC] = 2000000, [SK_MEMINFO_SNDBUF] = 3000000,
		[SK_MEMINFO_FWD_ALLOC] = 20,	   [SK_MEMINFO_WMEM_QUEUED] = 300,
		[SK_MEMINFO_OPTMEM] = 4000,	   [SK_MEMINFO_BACKLOG] = 50000,
		[SK_MEMINFO_DROPS] = 6000000,
	};

	assert_true(n <= sizeof(parts));
	add_attribute(t, INET_DIAG_SKMEMINFO, parts, n, RTA_LENGTH(n));
}

static const struct inet_diag_msg close_wait = { .idiag_family = AF_INET,
						 .idiag_state = TCP_CLOSE_WAIT,
						 .idiag_inode = 9 };

/* A whole message with those attributes behind the socket. */
static void add_socket(struct text *t, const struct inet_diag_msg *m,
		       const struct text *attributes)
{
	size_t n = attributes ? attributes->n : 0;
	const struct nlmsghdr h = { .nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof(*m)) + n),
				    .nlmsg_type = TCPDIAG_GETSOCK,
				    .nlmsg_seq = 1 };
	static const char padding[NLMSG_ALIGNTO];

	text_add_bytes(t, (const char *)&h, sizeof(h));
	text_add_bytes(t, (const char *)m, sizeof(*m));
	if (n)
		text_add_bytes(t, attributes->at, n);
	text_add_bytes(t, padding, NLMSG_ALIGN(h.nlmsg_len) - h.nlmsg_len);
}

struct taken {
	struct socket_row rows[16];
	size_t n;
};

static void take(void *to, const struct socket_row *row)
{
	struct taken *taken = to;

	assert_true(taken->n < N(taken->rows));
	taken->rows[taken->n++] = *row;
}

static struct taken walk_states(const struct text *t, uint32_t states)
{
	struct taken taken = { 0 };
	struct dump_walk walk = { .add = take, .to = &taken, .states = states };
	struct err e = { 0 };

	if (dump_walk(&walk, t->at, t->n, &e) < 0)
		fail_msg("%s", e.text);
	return taken;
}

/* The one socket with those attributes. */
static struct socket_row walk_one(const struct inet_diag_msg *m,
				  const struct text *attributes)
{
	own_text struct text t = { 0 };
	struct taken taken;

	add_socket(&t, m, attributes);
	/* and what follows it is still found */
	add_socket(&t, &close_wait, NULL);
	taken = walk_states(&t, 0);
	assert_int_equal(taken.n, 2);
	assert_false(taken.rows[1].has_times || taken.rows[1].has_memory);
	assert_int_equal(taken.rows[1].inode, 9);
	return taken.rows[0];
}

TEST(a_socket_is_read_whole)
{
	static const struct inet_diag_msg m = {
		.idiag_family = AF_INET6,
		.idiag_state = TCP_LISTEN,
		.idiag_timer = 2,
		.id = { .idiag_cookie = { 0x11223344, 0x55667788 } },
		.idiag_expires = 4294964296,
		.idiag_rqueue = 5,
		.idiag_wqueue = 6,
		.idiag_uid = 1000,
		.idiag_inode = 4294967295,
	};
	struct inet_diag_msg full = m;
	struct socket_row row;

	full.id.idiag_sport = htons(443);
	full.id.idiag_dport = htons(50000);
	for (int i = 0; i < 4; i++) {
		full.id.idiag_src[i] = htonl(0x20010DB8U + (uint32_t)i);
		full.id.idiag_dst[i] = htonl(0x20010DC8U + (uint32_t)i);
	}
	row = walk_one(&full, NULL);
	assert_int_equal(row.family, CENSUS_IPV6);
	assert_int_equal(row.state, TCP_LISTEN);
	assert_false(row.is_mini);
	assert_int_equal(row.local_port, 443);
	assert_int_equal(row.remote_port, 50000);
	assert_memory_equal(row.local, full.id.idiag_src, 16);
	assert_memory_equal(row.remote, full.id.idiag_dst, 16);
	assert_int_equal(row.rqueue, 5);
	assert_int_equal(row.wqueue, 6);
	assert_int_equal(row.uid, 1000);
	assert_int_equal(row.inode, 4294967295);
	assert_int_equal(row.expires_ms, 4294964296);
	assert_true(row.cookie == UINT64_C(0x5566778811223344));
	assert_false(row.has_times || row.has_memory);
	assert_int_equal(row.memory, 0);
}

TEST(of_an_ipv4_address_only_its_word_is_read)
{
	struct inet_diag_msg m = close_wait;
	struct socket_row row;

	for (int i = 0; i < 4; i++)
		m.id.idiag_src[i] = m.id.idiag_dst[i] = htonl(0xC0000201);
	row = walk_one(&m, NULL);
	assert_int_equal(row.local[0], htonl(0xC0000201));
	assert_int_equal(row.remote[0], htonl(0xC0000201));
	for (int i = 1; i < 4; i++)
		assert_int_equal(row.local[i] | row.remote[i], 0);
}

TEST(timer_3_and_no_other_is_a_mini_socket)
{
	for (uint8_t timer = 0; timer < 6; timer++) {
		struct inet_diag_msg m = close_wait;

		m.idiag_state = TCP_FIN_WAIT2;
		m.idiag_timer = timer;
		assert_int_equal(walk_one(&m, NULL).is_mini, timer == 3);
	}
}

TEST(what_is_closed_in_a_dump_is_only_bound)
{
	struct inet_diag_msg m = close_wait;

	m.idiag_state = TCP_CLOSE;
	assert_int_equal(walk_one(&m, NULL).state, TCP_BOUND_INACTIVE);
}

TEST(the_times_are_read_from_a_tcp_info_of_any_age)
{
	for (size_t n = 0; n <= sizeof(struct tcp_info) + 64; n++) {
		own_text struct text attributes = { 0 };
		struct socket_row row;

		add_times(&attributes, 6000, 9000, n);
		row = walk_one(&close_wait, &attributes);
		assert_int_equal(row.has_times, n >= TIMES_SIZE);
		assert_int_equal(row.last_ack_recv_ms, n >= TIMES_SIZE ? 6000 : 0);
		assert_int_equal(row.last_data_recv_ms, n >= TIMES_SIZE ? 9000 : 0);
	}
}

TEST(the_memory_is_the_sum_of_what_is_taken_and_not_of_the_limits)
{
	for (size_t n = 0; n <= (SK_MEMINFO_VARS + 4) * sizeof(uint32_t); n++) {
		own_text struct text attributes = { 0 };
		struct socket_row row;
		bool is_whole = n >= (SK_MEMINFO_BACKLOG + 1) * sizeof(uint32_t);

		add_memory(&attributes, n);
		row = walk_one(&close_wait, &attributes);
		assert_int_equal(row.has_memory, is_whole);
		assert_int_equal(row.memory, is_whole ? 54321 : 0);
	}
}

TEST(attributes_are_found_among_others_of_odd_lengths)
{
	own_text struct text attributes = { 0 };
	struct socket_row row;

	add_attribute(&attributes, INET_DIAG_SHUTDOWN, "\1", 1, RTA_LENGTH(1));
	add_attribute(&attributes, INET_DIAG_CONG, "cubic", 6, RTA_LENGTH(6));
	add_times(&attributes, 6000, 9000, TIMES_SIZE + 1);
	add_attribute(&attributes, INET_DIAG_TOS, NULL, 0, RTA_LENGTH(0));
	add_memory(&attributes, 36);
	add_attribute(&attributes, 4711, "junk", 4, RTA_LENGTH(4));
	row = walk_one(&close_wait, &attributes);
	assert_true(row.has_times && row.has_memory);
	assert_int_equal(row.last_data_recv_ms, 9000);
	assert_int_equal(row.memory, 54321);
}

TEST(an_attribute_whose_length_lies_ends_them)
{
	static const size_t lengths[] = { 0, 1, 3, 9, 10, 1000, 65535 };

	for (size_t i = 0; i < N(lengths); i++) {
		own_text struct text attributes = { 0 }, last = { 0 };
		struct socket_row row;

		add_times(&attributes, 6000, 9000, TIMES_SIZE);
		add_attribute(&attributes, INET_DIAG_SHUTDOWN, "\1\2\3\4", 4, lengths[i]);
		add_memory(&attributes, 36);
		row = walk_one(&close_wait, &attributes);
		assert_true(row.has_times);
		/* 9 and 10 are of the 12 that follow, so what comes is misread, not found */
		assert_false(row.has_memory);
		/* the last one, beyond the message */
		add_attribute(&last, INET_DIAG_SKMEMINFO, "\1\2\3\4", 4,
			      lengths[i] ? lengths[i] : 9);
		assert_false(walk_one(&close_wait, &last).has_memory);
	}
}

TEST(attributes_cut_off_by_the_message_are_none)
{
	own_text struct text whole = { 0 };

	add_times(&whole, 6000, 9000, TIMES_SIZE);
	for (size_t n = 0; n < whole.n; n++) {
		struct text cut = { .at = whole.at, .n = n };

		assert_false(walk_one(&close_wait, &cut).has_times);
	}
}

TEST(only_the_states_asked_for_are_taken)
{
	static const uint8_t states[] = { TCP_ESTABLISHED, TCP_TIME_WAIT, TCP_CLOSE,
					  TCP_LISTEN, TCP_CLOSING };
	static const struct {
		uint32_t states;
		size_t n;
	} rows[] = {
		{ 0, 5 },
		{ STATES_ALL, 5 },
		{ 1 << TCP_TIME_WAIT, 1 },
		{ 1 << TCP_ESTABLISHED | 1 << TCP_CLOSING, 2 },
		{ 1 << TCP_BOUND_INACTIVE, 1 },
		/* it is bound, and not closed */
		{ 1 << TCP_CLOSE, 0 },
		{ 1 << TCP_LAST_ACK, 0 },
	};
	own_text struct text t = { 0 };

	for (size_t i = 0; i < N(states); i++) {
		struct inet_diag_msg m = close_wait;

		m.idiag_state = states[i];
		add_socket(&t, &m, NULL);
	}
	for (size_t i = 0; i < N(rows); i++) {
		struct taken taken = walk_states(&t, rows[i].states);

		if (taken.n != rows[i].n)
			fail_msg("%x: %zu are taken", rows[i].states, taken.n);
		for (size_t k = 0; rows[i].states && k < taken.n; k++)
			assert_true(rows[i].states >> taken.rows[k].state & 1);
	}
}

TEST(nonsense_in_a_state_not_asked_for_is_still_refused)
{
	own_text struct text t = { 0 };
	struct taken taken = { 0 };
	struct dump_walk walk = { .add = take, .to = &taken, .states = 1 << TCP_LISTEN };
	struct inet_diag_msg m = close_wait;

	m.idiag_state = 12;
	add_socket(&t, &m, NULL);
	assert_int_equal(dump_walk(&walk, t.at, t.n, NULL), -EBADMSG);
}

TEST(another_answer_is_passed_over_with_its_flags)
{
	own_text struct text t = { 0 };
	struct taken taken = { 0 };
	struct dump_walk walk = { .add = take, .to = &taken, .sequence = 1 };
	struct nlmsghdr h;

	add_socket(&t, &close_wait, NULL);
	add_socket(&t, &close_wait, NULL);
	memcpy(&h, t.at, sizeof(h));
	h.nlmsg_seq = 2;
	h.nlmsg_flags = NLM_F_DUMP_INTR;
	memcpy(t.at, &h, sizeof(h));
	assert_int_equal(dump_walk(&walk, t.at, t.n, NULL), 0);
	assert_int_equal(taken.n, 1);
	assert_false(walk.is_interrupted || walk.is_done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_is_read_whole),
		cmocka_unit_test(of_an_ipv4_address_only_its_word_is_read),
		cmocka_unit_test(timer_3_and_no_other_is_a_mini_socket),
		cmocka_unit_test(what_is_closed_in_a_dump_is_only_bound),
		cmocka_unit_test(the_times_are_read_from_a_tcp_info_of_any_age),
		cmocka_unit_test(
			the_memory_is_the_sum_of_what_is_taken_and_not_of_the_limits),
		cmocka_unit_test(attributes_are_found_among_others_of_odd_lengths),
		cmocka_unit_test(an_attribute_whose_length_lies_ends_them),
		cmocka_unit_test(attributes_cut_off_by_the_message_are_none),
		cmocka_unit_test(only_the_states_asked_for_are_taken),
		cmocka_unit_test(nonsense_in_a_state_not_asked_for_is_still_refused),
		cmocka_unit_test(another_answer_is_passed_over_with_its_flags),
	};

	return cmocka_run_group_tests_name("dumpwalk", tests, NULL, NULL);
}
