/* SPDX-License-Identifier: MIT */
/* The live source of a dump: a netlink socket of the calling thread's network namespace.
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/err.h"
#include "core/socket.h"
#include "sys/sockdiag.h"

enum {
	RECEIVE_SIZE = 64 * 1024, /* the kernel fills at most 32 KiB of it */
	TIMEOUT_SECONDS = 5,
};

struct live {
	struct dump_source source;
	struct nl_sock *socket;
	unsigned char *bytes; /* what the last nl_recv() allocated */
	uint32_t states;
	uint8_t extensions; /* bit N - 1 asks for attribute N */
};

/* libnl has error numbers of its own; those a dump can meet, as errno */
static int nl_errno(int nl_error)
{
	switch (-nl_error) {
	case NLE_AGAIN:
		return ETIMEDOUT;
	case NLE_NOMEM:
		return ENOMEM;
	case NLE_PERM:
	case NLE_NOACCESS:
		return EPERM;
	case NLE_AF_NOSUPPORT:
	case NLE_PROTO_MISMATCH:
	case NLE_OPNOTSUPP:
		return EOPNOTSUPP;
	case NLE_MSG_TRUNC:
		return EMSGSIZE;
	default:
		return EIO;
	}
}

static int live_restart(struct dump_source *source, struct err *e)
{
	struct live *live = (struct live *)source;
	struct inet_diag_req request = {
		.idiag_family =
			AF_INET, /* the legacy request answers for both all the same */
		.idiag_states = live->states,
		.idiag_ext = live->extensions,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(TCPDIAG_GETSOCK, NLM_F_DUMP);
	int r;

	if (!msg || nlmsg_append(msg, &request, sizeof(request), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return err_errno(e, ENOMEM, "cannot ask for the socket dump");
	}
	r = nl_send_auto(live->socket, msg);
	source->sequence = nlmsg_hdr(msg)->nlmsg_seq;
	nlmsg_free(msg);
	if (r < 0)
		return err_errno(e, nl_errno(r), "cannot ask for the socket dump");
	return 0;
}

static ssize_t live_receive(struct dump_source *source, const void **ret, struct err *e)
{
	struct live *live = (struct live *)source;
	struct sockaddr_nl from = { 0 };
	int n;

	do {
		free(live->bytes);
		live->bytes = NULL;
		n = nl_recv(live->socket, &from, &live->bytes, NULL);
		if (n < 0)
			return err_errno(e, nl_errno(n), "cannot read the socket dump");
	} while (from.nl_pid != 0); /* not from the kernel */
	*ret = live->bytes;
	return n;
}

static void live_close(struct dump_source *source)
{
	struct live *live = (struct live *)source;

	free(live->bytes);
	nl_socket_free(live->socket);
	free(live);
}

/* Without sock_diag there is no such netlink protocol. */
static int cannot_open(int nl_error, struct err *e)
{
	int r = err_errno(e, nl_errno(nl_error), "cannot open a netlink socket");

	if (-nl_error == NLE_PROTO_MISMATCH)
		err_hint(e, "the modules inet_diag and tcp_diag provide it: modprobe "
			    "tcp_diag");
	return r;
}

int sockdiag_open_live(struct dump_source **ret, uint32_t states, unsigned details,
		       struct err *e)
{
	struct live *live = calloc(1, sizeof(*live));
	struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };
	int r;

	if (!live)
		return err_errno(e, ENOMEM, "cannot open a netlink socket");
	live->source = (struct dump_source){
		.restart = live_restart,
		.receive = live_receive,
		.close = live_close,
	};
	live->states = states ? states : STATES_ALL;
	if (details & SOCKDIAG_TIMES)
		live->extensions |= 1 << (INET_DIAG_INFO - 1);
	if (details & SOCKDIAG_MEMORY)
		live->extensions |= 1 << (INET_DIAG_SKMEMINFO - 1);
	live->socket = nl_socket_alloc();
	r = live->socket ? nl_connect(live->socket, NETLINK_SOCK_DIAG) : -NLE_NOMEM;
	if (r < 0) {
		live_close(&live->source);
		return cannot_open(r, e);
	}
	nl_socket_disable_msg_peek(live->socket);
	nl_socket_set_msg_buf_size(live->socket, RECEIVE_SIZE);
	(void)setsockopt(nl_socket_get_fd(live->socket), SOL_SOCKET, SO_RCVTIMEO,
			 &timeout, sizeof(timeout));
	*ret = &live->source;
	return 0;
}
