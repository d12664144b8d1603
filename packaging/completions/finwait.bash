# bash completion for finwait(8)                                    -*- shell-script -*-
# shellcheck shell=bash

# The first column of a table of finwait's own, without its heading.
_finwait_names() {
	"$@" 2>/dev/null | {
		local line

		read -r line
		while IFS= read -r line; do
			[[ $line == [[:space:]]* ]] || echo "${line%% *}"
		done
	}
}

# The topics: they stand two blanks to the right, below the heading of their group.
_finwait_topics() {
	"$1" explain 2>/dev/null | {
		local line

		while IFS= read -r line; do
			[[ $line == '  '[^[:space:]]* ]] || continue
			line=${line#  }
			echo "${line%% *}"
		done
	}
}

# The knobs: of two tables, up to the prose below them.
_finwait_knobs() {
	"$1" knobs --all 2>/dev/null | sed -n '/^$/q; s/^\([a-z][^ ]*\).*/\1/p'
}

# The words before the cursor that are no options and no values of options.
_finwait_words() {
	local i

	words=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--netns | --root | --state-dir | --color | --fail-on | --set | --reason | \
			--confirm | --wait | --interval | -n | --count | --by | --state | --top | --twice | --jobs)
			# --option=value comes as three words
			[[ ${COMP_WORDS[i + 1]} != = ]] || ((i += 1))
			((i += 1))
			;;
		=) ((i += 1)) ;;
		-*) ;;
		*) words+=("${COMP_WORDS[i]}") ;;
		esac
	done
}

_finwait_verb_options() {
	case $1 in
	audit) echo --fail-on ;;
	sockets) echo --by --state --top --twice --quick ;;
	knobs) echo --changed --boot --all ;;
	apply)
		echo --set --confirm --persist --dry-run --accept-risk --allow-unrated --force \
			--require-all --reason --wait
		;;
	verify | confirm) echo --wait ;;
	rollback) echo --all --overwrite --at-deadline --wait ;;
	watch) echo --interval --count ;;
	prove) echo --all --long --jobs ;;
	snapshot) echo --mask-addresses ;;
	esac
}

_finwait_states='established syn-sent syn-recv fin-wait-1 fin-wait-2 time-wait close
	close-wait last-ack listen closing bound-inactive'

# The value of an option; false if the option takes none.
_finwait_value() {
	case $1 in
	--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$2") ;;
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W 'info notice warning critical' -- "$2")
		;;
	--by)
		mapfile -t COMPREPLY < <(compgen -W 'state port peer process unit user' -- "$2")
		;;
	--state) mapfile -t COMPREPLY < <(compgen -W "$_finwait_states" -- "$2") ;;
	--netns)
		mapfile -t COMPREPLY < <(compgen -W "$(cd /run/netns 2>/dev/null && echo *)" -- "$2")
		;;
	--root | --state-dir) _finwait_files -d "$2" ;;
	--set | --reason | --confirm | --wait | --interval | -n | --count | --top | --twice | --jobs) ;;
	*) return 1 ;;
	esac
}

_finwait_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

_finwait() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local finwait=$1 list=''
	local -a words

	COMPREPLY=()
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	! _finwait_value "$prev" "$cur" || return 0

	_finwait_words
	if [[ $cur == -* ]]; then
		list="--netns --all-netns --json --root --state-dir --color --strict --help
			--version $(_finwait_verb_options "${words[0]}")"
		mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
		return 0
	fi
	case ${words[*]} in
	'')
		list='audit sockets knobs explain profile apply verify confirm rollback history watch
			prove snapshot'
		;;
	knobs | 'knobs '*) list=$(_finwait_knobs "$finwait") ;;
	explain) list=$(_finwait_topics "$finwait") ;;
	profile) list='list show diff check' ;;
	'profile show' | 'profile diff' | apply)
		[[ $cur != */* ]] || _finwait_files -f "$cur"
		list=$(_finwait_names "$finwait" profile list)
		;;
	'profile check') _finwait_files -f "$cur" ;;
	verify)
		list="$(_finwait_names "$finwait" profile list)
			$(_finwait_names "$finwait" history)"
		;;
	confirm | rollback | history) list=$(_finwait_names "$finwait" history) ;;
	prove | 'prove '*) list=$(_finwait_names "$finwait" prove) ;;
	snapshot) _finwait_files -d "$cur" ;;
	esac
	[[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
}

complete -F _finwait finwait
