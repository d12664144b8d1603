#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Values that outlive the boot: what apply --persist writes below /etc/sysctl.d, when it
# refuses to, and how it is undone. In a network, mount and PID namespace that no boot of the
# machine itself has to do with; what a later boot does is seen on a recorded tree.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel
load waiting

FIN=net.ipv4.tcp_fin_timeout
RFC=net.ipv4.tcp_rfc1337
ALIVE=net.ipv4.tcp_keepalive_time
PORTS=net.ipv4.ip_local_reserved_ports
NAME=99-finwait.conf

setup() {
	require jq sysctl pgrep
	STATE_DIR=$BATS_TEST_TMPDIR/state
}

teardown() {
	[[ -z ${PLACE_PID:-} ]] || kill -KILL "$PLACE_PID"
	end_guardians KILL
}

# A place with a PID 1 of its own, in the same network namespace; without any configuration
# of sysctls, so that the machine's own does not matter; and where what sysctl(8) would write
# beyond net.* is read-only.
PLACE='
	read -r pid _ </proc/self/stat # as it is outside
	mount -t proc proc /proc
	mount -t tmpfs tmpfs "$0"
	mkdir "$0/net" "$0/etc"
	for file in passwd group nsswitch.conf ld.so.cache; do
		[[ ! -e /etc/$file ]] || cp "/etc/$file" "$0/etc"
	done
	mount --bind /proc/sys/net "$0/net"
	mount --bind /proc/sys /proc/sys
	mount -o remount,ro,bind /proc/sys
	mount --bind "$0/net" /proc/sys/net
	mount --bind "$0/etc" /etc
	mkdir /etc/sysctl.d
	for dir in /run /usr/local/lib /usr/lib/sysctl.d /lib/sysctl.d; do
		[[ ! -d $dir ]] || mount -t tmpfs tmpfs "$dir"
	done
	mkdir -p /run/sysctl.d /usr/local/lib/sysctl.d
	echo "$pid"
	exec sleep infinity'

place_open() {
	local enter

	require unshare nsenter
	mkdir -p "$BATS_TEST_TMPDIR/place"
	for enter in -n -Urn; do
		exec {PLACE_FD}< <(exec unshare "$enter" -m -p --fork bash -ec "$PLACE" \
			"$BATS_TEST_TMPDIR/place" 2>/dev/null 3>&-)
		PLACE_PID=
		read -r PLACE_PID <&"$PLACE_FD" || true
		[[ -z $PLACE_PID ]] || break
		exec {PLACE_FD}<&-
	done
	[[ -n $PLACE_PID ]] || skip "no PID and mount namespace can be made here"
	NSENTER=(nsenter -t "$PLACE_PID" -n -m -p -r -w) # its root too: the tests may run in a chroot
	[[ $enter == -n ]] || NSENTER+=(-U --preserve-credentials)
	ROOT=/proc/$PLACE_PID/root
	DROPIN=$ROOT/etc/sysctl.d/$NAME
	old=$(net_sysctls)
}


# on ARGUMENTS: of a run $status, $output, $stderr
on() {
	run --separate-stderr finwait "$@"
}

# expect STATUS [WHAT-STDERR-HAS...]
expect() {
	local text

	if ((status != $1)); then
		printf 'status %s, not %s\n%s\n%s\n' "$status" "$1" "$output" "$stderr"
		return 1
	fi
	for text in "${@:2}"; do
		assert_has "stderr" "$text" "$stderr"
	done
}

# persist KEY=VALUE...: its ID in $id
persist() {
	local setting settings=()

	for setting; do
		settings+=(--set "$setting")
	done
	on apply --json --persist "${settings[@]}"
	expect 0
	id=$(jq -r .transaction <<<"$output")
}

# The assignments of the drop-in, on one line
assigned() {
	if [[ -e $DROPIN ]]; then
		grep -v '^\(#\|$\)' "$DROPIN" | xargs
	else
		echo "no file"
	fi
}

assert_assigned() {
	assert_equal "the drop-in" "$1" "$(assigned)"
}

# Refused: nothing anywhere has changed
assert_untouched() {
	assert_equal "values" "$old" "$(net_sysctls)"
	assert_equal "transactions" 0 "$(finwait history --json | jq '.transactions | length')"
	[[ -z $(find "$ROOT/etc/sysctl.d" -name "*$NAME*") ]]
}

# What the file is.

@test "the drop-in has mode 0644, names transaction and profile, and each value of it" {
	local profile

	place_open
	in_ns sysctl -qw net.core.somaxconn=20000
	(umask 077 && finwait apply edge-proxy --persist)
	assert_equal "mode and owner" "644 0 0" \
		"$(in_ns stat -c '%a %u %g' "/etc/sysctl.d/$NAME")"
	assert_has "the header" "# transaction $(newest .id), profile edge-proxy" "$(<"$DROPIN")"
	# also those that were in force already, and of a comparison what it came to
	profile=$(finwait profile show edge-proxy --json | jq -r '.settings[].key' | sort)
	assert_equal "keys" "$profile" "$(grep -v '^\(#\|$\)' "$DROPIN" | cut -d' ' -f1 | sort)"
	assert_has "the values" "net.core.somaxconn = 20000 " "$(assigned)"
	assert_has "the values" "$FIN = 30" "$(assigned)"
	assert_equal "other files" "$NAME" "$(ls -A "$ROOT/etc/sysctl.d")"
}

# boots PROGRAM: what the drop-in's keys are once that has run after a boot, as in the file
boots() {
	# a network namespace of its own is as after a boot
	in_ns unshare -n bash -ec '
		[[ $(sysctl -n net.ipv4.tcp_fin_timeout) == 60 ]]
		$1 >/dev/null
		grep -v "^\(#\|$\)" "/etc/sysctl.d/$0" | while read -r key _; do
			echo "$key = $(sysctl -n "$key" | tr "\t" " ")"
		done' "$NAME" "$1"
}

assert_boots() {
	local program

	for program in "sysctl --system" /lib/systemd/systemd-sysctl; do
		[[ $program != /* || -x $program ]] || continue
		assert_equal "$program" "$(grep -v '^\(#\|$\)' "$DROPIN")" "$(boots "$program")"
	done
}

@test "sysctl --system and systemd-sysctl bring its values to a machine that boots" {
	place_open
	run -0 finwait apply edge-proxy --persist
	run -0 finwait apply --persist --set "$PORTS=8080,9000-9010" --set "$FIN=20"
	assert_has "the newest of two" "$FIN = 20" "$(assigned)"
	assert_boots
}

@test "ports that the kernel takes in one order only are in that order, whoever came first" {
	local start=net.ipv4.ip_unprivileged_port_start range=net.ipv4.ip_local_port_range

	place_open
	# no range may begin below it, and it may not lie above the range
	for settings in "$start=500" "$range=600 60999" "" \
		"$range=40000 60999" "$start=35000" ""; do
		if [[ -z $settings ]]; then
			assert_boots
			on rollback --all
			expect 0
		else
			on apply --persist --allow-unrated --accept-risk --force --set "$settings"
			expect 0
		fi
	done
	# what is in force now is not what the boot finds
	in_ns sysctl -qw "$start=500"
	on apply --persist --allow-unrated --accept-risk --force --set "$range=600 60999"
	expect 2 "$start"
	assert_assigned "no file"
}

@test "a profile's name cannot put a line of its own into the drop-in" {
	local profile=$BATS_TEST_TMPDIR/profiles/$'x\nnet.ipv4.tcp_syncookies = 0\n.ini'

	place_open
	mkdir -m 755 "${profile%/*}"
	printf '[main]\nsummary=x\n[sysctl]\n%s=30\n' "$FIN" >"$profile"
	on apply "$profile" --persist
	# whether it takes such a name or not
	[[ $status == 2 ]] || assert_assigned "$FIN = 30"
}

@test "--persist of what is in force already writes the drop-in and no value, and once" {
	place_open
	persist "$FIN=60"
	assert_assigned "$FIN = 60"
	assert_equal "values" "$old" "$(net_sysctls)"
	on apply --persist --json --set "$FIN=60"
	expect 0
	assert_equal "again" "same null" "$(jq -r '"\(.state) \(.transaction)"' <<<"$output")"
	on rollback
	expect 0
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "apply and then apply --persist of the same: the second is only the drop-in" {
	place_open
	run -0 finwait apply --set "$FIN=30"
	persist "$FIN=30"
	on rollback
	expect 0
	assert_assigned "no file"
	has_value "$FIN" 30
	on rollback
	expect 0
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "without --persist no drop-in is written" {
	place_open
	run -0 finwait apply edge-proxy
	assert_assigned "no file"
	on history --json
	assert_equal "dropin" null "$(jq -r '.transactions[0].dropin' <<<"$output")"
}

@test "--persist with --dry-run shows it and writes nothing" {
	place_open
	on apply edge-proxy --persist --dry-run
	expect 0
	assert_has "what it says" "$NAME" "$output"
	on apply edge-proxy --persist --dry-run --json
	expect 0
	assert_equal "dropin" planned "$(jq -r .dropin <<<"$output")"
	[[ ! -e $STATE_DIR ]]
	assert_untouched
}

@test "a directory that is not there is made, 0755, and one that is read-only undoes all" {
	place_open
	rmdir "$ROOT/etc/sysctl.d"
	(umask 077 && persist "$FIN=30")
	assert_assigned "$FIN = 30"
	assert_equal "mode" 755 "$(stat -c %a "$ROOT/etc/sysctl.d")"
	on rollback
	assert_assigned "no file"

	in_ns mount --bind /etc/sysctl.d /etc/sysctl.d
	in_ns mount -o remount,ro,bind /etc/sysctl.d
	on apply --persist --set "$FIN=30" --set "$RFC=1"
	expect 2 "99-finwait.conf" "Read-only file system"
	assert_equal "values" "$old" "$(net_sysctls)"
	newest_is undone
}

# Somebody else's file.

# with FILE CONTENT COMMAND...: of a place where that file is
with() {
	local file=$ROOT$1

	printf 'with %s of %q\n' "$1" "${2:0:100}"
	mkdir -p "${file%/*}"
	printf '%b' "$2" >"$file"
	"${@:3}"
	rm "$file"
}

# refused [FILE]: because of that file
refused() {
	on apply --persist --set "$FIN=30"
	expect 2 "$FIN" "${1:-/}"
}

taken() {
	on apply --persist --set "$FIN=30" --dry-run
	expect 0
}

@test "refused where a file that is read later sets the key, in each directory" {
	local file

	place_open
	for file in /etc/sysctl.d/99-zz.conf /etc/sysctl.d/a.conf /run/sysctl.d/99-zz.conf \
		/usr/local/lib/sysctl.d/99-zz.conf /usr/lib/sysctl.d/99-zz.conf \
		/lib/sysctl.d/99-zz.conf /etc/sysctl.conf; do
		[[ -d $ROOT${file%/*} ]] || continue
		with "$file" "$FIN = 40\n" refused
		assert_has "the file" "${file#/lib}', line 1" "$stderr"
		assert_has "the engine" "sysctl --system" "$stderr"
		assert_has "the next step" "take it out" "$stderr"
	done
	assert_untouched
}

@test "refused where the boot would wait for a FIFO, and not for a device" {
	place_open
	mkfifo "$ROOT/etc/sysctl.d/zz.conf"
	on apply --persist --set "$FIN=30"
	expect 2 "'/etc/sysctl.d/zz.conf' is a FIFO"
	assert_untouched
	rm "$ROOT/etc/sysctl.d/zz.conf"
	ln -s /dev/zero "$ROOT/etc/sysctl.d/zz.conf"
	taken
}

@test "not refused where a file that is read before sets the key" {
	local file

	place_open
	for file in /etc/sysctl.d/10-a.conf /run/sysctl.d/10-a.conf /etc/sysctl.d/.hidden.conf \
		/usr/local/lib/sysctl.d/50-a.conf /usr/lib/sysctl.d/99-a.conf; do
		with "$file" "$FIN = 40\n" taken
	done
	assert_untouched
	printf '%s = 40\n' "$FIN" >"$ROOT/etc/sysctl.d/10-a.conf"
	printf 'net.ipv4.tcp_fin_* = 41\n' >"$ROOT/etc/sysctl.d/zz.conf"
	persist "$FIN=30"
	assert_boots
}

@test "refused in whichever way one engine lets a later file set the key, or take it out" {
	local line path=${FIN//.//}

	place_open
	for line in "$FIN=30\n" "$path=40" "/$path = 40\n" "-$FIN = 40\n" "- $FIN = 40\n" \
		"  \t $FIN\t =\t40  \n" "-$FIN\n" "$FIN=40\r\n" "# x\r\n\r\n$FIN = 40\r\n" \
		"# a comment\r$FIN=40\n" "net..ipv4.tcp_fin_timeout=40\n" \
		"net/ipv4//tcp_fin_timeout=40\n" "net/core/../ipv4/tcp_fin_timeout=40\n" \
		"$FIN=\n" "$FIN=abc\n" "x\0y\n$FIN=40\n" \
		"$(printf '%0100000d=1' 0)\n$FIN=40\n"; do
		with /etc/sysctl.d/99-zz.conf "$line" refused /etc/sysctl.d/99-zz.conf
	done
	assert_untouched
}

@test "not refused for what sets nothing, another key, a pattern, or no *.conf" {
	local line

	place_open
	for line in "# $FIN = 40\n" "  ; $FIN = 40\n" "$FIN\n" "$FIN 40\n" "${FIN}s = 40\n" \
		"x.$FIN = 40\n" "net.ipv4.tcp_*_timeouts=40\n" \
		"net.ipv4.conf.*.tcp_fin_timeout=1\n" "net.*_fin_timeout = 40\n" \
		"net.ipv4.tcp_fin_* = 40\n" "-net.ipv4.tcp_fin*\n" \
		"kernel.x = $FIN\n" ""; do
		with /etc/sysctl.d/99-zz.conf "$line" taken
	done
	with /etc/sysctl.d/99-zz.conf.bak "$FIN = 40\n" taken
	with /etc/sysctl.d/99-zz.conf~ "$FIN = 40\n" taken
	with /etc/sysctl.d/README "$FIN = 40\n" taken
	with /etc/sysctl.d/sub.conf/99-zz.conf "$FIN = 40\n" taken
	assert_untouched
	persist "$FIN=30"
	assert_assigned "$FIN = 30"
}

@test "a file that is masked in a directory of higher rank does not count" {
	place_open
	printf '%s = 40\n' "$FIN" >"$ROOT/usr/local/lib/sysctl.d/99-zz.conf"
	refused
	with /etc/sysctl.d/99-zz.conf "" taken
	with /run/sysctl.d/99-zz.conf "" taken
	ln -s /dev/null "$ROOT/etc/sysctl.d/99-zz.conf"
	taken
	ln -sfn /no/such/file "$ROOT/etc/sysctl.d/99-zz.conf"
	taken
	# but what stands in its place does
	printf '%s = 41\n' "$FIN" >"$ROOT/etc/other"
	ln -sfn /etc/other "$ROOT/etc/sysctl.d/99-zz.conf"
	refused /etc/sysctl.d/99-zz.conf
	rm "$ROOT/etc/sysctl.d/99-zz.conf"
	refused /usr/local/lib/sysctl.d/99-zz.conf
	assert_untouched
}

@test "refused is one key of many, and a dry run is refused as well" {
	place_open
	printf 'net.core.somaxconn = 1\n' >"$ROOT/etc/sysctl.d/99-zz.conf"
	on apply edge-proxy --persist
	expect 2 net.core.somaxconn 99-zz.conf "line 1"
	on apply edge-proxy --persist --dry-run
	expect 2 net.core.somaxconn
	assert_untouched
}

@test "a value over 4095 bytes, which sysctl --system cuts off, is refused" {
	local ports

	place_open
	ports=99,$(seq -s, 10001 2 11363) # no two of them a range
	assert_equal "length" 4094 "${#ports}"
	on apply --persist --set "$PORTS=$ports"
	expect 0
	run -0 in_ns unshare -n bash -c 'sysctl --system >/dev/null && sysctl -n "$0"' "$PORTS"
	assert_equal "at boot" "$ports" "$output"
	on rollback
	expect 0
	rm -r "$STATE_DIR"
	# one more and the kernel takes but a part, as it does at boot
	on apply --persist --set "$PORTS=9$ports"
	expect 2 "$PORTS" "sysctl --system"
	on apply --persist --set "$PORTS=99$ports"
	expect 2 "$PORTS" 4095
	assert_untouched
}

@test "a file of that name which finwait did not write is refused and not touched" {
	place_open
	printf '# mine\n' >"$DROPIN"
	on apply --persist --set "$FIN=30"
	expect 2 "$NAME" "not written by finwait"
	assert_equal "content" "# mine" "$(<"$DROPIN")"
	: >"$DROPIN"
	on apply --persist --set "$FIN=30"
	expect 2
	[[ -f $DROPIN && ! -s $DROPIN ]]
	assert_equal "values" "$old" "$(net_sysctls)"
	assert_equal "transactions" 0 "$(finwait history --json | jq '.transactions | length')"
}

@test "a link, a directory or a FIFO in the place of the file is refused and not touched" {
	place_open
	printf '# a target\n' >"$ROOT/etc/target"
	ln -s /etc/target "$DROPIN"
	on apply --persist --set "$FIN=30"
	expect 2
	assert_equal "target" "# a target" "$(<"$ROOT/etc/target")"
	assert_equal "link" /etc/target "$(readlink "$DROPIN")"
	ln -sfn /dev/null "$DROPIN" # masked on purpose
	on apply --persist --set "$FIN=30"
	expect 2
	assert_equal "link" /dev/null "$(readlink "$DROPIN")"
	rm "$DROPIN"
	mkdir "$DROPIN"
	on apply --persist --set "$FIN=30"
	expect 2
	rmdir "$DROPIN"
	mkfifo "$DROPIN"
	run in_ns timeout 20 "$FINWAIT" --state-dir "$STATE_DIR" apply --persist --set "$FIN=30"
	((status == 2))
	[[ -p $DROPIN ]]
	rm "$DROPIN"
	assert_untouched
}

@test "a link to what finwait wrote is no longer its file" {
	place_open
	persist "$FIN=30"
	mv "$DROPIN" "$ROOT/etc/moved"
	ln -s /etc/moved "$DROPIN"
	on apply --persist --set "$RFC=1"
	expect 2
	on rollback
	expect 1
	assert_equal "link" /etc/moved "$(readlink "$DROPIN")"
	[[ -s $ROOT/etc/moved ]]
}

# Edited since.

@test "an edited drop-in refuses apply --persist, and rollback leaves it alone, exit 1" {
	local edited

	place_open
	persist "$FIN=30"
	echo "$ALIVE = 600" >>"$DROPIN"
	edited=$(sha256sum <"$DROPIN")
	on apply --persist --set "$RFC=1"
	expect 2 "$NAME" edited
	has_value "$RFC" 0
	on rollback --json
	expect 1
	assert_equal "state" "conflict conflict undone" \
		"$(jq -r '"\(.state) \(.dropin) \(.changes[0].state)"' <<<"$output")"
	assert_equal "values" "$old" "$(net_sysctls)"
	on rollback --overwrite
	on rollback "$id" --overwrite
	on rollback --all --overwrite
	assert_equal "the file" "$edited" "$(sha256sum <"$DROPIN")"
	newest_is conflict
	# it is the administrator's now; once he takes it away all is well
	rm "$DROPIN"
	persist "$RFC=1"
	assert_assigned "$RFC = 1"
}

@test "an edited drop-in can be edited back, and is undone then" {
	place_open
	persist "$FIN=30"
	cp -p "$DROPIN" "$ROOT/etc/saved"
	sed -i 's/30/31/' "$DROPIN"
	on rollback
	expect 1
	cp -p "$ROOT/etc/saved" "$DROPIN"
	on rollback --overwrite
	expect 0
	assert_assigned "no file"
	newest_is undone
}

@test "a removed drop-in refuses apply --persist; rollback of the only one has nothing to do" {
	place_open
	persist "$FIN=30"
	rm "$DROPIN"
	on apply --persist --set "$RFC=1"
	expect 2 "$NAME" removed
	on rollback
	expect 0
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
	persist "$RFC=1"
}

@test "from a removed drop-in of two there is nothing to take out, and it is not written again" {
	place_open
	persist "$FIN=30"
	persist "$RFC=1"
	rm "$DROPIN"
	on rollback
	expect 0
	assert_assigned "no file"
	has_value "$RFC" 0
	on rollback --all
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "verify notices an edited or removed drop-in" {
	place_open
	persist "$FIN=30"
	on verify
	expect 0
	cp -p "$DROPIN" "$ROOT/etc/saved"
	echo >>"$DROPIN"
	on verify
	expect 1
	assert_has "what it says" "$NAME" "$output"
	rm "$DROPIN"
	on verify --json
	expect 1
	assert_equal "drift" "/etc/sysctl.d/$NAME" "$(jq -r '.drift[].key' <<<"$output")"
	cp -p "$ROOT/etc/saved" "$DROPIN"
	on verify
	expect 0
}

@test "verify names a file that came since and would win at the next boot" {
	place_open
	persist "$FIN=30" "$RFC=1"
	with /etc/sysctl.d/10-a.conf "$FIN = 40\n" on verify
	expect 0
	with /etc/sysctl.d/99-zz.conf "# x\n$FIN = 40\n" on verify
	expect 1 "$FIN" "'/etc/sysctl.d/99-zz.conf', line 2" "sysctl --system"
	with /etc/sysctl.d/99-zz.conf "-$RFC\n" on verify
	expect 1 "$RFC" "'/etc/sysctl.d/99-zz.conf', line 1" systemd-sysctl
	with /etc/sysctl.conf "$RFC = 2\n" on verify
	expect 1 "$RFC" "'/etc/sysctl.conf', line 1" "sysctl --system"
	on verify
	expect 0
}

# One upon the other.

# two_of: $first has FIN and RFC, $second FIN and ALIVE
two_of() {
	place_open
	persist "$FIN=30" "$RFC=1"
	first=$id
	persist "$FIN=20" "$ALIVE=600"
	second=$id
	assert_assigned "$RFC = 1 $FIN = 20 $ALIVE = 600"
	assert_has "the first" "# transaction $first, apply --set" "$(<"$DROPIN")"
	assert_has "the second" "# transaction $second, apply --set" "$(<"$DROPIN")"
}

@test "of two the later is undone first: what the earlier had put there comes back" {
	two_of
	on rollback
	expect 0
	assert_assigned "$FIN = 30 $RFC = 1"
	has_value "$FIN" 30
	on rollback
	expect 0
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "of two the earlier is undone first: the later keeps its values" {
	two_of
	on rollback "$first"
	expect 0
	assert_assigned "$FIN = 20 $ALIVE = 600"
	has_value "$FIN" 20
	has_value "$RFC" 0
	on verify
	expect 0
	on rollback
	expect 0
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "rollback --all of two leaves no file and no value" {
	two_of
	on rollback --all
	expect 0
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
	assert_equal "left behind" "" "$(ls -A "$ROOT/etc/sysctl.d")"
}

# With a confirmation.

@test "--persist with --confirm writes no file before the confirmation" {
	place_open
	on apply --persist --confirm 600 --json --set "$FIN=30"
	expect 0
	assert_equal "apply" "waiting waiting" "$(jq -r '"\(.state) \(.dropin)"' <<<"$output")"
	assert_assigned "no file"
	on history --json
	assert_equal "history" waiting "$(jq -r '.transactions[0].dropin' <<<"$output")"
	on confirm --json
	expect 0
	assert_equal "confirm" "committed written" \
		"$(jq -r '"\(.state) \(.dropin)"' <<<"$output")"
	assert_assigned "$FIN = 30"
	on rollback --json
	expect 0
	assert_equal "rollback" "undone undone" "$(jq -r '"\(.state) \(.dropin)"' <<<"$output")"
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "--persist that nobody confirms, or that is undone, never writes a file" {
	place_open
	on apply --persist --confirm 600 --set "$FIN=30"
	on rollback
	expect 0
	assert_assigned "no file"
	on apply --persist --confirm "$SOON" --set "$FIN=30"
	expect 0
	await newest_is undone
	assert_assigned "no file"
	on confirm
	expect 1
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

@test "confirm is refused, and the change waits on, where meanwhile another file would win" {
	place_open
	on apply --persist --confirm 600 --set "$FIN=30"
	printf '%s = 40\n' "$FIN" >"$ROOT/etc/sysctl.d/99-zz.conf"
	on confirm
	expect 2 "$FIN" 99-zz.conf
	newest_is waiting
	assert_assigned "no file"
	rm "$ROOT/etc/sysctl.d/99-zz.conf"
	printf '# mine\n' >"$DROPIN"
	on confirm
	expect 2 "$NAME"
	newest_is waiting
	rm "$DROPIN"
	on confirm
	expect 0
	assert_assigned "$FIN = 30"
}

@test "a file that a plain apply --persist writes meanwhile is kept by the confirmation" {
	place_open
	on apply --persist --confirm 600 --set "$FIN=30" --set "$RFC=1"
	persist "$FIN=20"
	assert_assigned "$FIN = 20"
	on confirm
	expect 0
	assert_assigned "$RFC = 1 $FIN = 20"
	on rollback --all
	expect 0
	assert_assigned "no file"
	assert_equal "values" "$old" "$(net_sysctls)"
}

# Where no boot writes.

@test "--persist in a network namespace that is not PID 1's is exit 2, also with --netns" {
	place_open
	run -2 in_ns unshare -n "$FINWAIT" --state-dir "$STATE_DIR" apply --persist \
		--set "$FIN=30"
	assert_has "why" "PID 1" "$output"
	run -2 in_ns unshare -n "$FINWAIT" --state-dir "$STATE_DIR" apply --dry-run --persist \
		--set "$FIN=30"
	run -2 in_ns bash -c '
		unshare -n sleep 60 &
		until [[ ! /proc/$!/ns/net -ef /proc/1/ns/net ]]; do :; done
		"$@" --netns $!
		status=$?
		kill $!
		exit $status' bash "$FINWAIT" --state-dir "$STATE_DIR" apply --persist \
		--set "$FIN=30"
	assert_has "why" "PID 1" "$output"
	assert_untouched
}

# Another boot, on a recorded tree.

tree_open() {
	TREE=$BATS_TEST_TMPDIR/tree
	STATE_DIR=$TREE/var/lib/finwait
	cp -a "$SOURCE_DIR/tests/roots/fresh-6.1" "$TREE"
	touch "$TREE/.finwait-test"
	mkdir -p "$TREE/etc/sysctl.d"
	ROOT=$TREE DROPIN=$TREE/etc/sysctl.d/$NAME
	cp -a "$TREE/proc/sys/net" "$BATS_TEST_TMPDIR/net"
	finwait() { "$FINWAIT" --root "$TREE" "$@" 3>&-; }
}

# boot [COMMAND]: the kernel's own values again, then what the boot writes
boot() {
	cp -a "$BATS_TEST_TMPDIR/net/." "$TREE/proc/sys/net"
	cat /proc/sys/kernel/random/uuid >"$TREE/proc/sys/kernel/random/boot_id"
	"${@:-brings_all}"
}

brings_all() {
	local key value

	[[ ! -e $DROPIN ]] || sed -n 's/^\([^# ]*\) = \(.*\)/\1 \2/p' "$DROPIN" |
		while read -r key value; do
			echo "$value" >"$TREE/proc/sys/${key//.//}"
		done
}

# What is in the tree, but for the state directory and the drop-in
tree_values() {
	find "$TREE" -path "$TREE/var" -prune -o -type f ! -name "$NAME" -print0 | sort -z |
		xargs -0 sha256sum
}

@test "on a later boot rollback removes the file and touches no value" {
	local before

	tree_open
	persist "$FIN=30" "$RFC=1"
	boot
	before=$(tree_values)
	on history
	expect 0
	newest_is committed
	on verify
	expect 0
	assert_has "what it looks at" "in force" "$output"
	on rollback --all # of this boot
	expect 0
	assert_assigned "$FIN = 30 $RFC = 1"
	on rollback
	expect 0
	assert_assigned "no file"
	assert_equal "the tree" "$before" "$(tree_values)"
	newest_is undone
	on rollback
	expect 0
	boot
	on verify
	expect 0
}

@test "on a later boot rollback of one of two restores what the other had put there" {
	tree_open
	persist "$FIN=30" "$RFC=1"
	boot
	persist "$FIN=20" "$ALIVE=600"
	boot
	on rollback
	expect 0
	assert_assigned "$FIN = 30 $RFC = 1"
	on rollback "$id"
	expect 0
	assert_assigned "$FIN = 30 $RFC = 1"
	on rollback
	expect 0
	assert_assigned "no file"
}

@test "on a later boot verify notices a value that the boot did not bring, and the file" {
	tree_open
	persist "$FIN=30" "$RFC=1"
	boot true
	on verify --json
	expect 1
	assert_equal "drift" "$FIN 60 $RFC 0" \
		"$(jq -r '[.drift[] | .key, .found] | join(" ")' <<<"$output")"
	brings_all
	on verify
	expect 0
	sed -i 's/30/31/' "$DROPIN"
	on verify
	expect 1
	assert_has "what it says" "$NAME" "$output"
	on rollback
	expect 1
	assert_has "the file" "$FIN = 31" "$(assigned)"
}

@test "a change that waited at a crash is gone with the boot, and its file never comes" {
	tree_open
	on apply --persist --confirm 600 --set "$FIN=30"
	end_guardians KILL
	boot
	newest_is void
	on confirm
	expect 1
	on verify
	expect 0
	on rollback
	assert_assigned "no file"
	persist "$RFC=1"
	assert_assigned "$RFC = 1"
}

@test "a confirmation cut off between file and journal is completed, also on a later boot" {
	local later

	for later in false true; do
		rm -rf "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/net"
		tree_open
		on apply --persist --confirm 600 --set "$FIN=30"
		end_guardians KILL
		cp "$STATE_DIR/journal" "$BATS_TEST_TMPDIR/cut"
		on confirm
		cp "$BATS_TEST_TMPDIR/cut" "$STATE_DIR/journal"
		[[ $later == false ]] || boot
		on verify
		expect 0 "is kept"
		newest_is committed
		assert_assigned "$FIN = 30"
		on rollback
		expect 0
		assert_assigned "no file"
	done
}

@test "an apply --persist cut off after the file was written is undone, also on a later boot" {
	local later

	for later in false true; do
		rm -rf "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/net"
		tree_open
		persist "$RFC=1"
		persist "$FIN=30"
		sed -i '$d' "$STATE_DIR/journal" # the commit
		[[ $later == false ]] || boot
		on verify
		expect 0 "transaction $id had been cut off"
		newest_is undone
		assert_assigned "$RFC = 1"
	done
}

@test "of a boot before, a drop-in that is in conflict does not hold up a new one" {
	tree_open
	persist "$FIN=30"
	echo "# mine" >>"$DROPIN"
	boot
	on rollback
	expect 1
	on apply --persist --set "$RFC=1"
	expect 2
	rm "$DROPIN"
	persist "$RFC=1"
	assert_assigned "$RFC = 1"
}

@test "what is in force already needs the same consent to be persisted as to be applied" {
	place_open
	on apply --set "$FIN=5" --accept-risk --force
	expect 0
	on apply --persist --set "$FIN=5"
	expect 2
	assert_has "the way on" "--accept-risk" "$stderr$output"
	assert_assigned "no file"
	on apply --persist --set "$FIN=5" --accept-risk --force
	expect 0
	assert_assigned "$FIN = 5"
}
