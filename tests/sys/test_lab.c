/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "sys/clock.h"
#include "sys/lab.h"
#include "sys/netns.h"
#include "sys/scratch.h"

static struct outcome outcome;

static struct lab lab_here(void)
{
	outcome = (struct outcome){ 0 };
	return (struct lab){ .outcome = &outcome,
			     .hz = 250,
			     .root_fd = open(".", O_PATH | O_DIRECTORY),
			     .began_ms = clock_monotonic_ms() };
}

/* What tells it from the host's is all there is between a trial and the host's sysctls. */
TEST(nothing_is_written_in_the_namespace_finwait_was_started_in)
{
	struct lab lab = lab_here();
	struct err e = { 0 };
	uint64_t cookie;

	scratch_write("proc/sys/net/knob", "1\n");
	netns_identify(&lab.host_inode, &cookie);
	assert_int_equal(lab_set(&lab, "net.knob", "2", &e), -EPERM);
	assert_non_null(strstr(e.text, "nothing is written"));
	/* unknown is not other */
	lab.host_inode = 0;
	assert_int_equal(lab_set(&lab, "net.knob", "2", &e), -EPERM);
	assert_int_equal(outcome.n, 0);
	close(lab.root_fd);
}

/* What lab_await() and the others share, with a file for the kernel. */
TEST(a_moment_lies_between_what_was_done_and_the_look_that_saw_it)
{
	struct lab lab = lab_here();
	struct err e = { 0 };
	struct moment moment;
	int64_t before, after;

	scratch_write("proc/net/netstat", "TcpExt: TW\nTcpExt: 3\n");
	before = lab_now(&lab);
	lab_do(&lab, "the act");
	assert_int_equal(lab_await_counter(&lab, "TW", 3, 0, &moment, &e), 0);
	after = lab_now(&lab);
	assert_true(moment.after_ms >= before && moment.after_ms <= lab.known_ms);
	assert_true(moment.by_ms > moment.after_ms && moment.by_ms <= after + 1);
	/* never seen: it was not so at the last look, which is over */
	before = lab_now(&lab);
	assert_int_equal(lab_await_counter(&lab, "TW", 4, 10, &moment, &e), 0);
	after = lab_now(&lab);
	assert_true(moment.by_ms == INT64_MAX);
	assert_true(moment.after_ms >= before + 10 && moment.after_ms <= after);
	close(lab.root_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			nothing_is_written_in_the_namespace_finwait_was_started_in,
			scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
			a_moment_lies_between_what_was_done_and_the_look_that_saw_it,
			scratch_make, scratch_remove),
	};

	return cmocka_run_group_tests_name("lab", tests, NULL, NULL);
}
