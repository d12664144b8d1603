/* SPDX-License-Identifier: MIT */
#include "core/ports.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"

static bool ports_parse_range(struct port_set *s, const char *item, size_t n)
{
	const char *dash = memchr(item, '-', n);
	size_t head = dash ? (size_t)(dash - item) : n;
	int64_t low, high;

	if (!num_parse_n(item, head, 0, UINT16_MAX, &low))
		return false;
	high = low;
	if (dash && !num_parse_n(dash + 1, n - head - 1, low, UINT16_MAX, &high))
		return false;
	for (int64_t port = low; port <= high; port++)
		ports_add(s, (uint16_t)port);
	return true;
}

bool ports_parse(struct port_set *s, const char *list)
{
	if (list[0] == '\0')
		return true;
	for (;;) {
		size_t n = strcspn(list, ",");

		if (!ports_parse_range(s, list, n))
			return false;
		if (list[n] == '\0')
			return true;
		list += n + 1;
	}
}

void ports_format(const struct port_set *s, struct text *t)
{
	for (uint32_t low = 0; low <= UINT16_MAX; low++) {
		uint32_t high = low;

		if (!ports_has(s, (uint16_t)low))
			continue;
		while (high < UINT16_MAX && ports_has(s, (uint16_t)(high + 1)))
			high++;
		text_add(t, t->n ? ",%u" : "%u", low);
		if (high > low)
			text_add(t, "-%u", high);
		low = high;
	}
}

unsigned ports_count(const struct port_set *s, uint16_t low, uint16_t high)
{
	unsigned n = 0;

	for (uint32_t port = low; port <= high; port++)
		n += ports_has(s, (uint16_t)port);
	return n;
}
