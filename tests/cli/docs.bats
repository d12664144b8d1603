#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every verb and option that help prints is in the manual and in the three completions.

load setup

MANUAL=$SOURCE_DIR/packaging/man/finwait.8
COMPLETIONS=$SOURCE_DIR/packaging/completions

# options [VERB]: the long options that help lists, without dashes; for a verb only its own.
options() {
	"$FINWAIT" "$@" --help | awk -v own=$# '
		/^Options of every verb/ { if (own) exit; next }
		/^  --/ { print substr($1, 3) }'
}

verbs() {
	"$FINWAIT" --help | awk '/^Verbs/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'
}

# plain FILE: as text, without the escapes and the option macro of a manual page.
plain() {
	sed -e 's/Fl -/--/g' -e 's/\\-/-/g' -e 's/\\&//g' -e 's/\\f[A-Z]//g' "$1"
}

# has_word FILE WORD: as a word of its own.
has_word() {
	if ! plain "$1" | grep -qE -- "(^|[^a-z0-9-])$2([^a-z0-9-]|\$)"; then
		echo "$1 does not name $2" >&2
		return 1
	fi
}

@test "the help this file reads lists thirteen verbs and nine common options" {
	[ "$(verbs | wc -l)" -eq "${#VERBS[@]}" ]
	[ "$(options | wc -l)" -eq 9 ]
	[ "$(options apply | wc -l)" -eq 10 ]
	[ "$(options sockets | wc -l)" -eq 5 ]
}

@test "every verb is in the manual and in each completion" {
	local verb file missing=0

	for verb in $(verbs); do
		for file in "$MANUAL" "$COMPLETIONS"/{finwait.bash,_finwait,finwait.fish}; do
			has_word "$file" "$verb" || missing=1
		done
	done
	[ $missing -eq 0 ]
}

@test "every option of every verb is in the manual and in the bash and zsh completions" {
	local verb option file missing=0

	for verb in "" $(verbs); do
		# shellcheck disable=SC2086 # no verb is no word
		for option in $(options $verb); do
			for file in "$MANUAL" "$COMPLETIONS"/{finwait.bash,_finwait}; do
				has_word "$file" "--$option" || missing=1
			done
		done
	done
	[ $missing -eq 0 ]
}

@test "every option of every verb is in the fish completion" {
	local verb option missing=0

	for verb in "" $(verbs); do
		# shellcheck disable=SC2086
		for option in $(options $verb); do
			grep -qE -- "(-l|--long-option|--long)[ =]$option( |\$)" \
				"$COMPLETIONS/finwait.fish" ||
				{ echo "finwait.fish does not name $option" >&2; missing=1; }
		done
	done
	[ $missing -eq 0 ]
}

@test "the four actions of profile are in the manual and in each completion" {
	local action file

	for action in list show diff check; do
		for file in "$MANUAL" "$COMPLETIONS"/{finwait.bash,_finwait,finwait.fish}; do
			has_word "$file" $action
		done
	done
}

@test "what sockets groups by, and every state, is in the manual and in each completion" {
	local word file

	for word in state port peer process unit user; do
		"$FINWAIT" --root "$ROOTS/fresh-6.1" sockets --by $word
		for file in "$MANUAL" "$COMPLETIONS"/{finwait.bash,_finwait,finwait.fish}; do
			has_word "$file" $word
		done
	done
	for word in $("$FINWAIT" --root "$ROOTS/fresh-6.1" sockets --json |
		jq -r '.states | keys[]'); do
		has_word "$MANUAL" "$word"
		word=${word//_/-}
		word=${word/wait1/wait-1}
		word=${word/wait2/wait-2}
		for file in "$COMPLETIONS"/{finwait.bash,_finwait,finwait.fish}; do
			has_word "$file" "$word"
		done
	done
}

@test "the manual names no option that finwait does not know" {
	local option known

	known=$(for verb in "" $(verbs); do
		# shellcheck disable=SC2086
		options $verb
	done | sort -u)
	for option in $(plain "$MANUAL" | grep -E '^\.(It|Op|Fl|TP|B|IP)' |
		grep -oE -- '--[a-z][a-z-]+' | sed 's/^--//' | sort -u); do
		grep -qx -- "$option" <<< "$known" ||
			{ echo "the manual names --$option" >&2; return 1; }
	done
}

@test "the manual states the three exit statuses" {
	run plain "$MANUAL"
	[[ ${output^^} == *"EXIT STATUS"* ]]
}

@test "man renders both pages without a warning" {
	command -v man || skip "no man(1)"
	for page in "$MANUAL" "$SOURCE_DIR/packaging/man/finwait-profile.5"; do
		run --separate-stderr env LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
			man --warnings -E UTF-8 -l -Tutf8 -Z "$page"
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
	done
}

@test "the bash completion is sound and completes verbs, options and profiles" {
	# shellcheck disable=SC2016
	run --separate-stderr bash -c '
		PATH=$(dirname "$2"):$PATH
		[ -r /usr/share/bash-completion/bash_completion ] &&
			. /usr/share/bash-completion/bash_completion
		. "$1"
		function_of=$(complete -p finwait | sed -E "s/.*-F ([^ ]+).*/\1/")
		try() {
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
			COMPREPLY=()
			"$function_of" finwait "${*: -1}" "${@: -2:1}"
			echo "${COMPREPLY[*]}"
		}
		try finwait so
		try finwait apply --dry
		try finwait apply edge
		try finwait sockets --by p
		try finwait sockets --state fin
		try finwait sockets --by port --q
		try finwait explain tw
		try finwait explain too-
		try finwait prove ""
		try finwait prove linger-zero tw-
	' - "$COMPLETIONS/finwait.bash" "$FINWAIT"
	[ -z "$stderr" ]
	[[ ${lines[0]} == *sockets* ]]
	[[ ${lines[1]} == *--dry-run* ]]
	[[ ${lines[2]} == *edge-proxy* ]]
	[ "${lines[3]}" = "port peer process" ]
	[ "${lines[4]}" = "fin-wait-1 fin-wait-2" ]
	[ "${lines[5]}" = "--quick" ]
	[ "${lines[6]}" = "tw-reuse tw-buckets-near tw-buckets-overflow" ]
	[ "${lines[7]}" = "too-many-orphaned-sockets" ]
	[[ ${lines[8]} == time-wait-length*write-traps ]]
	[ "${lines[9]}" = "tw-reuse tw-buckets" ]
}

@test "the zsh and fish completions are sound, where their shells are here" {
	command -v zsh || command -v fish || skip "neither zsh nor fish"
	if command -v zsh; then
		zsh -n "$COMPLETIONS/_finwait"
	fi
	if command -v fish; then
		fish --no-execute "$COMPLETIONS/finwait.fish"
	fi
}
