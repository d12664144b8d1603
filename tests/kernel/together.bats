#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many runs at the same time: one writer at a time, whoever is killed, and what a run says
# that has to wait for another.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel
load waiting

FIN=net.ipv4.tcp_fin_timeout
KEYS=(net.ipv4.tcp_rfc1337=1 net.ipv4.tcp_keepalive_time=600 net.ipv4.tcp_keepalive_intvl=30
	net.ipv4.tcp_keepalive_probes=5 net.ipv4.tcp_syn_retries=4 net.core.somaxconn=8192
	net.ipv4.tcp_synack_retries=4 net.ipv4.tcp_max_tw_buckets=262144)

setup() {
	require jq sysctl pgrep python3
	STATE_DIR=$BATS_TEST_TMPDIR/state
	SAID=$BATS_TEST_TMPDIR/said
	PIDS=()
	netns_open
	hide_systemd
	old=$(net_sysctls)
}

teardown() {
	local pid

	for pid in "${PIDS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	end_guardians KILL
	netns_close
}

# begin ARGUMENTS...: a run in the background, by its own process ID: ${PIDS[-1]}. What a
# shell leaves in the background ignores SIGINT, and so would finwait.
begin() {
	: >"$SAID.${#PIDS[@]}"
	(exec "${NSENTER[@]}" -- env --default-signal=INT "$FINWAIT" --state-dir "$STATE_DIR" \
		"$@" >"$SAID.${#PIDS[@]}" 2>&1 3>&-) &
	PIDS+=($!)
}

# end N: its $status
end() {
	status=0
	wait "${PIDS[$1]}" || status=$?
}

has_said() {
	[[ $(<"$SAID.$1") == *"$2"* ]]
}

# The n-th of the crowd. $SETTING: the one key of all; else each has its own.
one_of_many() {
	local setting=${SETTING:-${KEYS[$1 % ${#KEYS[@]}]}}

	case $(($1 % 10)) in
	0 | 1 | 2) begin apply --wait 60 --accept-risk --set "$setting" ;;
	3) begin apply --wait 60 --accept-risk --set "$FIN=$((20 + $1 % 40))" ;;
	4) begin apply --wait 60 --accept-risk --set "$setting" --confirm 600 ;;
	5) begin rollback --wait 60 ;;
	6) begin history --json ;;
	7) begin verify --wait 60 ;;
	8) begin confirm --wait 60 ;;
	9) begin rollback --wait 60 --all ;;
	esac
}

# Fifty runs, every fourth of which is killed at some moment.
crowd() {
	local n

	for ((n = 0; n < 50; n++)); do
		one_of_many "$n"
	done
	for ((n = 0; n < 50; n += 4)); do
		sleep "0.0$((RANDOM % 10))"
		kill -KILL "${PIDS[n]}" 2>/dev/null || true
	done
}

# Each has ended as it may, and a run that was not disturbed saw a whole journal.
assert_ends() {
	local n

	for ((n = 0; n < 50; n++)); do
		end "$n"
		if [[ ! $status =~ ^(0|1|2|137)$ ]] || has_said "$n" damaged; then
			printf 'run %s: status %s\n' "$n" "$status"
			cat "$SAID.$n"
			return 1
		fi
		if ((n % 10 == 6 && status == 0)); then
			jq -e .transactions "$SAID.$n" >/dev/null
		fi
	done
}

# Everything comes back, and nobody stays.
assert_all_comes_back() {
	run finwait rollback --all
	((status == 0)) || {
		echo "$output"
		return 1
	}
	assert_equal "values" "$old" "$(net_sysctls)"
	await no_guardian
	run -0 finwait history --json
	assert_equal "in force" 0 "$(jq '[.transactions[] |
		select(.state != "undone")] | length' <<<"$output")"
	(($(jq '.transactions | length' <<<"$output") > 5)) # or the test has tested nothing
	# each line is whole
	run ! grep -vqE '^1 [a-z]+ tx=[0-9a-f]{8}( .*)? crc=[0-9a-f]{8}$' "$STATE_DIR/journal"
	run -0 finwait apply --set "$FIN=30"
	run -0 finwait rollback
}

@test "fifty runs on many keys, some of them killed: all end, and rollback --all is as before" {
	crowd
	assert_ends
	assert_all_comes_back
}

@test "fifty runs on one key, some of them killed: all end, and rollback --all is as before" {
	SETTING="$FIN=45"
	crowd
	assert_ends
	assert_all_comes_back
}

# The lock.

# What holds it: $HOLDER
hold() {
	mkdir -p "$STATE_DIR"
	[[ -e $STATE_DIR/lock ]] || install -m 600 /dev/null "$STATE_DIR/lock"
	exec {HOLDER_FD}< <(exec python3 -c '
import fcntl, sys, time

lock = open(sys.argv[1], "a")
fcntl.lockf(lock, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(600)
' "$STATE_DIR/lock" holds-the-lock 3>&-)
	HOLDER=$!
	PIDS+=("$HOLDER")
	read -r -u "$HOLDER_FD" _
}

@test "a run that waits says for which process, and gives up after --wait, exit 2" {
	local n start=$SECONDS lines

	hold
	begin apply --set "$FIN=30" --wait 2
	begin confirm --wait 2
	begin rollback --wait 2
	begin rollback --all --wait 2
	for n in 1 2 3 4; do
		end $n
		((status == 2))
		mapfile -t lines <"$SAID.$n"
		assert_equal "lines" 2 "${#lines[@]}"
		assert_has "at first" "finwait: waiting for PID $HOLDER (" "${lines[0]}"
		assert_has "in the end" "PID $HOLDER (" "${lines[1]}"
		assert_has "its command" "python3" "${lines[1]}"
		assert_has "the way on" "--wait" "${lines[1]}"
	done
	((SECONDS - start >= 1))
	assert_equal "values" "$old" "$(net_sysctls)"
	[[ ! -s $STATE_DIR/journal ]]
}

@test "--wait 0 does not wait, and says who holds the lock" {
	hold
	run -2 in_ns timeout 20 "$FINWAIT" --state-dir "$STATE_DIR" \
		apply --set "$FIN=30" --wait 0
	assert_equal "lines" 1 "${#lines[@]}"
	assert_has "who" "PID $HOLDER (" "$output"
	assert_has "its command" "python3" "$output"
}

@test "a holder that cannot be seen from here is said to be that" {
	((UID == 0)) || skip "only root can make a PID namespace beside"
	hold
	run -2 in_ns unshare -p --fork "$FINWAIT" --state-dir "$STATE_DIR" \
		apply --set "$FIN=30" --wait 0
	assert_has "who" "cannot be seen from here" "$output"
}

@test "SIGINT, SIGTERM or SIGHUP to a run that waits ends it at once, exit 2" {
	local signal n=1

	hold
	for signal in INT TERM HUP; do
		begin apply --set "$FIN=30" --wait 600
		await has_said $n waiting
		kill -"$signal" "${PIDS[n]}"
		end $n
		((status == 2))
		has_said $n "SIG$signal"
		n=$((n + 1))
	done
	begin rollback --wait 600
	await has_said $n waiting
	kill -TERM "${PIDS[n]}"
	end $n
	((status == 2))
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "SIGKILL to the holder lets the next run in" {
	hold
	begin apply --set "$FIN=30" --wait 600
	await has_said 1 "waiting for PID $HOLDER"
	kill -KILL "$HOLDER"
	end 1
	((status == 0))
	has_value "$FIN" 30
}

@test "history, audit, a dry run and verify answer while somebody holds the lock" {
	local verb

	run -0 finwait apply --set "$FIN=30"
	hold
	for verb in history "history --json" audit "apply base --dry-run" verify; do
		# shellcheck disable=SC2086 # the words
		run -0 in_ns timeout 20 "$FINWAIT" --state-dir "$STATE_DIR" $verb
		[[ $output != *waiting* ]]
	done
}

@test "verify that has something to settle waits for the lock, too" {
	run -0 finwait apply --set "$FIN=30"
	sed -i '$d' "$STATE_DIR/journal" # as if cut off before the commit
	hold
	run -2 finwait verify --wait 1
	assert_has "who" "PID $HOLDER" "$output"
	kill -KILL "$HOLDER"
	run -0 finwait verify
	has_value "$FIN" 60
}

@test "--wait that is no number of seconds is exit 2" {
	local verb value

	for verb in "apply --set $FIN=30" "apply base --dry-run" confirm rollback verify; do
		for value in abc -1 86401 1.5; do
			# shellcheck disable=SC2086 # the words
			run -2 finwait $verb --wait "$value"
			assert_has "$verb" "--wait" "$output"
		done
	done
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "an ordinary user cannot hold the lock, as he cannot open its file" {
	((UID == 0)) || skip "only root can become another user"
	run -0 finwait apply --set "$FIN=30"
	chmod 755 "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
	run -1 setpriv --reuid=65534 --regid=65534 --clear-groups cat "$STATE_DIR/lock"
	run -0 setpriv --reuid=65534 --regid=65534 --clear-groups cat "$STATE_DIR/journal"
}
