/* SPDX-License-Identifier: MIT */
#include "core/saptunenote.h"

#include <ctype.h>
#include <string.h>

/* "[sysctl]" or "[sysctl:os=15-*:csp=azure]" */
static bool is_section(struct span line, const char *name, bool *ret_is_named)
{
	size_t n = strlen(name);

	if (line.n == 0 || *line.at != '[')
		return false;
	*ret_is_named = line.n > n + 1 && memcmp(line.at + 1, name, n) == 0 &&
			(line.at[n + 1] == ']' || line.at[n + 1] == ':');
	return true;
}

/* Without the comment that a blank and '#' start, while " ##" is a '#'. */
static struct span cut_comment(struct span line)
{
	for (size_t i = 1; i + 1 < line.n; i++)
		if (line.at[i] == '#' && isspace((unsigned char)line.at[i - 1]) &&
		    line.at[i + 1] != '#')
			return span_trim((struct span){ line.at, i });
	return line;
}

/* KEY, one of < <= = >= >, and a value that may be quoted. */
static bool split(struct span line, struct span *ret_key, struct span *ret_value)
{
	size_t n = 0;

	line = cut_comment(line);
	while (n < line.n && line.at[n] && !strchr("<=>", line.at[n]))
		n++;
	*ret_key = span_trim((struct span){ line.at, n });
	if (n == line.n || !span_has_only(*ret_key, ".+_-"))
		return false;
	while (n < line.n && line.at[n] && strchr("<=>", line.at[n]))
		n++;
	*ret_value = span_trim((struct span){ line.at + n, line.n - n });
	while (ret_value->n > 0 && strchr("\"'", *ret_value->at)) {
		ret_value->at++;
		ret_value->n--;
	}
	while (ret_value->n > 0 && strchr("\"'", ret_value->at[ret_value->n - 1]))
		ret_value->n--;
	return true;
}

void saptune_note_add(struct saptune_note *note, struct span text)
{
	bool is_sysctl = false;
	struct span line, key, value;

	while (span_line(&text, &line, NULL)) {
		if (line.n == 0 || *line.at == '#' ||
		    is_section(line, "sysctl", &is_sysctl) || !is_sysctl ||
		    !split(line, &key, &value))
			continue;
		names_remove(value.n ? &note->untouched : &note->written, key);
		if (value.n)
			names_add_sysctl(&note->written, key);
		else
			names_add_sysctl(&note->untouched, key);
	}
}

void saptune_note_done(struct saptune_note *note)
{
	names_done(&note->written);
	names_done(&note->untouched);
}

static const char *const note_variables[] = { "NOTE_APPLY_ORDER", "TUNE_FOR_NOTES",
					      NULL };

static void add_names(struct names *to, struct span value)
{
	struct span word;

	while (span_word(&value, " \t", &word))
		/* it becomes a part of a path */
		if (span_has_only(word, "._+-") && *word.at != '.')
			names_add(to, word);
}

void saptune_config(struct span text, struct names *notes, struct names *solutions)
{
	struct span line, key, value;

	while (span_line(&text, &line, NULL)) {
		if (!span_split(line, '=', &key, &value))
			continue;
		value = span_unquote(value);
		if (span_is_any(key, note_variables))
			add_names(notes, value);
		else if (span_is(key, "TUNE_FOR_SOLUTIONS"))
			add_names(solutions, value);
	}
}

void saptune_solution(struct span text, struct names *notes)
{
	bool is_arch = false;
	struct span line;

	while (span_line(&text, &line, NULL)) {
		if (line.n == 0 || *line.at == '#')
			continue;
		if (*line.at == '[')
			is_arch = span_starts(line, "[Arch");
		else if (is_arch)
			add_names(notes, cut_comment(line));
	}
}

bool saptune_note_counts(struct span line, bool is_public)
{
	bool is_named;
	struct span key, value;

	if (is_section(line, "sysctl", &is_named))
		return true;
	return split(line, &key, &value) && memchr(key.at, '.', key.n) &&
	       !(is_public && span_find(key, ".conf."));
}

bool saptune_config_counts(struct span line)
{
	struct span key, value;

	return span_split(line, '=', &key, &value) &&
	       (span_is_any(key, note_variables) || span_is(key, "TUNE_FOR_SOLUTIONS"));
}

bool saptune_solution_counts(struct span line)
{
	return line.n > 0 && (*line.at == '[' || span_has_only(line, "._+- \t"));
}
