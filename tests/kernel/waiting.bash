# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of changes that wait share: to await a condition, and the guardians.
# Load it after kernel. $STATE_DIR is the test's own.

# A deadline that comes soon, but not before a guardian can be on guard: the sanitizers are slow
export SOON=$((${ASAN_OPTIONS:+2} + 1))

# await COMMAND...: until it succeeds. No test is about how long it takes: half a minute is
# only for the slowest machine under the sanitizers.
await() {
	local end=$((SECONDS + 30))

	until "$@"; do
		if ((SECONDS > end)); then
			printf 'awaited in vain: %s\n' "$*"
			return 1
		fi
		sleep 0.05
	done
}

# Where systemd runs, it would be asked for the guardian, as tests/vm shows. Here it is not
# to be seen, and no test leaves a service on the machine.
hide_systemd() {
	[[ -d /run/systemd/system ]] || return 0
	NSENTER+=(-- unshare -m bash -ec
		'mount -t tmpfs tmpfs /run/systemd && exec "$@"' bash)
}

# The processes on guard over changes of $STATE_DIR: its name is in their command line
guardians() {
	pgrep -af -- --at-deadline | grep -F -- "--state-dir $STATE_DIR" | cut -d' ' -f1
}

no_guardian() {
	[[ -z $(guardians) ]]
}

# end_guardians [SIGNAL]
end_guardians() {
	local pid

	for pid in $(guardians); do
		kill -"${1:-TERM}" "$pid" || true
	done
	await no_guardian
}

# newest FILTER: of the newest transaction, as history has it
newest() {
	finwait history --json | jq -r ".transactions[0]$1"
}

newest_is() {
	[[ $(newest .state) == "$1" ]]
}

has_value() {
	[[ $(value_of "$1") == "$2" ]]
}
