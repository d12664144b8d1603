/* SPDX-License-Identifier: MIT */
#include "core/bootline.h"

#include <string.h>

#include "base/text.h"
#include "core/bootpath.h"

/* What isspace() has for sysctl(8), and strstrip() for systemd-sysctl(8). */
static const char *const blanks[BOOT_ENGINES] = { " \t\n\v\f\r", " \t\n\r" };
static const char BOM[] = "\xef\xbb\xbf";

enum {
	SYSTEMD_LINE_MAX = 1 << 20, /* LONG_LINE_MAX of systemd's fileio.h */
	KERNEL_WRITE_MAX = 4095,    /* PAGE_SIZE - 1, of one write(2) to a list */
};

struct bootlines bootlines_of(enum boot_engine engine, char *text, size_t n)
{
	return (struct bootlines){ .engine = engine, .at = text, .end = text + n };
}

static char *strip(char *s, enum boot_engine engine)
{
	size_t n;

	s += strspn(s, blanks[engine]);
	n = strlen(s);
	while (n > 0 && strchr(blanks[engine], s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

/* systemd's read_line(): a carriage return and a NUL end a line as well. */
static bool ends_line(const struct bootlines *lines, char c)
{
	return c == '\n' || (lines->engine == BOOT_SYSTEMD && (c == '\r' || c == '\0'));
}

/* The next line as a string, of *ret_n bytes with what stands behind a NUL. */
static char *cut_line(struct bootlines *lines, size_t *ret_n)
{
	char *line = lines->at, *p = line;

	while (p < lines->end && !ends_line(lines, *p))
		p++;
	lines->at = p < lines->end ? p + 1 : p;
	*ret_n = (size_t)(p - line);
	return line;
}

static const char *remark_no_assignment(const char *line)
{
	if (strncmp(line, BOM, sizeof(BOM) - 1) == 0)
		return "begins with a byte order mark and is ignored";
	if (*line == '[')
		return "a section, which sysctl.d(5) does not have, is ignored";
	return "no assignment, is ignored";
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
			return true;
	return false;
}

/* Of an assignment whose key and value are trimmed, and the key not yet swapped. */
static const char *remark_key(enum boot_engine engine, const char *key)
{
	if (strncmp(key, BOM, sizeof(BOM) - 1) == 0)
		return "begins with a byte order mark, so that no key is what it sets";
	if (strncmp(key, "/proc/sys/", 10) == 0)
		return "a key below /proc/sys/ is no key and is ignored";
	if (engine == BOOT_PROCPS && *key && strchr(blanks[engine], *key))
		return "has a blank behind the dash and is ignored";
	if (engine == BOOT_SYSTEMD && *key == '-')
		return "has a second dash and is ignored";
	return NULL;
}

static const char *remark_set(enum boot_engine engine, const char *key, const char *value)
{
	const char *remark = remark_key(engine, key);

	if (remark)
		return remark;
	if (has_control(key) || has_control(value))
		return "has a control character";
	if (engine == BOOT_PROCPS && strlen(value) > KERNEL_WRITE_MAX - 1)
		return "has a value over 4094 bytes, of which only the beginning is set";
	return NULL;
}

static void make_path(enum boot_engine engine, struct bootline *line)
{
	if (engine == BOOT_PROCPS && line->path[0] == '-')
		line->path++;
	bootpath_swap(line->path);
	if (engine == BOOT_PROCPS)
		return;
	if (bootpath_climbs(line->path))
		line->remark = "has '..' in its key and is refused";
	bootpath_simplify(line->path);
}

/* Of a string with something in it, no blank first. */
static void parse(enum boot_engine engine, char *at, struct bootline *ret)
{
	char *equals = strchr(at, '=');
	bool has_dash = *at == '-';

	if (!equals && !has_dash) {
		ret->kind = BOOTLINE_BAD;
		ret->remark = remark_no_assignment(at);
		return;
	}
	if (equals)
		*equals = '\0';
	ret->kind = equals ? BOOTLINE_SET : BOOTLINE_EXCLUDE;
	ret->value = equals ? strip(equals + 1, engine) : NULL;
	ret->has_dash = has_dash;
	ret->path = at + has_dash;
	if (engine == BOOT_SYSTEMD) {
		ret->path = strip(ret->path, engine);
	} else {
		size_t n = strlen(ret->path);

		while (n > 1 && strchr(blanks[engine], ret->path[n - 1]))
			ret->path[--n] = '\0';
	}
	ret->remark = equals ? remark_set(engine, ret->path, ret->value)
			     : remark_key(engine, ret->path);
	make_path(engine, ret);
}

void bootlines_next(struct bootlines *lines, struct bootline *ret)
{
	*ret = (struct bootline){ .kind = BOOTLINE_END };
	while (lines->at < lines->end && ret->kind == BOOTLINE_END) {
		size_t n;
		char *line = cut_line(lines, &n), *at;

		ret->number = lines->number + 1;
		/* only a newline begins a new one in an editor */
		lines->number += line + n < lines->end && line[n] == '\n';
		line[n] = '\0';
		if (lines->engine == BOOT_SYSTEMD && n >= SYSTEMD_LINE_MAX) {
			lines->at = lines->end;
			ret->kind = BOOTLINE_BAD;
			ret->remark = "has 1 MiB or more, where reading the file ends";
			return;
		}
		at = strip(line, lines->engine);
		if (*at && *at != '#' && *at != ';')
			parse(lines->engine, at, ret);
	}
}

bool bootline_sets(const struct bootline *line, const char *path)
{
	own_text struct text where = { 0 };

	if (line->kind != BOOTLINE_SET)
		return false;
	if (bootpath_is_glob(line->path))
		return bootpath_match(line->path, path, &where) || where.broken;
	if (!bootpath_resolve(line->path, &where))
		return where.broken;
	return strcmp(where.at, path) == 0;
}
