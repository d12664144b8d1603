/* SPDX-License-Identifier: MIT */
/*
 * Options common to all verbs, find the verb, run it, print the error, choose the exit
 * status.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/cmd.h"
#include "sys/netns.h"
#include "sys/stop.h"
#include "sys/terminal.h"

static const struct command *const commands[] = {
	&cmd_audit, &cmd_sockets, &cmd_knobs,	 &cmd_explain,	&cmd_profile,
	&cmd_apply, &cmd_verify,  &cmd_confirm,	 &cmd_rollback, &cmd_history,
	&cmd_watch, &cmd_prove,	  &cmd_snapshot,
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]), GIVEN_MAX = 256 };

static const struct option_spec global_options[] = {
	{ "netns", "NAME|PID|PATH", "look at or change that network namespace" },
	{ "all-netns", NULL, "report on every network namespace" },
	{ "json", NULL, "one JSON document instead of text" },
	{ "root", "DIR", "read a recorded tree instead of the running machine" },
	{ "state-dir", "DIR", "where the journal is (default /var/lib/finwait)" },
	{ "color", "WHEN", "auto, always or never" },
	{ "strict", NULL, "exit 2 if a fact could not be read" },
	{ "help", NULL, "this text", .letter = 'h' },
	{ "version", NULL, "the version", .letter = 'V' },
	{ NULL, NULL, NULL },
};

/* The command line, taken apart. */
struct line {
	const struct command *command;
	struct given given[GIVEN_MAX];
	size_t n_given;
	struct arguments args; /* the verb's own */
};

static size_t count_options(const struct option_spec *specs)
{
	size_t n = 0;

	while (specs && specs[n].name)
		n++;
	return n;
}

static void print_options(FILE *stream, const char *heading,
			  const struct option_spec *specs)
{
	if (count_options(specs) == 0)
		return;
	fprintf(stream, "\n%s\n", heading);
	for (; specs->name; specs++) {
		char name[64], letter[8] = "";

		snprintf(name, sizeof(name), "--%s%s%s", specs->name,
			 specs->argument ? " " : "",
			 specs->argument ? specs->argument : "");
		if (specs->letter)
			snprintf(letter, sizeof(letter), " (-%c)", specs->letter);
		fprintf(stream, "  %-22s  %s%s\n", name, specs->help, letter);
	}
}

static void print_usage(FILE *stream)
{
	fprintf(stream, "Usage: finwait [OPTIONS] VERB [OPTIONS] [ARGUMENTS]\n\n"
			"Audit and tune how this host closes TCP connections. Every "
			"change can be undone.\n"
			"\nVerbs\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %-10s  %s\n", commands[i]->name, commands[i]->help);
	print_options(stream, "Options of every verb", global_options);
	fprintf(stream, "\nExit status: 0 yes, 1 no, 2 trouble. See finwait(8).\n");
}

static void print_help(FILE *stream, const struct command *command)
{
	fprintf(stream, "Usage: finwait %s%s%s%s\n\n%c%s.\n", command->name,
		command->options ? " [OPTIONS]" : "", command->arguments[0] ? " " : "",
		command->arguments, command->help[0] - 'a' + 'A', command->help + 1);
	if (command->details)
		fprintf(stream, "%s", command->details);
	print_options(stream, "Options", command->options);
	print_options(stream, "Options of every verb", global_options);
}

/* The table getopt_long() wants; val is the index into `specs` plus 1000. */
static struct option *make_table(const struct option_spec *own,
				 const struct option_spec **specs)
{
	size_t n_own = count_options(own), n = n_own + count_options(global_options);
	struct option *table = calloc(n + 1, sizeof(*table));

	for (size_t i = 0; table && i < n; i++) {
		specs[i] = i < n_own ? &own[i] : &global_options[i - n_own];
		table[i] = (struct option){
			.name = specs[i]->name,
			.has_arg = specs[i]->argument ? required_argument : no_argument,
			.val = (int)i + 1000,
		};
	}
	return table;
}

static int bad_option(const char *word, int c, const struct option *table,
		      const char *verb, struct err *e)
{
	const char *names[64] = { NULL };
	char name[64], help[64], letter[3];

	/* in a cluster like -xh optind still stands on the word */
	if (optopt > 0 && optopt < 256) {
		snprintf(letter, sizeof(letter), "-%c", optopt);
		word = letter;
	}
	if (c == ':')
		return usage_error(e, verb, "option '%s' needs an argument", word);
	for (size_t i = 0; table[i].name && i < 63; i++)
		names[i] = table[i].name;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + strspn(word, "-"), "="),
		 word + strspn(word, "-"));
	snprintf(help, sizeof(help), "try 'finwait %s%s--help'", verb,
		 verb[0] ? " " : "");
	err_set(e, EINVAL, "unknown option '%s'", word);
	suggest(e, name, names, "--", help);
	return -EINVAL;
}

/* What getopt_long() calls `optstring`: the letters of the options in the table. */
static void list_letters(const struct option *table,
			 const struct option_spec *const *specs, bool is_before_verb,
			 struct text *ret)
{
	text_add(ret, "%s:", is_before_verb ? "+" : "");
	for (size_t i = 0; table[i].name; i++)
		if (specs[i]->letter)
			text_add(ret, "%c%s", specs[i]->letter,
				 specs[i]->argument ? ":" : "");
}

/* What getopt_long() found, as an index; -1: nothing it knows. */
static int find_option(int found, const struct option *table,
		       const struct option_spec *const *specs)
{
	if (found >= 1000)
		return found - 1000;
	for (int i = 0; table[i].name; i++)
		if (specs[i]->letter == found)
			return i;
	return -1;
}

/*
 * Takes the options in front of the first word that is none or, behind a verb, wherever
 * they stand.
 */
static int take_options(int argc, char **argv, const struct command *command,
			struct line *line, struct err *e)
{
	const struct option_spec *specs[64];
	own_free struct option *table =
		make_table(command ? command->options : NULL, specs);
	const char *verb = command ? command->name : "";
	own_text struct text letters = { 0 };
	int c;

	if (table)
		list_letters(table, specs, !command, &letters);
	if (!letters.at)
		return err_errno(e, ENOMEM, "cannot read the command line");
	opterr = 0;
	optopt = 0;
	optind = 0; /* glibc: begin anew */
	while ((c = getopt_long(argc, argv, letters.at, table, NULL)) != -1) {
		int i = find_option(c, table, specs);

		if (i < 0)
			return bad_option(argv[optind - 1], c, table, verb, e);
		if (line->n_given == GIVEN_MAX)
			return err_set(e, E2BIG, "too many options");
		line->given[line->n_given++] = (struct given){ specs[i], optarg };
	}
	return 0;
}

static const struct command *find_command(const char *name, struct err *e)
{
	const char *names[COMMANDS + 1] = { NULL };

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
		names[i] = commands[i]->name;
	}
	err_set(e, EINVAL, "unknown verb '%s'", name);
	suggest(e, name, names, "", "try 'finwait --help'");
	return NULL;
}

static int check_words(const struct line *line, struct err *e)
{
	const struct command *command = line->command;

	if (line->args.n < command->min)
		return usage_error(e, command->name, "%s needs %s", command->name,
				   command->arguments);
	if (line->args.n > command->max)
		return usage_error(e, command->name, "%s: unexpected '%s'", command->name,
				   line->args.at[command->max]);
	return 0;
}

static int parse_line(int argc, char **argv, struct line *line, struct err *e)
{
	int r = take_options(argc, argv, NULL, line, e);

	if (r < 0)
		return r;
	if (optind == argc)
		return 0;
	line->command = find_command(argv[optind], e);
	if (!line->command)
		return -EINVAL;
	argc -= optind;
	argv += optind;
	r = take_options(argc, argv, line->command, line, e);
	line->args = (struct arguments){
		.given = line->given,
		.n_given = line->n_given,
		.at = argv + optind,
		.n = argc - optind,
	};
	return r;
}

static int choose_output(struct output *out, const struct arguments *args, struct err *e)
{
	const char *color = args_value(args, "color"), *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	*out = (struct output){
		.stream = stdout,
		.is_json = args_has(args, "json"),
		.is_terminal = isatty(STDOUT_FILENO),
	};
	terminal_size(&out->width, &out->height);
	out->can_redraw = out->is_terminal && term && strcmp(term, "dumb") != 0;
	out->has_color = out->can_redraw && !(no_color && no_color[0]);
	if (!color || strcmp(color, "auto") == 0)
		return 0;
	out->has_color = strcmp(color, "always") == 0;
	if (!out->has_color && strcmp(color, "never") != 0)
		return err_set(e, EINVAL, "--color takes auto, always or never, not '%s'",
			       color);
	return 0;
}

/* The own words of the run, for the history. */
static char *join(int argc, char **argv)
{
	struct text t = { 0 };

	for (int i = 0; i < argc; i++)
		text_add(&t, "%s%s", i ? " " : "", argv[i]);
	return t.at;
}

static int enter_netns(struct app *app, const struct command *command, struct err *e)
{
	own_fd int fd = -1;
	bool is_secluded = command->flags & COMMAND_SECLUDED;

	if (is_secluded && !app->machine.is_live)
		return usage_error(e, command->name,
				   "%s asks the running kernel, not a recording",
				   command->name);
	if (is_secluded && (app->n_netns || app->is_all_netns))
		return usage_error(
			e, command->name,
			"%s works in network namespaces of its own, not in others",
			command->name);
	if (app->n_netns == 0 && !app->is_all_netns)
		return 0;
	if (!app->machine.is_live)
		return err_set(e, EINVAL, "--root and --%s exclude each other",
			       app->is_all_netns ? "all-netns" : "netns");
	if (app->is_all_netns && app->n_netns > 0)
		return err_set(e, EINVAL, "--netns and --all-netns exclude each other");
	if (command->flags & COMMAND_REPORTS)
		return 0;
	if (app->is_all_netns || app->n_netns > 1)
		return usage_error(e, command->name, "%s works on one network namespace",
				   command->name);
	fd = netns_open(app->netns[0], e);
	if (fd < 0)
		return fd;
	app->machine.netns_name = app->netns[0];
	return netns_enter(fd, app->netns[0], e);
}

static int run_command(struct app *app, const struct line *line, struct err *e)
{
	own_free char *state_dir = NULL;
	const char *root = args_value(&line->args, "root");
	const char *dir = args_value(&line->args, "state-dir");
	bool is_image = line->command->flags & COMMAND_IMAGES;
	int r = machine_open(&app->machine, root, is_image, e);

	if (r < 0)
		return r;
	/* a recorded machine has its own history */
	if (asprintf(&state_dir, "%s%s", !dir && root ? root : "",
		     dir ? dir : "/var/lib/finwait") < 0)
		state_dir = NULL;
	app->state_dir = state_dir;
	app->root_dir = root;
	if (!state_dir)
		r = err_errno(e, ENOMEM, "cannot start");
	if (r == 0 && !state_dir[0])
		r = err_set(e, EINVAL, "--state-dir needs the name of a directory");
	if (r == 0)
		r = check_words(line, e);
	if (r == 0 && line->command->flags & COMMAND_CHANGES)
		r = machine_check_writable(&app->machine, e);
	if (r == 0)
		r = enter_netns(app, line->command, e);
	if (r == 0)
		r = line->command->run(app, &line->args, e);
	machine_close(&app->machine);
	return r;
}

/* Who changes something ends in a state that can be told, whatever signal comes. */
static int run_held(struct app *app, const struct line *line, struct err *e)
{
	sigset_t before;
	int r;

	if (!(line->command->flags & COMMAND_CHANGES))
		return run_command(app, line, e);
	stop_hold(&before);
	r = run_command(app, line, e);
	stop_release(&before);
	return r;
}

static int run(int argc, char **argv, struct app *app, struct err *e)
{
	own_free char *command_line = join(argc, argv);
	struct line line = { 0 };
	const char *netns[GIVEN_MAX];
	int r = parse_line(argc, argv, &line, e);
	struct arguments all = { .given = line.given, .n_given = line.n_given };

	if (r < 0)
		return r;
	if (args_has(&all, "help") || args_has(&all, "version")) {
		if (args_has(&all, "version"))
			printf("finwait %s\n", FINWAIT_VERSION);
		else if (line.command)
			print_help(stdout, line.command);
		else
			print_usage(stdout);
		return EXIT_YES;
	}
	if (!line.command) {
		print_usage(stderr);
		return EXIT_TROUBLE;
	}
	r = choose_output(&app->out, &all, e);
	app->out.state_dir = args_value(&all, "state-dir");
	app->out.root_dir = args_value(&all, "root");
	for (size_t i = 0; i < line.n_given; i++)
		if (strcmp(line.given[i].spec->name, "netns") == 0)
			netns[app->n_netns++] = line.given[i].value;
	app->netns = netns;
	app->is_all_netns = args_has(&all, "all-netns");
	app->is_strict = args_has(&all, "strict");
	app->command_line = command_line ? command_line : "";
	app->profiles_dir = FINWAIT_PROFILES_DIR;
	app->now = time(NULL);
	return r < 0 ? r : run_held(app, &line, e);
}

/* One line in one write, whatever words of the user are in it. */
static void print_line(const char *text, const char *hint)
{
	own_text struct text line = { 0 };

	text_add(&line, "finwait: ");
	text_add_escaped(&line, text);
	text_add_escaped(&line, hint);
	text_add(&line, "\n");
	if (line.at)
		fputs(line.at, stderr);
}

static void print_error(const struct err *e)
{
	char hint[sizeof(e->hint) + 2] = "";

	if (e->hint[0])
		snprintf(hint, sizeof(hint), "; %s", e->hint);
	print_line(e->text, hint);
}

/* A full disk under `finwait --json > file` shows only here. */
static int close_stdout(const struct app *app, int status)
{
	int is_bad = ferror(stdout);

	if (fclose(stdout) == 0 && !is_bad)
		return status;
	if (errno != EPIPE)
		fprintf(stderr, "finwait: cannot write to standard output: %s%s\n",
			strerror(errno), app->in_force);
	return EXIT_TROUBLE;
}

static void say(const char *line)
{
	print_line(line, "");
}

int main(int argc, char **argv)
{
	struct app app = { .machine.root_fd = -1, .say = say };
	struct err e = { 0 };
	int r;

	/* a reader that goes away ends us quietly, even if our parent ignored the signal
	 */
	signal(SIGPIPE, SIG_DFL);
	/* a limit on the size of files is a full disk, and no reason to die in an undo */
	signal(SIGXFSZ, SIG_IGN);
	/* who starts children waits for them, even if our parent would not */
	signal(SIGCHLD, SIG_DFL);
	/* the journal is for everybody to read, and a recording for whoever gets it */
	umask(022);
	r = run(argc, argv, &app, &e);
	if (app.notes.at)
		for (char *line = strtok(app.notes.at, "\n"); line;
		     line = strtok(NULL, "\n"))
			/* what the error says needs no note as well */
			if (r >= 0 || strncmp(line, e.text, strlen(e.text)) != 0)
				print_line(line, "");
	text_done(&app.notes);
	if (r < 0)
		print_error(&e);
	return close_stdout(&app, r < 0 ? EXIT_TROUBLE : r);
}
