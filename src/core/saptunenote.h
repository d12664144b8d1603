/* SPDX-License-Identifier: MIT */
/* The files of saptune, as far as they tell which sysctls it writes (txtparser/ini.go). */
#pragma once

#include <stdbool.h>

#include "core/names.h"

/*
 * The sysctls of a note. A key without a value is left untouched by saptune; the last line of
 * a key wins. Starts as { 0 }.
 */
struct saptune_note {
	struct names written, untouched;
};

/*
 * Reads a note or an override into *note, over what it holds: an override that gives a key no
 * value leaves it untouched. A section with tags (os, csp, virt, …) counts as applying: they
 * ask for the machine.
 */
void saptune_note_add(struct saptune_note *note, struct span text);
void saptune_note_done(struct saptune_note *note);

/*
 * The names in the variables of /etc/sysconfig/saptune: the notes applied (NOTE_APPLY_ORDER,
 * TUNE_FOR_NOTES) and the solutions (TUNE_FOR_SOLUTIONS).
 */
void saptune_config(struct span text, struct names *notes, struct names *solutions);

/* The notes of a solution, of whatever architecture. */
void saptune_solution(struct span text, struct names *notes);

/* Does the line of such a file count? */
bool saptune_note_counts(struct span line, bool is_public);
bool saptune_config_counts(struct span line);
bool saptune_solution_counts(struct span line);
