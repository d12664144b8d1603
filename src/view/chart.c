/* SPDX-License-Identifier: MIT */
#include "view/chart.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/census.h"
#include "view/prose.h"
#include "view/view.h"

enum { CHART_ROWS = 5, CHART_NOW_SECONDS = 5 };

void chart_line(const uint32_t *counts, size_t n, char *ret)
{
	static const char levels[] = ".:-=+*#%@";
	uint32_t peak = 0;

	for (size_t i = 0; i < n; i++)
		peak = counts[i] > peak ? counts[i] : peak;
	for (size_t i = 0; i < n; i++) {
		uint64_t count = counts[n - 1 - i];

		ret[i] = count == 0 ? '_'
				    : levels[(count * (sizeof(levels) - 1) - 1) / peak];
	}
	ret[n] = '\0';
}

/* One line of columns: those that fill half of the row, and a dot for the least of them. */
static void print_row(const struct output *out, const struct closes *c, uint32_t peak,
		      int row)
{
	double from = (row - 0.5) * peak / CHART_ROWS;
	char line[CLOSES_SECONDS + 1];
	int n = 0;

	for (int i = 0; i < CLOSES_SECONDS; i++) {
		uint32_t count = c->at[CLOSES_SECONDS - 1 - i];
		bool is_least = row == 1 && count > 0;

		line[i] = count > 0 && count >= from ? '#' : is_least ? '.' : ' ';
		if (line[i] != ' ')
			n = i + 1;
	}
	if (row == CHART_ROWS)
		fprintf(out->stream, "%9" PRIu32 " |%.*s\n", peak, n, line);
	else
		fprintf(out->stream, "%9s |%.*s\n", "", n, line);
}

static void print_rows(const struct output *out, const struct closes *c)
{
	static const char axis[] =
		"------------------------------------------------------------";

	for (int row = CHART_ROWS; row > 0; row--)
		print_row(out, c, closes_peak(c), row);
	fprintf(out->stream, "%9d +%s\n%11s%-*snow\n", 0, axis, "", CLOSES_SECONDS - 3,
		"60 s ago");
}

static void print_sums(const struct output *out, const struct closes *c)
{
	uint64_t sum = closes_sum(c), now = 0;
	char text[512];

	for (int i = 0; i < CHART_NOW_SECONDS; i++)
		now += c->at[i];
	snprintf(
		text, sizeof(text),
		"At least %" PRIu64
		" in the last minute, %.1f a second; now %.1f a second. Told from what is "
		"left of TIME_WAIT: one that was never made, or reset, or taken over by a "
		"new connection is not seen, and one armed again counts then.",
		sum, (double)sum / CLOSES_SECONDS, (double)now / CHART_NOW_SECONDS);
	prose_print(out, "", 0, text);
}

static void print_odd(const struct output *out, uint32_t n, const char *what)
{
	char text[256];

	if (n == 0)
		return;
	snprintf(text, sizeof(text), "%" PRIu32 " more, %s", n, what);
	prose_print(out, "", 0, text);
}

void chart_closes(const struct output *out, const struct census *c)
{
	const struct closes *closes = &c->closes;
	uint64_t sum = closes_sum(closes);

	if (sum + closes->tail + closes->strange == 0)
		return;
	prose_heading(out, "Connections closed first by this host, a second");
	if (sum) {
		print_rows(out, closes);
		print_sums(out, closes);
	}
	print_odd(out, closes->tail,
		  "over 60 s old, go at the next turn of the timer, within 2 s.");
	print_odd(
		out, closes->strange,
		"with over 60 s left: on this kernel TIME_WAIT lasts longer, and these times "
		"are wrong by the difference.");
}
