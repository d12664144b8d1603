#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the command line of prove takes; the trials themselves are in tests/kernel.

load setup

# refuse WORDS ARGUMENT...
refuse() {
	fw prove "${@:2}"
	expect_trouble "$1"
}

@test "the list names each trial with its claim, and runs none" {
	fw prove
	expect 0 "time-wait-length"
	names=$(sed -nE 's/^([a-z][^ ]*).*/\1/p' <<< "$output")
	fw prove --json
	[ "$(jq -r '.trials[].name' <<< "$output")" = "$names" ]
	[ "$(jq -r '[.trials[] | .verdict, .seconds | tostring] | unique | join(" ")' <<< "$output")" = "not_run null" ]
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/prove.json" <<< "$output"
}

@test "what is no trial, no knob or no value of it is refused with the next step" {
	refuse "no trial 'time-wait-lenght'; did you mean 'time-wait-length'?" time-wait-lenght
	refuse "trials about it: finwait prove time-wait-length" tcp_fin_timeout
	refuse "no knob 'tcp_fin_timeot'; did you mean 'tcp_fin_timeout'?" time-wait-length tcp_fin_timeot=3
	refuse "'tcp_fin_timeout' takes a number, not '3s'" time-wait-length tcp_fin_timeout=3s
	refuse "takes tcp_fin_timeout from 1 to 3600, not 0" fin-wait-2-timeout tcp_fin_timeout=0
	refuse "none of these trials takes 'net.ipv4.tcp_retries1'; time-wait-length takes tcp_fin_timeout, " \
		time-wait-length tcp_retries1=3
	refuse "is one for the whole host, which no trial touches" time-wait-length tcp_max_orphans=3
	refuse "'tcp_fin_timeout' is named twice" time-wait-length tcp_fin_timeout=3 tcp_fin_timeout=4
	refuse "a value goes with the trial that takes it" tcp_fin_timeout=3
	refuse "--all and the name of a trial exclude each other" --all time-wait-length
	refuse "takes tcp_fin_timeout from 1 to 3600, not 3601" fin-wait-2-timeout tcp_fin_timeout=3601
	refuse "--jobs goes with --all or the name of a trial" --jobs 3
	refuse "--jobs takes 1 to 256, not '0'" --all --jobs 0
}

@test "prove works in no namespace but its own, and on no recording" {
	refuse "works in network namespaces of its own" --netns 1 --all
	refuse "works in network namespaces of its own" --all-netns --all
	refuse "asks the running kernel, not a recording" --root "$ROOTS/folklore" --all
}

@test "explain names the trials of a topic" {
	fw explain 2msl
	expect 0 "finwait prove time-wait-length"
	fw explain linger-zero
	expect_trouble "no topic 'linger-zero'; it is a trial: finwait prove linger-zero"
	fw explain fin-wait-2 --json
	jq -e '.trials | index("fin-wait-2-timeout")' <<< "$output"
}
