/* SPDX-License-Identifier: MIT */
/*
 * Judging a snapshot: rules in, findings out. A rule whose facts were not read says
 * nothing.
 */
#pragma once

#include <stddef.h>

#include "core/snapshot.h"

enum severity {
	SEVERITY_OK,
	SEVERITY_INFO,
	SEVERITY_NOTICE,
	SEVERITY_WARNING,
	SEVERITY_CRITICAL,
};

/* One number a finding rests on. */
struct evidence {
	char text[160];
	const char *name; /* of the knob, counter or count */
	char value[64];
	char limit[64]; /* "" where there is none to compare with */
};

enum { EVIDENCE_MAX = 4, FINDINGS_MAX = 48 };

struct finding {
	const char *id;
	enum severity severity;
	char title[192];
	char why[512];
	char remedy[512];
	char command[512]; /* "" where no command helps */
	struct evidence evidence[EVIDENCE_MAX];
	size_t n_evidence;
};

struct audit {
	struct finding at[FINDINGS_MAX]; /* the worst first */
	size_t n;
};

void audit_make(struct audit *a, const struct snapshot *s);

/* The severity of the worst finding. */
enum severity audit_verdict(const struct audit *a);

/* The verdict in one sentence, without full stop. */
void audit_summary(const struct audit *a, const struct snapshot *s, char *ret,
		   size_t size);

/*
 * What a finding that rests on sockets or counters means, for `explain`; NULL: no such
 * finding.
 */
struct rule {
	const char *id;
	const char *title;
	const char *why;
	const char *remedy;
	const char *command;  /* NULL: none helps */
	const char *see_also; /* topics, separated by one blank */
};
const struct rule *audit_rule(const char *id);
const struct rule *audit_rule_at(size_t i);

/* "ok info notice warning critical"; and back: false if `name` is none. */
const char *severity_name(enum severity severity);
int severity_parse(const char *name, enum severity *ret);
