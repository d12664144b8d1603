/* SPDX-License-Identifier: MIT */
#include "core/dumpcopy.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "base/err.h"
#include "core/dumpwalk.h"
#include "core/mask.h"

static const char padding[NLMSG_ALIGNTO];

/*
 * Counters, bits and names of the kernel's own. Left out beside the secrets:
 * INET_DIAG_LOCALS and PEERS (addresses), INET_DIAG_MARK and CLASS_ID (a site's policy,
 * which no rule reads).
 */
static bool is_harmless(uint16_t type)
{
	switch (type) {
	case INET_DIAG_MEMINFO:
	case INET_DIAG_INFO:
	case INET_DIAG_CONG:
	case INET_DIAG_TOS:
	case INET_DIAG_TCLASS:
	case INET_DIAG_SKMEMINFO:
	case INET_DIAG_SHUTDOWN:
	case INET_DIAG_SKV6ONLY:
	case INET_DIAG_CGROUP_ID:
	case INET_DIAG_SOCKOPT:
		return true;
	default:
		return false;
	}
}

static void add_padded(struct text *t, const void *bytes, size_t n)
{
	text_add_bytes(t, bytes, n);
	text_add_bytes(t, padding, NLMSG_ALIGN(n) - n);
}

static void add_attributes(struct text *t, const struct nlmsghdr *h)
{
	struct dump_attributes left = dump_attributes_of(h);
	const struct rtattr *attribute;

	while ((attribute = dump_next_attribute(&left)))
		if (is_harmless(attribute->rta_type))
			add_padded(t, attribute, attribute->rta_len);
}

/* Of an IPv4 address only the first word is one: nothing rides along in the others. */
static void mask_address(struct masks *masks, __be32 address[4], bool is_ipv4)
{
	uint32_t words[4] = { 0 };

	memcpy(words, address, is_ipv4 ? 4 : 16);
	if (masks)
		masks_apply(masks, words, is_ipv4 ? CENSUS_IPV4 : CENSUS_IPV6);
	memcpy(address, words, sizeof(words));
}

static void add_socket(struct dump_copy *copy, const struct nlmsghdr *h)
{
	struct inet_diag_msg m;

	memcpy(&m, NLMSG_DATA(h), sizeof(m));
	mask_address(copy->masks, m.id.idiag_src, m.idiag_family == AF_INET);
	mask_address(copy->masks, m.id.idiag_dst, m.idiag_family == AF_INET);
	add_padded(&copy->bytes, &m, sizeof(m));
	add_attributes(&copy->bytes, h);
}

/* Its errno is none, or the walk had failed. */
static void add_done(struct dump_copy *copy)
{
	const int error = 0;

	add_padded(&copy->bytes, &error, sizeof(error));
}

static void add_message(void *to, const struct nlmsghdr *h)
{
	struct dump_copy *copy = to;
	struct nlmsghdr made = { .nlmsg_type = h->nlmsg_type,
				 .nlmsg_flags = h->nlmsg_flags,
				 .nlmsg_seq = h->nlmsg_seq };
	size_t start = copy->bytes.n;

	if (h->nlmsg_type == NLMSG_NOOP)
		return;
	text_add_bytes(&copy->bytes, (const char *)&made, sizeof(made));
	if (h->nlmsg_type == NLMSG_DONE)
		add_done(copy);
	else
		add_socket(copy, h);
	if (copy->bytes.broken)
		return;
	made.nlmsg_len = (uint32_t)(copy->bytes.n - start);
	memcpy(copy->bytes.at + start, &made, sizeof(made));
}

static void ignore(void *to, const struct socket_row *row)
{
	(void)to;
	(void)row;
}

int dump_copy(struct dump_copy *copy, const void *bytes, size_t n, struct err *e)
{
	struct dump_walk walk = {
		.add = ignore, .see = add_message, .to = copy, .sequence = copy->sequence
	};
	int r = dump_walk(&walk, bytes, n, e);

	copy->is_done = walk.is_done;
	copy->is_interrupted |= walk.is_interrupted;
	if (r < 0)
		return r;
	if (copy->bytes.broken || (copy->masks && copy->masks->is_broken))
		return err_errno(e, ENOMEM, "cannot copy the socket dump");
	return 0;
}

void dump_copy_done(struct dump_copy *copy)
{
	text_done(&copy->bytes);
}
