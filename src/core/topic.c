/* SPDX-License-Identifier: MIT */
#include "core/topic.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "core/band.h"

enum { PART_MIN = 8 }; /* letters that tell a phrase */

static const char *skip_marks(const char *s)
{
	while (*s && !isalnum((unsigned char)*s))
		s++;
	return s;
}

/*
 * Where `s` goes on behind `start`, both taken without case and without what is no letter
 * or digit; NULL if it does not begin so.
 */
static const char *after_start(const char *s, const char *start)
{
	for (;;) {
		start = skip_marks(start);
		if (*start == '\0')
			return s;
		s = skip_marks(s);
		if (tolower((unsigned char)*s) != tolower((unsigned char)*start))
			return NULL;
		s++;
		start++;
	}
}

bool topic_is_name(const char *a, const char *b)
{
	const char *rest = after_start(a, b);

	return rest && *skip_marks(rest) == '\0';
}

static bool line_holds(const char *line, const char *phrase)
{
	for (; *line; line++)
		if (after_start(line, phrase))
			return true;
	return false;
}

const struct topic *topic_at(size_t i)
{
	const struct topic *const tables[] = {
		topic_closing,	      topic_timers,	 topic_listening, topic_ports,
		topic_memory,	      topic_queues,	 topic_features,  topic_conntrack,
		topic_conntrack_open, topic_descriptors, topic_states,	  topic_ideas,
		topic_troubles,	      topic_messages,
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
		k = catalogue_named(name);
	if (k)
		name = catalogue_short_name(k);
	for (size_t i = 0; topic_at(i); i++)
		if (topic_is_name(topic_at(i)->name, name))
			return topic_at(i);
	return NULL;
}

/* The only topic that has a phrase with these words in it, if they are enough to tell. */
static const struct topic *topic_of_part(const char *words)
{
	const struct topic *found = NULL;

	if (strlen(words) < PART_MIN)
		return NULL;
	for (size_t i = 0; topic_at(i); i++) {
		const char *const *phrase = topic_at(i)->phrases;

		for (; phrase && *phrase; phrase++) {
			if (!line_holds(*phrase, words) || found == topic_at(i))
				continue;
			if (found)
				return NULL;
			found = topic_at(i);
		}
	}
	return found;
}

const struct topic *topic_find_line(const char *line)
{
	const struct topic *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; topic_at(i); i++) {
		const char *const *phrase = topic_at(i)->phrases;

		for (; phrase && *phrase; phrase++) {
			if (strlen(*phrase) <= longest || !line_holds(line, *phrase))
				continue;
			longest = strlen(*phrase);
			found = topic_at(i);
		}
	}
	return found ? found : topic_of_part(line);
}

const char *topic_group_name(const struct topic *topic)
{
	static const char *const names[] = {
		[TOPIC_STATE] = "states",
		[TOPIC_IDEA] = "ideas",
		[TOPIC_MESSAGE] = "messages",
		[TOPIC_FINDING] = "findings",
	};

	for (size_t i = 0; topic->kind == TOPIC_KNOB && i < KNOB_N; i++)
		if (topic_is_name(catalogue_short_name(&catalogue[i]), topic->name))
			return knob_group_name(catalogue[i].group);
	return names[topic->kind];
}

const char *topic_find_group(const char *word)
{
	static const char knobs[] = "knobs", findings[] = "findings";

	if (topic_is_name(knobs, word))
		return knobs;
	if (topic_is_name(findings, word))
		return findings;
	for (size_t i = 0; topic_at(i); i++)
		if (topic_is_name(topic_group_name(topic_at(i)), word))
			return topic_group_name(topic_at(i));
	return NULL;
}

const char *topic_kind_name(enum topic_kind kind)
{
	static const char *const names[] = {
		[TOPIC_KNOB] = "knob",	     [TOPIC_STATE] = "state",
		[TOPIC_IDEA] = "idea",	     [TOPIC_MESSAGE] = "message",
		[TOPIC_FINDING] = "finding",
	};

	return names[kind];
}
