/* SPDX-License-Identifier: MIT */
/* What the files of other programs say of the sysctls they write: text in, keys out. */
#include "unit/test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/cloudconfig.h"
#include "core/kubeconfig.h"
#include "core/rivals.h"
#include "core/networkfile.h"
#include "core/saptunenote.h"
#include "core/tunedprofile.h"

#define FIN   "net.ipv4.tcp_fin_timeout"
#define REUSE "net.ipv4.tcp_tw_reuse"

/* A text and the keys in it, a blank between two. */
struct row {
	const char *text, *keys;
};

/* The text in memory of its own, so that reading behind it is seen. */
static struct span copy_of(const char *text)
{
	size_t n = strlen(text);
	char *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, text, n);
	return (struct span){ copy, n };
}

static char *joined(const struct names *names)
{
	struct text t = { 0 };

	for (size_t i = 0; i < names->n; i++)
		text_add(&t, "%s%s", i ? " " : "", names->at[i]);
	assert_false(names->broken);
	return t.at ? t.at : strdup("");
}

static void check(const struct row *rows, size_t n,
		  void (*read)(struct span text, struct names *to))
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < n; i++) {
		own_names struct names keys = { 0 };
		struct span copy = copy_of(rows[i].text);
		char *got;

		read(copy, &keys);
		free((char *)copy.at);
		got = joined(&keys);
		if (strcmp(got, rows[i].keys) != 0) {
			print_error("'%s':\n  '%s'\n, want '%s'\n", rows[i].text, got,
				    rows[i].keys);
			n_wrong++;
		}
		free(got);
	}
	assert_int_equal(n_wrong, 0);
}

/* tuned */

static void read_tuned(struct span text, struct names *to)
{
	struct tuned_profile profile = { 0 }, merged = { 0 };
	unsigned line;
	int r = tuned_parse(text, &profile, &line);

	if (r == -EINVAL) {
		own_text struct text t = { 0 };

		text_add(&t, "refused, line %u", line);
		names_add(to, span_of(t.at));
	} else {
		assert_int_equal(r, 0);
		assert_int_equal(tuned_merge(&merged, &profile), 0);
		tuned_keys(&merged, to);
	}
	tuned_done(&profile);
	tuned_done(&merged);
}

static const struct row tuned_rows[] = {
	{ "", "" },
	{ "[main]\nsummary=x\n", "" },
	{ "[sysctl]\n" FIN "=30\n", FIN },
	{ "[sysctl]\r\n" FIN " = 30\r\n" REUSE "=1", FIN " " REUSE },
	{ "[sysctl]\n  " FIN "=30\n", FIN },
	{ "[sysctl]\nnet.core.somaxconn=>2048\n", "net.core.somaxconn" },
	{ "[sysctl]\n" FIN "=${x}\n", FIN },
	{ "[sysctl]\n" FIN "=\n", FIN },
	{ "[sysctl]\nnet.ipv4.${x}=1\n", "" },
	{ "[sysctl]\n# " FIN "=30\n; " FIN "=30\n\n", "" },
	{ "[sysctl] # x\n" FIN "=30 # = x\n", FIN },
	{ "[sysctl]\n" FIN "=30\n" FIN "=31\n", FIN },
	{ "[my]\ntype=sysctl\n" FIN "=30\n", FIN },
	{ "[sysctl.arm]\n" FIN "=30\n", "" },
	{ "[sysctl.arm]\ntype=sysctl\nuname_regex=aarch64\n" FIN "=30\n", FIN },
	{ "[sysctl]\ntype=vm\n" FIN "=30\n", "" },
	{ "[ sysctl ]\n" FIN "=30\n", "" },
	{ "[sysctl]\nenabled=false\n" FIN "=30\n", "" },
	{ "[sysctl]\nenabled=yes\n" FIN "=30\n", "" },
	{ "[sysctl]\nenabled=1\n" FIN "=30\n", FIN },
	{ "[sysctl]\n" FIN "=30\n[vm]\nnet.ipv4.x=1\n[sysctl]\n" REUSE "=1\n",
	  FIN " " REUSE },
	{ "[sysctl]\n" FIN "=30\n  " REUSE "=1\n", FIN }, /* goes on from above */
	{ "[sysctl]\n" FIN "=30\n  # x\n\n  " REUSE "=1\n", FIN },
	{ "[sysctl]\n  " FIN "=30\n  " REUSE "=1\n", FIN " " REUSE },
	{ "[sysctl]\ntype=sysctl\n  x\n" FIN "=30\n", "" },
	{ "[sysctl]\ntype=\n  sysctl\n" FIN "=30\n", "" },
	{ "[sysctl]\nenabled=1\n  # x\n\n  1\n" FIN "=30\n", "" },
	{ "[DEFAULT]\n" FIN "=30\n[sysctl]\n" REUSE "=1\n", REUSE " " FIN },
	{ "[sysctl]\nnet/ipv4/tcp_fin_timeout=30\n", "" }, /* tuned swaps, always */
	{ "[sysctl]\nnet.ipv4.conf.eth0/100.rp_filter=1\n",
	  "net.ipv4.conf.eth0/100.rp_filter" },
	{ "[sysctl]\ndevices=*\npriority=1\n" FIN "=1\n", FIN },
	{ FIN "=30\n", "refused, line 1" },
	{ "\xef\xbb\xbf[sysctl]\n", "refused, line 1" },
	{ "[sysctl]\n" FIN " : 30\n", "refused, line 2" },
	{ "[sysctl]\n=30\n", "refused, line 2" },
	{ "[]\n", "refused, line 1" },
	{ "[sysctl\n", "refused, line 1" },
};

TEST(a_tuned_profile_writes_what_its_sysctl_sections_name)
{
	check(tuned_rows, N(tuned_rows), read_tuned);
}

static const struct {
	const char *parent, *child, *keys;
} merges[] = {
	{ "[sysctl]\n" FIN "=1\n", "[sysctl]\n" REUSE "=1\n", FIN " " REUSE },
	{ "[sysctl]\n" FIN "=1\n", "[vm]\nx=1\n", FIN },
	{ "[sysctl]\n" FIN "=1\n", "[sysctl]\nreplace=1\n" REUSE "=1\n", REUSE },
	{ "[sysctl]\n" FIN "=1\n", "[sysctl]\nreplace=0\n" REUSE "=1\n", FIN " " REUSE },
	{ "[sysctl]\n" FIN "=1\n" REUSE "=1\n", "[sysctl]\ndrop=" FIN "\n", REUSE },
	{ "[sysctl]\n" FIN "=1\n" REUSE "=1\n", "[sysctl]\ndrop=" FIN " , " REUSE "\n",
	  "" },
	{ "[sysctl]\n" FIN "=1\n", "[sysctl]\ndrop=" FIN "\n" FIN "=2\n", FIN },
	{ "[sysctl]\n" FIN "=1\n", "[sysctl]\nenabled=0\n", "" },
	/* the type is the child's, which is its name where it says none */
	{ "[my]\ntype=sysctl\n" FIN "=1\n", "[my]\n" REUSE "=1\n", "" },
	{ "[my]\n" FIN "=1\n", "[my]\ntype=sysctl\n" REUSE "=1\n", FIN " " REUSE },
};

TEST(a_profile_lies_on_top_of_its_parents)
{
	for (size_t i = 0; i < N(merges); i++) {
		struct tuned_profile parent = { 0 }, child = { 0 }, merged = { 0 };
		own_names struct names keys = { 0 };
		unsigned line;
		char *got;

		assert_int_equal(tuned_parse(span_of(merges[i].parent), &parent, &line),
				 0);
		assert_int_equal(tuned_parse(span_of(merges[i].child), &child, &line), 0);
		assert_int_equal(tuned_merge(&merged, &parent), 0);
		assert_int_equal(tuned_merge(&merged, &child), 0);
		tuned_keys(&merged, &keys);
		got = joined(&keys);
		if (strcmp(got, merges[i].keys) != 0)
			fail_msg("'%s' on '%s': '%s', want '%s'", merges[i].child,
				 merges[i].parent, got, merges[i].keys);
		free(got);
		tuned_done(&parent);
		tuned_done(&child);
		tuned_done(&merged);
	}
}

static void read_includes(struct span text, struct names *to)
{
	struct tuned_profile profile = { 0 };
	unsigned line;

	assert_int_equal(tuned_parse(text, &profile, &line), 0);
	names_join(to, &profile.includes);
	if (profile.unknown[0])
		names_add(to, span_of(profile.unknown));
	tuned_done(&profile);
}

TEST(the_parents_of_a_profile_are_named)
{
	static const struct row rows[] = {
		{ "[main]\ninclude=a\n", "a" },
		{ "[main]\ninclude = a , -b;c\n", "a -b c" },
		{ "[main]\ninclude=a,\n  b # x\n\n  ; x\n  ,c\nsummary=x\n  d\n",
		  "a b c" },
		{ "[variables]\ninclude=/etc/x\n", "" },
		{ "[main]\ninclude=${f:virt_check:a:b},c", "a b c" },
		{ "[main]\ninclude=${f:exec:rm}", "${f:exec:rm}" },
		{ "[main]\ninclude=${f:virt_check:${x}:b}", "${f:virt_check:${x}:b}" },
		{ "[main]\ninclude=${f:virt_check:", "${f:virt_check:" },
		{ "[main]\ninclude=${x}", "${x}" },
	};

	check(rows, N(rows), read_includes);
}

TEST(the_active_profiles_are_those_with_plain_names)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n", "" },
		{ "balanced\n", "balanced" },
		{ "a b-2 c.d\n", "a b-2 c.d" },
		{ "../x a;b $(x) ok\n", "ok" },
	};

	check(rows, N(rows), tuned_active);
}

/* saptune */

static void read_note(struct span text, struct names *to)
{
	struct saptune_note note = { 0 };

	saptune_note_add(&note, text);
	names_join(to, &note.written);
	saptune_note_done(&note);
}

TEST(a_saptune_note_writes_what_has_a_value)
{
	static const struct row rows[] = {
		{ "[sysctl]\n" FIN " = 30\n", FIN },
		{ "[sysctl]\n" FIN "=\n" REUSE " =\n", "" },
		{ "[sysctl]\n" FIN "=\"\"\n", "" },
		{ "[sysctl]\n" FIN "= # x\n", "" },
		{ "[sysctl]\n" FIN " >= 30\n" REUSE " < 2\n", FIN " " REUSE },
		{ "[sysctl]\n" FIN " = 30\n" FIN " =\n", "" },
		{ "[sysctl]\n" FIN " =\n" FIN " = 30\n", FIN },
		{ "[sysctl:csp=azure:os=15-*]\n" FIN " = 30\n", FIN },
		{ "[sysctlx]\n" FIN " = 30\n", "" },
		{ "[vm]\n" FIN " = 30\n[sysctl]\n[version]\n" FIN " = 30\n", "" },
		{ "[sysctl]\n#" FIN " = 30\n", "" },
		{ "[sysctl]\nnet/ipv4/tcp_fin_timeout = 30\n", "" },
		{ "[sysctl]\n" FIN " 30\nx\n=\n", "" },
		{ FIN " = 30\n", "" },
	};

	check(rows, N(rows), read_note);
}

TEST(an_override_has_the_last_word)
{
	struct saptune_note note = { 0 };
	char *got;

	saptune_note_add(&note, span_of("[sysctl]\n" FIN "=1\n" REUSE "=\n"));
	saptune_note_add(&note, span_of("[sysctl]\n" FIN "=\n" REUSE "=1\n"));
	got = joined(&note.written);
	assert_string_equal(got, REUSE);
	free(got);
	saptune_note_done(&note);
}

static void read_saptune_config(struct span text, struct names *to)
{
	own_names struct names solutions = { 0 };

	saptune_config(text, to, &solutions);
	if (solutions.n)
		names_add(to, span_of("solutions:"));
	names_join(to, &solutions);
}

TEST(saptunes_configuration_names_notes_and_solutions)
{
	static const struct row rows[] = {
		{ "TUNE_FOR_NOTES=\"1 2\"\nNOTE_APPLY_ORDER=\"2 1 3\"\n", "1 2 3" },
		{ "TUNE_FOR_SOLUTIONS=\"HANA\"\nTUNE_FOR_NOTES=\"\"\n",
		  "solutions: HANA" },
		{ "TUNE_FOR_NOTES=SAP_BOBJ\n", "SAP_BOBJ" },
		{ "#TUNE_FOR_NOTES=\"1\"\nSAPTUNE_VERSION=\"3\"\n", "" },
		{ "TUNE_FOR_NOTES=\"../../etc/passwd .. a/b ok\"\n", "ok" },
	};

	check(rows, N(rows), read_saptune_config);
}

TEST(a_solution_is_a_list_of_notes)
{
	static const struct row rows[] = {
		{ "[ArchX86]\n1 2\t3\n[ArchPPC64LE]\n4 2\n", "1 2 3 4" },
		{ "[Version]\n9\n[ArchX86]\n# 8\n7\n", "7" },
	};

	check(rows, N(rows), saptune_solution);
}

/* systemd-networkd */

static void read_network(struct span text, struct names *to)
{
	own_names struct names keys = { 0 };
	struct network_file file = { 0 };

	network_file_add(&file, text);
	network_file_keys(&file, &keys);
	/* less those it always writes */
	for (size_t i = 0; i < keys.n; i++)
		if (!strstr(keys.at[i], ".promote_secondaries") &&
		    !strstr(keys.at[i], ".disable_ipv6") &&
		    !strstr(keys.at[i], ".accept_ra") &&
		    !strstr(keys.at[i], ".proxy_ndp"))
			names_add(to, span_of(keys.at[i]));
	if (keys.n == 0)
		names_add(to, span_of("nothing"));
	network_file_done(&file);
}

#define V4 "net.ipv4.conf."

TEST(a_network_file_writes_what_its_settings_cause)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "[Match]\nName=eth0\n[Network]\nDHCP=yes\n", "" },
		{ "[Match]\nName=eth0\n[Network]\nIPForward=ipv4\n",
		  "net.ipv4.ip_forward " V4 "all.forwarding " V4 "eth0.forwarding" },
		{ "[Network]\nIPForward=no\n", "" },
		{ "[Network]\nIPForward=ipv6\n",
		  "net.ipv6.conf.all.forwarding net.ipv6.conf.*.forwarding" },
		{ "[Match]\nName=eth0.100 w*\n[Network]\nIPv4Forwarding=no\n",
		  V4 "eth0/100.forwarding " V4 "w*.forwarding" },
		{ "[Match]\nName=!lo\n[Network]\nIPv4ProxyARP=yes\n", V4 "*.proxy_arp" },
		{ "[Match]\nName=a\nName=\nName=b\n[Network]\nIPv4ProxyARP=yes\n",
		  V4 "b.proxy_arp" },
		{ "[Network]\nIPMasquerade=yes\n",
		  "net.ipv4.ip_forward " V4 "all.forwarding " V4 "*.forwarding" },
		{ "[Network]\nIPMasquerade=no\n", "" },
		{ "[Network]\nIPv4ReversePathFilter=strict\nIPv4ReversePathFilter=\n",
		  "" },
		{ "[Network]\nIPv4ReversePathFilter=strict\n", V4 "*.rp_filter" },
		{ "[Network]\nIPv6PrivacyExtensions=kernel\n", "" },
		{ "[Network]\nIPv6PrivacyExtensions=kernel\nIPv6PrivacyExtensions=yes\n",
		  "net.ipv6.conf.*.use_tempaddr" },
		{ "[Address]\nIPv4ProxyARP=yes\n#[Network]\n", "" },
		{ "[Network]\n#IPv4ProxyARP=yes\n;IPv4ProxyARP=yes\n", "" },
		{ "[Link]\nUnmanaged=yes\n[Network]\nIPv4ProxyARP=yes\n", "nothing" },
	};

	check(rows, N(rows), read_network);
}

static void read_networkd_conf(struct span text, struct names *to)
{
	struct network_file file = { 0 };

	network_file_add(&file, text);
	network_conf_keys(&file, to);
	network_file_done(&file);
}

TEST(networkd_conf_is_for_all_interfaces)
{
	static const struct row rows[] = {
		{ "[Network]\nSpeedMeter=no\n", "" },
		{ "[Network]\nIPv4Forwarding=yes\n",
		  V4 "*.forwarding net.ipv4.ip_forward" },
	};

	check(rows, N(rows), read_networkd_conf);
}

/* cloud-init */

TEST(cloud_inits_texts_show_calls_and_files)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "runcmd:\n - sysctl -w " FIN "=30\n", FIN },
		{ "runcmd:\n- [ /usr/sbin/sysctl, -q, -w, '" FIN "=30' ]\n", FIN },
		{ "sysctl " FIN "=30 " REUSE "=1\n", FIN " " REUSE },
		{ "sysctl -w net/ipv4/tcp_fin_timeout=30\n", FIN },
		{ "sysctl -w \"" FIN "=30\" && sysctl -p\n", FIN },
		{ "sysctl " FIN "\nsysctl -p /etc/sysctl.d/x.conf\n", "" },
		{ "sysctl -p; FOO=1 " REUSE "=1\n", "" },
		{ "# sysctl -w " FIN "=30\nxsysctl " FIN "=30\n", "" },
		{ "echo 30 > /proc/sys/net/ipv4/tcp_fin_timeout\n", FIN },
		{ "echo 30 >/proc/sys/net/ipv4/tcp_fin_timeout\n", FIN },
		{ "echo 30>>/proc/sys/net/ipv4/tcp_fin_timeout\n", FIN },
		{ "echo 30 | tee -a /proc/sys/net/ipv4/tcp_fin_timeout\n", FIN },
		{ "cat /proc/sys/net/ipv4/tcp_fin_timeout\n", "" },
		{ "write_files:\n- path: /etc/sysctl.d/9.conf\n  content: |\n    " FIN
		  " = 30\n    # x\n    -" REUSE "=1\n",
		  FIN " " REUSE },
		{ "write_files:\n  - content: |\n      " FIN
		  "=30\n    path: \"/etc/sysctl.d/9.conf\"\n",
		  FIN },
		{ "write_files:\n- path: /etc/sysctl.conf\n  content: \"" FIN
		  "=30\\n" REUSE "=1\\n\"\n",
		  FIN " " REUSE },
		{ "write_files:\n- path: /etc/x\n  content: |\n    " FIN
		  "=30\n- path: /etc/sysctl.d/x.conf\n",
		  "" },
		{ "bootcmd:\n- path: /etc/sysctl.d/x.conf\n  content: " FIN "=30\n", "" },
		{ "write_files:\n- path: /etc/sysctl.d/x.conf\nx: 1\n  " FIN "=30\n",
		  "" },
	};

	check(rows, N(rows), cloud_keys);
}

/* Kubernetes */

static void read_kubelet(struct span text, struct names *to)
{
	own_names struct names keys = { 0 };
	struct kubelet_config config = { 0 };

	kubelet_parse(text, &config);
	kubelet_keys(&config, &keys);
	names_join(to, &config.unsafe);
	if (keys.n)
		names_add(to, span_of("writes"));
	names_done(&config.unsafe);
}

TEST(kubelet_writes_unless_it_protects)
{
	static const struct row rows[] = {
		{ "", "writes" },
		{ "protectKernelDefaults: true\n", "" },
		{ "protectKernelDefaults: false\n", "writes" },
		{ "  \"protectKernelDefaults\": true,\n", "" },
		{ "#protectKernelDefaults: true\n", "writes" },
		{ "allowedUnsafeSysctls:\n- net.core.somaxconn\n- \"kernel.msg*\"\n"
		  "clusterDNS:\n- 10.96.0.10\n",
		  "net.core.somaxconn kernel.msg* writes" },
		{ "allowedUnsafeSysctls: [net.core.*, 'kernel.sem']\n",
		  "net.core.* kernel.sem writes" },
		{ "\"allowedUnsafeSysctls\": [\n  \"net.core.*\"\n],\n",
		  "net.core.* writes" },
	};

	check(rows, N(rows), read_kubelet);
}

#define CT    "net.netfilter.nf_conntrack_"
#define MAX   CT "max net.nf_conntrack_max"
#define TIMES CT "tcp_timeout_established " CT "tcp_timeout_close_wait"
#define LOCAL "net.ipv4.conf.all.route_localnet"

TEST(kube_proxy_writes_by_its_mode_and_settings)
{
	static const struct row rows[] = {
		{ "", MAX " " TIMES " " LOCAL },
		{ "conntrack:\n  maxPerCore: 0\n", TIMES " " LOCAL },
		{ "conntrack:\n  maxPerCore: null\n", MAX " " TIMES " " LOCAL },
		{ "  tcpEstablishedTimeout: 0s\n  tcpCloseWaitTimeout: 0h0m0s\n",
		  MAX " " LOCAL },
		{ "  tcpCloseWaitTimeout: 1h0m0s\n  tcpBeLiberal: true\n",
		  MAX " " TIMES " " CT "tcp_be_liberal " LOCAL },
		{ "mode: \"nftables\"\n", MAX " " TIMES },
		{ "iptables:\n  localhostNodePorts: false\n", MAX " " TIMES },
		{ "mode: ipvs\nconntrack:\n  maxPerCore: 0\n"
		  "  tcpEstablishedTimeout: 0s\n  tcpCloseWaitTimeout: 0s\n",
		  "net.ipv4.vs.conntrack net.ipv4.vs.conn_reuse_mode "
		  "net.ipv4.vs.expire_nodest_conn net.ipv4.vs.expire_quiescent_template "
		  "net.ipv4.ip_forward net.ipv4.conf.all.forwarding" },
		{ "    - --conntrack-max-per-core=0\n    - \"--proxy-mode=nftables\"\n",
		  TIMES },
		{ "    - kube-proxy --proxy-mode=nftables --conntrack-tcp-be-liberal\n",
		  MAX " " TIMES " " CT "tcp_be_liberal" },
		{ "    - --conntrack-tcp-be-liberal=false\n", MAX " " TIMES " " LOCAL },
	};

	check(rows, N(rows), kube_proxy_keys);
}

/* All of them */

TEST(a_key_is_written_by_name_or_by_pattern)
{
	static const struct {
		const char *pattern, *key;
		bool is_written;
	} rows[] = {
		{ FIN, FIN, true },
		{ FIN, REUSE, false },
		{ "net.ipv4.tcp_*", FIN, true },
		{ "net.ipv4.conf.*", "net.ipv4.conf.all.rp_filter", true },
		{ V4 "*.forwarding", V4 "eth0/100.forwarding", true },
		{ V4 "*.forwarding", V4 "eth0.rp_filter", false },
		{ V4 "eth[01].forwarding", V4 "eth1.forwarding", true },
		{ "net.ipv4", FIN, false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		char *keys[] = { (char *)"kernel.panic", (char *)rows[i].pattern };
		struct rival m = { .keys = keys, .n_keys = N(keys) };

		if (rival_writes(&m, rows[i].key) != rows[i].is_written)
			fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].key);
	}
}

TEST(too_many_keys_are_cut_and_it_says_so)
{
	own_names struct names names = { 0 };
	struct rivals ms = { 0 };
	struct rival *m = rivals_add(&ms, "tuned", "etc/x");

	for (int i = 0; i <= NAMES_MAX; i++) {
		own_text struct text t = { 0 };

		text_add(&t, "net.x%d", i);
		names_add_sysctl(&names, span_of(t.at));
	}
	assert_non_null(m);
	assert_int_equal(rival_take_keys(m, &names), 0);
	assert_int_equal(m->n_keys, NAMES_MAX);
	assert_string_equal(m->error, "it names more than 2048 sysctls");
	assert_string_equal(m->evidence, "/etc/x");
	rivals_done(&ms);
}

static const struct {
	enum rival_file kind;
	const char *text, *kept, *kept_in_public;
} redactions[] = {
	{ RIVAL_PRESENCE, "4711\n", "", "" },
	{ RIVAL_PRIVATE, "sysctl -w " FIN "=1\n", "", "" },
	{ RIVAL_TUNED,
	  "[main]\nsummary=db1\ninclude=a\n[sysctl]\n" FIN "=1 # db1\n" REUSE "=\"1\"\n",
	  "[main]\n\ninclude=a\n[sysctl]\n" FIN "=1 # db1\n" REUSE "=\"1\"\n",
	  "[main]\n\ninclude=a\n[sysctl]\n\n" REUSE "=\"1\"\n" },
	{ RIVAL_TUNED, "[variables]\npassword=x\n[script]\nscript=a.sh\n",
	  "[variables]\n\n[script]\n\n", "[variables]\n\n[script]\n\n" },
	{ RIVAL_TUNED, V4 "db1.rp_filter=1\n", V4 "db1.rp_filter=1\n", "\n" },
	{ RIVAL_SAPTUNE_NOTE, "[reminder]\n# call 10.1.2.3\n" FIN " =\n",
	  "[reminder]\n\n" FIN " =\n", "[reminder]\n\n" FIN " =\n" },
	{ RIVAL_SAPTUNE_CONFIG, "TUNE_FOR_NOTES=\"1\"\nX=secret\n",
	  "TUNE_FOR_NOTES=\"1\"\n\n", "TUNE_FOR_NOTES=\"1\"\n\n" },
	{ RIVAL_SAPTUNE_SOLUTION,
	  "[version]\nREFERENCES=http://db1\n[ArchX86]\n1 SAP_BOBJ\n",
	  "[version]\n\n[ArchX86]\n1 SAP_BOBJ\n",
	  "[version]\n\n[ArchX86]\n1 SAP_BOBJ\n" },
	{ RIVAL_NETWORKD,
	  "[Match]\nName=eth0\nMACAddress=1:2\n[Network]\nAddress=10.1.2.3/8\n"
	  "IPForward=yes\nIPv6StableSecretAddress=fd00::1\n",
	  "[Match]\nName=eth0\n\n[Network]\n\nIPForward=yes\n\n",
	  "[Match]\n\n\n[Network]\n\nIPForward=yes\n\n" },
	{ RIVAL_CLOUD, "password: x\nruncmd:\n- curl -u a:b x; sysctl -w " FIN "=1\n",
	  "sysctl -w " FIN "=?\n", "sysctl -w " FIN "=?\n" },
	{ RIVAL_CLOUD, "sysctl " V4 "db1.rp_filter=1\n",
	  "sysctl -w " V4 "db1.rp_filter=?\n", "" },
	{ RIVAL_KUBELET,
	  "clusterDNS:\n- 10.1.2.3\nstaticPodURL: http://x/\n"
	  "protectKernelDefaults: true\nallowedUnsafeSysctls:\n- net.core.*\n- db1\n",
	  "clusterDNS:\n\n\nprotectKernelDefaults: true\nallowedUnsafeSysctls:\n"
	  "- net.core.*\n\n",
	  "clusterDNS:\n\n\nprotectKernelDefaults: true\nallowedUnsafeSysctls:\n"
	  "- net.core.*\n\n" },
	{ RIVAL_KUBE_PROXY, "clusterCIDR: 10.0.0.0/8\nmode: ipvs\n", "\nmode: ipvs\n",
	  "\nmode: ipvs\n" },
};

TEST(a_recording_has_no_more_of_a_file_than_is_read)
{
	for (size_t i = 0; i < N(redactions) * 2; i++) {
		bool is_public = i % 2;
		const char *from = redactions[i / 2].text;
		const char *want = is_public ? redactions[i / 2].kept_in_public
					     : redactions[i / 2].kept;
		own_text struct text got = { 0 };

		rivals_redact(&got, redactions[i / 2].kind, from, strlen(from),
			      is_public);
		if (strcmp(got.at ? got.at : "", want) != 0)
			fail_msg("'%s' became '%s', want '%s'", from, got.at, want);
	}
}

/* Whatever it says of it, it ends, and reads nothing behind the text. */
TEST(every_short_text_of_the_characters_that_mean_something_is_harmless)
{
	static void (*const readers[])(struct span, struct names *) = {
		read_tuned,	  read_note,	   read_saptune_config,
		saptune_solution, read_network,	   cloud_keys,
		read_kubelet,	  kube_proxy_keys, read_networkd_conf
	};
	static const char *const starts[] = { "", "[sysctl]\n", "[main]\ninclude=",
					      "[Network]\nIPForward=", "write_files:\n" };
	static const char letters[] = "a.-=[]\n#\"$:>";
	enum { LENGTH = 4 };
	size_t n_texts = 1;

	for (size_t i = 0; i < LENGTH; i++)
		n_texts *= strlen(letters);
	for (size_t i = 0; i < n_texts * N(starts); i++) {
		own_text struct text t = { 0 };
		size_t rest = i / N(starts);

		text_add(&t, "%s", starts[i % N(starts)]);
		for (size_t k = 0; k < LENGTH; k++, rest /= strlen(letters))
			text_add_bytes(&t, &letters[rest % strlen(letters)], 1);
		for (size_t k = 0; k < N(readers); k++) {
			own_names struct names keys = { 0 };
			struct span copy = copy_of(t.at);

			readers[k](copy, &keys);
			free((char *)copy.at);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tuned_profile_writes_what_its_sysctl_sections_name),
		cmocka_unit_test(a_profile_lies_on_top_of_its_parents),
		cmocka_unit_test(the_parents_of_a_profile_are_named),
		cmocka_unit_test(the_active_profiles_are_those_with_plain_names),
		cmocka_unit_test(a_saptune_note_writes_what_has_a_value),
		cmocka_unit_test(an_override_has_the_last_word),
		cmocka_unit_test(saptunes_configuration_names_notes_and_solutions),
		cmocka_unit_test(a_solution_is_a_list_of_notes),
		cmocka_unit_test(a_network_file_writes_what_its_settings_cause),
		cmocka_unit_test(networkd_conf_is_for_all_interfaces),
		cmocka_unit_test(cloud_inits_texts_show_calls_and_files),
		cmocka_unit_test(kubelet_writes_unless_it_protects),
		cmocka_unit_test(kube_proxy_writes_by_its_mode_and_settings),
		cmocka_unit_test(a_key_is_written_by_name_or_by_pattern),
		cmocka_unit_test(too_many_keys_are_cut_and_it_says_so),
		cmocka_unit_test(a_recording_has_no_more_of_a_file_than_is_read),
		cmocka_unit_test(
			every_short_text_of_the_characters_that_mean_something_is_harmless),
	};

	return cmocka_run_group_tests_name("rivals", tests, NULL, NULL);
}
