#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The ports that are left, against what connect() and bind() find: ports.py has the scenarios.

bats_require_minimum_version 1.5.0
load kernel

setup() {
	require python3 ip
	netns_open
}

teardown() {
	netns_close
}

ports() {
	in_ns timeout 120 python3 "$SOURCE_DIR/tests/kernel/ports.py" "$1"
}

@test "each port that is free is one connect() takes, and at 0 it fails" {
	ports steps
}

@test "each destination has the whole range" {
	ports two_destinations
}

@test "closing connections: the forecast at half the ports is within 20 % of the failure" {
	ports closed
}

@test "held connections, read twice: the forecast is within 20 % of the failure" {
	ports held
}

@test "reserved ports are none of the pool" {
	ports reserved
}

@test "listeners within the range take their ports from it, on any address" {
	ports listeners
}

@test "bound and not connected sockets hold their ports" {
	bound_is_told
	ports bound
}

@test "bind() before connect() has one pool for all destinations of a local address" {
	ports bind_first
}

@test "with tcp_tw_reuse=1 a port is free again a second after its close" {
	ports reused
}

@test "with tcp_tw_reuse=1 a rate the range can bear goes on for ever, and that is said" {
	ports reused_for_ever
}

@test "tcp_tw_reuse_delay says when a port is free again" {
	[[ -e /proc/sys/net/ipv4/tcp_tw_reuse_delay ]] || skip "of Linux 6.14 and later"
	ports reused_sooner
}

@test "without tcp_timestamps tcp_tw_reuse frees nothing" {
	ports no_timestamps
}

@test "v4-mapped connections hold ports of the same destination" {
	ports mapped
}

@test "tcp_tw_reuse=2 frees ports between loopback addresses and no others" {
	ports loopback_only
}
