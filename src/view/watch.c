/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/closers.h"
#include "core/snapshot.h"
#include "core/socket.h"
#include "view/document.h"
#include "view/sockets.h"

enum { PROCESSES_MAX = 20 };

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* With milliseconds: two documents may lie within a second. */
static json_t *time_of(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char seconds[32] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm))
		strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	return json_sprintf("%s.%03dZ", seconds, (int)(ms % 1000));
}

/* Of the time that can be told of, which is a minute at most. */
static double per_second(const struct closers *c)
{
	return (double)c->n * 1000 / c->window_ms;
}

static json_t *processes(const struct interval *interval)
{
	const struct closers *c = interval->closers;
	struct closer top[PROCESSES_MAX];
	size_t n = closers_top(c, top, PROCESSES_MAX);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *process = json_object();

		json_object_set_new(process, "pid", count(top[i].pid));
		json_object_set_new(process, "program", document_string(top[i].program));
		json_object_set_new(process, "closes", count(top[i].n));
		json_array_append_new(array, process);
	}
	return array;
}

/* Of those that were not seen while open, by the port that serves them. */
static json_t *ports(const struct interval *interval)
{
	struct closer_port top[PROCESSES_MAX];
	size_t n = closers_ports(interval->closers, top, PROCESSES_MAX);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct closer *by = top[i].by;
		json_t *port = json_object();

		json_object_set_new(port, "port", count(top[i].port));
		json_object_set_new(port, "closes", count(top[i].n));
		json_object_set_new(port, "pid", by ? count(by->pid) : json_null());
		json_object_set_new(port, "program",
				    by ? document_string(by->program) : json_null());
		json_array_append_new(array, port);
	}
	return array;
}

static uint64_t sum(const json_t *of_processes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < json_array_size(of_processes); i++)
		n += (uint64_t)json_integer_value(
			json_object_get(json_array_get(of_processes, i), "closes"));
	return n;
}

static json_t *closes(const struct interval *interval)
{
	const struct closers *c = interval->closers;
	json_t *object = json_object(), *by = NULL;

	json_object_set_new(object, "total", count(c->n));
	json_object_set_new(object, "ports", ports(interval));
	json_object_set_new(object, "per_second",
			    json_real((double)(uint64_t)(per_second(c) * 10 + 0.5) / 10));
	if (interval->unattributed) {
		json_object_set_new(object, "attributed", json_null());
		json_object_set_new(object, "processes", json_null());
		json_object_set_new(object, "others", json_null());
		json_object_set_new(object, "processes_hidden", json_null());
		json_object_set_new(object, "error",
				    document_string(interval->unattributed));
	} else {
		by = processes(interval);
		json_object_set_new(object, "attributed", count(c->n_attributed));
		json_object_set_new(object, "processes", by);
		json_object_set_new(object, "others", count(c->n_attributed - sum(by)));
		json_object_set_new(object, "processes_hidden",
				    count(interval->n_hidden));
	}
	return object;
}

/* Why a counter has no difference. */
static const char *counter_error(const struct interval *interval, enum counter i)
{
	const struct counters *before = &interval->before->counters;
	const char *reason = snapshot_unanswered(interval->now, counter_file(i));

	if (!interval->now->counters.at[i].known)
		return reason ? reason : "this kernel does not have it";
	return before->at[i].known ? "it went backwards" : "it was not read before";
}

static json_t *counters(const struct interval *interval)
{
	json_t *array = json_array();
	struct counters diff;

	counters_diff(&interval->before->counters, &interval->now->counters, &diff);
	for (enum counter i = 0; i < COUNTER_N; i++) {
		const struct tally *value = &interval->now->counters.at[i];
		json_t *counter = json_object();

		json_object_set_new(counter, "name", json_string(counter_name(i)));
		json_object_set_new(counter, "value",
				    value->known ? count(value->n) : json_null());
		json_object_set_new(counter, "change",
				    diff.at[i].known ? count(diff.at[i].n) : json_null());
		if (!diff.at[i].known)
			json_object_set_new(counter, "error",
					    document_string(counter_error(interval, i)));
		json_array_append_new(array, counter);
	}
	return array;
}

static void view_json(struct view *v, const struct interval *interval)
{
	const struct snapshot *s = interval->now;

	json_object_set_new(v->here, "time", time_of(s->host.now_ms));
	json_object_set_new(v->here, "seconds",
			    json_real((double)interval->elapsed_ms / 1000));
	json_object_set_new(v->here, "states", sockets_states(s));
	json_object_set_new(v->here, "interrupted", json_boolean(s->census.interrupted));
	json_object_set_new(v->here, "closes", closes(interval));
	json_object_set_new(v->here, "counters", counters(interval));
}

/* The columns behind the time: states, closes, and how much a counter has grown. */
static const struct {
	int state;   /* 0: no state */
	int counter; /* -1: no counter */
	const char *name;
	int width;
} columns[] = {
	{ TCP_ESTABLISHED, -1, NULL, 0 },      { TCP_SYN_RECV, -1, NULL, 0 },
	{ TCP_FIN_WAIT1, -1, NULL, 0 },	       { TCP_FIN_WAIT2, -1, NULL, 0 },
	{ TCP_TIME_WAIT, -1, NULL, 0 },	       { TCP_CLOSE_WAIT, -1, NULL, 0 },
	{ TCP_LAST_ACK, -1, NULL, 0 },	       { 0, -1, "CLOSES/S", 9 },
	{ 0, -1, "ATTRIBUTED", 13 },	       { 0, COUNTER_ACTIVE_OPENS, NULL, 0 },
	{ 0, COUNTER_PASSIVE_OPENS, NULL, 0 }, { 0, COUNTER_LISTEN_DROPS, NULL, 0 },
	{ 0, COUNTER_TW_OVERFLOW, NULL, 0 },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const char *column_name(size_t i)
{
	if (columns[i].name)
		return columns[i].name;
	return columns[i].state ? census_state_name(columns[i].state)
				: counter_name((enum counter)columns[i].counter);
}

static void format_cell(const struct interval *interval, const struct counters *diff,
			size_t i, char *ret, size_t size)
{
	const struct closers *c = interval->closers;

	if (columns[i].state)
		snprintf(ret, size, "%" PRIu64,
			 census_total(&interval->now->census, columns[i].state));
	else if (columns[i].counter >= 0 && diff->at[columns[i].counter].known)
		snprintf(ret, size, "%" PRIu64, diff->at[columns[i].counter].n);
	else if (columns[i].counter >= 0)
		snprintf(ret, size, "-");
	else if (strcmp(columns[i].name, "ATTRIBUTED") != 0)
		snprintf(ret, size, "%.1f", per_second(c));
	else if (interval->unattributed)
		snprintf(ret, size, "-");
	else
		snprintf(ret, size, "%" PRIu64 "/%" PRIu64, c->n_attributed, c->n);
}

static void view_line(struct view *v, const struct interval *interval, bool has_heading)
{
	FILE *stream = v->out.stream;
	time_t t = (time_t)(interval->now->host.now_ms / 1000);
	struct counters diff;
	char when[32] = "";
	struct tm tm;

	counters_diff(&interval->before->counters, &interval->now->counters, &diff);
	if (localtime_r(&t, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S%z", &tm);
	for (int line = !has_heading; line < 2; line++) {
		fprintf(stream, "%-24s", line == 0 ? "TIME" : when);
		for (size_t i = 0; i < COLUMNS; i++) {
			const char *name = column_name(i);
			int width =
				columns[i].width ? columns[i].width : (int)strlen(name);
			char cell[48];

			format_cell(interval, &diff, i, cell, sizeof(cell));
			fprintf(stream, " %*s", width < 8 ? 8 : width,
				line == 0 ? name : cell);
		}
		fputc('\n', stream);
	}
}

void view_watch(struct view *v, const struct interval *interval, bool has_heading)
{
	if (v->out.is_json)
		view_json(v, interval);
	else
		view_line(v, interval, has_heading);
}
