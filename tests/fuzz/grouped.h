/* SPDX-License-Identifier: MIT */
/* What holds of sockets once they are grouped, whatever they were. */
#pragma once

struct census;
struct groups;

/* Ends the program unless the groups, not yet sorted, are all those sockets; sorts them. */
void grouped_check(struct groups *g, const struct census *all);
