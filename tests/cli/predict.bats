#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a dry run says the changes will do. The words are those of tests/expected and of
# tests/unit/test_predict.c; here is when they are there, and what happens without a census.

load setup

FIN=net.ipv4.tcp_fin_timeout

setup() {
	changeable_root folklore
}

on() {
	fw --root "$TREE" "$@"
}

# of FILTER: of the predictions of the last document
of() {
	jq -r "[.predictions[] | $1] | join(\" \")" <<< "$output"
}

@test "the orphans follow the measured rule, and what fin_timeout does not bound stays" {
	on apply --set $FIN=20 --dry-run --json
	expect 0
	[ "$(of 'select(.text | startswith("orphaned")) | .before, .after')" = "60 120" ]
	[ "$(of 'select(.text | startswith("no effect on TIME_WAIT")) | .before, .after')" = "440 440" ]
	knob $FIN 60
	# 61 lasts 2 s, not 61
	on apply --set $FIN=61 --dry-run --force --json
	[ "$(of 'select(.text | startswith("orphaned")) | .before, .after')" = "60 2" ]
	[ "$(of 'select(.text | startswith("orphaned")) | .inputs[].value')" = "60 60" ]
}

@test "every change of a profile has a prediction, and none else" {
	on apply base --dry-run --json
	expect 0
	[ "$(jq -r '[.changes[] | select(.state == "planned").key] | sort[]' <<< "$output")" = \
		"$(jq -r '[.predictions[].key] | unique[]' <<< "$output")" ]
	on apply base --dry-run
	expect 0 "What it will do"
	[[ $output == *"net.ipv4.tcp_fin_timeout 10 -> 60"* ]]
	[[ $output != *"tcp_syncookies 1 ->"* ]]
}

@test "where all is already so there is nothing to predict" {
	on apply --set $FIN=10 --dry-run
	expect 0 "already so"
	[[ $output != *"What it will do"* ]]
	on apply --set $FIN=10 --dry-run --json
	[ "$(jq -c .predictions <<< "$output")" = '[]' ]
}

@test "without a census it is unknown what it does, for what reason, and not a failure" {
	rm "$TREE/sockets.diag"
	on apply --set $FIN=20 --dry-run
	expect 0 "unknown what it does to the sockets"
	on apply --set $FIN=20 --set net.core.somaxconn=4096 --dry-run --json
	expect 0
	[ "$(of .effect)" = "unknown some unknown" ]
	[[ "$(of .text)" == *"the recording has no socket dump"* ]]
	[ "$(of '[.before, .after] | select(. != [null, null]) | tostring')" = "[262144,4096]" ]
}

@test "numbers that were not read are null, never 0" {
	rm "$TREE/proc/net/sockstat"
	on apply --set net.ipv4.tcp_max_orphans=524288 --dry-run --json
	expect 0
	[ "$(of 'select(.effect == "unknown") | .inputs[0] | .name, .value == null')" = \
		"orphans of the host true" ]
}

@test "what socket objects take is read where the tree has it" {
	mkdir -p "$TREE/sys/kernel/slab/"{tw_sock_TCP,TCP}
	echo 256 > "$TREE/sys/kernel/slab/tw_sock_TCP/slab_size"
	on apply --set $FIN=20 --dry-run --json
	expect 0
	[ "$(of 'select(.unit == "bytes") | .before, .after')" = "15360 30720" ]
}

@test "numbers stand below what has an effect or a formula; JSON keeps all, by their source" {
	on apply --set $FIN=20 --dry-run
	expect 0
	output=$(tr -s '\n ' ' ' <<< "$output")
	[[ $output == *"[sockets: FIN_WAIT_2 orphaned 60; sysctl: tcp_fin_timeout 10]"* ]]
	[[ $output == *"TCP_TIMEWAIT_LEN = 60 s, compiled in [sockets: TIME_WAIT 440]"* ]]
	[[ $output != *"FIN_WAIT_2 held"* && $output != *census* ]]
	on apply --set $FIN=20 --dry-run --json
	[ "$(of 'select(.text | contains("a process holds")) | .inputs[] | .name, .source')" = \
		"FIN_WAIT_2 held census CLOSE_WAIT census" ]
}

@test "above 60 the same time is not the same socket" {
	knob $FIN 60
	on apply --set $FIN=90 --dry-run --force --json
	[[ "$(of .text)" == *"no effect on how long a new orphaned FIN_WAIT_2 lasts, 60 s"* ]]
	[ "$(of 'select(.text | contains("full socket")) | .effect, .before, .after')" = \
		"some 0 30" ]
}

@test "the sample of the man page is what a run says" {
	local sample

	sample=$(sed -n '/^net.ipv4.tcp_fin_timeout 60 -> 20$/,/^\.Ed/p' \
		"$SOURCE_DIR/packaging/man/finwait.8" | sed '$d' | tr -s '\n ' ' ')
	[ -n "$sample" ]
	knob $FIN 60
	on apply --set $FIN=20 --dry-run
	expect 0
	[[ $(tr -s '\n ' ' ' <<< "$output") == *"$sample"* ]]
}

@test "an apply predicts nothing, and its document has no such field" {
	on apply --set $FIN=20 --json
	expect 0
	[ "$(jq 'has("predictions")' <<< "$output")" = false ]
	on apply --set $FIN=20
	expect 0
	[[ $output != *"What it will do"* ]]
}

@test "a sentence fits a narrow terminal, and no line has blanks at its end" {
	on apply base --dry-run
	expect 0
	[ "$(grep -c ' $' <<< "$output")" -eq 0 ]
	[ "$(sed -n '/^What/,$p' <<< "$output" | awk 'length > 80' | wc -l)" -eq 0 ]
}
