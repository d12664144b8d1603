/* SPDX-License-Identifier: MIT */
/* Running text, wrapped at blanks to the width of the output. */
#pragma once

#include "core/audit.h"

struct output;

/*
 * Prints a paragraph: `first` in front of its first line, `indent` blanks in front of the
 * others. "\n\n" in the text begins a new paragraph, indented as a whole.
 */
void prose_print(const struct output *out, const char *first, int indent,
		 const char *text);

/* Prints what somebody else wrote as text_add_escaped() has it. */
void prose_quote(const struct output *out, const char *text);

void prose_heading(const struct output *out, const char *heading);

/* What begins and ends a coloured word; "" where there are no colours. */
const char *prose_severity_color(const struct output *out, enum severity severity);
const char *prose_plain(const struct output *out);
