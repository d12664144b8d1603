#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The trials against the running kernel, what they claim, and what they leave alone: everything
# outside their own namespaces.

# for inner shells
# shellcheck disable=SC2016
bats_require_minimum_version 1.5.0
load kernel
load waiting

setup() {
	require ip jq python3 ss pgrep
	netns_open
}

teardown() {
	netns_close
}

prove() {
	in_ns "$FINWAIT" prove "$@"
}

# Every sysctl of a namespace that can be read, but for what the kernel counts by itself
settings() {
	"$@" find /proc/sys/net -type f -readable ! -name '*_count' -exec grep -Hs '' {} + |
		LC_ALL=C sort
}

# What came of each trial, where it was not confirmed
unconfirmed() {
	jq -r '.trials[] | select(.verdict != "confirmed") | "\(.name): \(.verdict)",
		(.arms[] | select(.error or ([.measured[].result] | any(. != "as_claimed"))))' <<<"$1"
}

@test "every claim is confirmed on this kernel, and nothing outside changed" {
	local before_here before_there seen pid
	local -a sockets=()

	before_here=$(settings command)
	before_there=$(settings in_ns)
	prove --all --json >"$BATS_TEST_TMPDIR/document" 3>&- &
	pid=$!
	# meanwhile no socket of TCP appears where finwait was started
	while kill -0 $pid 2>/dev/null; do
		mapfile -t -O ${#sockets[@]} sockets < <(in_ns ss -Htan)
		sleep 0.05
	done
	wait $pid
	seen=$(<"$BATS_TEST_TMPDIR/document")
	assert_equal "trials" "$("$FINWAIT" prove --json | jq '.trials | length')" \
		"$(jq '.trials | length' <<<"$seen")"
	assert_equal "not confirmed" "" "$(unconfirmed "$seen")"
	assert_equal "sockets of the namespace it was started in" 0 ${#sockets[@]}
	assert_equal "this namespace" "$before_here" "$(settings command)"
	assert_equal "the namespace it was started in" "$before_there" "$(settings in_ns)"
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/prove.json" <<<"$seen"
}

@test "an ordinary user proves as well, in user namespaces" {
	require setpriv
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$FINWAIT" ||
		skip "an ordinary user cannot run $FINWAIT"
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Un true ||
		skip "an ordinary user may make no namespace here"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$FINWAIT" prove --all --json \
		>"$BATS_TEST_TMPDIR/document"
	assert_equal "not confirmed" "" "$(unconfirmed "$(<"$BATS_TEST_TMPDIR/document")")"
}

@test "each trial can fail: a false claim is refuted" {
	assert_equal "trials without a falsehood" "" "$("$FALSIFIED" --uncovered)"
	# what is false is for the kernel to say, three times each
	[[ -z ${ASAN_OPTIONS:-} ]] || skip "told without the sanitizers"
	in_ns "$FALSIFIED"
}

@test "a process opens an internet socket only behind its own unshare()" {
	require_strace
	TRACE=$BATS_TEST_TMPDIR/trace
	strace_ns -f -e trace=socket,unshare,setns -- "$FINWAIT" prove time-wait-length >/dev/null
	grep -q 'AF_INET, SOCK_STREAM' "$TRACE"
	awk '
		/unshare.*= 0$/ { gone[$1] = 1 }
		/setns\(/ { print "setns: " $0; bad = 1 }
		/socket\(AF_INET/ && !gone[$1] { print; bad = 1 }
		END { exit bad }' "$TRACE"
}

# The processes of a session, and the network namespaces they are in
session() {
	pgrep -s "$1" || true
}

namespaces_of() {
	local pid

	for pid in $(session "$1"); do
		readlink "/proc/$pid/ns/net" 2>/dev/null || true
	done | sort -u
}

no_session() {
	[[ -z $(session "$1") ]]
}

# begin SIGNAL SECONDS: starts every trial in a session of its own, and ends it then
end_after() {
	local pid own inode

	setsid env --default-signal "$FINWAIT" prove --long >"$BATS_TEST_TMPDIR/cut" 2>&1 3>&- &
	pid=$!
	sleep "$2"
	own=$(namespaces_of $pid)
	kill -"$1" $pid
	# at once, not when the experiments are over: those take two minutes
	await no_session $pid
	for inode in $own; do
		[[ $inode != "$(readlink /proc/self/ns/net)" ]] || continue
		if find /proc -maxdepth 3 -path '*/ns/net' -lname "$inode" 2>/dev/null | grep .; then
			echo "the namespace $inode is still there"
			return 1
		fi
	done
	wait $pid || ended=$?
}

@test "a kill at any moment leaves no process and no namespace" {
	local moment ended

	for moment in 0 0.002 0.005 0.01 0.02 0.05 0.1 0.3 1; do
		end_after KILL $moment
	done
}

@test "a signal to stop ends it at once, with exit 2 and a word, and leaves nothing" {
	local signal ended

	for signal in INT TERM HUP; do
		ended=0
		end_after $signal 0.5
		assert_equal "exit status" 2 $ended
		assert_has "what it says" "stopped by SIG$signal" "$(<"$BATS_TEST_TMPDIR/cut")"
	done
}

@test "on a terminal a bar shows how far it is, and goes again" {
	local out=$BATS_TEST_TMPDIR/shown

	"$SOURCE_DIR/tests/kernel/onterminal.py" 24x80 "/experiments, about" ^C -- \
		"$FINWAIT" prove fin-wait-2-timeout >"$out" || [[ $? -eq 2 ]]
	assert_has "what is left of the bar" $'\r\e[Kfinwait: stopped by SIGINT' "$(<"$out")"
}

@test "a value of the user's own is measured" {
	local document

	document=$(prove fin-wait-2-timeout tcp_fin_timeout=2 --json)
	assert_equal "arms" 'control tcp_fin_timeout = 3 3
treatment tcp_fin_timeout = 2 2' "$(jq -r '.trials[0].arms[] |
		"\(.role) \(.label) \(.settings[0].value)"' <<<"$document")"
	assert_equal "claimed and seen" "true as_claimed" "$(jq -r '.trials[0].arms[1].measured[0] |
		"\(.claimed.low > 1900 and .claimed.low <= 2000 and .claimed.high < 3000) \(.result)"' \
		<<<"$document")"
}

@test "where few namespaces may be made at once, few are" {
	unshare -Ur bash -c 'echo 3 >/proc/sys/user/max_net_namespaces && exec "$@"' bash \
		"$FINWAIT" prove linger-zero unread-close write-traps close-vs-shutdown --json \
		>"$BATS_TEST_TMPDIR/document"
	assert_equal "not confirmed" "" "$(unconfirmed "$(<"$BATS_TEST_TMPDIR/document")")"
}

@test "where no namespace may be made it is exit 2, with the reason" {
	# the limit is one of a user namespace's own
	run unshare -Ur bash -c 'echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"' bash \
		"$FINWAIT" prove time-wait-length
	assert_equal "exit status" 2 "$status"
	assert_equal "what is said" "finwait: no network namespace to work in: there may be no more of them here (user.max_net_namespaces)" \
		"$output"
}
