#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every JSON document against tests/schema, and what a schema cannot say of it.

# each test is a subshell
# shellcheck disable=SC2030,SC2031
load setup

setup() {
	# tests/run installs it: without it nothing is shown, and that is a failure
	python3 -c 'import jsonschema'
	changeable_root fresh-6.1
}

# valid SCHEMA STATUS ARGUMENTS: a run whose document is valid, and alone on standard output.
valid() {
	local schema=$1 wanted=$2

	shift 2
	fw --json "$@"
	expect "$wanted"
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/$schema.json" <<< "$output"
}

# on SCHEMA STATUS ARGUMENTS: the same on the tree.
on() {
	valid "$1" "$2" --root "$TREE" "${@:3}"
}

@test "the schemas refuse a field they do not know, and one that is missing" {
	local document schema=$SOURCE_DIR/tests/schema/sockets.json

	document=$("$FINWAIT" --root "$TREE" sockets --json)
	run "$SOURCE_DIR/tests/cli/validate" "$schema" <<< "$document"
	[ "$status" -eq 0 ]
	run "$SOURCE_DIR/tests/cli/validate" "$schema" <<< "$(jq '.extra = 1' <<< "$document")"
	[ "$status" -eq 1 ]
	run "$SOURCE_DIR/tests/cli/validate" "$schema" <<< "$(jq 'del(.interrupted)' <<< "$document")"
	[ "$status" -eq 1 ]
	run "$SOURCE_DIR/tests/cli/validate" "$schema" \
		<<< "$(jq '.states.listen.total = "3"' <<< "$document")"
	[ "$status" -eq 1 ]
	run "$SOURCE_DIR/tests/cli/validate" "$schema" <<< "$(jq '.states = null' <<< "$document")"
	[ "$status" -eq 1 ]
}

@test "audit and sockets of every recorded machine are valid" {
	local root status_of_audit

	for root in fresh-6.1 no-ipv6 folklore container; do
		rm -rf "$TREE"
		copy_root $root
		status_of_audit=0
		[ $root = folklore ] && status_of_audit=1
		on audit $status_of_audit audit
		on sockets 0 sockets
	done
}

# in_groups [ARGUMENTS]: sockets in each grouping, of all states and of some; at one go, as
# the validator is slow to start.
in_groups() {
	local options documents=$BATS_TEST_TMPDIR/documents

	: > "$documents"
	for options in "--state listen" --quick \
		"--by "{state,port,peer,process,unit,user}{," --state close-wait"," --top 1"}; do
		# shellcheck disable=SC2086 # the words
		fw --json "$@" sockets $options
		expect 0
		cat <<< "$output" >> "$documents"
	done
	[ "$(jq -s length "$documents")" -eq 20 ]
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/sockets.json" < "$documents"
}

@test "sockets in groups are valid of every recorded machine" {
	local root

	for root in fresh-6.1 no-ipv6 folklore container crowded; do
		rm -rf "$TREE"
		copy_root $root
		in_groups --root "$TREE"
	done
}

@test "sockets in groups are valid without sockets, and without the sysctls of ports" {
	local by

	rm -rf "$TREE"
	copy_root crowded
	rm "$TREE/proc/sys/net/ipv4/"{ip_local_port_range,tcp_ehash_entries}
	in_groups --root "$TREE"
	rm "$TREE/sockets.diag"
	for by in state port peer process unit user; do
		on sockets 0 sockets --by $by
	done
}

@test "sockets in groups are valid of the running machine, of several namespaces, and twice" {
	in_groups
	in_groups --netns $$ --netns $$
	valid sockets 0 sockets --by peer --twice 1
	valid sockets 0 --netns $$ --netns $$ sockets --by process --twice 1
}

# refused DOCUMENT FILTER...: a document of sockets ($SCHEMA says of another) is not valid when it is changed by one of
# these jq filters, whichever.
refused() {
	local document=$1 filter

	shift
	for filter; do
		jq "$filter" <<< "$document"
	done > "$BATS_TEST_TMPDIR/refused"
	"$SOURCE_DIR/tests/cli/validate" --none "$SOURCE_DIR/tests/schema/${SCHEMA:-sockets}.json" \
		< "$BATS_TEST_TMPDIR/refused"
}

@test "the schema of sockets refuses what no group may be" {
	local document by

	copy_root crowded "$BATS_TEST_TMPDIR/crowded"
	for by in state port peer process unit user; do
		document=$("$FINWAIT" --root "$BATS_TEST_TMPDIR/crowded" sockets --by $by --json)
		refused "$document" '.groups[0].extra = 1' '.groups[0].key = 1' \
			'del(.groups[0].states.listen)' \
			'.groups[0].closes.per_5_seconds |= .[1:]' '.others.key = "x"' \
			'del(.others)' 'del(.by)' '.by = "pid"' \
			'.closes.per_second |= .[1:]' '.stuck_listeners[0].port = "80"' \
			'.namespaces = []' '.states = null'
	done
	document=$("$FINWAIT" --root "$BATS_TEST_TMPDIR/crowded" sockets --by peer --json)
	refused "$document" 'del(.ports)' '.ports.local_addresses = null' \
		'.groups[0].ports.free = -1' '.groups[0].ports.forecast.seconds = null' \
		'.groups[0].key.direction = "in"' '.by = "process"'
	document=$("$FINWAIT" --root "$BATS_TEST_TMPDIR/crowded" sockets --by process --json)
	refused "$document" '.groups[0].key.error = null' 'del(.groups[0].key.error)' \
		'.groups[1].descriptors = null'
	document=$("$FINWAIT" --root "$BATS_TEST_TMPDIR/crowded" sockets --by state --json)
	refused "$document" 'del(.groups[0].memory.error)' 'del(.hash)'
	document=$("$FINWAIT" --root "$BATS_TEST_TMPDIR/crowded" sockets --quick --json)
	refused "$document" 'del(.states.time_wait.error)' '.states.listen.ipv4 = null'
}

@test "audit and sockets are valid without sockets, without counters, without knobs" {
	rm "$TREE/sockets.diag"
	on audit 0 audit
	on sockets 0 sockets
	rm -r "$TREE/proc/net"
	on audit 0 audit
	on sockets 0 sockets
	rm -r "$TREE"/proc/sys/net/*
	on audit 0 audit
}

@test "audit and sockets of the running machine are valid" {
	fw audit --json
	[ "$status" -ne 2 ]
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/audit.json" <<< "$output"
	valid sockets 0 sockets
}

@test "audit and sockets of several network namespaces are valid" {
	valid sockets 0 --netns $$ --netns $$ sockets
	[ "$(jq '.namespaces | length' <<< "$output")" = 2 ]
	fw --json --netns $$ --netns $$ audit
	[ "$status" -ne 2 ]
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/audit.json" <<< "$output"
}

@test "watch is a valid document a line, as many as there are intervals" {
	local document

	fw watch --json -n 0.1 --count 3
	expect 0
	[ "${#lines[@]}" -eq 3 ]
	for document in "${lines[@]}"; do
		"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/watch.json" \
			<<< "$document"
	done
	jq -e '.seconds > 0 and (.counters | length > 10)' <<< "$document"
	run "$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/watch.json" \
		<<< "$(jq '.closes.attributed = null' <<< "$document")"
	[ "$status" -eq 1 ]
	run "$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/watch.json" \
		<<< "$(jq '.counters[0].change = null' <<< "$document")"
	[ "$status" -eq 1 ]
}

@test "explain is valid for the list and for every topic" {
	local topic

	on explain 0 explain
	for topic in $(jq -r '.topics[].topic' <<< "$output"); do
		on explain 0 explain "$topic"
	done
	# a knob that this kernel does not have
	on explain 0 explain tcp_tw_reuse_delay
	[ "$(jq .value <<< "$output")" = null ]
}

@test "profile list, show, diff and check are valid, for good and bad profiles" {
	local name path

	on profile-list 0 profile list
	for name in $(jq -r '.profiles[].name' <<< "$output"); do
		on profile-show 0 profile show "$name"
		on profile-diff 1 profile diff "$name"
	done
	mkdir -p "$TREE/etc/finwait/profiles"
	echo rubbish > "$TREE/etc/finwait/profiles/bad.ini"
	on profile-list 0 profile list
	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=10\nnet.ipv4.tcp_recovery=1')
	on profile-check 0 profile check "$path"
	on profile-show 0 profile show "$path"
	on profile-check 1 profile check "$(profile <<< $'[sysctl]\nx\nnet.ipv4.tcp_rfc1337=999')"
	on profile-check 1 profile check "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=90')"
	on profile-diff 0 profile diff "$(profile < /dev/null)"
}

@test "apply, verify, rollback and history are valid in every state they can show" {
	local id

	on history 0 history
	on verify 0 verify
	on rollback 0 rollback
	on apply 0 apply edge-proxy --dry-run
	rm "$TREE/proc/sys/net/ipv4/tcp_syn_retries"
	on apply 0 apply edge-proxy --reason "because"
	id=$(jq -r .transaction <<< "$output")
	on apply 0 apply edge-proxy
	on verify 0 verify
	on verify 0 verify "$id"
	knob net.ipv4.tcp_fin_timeout 45
	on verify 1 verify
	on verify 1 verify base
	on rollback 1 rollback
	on history 0 history "$id"
	on rollback 0 rollback "$id" --overwrite
	on rollback 0 rollback "$id"
	on apply 0 apply base
	on apply 0 apply --set net.ipv4.tcp_fin_timeout=30
	on rollback 0 rollback --all
	[ "$(jq '.transactions | length' <<< "$output")" = 2 ]
	on apply 0 apply base
	sed -i '$d' "$STATE/journal"
	rm "$TREE/.finwait-test"
	on verify 1 verify
	touch "$TREE/.finwait-test"
	on history 0 history
	on rollback 0 rollback
	mkdir -p "$TREE/etc"
	on apply 0 apply base --confirm 600 --persist
	on history 0 history
	on verify 0 verify
	on confirm 0 confirm
	on confirm 1 confirm
	on history 0 history
	on apply 0 apply base --dry-run --persist
	on rollback 0 rollback
	on apply 0 apply base
	id=$(jq -r .transaction <<< "$output")
	knob kernel.random.boot_id 11111111-2222-3333-4444-555555555555
	on history 0 history
	on rollback 1 rollback "$id"
}

@test "predictions of every shipped profile are valid, and the schema refuses what none may be" {
	local name document

	rm -rf "$TREE"
	changeable_root crowded
	for name in base edge-proxy idle-connections outgoing-heavy short-lived-server; do
		on apply 0 apply "$name" --dry-run
		jq -e '.predictions | length > 0' <<< "$output"
	done
	document=$output
	SCHEMA=apply refused "$document" '.predictions[0].extra = 1' '.predictions = null' \
		'del(.predictions[0].formula)' '.predictions[0].effect = "no"' \
		'.predictions[0].text = ""' '.predictions[0].before = "1"' \
		'.predictions[0].inputs[0].value = true' 'del(.predictions[0].inputs[0].source)'
}

@test "rollback of one under another is valid" {
	local id

	on apply 0 apply --set net.ipv4.tcp_fin_timeout=30
	id=$(jq -r .transaction <<< "$output")
	on apply 0 apply --set net.ipv4.tcp_fin_timeout=20
	on rollback 0 rollback "$id"
}

@test "a container's apply and diff are valid" {
	rm -rf "$TREE"
	changeable_root container
	on profile-diff 0 profile diff base
	[ "$(jq -r '[.changes[].state] | unique | join(" ")' <<< "$output")" = "read_only same" ]
	on apply 0 apply base --dry-run
	on apply 0 apply base
}

@test "snapshot is valid" {
	valid snapshot 0 snapshot "$BATS_TEST_TMPDIR/snapshot"
	[ "$(jq .masked_addresses <<< "$output")" = null ]
	valid snapshot 0 snapshot --mask-addresses "$BATS_TEST_TMPDIR/masked"
	[ "$(jq '.masked_addresses | type' <<< "$output")" = '"number"' ]
}

@test "a command line that is no UTF-8 gives a document all the same" {
	on apply 0 apply base --reason $'caf\xe9'
	on history 0 history
}

@test "field names are lower snake case everywhere" {
	local args

	"$FINWAIT" --root "$TREE" apply base
	for args in audit sockets "sockets --by peer" "sockets --by process" explain "explain tcp_fin_timeout" "profile list" "profile show base" \
		"profile diff base" "apply base --dry-run" verify history; do
		# shellcheck disable=SC2086 # the words
		fw --json --root "$TREE" $args
		run jq -r '[paths | .[] | strings] | unique[] | select(test("^[a-z][a-z0-9_]*$") | not)' \
			<<< "$output"
		[ -z "$output" ]
	done
}

@test "every state of a document has its sum, and what is null says why" {
	fw --json --root "$ROOTS/folklore" sockets
	jq -e '[.states[] | objects | .ipv4 + .ipv6 == .total] | all' <<< "$output"
	[ "$(jq '.states | length' <<< "$output")" = 12 ]
	[ "$(jq .states.bound_inactive <<< "$output")" = null ]
	knob kernel.osrelease 6.8.0-1-amd64
	fw --json --root "$TREE" sockets
	[ "$(jq .states.bound_inactive.total <<< "$output")" = 0 ]
}
