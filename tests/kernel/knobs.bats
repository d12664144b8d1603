#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each knob of a namespace: its default, where its value comes from, and who would set it.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
bats_require_minimum_version 1.5.0
load kernel

setup() {
	require jq sysctl
	STATE_DIR=$BATS_TEST_TMPDIR/state
	netns_open
}

teardown() {
	netns_close
}

# knob NAME FILTER: what is said of it
knob() {
	finwait knobs --json "$1" | jq -r ".knobs[0]$2"
}

# What a new namespace copies from the first one, or shows of it, without saying since when
# (facts/kernel.md, section 6)
COPIED="net.core.rmem_default net.core.rmem_max net.core.wmem_default net.core.wmem_max
net.ipv4.tcp_congestion_control net.ipv4.tcp_rmem net.ipv4.tcp_wmem"

@test "in a fresh namespace every knob is at its default, or its default cannot be known" {
	local json copied

	json=$(finwait knobs --json)
	assert_equal "not at their default" "" "$(jq -r --arg copied "$COPIED" '
		($copied | split("[ \n]"; null)) as $unknown | .knobs[] |
		select(.name | IN($unknown[]) | not) | select(.origin.kind != "default") | .name' \
		<<<"$json")"
	copied=$(tr ' ' '\n' <<<"$COPIED")
	assert_equal "unknown" "$(LC_ALL=C sort <<<"$copied")" "$(jq -r \
		'.knobs[] | select(.origin.kind == "unknown") | .name' <<<"$json" | LC_ALL=C sort)"
	(($(jq '.knobs | length' <<<"$json") > 50))
	# the boot does not write it
	assert_equal "boot" null "$(jq -c '[.knobs[] | select(.scope == "netns") | .boot] | unique | .[]' <<<"$json")"
	assert_has "why" "the boot writes" "$(jq -r .boot_error <<<"$json")"
	# but for what there is once for the whole host
	assert_equal "boot of nr_open" object \
		"$(jq -r '.knobs[] | select(.name == "fs.nr_open") | .boot | type' <<<"$json")"
}

@test "a default is what a new namespace starts with, whatever this one was set to" {
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=17 net.ipv4.ip_local_port_range="20000 30000" \
		net.core.somaxconn=77 net.ipv4.tcp_max_tw_buckets=99
	assert_equal "default" 60 "$(knob tcp_fin_timeout .default)"
	assert_equal "default" "32768 60999" "$(knob ip_local_port_range .default)"
	assert_equal "default" 4096 "$(knob net.core.somaxconn .default)"
	assert_equal "from" asked "$(knob somaxconn .default_from)"
	assert_equal "from" computed "$(knob tcp_max_tw_buckets .default_from)"
	assert_equal "origin" runtime "$(knob tcp_fin_timeout .origin.kind)"
	assert_equal "changed" "net.core.somaxconn net.ipv4.ip_local_port_range
net.ipv4.tcp_fin_timeout net.ipv4.tcp_max_tw_buckets" "$(finwait knobs --json --changed |
		jq -r '.knobs[].name' | LC_ALL=C sort | paste -d ' ' - -)"
}

@test "a value that finwait applied is its own until somebody else changes it" {
	local id

	id=$(finwait apply --json --set net.ipv4.tcp_fin_timeout=30 | jq -r .transaction)
	assert_equal "origin" "finwait $id" \
		"$(knob tcp_fin_timeout '.origin | "\(.kind) \(.transaction)"')"
	assert_has "text" "finwait $id" "$(finwait knobs tcp_fin_timeout)"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=31
	assert_equal "origin" runtime "$(knob tcp_fin_timeout .origin.kind)"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=30
	finwait rollback "$id"
	assert_equal "origin" default "$(knob tcp_fin_timeout .origin.kind)"
}

@test "a table of the namespace's own gives defaults of its own" {
	[[ -e /proc/sys/net/ipv4/tcp_child_ehash_entries ]] || skip "before Linux 6.1"
	in_ns sysctl -qw net.ipv4.tcp_child_ehash_entries=4096
	run -0 in_ns unshare -n "$FINWAIT" --state-dir "$STATE_DIR" knobs --json \
		tcp_max_tw_buckets tcp_max_syn_backlog tcp_ehash_entries
	assert_equal "values" "2048=2048 128=128 4096=4096" \
		"$(jq -r '[.knobs[] | "\(.value)=\(.default)"] | join(" ")' <<<"$output")"
	assert_equal "origins" default \
		"$(jq -r '[.knobs[].origin.kind] | unique | .[]' <<<"$output")"
}

@test "the risk of a value is said, with what is safe" {
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=61
	run -0 finwait knobs tcp_fin_timeout
	assert_has "risk" "refused" "$output"
	assert_has "harm" "2*(N-60)" "$output"
	assert_has "safe" "15 to 60" "$output"
	assert_equal "risk" refused "$(knob tcp_fin_timeout .risk)"
}

@test "explain says what the knob is here" {
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=61
	run -0 finwait explain tcp_fin_timeout
	assert_has "value" "61 s; origin: run time" "$output"
	assert_has "default" "60 s, asked of a new network namespace" "$output"
	assert_has "boot" "not known: " "$output"
	run -0 finwait explain tcp_fin_timeout --json
	assert_equal "value" "61 60" "$(jq -r '"\(.value) \(.knob.default)"' <<<"$output")"
}
