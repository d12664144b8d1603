/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "core/census.h"
#include "sys/sockdiag.h"

/* idiag_timer of a mini-socket, and of a retransmission */

/* The parts a dump is made of. */

static void add_message(struct text *t, uint16_t type, uint16_t flags,
			const void *payload, size_t n)
{
	const struct nlmsghdr h = { .nlmsg_len = (uint32_t)(sizeof(h) + n),
				    .nlmsg_type = type,
				    .nlmsg_flags = flags,
				    .nlmsg_seq = 4711,
				    .nlmsg_pid = 1 };
	static const char padding[NLMSG_ALIGNTO];

	text_add_bytes(t, (const char *)&h, sizeof(h));
	if (n)
		text_add_bytes(t, payload, n);
	text_add_bytes(t, padding, NLMSG_ALIGN(n) - n);
}

static void add_socket(struct text *t, uint16_t flags, struct inet_diag_msg m)
{
	add_message(t, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI | flags, &m, sizeof(m));
}

static void add_done(struct text *t, uint16_t flags, int error)
{
	add_message(t, NLMSG_DONE, NLM_F_MULTI | flags, &error, sizeof(error));
}

static const struct inet_diag_msg established = { .idiag_family = AF_INET,
						  .idiag_state = TCP_ESTABLISHED,
						  .idiag_inode = 9 };
static const struct inet_diag_msg time_wait = { .idiag_family = AF_INET6,
						.idiag_state = TCP_TIME_WAIT,
						.idiag_timer = TIMER_MINI };

/* Counts a recording of these bytes. */
static int count(const struct text *t, struct census *ret, struct err *e)
{
	int fd = memfd_create("dump", MFD_CLOEXEC);
	struct dump_source *source = NULL;
	int r;

	assert_true(fd >= 0);
	if (t->n)
		assert_int_equal(write(fd, t->at, t->n), t->n);
	assert_int_equal(sockdiag_open_recording(&source, fd, e), 0);
	r = sockdiag_count(source, ret, e);
	sockdiag_close(&source);
	assert_null(source);
	return r;
}

/* A dump that must fail, and leave the census as it was. */
static void expect_failure(const char *what, const struct text *t, int result)
{
	static const struct census untouched = { .orphans = 4711 };
	struct census c = untouched;
	struct err e = { 0 };
	int r = count(t, &c, &e);

	if (r != result)
		fail_msg("%s: %d (%s), want %d", what, r, e.text, result);
	assert_int_equal(e.code, -result);
	assert_int_not_equal(e.text[0], '\0');
	assert_memory_equal(&c, &untouched, sizeof(c));
}

TEST(a_whole_dump_is_counted_by_state_and_family)
{
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	add_socket(&t, 0, established);
	add_socket(&t, 0, time_wait);
	add_socket(&t, 0,
		   (struct inet_diag_msg){ .idiag_family = AF_INET,
					   .idiag_state = TCP_FIN_WAIT2,
					   .idiag_timer = TIMER_MINI });
	add_socket(&t, 0,
		   (struct inet_diag_msg){ .idiag_family = AF_INET,
					   .idiag_state = TCP_FIN_WAIT2,
					   .idiag_timer = TIMER_RETRANSMIT });
	add_socket(&t, 0,
		   (struct inet_diag_msg){ .idiag_family = AF_INET6,
					   .idiag_state = TCP_FIN_WAIT2,
					   .idiag_inode = 9 });
	add_socket(&t, 0,
		   (struct inet_diag_msg){ .idiag_family = AF_INET6,
					   .idiag_state = TCP_LISTEN,
					   .id.idiag_sport = htons(443),
					   .idiag_rqueue = 129,
					   .idiag_wqueue = 128,
					   .idiag_inode = 9 });
	add_socket(&t, 0,
		   (struct inet_diag_msg){ .idiag_family = AF_INET,
					   .idiag_state = TCP_CLOSE_WAIT,
					   .idiag_rqueue = 1,
					   .idiag_inode = 9 });
	add_socket(&t, 0,
		   (struct inet_diag_msg){ .idiag_family = AF_INET,
					   .idiag_state =
						   TCP_CLOSE, /* as the kernel dumps it */
					   .idiag_inode = 9 });
	add_done(&t, 0, 0);

	if (count(&t, &c, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(census_sum(&c), 8);
	assert_int_equal(c.at[TCP_ESTABLISHED][CENSUS_IPV4], 1);
	assert_int_equal(c.at[TCP_TIME_WAIT][CENSUS_IPV6], 1);
	assert_int_equal(c.at[TCP_FIN_WAIT2][CENSUS_IPV4], 2);
	assert_int_equal(c.at[TCP_FIN_WAIT2][CENSUS_IPV6], 1);
	assert_int_equal(c.fin_wait2_mini, 1);
	assert_int_equal(c.fin_wait2_orphan, 1);
	assert_int_equal(c.fin_wait2_held, 1);
	assert_int_equal(c.orphans, 1);
	assert_int_equal(c.close_wait_unread, 1);
	assert_int_equal(c.listeners_full, 1);
	assert_true(ports_has(&c.listening, 443));
	assert_int_equal(c.at[TCP_BOUND_INACTIVE][CENSUS_IPV4], 1);
	assert_false(c.interrupted);
}

TEST(a_host_without_sockets_has_none)
{
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	add_done(&t, 0, 0);
	assert_int_equal(count(&t, &c, &e), 0);
	assert_int_equal(census_sum(&c), 0);
}

TEST(the_request_may_be_of_either_kind)
{
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	add_message(&t, TCPDIAG_GETSOCK, NLM_F_MULTI, &established, sizeof(established));
	add_socket(&t, 0, established);
	add_done(&t, 0, 0);
	assert_int_equal(count(&t, &c, &e), 0);
	assert_int_equal(census_sum(&c), 2);
}

TEST(attributes_behind_a_socket_are_passed_over)
{
	struct {
		struct inet_diag_msg m;
		char attributes[37];
	} message = { .m = established };
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	memset(message.attributes, 0xa5, sizeof(message.attributes));
	add_message(&t, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, &message,
		    offsetof(__typeof__(message), attributes) + 37);
	add_socket(&t, 0, time_wait);
	add_message(&t, NLMSG_NOOP, 0, NULL, 0);
	add_done(&t, 0, 0);
	assert_int_equal(count(&t, &c, &e), 0);
	assert_int_equal(census_sum(&c), 2);
}

TEST(what_stands_behind_the_end_does_not_count)
{
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	add_socket(&t, 0, established);
	add_done(&t, 0, 0);
	add_socket(&t, 0, established);
	text_add_bytes(&t, "junk", 4);
	assert_int_equal(count(&t, &c, &e), 0);
	assert_int_equal(census_sum(&c), 1);
}

TEST(an_interrupted_dump_is_flagged)
{
	/* the kernel sets the flag on a message or on the end */
	for (int where = 0; where < 2; where++) {
		own_text struct text t = { 0 };
		struct census c = { 0 };
		struct err e = { 0 };

		add_socket(&t, where == 0 ? NLM_F_DUMP_INTR : 0, established);
		add_done(&t, where == 1 ? NLM_F_DUMP_INTR : 0, 0);
		assert_int_equal(count(&t, &c, &e), 0);
		assert_true(c.interrupted);
		/* repeated, and not added up */
		assert_int_equal(census_sum(&c), 1);
	}
}

TEST(a_dump_that_ends_in_an_error_is_an_error_and_never_a_zero)
{
	static const int errors[] = { ENOENT, EOPNOTSUPP, EINVAL, EPERM, ENOMEM, EBUSY };

	for (size_t i = 0; i < N(errors); i++) {
		own_text struct text done = { 0 }, error = { 0 }, after = { 0 };
		const struct nlmsgerr payload = { .error = -errors[i] };

		add_done(&done, 0, -errors[i]);
		expect_failure("NLMSG_DONE", &done, -errors[i]);
		add_message(&error, NLMSG_ERROR, 0, &payload, sizeof(payload));
		expect_failure("NLMSG_ERROR", &error, -errors[i]);
		add_socket(&after, 0, established);
		add_done(&after, 0, -errors[i]);
		expect_failure("NLMSG_DONE behind a socket", &after, -errors[i]);
	}
}

TEST(a_missing_module_is_named)
{
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	add_done(&t, 0, -ENOENT);
	assert_int_equal(count(&t, &c, &e), -ENOENT);
	assert_non_null(strstr(e.hint, "tcp_diag"));
}

TEST(an_end_that_says_nothing_is_an_end)
{
	own_text struct text t = { 0 };
	struct census c = { 0 };
	struct err e = { 0 };

	add_socket(&t, 0, established);
	add_message(&t, NLMSG_DONE, NLM_F_MULTI, NULL, 0);
	assert_int_equal(count(&t, &c, &e), 0);
	assert_int_equal(census_sum(&c), 1);
}

TEST(the_lowest_of_errors_does_not_overflow)
{
	own_text struct text done = { 0 }, error = { 0 };
	const struct nlmsgerr payload = { .error = INT32_MIN };
	struct census c = { 0 };
	struct err e = { 0 };

	add_done(&done, 0, INT32_MIN);
	assert_true(count(&done, &c, &e) < 0);
	add_message(&error, NLMSG_ERROR, 0, &payload, sizeof(payload));
	assert_true(count(&error, &c, &e) < 0);
}

TEST(a_dump_that_makes_no_sense_is_refused_whole)
{
	own_text struct text empty = { 0 }, no_end = { 0 }, ack = { 0 }, type = { 0 },
			     overrun = { 0 }, error = { 0 };
	const struct nlmsgerr payload = { .error = 0 };

	expect_failure("no byte", &empty, -EBADMSG);
	add_socket(&no_end, 0, established);
	expect_failure("no NLMSG_DONE", &no_end, -EBADMSG);
	add_message(&ack, NLMSG_ERROR, 0, &payload, sizeof(payload));
	expect_failure("an acknowledgement", &ack, -EBADMSG);
	add_message(&error, NLMSG_ERROR, 0, &payload, 2);
	expect_failure("a short NLMSG_ERROR", &error, -EBADMSG);
	add_message(&type, 77, 0, &established, sizeof(established));
	add_done(&type, 0, 0);
	expect_failure("a message of another type", &type, -EBADMSG);
	add_message(&overrun, NLMSG_OVERRUN, 0, NULL, 0);
	expect_failure("NLMSG_OVERRUN", &overrun, -ENOBUFS);
}

TEST(a_socket_that_makes_no_sense_is_refused)
{
	static const struct {
		const char *what;
		uint8_t family, state;
	} rows[] = {
		{ "no family", 0, TCP_ESTABLISHED },
		{ "AF_UNIX", AF_UNIX, TCP_ESTABLISHED },
		{ "family 255", 255, TCP_ESTABLISHED },
		{ "state 0", AF_INET, 0 },
		{ "state 12", AF_INET, 12 },
		{ "state 13, which only a request has", AF_INET, TCP_BOUND_INACTIVE },
		{ "state 14", AF_INET6, 14 },
		{ "state 255", AF_INET6, 255 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text t = { 0 };

		add_socket(&t, 0, established);
		add_socket(&t, 0,
			   (struct inet_diag_msg){ .idiag_family = rows[i].family,
						   .idiag_state = rows[i].state });
		add_done(&t, 0, 0);
		expect_failure(rows[i].what, &t, -EBADMSG);
	}
}

TEST(a_socket_message_too_short_for_a_socket_is_refused)
{
	for (size_t n = 0; n < sizeof(established); n++) {
		own_text struct text t = { 0 };

		add_message(&t, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, &established, n);
		add_done(&t, 0, 0);
		expect_failure("a short socket", &t, -EBADMSG);
	}
}

TEST(a_dump_cut_off_anywhere_is_refused)
{
	own_text struct text t = { 0 };

	add_socket(&t, 0, established);
	add_socket(&t, 0, time_wait);
	add_done(&t, 0, 0);
	for (size_t n = 0; n < t.n; n++) {
		struct text cut = { .at = t.at, .n = n };

		expect_failure("cut off", &cut, -EBADMSG);
	}
}

TEST(a_length_that_lies_is_refused)
{
	static const uint32_t lengths[] = {
		0, 1, 15, 1000, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0
	};

	for (size_t i = 0; i < N(lengths); i++) {
		own_text struct text t = { 0 };

		add_socket(&t, 0, established);
		add_done(&t, 0, 0);
		memcpy(t.at, &lengths[i], sizeof(lengths[i]));
		expect_failure("a false length", &t, -EBADMSG);
	}
}

TEST(a_recording_must_be_a_file)
{
	struct dump_source *source = NULL;
	struct err e = { 0 };
	int pipe_fds[2];

	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(sockdiag_open_recording(&source, pipe_fds[0], &e), -EINVAL);
	assert_null(source);
	/* the descriptor was taken all the same */
	assert_int_equal(close(pipe_fds[0]), -1);
	assert_int_equal(close(pipe_fds[1]), 0);
}

/* A live dump: piece by piece, interrupted as often as it is told to be. */

struct script {
	struct dump_source source;
	unsigned interruptions; /* so many dumps are interrupted, the first ones */
	int error; /* what receive() fails with in the first one; 0: nothing */
	unsigned n_restarts, n_received;
	struct text piece;
};

static int script_restart(struct dump_source *source, struct err *e)
{
	struct script *script = (struct script *)source;

	(void)e;
	script->n_restarts++;
	script->n_received = 0;
	source->sequence = 4711;
	return 0;
}

static ssize_t script_receive(struct dump_source *source, const void **ret, struct err *e)
{
	struct script *script = (struct script *)source;
	bool is_interrupted = script->n_restarts <= script->interruptions;

	if (script->error)
		return err_errno(e, script->error, "script");
	text_done(&script->piece);
	if (script->n_received == 0)
		add_socket(&script->piece, is_interrupted ? NLM_F_DUMP_INTR : 0,
			   established);
	else if (script->n_received == 1)
		add_socket(&script->piece, 0, time_wait);
	else
		add_done(&script->piece, 0, 0);
	/* a late answer to an earlier question */
	if (script->n_received == 1) {
		struct nlmsghdr h;

		add_done(&script->piece, 0, -EIO);
		memcpy(&h, script->piece.at + NLMSG_SPACE(sizeof(time_wait)), sizeof(h));
		h.nlmsg_seq = 4710;
		memcpy(script->piece.at + NLMSG_SPACE(sizeof(time_wait)), &h, sizeof(h));
	}
	script->n_received++;
	*ret = script->piece.at;
	return (ssize_t)script->piece.n;
}

static void script_close(struct dump_source *source)
{
	text_done(&((struct script *)source)->piece);
}

static struct script script_of(unsigned interruptions)
{
	return (struct script){
		.source = { .restart = script_restart,
			    .receive = script_receive,
			    .close = script_close },
		.interruptions = interruptions,
	};
}

TEST(a_dump_is_repeated_until_it_is_whole_but_not_for_ever)
{
	static const struct {
		unsigned interruptions, restarts;
		bool is_flagged;
	} rows[] = {
		{ 0, 1, false }, { 1, 2, false }, { 2, 3, false },
		{ 3, 3, true },	 { 99, 3, true },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct script script = script_of(rows[i].interruptions);
		struct dump_source *source = &script.source;
		struct census c = { 0 };
		struct err e = { 0 };

		if (sockdiag_count(source, &c, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(script.n_restarts, rows[i].restarts);
		assert_int_equal(c.interrupted, rows[i].is_flagged);
		assert_int_equal(census_sum(&c), 2);
		sockdiag_close(&source);
	}
}

TEST(an_error_of_the_source_is_not_asked_again)
{
	struct script script = script_of(0);
	struct dump_source *source = &script.source;
	struct census c = { .orphans = 4711 };
	struct err e = { 0 };

	script.error = ENOBUFS;
	assert_int_equal(sockdiag_count(source, &c, &e), -ENOBUFS);
	assert_int_equal(script.n_restarts, 1);
	assert_int_equal(c.orphans, 4711);
	sockdiag_close(&source);
}

TEST(a_dump_written_down_counts_the_same_when_read_again)
{
	struct script script = script_of(0);
	struct dump_source *source = &script.source, *recording = NULL;
	struct census live = { 0 }, recorded = { 0 };
	int fd = memfd_create("dump", MFD_CLOEXEC);
	struct err e = { 0 };

	assert_true(fd >= 0);
	assert_int_equal(sockdiag_count(source, &live, &e), 0);
	if (sockdiag_record(source, NULL, fd, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(sockdiag_open_recording(&recording, fd, &e), 0);
	if (sockdiag_count(recording, &recorded, &e) < 0)
		fail_msg("%s", e.text);
	assert_memory_equal(&live, &recorded, sizeof(live));
	sockdiag_close(&recording);
	sockdiag_close(&source);
}

TEST(an_interrupted_dump_is_written_down_anew_but_not_for_ever)
{
	static const struct {
		unsigned interruptions, restarts;
		bool is_flagged;
	} rows[] = {
		{ 0, 1, false },
		{ 1, 2, false },
		{ 2, 3, false },
		{ 99, 3, true },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct script script = script_of(rows[i].interruptions);
		struct dump_source *source = &script.source, *recording = NULL;
		int fd = memfd_create("dump", MFD_CLOEXEC);
		struct census c = { 0 };
		struct err e = { 0 };

		assert_true(fd >= 0);
		if (sockdiag_record(source, NULL, fd, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(script.n_restarts, rows[i].restarts);
		/* one whole dump, from the file's beginning to its end */
		assert_int_equal(lseek(fd, 0, SEEK_END),
				 2 * NLMSG_SPACE(sizeof(established)) +
					 NLMSG_SPACE(sizeof(int)));
		assert_int_equal(sockdiag_open_recording(&recording, fd, &e), 0);
		if (sockdiag_count(recording, &c, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(c.interrupted, rows[i].is_flagged);
		assert_int_equal(census_sum(&c), 2);
		sockdiag_close(&recording);
		sockdiag_close(&source);
	}
}

TEST(a_recording_that_cannot_be_written_is_an_error)
{
	struct script script = script_of(0);
	struct dump_source *source = &script.source;
	struct err e = { 0 };

	assert_int_equal(sockdiag_record(source, NULL, -1, &e), -EBADF);
	sockdiag_close(&source);
	script = script_of(0);
	script.error = EIO;
	assert_int_equal(sockdiag_record(source = &script.source, NULL, -1, &e), -EIO);
	sockdiag_close(&source);
}

TEST(closing_nothing_is_allowed)
{
	struct dump_source *source = NULL;

	sockdiag_close(&source);
	assert_null(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_dump_is_counted_by_state_and_family),
		cmocka_unit_test(a_host_without_sockets_has_none),
		cmocka_unit_test(the_request_may_be_of_either_kind),
		cmocka_unit_test(attributes_behind_a_socket_are_passed_over),
		cmocka_unit_test(what_stands_behind_the_end_does_not_count),
		cmocka_unit_test(an_interrupted_dump_is_flagged),
		cmocka_unit_test(
			a_dump_that_ends_in_an_error_is_an_error_and_never_a_zero),
		cmocka_unit_test(a_missing_module_is_named),
		cmocka_unit_test(an_end_that_says_nothing_is_an_end),
		cmocka_unit_test(the_lowest_of_errors_does_not_overflow),
		cmocka_unit_test(a_dump_that_makes_no_sense_is_refused_whole),
		cmocka_unit_test(a_socket_that_makes_no_sense_is_refused),
		cmocka_unit_test(a_socket_message_too_short_for_a_socket_is_refused),
		cmocka_unit_test(a_dump_cut_off_anywhere_is_refused),
		cmocka_unit_test(a_length_that_lies_is_refused),
		cmocka_unit_test(a_recording_must_be_a_file),
		cmocka_unit_test(a_dump_is_repeated_until_it_is_whole_but_not_for_ever),
		cmocka_unit_test(an_error_of_the_source_is_not_asked_again),
		cmocka_unit_test(a_dump_written_down_counts_the_same_when_read_again),
		cmocka_unit_test(
			an_interrupted_dump_is_written_down_anew_but_not_for_ever),
		cmocka_unit_test(a_recording_that_cannot_be_written_is_an_error),
		cmocka_unit_test(closing_nothing_is_allowed),
	};

	return cmocka_run_group_tests_name("sockdiag", tests, NULL, NULL);
}
