/* SPDX-License-Identifier: MIT */
/*
 * Addresses that stand for others, so that a recording can be shown to everybody and
 * still be grouped: each address gets a number in the order of first sight, and wherever
 * it is seen again the same one.
 *
 *	IPv4		240.0.0.N	a reserved block, no host's (RFC 1112, section 4)
 *	v4-mapped	::ffff:240.0.0.N, with the N of the plain IPv4 address
 *	fe80::/10	fe80::N: the interface id can be made of a MAC address
 *	other IPv6	2001:db8::N	for documentation (RFC 3849)
 *
 * Loopback (all of 127.0.0.0/8, and ::1) and the unspecified address stay, also v4-mapped:
 * they say nothing of a site, and the kernel treats them in ways of their own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keyed.h"
#include "core/socket.h"

struct text;

struct masks {
	struct keyed addresses;
	uint32_t n_ipv4, n_ipv6, n_link_local; /* the numbers given */
	bool is_broken; /* no memory or no number left: the result is not to be used */
};

void masks_init(struct masks *masks);

/* Masks the address of a socket in place, in the order of the network. */
void masks_apply(struct masks *masks, uint32_t words[4], enum census_family family);

/*
 * Adds a text with the addresses in it masked: dotted IPv4, and whatever can be read as
 * IPv6. One of those that runs into a port, as fd00::1:22, is taken with it for another.
 */
void masks_text(struct masks *masks, const char *text, struct text *to);

/* How many addresses were masked. */
size_t masks_count(const struct masks *masks);

void masks_done(struct masks *masks);

#define own_masks __attribute__((cleanup(masks_done)))
