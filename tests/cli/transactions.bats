#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# apply, verify, rollback and history on a copied tree: no kernel is changed.

load setup

setup() {
	changeable_root fresh-6.1
}

# on ARGUMENTS: a run on the tree, with its own state directory.
on() {
	fw --root "$TREE" "$@"
}

# apply ARGUMENTS: one that must succeed; its transaction in $id.
apply() {
	on apply --json "$@"
	expect 0 || return 1
	id=$(jq -r .transaction <<< "$output")
}

# states FILTER: the states of the last JSON output's changes, sorted and once each.
states() {
	jq -r '[.changes[].state] | unique | join(" ")' <<< "$output"
}

shipped() {
	"$FINWAIT" --root "$TREE" profile list --json | jq -r '.profiles[].name'
}

# A dry run.

@test "--dry-run shows the exact changes and writes nothing anywhere" {
	local before

	before=$(cd "$TREE" && find . -printf '%p %m %T@ %s\n' | sort; tree_sum)
	on apply edge-proxy --dry-run
	expect 0 "nothing is written"
	[[ $output =~ net\.ipv4\.tcp_fin_timeout\ +60\ +30\ +planned ]]
	[[ $output =~ net\.ipv4\.tcp_syncookies\ +1\ +1\ +already\ so ]]
	on apply edge-proxy --dry-run --json
	expect 0
	[ "$(jq -c '[.state, .transaction]' <<< "$output")" = '["planned",null]' ]
	[ "$(jq -c '.changes[] | select(.key == "net.ipv4.tcp_fin_timeout")' <<< "$output")" = \
		'{"key":"net.ipv4.tcp_fin_timeout","from":"60","to":"30","state":"planned"}' ]
	[ "$before" = "$(cd "$TREE" && find . -printf '%p %m %T@ %s\n' | sort; tree_sum)" ]
	[ ! -e "$TREE/var" ]
}

@test "--dry-run says of a read-only knob that it would be skipped" {
	chmod 0444 "$TREE/proc/sys/net/ipv4/tcp_fin_timeout"
	on apply edge-proxy --dry-run --json
	expect 0
	[ "$(jq -r '.changes[] | select(.key == "net.ipv4.tcp_fin_timeout").state' \
		<<< "$output")" = read_only ]
}

@test "--dry-run refuses what apply would refuse" {
	on apply --set net.ipv4.tcp_fin_timeout=10 --dry-run
	expect_trouble "--accept-risk"
}

# The round trip.

@test "each shipped profile: apply, verify, apply again, rollback, and all is as it was" {
	local name before

	before=$(knobs_sum)
	for name in $(shipped); do
		apply "$name"
		[ "$(jq -r .state <<< "$output")" = committed ]
		[ "$(jq -r .profile <<< "$output")" = "$name" ]
		[[ " done same " == *" $(states) "* || "$(states)" = "done same" ]]
		[ "$before" != "$(knobs_sum)" ]

		on verify
		expect 0 "in force"
		on verify "$name"
		expect 0 "in force"
		on verify "$id"
		expect 0 "in force"
		on profile diff "$name"
		expect 0

		on apply "$name" --json
		expect 0
		[ "$(jq -c '[.state, .transaction]' <<< "$output")" = '["same",null]' ]

		on rollback --json
		expect 0
		[ "$(jq -r .transaction <<< "$output")" = "$id" ]
		[ "$(jq -r .state <<< "$output")" = undone ]
		[ "$(states)" = undone ]
		[ "$before" = "$(knobs_sum)" ]
	done
	on verify
	expect 0 "nothing is applied"
}

@test "profiles one upon the other come off with --all" {
	local before name

	before=$(knobs_sum)
	for name in $(shipped); do
		apply "$name"
	done
	on rollback --all --json
	expect 0
	[ "$(jq '.transactions | length' <<< "$output")" -eq "$(shipped | wc -l)" ]
	[ "$before" = "$(knobs_sum)" ]
}

@test "a transaction under a later one leaves the later one's values alone" {
	local first

	apply --set net.ipv4.tcp_fin_timeout=30 --set net.ipv4.tcp_rfc1337=1
	first=$id
	apply --set net.ipv4.tcp_fin_timeout=20
	on rollback "$first"
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 20 ]
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
	on rollback
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
}

@test "--set writes one value, and several as one transaction" {
	apply --set net.ipv4.tcp_fin_timeout=30 --set 'net.ipv4.ip_local_port_range=20000 60999'
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 30 ]
	[ "$(knob net.ipv4.ip_local_port_range)" = "20000 60999" ]
	on history --json
	[ "$(jq '.transactions | length' <<< "$output")" = 1 ]
	on rollback
	expect 0
	[ "$(knob net.ipv4.ip_local_port_range)" = "32768 60999" ]
}

@test "an empty list can be set and comes back" {
	knob net.ipv4.ip_local_reserved_ports 8080,9000-9010
	apply --set net.ipv4.ip_local_reserved_ports= --accept-risk
	[ -z "$(knob net.ipv4.ip_local_reserved_ports)" ]
	on rollback
	expect 0
	[ "$(knob net.ipv4.ip_local_reserved_ports)" = 8080,9000-9010 ]
}

@test "a comparison leaves a greater value alone and raises a smaller one" {
	knob net.core.somaxconn 20000
	apply edge-proxy
	[ "$(knob net.core.somaxconn)" = 20000 ]
	[ "$(knob net.ipv4.tcp_max_tw_buckets)" = 262144 ]
	on rollback
	knob net.core.somaxconn 512
	apply edge-proxy
	[ "$(knob net.core.somaxconn)" = 8192 ]
}

@test "apply says which command undoes it, and that command does" {
	local command
	local -a words

	on apply base
	expect 0
	command=$(grep -oE 'finwait --root [^ ]+ (--state-dir [^ ]+ )?rollback [0-9a-f]+' \
		<<< "$output")
	read -r -a words <<< "$command"
	fw "${words[@]:1}"
	expect 0
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
}

@test "a key that is absent or read-only is skipped and listed; --require-all refuses it" {
	local before

	rm "$TREE/proc/sys/net/ipv4/tcp_syn_retries"
	chmod 0444 "$TREE/proc/sys/net/ipv4/tcp_synack_retries"
	before=$(tree_sum)
	on apply edge-proxy --require-all
	expect_trouble "net.ipv4.tcp_syn"
	[ "$before" = "$(tree_sum)" ]
	on apply edge-proxy --json
	expect 0
	[ "$(jq -r '.changes[] | select(.key == "net.ipv4.tcp_syn_retries").state' \
		<<< "$output")" = absent ]
	[ "$(jq -r '.changes[] | select(.key == "net.ipv4.tcp_synack_retries").state' \
		<<< "$output")" = read_only ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *tcp_syn_retries*absent* && $stderr == *tcp_synack_retries*read-only* ]]
	[ "$(knob net.ipv4.tcp_synack_retries)" = 5 ]
	on verify
	expect 0
	on rollback
	expect 0
}

@test "in a read-only container apply changes nothing and says so" {
	local before

	rm -rf "$TREE"
	changeable_root container
	before=$(knobs_sum)
	on apply edge-proxy
	[ "$before" = "$(knobs_sum)" ]
	[[ $output$stderr == *read-only* ]]
	[ ! -s "$STATE/journal" ]
}

# Drift and conflicts.

@test "verify finds drift and exits 1" {
	apply --set net.ipv4.tcp_fin_timeout=30 --set net.ipv4.tcp_rfc1337=1
	knob net.ipv4.tcp_fin_timeout 45
	on verify
	expect 1 "net.ipv4.tcp_fin_timeout"
	on verify --json
	expect 1
	[ "$(jq -c .drift <<< "$output")" = \
		'[{"key":"net.ipv4.tcp_fin_timeout","expected":"30","found":"45"}]' ]
	[ "$(jq .checked <<< "$output")" = 2 ]
	on verify "$id"
	expect 1
}

@test "verify PROFILE finds drift without anything applied" {
	on verify edge-proxy
	expect 1 "net.ipv4.tcp_fin_timeout"
	on verify base
	expect 1 "net.ipv4.tcp_rfc1337"
}

@test "verify says that nothing is applied, and exits 0" {
	on verify
	expect 0 "nothing is applied"
	on verify --json
	expect 0
	[ "$(jq -c '[.drift, .checked]' <<< "$output")" = '[[],0]' ]
}

@test "a conflict is named, left alone, and exit 1; the rest is undone" {
	apply --set net.ipv4.tcp_fin_timeout=30 --set net.ipv4.tcp_rfc1337=1
	knob net.ipv4.tcp_fin_timeout 45
	on rollback
	expect 1 "found 45"
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 45 ]
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
	on history --json
	[ "$(jq -r '.transactions[0].state' <<< "$output")" = conflict ]
}

@test "a conflict as JSON has expected and found" {
	apply --set net.ipv4.tcp_fin_timeout=30
	knob net.ipv4.tcp_fin_timeout 45
	on rollback --json
	expect 1
	[ "$(jq -r .state <<< "$output")" = conflict ]
	[ "$(jq -c '.changes' <<< "$output")" = \
		'[{"key":"net.ipv4.tcp_fin_timeout","from":"60","to":"30","state":"conflict","found":"45"}]' ]
}

@test "rollback again after a conflict does not touch the foreign value; --overwrite does" {
	apply --set net.ipv4.tcp_fin_timeout=30
	knob net.ipv4.tcp_fin_timeout 45
	on rollback
	expect 1
	on rollback
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 45 ]
	on rollback "$id"
	expect 1
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 45 ]
	on rollback "$id" --overwrite
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
	on rollback "$id"
	expect 0 "nothing to undo"
}

@test "rollback --overwrite at once puts a foreign value back" {
	apply --set net.ipv4.tcp_fin_timeout=30
	knob net.ipv4.tcp_fin_timeout 45
	on rollback --overwrite
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
}

@test "a value that somebody else put back already is no conflict" {
	apply --set net.ipv4.tcp_fin_timeout=30
	knob net.ipv4.tcp_fin_timeout 60
	on rollback
	expect 0
}

@test "the same value in other blanks is no conflict" {
	apply --set 'net.ipv4.ip_local_port_range=20000 60999'
	knob net.ipv4.ip_local_port_range $'20000\t60999'
	on rollback
	expect 0
	[ "$(knob net.ipv4.ip_local_port_range)" = "32768 60999" ]
}

@test "nothing to undo is said, with exit 0" {
	on rollback
	expect 0 "nothing to undo"
	on rollback --all
	expect 0 "nothing to undo"
	apply base
	on rollback
	on rollback
	expect 0 "nothing to undo"
	on rollback --json
	expect 0
	[ "$(jq -c '[.transaction, .changes]' <<< "$output")" = '[null,[]]' ]
}

@test "a transaction of another boot is void: said, exit 1, nothing written" {
	local before

	apply --set net.ipv4.tcp_fin_timeout=30
	knob kernel.random.boot_id 11111111-2222-3333-4444-555555555555
	before=$(knobs_sum)
	on history --json
	[ "$(jq -r '.transactions[0].state' <<< "$output")" = void ]
	on rollback "$id"
	expect 1 void
	on rollback
	expect 0 "nothing to undo"
	on rollback --all
	expect 0
	on verify
	expect 0 "nothing is applied"
	[ "$before" = "$(knobs_sum)" ]
}

@test "a transaction of another network namespace is not undone from here" {
	local before

	apply --set net.ipv4.tcp_fin_timeout=30
	ln -sfn 'net:[4026539999]' "$TREE/proc/self/ns/net"
	before=$(knobs_sum)
	on rollback "$id"
	expect_trouble "another network namespace" "4026531840"
	on rollback
	expect 0 "nothing to undo"
	[ "$before" = "$(knobs_sum)" ]
}

# History.

@test "history lists the newest first, with reason, state and who" {
	apply --set net.ipv4.tcp_fin_timeout=30 --reason "ticket 7: slow peers"
	apply base
	on history
	expect 0 "ticket 7: slow peers"
	on history --json
	expect 0
	[ "$(jq -c '[.transactions[] | [.profile, .reason, .state]]' <<< "$output")" = \
		'[["base",null,"committed"],[null,"ticket 7: slow peers","committed"]]' ]
	[ "$(jq '.transactions[0].who.uid' <<< "$output")" = "$(id -u)" ]
	jq -e '.transactions[0].who.command | contains("apply --json base")' <<< "$output"
}

@test "history ID takes a prefix of four digits or more" {
	apply base
	on history "${id:0:4}"
	expect 0 "$id"
	expect 0 "net.ipv4.tcp_rfc1337"
	on history "${id:0:7}" --json
	expect 0
	[ "$(jq -r '.transactions[0].id' <<< "$output")" = "$id" ]
	on history "${id:0:3}"
	expect_trouble "no transaction '${id:0:3}'"
	on rollback "${id:0:5}"
	expect 0
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
}

@test "history without a journal says there is none, and makes none" {
	on history
	expect 0 "no transactions"
	on history --json
	expect 0
	[ "$(jq -c .transactions <<< "$output")" = '[]' ]
	[ ! -e "$TREE/var" ]
}

@test "an unknown transaction is refused by history and rollback" {
	apply base
	on history 0000abcd
	expect_trouble "no transaction '0000abcd'"
	on rollback 0000abcd
	expect_trouble "no transaction '0000abcd'"
	[ "$(knob net.ipv4.tcp_rfc1337)" = 1 ]
}

@test "a reason with quotes, blanks and control characters survives, and cannot forge a line" {
	local reason=$'say "yes" \\ no\n1 commit tx=00000000 \e[31m = ü'

	apply base --reason "$reason"
	on history --json
	expect 0
	[ "$(jq -r '.transactions[0].reason' <<< "$output")" = "$reason" ]
	[ "$(jq '.transactions | length' <<< "$output")" = 1 ]
	on history
	[[ $output != *$'\e'* ]]
	on history "$id"
	[[ $output != *$'\e'* ]]
	on rollback
	expect 0
}

@test "the state directory is 0755, the journal 0644 and its lines are sealed" {
	(umask 077 && apply base)
	[ "$(stat -c %a "$STATE")" = 755 ]
	[ "$(stat -c %a "$STATE/journal")" = 644 ]
	run grep -vcE '^1 [a-z]+ tx=[0-9a-f]{8}( .*)? crc=[0-9a-f]{8}$' "$STATE/journal"
	[ "$output" = 0 ]
	[ "$(cut -d' ' -f2 "$STATE/journal" | uniq | xargs)" = "begin intent ready commit" ]
}

# A journal that is not whole.

# cut_off: the last transaction as a crash before its commit would leave it.
cut_off() {
	sed -i '$d' "$STATE/journal"
}

@test "a transaction that was cut off is said by history, and by verify where it may not settle" {
	apply --set net.ipv4.tcp_fin_timeout=30
	cut_off
	rm "$TREE/.finwait-test"
	on verify
	expect 1 "cut off"
	on verify --json
	[ "$(jq -r .unfinished <<< "$output")" = "$id" ]
	on history --json
	[ "$(jq -r '.transactions[0].state' <<< "$output")" = unfinished ]
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 30 ]
}

@test "verify settles a transaction that was cut off, and says so" {
	apply --set net.ipv4.tcp_fin_timeout=30 --set net.ipv4.tcp_rfc1337=1
	cut_off
	on verify
	expect 0 "nothing is applied"
	[[ $stderr == *"transaction $id had been cut off, and is undone"* ]]
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
}

@test "a transaction that was cut off is undone by rollback" {
	apply --set net.ipv4.tcp_fin_timeout=30 --set net.ipv4.tcp_rfc1337=1
	cut_off
	knob net.ipv4.tcp_rfc1337 0
	on rollback
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
	on verify
	expect 0
}

@test "apply settles a transaction that was cut off before it begins its own" {
	apply --set net.ipv4.tcp_fin_timeout=30
	cut_off
	apply --set net.ipv4.tcp_rfc1337=1
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
	[ "$(knob net.ipv4.tcp_rfc1337)" = 1 ]
	[[ $stderr == *"cut off"* ]]
}

@test "rollback --json after a cut-off names the transaction it undid" {
	apply --set net.ipv4.tcp_fin_timeout=30
	cut_off
	on rollback --json
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
	[ "$(jq -r '.transaction' <<< "$output")" = "$id" ]
}

@test "a foreign value met while settling is a conflict that is told, with exit 1" {
	apply --set net.ipv4.tcp_fin_timeout=30
	cut_off
	knob net.ipv4.tcp_fin_timeout 45
	on rollback
	expect 1 "45"
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 45 ]
}

@test "a torn last line is ignored, and the journal goes on behind it" {
	apply base
	printf '1 begin tx=deadbeef when=17' >> "$STATE/journal"
	on history --json
	expect 0
	[ "$(jq '.transactions | length' <<< "$output")" = 1 ]
	apply --set net.ipv4.tcp_fin_timeout=30
	on history --json
	[ "$(jq '.transactions | length' <<< "$output")" = 2 ]
	on rollback --all
	expect 0
}

# corrupt SED: damages the journal; apply and rollback refuse with exit 2 and write nothing.
corrupt() {
	local before

	apply base
	apply --set net.ipv4.tcp_fin_timeout=30
	sed -i "$1" "$STATE/journal"
	before=$(tree_sum; sha256sum "$STATE/journal")
	on apply --set net.ipv4.tcp_retries2=9
	expect_trouble "line 2 of the journal"
	on rollback
	expect_trouble "line 2 of the journal"
	on rollback --all --json
	expect_trouble "line 2 of the journal"
	on verify
	expect_trouble "line 2 of the journal"
	on history
	expect_trouble "line 2 of the journal"
	on apply --set net.ipv4.tcp_retries2=9 --dry-run
	expect_trouble "line 2 of the journal"
	[ "$before" = "$(tree_sum; sha256sum "$STATE/journal")" ]
}

@test "a journal with a changed digit is refused: exit 2, nothing written" {
	corrupt '2s/to=1/to=0/'
}

@test "a journal with a line that is none is refused: exit 2, nothing written" {
	corrupt '2s/.*/hello/'
}

@test "a journal with an empty line is refused: exit 2, nothing written" {
	corrupt '2s/.*//'
}

@test "a journal with a NUL byte is refused: exit 2, nothing written" {
	corrupt '2s/key/k\x00y/'
}

@test "a damaged journal names the way out" {
	apply base
	sed -i '1s/begin/begun/' "$STATE/journal"
	on rollback
	expect_trouble "$STATE/journal"
}

# Refusals.

@test "a tree without .finwait-test is read, never changed" {
	local before

	rm "$TREE/.finwait-test"
	before=$(tree_sum)
	for args in "apply base" "apply --set net.ipv4.tcp_fin_timeout=30" rollback "rollback --all"; do
		# shellcheck disable=SC2086 # the words
		on $args
		expect_trouble "--root" "never changed"
	done
	[ "$before" = "$(tree_sum)" ]
	[ ! -e "$TREE/var" ]
}

@test "a profile and --set together are refused, and so is neither" {
	on apply base --set net.ipv4.tcp_fin_timeout=30
	expect_trouble "one of the two"
	on apply
	expect_trouble
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
}

@test "--force with a profile is refused" {
	on apply base --force
	expect_trouble "--force"
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
}

@test "rollback ID and --all together are refused" {
	apply base
	on rollback "$id" --all
	expect_trouble "--all"
	[ "$(knob net.ipv4.tcp_rfc1337)" = 1 ]
}

@test "--set with the same key twice is refused" {
	on apply --set net.ipv4.tcp_fin_timeout=30 --set net.ipv4.tcp_fin_timeout=20
	expect_trouble "net.ipv4.tcp_fin_timeout" "twice"
	on apply --set net.ipv4.tcp_fin_timeout=30 --set net/ipv4/tcp_fin_timeout=20
	expect 2
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
}

@test "--set without a key, a value or an equals sign is refused" {
	for text in net.ipv4.tcp_fin_timeout =30 '' net.ipv4.tcp_fin_timeout=; do
		on apply --set "$text"
		expect_trouble
	done
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
}

@test "--set with a path-like key, a glob or a key outside net is refused" {
	for key in net.ipv4/../../kernel.core_pattern 'net.ipv4.tcp_*' kernel.core_pattern \
		../../etc/passwd /etc/passwd vm.swappiness; do
		on apply --force --accept-risk --allow-unrated --set "$key=1"
		expect_trouble "$key"
	done
	[ ! -e "$STATE/journal" ]
}

@test "a value with a known risk needs --accept-risk, and the harm is named" {
	on apply --set net.ipv4.tcp_fin_timeout=10
	expect_trouble "reset" "--accept-risk" "15 to 60"
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
	apply --set net.ipv4.tcp_fin_timeout=10 --accept-risk
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 10 ]
}

@test "a value no profile may carry needs --force, and --accept-risk is not enough" {
	on apply --set net.ipv4.tcp_fin_timeout=90 --accept-risk
	expect_trouble "2*(N-60)" "--force"
	apply --set net.ipv4.tcp_fin_timeout=90 --force
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 90 ]
	on rollback
	expect 0
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 60 ]
}

@test "an unrated key needs --allow-unrated, and neither --force nor --accept-risk will do" {
	knob net.ipv4.tcp_recovery 2
	on apply --set net.ipv4.tcp_recovery=1
	expect_trouble "net.ipv4.tcp_recovery" "--allow-unrated"
	on apply --set net.ipv4.tcp_recovery=1 --force --accept-risk
	expect_trouble "--allow-unrated"
	apply --set net.ipv4.tcp_recovery=1 --allow-unrated
	[ "$(knob net.ipv4.tcp_recovery)" = 1 ]
}

@test "one refused value refuses the whole transaction" {
	on apply --set net.ipv4.tcp_rfc1337=1 --set net.ipv4.tcp_fin_timeout=90
	expect_trouble
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
	[ ! -e "$STATE/journal" ]
}

@test "a value beyond what the kernel takes is refused even with --force" {
	on apply --set net.ipv4.tcp_rfc1337=256 --force
	expect_trouble "tcp_rfc1337"
	on apply --set net.ipv4.tcp_fin_timeout=99999999999999999999 --force
	expect_trouble "tcp_fin_timeout"
}

@test "a range over a listener is refused until its port is reserved" {
	rm -rf "$TREE"
	changeable_root folklore
	on apply --set 'net.ipv4.ip_local_port_range=32768 60999'
	expect_trouble "50051" "ip_local_reserved_ports"
	apply --set net.ipv4.ip_local_reserved_ports=50051 \
		--set 'net.ipv4.ip_local_port_range=32768 60999'
	[ "$(knob net.ipv4.ip_local_port_range)" = "32768 60999" ]
}

@test "--set of a key that is not there is refused, and nothing is written" {
	on apply --set net.ipv4.tcp_rfc1337=1 --set net.ipv4.tcp_tw_reuse_delay=1000
	expect_trouble "tcp_tw_reuse_delay"
	on apply --set net.ipv4.tcp_tw_reuse_delay=1000 --require-all
	expect_trouble "tcp_tw_reuse_delay"
	[ "$(knob net.ipv4.tcp_rfc1337)" = 0 ]
	[ ! -e "$TREE/proc/sys/net/ipv4/tcp_tw_reuse_delay" ]
}

@test "two network namespaces are one too many for a verb that changes" {
	fw --netns a --netns b apply base --dry-run
	expect_trouble "one network namespace"
	fw --all-netns rollback
	expect_trouble "one network namespace"
}

# The state directory.

@test "--state-dir goes where it says" {
	fw --root "$TREE" --state-dir "$BATS_TEST_TMPDIR/elsewhere" apply base
	expect 0
	[ -s "$BATS_TEST_TMPDIR/elsewhere/journal" ]
	[ ! -e "$TREE/var" ]
	fw --root "$TREE" --state-dir "$BATS_TEST_TMPDIR/elsewhere" rollback
	expect 0
}

@test "a state directory that others can write, or that is a link or a file, is refused" {
	local before dir=$BATS_TEST_TMPDIR/state

	before=$(tree_sum)
	mkdir -m 0777 "$dir"
	fw --root "$TREE" --state-dir "$dir" apply base
	expect_trouble "$dir" "written by others"
	mkdir "$dir.real"
	ln -s "$dir.real" "$dir.link"
	fw --root "$TREE" --state-dir "$dir.link" apply base
	expect_trouble "$dir.link"
	touch "$dir.file"
	fw --root "$TREE" --state-dir "$dir.file" apply base
	expect_trouble "$dir.file"
	[ "$before" = "$(tree_sum)" ]
}

@test "a journal that is a link or a FIFO is refused and does not hang" {
	local before

	before=$(tree_sum)
	mkdir -p "$STATE"
	ln -s "$BATS_TEST_TMPDIR/target" "$STATE/journal"
	on apply base
	expect_trouble "journal"
	[ ! -e "$BATS_TEST_TMPDIR/target" ]
	rm "$STATE/journal"
	mkfifo "$STATE/journal"
	run --separate-stderr timeout 5 "$FINWAIT" --root "$TREE" history
	expect_trouble "journal"
	run --separate-stderr timeout 5 "$FINWAIT" --root "$TREE" apply base
	expect_trouble "journal"
	[ "$before" = "$(tree_sum)" ]
}

@test "a full state directory: exit 2, and not one knob is changed" {
	needs_root
	local before

	unshare --mount true 2> /dev/null || skip "cannot make a mount namespace"
	before=$(knobs_sum)
	mkdir -p "$STATE"
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount --propagation private bash -c '
		mount -t tmpfs -o size=4k,nr_inodes=10,mode=0755 tmpfs "$1" &&
			head -c 4096 /dev/zero > "$1/fill"; shift; exec "$@"' - "$STATE" \
		"$FINWAIT" --root "$TREE" apply edge-proxy
	expect_trouble "No space left on device" "nothing was changed"
	[ "$before" = "$(knobs_sum)" ]
}

@test "two applies at once both succeed, one after the other" {
	"$FINWAIT" --root "$TREE" apply --set net.ipv4.tcp_fin_timeout=30 &
	"$FINWAIT" --root "$TREE" apply --set net.ipv4.tcp_rfc1337=1
	wait $!
	[ "$(knob net.ipv4.tcp_fin_timeout)" = 30 ]
	[ "$(knob net.ipv4.tcp_rfc1337)" = 1 ]
	on history --json
	[ "$(jq '.transactions | length' <<< "$output")" = 2 ]
	on rollback --all
	expect 0
}
