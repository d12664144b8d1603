/* SPDX-License-Identifier: MIT */
/*
 * A verb is a value exported by its own file; main.c lists their addresses. Help and
 * parsing come from the same tables.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "sys/machine.h"
#include "view/view.h"

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_TROUBLE = 2 };

struct owners;

struct option_spec {
	const char *name;     /* without the dashes */
	const char *argument; /* what help calls its argument; NULL: it takes none */
	const char *help;
	char letter; /* its short form, -n; 0: it has none */
};

/* One option as it was given. */
struct given {
	const struct option_spec *spec;
	const char *value;
};

struct arguments {
	const struct given *given;
	size_t n_given;
	char *const *at; /* the words that are no options */
	int n;
};

/* The program's surroundings: every door to the outside, opened by main.c. */
struct app {
	struct output out;
	struct machine machine;
	const char *state_dir;
	const char *root_dir;	  /* as given; NULL: the running machine */
	const char *profiles_dir; /* the installed profiles */
	const char *const *netns; /* as given; in order */
	size_t n_netns;
	bool is_all_netns;
	bool is_strict;
	struct owners
		*owners; /* of sockets, read once for all namespaces; NULL: not here */
	const char *command_line;
	int64_t now;	    /* seconds since 1970 */
	char in_force[160]; /* what to say if the output is lost after a change; or "" */
	void (*say)(const char *line); /* on standard error, at once */
	struct text notes; /* lines for standard error at the end, each ended by '\n' */
};

enum command_flags {
	COMMAND_REPORTS = 1 << 0, /* on several network namespaces, if asked */
	COMMAND_CHANGES = 1 << 1, /* sysctls: refuses a recorded tree */
	COMMAND_IMAGES =
		1 << 2, /* reads the tree of an image as well, which has no /proc */
	COMMAND_SECLUDED = 1 << 3, /* works in namespaces of its own alone */
};

struct command {
	const char *name;
	const char *arguments;		   /* as help shows them */
	const char *help;		   /* one line */
	const char *details;		   /* more lines for --help; may be NULL */
	const struct option_spec *options; /* ends with a NULL name; may be NULL */
	int min, max;			   /* words it takes */
	unsigned flags;

	/* EXIT_YES or EXIT_NO; -errno and a sentence: trouble. */
	int (*run)(struct app *app, const struct arguments *args, struct err *e);
};

extern const struct command cmd_audit, cmd_sockets, cmd_explain, cmd_profile, cmd_apply,
	cmd_verify, cmd_confirm, cmd_rollback, cmd_history, cmd_snapshot, cmd_watch,
	cmd_knobs, cmd_prove;

bool args_has(const struct arguments *args, const char *option);

/* The last value given for an option; NULL: none. */
const char *args_value(const struct arguments *args, const char *option);

/* A number of seconds given for an option; *ret stays if there is none. -EINVAL. */
int args_seconds(const struct arguments *args, const char *option, int64_t min,
		 int64_t max, int64_t *ret, struct err *e);

/* Adds a line that main.c prints on standard error. */
void app_note(struct app *app, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Runs `one` for each network namespace that was asked for, or once for the own one, and
 * opens and closes the view around it. The greatest status; trouble in one is trouble.
 */
int app_report(struct app *app, const char *verb, const struct arguments *args,
	       int (*one)(struct app *app, const struct arguments *args, struct view *v,
			  struct err *e),
	       struct err *e);

/*
 * The next step after an unknown word: "did you mean 'PREFIXnearest'?", or else `otherwise`.
 * `candidates` ends with NULL.
 */
void suggest(struct err *e, const char *word, const char *const *candidates,
	     const char *prefix, const char *otherwise);

/* A misuse of the command line: says how to get help. */
int usage_error(struct err *e, const char *verb, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
