# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# One census of finwait's in $D, and all that tells the same numbers. Load it after kernel.
#
#	json text	what finwait says of the sockets
#	ss ss4 ss6	ss -tanH, of both families and of each
#	sockstat	/proc/net/sockstat

json() {
	jq -r "$1" "$D/json"
}

# states STATE=N...: those, all others 0
states() {
	local expected found

	expected=$(printf '%s\n' "$@" | LC_ALL=C sort)
	found=$(json '.states | to_entries[] | select(.value and .value.total > 0) |
		"\(.key)=\(.value.total)"' | LC_ALL=C sort)
	assert_equal "states" "$expected" "$found"
}

details() {
	local expected found

	expected=$(printf '%s\n' "$@" | LC_ALL=C sort)
	found=$(json '.details | to_entries[] | select(.value > 0) |
		"\(.key)=\(.value)"' | LC_ALL=C sort)
	assert_equal "details" "$expected" "$found"
}

# Every state, each family and both: what ss counts is what finwait counts.
ss_agrees() {
	local pair name key

	for pair in ESTAB=established SYN-SENT=syn_sent SYN-RECV=syn_recv \
		FIN-WAIT-1=fin_wait1 FIN-WAIT-2=fin_wait2 TIME-WAIT=time_wait \
		UNCONN=close CLOSE-WAIT=close_wait LAST-ACK=last_ack LISTEN=listen \
		CLOSING=closing; do
		name=${pair%=*}
		key=${pair#*=}
		assert_equal "$key in ss -4" "$(ss_count "$name" 4)" "$(json ".states.$key.ipv4")"
		assert_equal "$key in ss -6" "$(ss_count "$name" 6)" "$(json ".states.$key.ipv6")"
		assert_equal "$key in ss" "$(ss_count "$name" "")" "$(json ".states.$key.total")"
	done
	assert_equal "sockets in ss" "$(wc -l <"$D/ss")" \
		"$(json '[.states[] | select(.) | .total] | add')"
}

ss_count() {
	awk -v name="$1" '$1 == name { n++ } END { print n + 0 }' "$D/ss$2"
}

sockstat_reconciles() {
	local tw

	tw=$(json '.states.time_wait.total + .details.fin_wait2_mini')
	assert_equal "tw of the kernel" "$tw" \
		"$(awk '$1 == "TCP:" { print $7 }' "$D/sockstat")"
	assert_equal "tw in JSON" "$tw" "$(json .sockstat.tw)"
	assert_has "the line in text" "sockstat: tw=$tw, counted here" "$(cat "$D/text")"
}
