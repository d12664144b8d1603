#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The verb knobs: of an image with files that do not agree, and its command line.

# shellcheck disable=SC2030,SC2031
load setup

setup() {
	copy_root fresh-6.1
	mkdir -p "$TREE"/{etc,run,usr/lib}/sysctl.d
}

# file PATH LINE...: of the image
file() {
	local path=$TREE/$1

	shift
	mkdir -p "${path%/*}"
	printf '%s\n' "$@" > "$path"
}

# default NAME VALUE: what the image's kernel starts with, as a recording has it
default() {
	file "finwait/defaults/proc/sys/${1//.//}" "$2"
}

# on ARGUMENTS: on the image, below a name that stays the same
on() {
	fw --root "$TREE" "$@"
}

# row KNOB: its row of the table, with single blanks
row() {
	grep -E "^$1 " <<< "$output" | tr -s ' '
}

has() {
	if ! grep -qF -- "$1" <<< "$output"; then
		echo "no '$1' in:" "$output" >&2
		return 1
	fi
}

@test "two engines that disagree are both shown, with what wins in each" {
	default net.ipv4.tcp_fin_timeout 60
	file etc/sysctl.conf "net.ipv4.tcp_fin_timeout = 44"
	file etc/sysctl.d/50-a.conf "net.ipv4.tcp_fin_timeout = 33"
	on knobs tcp_fin_timeout
	expect 0
	[ "$(row tcp_fin_timeout)" = "tcp_fin_timeout 60 = 33 or 44 safe default" ]
	has "sysctl --system: '44' by /etc/sysctl.conf, line 1"
	has "systemd-sysctl: '33' by /etc/sysctl.d/50-a.conf, line 1"
	on knobs tcp_fin_timeout --json
	[ "$(jq -c '.knobs[0] | [.boot.systemd, .boot.procps, .origin.kind]' <<< "$output")" = \
		'["33","44","default"]' ]
}

@test "a value that a file sets has the file for its origin, whatever else is written there" {
	file etc/sysctl.d/50-a.conf "# a comment" "net.ipv4.tcp_fin_timeout = 0x3c # a minute"
	on knobs tcp_fin_timeout
	[ "$(row tcp_fin_timeout)" = \
		"tcp_fin_timeout 60 ? = safe /etc/sysctl.d/50-a.conf:2" ]
	on knobs --boot --json
	[ "$(jq -r '.knobs | length' <<< "$output")" = 1 ]
	[ "$(jq -r '.knobs[0].files.systemd[0] | "\(.file) \(.line) \(.state)"' <<< "$output")" = \
		"/etc/sysctl.d/50-a.conf 2 wins" ]
}

@test "a masked file is said, and who masks it" {
	file usr/lib/sysctl.d/60-v.conf "net.ipv4.tcp_fin_timeout = 20"
	ln -s /dev/null "$TREE/etc/sysctl.d/60-v.conf"
	on knobs --boot
	expect 0 "no file of sysctl.d sets one of these knobs"
	has "/usr/lib/sysctl.d/60-v.conf: is masked by '/etc/sysctl.d/60-v.conf'"
}

@test "a program that writes a knob is named beside it" {
	file etc/tuned/active_profile latency
	file usr/lib/tuned/latency/tuned.conf "[sysctl]" "net.core.somaxconn=9999"
	mkdir -p "$TREE/etc/systemd/system/multi-user.target.wants"
	ln -s /lib/systemd/system/tuned.service \
		"$TREE/etc/systemd/system/multi-user.target.wants/tuned.service"
	default net.core.somaxconn 4096
	knob net.core.somaxconn 9999
	on knobs net.core.somaxconn
	[ "$(row net.core.somaxconn)" = "net.core.somaxconn 9999 4096 4096 safe run time (tuned?)" ]
	has "tuned, profile latency (/etc/tuned/active_profile): net.core.somaxconn"
	on knobs somaxconn --json
	[ "$(jq -c '.knobs[0].managers' <<< "$output")" = '["tuned"]' ]
}

@test "a name, a part of names and a pattern choose knobs, and options narrow them" {
	on knobs net.ipv4.tcp_retries2
	[ "$(row tcp_retries2)" ]
	[ "$(grep -c '^tcp' <<< "$output")" = 1 ]
	on knobs keepalive
	[ "$(grep -c '^tcp_keepalive' <<< "$output")" = 3 ]
	on knobs 'tcp_*_retries'
	[ "$(grep -c '^tcp_.*_retries ' <<< "$output")" = 3 ]
	default net.ipv4.tcp_fin_timeout 61
	default net.ipv4.tcp_retries2 15
	on knobs --changed
	[ "$(grep -c '^tcp_' <<< "$output")" = 1 ]
	[ "$(row tcp_fin_timeout)" = "tcp_fin_timeout 60 61 61 safe run time" ]
}

@test "knobs that are not here are left out unless they are asked for, and say why" {
	on knobs
	[ -z "$(row tcp_tw_recycle)" ]
	on knobs tcp_tw_recycle
	expect 0 "gone since Linux 4.12"
	on knobs --all
	has "gone since Linux 4.12"
	has "not in this kernel, since Linux 6.14"
	has "without the module nf_conntrack"
}

@test "an unknown knob is refused with the nearest one, and nothing is printed" {
	on knobs tcp_fin_timeuot
	expect_trouble "tcp_fin_timeuot" "did you mean 'tcp_fin_timeout'?"
	[ -z "$output" ]
	on knobs ''
	expect_trouble "''"
	on knobs 'x*'
	expect_trouble "'x*'" "finwait knobs --all"
	on knobs --json tcp_nothing
	expect_trouble "tcp_nothing"
	[ -z "$output" ]
}

@test "what is odd about files never ends the report, and the rest is read" {
	local dir=$TREE/etc/sysctl.d

	mkdir "$dir/10-dir.conf"
	ln -s 20-loop.conf "$dir/20-loop.conf"
	mkfifo "$dir/30-fifo.conf"
	head -c 300000 /dev/urandom > "$dir/40-binary.conf"
	truncate -s 100M "$dir/50-large.conf"
	{ printf 'net.ipv4.tcp_rfc1337 = 1\nx'; head -c 1100000 /dev/zero | tr '\0' y; echo; } \
		> "$dir/60-long.conf"
	printf 'net.ipv4.tcp_retries2 = 9\033[31m\n\033]0;title\007\n' > "$dir/70-escape.conf"
	file etc/sysctl.d/80-last.conf "net.ipv4.tcp_fin_timeout = 33"
	chmod 000 "$dir/80-last.conf"
	chmod 644 "$dir/80-last.conf"
	run --separate-stderr timeout 20 "$FINWAIT" --root "$TREE" knobs --boot
	expect 0
	[ "$(row tcp_fin_timeout)" ]
	has "'33' by /etc/sysctl.d/80-last.conf, line 1"
	has "tcp_rfc1337"
	has "/etc/sysctl.d/50-large.conf"
	has "/etc/sysctl.d/20-loop.conf"
	run ! grep -q $'\033' <<< "$output"
}

@test "--strict is not content where a default is not known" {
	on --strict knobs tcp_fin_timeout
	expect 2
	[[ $stderr == *"the default of 'net.ipv4.tcp_fin_timeout' is not known: "* ]]
	default net.ipv4.tcp_fin_timeout 60
	on --strict knobs tcp_fin_timeout
	expect 0
}

@test "of one assignment on many lines the last ones are listed, and the others counted" {
	local verb documents=$BATS_TEST_TMPDIR/documents

	for _ in {1..500}; do
		echo "net.ipv4.tcp_fin_timeout = 33"
	done > "$TREE/etc/sysctl.d/50-a.conf"
	on knobs --boot
	expect 0
	has "50-a.conf, line 499:"
	has "and 435 more before them"
	run ! grep -F "line 435:" <<< "$output"
	for verb in knobs explain; do
		on "$verb" --json tcp_fin_timeout
		expect 0
		grep -q '"procps_others": 435' <<< "$output"
		cat <<< "$output" > "$documents"
		"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/$verb.json" < "$documents"
	done
}

@test "systemd before 245 has no patterns, which is said once and heeded" {
	file etc/sysctl.d/50-a.conf "net.ipv4.tcp_fin_timeou* = 33"
	file usr/lib/systemd/libsystemd-shared-239.so ""
	on knobs tcp_fin_timeout --json
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/knobs.json" <<< "$output"
	on knobs tcp_fin_timeout --boot
	expect 0
	has "systemd-sysctl: set by no file"
	has "sysctl --system: '33' by /etc/sysctl.d/50-a.conf, line 1"
	[ "$(grep -c "systemd 239 is older than the rules" <<< "$output")" -eq 1 ]
}

@test "the documents are valid, of every recorded machine" {
	local root documents=$BATS_TEST_TMPDIR/documents

	file etc/sysctl.d/50-a.conf "net.ipv4.tcp_fin_timeout = 33" "nonsense" "[x]" "-net.ipv4.tcp_retries2"
	on knobs --all --json
	cat <<< "$output" > "$documents"
	for root in no-ipv6 folklore container crowded contested; do
		rm -rf "$TREE"
		copy_root $root
		on knobs --json
		expect 0
		cat <<< "$output" >> "$documents"
	done
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/knobs.json" < "$documents"
}

@test "the documents of the running machine are valid, of one namespace and of several" {
	local documents=$BATS_TEST_TMPDIR/documents

	{
		"$FINWAIT" --state-dir "$BATS_TEST_TMPDIR" knobs --json
		"$FINWAIT" --state-dir "$BATS_TEST_TMPDIR" --netns $$ --netns 1 knobs --json ||
			"$FINWAIT" --state-dir "$BATS_TEST_TMPDIR" --netns $$ --netns $$ knobs --json
	} > "$documents" 2>/dev/null
	"$SOURCE_DIR/tests/cli/validate" "$SOURCE_DIR/tests/schema/knobs.json" < "$documents"
}

@test "an image that was never booted says what its files will set" {
	rm -rf "$TREE/proc"
	file etc/sysctl.d/10-x.conf "net.ipv4.tcp_fin_timeout = 30" "net.ipv4.tcp_sack = 0"
	on knobs
	expect 0
	[ "$(row tcp_fin_timeout)" = "tcp_fin_timeout - 30 safe no kernel here" ]
	[ "$(row tcp_sack)" = "tcp_sack - 0 refused no kernel here" ]
	has "tcp_sack=0 at boot"
	on audit
	expect_trouble "is no recorded machine"
}

@test "a file that may not be read is said wherever a value at boot is" {
	local user=(env)

	file etc/sysctl.d/10-a.conf "net.ipv4.tcp_fin_timeout = 33"
	file etc/sysctl.d/50-private.conf "net.ipv4.tcp_fin_timeout = 20"
	chmod 0600 "$TREE/etc/sysctl.d/50-private.conf"
	if ((UID == 0)); then
		user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		chmod 755 "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
		"${user[@]}" test -x "$FINWAIT" || skip "an ordinary user cannot run $FINWAIT"
	else
		chmod 0000 "$TREE/etc/sysctl.d/50-private.conf"
	fi
	run --separate-stderr "${user[@]}" "$FINWAIT" --root "$TREE" knobs tcp_fin_timeout
	expect 0
	has "AT BOOT is reckoned without '/etc/sysctl.d/50-private.conf'"
	run --separate-stderr "${user[@]}" "$FINWAIT" --root "$TREE" explain tcp_fin_timeout
	grep -A 2 "^at boot:" <<< "$output" | tr -s ' \n' ' ' | grep -q "reckoned without '/etc/sysctl.d/50-private.conf'"
	run --separate-stderr "${user[@]}" "$FINWAIT" --root "$TREE" knobs --json tcp_fin_timeout
	[[ $(jq -r .boot_error <<< "$output") == "reckoned without '/etc/sysctl.d/50-private.conf'"* ]]
	run --separate-stderr "${user[@]}" "$FINWAIT" --root "$TREE" --strict knobs --boot
	expect 2
}

@test "a private file that another one masks hides nothing" {
	file etc/sysctl.d/50-a.conf "net.ipv4.tcp_fin_timeout = 33"
	truncate -s 20M "$TREE/usr/lib/sysctl.d/50-a.conf"
	on knobs tcp_fin_timeout
	expect 0
	run ! grep -q reckoned <<< "$output"
	truncate -s 20M "$TREE/usr/lib/sysctl.d/60-a.conf"
	on knobs tcp_fin_timeout
	expect 0 "AT BOOT is reckoned without '/usr/lib/sysctl.d/60-a.conf'"
}

@test "what systemd raises as it starts is no default at boot" {
	file proc/sys/fs/file-max 9223372036854775807
	file usr/lib/systemd/libsystemd-shared-252.so
	mkdir -p "$TREE/run/systemd/system"
	on knobs fs.file-max
	[[ $(row fs.file-max) == "fs.file-max 9223372036854775807 "*" ? safe "* ]]
	on knobs fs.file-max --json
	[ "$(jq -c '.knobs[0] | [.boot.systemd, .managers]' <<< "$output")" = '[null,["systemd"]]' ]
	file etc/sysctl.d/50-a.conf "fs.file-max = 5000000"
	on knobs fs.file-max --json
	[ "$(jq -r '.knobs[0].boot.systemd' <<< "$output")" = 5000000 ]
}

@test "no escape sequence of a foreign tree reaches the terminal" {
	local esc=$'\033[31m'

	mkdir -p "$TREE/finwait" "$TREE/etc/systemd/network" "$TREE/etc/cloud/cloud.cfg.d" \
		"$TREE/etc/systemd/system/multi-user.target.wants"
	printf 'no %sred\n' "$esc" > "$TREE/finwait/trouble"
	file "etc/sysctl.d/50-${esc}x.conf" "net.ipv4.tcp_fin_timeout = 60" "net.ipv4.tcp_rfc1337 = 1${esc}" "${esc}"
	file etc/tuned/active_profile a
	file etc/tuned/a/tuned.conf "[main]" "include=${esc}zz" "[sysctl]" "net.core.somaxconn=9"
	ln -s /lib/systemd/system/tuned.service \
		"$TREE/etc/systemd/system/multi-user.target.wants/tuned.service"
	ln -s /lib/systemd/system/systemd-networkd.service \
		"$TREE/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
	truncate -s 20M "$TREE/etc/systemd/network/${esc}x.network"
	ln -s "x${esc}.cfg" "$TREE/etc/cloud/cloud.cfg.d/x${esc}.cfg"
	on knobs
	expect 0 "kernel: no "
	run ! grep -q $'\033' <<< "$output"
	on knobs --boot
	has "tuned"
	run ! grep -q $'\033' <<< "$output"
	on explain tcp_fin_timeout
	run ! grep -q $'\033' <<< "$output"
	on --strict knobs tcp_fin_timeout
	run ! grep -q $'\033' <<< "$stderr"
}
