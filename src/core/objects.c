/* SPDX-License-Identifier: MIT */
#include "core/objects.h"

#include "core/groups.h"

const char *object_slab(enum object_kind kind, enum census_family family)
{
	static const char *const names[OBJECT_KINDS][CENSUS_FAMILIES] = {
		[OBJECT_FULL] = { "TCP", "TCPv6" },
		[OBJECT_MINI] = { "tw_sock_TCP", "tw_sock_TCPv6" },
		[OBJECT_REQUEST] = { "request_sock_TCP", "request_sock_TCPv6" },
	};

	return names[kind][family];
}

uint64_t objects_of(const struct object_sizes *sizes, const struct group *g)
{
	enum object_kind kind =
		g->key.index == TCP_SYN_RECV ? OBJECT_REQUEST : OBJECT_FULL;
	uint32_t mini6 = g->n_mini_ipv6, mini4 = g->n_mini - mini6;
	uint32_t full6 = g->n_ipv6 - mini6, full4 = g->n - g->n_ipv6 - mini4;

	return (uint64_t)full4 * sizes->at[kind][CENSUS_IPV4] +
	       (uint64_t)full6 * sizes->at[kind][CENSUS_IPV6] +
	       (uint64_t)mini4 * sizes->at[OBJECT_MINI][CENSUS_IPV4] +
	       (uint64_t)mini6 * sizes->at[OBJECT_MINI][CENSUS_IPV6];
}
