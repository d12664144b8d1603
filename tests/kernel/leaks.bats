#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A server that forgets close(), found by finwait: leaks.py has the scenarios.

bats_require_minimum_version 1.5.0
load kernel

setup_file() {
	build LEAKY leaky "$SOURCE_DIR/tests/kernel/leaky.c"
}

setup() {
	require python3 ip
	netns_open
}

teardown() {
	netns_close
	[[ -z ${GROUP:-} ]] || await_gone "$GROUP"/leaky.service "$GROUP"
}

# A control group can be removed a moment after its last process has ended
await_gone() {
	local end=$((SECONDS + 20)) directory

	for directory; do
		until [[ ! -d $directory ]] || rmdir "$directory" 2>/dev/null; do
			((SECONDS < end))
			sleep 0.05
		done
	done
}

leaks() {
	in_ns timeout 120 python3 "$SOURCE_DIR/tests/kernel/leaks.py" "$@"
}

@test "read to the end and not closed, and since when" {
	leaks read
}

@test "not read: the bytes that wait, and the age to 10 ms" {
	leaks exact
}

@test "where the server sends later, the age is an interval that holds the truth" {
	leaks answered
}

@test "where keepalive asks the peer, the age is an interval that holds the truth" {
	leaks keepalive
}

@test "never accepted: counted to the listener's process, and its queue is told" {
	leaks unaccepted
}

@test "descriptors open, their limit, and which are the sockets" {
	leaks descriptors
}

@test "at a steady leak the time to EMFILE is within 20 %" {
	leaks forecast
}

@test "the unit is that of the control group" {
	local at

	for at in /sys/fs/cgroup /sys/fs/cgroup/unified; do
		[[ -f $at/cgroup.procs ]] && [[ $(stat -f -c %T "$at") == cgroup2fs ]] || continue
		mkdir "$at/finwait-test-$$" 2>/dev/null || continue
		GROUP=$at/finwait-test-$$
		break
	done
	[[ -n ${GROUP:-} ]] || skip "no control group can be made here"
	leaks unit "$GROUP"
}

@test "15,000 descriptors are read, and the socket behind them found" {
	(($(ulimit -Hn) >= 20000 || $(id -u) == 0)) || skip "so many may not be opened here"
	leaks many
}

@test "a socket that a process has twice counts once" {
	leaks twice
}

@test "a socket that a forked worker shares counts once" {
	leaks shared
}

@test "a program's name cannot speak to the terminal, and JSON has all of it" {
	leaks name
}
