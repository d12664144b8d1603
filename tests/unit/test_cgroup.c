/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/cgroup.h"

#define ID  "80ed70367abde163b79fe99f1d04e30cdfaa88852c6ced088652098ba33d7d53"
#define ID2 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD \
	"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podf4bb00c6_a390.slice"
#define USER "0::/user.slice/user-1000.slice/user@1000.service"

struct row {
	const char *text;
	const char *unit;
};

static void expect(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char got[96];

		cgroup_unit(rows[i].text, got, sizeof(got));
		if (strcmp(got, rows[i].unit) != 0)
			fail_msg("of '%s': '%s', want '%s'", rows[i].text, got,
				 rows[i].unit);
	}
}

TEST(a_unit_is_the_innermost_one)
{
	static const struct row rows[] = {
		{ "0::/system.slice/nginx.service\n", "nginx.service" },
		{ "0::/system.slice/nginx.service", "nginx.service" },
		{ "0::/init.scope\n", "init.scope" },
		{ "0::/system.slice/system-getty.slice/getty@tty1.service\n",
		  "getty@tty1.service" },
		{ "0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n",
		  "postgresql@15-main.service" },
		{ "0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope" },
		{ USER "/app.slice/foo.service\n", "foo.service" },
		{ USER "/init.scope\n", "user@1000.service" },
		{ USER "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-c6e9.scope\n",
		  "vte-spawn-c6e9.scope" },
		/* a group of a unit's own making */
		{ "0::/system.slice/systemd-udevd.service/udev\n",
		  "systemd-udevd.service" },
		{ "0::/system.slice/haproxy.service/workers/1\n", "haproxy.service" },
		/* as systemctl takes it */
		{ "0::/system.slice/systemd-fsck@dev-disk-by\\x2duuid-1.service\n",
		  "systemd-fsck@dev-disk-by\\x2duuid-1.service" },
		{ "0::/system.slice/_cpu.service\n", "cpu.service" },
		{ "0::/system.slice/gone.service (deleted)\n", "gone.service" },
		{ "0::/../../system.slice/nginx.service\n", "nginx.service" },
		/* monitors of containers are not inside */
		{ "0::/machine.slice/libpod-conmon-" ID ".scope\n",
		  "libpod-conmon-" ID ".scope" },
		{ "0::/system.slice/crio-conmon-" ID ".scope\n",
		  "crio-conmon-" ID ".scope" },
		{ "0::/lxc.monitor.web1\n", "" },
		/* only look like one */
		{ "0::/system.slice/docker-compose.service\n", "docker-compose.service" },
		{ "0::/system.slice/docker-registry.scope\n", "docker-registry.scope" },
		{ "0::/system.slice/run-u12.scope\n", "run-u12.scope" },
		{ "0::/system.slice/dead-beefbeefbeefbeef.scope\n",
		  "dead-beefbeefbeefbeef.scope" },
	};

	expect(rows, N(rows));
}

TEST(a_container_is_named_by_its_runtime)
{
	static const struct row rows[] = {
		{ "0::/system.slice/docker-" ID ".scope\n", "docker 80ed70367abd" },
		{ "0::/docker/" ID "\n", "docker 80ed70367abd" },
		{ "0::/docker/" ID "/init\n", "docker 80ed70367abd" },
		{ "0::/docker/" ID "/docker/" ID2 "\n", "docker 0123456789ab" },
		{ USER "/user.slice/docker-" ID ".scope\n", "docker 80ed70367abd" },
		{ "9:perf_event:/ecs/haissam/5a0d5ceddf6c44c1928d367a815d890f/" ID "\n",
		  "docker 80ed70367abd" },
		{ "0::" POD "/docker-" ID ".scope\n", "docker 80ed70367abd" },
		{ "0::" POD "/cri-containerd-" ID ".scope\n", "containerd 80ed70367abd" },
		{ "0::/../../kubepods-besteffort-podfecd2321_17b5.slice/cri-containerd-" ID
		  ".scope\n",
		  "containerd 80ed70367abd" },
		{ "0::" POD "/crio-" ID ".scope\n", "cri-o 80ed70367abd" },
		{ "0::" POD "/crio-" ID ".scope/container\n", "cri-o 80ed70367abd" },
		{ "8:cpu:/kubepods/burstable/pod98005c3b-b650/crio-" ID "\n",
		  "cri-o 80ed70367abd" },
		{ "4:memory:/kubepods/besteffort/pod3d274242-8ee0-11e9-a8a6/" ID "\n",
		  "kubernetes 80ed70367abd" },
		{ "11:devices:/system.slice/containerd.service/"
		  "kubepods-pod87a18a64_b74a.slice:cri-containerd:" ID "\n",
		  "containerd 80ed70367abd" },
		{ "0::/system.slice/nerdctl-" ID ".scope\n", "containerd 80ed70367abd" },
		{ "0::/machine.slice/libpod-" ID ".scope\n", "podman 80ed70367abd" },
		{ "0::/machine.slice/libpod-" ID ".scope/container\n",
		  "podman 80ed70367abd" },
		{ USER "/user.slice/libpod-" ID ".scope/container\n",
		  "podman 80ed70367abd" },
		{ "0::/libpod_parent/libpod-" ID "\n", "podman 80ed70367abd" },
		{ "0::/system.slice/my_container.service/libpod-payload-" ID "\n",
		  "podman 80ed70367abd" },
		{ "0::/somewhere/" ID "\n", "container 80ed70367abd" },
		/* what runs in it may have units of its own */
		{ "0::/system.slice/docker-" ID ".scope/system.slice/nginx.service\n",
		  "docker 80ed70367abd" },
		{ "0::/docker/" ID "/kubelet.slice/kubelet-kubepods.slice"
		  "/cri-containerd-" ID2 ".scope\n",
		  "containerd 0123456789ab" },
	};

	expect(rows, N(rows));
}

TEST(a_machine_has_its_name)
{
	static const struct row rows[] = {
		{ "4:memory:/lxc/web1\n", "lxc web1" },
		{ "0::/lxc/101/ns/system.slice/nginx.service\n", "lxc 101" },
		{ "0::/lxc.payload/web1/init.scope\n", "lxc web1" },
		{ "0::/lxc.payload.gha-fleet_worker/system.slice/ssh.service\n",
		  "lxc gha-fleet_worker" },
		{ "0::/lxc.payload.waydroid\n", "lxc waydroid" },
		{ "0::/machine.slice/machine-web1.scope/payload/init.scope\n",
		  "machine web1" },
		{ "0::/machine.slice/machine-web\\x2d1.scope\n", "machine web-1" },
		{ "0::/machine.slice/machine-qemu\\x2d1\\x2dvps3458844.scope/libvirt\n",
		  "machine qemu-1-vps3458844" },
		{ "0::/machine.slice/systemd-nspawn@web1.service/payload/system.slice/"
		  "nginx.service\n",
		  "machine web1" },
		{ "0::/machine.slice/systemd-nspawn@web1.service/supervisor\n",
		  "systemd-nspawn@web1.service" },
		/* no name of twelve hexadecimal digits is taken for an id */
		{ "0::/lxc/abcdefabcdefabcdef\n", "lxc abcdefabcdefabcdef" },
	};

	expect(rows, N(rows));
}

TEST(the_line_that_says_most_wins)
{
	static const struct row rows[] = {
		/* systemd's hybrid: both say the same */
		{ "12:pids:/system.slice/sshd.service\n11:cpuset:/\n"
		  "1:name=systemd:/system.slice/sshd.service\n"
		  "0::/system.slice/sshd.service\n",
		  "sshd.service" },
		{ "9:pids:/user.slice\n1:name=systemd:/user.slice/user-0.slice/"
		  "session-1.scope\n0::/\n",
		  "session-1.scope" },
		{ "2:cpu:/system.slice/a.service\n1:name=systemd:/system.slice/b.service\n",
		  "b.service" },
		{ "1:name=systemd:/system.slice/b.service\n0::/system.slice/c.service\n",
		  "c.service" },
		{ "4:memory:/system.slice/a.service\n0::/\n", "a.service" },
		/* docker with v1: its v2 line is the daemon's */
		{ "12:cpuset:/docker/" ID "\n1:name=systemd:/docker/" ID "\n"
		  "0::/system.slice/containerd.service\n",
		  "docker 80ed70367abd" },
		{ "1:name=systemd:/kubepods/besteffort/pod002e671e/" ID "\n0::/\n",
		  "kubernetes 80ed70367abd" },
	};

	expect(rows, N(rows));
}

TEST(nothing_is_said_of_the_root_or_of_nonsense)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "0::/\n", "" },
		{ "0::/user.slice/user-1000.slice\n", "" },
		{ "4:memory:/process_api/9e43e0423de0cd62b5e683dae0365636\n0::/\n", "" },
		{ "nginx.service\n", "" },
		{ "0:nginx.service\n", "" },
		{ "0::\n", "" },
		{ "0::/.service\n", "" },
		{ "0::/lxc/\n", "" },
		{ "0::/lxc.payload.\n", "" },
		{ "0::/docker/\n", "" },
		{ "0::////\n", "" },
		{ "0::/ (deleted)\n", "" },
		{ ":::::\n", "" },
	};

	expect(rows, N(rows));
}

TEST(a_long_name_is_cut_off)
{
	char got[8];

	cgroup_unit("0::/system.slice/nginx.service\n", got, sizeof(got));
	assert_string_equal(got, "nginx.s");
	cgroup_unit("0::/lxc/web1\n", got, sizeof(got));
	assert_string_equal(got, "lxc web");
	cgroup_unit("0::/machine.slice/machine-a\\x2d1.scope\n", got, sizeof(got));
	assert_string_equal(got, "machine");
	cgroup_unit("0::/lxc/a\\x2d1\\x2\n", got, sizeof(got));
	assert_string_equal(got, "lxc a-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unit_is_the_innermost_one),
		cmocka_unit_test(a_container_is_named_by_its_runtime),
		cmocka_unit_test(a_machine_has_its_name),
		cmocka_unit_test(the_line_that_says_most_wins),
		cmocka_unit_test(nothing_is_said_of_the_root_or_of_nonsense),
		cmocka_unit_test(a_long_name_is_cut_off),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
