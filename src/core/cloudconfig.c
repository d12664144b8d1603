/* SPDX-License-Identifier: MIT */
#include "core/cloudconfig.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Between the words of a command: a shell's, and those of a list in YAML. */
static const char SEPARATORS[] = " \t\"'`,[](){}|&;";

/* What stands behind the word's last slash is the program. */
static bool is_program(struct span word, const char *name)
{
	const char *slash = memrchr(word.at, '/', word.n);
	size_t n = slash ? (size_t)(slash + 1 - word.at) : 0;

	return span_is((struct span){ word.at + n, word.n - n }, name);
}

/* KEY=VALUE, of which the value may be the next word. */
static void add_assignment(struct span word, struct names *to)
{
	struct span key, value;

	if (span_split(word, '=', &key, &value))
		names_add_sysctl(to, key);
}

/* "sysctl -w KEY=VALUE …", "echo 1 > /proc/sys/…", "… | tee /proc/sys/…" */
static void add_commands(struct span line, struct names *to)
{
	static const char proc[] = "/proc/sys/";
	bool is_sysctl = false, is_target = false;
	const char *start = line.at, *arrow;
	struct span word;

	while (span_word(&line, SEPARATORS, &word)) {
		/* the end of one command is the end of its arguments */
		for (const char *p = start; p < word.at; p++)
			is_sysctl &= !strchr("|&;", *p);
		start = word.at + word.n;
		arrow = memrchr(word.at, '>', word.n);
		if (arrow) {
			is_target = true;
			word.n -= (size_t)(arrow + 1 - word.at);
			word.at = arrow + 1;
		}
		if (is_target && span_starts(word, proc))
			names_add_sysctl(to, (struct span){ word.at + strlen(proc),
							    word.n - strlen(proc) });
		else if (is_sysctl)
			add_assignment(word, to);
		/* "> /proc/…", "tee -a /proc/…" */
		is_target &= word.n == 0 || *word.at == '-';
		is_target |= is_program(word, "tee");
		is_sysctl |= is_program(word, "sysctl");
	}
}

/* A line of sysctl.d(5) somewhere in a text; it wants a dot or a slash in its key. */
static void add_setting(struct span line, struct names *to)
{
	struct span key, value;

	if (!span_split(line, '=', &key, &value))
		return;
	if (key.n > 0 && *key.at == '-')
		key = span_trim((struct span){ key.at + 1, key.n - 1 });
	names_add_sysctl(to, key);
}

/* The same where "\n" stands for the ends of lines. */
static void add_content(struct span value, struct names *to)
{
	const char *end;

	value = span_unquote(value);
	while ((end = span_find(value, "\\n"))) {
		add_setting(
			span_trim((struct span){ value.at, (size_t)(end - value.at) }),
			to);
		value.n -= (size_t)(end + 2 - value.at);
		value.at = end + 2;
	}
	add_setting(span_trim(value), to);
}

static bool is_boot_file(struct span path)
{
	path = span_unquote(path);
	return span_find(path, "/sysctl.d/") || span_find(path, "/etc/sysctl.conf");
}

/* One entry of write_files:, whose path may come behind its content. */
struct entry {
	struct names keys;
	bool is_boot_file;
};

static void entry_end(struct entry *entry, struct names *to)
{
	if (entry->is_boot_file)
		names_join(to, &entry->keys);
	names_done(&entry->keys);
	entry->is_boot_file = false;
}

/* A line of an entry: its path, its content, or a line of the content. */
static void entry_add(struct entry *entry, struct span line)
{
	struct span key, value;

	if (!span_split(line, ':', &key, &value) || span_find(key, "=")) {
		add_setting(line, &entry->keys);
		return;
	}
	key = span_unquote(key);
	if (span_is(key, "path"))
		entry->is_boot_file = is_boot_file(value);
	else if (span_is(key, "content"))
		add_content(value, &entry->keys);
}

void cloud_keys(struct span text, struct names *to)
{
	bool is_write_files = false;
	struct entry entry = { 0 };
	size_t indent, item = 0;
	struct span line;

	while (span_line(&text, &line, &indent)) {
		if (line.n == 0 || *line.at == '#')
			continue;
		add_commands(line, to);
		/* a list may stand as far to the left as its name */
		if (indent == 0 && *line.at != '-') {
			entry_end(&entry, to);
			is_write_files = span_starts(line, "write_files:");
			item = SIZE_MAX;
			continue;
		}
		if (!is_write_files)
			continue;
		if (span_starts(line, "- ") && indent <= item) {
			entry_end(&entry, to);
			item = indent;
			line = span_trim((struct span){ line.at + 1, line.n - 1 });
		}
		entry_add(&entry, line);
	}
	entry_end(&entry, to);
}

void cloud_redact(struct text *to, struct span text, bool is_public)
{
	own_names struct names keys = { 0 };

	cloud_keys(text, &keys);
	to->broken |= keys.broken;
	for (size_t i = 0; i < keys.n; i++)
		if (!is_public || !strstr(keys.at[i], ".conf."))
			text_add(to, "sysctl -w %s=?\n", keys.at[i]);
}
