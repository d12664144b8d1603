/* SPDX-License-Identifier: MIT */
#include "sys/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "core/snapshot.h"
#include "sys/clock.h"
#include "sys/netns.h"
#include "sys/procfs.h"
#include "sys/survey.h"

int machine_open(struct machine *m, const char *dir, bool is_image, struct err *e)
{
	int fd = procfs_open_root(dir ? dir : "/", e);
	own_fd int net_fd = -1;

	if (fd < 0)
		return fd;
	net_fd = procfs_open(fd, "proc/sys/net", O_PATH | O_DIRECTORY);
	if (net_fd < 0 && dir && !is_image) {
		close(fd);
		err_set(e, ENOENT,
			"'%s' is no recorded machine: it has no 'proc/sys/net'", dir);
		err_hint(e, "finwait snapshot DIR makes one");
		return -ENOENT;
	}
	*m = (struct machine){ .root_fd = fd, .is_live = !dir };
	return 0;
}

void machine_close(struct machine *m)
{
	if (m->root_fd >= 0)
		close(m->root_fd);
	m->root_fd = -1;
}

static void read_word(const struct machine *m, const char *path, char *ret, size_t size)
{
	own_free char *text = NULL;

	if (procfs_read(m->root_fd, path, &text, NULL) < 0)
		return;
	knob_normalise(text);
	snprintf(ret, size, "%s", text);
}

void machine_read_clocks(struct host *host)
{
	host->boottime_ms = clock_boottime_ms();
	host->now_ms = clock_wall_ms();
}

int64_t machine_uptime_ms(const struct machine *m)
{
	own_free char *text = NULL;
	double seconds;

	if (procfs_read(m->root_fd, "proc/uptime", &text, NULL) < 0 ||
	    sscanf(text, "%lf", &seconds) != 1 || !(seconds >= 0 && seconds < 1e12))
		return -1;
	return (int64_t)(seconds * 1000);
}

/*
 * tcp_max_orphans is in init_net alone (ipv4_table in net/ipv4/sysctl_net_ipv4.c), and
 * everybody may see whether it is there.
 */
static enum boot_netns find_boot_netns(const struct machine *m)
{
	enum boot_netns found = netns_find_boot();
	own_fd int fd = -1;

	if (found != BOOT_NETNS_UNKNOWN)
		return found;
	fd = procfs_open(m->root_fd, "proc/sys/net/ipv4/tcp_max_orphans", O_PATH);
	return fd < 0 ? BOOT_NETNS_UNKNOWN : BOOT_NETNS_LIKELY;
}

void machine_identify(const struct machine *m, struct host *ret)
{
	own_fd int link_fd = -1;
	char link[64] = "", word[16] = "";
	ssize_t n;

	*ret = (struct host){ 0 };
	read_word(m, "proc/sys/kernel/random/boot_id", ret->boot_id,
		  sizeof(ret->boot_id));
	read_word(m, "proc/sys/kernel/osrelease", ret->kernel, sizeof(ret->kernel));
	if (m->netns_name)
		snprintf(ret->netns_name, sizeof(ret->netns_name), "%s", m->netns_name);
	if (m->netns_label)
		snprintf(ret->netns_label, sizeof(ret->netns_label), "%s",
			 m->netns_label);
	machine_read_clocks(ret);
	read_word(m, MACHINE_BOOT_NETNS, word, sizeof(word));
	ret->boot_netns = m->is_live ? find_boot_netns(m) : boot_netns_parse(word);
	if (m->is_live) {
		netns_identify(&ret->netns_inode, &ret->netns_cookie);
		return;
	}
	link_fd = procfs_open(m->root_fd, "proc/self/ns/net", O_PATH | O_NOFOLLOW);
	n = link_fd < 0 ? -1 : readlinkat(link_fd, "", link, sizeof(link) - 1);
	if (n > 0)
		(void)sscanf(link, "net:[%lu]", &ret->netns_inode);
}

static const char *absence(const struct knob *k, const struct reading *r)
{
	if (r->error != ENOENT)
		return strerror(r->error);
	if (k->scope == KNOB_HOST)
		return "host-wide, and not visible in this network namespace";
	return k->since ? k->since : "this kernel does not have it";
}

static void read_knobs(const struct machine *m, bool is_whole, struct snapshot *s)
{
	for (size_t i = 0; i < KNOB_N; i++) {
		const struct knob *k = &catalogue[i];
		bool is_new = k->since;

		if (!is_whole && !k->is_audited && i != KNOB_EHASH_ENTRIES)
			continue;
		if (procfs_read_knob(m->root_fd, k->name, &s->knobs[i]) == 0 ||
		    !k->is_audited)
			continue;
		snapshot_add_unanswered(
			s, catalogue_short_name(k), "%s%s",
			is_new && s->knobs[i].error == ENOENT
				? "this kernel does not have it; it came with "
				: "",
			absence(k, &s->knobs[i]));
	}
}

static bool read_text(const struct machine *m, struct snapshot *s, const char *path,
		      const char *id, char **ret)
{
	int r = procfs_read(m->root_fd, path, ret, NULL);

	if (r < 0)
		snapshot_add_unanswered(s, id, "%s", strerror(-r));
	return r == 0;
}

static void read_counters(const struct machine *m, struct snapshot *s)
{
	own_free char *netstat = NULL, *snmp = NULL;

	if (read_text(m, s, "proc/net/netstat", "netstat", &netstat))
		counters_parse(&s->counters, netstat);
	if (read_text(m, s, "proc/net/snmp", "snmp", &snmp))
		counters_parse(&s->counters, snmp);
}

static void read_sockstat(const struct machine *m, struct snapshot *s)
{
	own_free char *sockstat = NULL, *sockstat6 = NULL;
	int r;

	if (read_text(m, s, "proc/net/sockstat", "sockstat", &sockstat))
		sockstat_parse(&s->sockstat, sockstat);
	/* a host without IPv6 has no such file: there is nothing to answer */
	r = procfs_read(m->root_fd, "proc/net/sockstat6", &sockstat6, NULL);
	if (r == 0)
		sockstat_parse(&s->sockstat, sockstat6);
	else if (r != -ENOENT)
		snapshot_add_unanswered(s, "sockstat6", "%s", strerror(-r));
}

static void read_usage(const struct machine *m, struct usage *u)
{
	own_free char *tracked = NULL, *files = NULL, *neighbours = NULL;

	if (procfs_read(m->root_fd, "proc/sys/net/netfilter/nf_conntrack_count", &tracked,
			NULL) == 0)
		usage_parse_number(&u->tracked, tracked);
	if (procfs_read(m->root_fd, "proc/sys/fs/file-nr", &files, NULL) == 0)
		usage_parse_number(&u->files, files);
	if (procfs_read(m->root_fd, "proc/net/stat/arp_cache", &neighbours, NULL) == 0)
		usage_parse_neighbours(&u->neighbours, neighbours);
}

int machine_read_more(const struct machine *m, unsigned parts, struct snapshot *s,
		      struct err *e)
{
	static const struct survey everything = { 0 },
				   listeners = { .states = 1 << TCP_LISTEN };
	int r = 0;

	if (parts & MACHINE_KNOBS)
		read_knobs(m, parts & MACHINE_CATALOGUE, s);
	if (parts & MACHINE_COUNTERS)
		read_counters(m, s);
	if (parts & (MACHINE_SOCKETS | MACHINE_LISTENERS))
		r = survey_take(m, parts & MACHINE_SOCKETS ? &everything : &listeners, s,
				e);
	/* as close to the census as can be: the two are reconciled */
	if (parts & MACHINE_SOCKSTAT)
		read_sockstat(m, s);
	if (parts & MACHINE_USAGE)
		read_usage(m, &s->usage);
	return r;
}

int machine_read(const struct machine *m, unsigned parts, struct snapshot *ret,
		 struct err *e)
{
	int r;

	*ret = (struct snapshot){ 0 };
	machine_identify(m, &ret->host);
	r = machine_read_more(m, parts, ret, e);
	if (r < 0)
		snapshot_done(ret);
	return r;
}

int machine_check_writable(const struct machine *m, struct err *e)
{
	own_fd int mark = -1, proc = -1;
	struct statfs fs;

	if (m->is_live)
		return 0;
	mark = procfs_open(m->root_fd, ".finwait-test", O_RDONLY | O_NONBLOCK);
	proc = procfs_open(m->root_fd, "proc/sys", O_RDONLY | O_DIRECTORY);
	if (mark >= 0 && proc >= 0 && fstatfs(proc, &fs) == 0 &&
	    fs.f_type != PROC_SUPER_MAGIC)
		return 0;
	return err_set(e, EPERM, "a tree given by --root is read, never changed");
}

int machine_check_identity(const struct host *host, struct err *e)
{
	if (host->boot_id[0] && host->netns_inode)
		return 0;
	return err_set(
		e, ENODATA,
		"cannot tell this boot or network namespace from another, and so could not undo it: "
		"'/proc/%s' is not readable",
		host->boot_id[0] ? "self/ns/net" : "sys/kernel/random/boot_id");
}
