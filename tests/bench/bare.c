/* SPDX-License-Identifier: MIT */
#include "bench/bare.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/census.h"

enum {
	RECEIVE_SIZE = 64 * 1024,
};

static noreturn void fail(const char *what)
{
	fprintf(stderr, "bare: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* The type-18 request for IPv4 says nothing of a family: its answer has both. */
struct legacy_request {
	struct nlmsghdr header;
	struct inet_diag_req body;
};

struct inet_request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

/* Sends a request and counts the messages of its answer. */
static uint64_t count_messages(const void *request, size_t size)
{
	static char bytes[RECEIVE_SIZE];
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	uint64_t n = 0;

	if (fd < 0 ||
	    sendto(fd, request, size, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		fail("cannot ask");
	for (;;) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;
		unsigned int left = got > 0 ? (unsigned int)got : 0;

		if (got <= 0)
			fail("recv");
		for (; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_type == NLMSG_DONE) {
				close(fd);
				return n;
			}
			if (h->nlmsg_type == NLMSG_ERROR)
				fail("refused");
			n++;
		}
	}
}

uint64_t bare_count(void)
{
	const struct inet_request request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .sdiag_family = AF_INET,
			  .sdiag_protocol = IPPROTO_TCP,
			  .idiag_states = STATES_ALL },
	};

	return count_messages(&request, sizeof(request));
}

uint64_t bare_count_legacy(void)
{
	const struct legacy_request request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = TCPDIAG_GETSOCK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .idiag_family = AF_INET, .idiag_states = STATES_ALL },
	};

	return count_messages(&request, sizeof(request));
}
