# shellcheck shell=bash
# Sourced by packaging/try and tests/run, which set `me` (who speaks) and `repo`: the
# distribution's packages, and one preset configured, built and installed.

say() {
	echo "$me: $*" >&2
}

# Shows a log, less the progress in it, and ends as finwait does in trouble.
give_up() {
	local log=$1

	shift
	grep -vE '^\[ *[0-9]+%\] |^-- ' "$log" >&2 || true
	say "$@"
	exit 2
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

can_be_root() {
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

# Of the named packages, those that are not installed.
missing_packages() {
	local manager=$1 package

	shift
	if [ "$manager" = apt-get ]; then
		dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
			{ grep '^installed ' || true; } | cut -d ' ' -f 2 |
			{ grep -vxFf - <(printf '%s\n' "$@") || true; }
	else
		for package; do
			rpm -q --quiet --whatprovides "$package" || echo "$package"
		done
	fi
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# The lists of a fresh machine are empty, those of an old one name packages that are gone.
apt_install() {
	if ! apt-get -s install "$@" >/dev/null 2>&1; then
		apt_get update
	fi
	apt_get install --no-install-recommends "$@" ||
		{ apt_get update && apt_get install --no-install-recommends "$@"; }
}

# install_packages APT-NAMES DNF-NAMES: what is missing, by the manager that is here. Where
# there is neither, the build says what it lacks.
install_packages() {
	local manager log
	local -a names missing

	if command -v apt-get >/dev/null; then
		manager=apt-get
		read -r -d '' -a names <<<"$1" || true
	elif command -v dnf >/dev/null; then
		manager=dnf
		read -r -d '' -a names <<<"$2" || true
	else
		return 0
	fi
	mapfile -t missing < <(missing_packages "$manager" "${names[@]}")
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! can_be_root; then
		say "packages are missing; run as root: $manager install ${missing[*]}"
		exit 2
	fi
	say "installing ${missing[*]}"
	log=$(mktemp)
	if [ "$manager" = apt-get ]; then
		apt_install "${missing[@]}" >"$log" 2>&1
	else
		as_root dnf -q -y install "${missing[@]}" >"$log" 2>&1 </dev/null
	fi || give_up "$log" "$manager cannot install ${missing[*]}"
	rm -f "$log"
}

# Is build/PRESET a configured directory of this place, for that stage? One that was moved,
# made by another preset file, or told by hand to install elsewhere, is of no use.
is_configured() {
	grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repo" "$1/CMakeCache.txt" 2>/dev/null &&
		grep -q "^CMAKE_INSTALL_PREFIX:[A-Z]*=$repo/$2\$" "$1/CMakeCache.txt" &&
		[ -f "$1/Makefile" ] &&
		[ ! CMakePresets.json -nt "$1/CMakeFiles/cmake.check_cache" ]
}

# What another user built serves as long as nothing has changed since. Root makes its own:
# it trusts no profiles of another user.
is_foreign() {
	[ -e "$1" ] && [ ! -O "$1" ] && [ "$(id -u)" -ne 0 ]
}

is_current() {
	is_configured "$1" "$2" && [ -x "$2/bin/finwait" ] &&
		[ -z "$(find CMake* src profiles packaging -newer "$1/install_manifest.txt" -print -quit)" ]
}

configure_preset() {
	say "building $2" 2>&3
	rm -rf "$2" "${3:?}"
	cmake --preset "$1" -DCMAKE_INSTALL_PREFIX="$repo/$3"
}

make_preset() {
	local dir=$2 stage=$3

	if is_foreign "$dir"; then
		is_current "$dir" "$stage" && return
		echo "$dir belongs to another user and is not up to date; remove it, or run as $(stat -c %U "$dir")"
		return 1
	fi
	if [ ! -O "$dir" ] || ! is_configured "$dir" "$stage"; then
		configure_preset "$@" || return
	fi
	cmake --build "$dir" --parallel "$(nproc)" && cmake --install "$dir"
}

# build_preset PRESET STAGE, both below build/: configured once, then what is not up to
# date. Whatever the umask, no group may write the stage, or its profiles are refused.
build_preset() {
	local log

	log=$(mktemp)
	(
		umask 022
		cd "$repo" && make_preset "$1" "build/$1" "build/$2"
	) 3>&2 >"$log" 2>&1 || give_up "$log" "cannot build build/$1"
	rm -f "$log"
}
