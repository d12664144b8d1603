#!/bin/sh
# SPDX-License-Identifier: MIT
# What core and base need of the C library is on a list: no time, no files, no environment,
# no output. Usage: purity.sh LIST ARCHIVE... | purity.sh --self-test LIST
set -eu
: "${NM:=nm}" "${CC:=cc}" "${SANITIZE:=}"

# What the archives need and do not have themselves, without what the compiler adds: the
# checked forms of _FORTIFY_SOURCE, the names of C standards, the sanitizers' own.
needed() {
	defined=$("$NM" --defined-only "$@" | sed -n 's/^[0-9a-f]* *[A-Za-z] //p' | sort -u)
	"$NM" -u "$@" | sed -n 's/^ *[Uwv] //p' | sed 's/@.*//' | sort -u |
		while read -r symbol; do
			case $symbol in
			__asan_* | __ubsan_* | __lsan_* | __tsan_* | __sanitizer_*) continue ;;
			__stack_chk_fail | _GLOBAL_OFFSET_TABLE_) continue ;;
			esac
			printf '%s\n' "$defined" | grep -qxF -e "$symbol" || echo "$symbol"
		done | sed 's/^__\(.*\)_chk$/\1/; s/^__isoc[0-9]*_//' | sort -u
}

check() {
	list=$1
	shift
	bad=0

	needs=$(needed "$@")
	[ -n "$needs" ] || {
		echo "$*: nothing is needed, which cannot be"
		return 1
	}
	for symbol in $needs; do
		sed 's/[[:blank:]]*#.*//' "$list" | grep -qxF -e "$symbol" || {
			echo "'$symbol' is not in $list"
			bad=1
		}
	done
	return $bad
}

# Compiles one line of C and expects a verdict.
try() {
	printf '%s\n' "$1" >"$tmp/a.c"
	# fortified calls need the optimizer
	"$CC" -c -O2 -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 ${SANITIZE:+"-fsanitize=$SANITIZE"} \
		-o "$tmp/a.o" "$tmp/a.c" 2>"$tmp/log" || {
		cat "$tmp/log"
		exit 1
	}
	verdict=good
	check "$list" "$tmp/a.o" >/dev/null || verdict=bad
	[ "$verdict" = "$2" ] || {
		echo "self-test: '$1' is $verdict"
		failed=1
	}
}

self_test() {
	list=$1
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	failed=0

	try '#include <string.h>
size_t f(const char *s) { return strspn(s, "ab"); }' good
	try '#include <stdio.h>
int f(char *s, size_t n, int i) { return snprintf(s, n, "%d", i); }' good
	try '#include <stdio.h>
int f(const char *s, int *i) { return sscanf(s, "%d", i); }' good
	try '#include <time.h>
time_t f(void) { return time(0); }' bad
	try '#include <time.h>
int f(struct timespec *t) { return clock_gettime(CLOCK_REALTIME, t); }' bad
	try '#include <fcntl.h>
int f(const char *s, int how) { return open(s, how); }' bad
	try '#include <stdio.h>
FILE *f(const char *s) { return fopen(s, "r"); }' bad
	try '#include <stdlib.h>
char *f(void) { return getenv("HOME"); }' bad
	try '#include <stdio.h>
int f(int i) { return printf("%d", i); }' bad
	try '#include <stdio.h>
int f(void) { return fputs("x", stderr); }' bad
	try '#include <unistd.h>
long f(void) { return write(1, "x", 1); }' bad
	try '#include <stdlib.h>
void f(void) { exit(1); }' bad
	try '#include <errno.h>
int f(void) { return errno; }' bad
	try '#include <syslog.h>
void f(void) { syslog(1, "x"); }' bad
	try 'extern int view_open(void);
int f(void) { return view_open(); }' bad
	return $failed
}

case ${1-} in
--self-test) self_test "$2" ;;
'') echo "usage: purity.sh LIST ARCHIVE... | --self-test LIST" >&2 && exit 2 ;;
*) check "$@" ;;
esac
