/* SPDX-License-Identifier: MIT */
/*
 * A journal told in short, for tables. Statements end with ';' or a newline:
 *
 *	begin a fin:60>30 range:32768_60999>16384_65535    begin, intents and ready
 *	apply a fin:60>30      the same, and commit
 *	commit a   confirm a   undoing a
 *	conflict a fin=45      found 45; `conflict a dropin`: the drop-in was edited
 *	left a fin             not put back, and needs not be
 *	undone a N             with N conflicts
 *	undo a                 undoing, and undone with none
 *
 * The name of a transaction, hexadecimal digits, begins its id. Further words of `begin` and
 * `apply`: `+fin=30` what it keeps beyond the boot, `@5000` its deadline, `boot=2` (boot-1
 * unless said), `ns=8:2` (7:1), `profile=x` (none). In a value '_' stands for a blank and
 * '~' for nothing. Keys: fin, reuse, range, reserved,
 * start, queue.
 */
#pragma once

#include <stddef.h>

struct journal;
struct text;
struct transaction;

#define STORY_FIN      "net.ipv4.tcp_fin_timeout"
#define STORY_REUSE    "net.ipv4.tcp_tw_reuse"
#define STORY_RANGE    "net.ipv4.ip_local_port_range"
#define STORY_RESERVED "net.ipv4.ip_local_reserved_ports"
#define STORY_QUEUE    "net.core.somaxconn"

/* Appends the records of a story. */
void story_tell(struct text *t, const char *story);

/* Replays bytes that must all be good. */
void story_replay(struct journal *j, const char *bytes, size_t n);

/* Both: the journal of a story. */
void story_journal(struct journal *j, const char *story);

/* All that the journal says of a transaction, as text. */
void story_describe(struct text *t, const struct transaction *tx);
