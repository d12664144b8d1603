#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What each sysctl is after a boot: finwait's answer, and what sysctl --system and
# systemd-sysctl really do with the same files. boottrees.py makes them.

bats_require_minimum_version 1.5.0
load kernel

setup() {
	require python3 sysctl unshare chroot
	[[ -x /usr/lib/systemd/systemd-sysctl && -x /usr/sbin/sysctl ]] ||
		skip "sysctl or systemd-sysctl is not here"
	[[ -n ${BOOTVALUES:-} ]] || BOOTVALUES=$SOURCE_DIR/build/dev/tests/bootvalues
	unshare -m -n true 2>/dev/null || skip "no mount and network namespace can be made here"
}

# To repeat a failure: BOOT_SEED=<the seed it tells> bats boot.bats; BOOT_TREES=1000 for more
@test "200 trees of files with every quirk: each value and line is what both programs make of it" {
	TMPDIR=$BATS_TEST_TMPDIR timeout 500 unshare -m -n python3 \
		"$SOURCE_DIR/tests/kernel/boottrees.py" "${BOOT_SEED:-$RANDOM}" \
		"${BOOT_TREES:-200}" "$BOOTVALUES"
}
