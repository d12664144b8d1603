#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a dry run says an apply will do, against what it does: predict.py.

bats_require_minimum_version 1.5.0
load kernel

setup() {
	require python3 ip
	netns_open
}

teardown() {
	netns_close
}

# comes_true FROM TO: the orphaned FIN_WAIT_2 of tcp_fin_timeout
comes_true() {
	in_ns timeout 120 python3 "$SOURCE_DIR/tests/kernel/predict.py" "$1" "$2" \
		"$BATS_TEST_TMPDIR/state"
}

@test "a longer tcp_fin_timeout holds as many orphans as was predicted" {
	comes_true 2 4
}

@test "the same time above 60 as below is for its first half a full socket" {
	comes_true 2 61
}

@test "above 60 it is the rule of 2*(N-60) that comes true, not the number" {
	# the arithmetic is the same as above, and each case takes its time
	[[ -z ${ASAN_OPTIONS:-} ]] || skip "told without the sanitizers"
	comes_true 62 61
}
