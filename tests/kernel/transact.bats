#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A transaction on the real kernel, disturbed at each of its effects by strace(1): signals,
# failing system calls, death. Afterwards the values are all old or all new, and the
# journal is usable.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel

PROFILE=edge-proxy

setup() {
	require jq sysctl
	require_strace
	STATE_DIR=$BATS_TEST_TMPDIR/state
	TRACE=$BATS_TEST_TMPDIR/trace
	netns_open
	old=$(net_sysctls)
}

teardown() {
	netns_close
}

# disturbed INJECTION: apply under it; its exit status in $status, what it said in $output
disturbed() {
	injection=$1
	run strace_ns -e trace=write,pwrite64,pread64,fdatasync,fsync,ftruncate,openat2,close \
		-e inject="$1" -- "$FINWAIT" --state-dir "$STATE_DIR" apply "$PROFILE"
}

# An undisturbed apply: $new, and from its trace which calls of a kind are the
# transaction's. Then everything as before, but that the journal exists.
rehearse() {
	run -0 strace_ns -e trace=write,pwrite64,pread64,fdatasync -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply "$PROFILE"
	new=$(net_sysctls)
	[[ $new != "$old" ]]
	run -0 finwait rollback
	assert_equal "after rollback" "$old" "$(net_sysctls)"
}

# calls SYSCALL [PATTERN]: which of that kind, from 1, have the pattern in their line and
# are made after the transaction's first write to the journal has begun
calls() {
	awk -v call="$1" -v pattern="${2:-.}" '
		/^pwrite64\(/ { begun = 1 }
		index($0, call "(") == 1 { n++; if (begun && $0 ~ pattern) print n }' "$TRACE.whole"
}

keep_rehearsal() {
	rehearse
	cp "$TRACE" "$TRACE.whole"
}

trouble() {
	printf '%s with %s: status %s\n%s\n' "$1" "$injection" "$status" "$output"
	diff <(echo "$old") <(net_sysctls) | grep '^[<>]'
	return 1
}

# The apply failed: it said so, nothing is changed, and the next ones work.
assert_all_old() {
	((status == 2)) || trouble "not exit 2"
	[[ $output == *"finwait: "* ]] || trouble "nothing said"
	[[ $(net_sysctls) == "$old" ]] || trouble "not all old"
	assert_usable
}

# The apply was committed.
assert_all_new() {
	[[ $(net_sysctls) == "$new" ]] || trouble "not all new"
	[[ $(finwait history --json | jq -r '.transactions | map(select(.state == "committed")) |
		length') == 1 ]] || trouble "not committed"
	finwait rollback >/dev/null || trouble "no rollback"
	[[ $(net_sysctls) == "$old" ]] || trouble "not undone"
}

assert_usable() {
	finwait apply "$PROFILE" >/dev/null || trouble "the next apply fails"
	[[ $(net_sysctls) == "$new" ]] || trouble "the next apply does not apply"
	finwait rollback >/dev/null || trouble "the next rollback fails"
	[[ $(net_sysctls) == "$old" ]] || trouble "the next rollback does not undo"
}

@test "the journal is synced before the first sysctl is written, and twice in all" {
	keep_rehearsal # from here on the journal exists
	run -0 strace_ns -e trace=write,pwrite64,fdatasync,fsync,openat2,close -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply "$PROFILE"
	assert_equal "effects" "$(printf '%s\n' intents sync values commit sync)" \
		"$(awk '
			/^pwrite64\([0-9]+<.*\/journal>, "1 begin/ { effect = "intents" }
			/^fdatasync\([0-9]+<.*\/journal>/ { effect = "sync" }
			/^write\([0-9]+<\/proc\/sys\// { effect = "values" }
			/^pwrite64\([0-9]+<.*\/journal>, "1 commit/ { effect = "commit" }
			/^fsync\(/ { effect = "fsync" }
			effect && (effect != "values" || last != "values") { print effect }
			effect { last = effect; effect = "" }' "$TRACE")"
}

@test "the first apply of a state directory syncs the directory too" {
	run -0 strace_ns -e trace=pwrite64,write,fdatasync,fsync -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply "$PROFILE"
	assert_equal "effects" "$(printf '%s\n' parent fdatasync directory value fdatasync)" \
		"$(awk -v dir="$STATE_DIR" '
			/^fsync/ && index($0, "<" dir ">") { print "directory" }
			/^fsync/ && !index($0, "<" dir ">") { print "parent" }
			/^fdatasync/ { print "fdatasync" }
			/^write\([0-9]+<\/proc\/sys\// && !n++ { print "value" }' "$TRACE")"
}

@test "each sysctl is written once, by one write on a descriptor of its own" {
	keep_rehearsal
	run -0 strace_ns -e trace=write,openat2,close -- \
		"$FINWAIT" --state-dir "$STATE_DIR" apply "$PROFILE"
	run -0 awk '
		/^close\(/ { sub(/^close\(/, ""); delete written[$0 + 0] }
		/^write\([0-9]+<\/proc\/sys\// {
			match($0, /<[^>]*>/)
			file = substr($0, RSTART + 1, RLENGTH - 2)
			sub(/^write\(/, "")
			if (written[$0 + 0]++ || seen[file]++)
				print "twice: " file
			n++
		}
		END { if (n < 5) print n " writes" }' "$TRACE"
	assert_equal "second writes" "" "$output"
}

@test "SIGTERM at any value, also the last, undoes everything, exit 2" {
	local n

	keep_rehearsal
	for n in $(calls write /proc/sys/); do
		disturbed "write:signal=SIGTERM:when=$n"
		assert_all_old
		assert_has "the cause" "interrupted by SIGTERM" "$output"
	done
}

@test "SIGTERM while the intents are written and synced changes nothing, exit 2" {
	keep_rehearsal
	disturbed pwrite64:signal=SIGTERM:when=1
	assert_all_old
	disturbed fdatasync:signal=SIGTERM:when=1
	assert_all_old
}

@test "SIGTERM before the transaction changes nothing" {
	local n

	keep_rehearsal
	# the reading of the profile writes too, into memory
	for ((n = 1; n < $(calls write /proc/sys/ | head -1); n++)); do
		disturbed "write:signal=SIGTERM:when=$n"
		[[ $status == 143 || $status == 2 ]]
		assert_equal "values" "$old" "$(net_sysctls)"
		assert_usable
	done
}

@test "SIGTERM during the commit undoes everything, exit 2" {
	keep_rehearsal
	disturbed pwrite64:signal=SIGTERM:when=2
	assert_all_old
	disturbed fdatasync:signal=SIGTERM:when=2
	assert_all_old
}

@test "SIGTERM while the result is printed leaves everything applied and committed" {
	keep_rehearsal
	disturbed "write:signal=SIGTERM:when=$(calls write '^write.1<' | head -1)"
	((status == 143)) || trouble "not ended by the signal"
	assert_all_new
}

@test "SIGINT, SIGHUP and SIGPIPE in the middle undo everything, exit 2" {
	local signal n

	keep_rehearsal
	n=$(calls write /proc/sys/ | sed -n 4p)
	for signal in SIGINT SIGHUP SIGPIPE; do
		disturbed "write:signal=$signal:when=$n"
		assert_all_old
		assert_has "the cause" "interrupted by $signal" "$output"
	done
}

@test "a sysctl the kernel refuses undoes those before it, exit 2" {
	local n

	keep_rehearsal
	for n in $(calls write /proc/sys/); do
		disturbed "write:error=EINVAL:when=$n"
		assert_all_old
	done
}

@test "a value that does not take is noticed when it is read back, exit 2" {
	local n

	keep_rehearsal
	for n in $(calls write /proc/sys/); do
		# the kernel claims success and is never asked
		disturbed "write:retval=$(write_size "$n"):when=$n"
		assert_all_old
		assert_has "the cause" "was given" "$output"
	done
}

# What the n-th write of the rehearsal returned
write_size() {
	awk -v n="$1" '/^write\(/ && ++i == n { print $NF }' "$TRACE.whole"
}

@test "a disk that is full for the intents changes nothing, exit 2" {
	keep_rehearsal
	disturbed pwrite64:error=ENOSPC:when=1
	assert_all_old
	assert_has "the cause" "No space left on device" "$output"
	disturbed pwrite64:retval=10:when=1
	assert_all_old
}

@test "a disk that is full for the commit undoes everything, exit 2" {
	keep_rehearsal
	disturbed pwrite64:error=ENOSPC:when=2
	assert_all_old
	disturbed pwrite64:retval=10:when=2
	assert_all_old
}

@test "a disk that stays full undoes everything, and the next run settles the journal" {
	keep_rehearsal
	disturbed pwrite64:error=ENOSPC:when=2+
	assert_all_old
	assert_has "the journal" "the journal could not be told" "$output"
}

@test "a sync that fails undoes everything, exit 2" {
	keep_rehearsal
	disturbed fdatasync:error=EIO:when=1
	assert_all_old
	disturbed fdatasync:error=EIO:when=2
	assert_all_old
	disturbed fdatasync:error=EIO:when=1+
	assert_all_old
	disturbed fdatasync:error=EIO:when=2+
	assert_all_old
}

# killed SYSCALL: at each call of that kind; a rollback afterwards makes all old
killed() {
	local n settled=0

	for n in $(calls "$1"); do
		disturbed "$1:signal=SIGKILL:when=$n"
		((status == 137)) || trouble "not killed"
		[[ $(net_sysctls) == "$old" || $(net_sysctls) == "$new" ]] || settled=1
		run finwait rollback
		((status == 0)) || trouble "no rollback after SIGKILL"
		[[ $(net_sysctls) == "$old" ]] || trouble "not all old"
		run -0 finwait rollback
		assert_has "again" "nothing to undo" "$output"
	done
	assert_usable
	echo "half done at least once: $settled"
	HALF=$settled
}

@test "killed at any write, a rollback makes all old" {
	keep_rehearsal
	killed write
	((HALF)) # or the test has tested nothing
}

@test "killed at any write to the journal or sync of it, a rollback makes all old" {
	keep_rehearsal
	killed pwrite64
	killed fdatasync
}

@test "killed at any reading of a sysctl, a rollback makes all old" {
	keep_rehearsal
	killed pread64
}

@test "killed at any write, the next apply undoes it first and then applies" {
	local n

	keep_rehearsal
	for n in $(calls write /proc/sys/); do
		disturbed "write:signal=SIGKILL:when=$n"
		run -0 finwait apply --set net.ipv4.tcp_keepalive_intvl=60
		assert_has "what it did" "had been cut off, and is undone" "$output"
		run -0 finwait rollback
		assert_equal "values" "$old" "$(net_sysctls)"
	done
}

@test "killed when every value is written, the next apply of the same can be undone" {
	keep_rehearsal
	disturbed pwrite64:signal=SIGKILL:when=2
	assert_equal "values" "$new" "$(net_sysctls)"
	run -0 finwait apply "$PROFILE"
	assert_equal "applied" "$new" "$(net_sysctls)"
	run -0 finwait rollback
	assert_equal "undone" "$old" "$(net_sysctls)"
}

@test "killed in the middle of an undo, the next rollback finishes it" {
	local n

	keep_rehearsal
	for n in 1 3 5 7; do
		run -0 finwait apply "$PROFILE"
		injection="rollback write $n"
		run strace_ns -e trace=write -e inject="write:signal=SIGKILL:when=$n" -- \
			"$FINWAIT" --state-dir "$STATE_DIR" rollback
		((status == 137)) || trouble "not killed"
		run -0 finwait rollback
		assert_equal "values" "$old" "$(net_sysctls)"
	done
}

@test "SIGTERM in the middle of an undo does not stop it" {
	local n

	keep_rehearsal
	for n in 1 4 7; do
		run -0 finwait apply "$PROFILE"
		run strace_ns -e trace=write -e inject="write:signal=SIGTERM:when=$n" -- \
			"$FINWAIT" --state-dir "$STATE_DIR" rollback
		assert_equal "values" "$old" "$(net_sysctls)"
		run -0 finwait rollback
		assert_has "again" "nothing to undo" "$output"
	done
}

@test "after a kill, history says that a transaction was cut off, and verify undoes it" {
	keep_rehearsal
	disturbed "write:signal=SIGKILL:when=$(calls write /proc/sys/ | sed -n 4p)"
	run -0 finwait history --json
	assert_equal "state" unfinished "$(jq -r '.transactions[0].state' <<<"$output")"
	run -0 finwait verify
	assert_has "verify" "had been cut off, and is undone" "$output"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "a value that somebody else has written since stays, exit 1, and is named" {
	run -0 finwait apply "$PROFILE"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=45
	run -1 finwait verify
	run -1 finwait rollback
	assert_has "the key" "net.ipv4.tcp_fin_timeout" "$output"
	assert_has "the way on" "--overwrite" "$output"
	assert_equal "theirs" 45 "$(value_of net.ipv4.tcp_fin_timeout)"
	assert_equal "all others" "$old" \
		"$(net_sysctls | sed 's|\(/tcp_fin_timeout\):45$|\1:60|')"
	run -0 finwait history --json
	assert_equal "state" conflict "$(jq -r '.transactions[0].state' <<<"$output")"
}

@test "rollback --overwrite puts back also what somebody else has written" {
	run -0 finwait apply "$PROFILE"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=45
	run -1 finwait rollback
	run -0 finwait rollback --overwrite
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "a conflict in JSON tells what was expected and what was found" {
	run -0 finwait apply "$PROFILE"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=45
	run -1 finwait rollback --json
	assert_equal "the change" "conflict 60 30" \
		"$(jq -r '.changes[] | select(.key == "net.ipv4.tcp_fin_timeout") |
			"\(.state) \(.from) \(.to)"' <<<"$output")"
	assert_equal "the others" "undone" \
		"$(jq -r '.changes[] | select(.key != "net.ipv4.tcp_fin_timeout") | .state' \
			<<<"$output" | sort -u)"
}

@test "two applies at the same time come one after the other" {
	local pids=() pid

	keep_rehearsal
	for key in tcp_keepalive_time=600 tcp_keepalive_intvl=30 tcp_keepalive_probes=5; do
		finwait apply --set "net.ipv4.$key" >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	run -0 finwait rollback --all
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "a sysctl that not everybody may read is refused, and stays out of the journal" {
	local key=net.ipv4.tcp_fastopen_key secret=01234567-89abcdef-01234567-89abcdef

	in_ns test -e "/proc/sys/${key//.//}" || skip "this kernel has no $key"
	run -2 finwait apply --allow-unrated --set "$key=$secret"
	assert_has "the cause" "not readable by everybody" "$output"
	[[ ! -e $STATE_DIR/journal ]] || run ! grep -q "$secret" "$STATE_DIR/journal"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "a number that the kernel rounds up to its tick is applied, verified and undone" {
	local key=net.ipv4.tcp_invalid_ratelimit before held n

	before=$(in_ns sysctl -n $key)
	# no tick but that of 1 ms has them all
	for n in 541 542 543 1; do
		run -0 finwait apply --set $key=$n
		held=$(in_ns sysctl -n $key)
		((held >= n && held < n + 10))
		run -0 finwait verify
		run -0 finwait apply --set $key=$n
		assert_equal "again" "$held" "$(in_ns sysctl -n $key)"
		run -0 finwait knobs $key --json
		assert_equal "origin of $n" finwait "$(jq -r '.knobs[0].origin.kind' <<<"$output")"
		run -0 finwait rollback
		assert_equal "after rollback of $n" "$before" "$(in_ns sysctl -n $key)"
	done
	assert_equal "values" "$old" "$(net_sysctls)"
}
