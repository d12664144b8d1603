/* SPDX-License-Identifier: MIT */
/*
 * Which lines of a sysctl.d file name a key. What each line does was measured with
 * procps 4.0.2 and systemd 252; one of the two is enough to make it a yes.
 */
#include "unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/sysctld.h"

#define FIN  "net.ipv4.tcp_fin_timeout"
#define VLAN "net.ipv4.conf.eth0/100.forwarding" /* of the interface eth0.100 */
#define BOM  "\xef\xbb\xbf"

/* clang-format off */
static const struct {
	const char *text;
	const char *key;
	unsigned line; /* 0: it does not name the key */
} rows[] = {
	/* nothing, or nearly */
	{ "", FIN, 0 },
	{ "\n", FIN, 0 },
	{ "\n\n \t\n\r\n", FIN, 0 },
	{ "a", FIN, 0 },
	{ "=", FIN, 0 },
	{ "=1", FIN, 0 },
	{ "-", FIN, 0 },
	{ "-=1", FIN, 0 },
	{ "--", FIN, 0 },
	{ "*", FIN, 0 },
	{ "*=1", FIN, 0 },
	{ "#", FIN, 0 },
	{ ";", FIN, 0 },
	{ ".=1", FIN, 0 },
	{ "/=1", FIN, 0 },
	{ "..=1\n/..=1\n../..=1", FIN, 0 },

	/* the plain form */
	{ FIN "=30", FIN, 1 },
	{ FIN "=30\n", FIN, 1 },
	{ FIN " = 30\n", FIN, 1 },
	{ "\t " FIN "\t = 30 \n", FIN, 1 },
	{ FIN "=\n", FIN, 1 },
	{ FIN "=", FIN, 1 },
	{ FIN "==30\n", FIN, 1 },
	{ FIN "=30 # why\n", FIN, 1 },
	{ FIN "=\"30\"\n", FIN, 1 },
	{ FIN "=0x1e\n", FIN, 1 },
	{ FIN "=30\r\n", FIN, 1 },
	{ FIN "\r=30\n", FIN, 1 },
	{ "\r" FIN "=30\n", FIN, 1 },
	{ FIN " \r\n", FIN, 0 },
	{ "\f" FIN "\v=30\n", FIN, 1 },
	{ FIN " \r = 30\n", FIN, 1 },
	{ "-\r" FIN "=30\n", FIN, 1 },
	{ "a=1\r" FIN "=30\n", FIN, 1 },
	{ "#\r" FIN "=30\n", FIN, 1 },
	{ "a=1\n#\rb=2\r" FIN "=30\r\n", FIN, 2 },

	/* no assignment */
	{ FIN "\n", FIN, 0 },
	{ FIN " 30\n", FIN, 0 },
	{ FIN ": 30\n", FIN, 0 },
	{ "[" FIN "]\n", FIN, 0 },
	{ "[sysctl]\n" FIN "=30\n", FIN, 2 },

	/* comments */
	{ "#" FIN "=30\n", FIN, 0 },
	{ ";" FIN "=30\n", FIN, 0 },
	{ " \t# " FIN "=30\n", FIN, 0 },
	{ " ;-" FIN "\n", FIN, 0 },
	{ "# a comment goes on \\\n" FIN "=30\n", FIN, 2 },
	{ "a=1 \\\n" FIN "=30\n", FIN, 2 },
	{ "a=1 # " FIN "=30\n", FIN, 0 },
	{ "a=" FIN "=30\n", FIN, 0 },

	/* the line */
	{ "a=1\nb=2\n\n# x\n" FIN "=30\n" FIN "=20\n", FIN, 5 },
	{ "a=1\r\nb=2\r\n" FIN "=30\r\n", FIN, 3 },
	{ "a=1\n" FIN "=30", FIN, 2 },
	{ "\n\n\n" FIN "=30", FIN, 4 },

	/* another key */
	{ FIN "2=30\n", FIN, 0 },
	{ "x" FIN "=30\n", FIN, 0 },
	{ "net.ipv4.tcp_fin=30\n", FIN, 0 },
	{ "ipv4.tcp_fin_timeout=30\n", FIN, 0 },
	{ "net.ipv4.tcp_FIN_timeout=30\n", FIN, 0 },
	{ "net.ipv4.tcp_fin_timeout.x=30\n", FIN, 0 },
	{ "net.ipv6.tcp_fin_timeout=30\n", FIN, 0 },
	{ "\"" FIN "\"=30\n", FIN, 0 },
	{ "export " FIN "=30\n", FIN, 0 },

	/* with slashes, and with both */
	{ "net/ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "/net/ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "//net//ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "net/ipv4/tcp_fin_timeout/=30\n", FIN, 1 },
	{ "net/./ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "./net/ipv4/tcp_fin_timeout=30\n", FIN, 0 }, /* swapped: a dot came first */
	{ "net/ipv4/../ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "net/ipv4/x/y/../../tcp_fin_timeout=30\n", FIN, 1 },
	{ "x/../net/ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "/../../net/ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "net/ipv4/..=30\n", FIN, 0 },
	{ "net/ipv4/tcp_fin_timeout/..=30\n", FIN, 0 },
	{ "net..ipv4.tcp_fin_timeout=30\n", FIN, 1 },
	{ ".net.ipv4.tcp_fin_timeout=30\n", FIN, 1 },
	{ "net/ipv4.tcp_fin_timeout=30\n", FIN, 0 },
	{ "net.ipv4/tcp_fin_timeout=30\n", FIN, 0 },
	{ "/proc/sys/net/ipv4/tcp_fin_timeout=30\n", FIN, 0 },
	{ "proc.sys.net.ipv4.tcp_fin_timeout=30\n", FIN, 0 },

	/* the swap: what stands first decides */
	{ "net.ipv4.conf.eth0/100.forwarding=1\n", VLAN, 1 },
	{ "net/ipv4/conf/eth0.100/forwarding=1\n", VLAN, 1 },
	{ "/net/ipv4/conf/eth0.100/forwarding=1\n", VLAN, 1 },
	{ "net.ipv4.conf.eth0.100.forwarding=1\n", VLAN, 0 },
	{ "net/ipv4/conf/eth0/100/forwarding=1\n", VLAN, 0 },
	{ "net.ipv4.conf.eth0/100/forwarding=1\n", VLAN, 0 },
	{ "net.ipv4.conf.eth0*.forwarding=1\n", VLAN, 1 },
	{ "net.ipv4.conf.*.forwarding=1\n", VLAN, 1 },
	{ "net/ipv4/conf/eth0.*/forwarding=1\n", VLAN, 1 },
	{ "net.ipv4.conf.eth0/1?0.forwarding=1\n", VLAN, 1 },
	{ "net.ipv4.conf.eth0.*.forwarding=1\n", VLAN, 0 },
	{ "net.ipv4.conf.eth0.forwarding=1\n", VLAN, 0 },
	{ "net.ipv4.conf.br-lan.forwarding=1\n", "net.ipv4.conf.br-lan.forwarding", 1 },
	{ "net.ipv4.conf.eth0:1.forwarding=1\n", "net.ipv4.conf.eth0:1.forwarding", 1 },

	/* dashes */
	{ "-" FIN "=30\n", FIN, 1 },
	{ " -" FIN " = 30\n", FIN, 1 },
	{ "- " FIN "=30\n", FIN, 1 },
	{ "-\t " FIN "=30\n", FIN, 1 },
	{ "--" FIN "=30\n", FIN, 1 },
	{ "-/net/ipv4/tcp_fin_timeout=30\n", FIN, 1 },
	{ "-net/ipv4/tcp_fin_timeout=30\n", FIN, 1 },

	/* exclusions, which decide too what a pattern elsewhere does */
	{ "-" FIN "\n", FIN, 1 },
	{ "-" FIN, FIN, 1 },
	{ "- " FIN "\n", FIN, 1 },
	{ "-" FIN "\r\n", FIN, 1 },
	{ "-net/ipv4/tcp_fin_timeout\n", FIN, 1 },
	{ "-net.ipv4.tcp_*\n", FIN, 1 },
	{ "-net.ipv4.tcp_tw_reuse\n", FIN, 0 },

	/* patterns */
	{ "net.ipv4.*=30\n", FIN, 1 },
	{ "net.*.tcp_fin_timeout=30\n", FIN, 1 },
	{ "*.*.*=30\n", FIN, 1 },
	{ "*/*/*=30\n", FIN, 1 },
	{ "net.*=30\n", FIN, 0 },
	{ "net*=30\n", FIN, 0 },
	{ "net.ipv4.tcp_fin_*=30\n", FIN, 1 },
	{ "net.ipv4.tcp_fin_timeout*=30\n", FIN, 1 },
	{ "net.ipv4.tcp_?in_timeout=30\n", FIN, 1 },
	{ "net.ipv4.tcp_?fin_timeout=30\n", FIN, 0 },
	{ "net.ipv4.tcp_fin_timeou[t]=30\n", FIN, 1 },
	{ "net.ipv4.tcp_fin_timeou[!x]=30\n", FIN, 1 },
	{ "net.ipv4.tcp_fin_timeou[a-s]=30\n", FIN, 0 },
	{ "net.ipv[46].tcp_fin_timeout=30\n", FIN, 1 },
	{ "net.ipv[4=30\n", FIN, 0 },
	{ "net.ipv4.{tcp_fin_timeout,x}=30\n", FIN, 0 },
	{ "net?ipv4.tcp_fin_timeout=30\n", FIN, 0 },
	{ "net/ipv4/*/../tcp_fin_timeout=30\n", FIN, 1 },
	{ "net.ipv4.fi?\\_timeout=30\n", FIN, 0 },
	{ "net.ipv4.tcp_fi?\\_timeout=30\n", FIN, 1 },
	{ "net.ipv4.tcp_fin\\_timeout=30\n", FIN, 0 },

	/* a byte order mark spoils its own line only */
	{ BOM FIN "=30\n", FIN, 0 },
	{ BOM "\n" FIN "=30\n", FIN, 2 },
	{ BOM "# x\n" FIN "=30\n", FIN, 2 },

	/* a key that no sysctl has */
	{ "=1\n", "", 0 },
	{ "net/ipv4/tcp_fin_timeout=1\n", "net/ipv4/tcp_fin_timeout", 0 },
};
/* clang-format on */

/* The function's answer for a copy that ends where the text ends. */
static unsigned names(const char *text, const char *key)
{
	char *copy = strdup(text);
	unsigned line = 4711;
	bool is_named;

	assert_non_null(copy);
	is_named = sysctld_names(copy, key, &line);
	assert_string_equal(copy, text);
	free(copy);
	if (!is_named)
		assert_int_equal(line, 4711);
	return is_named ? line : 0;
}

static void print_escaped(const char *text, char *to, size_t size)
{
	size_t n = 0;

	for (; *text && n + 5 < size; text++) {
		if (*text >= ' ' && *text < 0x7f)
			to[n++] = *text;
		else
			n += (size_t)snprintf(to + n, size - n, "\\x%02x",
					      (unsigned char)*text);
	}
	to[n] = '\0';
}

TEST(a_line_names_a_key_if_one_of_the_readers_takes_it_so)
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < N(rows); i++) {
		unsigned got = names(rows[i].text, rows[i].key);
		char shown[256];

		if (got == rows[i].line)
			continue;
		print_escaped(rows[i].text, shown, sizeof(shown));
		print_error("'%s': line %u, want %u\n", shown, got, rows[i].line);
		n_wrong++;
	}
	assert_int_equal(n_wrong, 0);
}

TEST(a_line_may_be_as_long_as_it_likes)
{
	enum { LONG = 3 << 20 };
	static const char *const rests[] = { "", "\n", "\n" FIN "=30\n" };

	for (size_t i = 0; i < N(rests); i++) {
		own_text struct text comment = { 0 }, key = { 0 }, value = { 0 },
				     blanks = { 0 };

		text_add(&comment, "#");
		text_add(&value, FIN "=");
		for (size_t k = 0; k < LONG; k += 16) {
			text_add(&comment, "xxxxxxxxxxxxxxx=");
			text_add(&key, "net.ipv4./tcp_fi");
			text_add(&value, "1234567890123456");
			text_add(&blanks, "                ");
		}
		text_add(&comment, "%s", rests[i]);
		text_add(&key, "=1%s", rests[i]);
		text_add(&value, "%s", rests[i]);
		text_add(&blanks, FIN "=30%s", rests[i]);
		assert_int_equal(names(comment.at, FIN), i == 2 ? 2 : 0);
		assert_int_equal(names(key.at, FIN), i == 2 ? 2 : 0);
		assert_int_equal(names(value.at, FIN), 1);
		assert_int_equal(names(blanks.at, FIN), 1);
	}
}

TEST(the_line_of_the_last_of_many_is_counted)
{
	own_text struct text t = { 0 };

	for (unsigned i = 1; i <= 100000; i++)
		text_add(&t, "%s", i % 3 ? "\n" : "a = 1\n");
	text_add(&t, FIN " = 30");
	assert_int_equal(names(t.at, FIN), 100001);
}

/* Whatever it says of it, it ends, and reads nothing behind the text. */
TEST(every_short_text_of_the_characters_that_mean_something_is_harmless)
{
	static const char letters[] = "a./-=*[ \n#\\";
	enum { LENGTH = 5 };
	size_t n_letters = strlen(letters), n_texts = 1;

	for (size_t i = 0; i < LENGTH; i++)
		n_texts *= n_letters;
	for (size_t i = 0; i < n_texts; i++) {
		char *text = malloc(LENGTH + 1);
		unsigned line = 0;
		size_t rest = i;

		assert_non_null(text);
		for (size_t k = 0; k < LENGTH; k++, rest /= n_letters)
			text[k] = letters[rest % n_letters];
		text[LENGTH] = '\0';
		if (sysctld_names(text, "a.a", &line))
			assert_in_range(line, 1, LENGTH);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_names_a_key_if_one_of_the_readers_takes_it_so),
		cmocka_unit_test(a_line_may_be_as_long_as_it_likes),
		cmocka_unit_test(the_line_of_the_last_of_many_is_counted),
		cmocka_unit_test(
			every_short_text_of_the_characters_that_mean_something_is_harmless),
	};

	return cmocka_run_group_tests_name("sysctld", tests, NULL, NULL);
}
