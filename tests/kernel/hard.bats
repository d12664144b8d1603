#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The census where little may be seen, or all of it moves: hard.py has the scenarios.

# for inner shells
# shellcheck disable=SC2016
bats_require_minimum_version 1.5.0
load kernel

setup() {
	require python3 ip
	netns_open
}

teardown() {
	netns_close
}

hard() {
	in_ns timeout 120 python3 "$SOURCE_DIR/tests/kernel/hard.py" "$1"
}

require_ordinary_user() {
	require setpriv
	# asked by a program: setpriv itself may keep root's capabilities until it has begun one
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$FINWAIT" ||
		skip "an ordinary user cannot run $FINWAIT"
}

# require_proc OPTION: a procfs of one's own with that
require_proc() {
	in_ns unshare -m sh -c 'mount -t proc -o "$1" proc /proc' sh "$1" ||
		skip "no procfs with $1 can be mounted here"
}

@test "without inet_diag /proc/net/tcp answers the same in each grouping, and it is said" {
	hard no_inet_diag
}

@test "without either, finwait ends in trouble and names the module" {
	require_proc subset=pid
	hard nothing
}

@test "an ordinary user sees all sockets, and once that owners are unknown" {
	require_ordinary_user
	hard ordinary_user
}

@test "hidepid=2 hides owners and no sockets, and is said once" {
	require_proc hidepid=2
	require_ordinary_user
	hard hidepid
}

@test "processes that end while they are read are no trouble" {
	hard ending_processes
}
