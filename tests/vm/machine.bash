# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # what the tests use
# A machine with a systemd of its own for the tests of this directory, made by
# systemd-nspawn(1) from a root that tests/vm/make-root keeps.
#
#	FINWAIT		the installed program (default: that of the dev preset); its prefix is
#			seen in the machine below the same path
#	VM_DIR		where the root is kept (default: build/vm)
#	SOURCE_DIR	the tree
#
#	machine_make		makes the machine's disk; once in a file of tests
#	machine_boot		starts it, and waits until it is up
#	machine_run COMMAND...	runs a command in it, as a service does
#	machine_session NAME	runs a script (standard input) in it as somebody logged in does
#	machine_shutdown	as an administrator does it; what was written stays
#	machine_off		pulls the plug
#
# Nothing of the machine that runs the tests changes: the guest has its own network, mounts,
# processes and control group, and dies with the test that started it.

: "${SOURCE_DIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${FINWAIT:=$SOURCE_DIR/build/dev/stage/bin/finwait}"
: "${VM_DIR:=$SOURCE_DIR/build/vm}"
PREFIX=$(dirname "$(dirname "$FINWAIT")")

# tests/run installs them: a test that cannot run for want of one has failed
require() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || {
			echo "'$tool' is not installed" >&2
			return 1
		}
	done
}

# await SECONDS COMMAND...: until it succeeds; fails, and says so, after that time
await() {
	local limit=$((${EPOCHREALTIME/./} + $1 * 1000000))

	shift
	until "$@" >/dev/null 2>&1; do
		if ((${EPOCHREALTIME/./} > limit)); then
			echo "still not so: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

# in_place COMMAND...: becomes the command, where a guest may be: in a control group of its
# own, in the unified tree whatever the host has, and in namespaces that end with it and with
# the test. A /run of its own keeps machines of one name apart.
in_place() {
	# shellcheck disable=SC2016 # for the inner shell
	exec setpriv --pdeathsig KILL unshare -mp --fork --kill-child --mount-proc sh -ec '
		mount -t tmpfs -o mode=755 tmpfs /run
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mkdir -p "/sys/fs/cgroup$0"
		echo 0 >"/sys/fs/cgroup$0/cgroup.procs"
		exec "$@"' "$CGROUP" "$@" </dev/null 3>&-
}

choose_cgroup() {
	CGROUP=$(sed -n 's/^0:://p' /proc/self/cgroup)
	CGROUP=${CGROUP%/}/finwait-vm-$$
}

remove_cgroup() {
	# shellcheck disable=SC2016
	unshare -m sh -ec '
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		find "/sys/fs/cgroup$0" -depth -type d -exec rmdir {} +' "$CGROUP"
}

# nspawn ARGUMENTS: becomes systemd-nspawn with the machine's disk
nspawn() {
	in_place systemd-nspawn --quiet --register=no --keep-unit --private-network \
		--machine=guest --console=pipe --resolv-conf=off --timezone=off \
		--link-journal=no --bind-ro="$PREFIX" -D "$DISK" "$@"
}

# Why no machine can be made here; nothing, if one can
machine_obstacle() {
	if ((UID != 0)); then
		echo "needs root"
	elif ! grep -q '^ID=debian$' /etc/os-release; then
		echo "needs Debian: the guest is, and runs the program of this machine"
	elif ! (in_place true); then
		echo "no place for a guest can be made here"
	else
		await 10 remove_cgroup
	fi 2>&1 | paste -s -d ' '
}

# Where there can be none, machine_boot() skips the test.
machine_make() {
	local root=$VM_DIR/root

	choose_cgroup
	OBSTACLE=$(machine_obstacle)
	export OBSTACLE DISK=$BATS_FILE_TMPDIR/disk
	[[ -z $OBSTACLE ]] || return 0
	require systemd-nspawn mmdebstrap jq
	"$SOURCE_DIR/tests/vm/make-root" "$root" "$FINWAIT" >&2
	cp -a --reflink=auto "$root" "$DISK"
	OBSTACLE=$( (nspawn true) 2>&1 && await 10 remove_cgroup) ||
		OBSTACLE="systemd-nspawn cannot run here: ${OBSTACLE//$'\n'/ }"
}

# The guest's process 1 as it is called here, of all that descend from process $1
find_init() {
	local child
	local -a children

	read -r -a children <"/proc/$1/task/$1/children" || :
	for child in "${children[@]}"; do
		if [[ $(sed -n 's/^NSpid:.*\t//p' "/proc/$child/status" 2>/dev/null) == 1 &&
			$(cat "/proc/$child/comm") == systemd ]]; then
			INIT=$child
			return
		fi
		! find_init "$child" || return 0
	done
	return 1
}

is_up() {
	[[ $(in_guest systemctl is-system-running) =~ ^(running|degraded)$ ]]
}

machine_boot() {
	[[ -z $OBSTACLE ]] || skip "$OBSTACLE"
	choose_cgroup
	nspawn -b >>"$BATS_TEST_TMPDIR/console" 2>&1 &
	NSPAWN=$! INIT=
	if ! await 20 find_init "$NSPAWN" || ! await 30 is_up; then
		[[ -z $INIT ]] || in_guest systemctl --failed --no-pager || :
		tail "$BATS_TEST_TMPDIR/console"
		return 1
	fi >&2
}

# By its child, process 1 of the namespace: it takes all others along, and is waited for.
machine_off() {
	local child

	[[ -n ${NSPAWN:-} ]] || return 0
	if child=$(cat "/proc/$NSPAWN/task/$NSPAWN/children" 2>/dev/null); then
		[[ -z $child ]] || kill -KILL "${child% }"
		wait "$NSPAWN" 2>/dev/null || :
	fi
	NSPAWN=
	await 10 remove_cgroup
}

machine_shutdown() {
	in_guest systemctl poweroff
	await 30 has_ended "$NSPAWN"
	wait "$NSPAWN"
	machine_off
}

# A zombie has ended too, before it is waited for.
has_ended() {
	! grep -q '^State:\s*[^ZX]' "/proc/$1/status" 2>/dev/null
}

# in_guest COMMAND...: in the guest's namespaces, though not one of its own processes
in_guest() {
	nsenter -t "$INIT" -a -r -w -- "$@" 3>&-
}

# machine_run COMMAND...: no `$` in it, which systemd would replace
machine_run() {
	in_guest systemd-run --quiet --wait --pipe --collect --service-type=exec -- "$@"
}

# machine_value KEY: read with no command in the machine
machine_value() {
	nsenter -t "$INIT" -n cat "/proc/sys/${1//.//}" 3>&- | tr -s '\t ' ' '
}

has_value() {
	[[ $(machine_value "$1") == "$2" ]]
}

# machine_session NAME: the script on standard input in a session of logind's, which stays
# open when it is done: its $status, $output and $stderr. The session is $SESSION, its scope
# $SCOPE, its shell $SHELL_PID.
machine_session() {
	local run=/proc/$INIT/root/run name=$1

	cat >"$run/$name.sh" <<-END
		cat /proc/self/cgroup >/run/$name.cgroup
		echo "\$XDG_SESSION_ID \$\$" >/run/$name.session
		(
		$(cat)
		) >/run/$name.out 2>/run/$name.err
		echo \$? >/run/$name.status
		exec sleep infinity
	END
	in_guest systemd-run --quiet --collect --unit="login-$name" \
		su -l root -c "bash /run/$name.sh"
	await 30 test -s "$run/$name.status"
	read -r SESSION SHELL_PID <"$run/$name.session"
	SCOPE=session-$SESSION.scope
	status=$(<"$run/$name.status") output=$(<"$run/$name.out") stderr=$(<"$run/$name.err")
	# else the test proves nothing
	grep -q "/$SCOPE\$" "$run/$name.cgroup"
	[[ $(in_guest loginctl show-session "$SESSION" -p Scope --value) == "$SCOPE" ]]
}

# The connection is lost: logind kills what is left in the session.
machine_session_end() {
	in_guest loginctl terminate-session "$SESSION"
	await 20 is_gone "$SCOPE"
	[[ ! -e /proc/$INIT/root/proc/$SHELL_PID ]]
}

# A unit of which systemd has no trace
is_gone() {
	[[ $(in_guest systemctl show -p LoadState,ActiveState --value "$1" | xargs) == \
		"not-found inactive" ]]
}

# unit_property UNIT PROPERTY
unit_property() {
	in_guest systemctl show -p "$2" --value "$1"
}
