/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include "core/procpid.h"

#define LIMITS_HEAD                                                                        \
	"Limit                     Soft Limit           Hard Limit           Units     \n" \
	"Max core file size        0                    unlimited            bytes     \n"

TEST(the_soft_limit_of_open_files_is_read)
{
	static const struct {
		const char *text;
		uint64_t limit;
	} rows[] = {
		{ LIMITS_HEAD
		  "Max open files            1024                 1048576              "
		  "files     \n",
		  1024 },
		{ LIMITS_HEAD "Max open files            unlimited            unlimited  "
			      "          files     \n",
		  UINT64_MAX },
		{ LIMITS_HEAD, 0 },
		{ "", 0 },
		{ "Max open files", 0 },
		{ "Max open files            many                 1 files\n", 0 },
		{ "Max open files            \nMax 7\n", 0 },
		{ "Max open files 7", 7 },
		{ "Max open files 9223372036854775808 1 files\n", 0 },
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_true(procpid_fd_limit(rows[i].text) == rows[i].limit);
}

TEST(the_effective_uid_is_read)
{
	static const struct {
		const char *text;
		uint32_t uid;
	} rows[] = {
		{ "Name:\tx\nUmask:\t0022\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n", 2 },
		{ "Uid:\t1\t4294967294\t3\t4", 4294967294 },
		{ "Uid:\t1\n", UINT32_MAX },
		{ "Uid:\t1\nGid:\t5\t6\n", UINT32_MAX },
		{ "Uid:\t1\t-1\t3\t4\n", UINT32_MAX },
		{ "Uid:\t1\t4294967296\t3\t4\n", UINT32_MAX },
		/* the kernel writes a newline in a name as "\n", with a backslash */
		{ "Name:\tUid:\t7\t8\nUid:\t1\t2\t3\t4\n", 2 },
		{ "Name:\tx\n", UINT32_MAX },
		{ "", UINT32_MAX },
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(procpid_uid(rows[i].text), rows[i].uid);
}

TEST(a_zombie_has_ended)
{
	static const struct {
		const char *text;
		bool has_ended;
	} rows[] = {
		{ "Name:\tx\nState:\tZ (zombie)\n", true },
		{ "Name:\tx\nState:\tX (dead)\n", true },
		{ "Name:\tx\nState:\tS (sleeping)\n", false },
		{ "Name:\tx\nState:\tD (disk sleep)\n", false },
		{ "Name:\tZ\nPid:\t1\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(procpid_has_ended(rows[i].text), rows[i].has_ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_soft_limit_of_open_files_is_read),
		cmocka_unit_test(the_effective_uid_is_read),
		cmocka_unit_test(a_zombie_has_ended),
	};

	return cmocka_run_group_tests_name("procpid", tests, NULL, NULL);
}
