#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line itself: help, misuse, exit statuses, streams.

load setup

@test "--help names every verb on standard output" {
	fw --help
	expect 0 "Usage: finwait"
	[ -z "$stderr" ]
	for verb in "${VERBS[@]}"; do
		grep -q "^  $verb " <<< "$output"
	done
}

@test "the help of every verb exits 0 and has its usage line and the common options" {
	for verb in "${VERBS[@]}"; do
		fw "$verb" --help
		expect 0 "Usage: finwait $verb"
		[ -z "$stderr" ]
		for option in netns all-netns json root state-dir color strict help version; do
			grep -q "^  --$option " <<< "$output"
		done
	done
}

@test "the help of a verb lists its own options" {
	fw audit --help
	expect 0 "--fail-on"
	fw apply --help
	for option in set dry-run accept-risk allow-unrated force require-all reason; do
		expect 0 "--$option"
	done
	fw rollback --help
	expect 0 --all
	expect 0 --overwrite
}

@test "--help in front of the verb shows the verb's help too" {
	fw --help apply
	expect 0 "Usage: finwait apply"
}

@test "no help line ends in a blank, and a sentence ends in one mark" {
	for verb in "${VERBS[@]}"; do
		fw "$verb" --help
		run ! grep -nE ' $|[?!]\.$|[^.]\.\.$' <<< "$output"
	done
}

@test "--version is one line with a number" {
	fw --version
	expect 0
	[[ $output =~ ^finwait\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "no verb: usage on standard error, exit 2" {
	fw
	expect 2
	[ -z "$output" ]
	[[ $stderr == *"Usage: finwait"* ]]
}

@test "an unknown verb gets did you mean" {
	fw audti
	expect_trouble "unknown verb 'audti'" "did you mean 'audit'"
	fw rollbak
	expect_trouble "did you mean 'rollback'"
	fw zzzzzzzz
	expect_trouble "unknown verb 'zzzzzzzz'"
}

@test "an unknown option gets did you mean, before and behind the verb" {
	fw --jsno audit
	expect_trouble "--jsno" "did you mean '--json'"
	fw apply --dry-rum base
	expect_trouble "--dry-rum" "did you mean '--dry-run'"
	fw audit -x
	expect_trouble "-x"
	fw sockets --dry-run
	expect_trouble "--dry-run"
}

@test "an option without its argument is named" {
	fw audit --fail-on
	expect_trouble "--fail-on"
	fw --root
	expect_trouble "--root"
}

@test "an option that takes no argument refuses one" {
	fw audit --json=yes
	expect_trouble "--json"
}

@test "an unknown profile gets did you mean" {
	fw --root "$ROOTS/fresh-6.1" profile show edge-proxi
	expect_trouble "no profile 'edge-proxi'" "did you mean 'edge-proxy'"
	changeable_root fresh-6.1
	fw --root "$TREE" apply bas
	expect_trouble "no profile 'bas'" "did you mean 'base'"
}

@test "verify of something that is no profile and no transaction says so" {
	fw --root "$ROOTS/fresh-6.1" --state-dir "$STATE" verify bas
	expect_trouble "'bas'" "did you mean 'base'"
}

@test "an unknown topic gets did you mean" {
	fw explain tcp_fin_timeuot
	expect_trouble "no topic 'tcp_fin_timeuot'" "did you mean 'tcp_fin_timeout'"
	fw explain close_wiat
	expect_trouble "did you mean 'close-wait'"
}

@test "an unknown knob gets did you mean, short, long and mistyped" {
	changeable_root fresh-6.1
	fw --root "$TREE" apply --set tcp_fin_timeout=30
	expect_trouble "tcp_fin_timeout" "did you mean 'net.ipv4.tcp_fin_timeout'"
	fw --root "$TREE" apply --set net.ipv4.tcp_fin_timeuot=30
	expect_trouble "net.ipv4.tcp_fin_timeuot" "did you mean 'net.ipv4.tcp_fin_timeout'"
}

@test "an unknown action of profile gets did you mean" {
	fw profile shwo base
	expect_trouble "'shwo'" "did you mean 'profile show'"
}

@test "too few and too many words are refused" {
	fw profile
	expect_trouble
	fw profile show
	expect_trouble "profile show"
	fw profile list base
	expect_trouble
	fw snapshot
	expect_trouble "DIR"
	fw sockets now
	expect_trouble "'now'"
	fw history a b
	expect_trouble
}

@test "--json on failure leaves standard output empty, whatever failed" {
	fw --json audti
	expect_trouble
	fw --json explain nothing-of-the-kind
	expect_trouble
	fw --json profile show nothing-of-the-kind
	expect_trouble
	fw --json --root "$BATS_TEST_TMPDIR/none" audit
	expect_trouble "none"
	fw --json --root "$ROOTS/fresh-6.1" --strict audit
	expect_trouble tcp_tw_reuse_delay
	fw --json --root "$ROOTS/fresh-6.1" --state-dir "$STATE" history 12345678
	expect_trouble "no transaction '12345678'"
}

@test "an error is one line without escapes, whatever words it quotes" {
	fw explain $'a\nb\e[31m'
	expect_trouble "no topic"
	[[ $stderr != *$'\e'* ]]
	# C1, one byte that is no UTF-8, and a letter that is
	fw explain $'a\xc2\x9b31m\x9b\xc3\xa9'
	expect_trouble $'a\\xc2\\x9b31m\\x9b\xc3\xa9'
	fw $'x\ny'
	expect_trouble "unknown verb"
}

@test "a name that a report quotes has no escapes either" {
	local path=$BATS_TEST_TMPDIR/$'a\e[31m\xc2\x9b31m\xc3\xa9.ini'

	printf '[main]\nsummary=any\n' >"$path"
	fw --root "$ROOTS/fresh-6.1" profile show "$path"
	expect 0 $'a\\x1b[31m\\xc2\\x9b31m\xc3\xa9.ini'
	[[ $output != *$'\e'* && $output != *$'\xc2\x9b'* ]]
}

@test "text on failure leaves standard output empty too" {
	fw --root "$ROOTS/fresh-6.1" --state-dir "$STATE" history 12345678
	expect_trouble "no transaction '12345678'"
	fw --root "$ROOTS/fresh-6.1" profile show nothing-of-the-kind
	expect_trouble
}

@test "audit exits 1 from --fail-on up, and 0 below it" {
	local args

	fw --root "$ROOTS/folklore" audit
	expect 1
	for args in critical:0 warning:1 notice:1 info:1; do
		fw --root "$ROOTS/folklore" audit --fail-on "${args%:*}"
		expect "${args#*:}"
	done
	fw --root "$ROOTS/no-ipv6" audit --json
	[ "$(jq -r .verdict <<< "$output")" = info ]
	for args in critical:0 warning:0 notice:0 info:1; do
		fw --root "$ROOTS/no-ipv6" audit --fail-on "${args%:*}"
		expect "${args#*:}"
	done
	fw --root "$ROOTS/fresh-6.1" audit --fail-on info
	expect 0
}

@test "--fail-on refuses a word that is no severity" {
	fw --root "$ROOTS/fresh-6.1" audit --fail-on fatal
	expect_trouble "'fatal'" warning
}

# counting ARGUMENTS: sockets of a recorded machine.
counting() {
	fw --root "$ROOTS/folklore" sockets "$@"
}

@test "sockets --by takes six words, once, and another gets did you mean" {
	local by

	for by in state port peer process unit user; do
		counting --by $by
		expect 0 SOCKETS
	done
	counting --by prot
	expect_trouble "cannot group by 'prot'" "did you mean 'port'"
	counting --by zzzzzzzz
	expect_trouble "cannot group by 'zzzzzzzz'" "state, port, peer, process, unit or user"
	counting --by PORT
	expect_trouble "'PORT'"
	counting --by ''
	expect_trouble "''"
	counting --by port --by peer
	expect_trouble "--by is given once"
	counting --by port --by port
	expect_trouble "--by is given once"
}

@test "sockets --top goes with --by and takes a number from 1 on" {
	local top

	counting --top 3
	expect_trouble "--top goes with --by"
	for top in 0 -1 1000001 3x 1.5 ''; do
		counting --by port "--top=$top"
		expect_trouble "--top takes 1 to 1000000, not '$top'"
	done
	counting --by port --top 1
	expect 0 "more)"
	counting --by port --top 1000000
	expect 0 PORT
	[[ $output != *"more)"* ]]
}

@test "sockets --twice goes with what runs out, and with a running machine" {
	local by seconds

	fw sockets --twice 1
	expect_trouble "--twice goes with --by peer or process"
	for by in state port unit user; do
		fw sockets --by $by --twice 1
		expect_trouble "--twice goes with --by peer or process"
	done
	for by in peer process; do
		counting --by $by --twice 1
		expect_trouble "a recording cannot be read --twice"
	done
	for seconds in 0 3601 -1 1s; do
		fw sockets --by peer "--twice=$seconds"
		expect_trouble "--twice" "'$seconds'"
	done
}

@test "sockets --quick counts all states in no groups" {
	counting --quick --by port
	expect_trouble "--quick"
	counting --quick --state listen
	expect_trouble "--quick"
	counting --quick
	expect 0 TIME_WAIT
}

@test "sockets --state takes each state however it is spelled, and another gets did you mean" {
	local spelling key

	for spelling in established:established syn-sent:syn_sent SYN_RECV:syn_recv \
		fin-wait-1:fin_wait1 FIN_WAIT_1:fin_wait1 fin_wait1:fin_wait1 FIN-WAIT1:fin_wait1 \
		finwait2:fin_wait2 Fin-Wait-2:fin_wait2 TIME_WAIT:time_wait time-wait:time_wait \
		close:close close-wait:close_wait CLOSE_WAIT:close_wait closewait:close_wait \
		LAST_ACK:last_ack listen:listen closing:closing bound-inactive:bound_inactive; do
		key=${spelling#*:}
		fw --root "$ROOTS/crowded" sockets --json --state "${spelling%:*}"
		expect 0
		[ "$(jq -r '.states | to_entries[] | select(.value).key' <<< "$output")" = "$key" ]
	done
	counting --state close-wiat
	expect_trouble "unknown state 'close-wiat'" "did you mean 'close_wait'"
	counting --state listne
	expect_trouble "did you mean 'listen'"
	for spelling in zzzzzzzz '' 6 - close-wait,time-wait fin-wait; do
		counting "--state=$spelling"
		expect_trouble "unknown state '$spelling'"
	done
	counting --state listen --state zzzzzzzz
	expect_trouble "'zzzzzzzz'"
}

@test "sockets --state given again asks for both" {
	counting --state listen --state close-wait --state LISTEN --json
	expect 0
	[ "$(jq -c '[.states.listen.total, .states.close_wait.total, .states.established]' \
		<<< "$output")" = '[4,153,null]' ]
}

@test "sockets --by says all that sockets says, too" {
	counting --json
	jq -S '.states, .details, .closes, .sockstat' <<< "$output" > "$BATS_TEST_TMPDIR/plain"
	counting --by port --json
	jq -S '.states, .details, .closes, .sockstat' <<< "$output" | diff "$BATS_TEST_TMPDIR/plain" -
}

@test "--strict makes an unanswered fact trouble, and names it" {
	fw --root "$ROOTS/fresh-6.1" audit --strict --json
	expect_trouble "unanswered" "tcp_tw_reuse_delay"
	fw --root "$ROOTS/fresh-6.1" audit --strict
	expect 2
	[[ $stderr == "finwait: "*tcp_tw_reuse_delay* ]]
	fw --root "$ROOTS/fresh-6.1" sockets --strict
	expect 0
	copy_root fresh-6.1
	knob net.ipv4.tcp_tw_reuse_delay 1000
	fw --root "$TREE" audit --strict
	expect 0
}

@test "a host without IPv6 is complete: --strict does not ask for its IPv6" {
	copy_root no-ipv6
	knob net.ipv4.tcp_tw_reuse_delay 1000
	fw --root "$TREE" audit --strict --json
	expect 0
	fw --root "$TREE" sockets --strict --json
	expect 0
}

@test "options may stand before or behind the verb" {
	fw audit --root "$ROOTS/fresh-6.1" --json
	expect 0 '"verb": "audit"'
	fw --json --root "$ROOTS/fresh-6.1" audit
	expect 0 '"verb": "audit"'
}

@test "a pipe gets no colour, --color=always does, --color=never and NO_COLOR do not" {
	fw --root "$ROOTS/folklore" audit
	[[ $output != *$'\033'* ]]
	fw --root "$ROOTS/folklore" audit --color=always
	[[ $output == *$'\033'* ]]
	fw --root "$ROOTS/folklore" audit --color=never
	[[ $output != *$'\033'* ]]
	fw --root "$ROOTS/folklore" audit --color=sometimes
	expect_trouble "'sometimes'"
}

@test "watch refuses what is no interval, no number and no running machine" {
	local interval

	for interval in 0 0.05 3601 1s -1 '' 1.0001 .5; do
		fw watch -n "$interval"
		expect_trouble "--interval takes 0.1 to 3600 seconds, not '$interval'"
		fw watch --interval="$interval"
		expect_trouble "'$interval'"
	done
	fw watch -n
	expect_trouble "option '-n' needs an argument"
	fw watch --count 0
	expect_trouble "--count" "'0'"
	fw watch --count many
	expect_trouble "'many'"
	fw --root "$ROOTS/fresh-6.1" watch
	expect_trouble "--root" "try 'finwait watch --help'"
	fw watch --all-netns
	expect_trouble "watch works on one network namespace"
	fw watch now
	expect_trouble "'now'"
	fw audit -n 1
	expect_trouble "unknown option '-n'"
}

@test "watch: a full disk and a closed pipe end it" {
	full_disk watch -n 0.1
	full_disk watch -n 0.1 --json
	run --separate-stderr bash -c '"$@" | head -1' - "$FINWAIT" watch -n 0.1
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == TIME* ]]
}

# on_terminal COMMAND: its output on a terminal of its own.
on_terminal() {
	TERM=xterm script -qec "$1" /dev/null < /dev/null
}

@test "a terminal gets colour, and NO_COLOR and TERM=dumb take it away" {
	command -v script || skip "no script(1)"
	local audit="'$FINWAIT' --root '$ROOTS/folklore' audit"

	run on_terminal "$audit"
	[[ $output == *$'\033[3'* ]]
	run on_terminal "NO_COLOR=1 $audit"
	[[ $output != *$'\033'* ]]
	run on_terminal "TERM=dumb $audit"
	[[ $output != *$'\033'* ]]
	run on_terminal "NO_COLOR= $audit"
	[[ $output == *$'\033[3'* ]]
}

@test "JSON is never coloured" {
	fw --root "$ROOTS/folklore" audit --json --color=always
	[[ $output != *$'\033'* ]]
}

# full_disk ARGUMENTS: standard output to a full disk.
full_disk() {
	run --separate-stderr bash -c '"$@" > /dev/full' - "$FINWAIT" "$@"
	expect_trouble "cannot write to standard output" "No space left on device"
}

@test "a full disk behind standard output is exit 2 with a sentence" {
	full_disk --help
	full_disk --version
	full_disk explain
	full_disk --root "$ROOTS/folklore" audit
	full_disk --root "$ROOTS/folklore" audit --json
	full_disk --root "$ROOTS/folklore" sockets
	full_disk --root "$ROOTS/folklore" profile list
}

@test "a closed standard output is trouble, not success" {
	run --separate-stderr bash -c '"$@" >&-' - "$FINWAIT" --root "$ROOTS/fresh-6.1" sockets
	expect_trouble "standard output"
}

# closed_pipe ARGUMENTS: a reader that takes nothing.
closed_pipe() {
	run --separate-stderr bash -c '{ sleep 0.2; "$@"; } | :' - "$FINWAIT" "$@"
	[ -z "$stderr" ]
}

@test "a closed pipe ends quietly" {
	run --separate-stderr bash -c '"$@" | head -1' - "$FINWAIT" explain
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == "Knobs: closing" ]]
	closed_pipe explain
	closed_pipe --root "$ROOTS/folklore" audit --json
	closed_pipe --root "$ROOTS/folklore" audit
}

@test "a closed pipe ends quietly where SIGPIPE was ignored by the parent" {
	run --separate-stderr bash -c 'trap "" PIPE; { sleep 0.2; "$@"; } | :' - \
		"$FINWAIT" --root "$ROOTS/folklore" audit
	[ -z "$stderr" ]
}

@test "--root that is no directory is refused" {
	fw --root "$BATS_TEST_TMPDIR/none" audit
	expect_trouble "cannot open root" "No such file or directory"
	touch "$BATS_TEST_TMPDIR/file"
	fw --root "$BATS_TEST_TMPDIR/file" audit
	expect_trouble "Not a directory"
}

@test "--root and --netns exclude each other" {
	fw --root "$ROOTS/fresh-6.1" --netns 1 audit
	expect_trouble "--root" "--netns"
	fw --root "$ROOTS/fresh-6.1" --all-netns sockets
	expect_trouble "--root"
}

@test "a network namespace that does not exist is refused" {
	fw --netns no-such-namespace sockets
	expect_trouble "no-such-namespace"
	fw --netns 4194305 sockets
	expect_trouble "4194305"
	fw --netns /dev/null sockets
	expect_trouble "/dev/null"
}

@test "an empty directory as --root: audit reads nothing, says so, and is not wrong" {
	mkdir "$TREE"
	fw --root "$TREE" audit --json
	[ "$status" -ne 1 ]
	jq -e '[.knobs[].value] | all(. == null)' <<< "$output"
	jq -e '.unanswered | length >= 20' <<< "$output"
}

@test "every topic that explain lists can be explained, in text and in JSON" {
	local topics topic

	fw explain --json
	expect 0
	topics=$(jq -r '.topics[].topic' <<< "$output")
	[ "$(wc -l <<< "$topics")" -ge 30 ]
	for topic in $topics; do
		fw explain "$topic"
		expect 0 "$topic"
		# what the machine says of itself may be long
		[ "$(grep -v '^  ' <<< "$output" | awk 'length > 80' | wc -l)" -eq 0 ]
		fw explain "$topic" --json
		[ "$(jq -r .topic <<< "$output")" = "$topic" ]
	done
}

@test "every see_also of a topic is a topic" {
	local topic also

	for topic in $("$FINWAIT" explain --json | jq -r '.topics[].topic'); do
		for also in $("$FINWAIT" explain "$topic" --json | jq -r '.see_also[]'); do
			fw explain "$also"
			expect 0
		done
	done
}

@test "the list stands in groups, each under its heading, and JSON has the same" {
	local text

	fw explain
	expect 0 "Knobs: closing"
	text=$output
	for heading in "Knobs: timers" "Knobs: removed, or a vendor's" States Ideas Messages Findings; do
		grep -qx "$heading" <<< "$text"
	done
	[ "$(awk 'length > 80' <<< "$text" | wc -l)" -eq 0 ]
	fw explain --json
	expect 0
	# heading and topic of each row, from the text and from JSON
	diff <(awk '/^[^ ]/ { sub(/^Knobs: /, ""); group = tolower($0) }
			/^  [^ ]/ { print group ": " $1 }' <<< "$text") \
		<(jq -r '.topics[] | .group + ": " + .topic' <<< "$output")
	jq -e '[.topics[].group] | length > 60 and (unique | length) >= 8' <<< "$output"
}

@test "a line of the log is explained as it was copied, quoted or not" {
	fw explain "[  911.213456] TCP: too many orphaned sockets"
	expect 0 "too-many-orphaned-sockets: "
	fw explain kern :info : "[Mon" Nov 23 "00:05:31" "2026]" TCP: out of memory -- consider tuning tcp_mem
	expect 0 "consider-tuning-tcp-mem: "
	fw explain "request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  Check SNMP counters."
	expect 0 "possible-syn-flooding: "
	fw explain connect: Cannot assign requested address
	expect 0 "eaddrnotavail: "
	fw explain nf_conntrack: table full, dropping packet --json
	expect 0
	[ "$(jq -r '.topic + " " + .kind' <<< "$output")" = "nf-conntrack-table-full message" ]
}

@test "a line of the log that says nothing known is no topic" {
	fw explain TCP: everything is fine
	expect_trouble "no topic 'TCP: everything is fine'"
	fw explain too many
	expect_trouble "no topic 'too many'"
	fw explain time-wiat-bucket-table-overflow
	expect_trouble "did you mean 'time-wait-bucket-table-overflow'"
}

@test "words are a topic's name as well, and the idea tw-reuse is not the knob" {
	fw explain time wait
	expect 0 "time-wait: "
	fw explain TCP TW REUSE
	expect 0 "tcp_tw_reuse: "
	fw explain tw_reuse
	expect 0 "tw-reuse: "
}

@test "a message shows its limit and its use as they are, and '-' where there is none" {
	changeable_root fresh-6.1
	mkdir -p "$TREE/proc/net"
	echo "TCP: inuse 5 orphan 77 tw 3 alloc 8 mem 2" > "$TREE/proc/net/sockstat"
	knob net.ipv4.tcp_max_orphans 4321
	rm -f "$TREE/proc/net/netstat"
	mkdir -p "$TREE/proc/sys/fs"
	printf '597\t0\t2466170\n' > "$TREE/proc/sys/fs/file-nr"
	echo 2466170 > "$TREE/proc/sys/fs/file-max"
	fw --root "$TREE" explain VFS: file-max limit 2466170 reached
	expect 0
	grep -qE '^  open files +597 +now' <<< "$output"
	grep -qE '^  file-max +2466170 +the limit' <<< "$output"
	fw --root "$TREE" explain too many orphaned sockets
	expect 0
	grep -qE '^  orphans +77 +now' <<< "$output"
	grep -qE '^  tcp_max_orphans +4321 +the limit' <<< "$output"
	grep -qE '^  TCPAbortOnMemory +- +times' <<< "$output"
	fw --root "$TREE" explain too many orphaned sockets --json
	jq -e '.readings | map({(.name): .value}) | add == {"orphans": "77",
		"tcp_max_orphans": "4321", "TCPAbortOnMemory": null}' <<< "$output"
}

@test "the two ways to close are drawn with the sockets of the machine" {
	local name n

	fw --root "$ROOTS/folklore" sockets --json
	expect 0
	local sockets=$output
	fw --root "$ROOTS/folklore" explain close-wait
	expect 0
	[ "$(awk 'length > 80' <<< "$output" | wc -l)" -eq 0 ]
	for name in ESTABLISHED FIN_WAIT_1 CLOSE_WAIT FIN_WAIT_2 CLOSING LAST_ACK TIME_WAIT; do
		n=$(jq ".states.$(sed 's/_\([0-9]\)/\1/; s/.*/\L&/' <<< "$name").total" <<< "$sockets")
		grep -qF "$name ($n)" <<< "$output"
	done
	grep -qF "[CLOSE_WAIT (" <<< "$output"
	fw --root "$ROOTS/folklore" explain close-wait --json
	jq -e --argjson sockets "$sockets" '.states == ($sockets.states | {established, fin_wait1,
		close_wait, fin_wait2, closing, last_ack, time_wait} | map_values(.total))' <<< "$output"
}

@test "sockets that cannot be read are no failure of explain" {
	changeable_root fresh-6.1
	rm -f "$TREE/sockets.diag" "$TREE/proc/net/tcp" "$TREE/proc/net/tcp6"
	fw --root "$TREE" explain active-close
	expect 0 "FIN_WAIT_2 (-)"
	# a dump that breaks off
	printf 'no dump' > "$TREE/sockets.diag"
	fw --root "$TREE" sockets
	[ "$status" -eq 2 ]
	fw --root "$TREE" explain active-close
	expect 0 "FIN_WAIT_2 (-)"
	[ -z "$stderr" ]
	fw --root "$TREE" explain active-close --json
	jq -e '.states | length == 7 and all(. == null)' <<< "$output"
}

@test "a knob can be explained by its full name too" {
	fw explain net.ipv4.tcp_fin_timeout
	expect 0 "tcp_fin_timeout"
}

@test "the topics that issue and manual promise are there" {
	for topic in 2msl active-close passive-close close-vs-shutdown close-wait time-wait \
		time-wait-assassination tw-reuse port-exhaustion orphans listen-overflow accept-queue \
		conntrack namespaces myths eaddrnotavail emfile \
		fin-wait-1 fin-wait-2 last-ack closing tcp_fin_timeout somaxconn; do
		fw explain "$topic"
		expect 0
	done
}

@test "snapshot writes a tree that --root reads alike" {
	local dir=$BATS_TEST_TMPDIR/snapshot

	fw snapshot "$dir"
	expect 0 "$dir"
	[ -s "$dir/proc/sys/kernel/osrelease" ]
	fw --root "$dir" audit --json
	[ "$status" -ne 2 ]
	jq -S '.knobs' <<< "$output" > "$BATS_TEST_TMPDIR/recorded"
	fw audit --json
	jq -S '.knobs' <<< "$output" | diff "$BATS_TEST_TMPDIR/recorded" -
	# what explain alone reads, but for what changes all the time
	for topic in nf-conntrack-table-full neighbor-table-overflow file-max-limit-reached; do
		"$FINWAIT" --root "$dir" explain "$topic" --json | jq -e '[.readings[].value] | any(. != null)'
		diff <("$FINWAIT" --root "$dir" explain "$topic" --json | jq '[.readings[].value == null]') \
			<("$FINWAIT" explain "$topic" --json | jq '[.readings[].value == null]')
	done
}

@test "snapshot tells nothing of open files but which are sockets" {
	local dir=$BATS_TEST_TMPDIR/snapshot

	fw snapshot "$dir"
	expect 0
	[ -n "$(find "$dir/proc" -path '*/fd/*' -lname other)" ]
	[ -z "$(find "$dir/proc" -path '*/fd/*' ! -lname other ! -lname 'socket:\[[0-9]*\]')" ]
}

@test "a masked snapshot says what it did, and a plain one what it holds" {
	fw snapshot "$BATS_TEST_TMPDIR/plain"
	expect 0 "--mask-addresses masks them"
	fw snapshot --mask-addresses "$BATS_TEST_TMPDIR/masked"
	expect 0 " masked; comments and profiles left out"
	[[ $output != *"holds the addresses"* ]]
	fw --root "$BATS_TEST_TMPDIR/masked" audit --json
	[ "$status" -ne 2 ]
	jq -S '.knobs' <<< "$output" > "$BATS_TEST_TMPDIR/recorded"
	fw --root "$BATS_TEST_TMPDIR/plain" audit --json
	jq -S '.knobs' <<< "$output" | diff "$BATS_TEST_TMPDIR/recorded" -
}

@test "snapshot refuses a directory that is not empty, and writes nothing into it" {
	mkdir "$TREE"
	touch "$TREE/mine"
	fw snapshot "$TREE"
	expect_trouble "not empty"
	[ "$(ls -A "$TREE")" = mine ]
}

@test "snapshot refuses --root" {
	fw --root "$ROOTS/fresh-6.1" snapshot "$TREE"
	expect_trouble
	[ ! -e "$TREE" ]
}

@test "snapshot refuses a directory whose parent is not there" {
	fw snapshot "$BATS_TEST_TMPDIR/a/b"
	expect_trouble "a/b"
}

# Not root.

# nobody ARGUMENTS: a run as nobody, in a network namespace that nothing else uses.
nobody() {
	needs_root
	local copy=$BATS_TEST_TMPDIR/nobody

	unshare --net true 2> /dev/null || skip "cannot make a network namespace"
	mkdir -p "$copy"
	cp "$FINWAIT" "$copy/finwait"
	chmod 0755 "$copy" "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_RUN_TMPDIR" \
		"$BATS_FILE_TMPDIR" "$BATS_SUITE_TMPDIR"
	run --separate-stderr unshare --net -- runuser -u nobody -- "$copy/finwait" "$@"
}

@test "nobody may audit and count" {
	nobody audit --json
	[ "$status" -ne 2 ]
	jq -e '.knobs[] | select(.name == "net.ipv4.tcp_fin_timeout").value' <<< "$output"
	nobody sockets --json
	expect 0
	jq -e '.states.established' <<< "$output"
}

@test "nobody may not apply, and is told to run as root" {
	nobody apply --set net.ipv4.tcp_fin_timeout=59
	expect_trouble "run as root"
}

@test "nobody may not roll back, and is told to run as root" {
	nobody rollback
	expect_trouble "run as root"
}

@test "nobody may look at a dry run and at the history" {
	nobody apply --set net.ipv4.tcp_fin_timeout=59 --dry-run
	expect 0 "planned"
	nobody history
	expect 0
}

# What explain says

words() {
	tr -s '[:space:]' '\n' <<< "$1"
}

@test "explain prints every word of every topic, also those that JSON has" {
	local topic text

	for topic in $("$FINWAIT" explain --json | jq -r '.topics[].topic'); do
		text=$("$FINWAIT" explain --json "$topic" | jq -r .text)
		[ "$(words "$text" | wc -l)" -gt 10 ]
		fw explain "$topic"
		expect 0
		# a heading stands alone in text, and before a colon in JSON
		comm -23 <(words "$text" | tr -d ':' | sort -u) \
			<(words "$output" | tr -d ':' | sort -u) > "$BATS_TEST_TMPDIR/missing"
		if [ -s "$BATS_TEST_TMPDIR/missing" ]; then
			echo "$topic lacks: $(xargs < "$BATS_TEST_TMPDIR/missing")" >&2
			return 1
		fi
	done
}

@test "explain lists a group by its name, and all knobs by theirs" {
	fw explain ideas
	expect 0 "Ideas"
	[ "$(head -n 1 <<< "$output")" = Ideas ]
	[ "$(grep -c '^[A-Z]' <<< "$output")" = 1 ]
	fw explain Tables-and-queues --json
	[ "$(jq -r '[.topics[].group] | unique | .[]' <<< "$output")" = "tables and queues" ]
	fw explain knobs --json
	[ "$(jq '.topics | length' <<< "$output")" = 83 ]
	[ "$(jq -r '[.topics[].kind] | unique | .[]' <<< "$output")" = knob ]
	# a topic of that name comes first
	fw explain conntrack
	expect 0 "conntrack: "
}

@test "a setting in the place of a profile is told how to be one" {
	fw apply net.ipv4.tcp_fin_timeout=40
	expect_trouble "'net.ipv4.tcp_fin_timeout=40' is no profile" "--set"
}
