/* SPDX-License-Identifier: MIT */
#include "sys/sighting.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/err.h"
#include "base/own.h"

enum { TIMEOUT_SECONDS = 5 };

struct nl_sock *sighting_open(struct err *e)
{
	struct nl_sock *socket = nl_socket_alloc();
	struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };

	if (!socket || nl_connect(socket, NETLINK_SOCK_DIAG) < 0) {
		nl_socket_free(socket);
		err_set(e, EPROTONOSUPPORT, "cannot look at sockets: no inet_diag");
		err_hint(e, "modprobe tcp_diag");
		return NULL;
	}
	/* one answer a question, no acknowledgement behind it */
	nl_socket_disable_auto_ack(socket);
	(void)setsockopt(nl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &timeout,
			 sizeof(timeout));
	return socket;
}

static int ask(struct nl_sock *socket, const struct flow *flow, struct err *e)
{
	struct inet_diag_req_v2 request = {
		.sdiag_family = AF_INET,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = UINT32_MAX,
		.id = { .idiag_sport = flow->local.sin_port,
			.idiag_dport = flow->remote.sin_port,
			.idiag_src = { flow->local.sin_addr.s_addr },
			.idiag_dst = { flow->remote.sin_addr.s_addr },
			.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } },
	};
	struct nl_msg *msg = nlmsg_alloc_simple(SOCK_DIAG_BY_FAMILY, 0);
	int r = msg ? nlmsg_append(msg, &request, sizeof(request), NLMSG_ALIGNTO)
		    : -NLE_NOMEM;

	if (r == 0)
		r = nl_send_auto(socket, msg);
	nlmsg_free(msg);
	return r < 0 ? err_set(e, EIO, "cannot ask for a socket: %s", nl_geterror(r)) : 0;
}

static int parse(const struct nlmsghdr *h, struct sighting *ret, struct err *e)
{
	const struct nlmsgerr *error = nlmsg_data(h);
	const struct inet_diag_msg *m = nlmsg_data(h);

	*ret = (struct sighting){ 0 };
	if (h->nlmsg_type == NLMSG_ERROR && nlmsg_datalen(h) >= (int)sizeof(*error)) {
		if (error->error == -ENOENT)
			return 0;
		return err_errno(e, -error->error, "the kernel does not find sockets");
	}
	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY || nlmsg_datalen(h) < (int)sizeof(*m))
		return err_set(e, EBADMSG, "the kernel's answer about a socket is none");
	/* where the connection is gone, its port's listener is found */
	if (m->idiag_state == TCP_LISTEN)
		return 0;
	*ret = (struct sighting){
		.state = m->idiag_state,
		.timer = m->idiag_timer,
		.expires_ms = m->idiag_expires,
	};
	return 0;
}

int sighting_take(struct nl_sock *socket, const struct flow *flow, struct sighting *ret,
		  struct err *e)
{
	own_free unsigned char *bytes = NULL;
	struct sockaddr_nl from = { 0 };
	int r = ask(socket, flow, e);

	if (r < 0)
		return r;
	do {
		free(take(bytes));
		r = nl_recv(socket, &from, &bytes, NULL);
		if (r <= 0)
			return err_set(e, EIO, "no answer about a socket: %s",
				       nl_geterror(r));
	} while (from.nl_pid != 0); /* not from the kernel */
	if (!nlmsg_ok((struct nlmsghdr *)bytes, r))
		return err_set(e, EBADMSG,
			       "the kernel's answer about a socket is cut off");
	return parse((struct nlmsghdr *)bytes, ret, e);
}
