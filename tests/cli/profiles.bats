#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Profiles: what is read, and what is refused whole, with file, line and reason.

load setup

setup() {
	changeable_root fresh-6.1
}

# refused PATH LINE TEXT...: check names file, line and reason and exits 1; show and apply
# refuse it with the same words and exit 2; nothing is written.
refused() {
	local path=$1 line=$2 before text

	shift 2
	before=$(tree_sum)
	fw --root "$TREE" profile check "$path"
	expect 1 "$path:$line: "
	for text; do
		expect 1 "$text"
	done
	fw --root "$TREE" profile check "$path" --json
	expect 1
	jq -e --arg file "$path" --argjson line "$line" \
		'.problems[] | select(.file == $file and .line == $line)' <<< "$output"
	fw --root "$TREE" profile show "$path"
	expect_trouble "$path:$line: " "$@"
	fw --root "$TREE" apply "$path"
	expect_trouble "$path:$line: " "$@"
	[ "$before" = "$(tree_sum)" ]
	[ ! -e "$STATE/journal" ]
}

@test "a syntax error is refused with file and line" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout 30')" 2 "key=value"
}

@test "one bad line refuses the good ones around it" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=30\nrubbish\nnet.ipv4.tcp_rfc1337=1')" 3
}

@test "every problem of a file is listed, not only the first" {
	local path

	path=$(profile <<< $'[sysctl]\nrubbish\nnet.ipv4.tcp_fin_timeout=soon\nnet.ipv4.tcp_rfc1337=999')
	fw --root "$TREE" profile check "$path"
	expect 1 "$path:2: "
	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=soon\nnet.ipv4.tcp_rfc1337=999')
	fw --root "$TREE" profile check "$path"
	expect 1 "$path:2: "
	expect 1 "$path:3: "
}

@test "a duplicate key is refused and names the first" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1\nnet.ipv4.tcp_rfc1337=0')" 3 \
		"twice" "line 2"
}

@test "a duplicate key in slash form is refused" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1\nnet/ipv4/tcp_rfc1337=0')" 3
}

@test "a key outside a section is refused" {
	refused "$(profile <<< $'net.ipv4.tcp_rfc1337=1\n[sysctl]')" 1 "before the first section"
}

@test "an unknown section is refused" {
	refused "$(profile <<< $'[main]\nsummary=x\n[sysfs]\nnet.ipv4.tcp_rfc1337=1')" 3 "[sysfs]"
}

@test "a section named in another case is refused" {
	refused "$(profile <<< $'[SysCtl]\nnet.ipv4.tcp_rfc1337=1')" 1 "SysCtl"
}

@test "a section twice is refused" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1\n[sysctl]\n')" 3 "twice"
}

@test "an unknown key of [main] gets did you mean" {
	refused "$(profile <<< $'[main]\nsumary=x')" 2 "did you mean 'summary'"
}

@test "a line too long is refused" {
	refused "$(profile <<< $'[main]\nsummary='"$(printf 'x%.0s' {1..2000})")" 2 "bytes"
}

@test "a NUL byte is refused" {
	refused "$(printf '[sysctl]\nnet.ipv4.tcp_rfc1337=1\0\n' | profile)" 2 "NUL"
}

@test "a NUL byte in a comment is refused" {
	refused "$(printf '[sysctl]\n# a\0b\nnet.ipv4.tcp_rfc1337=1\n' | profile)" 2 "NUL"
}

@test "a value out of range is refused" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=256')" 2 "tcp_rfc1337"
}

@test "a value that is no number is refused" {
	for value in 0x10 1e3 30s ' - 5' 99999999999999999999 +5; do
		refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout='"$value")" 2 \
			"tcp_fin_timeout"
	done
}

@test "a key without a value is refused" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=')" 2 "value"
}

@test "a port range the wrong way round, with one number or with three is refused" {
	for value in '60999 32768' 32768 '1024 2048 4096' '0 70000'; do
		refused "$(profile <<< $'[sysctl]\nnet.ipv4.ip_local_port_range='"$value")" 2 \
			"ip_local_port_range"
	done
}

@test "a path-like key is refused" {
	for key in net.ipv4/../../kernel.core_pattern net.ipv4....kernel.core_pattern \
		net/../kernel/core_pattern /proc/sys/net/ipv4/tcp_rfc1337 ../kernel.core_pattern \
		net/ipv4/tcp_rfc1337; do
		refused "$(profile <<< "[sysctl]"$'\n'"$key=1")" 2 "$key"
	done
}

@test "a glob is refused" {
	for key in 'net.ipv4.conf.*.rp_filter' 'net.ipv4.tcp_rfc133?'; do
		refused "$(profile <<< "[sysctl]"$'\n'"$key=1")" 2
	done
}

@test "a key outside net is refused" {
	refused "$(profile <<< $'[sysctl]\nkernel.core_pattern=|/tmp/x')" 2 "kernel.core_pattern"
	refused "$(profile <<< $'[sysctl]\nvm.swappiness=1')" 2 "vm.swappiness"
}

@test "the keys of the kernel's own compiler are refused" {
	refused "$(profile <<< $'[sysctl]\nnet.core.bpf_jit_harden=0')" 2 "net.core.bpf_jit_harden"
	fw --root "$TREE" apply --allow-unrated --accept-risk --force \
		--set net.core.bpf_jit_enable=1
	expect_trouble "net.core.bpf_jit_enable"
}

@test "a single quote is refused" {
	refused "$(profile <<< $'[main]\nsummary=it\'s')" 2 "single quote"
}

@test "an inline semicolon is refused" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1 ; on')" 2 "';'"
}

@test "an indented line and a line ending in a backslash are refused" {
	refused "$(profile <<< $'[main]\nsummary=a\n b=c')" 3 "column 1"
	refused "$(profile <<< $'[main]\nsummary=a\\\nuse_when=b')" 2 "backslash"
}

@test "a byte order mark is refused by name" {
	refused "$(profile <<< $'\xef\xbb\xbf[sysctl]\nnet.ipv4.tcp_rfc1337=1')" 1 "byte order mark"
}

@test "a control character is refused" {
	refused "$(profile <<< $'[main]\nsummary=\x1b[31mred')" 2 "0x1b"
}

@test "a comparison needs a single number" {
	refused "$(profile <<< $'[sysctl]\nnet.ipv4.ip_local_port_range=>32768 60999')" 2
	refused "$(profile <<< $'[sysctl]\nnet.core.somaxconn=>many')" 2
}

@test "a value that no profile may carry is a problem for check and for apply" {
	local path

	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=90')
	fw --root "$TREE" profile check "$path"
	expect 1 "$path:2: "
	fw --root "$TREE" apply "$path" --accept-risk
	expect_trouble "net.ipv4.tcp_fin_timeout=90" "2*(N-60)"
}

@test "check tells a known risk and an unrated key, and is content" {
	local path

	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=10\nnet.ipv4.tcp_recovery=1')
	fw --root "$TREE" profile check "$path"
	expect 0 "$path:2: note: "
	expect 0 "$path:3: note: "
	fw --root "$TREE" profile check "$path" --json
	expect 0
	[ "$(jq -c '[.risks[].band]' <<< "$output")" = '["risk","unrated"]' ]
}

@test "a file that is not there, a directory and a FIFO are trouble and do not hang" {
	fw --root "$TREE" profile check "$BATS_TEST_TMPDIR/none.ini"
	expect_trouble "none.ini"
	mkdir "$BATS_TEST_TMPDIR/dir.ini"
	fw --root "$TREE" profile check "$BATS_TEST_TMPDIR/dir.ini"
	expect_trouble "dir.ini"
	mkfifo "$BATS_TEST_TMPDIR/fifo.ini"
	run --separate-stderr timeout 5 "$FINWAIT" --root "$TREE" profile check \
		"$BATS_TEST_TMPDIR/fifo.ini"
	expect_trouble "fifo.ini"
}

@test "a file too large is refused" {
	local path

	path=$({ echo '[main]'; yes '# padding padding padding' | head -c 2000000; } | profile)
	fw --root "$TREE" apply "$path"
	expect_trouble "$path" "larger"
}

@test "an empty profile is good and changes nothing" {
	fw --root "$TREE" profile check "$(profile < /dev/null)"
	expect 0
	fw --root "$TREE" apply "$(profile < /dev/null)"
	expect 0
	[ ! -s "$STATE/journal" ]
}

@test "comments, blank lines, quotes, blanks around the equals sign and CRLF are read" {
	local path

	path=$(printf '%s\r\n' '# a comment: größer' '' '[main]' 'summary = "two words"' \
		'[sysctl]' '; another' 'net.ipv4.tcp_fin_timeout = 30 # thirty' \
		'net.ipv4.ip_local_port_range = "32768  60000"' | profile)
	fw --root "$TREE" profile show "$path" --json
	expect 0
	[ "$(jq -r .summary <<< "$output")" = "two words" ]
	[ "$(jq -c '[.settings[].value]' <<< "$output")" = '["30","32768 60000"]' ]
	[ "$(jq -c '[.settings[].line]' <<< "$output")" = '[7,8]' ]
}

# Who may write a profile.

@test "a profile that another user can write is refused, and nothing is written" {
	needs_root
	local path before

	before=$(tree_sum)
	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1')
	for mode in 0666 0664 0646; do
		chmod $mode "$path"
		fw --root "$TREE" apply "$path"
		expect_trouble "$path" "written by other users"
	done
	[ "$before" = "$(tree_sum)" ]
}

@test "a profile of another user is refused" {
	needs_root
	local path

	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1')
	chown nobody "$path"
	fw --root "$TREE" apply "$path"
	expect_trouble "$path" "belongs to another user"
}

@test "a profile in a directory that another user can write is refused" {
	needs_root
	local path

	path=$(profile <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1')
	chmod 0777 "$(dirname "$path")"
	fw --root "$TREE" apply "$path"
	expect_trouble "$path" "directory"
}

@test "a profile that is a link into a directory of another user is refused" {
	needs_root
	local path

	path=$(profile real <<< $'[sysctl]\nnet.ipv4.tcp_rfc1337=1')
	mkdir "$BATS_TEST_TMPDIR/theirs"
	mv "$path" "$BATS_TEST_TMPDIR/theirs/real.ini"
	chown -R nobody "$BATS_TEST_TMPDIR/theirs"
	ln -s "$BATS_TEST_TMPDIR/theirs/real.ini" "$path"
	fw --root "$TREE" apply "$path"
	expect_trouble "$path"
}

# include and the search order.

# admin_profile NAME: one in the tree's etc/finwait/profiles.
admin_profile() {
	mkdir -p "$TREE/etc/finwait/profiles"
	cat > "$TREE/etc/finwait/profiles/$1.ini"
}

@test "a profile that includes itself is refused and the chain is named" {
	admin_profile loop <<< $'[main]\ninclude=loop'
	fw --root "$TREE" profile show loop
	expect_trouble "loop includes loop"
}

@test "profiles that include each other are refused and the chain is named" {
	admin_profile a <<< $'[main]\ninclude=b'
	admin_profile b <<< $'[main]\ninclude=c'
	admin_profile c <<< $'[main]\ninclude=a'
	fw --root "$TREE" apply a
	expect_trouble "a includes b includes c includes a"
}

@test "a missing parent is refused and the child is named" {
	admin_profile a <<< $'[main]\ninclude=bas'
	fw --root "$TREE" profile show a
	expect_trouble "'a' includes 'bas'" "did you mean 'base'"
}

@test "a parent with a problem is refused with the parent's file and line" {
	admin_profile parent <<< $'[sysctl]\nrubbish'
	admin_profile child <<< $'[main]\ninclude=parent\n[sysctl]\nnet.ipv4.tcp_rfc1337=1'
	fw --root "$TREE" apply child
	expect_trouble "/etc/finwait/profiles/parent.ini:2: "
}

@test "a parent given as a path is refused" {
	admin_profile a <<< $'[main]\ninclude=../../passwd'
	fw --root "$TREE" profile show a
	expect_trouble "a.ini:2: "
}

@test "the same parent by two ways is no cycle" {
	admin_profile top <<< $'[main]\ninclude=left, right'
	admin_profile left <<< $'[main]\ninclude=base'
	admin_profile right <<< $'[main]\ninclude=base'
	fw --root "$TREE" profile show top
	expect 0
}

@test "a child wins over its parents, and the last parent over the first" {
	admin_profile one <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=21\nnet.ipv4.tcp_retries2=9'
	admin_profile two <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=22\nnet.ipv4.tcp_retries2=10'
	admin_profile child <<< $'[main]\ninclude=one, two\n[sysctl]\nnet.ipv4.tcp_retries2=11'
	fw --root "$TREE" profile show child --json
	expect 0
	[ "$(jq -c '[.settings[] | {(.key): .value}] | add' <<< "$output")" = \
		'{"net.ipv4.tcp_fin_timeout":"22","net.ipv4.tcp_retries2":"11"}' ]
}

@test "etc/finwait/profiles shadows an installed profile, and list shows it once" {
	admin_profile base <<< $'[main]\nsummary=ours\n[sysctl]\nnet.ipv4.tcp_rfc1337=1'
	fw --root "$TREE" profile show base --json
	expect 0
	[ "$(jq -r .summary <<< "$output")" = ours ]
	[ "$(jq -r .path <<< "$output")" = /etc/finwait/profiles/base.ini ]
	[ "$(jq '.settings | length' <<< "$output")" = 1 ]
	fw --root "$TREE" profile list --json
	expect 0
	[ "$(jq -c '[.profiles[] | select(.name == "base").summary]' <<< "$output")" = '["ours"]' ]
}

@test "a shadowing profile that is bad does not fall through to the installed one" {
	admin_profile base <<< 'rubbish'
	fw --root "$TREE" apply base
	expect_trouble "/etc/finwait/profiles/base.ini:1: "
}

@test "list shows a bad profile as what it is, beside the good ones" {
	admin_profile broken <<< 'rubbish'
	fw --root "$TREE" profile list --json
	expect 0
	jq -e '.profiles[] | select(.name == "broken").error | length > 0' <<< "$output"
	jq -e '.profiles[] | select(.name == "edge-proxy").summary | length > 0' <<< "$output"
}

@test "a name with a slash is a path, and only that" {
	cd "$BATS_TEST_TMPDIR" || return
	echo '[main]' > base.ini
	echo 'summary=by path' >> base.ini
	fw --root "$TREE" profile show ./base.ini --json
	expect 0
	[ "$(jq -r .summary <<< "$output")" = "by path" ]
	fw --root "$TREE" profile show base --json
	[ "$(jq -r .summary <<< "$output")" != "by path" ]
	fw --root "$TREE" profile show base.ini
	expect_trouble "no profile 'base.ini'"
}

@test "a link in the tree's profile directory cannot lead out of it" {
	mkdir -p "$TREE/etc/finwait/profiles"
	printf '[main]\nsummary=outside\n' > "$BATS_TEST_TMPDIR/outside.ini"
	ln -s "$BATS_TEST_TMPDIR/outside.ini" "$TREE/etc/finwait/profiles/sly.ini"
	fw --root "$TREE" profile show sly
	expect 2
	[[ $output != *outside* ]]
}

# The shipped ones.

shipped() {
	"$FINWAIT" --root "$TREE" profile list --json | jq -r '.profiles[].name'
}

@test "the five profiles are installed, each with summary, use_when and avoid_when" {
	local name

	for name in base edge-proxy idle-connections outgoing-heavy short-lived-server; do
		fw --root "$TREE" profile show $name --json
		expect 0
		jq -e '[.summary, .use_when, .avoid_when] | all(length > 10)' <<< "$output"
		jq -e '.settings | length > 0' <<< "$output"
	done
	[ "$(shipped | wc -l)" -eq "$(find "$SOURCE_DIR/profiles" -name '*.ini' | wc -l)" ]
}

@test "every shipped profile passes its own check without a note" {
	local name path

	for name in $(shipped); do
		path=$("$FINWAIT" --root "$TREE" profile show "$name" --json | jq -r .path)
		fw --root "$TREE" profile check "$path" --json
		expect 0
		[ "$(jq -c '[.problems, .risks]' <<< "$output")" = '[[],[]]' ]
	done
}

@test "every value of a shipped profile has a reason in the comment above it" {
	run awk '
		FNR == 1 { section = ""; reason = 0 }
		/^\[/ { section = $0 }
		/^#/ { reason = 1 }
		/^$/ { reason = 0 }
		section == "[sysctl]" && /^[a-z]/ {
			if (!reason)
				print FILENAME ":" FNR ": " $0
			reason = 0
		}' "$SOURCE_DIR"/profiles/*.ini
	[ -z "$output" ]
}

@test "machine-dependent values of shipped profiles are comparisons" {
	run grep -nE '(somaxconn|tcp_max_tw_buckets|tcp_max_orphans|tcp_max_syn_backlog)=[0-9]' \
		"$SOURCE_DIR"/profiles/*.ini
	[ "$status" -eq 1 ]
}

@test "diff exits 1 where something differs and 0 where nothing does" {
	fw --root "$TREE" profile diff edge-proxy
	expect 1 "net.ipv4.tcp_fin_timeout"
	fw --root "$TREE" profile diff base --json
	expect 1
	[ "$(jq -c '[.changes[] | select(.state == "planned").key]' <<< "$output")" = \
		'["net.ipv4.tcp_rfc1337"]' ]
	fw --root "$TREE" profile diff "$(profile <<< $'[sysctl]\nnet.ipv4.tcp_fin_timeout=60')"
	expect 0
}

@test "check calls a bad parent bad content, and a missing file trouble" {
	local file

	file=$(profile <<< $'[main]\ninclude=nosuch')
	fw profile check "$file"
	expect 1 "includes 'nosuch', and there is no such profile"
	fw profile check "$BATS_TEST_TMPDIR/nosuch.ini"
	expect_trouble "nosuch.ini"
}
