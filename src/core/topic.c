/* SPDX-License-Identifier: MIT */
#include "core/topic.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "core/band.h"

static const char *skip_prefix(const char *name)
{
	static const char *const prefixes[] = { "net.ipv4.", "net.core.", NULL };

	for (size_t i = 0; prefixes[i]; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return name + strlen(prefixes[i]);
	return name;
}

/* Equal but for case and for what is no letter or digit. */
static bool same_name(const char *a, const char *b)
{
	for (;;) {
		while (*a && !isalnum((unsigned char)*a))
			a++;
		while (*b && !isalnum((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

const struct topic *topic_at(size_t i)
{
	const struct topic *const tables[] = { topic_knobs, topic_capacity, topic_states,
					       topic_ideas };

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct topic *at = tables[t]; at->name; at++)
			if (i-- == 0)
				return at;
	return NULL;
}

const struct topic *topic_find(const char *name)
{
	const struct knob *k = band_finding_knob(name);

	name = skip_prefix(k ? k->name : name);
	for (size_t i = 0; topic_at(i); i++)
		if (same_name(topic_at(i)->name, name))
			return topic_at(i);
	return NULL;
}

const char *topic_kind_name(enum topic_kind kind)
{
	static const char *const names[] = {
		[TOPIC_KNOB] = "knob",
		[TOPIC_STATE] = "state",
		[TOPIC_IDEA] = "idea",
		[TOPIC_FINDING] = "finding",
	};

	return names[kind];
}
