#!/bin/sh
# SPDX-License-Identifier: MIT
# No file includes a floor above it or beside it: base <- core <- sys | view <- cmd <- main.
# Usage: includes.sh SRC | includes.sh --self-test
set -eu

# What a file of a room may include.
rooms_below() {
	case $1 in
	base) echo "base" ;;
	core) echo "base core" ;;
	sys) echo "base core sys" ;;
	view) echo "base core view" ;;
	cmd | main.c) echo "base core sys view cmd" ;;
	*) return 1 ;;
	esac
}

# The rooms that a file includes, one a line. <sys/...> is the C library's, unless the file
# is ours; an include that names no room says "?".
rooms_of() {
	sed -n 's/^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*\(["<][^">]*\)[">].*/\1/p' "$1" |
		while read -r include; do
			name=${include#?}
			case $include in
			\"base/* | \"core/* | \"sys/* | \"view/* | \"cmd/*) echo "${name%%/*}" ;;
			\"*) echo "?" ;;
			*) [ ! -e "$2/$name" ] || echo "${name%%/*}" ;;
			esac
		done
}

check() {
	src=$1
	bad=0
	n=0

	for file in "$src"/*.c "$src"/*/*.[ch]; do
		[ -e "$file" ] || continue
		n=$((n + 1))
		room=${file#"$src"/}
		room=${room%%/*}
		if ! allowed=$(rooms_below "$room"); then
			echo "$file: '$room' is no room of the house"
			bad=1
			continue
		fi
		for included in $(rooms_of "$file" "$src"); do
			case " $allowed " in
			*" $included "*) ;;
			*)
				echo "$file: $room includes $included"
				bad=1
				;;
			esac
		done
	done
	[ "$n" -gt 0 ] || {
		echo "$src: no files"
		bad=1
	}
	return $bad
}

# Makes a house with one file that has one include, and expects a verdict.
try() {
	rm -rf "$tmp/src"
	mkdir -p "$tmp/src/base" "$tmp/src/core" "$tmp/src/sys" "$tmp/src/view" "$tmp/src/cmd" \
		"$tmp/src/attic"
	echo >"$tmp/src/sys/x.h"
	echo >"$tmp/src/view/x.h"
	printf '%s\n' "$2" >"$tmp/src/$1"
	verdict=good
	check "$tmp/src" >/dev/null || verdict=bad
	[ "$verdict" = "$3" ] || {
		echo "self-test: $1 with '$2' is $verdict"
		failed=1
	}
}

self_test() {
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	failed=0

	try base/a.c '#include "base/err.h"' good
	try base/a.h '#include "core/knob.h"' bad
	try core/a.c '#include "base/err.h"' good
	try core/a.c '#include "sys/x.h"' bad
	try core/a.c '#include "view/x.h"' bad
	try core/a.h '  #  include  "cmd/cmd.h"' bad
	try core/a.c '#include <view/x.h>' bad
	try core/a.c '#include "x.h"' bad
	try core/a.c '#include "../sys/x.h"' bad
	try sys/a.c '#include "core/knob.h"' good
	try sys/a.c '#include <sys/stat.h>' good
	try sys/a.c '#include "view/x.h"' bad
	try sys/a.c '#include "cmd/cmd.h"' bad
	try view/a.c '#include "core/knob.h"' good
	try view/a.c '#include "sys/x.h"' bad
	try view/a.c '#include <sys/x.h>' bad
	try view/a.c '#include <sys/ioctl.h>' good
	try cmd/a.c '#include "sys/x.h"' good
	try cmd/a.c '#include "view/x.h"' good
	try main.c '#include "cmd/cmd.h"' good
	try main.c '#include "main.h"' bad
	try attic/a.c '#include <stdio.h>' bad
	return $failed
}

case ${1-} in
--self-test) self_test ;;
'') echo "usage: includes.sh SRC | --self-test" >&2 && exit 2 ;;
*) check "$1" ;;
esac
