#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who closed first, and when: closers.py has the scenarios.

bats_require_minimum_version 1.5.0
load kernel

setup() {
	require python3 ip
	netns_open
}

teardown() {
	netns_close
}

closers() {
	in_ns timeout 120 python3 "$SOURCE_DIR/tests/kernel/closers.py" "$1"
}

@test "the closes of the last minute come out in their seconds" {
	closers minute
}

@test "a TIME_WAIT that is armed again counts at that moment" {
	closers armed_again
}

@test "a server that closes first has closed here, at its port" {
	closers servers_close_first
}

@test "clients that close first have closed here, and the server has not" {
	closers clients_close_first
}

@test "--quick reckons the TIME_WAIT that a dump counts, and says so" {
	closers quick
}
