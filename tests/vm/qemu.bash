# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # what the tests use
# A machine with another kernel for the tests of this directory: Debian 12's own, in qemu's
# software emulation, with busybox, the programs under test and what they are compared with.
# Load it after ../kernel/kernel.
#
#	FINWAIT, CROWD, BOUND	the programs under test (kernel.bash, build())
#	VM_DIR		where the kernel is kept (default: build/vm)
#	SOURCE_DIR	the tree
#
#	guest_make	makes the guest's file system; once in a file of tests
#	guest_boot	starts it, if it does not run, and waits until it is up
#	guest_run	runs a script (standard input) in it
#	guest_modules NAME...	has those of the modules in /modules loaded, veth, and no others
#	guest_end	ends what this test has started
#	guest_off	pulls the plug
#
# A guest serves all tests of the file, so a test leaves no process and no file behind that
# another one would see. It has no network but its own, and dies with who started it. One that
# does not answer in time has failed the test, and is killed: the next test boots another.

: "${VM_DIR:=$SOURCE_DIR/build/vm}"
GUEST_BOOT_SECONDS=60
GUEST_RUN_SECONDS=60

# Where there can be none, guest_boot() skips the test.
guest_make() {
	local status=0

	export OBSTACLE='' GUEST=$BATS_FILE_TMPDIR/guest
	mkdir "$GUEST"
	"$SOURCE_DIR/tests/vm/make-kernel" "$VM_DIR/linux-6.1" 2>"$GUEST/make-kernel" || status=$?
	cat "$GUEST/make-kernel" >&2
	if ((status == 77)); then
		OBSTACLE=$(tail -n 1 "$GUEST/make-kernel")
		return
	fi
	((status == 0))
	require qemu-system-x86_64 busybox cpio jq ss ip sysctl
	guest_initrd
}

# The program finds its profiles below the prefix that it was built for, and only root's.
guest_initrd() (
	local root=$GUEST/root share library
	local -a programs

	umask 022
	share=$(dirname "$(dirname "$FINWAIT")")/share/finwait
	programs=("$FINWAIT" "$CROWD" "$BOUND" "$(command -v ss)" "$(command -v ip)"
		"$(command -v sysctl)")
	mkdir -p "$root"/{bin,etc,usr/bin,modules,"$share"}
	cp "$(command -v busybox)" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	cp "${programs[@]}" "$root/usr/bin/"
	cp -r "$share/." "$root/$share/"
	cp "$VM_DIR"/linux-6.1/modules/*.ko "$root/modules/"
	cp "$SOURCE_DIR/tests/vm/init" "$root/init"
	ldd "${programs[@]}" | awk 'NF > 1 && $(NF - 1) ~ /^\// { print $(NF - 1) }' | sort -u |
		while read -r library; do
			mkdir -p "$root$(dirname "$library")"
			cp -L "$library" "$root$library"
		done
	printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'nobody:x:65534:65534::/:/bin/sh' \
		>"$root/etc/passwd"
	printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' >"$root/etc/group"
	cd "$root" || exit
	find . | cpio -o -H newc -R +0:+0 --quiet >"$GUEST/initrd"
)

guest_is_up() {
	[[ -s $GUEST/pid ]] && grep -qs '^State:\s*[^ZX]' "/proc/$(<"$GUEST/pid")/status"
}

guest_boot() {
	local line

	[[ -z $OBSTACLE ]] || skip "$OBSTACLE"
	! guest_is_up || return 0
	rm -f "$GUEST"/line.*
	mkfifo "$GUEST"/line.{in,out}
	setpriv --pdeathsig KILL qemu-system-x86_64 -nodefaults -no-user-config -display none \
		-machine accel=tcg -m 1024 -nic none -no-reboot \
		-kernel "$VM_DIR/linux-6.1/vmlinuz" -initrd "$GUEST/initrd" \
		-append "console=ttyS0 quiet panic=-1" \
		-serial "file:$GUEST/console" -serial "pipe:$GUEST/line" \
		</dev/null >"$GUEST/qemu" 2>&1 3>&- &
	disown # so that it is no news when it ends
	echo $! >"$GUEST/pid"
	GUEST_STARTED=1
	line=$(timeout "$GUEST_BOOT_SECONDS" sed -u q "$GUEST/line.out") || :
	[[ $line == ready ]] || guest_lost "does not boot in $GUEST_BOOT_SECONDS s"
}

# guest_run: then the files that the script wrote are in $D, where it began; its $status,
# $output and $stderr are known. finwait, crowd and bound are in its $PATH.
guest_run() {
	D=$BATS_TEST_TMPDIR/guest
	rm -rf "$D"
	mkdir "$D"
	guest_is_up || guest_lost "has gone"
	(base64 -w 0 && echo) | timeout "$GUEST_RUN_SECONDS" tee "$GUEST/line.in" >/dev/null ||
		guest_lost "reads no script"
	timeout "$GUEST_RUN_SECONDS" sed -u '/^\.$/q' "$GUEST/line.out" >"$D.answer" || :
	[[ $(tail -n 1 "$D.answer") == . ]] ||
		guest_lost "ended, or had no answer in $GUEST_RUN_SECONDS s"
	sed '$d' "$D.answer" | base64 -d | tar -xz -C "$D" --no-same-owner
	status=$(<"$D/status") output=$(<"$D/output") stderr=$(<"$D/stderr")
}

guest_lost() {
	echo "the guest $1; the end of its console:"
	tail -n 20 "$GUEST/console" "$GUEST/qemu"
	guest_off
	return 1
} >&2

guest_modules() {
	guest_run <<-END
		set -e
		for name in \$(cut -d ' ' -f 1 /proc/modules); do
			[ \$name = veth ] || rmmod \$name
		done
		for name in $*; do
			insmod /modules/\$name.ko
		done
		cut -d ' ' -f 1 /proc/modules
	END
	assert_equal "modules" "$(printf '%s\n' veth "$@" | LC_ALL=C sort)" \
		"$(LC_ALL=C sort <<<"$output")"
}

guest_off() {
	! guest_is_up || kill -KILL "$(<"$GUEST/pid")"
	while guest_is_up; do
		sleep 0.02
	done
}

# For teardown(): one that a test had to start would end with the test, at any moment.
guest_end() {
	[[ -z ${GUEST_STARTED:-} ]] || guest_off
}
