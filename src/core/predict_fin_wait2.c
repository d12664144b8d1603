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
				"no effect on orphaned FIN_WAIT_2: %" PRIu64
				" now; %" PRId64 " lasts %s s as %" PRId64 " does",
				f.n, f.to, f.then, f.from);
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

/* Those above 60 that are full sockets still: tcp_keepalive_timer() decides once more. */
static void first_halves(struct outlook *o)
{
	uint64_t n = o->now->census.fin_wait2_orphan;
	struct prediction *p;
	struct fin_wait2 f;

	if (n == 0 || !fin_wait2_of(o, &f))
		return;
	if (f.to > FULL_FROM)
		p = predict_say(o, PREDICT_SOME,
				"%" PRIu64 " of them are in their first half, as full "
				"sockets: their second half lasts %" PRId64 " s",
				n, f.to - FULL_FROM);
	else
		p = predict_say(o, PREDICT_SOME,
				"%" PRIu64 " of them are in their first half, as full "
				"sockets: they are reset at its end, and the peers' "
				"CLOSE_WAIT with them",
				n);
	predict_from_census(o, p, "FIN_WAIT_2 orphaned, full", n);
}

/* tcp_max_tw_buckets bounds the mini-sockets: above 60 the second half of each orphan's time. */
static void bounded_by_buckets(struct outlook *o)
{
	uint64_t time_wait = census_total(&o->now->census, TCP_TIME_WAIT);
	struct prediction *p;
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
	predict_formula(p, "%" PRIu64 " + %.0f mini-sockets > %" PRId64, time_wait, minis,
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

/* Bytes of so many: above 60, half of them are full sockets. */
static double bytes_of(double n, int64_t fin_timeout, uint32_t mini, uint32_t full)
{
	return fin_timeout > FULL_FROM ? n * (mini + full) / 2 : n * mini;
}

static void memory_of_fin_wait2(struct outlook *o)
{
	uint32_t mini = size_of(o, OBJECT_MINI), full = size_of(o, OBJECT_FULL);
	double before, after;
	struct prediction *p;
	struct fin_wait2 f;

	if (!fin_wait2_of(o, &f) || f.n == 0 || f.life_now == f.life_then)
		return;
	if (!mini || (!full && (f.from > FULL_FROM || f.to > FULL_FROM))) {
		p = predict_say(o, PREDICT_UNKNOWN, "their memory is unknown: %s",
				o->sizes->needs_root
					? "only root may read what a socket takes"
					: "what a socket takes was not read");
		predict_from_number(p, "bytes of a mini-socket", "/sys/kernel/slab", mini,
				    mini);
		return;
	}
	before = (double)(f.n - o->now->census.fin_wait2_orphan) * mini +
		 (double)o->now->census.fin_wait2_orphan * full;
	after = bytes_of((double)f.n * f.times, f.to, mini, full);
	p = predict_say(o, PREDICT_SOME,
			"their memory: %.1f KiB now, about %.1f KiB then", before / 1024,
			after / 1024);
	predict_formula(
		p, f.to > FULL_FROM ? "%.0f x (%u + %u) / 2 bytes" : "%.0f x %u bytes",
		(double)f.n * f.times, mini, full);
	predict_from_number(p, "bytes of a mini-socket", "/sys/kernel/slab", true, mini);
	if (f.from > FULL_FROM || f.to > FULL_FROM)
		predict_from_number(p, "bytes of a full socket", "/sys/kernel/slab", true,
				    full);
	predict_numbers(p, "bytes", before, after);
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
	  .rules = { orphaned_fin_wait2, first_halves, bounded_by_buckets,
		     ports_of_fin_wait2, memory_of_fin_wait2, time_wait_stays,
		     held_stay } },
	{ .rules = { NULL } },
};
