/* SPDX-License-Identifier: MIT */
/* Claims about writing a sysctl. */
#include "core/trials_writing.h"

#include <errno.h>

#include "core/trial.h"

#define SHOWN(KNOB, N)                                                               \
	[WRITE_SHOWN] = {                                                            \
		.what = KNOB " shows", .unit = TRIAL_NUMBER, .low = (N), .high = (N) \
	}
#define WRITE_FAILED(CALL, ERRNO)                                                  \
	[WRITE_ERRNO] = {                                                          \
		.what = CALL, .unit = TRIAL_ERRNO, .low = (ERRNO), .high = (ERRNO) \
	}
#define ONCE(KNOB, TEXT)                                       \
	.label = KNOB " = " TEXT, .variant = WRITE_ONCE_WHOLE, \
	.set = {                                               \
		{ "net.ipv4." KNOB, TEXT },                    \
	}

static const struct arm write_traps_arms[] = {
	{ .role = ARM_CONTROL,
	  ONCE("tcp_fin_timeout", "30"),
	  .expects = { SHOWN("tcp_fin_timeout", 30) } },
	{ .role = ARM_CONTROL,
	  .label = "a word over 30",
	  .set = { { "net.ipv4.tcp_fin_timeout", "30" } },
	  .variant = WRITE_WORD,
	  .expects = { SHOWN("tcp_fin_timeout", 30),
		       WRITE_FAILED("write(\"abc\") came to", EINVAL) } },
	{ .role = ARM_TREATMENT,
	  ONCE("tcp_fin_timeout", "-5"),
	  .expects = { SHOWN("tcp_fin_timeout", -5) } },
	{ .role = ARM_TREATMENT,
	  ONCE("tcp_max_tw_buckets", "-1"),
	  .expects = { SHOWN("tcp_max_tw_buckets", -1) } },
	{ .role = ARM_TREATMENT,
	  ONCE("tcp_fin_timeout", "010"),
	  .expects = { SHOWN("tcp_fin_timeout", 8) } },
	{ .role = ARM_TREATMENT,
	  ONCE("tcp_fin_timeout", "0x10"),
	  .expects = { SHOWN("tcp_fin_timeout", 16) } },
	{ .role = ARM_TREATMENT,
	  .label = "two writes on one descriptor",
	  .set = { { "net.ipv4.tcp_fin_timeout", "30" } },
	  .variant = WRITE_TWICE,
	  .expects = { SHOWN("tcp_fin_timeout", 33),
		       WRITE_FAILED("the second write() came to", 0),
		       [WRITE_SECOND_TOOK] = { .what = "bytes it says it took, of 3",
					       .unit = TRIAL_COUNT,
					       .low = 3,
					       .high = 3 } } },
	/* its first number is good everywhere: 6.1 takes no less than 2 kB (tcp_min_rcvbuf) */
	{ .role = ARM_TREATMENT,
	  .label = "tcp_rmem = 8192 0 0",
	  .set = { { "net.ipv4.tcp_rmem", "4096 131072 6291456" } },
	  .variant = WRITE_VECTOR,
	  .expects = { SHOWN("the first number of tcp_rmem", 8192),
		       WRITE_FAILED("write(\"8192 0 0\") came to", EINVAL) } },
	{ .label = NULL },
};

const struct trial trial_write_traps = {
	.name = "write-traps",
	.title = "a write that went well may not have done what it says",
	.claim =
		"A sysctl may take a value that makes no sense, read it in another base, drop "
		"a second write() and call it a success, or refuse a vector and keep half of "
		"it.",
	.control = "30 is stored as 30; the word abc is refused and changes nothing",
	.treatment = "negative, octal and hexadecimal numbers, a second write() on one "
		     "descriptor, a vector with a bad number in it",
	.follows =
		"That a write went well says little, and that it failed does not say that "
		"nothing changed: read the value back. Write numbers without a leading zero; "
		"one open(), one write(), one close() each.",
	.source =
		"proc_get_long(), proc_first_pos_non_zero_ignore() and do_proc_dointvec() in "
		"kernel/sysctl.c; kernel.sysctl_writes_strict in "
		"Documentation/admin-guide/sysctl/kernel.rst",
	.topics = "tcp_fin_timeout tcp_max_tw_buckets tcp_rmem",
	.arms = write_traps_arms,
};
