/* SPDX-License-Identifier: MIT */
/*
 * What sysctl --system and systemd-sysctl make of the files of sysctl.d(5): each row was
 * measured with procps 4.0.2 and systemd 252, or read in their source.
 */
#include "unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/boot.h"
#include "core/catalogue.h"

#define FIN    "net.ipv4.tcp_fin_timeout"
#define TIME   "net.ipv4.tcp_keepalive_time"
#define VLAN   "net.ipv4.conf.eth0/100.forwarding" /* of the interface eth0.100 */
#define DEF    "net.ipv4.conf.default.forwarding"
#define BOM    "\xef\xbb\xbf"
#define FILE_A "/etc/sysctl.d/50-a.conf"

static struct boot_tree tree;
static struct boot boot;

static void add_text(const char *path, const char *text, size_t n)
{
	struct boot_file *f = boot_tree_add(&tree, path);

	assert_non_null(f);
	/* of just this size, so that the sanitizers see what reads beyond it */
	f->text = malloc(n ? n : 1);
	assert_non_null(f->text);
	memcpy(f->text, text, n);
	f->n = n;
}

static void start(unsigned procps, unsigned systemd)
{
	tree = (struct boot_tree){ .procps = procps, .systemd = systemd };
}

static void stop(void)
{
	boot_done(&boot);
	boot_tree_done(&tree);
}

/* "VALUE FILE:LINE" with the last part of the file's name; "none". */
static const char *answer(enum boot_engine engine, const char *key, const char *before)
{
	static char said[512];
	struct boot_value v;

	assert_int_equal(
		boot_look_up(&boot, engine, key, catalogue_find(key), before, &v), 0);
	snprintf(said, sizeof(said), "none");
	if (v.file)
		snprintf(said, sizeof(said), "%s %s:%u", v.value, v.file, v.line);
	boot_value_done(&v);
	return said;
}

static const char *value_of(enum boot_engine engine, const char *key)
{
	static char said[256];
	struct boot_value v;

	assert_int_equal(boot_look_up(&boot, engine, key, catalogue_find(key), NULL, &v),
			 0);
	snprintf(said, sizeof(said), "%s", v.value ? v.value : "none");
	boot_value_done(&v);
	return said;
}

/* F.2, F.3, F.4 and F.5: one file, and the value of one key for each engine. */
/* clang-format off */
static const struct {
	const char *text, *key, *procps, *systemd; /* systemd NULL: the same */
} lines[] = {
	{ "", FIN, "none", NULL },
	{ "\n \t\n\r\n", FIN, "none", NULL },
	{ "# " FIN "=30\n; " FIN "=31\n  # " FIN "=32\n", FIN, "none", NULL },
	{ "a\n" FIN "=30\n", FIN, "30", NULL },
	{ FIN "=30", FIN, "30", NULL },
	{ "\t " FIN " \t=\t30 \n", FIN, "30", NULL },
	{ FIN "=30\r\n", FIN, "30", NULL },
	{ FIN "=30\r" FIN "=31", FIN, "none", "31" },
	{ "#\r" FIN "=30\r", FIN, "none", "30" },
	{ "\v" FIN "\f=30\n", FIN, "30", "none" },
	{ FIN "\n" FIN " 30\n", FIN, "none", NULL },
	{ "[" FIN "]\n[sysctl]\n" FIN "=30\n", FIN, "30", NULL },
	{ "-" FIN "\n", FIN, "none", NULL },
	{ "-" FIN "=30\n", FIN, "30", NULL },
	{ "- " FIN "=30\n", FIN, "none", "30" },
	{ "--" FIN "=30\n", FIN, "30", "none" },
	{ FIN "=30 # why\n", FIN, "30", NULL },
	{ FIN "=\"21\"\n", FIN, "none", NULL },
	{ FIN "=\n", FIN, "none", NULL },
	{ "net.ipv4.ip_local_reserved_ports=\n", "net.ipv4.ip_local_reserved_ports", "", NULL },
	{ "# x \\\n" FIN "=30\n", FIN, "30", NULL },
	{ FIN "=30 \\\n31\n", FIN, "30", NULL },
	{ BOM FIN "=30\n", FIN, "none", NULL },
	{ BOM "# x\n" FIN "=30\n", FIN, "30", NULL },
	{ "/proc/sys/net/ipv4/tcp_fin_timeout=30\n", FIN, "none", NULL },
	{ "/net/ipv4/tcp_fin_timeout=30\n", FIN, "30", NULL },
	{ "net..ipv4.tcp_fin_timeout=30\n", FIN, "30", NULL },
	{ "net/ipv4/../ipv4/tcp_fin_timeout=30\n", FIN, "30", "none" },
	{ "/../sys/net/ipv4/tcp_fin_timeout=30\n", FIN, "30", "none" },
	{ "nosuch/../net/ipv4/tcp_fin_timeout=30\n", FIN, "none", NULL },
	{ "net/ipv4/tcp_fin_timeout/=30\n", FIN, "none", "30" },
	{ "net/ipv4/tcp_fin_timeout/.=30\n", FIN, "none", "30" },
	{ "net/./ipv4/tcp_fin_timeout=30\n", FIN, "30", NULL },
	{ FIN "=0x15\n", FIN, "21", NULL },
	{ FIN "=0144\n", FIN, "100", NULL },
	{ FIN "=abc\n" TIME "=1\n", FIN, "none", NULL },
	{ FIN "=30\n" FIN "=abc\n", FIN, "30", "none" },
	{ FIN "s=30\nx." FIN "=30\n" FIN ".x=30\nnet.ipv4.tcp_FIN_timeout=30\n", FIN, "none", NULL },
	{ "=1\n-=1\n-\n--\n=\n/=1\n.=1\n..=1\n*=1\n-*\n", FIN, "none", NULL },

	/* F.3: what stands first decides */
	{ "net.ipv4.conf.eth0/100.forwarding=1\n", VLAN, "1", NULL },
	{ "net/ipv4/conf/eth0.100/forwarding=1\n", VLAN, "1", NULL },
	{ "net.ipv4.conf.eth0.100.forwarding=1\n", VLAN, "none", NULL },
	{ "net/ipv4/conf/eth0/100/forwarding=1\n", VLAN, "none", NULL },
	{ "net.ipv4.conf.eth0*.forwarding=1\n", VLAN, "1", NULL },
	{ "net/ipv4.tcp_fin_timeout=30\nnet.ipv4/tcp_fin_timeout=30\n", FIN, "none", NULL },

	/* F.4 */
	{ "net.ipv4.tcp_fin_*=30\n", FIN, "30", NULL },
	{ "net.*.tcp_fi?_timeout=30\n", FIN, "30", NULL },
	{ "net.ipv4.tcp_fin_timeou[st]=30\n", FIN, "30", NULL },
	{ "net.ipv4.tcp_fin_timeou[!t]=30\n", FIN, "none", NULL },
	{ "net.*=30\nnet*=30\nnet.*_timeout=30\n", FIN, "none", NULL },
	{ "net.ipv4.{tcp_fin_timeout,x}=30\n", FIN, "none", NULL },
	{ "net.ipv4.tcp_fin\\_timeout=30\n", FIN, "none", NULL },
	{ "net.ipv4.tcp_fi?\\_timeout=30\n", FIN, "30", NULL },
	{ "net/ipv4/*/../tcp_fin_timeout=30\n", FIN, "30", "none" },
	{ DEF "=0\nnet.ipv4.conf.*.forwarding=1\n", DEF, "0", NULL },
	{ "net.ipv4.conf.*.forwarding=1\n" DEF "=0\n", DEF, "0", NULL },
	{ "net/ipv4/conf/default/forwarding=0\nnet.ipv4.conf.*.forwarding=1\n", DEF, "0", NULL },
	/* spelled otherwise it does not hold the pattern off for procps */
	{ "/net/ipv4/conf/default/forwarding=0\nnet.ipv4.conf.*.forwarding=1\n", DEF, "1", "0" },
	{ "net.ipv4.conf.*.forwarding=1\n-" DEF "\n", DEF, "none", NULL },
	{ "-" DEF "\nnet.ipv4.conf.*.forwarding=1\n", DEF, "none", NULL },
	{ "-net.ipv4.conf.d*.forwarding\nnet.ipv4.conf.*.forwarding=1\n", DEF, "1", NULL },
	{ DEF "=1\n-" DEF "\n", DEF, "1", "none" },
	{ "-" DEF "\n" DEF "=1\n", DEF, "1", NULL },
	{ "net.ipv4.conf.*.forwarding=1\nnet.ipv4.conf.d*.forwarding=0\n", DEF, "0", NULL },
	{ "net.ipv4.conf.d*.forwarding=0\nnet.ipv4.conf.*.forwarding=1\n", DEF, "1", NULL },
	/* systemd keeps one value of each pattern, too, and puts it at the end */
	{ "net.ipv4.conf.d*.forwarding=0\nnet.ipv4.conf.*.forwarding=1\n"
	  "net.ipv4.conf.d*.forwarding=0\n", DEF, "0", "1" },

	/* F.5 */
	{ FIN "=25\n" FIN "=0\n", FIN, "0", NULL },
	{ FIN "=25\nnet/ipv4/tcp_fin_timeout=26\n", FIN, "26", NULL },
	{ FIN "=25\n" FIN "=25\n", FIN, "25", NULL },
	/* a pair of which the kernel takes the second only after the first */
	{ "net.ipv4.ip_unprivileged_port_start=500\nnet.ipv4.ip_local_port_range=600 60999\n",
	  "net.ipv4.ip_local_port_range", "600 60999", NULL },
	{ "net.ipv4.ip_local_port_range=600 60999\nnet.ipv4.ip_unprivileged_port_start=500\n",
	  "net.ipv4.ip_local_port_range", "none", NULL },
	{ "net.ipv4.ip_local_port_range=600 60999\n", "net.ipv4.ip_local_port_range", "none", NULL },
	{ "net.ipv4.ip_unprivileged_port_start=40000\n", "net.ipv4.ip_unprivileged_port_start",
	  "none", NULL },
	{ "net.ipv4.ip_local_port_range=45000 60999\nnet.ipv4.ip_unprivileged_port_start=40000\n",
	  "net.ipv4.ip_unprivileged_port_start", "40000", NULL },
};
/* clang-format on */

TEST(each_line_is_what_the_engine_makes_of_it)
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < N(lines); i++) {
		const char *want[] = { lines[i].procps, lines[i].systemd
								? lines[i].systemd
								: lines[i].procps };

		start(40002, 252);
		add_text(FILE_A, lines[i].text, strlen(lines[i].text));
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		for (int k = 0; k < BOOT_ENGINES; k++) {
			const char *got = value_of((enum boot_engine)k, lines[i].key);

			if (strcmp(got, want[k]) == 0)
				continue;
			print_error("row %zu '%s': %s: '%s', want '%s'\n", i,
				    lines[i].text, boot_engine_name((enum boot_engine)k),
				    got, want[k]);
			n_wrong++;
		}
		stop();
	}
	assert_int_equal(n_wrong, 0);
}

/* F.1: a tree is "PATH=VALUE" or "PATH KIND", separated by blanks. */
/* clang-format off */
static const struct {
	const char *tree, *procps, *systemd; /* "VALUE PATH:1" */
} trees[] = {
	{ "/etc/sysctl.d/50-a.conf=1 /run/sysctl.d/40-a.conf=2", "1 /etc/sysctl.d/50-a.conf:1", NULL },
	{ "/etc/sysctl.d/50-a.conf=1 /usr/lib/sysctl.d/60-b.conf=2", "2 /usr/lib/sysctl.d/60-b.conf:1", NULL },
	{ "/etc/sysctl.d/A.conf=1 /etc/sysctl.d/a.conf=2 /etc/sysctl.d/99-z.conf=3", "2 /etc/sysctl.d/a.conf:1", NULL },
	{ "/etc/sysctl.d/9.conf=1 /etc/sysctl.d/10.conf=2", "1 /etc/sysctl.d/9.conf:1", NULL },
	/* of one name the highest directory */
	{ "/lib/sysctl.d/x.conf=5 /usr/lib/sysctl.d/x.conf=4 /usr/local/lib/sysctl.d/x.conf=3 "
	  "/run/sysctl.d/x.conf=2 /etc/sysctl.d/x.conf=1", "1 /etc/sysctl.d/x.conf:1", NULL },
	{ "/lib/sysctl.d/x.conf=5 /usr/lib/sysctl.d/x.conf=4 /usr/local/lib/sysctl.d/x.conf=3 "
	  "/run/sysctl.d/x.conf=2", "2 /run/sysctl.d/x.conf:1", NULL },
	{ "/lib/sysctl.d/x.conf=5 /usr/lib/sysctl.d/x.conf=4 /usr/local/lib/sysctl.d/x.conf=3",
	  "3 /usr/local/lib/sysctl.d/x.conf:1", NULL },
	{ "/lib/sysctl.d/x.conf=5 /usr/lib/sysctl.d/x.conf=4", "4 /usr/lib/sysctl.d/x.conf:1", NULL },
	{ "/lib/sysctl.d/x.conf=5", "5 /lib/sysctl.d/x.conf:1", NULL },
	/* whatever it is, it masks */
	{ "/etc/sysctl.d/x.conf~0 /run/sysctl.d/x.conf=2", "none", NULL },
	{ "/etc/sysctl.d/x.conf~1 /run/sysctl.d/x.conf=2", "none", NULL },
	{ "/etc/sysctl.d/x.conf~2 /run/sysctl.d/x.conf=2", "none", NULL },
	{ "/etc/sysctl.d/x.conf~3 /run/sysctl.d/x.conf=2", "none", NULL },
	{ "/etc/sysctl.d/x.conf~5 /run/sysctl.d/x.conf=2", "none", NULL },
	/* names */
	{ "/etc/sysctl.d/x.conf.bak=1 /etc/sysctl.d/README=2 /etc/sysctl.d/x.CONF=3", "none", NULL },
	{ "/etc/sysctl.d/.x.conf=1", "1 /etc/sysctl.d/.x.conf:1", "none" },
	{ "/etc/sysctl.d/.conf=1", "1 /etc/sysctl.d/.conf:1", "none" },
	/* sysctl(8) looks for what such a name finds */
	{ "/etc/sysctl.d/[a].conf=1", "1 /etc/sysctl.d/[a].conf:1", NULL },
	{ "/etc/sysctl.d/[a].conf=1 /etc/sysctl.d/a.conf~0", "none", "1 /etc/sysctl.d/[a].conf:1" },
	{ "/etc/sysctl.d/z[12].conf=1 /etc/sysctl.d/z1.conf=2 /etc/sysctl.d/z2.conf=3",
	  "3 /etc/sysctl.d/z2.conf:1", "1 /etc/sysctl.d/z[12].conf:1" },
	/* the file of all */
	{ "/etc/sysctl.conf=1 /etc/sysctl.d/zz.conf=2", "1 /etc/sysctl.conf:1", "2 /etc/sysctl.d/zz.conf:1" },
	{ "/etc/sysctl.conf=1 /etc/sysctl.d/99-sysctl.conf=1 /etc/sysctl.d/zz.conf=2",
	  "1 /etc/sysctl.conf:1", "2 /etc/sysctl.d/zz.conf:1" },
	{ "/etc/sysctl.conf=1", "1 /etc/sysctl.conf:1", "none" },
	{ "/etc/sysctl.conf=1 /etc/sysctl.d/sysctl.conf~0", "1 /etc/sysctl.conf:1", "none" },
	{ "/etc/sysctl.conf~3", "none", NULL },
	/* the credential */
	{ "/run/credentials/@system/sysctl.extra=9 /etc/sysctl.d/zz.conf=2", "2 /etc/sysctl.d/zz.conf:1",
	  "9 /run/credentials/@system/sysctl.extra:1" },
};
/* clang-format on */

static void add_entry(char *entry)
{
	char *sign = strpbrk(entry, "=~"), text[80];
	char kind = *sign;

	*sign = '\0';
	snprintf(text, sizeof(text), FIN "=%s\n", sign + 1);
	if (kind == '=') {
		add_text(entry, text, strlen(text));
		return;
	}
	add_text(entry, "", 0);
	tree.at[tree.n - 1].kind = (enum boot_kind)(sign[1] - '0');
}

static void make_tree(const char *written)
{
	char *copy = strdup(written), *save = NULL;

	assert_non_null(copy);
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		add_entry(p);
	free(copy);
	assert_int_equal(boot_prepare(&tree, &boot), 0);
}

TEST(files_are_read_in_the_order_of_the_engine)
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < N(trees); i++) {
		const char *want[] = { trees[i].procps, trees[i].systemd
								? trees[i].systemd
								: trees[i].procps };

		start(40002, 252);
		make_tree(trees[i].tree);
		for (int k = 0; k < BOOT_ENGINES; k++) {
			const char *got = answer((enum boot_engine)k, FIN, "60");

			if (strcmp(got, want[k]) == 0)
				continue;
			print_error("'%s': %s: '%s', want '%s'\n", trees[i].tree,
				    boot_engine_name((enum boot_engine)k), got, want[k]);
			n_wrong++;
		}
		stop();
	}
	assert_int_equal(n_wrong, 0);
}

TEST(versions_differ_in_what_they_read)
{
	static const char excludes[] = "-net.ipv4.*\nnet.ipv4.tcp_fin_*=30\n";
	static const struct {
		const char *tree;
		unsigned systemd;
		const char *want;
	} rows[] = {
		{ "/lib/sysctl.d/x.conf=5", 254, "5 /lib/sysctl.d/x.conf:1" },
		{ "/lib/sysctl.d/x.conf=5", 255, "none" },
		{ "/lib/sysctl.d/x.conf=5", 0, "none" },
		{ "/etc/credstore/sysctl.extra=5", 251, "none" },
		{ "/etc/credstore/sysctl.extra=5", 252,
		  "5 /etc/credstore/sysctl.extra:1" },
		{ "/etc/credstore/sysctl.extra=5", 0, "5 /etc/credstore/sysctl.extra:1" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		start(40002, rows[i].systemd);
		make_tree(rows[i].tree);
		assert_string_equal(answer(BOOT_SYSTEMD, FIN, NULL), rows[i].want);
		stop();
	}
	for (unsigned procps = 40004; procps <= 40006; procps++) {
		start(procps % 2 ? procps : procps == 40006 ? 0 : procps, 252);
		add_text(FILE_A, excludes, strlen(excludes));
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		assert_string_equal(value_of(BOOT_PROCPS, FIN),
				    procps == 40004 ? "30" : "none");
		assert_string_equal(value_of(BOOT_SYSTEMD, FIN), "30");
		stop();
	}
}

TEST(every_loser_is_told_with_its_reason)
{
	static const char text[] = "net.ipv4.tcp_*=1\n" FIN "=2\n" FIN "=x\n" FIN "=3\n";
	static const struct {
		unsigned line;
		enum boot_loss procps, systemd;
	} rows[] = { { 1, BOOT_EXPLICIT, BOOT_EXPLICIT },
		     { 2, BOOT_OVERRIDDEN, BOOT_DROPPED },
		     { 3, BOOT_REFUSED, BOOT_DROPPED } };
	struct boot_value v;

	start(0, 0);
	add_text(FILE_A, text, strlen(text));
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	for (int k = 0; k < BOOT_ENGINES; k++) {
		assert_int_equal(boot_look_up(&boot, (enum boot_engine)k, FIN,
					      catalogue_find(FIN), "60", &v),
				 0);
		assert_int_equal(v.line, 4);
		assert_string_equal(v.text, "3");
		assert_int_equal(v.n_losers, N(rows));
		for (size_t i = 0; i < N(rows); i++) {
			assert_int_equal(v.losers[i].line, rows[i].line);
			assert_int_equal(v.losers[i].why, k == BOOT_PROCPS
								  ? rows[i].procps
								  : rows[i].systemd);
			assert_string_equal(v.losers[i].file, FILE_A);
			assert_true(strlen(boot_loss_name(v.losers[i].why)) > 5);
		}
		boot_value_done(&v);
	}
	stop();
}

TEST(a_key_without_knowledge_stands_as_it_is_written)
{
	static const char text[] = "net.ipv4.x=  a\t b \nnet.ipv4.y=\n";

	start(0, 0);
	add_text(FILE_A, text, strlen(text));
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	assert_string_equal(value_of(BOOT_PROCPS, "net.ipv4.x"), "a b");
	assert_string_equal(value_of(BOOT_SYSTEMD, "net.ipv4.y"), "");
	assert_string_equal(value_of(BOOT_SYSTEMD, "net.ipv4.z"), "none");
	stop();
}

TEST(a_key_that_is_none_is_refused)
{
	struct boot_value v;

	start(0, 0);
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	assert_int_equal(boot_look_up(&boot, BOOT_PROCPS, "net/x", NULL, NULL, &v),
			 -EINVAL);
	assert_int_equal(boot_look_up(&boot, BOOT_PROCPS, "", NULL, NULL, &v), -EINVAL);
	stop();
}

/* Of many losers the newest are listed, and all are counted. */
TEST(losers_are_bounded)
{
	static const size_t rows[] = { 2, 65, 66, 5000 };

	for (size_t i = 0; i < N(rows) * BOOT_ENGINES; i++) {
		size_t n = rows[i / 2], listed = n - 1 < 64 ? n - 1 : 64;
		own_text struct text set = { 0 };
		struct boot_value v;

		for (size_t k = 1; k <= n; k++)
			text_add(&set, FIN "=%zu\n", k);
		start(40002, 252);
		add_text(FILE_A, set.at, set.n);
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		assert_int_equal(boot_look_up(&boot, (enum boot_engine)(i % 2), FIN,
					      catalogue_find(FIN), NULL, &v),
				 0);
		assert_int_equal(v.line, n);
		assert_int_equal(v.n_lost, n - 1);
		assert_int_equal(v.n_losers, listed);
		for (size_t k = 0; k < listed; k++)
			assert_int_equal(v.losers[k].line, n - listed + k);
		boot_value_done(&v);
		stop();
	}
}

#define CONTROL "net.ipv4.tcp_congestion_control"

/* A name that the kernel does not have loses; where no list is known, none is refused. */
TEST(a_congestion_control_that_is_not_there_is_refused)
{
	static const char set[] = CONTROL "=cubic\n" CONTROL "=bb\n" CONTROL "=bbrr\n";
	/* systemd keeps the last of the lines alone */
	static const struct {
		const char *controls, *answers[BOOT_ENGINES];
		size_t n_remarks;
	} rows[] = {
		{ NULL, { "bbrr " FILE_A ":3", "bbrr " FILE_A ":3" }, 0 },
		{ "reno cubic bbr\n", { "cubic " FILE_A ":1", "none" }, 2 },
		{ "bbrr bb cubic\n", { "bbrr " FILE_A ":3", "bbrr " FILE_A ":3" }, 0 },
		{ "", { "none", "none" }, 3 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		start(40002, 252);
		add_text(FILE_A, set, strlen(set));
		if (rows[i].controls)
			tree.controls = strdup(rows[i].controls);
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		for (int k = 0; k < BOOT_ENGINES; k++)
			assert_string_equal(answer((enum boot_engine)k, CONTROL, "reno"),
					    rows[i].answers[k]);
		assert_int_equal(boot.n_remarks, rows[i].n_remarks);
		for (size_t k = 0; k < boot.n_remarks; k++)
			assert_non_null(strstr(boot.remarks[k].text,
					       "taken only with its module"));
		stop();
	}
}

/* What came with systemd 243 and 245, and procps 4.0.0, is not heeded by older ones. */
TEST(an_older_version_has_no_patterns_and_dashes)
{
	static const char set[] = "net.ipv4.tcp_fin*=30\n-" TIME "=40\n-x\n";
	static const struct {
		unsigned procps, systemd;
		const char *fin[BOOT_ENGINES], *time[BOOT_ENGINES];
		const char *whole; /* remarks on all the files */
	} rows[] = {
		{ 40002, 252, { "30", "30" }, { "40", "40" }, "" },
		{ 40002, 245, { "30", "30" }, { "40", "40" }, "" },
		{ 40002, 244, { "30", "none" }, { "40", "40" }, "2 systemd 244 is; " },
		{ 40000, 242, { "30", "none" }, { "40", "none" }, "2 systemd 242 is; " },
		{ 30317, 252, { "none", "30" }, { "40", "40" }, "1 procps 3.3.17 ; " },
		{ 0, 0, { "30", "30" }, { "40", "40" }, "1 the version of; " },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text whole = { 0 };

		start(rows[i].procps, rows[i].systemd);
		add_text(FILE_A, set, strlen(set));
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		for (int k = 0; k < BOOT_ENGINES; k++) {
			assert_string_equal(value_of((enum boot_engine)k, FIN),
					    rows[i].fin[k]);
			assert_string_equal(value_of((enum boot_engine)k, TIME),
					    rows[i].time[k]);
		}
		for (size_t k = 0; k < boot.n_remarks; k++)
			if (!boot.remarks[k].file)
				text_add(&whole, "%u %.14s; ", boot.remarks[k].engines,
					 boot.remarks[k].text);
		assert_string_equal(whole.at ? whole.at : "", rows[i].whole);
		stop();
	}
}

/* Of an unknown procps nothing is said where no line stands on its version. */
TEST(an_unknown_version_is_said_only_where_it_matters)
{
	static const char set[] = FIN "=30\n";

	start(0, 0);
	add_text(FILE_A, set, strlen(set));
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	assert_int_equal(boot.n_remarks, 0);
	stop();
}

/* "LINE ENGINES text" of every remark, joined. */
TEST(what_an_administrator_should_know_is_remarked)
{
	static const struct {
		const char *tree, *text, *want; /* of 50-a.conf beside the tree */
	} rows[] = {
		{ "", "x\n[y]\n" FIN "=1\n",
		  "1 3 no assignment, is ignored; 2 3 a section, which sysctl.d(5) "
		  "does not have, is ignored; " },
		{ "", BOM "x=1\n",
		  "1 3 begins with a byte order mark, so that no key is what it sets; " },
		{ "", "- x=1\n", "1 1 has a blank behind the dash and is ignored; " },
		{ "", "--x=1\n", "1 2 has a second dash and is ignored; " },
		{ "", "x.y=a\001b\n", "1 3 has a control character; " },
		{ "", "-x.*\n",
		  "0 1 the version of procps is not known: before 4.0.0 sysctl --system has no patterns and exclusions; "
		  "1 1 excludes by a pattern, which procps honours since 4.0.5, and its version is not known; "
		  "1 2 excludes by a pattern, which is not honoured; " },
		{ "/run/sysctl.d/50-a.conf=1", "", "0 3 is masked by '" FILE_A "'; " },
		{ "/run/sysctl.d/.a.conf=1", "", "0 2 is hidden, and not read; " },
		{ "/run/sysctl.d/.a.conf~0", "", "" },
		{ "/run/sysctl.d/a.conf~2", "", "0 3 is a link to nowhere; " },
		{ "/run/sysctl.d/a.conf~1", "", "" },
		{ "/run/sysctl.d/a.conf~3", "", "0 3 is a directory and no file; " },
		{ "/run/sysctl.d/a.conf~5", "",
		  "0 3 is a FIFO, for which a boot may wait for ever; " },
		{ "/run/sysctl.d/a.conf~6", "", "0 3 cannot be read: Success; " },
		{ "/run/sysctl.d/a.conf~7", "",
		  "0 3 is too big to be looked at (over 16 MiB); " },
		{ "/etc/sysctl.conf=1", "", "0 2 is not read; " },
		{ "/etc/sysctl.conf=1 /etc/sysctl.d/99-sysctl.conf=1", "", "" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		own_text struct text got = { 0 };

		start(0, 0);
		add_text(FILE_A, rows[i].text, strlen(rows[i].text));
		make_tree(rows[i].tree);
		for (size_t k = 0; k < boot.n_remarks; k++)
			text_add(&got, "%u %u %s; ", boot.remarks[k].line,
				 boot.remarks[k].engines, boot.remarks[k].text);
		assert_string_equal(got.at ? got.at : "", rows[i].want);
		stop();
	}
}

TEST(a_file_of_nothing_but_bad_lines_is_not_repeated)
{
	own_text struct text t = { 0 };

	for (int i = 0; i < 10000; i++)
		text_add(&t, "x%d\n", i);
	start(0, 0);
	add_text(FILE_A, t.at, t.n);
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	assert_in_range(boot.n_remarks, 2, 40);
	stop();
}

TEST(a_line_may_be_as_long_as_it_likes)
{
	enum { MIB = 1 << 20 };

	for (int over = -1; over <= 1; over++) {
		own_text struct text t = { 0 };

		text_add(&t, "#");
		for (int i = 1; i < MIB + over; i++)
			text_add_bytes(&t, "x", 1);
		text_add(&t, "\n" FIN "=30\n");
		start(0, 0);
		add_text(FILE_A, t.at, t.n);
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		assert_string_equal(answer(BOOT_PROCPS, FIN, NULL), "30 " FILE_A ":2");
		/* LONG_LINE_MAX: reading that file ends */
		assert_string_equal(value_of(BOOT_SYSTEMD, FIN),
				    over < 0 ? "30" : "none");
		stop();
	}
}

/* procps writes what was refused once more, up to the last comma of a page. */
TEST(a_long_text_with_a_comma_is_cut_there)
{
	own_text struct text t = { 0 };

	text_add(&t, FIN "=30,");
	for (int i = 0; i < 5000; i++)
		text_add_bytes(&t, "x", 1);
	start(40002, 252);
	add_text(FILE_A, t.at, t.n);
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	assert_string_equal(value_of(BOOT_PROCPS, FIN), "30");
	assert_string_equal(value_of(BOOT_SYSTEMD, FIN), "none");
	stop();
}

TEST(the_line_is_that_of_an_editor)
{
	static const char text[] = "# x\r\n\r\n\n\0\n" FIN "=30\r\n";

	start(0, 0);
	add_text(FILE_A, text, sizeof(text) - 1);
	assert_int_equal(boot_prepare(&tree, &boot), 0);
	assert_string_equal(answer(BOOT_PROCPS, FIN, NULL), "30 " FILE_A ":5");
	assert_string_equal(answer(BOOT_SYSTEMD, FIN, NULL), "30 " FILE_A ":5");
	stop();
}

/* Whatever it says of it, it ends, and reads nothing behind the text. */
TEST(every_short_text_of_the_characters_that_mean_something_is_harmless)
{
	static const char letters[] = "a./-=*[ \n\\";
	enum { LENGTH = 5 };
	size_t n_letters = strlen(letters), n_texts = 1;

	for (size_t i = 0; i < LENGTH; i++)
		n_texts *= n_letters;
	for (size_t i = 0; i < n_texts; i++) {
		char text[LENGTH];
		size_t rest = i;

		for (size_t k = 0; k < LENGTH; k++, rest /= n_letters)
			text[k] = letters[rest % n_letters];
		start(0, 0);
		add_text(FILE_A, text, LENGTH);
		assert_int_equal(boot_prepare(&tree, &boot), 0);
		(void)value_of(BOOT_PROCPS, "a.a");
		(void)value_of(BOOT_SYSTEMD, "a.a");
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_what_the_engine_makes_of_it),
		cmocka_unit_test(files_are_read_in_the_order_of_the_engine),
		cmocka_unit_test(versions_differ_in_what_they_read),
		cmocka_unit_test(every_loser_is_told_with_its_reason),
		cmocka_unit_test(a_key_without_knowledge_stands_as_it_is_written),
		cmocka_unit_test(a_key_that_is_none_is_refused),
		cmocka_unit_test(losers_are_bounded),
		cmocka_unit_test(a_congestion_control_that_is_not_there_is_refused),
		cmocka_unit_test(an_older_version_has_no_patterns_and_dashes),
		cmocka_unit_test(an_unknown_version_is_said_only_where_it_matters),
		cmocka_unit_test(what_an_administrator_should_know_is_remarked),
		cmocka_unit_test(a_file_of_nothing_but_bad_lines_is_not_repeated),
		cmocka_unit_test(a_line_may_be_as_long_as_it_likes),
		cmocka_unit_test(a_long_text_with_a_comma_is_cut_there),
		cmocka_unit_test(the_line_is_that_of_an_editor),
		cmocka_unit_test(
			every_short_text_of_the_characters_that_mean_something_is_harmless),
	};

	return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
