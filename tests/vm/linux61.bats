#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# finwait on Debian 12's own kernel, Linux 6.1.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load ../kernel/kernel
load ../kernel/census
load qemu

setup_file() {
	build CROWD crowd "$SOURCE_DIR"/tests/kernel/{crowd*,netpair}.c
	build BOUND bound "$SOURCE_DIR/tests/kernel/bound.c"
	guest_make
	[[ -n $OBSTACLE ]] || guest_boot
}

teardown_file() {
	guest_off
}

setup() {
	guest_boot
	guest_modules inet_diag tcp_diag
}

teardown() {
	guest_end
}

# count CROWD-OPTION... [-- PREFIX...]: a crowd in the guest, and all that tells its number, in $D
count() {
	local command="${*@Q}"

	[[ " $* " == *" -- "* ]] || command+=" --"
	# a crowd that lost a socket on a busy machine (exit 99) is made again
	guest_run <<-END
		cat >/tmp/count <<'COUNT'
			finwait sockets --json >json 2>json-stderr
			echo \$? >json-status
			finwait sockets >text
			ss -tanH4 >ss4
			ss -tanH6 >ss6
			ss -tanH >ss
			cat /proc/thread-self/net/sockstat >sockstat
		COUNT
		for attempt in 1 2 3; do
			crowd $command sh /tmp/count
			status=\$?
			[ \$status = 99 ] || break
		done
		exit \$status
	END
	printf '%s\n' "$stderr"
	((status == 0))
}

valid() {
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/$1.json" <"$2"
}

@test "the kernel is Linux 6.1, and audit knows it" {
	guest_run <<<'uname -r >release; finwait audit --json'
	printf '%s\n' "$stderr"
	((status == 0))
	valid audit "$D/output"
	[[ $(<"$D/release") == 6.1.* ]]
	assert_equal "kernel" "$(<"$D/release")" "$(jq -r .host.kernel <<<"$output")"
	assert_equal "unanswered" tcp_tw_reuse_delay "$(jq -r '.unanswered[].id' <<<"$output")"
}

@test "a fact that this kernel has not is an exit status of 2 where all are asked for" {
	guest_run <<<'finwait audit --strict'
	((status == 2))
	assert_has "stderr" "'tcp_tw_reuse_delay': this kernel does not have it" "$stderr"
}

@test "1,000 TIME_WAIT, 50 orphaned FIN_WAIT_2 and 20 CLOSE_WAIT are exactly that" {
	count --time-wait 1000 --fin-wait-2 50 --close-wait 20
	valid sockets "$D/json"
	states time_wait=1000 fin_wait2=50 close_wait=20
	details fin_wait2_mini=50 close_wait_unread=20
	assert_equal interrupted false "$(json .interrupted)"
	ss_agrees
	sockstat_reconciles
}

@test "every group at once, in both families, is told apart" {
	count --ipv6 --time-wait 301 --fin-wait-2 31 --fin-wait-2-held 11 --close-wait 9 \
		--close-wait-read 7 --close-wait-unaccepted 5 --established 13 --listen 17
	# the unaccepted wait at a listener of each family
	states time_wait=301 fin_wait2=42 close_wait=21 established=13 listen=19
	details fin_wait2_mini=31 fin_wait2_held=11 close_wait_unread=9 close_wait_read=7 \
		close_wait_unaccepted=5
	assert_equal "families" "151 150 22 20" "$(json '.states |
		[.time_wait, .fin_wait2 | .ipv4, .ipv6] | map(tostring) | join(" ")')"
	ss_agrees
	sockstat_reconciles
}

@test "with tcp_fin_timeout above 60 an orphaned FIN_WAIT_2 is a full socket" {
	count --ipv6 --sysctl net.ipv4.tcp_fin_timeout=90 --fin-wait-2 40 --fin-wait-2-held 2 \
		--time-wait 10
	states fin_wait2=42 time_wait=10
	details fin_wait2_orphan=40 fin_wait2_held=2 orphans=40
	ss_agrees
	sockstat_reconciles
	assert_equal "orphans of the guest" 40 "$(json .sockstat.orphan)"
}

@test "sockets that are only bound are not told before Linux 6.8, and null" {
	count -- bound 3
	assert_equal "bound_inactive" null "$(json .states.bound_inactive)"
	states
	ss_agrees
}

# Without one of the modules that answer sock_diag(7): the same numbers, from /proc/net, and why
assert_from_proc() {
	cat "$D/json-stderr"
	valid sockets "$D/json"
	states time_wait=200 fin_wait2=24 close_wait=6 established=10 listen=4
	assert_equal "details" "20 4 6 null" "$(json '.details | [.fin_wait2_mini, .fin_wait2_held,
		.close_wait_unread, .listeners_full] | map(tostring) | join(" ")')"
	assert_has "error" "modprobe tcp_diag; counted from /proc/net/tcp" "$(json .error)"
	ss_agrees
	sockstat_reconciles
}

# count_without_dump: the same crowd each time, which is there: ss finds it in /proc/net/tcp
count_without_dump() {
	count --ipv6 --time-wait 200 --fin-wait-2 20 --fin-wait-2-held 4 --close-wait 6 \
		--established 10 --listen 4
	assert_equal "in ss" "200 24 6 10 4" "$(ss_count TIME-WAIT "") $(ss_count FIN-WAIT-2 "") $(
		ss_count CLOSE-WAIT "") $(ss_count ESTAB "") $(ss_count LISTEN "")"
}

@test "without inet_diag and tcp_diag" {
	guest_modules
	count_without_dump
	assert_from_proc
}

@test "without tcp_diag, but with inet_diag" {
	guest_modules inet_diag
	count_without_dump
	assert_from_proc
}

# The sum over the groups of --by WHAT, and what a jq filter says of them
groups() {
	jq -r "[.groups[] | $2] | add // 0" "$D/$1"
}

@test "every grouping answers on this kernel" {
	local by

	guest_run <<-'END'
		cat >/tmp/groups <<'GROUPS'
			for by in state port peer process unit user; do
				finwait sockets --by $by --top 1000 --json >$by || exit
			done
			finwait sockets --state close-wait --by process --json >leaks || exit
			finwait sockets --quick --json >quick
		GROUPS
		# a crowd that lost a socket (exit 99) is made again
		for attempt in 1 2 3; do
			crowd --ipv6 --time-wait 60 --fin-wait-2 12 --close-wait 6 --close-wait-read 8 \
				--close-wait-unaccepted 4 --established 10 -- sh /tmp/groups
			status=$?
			[ $status = 99 ] || break
		done
		exit $status
	END
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	for by in state port peer process unit user; do
		valid sockets "$D/$by"
		assert_equal "$by: TIME_WAIT" 60 "$(groups $by .states.time_wait)"
		assert_equal "$by: FIN_WAIT_2" 12 "$(groups $by .states.fin_wait2)"
		assert_equal "$by: CLOSE_WAIT" 18 "$(groups $by .states.close_wait)"
		assert_equal "$by: closes" 60 "$(groups $by '.closes | (.per_5_seconds | add) + .tail')"
	done
	assert_equal "crowd's CLOSE_WAIT" 18 \
		"$(groups leaks 'select(.key.program == "crowd") | .total')"
	assert_equal "kinds" "8 6 4" "$(groups leaks .close_wait.read) $(
		groups leaks .close_wait.unread) $(groups leaks .close_wait.unaccepted)"
	assert_equal "aged" true "$(jq '[.groups[].close_wait.oldest.min_ms] | all(. >= 0 and . < 60000)' \
		"$D/leaks")"
	assert_equal "users" root "$(jq -r '[.groups[] | select(.key) | .key] | join(" ")' "$D/user")"
	assert_equal "quick" "60 null" "$(jq -r '.states.time_wait | "\(.total) \(.ipv4)"' "$D/quick")"
}

@test "the modules are loaded by the kernel when finwait asks, and may be" {
	guest_modules
	guest_run <<-'END'
		mkdir -p /lib/modules /sbin
		ln -s /modules "/lib/modules/$(uname -r)"
		depmod
		ln -s /bin/busybox /sbin/modprobe
		unshare -n finwait sockets --json
		status=$?
		rm -r /sbin/modprobe /lib/modules
		cut -d ' ' -f 1 /proc/modules >modules
		exit $status
	END
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	grep -x tcp_diag "$D/modules"
	grep -x inet_diag "$D/modules"
	assert_equal "listeners" 0 "$(jq .states.listen.total <<<"$output")"
}

# net_values FILE: KEY=VALUE of a dump of /proc/sys/net, fields separated by one space
net_values() {
	sed -E 's,^/proc/sys/(net/[^:]*):,\1=,; :dots; s,^([^=]*)/,\1.,; t dots; s,[[:space:]]+, ,g' "$1"
}

# what of the sysctls is not as it was before
changed_values() {
	diff <(net_values "$D/$1.before") <(net_values "$D/$1.during") | sed -n 's/^> //p'
}

@test "every claim of prove is confirmed on this kernel, or left out for want of a knob" {
	# an emulated processor: few at once, so that each is looked at often enough
	guest_run <<<'finwait prove --all --jobs 8 --json'
	printf '%s\n' "$stderr"
	valid prove "$D/output"
	assert_equal "otherwise here" "" "$(jq -r '.trials[] | select(.verdict != "confirmed") |
		"\(.name): \(.verdict)", (.arms[] | .label, .error, (.measured[] |
		select(.result != "as_claimed") | tostring))' <<<"$output")"
	((status == 0))
}

@test "each profile is in force in a namespace, and goes without a trace" {
	local name
	local -a names=("$SOURCE_DIR"/profiles/*.ini)

	names=("${names[@]##*/}")
	names=("${names[@]%.ini}")
	guest_run <<-END
		cat >/tmp/round-trip <<'ROUND'
			dump() { grep -r '' /proc/sys/net 2>/dev/null | sort; }
			dump >\$1.before
			finwait --state-dir /tmp/state apply \$1 --json >\$1.apply || exit
			dump >\$1.during
			finwait --state-dir /tmp/state verify &&
				finwait --state-dir /tmp/state verify \$1 &&
				finwait --state-dir /tmp/state rollback || exit
			dump >\$1.after
		ROUND
		for name in ${names[*]}; do
			rm -rf /tmp/state
			unshare -n sh /tmp/round-trip \$name || exit
		done
	END
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	for name in "${names[@]}"; do
		valid apply "$D/$name.apply"
		changed_values "$name" >"$D/$name.changed"
		[[ -s $D/$name.changed ]]
		assert_equal "$name: changed, and said to be" \
			"$(jq -r '.changes[] | select(.from != .to) | "\(.key)=\(.to)"' \
				"$D/$name.apply" | LC_ALL=C sort)" "$(LC_ALL=C sort "$D/$name.changed")"
		assert_equal "$name: after rollback" "$(<"$D/$name.before")" "$(<"$D/$name.after")"
	done
	grep -x net.ipv4.tcp_fin_timeout=30 "$D/edge-proxy.changed"
}

@test "a value of the machine's own is in force, and goes without a trace" {
	guest_run <<-'END'
		alias fw='finwait --state-dir /tmp/state'
		rm -rf /tmp/state
		cat /proc/sys/net/ipv4/tcp_max_orphans
		fw apply --set net.ipv4.tcp_max_orphans=5000 >&2 || exit
		cat /proc/sys/net/ipv4/tcp_max_orphans
		fw rollback >&2 || exit
		cat /proc/sys/net/ipv4/tcp_max_orphans
	END
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	assert_equal "values" "4096 5000 4096" "${output//$'\n'/ }"
}

@test "the kernel's defaults are known, whatever the values are" {
	local file=proc/sys/net/ipv4/tcp_fin_timeout

	guest_run <<-END
		unshare -n sh -ec '
			echo 17 >/$file
			finwait snapshot tree >/dev/null
			cat tree/$file tree/finwait/defaults/$file'
	END
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	assert_equal "value and default" "17 60" "${output//$'\n'/ }"
}

@test "each knob of a fresh namespace is at its default, but those whose default nobody can tell" {
	guest_run <<-'END'
		unshare -n finwait --json knobs >fresh.json || exit
		finwait --json knobs --all >initial.json
	END
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	valid knobs "$D/fresh.json"
	valid knobs "$D/initial.json"
	assert_equal "unknown" "net.ipv4.tcp_congestion_control net.ipv4.tcp_rmem net.ipv4.tcp_wmem" \
		"$(jq -r '.knobs[] | select(.origin.kind == "unknown") | .name' "$D/fresh.json" |
			LC_ALL=C sort | paste -sd ' ')"
	assert_equal "not at its default" "" "$(jq -r '.knobs[] |
		select(.origin.kind | IN("unknown", "default") | not) | .name' "$D/fresh.json")"
	# on a host that was just booted without a file of sysctl.d, all that is known is default
	assert_equal "changed since the boot" "" "$(jq -r '.knobs[] |
		select(.origin.kind | IN("file", "runtime", "finwait")) | .name' "$D/initial.json")"
	assert_equal "computed" "default default default" "$(jq -r '[.knobs[] | select(.name |
		IN("net.ipv4.tcp_mem", "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_max_tw_buckets")) |
		.origin.kind] | join(" ")' "$D/initial.json")"
}
