/* SPDX-License-Identifier: MIT */
/*
 * The lexical gate in front of iniparser: it lets through only files that iniparser and
 * tuned read to the same keys and values, and it keeps what iniparser loses, the spelling
 * of a key and its line. Everything else is a problem with its line: a NUL or control
 * byte, a line over 512 bytes, a byte order mark, a backslash (it would swallow the next
 * line), an indented key (tuned joins it to the line above), a key outside a section, a
 * key or section twice, a single quote, a ';' or a glued '#' in a value (the two readers
 * cut there differently), an empty value.
 */
#pragma once

#include <stddef.h>

struct problems;

enum {
	INI_FILE_MAX = 64 * 1024,
	INI_LINE_MAX = 512,
	INI_ENTRIES_MAX = 512,
};

struct ini_entry {
	char *section; /* all three owned */
	char *key;
	char *value; /* without its quotes */
	unsigned line;
};

struct ini {
	struct ini_entry *at;
	size_t n;
	char *sections[8]; /* owned; as they came */
	unsigned section_lines[8];
	size_t n_sections;
};

/*
 * Reads the n bytes of a file into *ini (empty before), adding what is wrong to *problems
 * under the name `file`. Usable only if nothing was added. -ENOMEM, else 0.
 */
int ini_parse(struct ini *ini, const char *bytes, size_t n, const char *file,
	      struct problems *problems);

void ini_done(struct ini *ini);
