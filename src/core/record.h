/* SPDX-License-Identifier: MIT */
/*
 * One line of the journal: "1 kind name=value name=\"a value with blanks\" ...
 * crc=0123abcd". A value in quotes has its quotes and backslashes escaped by a backslash
 * and control bytes as \xNN, so that a record is always one line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text;

enum { RECORD_FIELDS_MAX = 16 };

struct record {
	char *line; /* owned: the copy the rest points into */
	const char *kind;
	struct {
		const char *name;
		const char *value;
	} fields[RECORD_FIELDS_MAX];
	size_t n_fields;
};

/*
 * Takes apart the n bytes at `line`, which has no newline. -EBADMSG: no such record, or the
 * checksum is wrong; -ENOMEM. Call record_done() in any case.
 */
int record_parse(struct record *r, const char *line, size_t n);

/* A field's value, "" if it has none of that name. */
const char *record_get(const struct record *r, const char *name);

void record_done(struct record *r);

/* Appends " name=value", quoted where it must be. */
void record_add(struct text *t, const char *name, const char *value);

/*
 * Closes the record that began at byte `start` of the text with its checksum and a
 * newline.
 */
void record_seal(struct text *t, size_t start);
