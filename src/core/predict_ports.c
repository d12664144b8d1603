/* SPDX-License-Identifier: MIT */
/* The knobs of local ports: how many there are, and how soon one comes back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/headroom.h"
#include "core/plan.h"
#include "core/predict_rows.h"

/* A TIME_WAIT holds its port for 60 to 62 s: the timer wheel (measured on Linux 6.18). */
enum { LIFETIME_SECONDS = 61 };

/* The pool of a host; false: the sysctls were not read. */
static bool pool_of(struct outlook *o, const struct snapshot *s, struct port_pool *ret)
{
	port_pool_make(ret, s);
	if (!ret->is_known)
		predict_say(
			o, PREDICT_UNKNOWN,
			"unknown how many ports connect() has: ip_local_port_range or "
			"ip_local_reserved_ports was not read");
	return ret->is_known;
}

static bool pools_of(struct outlook *o, struct port_pool *now, struct port_pool *then)
{
	return pool_of(o, o->now, now) && pool_of(o, o->then, then);
}

static void pool_inputs(const struct outlook *o, struct prediction *p)
{
	const char *reserved = o->then->knobs[KNOB_RESERVED_PORTS].value;

	predict_from_knob(o, p, o->then, KNOB_PORT_RANGE);
	if (!reserved || reserved[0])
		predict_from_knob(o, p, o->then, KNOB_RESERVED_PORTS);
}

/* How soon a port that this host closed first serves the same destination again. */
static double seconds_of(const struct reuse *reuse, bool is_loopback)
{
	bool is_reused = reuse->mode == 1 || (reuse->mode == 2 && is_loopback);

	return is_reused && !reuse->lacks_timestamps ? reuse->delay_ms / 1000.0
						     : LIFETIME_SECONDS;
}

/* Ports, and the seconds until each comes back. */
struct rate {
	unsigned ports;
	double seconds;
};

enum { QUOTIENT_MAX = 128 };

/* "28232 / 1 s = 28232", and of a time that no sysctl says, whence it is. */
static void quotient(const struct rate *r, char ret[QUOTIENT_MAX])
{
	char rate[PREDICT_NUMBER_MAX], s[PREDICT_NUMBER_MAX];

	predict_number(r->ports / r->seconds, rate);
	predict_number(r->seconds, s);
	snprintf(ret, QUOTIENT_MAX, "%u / %s s%s = %s", r->ports, s,
		 r->seconds == LIFETIME_SECONDS
			 ? " (60 s, and about 1 s of the timer wheel)"
			 : "",
		 rate);
}

static void capacity_formula(struct prediction *p, const struct rate *now,
			     const struct rate *then)
{
	char before[QUOTIENT_MAX], after[QUOTIENT_MAX];

	quotient(now, before);
	quotient(then, after);
	if (p->effect == PREDICT_NONE)
		predict_formula(p, "ports / time until one comes back = %s", after);
	else
		predict_formula(p, "ports / time until one comes back: now %s; then %s",
				before, after);
}

static void say_capacity(struct outlook *o, const char *whither, const struct rate *now,
			 const struct rate *then)
{
	double before = now->ports / now->seconds, after = then->ports / then->seconds;
	char b[PREDICT_NUMBER_MAX], a[PREDICT_NUMBER_MAX];
	struct prediction *p;

	predict_number(before, b);
	predict_number(after, a);
	if (now->ports == then->ports && now->seconds == then->seconds)
		p = predict_say(o, PREDICT_NONE,
				"no effect on the connections a second to one %s, this "
				"host closing first: stays at most %s",
				whither, b);
	else
		p = predict_say(
			o, PREDICT_SOME,
			"connections a second to one %s, this host closing first: "
			"at most %s now, at most %s then",
			whither, b, a);
	capacity_formula(p, now, then);
	pool_inputs(o, p);
	predict_from_knob(o, p, o->then, KNOB_TW_REUSE);
	if (then->seconds < LIFETIME_SECONDS && o->then->knobs[KNOB_TW_REUSE_DELAY].value)
		predict_from_knob(o, p, o->then, KNOB_TW_REUSE_DELAY);
	predict_from_knob(o, p, o->then, KNOB_TIMESTAMPS);
	predict_numbers(p, "connections per second", before, after);
}

static bool knows_reuse(struct outlook *o)
{
	if (o->then->knobs[KNOB_TW_REUSE].value && o->then->knobs[KNOB_TIMESTAMPS].value)
		return true;
	predict_say(o, PREDICT_UNKNOWN,
		    "unknown when a port comes back: tcp_tw_reuse or tcp_timestamps was "
		    "not read");
	return false;
}

void predict_capacity(struct outlook *o)
{
	struct reuse now = reuse_of(o->now), then = reuse_of(o->then);
	struct port_pool before, after;
	struct rate far[2], near[2];

	if (!knows_reuse(o) || !pools_of(o, &before, &after))
		return;
	far[0] = (struct rate){ before.n, seconds_of(&now, false) };
	far[1] = (struct rate){ after.n, seconds_of(&then, false) };
	near[0] = (struct rate){ before.n, seconds_of(&now, true) };
	near[1] = (struct rate){ after.n, seconds_of(&then, true) };
	say_capacity(o, "destination", &far[0], &far[1]);
	if ((near[0].seconds != far[0].seconds || near[1].seconds != far[1].seconds) &&
	    (near[0].seconds != near[1].seconds || near[0].ports != near[1].ports))
		say_capacity(o, "destination on the loopback", &near[0], &near[1]);
}

/* TIME_WAIT of connections that this host opened, as far as the ports tell. */
static uint64_t outgoing(const struct outlook *o)
{
	const struct census *c = &o->now->census;

	return census_total(c, TCP_TIME_WAIT) - c->time_wait_served;
}

/* How many of them a mode of tcp_tw_reuse lets connect() take over at most. */
static uint64_t takeable(const struct outlook *o, int64_t mode)
{
	return mode == 1   ? outgoing(o)
	       : mode == 2 ? o->now->census.time_wait_loopback
			   : 0;
}

/* Which of the outgoing ones a change of mode is for; "" is all. */
static const char *where(int64_t from, int64_t to)
{
	if (from == 1 || to == 1)
		return from == 2 || to == 2 ? " off the loopback" : "";
	return " on the loopback";
}

/* What a change between two modes does to the outgoing TIME_WAIT that exist: n of them. */
static struct prediction *say_modes(struct outlook *o, const struct reuse *then,
				    int64_t from)
{
	uint64_t before = takeable(o, from), after = takeable(o, then->mode);
	uint64_t looped = o->now->census.time_wait_loopback;
	const char *which = where(from, then->mode);
	char s[PREDICT_NUMBER_MAX];
	struct prediction *p;

	predict_number(then->delay_ms / 1000.0, s);
	if (after > before)
		p = predict_say(o, PREDICT_SOME,
				"from the next connect() on it may take over the port of "
				"an outgoing TIME_WAIT%s that is %s s old and had "
				"timestamps: at most %" PRIu64 " of those that exist",
				which, s, after - before);
	else if (after < before)
		p = predict_say(o, PREDICT_SOME,
				"from the next connect() on no port of an outgoing "
				"TIME_WAIT%s is taken over: those that exist (%" PRIu64
				") hold theirs to their end",
				which, before - after);
	else
		p = predict_say(o, PREDICT_NONE,
				"no effect on those that exist: outgoing TIME_WAIT%s: 0",
				which);
	if (looped && from + then->mode == 3) /* between 1 and 2 */
		text_add(&p->text, "; the %" PRIu64 " on the loopback can %s", looped,
			 from == 2 ? "be taken over already (2)"
				   : "still be taken over (2)");
	return p;
}

static struct prediction *say_takeover(struct outlook *o, const struct reuse *then,
				       int64_t from)
{
	uint64_t served = o->now->census.time_wait_served, n = outgoing(o);

	if (then->lacks_timestamps)
		return predict_say(
			o, PREDICT_NONE,
			"no effect on connections made from now on: with "
			"tcp_timestamps=0 no TIME_WAIT of theirs is taken over");
	if (n == 0 && served == 0)
		return predict_say(o, PREDICT_UNKNOWN,
				   "no TIME_WAIT now, so nothing to predict from");
	if (n == 0)
		return predict_say(o, PREDICT_NONE,
				   "no effect on TIME_WAIT here (%" PRIu64
				   "): all on ports that are listened on, and this is "
				   "for outgoing connections",
				   served);
	return say_modes(o, then, from);
}

static void takeover(struct outlook *o)
{
	const struct census *c = &o->now->census;
	struct reuse then = reuse_of(o->then);
	struct prediction *p;
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return;
	p = say_takeover(o, &then, from);
	predict_from_census(o, p, "TIME_WAIT", census_total(c, TCP_TIME_WAIT));
	predict_from_census(o, p, "of them on listening ports", c->time_wait_served);
	predict_from_census(o, p, "of the others on the loopback", c->time_wait_loopback);
	predict_from_knob(o, p, o->then, KNOB_TIMESTAMPS);
	if (p->effect == PREDICT_SOME)
		predict_numbers(p, "ports", (double)takeable(o, from),
				(double)takeable(o, to));
}

static void time_wait_lasts(struct outlook *o)
{
	uint64_t n = census_total(&o->now->census, TCP_TIME_WAIT);
	struct prediction *p = predict_say(
		o, PREDICT_NONE,
		"no effect on how long TIME_WAIT lasts: %" PRIu64
		" now, and each stays 60 s, but for one whose port is taken over",
		n);

	predict_formula(p, "TCP_TIMEWAIT_LEN = 60 s, compiled in");
	predict_from_census(o, p, "TIME_WAIT", n);
}

static void takeover_delay(struct outlook *o)
{
	struct reuse then = reuse_of(o->then);
	uint64_t n = takeable(o, then.mode);
	struct prediction *p;
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return;
	if (then.mode == 0 || then.lacks_timestamps)
		p = predict_say(o, PREDICT_NONE,
				"no effect: without %s no TIME_WAIT is taken over",
				then.mode == 0 ? "tcp_tw_reuse" : "tcp_timestamps");
	else
		p = predict_say(o, PREDICT_SOME,
				"from the next connect() on a port%s is taken over after "
				"%" PRId64 " ms instead of %" PRId64 " ms",
				then.mode == 2 ? " on the loopback" : "", to, from);
	if (p->effect == PREDICT_SOME && n)
		text_add(&p->text,
			 ", those of outgoing TIME_WAIT that exist (%" PRIu64 ") too", n);
	predict_from_census(o, p, "TIME_WAIT outgoing", outgoing(o));
	if (then.mode == 2)
		predict_from_census(o, p, "of them on the loopback", n);
	predict_from_knob(o, p, o->then, KNOB_TW_REUSE);
	if (p->effect == PREDICT_SOME)
		predict_numbers(p, "ms", (double)from, (double)to);
}

void predict_pool(struct outlook *o)
{
	struct port_pool now, then;
	struct prediction *p;

	if (!pools_of(o, &now, &then))
		return;
	if (now.n == then.n)
		p = predict_say(o, PREDICT_NONE,
				"no effect on the number of ports for connect(): stays "
				"%u",
				now.n);
	else
		p = predict_say(o, PREDICT_SOME,
				"ports for connect(), towards each destination anew: %u "
				"now, %u then",
				now.n, then.n);
	predict_formula(p,
			"range less the reserved: now %u to %u = %u; then %u to %u = %u",
			now.low, now.high, now.n, then.low, then.high, then.n);
	pool_inputs(o, p);
	predict_numbers(p, "ports", now.n, then.n);
}

static void ports_stay(struct outlook *o)
{
	const struct census *c = &o->now->census;
	unsigned now_held, then_held;
	struct port_pool now, then;
	struct prediction *p;

	port_pool_make(&now, o->now);
	port_pool_make(&then, o->then);
	if (!now.is_known || !then.is_known) /* which predict_pool() has said */
		return;
	now_held = census_ports_held(c, now.low, now.high);
	then_held = census_ports_held(c, then.low, then.high);
	p = predict_say(o, PREDICT_NONE,
			"no effect on sockets that exist: they keep their ports, also "
			"outside; %u of the ports in use %s in the range now, %u in the "
			"new one",
			now_held, now_held == 1 ? "is" : "are", then_held);
	predict_from_census(o, p, "ports held in the range now", now_held);
	predict_from_census(o, p, "ports held in the range then", then_held);
}

const struct predict_row predict_ports[] = {
	{ KNOB_TW_REUSE, .rules = { takeover, time_wait_lasts },
	  .others = { predict_capacity } },
	{ KNOB_TW_REUSE_DELAY, .rules = { takeover_delay },
	  .others = { predict_capacity } },
	{ KNOB_PORT_RANGE, .rules = { ports_stay },
	  .others = { predict_pool, predict_capacity } },
	{ KNOB_RESERVED_PORTS, .rules = { ports_stay },
	  .others = { predict_pool, predict_capacity } },
	{ .rules = { NULL } },
};
