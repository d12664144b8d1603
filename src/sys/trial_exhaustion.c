/* SPDX-License-Identifier: MIT */
/* Experiments with ports until there is none left. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/own.h"
#include "base/text.h"
#include "core/trials_ports.h"
#include "sys/connection.h"
#include "sys/lab.h"
#include "sys/procfs.h"
#include "sys/trials.h"

/* Outside the range, so that a listener takes no port of it. */
enum { PORT = 5000, OTHER_PORT = 5001, BACKLOG = 64 };
enum { FAILURES = 100, MOST = 2 * PORTS_N, SETTLE_MS = 2000 };

/*
 * Connects, and leaves the connection open; nobody has to accept it. 0, or -errno;
 * *ret_is_bind: bind() was it.
 */
static int attempt(const struct sockaddr_in *to, enum exhaustion_way way,
		   bool *ret_is_bind)
{
	const struct sockaddr_in from = { .sin_family = AF_INET,
					  .sin_addr = to->sin_addr };
	const int on = 1;
	own_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_is_bind = false;
	if (fd < 0)
		return -errno;
	if (way == EXHAUST_BIND_NO_PORT &&
	    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0)
		return -errno;
	if (way != EXHAUST_CONNECT &&
	    bind(fd, (const struct sockaddr *)&from, sizeof(from)) < 0) {
		*ret_is_bind = true;
		return -errno;
	}
	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		return -errno;
	(void)take_fd(fd);
	return 0;
}

/* As many connections as there can be. *ret: what the next one failed with, -errno. */
static int fill(const struct sockaddr_in *to, enum exhaustion_way way, int *ret,
		bool *ret_is_bind)
{
	int n = 0;

	*ret = 0;
	while (n < MOST && (*ret = attempt(to, way, ret_is_bind)) == 0)
		n++;
	return n;
}

/* Ends of connections that are ESTABLISHED, and how many there are to be. */
struct ends {
	int64_t n, wanted;
};

static int look_at_ends(struct lab *lab, void *to, bool *ret_is_so, struct err *e)
{
	struct ends *ends = to;
	int r = lab_count(TCP_ESTABLISHED, &ends->n, e);

	(void)lab;
	*ret_is_so = r == 0 && ends->n == ends->wanted;
	return r;
}

/*
 * The last ACK of a handshake may still be under way when connect() returns: until both ends
 * of n connections are ESTABLISHED, so that nothing is left to be counted.
 */
static int settle(struct lab *lab, int n, struct err *e)
{
	struct ends ends = { .wanted = 2 * n };
	int r = lab_await_that(lab, look_at_ends, &ends, SETTLE_MS, NULL, e);

	if (r == 0 && ends.n != ends.wanted)
		r = err_set(e, EPROTO, "%d connections have %" PRId64 " ends", n, ends.n);
	return r;
}

/* Adds the lines of /proc/net/netstat or snmp that are TCP's. */
static int add_tcp_lines(struct lab *lab, const char *file, struct text *ret,
			 struct err *e)
{
	own_free char *text = NULL;
	int r = procfs_read(lab->root_fd, file, &text, NULL);

	if (r < 0)
		return err_errno(e, -r, "cannot read '/%s'", file);
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		n += at[n] != '\0';
		if (strncmp(at, "Tcp:", 4) == 0 || strncmp(at, "TcpExt:", 7) == 0)
			text_add_bytes(ret, at, n);
		at += n;
	}
	return 0;
}

static int read_counters(struct lab *lab, struct text *ret, struct err *e)
{
	int r = add_tcp_lines(lab, "proc/net/netstat", ret, e);

	if (r == 0)
		r = add_tcp_lines(lab, "proc/net/snmp", ret, e);
	if (r == 0 && (ret->broken || !ret->at))
		r = err_set(e, ENOENT, "the kernel shows no counters of TCP");
	return r;
}

/* Words that differ; both have the same columns. */
static int count_moved(const char *a, const char *b)
{
	int n = 0;

	while (*a && *b) {
		size_t n_a = strcspn(a, " \n"), n_b = strcspn(b, " \n");

		n += n_a != n_b || memcmp(a, b, n_a) != 0;
		a += n_a + (a[n_a] != '\0');
		b += n_b + (b[n_b] != '\0');
	}
	return n;
}

/*
 * What the connections have left in the counters since they showed `fresh`, and what attempts
 * that must fail do.
 */
static int see_counters(struct lab *lab, const struct text *fresh,
			const struct sockaddr_in *to, enum exhaustion_way way,
			struct err *e)
{
	own_text struct text before = { 0 }, after = { 0 };
	bool is_bind;
	int r = read_counters(lab, &before, e);

	for (int i = 0; i < FAILURES && r == 0; i++)
		(void)attempt(to, way, &is_bind);
	if (r == 0)
		r = read_counters(lab, &after, e);
	if (r < 0)
		return r;
	lab_saw_exactly(lab, EXHAUST_MOVED, count_moved(fresh->at, before.at));
	lab_saw_exactly(lab, EXHAUST_COUNTERS, count_moved(before.at, after.at));
	return 0;
}

int trial_port_exhaustion_run(struct lab *lab, const struct arm *arm, struct err *e)
{
	enum exhaustion_way way = (enum exhaustion_way)arm->variant;
	own_text struct text fresh = { 0 };
	struct sockaddr_in one, other;
	bool is_bind;
	int error, n;
	int r = connection_listen_at(PORT, BACKLOG, &one, e);

	if (r >= 0)
		r = connection_listen_at(OTHER_PORT, BACKLOG, &other, e);
	if (r >= 0)
		r = read_counters(lab, &fresh, e);
	if (r < 0)
		return r;
	lab_say(lab, "servers listen on ports %d and %d of 127.0.0.1", PORT, OTHER_PORT);
	n = fill(&one, way, &error, &is_bind);
	lab_saw_exactly(lab, EXHAUST_FIRST, n);
	lab_saw_exactly(lab, EXHAUST_ERRNO, -error);
	lab_saw_exactly(lab, EXHAUST_AT_BIND, is_bind);
	r = settle(lab, n, e);
	if (r == 0)
		r = see_counters(lab, &fresh, &one, way, e);
	if (r < 0)
		return r;
	n = fill(&other, way, &error, &is_bind);
	lab_saw_exactly(lab, EXHAUST_SECOND, n);
	return 0;
}
