/* SPDX-License-Identifier: MIT */
#include "core/mask.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "core/address.h"

/* 240.0.0.0/4 has so many before the broadcast address */
enum { NUMBERS_MAX = (1 << 28) - 2 };

#define IPV4_BLOCK  UINT32_C(0xF0000000)
#define IPV6_BLOCK  UINT32_C(0x20010DB8)
#define LINK_LOCAL  UINT32_C(0xFE800000)
#define LINK_PREFIX UINT32_C(0xFFC00000) /* 10 bits */

struct mask {
	struct address address; /* the key */
	uint32_t number;	/* 0: not yet given */
};

void masks_init(struct masks *masks)
{
	*masks = (struct masks){ 0 };
	keyed_init(&masks->addresses, sizeof(struct mask), sizeof(struct address));
}

static bool is_link_local(const struct address *a)
{
	return a->family == CENSUS_IPV6 && (ntohl(a->at[0]) & LINK_PREFIX) == LINK_LOCAL;
}

/* The number of that address; 0: none is left, or no memory. */
static uint32_t number_of(struct masks *masks, const struct address *a)
{
	struct mask *mask = keyed_make(&masks->addresses, a);
	uint32_t *last = a->family == CENSUS_IPV4 ? &masks->n_ipv4
			 : is_link_local(a)	  ? &masks->n_link_local
						  : &masks->n_ipv6;

	if (mask && mask->number == 0 && *last < NUMBERS_MAX)
		mask->number = ++*last;
	return mask ? mask->number : 0;
}

void masks_apply(struct masks *masks, uint32_t words[4], enum census_family family)
{
	const struct address a = address_of(words, family);
	uint32_t number;

	if (address_is_any(&a) || address_is_loopback(&a))
		return;
	number = number_of(masks, &a);
	if (number == 0)
		masks->is_broken = true;
	if (a.family == CENSUS_IPV4) {
		words[family == CENSUS_IPV4 ? 0 : 3] = htonl(IPV4_BLOCK + number);
		return;
	}
	words[0] = htonl(is_link_local(&a) ? LINK_LOCAL : IPV6_BLOCK);
	words[1] = words[2] = 0;
	words[3] = htonl(number);
}

/* The length of the longest address that begins there; 0: none does. */
static size_t find_address(const char *text, int family, uint32_t ret[4])
{
	char copy[ADDRESS_MAX];
	size_t n = strspn(text,
			  family == AF_INET ? "0123456789." : "0123456789abcdefABCDEF:.");

	for (n = n < ADDRESS_MAX ? n : ADDRESS_MAX - 1; n > 0; n--) {
		memcpy(copy, text, n);
		copy[n] = '\0';
		if (inet_pton(family, copy, ret) == 1)
			return n;
	}
	return 0;
}

static void add_masked(struct masks *masks, struct text *to, const char *text, size_t n,
		       uint32_t words[4], int family)
{
	uint32_t masked[4];
	char copy[ADDRESS_MAX];

	memcpy(masked, words, sizeof(masked));
	masks_apply(masks, masked, family == AF_INET ? CENSUS_IPV4 : CENSUS_IPV6);
	/* one that stays, stays in its spelling */
	if (memcmp(masked, words, sizeof(masked)) == 0)
		text_add_bytes(to, text, n);
	else
		text_add(to, "%s", inet_ntop(family, masked, copy, sizeof(copy)));
}

void masks_text(struct masks *masks, const char *text, struct text *to)
{
	while (*text) {
		uint32_t words[4] = { 0 };
		int family = AF_INET6;
		size_t n = find_address(text, AF_INET6, words);

		if (n == 0) {
			family = AF_INET;
			n = find_address(text, AF_INET, words);
		}
		if (n == 0)
			text_add_bytes(to, text, n = 1);
		else
			add_masked(masks, to, text, n, words, family);
		text += n;
	}
}

size_t masks_count(const struct masks *masks)
{
	return masks->addresses.n;
}

void masks_done(struct masks *masks)
{
	keyed_done(&masks->addresses);
}
