/* SPDX-License-Identifier: MIT */
/* The defaults of the running kernel, asked from a new network namespace. */
#pragma once

struct defaults;
struct err;
struct machine;
struct recorder;
struct snapshot;

/*
 * Asks a namespace that is made for it and gone when this returns (sys/newnetns.h: before
 * any thread is started), and computes the rest from `s`, which holds the knobs of this
 * machine. Of a recorded machine it takes what oracle_record() left there. What cannot be
 * known is said in *ret, of which the caller calls defaults_done(). -ENOMEM and a sentence.
 */
int oracle_ask(const struct machine *m, const struct snapshot *s, struct defaults *ret,
	       struct err *e);

/*
 * Asks for a recording: into finwait/defaults/proc/sys/... what a new namespace has, or
 * into finwait/trouble why there was none; and what is computed from. -errno and a
 * sentence.
 */
int oracle_record(const struct recorder *rec);
