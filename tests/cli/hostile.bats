#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A state directory and a journal that somebody or something has got at, on a copied tree: it
# is refused or survived, and never a value is written that nobody asked for.

# because each test is a subshell
# shellcheck disable=SC2030,SC2031
load setup

FIN=net.ipv4.tcp_fin_timeout
RFC=net.ipv4.tcp_rfc1337
ALIVE=net.ipv4.tcp_keepalive_time
WRITERS=("apply --set $FIN=30" rollback "rollback --all" "rollback --overwrite" confirm)
READERS=(history verify)

setup() {
	changeable_root fresh-6.1
	mkdir -p "$TREE/etc/sysctl.d"
}

# on ARGUMENTS: a run on the tree, with its own state directory.
on() {
	run --separate-stderr timeout 60 "$FINWAIT" --root "$TREE" "$@"
}

# apply ARGUMENTS: one that must succeed; its transaction in $id.
apply() {
	on apply --json "$@"
	expect 0 || return 1
	id=$(jq -r .transaction <<< "$output")
}

# refused SUBJECT VERB...: by each of the verbs, which name it and write nothing.
refused() {
	local before subject=$1 verb

	before=$(tree_sum; ls -lAR "$TREE/var")
	shift
	for verb; do
		echo "$verb"
		# shellcheck disable=SC2086 # the words
		on $verb
		expect_trouble "$subject"
	done
	[ "$before" = "$(tree_sum; ls -lAR "$TREE/var")" ]
}

# device NAME: a node for /dev/zero, where one can be made.
device() {
	mknod "$1" c 1 5 2> /dev/null
}

# The state directory.

@test "a state directory that others can write is refused, with the command that helps" {
	local mode

	apply base
	for mode in 775 757 777 1777 2775; do
		chmod "$mode" "$STATE"
		refused "chmod go-w $STATE" "${WRITERS[@]}" "${READERS[@]}"
	done
	chmod 755 "$STATE"
	on rollback
	expect 0
}

@test "a state directory of another user is refused, with a way on" {
	needs_root
	apply base
	chown 65534 "$STATE"
	refused "--state-dir" "${WRITERS[@]}" "${READERS[@]}"
}

@test "a link in the place of the state directory is refused, wherever it leads" {
	local target

	apply base
	mv "$STATE" "$STATE.real"
	for target in "$STATE.real" finwait.real /no/such/directory finwait /etc; do
		ln -sfn "$target" "$STATE"
		refused "$STATE" "${WRITERS[@]}" "${READERS[@]}"
		before=$(tree_sum)
		fw --root "$TREE" --state-dir "$STATE/" apply --set "$FIN=30"
		expect_trouble "$STATE"
		[ "$before" = "$(tree_sum)" ]
	done
	[ ! -e /no/such/directory ]
}

@test "a file, a FIFO or a device in the place of the state directory is refused" {
	local what

	mkdir -p "${STATE%/*}"
	for what in touch mkfifo device; do
		rm -f "$STATE"
		$what "$STATE" || continue
		refused "$STATE" "${WRITERS[@]}" "${READERS[@]}"
	done
	rm -f "$STATE"
	mkdir -p "$TREE/elsewhere"
	touch "$TREE/elsewhere/file"
	fw --root "$TREE" --state-dir "$TREE/elsewhere/file/finwait" apply --set "$FIN=30"
	expect_trouble "$TREE/elsewhere/file/finwait"
}

# The files in it.

@test "a journal that is a directory, a FIFO, a device or a link is refused, and nobody hangs" {
	local what

	mkdir -p "$STATE"
	touch "$STATE/lock"
	chmod 600 "$STATE/lock"
	for what in mkdir mkfifo device; do
		$what "$STATE/journal" || continue
		refused journal "${WRITERS[@]}" "${READERS[@]}"
		rm -r "$STATE/journal"
	done
	for what in /dev/zero "$BATS_TEST_TMPDIR/target" journal; do
		ln -s "$what" "$STATE/journal"
		refused journal "${WRITERS[@]}" "${READERS[@]}"
		rm "$STATE/journal"
	done
	[ ! -e "$BATS_TEST_TMPDIR/target" ]
}

@test "a journal that others can write is refused" {
	apply base
	chmod 664 "$STATE/journal"
	refused journal "${WRITERS[@]}" "${READERS[@]}"
	chmod 646 "$STATE/journal"
	refused journal "${WRITERS[@]}" "${READERS[@]}"
}

@test "a journal or a lock of another user is refused" {
	needs_root
	apply base
	chown 65534 "$STATE/lock"
	refused "$STATE/lock" "${WRITERS[@]}"
	chown 0 "$STATE/lock"
	chown 65534 "$STATE/journal"
	refused journal "${WRITERS[@]}" "${READERS[@]}"
}

@test "a lock that is no file of one's own is refused, and one that others may open is closed to them" {
	local what

	apply base
	for what in mkdir mkfifo device; do
		rm -rf "$STATE/lock"
		$what "$STATE/lock" || continue
		refused "$STATE/lock" "${WRITERS[@]}"
	done
	rm -rf "$STATE/lock"
	for what in "$BATS_TEST_TMPDIR/target" /dev/zero lock journal; do
		ln -sfn "$what" "$STATE/lock"
		refused "$STATE/lock" "${WRITERS[@]}"
	done
	[ ! -e "$BATS_TEST_TMPDIR/target" ]
	rm "$STATE/lock"
	# whoever can open it can hold it for ever; but one that others may write may be theirs
	for what in 644 640; do
		install -m "$what" /dev/null "$STATE/lock"
		on confirm
		expect 1
		[ "$(stat -c %a "$STATE/lock")" = 600 ]
	done
	for what in 622 666; do
		install -m "$what" /dev/null "$STATE/lock"
		refused "$STATE/lock" "${WRITERS[@]}"
	done
	# who reads needs none
	on history
	expect 0
	on verify
	expect 0
	chmod 600 "$STATE/lock"
	on rollback
	expect 0
}

@test "a journal of 100 MiB is refused at once, whether it has holes or lines" {
	apply base
	cp -a "$STATE/journal" "$STATE/kept"
	truncate -s 100M "$STATE/journal"
	on rollback
	expect_trouble "larger than 64 MiB" moved
	on apply --set "$FIN=30"
	expect_trouble "larger than 64 MiB"
	on history
	expect_trouble "larger than 64 MiB"
	[ "$(stat -c %s "$STATE/journal")" -eq $((100 << 20)) ]
	# what is below that size is read: a last line of zeros is what a crash may leave
	truncate -s 60M "$STATE/journal"
	on history --json
	expect 0
	[ "$(jq -r '.transactions[].state' <<< "$output")" = committed ]
	cp "$STATE/kept" "$STATE/journal"
	{ yes "$(head -n 1 "$STATE/kept")" || :; } | head -c 100M > "$STATE/journal"
	on rollback
	expect_trouble "larger than 64 MiB"
	[ "$(knob "$RFC")" = 1 ]
	cp "$STATE/kept" "$STATE/journal"
	on rollback
	expect 0
}

# The journal, damaged.

# mangle HOW: all of it; what was not as it should be is printed.
mangle() {
	run "$SOURCE_DIR/tests/cli/mangle" "$1" "$FINWAIT" "$TREE"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "each byte of a journal turned over in turn: refused, and nothing is written" {
	apply --set "$FIN=30" --set "$RFC=1"
	mangle flip
}

@test "a journal cut off behind each byte: rollback brings all back" {
	apply --set "$FIN=30" --set "$RFC=1"
	on rollback
	expect 0
	mangle cut
}

@test "a journal of whatever records: no crash, and nothing else is written" {
	apply --set "$FIN=30" --persist
	on apply --set "$RFC=1" --confirm 600 --persist
	on confirm
	apply --set "$FIN=20" --set "$ALIVE=600"
	apply --set "$ALIVE=500"
	knob "$ALIVE" 400
	on rollback
	expect 1
	apply --set "$FIN=25" --reason 'a "reason"'
	on rollback
	expect 0
	sed -i '$d' "$STATE/journal"
	mangle forge
}

# A long history.

# history_of N TAG: appends N transactions of $ALIVE that were undone: TAG00000, TAG00001 ...
history_of() {
	python3 -c '
import sys, zlib

begin = open(sys.argv[1], "rb").readline().rpartition(b" crc=")[0].split(b" ")
with open(sys.argv[1], "ab") as journal:
    for n in range(int(sys.argv[2])):
        tx = b"tx=%s%05d" % (sys.argv[3].encode(), n)
        for line in (b" ".join([tx if word[:3] == b"tx=" else word for word in begin]),
                     b"1 intent %s key=%s from=7200 to=600" % (tx, sys.argv[4].encode()),
                     b"1 ready %s n=1" % tx, b"1 commit %s" % tx, b"1 undoing %s" % tx,
                     b"1 undone %s n=1 conflicts=0" % tx):
            journal.write(b"%s crc=%08x\n" % (line, zlib.crc32(line)))
' "$STATE/journal" "$1" "$2" "$ALIVE"
}

# How many of the past stay in a journal that is written anew, as the manual has it.
newest() {
	sed -n 's/.* but for the newest \([0-9]*\)\.$/\1/p' "$SOURCE_DIR/packaging/man/finwait.8"
}

size_of() {
	stat -c %s "$STATE/$1"
}

# rows FILTER: of the history, the IDs and what is known of each.
rows() {
	on history --json
	expect 0 || return 1
	jq -c ".transactions[] | select($1) |
		[.id, .state, .profile, .reason, .when, .dropin, .who, .netns, .changes]" \
		<<< "$output"
}

@test "a long journal is written anew by the next apply: live ones and the newest stay" {
	local first whole undone

	apply --set "$FIN=30" --set "$RFC=1" --reason "the first"
	first=$id
	history_of 3000 abc
	cp "$STATE/journal" "$BATS_TEST_TMPDIR/whole"
	whole=$(size_of journal)
	[ "$whole" -gt $((1 << 20)) ]

	apply --set "$FIN=20"
	[ "$(size_of journal)" -lt $((whole / 10)) ]
	# as it was, perhaps with what the apply had to say
	head -c "$whole" "$STATE/journal.old" | cmp - "$BATS_TEST_TMPDIR/whole"
	[ "$(stat -c %a "$STATE/journal")" = 644 ]
	[ ! -e "$STATE/journal.new" ]
	on history --json
	[ "$(jq -r '[.transactions[] | select(.state == "committed").id] | join(" ")' \
		<<< "$output")" = "$id $first" ]
	undone=$(jq -r '.transactions[] | select(.state == "undone").id' <<< "$output")
	# the newest of all may count the apply
	[ "$(wc -l <<< "$undone")" -ge $(($(newest) - 1)) ]
	[ "$(wc -l <<< "$undone")" -le "$(newest)" ]
	[ "$undone" = "$(seq -f abc%05g 2999 -1 $((3000 - $(wc -l <<< "$undone"))))" ]
	on history "$first"
	expect 0 "the first"

	on rollback "$first"
	expect 0
	[ "$(knob "$FIN")" = 20 ]
	[ "$(knob "$RFC")" = 0 ]
	on rollback --all
	expect 0
	[ "$(knob "$FIN")" = 60 ]
}

@test "a long journal written anew tells of what stays the same as before" {
	local before conflict dropped

	# a value whose way back was left to a later one by one that is going to be dropped
	apply --set "$FIN=30"
	dropped=$id
	apply --set "$FIN=20" --reason 'with "quotes" and = signs'
	on rollback "$dropped"
	expect 0
	apply --set "$RFC=1" --persist
	apply --set "$ALIVE=500"
	conflict=$id
	knob "$ALIVE" 400
	on rollback
	expect 1
	on apply --set net.ipv4.tcp_syn_retries=4 --confirm 604800 --persist
	expect 0
	history_of 1500 abc
	before=$(rows '.state != "undone"')
	[ "$(wc -l <<< "$before")" -eq 4 ]
	whole=$(size_of journal)

	on confirm 0000dead # which only takes the lock
	expect 2
	[ "$(size_of journal)" -lt $((whole / 2)) ]
	[ "$before" = "$(rows '.state != "undone"')" ]
	[[ "$(rows true)" != *"$dropped"* ]]
	# and is undone the same as before
	on confirm
	expect 0
	on rollback --all
	expect 1
	[ "$(knob "$FIN")" = 60 ]
	[ "$(knob "$RFC")" = 0 ]
	[ "$(knob net.ipv4.tcp_syn_retries)" = 6 ]
	[ "$(knob "$ALIVE")" = 400 ]
	[ -z "$(ls -A "$TREE/etc/sysctl.d")" ]
	on rollback "$conflict" --overwrite
	expect 0
	[ "$(knob "$ALIVE")" = 7200 ]
}

@test "a long journal of another boot goes, but for the newest" {
	apply --set "$FIN=30"
	history_of 2000 abc
	sed -i '/^1 und/d' "$STATE/journal"
	knob kernel.random.boot_id 11111111-2222-3333-4444-555555555555
	apply --set "$RFC=1"
	on history --json
	[ "$(jq '.transactions | length' <<< "$output")" -ge "$(newest)" ]
	[ "$(jq '.transactions | length' <<< "$output")" -le $(($(newest) + 1)) ]
}

@test "a long journal of what is in force stays as it is, and can be undone" {
	local count

	apply --set "$FIN=30"
	history_of 2000 abc
	sed -i '/^1 und/d' "$STATE/journal"
	apply --set "$RFC=1"
	[ "$(size_of journal)" -gt $((1 << 19)) ]
	[ ! -e "$STATE/journal.old" ]
	on history --json
	count=$(jq '.transactions | length' <<< "$output")
	[ "$count" -eq 2002 ]
}

@test "what lies in the way of a new journal does not stop an apply" {
	apply --set "$FIN=30"
	history_of 1500 abc
	cp "$STATE/journal" "$BATS_TEST_TMPDIR/long"
	# left by a run that was killed
	echo garbage > "$STATE/journal.new"
	apply --set "$RFC=1"
	[ "$(size_of journal)" -lt $((1 << 19)) ]
	for name in journal.old journal.new; do
		knob "$RFC" 0
		rm -rf "$STATE"/journal.*
		cp "$BATS_TEST_TMPDIR/long" "$STATE/journal"
		mkdir "$STATE/$name"
		apply --set "$RFC=1"
		on history "$id"
		expect 0 "$RFC"
		on rollback
		expect 0
	done
	[ "$(knob "$FIN")" = 30 ]
}

@test "who reads while a long journal is written anew sees the whole of it" {
	local first n=0 pid

	command -v strace > /dev/null
	strace -o /dev/null true 2> /dev/null || skip "strace may not trace here"
	apply --set "$FIN=30"
	first=$id
	history_of 1500 abc
	# slowed down where files change their names
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 \
		strace -o "$BATS_TEST_TMPDIR/trace" -e trace=linkat,renameat,unlinkat \
		-e inject=linkat,renameat,unlinkat:delay_enter=600000 \
		"$FINWAIT" --root "$TREE" apply --set "$RFC=1" > /dev/null 3>&- &
	pid=$!
	while kill -0 "$pid" 2> /dev/null; do
		on history --json
		expect 0
		jq -e --arg first "$first" \
			'[.transactions[] | select(.id == $first).state] == ["committed"]' \
			<<< "$output" > /dev/null
		n=$((n + 1))
	done
	wait "$pid"
	grep -q journal.new "$BATS_TEST_TMPDIR/trace" # or the test has tested nothing
	[ "$n" -gt 2 ]
}
