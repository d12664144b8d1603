/* SPDX-License-Identifier: MIT */
/* Who else writes sysctls on a machine: found by units and files below a root. */
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "core/mask.h"
#include "scratch.h"
#include "sys/machine.h"
#include "sys/rivals.h"
#include "sys/procfs.h"
#include "sys/recorder.h"
#include "sys/treerivals.h"

#define FIN   "net.ipv4.tcp_fin_timeout"
#define REUSE "net.ipv4.tcp_tw_reuse"

/* Read-only files are no obstacle to root, so the tests of them step down to this user. */
enum { NOBODY = 65534 };

/* What was found, one a line: NAME|DETAIL|EVIDENCE|KEYS|ERROR. */
static char *found_below(const char *dir)
{
	struct rivals ms = { 0 };
	struct text t = { 0 };
	struct err e = { 0 };
	int root_fd = procfs_open_root(dir, &e);

	assert_true(root_fd >= 0);
	assert_int_equal(rivals_read(root_fd, &ms, &e), 0);
	for (size_t i = 0; i < ms.n; i++) {
		const struct rival *m = &ms.at[i];

		text_add(&t, "%s|%s|%s|", m->name, m->detail, m->evidence);
		for (size_t k = 0; k < m->n_keys; k++)
			text_add(&t, "%s%s", k ? " " : "", m->keys[k]);
		text_add(&t, "|%s\n", m->error);
	}
	rivals_done(&ms);
	close(root_fd);
	return t.at ? t.at : strdup("");
}

static void expect(const char *want)
{
	char *got = found_below(".");

	if (strcmp(got, want) != 0)
		fail_msg("found:\n%s\nwant:\n%s", got, want);
	free(got);
}

static void enable(const char *unit)
{
	char path[256];

	snprintf(path, sizeof(path), "etc/systemd/system/multi-user.target.wants/%s",
		 unit);
	/* the directories */
	scratch_write(path, "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/lib/systemd/system/x", path), 0);
}

static void profile(const char *path, const char *text)
{
	scratch_write(path, text);
}

static void tuned(const char *active)
{
	enable("tuned.service");
	scratch_write("etc/tuned/active_profile", active);
}

TEST(an_empty_root_has_none)
{
	expect("");
}

TEST(tuned_counts_where_it_is_enabled_or_runs)
{
	scratch_write("etc/tuned/active_profile", "x\n");
	profile("usr/lib/tuned/x/tuned.conf", "[sysctl]\n" FIN "=1\n");
	expect("");
	scratch_write("run/tuned/tuned.pid", "4711");
	expect("tuned|profile x|/etc/tuned/active_profile|" FIN "|\n");
	assert_int_equal(unlink("run/tuned/tuned.pid"), 0);
	enable("tuned.service");
	expect("tuned|profile x|/etc/tuned/active_profile|" FIN "|\n");
	/* masked */
	assert_int_equal(symlink("/dev/null", "etc/systemd/system/tuned.service"), 0);
	expect("");
}

TEST(tuned_without_a_profile_writes_nothing)
{
	tuned("\n");
	expect("");
	assert_int_equal(unlink("etc/tuned/active_profile"), 0);
	expect("");
}

TEST(profiles_are_found_in_their_order_with_their_parents)
{
	tuned("x\n");
	profile("usr/lib/tuned/x/tuned.conf",
		"[main]\ninclude=p,-none\n[sysctl]\n" FIN "=1\n");
	profile("usr/lib/tuned/profiles/p/tuned.conf", "[sysctl]\n" REUSE "=1\n");
	expect("tuned|profile x|/etc/tuned/active_profile|" REUSE " " FIN "|\n");
	/* the administrator's, which includes the one it hides */
	profile("etc/tuned/x/tuned.conf",
		"[main]\ninclude=x\n[sysctl]\nnet.core.somaxconn=1\n");
	expect("tuned|profile x|/etc/tuned/active_profile|" REUSE " " FIN
	       " net.core.somaxconn|\n");
	scratch_write("etc/tuned/active_profile", "p y\n");
	profile("etc/tuned/profiles/y/tuned.conf", "[sysctl]\ndrop=" REUSE "\n");
	scratch_write("etc/tuned/post_loaded_profile", "z\n");
	profile("etc/tuned/z/tuned.conf", "[sysctl]\n" FIN "=1\n");
	expect("tuned|profiles p y z|/etc/tuned/active_profile|" FIN "|\n");
}

TEST(a_cycle_of_profiles_ends)
{
	tuned("a\n");
	profile("etc/tuned/a/tuned.conf", "[main]\ninclude=b\n[sysctl]\n" FIN "=1\n");
	profile("etc/tuned/b/tuned.conf", "[main]\ninclude=a\n[sysctl]\n" REUSE "=1\n");
	expect("tuned|profile a|/etc/tuned/active_profile|" REUSE " " FIN "|\n");
	profile("etc/tuned/a/tuned.conf", "[main]\ninclude=a\n[sysctl]\n" FIN "=1\n");
	expect("tuned|profile a|/etc/tuned/active_profile|" FIN "|\n");
}

TEST(a_chain_of_profiles_is_bounded)
{
	tuned("p0\n");
	for (int i = 0; i < 70; i++) {
		char path[64], text[64];

		snprintf(path, sizeof(path), "etc/tuned/p%d/tuned.conf", i);
		snprintf(text, sizeof(text), "[main]\ninclude=p%d\n", i + 1);
		profile(path, text);
	}
	expect("tuned|profile p0|/etc/tuned/active_profile||its profiles are more than 64 "
	       "files\n");
}

TEST(what_tuned_refuses_it_does_not_write)
{
	tuned("x\n");
	expect("tuned|profile x|/etc/tuned/active_profile||profile 'x' is not there\n");
	profile("etc/tuned/x/tuned.conf", "[main]\ninclude=y\n[sysctl]\n" FIN "=1\n");
	expect("tuned|profile x|/etc/tuned/active_profile||profile 'y' is not there\n");
	profile("etc/tuned/y/tuned.conf", "\x7f"
					  "ELF\x02\x01");
	expect("tuned|profile x|/etc/tuned/active_profile||tuned refuses "
	       "'/etc/tuned/y/tuned.conf', line 1\n");
	profile("etc/tuned/y/tuned.conf", "[main]\ninclude=${f:exec:touch:/x}\n");
	expect("tuned|profile x|/etc/tuned/active_profile|" FIN
	       "|only tuned knows which profile '${f:exec:touch:/x}' in "
	       "'/etc/tuned/y/tuned.conf' is\n");
}

TEST(a_name_leads_nowhere_else)
{
	tuned("x\n");
	profile("etc/tuned.conf", "[sysctl]\n" FIN "=1\n");
	profile("etc/tuned/x/tuned.conf", "[main]\ninclude=..\n");
	expect("tuned|profile x|/etc/tuned/active_profile||profile '..' is not there\n");
	profile("etc/tuned/x/tuned.conf", "[main]\ninclude=../../\n");
	expect("tuned|profile x|/etc/tuned/active_profile||profile '' is not there\n");
}

TEST(files_that_are_none_or_cannot_be_read_are_said)
{
	char *got;

	tuned("x\n");
	scratch_write("etc/tuned/x/y", "");
	assert_int_equal(symlink("tuned.conf", "etc/tuned/x/tuned.conf"), 0);
	expect("tuned|profile x|/etc/tuned/active_profile||cannot read "
	       "'/etc/tuned/x/tuned.conf': Too many levels of symbolic links\n");
	assert_int_equal(unlink("etc/tuned/x/tuned.conf"), 0);
	assert_int_equal(mkfifo("etc/tuned/x/tuned.conf", 0644), 0);
	expect("tuned|profile x|/etc/tuned/active_profile||profile 'x' is not there\n");
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(unlink("etc/tuned/x/tuned.conf"), 0);
	profile("etc/tuned/x/tuned.conf", "[sysctl]\n" FIN "=1\n");
	assert_int_equal(chmod("etc/tuned/x/tuned.conf", 0600), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	got = found_below(".");
	assert_int_equal(seteuid(0), 0);
	assert_string_equal(got, "tuned|profile x|/etc/tuned/active_profile||cannot read "
				 "'/etc/tuned/x/tuned.conf': Permission denied\n");
	free(got);
}

TEST(a_long_line_and_bytes_of_any_kind_do_no_harm)
{
	enum { LONG = 1 << 20 };
	char *bytes = malloc(LONG);

	assert_non_null(bytes);
	for (size_t i = 0; i < LONG; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	tuned("x\n");
	enable("systemd-networkd.service");
	enable("saptune.service");
	for (int round = 0; round < 2; round++) {
		char *got;

		scratch_write_bytes("etc/tuned/x/tuned.conf", bytes, LONG);
		scratch_write_bytes("etc/sysconfig/saptune", bytes, LONG);
		scratch_write_bytes("etc/systemd/network/x.network", bytes, LONG);
		scratch_write_bytes("etc/cloud/cloud.cfg", bytes, LONG);
		scratch_write_bytes("var/lib/kubelet/config.yaml", bytes, LONG);
		scratch_write_bytes("var/lib/kube-proxy/config.conf", bytes, LONG);
		got = found_below(".");
		assert_non_null(strstr(got, "tuned refuses '/etc/tuned/x/tuned.conf'"));
		free(got);
		memset(bytes, 'x', LONG);
	}
	free(bytes);
	assert_int_equal(truncate("etc/tuned/x/tuned.conf", LONG + 1), 0);
	bytes = found_below(".");
	assert_non_null(strstr(bytes, "'/etc/tuned/x/tuned.conf': File too large"));
	free(bytes);
}

TEST(saptunes_notes_are_found_with_their_overrides)
{
	scratch_write("etc/sysconfig/saptune",
		      "TUNE_FOR_SOLUTIONS=\"S\"\nTUNE_FOR_NOTES=\"own\"\n"
		      "NOTE_APPLY_ORDER=\"1 own gone\"\n");
	scratch_write("var/lib/saptune/working/sols/S.sol", "[ArchX86]\n1 2\n");
	scratch_write("var/lib/saptune/working/notes/1",
		      "[sysctl]\n" FIN "=1\n" REUSE "=\n");
	scratch_write("var/lib/saptune/working/notes/2", "[sysctl]\n" FIN "=1\n");
	scratch_write("etc/saptune/extra/1.conf", "[sysctl]\nkernel.panic=1\n");
	scratch_write("etc/saptune/extra/own.conf", "[sysctl]\n" REUSE "=1\n");
	scratch_write("etc/saptune/override/2", "[sysctl]\n" FIN "=\n");
	expect("");
	enable("saptune.service");
	expect("saptune|note own|/etc/saptune/extra/own.conf|" REUSE "|\n"
	       "saptune|note 1|/var/lib/saptune/working/notes/1|" FIN "|\n"
	       "saptune|note gone|/etc/saptune/extra/gone.conf||note 'gone' is not there\n"
	       "saptune|note 2|/var/lib/saptune/working/notes/2||\n");
}

TEST(systemd_raises_the_limits_of_files_where_it_is_pid_1)
{
	static const char library[] = "usr/lib/systemd/libsystemd-shared-252.so";
	char *got;

	scratch_write(library, "");
	got = found_below(".");
	assert_null(strstr(got, "systemd|"));
	free(got);
	scratch_write("run/systemd/system/x", "");
	got = found_below(".");
	assert_non_null(strstr(got, "systemd||/run/systemd/system|"));
	assert_non_null(strstr(got, "fs.file-max"));
	assert_non_null(strstr(got, "fs.nr_open"));
	free(got);
	assert_int_equal(unlink(library), 0);
	scratch_write("usr/lib/systemd/libsystemd-shared-239.so", "");
	got = found_below(".");
	assert_null(strstr(got, "systemd|"));
	free(got);
}

TEST(bpftune_writes_what_its_tuners_do)
{
	char *got;

	enable("bpftune.service");
	got = found_below(".");
	assert_non_null(strstr(got,
			       "bpftune||/etc/systemd/system/multi-user.target.wants/"
			       "bpftune.service|"));
	assert_non_null(strstr(got, " net.ipv4.tcp_rmem "));
	assert_null(strstr(got, "tcp_max_orphans"));
	free(got);
}

#define ALWAYS(i)                                                                   \
	"net.ipv4.conf." i ".promote_secondaries net.ipv6.conf." i ".disable_ipv6 " \
	"net.ipv6.conf." i ".accept_ra net.ipv6.conf." i ".proxy_ndp"

TEST(networkd_has_files_that_hide_others_and_drop_ins)
{
	scratch_write("etc/systemd/networkd.conf", "[Network]\nIPv4Forwarding=yes\n");
	scratch_write("usr/lib/systemd/network/a.network",
		      "[Match]\nName=a\n[Network]\nIPv4ProxyARP=yes\n");
	scratch_write("usr/lib/systemd/network/b.network", "[Match]\nName=b\n");
	scratch_write("run/systemd/network/a.network", "[Match]\nName=c\n");
	scratch_write("etc/systemd/network/a.network.d/x.conf",
		      "[Network]\nIPv6HopLimit=3\n");
	scratch_write("lib/systemd/network/a.network.d/x.conf",
		      "[Network]\nIPv4ProxyARP=yes\n");
	assert_int_equal(symlink("/dev/null", "run/systemd/network/b.network"), 0);
	expect("");
	enable("systemd-networkd.service");
	expect("systemd-networkd||/etc/systemd/networkd.conf|net.ipv4.conf.*.forwarding "
	       "net.ipv4.ip_forward|\n"
	       "systemd-networkd||/run/systemd/network/a.network|" ALWAYS(
		       "c") " "
			    "net.ipv6.conf.c.hop_limit|\n");
}

TEST(cloud_init_has_configuration_and_user_data)
{
	scratch_write("etc/cloud/cloud.cfg", "users: [default]\n");
	scratch_write("etc/cloud/cloud.cfg.d/9.cfg", "runcmd:\n- sysctl -w " FIN "=1\n");
	scratch_write("var/lib/cloud/instances/i-1/user-data.txt",
		      "#cloud-config\nruncmd:\n- sysctl " REUSE "=1\n");
	assert_int_equal(
		symlink("/var/lib/cloud/instances/i-1", "var/lib/cloud/instance"), 0);
	expect("cloud-init||/etc/cloud/cloud.cfg.d/9.cfg|" FIN "|\n"
	       "cloud-init||/var/lib/cloud/instance/user-data.txt|" REUSE "|\n");
	scratch_write("etc/cloud/cloud-init.disabled", "");
	expect("");
}

#define KUBELET                                                                   \
	"vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops " \
	"kernel.keys.root_maxkeys kernel.keys.root_maxbytes"
#define PODS                                                                           \
	"kernel.shm_rmid_forced net.ipv4.ip_local_port_range "                         \
	"net.ipv4.ip_local_reserved_ports net.ipv4.ip_unprivileged_port_start "        \
	"net.ipv4.ping_group_range " FIN " net.ipv4.tcp_keepalive_intvl "              \
	"net.ipv4.tcp_keepalive_probes net.ipv4.tcp_keepalive_time net.ipv4.tcp_rmem " \
	"net.ipv4.tcp_syncookies net.ipv4.tcp_wmem"
#define CT "net.netfilter.nf_conntrack_"
#define PROXY                                                           \
	CT "max net.nf_conntrack_max " CT "tcp_timeout_established " CT \
	   "tcp_timeout_close_wait net.ipv4.conf.all.route_localnet"

TEST(a_kubernetes_node_is_known_by_its_kubelet)
{
	scratch_write("usr/lib/systemd/system/kubelet.service", "");
	expect("");
	enable("kubelet.service");
#define UNIT "/etc/systemd/system/multi-user.target.wants/kubelet.service|"
	expect("kubelet||" UNIT KUBELET "|\n"
	       "kubelet|for a pod that asks for it|" UNIT PODS "|\n"
	       "kube-proxy|as it is by default, if this cluster runs it|" UNIT PROXY
	       "|\n");
	scratch_write("var/lib/kubelet/config.yaml",
		      "protectKernelDefaults: true\nallowedUnsafeSysctls:\n- net.x.*\n");
	scratch_write("var/lib/kube-proxy/config.conf",
		      "conntrack:\n  maxPerCore: 0\nmode: nftables\n");
	expect("kubelet|for a pod that asks for it|/var/lib/kubelet/config.yaml|" PODS
	       " net.x.*|\n"
	       "kube-proxy||/var/lib/kube-proxy/config.conf|" CT
	       "tcp_timeout_established " CT "tcp_timeout_close_wait|\n");
}

TEST(the_paths_of_an_answer_are_those_it_stands_on)
{
	static const struct {
		const char *path;
		enum rival_file kind;
	} want[] = {
		{ "etc/systemd/system/multi-user.target.wants/tuned.service",
		  RIVAL_PRESENCE },
		{ "etc/tuned/active_profile", RIVAL_NAMES },
		{ "usr/lib/tuned/x/tuned.conf", RIVAL_TUNED },
		{ "var/lib/cloud/instance/user-data.txt", RIVAL_PRIVATE },
	};
	struct rival_paths paths = { 0 };
	struct err e = { 0 };
	int root_fd = procfs_open_root(".", &e);

	tuned("x\n");
	profile("usr/lib/tuned/x/tuned.conf", "[main]\ninclude=x\n");
	profile("usr/lib/tuned/other/tuned.conf", "[main]\n");
	scratch_write("var/lib/cloud/instance/user-data.txt", "x\n");
	assert_int_equal(rivals_paths(root_fd, &paths, &e), 0);
	assert_int_equal(paths.n, N(want));
	for (size_t i = 0; i < N(want); i++) {
		assert_string_equal(paths.at[i].path, want[i].path);
		assert_int_equal(paths.at[i].kind, want[i].kind);
	}
	rivals_paths_done(&paths);
	close(root_fd);
}

static void record(const char *dir, struct masks *masks)
{
	struct machine m = { 0 };
	struct err e = { 0 };
	struct recorder rec = { .machine = &m, .masks = masks, .e = &e };

	scratch_mkdir(dir, 0755);
	m.root_fd = procfs_open_root(".", &e);
	rec.dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (treerivals_record(&rec) < 0)
		fail_msg("%s", e.text);
	close(rec.dir_fd);
	close(m.root_fd);
}

static void build_all(void)
{
	tuned("x\n");
	profile("usr/lib/tuned/x/tuned.conf",
		"# db1\n[main]\ninclude=y\n[sysctl]\nnet.core.somaxconn=>2048\n");
	profile("usr/lib/tuned/y/tuned.conf", "[10.1.2.3]\ntype=sysctl\n" FIN "=30\n");
	enable("saptune.service");
	scratch_write("etc/sysconfig/saptune", "TUNE_FOR_NOTES=\"1\"\n");
	scratch_write("var/lib/saptune/working/notes/1", "[sysctl]\n" FIN "=1\n");
	scratch_write("run/bpftune.pid", "4711\n");
	enable("systemd-networkd.service");
	scratch_write("etc/systemd/network/a.network",
		      "[Match]\nType=ether\n[Network]\nAddress=10.1.2.3/8\n");
	scratch_write("usr/lib/systemd/network/b.network", "[Match]\nName=b\n");
	assert_int_equal(symlink("/dev/null", "etc/systemd/network/b.network"), 0);
	scratch_write("etc/cloud/cloud.cfg",
		      "password: x\nruncmd:\n- sysctl " FIN "=1\n");
	enable("kubelet.service");
	scratch_write("var/lib/kubelet/config.yaml", "clusterDNS:\n- 10.1.2.4\n"
						     "protectKernelDefaults: true\n");
	scratch_write("var/lib/kube-proxy/config.conf", "mode: ipvs\n");
}

TEST(a_recording_gives_the_same_answer)
{
	struct masks masks;
	char *want, *got;

	masks_init(&masks);
	build_all();
	want = found_below(".");
	record("copy", NULL);
	got = found_below("copy");
	assert_string_equal(got, want);
	free(got);
	record("masked", &masks);
	got = found_below("masked");
	assert_string_equal(got, want);
	free(got);
	free(want);
	masks_done(&masks);
	scratch_expect("copy/run/bpftune.pid", "");
	scratch_expect("copy/usr/lib/tuned/y/tuned.conf",
		       "[10.1.2.3]\ntype=sysctl\n" FIN "=30\n");
	scratch_expect("masked/usr/lib/tuned/y/tuned.conf",
		       "[240.0.0.1]\ntype=sysctl\n" FIN "=30\n");
	scratch_expect("copy/etc/systemd/network/a.network", "[Match]\n\n[Network]\n\n");
	scratch_expect("copy/etc/cloud/cloud.cfg", "sysctl -w " FIN "=?\n");
	scratch_expect("copy/var/lib/kubelet/config.yaml",
		       "clusterDNS:\n\nprotectKernelDefaults: true\n");
}

TEST(a_recording_has_no_secret)
{
	tuned("x\n");
	profile("etc/tuned/x/tuned.conf",
		"[sysctl]\nnet.ipv4.tcp_fastopen_key=1-2-3-4\n" FIN "=30\n");
	scratch_write("etc/cloud/cloud.cfg", "runcmd:\n- sysctl " FIN "=1\n");
	assert_int_equal(chmod("etc/cloud/cloud.cfg", 0600), 0);
	scratch_write("var/lib/cloud/instance/user-data.txt", "sysctl " REUSE "=1\n");
	record("copy", NULL);
	scratch_expect("copy/etc/tuned/x/tuned.conf", "[sysctl]\n\n" FIN "=30\n");
	assert_int_equal(access("copy/etc/cloud/cloud.cfg", F_OK), -1);
	assert_int_equal(access("copy/var", F_OK), -1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
		CASE(an_empty_root_has_none),
		CASE(tuned_counts_where_it_is_enabled_or_runs),
		CASE(tuned_without_a_profile_writes_nothing),
		CASE(profiles_are_found_in_their_order_with_their_parents),
		CASE(a_cycle_of_profiles_ends),
		CASE(a_chain_of_profiles_is_bounded),
		CASE(what_tuned_refuses_it_does_not_write),
		CASE(a_name_leads_nowhere_else),
		CASE(files_that_are_none_or_cannot_be_read_are_said),
		CASE(a_long_line_and_bytes_of_any_kind_do_no_harm),
		CASE(saptunes_notes_are_found_with_their_overrides),
		CASE(systemd_raises_the_limits_of_files_where_it_is_pid_1),
		CASE(bpftune_writes_what_its_tuners_do),
		CASE(networkd_has_files_that_hide_others_and_drop_ins),
		CASE(cloud_init_has_configuration_and_user_data),
		CASE(a_kubernetes_node_is_known_by_its_kubelet),
		CASE(the_paths_of_an_answer_are_those_it_stands_on),
		CASE(a_recording_gives_the_same_answer),
		CASE(a_recording_has_no_secret),
	};

	return cmocka_run_group_tests_name("rivalsfiles", tests, NULL, NULL);
}
