# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # status, output and stderr are set by bats
# What the command line's tests share: the program, a copy of a recorded machine that may be
# changed, and checks of the error contract. Load it first: `load setup`.

bats_require_minimum_version 1.5.0

SOURCE_DIR=${SOURCE_DIR:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
FINWAIT=${FINWAIT:-$SOURCE_DIR/build/dev/stage/bin/finwait}
ROOTS=$SOURCE_DIR/tests/roots
# shellcheck disable=SC2034 # the tests use them
VERBS=(audit sockets knobs explain profile apply verify confirm rollback history watch prove snapshot)
# shellcheck disable=SC2034
TREE=$BATS_TEST_TMPDIR/tree STATE=$BATS_TEST_TMPDIR/tree/var/lib/finwait
unset NO_COLOR
# what refuses a file that others may write must not meet one by the caller's umask
umask 022

if [ ! -x "$FINWAIT" ]; then
	echo "no finwait at '$FINWAIT': build and install it, or set FINWAIT" >&2
	exit 1
fi

# fw ARGUMENTS: $status, $output and $stderr of one run.
fw() {
	run --separate-stderr "$FINWAIT" "$@"
}

# copy_root NAME [DIR]: a copy of a recorded machine, with the modes that git does not keep.
copy_root() {
	local dir=${2:-$TREE}

	cp -a "$ROOTS/$1" "$dir"
	if [ "$1" = crowded ]; then
		mkdir "$dir/proc/700" # whose descriptors could not be looked at
	fi
	if [ "$1" = container ]; then
		find "$dir/proc/sys" -type f -exec chmod 0444 {} +
	fi
}

# changeable_root NAME: the same, marked as one that may be changed.
changeable_root() {
	copy_root "$1"
	touch "$TREE/.finwait-test"
}

# knob NAME [VALUE]: a knob of $TREE, in one line; or sets it.
knob() {
	local file=$TREE/proc/sys/${1//.//}

	if [ $# -gt 1 ]; then
		printf '%s\n' "$2" > "$file"
	else
		tr -s '\t ' ' ' < "$file" | sed 's/ $//'
	fi
}

# What the tree holds, byte by byte, but for the state directory.
tree_sum() {
	(cd "$TREE" && find . -path ./var -prune -o -printf '%p %m %l\n' | sort &&
		find . -path ./var -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

# The changes that a rollback has to bring back: knobs by meaning, not by blanks.
knobs_sum() {
	(cd "$TREE/proc/sys" && find net -type f | sort | while read -r file; do
		echo "$file=$(tr -s '\t ' ' ' < "$file")"
	done)
}

# expect STATUS [TEXT]: the status of the last run, and a text that its standard output holds.
expect() {
	if [ "$status" -ne "$1" ]; then
		printf 'status %s, not %s\nstdout: %s\nstderr: %s\n' \
			"$status" "$1" "${output:0:400}" "$stderr" >&2
		return 1
	fi
	if [ $# -gt 1 ] && [[ $output != *"$2"* ]]; then
		printf 'stdout does not hold: %s\nstdout: %s\n' "$2" "${output:0:400}" >&2
		return 1
	fi
}

# expect_trouble TEXT...: exit 2, nothing on standard output, and on standard error one line
# of the form that the contract wants, which holds each TEXT.
expect_trouble() {
	local text

	expect 2 || return 1
	if [ -n "$output" ]; then
		printf 'standard output is not empty: %s\n' "${output:0:400}" >&2
		return 1
	fi
	if [[ $stderr != "finwait: "* ]] || [ "$(wc -l <<< "$stderr")" -ne 1 ] ||
		[[ $stderr == *. ]]; then
		printf 'not one line "finwait: ..." without a full stop: %s\n' "$stderr" >&2
		return 1
	fi
	for text; do
		if [[ $stderr != *"$text"* ]]; then
			printf 'stderr does not hold: %s\nstderr: %s\n' "$text" "$stderr" >&2
			return 1
		fi
	done
}

# profile [NAME]: writes a profile from standard input and says its path.
profile() {
	local dir=$BATS_TEST_TMPDIR/profiles

	mkdir -p "$dir"
	cat > "$dir/${1:-test}.ini"
	echo "$dir/${1:-test}.ini"
}

needs_root() {
	if [ "$(id -u)" -ne 0 ]; then
		skip "needs root"
	fi
}
