#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A recording holds no secret, and a masked one no address of the site.

# for inner shells, and because each test is a subshell
# shellcheck disable=SC2016,SC2030,SC2031
bats_require_minimum_version 1.5.0
load kernel

KEY=md5-key-of-a-bgp-peer

setup_file() {
	build CROWD crowd "$SOURCE_DIR"/tests/kernel/{crowd*,netpair}.c
	build SIGNED signed "$SOURCE_DIR/tests/kernel/signed.c"
}

setup() {
	require jq ss ip python3
	D=$BATS_TEST_TMPDIR
	export STATE_DIR=$D/state
}

teardown() {
	netns_close
}

# holds TREE ADDRESS...: the files which hold one of them, in any spelling: as text, as bytes,
# or as the hex of /proc/net
holds() {
	python3 - "$@" <<-'PYTHON'
		import ipaddress, os, struct, sys

		def spellings(text):
		    packed = ipaddress.ip_address(text).packed
		    words = struct.unpack(f">{len(packed) // 4}I", packed)
		    swapped = struct.pack(f"<{len(words)}I", *words)
		    for form in (text, str(ipaddress.ip_address(text).exploded),
		                 packed.hex(), swapped.hex()):
		        yield form.encode()
		    yield packed
		    yield swapped

		found = 0
		for dir, _, files in os.walk(sys.argv[1]):
		    for name in files:
		        path = os.path.join(dir, name)
		        where = name.encode() + (os.readlink(path).encode()
		            if os.path.islink(path) else open(path, "rb").read())
		        for address in sys.argv[2:]:
		            if any(s in where or s.upper() in where for s in spellings(address)):
		                print(path, address)
		                found = 1
		sys.exit(not found)
	PYTHON
}

# crowd OPTION... -- COMMAND...
crowd() {
	local status attempt

	for attempt in 1 2 3; do
		status=0
		"$CROWD" "$@" 3>&- || status=$?
		((status == 99)) || break
		echo "crowd: attempt $attempt failed"
	done
	((status != 77)) || skip "no network namespaces can be made here"
	((status == 0))
}

REAL=(10.77.0.1 10.77.0.2 fd77::1 fd77::2)

@test "a key of TCP-MD5 is in the kernel's dump and not in a recording" {
	local status=0

	netns_open
	in_ns "$SIGNED" "$KEY" 192.0.2.77 bash -ec '
		ss -taniD "$0/raw"
		"$FINWAIT" --state-dir "$0/state" snapshot "$0/plain"
		"$FINWAIT" --state-dir "$0/state" snapshot --mask-addresses "$0/masked"
	' "$D" || status=$?
	((status != 77)) || skip "this kernel has no TCP-MD5"
	((status == 0))
	# to who may administrate the network, and with tcp_info, the kernel tells it
	grep -qF "$KEY" "$D/raw"
	[ -s "$D/plain/sockets.diag" ]
	[ -s "$D/masked/sockets.diag" ]
	run ! grep -rqF "$KEY" "$D/plain" "$D/masked"
	# nor the peer it is for, which only the attribute names
	run ! holds "$D/plain" 192.0.2.77
	assert_equal "the listener" 1 \
		"$("$FINWAIT" --root "$D/plain" sockets --json | jq .states.listen.total)"
}

@test "a key of TCP Fast Open is in no recording" {
	netns_open
	in_ns sysctl -qw net.ipv4.tcp_fastopen_key=deadbeef-01234567-89abcdef-0badcafe
	finwait snapshot "$D/plain"
	finwait snapshot --mask-addresses "$D/masked"
	[ -s "$D/plain/proc/sys/net/ipv4/tcp_fin_timeout" ]
	run find "$D/plain" "$D/masked" -name '*fastopen_key*' -o -name '*stable_secret*'
	assert_equal "files of secrets" "" "$output"
	run ! grep -rq 'deadbeef\|0badcafe' "$D/plain" "$D/masked"
}

@test "a masked recording reads as the plain one, and holds no address of the site" {
	crowd --ipv6 --time-wait 400 --fin-wait-2 30 --fin-wait-2-held 6 --close-wait 20 \
		--close-wait-read 4 --established 10 --listen 6 -- bash -ec '
		"$FINWAIT" snapshot "$0/plain" >"$0/plain.text"
		"$FINWAIT" snapshot --mask-addresses "$0/masked" >"$0/masked.text"
	' "$D"
	# the search finds what is there
	holds "$D/plain" 10.77.0.1
	holds "$D/plain" fd77::2
	run holds "$D/masked" "${REAL[@]}"
	assert_equal "files with an address" "" "$output"
	holds "$D/masked" 240.0.0.1
	holds "$D/masked" 2001:db8::2
	assert_has "what it did" "4 addresses masked" "$(cat "$D/masked.text")"
	assert_has "what it did not" "--mask-addresses" "$(cat "$D/plain.text")"
	for name in plain masked; do
		# sockstat counts for the whole host, in part
		"$FINWAIT" --root "$D/$name" sockets --json |
			jq -S '{states, details, interrupted}' >"$D/$name.json"
	done
	diff "$D/plain.json" "$D/masked.json"
	assert_equal "TIME_WAIT" 400 "$(jq .states.time_wait.total "$D/masked.json")"
}

@test "where the kernel has no inet_diag, /proc/net is masked" {
	require_strace
	crowd --ipv6 --time-wait 40 --close-wait 5 -- bash -ec '
		export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
		exec strace -f -qq -o /dev/null \
			-e trace=socket -e inject=socket:error=EPROTONOSUPPORT \
			"$FINWAIT" snapshot --mask-addresses "$0/masked"
	' "$D"
	[ ! -e "$D/masked/sockets.diag" ]
	run holds "$D/masked" "${REAL[@]}"
	assert_equal "files with an address" "" "$output"
	holds "$D/masked/proc/net" 240.0.0.1
	holds "$D/masked/proc/net" 2001:db8::1
	assert_equal "TIME_WAIT" "20 20" "$("$FINWAIT" --root "$D/masked" sockets --json |
		jq -r '"\(.states.time_wait.ipv4) \(.states.time_wait.ipv6)"')"
}

# inject FILE FAULT: a recording in $D/tree, in which each write to that file of it fails so
inject() {
	local asan=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

	run in_ns env "ASAN_OPTIONS=$asan" strace -f -qq -o /dev/null -P "$D/tree/$1" \
		-e trace=write -e "inject=write:$2" \
		"$FINWAIT" --state-dir "$D/state" snapshot "$D/tree"
}

@test "a write that a signal interrupts, or that takes a part, goes on" {
	local file=proc/sys/net/ipv4/tcp_fin_timeout

	require_strace
	netns_open
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=4711
	inject $file error=EINTR:when=1
	assert_equal "status" 0 "$status"
	assert_equal "the file" 4711 "$(cat "$D/tree/$file")"
	rm -r "$D/tree"
	# the kernel is not asked: of what it is told to have taken nothing is there
	inject $file retval=2:when=1
	assert_equal "status" 0 "$status"
	assert_equal "the rest of the file" 11 "$(cat "$D/tree/$file")"
	rm -r "$D/tree"
	inject $file error=EIO
	assert_equal "status" 2 "$status"
	assert_has "the reason" "Input/output error" "$output"
}

@test "of a dump that could not be written whole nothing is left" {
	require_strace
	netns_open
	inject sockets.diag error=ENOSPC
	assert_equal "status" 2 "$status"
	assert_has "the reason" "No space left" "$output"
	[ -d "$D/tree" ]
	[ ! -e "$D/tree/sockets.diag" ]
}

# etc: a directory of that name, of files as an administrator writes them
etc() {
	mkdir -p "$D/etc/sysctl.d" "$D/etc/finwait/profiles"
	cat >"$D/etc/sysctl.d/60-db1.conf" <<-'EOF'
		# db1.example.com, behind 192.0.2.33 and 2001:db8:77::33
		net.ipv4.tcp_fin_timeout = 30
		net.ipv4.tcp_fastopen_key = deadbeef-01234567-89abcdef-0badcafe
		net.ipv6.conf.all.stable_secret = 2001:db8:99::99
		kernel.hostname = db1.example.com
		net.core.somaxconn = 4096
	EOF
	cp "$D/etc/sysctl.d/60-db1.conf" "$D/etc/sysctl.conf"
	echo "net.core.somaxconn = 1" >"$D/etc/sysctl.d/192.0.2.33.conf"
	ln -s ../sysctl.conf "$D/etc/sysctl.d/99-sysctl.conf"
	ln -s /srv/192.0.2.33/db1.conf "$D/etc/sysctl.d/98-db1.conf"
	printf '# for db1.example.com\nnet.ipv4.tcp_fastopen_key = deadbeef-1-2-3\n' \
		>"$D/etc/finwait/profiles/db1.ini"
	chmod -R a+rX "$D/etc"
	# as nobody but root may read it
	install -m 0600 "$D/etc/sysctl.conf" "$D/etc/sysctl.d/70-private.conf"
}

@test "of the administrator's files a recording has no secret, a masked one no comment" {
	local t

	netns_open
	etc
	echo "net.ipv4.tcp_synack_retries = 3 # db1.example.com 192.0.2.33" >"$D/etc/sysctl.d/61-db1.conf"
	in_ns unshare -m bash -ec '
		mount --bind "$0/etc" /etc
		"$FINWAIT" --state-dir "$0/state" snapshot "$0/plain"
		"$FINWAIT" --state-dir "$0/state" snapshot --mask-addresses "$0/masked"
	' "$D"
	for t in plain masked; do
		run ! grep -rqi 'deadbeef\|0badcafe\|db8:99' "$D/$t"
		[ ! -e "$D/$t/etc/sysctl.d/70-private.conf" ]
		assert_equal "the link" ../sysctl.conf "$(readlink "$D/$t/etc/sysctl.d/99-sysctl.conf")"
		assert_equal "boot, as recorded" null "$("$FINWAIT" --root "$D/$t" knobs \
			tcp_synack_retries --json | jq -c '.knobs[0].boot')"
		# as if the boot wrote this namespace
		echo here >"$D/$t/finwait/boot"
		assert_equal "at boot, of a $t one" 3 "$("$FINWAIT" --root "$D/$t" knobs \
			tcp_synack_retries --json | jq -r '.knobs[0].boot.systemd')"
	done
	assert_equal "what a plain one has" \
		"$(sed 's/.*\(fastopen_key\|stable_secret\).*//' "$D/etc/sysctl.d/60-db1.conf")" \
		"$(cat "$D/plain/etc/sysctl.d/60-db1.conf")"
	grep -q db1.example.com "$D/plain/etc/sysctl.conf"
	[ -e "$D/plain/etc/finwait/profiles/db1.ini" ]
	assert_equal "what a masked one has" "
net.ipv4.tcp_fin_timeout = 30



net.core.somaxconn = 4096" "$(cat "$D/masked/etc/sysctl.d/60-db1.conf")"
	run ! grep -rq 'example' "$D/masked"
	run holds "$D/masked" 192.0.2.33 2001:db8:77::33
	assert_equal "files with an address" "" "$output"
	run find "$D/masked/etc" -name '*192*' -o -name finwait -o -lname '*192*'
	assert_equal "names with an address" "" "$output"
	# the same address, the same mask
	assert_equal "the link" /srv/240.0.0.1/db1.conf \
		"$(readlink "$D/masked/etc/sysctl.d/98-db1.conf")"
	grep -q somaxconn "$D/masked/etc/sysctl.d/240.0.0.1.conf"
}

@test "a recording has the kernel's defaults, whatever the values are" {
	local t

	netns_open
	# what a new namespace begins with
	value_of net.ipv4.tcp_fin_timeout >"$D/fin_timeout"
	value_of net.ipv4.ip_local_port_range >"$D/port_range"
	in_ns sysctl -qw net.ipv4.tcp_fin_timeout=17 net.ipv4.ip_local_port_range="2000 3000"
	finwait snapshot "$D/plain"
	finwait snapshot --mask-addresses "$D/masked"
	for t in plain masked; do
		cmp "$D/fin_timeout" "$D/$t/finwait/defaults/proc/sys/net/ipv4/tcp_fin_timeout"
		cmp "$D/port_range" "$D/$t/finwait/defaults/proc/sys/net/ipv4/ip_local_port_range"
		[ ! -e "$D/$t/finwait/trouble" ]
		assert_equal "its own value" 17 "$(cat "$D/$t/proc/sys/net/ipv4/tcp_fin_timeout")"
		assert_equal "page size" "page_bytes $(getconf PAGESIZE)" \
			"$(head -n 1 "$D/$t/finwait/machine")"
		# of the host's memory no more than the defaults follow from
		assert_equal "meminfo" MemTotal: "$(cut -d' ' -f1 "$D/$t/proc/meminfo")"
		grep -q managed "$D/$t/proc/zoneinfo"
		run ! grep -q cpu "$D/$t/proc/zoneinfo"
	done
}

@test "where no namespace can be made a recording says why" {
	unshare -Urn bash -c 'echo 0 >/proc/sys/user/max_net_namespaces' ||
		skip "no user namespace can be made here"
	unshare -Urn bash -ec '
		echo 0 >/proc/sys/user/max_net_namespaces
		"$FINWAIT" --state-dir "$0/state" snapshot "$0/plain"
	' "$D"
	[ ! -e "$D/plain/finwait/defaults" ]
	assert_has "the reason" user.max_net_namespaces "$(cat "$D/plain/finwait/trouble")"
}

# a machine's files of sysctl.d, of every kind that has a say
boot_files() {
	local d=$D/etc/sysctl.d

	mkdir -p "$d/80-dir.conf" "$D/lib"
	printf 'net.ipv4.tcp_fin_timeout = 30\nnet.core.somaxconn = 5\n' >"$d/10-a.conf"
	printf 'net.ipv4.tcp_keepalive_time = 7\n' >"$d/.hidden.conf"
	printf 'net.ipv4.tcp_fin_timeout = 31\n' >"$D/etc/sysctl.conf"
	printf 'net.ipv4.tcp_retries2 = 8\n' >"$D/etc/elsewhere"
	ln -s ../sysctl.conf "$d/99-sysctl.conf"
	ln -s ../elsewhere "$d/60-link.conf"
	ln -s /dev/null "$d/20-null.conf"
	ln -s nowhere "$d/30-nowhere.conf"
	install -m 0600 "$D/etc/elsewhere" "$d/70-private.conf"
	mkfifo "$d/90-fifo.conf"
	for name in 10-a 20-null 30-nowhere 70-private 80-dir; do
		printf 'net.ipv4.tcp_syn_retries = 4\n' >"$D/lib/$name.conf"
	done
	chmod -R a+rX "$D/etc/elsewhere" "$D/etc/sysctl.conf"
}

@test "a recording says of the next boot what the machine does, with every kind of file" {
	local key keys=() on_machine

	[[ -n ${BOOTVALUES:-} ]] || BOOTVALUES=$SOURCE_DIR/build/dev/tests/bootvalues
	netns_open
	boot_files
	for key in tcp_fin_timeout tcp_keepalive_time tcp_retries2 tcp_syn_retries; do
		keys+=("net.ipv4.$key 1")
	done
	printf '%s\n' "${keys[@]}" "net.core.somaxconn 1" >"$D/keys"
	in_ns unshare -m bash -ec '
		mount --bind "$0/lib" /usr/lib/sysctl.d
		mount --bind "$0/etc" /etc
		"$FINWAIT" --state-dir "$0/state" snapshot "$0/tree"
		"$1" / "$0/keys" 2>/dev/null >"$0/machine"
	' "$D" "$BOOTVALUES"
	"$BOOTVALUES" "$D/tree" "$D/keys" 2>"$D/remarks" >"$D/recorded"
	# the private file sets a value on the machine, and only masks in the recording
	on_machine=$(sed 's|\(tcp_retries2.*\)70-private|\160-link|' "$D/machine")
	assert_equal "the values" "$on_machine" "$(cat "$D/recorded")"
	assert_has "a value" "31	/etc/sysctl.conf" "$(cat "$D/recorded")"
	run ! grep -q syn_retries.*usr "$D/recorded"
	grep -q "70-private.conf:0: 3: cannot be read" "$D/remarks"
	assert_equal "the version of procps" \
		"$(dpkg-query -W -f '${Version}' procps)" "$(sed -n 's/^Version: //p' "$D/tree/var/lib/dpkg/status")"
	assert_equal "libraries" 1 "$(find "$D/tree/usr" -name 'libsystemd-shared-*' -size 0 | wc -l)"
}
