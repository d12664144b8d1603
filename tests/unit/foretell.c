/* SPDX-License-Identifier: MIT */
#include "unit/foretell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct snapshot host;
struct object_sizes sizes;
static struct change changes[3];
struct plan plan;
struct predictions found;

static char *knob_texts[KNOB_N];

void knob(enum knob_id id, const char *value)
{
	free(knob_texts[id]);
	knob_texts[id] = strdup(value);
	host.knobs[id].value = knob_texts[id];
}

int foretell_begin(void **state)
{
	(void)state;
	host = (struct snapshot){ .has_census = true };
	host.census.asked = STATES_ALL;
	host.census.has_backlogs = true;
	sizes = (struct object_sizes){ 0 };
	plan = (struct plan){ .at = changes };
	found = (struct predictions){ 0 };
	return 0;
}

int foretell_end(void **state)
{
	(void)state;
	predictions_done(&found);
	for (size_t i = 0; i < plan.n; i++)
		change_done(&plan.at[i]);
	for (size_t i = 0; i < KNOB_N; i++) {
		free(knob_texts[i]);
		knob_texts[i] = NULL;
	}
	return 0;
}

void wanted(enum knob_id id, const char *from, const char *to, enum change_state state)
{
	knob(id, from);
	plan.at[plan.n++] = (struct change){ .key = strdup(catalogue[id].name),
					     .from = strdup(from),
					     .to = strdup(to),
					     .state = state };
}

void foretell(void)
{
	assert_int_equal(predict(&plan, &host, &sizes, &found), 0);
}

void change(enum knob_id id, const char *from, const char *to)
{
	predictions_done(&found);
	for (size_t i = 0; i < plan.n; i++)
		change_done(&plan.at[i]);
	plan.n = 0;
	wanted(id, from, to, CHANGE_TODO);
	foretell();
}

const struct prediction *saying(const char *words)
{
	const struct prediction *one = NULL;
	size_t n = 0;

	for (size_t i = 0; i < found.n; i++) {
		if (!strstr(found.at[i].text.at, words))
			continue;
		one = &found.at[i];
		n++;
	}
	if (n != 1) {
		for (size_t i = 0; i < found.n; i++)
			print_message("%s: %s\n", predict_effect_name(found.at[i].effect),
				      found.at[i].text.at);
		fail_msg("%zu predictions with '%s'", n, words);
	}
	return one;
}

void numbers(const struct prediction *p, const char *unit, double before, double after)
{
	assert_string_equal(p->unit, unit);
	if (!p->has_before || !p->has_after || fabs(p->before - before) > 0.05 ||
	    fabs(p->after - after) > 0.05)
		fail_msg("'%s': %f to %f; want %f to %f", p->text.at, p->before, p->after,
			 before, after);
}

void port_knobs(const char *reuse)
{
	knob(KNOB_PORT_RANGE, "32768 60999");
	knob(KNOB_RESERVED_PORTS, "");
	knob(KNOB_TIMESTAMPS, "1");
	knob(KNOB_TW_REUSE_DELAY, "1000");
	knob(KNOB_TW_REUSE, reuse);
}
