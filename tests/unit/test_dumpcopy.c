/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "core/dumpcopy.h"
#include "core/dumpwalk.h"
#include "core/mask.h"
#include "core/socket.h"

enum { SEQUENCE = 4711 };

static const char SECRET[] = "a-key-of-tcp-md5";

static void add_padded(struct text *t, const void *bytes, size_t n)
{
	static const char padding[NLMSG_ALIGNTO];

	text_add_bytes(t, bytes, n);
	text_add_bytes(t, padding, NLMSG_ALIGN(n) - n);
}

static void add_message(struct text *t, uint16_t type, uint32_t sequence,
			const void *payload, size_t n)
{
	const struct nlmsghdr h = { .nlmsg_len = (uint32_t)(sizeof(h) + n),
				    .nlmsg_type = type,
				    .nlmsg_flags = NLM_F_MULTI,
				    .nlmsg_seq = sequence,
				    .nlmsg_pid = 77 };

	text_add_bytes(t, (const char *)&h, sizeof(h));
	add_padded(t, payload, n);
}

static void add_attribute(struct text *t, uint16_t type, const void *bytes, size_t n)
{
	const struct rtattr a = { .rta_len = (uint16_t)RTA_LENGTH(n), .rta_type = type };
	own_text struct text whole = { 0 };

	text_add_bytes(&whole, (const char *)&a, sizeof(a));
	text_add_bytes(&whole, bytes, n);
	add_padded(t, whole.at, whole.n);
}

static struct inet_diag_msg socket_of(const char *local, const char *remote)
{
	struct inet_diag_msg m = { .idiag_family =
					   strchr(local, ':') ? AF_INET6 : AF_INET,
				   .idiag_state = TCP_ESTABLISHED,
				   .id.idiag_sport = htons(443),
				   .id.idiag_dport = htons(50000),
				   .id.idiag_cookie = { 5, 6 },
				   .idiag_inode = 9 };

	inet_pton(m.idiag_family, local, m.id.idiag_src);
	inet_pton(m.idiag_family, remote, m.id.idiag_dst);
	return m;
}

/* A socket with these bytes of attributes. */
static void add_socket(struct text *t, const struct inet_diag_msg *m,
		       const struct text *attributes)
{
	own_text struct text payload = { 0 };

	text_add_bytes(&payload, (const char *)m, sizeof(*m));
	if (attributes)
		text_add_bytes(&payload, attributes->at, attributes->n);
	add_message(t, SOCK_DIAG_BY_FAMILY, SEQUENCE, payload.at, payload.n);
}

static void add_done(struct text *t, int error)
{
	add_message(t, NLMSG_DONE, SEQUENCE, &error, sizeof(error));
}

static bool holds(const void *bytes, size_t n, const char *part)
{
	for (size_t i = 0; i + strlen(part) <= n; i++)
		if (memcmp((const char *)bytes + i, part, strlen(part)) == 0)
			return true;
	return false;
}

static void copied(struct dump_copy *copy, const struct text *t)
{
	struct err e = { 0 };

	if (dump_copy(copy, t->at, t->n, &e) < 0)
		fail_msg("%s", e.text);
}

#define own_copy __attribute__((cleanup(dump_copy_done)))

/* What a reader finds in a copy. */
struct found {
	struct socket_row at[8];
	size_t n;
};

static void add_row(void *to, const struct socket_row *row)
{
	struct found *found = to;

	assert_true(found->n < N(found->at));
	found->at[found->n++] = *row;
}

static struct found read_back(const struct dump_copy *copy)
{
	struct found found = { .n = 0 };
	struct dump_walk walk = { .add = add_row, .to = &found };
	struct err e = { 0 };

	if (dump_walk(&walk, copy->bytes.at, copy->bytes.n, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(walk.is_done);
	return found;
}

TEST(only_attributes_of_the_list_are_copied)
{
	static const uint16_t kept[] = {
		INET_DIAG_MEMINFO,  INET_DIAG_INFO,	INET_DIAG_CONG,
		INET_DIAG_TOS,	    INET_DIAG_TCLASS,	INET_DIAG_SKMEMINFO,
		INET_DIAG_SHUTDOWN, INET_DIAG_SKV6ONLY, INET_DIAG_CGROUP_ID,
		INET_DIAG_SOCKOPT,
	};
	const struct inet_diag_msg m = socket_of("192.0.2.1", "192.0.2.2");
	size_t n_kept = 0;

	/* also types that no kernel has yet, and the bits of nested ones */
	for (uint32_t type = 0; type <= UINT16_MAX; type++) {
		own_text struct text attributes = { 0 }, t = { 0 };
		own_copy struct dump_copy copy = { .sequence = SEQUENCE };
		bool is_kept = false;

		for (size_t i = 0; i < N(kept); i++)
			is_kept = is_kept || kept[i] == type;
		add_attribute(&attributes, (uint16_t)type, SECRET, strlen(SECRET));
		add_socket(&t, &m, &attributes);
		copied(&copy, &t);
		if (holds(copy.bytes.at, copy.bytes.n, SECRET) != is_kept)
			fail_msg("attribute %u", type);
		n_kept += is_kept;
	}
	assert_int_equal(n_kept, N(kept));
}

TEST(an_attribute_behind_a_secret_is_copied_and_read)
{
	const struct inet_diag_msg m = socket_of("192.0.2.1", "192.0.2.2");
	const struct tcp_info info = { .tcpi_last_ack_recv = 1234 };
	own_text struct text attributes = { 0 }, t = { 0 };
	own_copy struct dump_copy copy = { .sequence = SEQUENCE };
	struct found found;

	add_attribute(&attributes, INET_DIAG_MD5SIG, SECRET, strlen(SECRET));
	add_attribute(&attributes, INET_DIAG_SHUTDOWN, "\1", 1);
	add_attribute(&attributes, INET_DIAG_ULP_INFO, SECRET, strlen(SECRET) - 1);
	add_attribute(&attributes, INET_DIAG_INFO, &info, sizeof(info));
	add_socket(&t, &m, &attributes);
	add_socket(&t, &m, NULL);
	add_done(&t, 0);
	copied(&copy, &t);
	assert_false(holds(copy.bytes.at, copy.bytes.n, "tcp-md5"));
	found = read_back(&copy);
	assert_int_equal(found.n, 2);
	assert_true(found.at[0].has_times);
	assert_int_equal(found.at[0].last_ack_recv_ms, 1234);
	assert_int_equal(found.at[0].cookie, UINT64_C(6) << 32 | 5);
	assert_int_equal(found.at[0].local[0], inet_addr("192.0.2.1"));
	assert_false(found.at[1].has_times);
}

TEST(addresses_are_masked_and_ports_are_not)
{
	const struct inet_diag_msg plain = socket_of("192.0.2.1", "192.0.2.2");
	const struct inet_diag_msg mapped =
		socket_of("::ffff:192.0.2.1", "::ffff:192.0.2.3");
	own_masks struct masks masks;
	own_text struct text t = { 0 };
	own_copy struct dump_copy copy = { .masks = &masks, .sequence = SEQUENCE };
	struct found found;
	uint32_t words[4];

	masks_init(&masks);
	add_socket(&t, &plain, NULL);
	add_socket(&t, &mapped, NULL);
	add_done(&t, 0);
	copied(&copy, &t);
	found = read_back(&copy);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.at[0].local[0], inet_addr("240.0.0.1"));
	assert_int_equal(found.at[0].remote[0], inet_addr("240.0.0.2"));
	assert_int_equal(found.at[0].local_port, 443);
	assert_int_equal(found.at[0].remote_port, 50000);
	inet_pton(AF_INET6, "::ffff:240.0.0.1", words);
	assert_memory_equal(found.at[1].local, words, 16);
	inet_pton(AF_INET6, "::ffff:240.0.0.3", words);
	assert_memory_equal(found.at[1].remote, words, 16);
	assert_int_equal(masks_count(&masks), 3);
}

TEST(nothing_rides_in_the_rest_of_an_ipv4_address)
{
	struct inet_diag_msg m = socket_of("192.0.2.1", "192.0.2.2");
	own_text struct text t = { 0 };
	own_copy struct dump_copy copy = { .sequence = SEQUENCE };

	memcpy(&m.id.idiag_src[1], "secret-bytes", 12);
	memcpy(&m.id.idiag_dst[1], "secret-bytes", 12);
	add_socket(&t, &m, NULL);
	add_done(&t, 0);
	copied(&copy, &t);
	assert_false(holds(copy.bytes.at, copy.bytes.n, "secret"));
	assert_int_equal(read_back(&copy).at[0].remote[0], inet_addr("192.0.2.2"));
}

TEST(messages_that_are_not_the_answer_are_left_out)
{
	const struct inet_diag_msg m = socket_of("192.0.2.1", "192.0.2.2");
	own_text struct text t = { 0 };
	own_copy struct dump_copy copy = { .sequence = SEQUENCE };

	add_message(&t, SOCK_DIAG_BY_FAMILY, SEQUENCE + 1, SECRET, sizeof(SECRET));
	add_message(&t, NLMSG_NOOP, SEQUENCE, SECRET, sizeof(SECRET));
	add_socket(&t, &m, NULL);
	add_done(&t, 0);
	text_add_bytes(&t, SECRET, sizeof(SECRET));
	copied(&copy, &t);
	assert_true(copy.is_done);
	assert_false(holds(copy.bytes.at, copy.bytes.n, "md5"));
	assert_int_equal(read_back(&copy).n, 1);
}

TEST(what_stands_behind_the_errno_of_the_end_is_left_out)
{
	struct {
		int error;
		char more[sizeof(SECRET)];
	} end = { .error = 0 };
	own_text struct text t = { 0 };
	own_copy struct dump_copy copy = { .sequence = SEQUENCE };

	memcpy(end.more, SECRET, sizeof(SECRET));
	add_message(&t, NLMSG_DONE, SEQUENCE, &end, sizeof(end));
	copied(&copy, &t);
	assert_int_equal(copy.bytes.n, NLMSG_HDRLEN + sizeof(int));
	assert_int_equal(read_back(&copy).n, 0);
}

TEST(a_dump_that_failed_is_not_copied)
{
	const struct inet_diag_msg m = socket_of("192.0.2.1", "192.0.2.2");
	own_text struct text refused = { 0 }, cut = { 0 }, family = { 0 };
	own_copy struct dump_copy copy = { .sequence = SEQUENCE };
	struct inet_diag_msg unix_socket = m;
	struct err e = { 0 };

	add_done(&refused, -ENOENT);
	assert_int_equal(dump_copy(&copy, refused.at, refused.n, &e), -ENOENT);
	add_socket(&cut, &m, NULL);
	assert_int_equal(dump_copy(&copy, cut.at, cut.n - 4, &e), -EBADMSG);
	unix_socket.idiag_family = AF_UNIX;
	add_socket(&family, &unix_socket, NULL);
	assert_int_equal(dump_copy(&copy, family.at, family.n, &e), -EBADMSG);
	assert_int_equal(copy.bytes.n, 0);
}

/* Each length field of a message takes each small value and the great ones. */
TEST(lengths_that_lie_lead_nowhere)
{
	const struct inet_diag_msg m = socket_of("192.0.2.1", "192.0.2.2");
	const size_t at = NLMSG_HDRLEN + sizeof(m);
	own_text struct text attributes = { 0 }, t = { 0 };

	add_attribute(&attributes, INET_DIAG_CONG, "cubic", 6);
	add_attribute(&attributes, INET_DIAG_MD5SIG, SECRET, strlen(SECRET));
	add_attribute(&attributes, INET_DIAG_SHUTDOWN, "\1", 1);
	add_socket(&t, &m, &attributes);
	for (uint32_t length = 0; length <= UINT16_MAX; length++) {
		own_copy struct dump_copy copy = { .sequence = SEQUENCE };
		own_text struct text lie = { 0 };
		uint16_t small = (uint16_t)length;
		struct err e = { 0 };

		/* of the attribute behind the first: the first stays whole */
		text_add_bytes(&lie, t.at, t.n);
		memcpy(lie.at + at + RTA_SPACE(6), &small, sizeof(small));
		copied(&copy, &lie);
		assert_true(holds(copy.bytes.at, copy.bytes.n, "cubic"));
		assert_true(copy.bytes.n <= t.n);
		/* of the message */
		copy.bytes.n = 0;
		memcpy(lie.at, &length, sizeof(length));
		if (dump_copy(&copy, lie.at, lie.n, &e) == 0)
			assert_true(length <= t.n);
		length += length > 256 ? 250 : 0;
	}
}

TEST(a_copy_of_a_copy_is_the_same)
{
	const struct inet_diag_msg m = socket_of("2a00::1", "2a00::2");
	own_text struct text attributes = { 0 }, t = { 0 };
	own_copy struct dump_copy once = { .sequence = SEQUENCE },
				  twice = { .sequence = SEQUENCE };

	add_attribute(&attributes, INET_DIAG_CONG, "cubic", 6);
	add_attribute(&attributes, INET_DIAG_SHUTDOWN, "\1", 1);
	add_socket(&t, &m, &attributes);
	add_done(&t, 0);
	copied(&once, &t);
	copied(&twice, &once.bytes);
	assert_int_equal(once.bytes.n, t.n);
	assert_int_equal(once.bytes.n, twice.bytes.n);
	assert_memory_equal(once.bytes.at, twice.bytes.at, once.bytes.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_attributes_of_the_list_are_copied),
		cmocka_unit_test(an_attribute_behind_a_secret_is_copied_and_read),
		cmocka_unit_test(addresses_are_masked_and_ports_are_not),
		cmocka_unit_test(nothing_rides_in_the_rest_of_an_ipv4_address),
		cmocka_unit_test(messages_that_are_not_the_answer_are_left_out),
		cmocka_unit_test(what_stands_behind_the_errno_of_the_end_is_left_out),
		cmocka_unit_test(a_dump_that_failed_is_not_copied),
		cmocka_unit_test(lengths_that_lie_lead_nowhere),
		cmocka_unit_test(a_copy_of_a_copy_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
