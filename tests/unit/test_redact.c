/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/catalogue.h"
#include "core/redact.h"

struct row {
	const char *line;
	bool is_kept, is_kept_in_public;
};

static const struct row rows[] = {
	{ "net.ipv4.tcp_fin_timeout = 30", true, true },
	{ "net/ipv4/tcp_fin_timeout=30", true, true },
	{ " -net.ipv4.tcp_fin_timeout\t=\t30 ", true, true },
	{ "net.ipv4.ip_local_reserved_ports = 8080,9000-9010", true, true },
	{ "net.ipv4.ip_local_port_range = 1024 65535", true, true },
	{ "net.ipv4.tcp_congestion_control = bbr", true, true },
	{ "net.ipv4.tcp_keepalive_* = 5", true, true },
	{ "net.netfilter.nf_conntrack_max = 262144", true, true },
	{ "-net.ipv4.tcp_fin_timeout", true, true },
	{ "", true, true },
	{ "# for db1.example.com", true, false },
	{ "; 10.1.2.3", true, false },
	{ "net.ipv4.tcp_fin_timeout = 30#db1", true, false },
	{ "net.ipv4.tcp_fin_timeout = # db1", true, false },
	{ "net.ipv4.tcp_fin_timeout = - # db1", true, false },
	{ "net.ipv4.tcp_fin_timeout = 10.1.2.3 # db1", true, false },
	{ "net.ipv4.tcp_congestion_control = bbr # db1", true, false },
	{ "net.ipv4.tcp_fin_timeout = 30 # tcp_fastopen_key", false, false },
	{ "net.ipv4.tcp_fin_timeout = 10.1.2.3", true, false },
	{ "net.ipv4.tcp_fin_timeout = 2001:db8::1", true, false },
	{ "net.ipv4.conf.eth0.rp_filter = 1", true, false },
	{ "net.ipv4.neigh.10_1_2_3.x = 1", true, false },
	{ "net/ipv4/conf/eth0/rp_filter = 1", true, false },
	{ "net.ipv6.conf.all.disable_ipv6 = 1", true, false },
	{ "kernel.domainname = example.com", true, false },
	{ "net.ipv4.tcp_fin_timeout", true, false },
	{ "net.ipv4. = 5", true, false },
	{ "net.ipv4", true, false },
	{ "net", true, false },
	/* secrets, in whatever spelling */
	{ "net.ipv4.tcp_fastopen_key = 1-2-3-4", false, false },
	{ "net/ipv4/tcp_fastopen_key=00000001-2-3-4", false, false },
	{ "#net.ipv4.tcp_fastopen_key = 1-2-3-4", false, false },
	{ "-net.ipv4.tcp_fastopen_key = 1-2-3-4", false, false },
	{ "net.ipv4.tcp_fastopen_k* = 1-2-3-4", false, false },
	{ "net.ipv4.tcp_fast[o]pen_key = 1-2-3-4", false, false },
	{ "net.ipv6.conf.all.stable_secret = fd00::1", false, false },
	{ "net.ipv6.conf.eth0.stable_secret = fd00::1", false, false },
	{ "net.ipv6.conf.*.stable_se* = fd00::1", false, false },
};

static void expect(const char *line, const char *end, bool is_public, bool is_kept)
{
	own_text struct text from = { 0 }, to = { 0 }, wanted = { 0 };

	/* between others, and at the end */
	text_add(&from, "net.core.somaxconn=1%s%s%s%s", end, line, end, line);
	text_add(&wanted, "net.core.somaxconn=1%s%s%s%s", end, is_kept ? line : "", end,
		 is_kept ? line : "");
	redact_settings(&to, from.at, from.n, is_public);
	if (strcmp(to.at, wanted.at) != 0)
		fail_msg("'%s' became '%s', not '%s'", from.at, to.at, wanted.at);
}

TEST(a_line_is_kept_or_becomes_empty)
{
	for (size_t i = 0; i < N(rows); i++) {
		expect(rows[i].line, "\n", false, rows[i].is_kept);
		expect(rows[i].line, "\r\n", false, rows[i].is_kept);
		expect(rows[i].line, "\n", true, rows[i].is_kept_in_public);
		expect(rows[i].line, "\r", true, rows[i].is_kept_in_public);
	}
}

/* What knob_stored() makes of an assignment. */
static void store(enum knob_id id, const char *line, struct knob_store *ret)
{
	const char *value = strchr(line, '=') + 1;

	value += strspn(value, " \t");
	assert_int_equal(knob_stored(&catalogue[id], value, "7", KNOB_WRITTEN_ONCE, ret),
			 0);
}

TEST(of_a_comment_behind_a_number_the_sign_stays_and_the_kernel_takes_the_same)
{
	static const struct {
		enum knob_id knob;
		const char *line, *public;
	} lines[] = {
		{ KNOB_FIN_TIMEOUT, "net.ipv4.tcp_fin_timeout = 33 # bob 10.2.3.4",
		  "net.ipv4.tcp_fin_timeout = 33 #" },
		{ KNOB_FIN_TIMEOUT, "net/ipv4/tcp_fin_timeout=0x21\t;a=b",
		  "net/ipv4/tcp_fin_timeout=0x21\t;" },
		{ KNOB_MAX_TW_BUCKETS, "-net.ipv4.tcp_max_tw_buckets = -1 #",
		  "-net.ipv4.tcp_max_tw_buckets = -1 #" },
		{ KNOB_TCP_RMEM, "net.ipv4.tcp_rmem = 4096 131072 6291456 # web1",
		  "net.ipv4.tcp_rmem = 4096 131072 6291456 #" },
		{ KNOB_TCP_RMEM, "net.ipv4.tcp_rmem = 4096 # web1",
		  "net.ipv4.tcp_rmem = 4096 #" },
		{ KNOB_PORT_RANGE, "net.ipv4.ip_local_port_range = 10240 65535 ; web1",
		  "net.ipv4.ip_local_port_range = 10240 65535 ;" },
		{ KNOB_RESERVED_PORTS,
		  "net.ipv4.ip_local_reserved_ports = 8080,90 # web1",
		  "net.ipv4.ip_local_reserved_ports = 8080,90 #" },
	};

	for (size_t i = 0; i < N(lines); i++) {
		own_text struct text to = { 0 };
		struct knob_store whole, cut;

		redact_settings(&to, lines[i].line, strlen(lines[i].line), true);
		assert_string_equal(to.at, lines[i].public);
		store(lines[i].knob, lines[i].line, &whole);
		store(lines[i].knob, to.at, &cut);
		assert_int_equal(whole.is_refused, cut.is_refused);
		assert_int_equal(whole.is_changed, cut.is_changed);
		assert_string_equal(whole.value.at ? whole.value.at : "(none)",
				    cut.value.at ? cut.value.at : "(none)");
		text_done(&whole.value);
		text_done(&cut.value);
	}
}

TEST(what_hides_behind_a_nul_is_found)
{
	static const char bytes[] = "a\0net.ipv4.tcp_fastopen_key=1-2-3-4\0# 10.1.2.3\n";
	own_text struct text plain = { 0 }, public = { 0 };

	redact_settings(&plain, bytes, sizeof(bytes) - 1, false);
	assert_int_equal(plain.n, sizeof("a\0\0# 10.1.2.3\n") - 1);
	assert_memory_equal(plain.at, "a\0\0# 10.1.2.3\n", plain.n);
	redact_settings(&public, bytes, sizeof(bytes) - 1, true);
	assert_int_equal(public.n, 3);
	assert_memory_equal(public.at, "\0\0\n", 3);
}

TEST(an_empty_file_stays_empty)
{
	own_text struct text t = { 0 };

	redact_settings(&t, "", 0, true);
	assert_int_equal(t.n, 0);
	assert_false(t.broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_kept_or_becomes_empty),
		cmocka_unit_test(
			of_a_comment_behind_a_number_the_sign_stays_and_the_kernel_takes_the_same),
		cmocka_unit_test(what_hides_behind_a_nul_is_found),
		cmocka_unit_test(an_empty_file_stays_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
