#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each shipped profile, on the real kernel: in force, and gone without a trace.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
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

# KEY=VALUE of a profile and its parents, parents first; read here without finwait
settings_of() {
	local file=$SOURCE_DIR/profiles/$1.ini parent

	for parent in $(sed -n 's/^include=//p' "$file" | tr ',' ' '); do
		settings_of "$parent"
	done
	sed -n '/^\[sysctl\]/,$ s/^\(net\..*=.*\)/\1/p' "$file"
}

# wanted FROM VALUE: what a setting makes of a value
wanted() {
	local from=$1 value=$2

	case $value in
	'>'*) ((from > ${value#>})) && echo "$from" || echo "${value#>}" ;;
	'<'*) ((from < ${value#<})) && echo "$from" || echo "${value#<}" ;;
	*) echo "$value" ;;
	esac
}

# apply, verify, rollback; every net.* sysctl compared
round_trip() {
	local name=$1 before after line key changed=0
	local -A from want

	while IFS= read -r line; do
		key=${line%%=*}
		from[$key]=$(value_of "$key")
		want[$key]=$(wanted "${from[$key]}" "${line#*=}")
	done < <(settings_of "$name")
	((${#want[@]} > 0))

	before=$(net_sysctls)
	run -0 finwait apply "$name"
	for key in "${!want[@]}"; do
		assert_equal "$key" "${want[$key]}" "$(value_of "$key")"
		[[ ${want[$key]} == "${from[$key]}" ]] || changed=$((changed + 1))
	done
	after=$(net_sysctls)
	assert_equal "sysctls changed" "$changed" \
		"$(diff <(echo "$before") <(echo "$after") | grep -c '^>')"
	run -0 finwait verify
	run -0 finwait verify "$name"
	run -0 finwait rollback
	assert_equal "after rollback" "$before" "$(net_sysctls)"
}

@test "no profile is without a test here" {
	local file name

	for file in "$SOURCE_DIR"/profiles/*.ini; do
		name=${file##*/}
		grep -q "round_trip ${name%.ini}\$" "$BATS_TEST_FILENAME" ||
			{ echo "$name has none" && return 1; }
	done
}

@test "base is applied, verified and rolled back without a trace" {
	round_trip base
}

@test "edge-proxy is applied, verified and rolled back without a trace" {
	round_trip edge-proxy
}

@test "idle-connections is applied, verified and rolled back without a trace" {
	round_trip idle-connections
}

@test "outgoing-heavy is applied, verified and rolled back without a trace" {
	round_trip outgoing-heavy
}

@test "short-lived-server is applied, verified and rolled back without a trace" {
	round_trip short-lived-server
}

@test "a profile on values tuned by folklore comes and goes without a trace" {
	in_ns sysctl -qw net.ipv4.tcp_timestamps=0 net.ipv4.tcp_syncookies=0 \
		net.ipv4.tcp_fin_timeout=5 net.ipv4.tcp_orphan_retries=1 \
		net.ipv4.tcp_max_tw_buckets=1440000 net.core.somaxconn=65535 \
		net.ipv4.ip_local_port_range="1024 65000"
	round_trip edge-proxy
}

@test "profiles applied on top of each other go back one by one, or all at once" {
	local names=(base edge-proxy idle-connections short-lived-server) values=() turn

	values[0]=$(net_sysctls)
	for turn in "${!names[@]}"; do
		run -0 finwait apply "${names[turn]}"
		values[turn + 1]=$(net_sysctls)
	done
	for ((turn = ${#names[@]} - 1; turn >= 0; turn--)); do
		run -0 finwait rollback
		assert_equal "without ${names[turn]}" "${values[turn]}" "$(net_sysctls)"
	done
	for turn in "${!names[@]}"; do
		run -0 finwait apply "${names[turn]}"
	done
	run -0 finwait rollback --all
	assert_equal "without any" "${values[0]}" "$(net_sysctls)"
}

@test "a dry run tells the changes and makes neither a change nor a file" {
	local before

	before=$(net_sysctls)
	run -0 finwait apply edge-proxy --dry-run --json
	jq -e '.changes[] | select(.key == "net.ipv4.tcp_fin_timeout" and .to == "30")' \
		<<<"$output"
	assert_equal "sysctls" "$before" "$(net_sysctls)"
	[[ ! -e $STATE_DIR ]]
}

@test "an applied profile applied again is already so, and makes no transaction" {
	run -0 finwait apply base
	run -0 finwait apply base --json
	assert_equal "second time" "same null" "$(jq -r '"\(.state) \(.transaction)"' <<<"$output")"
}
