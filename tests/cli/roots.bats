#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Recorded machines: what finwait says of each, to the letter.
#
# tests/roots/NAME is a tree as `finwait snapshot` writes it; where tests/roots/NAME.rows
# stands beside it, its sockets.diag was made from those rows by tests/cli/mkdump.py.
# After a change that is meant: UPDATE_EXPECTED=1 bats tests/cli/roots.bats, and read the diff.

# each test is a subshell
# shellcheck disable=SC2030,SC2031
load setup

# compare ROOT ARGUMENTS FORMAT STATUS: one run against tests/expected, where the words of
# the arguments stand with dots: sockets.by.port.
compare() {
	local root=$1 format=$3 actual=$BATS_TEST_TMPDIR/actual expected
	local -a words

	read -ra words <<< "$2"
	expected=${2//--/}
	expected=$SOURCE_DIR/tests/expected/$root.${expected// /.}.$format
	if [ "$format" = json ]; then
		words+=(--json)
	fi
	copy_root "$root"
	touch "$TREE/.finwait-test"
	# shellcheck disable=SC2016 # the inner shell expands it
	run --separate-stderr bash -c 'out=$1; cd "${2%/*}"; shift 2; exec "$@" > "$out"' - \
		"$actual" "$TREE" "$FINWAIT" --root tree "${words[@]}"
	expect "$4"
	[ -z "$stderr" ]
	sed -i 's/^  "finwait": "[0-9.]*"/  "finwait": "VERSION"/' "$actual"
	if [ -n "${UPDATE_EXPECTED:-}" ]; then
		cp "$actual" "$expected"
	fi
	diff -u "$expected" "$actual"
}

@test "a fresh Debian 12 host: audit has nothing to say" {
	compare fresh-6.1 audit txt 0
}

@test "a fresh Debian 12 host: audit as JSON" {
	compare fresh-6.1 audit json 0
}

@test "a fresh Debian 12 host: sockets" {
	compare fresh-6.1 sockets txt 0
}

@test "a fresh Debian 12 host: sockets as JSON" {
	compare fresh-6.1 sockets json 0
}

@test "a host without IPv6 and without a socket dump: audit" {
	compare no-ipv6 audit txt 0
}

@test "a host without IPv6 and without a socket dump: audit as JSON" {
	compare no-ipv6 audit json 0
}

@test "a host without IPv6 and without a socket dump: sockets from proc/net/tcp" {
	compare no-ipv6 sockets txt 0
}

@test "a host without IPv6 and without a socket dump: sockets as JSON" {
	compare no-ipv6 sockets json 0
}

@test "a host tuned by folklore: audit names each piece of it" {
	compare folklore audit txt 1
}

@test "a host tuned by folklore: audit as JSON" {
	compare folklore audit json 1
}

@test "a host tuned by folklore: sockets" {
	compare folklore sockets txt 0
}

@test "a host tuned by folklore: sockets as JSON" {
	compare folklore sockets json 0
}

@test "a read-only container: audit" {
	compare container audit txt 0
}

@test "a read-only container: audit as JSON" {
	compare container audit json 0
}

@test "a read-only container: sockets" {
	compare container sockets txt 0
}

@test "a read-only container: sockets as JSON" {
	compare container sockets json 0
}

@test "a host in several kinds of trouble: their states, and the memory they take" {
	compare crowded "sockets --by state" txt 0
}

@test "a host in several kinds of trouble: the services" {
	compare crowded "sockets --by port" txt 0
}

@test "a host in several kinds of trouble: the ports towards each destination" {
	compare crowded "sockets --by peer" txt 0
}

@test "a host in several kinds of trouble: who holds them" {
	compare crowded "sockets --by process" txt 0
}

@test "a host in several kinds of trouble: their units and containers" {
	compare crowded "sockets --by unit" txt 0
}

@test "a host in several kinds of trouble: their users" {
	compare crowded "sockets --by user" txt 0
}

@test "a host in several kinds of trouble: by peer as JSON" {
	compare crowded "sockets --by peer" json 0
}

@test "a host in several kinds of trouble: by process as JSON" {
	compare crowded "sockets --by process" json 0
}

@test "a host in several kinds of trouble: CLOSE_WAIT alone, by process" {
	compare crowded "sockets --by process --state close-wait" txt 0
}

@test "a host in several kinds of trouble: the first two peers and the sum of the rest" {
	compare crowded "sockets --by peer --top 2" txt 0
}

@test "a host in several kinds of trouble: --quick" {
	compare crowded "sockets --quick" txt 0
}

@test "a host tuned by folklore: what undoing it will do" {
	compare folklore "apply base --dry-run" txt 0
}

@test "a host tuned by folklore: what undoing it will do, as JSON" {
	compare folklore "apply base --dry-run" json 0
}

@test "a host in several kinds of trouble: what a profile for proxies will do" {
	compare crowded "apply edge-proxy --dry-run" txt 0
}

@test "the committed dumps are what their rows say" {
	local rows

	for rows in "$ROOTS"/*.rows; do
		"$SOURCE_DIR/tests/cli/mkdump.py" < "$rows" |
			cmp - "${rows%.rows}/sockets.diag"
	done
}

@test "a table on a pipe does not depend on COLUMNS" {
	copy_root folklore
	cd "$BATS_TEST_TMPDIR"
	COLUMNS=40 fw --root tree audit
	expect 1
	[ "$output" = "$(cat "$SOURCE_DIR/tests/expected/folklore.audit.txt")" ]
}

@test "no line ends in blanks" {
	run ! grep -rn ' $' "$SOURCE_DIR/tests/expected" --include '*.txt'
}

# Variants: one fact changed.

# finding ID [FILTER]: the finding of that id in the last JSON output, through a jq filter.
finding() {
	jq -er --arg id "$1" ".findings[] | select(.id == \$id) | ${2:-.severity}" <<< "$output"
}

@test "each tcp_fin_timeout from 61 to 119 is named with the seconds it really lasts" {
	local value

	copy_root folklore
	for value in 61 89 90 119; do
		knob net.ipv4.tcp_fin_timeout $value
		fw --root "$TREE" audit --json
		expect 1
		[ "$(finding fin-timeout-folk)" = warning ]
		[ "$(finding fin-timeout-folk '.evidence[] |
			select(.name == "fin_wait2_seconds").value')" = $(((value - 60) * 2)) ]
	done
}

@test "tcp_fin_timeout=60 and 15 are no findings" {
	copy_root fresh-6.1
	for value in 60 15; do
		knob net.ipv4.tcp_fin_timeout $value
		fw --root "$TREE" audit --json
		expect 0
		[ "$(jq -c .findings <<< "$output")" = '[]' ]
	done
}

@test "reserved ports that cover the range are named, and not the range" {
	copy_root fresh-6.1
	knob net.ipv4.ip_local_reserved_ports 32768-60999
	fw --root "$TREE" audit --json
	expect 1
	[ "$(finding reserved-ports-many)" = warning ]
	[ "$(finding reserved-ports-many '.evidence[0].value')" = 0 ]
	[ "$(jq '.findings | length' <<< "$output")" = 1 ]
	fw --root "$TREE" knobs ip_local_reserved_ports --json
	expect 0
	[ "$(jq -r '.knobs[0].risk' <<< "$output")" = refused ]
}

@test "tcp_tw_reuse=1 with timestamps is no finding" {
	copy_root fresh-6.1
	knob net.ipv4.tcp_tw_reuse 1
	fw --root "$TREE" audit --json
	expect 0
	[ "$(jq -c .findings <<< "$output")" = '[]' ]
}

@test "TIME_WAIT at tcp_max_tw_buckets is critical" {
	copy_root folklore
	knob net.ipv4.tcp_max_tw_buckets 500
	fw --root "$TREE" audit --json
	expect 1
	[ "$(finding tw-buckets-near)" = critical ]
}

@test "orphans near tcp_max_orphans are a warning" {
	copy_root fresh-6.1
	sed -i 's/orphan 0/orphan 5000/' "$TREE/proc/net/sockstat"
	fw --root "$TREE" audit --json
	expect 1
	[ "$(finding orphans-near-limit)" = warning ]
}

@test "in a namespace without tcp_max_orphans the host's orphans are no finding" {
	copy_root container
	sed -i 's/orphan 37/orphan 5000/' "$TREE/proc/net/sockstat"
	fw --root "$TREE" audit --json
	expect 0
	[ "$(jq -c .findings <<< "$output")" = '[]' ]
}

@test "a port range that covers a listener is a finding with a command that apply accepts" {
	local -a words

	copy_root folklore
	touch "$TREE/.finwait-test"
	knob net.ipv4.ip_local_port_range '32768 60999'
	fw --root "$TREE" audit --json
	[ "$(finding port-range-covers-listeners)" = notice ]
	eval "words=($(finding port-range-covers-listeners .remedy.command))"
	fw "${words[@]:1}" --dry-run
	expect 0
}

@test "every finwait command that audit suggests is one that apply accepts" {
	local commands line
	local -a words

	copy_root folklore
	touch "$TREE/.finwait-test"
	fw --root "$TREE" audit --json
	commands=$(jq -r '.findings[].remedy.command // empty |
		select(test("^finwait --root [^ ]+ apply"))' <<< "$output")
	[ -n "$commands" ]
	while read -r line; do
		eval "words=($line)"
		fw "${words[@]:1}" --dry-run
		expect 0
	done <<< "$commands"
}

@test "every finding of an audit can be explained" {
	local id

	fw --root "$ROOTS/folklore" audit --json
	for id in $(jq -r '.findings[].id' <<< "$output"); do
		fw --root "$ROOTS/folklore" explain "$id"
		expect 0
	done
}

@test "a counter that is not in the file is null, never 0" {
	copy_root fresh-6.1
	sed -i 's/TCPTimeWaitOverflow/SomethingElse/' "$TREE/proc/net/netstat"
	fw --root "$TREE" audit --json
	expect 0
	[ "$(jq '.counters[] | select(.name == "TCPTimeWaitOverflow").value' <<< "$output")" = null ]
}

@test "without sockstat its numbers are null and it is said" {
	copy_root fresh-6.1
	rm "$TREE/proc/net/sockstat"
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq -c '.sockstat | [.tw, .orphan, .inuse]' <<< "$output")" = '[null,null,null]' ]
	fw --root "$TREE" sockets
	expect 0 "sockstat: not read"
}

@test "a recording without any sockets says so, and counts none" {
	copy_root fresh-6.1
	rm "$TREE/sockets.diag"
	fw --root "$TREE" sockets
	expect 0 unanswered
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq -c '[.states, .interrupted]' <<< "$output")" = '[null,null]' ]
	jq -e '.error | length > 0' <<< "$output"
	fw --root "$TREE" --strict sockets --json
	expect_trouble
	fw --root "$TREE" audit
	expect 0 "not counted"
}

@test "a link in the tree cannot lead out of it" {
	copy_root fresh-6.1
	echo 17 > "$BATS_TEST_TMPDIR/outside"
	ln -sf "$BATS_TEST_TMPDIR/outside" "$TREE/proc/sys/net/ipv4/tcp_fin_timeout"
	fw --root "$TREE" audit --json
	[ "$(jq '.knobs[] | select(.name == "net.ipv4.tcp_fin_timeout").value' \
		<<< "$output")" = null ]
}

# Socket dumps that went wrong.

# dump ROWS: replaces the tree's dump.
dump() {
	"$SOURCE_DIR/tests/cli/mkdump.py" <<< "$1" > "$TREE/sockets.diag"
}

# broken ROWS TEXT: both verbs refuse a dump, in text and JSON, with a sentence.
broken() {
	local verb

	copy_root fresh-6.1
	dump "$1"
	for verb in audit sockets; do
		fw --root "$TREE" "$verb"
		expect_trouble "$2"
		fw --root "$TREE" "$verb" --json
		expect_trouble "$2"
	done
}

@test "an interrupted dump is shown and flagged" {
	copy_root fresh-6.1
	dump $'listen ipv4 22 inode=1 wqueue=128\ninterrupted\ntime_wait ipv4 22\ndone'
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq -c '[.interrupted, .states.listen.total, .states.time_wait.total]' \
		<<< "$output")" = '[true,1,1]' ]
	fw --root "$TREE" sockets
	expect 0 "missing or counted twice"
}

@test "a dump whose NLMSG_DONE alone is interrupted is flagged" {
	copy_root fresh-6.1
	dump $'listen ipv4 22 inode=1 wqueue=128\ninterrupted\ndone'
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq .interrupted <<< "$output")" = true ]
}

@test "a dump cut off in a message is an error" {
	broken $'listen ipv4 22\ntime_wait ipv4 22\ncut 30' "socket dump"
}

@test "a dump cut off in a header is an error" {
	broken $'listen ipv4 22\ntime_wait ipv4 22\ncut 80' "socket dump"
}

@test "a dump cut off between two messages is an error" {
	broken $'listen ipv4 22\ntime_wait ipv4 22' "socket dump"
}

@test "an empty dump is an error, and never no sockets" {
	broken '' "socket dump"
}

@test "a failing NLMSG_DONE is an error, and never a zero" {
	broken $'listen ipv4 22\ndone 2' "No such file or directory"
}

@test "a failing NLMSG_ERROR is an error, and never a zero" {
	broken $'listen ipv4 22\nerror 12' "Cannot allocate memory"
}

@test "a dump without one socket is good and counts 0" {
	copy_root fresh-6.1
	dump "done"
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq '[.states[] | objects | .total] | add' <<< "$output")" = 0 ]
}

@test "FIN_WAIT_2 is told apart by what bounds it" {
	copy_root fresh-6.1
	dump $'fin_wait2 ipv4 80 timer=3 times=3\nfin_wait2 ipv6 80 times=2\nfin_wait2 ipv4 80 inode=7\ndone'
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq -c '[.states.fin_wait2.total, .details.fin_wait2_mini,
		.details.fin_wait2_orphan, .details.fin_wait2_held, .details.orphans]' \
		<<< "$output")" = '[6,3,2,1,2]' ]
}

@test "CLOSE_WAIT is told apart by what the program has done" {
	copy_root fresh-6.1
	dump $'close_wait ipv4 80 inode=7 times=3\nclose_wait ipv6 80 inode=8 rqueue=1\nclose_wait ipv4 80 rqueue=9 times=2\ndone'
	fw --root "$TREE" sockets --json
	expect 0
	[ "$(jq -c '[.states.close_wait.total, .details.close_wait_read,
		.details.close_wait_unread, .details.close_wait_unaccepted]' \
		<<< "$output")" = '[6,3,1,2]' ]
}

@test "a damaged proc/net/tcp is an error, and never a zero" {
	copy_root no-ipv6
	echo "garbage" >> "$TREE/proc/net/tcp"
	fw --root "$TREE" sockets --json
	expect_trouble "proc/net/tcp"
}

@test "a proc/net/tcp that is no file, or nothing, is an error, and never no sockets" {
	copy_root no-ipv6
	rm "$TREE/proc/net/tcp"
	mkfifo "$TREE/proc/net/tcp"
	fw --root "$TREE" sockets --json
	expect_trouble "proc/net/tcp"
	rm "$TREE/proc/net/tcp"
	: > "$TREE/proc/net/tcp"
	fw --root "$TREE" sockets
	expect_trouble "proc/net/tcp" "has no heading"
}

@test "a proc/net/tcp of GiBs without a line is refused at once" {
	copy_root no-ipv6
	truncate -s 3G "$TREE/proc/net/tcp"
	# KiB of memory at its most
	run --separate-stderr python3 - "$FINWAIT" --root "$TREE" sockets <<-'PYTHON'
		import resource, subprocess, sys

		status = subprocess.call(sys.argv[1:])
		print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
		sys.exit(status)
	PYTHON
	[ "$status" -eq 2 ]
	[[ $stderr == *"has no socket in line"* ]]
	[ "$output" -lt $((256 * 1024)) ]
}

# Groups.

# group FILTER: of the groups of the last JSON output.
group() {
	jq -c "[.groups[] | $1]" <<< "$output"
}

@test "a state that was not asked for is null, and what rests on it, never 0" {
	copy_root crowded
	fw --root "$TREE" sockets --by peer --state established --state listen --json
	expect 0
	[ "$(jq -c '[.states.established.total, .states.close_wait, .details.close_wait_read,
		.closes]' <<< "$output")" = '[8,null,null,null]' ]
	[ "$(group '.ports, .close_wait, .closes, .closed_first.here, .closed_first.peer,
		.states.time_wait | select(. != null)')" = '[]' ]
	[ "$(jq -c '[.ports | .pool, .local_addresses, (.error | type)]' <<< "$output")" \
		= '[90,null,"string"]' ]
	[ "$(jq -c '[.stuck_listeners[].close_wait]' <<< "$output")" = '[null]' ]
	fw --root "$TREE" sockets --by state --state time-wait --json
	[ "$(jq -c '[.hash | .sockets, .entries]' <<< "$output")" = '[null,1024]' ]
	fw --root "$TREE" sockets --by peer --state time-wait
	expect 0 "leave out --state"
	[[ $output != *" of 90"* ]]
}

@test "an IPv4 peer is one, whether its connection is of an IPv4 or an IPv6 socket" {
	copy_root crowded
	fw --root "$TREE" sockets --by peer --json
	[ "$(group 'select(.key.address == "198.51.100.7").total')" = '[5]' ]
	[ "$(group 'select(.key.address | startswith("::ffff"))')" = '[]' ]
}

# table_on_terminal COLUMNS ARGUMENTS: a table as a terminal so wide shows it, in $output.
table_on_terminal() {
	local columns=$1 table

	shift
	run script -qec "stty cols $columns; '$FINWAIT' --root '$TREE' $*" /dev/null < /dev/null
	expect 0
	table=${output%%$'\r\n\r\n'*}
	output=${table//$'\r'/}
}

@test "on a terminal a table keeps to its width, whatever a program calls itself" {
	command -v script || skip "no script(1)"
	local columns by line

	copy_root crowded
	for columns in 80 140; do
		for by in state port process unit user; do
			table_on_terminal $columns sockets --by $by
			while IFS= read -r line; do
				[ ${#line} -le $columns ] || { echo "$by: $line" >&2; return 1; }
			done <<< "$output"
		done
	done
	table_on_terminal 140 sockets --by process
	expect 0 'pay\x1b[31m'
	[[ $output != *$'pay\e'* ]]
}

@test "every socket is in a group or in the sum of the others, and in one only" {
	local by

	copy_root crowded
	for by in state port process unit user; do
		fw --root "$TREE" sockets --by $by --top 2 --json
		jq -e '([.states[].total] | add) == ([.groups[].total] | add) + .others.total' \
			<<< "$output"
		[ "$(jq '.groups | length' <<< "$output")" -eq 2 ]
	done
	fw --root "$TREE" sockets --by peer --top 2 --json
	# those that listen or are only bound have no peer
	jq -e '([.states | del(.listen, .bound_inactive) | .[].total] | add)
		== ([.groups[].total] | add) + .others.total' <<< "$output"
}

@test "the age of a CLOSE_WAIT is an interval, and without a bound where 32 bits wrapped" {
	copy_root crowded
	dump $'close_wait ipv4 80 inode=7 ack=5000 data=9000\ndone'
	fw --root "$TREE" sockets --by state --json
	[ "$(group '.close_wait.oldest')" = '[{"min_ms":5000,"max_ms":9000}]' ]
	fw --root "$TREE" sockets --by state
	expect 0 "by the peer 5.0 s to 9.0 s ago"
	dump $'close_wait ipv4 80 inode=7 ack=5000 data=4000\ndone'
	fw --root "$TREE" sockets --by state --json
	[ "$(group '.close_wait.oldest')" = '[{"min_ms":5000,"max_ms":null}]' ]
	fw --root "$TREE" sockets --by state
	expect 0 "at least 5.0 s ago"
	dump $'close_wait ipv4 80 inode=7\ndone'
	fw --root "$TREE" sockets --by state --json
	[ "$(group '.close_wait | .oldest, (.error | type)')" = '[null,"string"]' ]
}

@test "tcp_tw_reuse frees the ports in TIME_WAIT, 2 only those of the loopback" {
	local mode

	copy_root crowded
	for mode in 0:5 1:69 2:5; do
		knob net.ipv4.tcp_tw_reuse ${mode%:*}
		fw --root "$TREE" sockets --by peer --json
		[ "$(group 'select(.key.address == "203.0.113.9").ports | .free, .reusable')" \
			= "[${mode#*:},64]" ]
	done
}

@test "without ip_local_port_range ports are unanswered, not 0" {
	copy_root crowded
	rm "$TREE/proc/sys/net/ipv4/ip_local_port_range"
	fw --root "$TREE" sockets --by peer
	expect 0 "unanswered: ip_local_port_range"
	fw --root "$TREE" sockets --by peer --json
	[ "$(jq -c '[.ports, .groups[].ports] | unique' <<< "$output")" = '[null]' ]
}

@test "a recording without processes says so, and owners are unknown" {
	copy_root fresh-6.1
	fw --root "$TREE" sockets --by process
	expect 0 "(unknown)"
	expect 0 "owners: "
	fw --root "$TREE" sockets --by process --json
	[ "$(jq -c '[.hidden_processes, (.error | type)]' <<< "$output")" = '[null,"string"]' ]
	fw --root "$TREE" --strict sockets --by process
	expect_trouble "owners"
}

@test "a recording without any sockets has no groups, rather than none" {
	copy_root crowded
	rm "$TREE/sockets.diag"
	fw --root "$TREE" sockets --by port
	expect 0 unanswered
	fw --root "$TREE" sockets --by port --json
	[ "$(jq -c '[.groups, .others, .stuck_listeners]' <<< "$output")" = '[null,null,null]' ]
}

@test "TIME_WAIT of the last second of its time alone draws no chart of nothing" {
	copy_root fresh-6.1
	fw --root "$TREE" sockets
	expect 0 "2 more, over 60 s old"
	[[ $output != *"60 s ago"* ]]
}

@test "--quick reckons TIME_WAIT from sockstat and does not know its families" {
	copy_root crowded
	fw --root "$TREE" sockets --quick --json
	[ "$(jq -c '[.states.time_wait | .ipv4, .ipv6, .total], .closes' <<< "$output")" \
		= $'[null,null,86]\nnull' ]
	rm "$TREE/proc/net/sockstat"
	fw --root "$TREE" sockets --quick
	expect_trouble "TIME_WAIT" "sockstat"
}

@test "a host tuned by folklore: knobs, with the file that set each" {
	compare folklore knobs txt 0
}

@test "a host tuned by folklore: knobs as JSON" {
	compare folklore knobs json 0
}

@test "a host tuned by folklore: explain says what its tcp_fin_timeout is" {
	compare folklore "explain tcp_fin_timeout" txt 0
}

@test "files that do not agree, and tuned beside them: knobs" {
	compare contested knobs txt 0
}

@test "files that do not agree, and tuned beside them: knobs as JSON" {
	compare contested knobs json 0
}

@test "files that do not agree: all that they say, and what is odd about them" {
	compare contested "knobs --boot" txt 0
}

@test "files that do not agree: what is changed" {
	compare contested "knobs --changed" txt 0
}

@test "files that do not agree: explain says what each program leaves" {
	compare contested "explain tcp_fin_timeout" txt 0
}
