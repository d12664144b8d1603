/* SPDX-License-Identifier: MIT */
#include "core/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Of one number and of a sum, whatever a hostile recording says; in pages some petabytes. */
#define NUMBER_MAX (INT64_C(1) << 42)

enum { LINE_ROOM = 128 };

/* What a line of zoneinfo is to us. */
enum zone_line { ZONE_OTHER, ZONE_NAME, ZONE_HIGH, ZONE_MANAGED };

void memory_init(struct memory_facts *m)
{
	*m = (struct memory_facts){
		.total_kib = -1,
		.managed_pages = -1,
		.page_bytes = -1,
		.word_bytes = -1,
	};
}

/* The next line, or as much of it as there is room for; false at the end. */
static bool next_line(const char **at, char line[LINE_ROOM])
{
	size_t n = strcspn(*at, "\n");

	if (**at == '\0')
		return false;
	snprintf(line, LINE_ROOM, "%.*s", (int)(n < LINE_ROOM ? n : LINE_ROOM), *at);
	*at += n + ((*at)[n] == '\n');
	return true;
}

static int64_t sum(int64_t a, int64_t b)
{
	return a + b < NUMBER_MAX ? a + b : NUMBER_MAX;
}

static bool is_number(int64_t n)
{
	return n >= 0 && n <= NUMBER_MAX;
}

/* "MemTotal:       24684084 kB" */
static bool parse_total(const char *line, int64_t *ret)
{
	long n = -1;

	if (sscanf(line, "MemTotal: %ld kB", &n) != 1 || !is_number(n))
		return false;
	*ret = n;
	return true;
}

void memory_parse_meminfo(struct memory_facts *m, const char *meminfo)
{
	char line[LINE_ROOM];

	while (next_line(&meminfo, line))
		if (parse_total(line, &m->total_kib))
			return;
}

void memory_excerpt_meminfo(struct text *t, const char *meminfo)
{
	char line[LINE_ROOM];
	int64_t total;

	while (next_line(&meminfo, line))
		if (parse_total(line, &total))
			text_add(t, "%s\n", line);
}

/*
 * "Node 0, zone   Normal", "        high     17899" and "        managed  1867776"; the
 * "high:" of a processor's lists is none of them.
 */
static enum zone_line read_zone_line(const char *line, char zone[16], int64_t *ret)
{
	long n = -1;

	if (sscanf(line, "Node %*d, zone %15s", zone) == 1)
		return ZONE_NAME;
	if (sscanf(line, " high %ld", &n) == 1 && is_number(n)) {
		*ret = n;
		return ZONE_HIGH;
	}
	if (sscanf(line, " managed %ld", &n) == 1 && is_number(n)) {
		*ret = n;
		return ZONE_MANAGED;
	}
	return ZONE_OTHER;
}

/* gfp_zone(GFP_USER) is ZONE_NORMAL: what is above it is not for the kernel's buffers. */
static bool is_above_normal(const char *zone)
{
	return strcmp(zone, "HighMem") == 0 || strcmp(zone, "Movable") == 0 ||
	       strcmp(zone, "Device") == 0;
}

void memory_parse_zoneinfo(struct memory_facts *m, const char *zoneinfo)
{
	char line[LINE_ROOM], zone[16] = "";
	int64_t n = 0, managed = 0, above = 0, high = 0;
	bool is_found = false;

	while (next_line(&zoneinfo, line)) {
		enum zone_line kind = read_zone_line(line, zone, &n);
		bool is_above = is_above_normal(zone);

		if (kind == ZONE_HIGH && !is_above)
			high = sum(high, n);
		if (kind != ZONE_MANAGED)
			continue;
		is_found = true;
		managed = sum(managed, n);
		above = sum(above, is_above ? n : 0);
	}
	if (!is_found)
		return;
	m->managed_pages = managed;
	m->above_pages = above;
	m->high_pages = high;
}

void memory_excerpt_zoneinfo(struct text *t, const char *zoneinfo)
{
	char line[LINE_ROOM], zone[16];
	int64_t n;

	while (next_line(&zoneinfo, line))
		if (read_zone_line(line, zone, &n) != ZONE_OTHER)
			text_add(t, "%s\n", line);
}

void memory_format_machine(struct text *t, const struct memory_facts *m)
{
	text_add(t, "page_bytes %ld\nword_bytes %ld\n", (long)m->page_bytes,
		 (long)m->word_bytes);
}

void memory_parse_machine(struct memory_facts *m, const char *text)
{
	char line[LINE_ROOM];
	long n;

	while (next_line(&text, line)) {
		if (sscanf(line, "page_bytes %ld", &n) == 1 && n >= 1024 && n <= 1 << 20)
			m->page_bytes = n;
		if (sscanf(line, "word_bytes %ld", &n) == 1 && (n == 4 || n == 8))
			m->word_bytes = n;
	}
}

int64_t memory_pages(const struct memory_facts *m)
{
	int64_t told = -1;

	if (m->total_kib >= 0 && m->page_bytes > 0)
		told = m->total_kib * 1024 / m->page_bytes;
	return told > m->managed_pages ? told : m->managed_pages;
}

int64_t memory_buffer_pages(const struct memory_facts *m)
{
	int64_t pages = memory_pages(m) - m->above_pages - m->high_pages;

	if (m->managed_pages < 0)
		return -1;
	return pages > 0 ? pages : 0;
}
