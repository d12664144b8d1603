#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Random mixes of sockets, counted by finwait and by ss: mixes.py makes them.

bats_require_minimum_version 1.5.0
load kernel

setup() {
	require python3 ip ss
	netns_open
}

teardown() {
	netns_close
}

# To repeat a failure: MIXES_SEED=<the seed it tells> bats mixes.bats
@test "20 random mixes of states, families and owners are what was made, and what ss counts" {
	in_ns timeout 300 python3 "$SOURCE_DIR/tests/kernel/mixes.py" mixes \
		"${MIXES_SEED:-$RANDOM}" 20
}
