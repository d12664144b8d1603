/* SPDX-License-Identifier: MIT */
/* The writes of one engine to one sysctl, carried out in their order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "core/boot.h"
#include "core/bootside.h"
#include "core/catalogue.h"

/*
 * A sysctl while it is written. The low end of ip_local_port_range may not lie below
 * ip_unprivileged_port_start, so each of the two is replayed beside the other.
 */
struct cell {
	const char *key;
	const struct knob *k; /* NULL: no knowledge */
	struct text now;
	bool is_known; /* now holds the value */
};

struct step {
	struct boot_hit hit;
	bool is_beside; /* to the other of the two */
};

struct replay {
	const struct boot *boot;
	enum boot_engine engine;
	struct cell own, beside;
	bool has_beside;
	struct step *steps;
	size_t n;
	const struct step *winner; /* the last write that changed it */
};

static int cell_init(struct cell *c, const char *key, const struct knob *k,
		     const char *before)
{
	*c = (struct cell){ .key = key, .k = k, .is_known = before };
	if (before)
		text_add(&c->now, "%s", before);
	return c->now.broken ? -ENOMEM : 0;
}

static bool is_range(const struct cell *c)
{
	return strcmp(c->key, catalogue[KNOB_PORT_RANGE].name) == 0;
}

static bool is_start(const struct cell *c)
{
	return strcmp(c->key, catalogue[KNOB_PORT_START].name) == 0;
}

/* Would the kernel refuse the start of the one with the range of the other? */
static bool are_at_odds(const char *start, const char *range)
{
	int64_t first, low;

	return start && range && num_parse(start, 0, UINT16_MAX, &first) &&
	       num_parse_n(range, strcspn(range, " "), 0, UINT16_MAX, &low) &&
	       low < first;
}

static bool is_refused_beside(const struct cell *c, const struct cell *beside,
			      const char *value)
{
	if (is_range(c))
		return are_at_odds(beside->now.at, value);
	return is_start(c) && are_at_odds(value, beside->now.at);
}

/*
 * A congestion control that the kernel has neither built in nor loaded: it asks for the module
 * (tcp_set_default_congestion_control() of net/ipv4/tcp_cong.c), which would be there by now.
 */
static bool is_absent_control(const struct replay *p, const struct cell *c,
			      const char *value)
{
	return c->k == &catalogue[KNOB_CONGESTION_CONTROL] && value &&
	       !boot_tree_has_control(p->boot->tree, value);
}

/*
 * sysctl(8) writes a text that is refused and longer than its buffer once more, up to the
 * last comma in that (proc_write() of procps 4.0.2 local/procio.c). What is left of it then
 * begins with what was refused.
 */
static int store_split(const struct cell *c, const char *text, const char *before,
		       struct knob_store *ret)
{
	enum { BUFFER = 4096 };
	const char *comma = strlen(text) >= BUFFER ? memrchr(text, ',', BUFFER) : NULL;
	char *part;
	int r;

	if (!ret->is_refused || ret->is_changed || !comma)
		return 0;
	part = strndup(text, (size_t)(comma - text));
	if (!part)
		return -ENOMEM;
	text_done(&ret->value);
	r = knob_stored(c->k, part, before, KNOB_WRITTEN_ONCE, ret);
	free(part);
	return r;
}

/* What the cell alone makes of a text. */
static int store(enum boot_engine engine, const struct cell *c, const char *text,
		 struct knob_store *ret)
{
	const char *now = c->now.at ? c->now.at : "";
	const char *before = c->is_known ? now : NULL;
	int r;

	if (c->k && engine == BOOT_SYSTEMD)
		return knob_stored(c->k, text, before, KNOB_WRITTEN_WHOLE, ret);
	if (c->k) {
		r = knob_stored(c->k, text, before, KNOB_WRITTEN_ONCE, ret);
		return r < 0 ? r : store_split(c, text, before, ret);
	}
	*ret = (struct knob_store){ .is_changed = true };
	text_add_bytes(&ret->value, text, strlen(text));
	if (ret->value.at)
		knob_normalise(ret->value.at);
	return ret->value.broken ? -ENOMEM : 0;
}

/* Writes a text to a cell. -ENOMEM. */
static int write_cell(const struct replay *p, struct cell *c, const struct cell *beside,
		      const char *text, bool *ret_changed)
{
	struct knob_store stored = { 0 };
	int r = store(p->engine, c, text, &stored);

	if (r == 0 && p->has_beside && is_refused_beside(c, beside, stored.value.at))
		stored.is_changed = false;
	if (r == 0 && is_absent_control(p, c, stored.value.at))
		stored.is_changed = false;
	if (r == 0 && stored.is_changed) {
		text_done(&c->now);
		c->now = stored.value;
		c->is_known = true;
		stored.value = (struct text){ 0 };
	}
	text_done(&stored.value);
	*ret_changed = stored.is_changed;
	return r;
}

static int run_own(struct replay *p, struct step *step)
{
	bool is_changed;
	int r;

	if (step->hit.is_lost)
		return 0;
	r = write_cell(p, &p->own, &p->beside, step->hit.write->value, &is_changed);
	if (r == 0 && is_changed) {
		p->winner = step;
	} else {
		step->hit.is_lost = true;
		step->hit.why = BOOT_REFUSED;
	}
	return r;
}

static int run(struct replay *p)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct step *step = &p->steps[i];
		bool is_changed;

		if (!step->is_beside)
			r = run_own(p, step);
		else if (!step->hit.is_lost)
			r = write_cell(p, &p->beside, &p->own, step->hit.write->value,
				       &is_changed);
	}
	return r;
}

static int add_steps(struct replay *p, const struct cell *c, bool is_beside)
{
	struct boot_hit *hits = NULL;
	char path[KNOB_KEY_MAX];
	struct step *steps;
	size_t n;
	int r = knob_path(c->key, path, NULL);

	if (r == 0)
		r = bootside_find(&p->boot->sides[p->engine], p->engine, path,
				  boot_has_excluding_patterns(p->boot->tree, p->engine),
				  &hits, &n);
	if (r < 0)
		return r;
	steps = realloc(p->steps, (p->n + n + 1) * sizeof(*steps));
	if (steps)
		p->steps = steps;
	for (size_t i = 0; i < n && steps; i++)
		steps[p->n++] = (struct step){ hits[i], is_beside };
	free(hits);
	return steps ? 0 : -ENOMEM;
}

/* In the order of writing; a pattern finds the range before the start, by their names. */
static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->hit.write != y->hit.write)
		return x->hit.write < y->hit.write ? -1 : 1;
	return x->is_beside - y->is_beside;
}

static int compare_steps_beside(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	return x->hit.write == y->hit.write ? y->is_beside - x->is_beside
					    : compare_steps(a, b);
}

static int prepare_beside(struct replay *p)
{
	bool is_range_own = is_range(&p->own);
	int r;

	p->has_beside = is_range_own || is_start(&p->own);
	if (!p->has_beside)
		return 0;
	/* what a new network namespace begins with */
	if (is_range_own)
		r = cell_init(&p->beside, catalogue[KNOB_PORT_START].name,
			      &catalogue[KNOB_PORT_START], "1024");
	else
		r = cell_init(&p->beside, catalogue[KNOB_PORT_RANGE].name,
			      &catalogue[KNOB_PORT_RANGE], "32768 60999");
	if (r == 0)
		r = add_steps(p, &p->beside, true);
	if (r == 0 && p->n)
		qsort(p->steps, p->n, sizeof(*p->steps),
		      is_range_own ? compare_steps : compare_steps_beside);
	return r;
}

static bool has_lost(const struct replay *p, const struct step *step)
{
	return !step->is_beside && step != p->winner;
}

static int list_losers(const struct replay *p, struct boot_value *ret)
{
	size_t n_before = 0;

	for (size_t i = 0; i < p->n; i++)
		ret->n_lost += has_lost(p, &p->steps[i]);
	if (ret->n_lost > BOOT_LOSERS_MAX)
		n_before = ret->n_lost - BOOT_LOSERS_MAX;
	ret->losers = calloc(ret->n_lost - n_before + 1, sizeof(*ret->losers));
	if (!ret->losers)
		return -ENOMEM;
	for (size_t i = 0; i < p->n; i++) {
		const struct step *step = &p->steps[i];
		const struct boot_write *write = step->hit.write;

		if (!has_lost(p, step))
			continue;
		if (n_before > 0) {
			n_before--;
			continue;
		}
		ret->losers[ret->n_losers++] = (struct boot_loser){
			.file = write->file->path,
			.line = write->line,
			.text = write->value,
			.why = step->hit.is_lost ? step->hit.why : BOOT_OVERRIDDEN,
			.by_file = write->by ? write->by->file->path : NULL,
			.by_line = write->by ? write->by->line : 0,
		};
	}
	return 0;
}

static int finish(struct replay *p, struct boot_value *ret)
{
	int r = list_losers(p, ret);

	if (r < 0 || !p->winner)
		return r;
	ret->file = p->winner->hit.write->file->path;
	ret->line = p->winner->hit.write->line;
	ret->text = p->winner->hit.write->value;
	ret->value = p->own.now.at ? p->own.now.at : strdup("");
	p->own.now = (struct text){ 0 };
	return ret->value ? 0 : -ENOMEM;
}

int boot_look_up(const struct boot *boot, enum boot_engine engine, const char *key,
		 const struct knob *k, const char *before, struct boot_value *ret)
{
	struct replay p = { .boot = boot, .engine = engine };
	int r;

	*ret = (struct boot_value){ 0 };
	r = cell_init(&p.own, key, k, before);
	if (r == 0)
		r = add_steps(&p, &p.own, false);
	if (r == 0)
		r = prepare_beside(&p);
	if (r == 0)
		r = run(&p);
	if (r == 0)
		r = finish(&p, ret);
	text_done(&p.own.now);
	text_done(&p.beside.now);
	free(p.steps);
	if (r < 0)
		boot_value_done(ret);
	return r;
}

void boot_value_done(struct boot_value *value)
{
	free(value->value);
	free(value->losers);
	*value = (struct boot_value){ 0 };
}
