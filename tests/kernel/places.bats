#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where finwait finds itself: a container's read-only /proc/sys, a full disk, other network
# namespaces, an ordinary user's namespace.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel

setup() {
	require jq sysctl
	STATE_DIR=$BATS_TEST_TMPDIR/state
	D=$BATS_TEST_TMPDIR
	netns_open
	old=$(net_sysctls)
}

teardown() {
	netns_close
}

# read_only COMMAND...: where /proc/sys is what a container has
read_only() {
	in_ns unshare -m bash -ec '
		mount --bind /proc/sys /proc/sys
		mount -o remount,ro,bind /proc/sys
		exec "$@"' bash "$@"
}

# on_full_disk OPTIONS COMMAND...: where $STATE_DIR is a tmpfs with OPTIONS, filled
on_full_disk() {
	mkdir -p "$STATE_DIR"
	in_ns unshare -m bash -ec '
		mount -t tmpfs -o "mode=755,$2" tmpfs "$1"
		head -c 1M /dev/zero >"$1/fill" 2>/dev/null || :
		cd "$1" # where the caller may look
		status=0
		"${@:3}" || status=$?
		[[ ! -s journal ]] || echo "the journal has records"
		exit "$status"' bash "$STATE_DIR" "$@"
}

require_root() {
	((UID == 0)) || skip "only root can $1"
}

# in_private COMMAND...: as root, where `ip netns add` leaves nothing behind
in_private() {
	in_ns unshare -m bash -ec 'mount -t tmpfs tmpfs /run && exec "$@"' bash "$@"
}

@test "apply on a read-only /proc/sys is exit 2, says so, and writes no journal" {
	run -2 read_only "$FINWAIT" --state-dir "$STATE_DIR" apply base
	assert_has "the cause" "read-only" "$output"
	[[ ! -s $STATE_DIR/journal ]]
	assert_equal "sysctls" "$old" "$(net_sysctls)"
}

@test "audit, sockets and a dry run work on a read-only /proc/sys" {
	run -0 read_only "$FINWAIT" audit --json
	assert_equal "a knob" 60 "$(jq -r '.knobs[] |
		select(.name == "net.ipv4.tcp_fin_timeout") | .value' <<<"$output")"
	run -0 read_only "$FINWAIT" sockets
	run -0 read_only "$FINWAIT" --state-dir "$STATE_DIR" apply base --dry-run
	[[ ! -e $STATE_DIR ]]
}

@test "rollback on a read-only /proc/sys is exit 2, and works when it is writable again" {
	run -0 finwait apply edge-proxy
	run -2 read_only "$FINWAIT" --state-dir "$STATE_DIR" rollback
	assert_has "the cause" "ead-only" "$output"
	run -0 finwait rollback
	assert_equal "sysctls" "$old" "$(net_sysctls)"
}

@test "apply with a state directory on a full disk is exit 2 and changes nothing" {
	run -2 on_full_disk size=4k "$FINWAIT" --state-dir "$STATE_DIR" apply base
	assert_has "the cause" "No space left on device" "$output"
	[[ $output != *"has records"* ]]
	assert_equal "sysctls" "$old" "$(net_sysctls)"
}

@test "apply where the state directory can take no file at all is exit 2" {
	# one inode is the root directory's, one the filling's
	run -2 on_full_disk size=4k,nr_inodes=2 "$FINWAIT" --state-dir "$STATE_DIR" apply base
	assert_has "the cause" "No space left on device" "$output"
	assert_equal "sysctls" "$old" "$(net_sysctls)"
}

@test "apply where the state directory is read-only is exit 2 and changes nothing" {
	mkdir -p "$STATE_DIR"
	run -2 in_ns unshare -m bash -ec '
		mount --bind "$1" "$1"
		mount -o remount,ro,bind "$1"
		"${@:2}"' bash "$STATE_DIR" "$FINWAIT" --state-dir "$STATE_DIR" apply base
	assert_equal "sysctls" "$old" "$(net_sysctls)"
}

@test "audit and history need no writable state directory" {
	run -0 on_full_disk size=4k "$FINWAIT" --state-dir "$STATE_DIR" audit
	run -0 on_full_disk size=4k "$FINWAIT" --state-dir "$STATE_DIR" history
}

@test "--netns by name, PID and path reads that namespace" {
	require_root "name network namespaces"
	run -0 in_private bash -ec '
		ip netns add one
		ip netns exec one sysctl -qw net.ipv4.tcp_fin_timeout=41
		ip netns exec one sleep 60 3>&- &
		pid=$!
		until [[ /proc/$pid/ns/net -ef /run/netns/one ]]; do :; done
		for name in one "$pid" /run/netns/one "/proc/$pid/ns/net"; do
			"$FINWAIT" audit --netns "$name" --json | jq -r --arg name "$name" \
				"[.knobs[] | select(.name == \"net.ipv4.tcp_fin_timeout\") | .value,
				.host.netns.name == \$name, .namespaces] | map(tostring) | join(\" \")"
			"$FINWAIT" --netns "$name" sockets --json | jq -r .host.netns.inode
		done
		kill "$pid"
		stat -Lc %i /run/netns/one'
	# value and names; not null would name the namespace in a list of one
	assert_equal "knob" 4 "$(grep -c '^41.* null$' <<<"$output")"
	assert_equal "inodes" 1 "$(grep -E '^[0-9]{6,}$' <<<"$output" | sort -u | wc -l)"
}

@test "several --netns give namespaces[], one entry each, in the order asked for" {
	require_root "name network namespaces"
	run -0 in_private bash -ec '
		for n in 1 2 3; do
			ip netns add "n$n"
			ip netns exec "n$n" sysctl -qw "net.ipv4.tcp_fin_timeout=4$n"
		done
		"$FINWAIT" audit --netns n2 --netns n1 --netns n3 --json'
	assert_equal "values" "42 41 43" "$(jq -r '[.namespaces[].knobs[] |
		select(.name == "net.ipv4.tcp_fin_timeout") | .value] | join(" ")' <<<"$output")"
	assert_equal "inodes" 3 "$(jq -r '[.namespaces[] | .. | .inode? | select(.)] | unique |
		length' <<<"$output")"
}

@test "--all-netns reports every namespace once, also the one we are in" {
	require_root "name network namespaces"
	run -0 in_private bash -ec '
		ip netns add n1
		ip netns add n2
		stat -Lc %i /run/netns/n1 /run/netns/n2 /proc/self/ns/net >"$0/inodes"
		"$FINWAIT" sockets --all-netns --json 2>/dev/null >"$0/all"' "$D"
	jq -r '.namespaces[] | .. | .inode? | select(.)' "$D/all" >"$D/found"
	assert_equal "found twice" "" "$(sort "$D/found" | uniq -d)"
	assert_equal "not found" "" "$(grep -vxFf "$D/found" "$D/inodes")"
}

# The second of three namespaces whose dump breaks half way.
@test "--all-netns: a namespace that fails is said, does not hide the others, and is exit 2" {
	require_root "name network namespaces"
	require_strace
	run -0 in_private bash -ec '
		ip netns add n1
		ip netns add n2
		status=0
		ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
			strace -qq -o /dev/null -e trace=recvmsg -e inject=recvmsg:error=EIO:when=3 \
			"$FINWAIT" sockets --all-netns --json >"$0/all" 2>"$0/err" || status=$?
		echo $status >"$0/status"' "$D"
	assert_equal "status" 2 "$(cat "$D/status")"
	assert_equal "failed" 1 "$(jq "[.namespaces[] | select(.error and (has(\"states\") | not))] |
		length" "$D/all")"
	assert_has "error" "$(jq -r ".namespaces[] | select(has(\"states\") | not) | .error" "$D/all")" \
		"$(cat "$D/err")"
	assert_equal "not counted" 1 "$(jq "[.namespaces[] | select(.states == null)] | length" "$D/all")"
	[ "$(jq ".namespaces | length" "$D/all")" -gt 2 ]
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/sockets.json" <"$D/all"
}

@test "--all-netns: what is left of a namespace in /run/netns is said, and hides nothing" {
	require_root "name network namespaces"
	run -0 in_private bash -ec '
		ip netns add n1
		touch /run/netns/stale
		"$FINWAIT" sockets --all-netns --json >"$0/all" 2>"$0/err"' "$D"
	assert_has "said" "'stale' is no network namespace" "$(cat "$D/err")"
	assert_equal "counted" 1 "$(jq "[.namespaces[] | select(.netns.name == \"n1\" and .states)] |
		length" "$D/all")"
}

@test "a namespace that is not there is exit 2, with nothing on stdout" {
	local name

	for name in no-such-name 4194999 /no/such/path /dev/null; do
		run -2 --separate-stderr in_ns "$FINWAIT" audit --json --netns "$name"
		assert_equal "stdout" "" "$output"
		assert_has "stderr" "$name" "${stderr:-}"
	done
}

@test "apply --netns writes there and not here, and is undone from here with --netns" {
	require_root "enter a namespace made beside his own"
	local there=$NETNS_PID
	local inside inside_old inside_new

	inside=("${NSENTER[@]}")
	netns_open # a second one
	old=$(net_sysctls)
	inside_old=$("${inside[@]}" -- sysctl -n net.ipv4.tcp_fin_timeout)
	run -0 finwait apply --netns "$there" --set net.ipv4.tcp_fin_timeout=30
	inside_new=$("${inside[@]}" -- sysctl -n net.ipv4.tcp_fin_timeout)
	assert_equal "here" "$old" "$(net_sysctls)"
	assert_equal "there" 30 "$inside_new"

	id=$(finwait history --json | jq -r '.transactions[0].id')
	run -2 finwait rollback "$id"
	assert_has "the cause" "another network namespace" "$output"
	run -0 finwait rollback
	assert_has "without a name" "nothing to undo" "$output"
	run -0 finwait rollback --all
	assert_equal "still there" 30 "$("${inside[@]}" -- sysctl -n net.ipv4.tcp_fin_timeout)"

	run -0 finwait rollback --netns "$there" "$id"
	assert_equal "undone there" "$inside_old" \
		"$("${inside[@]}" -- sysctl -n net.ipv4.tcp_fin_timeout)"
}

@test "a transaction cut off in one namespace is left alone by an apply in another" {
	local inside there=$NETNS_PID

	require_root "enter a namespace made beside his own"
	require_strace
	# shellcheck disable=SC2034 # for strace_ns
	TRACE=$D/trace
	run strace_ns -e trace=fdatasync -e inject=fdatasync:signal=SIGKILL:when=2 -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply --set net.ipv4.tcp_fin_timeout=30
	# the commit is in the page cache: cut its line off, as a crash of the host might
	sed -i '/ commit /d' "$STATE_DIR/journal"
	inside=("${NSENTER[@]}")
	netns_open
	run -0 finwait apply --set net.ipv4.tcp_keepalive_time=600
	assert_equal "there" 30 "$("${inside[@]}" -- sysctl -n net.ipv4.tcp_fin_timeout)"
	run -0 finwait rollback
	run -0 finwait rollback --netns "$there"
	assert_equal "settled there" "$old" "$("${inside[@]}" -- bash -c \
		"find /proc/sys/net -type f -readable -exec grep -Hs '' {} + | LC_ALL=C sort")"
}

# A namespace that has the inode number of one that is gone, within so many tries
netns_open_again() {
	local wanted=$1 try

	for ((try = 0; try < 1000; try++)); do
		netns_open
		[[ $(in_ns stat -Lc %i /proc/self/ns/net) != "$wanted" ]] || return 0
		netns_close
		exec {NETNS_FD}<&-
	done
	return 1
}

@test "a transaction is void in another namespace that was given the inode of the first" {
	local id inode

	id=$(finwait apply --set net.ipv4.tcp_fin_timeout=30 --json | jq -r .transaction)
	inode=$(in_ns stat -Lc %i /proc/self/ns/net)
	[[ $(finwait history --json | jq .host.netns.cookie) != null ]] ||
		skip "this kernel cannot tell namespaces apart (before Linux 5.14)"
	netns_close
	netns_open_again "$inode" || skip "the kernel does not give the inode again"
	run -0 finwait history --json
	assert_equal "state" void "$(jq -r '.transactions[0].state' <<<"$output")"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=30
	run -1 finwait rollback "$id"
	assert_has "said" "is void" "$output"
	run -0 finwait rollback --all
	assert_equal "value" 30 "$(value_of net.ipv4.tcp_fin_timeout)"
}

# An ordinary user, who can be root of a user namespace: ${USER_IS[@]} runs as him
require_user() {
	USER_IS=(env)
	mkdir -p "$D/user"
	if ((UID == 0)); then
		require setpriv
		chmod 755 "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$D"
		chown 65534:65534 "$D/user"
		USER_IS=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	fi
	"${USER_IS[@]}" test -x "$FINWAIT" || skip "an ordinary user cannot run $FINWAIT"
	"${USER_IS[@]}" unshare -Urn true 2>/dev/null ||
		skip "an ordinary user may not make a user namespace here"
}

@test "an ordinary user applies and rolls back as root of a user namespace" {
	require_user
	run -0 "${USER_IS[@]}" unshare -Urn bash -ec '
		all() { find /proc/sys/net -type f -readable -exec grep -Hs "" {} + | sort; }
		old=$(all)
		"$FINWAIT" --state-dir "$0/user/state" apply edge-proxy
		[[ $(sysctl -n net.ipv4.tcp_fin_timeout) == 30 ]]
		"$FINWAIT" --state-dir "$0/user/state" verify
		"$FINWAIT" --state-dir "$0/user/state" rollback
		[[ $(all) == "$old" ]]' "$D"
}

@test "an ordinary user outside any namespace audits, and cannot apply" {
	local home_value

	require_root "become another user"
	require setpriv
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$FINWAIT" ||
		skip "an ordinary user cannot run $FINWAIT"
	# in the test's namespace, whose sysctls belong to root
	home_value=$(value_of net.ipv4.tcp_fin_timeout)
	run -0 in_ns setpriv --reuid=65534 --regid=65534 --clear-groups "$FINWAIT" sockets
	run -2 in_ns setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$FINWAIT" --state-dir "$D/theirs" apply --set net.ipv4.tcp_fin_timeout=30
	assert_has "the next step" "run as root" "$output"
	assert_equal "value" "$home_value" "$(value_of net.ipv4.tcp_fin_timeout)"
}
