/* SPDX-License-Identifier: MIT */
#include "core/kubeconfig.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A line's setting and its value, without the quotes and commas of YAML and JSON. */
static bool split(struct span line, char separator, struct span *ret_key,
		  struct span *ret_value)
{
	if (line.n > 0 && line.at[line.n - 1] == ',')
		line = span_trim((struct span){ line.at, line.n - 1 });
	if (line.n == 0 || *line.at == '#' ||
	    !span_split(line, separator, ret_key, ret_value))
		return false;
	*ret_key = span_unquote(*ret_key);
	*ret_value = span_unquote(*ret_value);
	return true;
}

static bool is_true(struct span value)
{
	static const char *const words[] = { "true", "True", "TRUE", NULL };

	return span_is_any(value, words);
}

/* net.core.* and the like; what follows is a word of the list. */
static void add_patterns(struct span list, struct names *to)
{
	struct span word;

	while (span_word(&list, " \t\"',[]", &word))
		if (span_has_only(word, "._-/*") && memchr(word.at, '.', word.n))
			names_add(to, word);
}

void kubelet_parse(struct span text, struct kubelet_config *ret)
{
	bool is_list = false;
	struct span line, key, value;

	while (span_line(&text, &line, NULL)) {
		if (line.n == 0 || *line.at == '#')
			continue;
		if (split(line, ':', &key, &value)) {
			is_list = span_is(key, "allowedUnsafeSysctls");
			if (is_list)
				add_patterns(value, &ret->unsafe);
			else if (span_is(key, "protectKernelDefaults"))
				ret->protects = is_true(value);
		} else if (is_list) {
			add_patterns(*line.at == '-'
					     ? (struct span){ line.at + 1, line.n - 1 }
					     : line,
				     &ret->unsafe);
		}
	}
}

void kubelet_keys(const struct kubelet_config *config, struct names *to)
{
	static const char *const keys[] = {
		"vm.overcommit_memory",
		"vm.panic_on_oom",
		"kernel.panic",
		"kernel.panic_on_oops",
		"kernel.keys.root_maxkeys",
		"kernel.keys.root_maxbytes",
	};

	for (size_t i = 0; i < COUNT(keys) && !config->protects; i++)
		names_add(to, span_of(keys[i]));
}

void kubelet_pod_keys(const struct kubelet_config *config, struct names *to)
{
	/* pkg/kubelet/sysctl, SafeSysctlAllowlist(); those of TCP since 1.29 and 1.32 */
	static const char *const safe[] = {
		"kernel.shm_rmid_forced",	    "net.ipv4.ip_local_port_range",
		"net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.ping_group_range",	    "net.ipv4.tcp_fin_timeout",
		"net.ipv4.tcp_keepalive_intvl",	    "net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_keepalive_time",	    "net.ipv4.tcp_rmem",
		"net.ipv4.tcp_syncookies",	    "net.ipv4.tcp_wmem",
	};

	for (size_t i = 0; i < COUNT(safe); i++)
		names_add(to, span_of(safe[i]));
	names_join(to, &config->unsafe);
}

/* A mode of kube-proxy, which decides what it writes besides. */
enum mode { IPTABLES = 1, IPVS = 2, NFTABLES = 4, EVERY = 7 };

enum need {
	BY_DEFAULT, /* 0 or false leaves the sysctl alone */
	IF_SET,	    /* to anything else */
};

static const struct {
	const char *setting, *option; /* in a configuration file, and on a command line */
	enum mode modes;
	enum need need;
	const char *key;
} proxy_rows[] = {
	{ "maxPerCore", "--conntrack-max-per-core", EVERY, BY_DEFAULT,
	  "net.netfilter.nf_conntrack_max" },
	/* the same variable of the kernel by its older name */
	{ "maxPerCore", "--conntrack-max-per-core", EVERY, BY_DEFAULT,
	  "net.nf_conntrack_max" },
	{ "tcpEstablishedTimeout", "--conntrack-tcp-timeout-established", EVERY,
	  BY_DEFAULT, "net.netfilter.nf_conntrack_tcp_timeout_established" },
	{ "tcpCloseWaitTimeout", "--conntrack-tcp-timeout-close-wait", EVERY, BY_DEFAULT,
	  "net.netfilter.nf_conntrack_tcp_timeout_close_wait" },
	{ "tcpBeLiberal", "--conntrack-tcp-be-liberal", EVERY, IF_SET,
	  "net.netfilter.nf_conntrack_tcp_be_liberal" },
	{ "udpTimeout", "--conntrack-udp-timeout", EVERY, IF_SET,
	  "net.netfilter.nf_conntrack_udp_timeout" },
	{ "udpStreamTimeout", "--conntrack-udp-timeout-stream", EVERY, IF_SET,
	  "net.netfilter.nf_conntrack_udp_timeout_stream" },
	{ "localhostNodePorts", "--iptables-localhost-nodeports", IPTABLES, BY_DEFAULT,
	  "net.ipv4.conf.all.route_localnet" },
	{ NULL, NULL, IPVS, BY_DEFAULT, "net.ipv4.vs.conntrack" },
	/* only before Linux 5.9 */
	{ NULL, NULL, IPVS, BY_DEFAULT, "net.ipv4.vs.conn_reuse_mode" },
	{ NULL, NULL, IPVS, BY_DEFAULT, "net.ipv4.vs.expire_nodest_conn" },
	{ NULL, NULL, IPVS, BY_DEFAULT, "net.ipv4.vs.expire_quiescent_template" },
	{ NULL, NULL, IPVS, BY_DEFAULT, "net.ipv4.ip_forward" },
	{ NULL, NULL, IPVS, BY_DEFAULT, "net.ipv4.conf.all.forwarding" },
	{ "strictARP", "--ipvs-strict-arp", IPVS, IF_SET,
	  "net.ipv4.conf.all.arp_ignore" },
	{ "strictARP", "--ipvs-strict-arp", IPVS, IF_SET,
	  "net.ipv4.conf.all.arp_announce" },
};

/* A walk through what a text sets. */
struct settings {
	struct span text, line;
};

/*
 * The next "setting: value", or of a line with options the next "--x=value"; an option alone
 * is "true".
 */
static bool next_setting(struct settings *from, struct span *ret_key,
			 struct span *ret_value)
{
	struct span word;

	for (;;) {
		while (span_word(&from->line, " \t\"',[]", &word)) {
			if (!span_starts(word, "--"))
				continue;
			if (!span_split(word, '=', ret_key, ret_value)) {
				*ret_key = word;
				*ret_value = span_of("true");
			}
			return true;
		}
		if (!span_line(&from->text, &from->line, NULL))
			return false;
		if (!span_find(from->line, "--")) {
			bool is_setting = split(from->line, ':', ret_key, ret_value);

			from->line.n = 0;
			if (is_setting)
				return true;
		}
	}
}

/* "0", "0s", "0h0m0s" */
static bool is_zero(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!strchr("0hmsnu.", value.at[i]))
			return false;
	return true;
}

static bool is_false(struct span value)
{
	static const char *const words[] = { "false", "False", "FALSE", NULL };

	return span_is_any(value, words);
}

static bool is_null(struct span value)
{
	static const char *const words[] = { "", "null", "~", NULL };

	return span_is_any(value, words);
}

/* What a file says of a row: true, false, or as by default. */
static void judge(struct span text, size_t row, bool *is_written)
{
	struct settings settings = { .text = text };
	struct span key, value;

	while (next_setting(&settings, &key, &value)) {
		if (is_null(value) || (!span_is(key, proxy_rows[row].setting) &&
				       !span_is(key, proxy_rows[row].option)))
			continue;
		*is_written = !is_zero(value) && !is_false(value);
	}
}

static enum mode read_mode(struct span text)
{
	enum mode mode = IPTABLES;
	struct settings settings = { .text = text };
	struct span key, value;

	while (next_setting(&settings, &key, &value)) {
		if (!span_is(key, "mode") && !span_is(key, "--proxy-mode"))
			continue;
		mode = span_is(value, "ipvs")	    ? IPVS
		       : span_is(value, "nftables") ? NFTABLES
						    : IPTABLES;
	}
	return mode;
}

void kube_proxy_keys(struct span text, struct names *to)
{
	enum mode mode = read_mode(text);

	for (size_t i = 0; i < COUNT(proxy_rows); i++) {
		bool is_written = proxy_rows[i].need != IF_SET;

		if (proxy_rows[i].setting)
			judge(text, i, &is_written);
		if (is_written && (proxy_rows[i].modes & mode))
			names_add(to, span_of(proxy_rows[i].key));
	}
}

/* An item of allowedUnsafeSysctls; other lists may hold addresses. */
static bool is_pattern(struct span word)
{
	return (span_starts(word, "net.") || span_starts(word, "kernel.") ||
		span_starts(word, "fs.mqueue.")) &&
	       span_has_only(word, "._-/*");
}

bool kubelet_line_counts(struct span line)
{
	struct span key, value, item = line;

	if (split(line, ':', &key, &value))
		/* the name of another list ends this one */
		return span_find(key, "Sysctls") ||
		       span_is(key, "protectKernelDefaults") || value.n == 0;
	if (item.n > 0 && *item.at == '-')
		item = span_trim((struct span){ item.at + 1, item.n - 1 });
	if (item.n > 0 && item.at[item.n - 1] == ',')
		item.n--;
	return is_pattern(span_unquote(span_trim(item)));
}

bool kube_proxy_line_counts(struct span line)
{
	struct settings settings = { .text = line };
	struct span key, value;

	while (next_setting(&settings, &key, &value)) {
		if (span_is(key, "mode") || span_is(key, "--proxy-mode"))
			return true;
		for (size_t i = 0; i < COUNT(proxy_rows); i++)
			if (proxy_rows[i].setting &&
			    (span_is(key, proxy_rows[i].setting) ||
			     span_is(key, proxy_rows[i].option)))
				return true;
	}
	return false;
}
