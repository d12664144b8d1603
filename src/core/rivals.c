/* SPDX-License-Identifier: MIT */
#include "core/rivals.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/cloudconfig.h"
#include "core/kubeconfig.h"
#include "core/networkfile.h"
#include "core/saptunenote.h"
#include "core/tunedprofile.h"

struct rival *rivals_add(struct rivals *ms, const char *name, const char *evidence)
{
	struct rival *at = realloc(ms->at, (ms->n + 1) * sizeof(*at)), *m;

	if (!at)
		return NULL;
	ms->at = at;
	m = &at[ms->n++];
	*m = (struct rival){ 0 };
	snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->evidence, sizeof(m->evidence), "/%s", evidence);
	return m;
}

void rival_fail(struct rival *m, const char *fmt, ...)
{
	va_list ap;

	if (m->error[0])
		return;
	va_start(ap, fmt);
	vsnprintf(m->error, sizeof(m->error), fmt, ap);
	va_end(ap);
}

int rival_take_keys(struct rival *m, struct names *names)
{
	bool is_broken = names->broken;

	if (names->is_cut)
		rival_fail(m, "it names more than %d sysctls", NAMES_MAX);
	m->keys = names->at;
	m->n_keys = names->n;
	*names = (struct names){ 0 };
	return is_broken ? -ENOMEM : 0;
}

bool rival_writes(const struct rival *m, const char *key)
{
	for (size_t i = 0; i < m->n_keys; i++)
		/* the name of an interface may hold a '[' or a '?' of a pattern, too */
		if (strcmp(m->keys[i], key) == 0 ||
		    (strpbrk(m->keys[i], "*?[") &&
		     fnmatch(m->keys[i], key, FNM_NOESCAPE) == 0))
			return true;
	return false;
}

bool rival_writes_here(const struct rival *m, const char *key)
{
	return !m->in_pods && rival_writes(m, key);
}

void rivals_done(struct rivals *ms)
{
	for (size_t i = 0; i < ms->n; i++) {
		for (size_t k = 0; k < ms->at[i].n_keys; k++)
			free(ms->at[i].keys[k]);
		free(ms->at[i].keys);
	}
	free(ms->at);
	*ms = (struct rivals){ 0 };
}

void rivals_bpftune_keys(struct names *to)
{
	/*
	 * the tunables of its tuners that are written somewhere: tcp_max_orphans,
	 * tcp_congestion_control and some more are declared and never are
	 */
	static const char *const keys[] = {
		"net.core.flow_limit_cpu_bitmap",
		"net.core.high_order_alloc_disable",
		"net.core.netdev_budget",
		"net.core.netdev_budget_usecs",
		"net.core.netdev_max_backlog",
		"net.core.rmem_default",
		"net.core.rmem_max",
		"net.ipv4.ipfrag_high_thresh",
		"net.ipv4.neigh.default.gc_thresh1",
		"net.ipv4.neigh.default.gc_thresh2",
		"net.ipv4.neigh.default.gc_thresh3",
		"net.ipv4.tcp_allowed_congestion_control",
		"net.ipv4.tcp_max_syn_backlog",
		"net.ipv4.tcp_mem",
		"net.ipv4.tcp_moderate_rcvbuf",
		"net.ipv4.tcp_no_metrics_save",
		"net.ipv4.tcp_no_ssthresh_metrics_save",
		"net.ipv4.tcp_rmem",
		"net.ipv4.tcp_syncookies",
		"net.ipv4.tcp_wmem",
		"net.ipv4.udp_mem",
		"net.ipv6.ip6frag_high_thresh",
		"net.ipv6.neigh.default.gc_thresh1",
		"net.ipv6.neigh.default.gc_thresh2",
		"net.ipv6.neigh.default.gc_thresh3",
		"net.ipv6.route.max_size",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		names_add(to, span_of(keys[i]));
}

/* A value or a comment in which no name of a host and no address can stand. */
static bool is_plain(struct span line)
{
	struct span key, value;

	return !span_split(line, '=', &key, &value) || value.n == 0 ||
	       span_has_only(value, "_+-, \t\"'<>=${}");
}

static bool line_counts(enum rival_file kind, struct span line, bool is_public)
{
	switch (kind) {
	case RIVAL_NAMES:
		return true;
	case RIVAL_TUNED:
		return tuned_line_counts(line, is_public) &&
		       (!is_public || is_plain(line));
	case RIVAL_SAPTUNE_CONFIG:
		return saptune_config_counts(line);
	case RIVAL_SAPTUNE_NOTE:
		return saptune_note_counts(line, is_public) &&
		       (!is_public || is_plain(line));
	case RIVAL_SAPTUNE_SOLUTION:
		return saptune_solution_counts(line);
	case RIVAL_NETWORKD:
		return network_line_counts(line, is_public);
	case RIVAL_KUBELET:
		return kubelet_line_counts(line);
	case RIVAL_KUBE_PROXY:
		return kube_proxy_line_counts(line);
	case RIVAL_PRESENCE:
	case RIVAL_CLOUD:
	case RIVAL_PRIVATE:
		break;
	}
	return false;
}

void rivals_redact(struct text *to, enum rival_file kind, const char *bytes, size_t n,
		   bool is_public)
{
	struct span rest = { bytes, n }, line;
	size_t indent;

	if (kind == RIVAL_CLOUD)
		cloud_redact(to, rest, is_public);
	else if (kind != RIVAL_PRESENCE && kind != RIVAL_PRIVATE)
		while (span_line(&rest, &line, &indent)) {
			if (line_counts(kind, line, is_public))
				text_add_bytes(to, line.at - indent, line.n + indent);
			text_add_bytes(to, "\n", 1);
		}
}
