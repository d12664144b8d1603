/* SPDX-License-Identifier: MIT */
#include "sys/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/own.h"
#include "sys/lab.h"

enum { BACKLOG = 64 };

int connection_listen_at(uint16_t port, int backlog, struct sockaddr_in *ret,
			 struct err *e)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(*ret);
	own_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, backlog) < 0 || getsockname(fd, (struct sockaddr *)ret, &n) < 0)
		return err_errno(e, errno, "cannot listen on the loopback");
	return take_fd(fd);
}

int connection_listen(int backlog, struct sockaddr_in *ret, struct err *e)
{
	return connection_listen_at(0, backlog, ret, e);
}

static int join(struct connection *c, const struct sockaddr_in *to, struct err *e)
{
	socklen_t n = sizeof(c->client.local);

	c->client_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->client_fd < 0 ||
	    connect(c->client_fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		return err_errno(e, errno, "cannot connect over the loopback");
	c->server_fd = accept4(c->listener_fd, NULL, NULL, SOCK_CLOEXEC);
	if (c->server_fd < 0 ||
	    getsockname(c->client_fd, (struct sockaddr *)&c->client.local, &n) < 0)
		return err_errno(e, errno, "cannot accept over the loopback");
	c->client.remote = *to;
	c->server = (struct flow){ c->client.remote, c->client.local };
	return 0;
}

static int no_diag(struct err *e)
{
	err_set(e, ENOENT, "inet_diag does not find a connection there is");
	err_hint(e, "modprobe tcp_diag");
	return -ENOENT;
}

int connection_open(struct lab *lab, struct connection *ret, struct err *e)
{
	struct sockaddr_in at;
	struct sighting seen;
	int r;

	*ret = (struct connection){ .client_fd = -1, .server_fd = -1 };
	ret->listener_fd = connection_listen(BACKLOG, &at, e);
	if (ret->listener_fd < 0)
		return ret->listener_fd;
	r = join(ret, &at, e);
	if (r == 0)
		r = lab_look(lab, &ret->client, &seen, e);
	if (r == 0 && seen.state != TCP_ESTABLISHED)
		r = no_diag(e);
	if (r == 0)
		lab_say(lab, "client 127.0.0.1:%u is connected to server 127.0.0.1:%u",
			ntohs(ret->client.local.sin_port),
			ntohs(ret->client.remote.sin_port));
	return r;
}

int connection_open_more(const struct connection *first, struct connection *ret,
			 struct err *e)
{
	*ret = (struct connection){ .listener_fd = first->listener_fd,
				    .client_fd = -1,
				    .server_fd = -1 };
	return join(ret, &first->client.remote, e);
}

int connection_silence(int fd, struct err *e)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &drop };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return err_errno(e, errno, "cannot make a socket drop what arrives");
	return 0;
}

int connection_answer(int fd, struct err *e)
{
	int unused = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) < 0)
		return err_errno(e, errno, "cannot make a socket take what arrives");
	return 0;
}

int connection_keep_alive(struct lab *lab, const struct connection *c, int fd, bool on,
			  struct moment *ret, struct err *e)
{
	int value = on;

	lab_do(lab, "the %s switches SO_KEEPALIVE %s",
	       fd == c->client_fd ? "client" : "server", on ? "on" : "off");
	ret->after_ms = lab_now(lab);
	if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof(value)) < 0)
		return err_errno(e, errno, "cannot switch SO_KEEPALIVE");
	ret->by_ms = lab_now(lab) + 1; /* a part of a millisecond */
	return 0;
}

int connection_end_half(struct lab *lab, const struct connection *c, enum end first,
			struct err *e)
{
	bool is_client = first == END_CLIENT;

	if (shutdown(is_client ? c->client_fd : c->server_fd, SHUT_WR) < 0)
		return err_errno(e, errno, "cannot send a FIN");
	return lab_reach(lab, is_client ? &c->server : &c->client, TCP_CLOSE_WAIT, NULL,
			 NULL, e);
}

int connection_end(struct lab *lab, const struct connection *c, enum end first,
		   struct moment *ret, struct err *e)
{
	bool is_client = first == END_CLIENT;
	int r = connection_end_half(lab, c, first, e);

	if (r < 0)
		return r;
	close(is_client ? c->server_fd : c->client_fd);
	r = lab_reach(lab, is_client ? &c->server : &c->client, 0, NULL, NULL, e);
	if (r == 0 && ret)
		r = lab_reach(lab, is_client ? &c->client : &c->server, TCP_TIME_WAIT,
			      ret, NULL, e);
	close(is_client ? c->client_fd : c->server_fd);
	return r;
}
