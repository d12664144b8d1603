/* SPDX-License-Identifier: MIT */
#include "core/bootside.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/bootline.h"
#include "core/bootpath.h"

/* Doubling: there may be as many lines as fit into the files. */
static int add(void **at, size_t n, size_t size)
{
	void *bigger;

	if (n & (n - 1))
		return 0;
	bigger = realloc(*at, (n ? 2 * n : 1) * size);
	if (!bigger)
		return -ENOMEM;
	*at = bigger;
	return 0;
}

static int add_index(size_t **at, size_t *n, size_t i)
{
	if (add((void **)at, *n, sizeof(**at)) < 0)
		return -ENOMEM;
	(*at)[(*n)++] = i;
	return 0;
}

/* Keeps an allocated string until bootside_done(). */
static int keep_text(struct boot_side *side, char *text)
{
	if (!text)
		return -ENOMEM;
	if (add((void **)&side->texts, side->n_texts, sizeof(char *)) < 0) {
		free(text);
		return -ENOMEM;
	}
	side->texts[side->n_texts++] = text;
	return 0;
}

/* procps lets the kernel find the way; to systemd the path it made is the way. */
static int find_path(struct boot_side *side, enum boot_engine engine,
		     struct boot_write *write)
{
	own_text struct text path = { 0 };
	int r;

	write->path = write->spelled;
	if (engine == BOOT_SYSTEMD) {
		if (bootpath_climbs(write->spelled))
			write->path = NULL;
		return 0;
	}
	write->path = NULL;
	if (!bootpath_resolve(write->spelled, &path))
		return path.broken ? -ENOMEM : 0;
	if (strcmp(path.at, write->spelled) == 0) {
		write->path = write->spelled;
		return 0;
	}
	r = keep_text(side, path.at);
	write->path = path.at;
	path = (struct text){ 0 };
	return r;
}

static int add_line(struct boot_side *side, enum boot_engine engine,
		    const struct boot_file *file, const struct bootline *line)
{
	struct boot_write write = { .file = file,
				    .line = line->number,
				    .spelled = line->path,
				    .value = line->value,
				    .is_glob = bootpath_is_glob(line->path) };
	int r = write.is_glob ? 0 : find_path(side, engine, &write);

	side->uses_patterns |= write.is_glob || !write.value;
	/* a key with an asterisk in its name is nowhere */
	write.is_glob = write.is_glob && side->has_patterns;

	if (r == 0)
		r = add((void **)&side->writes, side->n_writes, sizeof(write));
	if (r == 0)
		side->writes[side->n_writes++] = write;
	return r;
}

/* What a version older than the rules makes of a line. */
static void judge_line(const struct boot_side *side, struct bootline *line)
{
	if (line->kind == BOOTLINE_EXCLUDE && !side->has_patterns) {
		line->kind = BOOTLINE_BAD;
		line->remark = "excludes a key, which this version does not know";
	} else if (line->kind == BOOTLINE_SET && line->has_dash && !side->has_dash) {
		line->kind = BOOTLINE_BAD;
		line->remark = "has a dash before its key, which this version does not "
			       "know, and is ignored";
	} else if (line->kind == BOOTLINE_SET && !side->has_patterns &&
		   bootpath_is_glob(line->path)) {
		line->remark = "has a pattern for its key, which this version does not "
			       "know, and is ignored";
	}
}

int bootside_read(struct boot_side *side, enum boot_engine engine,
		  const struct boot_file *file, bootside_remark *remark, void *to)
{
	char *text;
	struct bootlines lines;
	struct bootline line;
	int r;

	if (file->kind != BOOT_FILE)
		return 0;
	text = malloc(file->n + 1);
	if (text && file->n)
		memcpy(text, file->text, file->n);
	if (text)
		text[file->n] = '\0';
	r = keep_text(side, text);
	if (r < 0)
		return r;
	lines = bootlines_of(engine, text, file->n);
	do {
		bootlines_next(&lines, &line);
		judge_line(side, &line);
		if (line.remark)
			r = remark(to, file, line.number, line.remark);
		if (r == 0 &&
		    (line.kind == BOOTLINE_SET || line.kind == BOOTLINE_EXCLUDE))
			r = add_line(side, engine, file, &line);
	} while (r == 0 && line.kind != BOOTLINE_END);
	return r;
}

/* qsort() has no place for the writes: what it sorts carries what it compares. */
struct entry {
	const char *path;
	size_t i;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int by_path = strcmp(x->path, y->path);

	if (by_path)
		return by_path;
	return x->i < y->i ? -1 : x->i > y->i;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/*
 * systemd has one value of each path or pattern: a later one takes the place of another
 * value, at the end; the same value stays where it is.
 */
static void drop_doubles(struct boot_side *side, const struct entry *entries, size_t n)
{
	struct boot_write *kept = NULL;

	for (size_t i = 0; i < n; i++) {
		struct boot_write *write = &side->writes[entries[i].i];

		if (kept && strcmp(kept->spelled, write->spelled) == 0) {
			bool is_same_value = is_same(kept->value, write->value);
			struct boot_write *lost = is_same_value ? write : kept;

			lost->is_dropped = true;
			lost->by = is_same_value ? kept : write;
			lost->is_excluded = !is_same_value && !write->value;
			if (is_same_value)
				continue;
		}
		kept = write;
	}
}

/* All lines by what they spell (systemd), or those of one file by where they lead. */
static size_t list_entries(const struct boot_side *side, bool by_spelling,
			   struct entry *entries)
{
	size_t n = 0;

	for (size_t i = 0; i < side->n_writes; i++) {
		const struct boot_write *write = &side->writes[i];

		if (by_spelling || (!write->is_glob && write->path))
			entries[n++] = (struct entry){ by_spelling ? write->spelled
								   : write->path,
						       i };
	}
	if (n)
		qsort(entries, n, sizeof(*entries), compare_entries);
	return n;
}

static int add_globs(struct boot_side *side)
{
	int r = 0;

	for (size_t i = 0; i < side->n_writes && r == 0; i++) {
		const struct boot_write *write = &side->writes[i];

		if (write->is_glob && write->value)
			r = add_index(&side->globs, &side->n_globs, i);
		else if (write->is_glob)
			r = add_index(&side->excludes, &side->n_excludes, i);
	}
	return r;
}

int bootside_finish(struct boot_side *side, enum boot_engine engine)
{
	struct entry *entries = calloc(side->n_writes + 1, sizeof(*entries));
	size_t n;
	int r = entries ? add_globs(side) : -ENOMEM;

	if (r == 0 && engine == BOOT_SYSTEMD) {
		n = list_entries(side, true, entries);
		drop_doubles(side, entries, n);
	}
	n = r == 0 ? list_entries(side, false, entries) : 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = add_index(&side->by_path, &side->n_by_path, entries[i].i);
	free(entries);
	return r;
}

void bootside_done(struct boot_side *side)
{
	for (size_t i = 0; i < side->n_texts; i++)
		free(side->texts[i]);
	free(side->texts);
	free(side->writes);
	free(side->by_path);
	free(side->globs);
	free(side->excludes);
	*side = (struct boot_side){ 0 };
}

/* The first of by_path with that path, or where it would be. */
static size_t first_of(const struct boot_side *side, const char *path)
{
	size_t low = 0, high = side->n_by_path;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(side->writes[side->by_path[middle]].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What a search for one path stands on. */
struct search {
	const struct boot_side *side;
	enum boot_engine engine;
	const char *path;
	bool honours_patterns;
	size_t first, end; /* of by_path */
};

static const struct boot_write *explicit_of(const struct search *s, size_t i)
{
	return &s->side->writes[s->side->by_path[i]];
}

static bool is_excluded_by_pattern(const struct search *s, const char *spelling)
{
	for (size_t i = 0; i < s->side->n_excludes && s->honours_patterns; i++)
		if (fnmatch(s->side->writes[s->side->excludes[i]].spelled, spelling, 0) ==
		    0)
			return true;
	return false;
}

/*
 * Is what a pattern found left alone, since a line names it? That line is asked for letter by
 * letter, so one with a doubled slash does not count.
 */
static bool is_spared(const struct search *s, const char *spelling, enum boot_loss *ret)
{
	bool is_found = false;

	*ret = BOOT_EXCLUDED;
	for (size_t i = s->first; i < s->end; i++) {
		const struct boot_write *write = explicit_of(s, i);

		if (write->is_dropped || strcmp(write->spelled, spelling) != 0)
			continue;
		is_found = true;
		if (write->value)
			*ret = BOOT_EXPLICIT;
	}
	return is_found || is_excluded_by_pattern(s, spelling);
}

static int add_hit(struct boot_hit **at, size_t *n, const struct boot_hit *hit)
{
	if (add((void **)at, *n, sizeof(*hit)) < 0)
		return -ENOMEM;
	(*at)[(*n)++] = *hit;
	return 0;
}

static int find_glob(const struct search *s, const struct boot_write *write,
		     struct boot_hit **at, size_t *n)
{
	own_text struct text spelling = { 0 };
	struct boot_hit hit = { .write = write };

	if (!bootpath_match(write->spelled, s->path, &spelling))
		return spelling.broken ? -ENOMEM : 0;
	/* systemd finds it and refuses to write there */
	if (s->engine == BOOT_SYSTEMD && bootpath_climbs(write->spelled))
		return 0;
	hit.is_lost = is_spared(s, spelling.n ? spelling.at : s->path, &hit.why);
	if (write->is_dropped) {
		hit.is_lost = true;
		hit.why = write->is_excluded ? BOOT_EXCLUDED : BOOT_DROPPED;
	}
	return add_hit(at, n, &hit);
}

static int compare_hits(const void *a, const void *b)
{
	const struct boot_hit *x = a, *y = b;

	return x->write < y->write ? -1 : x->write > y->write;
}

int bootside_find(const struct boot_side *side, enum boot_engine engine, const char *path,
		  bool honours_patterns, struct boot_hit **ret, size_t *ret_n)
{
	struct search s = {
		side, engine, path, honours_patterns, first_of(side, path), 0
	};
	struct boot_hit *hits = NULL;
	size_t n = 0;
	int r = 0;

	for (s.end = s.first; s.end < side->n_by_path; s.end++) {
		const struct boot_write *write = explicit_of(&s, s.end);

		if (strcmp(write->path, path) != 0)
			break;
		if (write->value && r == 0)
			r = add_hit(&hits, &n,
				    &(struct boot_hit){ write, write->is_dropped,
							write->is_excluded
								? BOOT_EXCLUDED
								: BOOT_DROPPED });
	}
	for (size_t i = 0; i < side->n_globs && r == 0; i++)
		r = find_glob(&s, &side->writes[side->globs[i]], &hits, &n);
	if (r < 0) {
		free(hits);
		return r;
	}
	if (n)
		qsort(hits, n, sizeof(*hits), compare_hits);
	*ret = hits;
	*ret_n = n;
	return 0;
}
