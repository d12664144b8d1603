/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/own.h"
#include "cmd/cmd.h"
#include "core/nearest.h"
#include "core/snapshot.h"
#include "sys/netns.h"

bool args_has(const struct arguments *args, const char *option)
{
	for (size_t i = 0; i < args->n_given; i++)
		if (strcmp(args->given[i].spec->name, option) == 0)
			return true;
	return false;
}

const char *args_value(const struct arguments *args, const char *option)
{
	for (size_t i = args->n_given; i-- > 0;)
		if (strcmp(args->given[i].spec->name, option) == 0)
			return args->given[i].value;
	return NULL;
}

int args_seconds(const struct arguments *args, const char *option, int64_t min,
		 int64_t max, int64_t *ret, struct err *e)
{
	const char *value = args_value(args, option);

	if (!value || num_parse(value, min, max, ret))
		return 0;
	return err_set(e, EINVAL,
		       "--%s takes %" PRId64 " to %" PRId64 " seconds, not '%s'", option,
		       min, max, value);
}

void app_note(struct app *app, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_add(&app->notes, "%s\n", line);
}

void suggest(struct err *e, const char *word, const char *const *candidates,
	     const char *prefix, const char *otherwise)
{
	const char *near = nearest(word, candidates);

	if (near)
		err_hint(e, "did you mean '%s%s'?", prefix, near);
	else
		err_hint(e, "%s", otherwise);
}

int usage_error(struct err *e, const char *verb, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	err_set(e, EINVAL, "%s", line);
	err_hint(e, "try 'finwait %s%s--help'", verb, verb[0] ? " " : "");
	return -EINVAL;
}

typedef int (*report_one)(struct app *, const struct arguments *, struct view *,
			  struct err *);

/*
 * Under --all-netns one that cannot be entered is said, and does not hide the others: gone
 * (-ENOENT; -EINVAL: what is left in /run/netns of one), or closed to us.
 */
static int skip(struct app *app, int r, const struct err *e)
{
	bool is_absent = r == -ENOENT || r == -EINVAL || r == -EPERM || r == -EACCES;

	app_note(app, "unanswered: %s", e->text);
	return is_absent && !app->is_strict ? EXIT_YES : EXIT_TROUBLE;
}

/* One that broke is said, and does not hide the others; the run is trouble all the same. */
static int report_failed(struct app *app, struct view *v, const struct err *e)
{
	struct host host;

	machine_identify(&app->machine, &host);
	view_begin(v, &host);
	view_failed(v, e->text);
	app_note(app, "%s%s%s", e->text, e->hint[0] ? "; " : "", e->hint);
	return EXIT_TROUBLE;
}

/* One of several namespaces: in, and back out of it. */
static int report_in(struct app *app, const struct arguments *args, struct view *v,
		     const char *name, int home_fd, report_one one, struct err *e)
{
	own_fd int fd = netns_open(name, e);
	bool is_home = fd >= 0 && netns_is_same(fd, home_fd);
	int r = fd < 0 || is_home ? fd : netns_enter(fd, name, e);
	struct err ignored;
	char label[96];

	if (r < 0)
		return app->is_all_netns ? skip(app, r, e) : r;
	netns_label(app->machine.root_fd, name, label, sizeof(label));
	if (is_home && !label[0])
		snprintf(label, sizeof(label), "this one");
	app->machine.netns_name = name;
	app->machine.netns_label = label;
	r = one(app, args, v, e);
	if (r < 0) {
		err_wrap(e, "network namespace '%s'", name);
		if (app->is_all_netns)
			r = report_failed(app, v, e);
	}
	app->machine.netns_label = NULL;
	if (is_home)
		return r;
	return netns_enter(home_fd, "of its own", r < 0 ? &ignored : e) < 0 ? -EIO : r;
}

int app_report(struct app *app, const char *verb, const struct arguments *args,
	       report_one one, struct err *e)
{
	struct netns_list all = { 0 };
	own_fd int home_fd = -1;
	const char *const *names = app->netns;
	size_t n = app->n_netns;
	struct view *v;
	int r = 0, worst = EXIT_YES;

	if (app->is_all_netns) {
		r = netns_list_all(&all, e);
		names = (const char *const *)all.names;
		n = all.n;
		if (r == 0 && all.n_refused) {
			app_note(
				app,
				"unanswered: the network namespace of %zu process%s, which "
				"may not be looked at",
				all.n_refused, all.n_refused == 1 ? "" : "es");
			worst = app->is_strict ? EXIT_TROUBLE : EXIT_YES;
		}
	}
	v = view_open(&app->out, verb, app->is_all_netns || n > 1);
	if (!v && r == 0)
		r = err_errno(e, ENOMEM, "cannot print");
	if (r == 0 && n > 0) {
		home_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		r = home_fd < 0
			    ? err_errno(e, errno, "cannot open the own network namespace")
			    : 0;
	}
	if (r == 0 && n == 0)
		r = worst = one(app, args, v, e);
	for (size_t i = 0; i < n && r >= 0; i++) {
		r = report_in(app, args, v, names[i], home_fd, one, e);
		worst = r > worst ? r : worst;
	}
	view_close(v, r >= 0);
	app->machine.netns_name = NULL;
	netns_list_done(&all);
	return r < 0 ? r : worst;
}
