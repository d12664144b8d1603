/* SPDX-License-Identifier: MIT */
/*
 * tuned: the profiles in force and their parents. It also writes again what sysctl.d(5) says,
 * whenever it takes a profile (reapply_sysctl); that is no other value and not counted here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "core/tunedprofile.h"
#include "sys/search.h"

enum { TUNED_FILES_MAX = 64 };

/* What is known of the profiles while they are read. */
struct loading {
	struct search *search;
	struct rival *rival;
	struct names files; /* read already: none is read twice, so a cycle ends */
	struct tuned_profile merged;
	bool is_refused; /* tuned takes no such profile, and writes nothing */
};

/*
 * Where tuned looks, an administrator's directory first. tuned 2.20 knew two of them, 2.25
 * the other two.
 */
static const char *const dirs[] = { "etc/tuned/profiles", "etc/tuned",
				    "usr/lib/tuned/profiles", "usr/lib/tuned" };

/* 1: found; 0: not, or only such as were read before (*ret_seen); -errno. */
static int find_file(struct loading *l, struct span name, char *path, bool *ret_seen,
		     char **ret, size_t *ret_n)
{
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		int r, n = snprintf(path, SEARCH_PATH_MAX, "%s/%.*s/tuned.conf", dirs[i],
				    (int)(name.n > 256 ? 0 : name.n), name.at);

		if (n >= SEARCH_PATH_MAX || name.n == 0 || name.n > 256 ||
		    *name.at == '.')
			return 0;
		if (names_has(&l->files, span_of(path))) {
			*ret_seen = true;
			continue;
		}
		r = search_read(l->search, path, RIVAL_TUNED, ret, ret_n);
		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	return 0;
}

static int parse_file(struct loading *l, const char *path, struct span text,
		      struct tuned_profile *ret)
{
	unsigned line;
	int r = tuned_parse(text, ret, &line);

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		rival_fail(l->rival, "tuned refuses '/%s', line %u", path, line);
		l->is_refused = true;
	}
	if (ret->unknown[0])
		rival_fail(l->rival, "only tuned knows which profile '%s' in '/%s' is",
			   ret->unknown, path);
	return 0;
}

static int load(struct loading *l, struct span name);

static int load_file(struct loading *l, const char *path, struct span text)
{
	struct tuned_profile profile = { 0 };
	int r = parse_file(l, path, text, &profile);

	for (size_t i = 0; i < profile.includes.n && r == 0; i++)
		r = load(l, span_of(profile.includes.at[i]));
	if (r == 0)
		r = tuned_merge(&l->merged, &profile);
	if (r == -E2BIG) {
		rival_fail(l->rival, "its profiles have too many sections");
		r = 0;
	}
	tuned_done(&profile);
	return r;
}

/* A profile and, before it, its parents. The depth is bounded by the number of files. */
static int load(struct loading *l, struct span name)
{
	char path[SEARCH_PATH_MAX] = "";
	own_free char *text = NULL;
	bool is_seen = false, is_optional = name.n > 0 && *name.at == '-';
	const char *slash;
	size_t n = 0;
	int r;

	name.at += is_optional;
	name.n -= is_optional;
	slash = name.n ? memrchr(name.at, '/', name.n) : NULL;
	if (slash) {
		name.n -= (size_t)(slash + 1 - name.at);
		name.at = slash + 1;
	}
	if (l->files.n == TUNED_FILES_MAX) {
		rival_fail(l->rival, "its profiles are more than %d files",
			   TUNED_FILES_MAX);
		return 0;
	}
	r = find_file(l, name, path, &is_seen, &text, &n);
	if (r == -ENOMEM || (r == 0 && (is_seen || is_optional)))
		return r;
	if (r == 0) {
		rival_fail(l->rival, "profile '%.*s' is not there",
			   (int)(name.n > 64 ? 64 : name.n), name.at);
		l->is_refused = true;
		return 0;
	}
	names_add(&l->files, span_of(path));
	if (l->files.broken)
		return -ENOMEM;
	if (r < 0) {
		rival_fail(l->rival, "cannot read '/%s': %s", path, strerror(-r));
		return 0;
	}
	return load_file(l, path, (struct span){ text, n });
}

static int load_all(struct search *s, struct rival *m, const struct names *profiles)
{
	struct loading l = { .search = s, .rival = m };
	own_names struct names keys = { 0 };
	int r = 0, taken;

	for (size_t i = 0; i < profiles->n && r == 0; i++)
		r = load(&l, span_of(profiles->at[i]));
	if (!l.is_refused)
		tuned_keys(&l.merged, &keys);
	taken = rival_take_keys(m, &keys);
	names_done(&l.files);
	tuned_done(&l.merged);
	return r < 0 ? r : taken;
}

/* Adds the names of a file. -errno but -ENOENT: it cannot be read. */
static int read_names(struct search *s, const char *path, struct names *to)
{
	own_free char *text = NULL;
	size_t n;
	int r = search_read(s, path, RIVAL_NAMES, &text, &n);

	if (r == 0)
		tuned_active((struct span){ text, n }, to);
	return r == -ENOENT ? 0 : to->broken ? -ENOMEM : r;
}

static void name_profiles(struct rival *m, const struct names *profiles)
{
	size_t at = (size_t)snprintf(m->detail, sizeof(m->detail), "profile%s",
				     profiles->n > 1 ? "s" : "");

	for (size_t i = 0; i < profiles->n && at < sizeof(m->detail); i++)
		at += (size_t)snprintf(m->detail + at, sizeof(m->detail) - at, " %s",
				       profiles->at[i]);
}

int rivals_read_tuned(struct search *s)
{
	static const char active[] = "etc/tuned/active_profile";
	own_names struct names profiles = { 0 };
	char link[SEARCH_PATH_MAX];
	struct rival *m;
	int r = search_unit(s, "tuned.service", link), failed;

	/* a PID file that a crash left lies in a directory that a boot empties */
	if (r == 0)
		r = search_has(s, "run/tuned/tuned.pid");
	if (r <= 0)
		return r;
	failed = read_names(s, active, &profiles);
	/* it is laid on top, and may stand alone */
	if (failed == 0)
		failed = read_names(s, "etc/tuned/post_loaded_profile", &profiles);
	if (failed == -ENOMEM || (failed == 0 && profiles.n == 0))
		return failed;
	m = rivals_add(s->to, "tuned", active);
	if (!m)
		return -ENOMEM;
	if (failed < 0) {
		rival_fail(m, "cannot read its active profile: %s", strerror(-failed));
		return 0;
	}
	name_profiles(m, &profiles);
	return load_all(s, m, &profiles);
}
