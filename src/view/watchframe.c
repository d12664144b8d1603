/* SPDX-License-Identifier: MIT */
/*
 * A frame of `watch`. It is drawn over the one before by moving the cursor up and clearing
 * what is below; where the terminal has another size by now, the screen is cleared. No mode
 * of the terminal is touched: there is nothing to restore after a crash, and the last frame
 * stays.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/closers.h"
#include "core/snapshot.h"
#include "core/socket.h"
#include "view/document.h"
#include "view/pane.h"

enum { CLOSERS_SHOWN = 6, PORTS_SHOWN = 4, LEFT_WIDTH = 37, TWO_PANES_WIDTH = 74 };

/* The higher, the earlier a row goes where there is no room for it. */
enum rank {
	RANK_TIME,
	RANK_CLOSES,
	RANK_STATES, /* the heading, then by weight */
	RANK_CLOSERS = 20,
	RANK_MINUTE = 40,
	RANK_NOTES = 50,
	RANK_COUNTERS = 60,
	RANK_EMPTY_STATES = 100,
	RANK_BLANK = 200,
};

/* Of use at a glance, the first first. */
static const int states_by_weight[] = {
	TCP_TIME_WAIT, TCP_ESTABLISHED, TCP_CLOSE_WAIT, TCP_FIN_WAIT2,
	TCP_FIN_WAIT1, TCP_LAST_ACK,	TCP_SYN_RECV,	TCP_CLOSING,
	TCP_SYN_SENT,  TCP_LISTEN,	TCP_CLOSE,	TCP_BOUND_INACTIVE,
};

static int weight_of(int state)
{
	int i = 0;

	while (states_by_weight[i] != state)
		i++;
	return i;
}

static void add_states(struct pane *p, const struct interval *interval)
{
	const struct census *now = &interval->now->census;

	pane_add_heading(p, RANK_STATES, "%-15s%10s%10s", "STATE", "NOW", "CHANGE");
	for (const int *state = census_order; *state; state++) {
		uint64_t n = census_total(now, *state), n_before = 0;
		char change[24] = "-";
		int rank = 1 + weight_of(*state);

		if (*state == TCP_BOUND_INACTIVE && !now->has_bound_inactive)
			continue;
		if (interval->before) {
			n_before = census_total(&interval->before->census, *state);
			snprintf(change, sizeof(change),
				 n == n_before ? "0" : "%+" PRId64,
				 (int64_t)(n - n_before));
		}
		pane_add(p, n || n_before ? RANK_STATES + rank : RANK_EMPTY_STATES + rank,
			 "%-15s%10" PRIu64 "%10s", census_state_name(*state), n, change);
	}
}

/*
 * What somebody else wrote, as ASCII: a pane takes a byte for a column, and what it cuts
 * off in the middle of a character would reach the terminal. Cut to fit, but not inside
 * an escape.
 */
static void quote(const char *text, char *ret, size_t size)
{
	own_text struct text t = { 0 };
	size_t n;

	text_add_ascii(&t, text);
	n = t.n < size ? t.n : size - 1;
	for (size_t i = 1; t.n > n && i < 4 && i <= n; i++) {
		if (strncmp(t.at + n - i, "\\x", 2) == 0) {
			n -= i;
			break;
		}
	}
	snprintf(ret, size, "%.*s", (int)n, t.at ? t.at : "");
}

/* Closes of connections that were not seen while open, by the port that serves them. */
static void add_ports(struct pane *p, const struct closers *c, int *rank)
{
	struct closer_port top[PORTS_SHOWN];
	size_t n = closers_ports(c, top, PORTS_SHOWN);
	uint64_t n_others = c->n - c->n_attributed;

	for (size_t i = 0; i < n; i++) {
		const struct closer *by = top[i].by;
		char program[12], text[40]; /* 26 columns with a port of 5 */

		quote(by && by->program[0] ? by->program : "?", program, sizeof(program));
		snprintf(text, sizeof(text), "on port %" PRIu32 ", %s", top[i].port,
			 program);
		pane_add(p, (*rank)++, "%-26s%10" PRIu32, text, top[i].n);
		n_others -= top[i].n;
	}
	if (n_others > 0)
		pane_add(p, (*rank)++, "%-26s%10" PRIu64, "not seen while open",
			 n_others);
}

static void add_closers(struct pane *p, const struct interval *interval)
{
	const struct closers *c = interval->closers;
	struct closer top[CLOSERS_SHOWN];
	size_t n = closers_top(c, top, CLOSERS_SHOWN);
	uint64_t n_others = c->n_attributed;
	int rank = RANK_CLOSERS;

	pane_add_heading(p, rank++, "%-16s%10s%10s", "CLOSED BY", "PID", "CLOSES");
	if (!interval->before)
		pane_add(p, rank++, "%-16s%10s%10s", "-", "-", "-");
	for (size_t i = 0; i < n; i++) {
		char program[17];

		quote(top[i].program[0] ? top[i].program : "?", program, sizeof(program));
		pane_add(p, rank++, "%-16s%10" PRIu32 "%10" PRIu32, program, top[i].pid,
			 top[i].n);
		n_others -= top[i].n;
	}
	if (n_others > 0)
		pane_add(p, rank++, "%-26s%10" PRIu64, "other processes", n_others);
	if (c->n > c->n_attributed)
		add_ports(p, c, &rank);
	else if (interval->before && c->n == 0)
		pane_add(p, rank++, "nobody");
}

static void add_counters(struct pane *p, const struct interval *interval)
{
	const struct counters *now = &interval->now->counters;
	const char *unanswered = snapshot_unanswered(interval->now, "netstat");
	struct counters diff = { 0 };
	size_t n = p->n + 1;
	char why[PANE_ROW_MAX];
	int rank = RANK_COUNTERS;

	pane_add_heading(p, rank++, "%-24s%12s", "COUNTER", "CHANGE");
	quote(unanswered ? unanswered : "", why, sizeof(why));
	if (unanswered)
		pane_add(p, rank++, "unanswered: %s", why);
	else if (!interval->before)
		pane_add(p, rank++, "%-24s%12s", "-", "-");
	if (!interval->before)
		return;
	counters_diff(&interval->before->counters, now, &diff);
	for (enum counter i = 0; i < COUNTER_N; i++) {
		if (diff.at[i].known && diff.at[i].n > 0)
			pane_add(p, rank++, "%-24s%+12" PRId64, counter_name(i),
				 (int64_t)diff.at[i].n);
		else if (!diff.at[i].known && now->at[i].known)
			pane_add(p, rank++, "%-24s%12s", counter_name(i), "-");
	}
	if (p->n == n)
		pane_add(p, rank++, "none moved");
}

/* A character for each second of the last minute, the oldest first. */
static void add_minute(struct pane *p, const struct interval *interval, int width)
{
	static const char levels[] = " .:-=+*#%@";
	const struct closes *closes = &interval->now->census.closes;
	uint32_t peak = closes_peak(closes);
	int n = width - 27 < 10 ? 10 : width - 27 > 60 ? 60 : width - 27;
	char line[CLOSES_SECONDS + 1];

	for (int i = 0; i < n; i++) {
		uint64_t at = closes->at[n - 1 - i];

		/* rounded up: one close shows */
		line[i] = levels[peak ? (at * 9 + peak - 1) / peak : 0];
	}
	line[n] = '\0';
	pane_add(p, RANK_MINUTE, "last %d s |%s| peak %" PRIu32 "/s", n, line, peak);
}

static void add_head(struct pane *p, const struct interval *interval,
		     const struct view *v)
{
	const struct host *host = &interval->now->host;
	const struct closers *c = interval->closers;
	char when[40], rate[32] = "-", share[64] = "-";
	char place[PANE_ROW_MAX], why[PANE_ROW_MAX];

	quote(host->netns_name, place, sizeof(place));
	quote(interval->unattributed ? interval->unattributed : "", why, sizeof(why));
	document_local_time(host->now_ms / 1000, when, sizeof(when));
	pane_add(p, RANK_TIME, "%s, every %g s%s%s", when,
		 (double)interval->wanted_ms / 1000,
		 place[0] ? ", network namespace " : "", place);
	if (interval->before) {
		snprintf(rate, sizeof(rate), "%.1f/s",
			 (double)c->n * 1000 / c->window_ms);
		snprintf(share, sizeof(share), "%" PRIu64 " of %" PRIu64, c->n_attributed,
			 c->n);
	}
	pane_add(p, RANK_CLOSES, "closes seen %s, attributed %s", rate,
		 interval->unattributed ? "-" : share);
	add_minute(p, interval, v->out.width);
	if (interval->unattributed)
		pane_add(p, RANK_NOTES, "note: nobody to attribute to: %s", why);
	else if (interval->n_hidden && c->n_attributed < c->n)
		pane_add(p, RANK_NOTES,
			 "note: processes that may not be looked at: %zu or more",
			 interval->n_hidden);
	if (interval->now->census.interrupted)
		pane_add(p, RANK_NOTES,
			 "note: the table changed under the dump: some sockets may be "
			 "missing");
}

/* The whole frame into `ret`: its number of lines. */
static size_t compose(const struct interval *interval, const struct view *v,
		      struct text *ret)
{
	size_t width = (size_t)v->out.width, room = (size_t)v->out.height - 1, n, n_out;
	struct pane head = { 0 }, left = { 0 }, right = { 0 };
	bool has_two = v->out.width >= TWO_PANES_WIDTH;

	add_head(&head, interval, v);
	pane_add(&head, RANK_BLANK, "%s", "");
	add_states(&left, interval);
	add_closers(&right, interval);
	pane_add(&right, RANK_BLANK, "%s", "");
	add_counters(&right, interval);
	if (!has_two) {
		pane_append(&head, &left);
		pane_add(&head, RANK_BLANK, "%s", "");
		pane_append(&head, &right);
		left.n = right.n = 0;
	}
	/* the last line is for what is left out */
	n = head.n + (left.n > right.n ? left.n : right.n);
	room -= n > room && room > 1;
	n_out = pane_fit(&head, room);
	n_out += pane_fit(&left, room - head.n);
	n_out += pane_fit(&right, room - head.n);
	n = pane_write(&head, NULL, 0, width, v->out.has_color, ret);
	n += pane_write(&left, &right, LEFT_WIDTH, width, v->out.has_color, ret);
	if (n_out > 0 && n < (size_t)v->out.height - 1) {
		text_add(ret, "... %zu rows more than fit\n", n_out);
		n++;
	}
	return n;
}

void view_watch_frame(struct view *v, const struct interval *interval,
		      struct drawn *drawn)
{
	const struct output *out = &v->out;
	own_text struct text frame = { 0 };
	size_t n;

	if (drawn->rows > 0 &&
	    (drawn->width != out->width || drawn->height != out->height))
		text_add(&frame, "\033[H\033[2J");
	else if (drawn->rows > 0)
		text_add(&frame, "\033[%dA\r\033[J", drawn->rows);
	n = compose(interval, v, &frame);
	*drawn = (struct drawn){ (int)n, out->width, out->height };
	/* in one piece, so that it does not flicker */
	if (frame.n > 0)
		fwrite(frame.at, 1, frame.n, out->stream);
}
