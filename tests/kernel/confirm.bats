#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Confirm or revert on the real kernel: a change that nobody confirms is undone at its
# deadline, whatever becomes of the shell, the terminal and the guardian.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel
load waiting

FIN=net.ipv4.tcp_fin_timeout
RFC=net.ipv4.tcp_rfc1337
ALIVE=net.ipv4.tcp_keepalive_time

setup() {
	require jq sysctl pgrep setsid python3
	STATE_DIR=$BATS_TEST_TMPDIR/state
	SHELL_PID=$BATS_TEST_TMPDIR/shell
	TRACE=$BATS_TEST_TMPDIR/trace
	netns_open
	hide_systemd
	old=$(net_sysctls)
}

teardown() {
	end_guardians KILL
	end_shell KILL
	netns_close
}

# waiting SECONDS [KEY=VALUE...]: one that waits; its ID in $id
waiting() {
	local seconds=$1 setting settings=()

	shift
	for setting in "${@:-$FIN=30}"; do
		settings+=(--set "$setting")
	done
	run -0 --separate-stderr finwait apply --json --confirm "$seconds" "${settings[@]}"
	id=$(jq -r .transaction <<<"$output")
}

# One whose guardian was killed and whose deadline is past
overdue() {
	waiting "$SOON"
	end_guardians KILL
	await newest_is overdue
	has_value "$FIN" 30
}

# in_session COMMAND...: by a shell that leads a session and stays when the command is done
in_session() {
	in_ns setsid bash -c 'echo $$ >"$0"; "$@"; touch "$0.done"; sleep 600' \
		"$SHELL_PID" "$@" >/dev/null 2>&1 &
	await test -e "$SHELL_PID.done"
}

# end_shell SIGNAL: to all processes of that session
end_shell() {
	local pid

	[[ -s $SHELL_PID ]] || return 0
	pid=$(<"$SHELL_PID")
	kill -"$1" -- "-$pid" 2>/dev/null || true
	await eval "! kill -0 -- -$pid 2>/dev/null"
	rm -f "$SHELL_PID" "$SHELL_PID.done"
}

# Undone, and by nobody but the guardian: no other run that locks comes before
assert_undone_by_itself() {
	await has_value "$FIN" 60
	await newest_is undone
	await no_guardian
	assert_equal "values" "$old" "$(net_sysctls)"
}

# seconds TIME: of an RFC 3339 time, since the epoch
seconds() {
	[[ $1 =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$ ]]
	date -d "$1" +%s
}

# What the shell makes of a command that finwait printed
pasted() {
	in_ns env PATH="${FINWAIT%/*}:$PATH" bash -c "$1"
}

# While it waits.

@test "apply --confirm returns with the change in force, waiting, and one guardian" {
	run -0 finwait apply --set "$FIN=30" --confirm 600
	assert_has "how to keep it" "confirm $(newest .id)" "$output"
	assert_has "how long" "in 600 s" "$output"
	has_value "$FIN" 30
	run -0 finwait history
	[[ $output =~ waiting\ (600|5[0-9][0-9])\ s ]]
	assert_equal "guardians" 1 "$(guardians | wc -l)"
}

@test "the commands that apply --confirm prints keep it and undo it when pasted" {
	local keep undo

	run -0 finwait apply --set "$FIN=30" --confirm 600
	keep=$(sed -n 's/^to keep it: *//p' <<<"$output")
	undo=$(sed -n 's/^to undo it now: *//p' <<<"$output")
	run -0 pasted "$keep"
	newest_is committed
	run -0 pasted "$undo"
	newest_is undone
	has_value "$FIN" 60
}

@test "what apply --confirm prints can be pasted also where a name has blanks, or is long" {
	STATE_DIR="$BATS_TEST_TMPDIR/a state's dir"
	run -0 finwait apply --set "$FIN=30" --confirm 600
	run -0 pasted "$(sed -n 's/^to keep it: *//p' <<<"$output")"
	newest_is committed
	run -0 finwait rollback
	STATE_DIR=$BATS_TEST_TMPDIR$(printf '/a-very-long-name-%.0s' {1..50})
	run -0 finwait apply --set "$FIN=30" --confirm 600
	run -0 pasted "$(sed -n 's/^to keep it: *//p' <<<"$output")"
	newest_is committed
}

@test "the guardian leads a session of its own and holds nothing of the caller's" {
	local pid

	waiting 600
	pid=$(guardians)
	assert_equal "session" "$pid" "$(ps -o sid= -p "$pid" | tr -d ' ')"
	assert_equal "terminal" "?" "$(ps -o tty= -p "$pid" | tr -d ' ')"
	assert_equal "directory" / "$(readlink "/proc/$pid/cwd")"
	assert_equal "files" "/dev/null" "$(readlink "/proc/$pid/fd/"[012] | sort -u)"
	assert_equal "pipes, sockets and files" "" \
		"$(readlink "/proc/$pid/fd/"* | grep -vE '^(/|/dev/null|anon_inode:.*)$')"
}

@test "apply --confirm in a pipeline returns at once: the guardian holds no pipe" {
	local start=$SECONDS

	run -0 in_ns timeout 60 bash -c '"$@" 2>&1 | cat' bash \
		"$FINWAIT" --state-dir "$STATE_DIR" apply --set "$FIN=30" --confirm 600
	((SECONDS - start < 60))
	newest_is waiting
	[[ -n $(guardians) ]]
}

@test "apply --confirm without stdin, stdout and stderr is guarded all the same" {
	run in_ns bash -c 'exec <&- >&- 2>&-; "$@"' bash \
		"$FINWAIT" --state-dir "$STATE_DIR" apply --set "$FIN=30" --confirm 600
	# nobody was told, but the journal knows
	[[ $status == 2 || $status == 0 ]]
	newest_is waiting
	assert_equal "guardians" 1 "$(guardians | wc -l)"
	run -0 finwait confirm
	await no_guardian
}

@test "apply --confirm in JSON is waiting, with its deadline in UTC" {
	local deadline when

	run -0 finwait apply --json --set "$FIN=30" --confirm 600
	assert_equal "state" "waiting" "$(jq -r .state <<<"$output")"
	deadline=$(seconds "$(jq -r .deadline <<<"$output")")
	when=$(seconds "$(newest .when)")
	((deadline >= when + 599 && deadline <= when + 630))
	# a second is lost or won in rounding
	assert_equal "history's, off by" "0" \
		"$((($(seconds "$(newest .deadline)") - deadline) / 2))"
	run -0 finwait confirm --json
	assert_equal "then" "committed null" "$(jq -r '"\(.state) \(.deadline)"' <<<"$output")"
	assert_equal "history's" "null" "$(newest .deadline)"
}

@test "the guardian is on guard, and the journal synced, before the first sysctl is written" {
	require_strace
	# strace(1) stays until the guardian has ended
	strace_ns -f -e trace=timerfd_settime,setsid,fdatasync,write -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply --set "$FIN=30" --confirm 600 >/dev/null &
	await newest_is waiting
	end_guardians TERM
	wait $!
	assert_equal "effects" "$(printf '%s\n' sync timer background value sync)" "$(awk '
		/fdatasync\(/ { print "sync" }
		/timerfd_settime\(/ { print "timer" }
		/setsid\(/ { print "background" }
		/write\([0-9]+<\/proc\/sys\// { print "value" }' "$TRACE" | head -5)"
}

@test "--confirm 0, less, more than a week or no number is exit 2, and nothing is written" {
	local value

	for value in 0 -1 abc 604801 '' 1.5 99999999999999999999; do
		run -2 finwait apply --set "$FIN=30" --confirm "$value"
		assert_has "$value" "--confirm" "$output"
	done
	assert_equal "values" "$old" "$(net_sysctls)"
	[[ ! -e $STATE_DIR ]]
	waiting 604800
}

@test "--confirm of what is in force already waits for nothing and guards nothing" {
	run -0 finwait apply --set "$FIN=60" --confirm 600 --json
	assert_equal "state" "same null" "$(jq -r '"\(.state) \(.deadline)"' <<<"$output")"
	no_guardian
	run -1 finwait confirm
}

@test "--confirm with --dry-run guards nothing and writes nothing" {
	run -0 finwait apply --set "$FIN=30" --confirm 600 --dry-run
	no_guardian
	[[ ! -e $STATE_DIR ]]
	assert_equal "values" "$old" "$(net_sysctls)"
}

# The deadline.

@test "at the deadline the values are back, without any other run; confirm is exit 1 then" {
	waiting "$SOON" "$FIN=30" "$RFC=1"
	assert_undone_by_itself
	# too late
	run -1 finwait confirm
	run -1 finwait confirm "$id"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "at the deadline a shell that was killed with all its processes makes no difference" {
	local signal

	for signal in HUP KILL; do
		in_session "$FINWAIT" --state-dir "$STATE_DIR" \
			apply --set "$FIN=30" --confirm "$SOON"
		end_shell "$signal"
		assert_undone_by_itself
	done
}

@test "at the deadline a terminal that was closed makes no difference" {
	run -0 in_ns timeout 60 python3 -c '
import os, pty, sys

pid, terminal = pty.fork()
if pid == 0:
	os.execvp("bash", ["bash", "-c", "\"$@\"; exec sleep 600", "bash"] + sys.argv[1:])
said = b""
while b"to undo it now" not in said:
	said += os.read(terminal, 4096)
os.close(terminal)
print("ended by signal", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' "$FINWAIT" --state-dir "$STATE_DIR" apply --set "$FIN=30" --confirm "$SOON"
	assert_equal "the shell" "ended by signal -1" "$output"
	assert_undone_by_itself
}

@test "at the deadline a run that holds the lock is waited for" {
	local pid

	waiting "$SOON"
	pid=$(guardians)
	kill -STOP "$pid"
	in_ns timeout 100 python3 -c '
import fcntl, sys

lock = open(sys.argv[1] + "/lock", "r+")
fcntl.lockf(lock, fcntl.LOCK_EX)
open(sys.argv[1] + "/locked", "w")
sys.stdin.read()
' "$STATE_DIR" < <(
		await test -e "$STATE_DIR/locked"
		await newest_is overdue
		kill -CONT "$pid"
		sleep 0.3
		value_of "$FIN" >"$TRACE.value"
	)
	assert_equal "while it is locked" 30 "$(<"$TRACE.value")"
	assert_undone_by_itself
}

@test "at the deadline a value of somebody else is left alone, and the rest is undone" {
	waiting "$SOON" "$FIN=30" "$RFC=1"
	in_ns sysctl -qw "$FIN=45"
	await newest_is conflict
	has_value "$FIN" 45
	has_value "$RFC" 0
}

@test "SIGTERM ends the guardian, and a new one can be started by hand" {
	waiting 600
	end_guardians TERM
	newest_is waiting
	run -0 finwait rollback --at-deadline "$id"
	assert_equal "guardians" 1 "$(guardians | wc -l)"
	run -0 finwait confirm
	await no_guardian
}

@test "a guardian that is started by hand after the deadline undoes at once" {
	overdue
	run -0 finwait rollback --at-deadline "$id"
	assert_undone_by_itself
}

@test "guardian and shell killed: overdue, and values as they were, until somebody looks" {
	in_session "$FINWAIT" --state-dir "$STATE_DIR" apply --set "$FIN=30" --confirm "$SOON"
	end_guardians KILL
	end_shell KILL
	await newest_is overdue
	run -0 finwait history
	assert_has "history" "overdue" "$output"
	has_value "$FIN" 30
}

# after_overdue STATUS ARGUMENTS...: a run which finds it overdue; it is undone, and said
after_overdue() {
	local expected=$1

	shift
	cp -a "$STATE_DIR.overdue/." "$STATE_DIR"
	in_ns sysctl -qw "$FIN=30"
	run "-$expected" --separate-stderr finwait "$@"
	assert_has "finwait $*" "transaction $id was not confirmed in time, and is undone" \
		"$stderr"
	has_value "$FIN" 60
}

@test "the next verify, rollback, confirm or apply undoes what is overdue, and says so" {
	local older

	run -0 finwait apply --set "$ALIVE=600"
	older=$(newest .id)
	overdue
	cp -a "$STATE_DIR" "$STATE_DIR.overdue"

	after_overdue 0 verify
	newest_is undone
	after_overdue 1 confirm
	after_overdue 1 confirm "$id"
	after_overdue 0 rollback
	has_value "$ALIVE" 600
	after_overdue 0 apply --set "$RFC=1"
	has_value "$RFC" 1
	after_overdue 0 apply --set "$ALIVE=500" --confirm 600
	newest_is waiting
	end_guardians KILL
	in_ns sysctl -qw "$ALIVE=600"
	after_overdue 0 rollback "$older"
	has_value "$ALIVE" 7200
}

@test "rollback --at-deadline is for what waits here: else exit 2, and nobody stays" {
	run -2 finwait rollback --at-deadline
	run -0 finwait apply --set "$ALIVE=600"
	run -2 finwait rollback --at-deadline "$(newest .id)"
	assert_has "why" "does not wait" "$output"
	run -2 finwait rollback --at-deadline 0000abcd
	no_guardian
	has_value "$ALIVE" 600
}

# Confirmed, or undone by hand.

@test "confirmed in time: kept, the guardian ends at once, and no later run undoes it" {
	local end

	waiting $((2 * SOON))
	end=$((EPOCHSECONDS + 2 * SOON + 1))
	run -0 finwait confirm
	assert_has "what it says" "$id" "$output"
	await no_guardian
	newest_is committed
	await eval "((EPOCHSECONDS >= $end))"
	run -0 finwait verify
	has_value "$FIN" 30
	run -0 finwait rollback
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "confirm takes the ID, or the first four of it" {
	waiting 600
	run -0 finwait confirm "${id:0:4}"
	newest_is committed
	await no_guardian
}

@test "a waiting change is undone by rollback, and the guardian ends at once" {
	waiting 600
	run -0 finwait rollback
	await no_guardian
	newest_is undone
	assert_equal "values" "$old" "$(net_sysctls)"
	run -1 finwait confirm "$id"
}

@test "confirm where nothing waits is exit 1, also of one that is committed, and in JSON" {
	run -1 finwait confirm
	assert_has "why" "nothing waits" "$output"
	run -0 finwait apply --set "$FIN=30"
	run -1 finwait confirm
	run -1 finwait confirm "$(newest .id)"
	run -1 --separate-stderr finwait confirm --json
	assert_equal "JSON" "null" "$(jq -r .transaction <<<"$output")"
	run -2 finwait confirm 0000abcd
	newest_is committed
}

# One upon the other.

@test "a second --confirm is exit 2, names the first and its seconds, and changes nothing" {
	local before

	waiting 600
	before=$(net_sysctls)
	run -2 finwait apply --set "$RFC=1" --confirm 600
	assert_has "the first" "$id" "$output"
	[[ $output =~ (600|5[0-9][0-9])\ s ]]
	assert_equal "values" "$before" "$(net_sysctls)"
	assert_equal "guardians" 1 "$(guardians | wc -l)"
	run -0 finwait confirm
	run -0 finwait apply --set "$RFC=1" --confirm 600
}

@test "a plain apply upon a waiting one keeps its keys when that is undone at the deadline" {
	local later

	waiting $((2 * SOON)) "$FIN=30" "$RFC=1"
	run -0 finwait apply --set "$FIN=20" --set "$ALIVE=600"
	later=$(newest .id)
	await has_value "$RFC" 0
	await no_guardian
	assert_equal "states" "committed undone" \
		"$(finwait history --json | jq -r '[.transactions[].state] | join(" ")')"
	has_value "$FIN" 20
	has_value "$ALIVE" 600
	run -0 finwait verify
	run -0 finwait rollback "$later"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "a waiting one upon a plain apply falls back to its values" {
	run -0 finwait apply --set "$FIN=40" --set "$ALIVE=600"
	waiting "$SOON" "$FIN=30" "$RFC=1"
	await newest_is undone
	has_value "$FIN" 40
	has_value "$ALIVE" 600
	has_value "$RFC" 0
	run -0 finwait verify
	run -0 finwait rollback
	assert_equal "values" "$old" "$(net_sysctls)"
}

# Elsewhere.

@test "a change that waits in one namespace is not confirmed from another" {
	local there=$NETNS_PID

	((UID == 0)) || skip "only root can enter a namespace made beside his own"
	waiting 600
	netns_open # a second one
	hide_systemd
	run -1 finwait confirm
	run -2 finwait confirm "$id"
	assert_has "the way" "--netns" "$output"
	newest_is waiting
	# one may wait in each
	run -0 finwait apply --set "$RFC=1" --confirm 600
	run -0 finwait --netns "$there" confirm
	run -0 finwait --netns "$there" verify "$id"
	newest_is waiting
}

@test "apply --confirm with --netns acts there, and is undone there at the deadline" {
	((UID == 0)) || skip "only root can name network namespaces"
	run -0 in_ns unshare -m bash -ec '
		mount -t tmpfs tmpfs /run
		ip netns add one
		value() { ip netns exec one sysctl -n net.ipv4.tcp_fin_timeout; }
		finwait() { "$FINWAIT" --state-dir "$0" --netns one "$@"; }
		finwait apply --set net.ipv4.tcp_fin_timeout=30 --confirm 600
		finwait history | grep -o "waiting [0-9]* s"
		value
		keep=$(finwait apply --set net.ipv4.tcp_rfc1337=1 --confirm 600 2>&1) || echo second
		finwait rollback >/dev/null
		keep=$(finwait apply --set net.ipv4.tcp_fin_timeout=30 --confirm 600 |
			sed -n "s/^to keep it: *//p")
		PATH=${FINWAIT%/*}:$PATH bash -c "$keep"
		finwait rollback >/dev/null
		finwait apply --set net.ipv4.tcp_fin_timeout=30 --confirm "$1" >/dev/null
		for ((n = 0; n < 600; n++)); do
			[[ $(value) != 60 ]] || break
			sleep 0.05
		done
		value
		sysctl -n net.ipv4.tcp_fin_timeout' "$STATE_DIR" "$SOON"
	assert_has "what it says" "--netns one" "$output"
	assert_equal "there, and here" "$(printf '%s\n' 30 second 60 60)" \
		"$(grep -E '^([0-9]+|second)$' <<<"$output")"
	assert_has "kept" "is kept" "$output"
	assert_equal "values" "$old" "$(net_sysctls)"
}

# No guardian, no change.

@test "where no guardian can be started apply --confirm is exit 2 and changes nothing" {
	local injection

	require_strace
	# no process; no process in the background; no timer; killed before it is on guard
	for injection in clone,clone3,vfork,fork:error=EAGAIN clone:error=EAGAIN \
		timerfd_create:error=EMFILE timerfd_settime:signal=SIGKILL; do
		run -2 --separate-stderr strace_ns -f -e "trace=${injection%%:*}" \
			-e "inject=$injection" -- "$FINWAIT" --state-dir "$STATE_DIR" \
			apply --set "$FIN=30" --confirm 600
		assert_equal "values" "$old" "$(net_sysctls)"
		no_guardian
		[[ $stderr =~ ^finwait:\ [^:] && $stderr != "finwait: finwait:"* ]]
		newest_is undone
	done
	waiting 600
}

@test "an apply --confirm that is interrupted undoes all, and its guardian ends" {
	require_strace
	run -2 strace_ns -P "/proc/sys/${FIN//.//}" -e trace=write \
		-e inject=write:signal=SIGTERM:when=1 -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply --set "$FIN=30" --confirm 600
	assert_has "the cause" "SIGTERM" "$output"
	await no_guardian
	assert_equal "values" "$old" "$(net_sysctls)"
}
