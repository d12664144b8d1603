/* SPDX-License-Identifier: MIT */
#include "sys/lab.h"

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/catalogue.h"
#include "core/census.h"
#include "core/counters.h"
#include "core/snapshot.h"
#include "sys/clock.h"
#include "sys/leave.h"
#include "sys/netns.h"
#include "sys/procfs.h"
#include "sys/sockdiag.h"

/* How much longer than claimed something is waited for. */
enum { PATIENCE_MS = 1000 };

int64_t lab_now(const struct lab *lab)
{
	return clock_monotonic_ms() - lab->began_ms;
}

static struct observation *add(struct lab *lab)
{
	struct outcome *o = lab->outcome;

	if (o->n == OUTCOME_OBSERVATIONS)
		return NULL;
	o->at[o->n] = (struct observation){ .at_ms = lab_now(lab), .measure = -1 };
	return &o->at[o->n++];
}

static void tell(struct lab *lab, const char *fmt, va_list args)
{
	struct observation *seen = add(lab);

	if (seen)
		vsnprintf(seen->text, sizeof(seen->text), fmt, args);
}

void lab_do(struct lab *lab, const char *fmt, ...)
{
	va_list args;

	lab->known_ms = lab_now(lab);
	va_start(args, fmt);
	tell(lab, fmt, args);
	va_end(args);
}

void lab_say(struct lab *lab, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(lab, fmt, args);
	va_end(args);
}

void lab_saw(struct lab *lab, unsigned measure, int64_t low, int64_t high)
{
	struct observation *seen = add(lab);

	if (!seen)
		return;
	seen->measure = (int)measure;
	seen->low = low;
	seen->high = high;
}

void lab_saw_exactly(struct lab *lab, unsigned measure, int64_t value)
{
	lab_saw(lab, measure, value, value);
}

void lab_saw_time(struct lab *lab, unsigned measure, struct moment from, struct moment to)
{
	lab_saw(lab, measure, to.after_ms - from.by_ms,
		to.by_ms == INT64_MAX ? INT64_MAX : to.by_ms - from.after_ms);
}

int64_t lab_patience_ms(const struct lab *lab, unsigned measure)
{
	int64_t low, high;

	expectation_bounds(&lab->arm->expects[measure], lab->hz, &low, &high);
	return (high == INT64_MAX ? low : high) + PATIENCE_MS;
}

/* The one door to the sysctls: no namespace but one of our own is ever written. */
int lab_check_secluded(const struct lab *lab, struct err *e)
{
	uint64_t inode, cookie;

	netns_identify(&inode, &cookie);
	if (inode != 0 && lab->host_inode != 0 && inode != lab->host_inode)
		return 0;
	return err_set(
		e, EPERM,
		"this is not known to be a network namespace of its own; nothing is "
		"written");
}

static int write_knob(const struct lab *lab, const char *key, const char *value,
		      struct err *e)
{
	int r = lab_check_secluded(lab, e);

	return r < 0 ? r : procfs_write_knob(lab->root_fd, key, value, e);
}

int lab_set(struct lab *lab, const char *key, const char *value, struct err *e)
{
	int r = write_knob(lab, key, value, e);

	if (r == 0)
		lab_say(lab, "%s is set to %s", key, value);
	return r;
}

int lab_read(struct lab *lab, const char *key, char **ret, struct err *e)
{
	struct reading reading;
	int r = procfs_read_knob(lab->root_fd, key, &reading);

	if (r < 0)
		return err_errno(e, -r, "cannot read '%s'", key);
	*ret = reading.value;
	return 0;
}

int lab_counter(struct lab *lab, const char *name, int64_t *ret, struct err *e)
{
	static const char *const files[] = { "proc/net/netstat", "proc/net/snmp" };

	for (size_t i = 0; i < 2; i++) {
		own_free char *text = NULL;
		struct tally tally = { 0 };
		int r = procfs_read(lab->root_fd, files[i], &text, NULL);

		if (r < 0)
			return err_errno(e, -r, "cannot read '/%s'", files[i]);
		counters_find(text, name, &tally);
		*ret = (int64_t)tally.n;
		if (tally.known)
			return 0;
	}
	return err_set(e, ENOENT, "this kernel has no counter '%s'", name);
}

int lab_count(int state, int64_t *ret, struct err *e)
{
	struct dump_source *source = NULL;
	struct census census;
	int r = sockdiag_open_live(&source, 1U << state, 0, e);

	if (r == 0)
		r = sockdiag_count(source, &census, e);
	sockdiag_close(&source);
	if (r == 0)
		*ret = (int64_t)census_total(&census, state);
	return r;
}

/* A new namespace has a loopback that is down. */
static int raise_loopback(struct err *e)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	own_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0)
		return 0;
	err_errno(e, errno, "the loopback of a new network namespace does not come up");
	/* as where AppArmor makes user namespaces that have no rights */
	if (e->code == EPERM)
		err_hint(e, "run as root");
	return -e->code;
}

/* "this kernel has no tcp_tw_reuse_delay, which came with Linux 6.14" */
static int lacks(const char *key, struct err *e)
{
	const struct knob *k = catalogue_find(key);

	return err_set(e, ENOENT, "this kernel has no %s%s%s", key,
		       k && k->since ? ", which came with " : "",
		       k && k->since ? k->since : "");
}

static int set_all(struct lab *lab, struct err *e)
{
	own_text struct text said = { 0 };

	for (const struct trial_setting *s = lab->arm->set; s->key; s++) {
		int r = write_knob(lab, s->key, s->value, e);

		if (r == -ENOENT) {
			lab->outcome->is_left_out = lab->arm->is_where_known;
			r = lacks(s->key, e);
		}
		if (r < 0)
			return r;
		text_add(&said, "%s%s = %s", said.n ? ", " : "", s->key, s->value);
	}
	if (said.at)
		lab_say(lab, "set: %s", said.at);
	return 0;
}

int lab_open(struct lab *lab, struct err *e)
{
	enum leave_step step;
	int r = leave_netns(&step);

	if (r < 0) {
		char why[160];

		leave_explain(-r, step, why, sizeof(why));
		err_set(e, -r, "no network namespace to work in: %s", why);
		if (r == -EPERM)
			err_hint(e, "run as root");
		return r;
	}
	r = lab_check_secluded(lab, e);
	if (r == 0)
		r = raise_loopback(e);
	if (r < 0)
		return r;
	lab->sockets = sighting_open(e);
	return lab->sockets ? set_all(lab, e) : -e->code;
}
