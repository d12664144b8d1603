/* SPDX-License-Identifier: MIT */
/* Bytes as one answer to a socket dump, counted, owned and grouped in every way. */
#include "fuzz/fuzz.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/err.h"
#include "core/census.h"
#include "core/dumpwalk.h"
#include "core/groups.h"
#include "core/headroom.h"
#include "core/owners.h"
#include "fuzz/grouped.h"

enum { SOME_STATES = 1 << TCP_TIME_WAIT | 1 << TCP_CLOSE_WAIT | 1 << TCP_LISTEN };

/* What the first walk learns. */
struct learned {
	struct census census;
	struct owners owners;
	uint64_t n;
};

static void check_address(const uint32_t words[4], enum census_family family)
{
	struct address a = address_of(words, family), back = { .family = a.family };
	bool is_mapped = family == CENSUS_IPV6 &&
			 IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)words);
	char text[ADDRESS_MAX];

	MUST((a.family == CENSUS_IPV4) == (family == CENSUS_IPV4 || is_mapped));
	MUST(a.at[0] == words[is_mapped ? 3 : 0]);
	memset(text, 'x', sizeof(text));
	address_format(&a, text);
	MUST(memchr(text, '\0', sizeof(text)) && text[0]);
	MUST(inet_pton(a.family == CENSUS_IPV4 ? AF_INET : AF_INET6, text, back.at) == 1);
	MUST(memcmp(&a, &back, sizeof(a)) == 0);
	MUST(!address_is_any(&a) || !address_is_loopback(&a));
}

static void check_row(const struct socket_row *row)
{
	MUST(row->state < CENSUS_STATES && STATES_ALL >> row->state & 1);
	MUST(census_state_name(row->state) && census_state_key(row->state));
	MUST(row->family == CENSUS_IPV4 || row->family == CENSUS_IPV6);
	MUST(row->has_memory || row->memory == 0);
	check_address(row->local, row->family);
	check_address(row->remote, row->family);
}

/* Two of three sockets are held by one of seven processes, in three units. */
static void own(struct owners *o, uint32_t inode)
{
	if (inode % 3 == 0)
		return;
	if (o->n < 7) {
		struct process p = { .pid = 100 - (uint32_t)o->n };

		snprintf(p.unit, sizeof(p.unit), "%zu.service", o->n % 3);
		MUST(owners_add(o, &p) == 0);
	}
	MUST(owners_add_socket(o, inode, inode % 1024) == 0);
	MUST((owners_find(o, inode) != NULL) == (inode != 0));
}

static void learn(void *to, const struct socket_row *row)
{
	struct learned *learned = to;

	check_row(row);
	census_add(&learned->census, row);
	own(&learned->owners, row->inode);
	learned->n++;
}

static struct port_pool pool_of(uint16_t low, uint16_t high, uint16_t reserved)
{
	struct port_pool pool = { .is_known = true, .low = low, .high = high };

	for (uint32_t port = low; port <= high; port++)
		if (port != reserved)
			ports_add(&pool.at, (uint16_t)port);
	pool.n = ports_count(&pool.at, low, high);
	return pool;
}

static void group(const uint8_t *bytes, size_t n, const struct grouping *how,
		  const struct learned *learned)
{
	struct groups g;
	struct socket_taker taker = groups_taker(&g);
	struct dump_walk walk = { .add = taker.add, .to = taker.to };

	groups_init(&g, how);
	(void)dump_walk(&walk, bytes, n, NULL);
	grouped_check(&g, &learned->census);
	taker.restart(taker.to);
	MUST(g.groups.n == 0 && g.listeners.n == 0 && g.n_bound == 0);
	MUST(g.how.by == how->by);
	groups_done(&g);
}

/* The filter of the walk takes what the census has in these states. */
static void filter(const uint8_t *bytes, size_t n, const struct learned *learned)
{
	struct learned some = { 0 };
	struct dump_walk walk = { .add = learn, .to = &some, .states = SOME_STATES };

	(void)dump_walk(&walk, bytes, n, NULL);
	MUST(some.n == census_total(&learned->census, TCP_TIME_WAIT) +
			       census_total(&learned->census, TCP_CLOSE_WAIT) +
			       census_total(&learned->census, TCP_LISTEN));
	owners_done(&some.owners);
}

static void learn_all(const uint8_t *bytes, size_t n, struct learned *learned)
{
	struct dump_walk walk = { .add = learn, .to = learned };
	struct err e = { 0 };
	int r = dump_walk(&walk, bytes, n, &e);

	MUST(r <= 0 && e.code == -r);
	MUST((r < 0) == (e.text[0] != '\0'));
	MUST(r < 0 || walk.is_done || n == 0 || learned->n * 88 <= n);
	MUST(census_sum(&learned->census) == learned->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct port_pool pool = pool_of(40000, 40999, 40100);
	struct learned learned = { 0 };

	learn_all(bytes, n, &learned);
	for (int by = 0; by < GROUP_BYS; by++) {
		struct grouping how = { .by = (enum group_by)by,
					.pool = by % 2 ? &pool : NULL,
					.reuse_delay_ms = 1000 };

		if (by == GROUP_BY_PEER)
			how.pool = &pool;
		group(bytes, n, &how, &learned);
		how.owners = &learned.owners;
		how.states = by == GROUP_BY_PROCESS ? SOME_STATES : 0;
		group(bytes, n, &how, &learned);
	}
	filter(bytes, n, &learned);
	owners_done(&learned.owners);
	return 0;
}
