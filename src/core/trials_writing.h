/* SPDX-License-Identifier: MIT */
/* What trials_writing.c claims and sys/trial_writing.c does: ways of writing a sysctl. */
#pragma once

enum write_way {
	WRITE_ONCE_WHOLE, /* nothing but the arm's setting */
	WRITE_WORD,	  /* then "abc" to the same knob */
	WRITE_TWICE,	  /* then "33" and "44" on one descriptor */
	WRITE_VECTOR,	  /* then "8192 0 0" */
};

/* The arm's expectations; WRITE_SHOWN is of the knob's first number. */
enum { WRITE_SHOWN, WRITE_ERRNO, WRITE_SECOND_TOOK };
