#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real sockets, an exact number of each kind, counted.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel
load census

setup_file() {
	build CROWD crowd "$SOURCE_DIR"/tests/kernel/{crowd*,netpair}.c
	build BOUND bound "$SOURCE_DIR/tests/kernel/bound.c"
}

setup() {
	require jq ss ip
	D=$BATS_TEST_TMPDIR
}

# count CROWD-OPTION... [-- PREFIX...]: a crowd, and all that tells its number, in $D
count() {
	local options=() status attempt

	while (($#)) && [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	# a crowd that lost a socket on a busy machine (exit 99) is made again
	for attempt in 1 2 3; do
		status=0
		"$CROWD" "${options[@]}" "${@:---}" bash -ec '
			"$FINWAIT" sockets --json >"$0/json"
			"$FINWAIT" sockets >"$0/text"
			ss -tanH4 >"$0/ss4"
			ss -tanH6 >"$0/ss6"
			ss -tanH >"$0/ss"
			cat /proc/thread-self/net/sockstat >"$0/sockstat"
			"$FINWAIT" audit --json >"$0/audit" || echo $? >"$0/audit-status"
		' "$D" 3>&- || status=$?
		((status == 99)) || break
		echo "crowd: attempt $attempt failed"
	done
	((status != 77)) || skip "no network namespaces can be made here"
	((status == 0))
}

@test "1,000 TIME_WAIT, 50 orphaned FIN_WAIT_2 and 20 CLOSE_WAIT are exactly that" {
	count --time-wait 1000 --fin-wait-2 50 --close-wait 20
	states time_wait=1000 fin_wait2=50 close_wait=20
	details fin_wait2_mini=50 close_wait_unread=20
	assert_equal interrupted false "$(json .interrupted)"
	ss_agrees
	sockstat_reconciles
}

@test "the same crowd, half of it IPv6, is counted by family" {
	count --ipv6 --time-wait 1000 --fin-wait-2 50 --close-wait 20
	states time_wait=1000 fin_wait2=50 close_wait=20
	assert_equal "families" "500 500 25 25 10 10" "$(json '.states |
		[.time_wait, .fin_wait2, .close_wait | .ipv4, .ipv6] | map(tostring) | join(" ")')"
	ss_agrees
	sockstat_reconciles
}

@test "every group at once, in both families, is told apart" {
	count --ipv6 --time-wait 301 --fin-wait-2 31 --fin-wait-2-held 11 --close-wait 9 \
		--close-wait-read 7 --close-wait-unaccepted 5 --established 13 --listen 17
	# the unaccepted wait at a listener of each family
	states time_wait=301 fin_wait2=42 close_wait=21 established=13 listen=19
	details fin_wait2_mini=31 fin_wait2_held=11 close_wait_unread=9 close_wait_read=7 \
		close_wait_unaccepted=5
	ss_agrees
	sockstat_reconciles
}

@test "CLOSE_WAIT is told apart by what the application has done" {
	count --close-wait 3 --close-wait-read 4 --close-wait-unaccepted 5
	states close_wait=12 listen=1
	details close_wait_unread=3 close_wait_read=4 close_wait_unaccepted=5
	ss_agrees
}

@test "a held FIN_WAIT_2 is no orphan and no mini-socket" {
	count --fin-wait-2 6 --fin-wait-2-held 8
	states fin_wait2=14
	details fin_wait2_mini=6 fin_wait2_held=8
	ss_agrees
	sockstat_reconciles
}

@test "with tcp_fin_timeout above 60 an orphaned FIN_WAIT_2 is a full socket" {
	count --sysctl net.ipv4.tcp_fin_timeout=90 --fin-wait-2 40 --fin-wait-2-held 2 \
		--time-wait 10
	states fin_wait2=42 time_wait=10
	details fin_wait2_orphan=40 fin_wait2_held=2 orphans=40
	ss_agrees
	sockstat_reconciles
	# of the whole host, so there may be more
	(($(json .sockstat.orphan) >= 40))
}

@test "listeners are counted, also one whose accept queue holds as many as it may" {
	count --listen 12 --sysctl net.core.somaxconn=4 --close-wait-unaccepted 4
	states listen=13 close_wait=4
	details close_wait_unaccepted=4
	ss_agrees
}

@test "the peers in the other namespace are counted there and not here" {
	count --established 5 --fin-wait-2-held 3 -- bash -ec '
		"$FINWAIT" --netns "$CROWD_PEER_NETNS" sockets --json >"$0/peer"
		exec "$@"' "$D"
	states established=5 fin_wait2=3
	assert_equal "B" "5 3 0" "$(jq -r .states "$D/peer" | jq -r \
		'"\(.established.total) \(.close_wait.total) \(.fin_wait2.total)"')"
}

@test "sockets that are bound and nothing else are bound_inactive" {
	bound_is_told
	count -- "$BOUND" 3
	# the kernel tells such a socket as TCP_CLOSE, of which it tells no others
	assert_equal "IPv4" "3 0" "$(json '"\(.states.bound_inactive.ipv4) \(.states.close.total)"')"
	count -- "$BOUND" 2 --ipv6
	assert_equal "IPv6" "2 0" "$(json '"\(.states.bound_inactive.ipv6) \(.states.close.total)"')"
}

@test "an empty namespace has no sockets, and zeros for every state" {
	count --
	states
	assert_equal "zeros" 12 "$(json '[.states[] | select(. == null or .total == 0)] | length')"
	ss_agrees
	sockstat_reconciles
}

@test "audit of the crowd finds the CLOSE_WAIT and says that no sysctl helps" {
	count --time-wait 1000 --fin-wait-2 50 --close-wait 20
	assert_equal "states" "[1000,50,20]" \
		"$(jq -c '[.states.time_wait.total, .states.fin_wait2.total,
			.states.close_wait.total]' "$D/audit")"
	jq -e '.findings[] | select(.id | startswith("close-wait"))' "$D/audit"
}

@test "the crowd's processes hold their part of CLOSE_WAIT, and die with the crowd" {
	local pid processes end

	"$CROWD" --close-wait 20 --close-wait-read 10 --holders 2 --among 5 -- \
		sh -c 'ss -Htanp state close-wait >"$0/held.new" && mv "$0/held.new" "$0/held" &&
			exec sleep 100' "$D" 3>&- &
	pid=$!
	while ! [[ -e $D/held ]]; do
		kill -0 "$pid" || return 1
	done
	assert_equal "sockets of each holder" $'15\n15' "$(grep -o '"crowd-holder",pid=[0-9]*' \
		"$D/held" | sort | uniq -c | awk '{ print $1 }')"
	mapfile -t processes < <(pgrep -P "$pid" -x 'crowd-(holder|idle)')
	assert_equal "processes" 5 "${#processes[@]}"
	kill -9 "$pid"
	end=$((SECONDS + 10))
	while ps -o stat= -p "${processes[*]}" | grep -qv '^Z'; do
		((SECONDS < end))
	done
}

@test "the crowd's hosts are peers in turn" {
	"$CROWD" --time-wait 10 --established 4 --hosts 4 -- ss -Htan >"$D/ss" 3>&-
	assert_equal "sockets of each peer" $'4\n4\n3\n3' "$(awk '{ sub(":.*", "", $5); print $5 }' \
		"$D/ss" | LC_ALL=C sort | uniq -c | awk '{ print $1 }')"
}
