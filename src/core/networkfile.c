/* SPDX-License-Identifier: MIT */
#include "core/networkfile.h"

#include <stdio.h>
#include <string.h>

#include "core/knob.h"

/*
 * Which value of a setting causes the write. systemd up to 255 knew IPForward=, and switched
 * forwarding on for the whole host, with IPMasquerade= too; since 256 there are
 * IPv4Forwarding= and IPv6Forwarding=, for one interface. Which one runs here is not known,
 * so both count.
 */
/* IPMasquerade=yes is IPv4 alone */
enum cause { ANY, ON, NOT_KERNEL, IPV4, IPV6, IPV6_NAMED };

static const struct {
	const char *setting;
	enum cause cause;
	const char *key; /* '%' is the interface */
} rows[] = {
	{ "IPForward", IPV4, "net.ipv4.ip_forward" },
	{ "IPForward", IPV4, "net.ipv4.conf.all.forwarding" },
	{ "IPForward", IPV4, "net.ipv4.conf.%.forwarding" },
	{ "IPForward", IPV6, "net.ipv6.conf.all.forwarding" },
	{ "IPForward", IPV6, "net.ipv6.conf.%.forwarding" },
	{ "IPv4Forwarding", ANY, "net.ipv4.conf.%.forwarding" },
	{ "IPv6Forwarding", ANY, "net.ipv6.conf.%.forwarding" },
	{ "IPMasquerade", IPV4, "net.ipv4.ip_forward" },
	{ "IPMasquerade", IPV4, "net.ipv4.conf.all.forwarding" },
	{ "IPMasquerade", IPV4, "net.ipv4.conf.%.forwarding" },
	{ "IPMasquerade", IPV6_NAMED, "net.ipv6.conf.all.forwarding" },
	{ "IPMasquerade", IPV6_NAMED, "net.ipv6.conf.%.forwarding" },
	{ "IPv6SendRA", ON, "net.ipv6.conf.%.forwarding" },
	{ "IPv4ProxyARP", ANY, "net.ipv4.conf.%.proxy_arp" },
	{ "ProxyARP", ANY, "net.ipv4.conf.%.proxy_arp" },
	{ "IPv4ProxyARPPrivateVLAN", ANY, "net.ipv4.conf.%.proxy_arp_pvlan" },
	{ "IPv4ReversePathFilter", ANY, "net.ipv4.conf.%.rp_filter" },
	{ "IPv4AcceptLocal", ANY, "net.ipv4.conf.%.accept_local" },
	{ "IPv4RouteLocalnet", ANY, "net.ipv4.conf.%.route_localnet" },
	{ "IPv6PrivacyExtensions", NOT_KERNEL, "net.ipv6.conf.%.use_tempaddr" },
	{ "IPv6DuplicateAddressDetection", ANY, "net.ipv6.conf.%.dad_transmits" },
	{ "IPv6HopLimit", ANY, "net.ipv6.conf.%.hop_limit" },
	{ "IPv6RetransmissionTimeSec", ANY, "net.ipv6.neigh.%.retrans_time_ms" },
	{ "IPv6MTUBytes", ANY, "net.ipv6.conf.%.mtu" },
	{ "IPv6StableSecretAddress", ANY, "net.ipv6.conf.%.stable_secret" },
};

/* For every interface that has a .network file. */
static const char *const always[] = {
	"net.ipv4.conf.%.promote_secondaries",
	"net.ipv6.conf.%.disable_ipv6",
	"net.ipv6.conf.%.accept_ra",
	"net.ipv6.conf.%.proxy_ndp",
};

static bool is_on(struct span value)
{
	static const char *const words[] = { "yes", "true", "on",   "1",
					     "y",   "t",    "both", NULL };

	return span_is_any(value, words);
}

static bool causes(enum cause cause, struct span value)
{
	switch (cause) {
	case ON:
		return is_on(value);
	case NOT_KERNEL:
		return !span_is(value, "kernel");
	case IPV4:
		return is_on(value) || span_is(value, "ipv4");
	case IPV6:
		return is_on(value) || span_is(value, "ipv6");
	case IPV6_NAMED:
		return span_is(value, "both") || span_is(value, "ipv6");
	case ANY:
		break;
	}
	return true;
}

static bool is_known(struct span setting)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_is(setting, rows[i].setting))
			return true;
	return false;
}

/* A later line of a setting wins, and an empty value takes it back. */
static void set(struct names *settings, struct span setting, struct span value)
{
	char line[96];
	size_t n = setting.n;

	for (size_t i = 0; i < settings->n; i++)
		if (strncmp(settings->at[i], setting.at, n) == 0 &&
		    settings->at[i][n] == '=') {
			names_remove(settings, span_of(settings->at[i]));
			break;
		}
	if (value.n == 0)
		return;
	/* a secret it may be, and longer than any that is looked at */
	if (n + value.n + 2 > sizeof(line) || span_is(setting, "IPv6StableSecretAddress"))
		value = span_of("?");
	snprintf(line, sizeof(line), "%.*s=%.*s", (int)n, setting.at, (int)value.n,
		 value.at);
	names_add(settings, span_of(line));
}

/* Name=, of which one with '!' matches all others. */
static void add_interfaces(struct network_file *file, struct span value)
{
	struct span word;

	if (value.n == 0)
		names_done(&file->interfaces);
	if (value.n > 0 && *value.at == '!')
		value = span_of("*");
	while (span_word(&value, " \t", &word))
		names_add(&file->interfaces, word);
}

void network_file_add(struct network_file *file, struct span text)
{
	struct span section = span_of(""), line, key, value;

	while (span_line(&text, &line, NULL)) {
		if (line.n == 0 || strchr("#;", *line.at))
			continue;
		if (*line.at == '[') {
			section = line;
			continue;
		}
		if (!span_split(line, '=', &key, &value))
			continue;
		if (span_is(section, "[Match]") && span_is(key, "Name"))
			add_interfaces(file, value);
		else if (span_is(section, "[Network]") && is_known(key))
			set(&file->settings, key, value);
		else if (span_is(section, "[Link]") && span_is(key, "Unmanaged"))
			file->is_unmanaged = is_on(value);
	}
}

/* The key with an interface in it, where a dot of its name is a slash. */
static void add_key(struct names *to, const char *pattern, const char *interface)
{
	const char *at = strchr(pattern, '%');
	char key[KNOB_KEY_MAX];
	size_t n = at ? (size_t)(at - pattern) : 0;

	if (!at) {
		names_add(to, span_of(pattern));
		return;
	}
	/* IFNAMSIZ is 16, but a pattern may be longer */
	if (strlen(pattern) + strlen(interface) >= sizeof(key))
		interface = "*";
	snprintf(key, sizeof(key), "%.*s%s%s", (int)n, pattern, interface, at + 1);
	for (char *p = key + n; p < key + n + strlen(interface); p++)
		if (*p == '.')
			*p = '/';
	names_add(to, span_of(key));
}

static void add_keys(const struct network_file *file, struct names *to,
		     const char *interface)
{
	for (size_t i = 0; i < file->settings.n; i++) {
		struct span setting, value;

		if (!span_split(span_of(file->settings.at[i]), '=', &setting, &value))
			continue;
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			if (span_is(setting, rows[k].setting) &&
			    causes(rows[k].cause, value))
				add_key(to, rows[k].key, interface);
	}
}

void network_file_keys(const struct network_file *file, struct names *to)
{
	size_t n = file->interfaces.n ? file->interfaces.n : 1;

	for (size_t i = 0; i < n && !file->is_unmanaged; i++) {
		const char *interface = file->interfaces.n ? file->interfaces.at[i] : "*";

		for (size_t k = 0; k < sizeof(always) / sizeof(always[0]); k++)
			add_key(to, always[k], interface);
		add_keys(file, to, interface);
	}
	names_join(to, &(struct names){ .broken = file->interfaces.broken ||
						  file->settings.broken,
					.is_cut = file->interfaces.is_cut });
}

void network_conf_keys(const struct network_file *conf, struct names *to)
{
	add_keys(conf, to, "*");
	/* another name of net.ipv4.conf.all.forwarding */
	if (names_has(to, span_of("net.ipv4.conf.*.forwarding")))
		names_add(to, span_of("net.ipv4.ip_forward"));
	to->broken |= conf->settings.broken;
}

bool network_line_counts(struct span line, bool is_public)
{
	struct span key, value;

	if (line.n > 0 && *line.at == '[')
		return true;
	if (line.n == 0 || strchr("#;", *line.at) || !span_split(line, '=', &key, &value))
		return false;
	if (span_is(key, "Name"))
		return !is_public;
	return span_is(key, "Unmanaged") ||
	       (is_known(key) && !span_is(key, "IPv6StableSecretAddress"));
}

void network_file_done(struct network_file *file)
{
	names_done(&file->interfaces);
	names_done(&file->settings);
}
