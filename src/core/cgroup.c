/* SPDX-License-Identifier: MIT */
#include "core/cgroup.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	ID_DIGITS = 64, /* of a container */
	ID_SHOWN = 12,	/* as docker ps shows */
};

/* Some bytes of the text. */
struct part {
	const char *at;
	size_t n;
};

/* What a path says, or a better one. */
struct owner {
	const char *kind; /* "docker"; NULL: no container */
	struct part name; /* of the container */
	struct part unit; /* at NULL: none */
};

/* What a path told so far. */
struct walk {
	struct owner owner;
	const char *kind; /* what a bare id means here */
	struct part before;
	bool in_nspawn; /* in the unit of one */
};

static bool is(struct part p, const char *s)
{
	return p.n == strlen(s) && memcmp(p.at, s, p.n) == 0;
}

static bool starts(struct part p, const char *s)
{
	return p.n >= strlen(s) && memcmp(p.at, s, strlen(s)) == 0;
}

static bool ends(struct part p, const char *s)
{
	size_t n = strlen(s);

	return p.n > n && memcmp(p.at + p.n - n, s, n) == 0;
}

/* Without the first and the last bytes. */
static struct part cut(struct part p, size_t first, size_t last)
{
	return (struct part){ p.at + first, p.n - first - last };
}

static bool is_hex(struct part p)
{
	for (size_t i = 0; i < p.n; i++)
		if (!memchr("0123456789abcdef", p.at[i], 16))
			return false;
	return true;
}

/*
 * TAG-ID.scope or TAG-ID, and SLICE:TAG:ID where a runtime was told to use systemd's
 * names and does not. A monitor (crio-conmon-ID.scope) is none: it is not inside.
 */
static const char *runtime_of(struct part p, struct part *ret_id)
{
	static const struct {
		const char *tag;
		const char *kind;
	} tags[] = {
		{ "docker", "docker" },
		{ "cri-containerd", "containerd" },
		{ "containerd", "containerd" },
		{ "nerdctl", "containerd" },
		{ "crio", "cri-o" },
		{ "libpod", "podman" },
		{ "libpod-payload", "podman" }, /* in the unit of a quadlet */
	};
	struct part tag;
	size_t i;

	if (ends(p, ".scope"))
		p = cut(p, 0, strlen(".scope"));
	for (i = p.n; i > 0 && p.at[i - 1] != '-' && p.at[i - 1] != ':';)
		i--;
	if (i == 0 || p.n - i < ID_SHOWN || !is_hex(cut(p, i, 0)))
		return NULL;
	*ret_id = (struct part){ p.at + i, ID_SHOWN };
	tag = cut(p, 0, p.n - i + 1);
	for (i = tag.n; i > 0 && tag.at[i - 1] != ':';)
		i--;
	tag = cut(tag, i, 0);
	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (is(tag, tags[i].tag))
			return tags[i].kind;
	return NULL;
}

static void set_container(struct walk *w, const char *kind, struct part name)
{
	if (name.n == 0)
		return;
	w->owner.kind = kind;
	w->owner.name = name;
}

/* What a bare id means below this directory. */
static void note_parent(struct walk *w, struct part p)
{
	if (is(p, "docker") || is(p, "ecs") || is(p, "actions_job"))
		w->kind = "docker";
	else if (starts(p, "kubepods"))
		w->kind = "kubernetes";
	else if (is(p, "libpod_parent"))
		w->kind = "podman";
}

static void note_machine(struct walk *w, struct part p)
{
	static const char nspawn[] = "systemd-nspawn@";

	if (starts(p, "machine-") && ends(p, ".scope"))
		set_container(w, "machine", cut(p, strlen("machine-"), strlen(".scope")));
	if (is(p, "payload") && starts(w->before, nspawn) && ends(w->before, ".service"))
		set_container(w, "machine",
			      cut(w->before, strlen(nspawn), strlen(".service")));
}

static void note(struct walk *w, struct part p)
{
	static const char payload[] = "lxc.payload.";
	struct part id = p;
	const char *kind = runtime_of(p, &id);

	if (kind)
		set_container(w, kind, id);
	else if (p.n == ID_DIGITS && is_hex(p))
		set_container(w, w->kind, (struct part){ p.at, ID_SHOWN });
	else if (starts(p, payload))
		set_container(w, "lxc", cut(p, strlen(payload), 0));
	else if (is(w->before, "lxc") || is(w->before, "lxc.payload"))
		set_container(w, "lxc", p);
	note_machine(w, p);
	note_parent(w, p);
	/* a manager's own group: "user@1000.service/init.scope" is the unit's */
	if (is(p, "init.scope") && w->owner.unit.at)
		return;
	if (ends(p, ".service") || ends(p, ".scope"))
		/* cg_escape(): what could be a file of the kernel's gets a '_' */
		w->owner.unit = cut(p, p.at[0] == '_', 0);
}

static struct owner owner_of(struct part path)
{
	struct walk w = { .kind = "container" };

	/* of a group that was removed under the process */
	if (ends(path, " (deleted)"))
		path = cut(path, 0, strlen(" (deleted)"));
	while (path.n > 0) {
		const char *slash = memchr(path.at, '/', path.n);
		struct part p = { path.at, slash ? (size_t)(slash - path.at) : path.n };

		if (p.n > 0) {
			note(&w, p);
			w.before = p;
		}
		path = cut(path, p.n + (slash != NULL), 0);
	}
	return w.owner;
}

/* How much a line is worth: what it names first, then whose hierarchy it is. */
static int worth(const struct owner *o, struct part line, struct part controllers)
{
	int names = o->kind ? 2 : o->unit.at ? 1 : 0;
	bool is_unified = starts(line, "0::");

	return names * 4 + (names ? is_unified * 2 + is(controllers, "name=systemd") : 0);
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* A name without systemd's escapes: "\x2d" is a '-'. */
static void unescape(struct part p, char *ret, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < p.n && n + 1 < size; i++) {
		bool is_escape = p.n - i >= 4 && p.at[i] == '\\' && p.at[i + 1] == 'x' &&
				 digit(p.at[i + 2]) >= 0 && digit(p.at[i + 3]) >= 0;

		ret[n++] = is_escape
				   ? (char)(digit(p.at[i + 2]) * 16 + digit(p.at[i + 3]))
				   : p.at[i];
		i += is_escape ? 3 : 0;
	}
	ret[n] = '\0';
}

static void say(const struct owner *o, char *ret, size_t size)
{
	int n;

	if (!o->kind) {
		snprintf(ret, size, "%.*s", (int)o->unit.n, o->unit.n ? o->unit.at : "");
		return;
	}
	n = snprintf(ret, size, "%s ", o->kind);
	if (n > 0 && (size_t)n < size)
		unescape(o->name, ret + n, size - (size_t)n);
}

/* Splits "hierarchy:controllers:path", whose path may have colons of its own. */
static bool split(struct part line, struct part *ret_controllers, struct part *ret_path)
{
	const char *first = memchr(line.at, ':', line.n);
	struct part rest;
	const char *second;

	if (!first)
		return false;
	rest = cut(line, (size_t)(first + 1 - line.at), 0);
	second = memchr(rest.at, ':', rest.n);
	if (!second)
		return false;
	*ret_controllers = (struct part){ rest.at, (size_t)(second - rest.at) };
	*ret_path = cut(rest, ret_controllers->n + 1, 0);
	return true;
}

void cgroup_unit(const char *text, char *ret, size_t size)
{
	struct owner best = { 0 };
	int most = 0;

	for (const char *at = text; *at;) {
		struct part line = { at, strcspn(at, "\n") }, controllers, path;

		if (split(line, &controllers, &path)) {
			struct owner o = owner_of(path);
			int n = worth(&o, line, controllers);

			if (n > most) {
				most = n;
				best = o;
			}
		}
		at += line.n + (at[line.n] == '\n');
	}
	say(&best, ret, size);
}
