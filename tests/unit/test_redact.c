/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
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
	{ "net.ipv4.tcp_fin_timeout = 30 # db1", true, false },
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
		cmocka_unit_test(what_hides_behind_a_nul_is_found),
		cmocka_unit_test(an_empty_file_stays_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
