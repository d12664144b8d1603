/* SPDX-License-Identifier: MIT */
/* The sockets of a recorded tree: its dump, or its /proc/net/tcp and tcp6. */
#include "unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/snapshot.h"
#include "core/socket.h"
#include "sys/machine.h"
#include "sys/scratch.h"
#include "sys/survey.h"

#define HEADING "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n"
#define LISTEN4                                                                          \
	"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000081 00:00000000 00000000   " \
	"  0        0 4711 1 0000000000000000 100 0 0 10 0\n"
#define SERVED4                                                                          \
	"   1: 0100007F:0CEA 0100007F:D3D0 06 00000000:00000000 03:00000FA0 00000000   " \
	"  0        0 0 3 0000000000000000\n"
#define TIME_WAIT4                                                                       \
	"   1: 0100007F:D3D0 0100007F:0CEA 06 00000000:00000000 03:00000FA0 00000000   " \
	"  0        0 0 3 0000000000000000\n"
#define BLANKS64 "                                                                "
#define BLANKS	 BLANKS64 BLANKS64 BLANKS64 BLANKS64 BLANKS64 BLANKS64 BLANKS64 BLANKS64
#define LISTEN6                                                                           \
	"   0: 00000000000000000000000000000000:0CEA "                                    \
	"00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000" \
	"  1000        0 4713 1 0000000000000000 100 0 0 10 0\n"
#define CLOSE_WAIT6                                                                       \
	"   2: 00000000000000000000000001000000:01BB "                                    \
	"00000000000000000000000001000000:D3D2 08 00000002:00000001 00:00000000 00000000" \
	"  1000        0 4712 1 0000000000000000 20 4 1 10 -1\n"

/* Who takes the sockets: what they were. */
struct taken {
	uint32_t states; /* bits */
	unsigned n, n_restarts;
	bool is_out_of_order; /* a listener came behind another socket */
};

static void take_one(void *to, const struct socket_row *row)
{
	struct taken *taken = to;

	if (row->state == TCP_LISTEN && taken->states & ~(1U << TCP_LISTEN))
		taken->is_out_of_order = true;
	taken->states |= 1U << row->state;
	taken->n++;
}

static void take_anew(void *to)
{
	struct taken *taken = to;

	*taken = (struct taken){ .n_restarts = taken->n_restarts + 1 };
}

/* Surveys the tree in the working directory. The caller frees the snapshot. */
static int survey(uint32_t states, struct taken *ret, struct snapshot **ret_snapshot,
		  struct err *e)
{
	const struct socket_taker taker = { take_one, take_anew, ret };
	const struct survey how = { .states = states, .taker = &taker };
	struct snapshot *s = calloc(1, sizeof(*s));
	struct machine m;
	int r;

	assert_non_null(s);
	snprintf(s->host.kernel, sizeof(s->host.kernel), "6.8.0");
	if (access("proc/sys/net", F_OK) != 0)
		scratch_write("proc/sys/net/ipv4/tcp_fin_timeout", "60\n");
	assert_int_equal(machine_open(&m, ".", false, e), 0);
	*ret = (struct taken){ 0 };
	r = survey_take(&m, &how, s, e);
	machine_close(&m);
	*ret_snapshot = s;
	return r;
}

static void free_snapshot(struct snapshot *s)
{
	snapshot_done(s);
	free(s);
}

/* A dump of one socket in each of three states. */
static void write_dump(uint16_t flags, bool is_whole)
{
	static const uint8_t states[] = { TCP_LISTEN, TCP_TIME_WAIT, TCP_CLOSE_WAIT };
	own_text struct text t = { 0 };

	for (size_t i = 0; i < N(states) + is_whole; i++) {
		struct {
			struct nlmsghdr h;
			struct inet_diag_msg m;
		} message = {
			.h = { .nlmsg_len = sizeof(message),
			       .nlmsg_type = i < N(states) ? TCPDIAG_GETSOCK : NLMSG_DONE,
			       .nlmsg_flags = flags,
			       .nlmsg_seq = 1 },
			.m = { .idiag_family = AF_INET },
		};

		if (i < N(states))
			message.m.idiag_state = states[i];
		else
			message.m = (struct inet_diag_msg){ 0 };
		text_add_bytes(&t, (const char *)&message, sizeof(message));
	}
	scratch_write_bytes("sockets.diag", t.at, t.n);
}

TEST(a_recorded_dump_is_counted_and_handed_on)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	write_dump(0, true);
	scratch_write("proc/net/tcp", HEADING LISTEN4 LISTEN4 LISTEN4 LISTEN4);
	if (survey(0, &taken, &s, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(taken.n, 3);
	assert_int_equal(taken.n_restarts, 1);
	assert_true(s->has_census && s->census.has_backlogs);
	assert_true(s->census.has_bound_inactive);
	assert_false(s->census.interrupted);
	assert_int_equal(census_sum(&s->census), 3);
	assert_int_equal(s->n_unanswered, 0);
	free_snapshot(s);
}

TEST(of_a_recorded_dump_only_the_states_asked_for_are_taken)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	write_dump(0, true);
	assert_int_equal(survey(1 << TCP_CLOSE_WAIT | 1 << TCP_LISTEN, &taken, &s, &e),
			 0);
	assert_int_equal(taken.states, 1 << TCP_CLOSE_WAIT | 1 << TCP_LISTEN);
	assert_int_equal(taken.n, 2);
	assert_int_equal(census_sum(&s->census), 2);
	free_snapshot(s);
}

TEST(an_interrupted_recording_is_not_added_up)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	write_dump(NLM_F_DUMP_INTR, true);
	assert_int_equal(survey(0, &taken, &s, &e), 0);
	assert_int_equal(taken.n, 3);
	/* read again it would be the same */
	assert_int_equal(taken.n_restarts, 1);
	assert_int_equal(census_sum(&s->census), 3);
	assert_true(s->census.interrupted);
	free_snapshot(s);
}

TEST(a_broken_recording_is_an_error_and_never_replaced)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	scratch_write("proc/net/tcp", HEADING LISTEN4);
	write_dump(0, false);
	assert_int_equal(survey(0, &taken, &s, &e), -EBADMSG);
	assert_int_not_equal(e.text[0], '\0');
	assert_false(s->has_census);
	free_snapshot(s);
	/* nor is one that is no file */
	assert_int_equal(unlink("sockets.diag"), 0);
	scratch_mkdir("sockets.diag", 0755);
	assert_true(survey(0, &taken, &s, &e) < 0);
	assert_false(s->has_census);
	free_snapshot(s);
	assert_int_equal(rmdir("sockets.diag"), 0);
	assert_int_equal(symlink("nowhere", "sockets.diag"), 0);
	assert_true(survey(0, &taken, &s, &e) < 0);
	free_snapshot(s);
}

TEST(without_a_dump_the_files_of_proc_tell)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	scratch_write("proc/net/tcp", HEADING LISTEN4 TIME_WAIT4);
	scratch_write("proc/net/tcp6", HEADING CLOSE_WAIT6);
	if (survey(0, &taken, &s, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(taken.n, 3);
	assert_true(s->has_census);
	assert_false(s->census.has_backlogs || s->census.has_bound_inactive);
	assert_int_equal(s->census.at[TCP_LISTEN][CENSUS_IPV4], 1);
	assert_int_equal(s->census.at[TCP_TIME_WAIT][CENSUS_IPV4], 1);
	assert_int_equal(s->census.at[TCP_CLOSE_WAIT][CENSUS_IPV6], 1);
	assert_int_equal(s->census.listeners_full, 0);
	assert_int_equal(s->n_unanswered, 0);
	free_snapshot(s);
	/* only some states */
	assert_int_equal(survey(1 << TCP_CLOSE_WAIT, &taken, &s, &e), 0);
	assert_int_equal(taken.states, 1 << TCP_CLOSE_WAIT);
	assert_int_equal(census_sum(&s->census), 1);
	free_snapshot(s);
}

TEST(listeners_of_both_files_come_before_all_others)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	scratch_write("proc/net/tcp", HEADING TIME_WAIT4);
	scratch_write("proc/net/tcp6", HEADING LISTEN6 CLOSE_WAIT6 LISTEN6);
	assert_int_equal(survey(0, &taken, &s, &e), 0);
	assert_int_equal(taken.n, 4);
	assert_int_equal(taken.n_restarts, 1);
	assert_false(taken.is_out_of_order);
	assert_int_equal(s->census.at[TCP_LISTEN][CENSUS_IPV6], 2);
	free_snapshot(s);
	/* a server's TIME_WAIT on a listener that only tcp6 has */
	scratch_write("proc/net/tcp", HEADING SERVED4);
	assert_int_equal(survey(0, &taken, &s, &e), 0);
	assert_int_equal(s->census.time_wait_served, 1);
	free_snapshot(s);
}

TEST(without_ipv6_there_is_one_file)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	scratch_write("proc/net/tcp", HEADING LISTEN4);
	assert_int_equal(survey(0, &taken, &s, &e), 0);
	assert_true(s->has_census);
	assert_int_equal(taken.n, 1);
	free_snapshot(s);
	/* and a heading is no socket */
	scratch_write("proc/net/tcp", HEADING);
	assert_int_equal(survey(0, &taken, &s, &e), 0);
	assert_true(s->has_census);
	assert_int_equal(taken.n, 0);
	free_snapshot(s);
}

TEST(with_neither_the_sockets_are_unanswered_and_never_zero)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	assert_int_equal(survey(0, &taken, &s, &e), 0);
	assert_false(s->has_census);
	assert_int_equal(s->n_unanswered, 1);
	assert_non_null(snapshot_unanswered(s, "sockets"));
	free_snapshot(s);
}

TEST(a_file_with_a_line_of_no_socket_is_refused)
{
	static const struct {
		const char *what, *tcp, *tcp6;
		const char *named;
	} rows[] = {
		{ "junk", HEADING "junk\n", NULL,
		  "'/proc/net/tcp' has no socket in line 2" },
		{ "cut off", HEADING TIME_WAIT4 "   2: 0100007F:D3D0 0100", NULL,
		  "'/proc/net/tcp' has no socket in line 3" },
		{ "an empty line", HEADING "\n" LISTEN4, NULL, "line 2" },
		{ "the second file", HEADING LISTEN4, HEADING "junk\n", "tcp6' has no" },
		{ "IPv4 among IPv6", HEADING, HEADING LISTEN4, "tcp6' has no" },
		{ "a line too long", HEADING LISTEN4 BLANKS LISTEN4, NULL,
		  "tcp' has no socket in line 3" },
		{ "no byte", "", NULL, "'/proc/net/tcp' has no heading" },
		{ "no byte of IPv6", HEADING LISTEN4, "",
		  "'/proc/net/tcp6' has no heading" },
		{ "a socket in its place", LISTEN4, NULL,
		  "'/proc/net/tcp' has no heading" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct err e = { 0 };
		struct snapshot *s;
		struct taken taken;

		scratch_write("proc/net/tcp", rows[i].tcp);
		if (rows[i].tcp6)
			scratch_write("proc/net/tcp6", rows[i].tcp6);
		if (survey(0, &taken, &s, &e) != -EBADMSG ||
		    !strstr(e.text, rows[i].named))
			fail_msg("%s: '%s'", rows[i].what, e.text);
		assert_false(s->has_census);
		free_snapshot(s);
	}
}

TEST(a_file_that_cannot_be_read_is_an_error)
{
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	scratch_write("proc/net/tcp", HEADING LISTEN4);
	scratch_mkdir("proc/net/tcp6", 0755);
	assert_true(survey(0, &taken, &s, &e) < 0);
	assert_non_null(strstr(e.text, "tcp6"));
	assert_false(s->has_census);
	free_snapshot(s);
}

TEST(a_line_that_does_not_end_takes_no_memory)
{
	struct rusage before, after;
	struct snapshot *s;
	struct taken taken;
	struct err e = { 0 };

	scratch_write("proc/net/tcp", HEADING LISTEN4);
	assert_int_equal(truncate("proc/net/tcp", 256L << 20), 0);
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	assert_int_equal(survey(0, &taken, &s, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "'/proc/net/tcp' has no socket in line 3"));
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	/* in KiB */
	assert_true(after.ru_maxrss - before.ru_maxrss < 16 << 10);
	free_snapshot(s);
}

TEST(what_is_no_file_is_an_error_and_never_no_sockets)
{
	static const char *const paths[] = { "proc/net/tcp6", "proc/net/tcp" };

	scratch_write("proc/net/tcp", HEADING LISTEN4);
	for (size_t i = 0; i < N(paths); i++) {
		struct snapshot *s;
		struct taken taken;
		struct err e = { 0 };

		(void)unlink(paths[i]);
		assert_int_equal(mkfifo(paths[i], 0644), 0);
		assert_int_equal(survey(0, &taken, &s, &e), -EBADMSG);
		assert_non_null(strstr(e.text, paths[i]));
		assert_non_null(strstr(e.text, "regular file"));
		assert_false(s->has_census);
		free_snapshot(s);
	}
}

#define TEST_ROW(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ROW(a_recorded_dump_is_counted_and_handed_on),
		TEST_ROW(of_a_recorded_dump_only_the_states_asked_for_are_taken),
		TEST_ROW(an_interrupted_recording_is_not_added_up),
		TEST_ROW(a_broken_recording_is_an_error_and_never_replaced),
		TEST_ROW(without_a_dump_the_files_of_proc_tell),
		TEST_ROW(listeners_of_both_files_come_before_all_others),
		TEST_ROW(without_ipv6_there_is_one_file),
		TEST_ROW(with_neither_the_sockets_are_unanswered_and_never_zero),
		TEST_ROW(a_file_with_a_line_of_no_socket_is_refused),
		TEST_ROW(a_file_that_cannot_be_read_is_an_error),
		TEST_ROW(a_line_that_does_not_end_takes_no_memory),
		TEST_ROW(what_is_no_file_is_an_error_and_never_no_sockets),
	};

	return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
