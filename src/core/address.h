/* SPDX-License-Identifier: MIT */
/* An IP address. */
#pragma once

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/socket.h"

/* Without padding, so that it can be part of a key. */
struct address {
	uint32_t at
		[4]; /* in the order of the network; IPv4 in the first word, the rest 0 */
	uint32_t family; /* enum census_family */
};

/* The address of a socket; a v4-mapped one (::ffff:192.0.2.1) as IPv4. */
struct address address_of(const uint32_t words[4], enum census_family family);

bool address_is_any(const struct address *a);

/* Of 127.0.0.0/8, an IPv4 address in the order of the network? */
static inline bool address_is_loopback4(uint32_t at)
{
	return (at & htonl(0xff000000)) == htonl(0x7f000000);
}

/* 127.0.0.0/8 or ::1, what tcp_tw_reuse=2 takes for loopback (tcp_twsk_unique()). */
bool address_is_loopback(const struct address *a);

/* Room for an IPv6 address with its NUL. */
enum { ADDRESS_MAX = 46 };

/* As RFC 5952 writes it. */
void address_format(const struct address *a, char ret[ADDRESS_MAX]);
