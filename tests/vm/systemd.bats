#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# finwait on a machine with a running systemd: changes that wait for a confirmation outlive
# the login session they were made in, and persisted ones the machine.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load machine

FIN=net.ipv4.tcp_fin_timeout

setup_file() {
	machine_make
}

setup() {
	DROPIN=$DISK/etc/sysctl.d/99-finwait.conf
	rm -rf "$DISK/var/lib/finwait" "$DROPIN"
	machine_boot
}

teardown() {
	machine_off
}

finwait() {
	machine_run "$FINWAIT" "$@"
}

# apply_waiting SECONDS: in a new session, which stays; $ID, $UNIT and $DEADLINE
apply_waiting() {
	machine_session apply <<<"exec $FINWAIT --json apply --set $FIN=31 --confirm $1"
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	[[ $(jq -r .state <<<"$output") == waiting ]]
	ID=$(jq -r .transaction <<<"$output") UNIT=finwait-$ID.service
	DEADLINE=$(date -d "$(jq -r .deadline <<<"$output")" +%s)
	has_value $FIN 31
}

# Of the transaction, as an observer sees it
state_is() {
	[[ $(finwait --json history "$ID" | jq -r '.transactions[].state') == "$1" ]]
}

# The guardian is a service of its own, none of whose processes is in the session.
assert_guarded() {
	[[ $(unit_property "$UNIT" ActiveState) == active ]]
	[[ $(unit_property "$UNIT" Transient) == yes ]]
	[[ $(unit_property "$UNIT" ControlGroup) == "/system.slice/$UNIT" ]]
	GUARDIAN=$(unit_property "$UNIT" MainPID)
	((GUARDIAN > 1))
}

past() {
	((EPOCHSECONDS > $1))
}

@test "a lost session is undone at the deadline, by a service that outlived it" {
	apply_waiting 8
	assert_guarded
	machine_session_end
	assert_guarded
	has_value $FIN 31
	state_is waiting

	await 30 has_value $FIN 60
	((EPOCHSECONDS >= DEADLINE))
	await 10 is_gone "$UNIT"
	state_is undone
}

@test "when the service is killed as well, the next verify undoes what is overdue" {
	apply_waiting 8
	machine_session_end
	in_guest systemctl kill --signal=KILL "$UNIT"
	await 10 is_gone "$UNIT"
	state_is waiting

	await 20 past "$DEADLINE"
	has_value $FIN 31
	state_is overdue
	run --separate-stderr finwait verify
	printf '%s\n' "$status" "$output" "$stderr"
	((status == 0))
	[[ $stderr == *"finwait: transaction $ID was not confirmed in time, and is undone"* ]]
	has_value $FIN 60
	state_is undone
}

@test "what is confirmed from another session is kept, and the service ends" {
	apply_waiting 800
	machine_session_end
	machine_session confirm <<<"exec $FINWAIT confirm"
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	await 10 is_gone "$UNIT"
	has_value $FIN 31
	state_is committed
	run finwait confirm
	((status == 1))
}

@test "a rollback ends the service" {
	apply_waiting 800
	run -0 finwait rollback "$ID"
	await 10 is_gone "$UNIT"
	has_value $FIN 60
	state_is undone
}

@test "another target of systemd leaves the service at its post" {
	apply_waiting 600
	in_guest systemctl isolate multi-user.target
	await 20 is_gone login-apply.service
	assert_guarded
}

@test "where systemd does not answer, a process undoes, and apply says what that means" {
	machine_session apply <<-IN
		unshare -m sh -c 'mount -t tmpfs tmpfs /run/dbus &&
			mount --bind /dev/null /run/systemd/private &&
			exec $FINWAIT --json apply --set $FIN=31 --confirm 3'
	IN
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	[[ $stderr == *"finwait: systemd did not start the guardian"*"login session" ]]
	ID=$(jq -r .transaction <<<"$output")
	has_value $FIN 31
	await 20 has_value $FIN 60
	state_is undone
}

@test "in another network namespace the service undoes there and nowhere else" {
	local second=(nsenter -t 1 -m --net=/run/netns/second)

	machine_run ip netns add second
	machine_run sysctl -q $FIN=44
	machine_session apply <<-IN
		exec ip netns exec second $FINWAIT --json apply --set $FIN=31 --confirm 5
	IN
	printf '%s\n' "$output" "$stderr"
	((status == 0))
	ID=$(jq -r .transaction <<<"$output") UNIT=finwait-$ID.service
	assert_guarded
	machine_session_end
	[[ $(in_guest "${second[@]}" sysctl -n $FIN) == 31 ]]

	await 20 is_gone "$UNIT"
	[[ $(in_guest "${second[@]}" sysctl -n $FIN) == 60 ]]
	has_value $FIN 44
}

@test "nothing is persisted from another network namespace than the machine's" {
	run machine_run unshare -n "$FINWAIT" apply --persist --set $FIN=31
	printf '%s\n' "$output"
	((status == 2))
	[[ ! -e $DROPIN ]]
	run -0 finwait --json history
	[[ $(jq '.transactions | length' <<<"$output") == 0 ]]
}

@test "what is persisted is in force after a reboot, until it is rolled back" {
	run -0 finwait --json apply --persist --set $FIN=31 --set net.ipv4.tcp_keepalive_time=600
	ID=$(jq -r .transaction <<<"$output")
	run -0 finwait apply --confirm 600 --set net.ipv4.tcp_keepalive_intvl=33
	machine_shutdown

	machine_boot
	[[ $(unit_property systemd-sysctl.service Result) == success ]]
	has_value $FIN 31
	has_value net.ipv4.tcp_keepalive_time 600
	# of the boot before, and nothing waits for it now
	has_value net.ipv4.tcp_keepalive_intvl 75
	run -0 finwait apply --confirm 600 --set net.ipv4.tcp_keepalive_intvl=44

	run -0 finwait rollback "$ID"
	printf '%s\n' "$output"
	[[ ! -e $DROPIN ]]
	machine_shutdown

	machine_boot
	has_value $FIN 60
	has_value net.ipv4.tcp_keepalive_time 7200
}

@test "what is to be persisted is not before it is confirmed" {
	run -0 finwait --json apply --persist --confirm 600 --set $FIN=31
	ID=$(jq -r .transaction <<<"$output")
	[[ ! -e $DROPIN ]]
	machine_shutdown
	machine_boot
	has_value $FIN 60

	run -0 finwait --json apply --persist --confirm 600 --set $FIN=31
	ID=$(jq -r .transaction <<<"$output")
	run -0 finwait confirm "$ID"
	[[ -e $DROPIN ]]
	machine_shutdown
	machine_boot
	has_value $FIN 31
}

# boot_says KEY: what finwait says of it before the boot: of systemd-sysctl, of sysctl --system
boot_says() {
	jq -r --arg key "$1" '.knobs[] | select(.name == $key) | "\(.boot.systemd) \(.boot.procps)"' \
		<<<"$said"
}

@test "each value is what finwait said of the boot, and then of sysctl --system" {
	local dir=$DISK/etc/sysctl.d conf=$DISK/etc/sysctl.conf key said
	local keys=("$FIN" net.ipv4.tcp_keepalive_time net.ipv4.tcp_retries2 net.ipv4.tcp_syn_retries
		net.ipv4.tcp_keepalive_probes net.core.somaxconn net.ipv4.tcp_orphan_retries)

	[[ ! -e $conf ]] || cp -a "$conf" "$BATS_TEST_TMPDIR/sysctl.conf"
	echo "$FIN = 44" >"$conf"
	echo "$FIN = 33" >"$dir/zz-late.conf"
	printf '%s\n' "net.ipv4.tcp_keepalive_* = 20" "-net.ipv4.tcp_keepalive_intvl" \
		"net.ipv4.tcp_keepalive_time = 700" "net.ipv4.tcp_retries2 = 0x9" \
		"net.ipv4.tcp_syn_retries = 4 # why" "net.ipv4.tcp_orphan_retries = many" >"$dir/50-mixed.conf"
	echo "net.core.somaxconn = 5000" >"$DISK/usr/lib/sysctl.d/60-vendor.conf"
	ln -s /dev/null "$dir/60-vendor.conf"
	run -0 finwait --json knobs
	said=$output
	machine_shutdown
	machine_boot
	for key in "${keys[@]}"; do
		has_value "$key" "$(boot_says "$key" | cut -d' ' -f1)"
	done
	has_value $FIN 33
	has_value net.core.somaxconn 4096
	run -0 finwait --json knobs $FIN net.ipv4.tcp_retries2 net.core.somaxconn
	[[ $(jq -r '[.knobs[] | "\(.origin.kind) \(.origin.file)"] | join(", ")' <<<"$output") == \
		"file /etc/sysctl.d/zz-late.conf, file /etc/sysctl.d/50-mixed.conf, default null" ]]

	machine_run sysctl --system || : # of what it refuses it says so
	for key in "${keys[@]}"; do
		has_value "$key" "$(boot_says "$key" | cut -d' ' -f2)"
	done
	has_value $FIN 44

	rm -f "$conf" "$dir/zz-late.conf" "$dir/50-mixed.conf" "$dir/60-vendor.conf" \
		"$DISK/usr/lib/sysctl.d/60-vendor.conf"
	[[ ! -e $BATS_TEST_TMPDIR/sysctl.conf ]] || cp -a "$BATS_TEST_TMPDIR/sysctl.conf" "$conf"
}
