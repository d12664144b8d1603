/* SPDX-License-Identifier: MIT */
/*
 * What `finwait explain` knows: prose about a knob, a TCP state, an idea or a line of the
 * kernel's log. Data only; the view wraps it to the terminal. A paragraph break inside a text is "\n\n"; there are
 * no other line breaks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum topic_kind {
	TOPIC_KNOB,
	TOPIC_STATE,
	TOPIC_IDEA,
	TOPIC_MESSAGE, /* a line of the kernel's log */
	TOPIC_FINDING,
};

struct topic {
	const char *name; /* as typed: "tcp_fin_timeout", "time-wait", "2msl" */
	enum topic_kind kind;
	const char *title; /* one line, no full stop */
	const char *what;  /* what it is */
	/*
	 * what it does to a closing connection; of a message: its limit, and what counts
	 * towards it. An idea may do without this and the next
	 */
	const char *does;
	const char *does_not; /* what it does not do, whatever the web says */
	const char *remedy;   /* what helps; NULL but for a message and some ideas */
	/*
	 * What an error or a line of the log says of it: a line that holds one of them is
	 * about it. Ends with NULL; NULL: nothing
	 */
	const char *const *phrases;
	/* the rest but rfc and see_also: NULL but for a knob */
	const char *raising;  /* benefit and risk of raising (or enabling) */
	const char *lowering; /* benefit and risk of lowering (or disabling) */
	const char *needs;    /* what must be so for it to work; NULL: nothing */
	const char *with;     /* its interplay with other knobs */
	const char *evidence; /* the reading that would justify a change */
	const char *acts;     /* whether a write reaches sockets that exist */
	const char *rfc;      /* "RFC 9293 section 3.6; RFC 1122 section 4.2.2.13" */
	const char *see_also; /* names of other topics, separated by one blank */
};

/* What a row has for its phrases. */
#define TOPIC_PHRASES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Each table ends with a row whose name is NULL. */
extern const struct topic topic_closing[]; /* knobs, by their groups */
extern const struct topic topic_timers[];
extern const struct topic topic_listening[];
extern const struct topic topic_ports[];
extern const struct topic topic_memory[];
extern const struct topic topic_queues[];
extern const struct topic topic_features[];
extern const struct topic topic_conntrack[];
extern const struct topic topic_conntrack_open[];
extern const struct topic topic_descriptors[]; /* and those that are gone */
extern const struct topic topic_states[];
extern const struct topic topic_ideas[];
extern const struct topic topic_troubles[]; /* ideas, too: what goes wrong */
extern const struct topic topic_messages[];

/*
 * The topic of that name, or NULL. Case, '-' and '_' do not matter and a knob's prefix
 * ("net.ipv4.") may be left out or written: "TIME_WAIT", "time-wait" and
 * "net.ipv4.tcp_tw_reuse" all find something.
 */
const struct topic *topic_find(const char *name);

/* Are two words one name, whatever their case and their '-' and '_'? */
bool topic_is_name(const char *a, const char *b);

/*
 * The topic of a line that was copied from a log or a terminal, whatever stands around
 * the phrase: case, blanks and punctuation do not matter. The longest phrase wins, so
 * that "too many open files in system" is not "too many open files". NULL: none.
 */
const struct topic *topic_find_line(const char *line);

/* The i-th of all topics (knobs, states, ideas, messages), or NULL past the end. */
const struct topic *topic_at(size_t i);

/* The group it is listed in: of a knob the knob's own, of others what they are, "states". */
const char *topic_group_name(const struct topic *topic);

/*
 * The group of that name, however it is spelled, as topic_group_name() has it, or "knobs" for
 * all of their groups; NULL: none.
 */
const char *topic_find_group(const char *word);

const char *topic_kind_name(enum topic_kind kind);
