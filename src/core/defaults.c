/* SPDX-License-Identifier: MIT */
#include "core/defaults.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "core/memory.h"

enum {
	NR_OPEN = 1048576,     /* sysctl_nr_open in fs/file.c */
	FILES_MIN = 8192,      /* NR_FILE in include/linux/fs.h */
	TCP_PAGES_MIN = 128,   /* tcp_init_mem() in net/ipv4/tcp.c */
	SYN_BACKLOG_MIN = 128, /* tcp_sk_init() in net/ipv4/tcp_ipv4.c */
	PAGE_BYTES = 4096,
	KIB_PER_GIB = 1024 * 1024,
};

/* What the rules go by. */
struct host_facts {
	const struct snapshot *s;
	const struct memory_facts *m;
};

static bool is_shared_table_rule(enum knob_id id)
{
	return id == KNOB_MAX_TW_BUCKETS || id == KNOB_MAX_SYN_BACKLOG;
}

bool defaults_wants(enum knob_id id)
{
	return catalogue[id].origin == KNOB_ASKED || is_shared_table_rule(id);
}

static void forget(struct knob_default *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* It is unknown, because of that. */
static void forget(struct knob_default *d, const char *fmt, ...)
{
	va_list ap;

	free(d->value);
	*d = (struct knob_default){ .how = KNOB_UNKNOWN };
	va_start(ap, fmt);
	vsnprintf(d->why, sizeof(d->why), fmt, ap);
	va_end(ap);
}

/* It follows by that rule. */
static int put(struct knob_default *d, const char *value, const char *rule)
{
	free(d->value);
	*d = (struct knob_default){ .value = strdup(value), .how = KNOB_COMPUTED };
	snprintf(d->why, sizeof(d->why), "%s", rule);
	return d->value ? 0 : -ENOMEM;
}

static int put_number(struct knob_default *d, int64_t n, const char *rule)
{
	char value[24];

	snprintf(value, sizeof(value), "%" PRId64, n);
	return put(d, value, rule);
}

void defaults_put_asked(struct defaults *d, enum knob_id id, struct reading *r)
{
	struct knob_default *at = &d->at[id];

	if (!r->value) {
		forget(at, "%s",
		       r->error == ENOENT ? "a new namespace has no such file"
					  : strerror(r->error));
		return;
	}
	free(at->value);
	*at = (struct knob_default){ .value = r->value, .how = KNOB_ASKED };
	r->value = NULL;
}

/* Is it known that this machine has no such sysctl? Not where nothing could be read. */
static bool is_absent(const struct snapshot *s, enum knob_id id)
{
	if (s->knobs[id].error != ENOENT)
		return false;
	for (size_t i = 0; i < KNOB_N; i++)
		if (s->knobs[i].value)
			return true;
	return false;
}

/* Why a knob that is to be asked has no value. */
static void explain_unasked(struct defaults *d, const struct snapshot *s, enum knob_id id)
{
	const struct knob *k = &catalogue[id];
	struct knob_default *at = &d->at[id];

	if (is_absent(s, id) && k->module)
		forget(at, "the module %s is not loaded", k->module);
	else if (is_absent(s, id))
		forget(at, "this kernel does not have it");
	else if (d->trouble[0])
		forget(at, "no new namespace could be asked: %s", d->trouble);
	else if (!at->why[0])
		forget(at, "no new namespace was asked");
}

static void explain_unknown(struct knob_default *d, const struct knob *k)
{
	if (k->until)
		forget(d, "it was removed in %s", k->until);
	else if (k->group == KNOB_GROUP_GONE)
		forget(d, "only %s have it", k->since);
	else if (k->scope == KNOB_HOST)
		forget(d, "it is host-wide: a new namespace has none of its own");
	else
		forget(d, "a new namespace copies it from the initial one");
}

static int64_t magnitude(int64_t n)
{
	return n < 0 ? -n : n;
}

/* tcp_sk_init(): of the table of this namespace, which may be its own. */
static int derive_from_table(struct defaults *d, const struct snapshot *s,
			     enum knob_id id)
{
	struct knob_default *at = &d->at[id];
	int64_t n;

	if (snapshot_ehash_entries(s, &n)) {
		n = magnitude(n);
		if (id == KNOB_MAX_TW_BUCKETS)
			return put_number(at, n / 2, "half of |tcp_ehash_entries|");
		n /= 128;
		return put_number(at, n > SYN_BACKLOG_MIN ? n : SYN_BACKLOG_MIN,
				  "|tcp_ehash_entries| / 128, 128 at least");
	}
	/* from Linux 6.1 on the new namespace might have a table of another size */
	if (s->knobs[KNOB_EHASH_ENTRIES].error != ENOENT)
		forget(at, "tcp_ehash_entries, from which it follows, is not readable");
	else if (!at->value)
		explain_unasked(d, s, id);
	return 0;
}

/* tcp_init(): half of the host's table. Its own file is in the initial namespace only. */
static int derive_orphans(struct defaults *d, const struct snapshot *s)
{
	struct knob_default *at = &d->at[KNOB_MAX_ORPHANS];
	const struct knob_default *shared = &d->at[KNOB_MAX_TW_BUCKETS];
	int64_t n;

	if (!snapshot_ehash_entries(s, &n)) {
		if (shared->value)
			return put(at, shared->value,
				   "as many as a new namespace's tcp_max_tw_buckets");
		forget(at, "the size of the host's table of connections is not known");
		return 0;
	}
	if (n > 0 && !s->knobs[KNOB_MAX_ORPHANS].value) {
		forget(at,
		       "this namespace has a table of its own, and does not show the host's");
		return 0;
	}
	return put_number(at, magnitude(n) / 2, "half of |tcp_ehash_entries|");
}

/*
 * What was memory at boot and what is now differ by the initial file system and the
 * kernel's own beginnings, which are freed later: measured on Linux 6.1 in qemu 9 to 13 MiB
 * with an initrd of 1 MiB, 67 to 73 with one of 60, whatever the host's size; and by the
 * watermarks, which vm.min_free_kbytes moves. So: 128 MiB and one in a hundred, but never
 * more than a third.
 */
static void roughen(struct knob_default *d, int64_t total_kib)
{
	int64_t slack = 10 + 128 * INT64_C(1024) * 1000 / (total_kib > 0 ? total_kib : 1);

	if (!d->value)
		return;
	d->is_rough = true;
	d->slack = slack < 333 ? (unsigned)slack : 333;
}

/* -1: not known. In KiB, because MemTotal is. */
static int64_t total_kib(const struct memory_facts *m)
{
	int64_t pages = memory_pages(m);

	return pages >= 0 && m->page_bytes > 0 ? pages * (m->page_bytes / 1024)
					       : m->total_kib;
}

/* tcp_init_mem() in net/ipv4/tcp.c */
static int derive_tcp_mem(struct defaults *d, const struct memory_facts *m)
{
	struct knob_default *at = &d->at[KNOB_TCP_MEM];
	int64_t limit = memory_buffer_pages(m);
	char value[72];
	int r;

	if (limit < 0 || m->page_bytes < 0) {
		forget(at, "the host's memory is not known: no /proc/zoneinfo");
		return 0;
	}
	limit = limit / 16 > TCP_PAGES_MIN ? limit / 16 : TCP_PAGES_MIN;
	snprintf(value, sizeof(value), "%" PRId64 " %" PRId64 " %" PRId64, limit / 4 * 3,
		 limit, limit / 4 * 3 * 2);
	r = put(at, value,
		"a 16th of the memory for buffers, and 3/4 and 3/2 of that, as it was at boot");
	roughen(at, total_kib(m));
	return r;
}

/* files_maxfiles_init() in fs/file_table.c; nothing was in use yet. */
static int derive_file_max(struct defaults *d, const struct memory_facts *m)
{
	struct knob_default *at = &d->at[KNOB_FILE_MAX];
	int64_t kib = total_kib(m);
	int r;

	if (kib < 0) {
		forget(at, "the host's memory is not known: no /proc/meminfo");
		return 0;
	}
	r = put_number(at, kib / 10 > FILES_MIN ? kib / 10 : FILES_MIN,
		       "one for each 10 KiB of memory, as it was at boot");
	roughen(at, kib);
	return r;
}

/* nf_conntrack_init_start(), whose rule changed in Linux 5.15 */
struct conntrack_rule {
	unsigned of_4_gib; /* buckets of a host with more than that, */
	unsigned of_1_gib;
	unsigned least;
	unsigned factor; /* nf_conntrack_max for each bucket */
};

static const struct conntrack_rule conntrack_rules[] = {
	{ 65536, 16384, 32, 4 },
	{ 262144, 65536, 1024, 1 },
};

/* The rule of that kernel, or NULL: nobody can tell. */
static const struct conntrack_rule *conntrack_rule(const char *release)
{
	unsigned major, minor;

	if (sscanf(release, "%u.%u", &major, &minor) != 2)
		return NULL;
	if (major > 5 || (major == 5 && minor >= 15))
		return &conntrack_rules[1];
	/* Red Hat's 5.14 has much of later kernels */
	return strstr(release, ".el") ? NULL : &conntrack_rules[0];
}

/* Of a host that small; nf_ct_alloc_hashtable() fills whole pages with them. */
static int64_t buckets_of_little(int64_t kib, const struct memory_facts *m,
				 unsigned least)
{
	int64_t a_page = (m->page_bytes > 0 ? m->page_bytes : PAGE_BYTES) / m->word_bytes;
	int64_t n = kib * 1024 / 16384 / m->word_bytes;

	n = n > least ? n : least;
	return (n + a_page - 1) / a_page * a_page;
}

static int derive_conntrack(struct defaults *d, const struct host_facts *h,
			    enum knob_id id)
{
	const struct conntrack_rule *rule = conntrack_rule(h->s->host.kernel);
	struct knob_default *at = &d->at[id];
	int64_t kib = total_kib(h->m), n;
	int r;

	if (kib < 0 || h->m->word_bytes < 0) {
		forget(at, "the host's memory is not known: no /proc/meminfo");
		return 0;
	}
	if (!rule) {
		forget(at,
		       "which rule this kernel has, the one of Linux 5.15 or the one before, is not known");
		return 0;
	}
	if (kib > 4 * KIB_PER_GIB && (h->m->word_bytes == 8 || rule->factor > 1))
		n = rule->of_4_gib;
	else if (kib > KIB_PER_GIB)
		n = rule->of_1_gib;
	else
		n = buckets_of_little(kib, h->m, rule->least);
	if (id == KNOB_CT_MAX)
		r = put_number(at, n * rule->factor,
			       rule->factor > 1 ? "4 times the buckets by memory"
						: "as many as the buckets by memory");
	else
		r = put_number(at, n, "by memory, in steps at 1 and 4 GiB");
	if (kib <= KIB_PER_GIB)
		roughen(at, kib);
	return r;
}

/* Its file is read-only: what it says is what the boot made it. */
static int derive_table(struct defaults *d, const struct snapshot *s)
{
	const struct reading *here = &s->knobs[KNOB_EHASH_ENTRIES];

	if (here->value)
		return put(&d->at[KNOB_EHASH_ENTRIES], here->value, "nobody can set it");
	forget(&d->at[KNOB_EHASH_ENTRIES], "%s",
	       here->error == ENOENT ? "this kernel does not tell it"
				     : strerror(here->error));
	return 0;
}

static int derive(struct defaults *d, const struct host_facts *h, enum knob_id id)
{
	switch (id) {
	case KNOB_EHASH_ENTRIES:
		return derive_table(d, h->s);
	case KNOB_MAX_TW_BUCKETS:
	case KNOB_MAX_SYN_BACKLOG:
		return derive_from_table(d, h->s, id);
	case KNOB_MAX_ORPHANS:
		return derive_orphans(d, h->s);
	case KNOB_TCP_MEM:
		return derive_tcp_mem(d, h->m);
	case KNOB_CT_MAX:
	case KNOB_CT_BUCKETS:
		return derive_conntrack(d, h, id);
	case KNOB_FILE_MAX:
		return derive_file_max(d, h->m);
	case KNOB_NR_OPEN:
		return put_number(&d->at[id], NR_OPEN, "a constant of the kernel");
	default:
		forget(&d->at[id], "its rule is not known");
		return 0;
	}
}

int defaults_compute(struct defaults *d, const struct snapshot *s,
		     const struct memory_facts *m)
{
	const struct host_facts h = { s, m };
	int r = 0;

	/* tcp_max_orphans, which may follow from tcp_max_tw_buckets, is behind it */
	for (size_t i = 0; i < KNOB_N && r == 0; i++) {
		const struct knob *k = &catalogue[i];

		if (k->origin == KNOB_COMPUTED)
			r = derive(d, &h, (enum knob_id)i);
		else if (k->origin == KNOB_UNKNOWN)
			explain_unknown(&d->at[i], k);
		else if (!d->at[i].value)
			explain_unasked(d, s, (enum knob_id)i);
	}
	return r;
}

/* Is each number of `value` within `slack` thousandths of the default's? */
static bool is_near(const char *value, const char *standard, unsigned slack)
{
	for (;;) {
		size_t n = strcspn(value, " "), n_standard = strcspn(standard, " ");
		int64_t a, b;

		if (!num_parse_n(value, n, 0, INT64_MAX, &a) ||
		    !num_parse_n(standard, n_standard, 0, INT64_MAX, &b))
			return false;
		if (magnitude(a - b) > (int64_t)((double)b * slack / 1000))
			return false;
		value += n;
		standard += n_standard;
		if (*value == '\0' || *standard == '\0')
			return *value == *standard;
		value++;
		standard++;
	}
}

bool default_is(const struct knob *k, const struct knob_default *d, const char *value)
{
	if (!d->value || !value)
		return false;
	return knob_equal(k, d->value, value) ||
	       (d->is_rough && is_near(value, d->value, d->slack));
}

void defaults_done(struct defaults *d)
{
	for (size_t i = 0; i < KNOB_N; i++)
		free(d->at[i].value);
	*d = (struct defaults){ 0 };
}
