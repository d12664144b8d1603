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

static void print_rows(const struct output *out, const struct closes *c, uint32_t peak)
{
	for (int row = CHART_ROWS; row > 0; row--) {
		/* a column reaches a row when it fills half of it */
		double from = (row - 0.5) * peak / CHART_ROWS;

		if (row == CHART_ROWS)
			fprintf(out->stream, "%9" PRIu32 " |", peak);
		else
			fprintf(out->stream, "%9s |", "");
		for (int i = CLOSES_SECONDS - 1; i >= 0; i--) {
			bool is_full = c->at[i] >= from && c->at[i] > 0;

			fputc(is_full			 ? '#'
			      : row == 1 && c->at[i] > 0 ? '.'
							 : ' ',
			      out->stream);
		}
		fputc('\n', out->stream);
	}
	fprintf(out->stream, "%9d +%.*s\n%11s%-*snow\n", 0, CLOSES_SECONDS,
		"------------------------------------------------------------", "",
		CLOSES_SECONDS - 3, "60 s ago");
}

void chart_closes(const struct output *out, const struct census *c)
{
	const struct closes *closes = &c->closes;
	uint64_t sum = closes_sum(closes), now = 0;
	char text[512];

	if (sum + closes->tail + closes->strange == 0)
		return;
	for (int i = 0; i < CHART_NOW_SECONDS; i++)
		now += closes->at[i];
	prose_heading(out, "Connections closed first by this host, a second");
	print_rows(out, closes, closes_peak(closes));
	snprintf(
		text, sizeof(text),
		"%" PRIu64
		" in the last minute, %.1f a second; %.1f a second in the last %d s; at "
		"most %" PRIu32
		" in one. From what is left of each TIME_WAIT: a close that "
		"left none (a reset, a port taken again) is not seen, and one whose timer was "
		"armed again counts at that moment.",
		sum, (double)sum / CLOSES_SECONDS, (double)now / CHART_NOW_SECONDS,
		CHART_NOW_SECONDS, closes_peak(closes));
	prose_print(out, "", 0, text);
	if (closes->tail) {
		snprintf(
			text, sizeof(text),
			"%" PRIu32
			" more are over 60 s old and go at the next turn of the timer, within 2 s.",
			closes->tail);
		prose_print(out, "", 0, text);
	}
	if (closes->strange) {
		snprintf(
			text, sizeof(text),
			"%" PRIu32
			" have more than 60 s left: this kernel's TIME_WAIT is longer, and "
			"the times above are wrong by the difference.",
			closes->strange);
		prose_print(out, "", 0, text);
	}
}
