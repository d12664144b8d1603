/* SPDX-License-Identifier: MIT */
#include "core/objects.h"

#include <stddef.h>

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

bool objects_of(const struct object_sizes *sizes, const struct group *g, uint64_t *ret)
{
	enum object_kind kind =
		g->key.index == TCP_SYN_RECV ? OBJECT_REQUEST : OBJECT_FULL;
	uint32_t mini6 = g->n_mini_ipv6, mini4 = g->n_mini - mini6;
	const struct {
		uint32_t n, size;
	} parts[] = {
		{ g->n - g->n_ipv6 - mini4, sizes->at[kind][CENSUS_IPV4] },
		{ g->n_ipv6 - mini6, sizes->at[kind][CENSUS_IPV6] },
		{ mini4, sizes->at[OBJECT_MINI][CENSUS_IPV4] },
		{ mini6, sizes->at[OBJECT_MINI][CENSUS_IPV6] },
	};

	*ret = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].n && !parts[i].size)
			return false;
		*ret += (uint64_t)parts[i].n * parts[i].size;
	}
	return true;
}
