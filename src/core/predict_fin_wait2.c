/* SPDX-License-Identifier: MIT */
/* tcp_fin_timeout: orphaned FIN_WAIT_2, and what it leaves alone. */
#include <inttypes.h>
#include <stdio.h>

#include "core/objects.h"
#include "core/plan.h"
#include "core/predict_rows.h"

/* 3.5 retransmission timeouts of 0.2 s: measured 0.72 to 0.76 s on Linux 6.18. */
static const double floor_seconds = 0.7;

/* Above it an orphan is a full socket for the first half of its time. */
enum { FULL_FROM = 60 };

enum { SPAN_MAX = 48 };

double predict_fin_wait2_seconds(int64_t fin_timeout)
{
	double seconds = (double)catalogue_fin_wait2_seconds(fin_timeout);

	return seconds > floor_seconds ? seconds : floor_seconds;
}

/* "20 s", "(2 x (90 - 60)) s". */
static void span(int64_t fin_timeout, char ret[SPAN_MAX])
{
	char seconds[PREDICT_NUMBER_MAX];

	predict_number(predict_fin_wait2_seconds(fin_timeout), seconds);
	if (fin_timeout > FULL_FROM)
		snprintf(ret, SPAN_MAX, "(2 x (%" PRId64 " - 60)) s", fin_timeout);
	else
		snprintf(ret, SPAN_MAX, "%s s", seconds);
}

/* Orphaned FIN_WAIT_2 by Little's law: what stands is the rate times the lifetime. */
struct fin_wait2 {
	int64_t from, to;
	double life_now, life_then; /* seconds */
	uint64_t n;
	double times; /* what stands then, for each that stands now */
	char now[PREDICT_NUMBER_MAX], then[PREDICT_NUMBER_MAX]; /* the lifetimes */
};

static bool fin_wait2_of(struct outlook *o, struct fin_wait2 *f)
{
	const struct census *c = &o->now->census;

	if (!predict_change(o, &f->from, &f->to))
		return false;
	f->life_now = predict_fin_wait2_seconds(f->from);
	f->life_then = predict_fin_wait2_seconds(f->to);
	f->n = c->fin_wait2_mini + c->fin_wait2_orphan;
	f->times = f->life_then / f->life_now;
	predict_number(f->life_now, f->now);
	predict_number(f->life_then, f->then);
	return true;
}

static void fin_wait2_inputs(const struct outlook *o, struct prediction *p,
			     const struct fin_wait2 *f)
{
	predict_from_census(o, p, "FIN_WAIT_2 orphaned", f->n);
	predict_from_knob(o, p, o->now, KNOB_FIN_TIMEOUT);
}

/* What comes, for a sentence: a whole number, unless it is a small one. */
static void about(double n, char ret[PREDICT_NUMBER_MAX])
{
	predict_number(n < 10 ? n : (double)(int64_t)(n + 0.5), ret);
}

static void say_fin_wait2(struct outlook *o, const struct fin_wait2 *f)
{
	char after[PREDICT_NUMBER_MAX], from[SPAN_MAX], to[SPAN_MAX];
	double then = (double)f->n * f->times;
	struct prediction *p;

	about(then, after);
	p = predict_say(o, PREDICT_SOME,
			"orphaned FIN_WAIT_2: %" PRIu64 " now, about %s at the same rate "
			"(nearer to %" PRIu64
			" if peers close some sooner); %s, a new one lasts "
			"%s s instead of %s s",
			f->n, after, f->n,
			f->from > FULL_FROM ? "mini-sockets that exist keep their time"
					    : "those that exist keep their time",
			f->then, f->now);
	predict_number(then, after);
	span(f->from, from);
	span(f->to, to);
	predict_formula(p, "rate x lifetime = %" PRIu64 " / %s x %s = %s", f->n, from, to,
			after);
	fin_wait2_inputs(o, p, f);
	predict_numbers(p, "sockets", (double)f->n, then);
}

static void orphaned_fin_wait2(struct outlook *o)
{
	struct prediction *p;
	struct fin_wait2 f;

	if (!fin_wait2_of(o, &f))
		return;
	if (f.life_now == f.life_then) {
		p = predict_say(o, PREDICT_NONE,
				"no effect on how long a new orphaned FIN_WAIT_2 lasts, "
				"%s s, nor at the same rate on how many there are: "
				"%" PRIu64,
				f.then, f.n);
		predict_numbers(p, "sockets", (double)f.n, (double)f.n);
		fin_wait2_inputs(o, p, &f);
	} else if (f.n == 0) {
		p = predict_say(o, PREDICT_UNKNOWN,
				"no orphaned FIN_WAIT_2 now, so nothing to predict from; "
				"each new one will last %s s instead of %s s",
				f.then, f.now);
		p->unit = "sockets";
		p->has_before = true;
		fin_wait2_inputs(o, p, &f);
	} else {
		say_fin_wait2(o, &f);
	}
}

/* The greater of the families that have sockets in FIN_WAIT_2; 0: not known. */
static uint32_t size_of(const struct outlook *o, enum object_kind kind)
{
	const uint64_t *n = o->now->census.at[TCP_FIN_WAIT2];
	const uint32_t *size = o->sizes->at[kind];
	uint32_t greater = 0;

	for (int family = 0; family < CENSUS_FAMILIES; family++) {
		if (n[family] && size[family] == 0)
			return 0;
		if (n[family] && size[family] > greater)
			greater = size[family];
	}
	return greater;
}

static void halves_inputs(const struct outlook *o, struct prediction *p,
			  const struct fin_wait2 *f)
{
	const struct tally *host = &o->now->sockstat.orphan;

	predict_from_census(o, p, "FIN_WAIT_2 orphaned", f->n);
	predict_from_census(o, p, "of them full", o->now->census.fin_wait2_orphan);
	predict_from_number(p, "orphans of the host", "/proc/net/sockstat", host->known,
			    (double)host->n);
	if (o->then->knobs[KNOB_MAX_ORPHANS].value) /* only the first namespace has it */
		predict_from_knob(o, p, o->then, KNOB_MAX_ORPHANS);
}

static void say_halves(struct outlook *o, const struct fin_wait2 *f, const char *sizes)
{
	double now = (double)o->now->census.fin_wait2_orphan,
	       then = f->to > FULL_FROM ? (double)f->n * f->times / 2 : 0;
	enum predict_effect effect = f->n ? PREDICT_SOME : PREDICT_UNKNOWN;
	char half[PREDICT_NUMBER_MAX], after[PREDICT_NUMBER_MAX];
	struct prediction *p;

	about(then, after);
	predict_number((double)(f->to - FULL_FROM), half);
	if (f->to <= FULL_FROM)
		p = predict_say(
			o, effect,
			"a new one is a mini-socket all its time%s, and no longer "
			"an orphan for tcp_max_orphans",
			sizes);
	else
		p = predict_say(o, effect,
				"for its first %s s a new one is a full socket%s and an "
				"orphan for tcp_max_orphans",
				half, sizes);
	if (f->n) {
		text_add(&p->text, ": %.0f now, %s%s then", now, then > 0 ? "about " : "",
			 after);
		predict_numbers(p, "sockets", now, then);
	}
	if (f->n && f->to > FULL_FROM) {
		predict_factor((double)f->n * f->times, half);
		predict_factor(then, after);
		predict_formula(p, "half of %s = %s", half, after);
	}
	halves_inputs(o, p, f);
}

/* Above 60 a new one is a full socket for its first half: no matter for how long in all. */
static void full_halves(struct outlook *o)
{
	uint32_t mini = size_of(o, OBJECT_MINI), full = size_of(o, OBJECT_FULL);
	char sizes[SPAN_MAX] = "";
	struct fin_wait2 f;

	if (!fin_wait2_of(o, &f) || f.from == f.to ||
	    (f.from <= FULL_FROM && f.to <= FULL_FROM))
		return;
	if (mini && full)
		snprintf(sizes, sizeof(sizes), " (%u bytes, not %u)",
			 f.to > FULL_FROM ? full : mini, f.to > FULL_FROM ? mini : full);
	say_halves(o, &f, sizes);
}

/*
 * Those that are full sockets still: tcp_keepalive_timer() decides once more. Up to 60 one
 * is full whose FIN was acknowledged under a lock (sock_owned_by_user() in
 * tcp_rcv_state_process()): for all its time, and then it is reset.
 */
static void first_halves(struct outlook *o)
{
	uint64_t n = o->now->census.fin_wait2_orphan;
	struct prediction *p;
	struct fin_wait2 f;

	if (n == 0 || !fin_wait2_of(o, &f) || (f.from <= FULL_FROM && f.to <= FULL_FROM))
		return;
	if (f.from <= FULL_FROM)
		p = predict_say(o, PREDICT_SOME,
				"full sockets already: %" PRIu64
				"; when their timer ends they are not reset, but stay "
				"mini-sockets for %" PRId64 " s",
				n, f.to - FULL_FROM);
	else if (f.to > FULL_FROM)
		p = predict_say(o, PREDICT_SOME,
				"in their first half now, as full sockets: %" PRIu64
				"; their second half lasts %" PRId64 " s",
				n, f.to - FULL_FROM);
	else
		p = predict_say(o, PREDICT_SOME,
				"in their first half now, as full sockets: %" PRIu64
				"; they are reset at its end, and the peers' CLOSE_WAIT "
				"with them",
				n);
	predict_from_census(o, p, "FIN_WAIT_2 orphaned, full", n);
}

/* tcp_max_tw_buckets bounds the mini-sockets: above 60 the second half of each orphan's time. */
static void bounded_by_buckets(struct outlook *o)
{
	uint64_t time_wait = census_total(&o->now->census, TCP_TIME_WAIT);
	struct prediction *p;
	char factor[PREDICT_NUMBER_MAX];
	struct fin_wait2 f;
	double minis;
	int64_t limit;

	if (!fin_wait2_of(o, &f) || f.times <= 1 ||
	    !snapshot_number(o->then, KNOB_MAX_TW_BUCKETS, &limit) || limit < 0)
		return;
	minis = (double)f.n * f.times / (f.to > FULL_FROM ? 2 : 1);
	if ((double)time_wait + minis <= (double)limit)
		return;
	p = predict_say(o, PREDICT_SOME,
			"tcp_max_tw_buckets lets no more than %" PRId64
			" of these and TIME_WAIT exist: at the limit orphans vanish at "
			"once, and closes get no TIME_WAIT",
			limit);
	predict_factor(minis, factor);
	predict_formula(p, "%" PRIu64 " + %s mini-sockets > %" PRId64, time_wait, factor,
			limit);
	predict_from_census(o, p, "TIME_WAIT", time_wait);
	predict_from_knob(o, p, o->then, KNOB_MAX_TW_BUCKETS);
}

static void ports_of_fin_wait2(struct outlook *o)
{
	uint64_t served = o->now->census.fin_wait2_served, n;
	char after[PREDICT_NUMBER_MAX];
	struct prediction *p;
	struct fin_wait2 f;

	if (!fin_wait2_of(o, &f) || f.n == 0 || f.life_now == f.life_then)
		return;
	n = f.n > served ? f.n - served : 0;
	if (n == 0) {
		p = predict_say(
			o, PREDICT_NONE,
			"no effect on ports for connect(): all these are on ports "
			"that are listened on");
	} else {
		about((double)n * f.times, after);
		p = predict_say(o, PREDICT_SOME,
				"local ports they hold from connect(): %" PRIu64
				" now, about %s then",
				n, after);
		predict_number((double)n * f.times, after);
		predict_formula(p, "%" PRIu64 " x %s / %s = %s", n, f.then, f.now, after);
	}
	predict_numbers(p, "ports", (double)n, (double)n * f.times);
	predict_from_census(o, p, "FIN_WAIT_2 orphaned", f.n);
	predict_from_census(o, p, "of them on listening ports", served);
}

/* Also without a number above 60: those with TCP_LINGER2, or left from one. */
static bool needs_full(const struct outlook *o, const struct fin_wait2 *f)
{
	return o->now->census.fin_wait2_orphan || f->from > FULL_FROM ||
	       f->to > FULL_FROM;
}

/* Bytes of so many: above 60, half of them are full sockets. */
static double bytes_of(double n, int64_t fin_timeout, uint32_t mini, uint32_t full)
{
	return fin_timeout > FULL_FROM ? n * (mini + full) / 2 : n * mini;
}

/* "128 bytes", "15.0 KiB". */
static void size_words(double bytes, char ret[SPAN_MAX])
{
	if (bytes < 1024)
		snprintf(ret, SPAN_MAX, "%.0f bytes", bytes);
	else
		snprintf(ret, SPAN_MAX, "%.1f KiB", bytes / 1024);
}

static void memory_formula(const struct outlook *o, struct prediction *p,
			   const struct fin_wait2 *f, uint32_t mini, uint32_t full)
{
	uint64_t halves = o->now->census.fin_wait2_orphan;
	char then[PREDICT_NUMBER_MAX];

	predict_factor((double)f->n * f->times, then);
	predict_formula(p, "now %" PRIu64 " x %u", f->n - halves, mini);
	if (halves)
		predict_formula(p, " + %" PRIu64 " x %u", halves, full);
	if (f->to > FULL_FROM)
		predict_formula(p, " bytes; then %s x (%u + %u) / 2 bytes", then, mini,
				full);
	else
		predict_formula(p, " bytes; then %s x %u bytes", then, mini);
}

static void say_memory(struct outlook *o, const struct fin_wait2 *f, uint32_t mini,
		       uint32_t full)
{
	double halves = (double)o->now->census.fin_wait2_orphan;
	double before = ((double)f->n - halves) * mini + halves * full;
	double after = bytes_of((double)f->n * f->times, f->to, mini, full);
	char now[SPAN_MAX], then[SPAN_MAX];
	struct prediction *p;

	size_words(before, now);
	size_words(after, then);
	p = predict_say(o, PREDICT_SOME, "their memory: %s now, about %s then", now,
			then);
	memory_formula(o, p, f, mini, full);
	predict_from_number(p, "bytes of a mini-socket", "/sys/kernel/slab", true, mini);
	if (needs_full(o, f))
		predict_from_number(p, "bytes of a full socket", "/sys/kernel/slab", true,
				    full);
	predict_numbers(p, "bytes", before, after);
}

static void memory_of_fin_wait2(struct outlook *o)
{
	uint32_t mini = size_of(o, OBJECT_MINI), full = size_of(o, OBJECT_FULL);
	struct prediction *p;
	struct fin_wait2 f;

	if (!fin_wait2_of(o, &f) || f.n == 0)
		return;
	if (f.life_now == f.life_then && (f.from > FULL_FROM) == (f.to > FULL_FROM))
		return;
	if (!mini || (!full && needs_full(o, &f))) {
		p = predict_say(o, PREDICT_UNKNOWN, "their memory is unknown: %s",
				o->sizes->needs_root
					? "only root may read what a socket takes"
					: "what a socket takes was not read");
		predict_from_number(p, "bytes of a mini-socket", "/sys/kernel/slab", mini,
				    mini);
		return;
	}
	say_memory(o, &f, mini, full);
}

static void time_wait_stays(struct outlook *o)
{
	uint64_t n = census_total(&o->now->census, TCP_TIME_WAIT);
	struct prediction *p = predict_say(o, PREDICT_NONE,
					   "no effect on TIME_WAIT: %" PRIu64
					   " now, and each lasts 60 s whatever this says",
					   n);

	predict_formula(p, "TCP_TIMEWAIT_LEN = 60 s, compiled in");
	predict_from_census(o, p, "TIME_WAIT", n);
	predict_numbers(p, "sockets", (double)n, (double)n);
}

static void held_stay(struct outlook *o)
{
	const struct census *c = &o->now->census;
	uint64_t n = census_total(c, TCP_CLOSE_WAIT);
	struct prediction *p =
		predict_say(o, PREDICT_NONE,
			    "no effect on FIN_WAIT_2 that a process holds (%" PRIu64
			    ") or on CLOSE_WAIT (%" PRIu64 "): no sysctl ends them",
			    c->fin_wait2_held, n);

	predict_from_census(o, p, "FIN_WAIT_2 held", c->fin_wait2_held);
	predict_from_census(o, p, "CLOSE_WAIT", n);
	predict_numbers(p, "sockets", (double)(c->fin_wait2_held + n),
			(double)(c->fin_wait2_held + n));
}

const struct predict_row predict_fin_wait2[] = {
	{ KNOB_FIN_TIMEOUT,
	  .rules = { orphaned_fin_wait2, full_halves, first_halves, bounded_by_buckets,
		     ports_of_fin_wait2, memory_of_fin_wait2, time_wait_stays,
		     held_stay } },
	{ .rules = { NULL } },
};
