/* SPDX-License-Identifier: MIT */
/* Sockets written as text, as ss prints them. */
#pragma once

#include "core/socket.h"

struct groups;

/*
 * "TIME_WAIT 192.0.2.1:40000 198.51.100.7:443 expires=59000", an IPv6 one with its
 * addresses as "[2001:db8::1]:80". Further: inode, uid, rqueue, wqueue, mini;
 * ack and data in milliseconds (together), memory. A TIME_WAIT is a mini-socket. Fails
 * the test if it is no such text.
 */
struct socket_row row_of(const char *text);

/* Lets the groups take such sockets, one in each line; NULL ends them. */
void rows_take(struct groups *g, const char *const *texts);
