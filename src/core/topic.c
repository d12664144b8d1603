/* SPDX-License-Identifier: MIT */
#include "core/topic.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "core/band.h"

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
	const struct topic *const tables[] = {
		topic_closing,	      topic_timers,	 topic_listening, topic_ports,
		topic_memory,	      topic_queues,	 topic_features,  topic_conntrack,
		topic_conntrack_open, topic_descriptors, topic_states,	  topic_ideas,
	};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct topic *at = tables[t]; at->name; at++)
			if (i-- == 0)
				return at;
	return NULL;
}

const struct topic *topic_find(const char *name)
{
	const struct knob *k = band_finding_knob(name);

	if (!k)
		k = catalogue_find(name);
	if (k)
		name = catalogue_short_name(k);
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
