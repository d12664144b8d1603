/* SPDX-License-Identifier: MIT */
/* The knobs of keepalive, and of the connection tracker, whose times are not the sockets'. */
#include <inttypes.h>

#include "core/plan.h"
#include "core/predict_rows.h"

struct keepalive {
	int64_t time, intvl, probes;
};

static bool keepalive_of(const struct snapshot *s, struct keepalive *ret)
{
	return snapshot_number(s, KNOB_KEEPALIVE_TIME, &ret->time) &&
	       snapshot_number(s, KNOB_KEEPALIVE_INTVL, &ret->intvl) &&
	       snapshot_number(s, KNOB_KEEPALIVE_PROBES, &ret->probes) &&
	       /* the kernel takes less, and what it does then is nobody's wish */
	       ret->time > 0 && ret->intvl > 0;
}

static int64_t seconds_of(const struct keepalive *k)
{
	return k->time + k->intvl * k->probes;
}

void predict_dead_peer(struct outlook *o)
{
	struct keepalive now, then;
	struct prediction *p;

	if (!keepalive_of(o->now, &now) || !keepalive_of(o->then, &then)) {
		p = predict_say(
			o, PREDICT_UNKNOWN,
			"unknown when a dead peer is noticed: a time of keepalive "
			"was not read, or is below 1");
	} else {
		p = predict_say(
			o, PREDICT_SOME,
			"an idle connection with SO_KEEPALIVE notices a dead peer "
			"after %" PRId64 " s instead of %" PRId64
			" s, where the program sets no times of its own",
			seconds_of(&then), seconds_of(&now));
		predict_formula(p,
				"time + intvl x probes: now %" PRId64 " + %" PRId64
				" x %" PRId64 " = %" PRId64 " s; then %" PRId64
				" + %" PRId64 " x %" PRId64 " = %" PRId64 " s",
				now.time, now.intvl, now.probes, seconds_of(&now),
				then.time, then.intvl, then.probes, seconds_of(&then));
		predict_numbers(p, "s", (double)seconds_of(&now),
				(double)seconds_of(&then));
	}
	predict_from_knob(o, p, o->then, KNOB_KEEPALIVE_TIME);
	predict_from_knob(o, p, o->then, KNOB_KEEPALIVE_INTVL);
	predict_from_knob(o, p, o->then, KNOB_KEEPALIVE_PROBES);
}

static void established(const struct outlook *o, struct prediction *p)
{
	predict_from_census(o, p, "ESTABLISHED",
			    census_total(&o->now->census, TCP_ESTABLISHED));
}

static void armed_timers(struct outlook *o)
{
	established(o, predict_say(o, PREDICT_NONE,
				   "no effect on timers that run now: a connection that "
				   "exists meets it when its timer next ends; of the "
				   "ESTABLISHED (%" PRIu64
				   ") it is not known how many have SO_KEEPALIVE",
				   census_total(&o->now->census, TCP_ESTABLISHED)));
}

static void next_probe(struct outlook *o)
{
	established(o, predict_say(o, PREDICT_UNKNOWN,
				   "connections that exist meet it at their next probe; "
				   "of the ESTABLISHED (%" PRIu64
				   ") it is not known how many have SO_KEEPALIVE",
				   census_total(&o->now->census, TCP_ESTABLISHED)));
}

static void flows(const struct outlook *o, struct prediction *p)
{
	const struct tally *t = &o->now->usage.tracked;

	predict_from_number(p, "flows tracked", "nf_conntrack_count", t->known,
			    (double)t->n);
}

static void no_sockets(struct outlook *o)
{
	flows(o, predict_say(o, PREDICT_NONE,
			     "no effect on sockets: it is a time of the connection "
			     "tracker's entries; TIME_WAIT stays 60 s, and CLOSE_WAIT as "
			     "long as its process holds it"));
}

static void conntrack_max(struct outlook *o)
{
	const struct tally *t = &o->now->usage.tracked;
	struct prediction *p;
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return;
	if (!t->known)
		p = predict_say(o, PREDICT_UNKNOWN,
				"unknown: the flows tracked now were not read; no effect "
				"on sockets that exist");
	else if (to > 0 && t->n >= (uint64_t)to)
		p = predict_say(o, PREDICT_SOME,
				"%" PRIu64 " flow%s tracked now, at the limit: new "
				"connections are dropped; no effect on those that exist",
				t->n, predict_plural(t->n));
	else if (from > 0 && t->n >= (uint64_t)from)
		p = predict_say(o, PREDICT_SOME,
				"%" PRIu64
				" flow%s tracked now, which was the limit: new "
				"connections are no longer dropped for it",
				t->n, predict_plural(t->n));
	else
		p = predict_say(o, PREDICT_NONE,
				"no effect now: %" PRIu64 " flow%s tracked", t->n,
				predict_plural(t->n));
	flows(o, p);
	predict_from_knob(o, p, o->now, KNOB_CT_MAX);
}

const struct predict_row predict_timers[] = {
	{ KNOB_KEEPALIVE_TIME, .rules = { armed_timers },
	  .others = { predict_dead_peer } },
	{ KNOB_KEEPALIVE_INTVL, .rules = { next_probe },
	  .others = { predict_dead_peer } },
	{ KNOB_KEEPALIVE_PROBES, .rules = { next_probe },
	  .others = { predict_dead_peer } },
	{ KNOB_CT_MAX, .others = { conntrack_max } },
	{ KNOB_CT_TIME_WAIT, .others = { no_sockets } },
	{ KNOB_CT_CLOSE_WAIT, .others = { no_sockets } },
	{ KNOB_CT_FIN_WAIT, .others = { no_sockets } },
	{ KNOB_CT_LAST_ACK, .others = { no_sockets } },
	{ KNOB_CT_ESTABLISHED, .others = { no_sockets } },
	{ KNOB_CT_SYN_SENT, .others = { no_sockets } },
	{ KNOB_CT_SYN_RECV, .others = { no_sockets } },
	{ KNOB_CT_CLOSE, .others = { no_sockets } },
	{ KNOB_CT_MAX_RETRANS, .others = { no_sockets } },
	{ KNOB_CT_UNACKNOWLEDGED, .others = { no_sockets } },
	{ .rules = { NULL } },
};
