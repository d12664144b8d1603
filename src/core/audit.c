/* SPDX-License-Identifier: MIT */
#include "core/audit.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "core/band.h"
#include "core/rules.h"

static struct finding *audit_add(struct audit *a, const char *id, enum severity severity)
{
	struct finding *f;

	if (a->n == FINDINGS_MAX)
		return NULL;
	f = &a->at[a->n++];
	*f = (struct finding){ .id = id, .severity = severity };
	return f;
}

/*
 * "--set …=LIST": the reserved ports with the listeners of low..high added; "" where that
 * would change nothing, or would make a list too long to be read in a command.
 */
static void suggest_reserved(const struct snapshot *s, int64_t low, int64_t high,
			     char *ret, size_t size)
{
	struct port_set ports = { 0 };
	own_text struct text list = { 0 };
	const char *now = s->knobs[KNOB_RESERVED_PORTS].value;
	unsigned n_added = 0;

	ret[0] = '\0';
	if (!now || !ports_parse(&ports, now))
		return;
	for (int64_t port = low; port <= high; port++) {
		if (!ports_has(&s->census.listening, (uint16_t)port) ||
		    ports_has(&ports, (uint16_t)port))
			continue;
		ports_add(&ports, (uint16_t)port);
		n_added++;
	}
	ports_format(&ports, &list);
	if (n_added && list.n < 200)
		snprintf(ret, size, " --set %s=%s", catalogue[KNOB_RESERVED_PORTS].name,
			 list.at);
}

static void finish_port_range(struct finding *f, const struct snapshot *s)
{
	int64_t low = 32768, high = 60999;
	char reserved[300];

	if (strcmp(f->id, "port-range-covers-listeners") == 0) {
		/* they were there before: only a restart of theirs is in danger */
		f->severity = SEVERITY_NOTICE;
		snprintf(f->remedy, sizeof(f->remedy),
			 "reserve the ports of these listeners, so that connect() leaves "
			 "them alone");
		if (knob_parse_range(s->knobs[KNOB_PORT_RANGE].value, &low, &high))
			suggest_reserved(s, low, high, reserved, sizeof(reserved));
		if (reserved[0])
			snprintf(f->command, sizeof(f->command), "finwait apply%s",
				 reserved);
		return;
	}
	suggest_reserved(s, low, high, reserved, sizeof(reserved));
	snprintf(f->remedy, sizeof(f->remedy), "go back to the kernel's own range%s",
		 reserved[0] ? ", and reserve the ports of listeners in it" : "");
	snprintf(f->command, sizeof(f->command),
		 "finwait apply%s --set '%s=%" PRId64 " %" PRId64 "'", reserved,
		 catalogue[KNOB_PORT_RANGE].name, low, high);
}

/* A list of ports can be longer than a title: it is shown by what it leaves. */
static void finish_reserved_ports(struct finding *f, const struct snapshot *s)
{
	struct evidence *e = &f->evidence[0];
	struct port_set reserved = { 0 };
	int64_t low, high, left;

	if (!knob_parse_range(s->knobs[KNOB_PORT_RANGE].value, &low, &high) ||
	    !ports_parse(&reserved, s->knobs[KNOB_RESERVED_PORTS].value))
		return;
	left = high - low + 1 - ports_count(&reserved, (uint16_t)low, (uint16_t)high);
	snprintf(f->title, sizeof(f->title),
		 "ip_local_reserved_ports leaves %" PRId64
		 " ports to outgoing connections",
		 left);
	snprintf(f->remedy, sizeof(f->remedy),
		 "keep only the ports of services in the list");
	e->name = "ports_left";
	snprintf(e->value, sizeof(e->value), "%" PRId64, left);
	snprintf(e->limit, sizeof(e->limit), "at least 16384");
	snprintf(e->text, sizeof(e->text),
		 "%" PRId64 " ports of %" PRId64 "-%" PRId64
		 " are not reserved (safe: at least 16384)",
		 left, low, high);
}

/* What to do about a value outside its safe band. */
static void finish_band(struct finding *f, const struct knob *k,
			const struct judgement *j, const struct snapshot *s)
{
	int64_t reference = snapshot_derived_default(s, (enum knob_id)(k - catalogue));

	if (k->shape == KNOB_RANGE) {
		finish_port_range(f, s);
	} else if (strcmp(f->id, "reserved-ports-many") == 0) {
		finish_reserved_ports(f, s);
	} else if (strcmp(f->id, "tw-reuse-without-timestamps") == 0) {
		snprintf(f->title, sizeof(f->title),
			 "tcp_tw_reuse=1 has no effect: tcp_timestamps=0");
		snprintf(f->remedy, sizeof(f->remedy),
			 "turn timestamps on again; new connections will have them");
		snprintf(f->command, sizeof(f->command), "finwait apply --set %s=1",
			 catalogue[KNOB_TIMESTAMPS].name);
	} else if (j->instead) {
		snprintf(f->remedy, sizeof(f->remedy), "set a safe value: %s", j->limit);
		snprintf(f->command, sizeof(f->command), "finwait apply --set %s=%s",
			 k->name, j->instead);
	} else if (reference > 0) {
		snprintf(f->remedy, sizeof(f->remedy),
			 "go back to what this kernel derives from its memory");
		snprintf(f->command, sizeof(f->command),
			 "finwait apply --set %s=%" PRId64, k->name, reference);
	}
}

/* The effective time, where the value does not mean what it says. */
static void add_fin_timeout_evidence(struct finding *f, const char *value)
{
	struct evidence *e = &f->evidence[f->n_evidence];
	int64_t n, seconds;

	if (!num_parse(value, INT64_MIN, INT64_MAX, &n) || n <= 60)
		return;
	seconds = catalogue_fin_wait2_seconds(n);
	f->n_evidence++;
	e->name = "fin_wait2_seconds";
	snprintf(e->value, sizeof(e->value), "%" PRId64, seconds);
	snprintf(e->text, sizeof(e->text),
		 "an orphaned FIN_WAIT_2 lasts 2*(%" PRId64 "-60) = %" PRId64
		 " s here, and TIME_WAIT 60 s",
		 n, seconds);
}

static void add_value_evidence(struct finding *f, const struct knob *k, const char *value,
			       const struct judgement *j, int64_t reference)
{
	struct evidence *e = &f->evidence[f->n_evidence++];
	char known[32] = "";

	if (reference > 0)
		snprintf(known, sizeof(known), ", here %" PRId64, reference);
	e->name = catalogue_short_name(k);
	snprintf(e->value, sizeof(e->value), "%s", value);
	snprintf(e->limit, sizeof(e->limit), "%s%s", j->limit ? j->limit : "", known);
	snprintf(e->text, sizeof(e->text), "%s is %s (safe: %s%s)", k->name, value,
		 j->limit ? j->limit : "", known);
}

/* A narrow range is one finding: the range's where it is narrow by itself, else the list's. */
static bool is_narrow_by_the_other(const struct judgement *j,
				   const struct surroundings *around)
{
	const struct surroundings alone = { .reference = -1 };
	bool is_of_the_range = strcmp(j->finding, "port-range-narrow") == 0;
	struct judgement range;

	if (!around->range ||
	    (!is_of_the_range && strcmp(j->finding, "reserved-ports-many") != 0))
		return false;
	band_judge(&catalogue[KNOB_PORT_RANGE], around->range, &alone, &range);
	return is_of_the_range !=
	       (range.finding && strcmp(range.finding, "port-range-narrow") == 0);
}

static void judge_knob(struct audit *a, const struct snapshot *s, enum knob_id id,
		       const struct surroundings *around)
{
	const struct knob *k = &catalogue[id];
	const char *value = s->knobs[id].value;
	struct surroundings here = *around;
	struct judgement j;
	struct finding *f;

	if (!value)
		return;
	here.reference = snapshot_derived_default(s, id);
	band_judge(k, value, &here, &j);
	if (j.band == BAND_SAFE || is_narrow_by_the_other(&j, around))
		return;
	f = audit_add(a, j.finding,
		      j.band == BAND_RISK ? SEVERITY_NOTICE : SEVERITY_WARNING);
	if (!f)
		return;
	snprintf(f->title, sizeof(f->title), "%s=%s is outside its safe values",
		 catalogue_short_name(k), value);
	snprintf(f->why, sizeof(f->why), "%c%s.", toupper((unsigned char)j.harm[0]),
		 j.harm + 1);
	add_value_evidence(f, k, value, &j, here.reference);
	if (id == KNOB_FIN_TIMEOUT)
		add_fin_timeout_evidence(f, value);
	finish_band(f, k, &j, s);
}

static void judge_knobs(struct audit *a, const struct snapshot *s)
{
	struct port_set reserved = { 0 };
	const char *list = s->knobs[KNOB_RESERVED_PORTS].value;
	struct surroundings around = {
		.timestamps = s->knobs[KNOB_TIMESTAMPS].value,
		.reserved = list && ports_parse(&reserved, list) ? &reserved : NULL,
		.listening = s->has_census ? &s->census.listening : NULL,
		.range = s->knobs[KNOB_PORT_RANGE].value,
	};

	for (size_t id = 0; id < KNOB_N; id++)
		if (catalogue[id].is_audited)
			judge_knob(a, s, (enum knob_id)id, &around);
}

static void judge_rules(struct audit *a, const struct snapshot *s)
{
	for (size_t i = 0; rules[i].rule.id; i++) {
		const struct rule *rule = &rules[i].rule;
		struct finding f = { .id = rule->id };

		f.severity = rules[i].judge(s, &f);
		if (f.severity == SEVERITY_OK || a->n == FINDINGS_MAX)
			continue;
		snprintf(f.title, sizeof(f.title), "%s", rule->title);
		snprintf(f.why, sizeof(f.why), "%s", rule->why);
		snprintf(f.remedy, sizeof(f.remedy), "%s", rule->remedy);
		snprintf(f.command, sizeof(f.command), "%s",
			 rule->command ? rule->command : "");
		a->at[a->n++] = f;
	}
}

void audit_make(struct audit *a, const struct snapshot *s)
{
	a->n = 0;
	judge_rules(a, s);
	judge_knobs(a, s);
	/* the worst first; among equals sockets before knobs */
	for (size_t i = 1; i < a->n; i++) {
		struct finding f = a->at[i];
		size_t k = i;

		for (; k > 0 && a->at[k - 1].severity < f.severity; k--)
			a->at[k] = a->at[k - 1];
		a->at[k] = f;
	}
}

enum severity audit_verdict(const struct audit *a)
{
	return a->n ? a->at[0].severity : SEVERITY_OK;
}

void audit_summary(const struct audit *a, const struct snapshot *s, char *ret,
		   size_t size)
{
	size_t n_read = 0, n_worst = 0;
	char sockets[64] = "sockets not counted", others[64] = "";
	const char *worst;

	for (size_t i = 0; i < KNOB_N; i++)
		n_read += catalogue[i].is_audited && s->knobs[i].value;
	for (size_t i = 0; i < a->n; i++)
		n_worst += a->at[i].severity == a->at[0].severity;
	if (s->has_census)
		snprintf(sockets, sizeof(sockets), "%" PRIu64 " socket%s counted",
			 census_sum(&s->census), census_sum(&s->census) == 1 ? "" : "s");
	if (a->n == 0) {
		snprintf(ret, size, "nothing to worry about: %zu knobs read, %s", n_read,
			 sockets);
		return;
	}
	/* a count says more than the title of its rule */
	worst = band_finding_knob(a->at[0].id) ? a->at[0].title
					       : a->at[0].evidence[0].text;
	if (n_worst > 1)
		snprintf(others, sizeof(others), ", and %zu more of the same severity",
			 n_worst - 1);
	snprintf(ret, size, "%s%s (%zu knobs read, %s)", worst, others, n_read, sockets);
}

const struct rule *audit_rule_at(size_t i)
{
	return rules[i].rule.id ? &rules[i].rule : NULL;
}

const struct rule *audit_rule(const char *id)
{
	for (size_t i = 0; rules[i].rule.id; i++)
		if (strcmp(rules[i].rule.id, id) == 0)
			return &rules[i].rule;
	return NULL;
}

static const char *const severity_names[] = {
	[SEVERITY_OK] = "ok",
	[SEVERITY_INFO] = "info",
	[SEVERITY_NOTICE] = "notice",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_CRITICAL] = "critical",
};

const char *severity_name(enum severity severity)
{
	return severity_names[severity];
}

int severity_parse(const char *name, enum severity *ret)
{
	for (size_t i = 0; i < sizeof(severity_names) / sizeof(severity_names[0]); i++)
		if (strcmp(severity_names[i], name) == 0) {
			*ret = (enum severity)i;
			return 0;
		}
	return -EINVAL;
}
