/* SPDX-License-Identifier: MIT */
/* A set of TCP ports: 8 KiB whatever it holds, so that a dump of any size fits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct text;

struct port_set {
	uint64_t bits[1024];
};

static inline void ports_add(struct port_set *s, uint16_t port)
{
	s->bits[port >> 6] |= UINT64_C(1) << (port & 63);
}

static inline bool ports_has(const struct port_set *s, uint16_t port)
{
	return s->bits[port >> 6] >> (port & 63) & 1;
}

/*
 * Adds the ports of a list as net.ipv4.ip_local_reserved_ports writes it:
 * "8080,9000-9010"; "" is the empty list. False if it is no such list; *s then holds a
 * part of it.
 */
bool ports_parse(struct port_set *s, const char *list);

/* Writes the list as the kernel prints it: ascending, neighbours joined. */
void ports_format(const struct port_set *s, struct text *t);

/* How many of low..high are in the set; low > high: none. */
unsigned ports_count(const struct port_set *s, uint16_t low, uint16_t high);
