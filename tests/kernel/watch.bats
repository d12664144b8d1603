#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The sockets over time: who closed, on a pipe, as JSON and on a terminal.

# shellcheck disable=SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel
load waiting

setup() {
	require jq python3
	OUT=$BATS_TEST_TMPDIR/out
	netns_open
}

teardown() {
	# closed, its input ends it
	[[ -z ${ORDERS:-} ]] || exec {ORDERS}>&-
	[[ -z ${WATCH_PID:-} ]] || kill "$WATCH_PID" 2>/dev/null || true
	netns_close
}

# hold N: a process in the namespace that holds so many connections
hold() {
	coproc HOLDER { exec "${NSENTER[@]}" -- "$SOURCE_DIR/tests/kernel/holder.py" "$1" 3>&-; }
	ORDERS=${HOLDER[1]}
	answer ready
}

answer() {
	local line

	read -r -t 30 line <&"${HOLDER[0]}"
	[[ $line == "$1" ]]
}

order() {
	echo "$*" >&"$ORDERS"
	answer "done"
}

# watch_to_file ARGUMENTS: in the background. Its first line comes when it has seen two dumps.
watch_to_file() {
	"${NSENTER[@]}" -- env --default-signal=INT "$FINWAIT" watch "$@" >"$OUT" 2>"$OUT.err" 3>&- &
	WATCH_PID=$!
	await has_lines 1
}

has_lines() {
	(($(wc -l <"$OUT") >= $1))
}

# total PATH: a number of each document, summed. The last line may not be whole yet.
total() {
	sed '/}$/!d' "$OUT" | jq -s "map($1) | add"
}

has_closed() {
	[[ $(total .closes.total) -ge $1 ]]
}

# end_watch SIGNAL: it exits 0 and has said nothing
end_watch() {
	local status=0

	kill -"$1" "$WATCH_PID"
	wait "$WATCH_PID" || status=$?
	WATCH_PID=
	assert_equal "exit status" 0 "$status"
	assert_equal "standard error" "" "$(<"$OUT.err")"
}

@test "what a process closes is attributed to it, once" {
	local document

	hold 50
	watch_to_file -n 0.2 --json
	order close 20
	await has_closed 20
	order close 30
	await has_closed 50
	has_lines 4 || await has_lines 4
	end_watch INT
	assert_equal "closes" "50 50" "$(total .closes.total) $(total .closes.attributed)"
	assert_equal "who" "$HOLDER_PID hol"$'\e'"der" "$(jq -rs '[.[].closes.processes[] |
		"\(.pid) \(.program)"] | unique[]' "$OUT")"
	assert_equal "TW and TWKilled" 50 "$(total '[.counters[] |
		select(.name == "TW" or .name == "TWKilled").change] | add')"
	jq -es 'last | .states.time_wait.total == 50 and .closes.per_second == 0' "$OUT"
	while read -r document; do
		"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/watch.json" \
			<<<"$document"
	done <"$OUT"
}

@test "connections shorter than the interval are counted, and not attributed" {
	hold 0
	watch_to_file -n 1 --json
	order flash 40
	await has_closed 40
	end_watch TERM
	assert_equal "closes" 40 "$(total .closes.total)"
	# but for one that a dump may have met half way
	(($(total .closes.attributed) <= 1))
}

@test "a pipe gets a line an interval, under a heading of as many words" {
	hold 5
	in_ns "$FINWAIT" watch -n 0.1 --count 21 >"$OUT"
	assert_equal "lines" 23 "$(wc -l <"$OUT")"
	assert_equal "headings" "1 22" "$(grep -n ^TIME "$OUT" | cut -d: -f1 | xargs)"
	assert_equal "words" 1 "$(awk '{ print NF }' "$OUT" | sort -u | wc -l)"
	assert_equal "ESTABLISHED" 10 "$(awk 'END { print $2 }' "$OUT")"
	watch_to_file -n 0.2
	order close 5
	await grep -q ' 5/5 ' "$OUT"
	end_watch HUP
}

@test "a namespace by its name is one of several hosts" {
	hold 3
	in_ns "$FINWAIT" --netns "/proc/$NETNS_PID/ns/net" watch -n 0.1 --count 1 --json >"$OUT"
	jq -e ".host.netns.name == \"/proc/$NETNS_PID/ns/net\" and
		.states.established.total == 6" "$OUT"
}

@test "without inet_diag closes are counted and nobody is named, which is said" {
	require_strace
	hold 3
	export TRACE=$BATS_TEST_TMPDIR/trace
	strace_ns -e trace=socket -e inject=socket:error=EPROTONOSUPPORT \
		"$FINWAIT" watch -n 0.1 --count 1 --json >"$OUT"
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/watch.json" <"$OUT"
	jq -e '.closes.attributed == null and (.closes.error | contains("proc/net/tcp")) and
		.states.established.total == 6' "$OUT"
}

@test "a dump that breaks half way ends it with the sentence" {
	require_strace
	export TRACE=$BATS_TEST_TMPDIR/trace
	run --separate-stderr strace_ns -e trace=recvmsg -e inject=recvmsg:error=ENOBUFS:when=9+ \
		"$FINWAIT" watch -n 0.1
	assert_equal "status" 2 "$status"
	assert_has "standard error" "finwait: cannot read the socket dump" "$stderr"
}

# on_terminal SIZE STEP... -- ARGUMENTS: finwait on a terminal, what it shows in $OUT
on_terminal() {
	local steps=()

	while [[ $1 != -- ]]; do
		steps+=("$1")
		shift
	done
	in_ns "$SOURCE_DIR/tests/kernel/onterminal.py" "${steps[@]}" -- "$FINWAIT" "${@:2}" >"$OUT"
}

# The escapes that were used, each once
escapes() {
	grep -oaE $'\e\\[[^A-Za-z]*[A-Za-z]' "$OUT" | sed -E 's/\x1b\[[0-9]+A/\x1b[NA/' |
		LC_ALL=C sort -u | tr -d '\n\033'
}

@test "on a terminal frames are drawn over each other, and ^C ends with exit 0" {
	hold 3
	on_terminal 24x80 /STATE /STATE /STATE ^C -- watch -n 0.1 --color never
	assert_equal "escapes" "[J[K[NA" "$(escapes)"
	# the last line is empty, so that the shell's prompt stands alone
	tail -c 5 "$OUT" | grep -q $'\r\e\\[K$'
	assert_equal "heights" 1 "$(grep -oaE $'\e\\[[0-9]+A' "$OUT" | sort -u | wc -l)"
}

@test "on a terminal a process is named without the escapes in its name" {
	local terminal

	hold 3
	on_terminal 24x80 '/hol\\x1bder' ^C -- watch -n 0.1 --color never &
	terminal=$!
	await grep -q COUNTER "$OUT"
	order close 3
	wait $terminal
	run ! grep -q $'hol\e' "$OUT"
}

@test "on a terminal a network namespace is named without the escapes in its name" {
	local place=$BATS_TEST_TMPDIR/$'a\eb\xc2\x9bc'

	ln -s "/proc/$NETNS_PID/ns/net" "$place"
	on_terminal 24x200 '/a\\x1bb\\xc2\\x9bc' ^C -- --netns "$place" watch -n 0.1 --color never
	run ! grep -qa $'a\eb' "$OUT"
}

@test "the first frame knows of no close and no change, and says so" {
	hold 3
	order flash 40
	on_terminal 40x80 /COUNTER /CHANGE '!TERM' -- watch -n 3600 --color never
	grep -qE 'closes seen -, attributed -' "$OUT"
	grep -qE '^TIME_WAIT +40 +-' "$OUT"
	grep -qE '^ESTABLISHED +6 +-' "$OUT"
	run ! grep -qE 'not seen|nobody|none moved' "$OUT"
}

@test "a frame has never more lines than the terminal, and says what is left out" {
	local size

	hold 3
	for size in 10x40 5x30 2x20 3x200; do
		on_terminal $size -- watch -n 0.1 --count 3 --color never
		assert_equal "lines on $size" $((${size%x*} - 1)) \
			"$(awk -v RS=J '{ print gsub(/\n/, "") }' "$OUT" | sort -u)"
	done
	on_terminal 1x80 -- watch -n 0.1 --count 2
	assert_equal "one line" "" "$(<"$OUT")"
	on_terminal 10x40 '/rows more than fit' '!TERM' -- watch -n 0.1
	on_terminal 60x40 '/COUNTER' '/STATE' '!TERM' -- watch -n 0.1
	run ! grep -q 'rows more' "$OUT"
}

@test "a terminal that is resized is cleared and drawn anew at once" {
	hold 3
	# the next reading is an hour away
	on_terminal 24x80 /STATE =10x40 '/\x1b[H\x1b[2J' '/more than fit' =50x140 '/\x1b[H\x1b[2J' /STATE \
		/CLOSED /COUNTER ^C -- watch -n 3600
}

@test "stopped and continued, a frame is drawn below what others wrote" {
	hold 3
	on_terminal 24x80 /COUNTER '!STOP' '!CONT' /STATE /COUNTER '!TERM' -- watch -n 3600 --color never
	assert_equal "escapes" "[K" "$(escapes)"
}
