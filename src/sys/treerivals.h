/* SPDX-License-Identifier: MIT */
#pragma once

struct recorder;

/*
 * Records the files that show who else writes sysctls (sys/rivals.h), so that --root finds
 * the same: their links, and of what every user may read the lines that count
 * (core/rivals.h). Not recorded, and so not found again: what is root's alone, and what a
 * cloud gave its machine (user data), in which passwords stand. -errno and a sentence.
 */
int treerivals_record(const struct recorder *rec);
