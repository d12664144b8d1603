/* SPDX-License-Identifier: MIT */
#include "core/address.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_mapped(const uint32_t words[4])
{
	return words[0] == 0 && words[1] == 0 && words[2] == htonl(0xFFFF);
}

struct address address_of(const uint32_t words[4], enum census_family family)
{
	struct address a = { .family = family };

	if (family == CENSUS_IPV4) {
		a.at[0] = words[0];
	} else if (is_mapped(words)) {
		a.family = CENSUS_IPV4;
		a.at[0] = words[3];
	} else {
		memcpy(a.at, words, sizeof(a.at));
	}
	return a;
}

bool address_is_any(const struct address *a)
{
	return !(a->at[0] | a->at[1] | a->at[2] | a->at[3]);
}

bool address_is_loopback(const struct address *a)
{
	if (a->family == CENSUS_IPV4)
		return address_is_loopback4(a->at[0]);
	return !(a->at[0] | a->at[1] | a->at[2]) && a->at[3] == htonl(1);
}

void address_format(const struct address *a, char ret[ADDRESS_MAX])
{
	int family = a->family == CENSUS_IPV4 ? AF_INET : AF_INET6;

	if (!inet_ntop(family, a->at, ret, ADDRESS_MAX))
		ret[0] = '\0';
}
