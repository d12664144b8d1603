/* SPDX-License-Identifier: MIT */
/* The other knobs of closing: what becomes of TIME_WAIT and orphans. */
#include <inttypes.h>
#include <stdio.h>

#include "core/plan.h"
#include "core/predict_rows.h"

/* What tcp_max_tw_buckets counts, and what the last minute would have it hold. */
struct buckets {
	int64_t from, to;
	uint64_t n, closes, minis;
	bool was_full;
};

static void buckets_inputs(const struct outlook *o, struct prediction *p,
			   const struct buckets *b)
{
	predict_from_census(o, p, "TIME_WAIT", b->n - b->minis);
	predict_from_census(o, p, "FIN_WAIT_2 mini-sockets", b->minis);
	predict_from_census(o, p, "closes of the last 60 s", b->closes);
	predict_from_knob(o, p, o->now, KNOB_MAX_TW_BUCKETS);
}

static void say_refused(struct outlook *o, const struct buckets *b)
{
	uint64_t limit = (uint64_t)b->to;
	uint64_t over = b->closes + b->minis > limit ? b->closes + b->minis - limit : 0;
	uint64_t refused = over < b->closes ? over : b->closes;
	struct prediction *p = predict_say(
		o, PREDICT_SOME,
		"TIME_WAIT and FIN_WAIT_2 mini-sockets that exist (%" PRIu64
		") stay until they end, and no new one is made while there are %" PRIu64
		"; at the rate of the last minute %" PRIu64 " of %" PRIu64
		" closes go without their TIME_WAIT",
		b->n, limit, refused, b->closes);

	if (over)
		predict_formula(p,
				"min(closes, closes + FIN_WAIT_2 - limit) = min(%" PRIu64
				", %" PRIu64 " + %" PRIu64 " - %" PRIu64 ") = %" PRIu64
				" a minute",
				b->closes, b->closes, b->minis, limit, refused);
	else /* more exist only because the timer wheel lets some stand over 60 s */
		predict_formula(p,
				"closes + FIN_WAIT_2 = %" PRIu64 " + %" PRIu64
				" a minute, not above %" PRIu64,
				b->closes, b->minis, limit);
	buckets_inputs(o, p, b);
	predict_numbers(p, "sockets", (double)b->n, (double)limit);
}

/* Neither limit, where there is one, is met. */
static void say_below(struct outlook *o, const struct buckets *b)
{
	/* a negative one is none */
	uint64_t lower =
		(uint64_t)b->from < (uint64_t)b->to ? (uint64_t)b->from : (uint64_t)b->to;
	const char *how = b->n == lower	     ? "not above"
			  : b->n < lower / 8 ? "far below"
					     : "below";
	struct prediction *p = predict_say(o, PREDICT_NONE,
					   "no effect now: %" PRIu64
					   " TIME_WAIT and FIN_WAIT_2 mini-sockets, ",
					   b->n);

	if (b->from < 0 && b->to < 0)
		text_add(&p->text, "and no limit before or after");
	else if (b->to < 0)
		text_add(&p->text, "%s %" PRId64 "; the limit is taken away", how,
			 b->from);
	else if (b->from < 0)
		text_add(&p->text, "%s %" PRId64 "; there was no limit", how, b->to);
	else
		text_add(&p->text, "%s %" PRId64 " and %" PRId64, how, b->from, b->to);
	buckets_inputs(o, p, b);
	predict_numbers(p, "sockets", (double)b->n, (double)b->n);
}

static void tw_buckets(struct outlook *o)
{
	const struct census *c = &o->now->census;
	struct buckets b = { .minis = c->fin_wait2_mini,
			     .closes = closes_sum(&c->closes) };
	struct prediction *p;

	if (!predict_change(o, &b.from, &b.to))
		return;
	b.n = census_total(c, TCP_TIME_WAIT) + b.minis;
	b.was_full = b.from >= 0 && b.n >= (uint64_t)b.from;
	if (b.to >= 0 && (b.n > (uint64_t)b.to || b.closes + b.minis > (uint64_t)b.to)) {
		say_refused(o, &b);
		return;
	}
	if (b.was_full) {
		p = predict_say(o, PREDICT_UNKNOWN,
				"the limit is reached (%" PRIu64 " of %" PRId64
				"), so new closes get their TIME_WAIT again; how many is "
				"unknown, as a refused one leaves no socket",
				b.n, b.from);
		buckets_inputs(o, p, &b);
		return;
	}
	say_below(o, &b);
}

static void rfc1337(struct outlook *o)
{
	uint64_t n = census_total(&o->now->census, TCP_TIME_WAIT);
	struct prediction *p;
	bool is_on;

	if (!predict_turn(o, &is_on))
		return;
	if (n == 0)
		p = predict_say(
			o, PREDICT_UNKNOWN,
			"no TIME_WAIT now, so nothing to predict from; a RST will "
			"%s a new one early",
			is_on ? "no longer end" : "end");
	else
		p = predict_say(o, PREDICT_SOME,
				"at once for TIME_WAIT that exist (%" PRIu64
				") and for new ones: a RST %s them early; how many RSTs "
				"come is counted nowhere",
				n, is_on ? "no longer ends" : "can end");
	predict_from_census(o, p, "TIME_WAIT", n);
}

static void timestamps(struct outlook *o)
{
	uint64_t open = census_total(&o->now->census, TCP_ESTABLISHED);
	uint64_t closed = census_total(&o->now->census, TCP_TIME_WAIT);
	struct prediction *p = predict_say(
		o, PREDICT_NONE,
		"no effect on connections that exist: %" PRIu64
		" ESTABLISHED and %" PRIu64
		" TIME_WAIT keep what their handshake settled; only new ones differ",
		open, closed);

	predict_from_census(o, p, "ESTABLISHED", open);
	predict_from_census(o, p, "TIME_WAIT", closed);
}

/*
 * How long an orphaned FIN_WAIT_1 lasted against a silent peer at a retransmission
 * timeout of 204 ms, by tcp_orphan_retries (measured on Linux 6.18); 0: not measured.
 */
static double silent_seconds(int64_t retries)
{
	static const double measured[] = { 108.1, 1.7,	3.4,  6.7,  0,
					   13.4,  26.7, 53.5, 108.1 };

	return retries >= 0 && retries < (int64_t)(sizeof(measured) / sizeof(measured[0]))
		       ? measured[retries]
		       : 0;
}

static void orphans_inputs(const struct outlook *o, struct prediction *p, uint64_t n)
{
	predict_from_census(o, p, "orphans not acknowledged", n);
	predict_from_knob(o, p, o->now, KNOB_ORPHAN_RETRIES);
}

static void say_orphan_retries(struct outlook *o, uint64_t n, double before, double after)
{
	struct prediction *p = predict_say(
		o, n ? PREDICT_SOME : PREDICT_UNKNOWN,
		n ? "FIN_WAIT_1, CLOSING and LAST_ACK without a process: %" PRIu64
		    " now, which follow it from their next retransmission on"
		  : "no FIN_WAIT_1, CLOSING or LAST_ACK without a process now, so nothing "
		    "to predict from",
		n);

	if (before > 0 && after > 0)
		text_add(
			&p->text,
			"; one whose peer is silent lasts about %.1f s instead of %.1f s",
			after, before);
	predict_formula(p, "measured at a retransmission timeout of 0.2 s");
	p->unit = "s";
	p->has_before = before > 0;
	p->before = before;
	p->has_after = after > 0;
	p->after = after;
	orphans_inputs(o, p, n);
}

static void orphan_retries(struct outlook *o)
{
	const struct census *c = &o->now->census;
	uint64_t n =
		c->orphans > c->fin_wait2_orphan ? c->orphans - c->fin_wait2_orphan : 0;
	int64_t from, to;

	if (!predict_change(o, &from, &to))
		return;
	if ((from ? from : 8) == (to ? to : 8))
		orphans_inputs(o, predict_say(o, PREDICT_NONE, "no effect: 0 means 8"),
			       n);
	else
		say_orphan_retries(o, n, silent_seconds(from), silent_seconds(to));
}

static void bounded_elsewhere(struct outlook *o)
{
	const struct census *c = &o->now->census;
	uint64_t minis = census_total(c, TCP_TIME_WAIT) + c->fin_wait2_mini;
	struct prediction *p = predict_say(
		o, PREDICT_NONE,
		"no effect on TIME_WAIT or FIN_WAIT_2 mini-sockets (%" PRIu64 " now)",
		minis);

	predict_from_census(o, p, "TIME_WAIT", census_total(c, TCP_TIME_WAIT));
	predict_from_census(o, p, "FIN_WAIT_2 mini-sockets", c->fin_wait2_mini);
	predict_numbers(p, "sockets", (double)minis, (double)minis);
}

/*
 * One that makes no progress counts up to four times (tcp_out_of_resources() in
 * net/ipv4/tcp_timer.c), so that the limit may bite at a quarter.
 */
static void max_orphans(struct outlook *o)
{
	const struct tally *orphan = &o->now->sockstat.orphan;
	int64_t from, to, n = (int64_t)orphan->n;
	const char *s = predict_plural(orphan->n);
	struct prediction *p;

	if (!predict_change(o, &from, &to))
		return;
	if (!orphan->known)
		p = predict_say(o, PREDICT_UNKNOWN,
				"unknown: the orphans of the host could not be counted");
	else if (n > to)
		p = predict_say(o, PREDICT_SOME,
				"%" PRId64
				" orphan%s now, over the limit: each further close is "
				"reset, and those that exist at their next "
				"retransmission",
				n, s);
	else if (n > to / 4)
		p = predict_say(o, PREDICT_UNKNOWN,
				"%" PRId64
				" orphan%s now; those that make no progress count up to "
				"four times, so some may be reset",
				n, s);
	else if (n > from / 4)
		p = predict_say(o, PREDICT_SOME,
				"%" PRId64 " orphan%s now: closes are no longer reset "
				"for the limit",
				n, s);
	else
		p = predict_say(o, PREDICT_NONE,
				"no effect now: %" PRId64
				" orphan%s on the host, under a quarter of either limit",
				n, s);
	predict_from_number(p, "orphans of the host", "/proc/net/sockstat", orphan->known,
			    (double)orphan->n);
	predict_from_knob(o, p, o->now, KNOB_MAX_ORPHANS);
}

const struct predict_row predict_closing[] = {
	{ KNOB_MAX_TW_BUCKETS, .rules = { tw_buckets } },
	{ KNOB_RFC1337, .rules = { rfc1337 } },
	{ KNOB_TIMESTAMPS, .rules = { timestamps }, .others = { predict_capacity } },
	{ KNOB_ORPHAN_RETRIES, .rules = { orphan_retries, bounded_elsewhere } },
	{ KNOB_MAX_ORPHANS, .rules = { bounded_elsewhere }, .others = { max_orphans } },
	{ .rules = { NULL } },
};
