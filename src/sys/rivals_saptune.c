/* SPDX-License-Identifier: MIT */
/* saptune: the notes applied, each with its override. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "core/saptunenote.h"
#include "sys/search.h"

static int read_note(struct search *s, const char *path, struct saptune_note *note)
{
	own_free char *text = NULL;
	size_t n;
	int r = search_read(s, path, RIVAL_SAPTUNE_NOTE, &text, &n);

	if (r == 0)
		saptune_note_add(note, (struct span){ text, n });
	return r;
}

/* A note of saptune's own cannot be shadowed by one of the same name. */
static int find_note(struct search *s, const char *id, char *path,
		     struct saptune_note *note)
{
	int r;

	snprintf(path, SEARCH_PATH_MAX, "var/lib/saptune/working/notes/%s", id);
	r = read_note(s, path, note);
	if (r == -ENOENT) {
		snprintf(path, SEARCH_PATH_MAX, "etc/saptune/extra/%s.conf", id);
		r = read_note(s, path, note);
	}
	return r;
}

static int add_note(struct search *s, const char *id)
{
	char path[SEARCH_PATH_MAX], over[SEARCH_PATH_MAX];
	struct saptune_note note = { 0 };
	int found = find_note(s, id, path, &note), overridden, r = -ENOMEM;
	struct rival *m = rivals_add(s->to, "saptune", path);

	snprintf(over, sizeof(over), "etc/saptune/override/%s", id);
	overridden = found == 0 ? read_note(s, over, &note) : 0;
	if (m && found != -ENOMEM && overridden != -ENOMEM) {
		snprintf(m->detail, sizeof(m->detail), "note %s", id);
		if (found == -ENOENT)
			rival_fail(m, "note '%s' is not there", id);
		else if (found < 0)
			rival_fail(m, "cannot read '/%s': %s", path, strerror(-found));
		if (overridden < 0 && overridden != -ENOENT)
			rival_fail(m, "cannot read '/%s': %s", over,
				   strerror(-overridden));
		r = rival_take_keys(m, &note.written);
	}
	saptune_note_done(&note);
	return r;
}

/* The notes of a solution, which an override or an own one may say. */
static int add_solution(struct search *s, const char *name, struct names *notes)
{
	static const char *const dirs[] = { "etc/saptune/override", "etc/saptune/extra",
					    "var/lib/saptune/working/sols" };
	int r = -ENOENT;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && r == -ENOENT; i++) {
		own_free char *text = NULL;
		char path[SEARCH_PATH_MAX];
		size_t n;

		snprintf(path, sizeof(path), "%s/%s.sol", dirs[i], name);
		r = search_read(s, path, RIVAL_SAPTUNE_SOLUTION, &text, &n);
		if (r == 0)
			saptune_solution((struct span){ text, n }, notes);
	}
	/* its notes stand in NOTE_APPLY_ORDER as well */
	return r == -ENOMEM || notes->broken ? -ENOMEM : 0;
}

static int add_all(struct search *s, struct span config)
{
	own_names struct names notes = { 0 }, solutions = { 0 };
	int r;

	saptune_config(config, &notes, &solutions);
	r = notes.broken || solutions.broken ? -ENOMEM : 0;
	for (size_t i = 0; i < solutions.n && r == 0; i++)
		r = add_solution(s, solutions.at[i], &notes);
	for (size_t i = 0; i < notes.n && i < 256 && r == 0; i++)
		r = add_note(s, notes.at[i]);
	return r;
}

int rivals_read_saptune(struct search *s)
{
	static const char config[] = "etc/sysconfig/saptune";
	own_free char *text = NULL;
	char link[SEARCH_PATH_MAX];
	struct rival *m;
	size_t n;
	int r = search_unit(s, "saptune.service", link);

	/* notes applied by hand, without the service */
	if (r == 0)
		r = search_has(s, "run/saptune/saved_state");
	if (r <= 0)
		return r;
	r = search_read(s, config, RIVAL_SAPTUNE_CONFIG, &text, &n);
	if (r == 0)
		return add_all(s, (struct span){ text, n });
	if (r == -ENOENT || r == -ENOMEM)
		return r == -ENOENT ? 0 : r;
	m = rivals_add(s->to, "saptune", config);
	if (!m)
		return -ENOMEM;
	rival_fail(m, "cannot read '/%s': %s", config, strerror(-r));
	return 0;
}
