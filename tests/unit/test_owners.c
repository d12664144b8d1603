/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/owners.h"

static void add(struct owners *o, uint32_t pid)
{
	struct process p = { .pid = pid };

	assert_int_equal(owners_add(o, &p), 0);
}

static void add_socket(struct owners *o, uint64_t inode, uint32_t fd)
{
	assert_int_equal(owners_add_socket(o, inode, fd), 0);
}

static void expect(const struct owners *o, uint64_t inode, uint32_t pid, uint32_t fd,
		   uint32_t n_others)
{
	const struct holder *h = owners_find(o, inode);

	assert_non_null(h);
	assert_int_equal(o->at[h->process].pid, pid);
	assert_int_equal(h->fd, fd);
	assert_int_equal(h->n_others, n_others);
}

TEST(who_holds_a_socket_is_found)
{
	struct owners o = { 0 };

	assert_null(owners_find(&o, 77));
	add(&o, 10);
	add_socket(&o, 77, 3);
	add_socket(&o, UINT32_MAX, 4);
	add(&o, 20);
	add_socket(&o, 78, 3);
	expect(&o, 77, 10, 3, 0);
	expect(&o, UINT32_MAX, 10, 4, 0);
	expect(&o, 78, 20, 3, 0);
	assert_null(owners_find(&o, 79));
	assert_int_equal(o.n_sockets, 3);
	owners_done(&o);
	assert_null(o.at);
	assert_null(owners_find(&o, 77));
}

TEST(of_several_the_lowest_pid_holds_it_and_the_others_count)
{
	struct owners o = { 0 };

	add(&o, 20);
	add_socket(&o, 77, 3);
	add(&o, 30);
	add_socket(&o, 77, 4);
	expect(&o, 77, 20, 3, 1);
	add(&o, 10);
	add_socket(&o, 77, 5);
	expect(&o, 77, 10, 5, 2);
	add(&o, 40);
	add_socket(&o, 77, 6);
	expect(&o, 77, 10, 5, 3);
	assert_int_equal(o.n_sockets, 1);
	owners_done(&o);
}

TEST(a_process_counts_once_however_many_descriptors_it_has)
{
	struct owners o = { 0 };

	add(&o, 10);
	add_socket(&o, 77, 3);
	add_socket(&o, 77, 4);
	expect(&o, 77, 10, 3, 0);
	add(&o, 20);
	add_socket(&o, 77, 5);
	add_socket(&o, 78, 6);
	add_socket(&o, 77, 7);
	expect(&o, 77, 10, 3, 1);
	/* also where it takes the socket over */
	add(&o, 5);
	add_socket(&o, 77, 8);
	add_socket(&o, 77, 9);
	expect(&o, 77, 5, 8, 2);
	owners_done(&o);
}

TEST(what_is_no_inode_of_a_socket_is_ignored)
{
	struct owners o = { 0 };

	/* a socket of nobody */
	add_socket(&o, 77, 3);
	assert_null(owners_find(&o, 77));
	add(&o, 10);
	add_socket(&o, 0, 3);
	add_socket(&o, (uint64_t)UINT32_MAX + 78, 4);
	assert_int_equal(o.n_sockets, 0);
	add_socket(&o, 77, 5);
	assert_null(owners_find(&o, 0));
	assert_null(owners_find(&o, (uint64_t)UINT32_MAX + 1));
	assert_null(owners_find(&o, (uint64_t)UINT32_MAX + 78));
	owners_done(&o);
}

/* Inodes in a row, as the kernel gives them, and at distances that are powers of two. */
TEST(a_million_sockets_are_found_and_no_other)
{
	static const uint32_t steps[] = { 1, 2, 1024, 4096 };

	for (size_t s = 0; s < N(steps); s++) {
		struct owners o = { 0 };
		uint32_t inode = 1000, n = 0;

		for (; n < 1000000; n++, inode += steps[s]) {
			if (n % 1000 == 0)
				add(&o, n / 1000 + 1);
			add_socket(&o, inode, n % 1000);
		}
		assert_int_equal(o.n_sockets, n);
		for (uint32_t i = 0, at = 1000; i < n; i++, at += steps[s]) {
			const struct holder *h = owners_find(&o, at);

			assert_true(h && h->process == i / 1000 && h->fd == i % 1000);
			if (steps[s] > 1)
				assert_true(owners_find(&o, at + 1) == NULL);
		}
		owners_done(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_holds_a_socket_is_found),
		cmocka_unit_test(of_several_the_lowest_pid_holds_it_and_the_others_count),
		cmocka_unit_test(a_process_counts_once_however_many_descriptors_it_has),
		cmocka_unit_test(what_is_no_inode_of_a_socket_is_ignored),
		cmocka_unit_test(a_million_sockets_are_found_and_no_other),
	};

	return cmocka_run_group_tests_name("owners", tests, NULL, NULL);
}
