/* SPDX-License-Identifier: MIT */
#include "view/diagram.h"

#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "core/snapshot.h"
#include "core/topic.h"
#include "view/view.h"

enum { DIAGRAM_COLUMNS = 79 };

/* A state is where its name stands; its count is written over what follows the name. */
static const char *const roads[] = {
	"  ACTIVE CLOSE: this side is first             PASSIVE CLOSE: the peer is first",
	"",
	"                          ESTABLISHED",
	"    .----------------------'     '-----------------.",
	"    |                                              |",
	"    | our close() or shutdown():                   | the peer's FIN comes, and",
	"    | our FIN goes out                             | our kernel acknowledges it",
	"    v                                              v",
	"   FIN_WAIT_1 -----------------.                  CLOSE_WAIT",
	"    |                          |                   |",
	"    | the ACK of our FIN       | the peer's FIN    | our program calls close():",
	"    | comes                    | comes first       | our FIN goes out",
	"    v                          v                   v",
	"   FIN_WAIT_2                 CLOSING             LAST_ACK",
	"    |                          |                   |",
	"    | the peer's FIN comes,    | the ACK of our    | the ACK of our FIN",
	"    | we acknowledge it        | FIN comes         | comes",
	"    v                          |                   v",
	"   TIME_WAIT               <---'                  closed",
	"    |",
	"    | 60 s",
	"    v",
	"   closed",
};

static const int states[] = {
	TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_CLOSE_WAIT, TCP_FIN_WAIT2,
	TCP_CLOSING,	 TCP_LAST_ACK,	TCP_TIME_WAIT,	0,
};

int diagram_state(size_t i)
{
	return i < sizeof(states) / sizeof(states[0]) ? states[i] : 0;
}

static bool is_about(const struct topic *topic, int state)
{
	return topic->kind == TOPIC_STATE &&
	       topic_find(census_state_name(state)) == topic;
}

bool diagram_has(const struct topic *topic)
{
	if (strcmp(topic->name, "active-close") == 0 ||
	    strcmp(topic->name, "passive-close") == 0)
		return true;
	for (size_t i = 0; states[i]; i++)
		if (is_about(topic, states[i]))
			return true;
	return false;
}

/* "[FIN_WAIT_2 (12)]" over the name in the line, if it is there. */
static void put_state(char *line, int state, const struct topic *topic,
		      const struct snapshot *s)
{
	const char *name = census_state_name(state);
	char *at = strstr(line, name), label[64], count[24] = "-";
	bool is_marked = is_about(topic, state);
	size_t n;

	if (!at || at == line)
		return;
	if (s->has_census && census_knows(&s->census, state))
		snprintf(count, sizeof(count), "%" PRIu64,
			 census_total(&s->census, state));
	n = (size_t)snprintf(label, sizeof(label), "%c%s (%s)%c", is_marked ? '[' : ' ',
			     name, count, is_marked ? ']' : ' ');
	at--;
	if (strlen(at) < n)
		memset(at + strlen(at), ' ', n);
	memcpy(at, label, n);
}

void diagram_print(const struct output *out, const struct topic *topic,
		   const struct snapshot *s)
{
	for (size_t i = 0; i < sizeof(roads) / sizeof(roads[0]); i++) {
		char line[2 * DIAGRAM_COLUMNS] = "";
		size_t n;

		snprintf(line, sizeof(line), "%s", roads[i]);
		for (size_t j = 0; states[j]; j++)
			put_state(line, states[j], topic, s);
		n = strnlen(line, DIAGRAM_COLUMNS);
		while (n > 0 && line[n - 1] == ' ')
			n--;
		fprintf(out->stream, "%.*s\n", (int)n, line);
	}
	fprintf(out->stream, "\n  (n): sockets there now, IPv4 and IPv6%s%s\n",
		topic->kind == TOPIC_STATE ? "; [ ]: this state" : "",
		s->has_census ? "" : "; (-): they could not be counted");
}
