# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the kernel tests stand on: a network namespace of their own, and ways to look at it.
#
#	FINWAIT		the installed program (default: that of the dev preset)
#	CROWD, BOUND, ...	programs of tests/kernel, built (default: built here with cc)
#	SOURCE_DIR	the tree
#
# No sysctl of the initial network namespace is ever written.

: "${SOURCE_DIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${FINWAIT:=$SOURCE_DIR/build/dev/stage/bin/finwait}"
export FINWAIT SOURCE_DIR

# tests/run installs them: a test that cannot run for want of one has failed
require() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || {
			echo "'$tool' is not installed" >&2
			return 1
		}
	done
}

# build VARIABLE NAME SOURCE...: unless the caller of the tests says where the program is
build() {
	local variable=$1 name=$2

	shift 2
	if [[ -z ${!variable:-} ]]; then
		require cc
		[[ -x $BATS_FILE_TMPDIR/$name ]] ||
			cc -std=gnu17 -D_GNU_SOURCE -O2 -o "$BATS_FILE_TMPDIR/$name" "$@"
		export "$variable=$BATS_FILE_TMPDIR/$name"
	fi
}

NETNS_PIDS=()

# A fresh network namespace, held by a process until the test ends: $NETNS_PID. Without
# the privilege for one, in a user namespace of which we are root.
netns_open() {
	local enter

	require unshare nsenter ip
	for enter in -n -Urn; do
		exec {NETNS_FD}< <(exec unshare "$enter" bash -c \
			'echo $$; exec sleep infinity' 2>/dev/null 3>&-)
		NETNS_PID=
		read -r NETNS_PID <&"$NETNS_FD" || true
		[[ -z $NETNS_PID ]] || break
		exec {NETNS_FD}<&-
	done
	[[ -n $NETNS_PID ]] || skip "no network namespace can be made here"
	NETNS_PIDS+=("$NETNS_PID")
	NSENTER=(nsenter -t "$NETNS_PID" -n)
	[[ $enter == -n ]] || NSENTER+=(-U --preserve-credentials)
	in_ns ip link set lo up
}

netns_close() {
	((${#NETNS_PIDS[@]} == 0)) || kill "${NETNS_PIDS[@]}"
	NETNS_PIDS=()
}

in_ns() {
	"${NSENTER[@]}" -- "$@" 3>&-
}

# finwait in the namespace, with the test's own state directory
finwait() {
	in_ns "$FINWAIT" --state-dir "$STATE_DIR" "$@"
}

# Every net.* sysctl of the namespace which can be read: FILE:VALUE.
net_sysctls() {
	in_ns find /proc/sys/net -type f -readable -exec grep -Hs '' {} + | LC_ALL=C sort
}

# One value, its fields separated by one space
value_of() {
	in_ns sysctl -n "$1" | tr -s '\t ' ' '
}

# assert_equal WHAT EXPECTED FOUND
assert_equal() {
	if [[ $2 != "$3" ]]; then
		printf '%s: expected and found differ\n' "$1"
		diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | head -40
		return 1
	fi
}

# assert_has WHAT PART TEXT
assert_has() {
	if [[ $3 != *"$2"* ]]; then
		printf '%s: no "%s" in:\n%s\n' "$1" "$2" "$3"
		return 1
	fi
}

# strace_ns STRACE-OPTION... -- COMMAND...: under strace in the namespace, trace in
# $TRACE. The leak checker cannot work under a tracer.
strace_ns() {
	in_ns env ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
		strace -y -o "$TRACE" "$@"
}

# Does this kernel tell sockets that are bound and nothing else?
bound_is_told() {
	local release major minor _

	release=$(uname -r)
	IFS=.- read -r major minor _ <<<"$release"
	((major > 6 || (major == 6 && minor >= 8))) || skip "Linux $release does not tell them"
}

require_strace() {
	require strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
}
