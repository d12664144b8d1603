#!/bin/sh
# SPDX-License-Identifier: MIT
# A floor links with the floors below it and nothing else: every object of the archives goes
# into one program. Usage: linking.sh ARCHIVE... [-- LIBRARY...] | linking.sh --self-test CORE BASE
set -eu
: "${CC:=cc}" "${SANITIZE:=}"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

link() {
	archives=
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		archives="$archives $1"
		shift
	done
	[ $# -eq 0 ] || shift
	echo 'int main(void) { return 0; }' >"$tmp/main.c"
	# shellcheck disable=SC2086 # paths of a build directory; CMake refuses blanks there
	"$CC" ${SANITIZE:+"-fsanitize=$SANITIZE"} -o "$tmp/main" "$tmp/main.c" \
		-Wl,--no-as-needed -Wl,--whole-archive $archives -Wl,--no-whole-archive "$@"
	"$tmp/main"
}

self_test() {
	core=$1
	base=$2

	link "$core" "$base" || return 1
	if link "$core" >/dev/null 2>&1; then
		echo "self-test: core links without base"
		return 1
	fi
	for call in view_open procfs_read cmd_audit; do
		echo "extern int $call(void); int up(void); int up(void) { return $call(); }" \
			>"$tmp/up.c"
		"$CC" -c -o "$tmp/up.o" "$tmp/up.c"
		if link "$core" "$base" "$tmp/up.o" >/dev/null 2>&1; then
			echo "self-test: a call of $call() from core links"
			return 1
		fi
	done
}

case ${1-} in
--self-test) self_test "$2" "$3" ;;
'') echo "usage: linking.sh ARCHIVE... [-- LIBRARY...] | --self-test CORE BASE" >&2 && exit 2 ;;
*) link "$@" ;;
esac
