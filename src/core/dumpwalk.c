/* SPDX-License-Identifier: MIT */
#include "core/dumpwalk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/netlink.h>

#include <linux/rtnetlink.h>
#include <string.h>

#include "base/err.h"
#include "core/socket.h"

/* the states a dump can show: TCP_ESTABLISHED to TCP_CLOSING */
enum { DUMP_STATES = STATES_ALL & ~(1 << TCP_BOUND_INACTIVE) };

/*
 * Bytes behind the header. Here and below the macros of <linux/netlink.h>: libnl's calls
 * for the same cost as much as the counting does.
 */
static size_t payload_size(const struct nlmsghdr *h)
{
	return h->nlmsg_len - NLMSG_HDRLEN;
}

static const void *payload(const struct nlmsghdr *h)
{
	return (const char *)h + NLMSG_HDRLEN;
}

static bool is_state(uint8_t state)
{
	return state < CENSUS_STATES && DUMP_STATES >> state & 1;
}

static int fail(int error, struct err *e)
{
	int r = err_errno(e, error, "the kernel refused the socket dump");

	if (error == EOPNOTSUPP || error == ENOENT || error == EINVAL)
		err_hint(e, "the modules inet_diag and tcp_diag provide it: modprobe "
			    "tcp_diag");
	return r;
}

static int walk_done(struct dump_walk *walk, const struct nlmsghdr *h, struct err *e)
{
	const int *error = payload(h);

	walk->is_done = true;
	/* the payload that libnl does not look at */
	if (payload_size(h) >= sizeof(*error) && *error < 0)
		return fail(*error == INT_MIN ? EIO : -*error, e);
	return 0;
}

static int walk_error(const struct nlmsghdr *h, struct err *e)
{
	const struct nlmsgerr *error = payload(h);

	if (payload_size(h) < sizeof(*error))
		return err_set(e, EBADMSG,
			       "the socket dump has a truncated error message");
	if (error->error >= 0 || error->error == INT_MIN)
		return err_set(e, EBADMSG,
			       "the socket dump has an error message without an error");
	return fail(-error->error, e);
}

static void read_times(struct socket_row *row, const void *bytes, size_t n)
{
	struct tcp_info info;

	/* older kernels tell less of it, newer ones more */
	if (n < offsetof(struct tcp_info, tcpi_pmtu))
		return;
	memcpy(&info, bytes, offsetof(struct tcp_info, tcpi_pmtu));
	row->has_times = true;
	row->last_ack_recv_ms = info.tcpi_last_ack_recv;
	row->last_data_recv_ms = info.tcpi_last_data_recv;
}

/*
 * What sk_get_meminfo() tells, without SK_MEMINFO_WMEM_ALLOC: that is the part of
 * SK_MEMINFO_WMEM_QUEUED which is on its way.
 */
static void read_memory(struct socket_row *row, const void *bytes, size_t n)
{
	static const int parts[] = { SK_MEMINFO_RMEM_ALLOC, SK_MEMINFO_FWD_ALLOC,
				     SK_MEMINFO_WMEM_QUEUED, SK_MEMINFO_OPTMEM,
				     SK_MEMINFO_BACKLOG };
	uint32_t at[SK_MEMINFO_BACKLOG + 1];

	if (n < sizeof(at))
		return;
	memcpy(at, bytes, sizeof(at));
	row->has_memory = true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		row->memory += at[parts[i]];
}

struct dump_attributes dump_attributes_of(const struct nlmsghdr *h)
{
	size_t skip = NLMSG_ALIGN(sizeof(struct inet_diag_msg));

	/* what stands behind the message, up to its padding */
	if (payload_size(h) <= skip)
		return (struct dump_attributes){ 0 };
	return (struct dump_attributes){ (const char *)payload(h) + skip,
					 payload_size(h) - skip };
}

const struct rtattr *dump_next_attribute(struct dump_attributes *left)
{
	const struct rtattr *attribute = (const struct rtattr *)left->at;
	size_t step;

	if (left->n < sizeof(*attribute) || attribute->rta_len < sizeof(*attribute) ||
	    attribute->rta_len > left->n)
		return NULL;
	step = RTA_ALIGN(attribute->rta_len);
	step = step < left->n ? step : left->n;
	left->at += step;
	left->n -= step;
	return attribute;
}

static void read_attributes(struct socket_row *row, struct dump_attributes left)
{
	const struct rtattr *attribute;

	while ((attribute = dump_next_attribute(&left))) {
		if (attribute->rta_type == INET_DIAG_INFO)
			read_times(row, RTA_DATA(attribute), RTA_PAYLOAD(attribute));
		else if (attribute->rta_type == INET_DIAG_SKMEMINFO)
			read_memory(row, RTA_DATA(attribute), RTA_PAYLOAD(attribute));
	}
}

static void read_socket(struct socket_row *row, const struct inet_diag_msg *m)
{
	*row = (struct socket_row){
		.family = m->idiag_family == AF_INET ? CENSUS_IPV4 : CENSUS_IPV6,
		/*
		 * Linux 6.8 dumps a socket that is bound and nothing else with the state
		 * it has, TCP_CLOSE; it dumps no other closed ones
		 * (inet_diag_dump_icsk(); measured on Linux 6.18).
		 */
		.state =
			m->idiag_state == TCP_CLOSE ? TCP_BOUND_INACTIVE : m->idiag_state,
		.is_mini = m->idiag_timer == TIMER_MINI,
		.local_port = ntohs(m->id.idiag_sport),
		.remote_port = ntohs(m->id.idiag_dport),
		.rqueue = m->idiag_rqueue,
		.wqueue = m->idiag_wqueue,
		.uid = m->idiag_uid,
		.inode = m->idiag_inode,
		.expires_ms = m->idiag_expires,
		.cookie = m->id.idiag_cookie[0] | (uint64_t)m->id.idiag_cookie[1] << 32,
	};
	memcpy(row->local, m->id.idiag_src, sizeof(row->local));
	memcpy(row->remote, m->id.idiag_dst, sizeof(row->remote));
	if (row->family == CENSUS_IPV4)
		/* the kernel leaves them 0; a recording may hold anything */
		for (int i = 1; i < 4; i++)
			row->local[i] = row->remote[i] = 0;
}

static int walk_socket(struct dump_walk *walk, const struct nlmsghdr *h, struct err *e)
{
	const struct inet_diag_msg *m = payload(h);
	struct socket_row row;

	if (payload_size(h) < sizeof(*m))
		return err_set(e, EBADMSG, "the socket dump has a truncated socket");
	if (m->idiag_family != AF_INET && m->idiag_family != AF_INET6)
		return err_set(e, EBADMSG, "the socket dump has a socket of family %u",
			       m->idiag_family);
	if (!is_state(m->idiag_state))
		return err_set(e, EBADMSG, "the socket dump has a socket in state %u",
			       m->idiag_state);
	read_socket(&row, m);
	if (walk->states && !(walk->states >> row.state & 1))
		return 0;
	read_attributes(&row, dump_attributes_of(h));
	walk->add(walk->to, &row);
	return 0;
}

static bool is_answer(const struct dump_walk *walk, const struct nlmsghdr *h)
{
	return !walk->sequence || h->nlmsg_seq == walk->sequence;
}

static int walk_message(struct dump_walk *walk, const struct nlmsghdr *h, struct err *e)
{
	if (!is_answer(walk, h))
		return 0;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		walk->is_interrupted = true;
	switch (h->nlmsg_type) {
	case TCPDIAG_GETSOCK:
	case SOCK_DIAG_BY_FAMILY:
		return walk_socket(walk, h, e);
	case NLMSG_DONE:
		return walk_done(walk, h, e);
	case NLMSG_ERROR:
		return walk_error(h, e);
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return err_set(e, ENOBUFS, "the socket dump lost messages");
	default:
		return err_set(e, EBADMSG, "the socket dump has a message of type %u",
			       h->nlmsg_type);
	}
}

int dump_walk(struct dump_walk *walk, const void *bytes, size_t n, struct err *e)
{
	const char *at = bytes;

	while (n >= NLMSG_HDRLEN && !walk->is_done) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)at;
		size_t step = NLMSG_ALIGN(h->nlmsg_len);
		int r;

		if (h->nlmsg_len < NLMSG_HDRLEN || h->nlmsg_len > n)
			break;
		r = walk_message(walk, h, e);
		if (r < 0)
			return r;
		if (walk->see && is_answer(walk, h))
			walk->see(walk->to, h);
		step = step < n ? step : n;
		at += step;
		n -= step;
	}
	if (n > 0 && !walk->is_done)
		return err_set(e, EBADMSG, "the socket dump has a truncated message");
	return 0;
}
