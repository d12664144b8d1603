/* SPDX-License-Identifier: MIT */
/* What the kernel says of the host's memory, from which it sizes some defaults at boot. */
#pragma once

#include <stdint.h>

struct text;

struct memory_facts {
	int64_t total_kib;     /* MemTotal of /proc/meminfo; -1: not read */
	int64_t managed_pages; /* of all zones of /proc/zoneinfo; -1: not read */
	int64_t above_pages; /* of them, in zones above Normal: no room for the kernel */
	int64_t high_pages;  /* the high watermarks of the zones up to Normal */
	int64_t page_bytes;  /* -1: not known */
	int64_t word_bytes;  /* of a long; -1: not known */
};

/* Nothing is known. */
void memory_init(struct memory_facts *m);

/* The files' text. What they do not say stays as it was. */
void memory_parse_meminfo(struct memory_facts *m, const char *meminfo);
void memory_parse_zoneinfo(struct memory_facts *m, const char *zoneinfo);

/*
 * The lines of the files which are read here: of a big host's zoneinfo, most of which is
 * about processors, hardly any.
 */
void memory_excerpt_meminfo(struct text *t, const char *meminfo);
void memory_excerpt_zoneinfo(struct text *t, const char *zoneinfo);

/* What /proc does not say, as a recording has it: "page_bytes 4096", "word_bytes 8". */
void memory_format_machine(struct text *t, const struct memory_facts *m);
void memory_parse_machine(struct memory_facts *m, const char *text);

/*
 * All pages the kernel manages, -1: not known. The greater of two accounts, which agree on
 * a plain kernel: lxcfs shows a container less as MemTotal, and a kernel that initialises
 * its pages late (deferred_init=lazy, measured on Linux 6.18) less in its zones.
 */
int64_t memory_pages(const struct memory_facts *m);

/*
 * nr_free_buffer_pages() in mm/page_alloc.c: what the zones up to Normal have above their
 * high watermarks; -1: not known.
 */
int64_t memory_buffer_pages(const struct memory_facts *m);
